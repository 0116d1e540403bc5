package peer

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
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

// SparkplugHost is test/peer/sparkplug_host.cjs: it decodes what edge nodes send.
type SparkplugHost struct {
	*Process
	t testing.TB
}

// SparkplugMessage is a message as the host decoded it.
type SparkplugMessage struct {
	Topic   string
	Payload struct {
		Error   string
		Seq     any // a text of digits or a number
		Metrics []SparkplugMetric
		Online  bool
	}
}

// SparkplugMetric is a metric of a message. 64-bit numbers are texts of digits.
type SparkplugMetric struct {
	Name         string
	Alias        any
	Type         string
	Value        any
	IsHistorical bool
	Properties   map[string]struct {
		Type  string
		Value any
	}
}

// StartSparkplugHost starts a host application on a broker.
func StartSparkplugHost(t testing.TB, broker int) *SparkplugHost {
	t.Helper()
	h := &SparkplugHost{Process: start(t, exec.Command(need(t, "node", "nodejs"), filepath.Join(Root(t), "test", "peer", "sparkplug_host.cjs"), fmt.Sprintf("mqtt://127.0.0.1:%d", broker))), t: t}
	if got := h.line("to start"); got != "ready" {
		t.Fatalf("the host said %s", got)
	}
	return h
}

// Say sends a command.
func (h *SparkplugHost) Say(format string, args ...any) {
	h.t.Helper()
	if _, err := fmt.Fprintf(h.stdin, format+"\n", args...); err != nil {
		h.t.Fatal(err)
	}
}

// line is the next line of output.
func (h *SparkplugHost) line(what string) string {
	h.t.Helper()
	select {
	case line := <-h.lines:
		return line
	case <-h.ended:
		h.t.Fatalf("the host ended, waited for %s: %s", what, strings.Join(h.log, " · "))
	case <-time.After(Wait):
		h.t.Fatalf("waited %v for %s", Wait, what)
	}
	return ""
}

// Next is the next message on a topic; messages on others before it are passed over.
func (h *SparkplugHost) Next(topic string) (m SparkplugMessage) {
	h.t.Helper()
	for {
		if err := json.Unmarshal([]byte(h.line(topic)), &m); err != nil {
			continue // not a message
		}
		if m.Topic == topic {
			return m
		}
		m = SparkplugMessage{}
	}
}

// Metric finds a metric of the message by its name.
func (m *SparkplugMessage) Metric(name string) (SparkplugMetric, bool) {
	for _, x := range m.Payload.Metrics {
		if x.Name == name {
			return x, true
		}
	}
	return SparkplugMetric{}, false
}
