package engine

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/script/worker"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

var workerOnce struct {
	sync.Once
	dir, name string
	err       error
}

// scriptCommand builds a worker, once.
func scriptCommand(t testing.TB) []string {
	t.Helper()
	w := &workerOnce
	w.Do(func() {
		if w.dir, w.err = os.MkdirTemp("", "worker"); w.err != nil {
			return
		}
		w.name = filepath.Join(w.dir, "worker")
		build := exec.Command("go", "build", "-o", w.name, "../script/testdata/worker")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			w.err = fmt.Errorf("%w: %s", err, out)
		}
	})
	if w.err != nil {
		t.Fatal(w.err)
	}
	return []string{w.name, worker.Argument}
}

const dialSVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" data-ls-var="limit:float=50"><path id="needle" d="M50 50V10" stroke="black" data-ls-pivot="50 50"/><text id="label" x="50" y="80" data-ls-fill="speed > limit ? 'bad' : 'ok'">0</text></svg>`

// ownApp is an app with a widget of its own and a screen of widgets.
func ownApp(script string, more string, on ...string) string {
	own, _ := json.Marshal(script)
	svg, _ := json.Marshal(dialSVG)
	extra := `"widgets":[{"id":"dial","version":1,"title":{"en":"Dial"},"size":{"width":100,"height":100},` + more + `
		"settings":[{"name":"speed","kind":"float","title":{"en":"Speed"},"bind":true},{"name":"unit","kind":"string","title":{"en":"Unit"},"default":"rpm"}],
		"events":[{"name":"pressed","title":{"en":"Pressed"}},{"name":"high","title":{"en":"High"}}],
		"parts":[{"part":"needle","what":"rotate","expr":"speed * 2"},{"part":"label","what":"text","set":"label"},{"part":"label","what":"click","event":"pressed"}],
		"svg":` + string(svg) + `,"script":` + string(own) + `}],`
	return appOf(extra, on...)
}

func dial(id, speed string, more ...string) string {
	return fmt.Sprintf(`{"id":%q,"type":"own:dial","props":{"speed":%s}%s}`, id, speed, strings.Join(more, ""))
}

// output is what a part of a widget shows.
func output(t testing.TB, s *Screen, widget, prop string) ScreenBinding {
	t.Helper()
	for _, b := range s.Bindings {
		if b.Widget == widget && b.Prop == prop {
			return b
		}
	}
	t.Fatalf("no binding %s of %s", prop, widget)
	return ScreenBinding{}
}

func (r *running) shows(s *Screen, widget, prop, want string) {
	r.t.Helper()
	b := output(r.t, s, widget, prop)
	var got string
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if got = string(r.Table().Get(b.Slot).Value.AppendJSON(nil)); got == want || strings.HasPrefix(want, "~") && strings.Contains(got, want[1:]) {
			return
		}
	}
	r.t.Fatalf("%s of %s is %s, not %s; log: %v", prop, widget, got, want, r.ScriptLog("", "", 0, 100))
}

func (r *running) float(path string, value float64) {
	r.t.Helper()
	slot, _ := r.Table().Lookup(tag.Path(path))
	now := tag.Now()
	r.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: tag.OfFloat(value), Source: now, Server: now}}})
}

const dialScript = `
function init(me, settings) { me.n = 0; me.unit = settings.unit; }
function data(me, name, value, good) { if (name === "speed") me.set("label", good ? value + " " + me.unit : "?"); }
function event(me, name, value) {
  me.n++; me.set("label", name + " " + me.n);
  me.write("speed", 7); me.emit("high", 42);
}`

