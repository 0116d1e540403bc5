package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/store"
)

func TestSetup(t *testing.T) {
	f := newFixture(t, true)
	token, err := f.server.NewSetupToken(context.Background())
	if err != nil || token == "" {
		t.Fatalf("token %q, %v", token, err)
	}
	with := func(token, name, password string) string {
		return fmt.Sprintf(`{"token":%q,"name":%q,"password":%q,"language":"zh"}`, token, name, password)
	}
	f.play(t, []scenario{
		{name: "needed", method: "GET", url: "/setup", status: 200, has: []string{`"needed":true`}},
		{name: "wrong token", method: "POST", url: "/setup", body: with("wrong", "anna", testPassword), status: 403, has: []string{`"setup_token"`, `"/token"`}},
		{name: "short password", method: "POST", url: "/setup", body: with(token, "anna", "short"), status: 422, has: []string{`"password_weak"`, `"/password"`}},
		{name: "common password", method: "POST", url: "/setup", body: with(token, "anna", "1234567890"), status: 422, has: []string{`"password_weak"`}},
		{name: "name as password", method: "POST", url: "/setup", body: with(token, "annaannaanna", "AnnaAnnaAnna1"), status: 422, has: []string{`"password_weak"`}},
		{name: "bad name", method: "POST", url: "/setup", body: with(token, "an/na", testPassword), status: 422, has: []string{`"name_form"`}},
		{name: "done", method: "POST", url: "/setup", body: with(token, "anna", testPassword), status: 200, has: []string{`"name":"anna"`, `"language":"zh"`, `"administer"`}, lacks: []string{testPassword}},
		{name: "logged in", method: "GET", url: "/me", status: 200, has: []string{`"anna"`}},
		{name: "not needed any more", method: "GET", url: "/setup", status: 200, has: []string{`"needed":false`}},
		{name: "only once", method: "POST", url: "/setup", body: with(token, "mallory", testPassword), status: 409, has: []string{`"setup_done"`}},
		{name: "logout", method: "POST", url: "/logout", status: 204},
		{name: "logged out", method: "GET", url: "/me", status: 401},
		{name: "in Chinese", method: "GET", url: "/me", header: []string{"Accept-Language", "zh-CN,en;q=0.5"}, status: 401, has: []string{"您尚未登录。"}},
	})
	if again, err := f.server.NewSetupToken(context.Background()); err != nil || again != "" {
		t.Errorf("a set-up token with users there: %q, %v", again, err)
	}
}

// TestSetupRace lets many browsers use the set-up link at once: one gets it.
func TestSetupRace(t *testing.T) {
	f := newFixture(t, true)
	token, err := f.server.NewSetupToken(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	results := make([]int, 8)
	for i := range results {
		wg.Go(func() {
			results[i] = f.do(&http.Client{}, "POST", "/api/v1/setup", fmt.Sprintf(`{"token":%q,"name":"user%d","password":%q}`, token, i, testPassword)).status
		})
	}
	wg.Wait()
	won := 0
	for _, status := range results {
		if status == 200 {
			won++
		}
	}
	if users, err := f.store.Users(context.Background()); err != nil || won != 1 || len(users) != 1 {
		t.Errorf("%d set up, %d users, %v: %v", won, len(users), err, results)
	}
}

func TestLogin(t *testing.T) {
	f := newFixture(t, false)
	wrong := `{"name":"vera","password":"wrong password"}`
	list := []scenario{
		{name: "unknown name", method: "POST", url: "/login", body: `{"name":"nobody","password":"wrong password"}`, status: 401, has: []string{`"login_failed"`}},
		{name: "right, other case", method: "POST", url: "/login", body: `{"name":"VERA","password":"` + testPassword + `"}`, status: 200, has: []string{`"name":"vera"`, `"view"`}, lacks: []string{`"operate"`}},
		{name: "not JSON", method: "POST", url: "/login", body: `name=vera`, status: 400, has: []string{`"body_syntax"`}},
		{name: "missing field", method: "POST", url: "/login", body: `{"name":"vera"}`, status: 422, has: []string{`"body_invalid"`}},
		{name: "unknown field", method: "POST", url: "/login", body: `{"name":"vera","password":"x","admin":true}`, status: 422, has: []string{`"/admin"`}},
		{name: "from another site", method: "POST", url: "/login", body: wrong, header: []string{"Sec-Fetch-Site", "cross-site"}, status: 403, has: []string{`"cross_origin"`}},
		{name: "from another origin", method: "POST", url: "/login", body: wrong, header: []string{"Origin", "https://evil.example"}, status: 403, has: []string{`"cross_origin"`}},
	}
	for i := range 5 {
		list = append(list, scenario{name: fmt.Sprintf("wrong %d", i), method: "POST", url: "/login", body: wrong, status: 401, has: []string{`"login_failed"`}, lacks: []string{"wrong password"}})
	}
	list = append(list, scenario{name: "locked, even when right", method: "POST", url: "/login", body: `{"name":"vera","password":"` + testPassword + `"}`, status: 429, has: []string{`"login_locked"`}})
	list = append(list, scenario{name: "others are not locked", method: "POST", url: "/login", body: `{"name":"olga","password":"` + testPassword + `"}`, status: 200})
	f.play(t, list)
	a := f.must(200, "anna", "GET", "/audit?q=login", "")
	for _, part := range []string{`"action":"login"`, `"outcome":"failed"`, `"actor":"vera"`, `"verified":true`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("the audit trail lacks %s: %s", part, a.body)
		}
	}
	if strings.Contains(a.body, testPassword) || strings.Contains(a.body, `"wrong password"`) {
		t.Error("the audit trail holds a password")
	}
	cookie := ""
	c := &http.Client{}
	login := f.do(c, "POST", "/api/v1/login", `{"name":"erik","password":"`+testPassword+`"}`)
	for _, v := range login.header.Values("Set-Cookie") {
		cookie = v
	}
	for _, part := range []string{"lineside_session=", "HttpOnly", "SameSite=Lax", "Path=/"} {
		if !strings.Contains(cookie, part) {
			t.Errorf("the cookie lacks %s: %s", part, cookie)
		}
	}
}

