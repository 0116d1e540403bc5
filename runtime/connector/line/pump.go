package line

import (
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.bug.st/serial"
)

// pumpTurn is how long one call of the library's Read lasts at most. Only between two of
// them is the port closed, as closing it under a Read is a race.
const pumpTurn = 50 * time.Millisecond

// pump gives a port of the library deadlines: one goroutine passes on what comes in.
type pump struct {
	net.Conn // our end of a pipe
	inner    net.Conn
	port     serial.Port
	closing  atomic.Bool
	done     chan struct{}
	writing  sync.Mutex
	once     sync.Once
}

func newPump(port serial.Port) (*pump, error) {
	if err := port.SetReadTimeout(pumpTurn); err != nil {
		port.Close()
		return nil, err
	}
	p := &pump{port: port, done: make(chan struct{})}
	p.Conn, p.inner = net.Pipe()
	_ = port.ResetInputBuffer() // what came in before is nobody's
	go p.run()
	return p, nil
}

func (p *pump) run() {
	defer close(p.done)
	defer p.inner.Close()
	buf := make([]byte, 4096)
	for !p.closing.Load() {
		n, err := p.port.Read(buf)
		if err != nil {
			return
		}
		if n == 0 {
			continue
		}
		if _, err := p.inner.Write(buf[:n]); err != nil {
			return
		}
	}
}

// Write hands the bytes to the operating system. It has no deadline: a port without flow
// control takes them at the rate of the line.
func (p *pump) Write(b []byte) (int, error) {
	p.writing.Lock()
	defer p.writing.Unlock()
	if p.closing.Load() {
		return 0, net.ErrClosed
	}
	return p.port.Write(b)
}

// Close ends the pump and then closes the port.
func (p *pump) Close() error {
	err := error(nil)
	p.once.Do(func() {
		p.closing.Store(true)
		p.Conn.Close()
		_ = p.port.ResetOutputBuffer() // what is under way need not end
		p.writing.Lock()
		defer p.writing.Unlock()
		<-p.done
		err = p.port.Close()
	})
	return err
}
