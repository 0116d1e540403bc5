package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	_ "github.com/lineside/lineside/runtime/connector/push"
)

// TestPush: a device sends values with the token of its settings, and nobody else can.
func TestPush(t *testing.T) {
	f := newFixture(t, false)
	const token = "a token that is long enough"
	plant := `{"format":1,"devices":[{"id":"gate","connector":"push","settings":{"token":"` + token + `"}},{"id":"sim","connector":"simulator"},{"id":"off","connector":"push","disabled":true,"settings":{"token":"` + token + `"}}],
		"tags":[{"path":"a/temp","type":"float","device":"gate","address":{"path":"/temp"}}]}`
	if err := f.server.ApplyPlant(t.Context(), "test", []byte(plant)); err != nil {
		t.Fatal(explained(err))
	}
	post := func(device, body string, header ...string) reply {
		t.Helper()
		return f.do(f.client(""), "POST", "/api/v1/push/"+device, body, header...)
	}
	own := []string{"Authorization", "Bearer " + token}
	send := func(want int, body string) {
		t.Helper()
		deadline := time.Now().Add(10 * time.Second)
		a := post("gate", body, own...)
		for ; a.status == http.StatusServiceUnavailable || strings.Contains(a.body, "no tag yet"); a = post("gate", body, own...) {
			if time.Now().After(deadline) {
				t.Fatalf("the device takes nothing: %s", a.body)
			}
			time.Sleep(20 * time.Millisecond)
		}
		if a.status != want {
			t.Errorf("%.40s: %d %s, want %d", body, a.status, a.body, want)
		}
	}
	send(204, `{"temp":21.5}`)
	if a := f.do(f.client("vera"), "GET", "/api/v1/tags/a/temp", ""); !strings.Contains(a.body, `"value":21.5`) || !strings.Contains(a.body, `"Good"`) {
		t.Errorf("the tag is %s", a.body)
	}
	if a := post("gate", `{"temp":22}`, "X-API-Key", token); a.status != 204 {
		t.Errorf("by the other header: %d %s", a.status, a.body)
	}
	send(422, `{"temp":`)
	send(413, `{"temp":"`+strings.Repeat("x", maxPush)+`"}`)
	for name, row := range map[string]struct {
		device string
		header []string
	}{
		"no token": {"gate", nil}, "wrong token": {"gate", []string{"Authorization", "Bearer " + token + "x"}}, "no such device": {"nothing", own}, "another kind of device": {"sim", own}, "basic": {"gate", []string{"Authorization", "Basic " + token}},
	} {
		if a := post(row.device, `{"temp":1}`, row.header...); a.status != 401 || !strings.Contains(a.body, `"push_token"`) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := post("off", `{"temp":1}`, own...); a.status == 204 {
		t.Errorf("a device that is switched off: %d", a.status)
	}
	// It is good for nothing else, and nowhere to be read.
	if a := f.do(f.client(""), "GET", "/api/v1/tags/a/temp", "", own...); a.status != 401 {
		t.Errorf("the token reads tags: %d", a.status)
	}
	if a := f.do(f.client("anna"), "GET", "/api/v1/plant", ""); strings.Contains(a.body, token) {
		t.Error("the plant tells the token")
	}
	if a := f.do(f.client(""), "GET", "/api/v1/push/gate", ""); a.status == 200 || a.status == 204 {
		t.Errorf("GET: %d", a.status)
	}
	limited := false
	for i := 0; i < 4*pushBurst && !limited; i++ {
		limited = post("gate", fmt.Sprintf(`{"temp":%d}`, i), own...).status == http.StatusTooManyRequests
	}
	if !limited {
		t.Error("there is no limit")
	}
}
