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

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a connected connector whose Run is under way.
type rig struct {
	*Connector
	mu   sync.Mutex
	last map[int]tag.Sample
	n    map[int]int
	stop context.CancelFunc
	done chan error
}

func build(t testing.TB, settings map[string]any) *Connector {
	t.Helper()
	raw, err := json.Marshal(settings)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := connector.Lookup("mqtt")
	c, err := kind.New(raw)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*Connector)
}

func run(t testing.TB, c *Connector, points ...connector.Point) *rig {
	t.Helper()
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := &rig{Connector: c, last: map[int]tag.Sample{}, n: map[int]int{}, done: make(chan error, 1)}
	ctx, stop := context.WithCancel(context.Background())
	r.stop = stop
	go func() {
		r.done <- c.Run(ctx, points, func(batch []connector.Update) {
			r.mu.Lock()
			defer r.mu.Unlock()
			for _, u := range batch {
				r.last[u.Point] = u.Sample
				r.n[u.Point]++
			}
		})
		close(r.done)
	}()
	t.Cleanup(func() {
		stop()
		<-r.done
	})
	return r
}

func (r *rig) sample(id int) (tag.Sample, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s, ok := r.last[id]
	return s, ok
}

// await waits until a point has a value and quality.
func (r *rig) await(t testing.TB, id int, v tag.Value, q tag.Quality) tag.Sample {
	t.Helper()
	var s tag.Sample
	peer.Await(t, fmt.Sprintf("point %d to be %v %v", id, v, q), func() bool {
		s, _ = r.sample(id)
		_, any := r.sample(id)
		return any && s.Value == v && s.Quality == q
	})
	return s
}

func at(t testing.TB, id int, typ tag.Type, address string) connector.Point {
	t.Helper()
	a, err := ParseAddress(json.RawMessage(address), typ, false)
	if err != nil {
		t.Fatalf("address %s: %v", address, err)
	}
	return connector.Point{ID: id, Path: tag.Path(fmt.Sprint("test/", id)), Address: a, Type: typ}
}

var versions = []string{"3.1.1", "5"}

func broker(m *peer.Mosquitto, version string) map[string]any {
	return map[string]any{"url": fmt.Sprintf("mqtt://127.0.0.1:%d", m.Port), "version": version}
}

func TestValuesArriveAndAreWritten(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			m := peer.StartMosquitto(t, peer.MosquittoOptions{})
			m.Publish(t, "line/1/temp", "20", "-r") // retained: there before we come
			c := build(t, broker(m, version))
			sp := at(t, 9, tag.Float, `{"topic":"line/1/set","template":"{\"value\":${value},\"ts\":${time_ms}}","retain":true}`)
			r := run(t, c,
				at(t, 1, tag.Float, `{"topic":"line/1/temp"}`),
				at(t, 2, tag.Float, `{"topic":"line/1/data","path":"$.data[1].temp","timePath":"ts"}`),
				at(t, 3, tag.String, `{"topic":"line/1/data","path":"name"}`),
				at(t, 4, tag.Int, `{"topic":"line/+/count","format":"number","qos":1}`),
				at(t, 5, tag.JSON, `{"topic":"line/1/data"}`),
				at(t, 6, tag.String, `{"topic":"line/#","format":"raw"}`),
				sp,
			)
			r.await(t, 1, tag.OfFloat(20), tag.Good)
			m.Publish(t, "line/1/data", `{"ts":1700000000123,"name":"Öfen 1","data":[{"temp":1},{"temp":42.5}]}`)
			s := r.await(t, 2, tag.OfFloat(42.5), tag.Good)
			if s.Source.Milli() != 1700000000123 {
				t.Errorf("source time is %d", s.Source.Milli())
			}
			r.await(t, 3, tag.OfString("Öfen 1"), tag.Good)
			r.await(t, 5, tag.OfJSON(`{"ts":1700000000123,"name":"Öfen 1","data":[{"temp":1},{"temp":42.5}]}`), tag.Good)
			m.Publish(t, "line/1/count", " 7\n")
			r.await(t, 4, tag.OfInt(7), tag.Good)
			m.Publish(t, "line/2/count", "8")
			r.await(t, 4, tag.OfInt(8), tag.Good)
			r.await(t, 6, tag.OfString("8"), tag.Good)

			sub := m.Subscribe(t, "line/1/set")
			if err := c.Write(t.Context(), sp, tag.OfFloat(55.5)); err != nil {
				t.Fatal(err)
			}
			got := sub.Next(t)
			if !strings.HasPrefix(got, `1 0 line/1/set {"value":55.5,"ts":`) {
				t.Errorf("written was %q", got)
			}
			kept := m.Subscribe(t, "line/1/set")
			if got := kept.Next(t); !strings.HasPrefix(got, "1 1 line/1/set ") {
				t.Errorf("not retained: %q", got)
			}
		})
	}
}

