package peer

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// PushDevice is test/peer/push_device.py: a browser that is told by Web Push.
type PushDevice struct {
	*Process
	// P256dh and Auth are the keys of its subscription.
	P256dh, Auth string
}

// StartPushDevice starts one.
func StartPushDevice(t testing.TB) *PushDevice {
	t.Helper()
	if err := exec.Command("/usr/bin/python3", "-c", "import cryptography").Run(); err != nil {
		t.Fatal("cryptography is missing: install the Debian package python3-cryptography")
	}
	d := &PushDevice{Process: start(t, exec.Command("/usr/bin/python3", filepath.Join(Root(t), "test", "peer", "push_device.py")))}
	Await(t, "the device to start", func() bool { return d.said("ready ") })
	<-d.lines // that it is ready
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, line := range d.log {
		if text, ok := strings.CutPrefix(line, "ready "); ok {
			if err := json.Unmarshal([]byte(text), d); err != nil {
				t.Fatal(err)
			}
		}
	}
	return d
}

// Open checks who has sent a request, and decrypts what it says.
func (d *PushDevice) Open(t testing.TB, r *http.Request, body []byte, server string) (out map[string]any) {
	t.Helper()
	answer := d.ask(strings.Join([]string{"open", strings.ReplaceAll(r.Header.Get("Authorization"), " ", "+"), server, (&url.URL{Scheme: "https", Host: r.Host}).String(), base64.StdEncoding.EncodeToString(body)}, " "))
	if err := json.Unmarshal([]byte(answer), &out); err != nil {
		t.Fatalf("the device cannot read the message: %s", answer)
	}
	return out
}
