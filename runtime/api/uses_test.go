package api

import (
	"encoding/json"
	"strings"
	"testing"
)

// bound puts a widget into the empty draft of an app, bound to a property value.
func (f *fixture) bound(t *testing.T, id, binding, more string) {
	t.Helper()
	draft := f.must(200, "erik", "GET", "/apps/"+id+"/draft", "")
	next := strings.Replace(draft.body, `"widgets": []`, `"widgets": [{"id":"v1","type":"value","x":0,"y":0,"w":100,"h":40,"props":{"value":`+binding+`}}]`, 1)
	next = strings.Replace(next, `"format": 2,`, `"format": 2,`+more, 1)
	if next == draft.body {
		t.Fatalf("the draft has no empty list of widgets: %s", draft.body)
	}
	f.must(200, "erik", "PUT", "/apps/"+id+"/draft", next, "If-Match", draft.etag())
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return v
}

func TestUsesOfTags(t *testing.T) {
	f := newFixture(t, false)
	f.bound(t, "line", `{"expr":"tag(\"hall2/setpoint\") * 2"}`, "")
	f.must(200, "erik", "POST", "/apps/line/publish", `{}`)
	uses := decode[TagUses](t, f.must(200, "erik", "GET", "/plant/uses?path=hall2/setpoint", "").body)
	if uses.Tags != 1 || len(uses.Uses) != 2 || uses.Uses[0].App != "" || !strings.HasPrefix(uses.Uses[0].Where, "hall2/double") {
		t.Fatalf("%+v", uses)
	}
	if u := uses.Uses[1]; u.App != "line" || !u.Draft || !u.Published || u.Where != "Main › v1 › Value" || u.At != "/screens/0/widgets/0/props/value/expr" || !strings.HasPrefix(u.Link, "/design/line?at=") {
		t.Errorf("%+v", u)
	}
	if area := decode[TagUses](t, f.must(200, "erik", "GET", "/plant/uses?area=hall2", "").body); area.Tags != 2 || len(area.Uses) != 1 || area.Uses[0].App != "line" {
		t.Errorf("what is in the area itself is no use of it: %+v", area)
	}
	if none := decode[TagUses](t, f.must(200, "erik", "GET", "/plant/uses?device=sim", "").body); none.Tags != 1 || len(none.Uses) != 0 {
		t.Errorf("%+v", none)
	}
	// An engineer of one area is not told what is in apps.
	if part := decode[TagUses](t, f.must(200, "hal1", "GET", "/plant/uses?path=hall2/setpoint", "").body); part.Hidden != 1 || len(part.Uses) != 0 {
		t.Errorf("%+v", part)
	}
	f.must(403, "olga", "GET", "/plant/uses?path=hall2/setpoint", "")
	f.must(200, "erik", "PATCH", "/me", `{"language":"zh"}`)
	if zh := f.must(200, "erik", "GET", "/plant/uses?path=hall2/setpoint", "").body; !strings.Contains(zh, "表达式") || !strings.Contains(zh, "主画面") {
		t.Error(zh)
	}
}