func TestBadPayloadsHurtOnlyTheirTags(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			topic := "bad/" + version
			r := run(t, build(t, broker(m, version)),
				at(t, 1, tag.Float, fmt.Sprintf(`{"topic":%q,"path":"v"}`, topic)),
				at(t, 2, tag.Float, fmt.Sprintf(`{"topic":%q,"path":"w"}`, topic)),
				at(t, 3, tag.Float, fmt.Sprintf(`{"topic":%q,"format":"number"}`, topic)),
				at(t, 4, tag.Bytes, fmt.Sprintf(`{"topic":%q,"format":"raw"}`, topic)),
			)
			none := tag.Value{}
			m.Publish(t, topic, `{"v":1,"w":2}`)
			r.await(t, 1, tag.OfFloat(1), tag.Good)
			for _, row := range []struct {
				payload string
				v, w, n tag.Quality
			}{
				{"not json", tag.BadDecodingError, tag.BadDecodingError, tag.BadTypeMismatch},
				{`{"v":"text","w":2}`, tag.BadTypeMismatch, tag.Good, tag.BadTypeMismatch},
				{`{"v":NaN}`, tag.BadDecodingError, tag.BadDecodingError, tag.BadTypeMismatch},
				{"NaN", tag.BadDecodingError, tag.BadDecodingError, tag.BadNoData},
				{`{"w":2,"v":1e999}`, tag.BadOutOfRange, tag.Good, tag.BadTypeMismatch},
				{strings.Repeat("[", 100_000), tag.BadDecodingError, tag.BadDecodingError, tag.BadTypeMismatch},
				{`{"v":"` + strings.Repeat("x", 10<<20) + `"}`, tag.BadRequestTooLarge, tag.BadRequestTooLarge, tag.BadRequestTooLarge},
				{`{"v":null,"w":2} `, tag.BadNoData, tag.Good, tag.BadTypeMismatch},
			} {
				m.Publish(t, topic, row.payload)
				r.await(t, 1, none, row.v)
				w := none
				if row.w == tag.Good {
					w = tag.OfFloat(2)
				}
				r.await(t, 2, w, row.w)
				r.await(t, 3, none, row.n)
			}
			m.Publish(t, topic, `{"v":3,"w":2}`)
			r.await(t, 1, tag.OfFloat(3), tag.Good)
		})
	}
}

func TestPasswordAndAccess(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{Username: "line", Password: "s3cret"})
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			s := broker(m, version)
			if err := build(t, s).Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("without a user: %v", err)
			}
			s["username"], s["password"] = "line", "wrong"
			if err := build(t, s).Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) || !strings.Contains(err.Error(), "may not connect") && !strings.Contains(err.Error(), "password") {
				t.Errorf("with a wrong password: %v", err)
			}
			s["password"] = "s3cret"
			r := run(t, build(t, s), at(t, 1, tag.Float, `{"topic":"allowed/x"}`))
			m.Publish(t, "allowed/x", "5", "-u", "line", "-P", "s3cret", "-r")
			r.await(t, 1, tag.OfFloat(5), tag.Good)
			if version == "5" {
				err := r.Write(t.Context(), at(t, 2, tag.Float, `{"topic":"forbidden/x"}`), tag.OfFloat(1))
				var status *connector.StatusError
				if !errors.As(err, &status) || status.Quality != tag.BadUserAccessDenied {
					t.Errorf("write to a forbidden topic: %v", err)
				}
			}
		})
	}
}

func TestTLSWithClientCertificate(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{TLS: true})
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			s := map[string]any{"url": fmt.Sprintf("mqtts://127.0.0.1:%d", m.Port), "version": version, "ca": m.CA, "certificate": m.ClientCert, "key": m.ClientKey}
			p := at(t, 1, tag.Float, `{"topic":"a","retain":true}`)
			r := run(t, build(t, s), p)
			if err := r.Write(t.Context(), p, tag.OfFloat(2)); err != nil {
				t.Fatal(err)
			}
			r.await(t, 1, tag.OfFloat(2), tag.Good)
			delete(s, "certificate")
			delete(s, "key")
			if err := build(t, s).Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("without a client certificate: %v", err)
			}
			delete(s, "ca")
			s["certificate"], s["key"] = m.ClientCert, m.ClientKey
			if err := build(t, s).Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "certificate") {
				t.Errorf("with a broker nobody vouches for: %v", err)
			}
			s["insecure"] = true
			if err := build(t, s).Connect(t.Context()); err != nil {
				t.Errorf("accepting any certificate: %v", err)
			}
		})
	}
}

