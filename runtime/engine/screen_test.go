package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const screenPlant = `{"format":1,"tags":[
	{"path":"a/x","type":"float","initial":2,"write":{"low":0,"high":100}},
	{"path":"a/y","type":"float","initial":3},
	{"path":"a/on","type":"bool","initial":false,"write":{}},
	{"path":"b/z","type":"int","initial":5}%s]}`

// appOf makes an app document; widgets are of type value unless said otherwise.
func appOf(extra string, widgets ...string) string {
	for i, w := range widgets {
		if !strings.Contains(w, `"type"`) {
			w = `{"type":"value",` + w[1:]
		}
		widgets[i] = strings.Replace(w, "{", `{"x":0,"y":0,"w":100,"h":40,`, 1)
	}
	return `{"format":2,"id":"com.example.t","version":"1.0.0","name":{"en":"T"},` + extra +
		`"screens":[{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[` + strings.Join(widgets, ",") + `]},{"id":"s2","name":{"en":"S2"},"width":800,"height":600,"widgets":[]}]}`
}

func valueOf(id, binding string) string {
	return fmt.Sprintf(`{"id":%q,"props":{"value":%s}}`, id, binding)
}

func (r *running) install(id, doc string, revision int) {
	r.t.Helper()
	if err := r.SetApp(app.Installation{ID: id}, readApp(r.t, doc), revision); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) open(id string, draft bool, params string) *Screen {
	r.t.Helper()
	var p map[string]json.RawMessage
	if params != "" {
		if err := json.Unmarshal([]byte(params), &p); err != nil {
			r.t.Fatal(err)
		}
	}
	s, err := r.OpenScreen(id, "s", p, draft)
	if err != nil {
		r.t.Fatal(err)
	}
	return s
}

func binding(t *testing.T, s *Screen, widget string) ScreenBinding {
	t.Helper()
	for _, b := range s.Bindings {
		if b.Widget == widget {
			return b
		}
	}
	t.Fatalf("no binding of %s", widget)
	return ScreenBinding{}
}

