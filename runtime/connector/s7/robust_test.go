package s7

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// liar is a controller that answers as it is told, for what no real one can be made to do:
// each byte that is read has the value 7, unless spoil changes the answer.
type liar struct {
	port int

	mu    sync.Mutex
	spoil func(conn net.Conn, frame []byte) // sends the answer, nil: as it is
	greet func(conn net.Conn) bool          // answers the connect request, false: ends
}

func startLiar(t *testing.T) *liar {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &liar{port: l.Addr().(*net.TCPAddr).Port}
	var serving sync.WaitGroup
	serving.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			stop := make(chan struct{})
			serving.Go(func() {
				select {
				case <-t.Context().Done():
				case <-stop:
				}
				conn.Close()
			})
			serving.Go(func() { defer close(stop); s.serve(conn) })
		}
	})
	t.Cleanup(func() { l.Close(); serving.Wait() })
	return s
}

func (s *liar) set(spoil func(conn net.Conn, frame []byte)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.spoil = spoil
}

func (s *liar) serve(conn net.Conn) {
	r := bufio.NewReaderSize(conn, 8192)
	if _, _, _, err := nextTPDU(r); err != nil {
		return
	}
	if s.greet != nil {
		if !s.greet(conn) {
			return
		}
	} else {
		_, _ = conn.Write([]byte{3, 0, 0, 11, 6, cotpConnectConfirm, 0, 1, 0, 2, 0})
	}
	for {
		m, err := nextMessage(r, nil)
		if err != nil {
			return
		}
		job, err := parseReply(m)
		if err != nil {
			return
		}
		var parameters, data []byte
		switch job.parameters[0] {
		case functionNegotiate:
			parameters = job.parameters
		case functionWrite:
			parameters, data = job.parameters[:2], []byte{0xFF}
		case functionRead:
			parameters = job.parameters[:2]
			for i := range int(job.parameters[1]) {
				n := int(binary.BigEndian.Uint16(job.parameters[2+itemLength*i+4:]))
				data = append(data, 0xFF, dataBytes, byte(n>>5), byte(n<<3))
				data = append(data, strings.Repeat("\x07", n+n%2)...)
			}
		}
		answer := appendJob(nil, rosctrAckData, job.reference, len(parameters), len(data))
		answer = append(append(append(answer, 0, 0), parameters...), data...)
		s.mu.Lock()
		spoil := s.spoil
		s.mu.Unlock()
		frame := appendData(nil, answer)
		if spoil == nil || job.parameters[0] == functionNegotiate {
			_, _ = conn.Write(frame)
			continue
		}
		spoil(conn, frame)
	}
}

