package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/widgets"
)

func shipped(t *testing.T) widgets.Catalogue {
	t.Helper()
	c, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Every mistake in what stands in for inputs of embedded screens is told with its place.
func TestEmbeddedScreensAreChecked(t *testing.T) {
	for _, row := range []struct{ name, widget, code, at string }{
		{"right", `"type":"screen","props":{"screen":"face","inputs/pump":"line/p1","inputs/limit":3,"inputs/level":{"tag":"line/level"}}`, "", ""},
		{"bound", `"type":"screen","props":{"screen":"face","inputs/pump":{"expr":"\"line/p\" + \"1\""}}`, "", ""},
		{"another app", `"type":"screen","props":{"app":"other","screen":"elsewhere","inputs/any":"x"}`, "", ""},
		{"screen unknown", `"type":"screen","props":{"screen":"fase"}`, "screen_unknown", "/props/screen"},
		{"input unknown", `"type":"screen","props":{"screen":"face","inputs/pomp":"line/p1"}`, "input_unknown", "/props/inputs~1pomp"},
		{"wrong type", `"type":"screen","props":{"screen":"face","inputs/limit":"high"}`, "value_type", "/props/inputs~1limit"},
		{"no path", `"type":"screen","props":{"screen":"face","inputs/pump":"//"}`, "tag_path", "/props/inputs~1pump"},
		{"no app", `"type":"screen","props":{"app":"a b","screen":"face"}`, "id_form", "/props/app"},
		{"circle", `"type":"screen","props":{"screen":"main"}`, "screen_circle", "/props/screen"},
		{"repeat", `"type":"repeat","props":{"screen":"face","input":"pump","area":"line"}`, "", ""},
		{"no input", `"type":"repeat","props":{"screen":"face"}`, "value_missing", "/props/input"},
		{"input of another kind", `"type":"repeat","props":{"screen":"face","input":"limit"}`, "value_type", "/props/input"},
		{"too many", `"type":"repeat","props":{"screen":"face","over":"number","count":10001}`, "value_range", "/props/count"},
		{"rows", `"type":"repeat","props":{"screen":"face","over":"rows","rows":[{"pump":"line/p1"},{"limit":4}]}`, "", ""},
		{"row of another type", `"type":"repeat","props":{"screen":"face","over":"rows","rows":[{"limit":"x"}]}`, "value_type", "/props/rows/0/limit"},
		{"row with a binding", `"type":"repeat","props":{"screen":"face","over":"rows","rows":[{"limit":{"expr":"1"}}]}`, "value_type", "/props/rows/0/limit"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ps := check([]byte(embedding(row.widget)), shipped(t))
			for _, p := range ps {
				if p.Code == row.code && p.At == "/screens/0/widgets/0"+row.at && p.Hint != "" {
					return
				}
			}
			if row.code != "" || len(ps) > 0 {
				t.Errorf("%v, want %q", ps, row.code)
			}
		})
	}
}

func embedding(widget string) string {
	return fmt.Sprintf(`{"format":2,"id":"a.b","version":"1.0.0","name":{"en":"A"},
		"inputs":[{"id":"pump","kind":"asset","model":"pump"},{"id":"limit","kind":"parameter","type":"float"},{"id":"level","kind":"tag","type":"float"}],
		"screens":[
			{"id":"main","name":{"en":"M"},"width":800,"height":600,"widgets":[{"id":"w","x":0,"y":0,"w":100,"h":100,%s}]},
			{"id":"face","name":{"en":"F"},"width":200,"height":100,"widgets":[]}]}`, widget)
}

// Screens may lie in one another, but not in themselves, and not without end.
func TestScreensLieSoDeep(t *testing.T) {
	chain := func(n int) string {
		var screens []string
		for i := range n + 1 {
			inside := ""
			if i < n {
				inside = fmt.Sprintf(`{"id":"w","type":"screen","x":0,"y":0,"w":10,"h":10,"props":{"screen":"s%d"}}`, i+1)
			}
			screens = append(screens, fmt.Sprintf(`{"id":"s%d","name":{"en":"S"},"width":100,"height":100,"widgets":[%s]}`, i, inside))
		}
		return `{"format":2,"id":"a.b","version":"1.0.0","name":{"en":"A"},"screens":[` + strings.Join(screens, ",") + `]}`
	}
	if ps := check([]byte(chain(MaxEmbedded)), shipped(t)); len(ps) > 0 {
		t.Errorf("%d deep: %v", MaxEmbedded, ps)
	}
	if ps := check([]byte(chain(MaxEmbedded+1)), shipped(t)); len(ps) != 1 || ps[0].Code != "screen_depth" {
		t.Errorf("%d deep: %v", MaxEmbedded+1, ps)
	}
}

// A rename follows into what stands in for inputs: the input, the asset, the screen.
func TestRenameFollowsIntoEmbedded(t *testing.T) {
	var a App
	if err := json.Unmarshal([]byte(embedding(`"type":"repeat","props":{"screen":"face","input":"pump","area":"line","inputs/limit":3,"rows":[{"pump":"line/p1"}]}`)), &a); err != nil {
		t.Fatal(err)
	}
	rename := func(text, _, _, _ string) (string, int, error) { return text, 0, nil }
	for _, row := range []struct {
		of   Target
		to   string
		want string
	}{
		{Target{Kind: "input", ID: "pump"}, "machine", `"input":"machine"`},
		{Target{Kind: "input", ID: "pump"}, "machine", `[{"machine":"line/p1"}]`},
		{Target{Kind: "input", ID: "limit"}, "most", `"inputs/most":3`},
		{Target{Kind: "area", ID: "line"}, "hall", `"area":"hall"`},
		{Target{Kind: "area", ID: "line"}, "hall", `[{"pump":"hall/p1"}]`},
		{Target{Kind: "screen", ID: "face"}, "front", `"screen":"front"`},
	} {
		next, found := &a, References(&a, row.of, rename)
		if row.of.Kind == "area" {
			copied, err := a.copy()
			if err != nil {
				t.Fatal(err)
			}
			tr := newTracer(copied, row.of, row.to, rename)
			tr.app()
			next = copied
		} else {
			var err error
			if next, _, err = Rename(&a, row.of, row.to, rename); err != nil {
				t.Fatal(err)
			}
		}
		if text := string(mustJSON(next.Screens[0].Widgets[0].Props)); !strings.Contains(text, row.want) || len(found) == 0 {
			t.Errorf("%s %s → %s: %s (%d places)", row.of.Kind, row.of.ID, row.to, text, len(found))
		}
	}
}