func TestScreenBindings(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", appOf(`"inputs":[{"id":"speed","kind":"tag","type":"float","default":"a/y"},{"id":"gain","kind":"parameter","type":"float","default":10},{"id":"open","kind":"tag","type":"float"}],"tags":[{"id":"sum","expr":"tag(\"a/x\") + speed"},{"id":"twice","expr":"sum * 2"}],`,
		valueOf("direct", `{"tag":"a/x"}`), valueOf("single", `{"expr":"tag(\"a/x\")"}`), valueOf("input", `{"expr":"speed"}`),
		valueOf("one", `{"expr":"tag(\"a/x\") + 1"}`), valueOf("other", `{"expr":"tag(\"a/x\") + 1"}`),
		valueOf("gain", `{"expr":"speed * gain"}`), valueOf("own", `{"expr":"twice"}`), valueOf("mixed", `{"expr":"twice + tag(\"b/z\")"}`),
		valueOf("gone", `{"tag":"a/none"}`), valueOf("gone2", `{"expr":"tag(\"a/none\") + 1"}`), valueOf("unmapped", `{"expr":"open + 1"}`),
		`{"id":"constant","props":{"unit":"m"}}`), 1)
	s := r.open("i", false, "")
	defer s.Release()
	for _, row := range []struct {
		widget  string
		value   float64
		quality tag.Quality
		path    tag.Path
		reads   string
		code    string
	}{
		{"direct", 2, 0, "a/x", "[a/x]", ""},
		{"single", 2, 0, "a/x", "[a/x]", ""},
		{"input", 3, 0, "a/y", "[a/y]", ""},
		{"one", 3, 0, "", "[a/x]", ""},
		{"other", 3, 0, "", "[a/x]", ""},
		{"gain", 30, 0, "", "[a/y]", ""},
		{"own", 10, 0, "apps/i/twice", "[a/x a/y]", ""},
		{"mixed", 15, 0, "", "", ""},
		{"gone", 0, tag.BadNodeIDUnknown, "a/none", "[a/none]", "tag_unknown"},
		{"gone2", 0, tag.BadNodeIDUnknown, "", "", "tag_unknown"},
		{"unmapped", 0, tag.BadConfigurationError, "", "[]", ""},
	} {
		b := binding(t, s, row.widget)
		got := r.Table().Get(b.Slot)
		if got.Quality != row.quality || row.quality == 0 && got.Value.Float() != row.value || b.Tag != row.path || code(b.Problem) != row.code || row.reads != "" && fmt.Sprint(b.Reads) != row.reads {
			t.Errorf("%s: %v %v, tag %q, reads %v, %v", row.widget, got.Value, got.Quality, b.Tag, b.Reads, b.Problem)
		}
	}
	if x, _ := r.Table().Lookup("a/x"); binding(t, s, "direct").Slot != x {
		t.Error("a direct binding has a slot of its own")
	}
	if binding(t, s, "one").Slot != binding(t, s, "other").Slot {
		t.Error("identical expressions have two slots")
	}
	var doc app.Screen
	if err := json.Unmarshal(s.Document, &doc); err != nil || len(doc.Widgets) != 12 || doc.Widgets[0].Props != nil || string(doc.Widgets[11].Props["unit"]) != `"m"` {
		t.Errorf("document: %s %v", s.Document, err)
	}

	again := r.open("i", false, "")
	if again.Key != s.Key || binding(t, again, "one").Slot != binding(t, s, "one").Slot {
		t.Error("the same screen is not shared")
	}
	again.Release()
	again.Release() // does nothing
	if got := r.Table().Get(binding(t, s, "one").Slot); got.Quality != 0 {
		t.Errorf("after the other's release: %v", got.Quality)
	}
	other := r.open("i", false, `{"gain":7,"speed":"a/x"}`)
	if got := r.Table().Get(binding(t, other, "gain").Slot); got.Value.Float() != 14 || other.Key == s.Key {
		t.Errorf("with parameters: %v", got)
	}
	other.Release()
	for params, want := range map[string]string{`{"gain":"much"}`: "input_invalid", `{"nix":1}`: "param_unknown"} {
		var p map[string]json.RawMessage
		_ = json.Unmarshal([]byte(params), &p)
		_, err := r.OpenScreen("i", "s", p, false)
		var problem *spec.Problem
		if !errors.As(err, &problem) || problem.Code != want {
			t.Errorf("%s: %v", params, err)
		}
	}
	for _, row := range [][2]string{{"none", "s"}, {"i", "none"}} {
		if _, err := r.OpenScreen(row[0], row[1], nil, false); err == nil {
			t.Errorf("%v opened", row)
		}
	}
	slot := binding(t, s, "one").Slot
	s.Release()
	if m := r.Metrics(); m.Screens != 0 || m.Expressions != 0 {
		t.Errorf("left over: %+v", m)
	}
	if q := r.Table().Get(slot).Quality; q != tag.BadNodeIDUnknown {
		t.Errorf("the slot of a released expression: %v", q)
	}
}

// TestHeal: what a screen shows of a tag that is not there heals in place when it appears,
// is bad when it goes, and screens with a moved slot are told to open again.
func TestHeal(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", appOf("", valueOf("d", `{"tag":"a/new"}`), valueOf("e", `{"expr":"tag(\"a/new\") + tag(\"a/x\")"}`), valueOf("x", `{"tag":"a/x"}`)), 1)
	s := r.open("i", false, "")
	defer s.Release()
	notices, cancel := r.Notices()
	defer cancel()
	d, e := binding(t, s, "d").Slot, binding(t, s, "e").Slot
	r.set(fmt.Sprintf(screenPlant, `,{"path":"a/new","type":"float","initial":40}`))
	if v := r.Table().Get(d); v.Value.Float() != 40 || v.Quality != 0 {
		t.Errorf("direct: %v", v)
	}
	if v := r.Table().Get(e); v.Value.Float() != 42 || v.Quality != 0 {
		t.Errorf("expression: %v", v)
	}
	fresh := r.open("i", false, "")
	if fresh.Key != s.Key || binding(t, fresh, "e").Problem != nil {
		t.Errorf("the healed screen: %v", binding(t, fresh, "e").Problem)
	}
	fresh.Release()
	r.set(fmt.Sprintf(screenPlant, `,{"path":"a/new","type":"string","initial":"text"}`))
	if v := r.Table().Get(e); v.Quality != tag.BadConfigurationError {
		t.Errorf("expression over a tag of the wrong type: %v", v.Quality)
	}
	r.set(fmt.Sprintf(screenPlant, ""))
	if v := r.Table().Get(d); v.Quality != tag.BadNodeIDUnknown {
		t.Errorf("direct, the tag is gone: %v", v.Quality)
	}
	if v := r.Table().Get(e); v.Quality != tag.BadNodeIDUnknown {
		t.Errorf("expression, the tag is gone: %v", v.Quality)
	}
	for n := len(notices); n > 0; n-- {
		if x := <-notices; x.Code != NoticePlant && x.Code != NoticeAlarms {
			t.Errorf("notice %+v although every slot stayed", x)
		}
	}
	// The tag that is shown directly changes its type: it has another slot.
	r.set(strings.Replace(fmt.Sprintf(screenPlant, ""), `"path":"a/x","type":"float"`, `"path":"a/x","type":"int"`, 1))
	if x := beside(notices); x.Code != NoticeRevision || x.Installation != "i" {
		t.Errorf("notice %+v", x)
	}
	fresh = r.open("i", false, "")
	defer fresh.Release()
	if fresh.Key == s.Key {
		t.Error("the key of a screen with moved slots is the same")
	}
	if v := r.Table().Get(binding(t, fresh, "x").Slot); v.Value != tag.OfInt(2) {
		t.Errorf("x: %v", v)
	}
}

func TestRevisions(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	notices, cancel := r.Notices()
	defer cancel()
	r.install("i", appOf(`"tags":[{"id":"t","expr":"tag(\"a/x\") + 1"},{"id":"u","expr":"t + 1"}],`, valueOf("v", `{"expr":"u"}`)), 1)
	old := r.open("i", false, "")
	defer old.Release()
	if n := beside(notices); n.Code != NoticeRevision || n.Installation != "i" || n.Revision != 1 {
		t.Errorf("notice %+v", n)
	}
	for _, row := range []struct{ name, doc, code, at string }{
		{"expression", appOf("", valueOf("v", `{"expr":"tag(\"a/x\") +"}`)), "", "/screens/0/widgets/0/props/value/expr"},
		{"computed tag", appOf(`"tags":[{"id":"t","expr":"1 +"}],`), "", "/tags/0/expr"},
		{"circle", appOf(`"tags":[{"id":"t","expr":"u + 1"},{"id":"u","expr":"tag(\"apps/i/t\") * 2"}],`), "tag_cycle", "/tags/1/expr"},
		{"document", appOf(`"start":"none",`), "", "/start"},
		{"action", appOf("", `{"type":"button","id":"b","on":{"click":[{"do":"write","tag":"a/x","value":{"expr":"tag("}}]}}`), "", "/screens/0/widgets/0/on/click/0/value/expr"},
	} {
		err := r.SetApp(app.Installation{ID: "i"}, readApp(t, row.doc), 2)
		var ps spec.Problems
		if !errors.As(err, &ps) {
			t.Errorf("%s: accepted: %v", row.name, err)
			continue
		}
		found := false
		for _, p := range ps {
			found = found || strings.HasPrefix(p.At, row.at) && (row.code == "" || p.Code == row.code)
		}
		if !found {
			t.Errorf("%s: %v", row.name, ps)
		}
	}
	if v := r.sample("apps/i/u"); v.Value.Float() != 4 || r.Apps()[0].Revision != 1 {
		t.Errorf("the old revision does not run on: %v", v)
	}
	// Unknown tags are told, and do not prevent publishing.
	doc := readApp(t, appOf("", valueOf("v", `{"tag":"a/none"}`), valueOf("w", `{"expr":"tag(\"a/none\")"}`)))
	ps := r.CheckApp(app.Installation{ID: "i"}, doc)
	if len(ps) != 2 || ps.Errors() {
		t.Errorf("unknown tags: %v", ps)
	}
	r.install("i", appOf(`"tags":[{"id":"u","expr":"tag(\"a/x\") * 100"},{"id":"t","expr":"u > 3"}],`, valueOf("v", `{"expr":"u"}`)), 2)
	if v := r.sample("apps/i/u").Value.Float(); v != 200 {
		t.Errorf("u = %v", v)
	}
	if v := r.sample("apps/i/t").Value; v != tag.OfBool(true) {
		t.Errorf("t = %v", v)
	}
	if s := r.open("i", false, ""); s.Key == old.Key || s.Revision != 2 {
		t.Error("the new revision has the old screen")
	} else {
		s.Release()
	}

	// A draft previews its own computed tags; the published ones stay.
	draft := readApp(t, appOf(`"tags":[{"id":"u","expr":"tag(\"a/x\") * 7"},{"id":"n","expr":"u + 1"}],`, valueOf("v", `{"expr":"n"}`)))
	r.SetDraft(app.Installation{ID: "i"}, draft)
	preview := r.open("i", true, "")
	if b := binding(t, preview, "v"); r.Table().Get(b.Slot).Value.Float() != 15 || fmt.Sprint(b.Reads) != "[a/x]" || preview.Revision != 0 {
		t.Errorf("preview: %v %+v", r.Table().Get(b.Slot), b)
	}
	if v := r.sample("apps/i/u").Value.Float(); v != 200 {
		t.Errorf("a preview changed the published tag to %v", v)
	}
	if res := r.CheckExpression("n * 2", "i"); len(res.Problems) > 0 || res.Sample.Value.Float() != 30 || fmt.Sprint(res.Tags) != "[a/x]" || res.Type != tag.Float {
		t.Errorf("check: %+v", res)
	}
	if res := r.CheckExpression("n *", "i"); len(res.Problems) == 0 || res.Problems[0].Line == 0 {
		t.Errorf("check: %+v", res)
	}
	preview.Release()
	old.Release()
	r.RemoveApp("i")
	if v := r.sample("apps/i/u"); v.Quality != tag.BadNodeIDUnknown || len(r.Apps()) != 0 {
		t.Errorf("after removal: %v", v)
	}
	if m := r.Metrics(); m.Screens != 0 || m.Expressions != 0 {
		t.Errorf("left over: %+v", m)
	}
}

// TestAppOutlivesPlant: an app runs on when the plant loses what it needs, and recovers.
func TestAppOutlivesPlant(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	doc := appOf(`"tags":[{"id":"t","expr":"tag(\"b/z\") + 1"}],`, valueOf("v", `{"expr":"t"}`))
	r.install("i", doc, 1)
	r.set(`{"format":1}`)
	if v := r.sample("apps/i/t"); v.Quality != tag.BadNodeIDUnknown || len(r.Apps()[0].Problems) == 0 {
		t.Errorf("without its tag: %v %v", v, r.Apps()[0].Problems)
	}
	r.set(fmt.Sprintf(screenPlant, ""))
	if v := r.sample("apps/i/t"); v.Value.Float() != 6 {
		t.Errorf("with its tag again: %v", v)
	}
	// After a restart with a plant in which the expression is wrong, the rest runs.
	again := start(t, Options{})
	again.set(`{"format":1,"tags":[{"path":"b/z","type":"bool","initial":true},{"path":"a/x","type":"float","initial":1}]}`)
	if err := again.RestoreApp(app.Installation{ID: "i"}, readApp(t, strings.Replace(doc, `"expr":"t"`, `"tag":"a/x"`, 1)), 1); err == nil {
		t.Error("the problems are not told")
	}
	s := again.open("i", false, "")
	defer s.Release()
	if v := again.Table().Get(binding(t, s, "v").Slot); v.Value.Float() != 1 {
		t.Errorf("what is right does not run: %v", v)
	}
	if v := again.sample("apps/i/t"); v.Quality != tag.BadConfigurationError {
		t.Errorf("what is wrong: %v", v)
	}
}

func TestEvents(t *testing.T) {
	r := start(t, Options{})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", appOf("",
		`{"type":"button","id":"toggle","on":{"click":[{"do":"toggle","tag":"a/on"}]}}`,
		`{"type":"button","id":"more","on":{"click":[{"do":"write","tag":"a/x","value":{"expr":"tag(\"a/x\") + tag(\"b/z\")"}},{"do":"open","screen":"s2"}]}}`,
		`{"type":"button","id":"fail","on":{"click":[{"do":"write","tag":"a/x","value":1000},{"do":"open","screen":"s2"}]}}`,
		`{"type":"setpoint","id":"sp","props":{"value":{"tag":"a/x"}}}`,
		`{"type":"setpoint","id":"expr","props":{"value":{"expr":"tag(\"a/x\") + 1"}}}`), 1)
	s := r.open("i", false, "")
	defer s.Release()
	event := func(widget, name, data string, actor auth.Actor) (EventResult, string) {
		res, err := r.Event(context.Background(), s, widget, name, json.RawMessage(data), "", actor)
		var p *spec.Problem
		if err != nil && !errors.As(err, &p) {
			t.Fatal(err)
		}
		return res, code(p)
	}
	if res, _ := event("toggle", "click", "", operator); res.Write == nil || res.Write.Outcome != OutcomeGood || !r.sample("a/on").Value.Bool() {
		t.Errorf("toggle: %+v", res.Write)
	}
	if res, _ := event("toggle", "click", "", viewer); code(res.Write.Problem) != "forbidden" || !r.sample("a/on").Value.Bool() {
		t.Errorf("toggle by a viewer: %+v", res.Write)
	}
	if res, _ := event("more", "click", "", operator); len(res.Effects) != 1 || res.Effects[0].Screen != "s2" || r.sample("a/x").Value.Float() != 7 {
		t.Errorf("write and open: %+v, x = %v", res, r.sample("a/x").Value)
	}
	onlyA := auth.Actor{Name: "a", Rights: auth.RightsOf([]auth.Grant{{Role: "operator", Area: "a"}}, auth.AllActions)}
	if _, c := event("more", "click", "", onlyA); c != "forbidden" || r.sample("a/x").Value.Float() != 7 {
		t.Errorf("an expression over a tag that may not be viewed: %q", c)
	}
	if res, _ := event("fail", "click", "", operator); len(res.Effects) > 0 || code(res.Write.Problem) != "value_high" {
		t.Errorf("a failed write goes on to the next action: %+v", res)
	}
	if res, _ := event("sp", "set", "12.5", operator); res.Write.Outcome != OutcomeGood || r.sample("a/x").Value.Float() != 12.5 {
		t.Errorf("set: %+v", res.Write)
	}
	for _, row := range [][3]string{{"expr", "set", "not_bound"}, {"none", "click", "widget_unknown"}, {"toggle", "dance", "event_unknown"}} {
		if _, c := event(row[0], row[1], "1", operator); c != row[2] {
			t.Errorf("%v: %q", row, c)
		}
	}
}

// beside is the next notice but those of alarms, which come when they like.
func beside(notices <-chan Notice) Notice {
	for n := range notices {
		if n.Code != NoticeAlarms {
			return n
		}
	}
	return Notice{}
}
