package frame

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/line"
	"github.com/lineside/lineside/runtime/tag"
)

// stream is the way to a device. Read is called by one goroutine at a time, Write by one; the
// rest at any time. Of UDP, one Read is one packet.
type stream interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	SetReadDeadline(time.Time) error
	SetWriteDeadline(time.Time) error
	Close() error
}

// errAbsent says that no device has connected to us yet, or that it has left.
var errAbsent = errors.New("the device has not connected")

// dial opens the way to the device.
func (s *Settings) dial(ctx context.Context) (stream, error) {
	switch s.Transport {
	case "tcp-server":
		return listen(s)
	case "udp":
		return dialUDP(ctx, s)
	case "serial":
		p, err := line.Open(line.Mode{Device: s.SerialPort, Baud: s.Baud, DataBits: s.DataBits, Parity: s.Parity, StopBits: s.StopBits})
		if err != nil {
			return nil, fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
		}
		return serialStream{p}, nil
	}
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	conn, err := d.DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return nil, fmt.Errorf("connect: %w: %w", connector.ErrNotConnected, err)
	}
	return conn, nil
}

// serialStream has one deadline for both ways; only that of reading is set.
type serialStream struct{ line.Port }

func (serialStream) SetWriteDeadline(time.Time) error { return nil }

// udpStream takes packets of one sender only.
type udpStream struct {
	*net.UDPConn
	host netip.Addr
	to   netip.AddrPort
}

func dialUDP(ctx context.Context, s *Settings) (stream, error) {
	addrs, err := net.DefaultResolver.LookupNetIP(ctx, "ip", s.Host)
	if err != nil || len(addrs) == 0 {
		return nil, fmt.Errorf("connect: %w: %w", connector.ErrNotConnected, err)
	}
	host := addrs[0].Unmap()
	network := "udp4"
	if host.Is6() {
		network = "udp6"
	}
	conn, err := net.ListenUDP(network, &net.UDPAddr{Port: s.LocalPort})
	if err != nil {
		return nil, fmt.Errorf("listen: %w: %w", connector.ErrNotConnected, err)
	}
	return &udpStream{UDPConn: conn, host: host, to: netip.AddrPortFrom(host, uint16(s.Port))}, nil
}

// Read takes the next packet of the device.
func (u *udpStream) Read(b []byte) (int, error) {
	for {
		n, from, err := u.ReadFromUDPAddrPort(b)
		if err != nil || from.Addr().Unmap() == u.host && n > 0 {
			return n, err
		}
	}
}

// Write sends a packet to the device.
func (u *udpStream) Write(b []byte) (int, error) { return u.WriteToUDPAddrPort(b, u.to) }

// server waits for the device to connect. The newest connection counts: a device that lost
// power does not end its old one.
type server struct {
	listener net.Listener
	from     netip.Addr
	hello    []byte
	accepted sync.WaitGroup

	mu       sync.Mutex
	conn     net.Conn
	came     chan struct{} // closed when a device connects, then made anew
	deadline time.Time
	moved    chan struct{} // closed when the deadline changes, then made anew
	closed   bool
}

func listen(s *Settings) (*server, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(s.Listen, strconv.Itoa(s.ListenPort)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	hello, err := s.hello.fill(tag.Value{}, 0, s.sum, plainText)
	if err != nil {
		l.Close()
		return nil, err
	}
	v := &server{listener: l, from: s.from, hello: hello, came: make(chan struct{}), moved: make(chan struct{})}
	v.accepted.Go(v.accept)
	return v, nil
}

func (v *server) accept() {
	for {
		conn, err := v.listener.Accept()
		if err != nil {
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if t := time.NewTimer(100 * time.Millisecond); true { // out of files; the next may do
				<-t.C
			}
			continue
		}
		if peer, err := netip.ParseAddrPort(conn.RemoteAddr().String()); v.from.IsValid() && (err != nil || peer.Addr().Unmap() != v.from) {
			conn.Close()
			continue
		}
		_ = conn.SetWriteDeadline(time.Now().Add(time.Second))
		if _, err := conn.Write(v.hello); err != nil {
			conn.Close()
			continue
		}
		v.mu.Lock()
		if v.closed {
			conn.Close()
		} else {
			if v.conn != nil {
				v.conn.Close()
			}
			v.conn = conn
			_ = conn.SetReadDeadline(v.deadline)
			close(v.came)
			v.came = make(chan struct{})
		}
		v.mu.Unlock()
	}
}

// Read reads from the present connection, and waits for one if there is none. errAbsent says
// that a connection has ended: what was begun on it has no end.
func (v *server) Read(b []byte) (int, error) {
	for {
		v.mu.Lock()
		conn, came, moved, deadline, closed := v.conn, v.came, v.moved, v.deadline, v.closed
		v.mu.Unlock()
		switch {
		case closed:
			return 0, net.ErrClosed
		case conn != nil:
			n, err := conn.Read(b)
			if err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
				return n, err
			}
			v.drop(conn)
			return 0, errAbsent
		}
		var late <-chan time.Time
		if !deadline.IsZero() {
			t := time.NewTimer(time.Until(deadline))
			defer t.Stop()
			late = t.C
		}
		select {
		case <-came:
		case <-moved:
		case <-late:
			return 0, os.ErrDeadlineExceeded
		}
	}
}

// drop forgets a connection that has ended.
func (v *server) drop(conn net.Conn) {
	v.mu.Lock()
	defer v.mu.Unlock()
	conn.Close()
	if v.conn == conn {
		v.conn = nil
	}
}

// hangUp ends the present connection, if there is one: the device shall connect anew.
func (v *server) hangUp() {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.conn != nil {
		v.conn.Close()
		v.conn = nil
	}
}

// Write sends to the device that is connected.
func (v *server) Write(b []byte) (int, error) {
	v.mu.Lock()
	conn := v.conn
	v.mu.Unlock()
	if conn == nil {
		return 0, errAbsent
	}
	return conn.Write(b)
}

func (v *server) SetReadDeadline(t time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.deadline = t
	close(v.moved)
	v.moved = make(chan struct{})
	if v.conn != nil {
		return v.conn.SetReadDeadline(t)
	}
	return nil
}

func (v *server) SetWriteDeadline(t time.Time) error {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.conn != nil {
		return v.conn.SetWriteDeadline(t)
	}
	return nil
}

// Close ends listening and the present connection.
func (v *server) Close() error {
	v.mu.Lock()
	if v.closed {
		v.mu.Unlock()
		return nil
	}
	v.closed = true
	if v.conn != nil {
		v.conn.Close()
	}
	close(v.moved)
	v.moved = make(chan struct{})
	v.mu.Unlock()
	err := v.listener.Close()
	v.accepted.Wait()
	return err
}