func TestUsers(t *testing.T) {
	f := newFixture(t, false)
	f.client("olga") // logged in before anything changes
	f.play(t, []scenario{
		{name: "list", as: "anna", method: "GET", url: "/users", status: 200, has: []string{`"vera"`, `"role":"viewer"`}, lacks: []string{"argon2", "hash"}},
		{name: "add", as: "anna", method: "POST", url: "/users", body: `{"name":"Jürgen 李","grants":[{"role":"operator","area":"hall1"}],"password":"` + testPassword + `"}`, status: 201, has: []string{`"Jürgen 李"`}, lacks: []string{testPassword}},
		{name: "add again", as: "anna", method: "POST", url: "/users", body: `{"name":"jürgen 李","password":"` + testPassword + `"}`, status: 409, has: []string{`"exists"`}},
		{name: "unknown role", as: "anna", method: "POST", url: "/users", body: `{"name":"x","grants":[{"role":"god"}],"password":"` + testPassword + `"}`, status: 422},
		{name: "bad area", as: "anna", method: "POST", url: "/users", body: `{"name":"x","grants":[{"role":"viewer","area":"a/../b"}],"password":"` + testPassword + `"}`, status: 422, has: []string{`"grant_invalid"`}},
		{name: "weak password", as: "anna", method: "POST", url: "/users", body: `{"name":"x","password":"qwertyuiop"}`, status: 422, has: []string{`"password_weak"`}},
		{name: "the last administrator stays", as: "anna", method: "DELETE", url: "/users/anna", status: 409, has: []string{`"last_admin"`}},
		{name: "and keeps the role", as: "anna", method: "PUT", url: "/users/anna", body: `{"grants":[{"role":"viewer"}]}`, status: 409, has: []string{`"last_admin"`}},
		{name: "and is not disabled", as: "anna", method: "PUT", url: "/users/anna", body: `{"grants":[{"role":"admin"}],"disabled":true}`, status: 409},
		{name: "an administrator of one hall is none", as: "anna", method: "PUT", url: "/users/anna", body: `{"grants":[{"role":"admin","area":"hall1"}]}`, status: 409},
		{name: "unknown", as: "anna", method: "PUT", url: "/users/nobody", body: `{"grants":[]}`, status: 404},
		{name: "demote", as: "anna", method: "PUT", url: "/users/erik", body: `{"grants":[{"role":"viewer"}]}`, status: 200},
		{name: "at once", as: "erik", method: "GET", url: "/apps/line/draft", status: 403},
		{name: "disable", as: "anna", method: "PUT", url: "/users/olga", body: `{"grants":[{"role":"operator"}],"disabled":true}`, status: 200},
		{name: "session ended", as: "olga", method: "GET", url: "/me", status: 401},
		{name: "cannot log in", method: "POST", url: "/login", body: `{"name":"olga","password":"` + testPassword + `"}`, status: 401, has: []string{`"login_failed"`}},
		{name: "enable", as: "anna", method: "PUT", url: "/users/olga", body: `{"grants":[{"role":"operator"}]}`, status: 200},
		{name: "the old session stays ended", as: "olga", method: "GET", url: "/me", status: 401},
		{name: "change own theme", as: "vera", method: "PATCH", url: "/me", body: `{"theme":"dark","language":"zh"}`, status: 200, has: []string{`"dark"`, `"zh"`}},
		{name: "errors in own language", as: "vera", method: "GET", url: "/users", status: 403, has: []string{"您没有此操作的权限。"}},
		{name: "no such theme", as: "vera", method: "PATCH", url: "/me", body: `{"theme":"pink"}`, status: 422},
		{name: "own password needs the present one", as: "vera", method: "PATCH", url: "/me", body: `{"password":"another long password"}`, status: 403, has: []string{`"password_wrong"`}},
		{name: "own password", as: "vera", method: "PATCH", url: "/me", body: `{"password":"another long password","current":"` + testPassword + `"}`, status: 200},
		{name: "still logged in", as: "vera", method: "GET", url: "/me", status: 200},
		{name: "old password", method: "POST", url: "/login", body: `{"name":"vera","password":"` + testPassword + `"}`, status: 401},
		{name: "remove", as: "anna", method: "DELETE", url: "/users/vera", status: 204},
		{name: "removed at once", as: "vera", method: "GET", url: "/me", status: 401},
	})
}

