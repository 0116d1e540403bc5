package broker

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/tag"
)

var versions = []string{"mqttv311", "mqttv5"}

// TestSee: who sees which tags, through a filter of everything and by name.
func TestSee(t *testing.T) {
	r := begin(t, twoAreas)
	all := []string{"north/a", "north/doc", "north/pump 1/speed", "north/text", "south/b", "south/c", "system/broker/clients"}
	for _, row := range []struct {
		user, filter string
		want         []string // nil: the subscription is refused
	}{
		{"admin", "#", all},
		{"viewer", "#", all},
		{"north", "#", all[:4]},
		{"north", "north/#", all[:4]},
		{"north", "+/+", []string{"north/a", "north/doc", "north/text"}},
		{"north", "south/#", []string{}},
		{"north", "north/a", all[:1]},
		{"north", "south/b", nil},
		{"north", "$SYS/#", nil},
		{"admin", "$SYS/#", nil},
		{"admin", "$share/g/north/#", nil},
		{"admin", "north/a#", nil},
		{"admin", "#/north", nil},
		{"admin", strings.Repeat("a/", 40) + "#", nil},
		{"stranger", "#", nil},
		{"viewer", "north/pump 1/+", []string{"north/pump 1/speed"}},
	} {
		for _, version := range versions {
			t.Run(row.user+" "+clip(row.filter)+" "+version, func(t *testing.T) {
				t.Parallel()
				l := r.listen(t, row.user, "-V", version, "-t", row.filter)
				if row.want == nil {
					select {
					case m := <-l.got:
						t.Fatalf("got %v", m)
					case why := <-l.ended:
						if row.filter != "#/north" && row.filter != "north/a#" && !strings.Contains(why, "rejected") && !strings.Contains(why, "denied") && !strings.Contains(why, "not authori") {
							t.Errorf("ended: %s", why)
						}
					case <-time.After(patience):
						t.Fatal("mosquitto_sub was let in")
					}
					return
				}
				want := map[string]bool{}
				for _, topic := range row.want {
					want[topic] = true
				}
				for len(want) > 0 {
					m := l.next("retained", func(m message) bool { return m.retained })
					// The tags of the system come with what there is: who sees one sees the others.
					if !want[m.topic] && !(slices.Contains(row.want, "system/broker/clients") && strings.HasPrefix(m.topic, "system/")) {
						t.Errorf("got %v", m)
					}
					delete(want, m.topic)
				}
				select {
				case m := <-l.got:
					if !strings.HasPrefix(m.topic, "system/") {
						t.Errorf("and %v", m)
					}
				case <-time.After(300 * time.Millisecond):
				}
			})
		}
	}
}

func clip(s string) string { return s[:min(len(s), 20)] }

// TestLogin: who is turned away, and how.
func TestLogin(t *testing.T) {
	r := begin(t, twoAreas)
	for _, row := range []struct {
		name string
		args []string
	}{
		{"nobody", nil},
		{"wrong password", []string{"-u", "admin", "-P", "x"}},
		{"no password", []string{"-u", "admin"}},
		{"unknown", []string{"-u", "ghost", "-P", "secret-ghost"}},
		{"will on a tag", append(as("admin"), "--will-topic", "north/a/set", "--will-payload", "1")},
		{"will of a viewer", append(as("viewer"), "--will-topic", "devices/x", "--will-payload", "1")},
	} {
		for _, version := range versions {
			out, err := exec.Command(tool(t, "mosquitto_sub"), append([]string{"-V", version, "-p", strconv.Itoa(r.port), "-t", "#", "-W", "5"}, row.args...)...).CombinedOutput()
			if err == nil || !strings.Contains(strings.ToLower(string(out)), "not authori") && !strings.Contains(string(out), "Bad User Name") {
				t.Errorf("%s, %s: %v %s", row.name, version, err, out)
			}
		}
	}
	if n := r.Stats(); n.LoginsFailed != 8 || n.Clients != 0 {
		t.Errorf("%+v", n)
	}
}

