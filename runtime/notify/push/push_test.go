package push

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/spec"
)

// TestDevice: a device that is not ours believes the sender and reads the message, and nobody else does.
func TestDevice(t *testing.T) {
	device := peer.StartPushDevice(t)
	keys, err := notify.NewVAPID()
	if err != nil {
		t.Fatal(err)
	}
	status := http.StatusCreated
	var got *http.Request
	var body []byte
	service := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
	}))
	defer service.Close()
	u, err := url.Parse(service.URL)
	if err != nil {
		t.Fatal(err)
	}
	kind, _ := notify.Lookup("push")
	settings := json.RawMessage(`{"contact":"alarms@plant.test","hosts":["` + u.Host + `"]}`)
	made, err := kind.New(settings, notify.Host{VAPID: &keys})
	if err != nil {
		t.Fatal(err)
	}
	s := made.(*sender)
	s.client = service.Client() // it knows the certificate
	subscription := map[string]any{"endpoint": service.URL + "/push/abc", "keys": map[string]string{"p256dh": device.P256dh, "auth": device.Auth}}
	to, err := json.Marshal(subscription)
	if err != nil {
		t.Fatal(err)
	}
	if err := kind.CheckDevice(to, settings); err != nil {
		t.Fatal(err)
	}
	m := notify.Message{To: string(to), Subject: "[紧急] Tank", Text: strings.Repeat("液位 87.2 % ", 500) + "\nhttps://plant.test/alarms?alarm=a%23b", Link: "https://plant.test/alarms?alarm=a%23b", Urgent: true, Fields: map[string]string{"path": "hall/tank"}}
	if _, err := s.Send(context.Background(), m); err != nil {
		t.Fatal(err)
	}
	if got.Header.Get("TTL") != "43200" || got.Header.Get("Urgency") != "high" || got.Header.Get("Content-Encoding") != "aes128gcm" || len(body) > 4096 || strings.Contains(string(body), "Tank") {
		t.Error(got.Header, len(body))
	}
	said := device.Open(t, got, body, keys.Public)
	if said["title"] != m.Subject || said["link"] != "/alarms?alarm=a%23b" || said["urgent"] != true || !strings.HasPrefix(said["body"].(string), "液位 87.2 %") {
		t.Error(said)
	}
	// A device that has taken its permission back is not asked again.
	status = http.StatusGone
	if _, err := s.Send(context.Background(), m); !notify.IsPermanent(err) || !strings.Contains(err.Error(), "not registered") {
		t.Error(err)
	}
	status = http.StatusInternalServerError
	if _, err := s.Send(context.Background(), m); err == nil || notify.IsPermanent(err) {
		t.Error(err)
	}
}

// TestSubscriptions: whoever is logged in may register a device, so that it must not have this server ask anybody.
func TestSubscriptions(t *testing.T) {
	device := peer.StartPushDevice(t)
	kind, _ := notify.Lookup("push")
	settings := json.RawMessage(`{"contact":"alarms@plant.test"}`)
	for _, row := range []struct {
		endpoint string
		good     bool
	}{
		{"https://fcm.googleapis.com/fcm/send/abc", true},
		{"https://updates.push.services.mozilla.com/wpush/v2/abc", true},
		{"https://web.push.apple.com/abc", true},
		{"https://wns2-par02p.notify.windows.com/w/?token=abc", true},
		{"http://fcm.googleapis.com/x", false},
		{"https://fcm.googleapis.com@10.0.0.1/x", false},
		{"https://evil.test/fcm.googleapis.com", false},
		{"https://evilpush.apple.com.evil.test/", false},
		{"https://notify.windows.com.evil.test/", false},
		{"https://127.0.0.1/x", false},
		{"https://10.1.2.3/x", false},
		{"file:///etc/passwd", false},
		{"", false},
	} {
		raw, err := json.Marshal(map[string]any{"endpoint": row.endpoint, "keys": map[string]string{"p256dh": device.P256dh, "auth": device.Auth}})
		if err != nil {
			t.Fatal(err)
		}
		if err := kind.CheckDevice(raw, settings); (err == nil) != row.good {
			t.Errorf("%s: %v", row.endpoint, err)
		}
	}
	for _, keys := range []string{`{"p256dh":"AAAA","auth":"` + device.Auth + `"}`, `{"p256dh":"` + device.P256dh + `","auth":"AA"}`, `{}`} {
		if err := kind.CheckDevice(json.RawMessage(`{"endpoint":"https://fcm.googleapis.com/x","keys":`+keys+`}`), settings); err == nil {
			t.Error("keys were taken:", keys)
		}
	}
	s := &Settings{}
	for _, a := range []string{"127.0.0.1", "10.0.0.1", "192.168.1.1", "169.254.169.254", "::1", "fd00::1", "fe80::1"} {
		if s.reachable(netip.MustParseAddr(a)) {
			t.Errorf("%s is reachable", a)
		}
	}
	ps, _ := kind.Check(json.RawMessage(`{"contact":"nobody"}`)).(spec.Problems)
	if len(ps) != 1 || ps.In("zh")[0].Message == ps[0].Message {
		t.Error(ps)
	}
}

func FuzzSubscription(f *testing.F) {
	kind, _ := notify.Lookup("push")
	f.Add(`{"endpoint":"https://fcm.googleapis.com/x","keys":{"p256dh":"AA","auth":"AA"}}`)
	f.Fuzz(func(_ *testing.T, s string) {
		_ = kind.CheckDevice(json.RawMessage(s), json.RawMessage(`{"contact":"a@b.test"}`)) // no panic
	})
}
