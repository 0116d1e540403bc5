package check

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

func catalogue(t testing.TB) widgets.Catalogue {
	t.Helper()
	c, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func number(v float64) *float64 { return &v }

// plant is what the tests know: tags by name, and the expression "x".
var plant = map[string]Bound{
	"full":   {Type: tag.Float, Unit: "bar", Title: "Pressure", Low: number(0), High: number(10), Confirm: "ask"},
	"bare":   {Type: tag.Float},
	"half":   {Type: tag.Float, Unit: "bar", Low: number(0)},
	"count":  {Type: tag.Int, Low: number(0), High: number(9)},
	"text":   {Type: tag.String},
	"on":     {Type: tag.Bool, Title: "Pump", Confirm: "ask"},
	"reason": {Type: tag.Bool, Title: "Pump", Confirm: "reason"},
	"free":   {Type: tag.Bool, Title: "Pump", Confirm: "none"},
	"x":      {Type: tag.Float},
	"y":      {Type: tag.None},
}

func known(b app.Binding) (Bound, bool) {
	k, ok := plant[b.Tag+b.Expr]
	return k, ok
}

func parse(t testing.TB, screen, list string) *app.App {
	t.Helper()
	a := &app.App{Format: app.Format, ID: "com.example.check", Version: "1.0.0", Name: spec.Text{"en": "Check"},
		Texts: map[string]spec.Text{"half": {"en": "Half"}, "whole": {"en": "Whole", "zh": "整"}}}
	if err := json.Unmarshal(fmt.Appendf(nil, `[{"id":"s","name":{"en":"S"},"width":1000,"height":800%s,"widgets":[%s]}]`, screen, list), &a.Screens); err != nil {
		t.Fatal(err)
	}
	for i := range a.Screens[0].Widgets {
		if w := &a.Screens[0].Widgets[i]; w.ID == "" {
			w.ID = fmt.Sprintf("w%d", i)
		}
	}
	if ps := app.Validate(a, catalogue(t)); ps.Errors() {
		t.Fatal(ps)
	}
	return a
}

const place = `"x":100,"y":100,"w":200,"h":100`

// at is a widget that stands alone.
func at(typ, props string) string {
	return fmt.Sprintf(`{"type":%q,%s,"props":{%s}}`, typ, place, props)
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestRules(t *testing.T) {
	button := func(props, rest string) string {
		return fmt.Sprintf(`{"type":"button",%s,"props":{%s}%s}`, place, props, rest)
	}
	write := func(tag, more string) string {
		return fmt.Sprintf(`,"on":{"click":[{"do":"toggle","tag":%q%s}]}`, tag, more)
	}
	anim := func(typ, props, list string) string {
		return fmt.Sprintf(`{"type":%q,%s,"props":{%s},"animate":[%s]}`, typ, place, props, list)
	}
	cells := func(width string, column, span, row, rows int) string {
		return fmt.Sprintf(`{"type":"text",%s,"cells":{%q:{"column":%d,"span":%d,"row":%d,"rows":%d}}}`, place, width, column, span, row, rows)
	}
	open := `,"on":{"click":[{"do":"open","screen":"s"}]}`
	const w0 = "/screens/0/widgets/0"
	found, mended := map[string]bool{}, map[string]bool{}
	for _, row := range []struct {
		name, screen, widgets string
		want                  []string // code and place
	}{
		{"an empty screen", "", "", nil},
		{"a clean screen", `,"level":2,"ground":"ground"`, at("gauge", `"value":{"tag":"full"}`) + `,{"type":"group","id":"g","x":400,"y":100,"w":300,"h":300,"props":{"fill":"surface"}},
			{"type":"switch","parent":"g","x":10,"y":10,"w":100,"h":44,"props":{"value":{"tag":"on"},"onText":"open","offText":"closed"}},
			{"type":"text","parent":"g","x":10,"y":100,"w":100,"h":20,"props":{"color":"muted"}},
			{"type":"button","parent":"g","x":10,"y":200,"w":100,"h":44,"props":{"label":"Start"},"on":{"click":[{"do":"write","tag":"on","value":true}]}}`, nil},

		{"no range, no unit", "", at("gauge", `"value":{"tag":"bare"}`), []string{"range_missing " + w0 + "/props/low", "unit_missing " + w0 + "/props/unit"}},
		{"range of the widget", "", at("gauge", `"value":{"tag":"bare"},"low":0,"high":10,"unit":"bar"`), nil},
		{"bound end", "", at("bar", `"value":{"tag":"half"},"high":{"tag":"full"}`), nil},
		{"half a range", "", at("analog", `"value":{"tag":"half"}`), []string{"range_missing " + w0 + "/props/high"}},
		{"expression", "", at("bar", `"value":{"expr":"x"},"unit":"bar"`), []string{"range_missing " + w0 + "/props/low"}},
		{"expression of no certain type", "", at("bar", `"value":{"expr":"y"}`), nil},
		{"unknown tag", "", at("bar", `"value":{"tag":"none"}`), nil},
		{"not bound", "", at("bar", ""), nil},
		{"trend makes its own range", "", at("trend", `"value":{"tag":"bare"}`), nil},
		{"value has no range", "", at("value", `"value":{"tag":"full"}`), nil},
		{"value without unit", "", at("value", `"value":{"tag":"bare"}`), []string{"unit_missing " + w0 + "/props/unit"}},
		{"said to have no unit", "", at("value", `"value":{"tag":"bare"},"unit":""`), nil},
		{"count", "", at("value", `"value":{"tag":"count"}`), nil},
		{"words", "", at("value", `"value":{"tag":"text"}`), nil},
		{"a text on a scale", "", at("gauge", `"value":{"tag":"text"},"low":0,"high":1`), []string{"type_mismatch " + w0 + "/props/value"}},
		{"a number that enables", "", at("button", `"label":"Go","enabled":{"tag":"full"}`), []string{"type_mismatch " + w0 + "/props/enabled"}},
		{"a text of a number", "", at("button", `"label":{"tag":"count"}`), nil},
		{"another unit", "", at("gauge", `"value":{"tag":"full"},"unit":"kPa"`), []string{"unit_mismatch " + w0 + "/props/value"}},
		{"setpoint in another unit", "", at("gauge", `"value":{"expr":"x"},"unit":"°C","low":0,"high":1,"setpoint":{"tag":"full"}`), []string{"unit_mismatch " + w0 + "/props/setpoint"}},
		{"hidden", "", strings.Replace(at("gauge", `"value":{"tag":"bare"}`), `"x"`, `"hidden":true,"x"`, 1), nil},
		{"in a hidden group", "", `{"type":"group","id":"g","hidden":true,"x":0,"y":0,"w":400,"h":400},` + strings.Replace(at("gauge", `"value":{"tag":"bare"}`), `"x"`, `"parent":"g","x"`, 1), nil},

		{"ground of its own", `,"ground":"#DDDDDD"`, "", []string{"color_literal /screens/0/ground"}},
		{"fill of its own", "", at("group", `"fill":"#112233"`), []string{"color_literal " + w0 + "/props/fill"}},
		{"misspelt token", "", at("group", `"fill":"surfase"`), []string{"color_literal " + w0 + "/props/fill"}},
		{"no fill", "", at("group", `"fill":"transparent"`), nil},

		{"band on ground", "", at("text", `"color":"band"`), []string{"contrast_low " + w0 + "/props/color"}},
		{"text on the text colour", `,"ground":"text"`, at("text", ""), []string{"contrast_low " + w0 + "/props/color"}},
		{"fill of the outer group", "", `{"type":"group","id":"g","x":0,"y":0,"w":400,"h":400,"props":{"fill":"text"}},{"type":"group","id":"h","parent":"g","x":0,"y":0,"w":400,"h":400},{"type":"text","parent":"h","x":0,"y":0,"w":40,"h":40}`, []string{"contrast_low /screens/0/widgets/2/props/color"}},
		{"unreadable in the dark only", "", at("text", `"color":"#1E1E1E"`), []string{"color_literal " + w0 + "/props/color", "contrast_low " + w0 + "/props/color"}},
		{"half transparent is not judged", "", at("text", `"color":"#80808080"`), []string{"color_literal " + w0 + "/props/color"}},

		{"same words", "", at("lamp", `"value":{"tag":"on"},"onText":"Pump","offText":" pump"`), []string{"states_alike " + w0 + "/props/onText"}},
		{"words of their own", "", at("lamp", `"value":{"tag":"on"}`), nil},

		{"switch on an overview", `,"level":1`, at("switch", `"value":{"tag":"on"}`), []string{"control_on_overview " + w0}},
		{"write on an overview", `,"level":1`, button(`"label":"Start"`, write("on", "")), []string{"control_on_overview " + w0}},
		{"navigation on an overview", `,"level":1`, button(`"label":"Area"`, open), nil},
		{"display of a writable tag on an overview", `,"level":1`, at("value", `"value":{"tag":"full"}`), nil},

		{"switch that does not ask", "", at("switch", `"value":{"tag":"free"}`), []string{"write_unconfirmed " + w0 + "/props/value"}},
		{"action that does not ask", "", button(`"label":"Start"`, write("free", "")), []string{"write_unconfirmed " + w0 + "/on/click/0/confirm"}},
		{"action that asks", "", button(`"label":"Start"`, write("free", `,"confirm":"Start?"`)), nil},
		{"tag that wants a reason", "", button(`"label":"Start"`, write("reason", "")), nil},

		{"low button", "", `{"type":"button","x":0,"y":0,"w":44,"h":43.5,"props":{"label":"Go"}}`, []string{"target_small " + w0 + "/h"}},
		{"narrow picture with an action", "", `{"type":"image","x":0,"y":0,"w":40,"h":40,"props":{"label":"Go"}` + open + `}`, []string{"target_small " + w0 + "/w"}},
		{"small picture", "", `{"type":"image","x":0,"y":0,"w":8,"h":8}`, nil},

		{"text over a button", "", button(`"label":"Go"`, "") + `,{"type":"text","x":290,"y":190,"w":50,"h":50}`, []string{"control_covered " + w0}},
		{"text left of a button and over it", "", button(`"label":"Go"`, "") + `,{"type":"text","x":50,"y":110,"w":100,"h":50}`, []string{"control_covered " + w0}},
		{"text under a button", "", `{"type":"text","x":290,"y":190,"w":50,"h":50},` + button(`"label":"Go"`, ""), nil},
		{"edges that touch", "", button(`"label":"Go"`, "") + `,{"type":"text","x":300,"y":100,"w":50,"h":50}`, nil},
		{"texts overlap", "", at("text", "") + "," + at("text", ""), nil},
		{"frame over a button", "", button(`"label":"Go"`, "") + `,{"type":"group","x":90,"y":90,"w":250,"h":250,"props":{"border":true}}`, nil},
		{"filled group over a button", "", button(`"label":"Go"`, "") + `,{"type":"group","x":90,"y":90,"w":250,"h":250,"props":{"fill":"surface"}}`, []string{"control_covered " + w0}},
		{"drawn later in the document, but in a lower group", "", `{"type":"group","id":"g","x":0,"y":0,"w":400,"h":400},` + button(`"label":"Go"`, "") + `,{"type":"text","parent":"g","x":110,"y":110,"w":50,"h":50}`, nil},

		{"beyond the right", "", `{"type":"text","x":950,"y":0,"w":51,"h":20}`, []string{"widget_outside " + w0 + "/x"}},
		{"beyond the top", "", `{"type":"text","x":0,"y":-1,"w":50,"h":20}`, []string{"widget_outside " + w0 + "/y"}},
		{"at the edge", "", `{"type":"text","x":950,"y":780,"w":50,"h":20}`, nil},
		{"group and what is in it", "", `{"type":"group","id":"g","x":900,"y":0,"w":200,"h":200},{"type":"text","parent":"g","x":110,"y":0,"w":50,"h":20}`, []string{"widget_outside " + w0 + "/x"}},
		{"only what is in a group", "", `{"type":"group","id":"g","x":800,"y":0,"w":200,"h":200},{"type":"text","parent":"g","x":190,"y":0,"w":50,"h":20}`, []string{"widget_outside /screens/0/widgets/1/x"}},

		{"turned beyond the bottom", "", `{"type":"text","x":100,"y":700,"w":300,"h":20,"rotate":90}`, []string{"widget_outside " + w0 + "/y"}},
		{"turned within", "", `{"type":"text","x":-100,"y":300,"w":300,"h":20,"rotate":90}`, nil},
		{"a page flows", `,"layout":"page"`, `{"type":"text","x":990,"y":0,"w":50,"h":20},` + button(`"label":"Go"`, "") + "," + at("text", ""), nil},

		{"places on a page", `,"layout":"page"`, cells("large", 0, 6, 0, 10) + "," + cells("large", 6, 6, 0, 10) + "," + cells("large", 0, 12, 10, 4), nil},
		{"upon each other on a page", `,"layout":"page"`, cells("large", 0, 6, 0, 10) + "," + cells("large", 5, 6, 9, 10), []string{"cells_overlap /screens/0/widgets/1/cells"}},
		{"upon each other on a canvas", "", cells("large", 0, 6, 0, 10) + "," + cells("large", 5, 6, 9, 10), nil},
		{"a medium page of its own", `,"layout":"page"`, cells("medium", 0, 6, 0, 10) + "," + cells("large", 5, 6, 9, 10), []string{"cells_overlap /screens/0/widgets/1/cells"}},

		{"value that blinks", "", anim("value", `"value":{"tag":"full"}`, `{"what":"blink","by":{"tag":"on"}}`), []string{"motion_normal " + w0 + "/animate/0"}},
		{"blinks when no step fits", "", anim("text", "", `{"what":"blink","by":{"tag":"full"},"steps":[{"from":9,"set":false}],"else":true}`), []string{"motion_normal " + w0 + "/animate/0/else"}},
		{"blinks always", "", anim("text", "", `{"what":"blink","by":{"expr":"true"}},{"what":"visible","by":{"tag":"on"}}`), []string{"motion_normal " + w0 + "/animate/0"}},
		{"blinks while a command is on", "", anim("text", "", `{"what":"blink","by":{"tag":"on"}}`), []string{"motion_normal " + w0 + "/animate/0"}},
		{"blinks beyond a limit", "", anim("text", "", `{"what":"blink","by":{"tag":"full"},"steps":[{"from":9,"set":true}]}`), nil},

		{"states by colour", "", anim("rectangle", "", `{"what":"fill","by":{"tag":"on"},"steps":[{"is":true,"set":"lit"},{"is":false,"set":"unlit"}]}`), []string{"states_color " + w0 + "/animate/0"}},
		{"states by colour and more", "", anim("rectangle", "", `{"what":"fill","by":{"tag":"on"},"steps":[{"is":true,"set":"lit"},{"is":false,"set":"unlit"}]},{"what":"visible","by":{"tag":"on"}}`), nil},
		{"a text beside the colour", "", anim("text", `"text":{"tag":"text"}`, `{"what":"color","by":{"tag":"on"},"steps":[{"is":true,"set":"text"},{"is":false,"set":"muted"}]}`), nil},
		{"colours of its own in steps", "", anim("rectangle", "", `{"what":"fill","by":{"tag":"on"},"steps":[{"is":true,"set":"#112233"}],"else":"#112233"}`), []string{"color_literal " + w0 + "/animate/0/steps/0/set", "color_literal " + w0 + "/animate/0/else"}},
		{"seen beyond the edge with its group", "", `{"type":"group","id":"g","x":100,"y":0,"w":200,"h":100,"flip":"x"},{"type":"text","parent":"g","x":350,"y":30,"w":100,"h":40,"props":{"text":"T"}}`, []string{"widget_outside /screens/0/widgets/1/x"}},
		{"seen on the screen with its group", "", `{"type":"group","id":"g","x":700,"y":0,"w":200,"h":100,"flip":"x"},{"type":"text","parent":"g","x":150,"y":30,"w":200,"h":40,"props":{"text":"T"}}`, nil},
		{"one colour", "", anim("rectangle", "", `{"what":"fill","by":{"tag":"on"},"steps":[{"is":true,"set":"lit"}],"else":"lit"}`), nil},

		{"key that writes without asking", `,"on":{"key:F2":[{"do":"add","tag":"free","value":1}]}`, "", []string{"write_unconfirmed /screens/0/on/key:F2/0/confirm"}},
		{"action that asks for a reason", "", button(`"label":"Start"`, write("free", `,"reason":true`)), nil},

		{"button as it was dropped", "", button("", ""), []string{"label_missing " + w0 + "/props/label"}},
		{"button without words", "", button(`"label":" "`, ""), []string{"label_missing " + w0 + "/props/label"}},
		{"text without Chinese", "", at("text", `"text":{"text":"half"}`), []string{"translation_missing " + w0 + "/props/text"}},
		{"text in both languages", "", at("text", `"text":{"text":"whole"}`), nil},
		{"label by key", "", button(`"label":{"text":"whole"}`, ""), nil},
		{"bound label", "", button(`"label":{"tag":"text"}`, ""), nil},
		{"title of the tag", "", at("setpoint", `"value":{"tag":"full"}`), nil},
		{"tag without title", "", at("setpoint", `"value":{"tag":"half"}`), []string{"label_missing " + w0 + "/props/label"}},
		{"unknown tag gives no label", "", at("setpoint", `"value":{"tag":"none"}`), nil},
	} {
		doc := parse(t, row.screen, row.widgets)
		env := Env{catalogue(t), known}
		ps := App(doc, env)
		var got []string
		for i, p := range ps {
			got = append(got, p.Code+" "+p.At)
			found[p.Code] = true
			if zh := ps.In("zh")[i]; p.Severity != spec.Warning || !han(zh.Message) || !han(zh.Hint) || strings.Contains(zh.Message, "{") {
				t.Errorf("%s: %+v, in Chinese %+v", row.name, p, zh)
			}
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s:\n got %q\nwant %q", row.name, got, row.want)
		}
		for _, p := range ps {
			if p.Fix == nil {
				continue
			}
			mended[p.Code] = true
			if after := fixed(t, doc, p.Fix); count(App(after, env), p.Code) >= count(ps, p.Code) {
				t.Errorf("%s: the fix %v of %s mends nothing", row.name, p.Fix, p.Code)
			}
			if p.Fix.Title["en"] == "" || !han(p.Fix.Title["zh"]) {
				t.Errorf("%s: %v", row.name, p.Fix.Title)
			}
		}
		whole := func(a *app.App) spec.Problems { return App(a, env) }
		if _, done, left, err := Mend(doc, whole); err != nil || slices.ContainsFunc(left, func(p *spec.Problem) bool { return p.Fix != nil }) {
			t.Errorf("%s: mended %v, left %v: %v", row.name, done, left, err)
		}
	}
	for _, r := range Rules() {
		if !found[r.Code] {
			t.Errorf("no row finds %s", r.Code)
		}
		if mended[r.Code] != (r.Fix != nil) || r.Fix != nil && (r.Fix["en"] == "" || !han(r.Fix["zh"])) {
			t.Errorf("%s: a fix is offered: %v, told: %v", r.Code, mended[r.Code], r.Fix)
		}
		for _, text := range []spec.Text{r.Title, r.Why} {
			if text["en"] == "" || !han(text["zh"]) {
				t.Errorf("%s: %v", r.Code, text)
			}
		}
	}
}

// fixed is the app after a fix; it must still be valid.
func fixed(t testing.TB, a *app.App, f *spec.Fix) *app.App {
	t.Helper()
	content, err := app.Canonical(a)
	if err != nil {
		t.Fatal(err)
	}
	if content, err = spec.Apply(content, f.Patch); err != nil {
		t.Fatalf("%v: %v", f, err)
	}
	after, ps := app.Check(content, catalogue(t))
	if ps.Errors() {
		t.Fatalf("%v breaks the document: %v", f, ps)
	}
	return after
}

func count(ps spec.Problems, code string) (n int) {
	for _, p := range ps {
		if p.Code == code {
			n++
		}
	}
	return n
}

// What is chosen for a fix.
func TestFixes(t *testing.T) {
	env := Env{catalogue(t), known}
	for _, row := range []struct{ name, screen, widgets, code, want string }{
		{"nearest fill", "", at("group", `"fill":"#EEEEEE"`), "color_literal", `[{"op":"replace","path":"/screens/0/widgets/0/props/fill","value":"surface"}]`},
		{"no alarm colour", "", at("group", `"fill":"#FF0000"`), "color_literal", `[{"op":"replace","path":"/screens/0/widgets/0/props/fill","value":"unlit"}]`},
		{"misspelt", "", at("group", `"fill":"surfase"`), "color_literal", `[{"op":"replace","path":"/screens/0/widgets/0/props/fill","value":"surface"}]`},
		{"text that can be read", "", at("text", `"color":"band"`), "contrast_low", `[{"op":"add","path":"/screens/0/widgets/0/props/color","value":"interactive"}]`},
		{"half a range", "", at("bar", `"value":{"tag":"half"}`), "range_missing", `[{"op":"add","path":"/screens/0/widgets/0/props/high","value":100}]`},
		{"no unit", "", at("value", `"value":{"tag":"bare"}`), "unit_missing", `[{"op":"add","path":"/screens/0/widgets/0/props/unit","value":""}]`},
		{"at the right edge", "", `{"type":"button","x":980,"y":0,"w":20,"h":50,"props":{"label":"Go"}}`, "target_small", `[{"op":"replace","path":"/screens/0/widgets/0/w","value":44},{"op":"replace","path":"/screens/0/widgets/0/x","value":956}]`},
		{"over the corner", "", `{"type":"text","x":990,"y":-20,"w":50,"h":20}`, "widget_outside", `[{"op":"replace","path":"/screens/0/widgets/0/x","value":950},{"op":"replace","path":"/screens/0/widgets/0/y","value":0}]`},
		{"question", "", `{"type":"button",` + place + `,"props":{"label":"Go"},"on":{"click":[{"do":"write","tag":"free","value":true}]}}`, "write_unconfirmed", `[{"op":"add","path":"/screens/0/widgets/0/on/click/0/confirm","value":"Pump → true?"}]`},
		{"name of the tag", "", `{"type":"button",` + place + `,"on":{"click":[{"do":"toggle","tag":"on"}]}}`, "label_missing", `[{"op":"add","path":"/screens/0/widgets/0/props","value":{"label":"Pump"}}]`},
		{"name of the screen", "", `{"type":"button",` + place + `,"on":{"click":[{"do":"open","screen":"s"}]}}`, "label_missing", `[{"op":"add","path":"/screens/0/widgets/0/props","value":{"label":"S"}}]`},
		{"to the front", "", at("button", `"label":"Go"`) + "," + at("text", ""), "control_covered", `[{"op":"move","path":"/screens/0/widgets/1","from":"/screens/0/widgets/0"}]`},
	} {
		for _, p := range App(parse(t, row.screen, row.widgets), env) {
			if p.Code != row.code {
				continue
			}
			var patch strings.Builder
			enc := json.NewEncoder(&patch)
			enc.SetEscapeHTML(false)
			if p.Fix != nil {
				_ = enc.Encode(p.Fix.Patch)
			}
			if got := strings.TrimSpace(patch.String()); got != row.want {
				t.Errorf("%s:\n got %s\nwant %s", row.name, got, row.want)
			}
		}
	}
}

// TestDifference: rows of the table that Sharma, Wu and Dalal publish with the formula.
func TestDifference(t *testing.T) {
	for _, row := range []struct {
		a, b lab
		want float64
	}{
		{lab{50, 2.6772, -79.7751}, lab{50, 0, -82.7485}, 2.0425},
		{lab{50, 0, 0}, lab{50, -1, 2}, 2.3669},
		{lab{50, 2.49, -0.001}, lab{50, -2.49, 0.0011}, 7.2195},
		{lab{50, 2.5, 0}, lab{58, 24, 15}, 19.4535},
		{lab{60.2574, -34.0099, 36.2677}, lab{60.4626, -34.1751, 39.4387}, 1.2644},
		{lab{2.0776, 0.0795, -1.135}, lab{0.9033, -0.0636, -0.5514}, 0.9082},
	} {
		if got := difference(row.a, row.b); math.Abs(got-row.want) > 5e-5 {
			t.Errorf("%v, %v: %.4f, not %.4f", row.a, row.b, got, row.want)
		}
	}
}

// Without a plant the rules that need one find nothing, and the others what they find with it.
func TestWithoutPlant(t *testing.T) {
	a := parse(t, "", at("gauge", `"value":{"tag":"bare"}`)+`,{"type":"bar","x":700,"y":500,"w":50,"h":50,"props":{"label":"L","value":{"tag":"full"},"unit":"kPa","setpoint":{"tag":"text"}}},{"type":"switch","x":500,"y":500,"w":100,"h":20,"props":{"value":{"tag":"free"}}}`)
	if ps := App(a, Env{Catalogue: catalogue(t)}); len(ps) != 1 || ps[0].Code != "target_small" {
		t.Errorf("%v", ps)
	}
	needing := map[string]bool{}
	for _, p := range App(a, Env{catalogue(t), known}) {
		needing[p.Code] = true
	}
	for _, r := range Rules() {
		if r.Plant != (needing[r.Code] && r.Code != "target_small") {
			t.Errorf("%s: Plant is %v", r.Code, r.Plant)
		}
	}
}

func TestContrast(t *testing.T) {
	for _, row := range []struct {
		a, b string
		want float64
	}{{"#000000", "#FFFFFF", 21}, {"#777777", "#FFFFFF", 4.48}, {"#FF0000", "#FFFFFF", 4.0}, {"#FFFFFFFF", "#0000FF", 8.59}} {
		if c, ok := contrast(row.a, row.b, 0); !ok || c < row.want-0.01 || c > row.want+0.01 {
			t.Errorf("%s on %s: %v", row.a, row.b, c)
		}
	}
}

func TestFindingsAreCapped(t *testing.T) {
	list := strings.Repeat(`{"type":"button","x":0,"y":0,"w":8,"h":8},`, 600)
	ps := App(parse(t, "", strings.TrimSuffix(list, ",")), Env{catalogue(t), known})
	if len(ps) != maxFindings+1 || ps[maxFindings].Code != "too_many_problems" || ps.Errors() {
		t.Errorf("%d findings, last %v", len(ps), ps[len(ps)-1])
	}
}

// BenchmarkApp2000 lints a screen of 2,000 widgets, a third of them controls (goal: 10 ms).
func BenchmarkApp2000(b *testing.B) {
	var list strings.Builder
	for i := range 2000 {
		if i > 0 {
			list.WriteByte(',')
		}
		typ, props := "gauge", `"value":{"tag":"full"},"label":"Pressure"`
		switch i % 3 {
		case 1:
			typ, props = "switch", `"value":{"tag":"on"},"onText":"open","offText":"closed"`
		case 2:
			typ, props = "text", `"text":"Pump","color":"muted"`
		}
		fmt.Fprintf(&list, `{"type":%q,"x":%d,"y":%d,"w":50,"h":50,"props":{%s}}`, typ, i%50*50, i/50*50, props)
	}
	a := parse(b, "", list.String())
	a.Screens[0].Width, a.Screens[0].Height = 2500, 2000
	env := Env{catalogue(b), known}
	for b.Loop() {
		if ps := App(a, env); len(ps) > 0 {
			b.Fatal(ps)
		}
	}
}