// TestValues: what stands in a message, by type and quality, and how changes come.
func TestValues(t *testing.T) {
	r := begin(t, twoAreas)
	l := r.listen(t, "admin", "-t", "#")
	for topic, want := range map[string]string{
		"north/a": `1.5`, "north/text": `"线 \"1\""`, "north/doc": `{"a":[1,2]}`, "south/c": `false`,
	} {
		l := r.listen(t, "admin", "-t", topic)
		if m := l.on(topic); m.value() != want || !strings.HasPrefix(m.payload, `{"value":`+want+`,"quality":0,"qualityName":"Good","time":"20`) || !strings.HasSuffix(m.payload, `Z"}`) {
			t.Errorf("%v", m)
		}
	}
	l.on("south/c")
	// A burst is one message, with the last value; what depends on it follows.
	for i := range 1000 {
		r.put(t, "south/b", tag.OfFloat(float64(i)))
	}
	n, last, follows := 0, false, false
	for !last || !follows { // in whatever order: the computed tag turns early in the burst
		m := l.next("the burst", func(m message) bool { return strings.HasPrefix(m.topic, "south/") && !m.retained })
		if m.topic == "south/c" {
			follows = m.value() == "true"
			continue
		}
		n++
		last = m.value() == "999"
	}
	if n > 20 {
		t.Errorf("%d messages for a burst", n)
	}
	slot, _ := r.eng.Table().Lookup("south/b")
	r.eng.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: tag.OfFloat(5), Quality: tag.BadNoCommunication}}})
	if m := l.on("south/b"); !strings.HasPrefix(m.payload, `{"value":null,"quality":2150694912,"qualityName":"BadNoCommunication"`) {
		t.Errorf("%v", m)
	}
	// Tags come and go.
	r.set(t, `{"format":1,"tags":[{"path":"north/a","type":"float","initial":1.5},{"path":"east/new","type":"int","initial":3}]}`)
	if m := l.on("east/new"); m.value() != "3" {
		t.Errorf("%v", m)
	}
	late := r.listen(t, "admin", "-t", "south/b", "-t", "east/new")
	if m := late.next("anything", func(message) bool { return true }); m.topic != "east/new" {
		t.Errorf("a removed tag is still there: %v", m)
	}
	r.set(t, `{"format":1,"tags":[{"path":"north/a","type":"float","initial":1.5}]}`)
	l.next("the end of the tag", func(m message) bool { return m.topic == "east/new" && m.payload == "" })
}

// TestSet: writes by publishing.
func TestSet(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			r := begin(t, twoAreas)
			l := r.listen(t, "north", "-V", version, "-t", "north/#", "-i", "writer")
			l.on("north/text")
			for _, row := range []struct {
				name, topic, payload, outcome, code string
			}{
				{"good", "north/a", "2.5", "good", ""},
				{"with a reason", "north/pump 1/speed", `{"value":9,"reason":"shift change"}`, "good", ""},
				{"reason missing", "north/pump 1/speed", `9`, "failed", "reason_missing"},
				{"above the limit", "north/a", "11", "failed", "value_high"},
				{"text for a number", "north/a", `"x"`, "failed", "value_type"},
				{"no json", "north/a", `{"value":`, "failed", "value_type"},
				{"null", "north/a", "null", "failed", "value_type"},
				{"unknown", "north/nothing", "1", "failed", "tag_unknown"},
				{"an object", "north/doc", `{"value":1,"more":2}`, "good", ""},
				{"a text", "north/text", `"泵"`, "good", ""},
			} {
				// The result is for the client that wrote, so it must be the one that listens.
				code, payload := r.ask(t, version, "north", row.topic, row.payload)
				if code != row.code || !strings.Contains(payload, `"outcome":"`+row.outcome+`"`) {
					t.Errorf("%s: %s", row.name, payload)
				}
			}
			if m := l.next("the value", func(m message) bool { return m.topic == "north/doc" && !m.retained }); m.value() != `{"more":2,"value":1}` {
				t.Errorf("%v", m)
			}
			select {
			case m := <-l.got:
				if strings.HasSuffix(m.topic, "/result") || strings.HasSuffix(m.topic, "/set") {
					t.Errorf("somebody else's: %v", m)
				}
			case <-time.After(300 * time.Millisecond):
			}
			// Refused for want of rights: nothing happens, and it is in the audit trail.
			r.say(t, "north", "-V", version, "-t", "south/b/set", "-m", "1")
			r.say(t, "viewer", "-V", version, "-t", "north/a/set", "-m", "1", "-r")
			refused := func(who, target string) bool {
				r.mu.Lock()
				defer r.mu.Unlock()
				for _, e := range r.audit {
					if e.Actor == who && e.Target == target && e.Outcome == engine.OutcomeFailed && strings.HasPrefix(e.Origin, "127.0.0.1 mqtt") {
						return true
					}
				}
				return false
			}
			until(t, "the audit trail", func() bool { return refused("north", "south/b") && refused("viewer", "north/a") })
			if version == "mqttv5" {
				if out, err := r.publish(t, "viewer", "-V", version, "-q", "1", "-t", "north/a/set", "-m", "1"); !strings.Contains(strings.ToLower(out), "not authori") {
					t.Errorf("quality of service 1: %v %q", err, out)
				}
			}
			// A tag cannot be forged, nor anything else said outside of the prefixes.
			r.say(t, "admin", "-V", version, "-t", "north/a", "-m", "666", "-r")
			r.say(t, "admin", "-V", version, "-t", "free/topic", "-m", "666", "-r")
			fresh := r.listen(t, "admin", "-t", "free/topic", "-t", "north/a")
			if m := fresh.next("anything", func(message) bool { return true }); m.topic != "north/a" || m.value() != "2.5" {
				t.Errorf("forged: %v", m)
			}
		})
	}
}