// Whatever a controller answers, no value is believed that may belong to something else,
// and the next exchange, or the next connection, is right again.
func TestLies(t *testing.T) {
	changed := func(at int, b byte) func(net.Conn, []byte) {
		return func(c net.Conn, f []byte) { f[at] = b; _, _ = c.Write(f) }
	}
	const head = 7 // bytes before the message
	for _, row := range []struct {
		name  string
		lie   func(conn net.Conn, frame []byte)
		read  tag.Quality // of the sample or of the error; Bad: the connection is lost
		write tag.Quality // of the refusal; Uncertain: the outcome is unknown
	}{
		{"the reference of another job", changed(head+5, 0xEE), tag.BadTimeout, tag.Uncertain},
		{"another function", changed(head+ackHeader, 0x1A), tag.BadCommunicationError, tag.Uncertain},
		{"another number of items", changed(head+ackHeader+1, 9), tag.BadCommunicationError, tag.Uncertain},
		{"another protocol", changed(head, 0x72), tag.Bad, tag.Uncertain},
		{"a message of another length than it says", changed(head+9, 99), tag.Bad, tag.Uncertain},
		{"a job in place of an answer", changed(head+1, rosctrUserdata), tag.Bad, tag.Uncertain},
		{"PUT/GET is not permitted", func(c net.Conn, f []byte) { f[head+10], f[head+11] = 0x81, 0x04; _, _ = c.Write(f) }, tag.BadUserAccessDenied, tag.BadUserAccessDenied},
		{"an unknown error", func(c net.Conn, f []byte) { f[head+10] = 0x99; _, _ = c.Write(f) }, tag.BadDeviceFailure, tag.BadDeviceFailure},
		{"a disconnect", func(c net.Conn, _ []byte) { _, _ = c.Write([]byte{3, 0, 0, 11, 6, cotpDisconnect, 0, 1, 0, 2, 0}) }, tag.Bad, tag.Uncertain},
		{"half an answer", func(c net.Conn, f []byte) { _, _ = c.Write(f[:len(f)-1]) }, tag.Bad, tag.Uncertain},
		{"a message without an end", func(c net.Conn, f []byte) {
			f[6] = 0
			for range 2000 {
				if _, err := c.Write(f); err != nil {
					return
				}
			}
		}, tag.Bad, tag.Uncertain},
		{"nothing", func(net.Conn, []byte) {}, tag.BadTimeout, tag.Uncertain},
		{"old answers first", func(c net.Conn, f []byte) {
			for i := range 100 {
				old := append([]byte{}, f...)
				old[head+5] -= byte(i + 1)
				_, _ = c.Write(old)
			}
			_, _ = c.Write(f)
		}, tag.Good, tag.Good},
		{"byte by byte", func(c net.Conn, f []byte) {
			for _, b := range f {
				_, _ = c.Write([]byte{b})
			}
		}, tag.Good, tag.Good},
		{"in many transport units", func(c net.Conn, f []byte) {
			for i, b := range f[head:] {
				end := byte(0)
				if i == len(f)-head-1 {
					end = 0x80
				}
				_, _ = c.Write([]byte{3, 0, 0, 8, 2, cotpData, end, b})
			}
		}, tag.Good, tag.Good},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := startLiar(t)
			c := connected(t, server.port, `,"timeout":"300ms"`)
			p := at(t, 1, "DB1.DBB5", tag.Int)
			one := func() (tag.Quality, tag.Value) {
				updates, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil)
				switch {
				case errors.Is(err, connector.ErrNotConnected):
					return tag.Bad, tag.Value{}
				case err != nil:
					return quality(t, err), tag.Value{}
				}
				return updates[0].Sample.Quality, updates[0].Sample.Value
			}
			server.set(row.lie)
			if q, v := one(); q != row.read || q == tag.Good && v != tag.OfInt(7) {
				t.Errorf("read: %v %v, want %v", v, q, row.read)
			}
			server.set(nil)
			peer.Await(t, "the next to be right", func() bool {
				q, v := one()
				if q == tag.Bad {
					_ = c.Connect(t.Context())
				}
				return q == tag.Good && v == tag.OfInt(7)
			})
			server.set(row.lie)
			err := c.Write(t.Context(), p, tag.OfInt(1))
			switch {
			case row.write == tag.Good && err == nil:
			case row.write == tag.Uncertain && errors.Is(err, connector.ErrUncertain):
			case row.write.IsBad() && !errors.Is(err, connector.ErrUncertain) && quality(t, err) == row.write:
			default:
				t.Errorf("write: %v, want %v", err, row.write)
			}
		})
	}
}

// What stands in the way of a connection is said so that somebody can mend it.
func TestRefusedConnections(t *testing.T) {
	for _, row := range []struct {
		name  string
		greet func(conn net.Conn) bool
		lie   func(conn net.Conn, frame []byte)
		says  string
	}{
		{"the slot is empty", func(net.Conn) bool { return false }, nil, "check rack and slot"},
		{"the TSAP is refused", func(c net.Conn) bool {
			_, _ = c.Write([]byte{3, 0, 0, 11, 6, cotpDisconnect, 0, 1, 0, 2, 0})
			return false
		}, nil, "check rack and slot"},
		{"another protocol", func(c net.Conn) bool { _, _ = io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n"); return false }, nil, "not S7"},
		{"PUT/GET is not permitted", nil, func(c net.Conn, f []byte) { f[17], f[18] = 0x81, 0x04; _, _ = c.Write(f) }, "permit PUT/GET"},
	} {
		t.Run(row.name, func(t *testing.T) {
			server := startLiar(t)
			server.greet = row.greet
			server.set(row.lie)
			err := unconnected(t, server.port, `,"timeout":"500ms"`).Connect(t.Context())
			if !errors.Is(err, connector.ErrNotConnected) || !strings.Contains(err.Error(), row.says) {
				t.Errorf("%v", err)
			}
		})
	}
}

// Close ends a connection that is being made.
func TestCloseWhileConnecting(t *testing.T) {
	server := startLiar(t)
	server.greet = func(net.Conn) bool { <-t.Context().Done(); return false }
	c := unconnected(t, server.port, `,"timeout":"1m"`)
	done := make(chan error, 1)
	go func() { done <- c.Connect(t.Context()) }()
	time.Sleep(50 * time.Millisecond) // so that it is under way; without it the test passes all the same
	peer.Await(t, "the end", func() bool {
		_ = c.Close()
		select {
		case err := <-done:
			if !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("%v", err)
			}
			return true
		default:
			return false
		}
	})
}