func TestTokens(t *testing.T) {
	f := newFixture(t, false)
	secret := func(a reply) string {
		var made NewToken
		if err := json.Unmarshal([]byte(a.body), &made); err != nil || !strings.HasPrefix(made.Secret, auth.TokenPrefix) {
			t.Fatalf("%v: %s", err, a.body)
		}
		return made.Secret
	}
	own := secret(f.must(201, "olga", "POST", "/tokens", `{"name":"panel"}`))
	read := secret(f.must(201, "erik", "POST", "/tokens", `{"name":"reader","actions":["view"]}`))
	short := secret(f.must(201, "erik", "POST", "/tokens", `{"name":"short","expires":"`+time.Now().Add(time.Second).Format(time.RFC3339Nano)+`"}`))
	with := func(s string) []string { return []string{"Authorization", "Bearer " + s} }
	f.play(t, []scenario{
		{name: "who", method: "GET", url: "/me", header: with(own), status: 200, has: []string{`"token:panel"`, `"operate"`}},
		{name: "writes", method: "PUT", url: "/tags/hall1/setpoint", header: with(own), body: `{"value":50}`, status: 200, has: []string{`"good"`}},
		{name: "does not write", method: "PUT", url: "/tags/hall1/setpoint", header: with(read), body: `{"value":50}`, status: 403},
		{name: "does not design", method: "GET", url: "/apps/line/draft", header: with(read), status: 403},
		{name: "makes no tokens", method: "POST", url: "/tokens", header: with(own), body: `{"name":"more"}`, status: 403, has: []string{`"person_only"`}},
		{name: "is no person", method: "PATCH", url: "/me", header: with(own), body: `{"theme":"dark"}`, status: 403, has: []string{`"person_only"`}},
		{name: "wrong", method: "GET", url: "/me", header: with("lst_wrong"), status: 401, has: []string{`"token_invalid"`}},
		{name: "no more than own rights", as: "olga", method: "POST", url: "/tokens", body: `{"name":"wide","grants":[{"role":"admin"}]}`, status: 403, has: []string{`"grant_wide"`}},
		{name: "no other area", as: "hal1", method: "POST", url: "/tokens", body: `{"name":"wide","grants":[{"role":"viewer"}]}`, status: 403, has: []string{`"grant_wide"`}},
		{name: "in the past", as: "olga", method: "POST", url: "/tokens", body: `{"name":"late","expires":"2020-01-01T00:00:00Z"}`, status: 422, has: []string{`"expires_invalid"`}},
		{name: "taken", as: "vera", method: "POST", url: "/tokens", body: `{"name":"panel"}`, status: 409},
		{name: "own list", as: "olga", method: "GET", url: "/tokens", status: 200, has: []string{`"panel"`}, lacks: []string{`"reader"`, "lst_"}},
		{name: "all", as: "anna", method: "GET", url: "/tokens", status: 200, has: []string{`"panel"`, `"reader"`}, lacks: []string{"lst_"}},
		{name: "not another's", as: "vera", method: "DELETE", url: "/tokens/panel", status: 404},
		{name: "demoted owner", as: "anna", method: "PUT", url: "/users/olga", body: `{"grants":[{"role":"viewer"}]}`, status: 200},
		{name: "demoted token", method: "PUT", url: "/tags/hall1/setpoint", header: with(own), body: `{"value":51}`, status: 403},
		{name: "remove", as: "olga", method: "DELETE", url: "/tokens/panel", status: 204},
		{name: "removed", method: "GET", url: "/me", header: with(own), status: 401},
		{name: "remove the owner", as: "anna", method: "DELETE", url: "/users/erik", status: 204},
		{name: "token of nobody", method: "GET", url: "/me", header: with(read), status: 401},
	})
	for deadline := time.Now().Add(20 * time.Second); f.as("", "GET", "/me", "", with(short)...).status != 401; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("a token lives beyond its end")
		}
	}
}

func TestPlant(t *testing.T) {
	f := newFixture(t, false)
	etag := f.must(200, "erik", "GET", "/plant", "").etag()
	tagOf := func(path string) string {
		return `{"put":{"tags":[{"path":"` + path + `","type":"float","initial":1,"write":{}}]}}`
	}
	f.play(t, []scenario{
		{name: "viewer sees no addresses", as: "vera", method: "GET", url: "/plant", status: 200, has: []string{"hall1/level", `"broker"`}, lacks: []string{"broker.example", "secret:"}},
		{name: "by area", as: "hal1", method: "GET", url: "/plant", status: 200, has: []string{"hall1/level"}, lacks: []string{"hall2/setpoint", "broker.example"}},
		{name: "put without If-Match", as: "erik", method: "PUT", url: "/plant", body: testPlant, status: 428, has: []string{`"if_match_missing"`}},
		{name: "put with an old one", as: "erik", method: "PUT", url: "/plant", body: testPlant, header: []string{"If-Match", `"old"`}, status: 412, has: []string{`"changed"`}},
		{name: "unknown key", as: "erik", method: "PUT", url: "/plant", body: `{"format":1,"tagz":[]}`, header: []string{"If-Match", etag}, status: 422, has: []string{`"/tagz"`}},
		{name: "newer format", as: "erik", method: "PUT", url: "/plant", body: `{"format":99}`, header: []string{"If-Match", etag}, status: 422, has: []string{`"format_newer"`}},
		{name: "double key", as: "erik", method: "PUT", url: "/plant", body: `{"format":1,"name":"a","name":"b"}`, header: []string{"If-Match", etag}, status: 422},
		{name: "not JSON", as: "erik", method: "PUT", url: "/plant", body: `{"format":1,`, header: []string{"If-Match", etag}, status: 422, has: []string{`"json_syntax"`}},
		{name: "patch adds", as: "erik", method: "PATCH", url: "/plant", body: tagOf("hall3/new"), status: 200, has: []string{`"etag"`}},
		{name: "and it is there", as: "erik", method: "GET", url: "/tags/hall3/new", status: 200, has: []string{`"value":1`, `"kind":"memory"`}},
		{name: "engineer of the area", as: "hal1", method: "PATCH", url: "/plant", body: tagOf("hall1/new"), status: 200},
		{name: "not of another", as: "hal1", method: "PATCH", url: "/plant", body: tagOf("hall2/new"), status: 403},
		{name: "not by prefix", as: "hal1", method: "PATCH", url: "/plant", body: tagOf("hall10/new"), status: 403},
		{name: "not a device", as: "hal1", method: "PATCH", url: "/plant", body: `{"put":{"devices":[{"id":"x","connector":"simulator"}]}}`, status: 403},
		{name: "not removing another's", as: "hal1", method: "PATCH", url: "/plant", body: `{"remove":{"tags":["hall2/setpoint"]}}`, status: 403},
		{name: "unknown connector", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"devices":[{"id":"x","connector":"telepathy"}]}}`, status: 422, has: []string{"telepathy"}},
		{name: "circle", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"tags":[{"path":"c/a","type":"float","expr":"tag(\"c/b\")"},{"path":"c/b","type":"float","expr":"tag(\"c/a\")"}]}}`, status: 422},
		{name: "bad path", as: "erik", method: "PATCH", url: "/plant", body: tagOf("hall1/../x"), status: 422},
		{name: "remove what is not there", as: "erik", method: "PATCH", url: "/plant", body: `{"remove":{"tags":["no/such"]}}`, status: 422, has: []string{`"/remove/tags/0"`}},
		{name: "double list", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"tags":[]},"put":{"tags":[]}}`, status: 422, has: []string{`"json_duplicate_key"`, `"/put"`}},
		{name: "unknown list", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"things":[]}}`, status: 422, has: []string{`"/put/things"`}},
		{name: "rename", as: "erik", method: "PATCH", url: "/plant", body: `{"put":{"tags":[{"path":"hall3/renamed","type":"float","initial":1}]},"remove":{"tags":["hall3/new"]}}`, status: 200},
		{name: "the old name is gone", as: "erik", method: "GET", url: "/tags/hall3/new", status: 404, has: []string{`"tag_unknown"`}},
		{name: "patch with an old ETag", as: "erik", method: "PATCH", url: "/plant", body: tagOf("hall3/x"), header: []string{"If-Match", etag}, status: 412},
		{name: "csv", as: "vera", method: "GET", url: "/plant/tags.csv", status: 200, has: []string{"hall1/level", "hall2/setpoint"}},
		{name: "csv by area", as: "hal1", method: "GET", url: "/plant/tags.csv", status: 200, has: []string{"hall1/level"}, lacks: []string{"hall2"}},
		{name: "devices", as: "vera", method: "GET", url: "/devices", status: 200, has: []string{`"sim"`, `"connector":"simulator"`}},
		{name: "test", as: "erik", method: "POST", url: "/devices/test", body: `{"connector":"simulator","settings":{}}`, status: 200, has: []string{`"ok":true`}},
		{name: "test that fails", as: "erik", method: "POST", url: "/devices/test", body: `{"connector":"mqtt","settings":{"url":"mqtt://127.0.0.1:1"}}`, status: 200, has: []string{`"ok":false`, `"message"`}},
		{name: "test of bad settings", as: "erik", method: "POST", url: "/devices/test", body: `{"connector":"mqtt","settings":{"urll":"x"}}`, status: 200, has: []string{`"ok":false`, "/settings"}},
		{name: "browse", as: "erik", method: "POST", url: "/devices/browse", body: `{"connector":"simulator","settings":{}}`, status: 200, has: []string{`"nodes"`}},
		{name: "browse nothing", as: "erik", method: "POST", url: "/devices/browse", body: `{"device":"no-such"}`, status: 422, has: []string{`"device_unknown"`}},
	})
	a := f.must(412, "erik", "PUT", "/plant", testPlant, "If-Match", `"old"`)
	if now := f.must(200, "erik", "GET", "/plant", "").etag(); a.etag() != now || now == "" || now == etag {
		t.Errorf("a lost race answers ETag %s, present is %s", a.etag(), now)
	}
}

