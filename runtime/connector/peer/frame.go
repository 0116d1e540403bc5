package peer

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// FrameDevice is test/peer/frame_device.py: see there for what it speaks and can be told.
type FrameDevice struct {
	*Process
	args []string
}

// StartFrameDevice starts a device; args say where it is, such as "--tcp", "15000".
func StartFrameDevice(t testing.TB, args ...string) *FrameDevice {
	t.Helper()
	d := &FrameDevice{args: args}
	d.Restart(t)
	return d
}

// Restart starts the device again after Kill, with no values.
func (d *FrameDevice) Restart(t testing.TB) {
	t.Helper()
	args := append([]string{filepath.Join(Root(t), "test", "peer", "frame_device.py")}, d.args...)
	d.Process = start(t, exec.Command(need(t, "/usr/bin/python3", "python3"), args...))
	Await(t, "the device to start", func() bool {
		select {
		case <-d.ended:
			t.Fatalf("the device ended while starting: %s", strings.Join(d.log, " · "))
		default:
		}
		return d.said("ready")
	})
}

// Tell sends a command and returns its answer.
func (d *FrameDevice) Tell(t testing.TB, format string, args ...any) string {
	t.Helper()
	answer := d.ask(fmt.Sprintf(format, args...))
	if strings.HasPrefix(answer, "error") {
		t.Fatalf("device: %s: %s", fmt.Sprintf(format, args...), answer)
	}
	return answer
}