func TestWebsocket(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{Websocket: true})
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			p := at(t, 1, tag.Float, `{"topic":"a","retain":true}`)
			r := run(t, build(t, map[string]any{"url": fmt.Sprintf("ws://127.0.0.1:%d/", m.Port), "version": version}), p)
			if err := r.Write(t.Context(), p, tag.OfFloat(2)); err != nil {
				t.Fatal(err)
			}
			r.await(t, 1, tag.OfFloat(2), tag.Good)
		})
	}
}

func TestBrokerGoneAndBack(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			m := peer.StartMosquitto(t, peer.MosquittoOptions{})
			p := at(t, 1, tag.Float, `{"topic":"a"}`)
			c := build(t, broker(m, version))
			r := run(t, c, p)
			m.Kill()
			select {
			case err := <-r.done:
				if !errors.Is(err, connector.ErrNotConnected) {
					t.Fatalf("run ended with %v", err)
				}
			case <-time.After(peer.Wait):
				t.Fatal("the loss was not noticed")
			}
			if err := c.Write(t.Context(), p, tag.OfFloat(1)); !errors.Is(err, connector.ErrNotConnected) || errors.Is(err, connector.ErrUncertain) {
				t.Errorf("write when lost: %v", err)
			}
			if err := c.Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("connect to nobody: %v", err)
			}
			m.Restart(t)
			again := run(t, c, p)
			if err := c.Write(t.Context(), p, tag.OfFloat(3)); err != nil {
				t.Fatal(err)
			}
			m.Publish(t, "a", "4")
			again.await(t, 1, tag.OfFloat(4), tag.Good)
		})
	}
}

func TestWillIsPublishedOnlyWhenTheConnectionBreaks(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			sub := m.Subscribe(t, "will/"+version)
			proxy := peer.StartProxy(t, m.Port)
			s := broker(m, version)
			s["url"] = fmt.Sprintf("mqtt://127.0.0.1:%d", proxy.Port)
			s["willTopic"], s["willPayload"], s["willQos"] = "will/"+version, "gone", 1
			for _, clean := range []bool{true, false} {
				c := build(t, s)
				if err := c.Connect(t.Context()); err != nil {
					t.Fatal(err)
				}
				if clean {
					if err := c.Close(); err != nil {
						t.Fatal(err)
					}
					m.Publish(t, "will/"+version, "between")
					if got := sub.Next(t); !strings.HasSuffix(got, "between") {
						t.Errorf("after closing came %q", got)
					}
					continue
				}
				proxy.Cut()
				if got := sub.Next(t); !strings.HasSuffix(got, "gone") {
					t.Errorf("after breaking came %q", got)
				}
			}
		})
	}
}