func TestCSVRoundTrip(t *testing.T) {
	f := newFixture(t, false)
	text := f.must(200, "erik", "GET", "/plant/tags.csv", "").body
	before := f.must(200, "erik", "GET", "/plant", "").etag()
	f.must(200, "erik", "POST", "/plant/import?dry=false", text, "Content-Type", "text/csv")
	if after := f.must(200, "erik", "GET", "/plant", "").etag(); after != before {
		t.Error("importing what was exported has changed the plant")
	}
	csv := "path,type\nimported/a,float\nimported/b,nonsense\n"
	if a := f.must(200, "erik", "POST", "/plant/import?dry=true", csv, "Content-Type", "text/csv"); !strings.Contains(a.body, `"row":3`) {
		t.Errorf("a dry run does not name the row: %s", a.body)
	}
	if a := f.must(422, "erik", "POST", "/plant/import?dry=false", csv, "Content-Type", "text/csv"); !strings.Contains(a.body, "Row 3: ") {
		t.Errorf("an import does not name the row: %s", a.body)
	}
	f.must(404, "erik", "GET", "/tags/imported/a", "")
	good := "path,type\nimported/a,float\n"
	if a := f.must(200, "erik", "POST", "/plant/import?dry=true", good, "Content-Type", "text/csv"); !strings.Contains(a.body, `"added":1`) {
		t.Errorf("dry: %s", a.body)
	}
	f.must(404, "erik", "GET", "/tags/imported/a", "")
	f.must(200, "erik", "POST", "/plant/import", good, "Content-Type", "text/csv")
	f.must(200, "erik", "GET", "/tags/imported/a", "")
	f.must(403, "hal1", "POST", "/plant/import", "path,type\nimported/c,float\n", "Content-Type", "text/csv")
	f.must(200, "hal1", "POST", "/plant/import", "path,type\nhall1/c,float\n", "Content-Type", "text/csv")
}