func TestScriptedWidget(t *testing.T) {
	r := start(t, Options{Worker: scriptCommand(t)})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", ownApp(dialScript, `"writes":["speed"],`, dial("d", `{"tag":"a/x"}`, `,"on":{"high":[{"do":"write","tag":"a/on","value":true}]}`), dial("c", `5`)), 1)
	s := r.open("i", false, "")
	defer s.Release()
	if !strings.Contains(string(s.Manifests["own:dial"]), `"category":"own"`) || !strings.Contains(string(s.Drawings["own:dial"]), `"pivot":[50,50]`) {
		t.Errorf("manifest %s drawing %s", s.Manifests["own:dial"], s.Drawings["own:dial"])
	}
	r.shows(s, "d", "part:needle:rotate", "4")
	r.shows(s, "d", "part:label:fill", `"ok"`)
	r.shows(s, "d", "part:label:text", `"2 rpm"`)
	r.shows(s, "c", "part:needle:rotate", "10")
	r.shows(s, "c", "part:label:text", `"5 rpm"`)
	if reads := output(t, s, "d", "part:label:text").Reads; fmt.Sprint(reads) != "[a/x]" {
		t.Errorf("who may not view what the script reads sees what it shows: %v", reads)
	}
	r.float("a/x", 60)
	r.shows(s, "d", "part:needle:rotate", "120")
	r.shows(s, "d", "part:label:fill", `"bad"`)
	r.shows(s, "d", "part:label:text", `"60 rpm"`)

	// The event of a person writes and emits with the rights of that person.
	nobody := auth.Actor{Name: "nobody"}
	res, err := r.Event(t.Context(), s, "d", "pressed", json.RawMessage(`1`), "", nobody)
	if err == nil && (res.Write == nil || res.Write.Outcome == OutcomeGood) {
		t.Fatalf("somebody without rights wrote: %+v", res.Write)
	}
	r.shows(s, "d", "part:label:text", `"pressed 1"`)
	res, err = r.Event(t.Context(), s, "d", "pressed", json.RawMessage(`1`), "", operator)
	if err != nil || res.Write == nil || res.Write.Outcome != OutcomeGood {
		t.Fatalf("%+v %v", res.Write, err)
	}
	slot, _ := r.Table().Lookup("a/on")
	if !r.Table().Get(slot).Value.Bool() {
		t.Error("the action of what was emitted was not done")
	}
	r.shows(s, "d", "part:needle:rotate", "14")
	states := r.Scripts()
	if len(states) != 1 || states[0].Instances != 2 || states[0].Calls < 5 || states[0].Widget != "dial" {
		t.Errorf("%+v", states)
	}
}

func TestScriptsThatFail(t *testing.T) {
	for name, script := range map[string]string{
		"throws":   `function data(me, name, value) { if (value === 2) { throw new Error("no " + value); } me.set("label", "fine"); }`,
		"loops":    `function data(me, name, value) { if (value === 2) { for (;;) {} } me.set("label", "fine"); }`,
		"recurses": `function f() { return f() + 1 } function data(me, name, value) { if (value === 2) f(); me.set("label", "fine"); }`,
		"grows":    `function data(me, name, value) { if (value === 2) { let a = []; for (;;) a.push(new Array(1e6).fill("x")); } me.set("label", "fine"); }`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, Options{Worker: scriptCommand(t)})
			r.set(fmt.Sprintf(screenPlant, ""))
			r.install("bad", ownApp(script, "", dial("d", `{"tag":"a/x"}`)), 1)
			r.install("good", ownApp(dialScript, "", dial("d", `{"tag":"a/y"}`)), 1)
			bad, good := r.open("bad", false, ""), r.open("good", false, "")
			defer bad.Release()
			defer good.Release()
			r.shows(bad, "d", FaultProp, `~"code":"script_`)
			r.shows(good, "d", "part:label:text", `"3 rpm"`)
			r.float("a/y", 9)
			r.shows(good, "d", "part:label:text", `"9 rpm"`)
			if lines := r.ScriptLog("bad", "dial", 0, 10); len(lines) == 0 || lines[0].Kind != "error" || lines[0].Element != "d" {
				t.Errorf("%+v", lines)
			}
			r.float("a/x", 3) // mended
			r.shows(bad, "d", "part:label:text", `"fine"`)
			r.shows(bad, "d", FaultProp, `""`)
		})
	}
}