// ask writes with one client that listens for the result, and gives its code.
func (r *rig) ask(t *testing.T, version, user, path, payload string) (code, result string) {
	t.Helper()
	args := append([]string{"-V", version, "-p", strconv.Itoa(r.port), "-t", path + "/set", "-e", path + "/set/result", "-m", payload, "-W", "10"}, as(user)...)
	out, err := exec.Command(tool(t, "mosquitto_rr"), args...).Output()
	if err != nil {
		t.Errorf("mosquitto_rr: %v", err)
	}
	result = string(out)
	if _, rest, ok := strings.Cut(result, `"code":"`); ok {
		code, _, _ = strings.Cut(rest, `"`)
	}
	return code, result
}

// TestTagBelowDevices: a tag goes before plain topics of its prefix.
func TestTagBelowDevices(t *testing.T) {
	r := begin(t, `{"format":1,"tags":[{"path":"devices/x","type":"int","initial":1,"write":{}}]}`)
	r.say(t, "devices", "-t", "devices/x", "-m", "forged", "-r")
	if code, result := r.ask(t, "mqttv5", "devices", "devices/x", "5"); code != "" || !strings.Contains(result, `"new":5`) {
		t.Errorf("%s", result)
	}
	l := r.listen(t, "devices", "-t", "devices/#")
	l.next("the value", func(m message) bool { return m.topic == "devices/x" && m.value() == "5" })
}

// TestReply: a response topic and correlation data of version 5, of mosquitto_rr.
func TestReply(t *testing.T) {
	r := begin(t, twoAreas)
	out, err := exec.Command(tool(t, "mosquitto_rr"), append([]string{"-V", "mqttv5", "-p", strconv.Itoa(r.port), "-t", "north/a/set", "-e", "reply/me", "-m", "3", "-W", "10", "-D", "publish", "correlation-data", "abc", "-F", "%D|%t|%p"}, as("north")...)...).CombinedOutput()
	if err != nil || !strings.HasPrefix(string(out), `abc|reply/me|{"outcome":"good","old":1.5,"new":3}`) {
		t.Errorf("%v %q", err, out)
	}
}

// TestDevices: plain topics among clients, by rights, retained, with a last will.
func TestDevices(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			r := begin(t, twoAreas)
			r.say(t, "line1", "-V", version, "-q", "1", "-r", "-t", "devices/line1/state", "-m", "on")
			r.say(t, "line1", "-V", version, "-q", "1", "-r", "-t", "devices/line2/state", "-m", "forged")
			r.say(t, "devices", "-V", version, "-q", "2", "-r", "-t", "devices/line3/state", "-m", "off")
			l := r.listen(t, "devices", "-V", version, "-q", "2", "-t", "devices/#")
			own := r.listen(t, "line1", "-V", version, "-q", "1", "-t", "#")
			got := map[string]string{}
			for range 2 {
				m := l.next("retained", func(m message) bool { return m.retained })
				got[m.topic] = m.payload
			}
			if fmt.Sprint(got) != "map[devices/line1/state:on devices/line3/state:off]" {
				t.Errorf("%v", got)
			}
			if m := own.next("anything", func(message) bool { return true }); m.topic != "devices/line1/state" {
				t.Errorf("%v", m)
			}
			r.say(t, "devices", "-V", version, "-q", "2", "-t", "devices/line3/x", "-m", "secret")
			r.say(t, "devices", "-V", version, "-q", "1", "-t", "devices/line1/x", "-m", "shared")
			if m := l.on("devices/line3/x"); m.payload != "secret" || m.retained {
				t.Errorf("%v", m)
			}
			if m := own.next("anything", func(message) bool { return true }); m.payload != "shared" {
				t.Errorf("%v", m)
			}
			// The end of a device that is killed.
			dying := r.listen(t, "line1", "-V", version, "-t", "devices/line1/none", "--will-topic", "devices/line1/state", "--will-payload", "lost", "--will-retain", "--will-qos", "1")
			until(t, "the device", func() bool { return r.Stats().Subscriptions == 3 })
			_ = dying.cmd.Process.Kill()
			if m := l.next("the will", func(m message) bool { return m.topic == "devices/line1/state" }); m.payload != "lost" {
				t.Errorf("%v", m)
			}
			late := r.listen(t, "viewer", "-t", "devices/line1/state")
			if m := late.on("devices/line1/state"); m.payload != "lost" || !m.retained {
				t.Errorf("%v", m)
			}
			r.say(t, "devices", "-V", version, "-r", "-n", "-t", "devices/line1/state")
			l.next("the empty message", func(m message) bool { return m.topic == "devices/line1/state" && m.payload == "" })
			tags := len(r.eng.Table().Match("**"))
			if n := r.Stats(); int(n.Retained) != tags+1 { // and line3
				t.Errorf("%+v, for %d tags", n, tags)
			}
		})
	}
}

