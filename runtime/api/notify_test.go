package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/notify"
	_ "github.com/lineside/lineside/runtime/notify/mail"
	_ "github.com/lineside/lineside/runtime/notify/push"
	_ "github.com/lineside/lineside/runtime/notify/sms"
	_ "github.com/lineside/lineside/runtime/notify/webhook"
	"github.com/lineside/lineside/runtime/store"
)

const messagesOfTest = `{
 "format": 1,
 "areas": [{"path": "hall1", "title": {"en": "Hall one", "zh": "一号车间"}}],
 "alarmClasses": [{"id": "process", "title": {"en": "Process"}, "action": {"en": "Start pump 3.", "zh": "启动3号泵。"}}],
 "tags": [
  {"path": "hall1/level", "type": "float", "initial": 50, "unit": "%", "decimals": 1, "write": {}, "title": {"en": "Level", "zh": "液位"}, "alarms": {"high": {"kind": "high", "class": "process", "priority": "high", "limit": 82}}},
  {"path": "hall2/level", "type": "float", "initial": 50, "write": {}, "alarms": {"high": {"kind": "high", "priority": "low", "limit": 80}}}
 ]
}`

// chat is a service that messages are sent to.
type chat struct {
	*httptest.Server
	mu     sync.Mutex
	bodies []string
	status int
}

func newChat(t *testing.T) *chat {
	c := &chat{status: 200}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		w.WriteHeader(c.status)
		if c.status == 200 {
			c.bodies = append(c.bodies, string(raw))
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *chat) got() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string(nil), c.bodies...)
}

func (c *chat) answer(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.status = status
}

func eventually(t *testing.T, what string, ok func() bool) time.Duration {
	t.Helper()
	begun := time.Now()
	for end := begun.Add(20 * time.Second); !ok(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("waited in vain for ", what)
		}
	}
	return time.Since(begun)
}

