package peer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// SerialLine is a serial line of two ends: what is written at one is read at the other.
type SerialLine struct {
	*Process
	// A and B are the names of the ports at the ends.
	A, B string
}

// StartSerialLine makes a serial line of two pseudo-terminals by socat. Kill is what pulling
// the adapters out of the computer is.
func StartSerialLine(t testing.TB) *SerialLine {
	t.Helper()
	dir := t.TempDir()
	s := &SerialLine{A: filepath.Join(dir, "a"), B: filepath.Join(dir, "b")}
	s.Restart(t)
	return s
}

// Restart makes the line again after Kill, with the same names.
func (s *SerialLine) Restart(t testing.TB) {
	t.Helper()
	s.Process = start(t, exec.Command(need(t, "socat", "socat"), "pty,raw,echo=0,link="+s.A, "pty,raw,echo=0,link="+s.B))
	s.ready(t, s.A, s.B)
}

// StartSerialBridge makes a serial line whose far end is a TCP port of this host, as serial
// device servers do it, and returns the name of the near end. It is there again a moment after
// the connection broke.
func StartSerialBridge(t testing.TB, port int) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "line")
	loop := fmt.Sprintf("trap 'kill $child 2>/dev/null' EXIT; while :; do %s pty,raw,echo=0,link=%s tcp:127.0.0.1:%d & child=$!; wait $child; sleep 0.02; done", need(t, "socat", "socat"), name, port)
	p := start(t, group(exec.Command("/bin/sh", "-c", loop)))
	t.Cleanup(func() { killGroup(p.cmd) })
	(&SerialLine{Process: p}).ready(t, name)
	return name
}

func (s *SerialLine) ready(t testing.TB, names ...string) {
	t.Helper()
	Await(t, "socat to make the ports", func() bool {
		select {
		case <-s.ended:
			t.Fatalf("socat ended while starting: %v", s.log)
		default:
		}
		for _, name := range names {
			if _, err := os.Stat(name); err != nil {
				return false
			}
		}
		return true
	})
}