func TestRenameFollows(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "erik", "PUT", "/tags/hall2/setpoint", `{"value":33}`)
	f.bound(t, "line", `{"expr":"tag(\"hall2/setpoint\") + x"}`, `"inputs":[{"id":"x","kind":"tag","type":"float"}],`)
	mapping := f.must(200, "erik", "GET", "/apps/line/mapping", "")
	f.must(200, "erik", "PUT", "/apps/line/mapping", `{"x":"hall2/double"}`, "If-Match", mapping.etag())
	f.must(200, "erik", "POST", "/apps/line/publish", `{}`)
	f.must(201, "erik", "POST", "/apps", `{"id":"other","name":{"en":"Other"}}`)
	f.bound(t, "other", `{"tag":"hall2/double"}`, "")

	f.must(422, "erik", "POST", "/plant/rename", `{"from":"hall2/","to":"hall1/","apps":true}`)
	f.must(403, "hal1", "POST", "/plant/rename", `{"from":"hall2/setpoint","to":"hall2/sp"}`)
	a := decode[TagRenamed](t, f.must(200, "erik", "POST", "/plant/rename", `{"from":"hall2/","to":"north/hall2/","apps":true}`).body)
	if a.Tags != 2 || a.Places != 1 || len(a.Apps) != 2 || a.Apps[0].ID != "line" || a.Apps[0].Places != 2 || a.Apps[0].Stale != 1 || a.Apps[1].Places != 1 {
		t.Fatalf("%+v", a)
	}
	for path, want := range map[string]string{
		"/apps/line/draft":         `tag(\"north/hall2/setpoint\") + x`,
		"/apps/line/mapping":       `"north/hall2/double"`,
		"/apps/other/draft":        `"north/hall2/double"`,
		"/plant":                   `tag(\"north/hall2/setpoint\") * 2`,
		"/tags/north/hall2/double": `"value":`,
	} {
		if got := f.must(200, "erik", "GET", path, "").body; !strings.Contains(got, want) || strings.Contains(got, `"hall2/`) {
			t.Errorf("%s: %s", path, got)
		}
	}
	if audit := f.must(200, "anna", "GET", "/audit", "").body; !strings.Contains(audit, "plant.rename") || !strings.Contains(audit, "app.rename") {
		t.Error(audit)
	}

	// Published again at once, when the draft was what is published.
	f.must(200, "erik", "POST", "/apps/line/publish", `{}`)
	a = decode[TagRenamed](t, f.must(200, "erik", "POST", "/plant/rename", `{"from":"north/hall2/setpoint","to":"north/hall2/sp","apps":true,"publish":true}`).body)
	if len(a.Apps) != 1 || a.Apps[0].Revision != 4 || a.Apps[0].Stale != 0 {
		t.Errorf("%+v", a)
	}
	if got := f.must(200, "erik", "GET", "/apps/line/revisions/4", "").body; !strings.Contains(got, `tag(\"north/hall2/sp\") + x`) {
		t.Error(got)
	}
	// The plant alone: the apps keep the old name, and the answer says so.
	a = decode[TagRenamed](t, f.must(200, "erik", "POST", "/plant/rename", `{"from":"north/hall2/sp","to":"north/hall2/set"}`).body)
	if len(a.Apps) != 1 || a.Apps[0].Places != 0 || a.Apps[0].Stale != 1 {
		t.Errorf("%+v", a)
	}
}

func TestRenameInApp(t *testing.T) {
	f := newFixture(t, false)
	f.bound(t, "line", `{"expr":"speed * 2"}`, `"tags":[{"id":"speed","expr":"tag(\"hall1/level\") + 1"}],`)
	draft := f.must(200, "erik", "GET", "/apps/line/draft", "")
	refs := f.must(200, "erik", "POST", "/apps/line/references", `{"kind":"computed","id":"speed"}`).body
	if !strings.Contains(refs, `"at":"/screens/0/widgets/0/props/value/expr"`) {
		t.Error(refs)
	}
	renamed := decode[RenameResult](t, f.must(200, "erik", "POST", "/apps/line/rename", `{"document":`+draft.body+`,"kind":"computed","from":"speed","to":"rate"}`).body)
	if renamed.Count != 1 || !strings.Contains(string(renamed.Document), `rate * 2`) || !strings.Contains(string(renamed.Document), `"id":"rate"`) {
		t.Errorf("%d %s", renamed.Count, renamed.Document)
	}
	if after := f.must(200, "erik", "GET", "/apps/line/draft", ""); after.body != draft.body {
		t.Error("the draft was saved")
	}
	f.must(422, "erik", "POST", "/apps/line/rename", `{"kind":"computed","from":"speed","to":"tag"}`)
	f.must(404, "erik", "POST", "/apps/none/rename", `{"kind":"computed","from":"speed","to":"x"}`)
	f.must(403, "olga", "POST", "/apps/line/references", `{"kind":"computed","id":"speed"}`)
}

func TestExpressionFits(t *testing.T) {
	f := newFixture(t, false)
	for _, row := range []struct{ text, widget, prop, unit, want string }{
		{`tag("hall1/name")`, "gauge", "value", "", "type_mismatch"},
		{`tag("hall1/level")`, "gauge", "value", "", ""},
		{`tag("hall1/level")`, "gauge", "value", "bar", "unit_mismatch"},
		{`tag("hall1/level") * 2`, "gauge", "value", "bar", ""},
		{`tag("hall1/level")`, "button", "enabled", "", "type_mismatch"},
		{`tag("hall1/level") > 1`, "button", "enabled", "", ""},
		{`tag("hall1/level")`, "button", "label", "", ""},
	} {
		body, err := json.Marshal(ExpressionText{Text: row.text, Widget: row.widget, Prop: row.prop, Unit: row.unit})
		if err != nil {
			t.Fatal(err)
		}
		got := decode[ExpressionCheck](t, f.must(200, "erik", "POST", "/expressions/check", string(body)).body)
		code := ""
		if len(got.Problems) > 0 {
			code = got.Problems[0].Code
		}
		if code != row.want || len(got.Problems) > 1 {
			t.Errorf("%s for %s of %s in %q: %q, want %q", row.text, row.prop, row.widget, row.unit, code, row.want)
		}
		if row.text == `tag("hall1/level")` && got.Unit != "%" {
			t.Errorf("unit %q", got.Unit)
		}
	}
}