func TestTags(t *testing.T) {
	f := newFixture(t, false)
	f.play(t, []scenario{
		{name: "list", as: "vera", method: "GET", url: "/tags", status: 200, has: []string{`"hall1/level"`, `"kind":"device"`, `"kind":"computed"`, `"kind":"memory"`, `"kind":"system"`}},
		{name: "pattern", as: "vera", method: "GET", url: "/tags?pattern=*/setpoint", status: 200, has: []string{"hall1/setpoint", "hall2/setpoint"}, lacks: []string{"hall1/level"}},
		{name: "bad pattern", as: "vera", method: "GET", url: "/tags?pattern=a/**/b", status: 422, has: []string{`"pattern_invalid"`}},
		{name: "search in titles", as: "vera", method: "GET", url: "/tags?q=LEVEL", status: 200, has: []string{"hall1/level"}, lacks: []string{"setpoint"}},
		{name: "first page", as: "vera", method: "GET", url: "/tags?limit=2&pattern=hall1/*", status: 200, has: []string{`"next":"hall1/locked"`}},
		{name: "second page", as: "vera", method: "GET", url: "/tags?limit=2&pattern=hall1/*&after=hall1/locked", status: 200, has: []string{"hall1/mode"}, lacks: []string{"hall1/level"}},
		{name: "limit too high", as: "vera", method: "GET", url: "/tags?limit=100000", status: 422, has: []string{`"body_invalid"`}},
		{name: "only own area", as: "hal1", method: "GET", url: "/tags", status: 200, has: []string{"hall1/level"}, lacks: []string{"hall2", "system/"}},
		{name: "another area is not there", as: "hal1", method: "GET", url: "/tags/hall2/setpoint", status: 404, has: []string{`"tag_unknown"`}},
		{name: "viewer may not write", as: "vera", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":50}`, status: 403, has: []string{`"forbidden"`}},
		{name: "nor another area", as: "hal1", method: "PUT", url: "/tags/hall2/setpoint", body: `{"value":50}`, status: 403},
		{name: "nobody neither", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":50}`, status: 401},
		{name: "operator writes", as: "olga", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":55.5,"reason":"warmer"}`, status: 200, has: []string{`"outcome":"good"`, `"old":40`, `"new":55.5`}},
		{name: "and it is written", as: "vera", method: "GET", url: "/tags/hall1/setpoint", status: 200, has: []string{`"value":55.5`, `"writable":false`}},
		{name: "too high", as: "olga", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":101}`, status: 422, has: []string{`"value_high"`}},
		{name: "not a number", as: "olga", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":"warm"}`, status: 422, has: []string{`"value_type"`}},
		{name: "NaN", as: "olga", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":"NaN"}`, status: 422},
		{name: "nothing", as: "olga", method: "PUT", url: "/tags/hall1/setpoint", body: `{"value":null}`, status: 422},
		{name: "read-only", as: "olga", method: "PUT", url: "/tags/hall1/name", body: `{"value":"x"}`, status: 422, has: []string{`"not_writable"`}},
		{name: "needs a reason", as: "olga", method: "PUT", url: "/tags/hall1/mode", body: `{"value":2}`, status: 422, has: []string{`"reason_missing"`}},
		{name: "with a reason", as: "olga", method: "PUT", url: "/tags/hall1/mode", body: `{"value":2,"reason":"maintenance"}`, status: 200},
		{name: "interlock", as: "olga", method: "PUT", url: "/tags/hall1/locked", body: `{"value":2}`, status: 409, has: []string{`"interlock"`}},
		{name: "unknown", as: "olga", method: "PUT", url: "/tags/no/such", body: `{"value":2}`, status: 404, has: []string{`"tag_unknown"`}},
		{name: "drawing", as: "erik", method: "POST", url: "/drawings", body: `{"svg":"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 9 9\"><script/><path id=\"blade\" d=\"M0 0h9v9z\"/></svg>"}`, status: 200, has: []string{`"path":"M0 0L9 0L9 9Z"`, `"id":"blade"`, `svg_left_out`}, lacks: []string{`"kind":"script"`}},
		{name: "drawing of what is none", as: "erik", method: "POST", url: "/drawings", body: `{"svg":"<html/>"}`, status: 422, has: []string{`svg_syntax`}},
		{name: "expression", as: "erik", method: "POST", url: "/expressions/check", body: `{"text":"tag(\"hall1/setpoint\") * 2"}`, status: 200, has: []string{`"type":"float"`, `"value":111`, `"hall1/setpoint"`}},
		{name: "expression error", as: "erik", method: "POST", url: "/expressions/check", body: `{"text":"tag(\"no/such\") +"}`, status: 200, has: []string{`"problems":[{`, `"line":1`}},
		{name: "expression over what one may not see", as: "hal1", method: "POST", url: "/expressions/check", body: `{"text":"tag(\"hall2/setpoint\") * 2"}`, status: 200, has: []string{`"value":null`, `BadUserAccessDenied`}, lacks: []string{`"value":40`}},
		{name: "catalogue", as: "vera", method: "GET", url: "/catalog", status: 200, has: []string{`"widgets":[`, `"connectors":[`, `"functions":[`, `"2147483648":"Bad"`}},
	})
	a := f.must(200, "anna", "GET", "/audit?q=hall1/setpoint", "")
	for _, part := range []string{`"actor":"olga"`, `"action":"write"`, `"old":40`, `"new":55.5`, `"reason":"warmer"`, `"outcome":"good"`, `"actor":"vera"`, `"outcome":"failed"`, `127.0.0.1 session`} {
		if !strings.Contains(a.body, part) {
			t.Errorf("the audit trail lacks %s: %s", part, a.body)
		}
	}
}

func TestApps(t *testing.T) {
	f := newFixture(t, false)
	f.play(t, []scenario{
		{name: "add", as: "erik", method: "POST", url: "/apps", body: `{"id":"boiler","name":{"en":"Boiler","zh":"锅炉"}}`, status: 201, has: []string{`"id":"boiler"`, `"revision":0`, `"draftChanged":true`, `"appId":"local.boiler"`, `"id":"main"`}},
		{name: "taken", as: "erik", method: "POST", url: "/apps", body: `{"id":"boiler","name":{"en":"Boiler"}}`, status: 409},
		{name: "bad id", as: "erik", method: "POST", url: "/apps", body: `{"id":"../x","name":{"en":"x"}}`, status: 422, has: []string{`"id_form"`}},
		{name: "unpublished is for designers", as: "vera", method: "GET", url: "/apps", status: 200, has: []string{`"line"`}, lacks: []string{`"boiler"`}},
		{name: "designers see it", as: "erik", method: "GET", url: "/apps", status: 200, has: []string{`"boiler"`}},
		{name: "draft", as: "erik", method: "GET", url: "/apps/boiler/draft", status: 200, has: []string{`"Boiler"`, `"screens"`}},
		{name: "of nothing", as: "erik", method: "GET", url: "/apps/no-such/draft", status: 404, has: []string{`"not_found"`}},
		{name: "save without If-Match", as: "erik", method: "PUT", url: "/apps/boiler/draft", body: string(testApp(t, "boiler")), status: 428},
		{name: "changes", as: "erik", method: "GET", url: "/apps/boiler/changes", status: 200, has: []string{`"kind":"added"`}},
		{name: "publish", as: "erik", method: "POST", url: "/apps/boiler/publish", body: `{"comment":"first"}`, status: 200, has: []string{`"revision":1`}},
		{name: "now everybody sees it", as: "vera", method: "GET", url: "/apps", status: 200, has: []string{`"boiler"`, `"revision":1`, `"draftChanged":false`}},
		{name: "revisions", as: "erik", method: "GET", url: "/apps/boiler/revisions", status: 200, has: []string{`"revision":1`, `"by":"erik"`, `"comment":"first"`}},
		{name: "revision", as: "erik", method: "GET", url: "/apps/boiler/revisions/1", status: 200, has: []string{`"screens"`}},
		{name: "no such revision", as: "erik", method: "GET", url: "/apps/boiler/revisions/7", status: 404},
		{name: "save over the revision", as: "erik", method: "PUT", url: "/apps/boiler/draft", body: strings.Replace(string(testApp(t, "boiler")), `"0.1.0"`, `"0.2.0"`, 1), header: []string{"If-Match", "*"}, status: 200},
		{name: "publish again", as: "erik", method: "POST", url: "/apps/boiler/publish", body: `{"comment":"second"}`, status: 200, has: []string{`"revision":2`}},
		{name: "changes since the newest", as: "erik", method: "GET", url: "/apps/boiler/changes", status: 200, has: []string{`"changes":[]`}},
		{name: "changes since the first", as: "erik", method: "GET", url: "/apps/boiler/changes?revision=1", status: 200, has: []string{`"at":"/version"`}},
		{name: "changes since no such revision", as: "erik", method: "GET", url: "/apps/boiler/changes?revision=7", status: 404, has: []string{`"not_found"`}},
		{name: "changes since nonsense", as: "erik", method: "GET", url: "/apps/boiler/changes?revision=0", status: 422},
		{name: "name the draft", as: "erik", method: "POST", url: "/apps/boiler/revisions", body: `{"comment":"before the rebuild"}`, status: 201, has: []string{`"revision":3`}},
		{name: "without a name", as: "erik", method: "POST", url: "/apps/boiler/revisions", body: `{"comment":""}`, status: 422},
		{name: "keep what was lost", as: "erik", method: "POST", url: "/apps/boiler/revisions", body: `{"comment":"mine","document":` + string(testApp(t, "boiler")) + `}`, status: 201, has: []string{`"revision":4`}},
		{name: "keep nonsense", as: "erik", method: "POST", url: "/apps/boiler/revisions", body: `{"comment":"mine","document":{"format":2,"scrins":[]}}`, status: 422, has: []string{`"/document/scrins"`}},
		{name: "all kinds", as: "erik", method: "GET", url: "/apps/boiler/revisions", status: 200, has: []string{`"kind":"kept"`, `"kind":"saved"`, `"before the rebuild"`}},
		{name: "published is what was", as: "erik", method: "GET", url: "/apps", status: 200, has: []string{`"revision":2`}, lacks: []string{`"revision":4`}},
		{name: "who edits", as: "erik", method: "GET", url: "/apps/boiler/editors", status: 200, has: []string{`"people":[]`, `"by":"erik"`, `"etag":"`}},
		{name: "who edits nothing", as: "erik", method: "GET", url: "/apps/no-such/editors", status: 404},
		{name: "no archive", as: "erik", method: "POST", url: "/apps/boiler/folder", body: `{}`, header: []string{"Content-Type", "application/zip"}, status: 422, has: []string{`"archive_invalid"`}},
		{name: "install a document", as: "erik", method: "POST", url: "/apps", body: `{"document":` + string(testApp(t, "boiler")) + `}`, status: 201, has: []string{`"id":"boiler-2"`}},
		{name: "install nonsense", as: "erik", method: "POST", url: "/apps", body: `{"document":{"format":2,"scrins":[]}}`, status: 422, has: []string{`"/document/scrins"`}},
		{name: "check", as: "erik", method: "POST", url: "/apps/boiler/check", body: `{"document":{"format":2,"id":"x","version":"1","name":{"en":"x"},"screens":[]}}`, status: 200, has: []string{`"problems":[{`}},
		{name: "check a bare document", as: "erik", method: "POST", url: "/apps/boiler/check", body: string(testApp(t, "boiler")), status: 200, has: []string{`"problems":[]`}, lacks: []string{`"document"`}},
		{name: "check one of an older format", as: "erik", method: "POST", url: "/apps/boiler/check", body: `{"format":1,"id":"com.example.x","version":"1.0.0","name":{"en":"x"},"screens":[]}`, status: 200, has: []string{`"document":{"format":2`}},
		{name: "who saved last", as: "erik", method: "GET", url: "/apps", status: 200, has: []string{`"updatedBy":"erik"`}},
		{name: "map what is no input", as: "erik", method: "PUT", url: "/apps/boiler/mapping", body: `{"nope":1}`, header: []string{"If-Match", "*"}, status: 422, has: []string{`"input_unknown"`, `"/nope"`}},
		{name: "map twice", as: "erik", method: "PUT", url: "/apps/boiler/mapping", body: `{"a":1,"a":2}`, header: []string{"If-Match", "*"}, status: 422, has: []string{`"json_duplicate_key"`}},
		{name: "map deeply", as: "erik", method: "PUT", url: "/apps/boiler/mapping", body: `{"a":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `}`, header: []string{"If-Match", "*"}, status: 422, has: []string{`"json_depth"`}},
		{name: "mapping", as: "erik", method: "GET", url: "/apps/boiler/mapping", status: 200, has: []string{"{}"}},
		{name: "remove", as: "erik", method: "DELETE", url: "/apps/boiler-2", status: 204},
		{name: "removed", as: "erik", method: "GET", url: "/apps/boiler-2/draft", status: 404},
	})
	a := f.must(200, "erik", "GET", "/apps/boiler/export", "")
	if got := a.header.Get("Content-Disposition"); got != `attachment; filename="boiler-0.2.0.json"` {
		t.Errorf("disposition %q", got)
	}
}

// TestDraftsWithErrors: what can be read is kept, what cannot be is refused, neither is published.
func TestDraftsWithErrors(t *testing.T) {
	f := newFixture(t, false)
	draft := f.must(200, "erik", "GET", "/apps/line/draft", "")
	broken := strings.Replace(draft.body, `"widgets": []`, `"widgets": [{"id":"w1","type":"no-such-widget","x":0,"y":0,"w":10,"h":10}]`, 1)
	if broken == draft.body {
		t.Fatalf("the draft has no empty list of widgets: %s", draft.body)
	}
	saved := f.must(200, "erik", "PUT", "/apps/line/draft", broken, "If-Match", draft.etag())
	if !strings.Contains(saved.body, "no-such-widget") {
		t.Errorf("saving does not tell the problems: %s", saved.body)
	}
	if now := f.must(200, "erik", "GET", "/apps/line/draft", ""); !strings.Contains(now.body, "no-such-widget") || now.etag() != saved.etag() {
		t.Errorf("a draft with errors was not kept: %s", now.body)
	}
	refused := f.must(422, "erik", "POST", "/apps/line/publish", `{}`)
	if !strings.Contains(refused.body, "/screens/0/widgets/0") {
		t.Errorf("publishing does not tell where: %s", refused.body)
	}
	for name, body := range map[string]string{
		"not JSON": `{"format":2`, "unknown key": `{"format":2,"x":1}`, "array": `[]`, "empty": ` `,
		"deep": strings.Repeat("[", 100000), "newer": `{"format":99}`, "surrogate": `{"format":2,"id":"\ud800"}`, "zero byte": "{\"format\":2,\"id\":\"\x00\"}",
	} {
		a := f.as("erik", "PUT", "/apps/line/draft", body, "If-Match", saved.etag())
		if a.status != 422 && a.status != 400 {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	big := `{"format":2,"id":"` + strings.Repeat("x", 9<<20) + `"}`
	if a := f.as("erik", "PUT", "/apps/line/draft", big, "If-Match", saved.etag()); a.status != 413 {
		t.Errorf("9 MiB: %d %.200s", a.status, a.body)
	}
	if now := f.must(200, "erik", "GET", "/apps/line/draft", "").etag(); now != saved.etag() {
		t.Error("something that was refused has changed the draft")
	}
	f.must(200, "erik", "POST", "/apps/line/restore", `{"revision":1}`, "If-Match", saved.etag())
	if now := f.must(200, "erik", "GET", "/apps/line/draft", ""); strings.Contains(now.body, "no-such-widget") {
		t.Error("a restored revision is not the draft")
	}
	f.must(200, "erik", "POST", "/apps/line/publish", `{"comment":"back"}`)
}

// TestLostRace lets two engineers save the same draft at the same time, many times: exactly
// one wins each round, the other learns the present ETag, and nothing is lost.
func TestLostRace(t *testing.T) {
	f := newFixture(t, false)
	who := []string{"erik", "ella"}
	f.client(who[0])
	f.client(who[1])
	for round := range 10 {
		base := f.must(200, "erik", "GET", "/apps/line/draft", "")
		var wg sync.WaitGroup
		answers := make([]reply, len(who))
		for i, name := range who {
			body := strings.Replace(base.body, `"version": "0.1.0"`, fmt.Sprintf(`"description": {"en": "%s %d"}, "version": "0.1.0"`, name, round), 1)
			if i := strings.Index(base.body, `"description"`); i >= 0 {
				body = strings.Replace(base.body, fmt.Sprintf(" %d\"", round-1), fmt.Sprintf(" %s %d\"", name, round), 1)
			}
			wg.Go(func() { answers[i] = f.as(name, "PUT", "/apps/line/draft", body, "If-Match", base.etag()) })
		}
		wg.Wait()
		winner, loser := 0, 1
		if answers[0].status != 200 {
			winner, loser = 1, 0
		}
		if answers[winner].status != 200 || answers[loser].status != 412 {
			t.Fatalf("round %d: %d and %d: %s %s", round, answers[0].status, answers[1].status, answers[0].body, answers[1].body)
		}
		now := f.must(200, "erik", "GET", "/apps/line/draft", "")
		if now.etag() != answers[winner].etag() || answers[loser].etag() != now.etag() {
			t.Fatalf("round %d: present %s, winner %s, loser was told %s", round, now.etag(), answers[winner].etag(), answers[loser].etag())
		}
		if !strings.Contains(now.body, fmt.Sprintf("%s %d", who[winner], round)) {
			t.Fatalf("round %d: the draft is not the winner's: %s", round, now.body)
		}
	}
}

// plantSecrets are the ids of the secrets of the plant: the server has some of its own.
func (f *fixture) plantSecrets() (map[string]bool, error) {
	ids, err := f.store.SecretIDs(context.Background())
	maps.DeleteFunc(ids, func(id string, _ bool) bool { return strings.HasPrefix(id, "server.") })
	return ids, err
}

// TestSecretsStayInside: a secret that goes in comes out nowhere, and still reaches the device.
func TestSecretsStayInside(t *testing.T) {
	f := newFixture(t, false)
	const first, second = "hunter2hunter2", "swordfish swordfish"
	before := f.must(200, "erik", "GET", "/plant", "")
	if !strings.Contains(before.body, `"secret:`) {
		t.Fatalf("the secret was not taken out: %s", before.body)
	}
	// Saving what was read keeps the secret.
	f.must(200, "erik", "PUT", "/plant", before.body, "If-Match", before.etag())
	ids, err := f.plantSecrets()
	if err != nil || len(ids) != 1 {
		t.Fatalf("secrets: %v %v", ids, err)
	}
	for id := range ids {
		if text, err := f.store.Secret(context.Background(), id); err != nil || text != first {
			t.Errorf("secret: %q %v", text, err)
		}
	}
	// A new one replaces it, and the old one is forgotten.
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"devices":[{"id":"broker","connector":"mqtt","disabled":true,"settings":{"url":"mqtt://x","password":"`+second+`"}}]}}`)
	if ids, _ := f.plantSecrets(); len(ids) != 1 {
		t.Errorf("%d secrets are kept, not 1", len(ids))
	}
	if a := f.must(422, "erik", "PATCH", "/plant", `{"put":{"devices":[{"id":"broker","connector":"mqtt","settings":{"url":"mqtt://x","password":"secret:unknown"}}]}}`); !strings.Contains(a.body, `"secret_unknown"`) {
		t.Errorf("a reference to nothing: %s", a.body)
	}
	for _, path := range []string{"/plant", "/plant/tags.csv", "/devices", "/audit?limit=1000", "/users", "/tokens", "/apps", "/tags", "/catalog", "/openapi.json", "/me"} {
		f.must(200, "anna", "GET", path, "")
	}
	f.do(f.client(""), "GET", "/metrics", "")
	f.mu.Lock()
	defer f.mu.Unlock()
	seen := f.seen.String()
	for _, secret := range []string{first, second, testPassword, "$argon2id$"} {
		if strings.Contains(seen, secret) {
			t.Errorf("an answer holds %q", secret)
		}
	}
}

func TestPages(t *testing.T) {
	f := newFixture(t, false)
	c := f.client("")
	for path, want := range map[string]string{"/": "index", "/login": "index", "/setup": "index", "/plant": "index", "/admin": "index", "/design/line": "index", "/run/line": "run", "/run/line/main": "run"} {
		a := f.do(c, "GET", path, "")
		if a.status != 200 || !strings.Contains(a.body, "<title>"+want) || a.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d %s %s", path, a.status, a.header.Get("Cache-Control"), a.body)
		}
		policy := a.header.Get("Content-Security-Policy")
		if !strings.Contains(policy, "default-src 'self'") || strings.Contains(policy, "unsafe") {
			t.Errorf("%s: policy %q", path, policy)
		}
		if a.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: nosniff is missing", path)
		}
	}
	script := f.do(c, "GET", "/assets/index-ABCDEF12.js", "", "Accept-Encoding", "br, gzip")
	if script.status != 200 || script.header.Get("Content-Encoding") != "gzip" || !strings.Contains(script.header.Get("Cache-Control"), "immutable") || !strings.HasPrefix(script.header.Get("Content-Type"), "text/javascript") {
		t.Errorf("script: %d %v", script.status, script.header)
	}
	if plain := f.do(c, "GET", "/assets/index-ABCDEF12.js", "", "Accept-Encoding", "identity"); plain.header.Get("Content-Encoding") != "" || len(plain.body) <= len(script.body) {
		t.Errorf("plain: %v", plain.header)
	}
	icon := f.do(c, "GET", "/favicon.svg", "")
	if icon.status != 200 || icon.header.Get("Cache-Control") != "no-cache" {
		t.Errorf("icon: %d %v", icon.status, icon.header)
	}
	if again := f.do(c, "GET", "/favicon.svg", "", "If-None-Match", icon.etag()); again.status != 304 {
		t.Errorf("icon again: %d", again.status)
	}
	for _, path := range []string{"/.gitkeep", "/nothing", "/assets/", "/run", "/run/a/b/c", "/design", "/..%2f..%2fetc/passwd", "/assets/..%2f..%2f.gitkeep"} {
		if a := f.do(c, "GET", path, ""); a.status != 404 {
			t.Errorf("%s: %d", path, a.status)
		}
		if a := f.do(c, "GET", path, "", "Accept", "text/html,*/*"); a.status != 404 || !strings.Contains(a.body, "<title>index") {
			t.Errorf("%s for a person: %d %s", path, a.status, a.body)
		}
	}
	bare := newPages(nil)
	if bare.built {
		t.Error("no pages are built")
	}
}

// naughty adds the Big List of Naughty Strings (npm: blns) to strings of our own.
func naughty(t *testing.T, own ...string) []string {
	t.Helper()
	raw, err := os.ReadFile("../../node_modules/blns/resources/blns.json")
	if errors.Is(err, fs.ErrNotExist) {
		t.Log("without the Big List of Naughty Strings: the npm packages are not installed")
		return own
	}
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	if err := json.Unmarshal(raw, &list); err != nil || len(list) < 300 {
		t.Fatalf("%d naughty strings, %v", len(list), err)
	}
	return append(own, list...)
}

// TestNaughtyNames puts strings that break programs everywhere a name is taken.
func TestNaughtyNames(t *testing.T) {
	f := newFixture(t, false)
	for _, s := range naughty(t, "", " ", "..", "a/b", "a\\b", "a\x00b", "\u202eabc", "<script>alert(1)</script>", "' OR 1=1 --", "%00", "\ufeff", strings.Repeat("x", 300), "😀", "مرحبا", "Ω≈ç√", "\r\nSet-Cookie: a=b", "null", "undefined", "-1") {
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range [][3]string{
			{"POST", "/users", `{"name":` + string(quoted) + `,"password":"` + testPassword + `"}`},
			{"POST", "/tokens", `{"name":` + string(quoted) + `}`},
			{"POST", "/apps", `{"id":` + string(quoted) + `,"name":{"en":` + string(quoted) + `}}`},
			{"PATCH", "/plant", `{"put":{"tags":[{"path":` + string(quoted) + `,"type":"float"}]}}`},
			{"PUT", "/tags/hall1/mode", `{"value":2,"reason":` + string(quoted) + `}`},
			{"POST", "/login", `{"name":` + string(quoted) + `,"password":` + string(quoted) + `}`},
			{"POST", "/expressions/check", `{"text":` + string(quoted) + `}`},
		} {
			jar := f.client("anna")
			if r[1] == "/login" {
				jar = &http.Client{}
			}
			if a := f.do(jar, r[0], "/api/v1"+r[1], r[2]); a.status >= 500 {
				t.Errorf("%s %s with %q: %d %s", r[0], r[1], s, a.status, a.body)
			}
		}
	}
	if a := f.must(200, "anna", "GET", "/audit?limit=1000", ""); !strings.Contains(a.body, `"verified":true`) {
		t.Error("the audit trail is broken")
	}
}

// TestSessionFixation: a token planted before the login is worth nothing after it.
func TestSessionFixation(t *testing.T) {
	f := newFixture(t, false)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Jar: jar}
	first := f.do(c, "POST", "/api/v1/login", `{"name":"vera","password":"`+testPassword+`"}`).header.Get("Set-Cookie")
	second := f.do(c, "POST", "/api/v1/login", `{"name":"anna","password":"`+testPassword+`"}`).header.Get("Set-Cookie")
	if first == "" || second == "" || first == second {
		t.Fatalf("cookies %q and %q", first, second)
	}
	planted, _, _ := strings.Cut(first, ";")
	if a := f.do(&http.Client{}, "GET", "/api/v1/me", "", "Cookie", planted); a.status != 401 {
		t.Errorf("the old token still opens a session: %d %s", a.status, a.body)
	}
}

// TestDiskFull: what could not be kept is told in words.
func TestDiskFull(t *testing.T) {
	e := errorOf(fmt.Errorf("save: %w", store.ErrFull))
	if e.status != http.StatusInsufficientStorage || e.Code != "storage_full" || !strings.Contains(e.Hint, "Free space") {
		t.Errorf("%d %+v", e.status, e)
	}
}
