package broker

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// rig is a broker over an engine with a plant.
type rig struct {
	*Broker
	eng    *engine.Engine
	port   int
	stop   func()
	mu     sync.Mutex
	grants map[string][]auth.Grant
	audit  []engine.AuditEntry
}

// users are who may log in; the password is "secret-" and the name.
var users = map[string][]auth.Grant{
	"admin":    {{Role: "admin"}},
	"viewer":   {{Role: "viewer"}},
	"north":    {{Role: "operator", Area: "north"}},
	"devices":  {{Role: "operator", Area: "devices"}},
	"line1":    {{Role: "operator", Area: "devices/line1"}},
	"stranger": {},
}

func (r *rig) may(name string) ([]auth.Grant, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	g, ok := r.grants[name]
	return g, ok
}

func (r *rig) login(_ context.Context, name, secret, address string) (Session, error) {
	again := func(context.Context) (auth.Actor, error) {
		g, ok := r.may(name)
		if !ok {
			return auth.Actor{}, ErrRefused
		}
		return auth.Actor{Name: name, Origin: address + " mqtt", Rights: auth.RightsOf(g, auth.AllActions)}, nil
	}
	if secret != "secret-"+name {
		return Session{}, ErrRefused
	}
	actor, err := again(context.Background())
	return Session{Actor: actor, Language: "en", Again: again}, err
}

func begin(t testing.TB, doc string, listeners ...net.Listener) *rig {
	t.Helper()
	r := &rig{grants: map[string][]auth.Grant{}}
	for name, g := range users {
		r.grants[name] = g
	}
	log := slog.New(slog.DiscardHandler)
	r.eng = engine.New(engine.Options{Log: log, Audit: func(_ context.Context, e engine.AuditEntry) error {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.audit = append(r.audit, e)
		return nil
	}})
	r.set(t, doc)
	r.Broker = New(Options{Engine: r.eng, Log: log, Login: r.login})
	if len(listeners) == 0 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, l)
	}
	r.port = listeners[0].Addr().(*net.TCPAddr).Port
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { _ = r.eng.Run(ctx) })
	running.Go(func() { _ = r.Broker.Run(ctx, listeners...) })
	r.stop = sync.OnceFunc(func() { cancel(); running.Wait() })
	t.Cleanup(func() {
		r.stop()
		if n := r.Stats().Panics; n > 0 {
			t.Errorf("%d panics", n)
		}
	})
	return r
}

func (r *rig) set(t testing.TB, doc string) {
	t.Helper()
	p, err := plant.Read([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.eng.SetPlant(p); err != nil {
		t.Fatal(err)
	}
}

// put brings a value into a memory tag.
func (r *rig) put(t testing.TB, path string, v tag.Value) {
	t.Helper()
	slot, ok := r.eng.Table().Lookup(tag.Path(path))
	if !ok {
		t.Fatalf("no tag %s", path)
	}
	now := tag.Now()
	r.eng.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: v, Source: now, Server: now}}})
}

// twoAreas is a plant of memory tags.
const twoAreas = `{"format":1,"tags":[
	{"path":"north/a","type":"float","initial":1.5,"write":{"low":0,"high":10}},
	{"path":"north/pump 1/speed","type":"int","initial":7,"write":{"confirm":"reason"}},
	{"path":"north/text","type":"string","initial":"线 \"1\"","write":{}},
	{"path":"north/doc","type":"json","initial":{"a":[1,2]},"write":{}},
	{"path":"south/b","type":"float","initial":2.5,"write":{}},
	{"path":"south/c","type":"bool","expr":"tag(\"south/b\") > 3"}]}`

// message is one that a client got.
type message struct {
	retained bool
	topic    string
	payload  string
}

func (m message) String() string { return fmt.Sprintf("%v %s %s", m.retained, m.topic, m.payload) }

// value is the field of a payload.
func (m message) value() string {
	var p struct{ Value json.RawMessage }
	_ = json.Unmarshal([]byte(m.payload), &p)
	return string(p.Value)
}

// listener is mosquitto_sub.
type listener struct {
	t   testing.TB
	cmd *exec.Cmd
	got chan message
	// ended has what it said when it ended.
	ended chan string
}

func tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%s is needed (apt install mosquitto-clients)", name)
	}
	return path
}

func as(user string) []string { return []string{"-u", user, "-P", "secret-" + user} }

// listen starts mosquitto_sub as a user.
func (r *rig) listen(t testing.TB, user string, args ...string) *listener {
	t.Helper()
	all := append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(r.port), "-F", "%r|%t|%p"}, as(user)...)
	l := &listener{t: t, cmd: exec.Command(tool(t, "mosquitto_sub"), append(all, args...)...), got: make(chan message, 200_000), ended: make(chan string, 1)}
	var said strings.Builder
	l.cmd.Stderr = &said
	out, err := l.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			f := strings.SplitN(lines.Text(), "|", 3)
			if len(f) == 3 {
				l.got <- message{f[0] == "1", f[1], f[2]}
			}
		}
		_ = l.cmd.Wait()
		l.ended <- said.String()
	}()
	t.Cleanup(func() { _ = l.cmd.Process.Kill() })
	return l
}

// patience is generous: it is spent only when something is wrong.
const patience = time.Minute

// next waits for the next message that fits.
func (l *listener) next(what string, fits func(message) bool) message {
	l.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case m := <-l.got:
			if fits(m) {
				return m
			}
		case why := <-l.ended:
			l.t.Fatalf("%s: mosquitto_sub ended: %s", what, why)
		case <-deadline:
			l.t.Fatalf("%s: nothing came", what)
		}
	}
}

// on waits for the next message of a topic.
func (l *listener) on(topic string) message {
	l.t.Helper()
	return l.next(topic, func(m message) bool { return m.topic == topic })
}

// publish runs mosquitto_pub; it gives what it said.
func (r *rig) publish(t testing.TB, user string, args ...string) (string, error) {
	t.Helper()
	all := append([]string{"-h", "127.0.0.1", "-p", strconv.Itoa(r.port)}, as(user)...)
	out, err := exec.Command(tool(t, "mosquitto_pub"), append(all, args...)...).CombinedOutput()
	return string(out), err
}

// say publishes and expects that it works.
func (r *rig) say(t testing.TB, user string, args ...string) {
	t.Helper()
	if out, err := r.publish(t, user, args...); err != nil {
		t.Fatalf("mosquitto_pub %v: %v %s", args, err, out)
	}
}

func until(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s", what)
		}
	}
}
