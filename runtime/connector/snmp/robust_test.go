package snmp

import (
	"errors"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gosnmp/gosnmp"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// liar is an agent that answers as it is told, for what no real one can be made to do.
// Every object is the number 7.
type liar struct {
	port int
	conn *net.UDPConn

	mu  sync.Mutex
	lie func(request *gosnmp.SnmpPacket) [][]byte // nil: the truth
}

func startLiar(t *testing.T) *liar {
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	s := &liar{port: conn.LocalAddr().(*net.UDPAddr).Port, conn: conn}
	var serving sync.WaitGroup
	serving.Go(func() { s.serve(t) })
	t.Cleanup(func() { conn.Close(); serving.Wait() })
	return s
}

func (s *liar) set(lie func(*gosnmp.SnmpPacket) [][]byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lie = lie
}

func codec() *gosnmp.GoSNMP {
	return &gosnmp.GoSNMP{Version: gosnmp.Version2c, Community: "public", Logger: gosnmp.NewLogger(log.New(io.Discard, "", 0))}
}

func (s *liar) serve(t *testing.T) {
	buf := make([]byte, 65536)
	for {
		n, from, err := s.conn.ReadFromUDP(buf)
		if err != nil {
			return
		}
		request, err := codec().SnmpDecodePacket(append([]byte{}, buf[:n]...))
		if err != nil {
			t.Errorf("the request cannot be read: %v", err)
			return
		}
		s.mu.Lock()
		lie := s.lie
		s.mu.Unlock()
		answers := [][]byte{answer(request, nil)}
		if lie != nil {
			answers = lie(request)
		}
		for _, a := range answers {
			_, _ = s.conn.WriteToUDP(a, from)
		}
	}
}

// answer is the right one, changed.
func answer(request *gosnmp.SnmpPacket, change func(a *gosnmp.SnmpPacket)) []byte {
	c := codec()
	a := c.MkSnmpPacket(gosnmp.GetResponse, nil, 0, 0)
	a.RequestID = request.RequestID
	for _, v := range request.Variables {
		a.Variables = append(a.Variables, gosnmp.SnmpPDU{Name: v.Name, Type: gosnmp.Integer, Value: 7})
	}
	if change != nil {
		change(a)
	}
	out, err := a.MarshalMsg()
	if err != nil {
		panic(err)
	}
	return out
}

// changed is a lie of one answer.
func changed(change func(a *gosnmp.SnmpPacket)) func(*gosnmp.SnmpPacket) [][]byte {
	return func(r *gosnmp.SnmpPacket) [][]byte { return [][]byte{answer(r, change)} }
}

// Whatever an agent answers, no value is believed that may belong to something else, and
// the next request is right again.
func TestLies(t *testing.T) {
	for _, row := range []struct {
		name string
		lie  func(*gosnmp.SnmpPacket) [][]byte
		want tag.Quality
	}{
		{"the number of another request", changed(func(a *gosnmp.SnmpPacket) { a.RequestID -= 3 }), tag.BadTimeout},
		{"the number 0", changed(func(a *gosnmp.SnmpPacket) { a.RequestID = 0 }), tag.BadCommunicationError},
		{"another object", changed(func(a *gosnmp.SnmpPacket) { a.Variables[0].Name = ".1.3.6.1.2.1.1.4.0" }), tag.BadCommunicationError},
		{"more objects", changed(func(a *gosnmp.SnmpPacket) { a.Variables = append(a.Variables, a.Variables[0]) }), tag.BadCommunicationError},
		{"no objects", changed(func(a *gosnmp.SnmpPacket) { a.Variables = nil }), tag.BadCommunicationError},
		{"no objects, of another request", changed(func(a *gosnmp.SnmpPacket) { a.Variables, a.RequestID = nil, a.RequestID-3 }), tag.BadCommunicationError},
		{"a question in place of an answer", changed(func(a *gosnmp.SnmpPacket) { a.PDUType = gosnmp.GetRequest }), tag.BadCommunicationError},
		{"an error of no meaning", changed(func(a *gosnmp.SnmpPacket) { a.Error = 99 }), tag.BadDeviceFailure},
		{"an error of an object that was not asked for", changed(func(a *gosnmp.SnmpPacket) { a.Error, a.ErrorIndex = gosnmp.GenErr, 200 }), tag.BadDeviceFailure},
		{"garbage", func(*gosnmp.SnmpPacket) [][]byte { return [][]byte{[]byte("HTTP/1.1 400 Bad Request")} }, tag.BadCommunicationError},
		{"an empty datagram", func(*gosnmp.SnmpPacket) [][]byte { return [][]byte{{}} }, tag.BadCommunicationError},
		{"half an answer", func(r *gosnmp.SnmpPacket) [][]byte { a := answer(r, nil); return [][]byte{a[:len(a)/2]} }, tag.BadCommunicationError},
		{"nothing", func(*gosnmp.SnmpPacket) [][]byte { return nil }, tag.BadTimeout},
		{"old answers first", func(r *gosnmp.SnmpPacket) [][]byte {
			var out [][]byte
			for i := range 50 {
				out = append(out, answer(r, func(a *gosnmp.SnmpPacket) { a.RequestID -= uint32(i + 1); a.Variables[0].Value = 666 }))
			}
			return append(out, answer(r, nil))
		}, tag.Good},
		{"the answer three times", func(r *gosnmp.SnmpPacket) [][]byte { a := answer(r, nil); return [][]byte{a, a, a} }, tag.Good},
	} {
		t.Run(row.name, func(t *testing.T) {
			agent := startLiar(t)
			c := connected(t, agent.port, `"timeout":"300ms"`)
			p := at(t, 1, `{"oid":"1.3.6.1.2.1.1.7.0"}`, tag.Int)
			one := func() tag.Sample {
				updates, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil)
				var status *connector.StatusError
				switch {
				case err == nil:
					return updates[0].Sample
				case errors.Is(err, connector.ErrNotConnected):
					_ = c.Connect(t.Context())
					return tag.Sample{Quality: tag.Bad}
				case errors.As(err, &status):
					return tag.Sample{Quality: status.Quality}
				}
				t.Fatalf("error %v of another kind", err)
				return tag.Sample{}
			}
			agent.set(row.lie)
			if s := one(); s.Quality != row.want || s.Quality == tag.Good && s.Value != tag.OfInt(7) {
				t.Errorf("%v %v, want %v", s.Value, s.Quality, row.want)
			}
			agent.set(nil)
			c.forget() // what it was refused
			peer.Await(t, "the next to be right", func() bool {
				s := one()
				return s.Quality == tag.Good && s.Value == tag.OfInt(7)
			})
			agent.set(row.lie)
			p.Address.(*Address).Type = "integer"
			err := c.Write(t.Context(), p, tag.OfInt(7))
			var status *connector.StatusError
			if refused := row.want == tag.BadDeviceFailure; refused != (errors.As(err, &status) && !errors.Is(err, connector.ErrUncertain)) || (row.want == tag.Good) != (err == nil) {
				t.Errorf("write: %v", err)
			}
		})
	}
}

