package mqtt

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is an engine with one publisher on it.
type site struct {
	*engine.Engine
	t    testing.TB
	stop func()
}

const document = `{"format":1,"tags":[
 {"path":"line1/speed","type":"float","unit":"1/min","write":{"high":2900}},{"path":"line1/on","type":"bool"},{"path":"line1/text","type":"string","write":{}},
 {"path":"line1/count","type":"int"},{"path":"hidden","type":"float"}],
 "northbound":[{"id":"out","kind":"mqtt","settings":%s,"tags":[{"area":"line1","write":true}]}]}`

func begin(t testing.TB, port int, settings map[string]any) *site {
	t.Helper()
	settings["url"] = fmt.Sprintf("mqtt://127.0.0.1:%d", port)
	if _, ok := settings["every"]; !ok {
		settings["every"] = "10ms"
	}
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	p, err := plant.Read(fmt.Appendf(nil, document, raw))
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, Engine: engine.New(engine.Options{Audit: func(context.Context, engine.AuditEntry) error { return nil }})}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := s.Run(ctx); err != nil {
			t.Error(err)
		}
	}()
	s.stop = sync.OnceFunc(func() {
		cancel()
		select {
		case <-done:
		case <-time.After(20 * time.Second):
			t.Error("the engine does not stop")
		}
	})
	t.Cleanup(s.stop)
	if err := s.SetPlant(p); err != nil {
		t.Fatal(err)
	}
	s.await(engine.StateRunning)
	return s
}

func (s *site) await(state string) {
	s.t.Helper()
	peer.Await(s.t, "the publisher to be "+state, func() bool { return s.Northbound()[0].State == state })
}

func (s *site) set(path string, v tag.Value, q tag.Quality) {
	s.t.Helper()
	slot, ok := s.Table().Lookup(tag.Path(path))
	if !ok {
		s.t.Fatalf("no tag %q", path)
	}
	now := tag.Now()
	s.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: v, Quality: q, Source: now, Server: now}}})
}

func (s *site) value(path string) tag.Value {
	slot, _ := s.Table().Lookup(tag.Path(path))
	return s.Table().Get(slot).Value
}

// next waits for the message of a topic that has a part, passing over others.
func next(t testing.TB, sub *peer.Subscription, topic, part string) string {
	t.Helper()
	for range 200 {
		if m := sub.Next(t); strings.Contains(m, " "+topic+" ") && strings.Contains(m, part) {
			return m
		}
	}
	t.Fatalf("no message at %s with %s", topic, part)
	return ""
}

func TestOnChange(t *testing.T) {
	for _, version := range []string{"5", "3.1.1"} {
		t.Run(version, func(t *testing.T) {
			m := peer.StartMosquitto(t, peer.MosquittoOptions{})
			subs := map[string]*peer.Subscription{}
			for _, topic := range []string{"plant/state", "plant/line1", "plant/line1/speed", "plant/line1/count"} {
				subs[topic] = m.Subscribe(t, topic)
			}
			s := begin(t, m.Port, map[string]any{"version": version, "topic": "plant/${path}", "qos": 1, "status": "plant/state",
				"template": `{"v":${value},"q":${quality},"s":"${status}","t":${time_ms},"u":"${unit}","n":"${name}","fixed":"水 \"x\""}`,
				"messages": []map[string]any{{"topic": "plant/line1", "template": `{"speed":${value:line1/speed},"on":${value:line1/on},"text":"${text:line1/text}","at":"${now}"}`}}})
			next(t, subs["plant/state"], "plant/state", "online")
			s.set("line1/speed", tag.OfFloat(12.5), tag.Good)
			got := next(t, subs["plant/line1/speed"], "plant/line1/speed", `"v":12.5`)
			var out struct {
				Q, T    int64
				U, N, S string
				Fixed   string
			}
			_, text, _ := strings.Cut(got, "speed ")
			if err := json.Unmarshal([]byte(text), &out); err != nil || out.Q != 0 || out.U != "1/min" || out.N != "speed" || out.S != "Good" || out.Fixed != `水 "x"` || time.Since(time.UnixMilli(out.T)) > time.Minute {
				t.Errorf("%s: %+v %v", got, out, err)
			}
			if !strings.HasPrefix(got, "1 ") {
				t.Errorf("quality of service: %s", got)
			}
			next(t, subs["plant/line1"], "plant/line1", `"speed":12.5`)
			s.set("line1/text", tag.OfString("a\"b\n水"), tag.Good)
			next(t, subs["plant/line1"], "plant/line1", `"text":"a\"b\n水"`)
			s.set("line1/count", tag.OfInt(1<<60), tag.Good)
			next(t, subs["plant/line1/count"], "plant/line1/count", fmt.Sprintf(`"v":%d,`, 1<<60))
			s.set("line1/speed", tag.OfFloat(1), tag.BadNoCommunication)
			next(t, subs["plant/line1/speed"], "plant/line1/speed", `"v":null`)
			s.stop()
			next(t, subs["plant/state"], "plant/state", "offline")
		})
	}
}

