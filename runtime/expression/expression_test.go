package expression

import (
	"encoding/json"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// given reads the value of a test tag: JSON, or the name of a quality.
func given(t testing.TB, text string) tag.Sample {
	t.Helper()
	if v, err := tag.Parse([]byte(text), tag.None); err == nil {
		return tag.Sample{Value: v, Source: tag.Now(), Server: tag.Now()}
	}
	for q, name := range tag.QualityNames() {
		if name == text {
			return tag.Sample{Quality: q}
		}
	}
	t.Fatalf("%q is neither JSON nor a quality", text)
	return tag.Sample{}
}

// evaluate compiles and evaluates. A tag that is bad is a float; what begins with "$" is a
// variable.
func evaluate(t testing.TB, text string, tags map[string]string) (tag.Sample, *Program, error) {
	t.Helper()
	samples := map[string]tag.Sample{}
	vars := map[string]tag.Type{}
	typeOf := func(s tag.Sample) tag.Type {
		if s.Value.IsNone() {
			return tag.Float
		}
		return s.Value.Type()
	}
	for name, text := range tags {
		s := given(t, text)
		if name, ok := strings.CutPrefix(name, "$"); ok {
			vars[name] = typeOf(s)
		}
		samples[name] = s
	}
	p, err := Compile(text, Env{Vars: vars, Tags: func(p tag.Path) (tag.Type, bool) {
		s, ok := samples[string(p)]
		return typeOf(s), ok
	}, Past: func(Past) *spec.Problem { return nil }, Attribute: func(_, key string) (string, bool, *spec.Problem) { return "KSB", key == "supplier", nil }, Members: func(of Selection) (out []tag.Path, _ *spec.Problem) {
		for _, path := range slices.Sorted(maps.Keys(samples)) {
			if p := tag.Path(path); strings.HasPrefix(path, of.Model) && (of.Property == "" || p.Name() == of.Property) {
				out = append(out, p)
			}
		}
		return out, nil
	}})
	if err != nil {
		return tag.Sample{}, nil, err
	}
	var in, vs []tag.Sample
	for _, path := range p.Tags() {
		in = append(in, samples[string(path)])
	}
	for _, name := range p.Vars() {
		vs = append(vs, samples["$"+name])
	}
	return p.Eval(in, vs), p, nil
}

func show(s tag.Sample) string {
	if s.Quality.IsBad() {
		if !s.Value.IsNone() {
			return "value with " + s.Quality.String()
		}
		return s.Quality.String()
	}
	out := string(s.Value.AppendJSON(nil))
	if s.Quality != tag.Good {
		out += " " + s.Quality.String()
	}
	return out
}

func TestExamplesOfFunctions(t *testing.T) {
	for _, f := range Functions() {
		t.Run(f.Name, func(t *testing.T) {
			if f.Signature == "" || f.Summary["en"] == "" || f.Summary["zh"] == "" || len(f.Examples) == 0 {
				t.Fatal("not described")
			}
			for _, e := range f.Examples {
				s, _, err := evaluate(t, e.Text, e.Tags)
				if err != nil {
					t.Fatalf("%s: %v", e.Text, err)
				}
				if got := show(s); got != e.Result {
					t.Errorf("%s with %v is %s, not %s", e.Text, e.Tags, got, e.Result)
				}
			}
		})
	}
}

func TestEval(t *testing.T) {
	const bad = "BadTimeout"
	for _, row := range []struct {
		text string
		tags map[string]string
		want string
	}{
		// numbers
		{`1 + 2 * 3`, nil, "7"},
		{`7 / 2`, nil, "3.5"},
		{`6 / 2`, nil, "3"},
		{`7 % 3`, nil, "1"},
		{`2 ** 3`, nil, "8"},
		{`1 + 2.5`, nil, "3.5"},
		{`-tag("i") + 1`, map[string]string{"i": "5"}, "-4"},
		{`tag("i") / tag("f")`, map[string]string{"i": "5", "f": "2.0"}, "2.5"},
		{`tag("f") / tag("i")`, map[string]string{"i": "0", "f": "2.0"}, "BadOutOfRange"},
		{`tag("i") % tag("i")`, map[string]string{"i": "0"}, "BadOutOfRange"},
		{`tag("i") + 1`, map[string]string{"i": "9223372036854775807"}, "BadOutOfRange"},
		{`tag("i") - 1`, map[string]string{"i": "-9223372036854775808"}, "BadOutOfRange"},
		{`tag("i") + -1`, map[string]string{"i": "9223372036854775807"}, `"9223372036854775806"`},
		{`-tag("i")`, map[string]string{"i": "-9223372036854775808"}, "BadOutOfRange"},
		{`tag("i") * 2`, map[string]string{"i": "4611686018427387904"}, "BadOutOfRange"},
		{`tag("i") * 2`, map[string]string{"i": "-4611686018427387904"}, `"-9223372036854775808"`},
		{`tag("i") * -1`, map[string]string{"i": "-9223372036854775808"}, "BadOutOfRange"},
		{`tag("f") * 1e200`, map[string]string{"f": "1e200"}, "BadOutOfRange"},
		{`tag("i") == 2.0`, map[string]string{"i": "2"}, "true"},
		{`0 < tag("i") <= 2`, map[string]string{"i": "2"}, "true"},
		// logic and text
		{`not tag("b") or tag("b")`, map[string]string{"b": "true"}, "true"},
		{`tag("s") + "-" + string(tag("i"))`, map[string]string{"s": `"a"`, "i": "1"}, `"a-1"`},
		{`tag("s") < "b" ? "low" : "high"`, map[string]string{"s": `"a"`}, `"low"`},
		{`tag("s")[1:3]`, map[string]string{"s": `"线边机器"`}, `"边机"`},
		{`let x = tag("i") * 2; x > 5 ? x : 0`, map[string]string{"i": "3"}, "6"},
		{`let x = tag("a"); let y = tag("b"); x > y ? x - y : 0.0`, map[string]string{"a": "3.5", "b": "1.0"}, "2.5"},
		// variables
		{`value / 10`, map[string]string{"$value": "25"}, "2.5"},
		{`motor.speed > limitHigh`, map[string]string{"$motor.speed": "25", "$limitHigh": "24.5"}, "true"},
		// quality: the worst of what was read
		{`tag("x")`, map[string]string{"x": bad}, bad},
		{`tag("x") + 1`, map[string]string{"x": bad}, bad},
		{`tag("b") ? tag("f") : tag("x")`, map[string]string{"b": "true", "f": "1.5", "x": bad}, "1.5"},
		{`tag("b") ? tag("f") : tag("x")`, map[string]string{"b": "false", "f": "1.5", "x": bad}, bad},
		{`tag("b") && tag("x") > 1`, map[string]string{"b": "false", "x": bad}, "false"},
		{`tag("b") && tag("x") > 1`, map[string]string{"b": "true", "x": bad}, bad},
		{`tag("b") || tag("x") > 1`, map[string]string{"b": "true", "x": bad}, "true"},
		{`tag("x") > 1 && tag("b")`, map[string]string{"b": "false", "x": bad}, bad},
		{`let x = tag("x"); tag("b") ? x : 1.5`, map[string]string{"b": "false", "x": bad}, "1.5"},
		{`let x = tag("x"); orElse(x, 2.5)`, map[string]string{"x": bad}, "2.5"},
		{`tag("u") + 1`, map[string]string{"u": "UncertainInitialValue"}, "BadNoData"},
		{`orElse(tag("x"), tag("y"))`, map[string]string{"x": bad, "y": "BadNoCommunication"}, "BadNoCommunication"},
		{`orElse(tag("x") + orElse(tag("y"), 1), 5)`, map[string]string{"x": "1.5", "y": bad}, "2.5"},
		{`orElse(tag("n"), 1.0)`, map[string]string{"n": "1.5"}, "1.5"},
		{`isGood(tag("x")) || tag("x") > 5`, map[string]string{"x": bad}, bad},
		{`quality(tag("x") + tag("f"))`, map[string]string{"x": bad, "f": "1.5"}, `"BadTimeout"`},
		{`quality(1 / tag("i"))`, map[string]string{"i": "0"}, `"BadOutOfRange"`},
		{`age(tag("x"))`, map[string]string{"x": bad}, "BadOutOfRange"},
		{`age(tag("x")) > 60`, map[string]string{"x": bad}, "true"},
		// lists and JSON values
		{`mean([tag("f"), 2, 4.5])`, map[string]string{"f": "2.5"}, "3"},
		{`count([tag("a"), tag("b"), true], #)`, map[string]string{"a": "true", "b": "false"}, "2"},
		{`any([tag("a"), tag("b")], # > 5)`, map[string]string{"a": "1", "b": "6.5"}, "true"},
		{`all(1..10, # > 0) and none(1..10, # > 10) and one(1..10, # == 3)`, nil, "true"},
		{`filter(1..10, # % 3 == 0)`, nil, "[3,6,9]"},
		{`map(1..3, # * #)`, nil, "[1,4,9]"},
		{`map(1..3, #index)`, nil, "[0,1,2]"},
		{`sum(filter(1..10, # > 8))`, nil, "19"},
		{`find(1..10, # > 8) + 1`, nil, "10"},
		{`find(1..10, # > 80) + 1`, nil, "BadNoData"},
		{`(1..10)[2:4]`, nil, "[3,4]"},
		{`(1..10)[-1]`, nil, "10"},
		{`(1..10)[tag("i")]`, map[string]string{"i": "10"}, "BadNoData"},
		{`tag("j").speed > 5`, map[string]string{"j": `{"speed":7}`}, "true"},
		{`tag("j").a.b[1].c + 1`, map[string]string{"j": `{"a":{"b":[0,{"c":41}]}}`}, "42"},
		{`tag("j").missing + 1`, map[string]string{"j": `{"speed":7}`}, "BadNoData"},
		{`tag("j").missing ?? 5`, map[string]string{"j": `{"speed":7}`}, "5"},
		{`tag("j").a.b ?? 5`, map[string]string{"j": `{"speed":7}`}, "5"},
		{`tag("j").speed ?? 5`, map[string]string{"j": `{"speed":7}`}, "7"},
		{`tag("j").speed + 1`, map[string]string{"j": `{"speed":"fast"}`}, "BadTypeMismatch"},
		{`orElse(tag("j").speed + 1, -1)`, map[string]string{"j": `{"speed":"fast"}`}, "-1"},
		{`"b" in tag("j").list && "x" not in tag("j")`, map[string]string{"j": `{"list":["a","b"]}`}, "true"},
		{`count(tag("j").items, .ok && .n > 1)`, map[string]string{"j": `{"items":[{"ok":true,"n":1},{"ok":true,"n":2}]}`}, "1"},
		{`int(tag("j").x) + int(tag("j").y)`, map[string]string{"j": `{"x":-2.7,"y":5}`}, "3"},
		{`tag("j")`, map[string]string{"j": `{"a":1}`}, `{"a":1}`},
		{`tag("j").a`, map[string]string{"j": `{"a":[1,"x",null]}`}, `[1,"x",null]`},
		{`int(tag("j").big)`, map[string]string{"j": `{"big":9007199254740993}`}, `"9007199254740993"`},
		{`tag("i") | abs()`, map[string]string{"i": "-3"}, "3"},
	} {
		t.Run(row.text, func(t *testing.T) {
			s, _, err := evaluate(t, row.text, row.tags)
			if err != nil {
				t.Fatal(err)
			}
			if got := show(s); got != row.want {
				t.Errorf("with %v it is %s, not %s", row.tags, got, row.want)
			}
		})
	}
}

func TestOddInputs(t *testing.T) {
	env := Env{Tags: func(tag.Path) (tag.Type, bool) { return tag.Float, true }}
	p, err := Compile(`tag("a") + tag("b")`, env)
	if err != nil {
		t.Fatal(err)
	}
	a := tag.Sample{Value: tag.OfFloat(1), Quality: tag.UncertainLastUsableValue}
	b := tag.Sample{Value: tag.OfInt(2)} // an int where a float is wanted
	if got := p.Eval([]tag.Sample{a, b}, nil); got.Quality != tag.UncertainLastUsableValue || got.Value.Float() != 3 {
		t.Fatal(got)
	}
	b.Value = tag.OfString("2")
	if got := p.Eval([]tag.Sample{a, b}, nil); got.Quality != tag.BadTypeMismatch || !got.Value.IsNone() {
		t.Fatal(got)
	}
	for _, f := range []float64{math.NaN(), math.Inf(1)} {
		b.Value = tag.OfFloat(f)
		if got := p.Eval([]tag.Sample{a, b}, nil); got.Quality != tag.BadOutOfRange {
			t.Fatal(got)
		}
	}
	if got := p.Eval([]tag.Sample{a}, nil); got.Quality != tag.BadConfigurationError {
		t.Fatal(got)
	}
}

func TestSingleTagPassesUnchanged(t *testing.T) {
	_, p, err := evaluate(t, ` tag("a/b") `, map[string]string{"a/b": "1.5"})
	if err != nil {
		t.Fatal(err)
	}
	if path, ok := p.SingleTag(); !ok || path != "a/b" {
		t.Fatal(path, ok)
	}
	in := tag.Sample{Value: tag.OfFloat(math.Inf(1)), Quality: tag.GoodClamped, Source: 5, Server: 6}
	if got := p.Eval([]tag.Sample{in}, nil); got != in {
		t.Fatal(got)
	}
	for _, text := range []string{`tag("a/b") + 0`, `-tag("a/b")`, `orElse(tag("a/b"), 1)`} {
		_, p, err := evaluate(t, text, map[string]string{"a/b": "1.5"})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := p.SingleTag(); ok {
			t.Fatal(text, "is not a single tag")
		}
	}
}

func TestProblems(t *testing.T) {
	tags := map[string]string{"i": "1", "f": "1.5", "b": "true", "s": `"x"`, "$speed": "1.5"}
	for _, row := range []struct {
		name, text   string
		code         string
		line, column int
		hint         string
	}{
		{"empty", "  ", "expression_empty", 1, 1, "tag("},
		{"unfinished", `tag("i") +`, "expression_syntax", 1, 11, "missing"},
		{"stray", `tag("i") ) 2`, "expression_syntax", 1, 10, ""},
		{"bad token", "tag(\"i\")\n  + ~", "expression_syntax", 2, 5, ""},
		{"unknown tag", `1 + tag("nope")`, "tag_unknown", 1, 9, "Add"},
		{"unknown name", "speed +\n sped", "name_unknown", 2, 2, "speed"},
		{"unknown function", `abz(1)`, "function_unknown", 1, 1, "abs(x)"},
		{"builtin that is off", `repeat("a", 1000000000)`, "function_unknown", 1, 1, ""},
		{"now", `now()`, "function_unknown", 1, 1, ""},
		{"method", `speed.foo()`, "function_unknown", 1, 7, ""},
		{"bool and number", `tag("b") + 1`, "expression_type", 1, 1, "float(x)"},
		{"branches", `tag("b") ? 1 : "x"`, "expression_type", 0, 0, "string(x)"},
		{"condition", `tag("i") ? 1 : 2`, "expression_type", 1, 1, "x > 0"},
		{"order of bools", `tag("b") > true`, "expression_type", 1, 10, ""},
		{"text and number", `tag("s") + 1`, "expression_type", 1, 10, "string"},
		{"too few arguments", `clamp(1)`, "expression_type", 1, 1, "clamp(x, low, high)"},
		{"path not constant", `tag(tag("s"))`, "expression_type", 1, 5, "one text"},
		{"bad path", `tag("a/../b")`, "tag_path", 1, 5, ""},
		{"never a value", `tag("i") + 1 % 0`, "expression_never", 1, 14, ""},
		{"float as bit", `bit(tag("f"), 1)`, "expression_type", 1, 5, "int(x)"},
		{"two expressions", `1; 2`, "expression_unsupported", 1, 1, "let"},
		{"map literal", `{"a": 1}`, "expression_unsupported", 1, 1, ""},
		{"after wide characters", `"线边" + tag("nope")`, "tag_unknown", 1, 12, ""},
		{"environment", `$env`, "name_unknown", 1, 1, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			_, _, err := evaluate(t, row.text, tags)
			var ps spec.Problems
			if !errors.As(err, &ps) || len(ps) == 0 {
				t.Fatalf("no problems but %v", err)
			}
			p := ps[0]
			if p.Code != row.code || row.line != 0 && (p.Line != row.line || p.Column != row.column) || !strings.Contains(p.Hint, row.hint) {
				b, _ := json.Marshal(p)
				t.Fatalf("%s\nwant %s at %d:%d", b, row.code, row.line, row.column)
			}
		})
	}
	_, _, err := evaluate(t, `tag("x") + tag("y") + z`, nil)
	var ps spec.Problems
	if !errors.As(err, &ps) || len(ps) != 3 {
		t.Fatal("not all that is unknown is named:", err)
	}
}