// An answer that would be too big is asked for in parts, and so is one of an error that
// does not say of what.
func TestTooBig(t *testing.T) {
	agent := startLiar(t)
	c := connected(t, agent.port, `"timeout":"5s"`)
	var points []connector.Point
	for i := range 40 {
		points = append(points, at(t, i, `{"oid":"1.3.6.1.4.1.1.`+string(rune('1'+i%9))+`.`+string(rune('0'+i/9))+`"}`, tag.Int))
	}
	for _, status := range []gosnmp.SNMPError{gosnmp.TooBig, gosnmp.GenErr} {
		agent.set(changed(func(a *gosnmp.SnmpPacket) {
			if len(a.Variables) > 3 {
				a.Error, a.Variables = status, nil
			}
		}))
		for i, s := range read(t, c, points...) {
			if s.Value != tag.OfInt(7) || s.Quality != tag.Good {
				t.Errorf("%v: point %d is %v %v", status, i, s.Value, s.Quality)
			}
		}
		c.forget()
	}
}

// Browsing an agent that goes around in circles, or never ends, ends.
func TestEndlessBrowse(t *testing.T) {
	agent := startLiar(t)
	c := connected(t, agent.port, `"timeout":"5s"`)
	n := uint32(0)
	for name, next := range map[string]func(asked string) string{
		"the same again": func(asked string) string { return asked },
		"in circles":     func(string) string { return []string{".1.3.6.1.2.1.1.1", ".1.3.6.1.2.1.1.2"}[n%2] },
		"one level deeper for ever": func(asked string) string {
			if strings.Count(asked, ".") > 100 {
				return ".1.3.6.1.5"
			}
			return asked + ".1"
		},
	} {
		t.Run(name, func(t *testing.T) {
			agent.set(changed(func(a *gosnmp.SnmpPacket) { n++; a.Variables[0].Name = next(a.Variables[0].Name) }))
			done := make(chan error, 1)
			go func() {
				_, err := c.Browse(t.Context(), "1.3.6.1.2.1")
				done <- err
			}()
			select {
			case err := <-done:
				if name == "in circles" && (err == nil || !strings.Contains(err.Error(), "circles")) {
					t.Errorf("%v", err)
				}
			case <-time.After(peer.Wait):
				t.Fatal("it does not end")
			}
		})
	}
}