func TestAtAnInterval(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	sub := m.Subscribe(t, "#")
	s := begin(t, m.Port, map[string]any{"template": "", "when": "interval", "interval": "100ms", "retain": false, "bad": "skip",
		"messages": []map[string]any{{"topic": "report", "template": "${text:line1/speed};${now_s}"}}})
	s.set("line1/speed", tag.OfFloat(7), tag.Good)
	for range 3 {
		next(t, sub, "report", "7;")
	}
	peer.Await(t, "the messages to be counted", func() bool {
		stats := s.Northbound()[0].Stats
		return stats.Requests >= 3 && stats.Connected == 1
	})
}

// What others write goes through the gate; what the gate refuses is published as it is. A command
// that the broker kept is none.
func TestWrites(t *testing.T) {
	for _, version := range []string{"5", "3.1.1"} {
		t.Run(version, func(t *testing.T) {
			m := peer.StartMosquitto(t, peer.MosquittoOptions{})
			m.Publish(t, "line1/text/set", "stale", "-r")
			sub := m.Subscribe(t, "line1/speed")
			s := begin(t, m.Port, map[string]any{"version": version})
			m.Publish(t, "line1/speed/set", "100")
			peer.Await(t, "the value", func() bool { return s.value("line1/speed") == tag.OfFloat(100) })
			m.Publish(t, "line1/speed/set", `{"value":"200.5"}`)
			peer.Await(t, "the value", func() bool { return s.value("line1/speed") == tag.OfFloat(200.5) })
			next(t, sub, "line1/speed", `"value":200.5`)
			for _, bad := range []string{"3000", "warm", `{"value":`} {
				m.Publish(t, "line1/speed/set", bad)
				next(t, sub, "line1/speed", `"value":200.5`) // said again, as it is
			}
			m.Publish(t, "line1/text/set", `"quoted"`)
			peer.Await(t, "the text", func() bool { return s.value("line1/text") == tag.OfString("quoted") })
			m.Publish(t, "line1/text/set", `plain "text"`)
			peer.Await(t, "the text", func() bool { return s.value("line1/text") == tag.OfString(`plain "text"`) })
			if refused := s.Northbound()[0].Stats.Refused; refused != 4 {
				t.Errorf("%d were refused", refused)
			}
		})
	}
}

func TestBrokerGoneAndBack(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	s := begin(t, m.Port, map[string]any{})
	m.Kill()
	s.await(engine.StateFailed)
	s.set("line1/speed", tag.OfFloat(42), tag.Good)
	m.Restart(t)
	sub := m.Subscribe(t, "line1/speed")
	s.await(engine.StateRunning)
	next(t, sub, "line1/speed", `"value":42`)
	start := time.Now()
	s.stop()
	if took := time.Since(start); took > 2*time.Second {
		t.Errorf("stopping took %v", took)
	}
}

