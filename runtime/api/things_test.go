package api

import (
	"strings"
	"testing"
	"time"
)

const feedModel = `{"put":{"models":[{"id":"pump","name":{"en":"Pump"},"labels":["critical"],"attributes":{"supplier":"KSB"},
	"properties":[{"id":"speed","type":"float","initial":0,"write":{"high":1000}},{"id":"mode","type":"string","initial":"off","write":{"confirm":"none"}},{"id":"seen","type":"string","format":"datetime","initial":"2026-05-01T12:00:00Z"}],
	"events":[{"id":"fast","level":"error","when":"tag(\"./speed\") > 500","message":{"en":"{title} at {speed}"}}],
	"commands":[{"id":"run","inputs":[{"id":"rpm","type":"float","high":900}],"writes":[{"property":"mode","value":"auto"},{"property":"speed","value":"{rpm}"}]},{"id":"tell","confirm":"reason","property":"mode","value":"x"}]}],
	"assets":[{"path":"hall1/p1","model":"pump","title":{"en":"Pump 1"},"relations":[{"type":"feeds","to":"hall2/p2"}]},
		{"path":"hall2/p2","model":"pump","attributes":{"supplier":"Wilo"}}]}}`

func TestThings(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "erik", "PATCH", "/plant", feedModel)

	a := decode[AssetState](t, f.must(200, "erik", "GET", "/assets/hall1/p1", "").body)
	if len(a.Relations) != 1 || a.Relations[0].Type != "feeds" || a.Relations[0].Back || a.Relations[0].Path != "hall2/p2" || a.Attributes["supplier"] != "KSB" || strings.Join(a.Labels, " ") != "critical" || a.Events != 1 {
		t.Errorf("%+v", a)
	}
	if c := a.Commands; len(c) != 2 || !c[0].Allowed || c[0].Confirm != "ask" || len(c[0].Inputs) != 1 || len(c[0].Writes) != 2 || c[1].Confirm != "reason" {
		t.Errorf("%+v", c)
	}
	back := decode[AssetState](t, f.must(200, "erik", "GET", "/assets/hall2/p2", "").body)
	if len(back.Relations) != 1 || !back.Relations[0].Back || back.Relations[0].Path != "hall1/p1" || back.Attributes["supplier"] != "Wilo" {
		t.Errorf("%+v", back.Relations)
	}
	// Who may not view the other end does not see it.
	if one := decode[AssetState](t, f.must(200, "hal1", "GET", "/assets/hall1/p1", "").body); len(one.Relations) != 0 {
		t.Errorf("%+v", one.Relations)
	}
	for query, want := range map[string]int{"label:crit": 2, "type:pump": 2, "supplier:wilo": 1, "type:speed": 0, "pump+1": 1} {
		if page := decode[AssetPage](t, f.must(200, "erik", "GET", "/assets?q="+query, "").body); page.Total != want {
			t.Errorf("%s finds %d", query, page.Total)
		}
	}
	for query, want := range map[string]int{"label:critical": 6, "type:datetime": 2, "type:datetime+hall2": 1, "supplier:ksb+speed": 1} {
		if page := decode[TagPage](t, f.must(200, "erik", "GET", "/tags?q="+query, "").body); len(page.Tags) != want {
			t.Errorf("%s finds %d", query, len(page.Tags))
		}
	}

	// Commands.
	done := decode[CommandResult](t, f.must(200, "erik", "POST", "/assets/hall1/p1", `{"command":"run","inputs":{"rpm":600}}`).body)
	if done.Outcome != "good" || len(done.Writes) != 2 || done.Writes[1].Path != "hall1/p1/speed" || string(done.Writes[1].Value) != "600" {
		t.Errorf("%+v", done)
	}
	for _, row := range []struct {
		user, body, want string
		status           int
	}{
		{"erik", `{"command":"run","inputs":{"rpm":901}}`, `"at":"/inputs/rpm"`, 422}, {"erik", `{"command":"run"}`, "input_missing", 422}, {"erik", `{"command":"rum"}`, "command_unknown", 422},
		{"erik", `{"command":"tell"}`, "reason_missing", 422}, {"vera", `{"command":"run","inputs":{"rpm":1}}`, "forbidden", 403},
	} {
		if got := f.must(row.status, row.user, "POST", "/assets/hall1/p1", row.body).body; !strings.Contains(got, row.want) {
			t.Errorf("%s %s: %s", row.user, row.body, got)
		}
	}
	f.must(404, "erik", "POST", "/assets/hall1/p9", `{"command":"run"}`)
	f.must(404, "hal1", "POST", "/assets/hall2/p2", `{"command":"run"}`)

	// Events.
	var page EventPage
	for deadline := time.Now().Add(20 * time.Second); len(page.Events) == 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		page = decode[EventPage](t, f.must(200, "erik", "GET", "/events?asset=hall1/p1", "").body)
	}
	if len(page.Events) != 1 || page.Events[0].Message["en"] != "Pump 1 at 600" || page.Events[0].Level != "error" || string(page.Events[0].Values["speed"]) != "600" {
		t.Fatalf("%+v", page)
	}
	for query, want := range map[string]int{"under=hall1": 1, "under=hall2": 0, "level=error": 1, "level=info&level=warning": 0, "q=at+600": 1, "from=2999-01-01T00:00:00Z": 0, "event=fast": 1} {
		if page := decode[EventPage](t, f.must(200, "erik", "GET", "/events?"+query, "").body); len(page.Events) != want {
			t.Errorf("%s: %d", query, len(page.Events))
		}
	}
	f.must(200, "erik", "POST", "/assets/hall2/p2", `{"command":"run","inputs":{"rpm":700}}`)
	for deadline := time.Now().Add(20 * time.Second); len(page.Events) != 2 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		page = decode[EventPage](t, f.must(200, "erik", "GET", "/events", "").body)
	}
	if page := decode[EventPage](t, f.must(200, "hal1", "GET", "/events", "").body); len(page.Events) != 1 || page.Events[0].Asset != "hall1/p1" {
		t.Errorf("the other area is told: %+v", page)
	}

	// Renames follow, and what is removed takes its relations along, as it was said before.
	uses := decode[TagUses](t, f.must(200, "erik", "GET", "/plant/uses?area=hall2/p2", "").body)
	if len(uses.Uses) != 1 || uses.Uses[0].Where != "hall1/p1 › feeds" {
		t.Errorf("%+v", uses.Uses)
	}
	f.must(200, "erik", "POST", "/plant/rename", `{"from":"hall2/p2/","to":"hall2/p3/"}`)
	if doc := f.must(200, "erik", "GET", "/plant", "").body; !strings.Contains(doc, `"to": "hall2/p3"`) {
		t.Error(doc)
	}
	of := decode[TagUses](t, f.must(200, "erik", "GET", "/plant/uses?model=pump&property=speed", "").body)
	var where []string
	for _, u := range of.Uses {
		where = append(where, u.Where)
	}
	if got := strings.Join(where, "; "); got != "model pump › run; model pump › fast; model pump › fast › condition of the event" {
		t.Error(got)
	}
	f.must(200, "erik", "POST", "/plant/rename", `{"kind":"property","model":"pump","from":"speed","to":"rpm"}`)
	if doc := f.must(200, "erik", "GET", "/plant", "").body; strings.Contains(doc, "speed") || !strings.Contains(doc, `tag(\"./rpm\") > 500`) || !strings.Contains(doc, `{title} at {rpm}`) {
		t.Error(doc)
	}
	f.must(403, "hal1", "PATCH", "/plant", `{"remove":{"assets":["hall2/p3"]}}`)
	f.must(200, "erik", "PATCH", "/plant", `{"remove":{"assets":["hall2/p3"]}}`)
	if doc := f.must(200, "erik", "GET", "/plant", "").body; strings.Contains(doc, `relations`) {
		t.Error(doc)
	}
	if bad := f.must(422, "erik", "PATCH", "/plant", `{"put":{"assets":[{"path":"hall1/p1","model":"pump","relations":[{"type":"feeds","to":"hall2/p9"}]}]}}`).body; !strings.Contains(bad, "asset_unknown") || !strings.Contains(bad, "/assets/0/relations/0/to") {
		t.Error(bad)
	}
}
