package peer

import (
	"fmt"
	"net"
	"testing"
)

// StartUDPProxy starts a proxy before a UDP port of this host, without a fault. A piece is
// one datagram. Cut makes it forget who asked, so that what is on its way is lost.
func StartUDPProxy(t testing.TB, port int) *Proxy {
	t.Helper()
	in, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	p := &Proxy{Port: in.LocalAddr().(*net.UDPAddr).Port, target: fmt.Sprintf("127.0.0.1:%d", port), conns: map[net.Conn]bool{}}
	p.done.Go(func() { p.acceptUDP(in) })
	t.Cleanup(func() {
		in.Close()
		p.Cut()
		p.done.Wait()
	})
	return p
}

func (p *Proxy) acceptUDP(in *net.UDPConn) {
	out := map[string]net.Conn{} // by who asked
	buf := make([]byte, 64<<10)
	for {
		n, from, err := in.ReadFromUDP(buf)
		if err != nil {
			return
		}
		conn := out[from.String()]
		if conn != nil {
			if _, err := conn.Write(buf[:n]); err == nil {
				continue
			}
			conn.Close() // it was cut, or nobody listens
		}
		if conn, err = net.Dial("udp", p.target); err != nil {
			continue
		}
		out[from.String()] = conn
		p.keep(conn)
		p.done.Go(func() { p.answerUDP(in, conn, from) })
		_, _ = conn.Write(buf[:n]) // a lost datagram is one of the things that happen
	}
}

func (p *Proxy) answerUDP(in *net.UDPConn, conn net.Conn, to *net.UDPAddr) {
	defer conn.Close()
	var fault Fault
	var set int
	buf := make([]byte, 64<<10)
	for {
		n, err := conn.Read(buf)
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
		if fault != nil {
			pieces = fault(pieces[0])
		}
		for _, piece := range pieces {
			if _, err := in.WriteToUDP(piece, to); err != nil {
				return
			}
		}
	}
}