func TestScriptsOfOneAppAreApartAndRevisionsSwap(t *testing.T) {
	r := start(t, Options{Worker: scriptCommand(t)})
	r.set(fmt.Sprintf(screenPlant, ""))
	count := `function init(me) { me.n = 0 } function every(me) { me.set("label", ++me.n > 3 ? "many" : "few") }`
	one := ownApp(count, `"every":"100ms",`, dial("d", `{"tag":"a/x"}`))
	r.install("i", one, 1)
	s := r.open("i", false, "")
	r.shows(s, "d", "part:label:text", `"many"`)
	r.install("i", one, 2)
	again := r.open("i", false, "")
	s.Release()
	if got := r.Table().Get(output(t, again, "d", "part:label:text").Slot).Value.Text(); got != "many" {
		t.Errorf("a revision with the same widget began it anew: %q", got)
	}
	r.install("i", strings.Replace(one, "many", "more", 1), 3)
	next := r.open("i", false, "")
	again.Release()
	r.shows(next, "d", "part:label:text", `"more"`)
	next.Release()
	if n := len(r.Scripts()); n != 0 {
		t.Errorf("%d scripts are left", n)
	}
}

func TestScriptOfAScreenWithVariables(t *testing.T) {
	r := start(t, Options{Worker: scriptCommand(t)})
	r.set(fmt.Sprintf(screenPlant, ""))
	doc := ownApp(dialScript, "", dial("d", `{"expr":"gear * 2"}`), dial("e", `{"tag":"a/x"}`))
	doc = strings.Replace(doc, `"width":800`, `"variables":[{"id":"gear","type":"int","default":3}],"width":800`, 1)
	r.install("i", doc, 1)
	a, b := r.open("i", false, ""), r.open("i", false, "")
	defer a.Release()
	defer b.Release()
	r.shows(a, "d", "part:label:text", `"6 rpm"`)
	if err := r.setVariable(a, "gear", tag.OfInt(5)); err != nil {
		t.Fatal(err)
	}
	r.shows(a, "d", "part:label:text", `"10 rpm"`)
	r.shows(a, "d", "part:needle:rotate", `20`)
	r.shows(b, "d", "part:label:text", `"6 rpm"`)
	if output(t, a, "e", "part:label:text").Slot != output(t, b, "e", "part:label:text").Slot {
		t.Error("a widget that depends on no variable is not shared")
	}
	if !output(t, a, "d", "part:label:text").Own {
		t.Error("what depends on a variable is not of one opening alone")
	}
}

