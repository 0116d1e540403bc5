package modbus

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// site is an engine with one server on it.
type site struct {
	*engine.Engine
	t    testing.TB
	port int
	stop func()

	mu    sync.Mutex
	trail []engine.AuditEntry
}

// exposed is a tag of the plant and how it is exposed; plant and register stand in the middle of objects.
type exposed struct{ path, plant, register string }

// begin runs a plant of memory tags that are exposed on a port of this host.
func begin(t testing.TB, port int, settings string, tags []exposed) *site {
	t.Helper()
	s := &site{t: t, port: port}
	if port == 0 {
		s.port = peer.FreePort(t)
	}
	s.Engine = engine.New(engine.Options{Audit: func(_ context.Context, e engine.AuditEntry) error {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.trail = append(s.trail, e)
		return nil
	}})
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
	if err := s.SetPlant(s.plant(settings, tags)); err != nil {
		t.Fatal(err)
	}
	s.await("the server to run", func() bool { return s.Northbound()[0].State == engine.StateRunning })
	return s
}

func (s *site) plant(settings string, tags []exposed) *plant.Plant {
	s.t.Helper()
	var list, out []string
	for _, e := range tags {
		list = append(list, fmt.Sprintf(`{"path":%q,%s}`, e.path, e.plant))
		write := ""
		if strings.Contains(e.plant, `"write"`) {
			write = `"write":true,`
		}
		out = append(out, fmt.Sprintf(`{"tag":%q,%s"map":{%s}}`, e.path, write, e.register))
	}
	if settings != "" {
		settings = "," + settings
	}
	p, err := plant.Read(fmt.Appendf(nil, `{"format":1,"tags":[%s],"northbound":[{"id":"plc","kind":"modbus","settings":{"port":%d%s},"tags":[%s]}]}`,
		strings.Join(list, ","), s.port, settings, strings.Join(out, ",")))
	if err != nil {
		s.t.Fatal(err)
	}
	return p
}

func (s *site) await(what string, done func() bool) {
	s.t.Helper()
	peer.Await(s.t, what, done)
}

// set gives a tag a value, as its device would.
func (s *site) set(path string, v tag.Value, q tag.Quality) {
	s.t.Helper()
	slot, ok := s.Table().Lookup(tag.Path(path))
	if !ok {
		s.t.Fatalf("no tag %q", path)
	}
	now := tag.Now()
	s.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: v, Quality: q, Source: now, Server: now}}})
}

func (s *site) value(path string) string {
	s.t.Helper()
	slot, ok := s.Table().Lookup(tag.Path(path))
	if !ok {
		s.t.Fatalf("no tag %q", path)
	}
	return string(s.Table().Get(slot).Value.AppendJSON(nil))
}

// writes are the entries of the audit trail that say how a write ended.
func (s *site) writes() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.trail {
		if e.Outcome != "pending" {
			out = append(out, fmt.Sprintf("%s %s %s", e.Target, e.New, e.Outcome))
		}
	}
	slices.Sort(out)
	return out
}

// link is a raw connection to the server.
type link struct {
	net.Conn
	t      testing.TB
	number uint16
}

func (s *site) dial() *link {
	s.t.Helper()
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", s.port))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = c.Close() })
	_ = c.SetDeadline(time.Now().Add(30 * time.Second))
	return &link{Conn: c, t: s.t}
}

func frame(transaction uint16, unit byte, pdu []byte) []byte {
	b := binary.BigEndian.AppendUint16(nil, transaction)
	b = binary.BigEndian.AppendUint16(append(b, 0, 0), uint16(len(pdu)+1))
	return append(append(b, unit), pdu...)
}

// ask sends a PDU in hex and gives the PDU of the reply in hex.
func (l *link) ask(unit byte, request string) string {
	l.t.Helper()
	l.number++
	if _, err := l.Write(frame(l.number, unit, unhex(l.t, request))); err != nil {
		l.t.Fatal(err)
	}
	return l.reply(unit)
}

func (l *link) reply(unit byte) string {
	l.t.Helper()
	var head [7]byte
	if _, err := io.ReadFull(l, head[:]); err != nil {
		l.t.Fatalf("no reply: %v", err)
	}
	if n := binary.BigEndian.Uint16(head[:]); n != l.number || head[2] != 0 || head[3] != 0 || head[6] != unit {
		l.t.Fatalf("header % x to transaction %d of unit %d", head, l.number, unit)
	}
	pdu := make([]byte, int(binary.BigEndian.Uint16(head[4:]))-1)
	if _, err := io.ReadFull(l, pdu); err != nil {
		l.t.Fatal(err)
	}
	return hex.EncodeToString(pdu)
}

// closed waits until the server has closed the connection without a word.
func (l *link) closed() {
	l.t.Helper()
	if n, err := l.Read(make([]byte, 1)); n > 0 || err == nil {
		l.t.Fatal("the connection is still open")
	} else if e, ok := err.(net.Error); ok && e.Timeout() {
		l.t.Fatal("the connection was not closed in time")
	}
}

func unhex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func compact(text string) string {
	var b bytes.Buffer
	if json.Compact(&b, []byte(text)) != nil {
		return text
	}
	return b.String()
}

// all are tags of every type, each writable, and some that are not.
func all() []exposed {
	return []exposed{
		{"a/on", `"type":"bool","initial":false,"write":{}`, `"table":"coil","address":0`},
		{"a/off", `"type":"bool","initial":true,"write":{}`, `"table":"coil","address":1`},
		{"a/bit3", `"type":"bool","initial":true`, `"table":"coil","address":3`},
		{"a/seen", `"type":"bool","initial":true`, `"table":"discrete","address":10`},
		{"a/short", `"type":"int","initial":-2,"write":{}`, `"table":"holding","address":0,"type":"int16"`},
		{"a/word", `"type":"int","initial":65535,"write":{}`, `"table":"holding","address":1,"type":"uint16"`},
		{"a/long", `"type":"int","initial":-70000,"write":{}`, `"table":"holding","address":2,"type":"int32","order":"CDAB"`},
		{"a/float", `"type":"float","initial":1.5,"write":{"low":-1000,"high":1000}`, `"table":"holding","address":4,"type":"float32"`},
		{"a/double", `"type":"float","initial":3.25,"write":{}`, `"table":"holding","address":6,"type":"float64"`},
		{"a/big", `"type":"int","initial":1,"write":{}`, `"table":"holding","address":10,"type":"int64"`},
		{"a/text", `"type":"string","initial":"abc","write":{}`, `"table":"holding","address":14,"type":"string","length":5`},
		{"a/scaled", `"type":"float","initial":23.5,"write":{}`, `"table":"holding","address":17,"type":"int16","factor":0.1`},
		{"a/low", `"type":"bool","initial":true,"write":{}`, `"table":"holding","address":18,"type":"uint16","bit":0`},
		{"a/high", `"type":"bool","initial":false,"write":{}`, `"table":"holding","address":18,"type":"uint16","bit":15`},
		{"a/fixed", `"type":"bool","initial":true`, `"table":"holding","address":18,"type":"uint16","bit":4`},
		// 19 is a gap
		{"a/only", `"type":"int","initial":7`, `"table":"holding","address":20,"type":"uint16"`},
		{"a/input", `"type":"float","initial":-1`, `"table":"input","address":100,"type":"float32","order":"DCBA"`},
		{"b/other", `"type":"int","initial":5`, `"table":"holding","address":0,"type":"uint16","unit":9`},
	}
}
