package peer

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Snap7 is test/peer/s7_server.cjs: see there for what it holds and can be told.
type Snap7 struct {
	*Process
	Port int
}

// StartSnap7 starts an S7 controller by the Snap7 project.
func StartSnap7(t testing.TB) *Snap7 {
	t.Helper()
	if _, err := os.Stat(filepath.Join(Root(t), "test", "peer", "node", "node_modules", "node-snap7", "build", "Release", "node_snap7.node")); err != nil {
		t.Fatal("npm package node-snap7 is missing: run make test/peer/node/node_modules/.package-lock.json")
	}
	s := &Snap7{Port: FreePort(t)}
	s.Restart(t)
	return s
}

// Restart starts the controller again on its port after Kill, with all zeros.
func (s *Snap7) Restart(t testing.TB) {
	t.Helper()
	s.Process = start(t, exec.Command(need(t, "node", "nodejs"), filepath.Join(Root(t), "test", "peer", "s7_server.cjs"), strconv.Itoa(s.Port)))
	select {
	case <-s.lines: // "ready"
	case <-s.ended:
		t.Fatalf("the S7 server ended while starting: %s", strings.Join(s.log, " · "))
	}
	s.listening(s.Port)
}

// Tell sends a command and returns its answer.
func (s *Snap7) Tell(t testing.TB, format string, args ...any) string {
	t.Helper()
	answer := s.ask(fmt.Sprintf(format, args...))
	if strings.HasPrefix(answer, "error") {
		t.Fatalf("Snap7: %s: %s", fmt.Sprintf(format, args...), answer)
	}
	return answer
}

// Set puts bytes into an area: db1, db2, db7, m, i, q, t, c.
func (s *Snap7) Set(t testing.TB, area string, at int, b ...byte) {
	t.Helper()
	s.Tell(t, "set %s %d %s", area, at, hex.EncodeToString(b))
}

// Get takes bytes out of an area.
func (s *Snap7) Get(t testing.TB, area string, at, count int) []byte {
	t.Helper()
	b, err := hex.DecodeString(s.Tell(t, "get %s %d %d", area, at, count))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// ReadByNodes7 reads variables by npm nodes7, a client that is not ours.
func (s *Snap7) ReadByNodes7(t testing.TB, variables ...string) map[string]any {
	t.Helper()
	args := append([]string{filepath.Join(Root(t), "test", "peer", "s7_client.cjs"), strconv.Itoa(s.Port), "0", "1"}, variables...)
	out, err := exec.Command(need(t, "node", "nodejs"), args...).CombinedOutput()
	if err != nil {
		t.Fatalf("nodes7: %v: %s", err, out)
	}
	var values map[string]any
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &values); err != nil {
		t.Fatalf("nodes7 printed %s", out)
	}
	return values
}