// TestRightsChange: what is taken or given while a client is connected.
func TestRightsChange(t *testing.T) {
	r := begin(t, twoAreas)
	l := r.listen(t, "north", "-V", "mqttv5", "-t", "#")
	l.on("north/text")
	change := func(grants []auth.Grant, ok bool) {
		r.mu.Lock()
		if r.grants["north"] = grants; !ok {
			delete(r.grants, "north")
		}
		r.mu.Unlock()
		r.AccessChanged("north")
	}
	change([]auth.Grant{{Role: "viewer", Area: "south"}}, true)
	if m := l.on("south/b"); !m.retained {
		t.Errorf("%v", m)
	}
	r.put(t, "north/a", tag.OfFloat(8))
	r.put(t, "south/b", tag.OfFloat(9))
	l.next("the tag of the new area", func(m message) bool {
		if m.topic == "north/a" {
			t.Errorf("%v", m)
		}
		return m.topic == "south/b" && m.value() == "9"
	})
	change(nil, false)
	select {
	case <-l.ended:
	case <-l.got:
	case <-time.After(2 * time.Second): // mosquitto_sub comes back, and is turned away
	}
	until(t, "the end of the connection", func() bool { return r.Stats().Clients == 0 })
}

// TestSlow: a client that stops reading costs itself only, and has the newest values afterwards.
func TestSlow(t *testing.T) {
	const tags = 10_000
	var doc strings.Builder
	doc.WriteString(`{"format":1,"tags":[`)
	for i := range tags {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"path":"line%d/t%d","type":"float","initial":0}`, i%100, i)
	}
	r := begin(t, doc.String()+`]}`)
	slots := r.eng.Table().Match("line*/*")
	round := func(v float64) {
		now := tag.Now()
		updates := make([]tag.Update, len(slots))
		for i, s := range slots {
			updates[i] = tag.Update{Slot: s, Sample: tag.Sample{Value: tag.OfFloat(v), Source: now, Server: now}}
		}
		r.eng.Table().Apply(updates)
	}
	filters := []string{"-t", "+/+"}
	slow, quick := r.listen(t, "viewer", filters...), r.listen(t, "admin", filters...)
	all := func(l *listener, v string) {
		t.Helper()
		seen := map[string]bool{}
		for len(seen) < tags {
			m := l.next(v+" of all tags", func(message) bool { return true })
			if m.value() == v {
				seen[m.topic] = true
			}
		}
	}
	all(slow, "0")
	all(quick, "0")
	if err := slow.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	for v := 1; v <= 20; v++ {
		round(float64(v))
		all(quick, strconv.Itoa(v))
	}
	if s := r.Stats(); s.Coalesced == 0 || s.Dropped != 0 {
		t.Errorf("%+v", s)
	}
	if err := slow.cmd.Process.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	all(slow, "20")
}

// TestFlood: who publishes as fast as it can, and who does not read what it asked for at
// quality of service 1 and 2, do not hold up others.
func TestFlood(t *testing.T) {
	r := begin(t, twoAreas)
	l := r.listen(t, "admin", "-t", "north/#")
	l.on("north/text")
	stuck := r.listen(t, "devices", "-q", "2", "-k", "3600", "-t", "devices/#")
	until(t, "the clients", func() bool { return r.Stats().Subscriptions == 2 })
	time.Sleep(200 * time.Millisecond)
	if err := stuck.cmd.Process.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	flood := exec.Command(tool(t, "mosquitto_pub"), append([]string{"-p", strconv.Itoa(r.port), "-q", "0", "-l", "-t", "devices/flood"}, as("devices")...)...)
	flood.Stdin = strings.NewReader(strings.Repeat(strings.Repeat("x", 500)+"\n", 100_000))
	if err := flood.Start(); err != nil {
		t.Fatal(err)
	}
	for i := range 20 {
		r.put(t, "north/a", tag.OfFloat(float64(100+i)))
		l.next("a value beside the flood", func(m message) bool { return m.topic == "north/a" && m.value() == strconv.Itoa(100+i) })
	}
	if err := flood.Wait(); err != nil {
		t.Fatal(err)
	}
	until(t, "all messages", func() bool { return r.Stats().Received >= 100_000 })
	if s := r.Stats(); s.Dropped == 0 {
		t.Errorf("%+v: where did 50 MB go?", s)
	}
}

// TestStop: everything ends within a second, also with clients that do not read.
func TestStop(t *testing.T) {
	r := begin(t, twoAreas)
	l := r.listen(t, "admin", "-V", "mqttv5", "-t", "#")
	l.on("south/c")
	stuck := r.listen(t, "admin", "-t", "#")
	stuck.on("south/c")
	_ = stuck.cmd.Process.Signal(syscall.SIGSTOP)
	began := time.Now()
	r.stop()
	if took := time.Since(began); took > time.Second {
		t.Errorf("took %v", took)
	}
	if len(r.conns) != 0 || len(r.byKey) != 0 {
		t.Errorf("%d connections and %d clients are left", len(r.conns), len(r.byKey))
	}
}

// TestOptions: those of subscriptions in version 5, and what replaces a connection.
func TestOptions(t *testing.T) {
	r := begin(t, twoAreas)
	silence := func(l *listener) {
		t.Helper()
		select {
		case m := <-l.got:
			t.Errorf("got %v", m)
		case <-time.After(300 * time.Millisecond):
		}
	}
	v5 := []string{"-V", "mqttv5"}
	published := r.listen(t, "viewer", append(v5, "-t", "north/a", "--retain-as-published")...)
	numbered := r.listen(t, "viewer", append(v5, "-t", "north/+", "-D", "subscribe", "subscription-identifier", "77", "-F", "0|%t|%S", "-i", "same")...)
	published.on("north/a")
	if m := numbered.on("north/a"); m.payload != "77" {
		t.Errorf("%v", m)
	}
	r.put(t, "north/a", tag.OfFloat(3))
	if m := published.on("north/a"); !m.retained {
		t.Errorf("%v", m)
	}
	// The same identifier of another user is somebody else's; of the same user it takes over.
	other := r.listen(t, "admin", "-t", "south/b", "-i", "same")
	other.on("south/b")
	if s := r.Stats(); s.Clients != 3 {
		t.Errorf("%+v", s)
	}
	// Overlapping filters: one message.
	two := r.listen(t, "viewer", "-t", "south/#", "-t", "south/b", "-t", "+/b")
	two.on("south/b")
	two.on("south/c")
	silence(two)
	// A client that takes small packets only.
	small := r.listen(t, "viewer", append(v5, "-t", "north/#", "-D", "connect", "maximum-packet-size", "100")...)
	small.next("a short one", func(m message) bool { return m.topic == "north/a" })
	if s := r.Stats(); s.Dropped == 0 {
		t.Errorf("%+v", s)
	}
	taken := exec.Command(tool(t, "mosquitto_sub"), append([]string{"-p", strconv.Itoa(r.port), "-t", "south/b", "-i", "same", "-C", "1"}, as("viewer")...)...)
	if out, err := taken.CombinedOutput(); err != nil {
		t.Errorf("%v %s", err, out)
	}
}

// TestBigPlant: a hundred thousand tags on subscribe, and what they cost when nobody listens.
func TestBigPlant(t *testing.T) {
	const tags = 100_000
	table := tag.NewTable()
	space := newNamespace(table)
	space.every = publishEvery
	for i := range tags {
		if _, err := table.Add(tag.Path(fmt.Sprintf("site/line%d/t%d", i%100, i)), tag.Definition{Type: tag.Float}); err != nil {
			t.Fatal(err)
		}
	}
	began := time.Now()
	w := space.follow()
	defer w.Close()
	t.Logf("followed in %v", time.Since(began))
	if len(space.byTopic) != tags {
		t.Errorf("%d", len(space.byTopic))
	}
	began = time.Now()
	space.follow().Close()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("followed again in %v", took)
	}
	t.Logf("followed again in %v", time.Since(began))
}