func TestWhatAScriptMayNot(t *testing.T) {
	r := start(t, Options{Worker: scriptCommand(t)})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", ownApp(`function data(me, name) { if (name !== "speed") return; me.set("nothing", 1); me.write("speed", 99); me.emit("high"); me.set("label", "done") }
		function event(me) { me.write("unit", "x") }`, "", dial("d", `{"tag":"a/x"}`, `,"on":{"high":[{"do":"write","tag":"a/on","value":true}]}`)), 1)
	s := r.open("i", false, "")
	defer s.Release()
	r.shows(s, "d", "part:label:text", `"done"`)
	lines := r.ScriptLog("i", "", 0, 100)
	if len(lines) != 3 {
		t.Fatalf("%+v", lines)
	}
	for i, code := range []string{"script_output", "script_alone", "script_alone"} {
		if lines[i].Kind != "refused" || lines[i].Problem.Code != code {
			t.Errorf("%+v", lines[i])
		}
	}
	slot, _ := r.Table().Lookup("a/x")
	if got := r.Table().Get(slot).Value.Float(); got != 2 {
		t.Errorf("a script wrote %v without a person", got)
	}
	if res, err := r.Event(t.Context(), s, "d", "pressed", nil, "", operator); err == nil && (res.Write == nil || res.Write.Outcome == OutcomeGood) {
		t.Errorf("a setting was written that is not declared: %+v", res)
	}
}

func TestSafeModeRunsNoScript(t *testing.T) {
	r := start(t, Options{Worker: scriptCommand(t), Safe: true})
	r.set(fmt.Sprintf(screenPlant, ""))
	r.install("i", ownApp(dialScript, "", dial("d", `{"tag":"a/x"}`)), 1)
	s := r.open("i", false, "")
	defer s.Release()
	r.shows(s, "d", FaultProp, `~script_off`)
	r.shows(s, "d", "part:needle:rotate", "4") // expressions go on
}

func TestCheckOfScripts(t *testing.T) {
	e := New(Options{Worker: scriptCommand(t), Catalogue: allWidgets(t)})
	for _, c := range []struct{ script, more, code, at string }{
		{"function data( {", "", "script_threw", "/widgets/0/script"},
		{"for (;;) {}", "", "script_budget", "/widgets/0/script"},
		{strings.Repeat("x", 5<<20), "", "script_long", "/widgets/0/script"},
		{strings.Repeat("(", 200), "", "script_nested", "/widgets/0/script"},
		{"", `"every":"1s",`, "value_missing", "/widgets/0/script"},
	} {
		a := readApp(t, ownApp(c.script, c.more, dial("d", `1`)))
		if c.script == "" {
			a.Widgets[0].Parts = a.Widgets[0].Parts[:1]
		}
		ps := e.CheckApp(app.Installation{ID: "i"}, a)
		found := false
		for _, p := range ps {
			found = found || p.Code == c.code && p.At == c.at
		}
		if !found {
			t.Errorf("%.20s: %v", c.script, ps)
		}
	}
	a := readApp(t, ownApp("", "", dial("d", `1`)))
	a.Widgets[0].Parts = []app.PartBinding{{Part: "needle", What: "rotate", Expr: `tag("a/x") + spede`}}
	if ps := e.CheckApp(app.Installation{ID: "i"}, a); !ps.Errors() || ps[0].At != "/widgets/0/parts/0/expr" {
		t.Errorf("%v", ps)
	}
}

func TestTryScript(t *testing.T) {
	e := New(Options{Worker: scriptCommand(t), Catalogue: allWidgets(t)})
	a := readApp(t, ownApp(dialScript, `"writes":["speed"],`, dial("d", `1`)))
	out, err := e.TryScript(t.Context(), &ScriptTrial{Widget: a.Widgets[0], Settings: map[string]json.RawMessage{"speed": json.RawMessage("10")}, Steps: []ScriptStep{
		{Data: map[string]json.RawMessage{"speed": json.RawMessage("70")}}, {Bad: []string{"speed"}}, {Event: "pressed"},
	}})
	if err != nil || len(out.Problems) > 0 || len(out.Outcomes) != 4 {
		t.Fatalf("%+v %v", out, err)
	}
	text, _ := json.Marshal(out.Outcomes)
	for _, want := range []string{`"part:label:text":"10 rpm"`, `"part:needle:rotate":140`, `"part:label:fill":"bad"`, `"part:label:text":"?"`, `"writes":[{"name":"speed","value":7}]`, `"events":[{"name":"high","value":42}]`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %s in %s", want, text)
		}
	}
	a.Widgets[0].Script = "function init(me) {\n  me.x.y = 1;\n}"
	out, err = e.TryScript(t.Context(), &ScriptTrial{Widget: a.Widgets[0]})
	if err != nil || len(out.Outcomes) != 1 || len(out.Outcomes[0].Problems) != 1 || out.Outcomes[0].Problems[0].Line != 2 {
		t.Fatalf("%+v %v", out, err)
	}
}

func allWidgets(t testing.TB) widgets.Catalogue {
	t.Helper()
	c, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
