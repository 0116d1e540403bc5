package peer

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// SparkplugNode is test/peer/sparkplug_node.cjs, an edge node by the packages of Eclipse Tahu: see
// there for what it holds and can be told.
type SparkplugNode struct {
	*Process
	args []string
}

// StartSparkplugNode starts an edge node on a broker and waits for its first birth.
func StartSparkplugNode(t testing.TB, broker int, group, node string) *SparkplugNode {
	t.Helper()
	if _, err := os.Stat(filepath.Join(Root(t), "test", "peer", "node", "node_modules", "sparkplug-client")); err != nil {
		t.Fatal("npm package sparkplug-client is missing: run make test/peer/node/node_modules/.package-lock.json")
	}
	n := &SparkplugNode{args: []string{filepath.Join(Root(t), "test", "peer", "sparkplug_node.cjs"), fmt.Sprintf("mqtt://127.0.0.1:%d", broker), group, node}}
	n.Restart(t)
	return n
}

// Restart starts the node again after Kill, with its first values.
func (n *SparkplugNode) Restart(t testing.TB) {
	t.Helper()
	n.Process = start(t, exec.Command(need(t, "node", "nodejs"), n.args...))
	Await(t, "the edge node to start", func() bool {
		select {
		case <-n.ended:
			t.Fatalf("the edge node ended while starting: %s", strings.Join(n.log, " · "))
		default:
		}
		return n.said("ready")
	})
}

// Tell sends a command and returns its answer.
func (n *SparkplugNode) Tell(t testing.TB, format string, args ...any) string {
	t.Helper()
	line := fmt.Sprintf(format, args...)
	answer := n.ask(line)
	for answer == "ready" { // said of a birth meanwhile
		answer = n.next(line)
	}
	if strings.HasPrefix(answer, "error") {
		t.Fatalf("edge node: %s: %s", line, answer)
	}
	return answer
}
