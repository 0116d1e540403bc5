package main

import (
	"fmt"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
)

// TestServeMQTT: the demo's values by mosquitto_sub, a kill, the same again, a write by
// mosquitto_rr, and an end in time.
func TestServeMQTT(t *testing.T) {
	data := t.TempDir()
	port := peer.FreePort(t)
	serve := func() *process {
		return start(t, data, "--demo", "--mqtt", fmt.Sprintf("127.0.0.1:%d", port), "--mqtt-ws")
	}
	tool := func(name string, args ...string) (string, error) {
		out, err := exec.Command(name, append([]string{"-p", fmt.Sprint(port), "-u", "anna", "-P", password, "-W", "15"}, args...)...).CombinedOutput()
		return string(out), err
	}
	p := serve()
	p.setUp()
	for range 2 {
		if out, err := tool("mosquitto_sub", "-t", "north/main/setpoint", "-C", "1"); err != nil || !strings.HasPrefix(out, `{"value":4.2,"quality":0,"qualityName":"Good","time":"`) {
			t.Fatalf("%v %s", err, out)
		}
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p = serve()
	}
	if out, err := tool("mosquitto_rr", "-V", "mqttv5", "-t", "north/main/setpoint/set", "-e", "reply/1", "-m", "4.5"); err != nil || !strings.HasPrefix(out, `{"outcome":"good","old":4.2,"new":4.5}`) {
		t.Errorf("%v %s", err, out)
	}
	if out, err := tool("mosquitto_sub", "-t", "system/broker/clients", "-C", "1"); err != nil || !strings.Contains(out, `"qualityName":"Good"`) {
		t.Errorf("%v %s", err, out)
	}
	took, err := p.ends(syscall.SIGTERM)
	if err != nil || took > 2*time.Second {
		t.Errorf("%v after %v", err, took)
	}
	// A port in use is said so before anything else.
	first := serve()
	binary, _ := build()
	out, err := exec.Command(binary, "serve", "--data", t.TempDir(), "--listen", "127.0.0.1:0", "--mqtt", fmt.Sprintf("127.0.0.1:%d", port)).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "is in use, perhaps by another MQTT broker") {
		t.Errorf("%v %s", err, out)
	}
	if _, err := first.ends(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
}
