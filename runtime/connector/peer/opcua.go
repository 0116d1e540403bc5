package peer

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// OPCUA is test/peer/opcua_server.mjs, a server by node-opcua: see there for what it holds
// and can be told.
type OPCUA struct {
	*Process
	Port int
	// PKI is where the server keeps certificates: pki/trusted/certs, pki/rejected.
	PKI  string
	args []string
	t    testing.TB // that ends it
}

// StartOPCUA starts a server; args are further arguments such as "--shift", "2".
func StartOPCUA(t testing.TB, args ...string) *OPCUA {
	t.Helper()
	if _, err := os.Stat(filepath.Join(Root(t), "test", "peer", "node", "node_modules", "node-opcua")); err != nil {
		t.Fatal("npm package node-opcua is missing: run make test/peer/node/node_modules/.package-lock.json")
	}
	s := &OPCUA{Port: FreePort(t), PKI: t.TempDir(), args: args, t: t}
	s.Restart(t)
	return s
}

// Restart starts the server again on its port after Kill, with args in place of those
// before, if there are any.
func (s *OPCUA) Restart(t testing.TB, args ...string) {
	t.Helper()
	if len(args) > 0 {
		s.args = args
	}
	all := append([]string{filepath.Join(Root(t), "test", "peer", "opcua_server.mjs"), "--port", strconv.Itoa(s.Port), "--pki", s.PKI}, s.args...)
	s.Process = start(s.t, exec.Command(need(t, "node", "nodejs"), all...))
	// It has Node to load, keys to make and an address space to build.
	for !s.said("ready ") {
		select {
		case <-s.ended:
			t.Fatalf("node-opcua ended while starting: %s", strings.Join(s.log, " · "))
		case line := <-s.lines:
			_ = line // what it says while it starts
		}
	}
	for len(s.lines) > 0 {
		<-s.lines
	}
}

// Tell sends a command and returns its answer.
func (s *OPCUA) Tell(t testing.TB, format string, args ...any) string {
	t.Helper()
	answer := s.ask(fmt.Sprintf(format, args...))
	if strings.HasPrefix(answer, "error") {
		t.Fatalf("node-opcua: %s: %s", fmt.Sprintf(format, args...), answer)
	}
	return answer
}

// Set gives a variable a value.
func (s *OPCUA) Set(t testing.TB, name string, value any) {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	s.Tell(t, "set %s %s", name, text)
}