// TestMessages: a value over its limit is a mail and a message in a chat, with value, limit, what to do and a link, each in the
// language of who reads it; secrets come back nowhere.
func TestMessages(t *testing.T) {
	f := newFixture(t, false)
	mail := peer.StartMailServer(t, "", "", peer.Certificates{})
	hook := newChat(t)
	f.must(200, "anna", "PUT", "/plant", messagesOfTest, "If-Match", "*")
	for who, body := range map[string]string{
		"anna": `{"mail":"anna@plant.test","language":"zh"}`,
		"olga": `{"mail":"olga@plant.test","phone":"+49 170 1234567"}`,
		"hal1": `{"mail":"hal1@plant.test"}`,
		"vera": `{"mail":"vera@plant.test","priorities":["urgent"]}`,
		"none": `{"mail":"none@plant.test"}`,
	} {
		f.must(200, who, "PUT", "/notify/me", body)
	}
	setup := fmt.Sprintf(`{"url":"https://plant.test",
	 "channels":[
	  {"id":"mail","kind":"mail","settings":{"host":"127.0.0.1","port":%d,"security":"none","from":"alarms@plant.test","fromName":"Plant"}},
	  {"id":"chat","kind":"webhook","settings":{"url":"%s/hook/sEcReT1","secret":"sEcReT2","sign":"hmac","headers":[{"name":"X-Key","value":"sEcReT3"}]}}],
	 "rosters":[{"id":"all","members":["anna","olga","hal1","vera","none"]}],
	 "routes":[{"id":"first","priorities":["urgent","high"],"on":["return","acknowledge"],"steps":[{"channels":["mail","chat"],"to":["roster:all","mail:office@plant.test"]}]}]}`, mail.Port, hook.URL)
	f.must(428, "anna", "PUT", "/notify", setup)
	saved := f.must(200, "anna", "PUT", "/notify", setup, "If-Match", `""`)
	f.must(412, "anna", "PUT", "/notify", setup, "If-Match", `""`)
	f.must(200, "anna", "PUT", "/notify", saved.body, "If-Match", saved.etag())

	f.must(200, "olga", "PUT", "/tags/hall1/level", `{"value": 87.25}`)
	took := eventually(t, "mail and chat", func() bool { return len(mail.Mails(t)) == 4 && len(hook.got()) == 1 })
	if took > 10*time.Second {
		t.Error("the messages took", took)
	}
	mails := map[string]peer.ReceivedMail{}
	for _, m := range mail.Mails(t) {
		mails[m.To[0]] = m
	}
	const link = "https://plant.test/alarms?alarm=hall1%2Flevel%23high"
	for to, parts := range map[string][]string{
		"anna@plant.test":   {"【高】报警：液位", "87.2", "82", "启动3号泵。", "一号车间", link},
		"olga@plant.test":   {"[High] Alarm: Level", "87.2", "82 %", "Start pump 3.", "Hall one", link},
		"hal1@plant.test":   {"[High] Alarm: Level"},
		"office@plant.test": {"[High] Alarm: Level"},
	} {
		m, ok := mails[to]
		for _, part := range parts {
			if !ok || !strings.Contains(m.Subject+"\n"+m.Text, part) {
				t.Errorf("%s lacks %q: %s\n%s", to, part, m.Subject, m.Text)
			}
		}
	}
	var said map[string]string
	if err := json.Unmarshal([]byte(hook.got()[0]), &said); err != nil || said["value"] != "87.2" && said["value"] != "87.3" || said["limit"] != "82" || said["link"] != link || said["state"] != "unacknowledged" {
		t.Error(err, hook.got())
	}
	// Who has seen it is told to those who were told of it.
	f.must(200, "olga", "POST", "/alarms/ack", `{"alarms":["hall1/level#high"],"comment":"valve stuck"}`)
	eventually(t, "the acknowledgement", func() bool { return len(hook.got()) == 2 && len(mail.Mails(t)) == 8 })
	if last := hook.got()[1]; !strings.Contains(last, "valve stuck") || !strings.Contains(last, "olga") {
		t.Error(last)
	}
	// The log tells all, and why somebody was not told.
	var log NotifyLog
	eventually(t, "the log", func() bool {
		if err := json.Unmarshal([]byte(f.must(200, "anna", "GET", "/notify/log", "").body), &log); err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range log.Messages {
			if m.State == notify.Sent {
				n++
			}
		}
		return n == 10
	})
	reasons := map[string]string{}
	for _, m := range log.Messages {
		if m.State == notify.Skipped {
			reasons[m.Receiver] = m.Reason
		}
	}
	if reasons["vera"] != notify.ReasonFilter || reasons["none"] != notify.ReasonRights || len(reasons) != 2 {
		t.Error(reasons)
	}
	if err := json.Unmarshal([]byte(f.must(200, "olga", "GET", "/notify/me/log", "").body), &log); err != nil || len(log.Messages) != 2 {
		t.Error(err, log)
	}
	f.mu.Lock()
	seen := f.seen.String()
	f.mu.Unlock()
	if strings.Contains(seen, "sEcReT") {
		t.Error("a secret was answered")
	}
	for _, part := range []string{"sEcReT1", "sEcReT2", "sEcReT3"} {
		content, _, err := f.store.NotifySetup(t.Context())
		if err != nil || strings.Contains(string(content), part) {
			t.Error("a secret is kept in plain", err)
		}
	}
	// A plant that is saved takes no secrets of channels away.
	f.must(200, "anna", "PUT", "/plant", messagesOfTest, "If-Match", "*")
	ids, err := f.store.SecretIDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	kept := 0
	for id := range ids {
		if strings.HasPrefix(id, store.NotifySecret) {
			kept++
		}
	}
	if kept != 3 {
		t.Errorf("%d secrets are kept", kept)
	}
}

// TestUndelivered: when messages cannot be delivered, tags say so and an alarm is raised, which ends when it is over.
func TestUndelivered(t *testing.T) {
	f := newFixture(t, false)
	hook := newChat(t)
	hook.answer(410)
	f.must(200, "anna", "PUT", "/plant", messagesOfTest, "If-Match", "*")
	f.must(200, "anna", "PUT", "/notify", fmt.Sprintf(`{"channels":[{"id":"chat","kind":"webhook","settings":{"url":%q}}],"routes":[{"id":"r","areas":["hall1"],"steps":[{"channels":["chat"]}]}]}`, hook.URL), "If-Match", `""`)
	f.must(200, "olga", "PUT", "/tags/hall1/level", `{"value": 95}`)
	eventually(t, "the alarm", func() bool {
		return strings.Contains(f.must(200, "anna", "GET", "/alarms", "").body, "system/notify/stuck#undelivered")
	})
	if a := f.must(200, "anna", "GET", "/tags/system/notify/failed", ""); !strings.Contains(a.body, `"value":1`) {
		t.Error(a.body)
	}
	var log NotifyLog
	if err := json.Unmarshal([]byte(f.must(200, "anna", "GET", "/notify/log?state=failed", "").body), &log); err != nil || len(log.Messages) != 1 || log.Messages[0].Reason != notify.ReasonRejected || !strings.Contains(log.Messages[0].Answer, "410") {
		t.Fatal(err, log)
	}
	hook.answer(200)
	f.must(200, "anna", "POST", "/notify/log/again", fmt.Sprintf(`{"ids":[%d]}`, log.Messages[0].ID))
	eventually(t, "the message", func() bool { return len(hook.got()) == 1 })
	eventually(t, "the end of the alarm", func() bool {
		return strings.Contains(f.must(200, "anna", "GET", "/tags/system/notify/stuck", "").body, `"value":false`)
	})
}