// What would never end, or eat all memory, is refused or stops soon.
func TestHostile(t *testing.T) {
	deep := strings.Repeat("(", 33) + "1" + strings.Repeat(")", 33)
	doubling := `let a = tag("s"); `
	for i := range 24 {
		doubling += "let " + string(rune('b'+i)) + " = " + string(rune('a'+i)) + " + " + string(rune('a'+i)) + "; "
	}
	doubling += "len(y)"
	long := `"` + strings.Repeat("x", 60000) + `"`
	shared := "true"
	for range 15 {
		shared = "(1 < (" + shared + " ? 2 : 2) < 3)"
	}
	list := "[" + strings.Repeat("1,", 999) + "1]"
	for name, row := range map[string]struct {
		text string
		tags map[string]string
		want string // code of the problem, or the result
	}{
		"over-long":          {strings.Repeat("1+", 2048) + "1", nil, "expression_too_long"},
		"many parts":         {strings.Repeat("1+", 600) + "1", nil, "expression_too_long"},
		"deep":               {deep, nil, "expression_too_deep"},
		"deep brackets":      {strings.Repeat("[", 2000), nil, "expression_too_deep"},
		"many signs":         {strings.Repeat("-", 4000) + "1", nil, "expression_too_long"},
		"many nots":          {strings.Repeat("!", 4000) + "true", nil, "expression_too_long"},
		"ternaries":          {strings.Repeat("true?1:", 500) + "1", nil, "expression_too_long"},
		"shared comparisons": {shared, nil, "expression_too_long"},
		"huge range":         {"sum(1..1000000000)", nil, "expression_unbounded"},
		"overflowing range":  {"sum(-9223372036854775807..9223372036854775807)", nil, "expression_unbounded"},
		"open range":         {`sum(1..tag("i"))`, map[string]string{"i": "1000000000"}, "expression_unbounded"},
		"nested":             {"map(1..100, count(map(1..100, #), # > 5))", nil, "expression_unbounded"},
		"many ranges":        {strings.Repeat("sum(1..10000)+", 20) + "1", nil, "expression_unbounded"},
		"list in list":       {`count(1..10000, sum(tag("j")) > 0)`, map[string]string{"j": list}, "expression_unbounded"},
		"repeat":             {`repeat("x", 1000000)`, nil, "function_unknown"},
		"reduce":             {`reduce(1..10, #acc + #)`, nil, "function_unknown"},
		"text doubling":      {doubling, map[string]string{"s": `"` + strings.Repeat("x", 1000) + `"`}, "BadRequestTooLarge"},
		"text in list":       {`len(map(1..5000, tag("s") + "x"))`, map[string]string{"s": long}, "BadRequestTooLarge"},
		"search in list":     {`count(1..5000, tag("s") contains "y")`, map[string]string{"s": long}, "BadRequestTooLarge"},
		"json in list":       {`count(1..5000, tag("j") == tag("k"))`, map[string]string{"j": list, "k": list}, "BadRequestTooLarge"},
		"long JSON list":     {`sum(tag("j"))`, map[string]string{"j": "[" + strings.Repeat("1,", 1000) + "1]"}, "BadRequestTooLarge"},
		"big JSON":           {`len(tag("j"))`, map[string]string{"j": "[" + strings.Repeat("1,", 40000) + "1]"}, "BadRequestTooLarge"},
		"pattern of a tag":   {`"x" matches tag("s")`, map[string]string{"s": `"(x+)+$"`}, "expression_unbounded"},
		"long pattern":       {`"x" matches "` + strings.Repeat("x", 300) + `"`, nil, "expression_unbounded"},
		"exploding pattern":  {`"x" matches "((a{30}){30}){30}"`, nil, "expression_syntax"},
		"large pattern":      {`"x" matches "(a{500}b{500})"`, nil, "expression_unbounded"},
		"bad pattern":        {`"x" matches "("`, nil, "expression_syntax"},
		"long text matched":  {`tag("s") matches "(x+x+)+y"`, map[string]string{"s": long}, "BadRequestTooLarge"},
		"matched often":      {`count(1..5000, tag("s") matches "(x+x+)+y")`, map[string]string{"s": `"` + strings.Repeat("x", 4000) + `"`}, "BadRequestTooLarge"},
		"not UTF-8":          {"\"\xff\"", nil, "expression_syntax"},
		"huge number":        {strings.Repeat("9", 400), nil, "expression_syntax"},
		"huge float":         {"1e999", nil, "expression_syntax"},
		"power tower":        {"9.0**9**9**9", nil, "expression_never"},
	} {
		t.Run(name, func(t *testing.T) {
			start := time.Now()
			s, _, err := evaluate(t, row.text, row.tags)
			if took := time.Since(start); took > 5*time.Second {
				t.Errorf("took %v", took)
			}
			got := show(s)
			var ps spec.Problems
			if errors.As(err, &ps) {
				got = ps[0].Code
			} else if err != nil {
				t.Fatal(err)
			}
			if got != row.want {
				t.Errorf("%s (%v), want %s", got, err, row.want)
			}
		})
	}
}