func TestBrowse(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	m.Publish(t, "plant/oven/state", `{"temp":21.5,"on":true,"tags":["a"],"deep":{"x y":1}}`, "-r")
	m.Publish(t, "plant/oven/state/raw", "hello", "-r")
	m.Publish(t, "plant/count", "7", "-r")
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			c := build(t, broker(m, version))
			if err := c.Connect(t.Context()); err != nil {
				t.Fatal(err)
			}
			var found []string
			var visit func(id string)
			visit = func(id string) {
				nodes, err := c.Browse(t.Context(), id)
				if err != nil {
					t.Fatal(err)
				}
				for _, n := range nodes {
					if n.Address != nil {
						typ, _ := tag.ParseType(n.Type)
						if _, err := ParseAddress(n.Address, typ, false); err != nil {
							t.Errorf("%s: %v", n.Address, err)
						}
						found = append(found, n.Type+string(n.Address))
					}
					if n.HasChild {
						visit(n.ID)
					}
				}
			}
			visit("")
			want := []string{
				`float{"topic":"plant/count"}`,
				`json{"topic":"plant/oven/state"}`,
				`float{"path":"$.deep[\"x y\"]","topic":"plant/oven/state"}`,
				`bool{"path":"$.on","topic":"plant/oven/state"}`,
				`string{"path":"$.tags[0]","topic":"plant/oven/state"}`,
				`float{"path":"$.temp","topic":"plant/oven/state"}`,
				`string{"format":"raw","topic":"plant/oven/state/raw"}`,
			}
			if fmt.Sprint(found) != fmt.Sprint(want) {
				t.Errorf("found\n%s\nwant\n%s", strings.Join(found, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

func TestCloseStopsEverythingSoon(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	for _, version := range versions {
		c := build(t, broker(m, version))
		r := run(t, c, at(t, 1, tag.Float, `{"topic":"a"}`))
		if _, err := c.Browse(t.Context(), ""); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		<-r.done
		if took := time.Since(start); took > time.Second {
			t.Errorf("%s: closing took %v", version, took)
		}
	}
}

func TestBadSettingsAndAddresses(t *testing.T) {
	kind, _ := connector.Lookup("mqtt")
	for _, raw := range []string{
		`{}`, `{"url":"http://x"}`, `{"url":"mqtt://"}`, `{"url":"mqtt://u:p@x"}`, `{"url":"mqtt://x","version":"4"}`, `{"url":"mqtt://x","ca":"nonsense"}`,
		`{"url":"mqtt://x","certificate":"a","key":"b"}`, `{"url":"mqtt://x","willTopic":"a/#"}`, `{"url":"mqtt://x","cleanStart":false}`, `{"url":"mqtt://x","keepAlive":"1ms"}`,
	} {
		var ps spec.Problems
		if err := kind.Check(json.RawMessage(raw)); !errors.As(err, &ps) {
			t.Errorf("settings %s: %v", raw, err)
		}
	}
	if err := kind.Check(json.RawMessage(`{"url":"mqtts://x","certificate":"secret:1","key":"secret:1"}`)); err != nil {
		t.Errorf("a document with secrets apart: %v", err)
	}
	for _, row := range []struct {
		raw      string
		typ      tag.Type
		writable bool
	}{
		{`{}`, tag.Float, false}, {`{"topic":"a/#/b"}`, tag.Float, false}, {`{"topic":"a+"}`, tag.Float, false}, {`{"topic":"a\u0000b"}`, tag.Float, false},
		{`{"topic":"a","path":"$..x"}`, tag.Float, false}, {`{"topic":"a","path":"x[*]"}`, tag.Float, false}, {`{"topic":"a","timePath":"["}`, tag.Float, false},
		{`{"topic":"a/+"}`, tag.Float, true}, {`{"topic":"a","writeTopic":"b/#"}`, tag.Float, true}, {`{"topic":"a","template":"${who}"}`, tag.Float, true},
		{`{"topic":"a","template":"{\"v\":${value}"}`, tag.Float, true}, {`{"topic":"a","format":"number"}`, tag.String, false}, {`{"topic":"a","qos":3}`, tag.Float, false},
	} {
		if _, err := kind.Address(json.RawMessage(row.raw), row.typ, row.writable); err == nil {
			t.Errorf("address %s was accepted", row.raw)
		}
	}
}

// Messages with properties, of any quality of service, mean the same to a client of either version.
func TestPropertiesAndQualitiesOfService(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			m := peer.StartMosquitto(t, peer.MosquittoOptions{})
			r := run(t, build(t, broker(m, version)), at(t, 1, tag.Float, `{"topic":"a"}`), at(t, 2, tag.Float, `{"topic":"+"}`))
			m.Publish(t, "a", "1", "-r")
			r.await(t, 1, tag.OfFloat(1), tag.Good)
			value := 1.0
			for _, qos := range []string{"0", "1", "2"} {
				for name, properties := range map[string][]string{
					"none": nil,
					"user": {"-D", "publish", "user-property", "shift", "early", "-D", "publish", "user-property", "line", "7"},
					"all":  {"-D", "publish", "content-type", "text/plain", "-D", "publish", "response-topic", "x/y", "-D", "publish", "correlation-data", "7", "-D", "publish", "message-expiry-interval", "60", "-D", "publish", "payload-format-indicator", "1"},
				} {
					t.Log(qos, name)
					value++
					m.Publish(t, "a", fmt.Sprint(value), append([]string{"-V", "5", "-q", qos}, properties...)...)
					r.await(t, 1, tag.OfFloat(value), tag.Good)
					r.await(t, 2, tag.OfFloat(value), tag.Good)
				}
			}
		})
	}
}
