package expression

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestRenameInRollups(t *testing.T) {
	pumps := func(model string) bool { return model == "" || strings.HasPrefix(model, "pump") }
	for _, row := range []struct {
		text, want string
		count      int
		self       bool
	}{
		{`sumOf("pump", "speed") + sumOf('pump2', 'speed')`, `sumOf("pump", "rpm") + sumOf('pump2', 'rpm')`, 2, false},
		{`sumOf("fan", "speed") + countOf("pump")`, `sumOf("fan", "speed") + countOf("pump")`, 0, false},
		{`tag("./speed") + tag("speed") + tag("../speed")`, `tag("./rpm") + tag("speed") + tag("../speed")`, 1, true},
		{`tag("./speed")`, `tag("./speed")`, 0, false},
		{`sumOf(related(".", "feeds"), "speed") + sumOf(related("speed", "speed"), "power")`, `sumOf(related(".", "feeds"), "rpm") + sumOf(related("speed", "speed"), "power")`, 1, false},
		{`"speed" | meanOf("pump")`, `"speed" | meanOf("pump")`, 0, false},
	} {
		if got, n, err := RenameProperty(row.text, pumps, row.self, "speed", "rpm"); got != row.want || n != row.count || err != nil {
			t.Errorf("%s became %s, %d, %v", row.text, got, n, err)
		}
	}
	if got, n, err := RenameModel(`sumOf("pump", "pump") + countOf("pump") + tag("pump")`, "pump", "fan"); got != `sumOf("fan", "pump") + countOf("fan") + tag("pump")` || n != 2 || err != nil {
		t.Errorf("%s, %d, %v", got, n, err)
	}
	move := func(path string) (string, bool) { return "x/" + path, strings.HasPrefix(path, "a") }
	if got, n, err := RenameTags(`tag("a/b") + tag("b/a") + tag('a') + "a"`, move); got != `tag("x/a/b") + tag("b/a") + tag('x/a') + "a"` || n != 2 || err != nil {
		t.Errorf("%s, %d, %v", got, n, err)
	}
	if got, n, err := Rename(`sumOf(related("line1/p1", "feeds"), "flow") + attribute('line1/p1', "k") + tag("line1/p1/x")`, Area, "line1/p1", "line2/p9"); got != `sumOf(related("line2/p9", "feeds"), "flow") + attribute('line2/p9', "k") + tag("line2/p9/x")` || n != 3 || err != nil {
		t.Errorf("%s, %d, %v", got, n, err)
	}
	for _, kind := range []Kind{Tag, Area} {
		if got, n, _ := Rename(`tag("./speed")`, kind, ".", "x"); n != 0 {
			t.Errorf("a relative path was renamed to %s", got)
		}
	}
}

func TestRollups(t *testing.T) {
	types := map[tag.Path]tag.Type{}
	var members []tag.Path
	base := tag.Path("line1/p1")
	env := Env{Base: &base, Tags: func(p tag.Path) (tag.Type, bool) { typ, ok := types[p]; return typ, ok }, Members: func(of Selection) ([]tag.Path, *spec.Problem) {
		if of.Model != "pump" && of.Relation != "feeds" {
			return nil, &spec.Problem{Code: "model_unknown", At: "/model", Message: "no"}
		}
		return members, nil
	}}
	for i := range 3000 {
		p := tag.Path(fmt.Sprintf("p%d/power", i))
		members, types[p] = append(members, p), tag.Int
	}
	types["line1/p1/speed"], types["line1/level"] = tag.Float, tag.Float
	eval := func(text string, value tag.Value) tag.Sample {
		t.Helper()
		p, err := Compile(text, env)
		if err != nil {
			t.Fatal(err)
		}
		in := make([]tag.Sample, len(p.Tags()))
		for i := range in {
			in[i].Value = value
		}
		return p.Eval(in, nil)
	}
	// The bounds of a text do not bound what a roll-up is over.
	if s := eval(`sumOf("pump", "power") + tag("p7/power")`, tag.OfInt(2)); s.Value.Int() != 6002 {
		t.Errorf("%v", s)
	}
	if s := eval(`sumOf("pump", "power")`, tag.OfInt(1<<62)); s.Quality != tag.BadOutOfRange {
		t.Errorf("an overflow is %v", s)
	}
	a, _ := Compile(`countOf("pump")`, env)
	if s := eval(`tag("./speed") + tag("../level")`, tag.OfFloat(1.5)); s.Value.Float() != 3 {
		t.Errorf("%v", s)
	}
	members = members[:2]
	b, _ := Compile(`countOf("pump")`, env)
	c, _ := Compile(`countOf("pump")`, env)
	if a.Same(b) || !b.Same(c) {
		t.Error("programs over other members are the same, or those over the same differ")
	}
	members = nil
	if s := eval(`sumOf("pump", "power")`, tag.Value{}); s.Value.Int() != 0 || s.Quality.IsBad() {
		t.Errorf("the sum of nothing is %v", s)
	}
	if s := eval(`maxOf("pump", "power")`, tag.Value{}); s.Quality != tag.BadNoData {
		t.Errorf("the largest of nothing is %v", s)
	}
	if got := Rollups(`sumOf("a", "b") > countOf("c") ? sum(1, 2) : maxOf("a", "d")`); !slices.Equal(got, []Rollup{{"a", "b"}, {"c", ""}, {"a", "d"}}) {
		t.Errorf("%v", got)
	}
	for text, code := range map[string]string{
		`sumOf("fan", "power")`:          "model_unknown",
		`sumOf(tag("./speed"), "power")`: "expression_type",
		`sumOf("pump")`:                  "expression_type",
		`tag("../../../x")`:              "tag_path",
		`tag("./nothing")`:               "tag_unknown",
	} {
		_, err := Compile(text, env)
		var ps spec.Problems
		if !errors.As(err, &ps) || ps[0].Code != code {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, text := range []string{`sumOf("pump", "power")`, `tag("./speed")`} {
		if _, err := Compile(text, Env{}); err == nil {
			t.Errorf("%s has a meaning without a place", text)
		}
	}
}
