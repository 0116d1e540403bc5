package peer

import (
	"fmt"
	"net"
	"sync"
	"testing"
	"time"
)

// Proxy stands between a connector and its device and spoils what the device sends.
type Proxy struct {
	Port   int
	target string
	listen net.Listener

	mu    sync.Mutex
	conns map[net.Conn]bool
	fault func() Fault
	set   int // how often fault was set
	done  sync.WaitGroup
}

// Fault is what the proxy does to each piece that the device sends: it returns the
// pieces that go on to the connector. It may wait. Each connection has its own.
type Fault func(piece []byte) [][]byte

// Freeze swallows everything: the connection is half open.
func Freeze() Fault { return func([]byte) [][]byte { return nil } }

// Twice sends every piece a second time.
func Twice() Fault {
	return func(piece []byte) [][]byte { return [][]byte{piece, piece} }
}

// Garbage sends bytes of no protocol in place of every piece.
func Garbage() Fault {
	return func(piece []byte) [][]byte {
		out := make([]byte, len(piece)+7)
		for i := range out {
			out[i] = byte(0xE5 ^ 31*i)
		}
		return [][]byte{out}
	}
}

// Short leaves out the last byte of every piece.
func Short() Fault {
	return func(piece []byte) [][]byte { return [][]byte{piece[:len(piece)-1]} }
}

// Slow waits before every piece.
func Slow(d time.Duration) func() Fault {
	return func() Fault {
		return func(piece []byte) [][]byte {
			time.Sleep(d)
			return [][]byte{piece}
		}
	}
}

// Late keeps every piece back until the next one comes.
func Late() Fault {
	var kept []byte
	return func(piece []byte) [][]byte {
		old := kept
		kept = piece
		if old == nil {
			return nil
		}
		return [][]byte{old}
	}
}

// StartProxy starts a proxy before a port of this host, without a fault.
func StartProxy(t testing.TB, port int) *Proxy {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Port: l.Addr().(*net.TCPAddr).Port, target: fmt.Sprintf("127.0.0.1:%d", port), listen: l, conns: map[net.Conn]bool{}}
	p.done.Go(p.accept)
	t.Cleanup(func() {
		l.Close()
		p.Cut()
		p.done.Wait()
	})
	return p
}

// Set puts a fault in force, nil for none.
func (p *Proxy) Set(f func() Fault) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.fault = f
	p.set++
}

// Cut closes all connections.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.conns {
		c.Close()
	}
}

func (p *Proxy) keep(c net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[c] = true
}

func (p *Proxy) accept() {
	for {
		in, err := p.listen.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", p.target)
		if err != nil {
			in.Close()
			continue
		}
		p.keep(in)
		p.keep(out)
		p.done.Go(func() { p.carry(in, out, false) })
		p.done.Go(func() { p.carry(out, in, true) })
	}
}

func (p *Proxy) carry(from, to net.Conn, spoil bool) {
	defer from.Close()
	defer to.Close()
	var fault Fault
	var set int
	buf := make([]byte, 64<<10)
	for {
		n, err := from.Read(buf)
		if err != nil {
			return
		}
		pieces := [][]byte{append([]byte{}, buf[:n]...)}
		p.mu.Lock()
		if p.set != set {
			fault, set = nil, p.set
			if p.fault != nil {
				fault = p.fault()
			}
		}
		p.mu.Unlock()
		if spoil && fault != nil {
			pieces = fault(pieces[0])
		}
		for _, piece := range pieces {
			if _, err := to.Write(piece); err != nil {
				return
			}
		}
	}
}
