package modbus

import (
	"bufio"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/time/rate"

	"github.com/lineside/lineside/runtime/northbound"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/spec"
)

// Limits of one connection.
const (
	// frameTimeout is how long a request may take to come in once it has begun.
	frameTimeout = 10 * time.Second
	// replyTimeout is how long a client may take to take a reply.
	replyTimeout = 10 * time.Second
	// idleEnough is how long a connection must have been idle to make room for another.
	idleEnough = 30 * time.Second
	// writeRate and writeBurst bound the values that one client brings to the gate; beyond them it waits.
	writeRate  = 200
	writeBurst = 400
	maxPeers   = 100 // shown
)

// server serves Modbus TCP.
type server struct {
	settings *Settings
	space    space

	requests, refused, writes atomic.Uint64
	// masking keeps two function 22 from crossing.
	masking sync.Mutex

	mu    sync.Mutex
	conns map[*conn]struct{}
}

// conn is one connected client.
type conn struct {
	net.Conn
	peer     string
	since    time.Time
	requests atomic.Uint64
	last     atomic.Int64 // when the last request came, or it connected; Unix ns
}

func newServer(s *Settings, tags []northbound.Tag) *server {
	return &server{settings: s, space: newSpace(s, tags), conns: map[*conn]struct{}{}}
}

// Run implements northbound.Interface.
func (s *server) Run(ctx context.Context, h northbound.Host) error {
	place := netip.AddrPortFrom(s.settings.listen, uint16(s.settings.Port)).String()
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", place)
	if err != nil {
		return cannotListen(place, err)
	}
	h.Ready(place)
	ctx, cancel := context.WithCancel(ctx)
	var running sync.WaitGroup
	defer running.Wait()
	defer cancel()
	stop := context.AfterFunc(ctx, func() {
		_ = listener.Close()
		s.closeAll()
	})
	defer stop()
	defer listener.Close()
	for {
		c, err := listener.Accept()
		switch {
		case ctx.Err() != nil:
			if err == nil {
				_ = c.Close()
			}
			return nil
		case errors.Is(err, net.ErrClosed):
			return err
		case err != nil: // out of files, or a client that has gone: go on in a moment
			h.Log().Warn("connection not accepted", "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(100 * time.Millisecond):
			}
			continue
		}
		client := s.admit(c)
		if client == nil {
			s.refused.Add(1)
			_ = c.Close()
			continue
		}
		running.Go(func() {
			defer s.leave(client)
			defer func() {
				if v := recover(); v != nil {
					h.Log().Error("panic", "in", "modbus request", "client", client.peer, "value", v, "stack", string(debug.Stack()))
				}
			}()
			s.serve(ctx, h, client)
		})
		if ctx.Err() != nil {
			s.closeAll()
		}
	}
}

// cannotListen says what is wrong with the address, for people.
func cannotListen(place string, err error) error {
	p := &spec.Problem{Code: "modbus_listen", Message: fmt.Sprintf("It cannot listen on %s: %v.", place, err), Hint: "Check address and port."}
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		p.Message, p.Hint = fmt.Sprintf("The address %s is in use by another program.", place), "Stop that program, or choose another port."
	case errors.Is(err, syscall.EACCES):
		p.Message, p.Hint = fmt.Sprintf("This runtime may not listen on %s.", place), "Ports below 1024 need special rights: choose another, such as 1502."
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		p.Message, p.Hint = fmt.Sprintf("This computer does not have the address %s.", place), "Choose the address of a network card of this computer, or 0.0.0.0."
	}
	return p
}

// admit takes a client in, nil when it may not connect or there is no room.
func (s *server) admit(c net.Conn) *conn {
	remote, err := netip.ParseAddrPort(c.RemoteAddr().String())
	if err != nil || !s.settings.lets(remote.Addr()) {
		return nil
	}
	client := &conn{Conn: c, peer: netip.AddrPortFrom(remote.Addr().Unmap(), remote.Port()).String(), since: time.Now()}
	client.last.Store(client.since.UnixNano())
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.conns) >= s.settings.Connections {
		var oldest *conn
		for other := range s.conns {
			if oldest == nil || other.last.Load() < oldest.last.Load() {
				oldest = other
			}
		}
		if time.Since(time.Unix(0, oldest.last.Load())) < idleEnough {
			return nil
		}
		delete(s.conns, oldest)
		_ = oldest.Close()
	}
	s.conns[client] = struct{}{}
	return client
}