func TestBadSettings(t *testing.T) {
	kind, _ := northbound.Lookup("mqtt")
	for _, raw := range []string{
		`{}`, `{"url":"x"}`, `{"url":"mqtt://x","topic":"a/#"}`, `{"url":"mqtt://x","topic":"${value}"}`, `{"url":"mqtt://x","topic":"${who}"}`, `{"url":"mqtt://x","template":"${value"}`,
		`{"url":"mqtt://x","template":"{\"v\":${text}x}"}`, `{"url":"mqtt://x","template":"${value:a}"}`, `{"url":"mqtt://x","messages":[{"topic":"a","template":"${value}"}]}`,
		`{"url":"mqtt://x","messages":[{"topic":"${path}","template":"x"}]}`, `{"url":"mqtt://x","messages":[{"topic":"a","template":"${now:a}"}]}`, `{"url":"mqtt://x","status":"+"}`, `{"url":"mqtt://x","set":"#"}`,
	} {
		var ps spec.Problems
		if err := kind.Check(json.RawMessage(raw)); !errors.As(err, &ps) {
			t.Errorf("%s: %v", raw, err)
			continue
		}
		for _, p := range ps {
			if p.Code == "mqtt_template" && (p.Hint == "" || spec.Translate(p.Hint, "zh") == p.Hint) {
				t.Errorf("%s: no hint in Chinese: %q", raw, p.Hint)
			}
		}
	}
	tags := []northbound.Tag{{Path: "a", Type: tag.Float, Write: true}, {Path: "b", Type: tag.Float, Write: true, Entry: 1}}
	if ps := kind.Arrange(json.RawMessage(`{"url":"mqtt://x","topic":"same"}`), tags); len(ps) != 1 || ps[0].At != "/1" {
		t.Errorf("two at one topic: %v", ps)
	}
	if ps := kind.Arrange(json.RawMessage(`{"url":"mqtt://x","messages":[{"topic":"m","template":"${value:c}"}]}`), tags); len(ps) != 1 || ps[0].Code != "mqtt_tag" {
		t.Errorf("a tag that is not exposed: %v", ps)
	}
}

// FuzzTemplate: whatever a template says, what it gives for JSON is JSON when it was for the sample.
func FuzzTemplate(f *testing.F) {
	f.Add(`{"v":${value},"t":"${text}"}`, "a\"b\xff", 1.5)
	f.Add(`${now} ${path:x}`, "", 0.0)
	f.Fuzz(func(t *testing.T, text, value string, number float64) {
		for _, with := range []scope{noTag, oneTag, manyTags} {
			if checkTemplate(text, with) != nil {
				continue
			}
			parsed, err := parse(text, with)
			if err != nil {
				t.Fatal(err)
			}
			for _, v := range []tag.Value{tag.OfString(value), tag.OfFloat(number), tag.OfBytes([]byte(value)), {}} {
				from := []source{{path: "a/b", unit: value, sample: tag.Sample{Value: v}}}
				for len(from) < len(parsed.paths) {
					from = append(from, from[0])
				}
				out := parsed.fill(nil, from, time.UnixMilli(0))
				if parsed.json && onlyStrings(parsed) && !json.Valid(out) {
					t.Fatalf("%q of %v is %q", text, v, out)
				}
			}
		}
	})
}

// onlyStrings reports whether placeholders other than the value stand within strings: elsewhere
// a text makes no JSON, and the author has asked for it.
func onlyStrings(t *template) bool {
	inside := false
	for _, p := range t.parts {
		if p.of == nil && p.now == nil {
			for i := 0; i < len(p.text); i++ {
				switch {
				case inside && p.text[i] == '\\':
					i++
				case p.text[i] == '"':
					inside = !inside
				}
			}
			continue
		}
		if p.raw == inside {
			return false
		}
	}
	return true
}

// FuzzValue: what is published to us comes from anywhere.
func FuzzValue(f *testing.F) {
	f.Add([]byte(`{"value":[1,"2"]}`))
	f.Add([]byte("21.5"))
	f.Fuzz(func(t *testing.T, message []byte) {
		for _, typ := range []tag.Type{tag.Bool, tag.Int, tag.Float, tag.String, tag.Bytes, tag.JSON} {
			if v, q := valueOf(message, typ); q == tag.Good && v.Type() != typ || len(message) > payload.MaxPayload && q == tag.Good {
				t.Fatalf("%q as %s is %v %v", message, typ, v, q)
			}
		}
	})
}
