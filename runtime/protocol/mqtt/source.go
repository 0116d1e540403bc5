package mqtt

import (
	"bufio"
	"net"
	"syscall"
	"time"
)

// gather is how long after a read that brought messages the next one begins at the earliest:
// what comes until then is read, computed and pushed to the browsers together, which costs
// hardly more than one message does. The first message after a pause is read at once.
const gather = 10 * time.Millisecond

// sourceBuffer is how much is read at once, in bytes. After a read that fills it the next one
// begins at once.
const sourceBuffer = 32 << 10

// source is the lower end of a connection. Before it waits for the broker it has what came
// delivered, and it gathers.
type source struct {
	net.Conn
	in *bufio.Reader
	// settle is called before every wait and says whether messages came since the last; nil
	// leaves it at reading.
	settle func() bool
	raw    syscall.RawConn // of a TCP connection; others come in pieces, and nothing is gathered
	filled time.Time       // when in was last filled
}

func newSource(c net.Conn) *source {
	s := &source{Conn: c, in: bufio.NewReaderSize(c, sourceBuffer)}
	if tcp, ok := c.(*net.TCPConn); ok {
		s.raw, _ = tcp.SyscallConn() // fails on a closed connection only
	}
	return s
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.settle != nil && s.in.Buffered() == 0 {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	return s.in.Read(p)
}

// fill waits for the broker.
func (s *source) fill() error {
	if s.settle() && s.raw != nil && !s.filled.IsZero() {
		if rest := gather - time.Since(s.filled); rest > 0 {
			// Otherwise every packet would wake the process, only to find that nobody reads.
			notifyAt(s.raw, sourceBuffer)
			time.Sleep(rest)
			notifyAt(s.raw, 1)
		}
	}
	if _, err := s.in.Peek(1); err != nil {
		return err
	}
	s.filled = time.Now()
	if s.in.Buffered() == s.in.Size() {
		s.filled = time.Time{} // there is more
	}
	return nil
}