func (s *server) leave(c *conn) {
	_ = c.Close()
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
}

func (s *server) closeAll() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.Close()
	}
}

// header is the length of the MBAP header (Implementation Guide, 3.1.3).
const header = 7

// errNotModbus says that what came in is no request.
var errNotModbus = errors.New("not modbus")

// readFrame reads one request into buf, which has room for the largest. frameBegan is called when
// its first byte is there.
func readFrame(r *bufio.Reader, buf []byte, frameBegan func()) (frame []byte, err error) {
	if _, err := r.Peek(1); err != nil {
		return nil, err
	}
	frameBegan()
	if _, err := io.ReadFull(r, buf[:header]); err != nil {
		return nil, err
	}
	protocol, length := binary.BigEndian.Uint16(buf[2:]), int(binary.BigEndian.Uint16(buf[4:]))
	if protocol != 0 || length < 2 || length > wire.MaxPDU+1 {
		return nil, errNotModbus
	}
	frame = buf[:6+length]
	_, err = io.ReadFull(r, frame[header:])
	return frame, err
}

// serve answers the requests of a client, one after the other, until it goes or is silent for too long.
func (s *server) serve(ctx context.Context, h northbound.Host, c *conn) {
	reader := bufio.NewReaderSize(c, 1024)
	limit := rate.NewLimiter(writeRate, writeBurst)
	r := &request{server: s, host: h, from: c.peer, wait: func(ctx context.Context, n int) error {
		for ; n > 0; n -= writeBurst {
			if err := limit.WaitN(ctx, min(n, writeBurst)); err != nil {
				return err
			}
		}
		return nil
	}}
	in, out, reply := make([]byte, header+wire.MaxPDU), make([]byte, 0, header+wire.MaxPDU), make([]byte, 0, wire.MaxPDU)
	for {
		_ = c.SetReadDeadline(time.Now().Add(s.settings.Idle.Std()))
		frame, err := readFrame(reader, in, func() { _ = c.SetReadDeadline(time.Now().Add(frameTimeout)) })
		if err != nil {
			if errors.Is(err, errNotModbus) {
				s.refused.Add(1)
				h.Log().Warn("client does not speak Modbus TCP", "client", c.peer)
			}
			return
		}
		s.requests.Add(1)
		c.requests.Add(1)
		c.last.Store(time.Now().UnixNano())
		if r.unit = s.unit(frame[6]); r.unit == nil {
			reply = refusal(reply, frame[header], exception(wire.GatewayTargetSilent))
		} else {
			reply = r.serve(ctx, frame[header:], reply)
		}
		if reply[0]&wire.ExceptionBit != 0 {
			s.refused.Add(1)
		}
		out = append(out[:0], frame[:4]...)
		out = binary.BigEndian.AppendUint16(out, uint16(len(reply)+1))
		out = append(append(out, frame[6]), reply...)
		_ = c.SetWriteDeadline(time.Now().Add(replyTimeout))
		if _, err := c.Write(out); err != nil {
			return
		}
	}
}

// unit finds what a unit identifier stands for, nil when it stands for nothing.
func (s *server) unit(id byte) *unit {
	if u, ok := s.space[id]; ok {
		return u
	}
	if s.settings.AnyUnit {
		return s.space[byte(s.settings.Unit)]
	}
	return nil
}

// Stats implements northbound.Counter.
func (s *server) Stats() northbound.Stats {
	out := northbound.Stats{Requests: s.requests.Load(), Refused: s.refused.Load(), Writes: s.writes.Load()}
	s.mu.Lock()
	defer s.mu.Unlock()
	out.Connected = len(s.conns)
	for c := range s.conns {
		p := northbound.Peer{Address: c.peer, Since: c.since, Requests: c.requests.Load()}
		if p.Requests > 0 {
			last := time.Unix(0, c.last.Load())
			p.Last = &last
		}
		out.Peers = append(out.Peers, p)
	}
	slices.SortFunc(out.Peers, func(a, b northbound.Peer) int { return a.Since.Compare(b.Since) })
	out.Peers = out.Peers[:min(len(out.Peers), maxPeers)]
	return out
}