// TestTry: the button shows what the service says, also of a channel that is not saved, and secrets of others do not leave by it.
func TestTry(t *testing.T) {
	f := newFixture(t, false)
	hook := newChat(t)
	channel := func(settings string) string {
		return `{"channel":{"id":"x","kind":"webhook","settings":` + settings + `}}`
	}
	if a := f.must(200, "anna", "POST", "/notify/try", channel(`{"url":"`+hook.URL+`"}`)); !strings.Contains(a.body, "200 OK") || len(hook.got()) != 1 {
		t.Error(a.body)
	}
	hook.answer(500)
	if a := f.must(502, "anna", "POST", "/notify/try", channel(`{"url":"`+hook.URL+`/hook/sEcReT"}`)); !strings.Contains(a.body, "500 Internal Server Error") || strings.Contains(a.body, "sEcReT") {
		t.Error(a.body)
	}
	f.must(422, "anna", "POST", "/notify/try", channel(`{"url":"nowhere"}`))
	ids, err := f.store.SecretIDs(t.Context())
	if err != nil || len(ids) == 0 {
		t.Fatal(err, "the plant has no secret")
	}
	for id := range ids {
		hook.answer(200)
		before := len(hook.got())
		f.must(502, "anna", "POST", "/notify/try", channel(`{"url":"`+hook.URL+`","headers":[{"name":"X","value":"secret:`+id+`"}]}`))
		if len(hook.got()) != before {
			t.Error("a secret of a device left by a channel")
		}
	}
	f.must(200, "anna", "PUT", "/notify/me", `{"mail":"anna@plant.test"}`)
	f.must(200, "anna", "POST", "/notify/me/try", "")
	f.must(429, "anna", "POST", "/notify/me/try", "")
	f.must(422, "anna", "PUT", "/notify/me", `{"mail":"anna@plant.test\r\nBcc: x@y.test"}`)
	f.must(409, "vera", "POST", "/notify/me/devices", `{"name":"phone","subscription":{"endpoint":"https://fcm.googleapis.com/x","keys":{}}}`)
}

// TestDevices: phones belong to who registered them, and go with them.
func TestDevices(t *testing.T) {
	f := newFixture(t, false)
	device := peer.StartPushDevice(t)
	f.must(200, "anna", "PUT", "/notify", `{"channels":[{"id":"push","kind":"push","settings":{"contact":"a@plant.test"}}]}`, "If-Match", `""`)
	body := func(endpoint string) string {
		return fmt.Sprintf(`{"name":"phone","subscription":{"endpoint":%q,"keys":{"p256dh":%q,"auth":%q}}}`, endpoint, device.P256dh, device.Auth)
	}
	f.must(422, "vera", "POST", "/notify/me/devices", body("https://10.0.0.1/x"))
	var made NotifyDevice
	if err := json.Unmarshal([]byte(f.must(201, "vera", "POST", "/notify/me/devices", body("https://fcm.googleapis.com/sEcReT")).body), &made); err != nil {
		t.Fatal(err)
	}
	f.must(404, "olga", "DELETE", "/notify/me/devices/"+made.ID, "")
	if a := f.must(200, "vera", "GET", "/notify/me", ""); !strings.Contains(a.body, made.ID) || !strings.Contains(a.body, `"device"`) || strings.Contains(a.body, "sEcReT") {
		t.Error(a.body)
	}
	f.must(204, "anna", "DELETE", "/users/vera", "")
	if list, err := f.store.NotifyDevices(t.Context(), ""); err != nil || len(list) != 0 {
		t.Error("the device of a user who was removed is kept:", list, err)
	}
}
