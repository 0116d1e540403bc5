package report

import (
	"math"
	"strings"
	"testing"
	"time"
)

func TestFormula(t *testing.T) {
	day := Span{From: time.Unix(0, 0), To: time.Unix(86400, 0)}
	cases := []struct {
		text string
		want float64
		ok   bool
	}{
		{"1 + 2 * 3", 7, true},
		{"(1 + 2) * 3", 9, true},
		{"-2 - -3", 1, true},
		{"1e3 / 4", 250, true},
		{"hours() + days()", 25, true},
		{"round(2.345, 2)", 2.35, true},
		{"min(3, 2, 1) + max(1, abs(-5))", 6, true},
		{`avg("a/b") * 2`, 20, true},
		{`delta('a/b') + avg("a/b")`, 11, true},
		{`duration("a/b", 3)`, 1, true},
		{`orElse(avg("a/gone"), 7)`, 7, true},
		{"1 / 0", 0, false},
		{"0 / 0", 0, false},
		{`avg("a/gone") + 1`, 0, false},
	}
	for _, c := range cases {
		f, p := parseFormula(c.text)
		if p != nil {
			t.Errorf("%s: %v", c.text, p)
			continue
		}
		answers := make([]amount, len(f.calls))
		for i, x := range f.calls {
			switch {
			case x.path == "a/gone":
			case x.function == "avg":
				answers[i] = known(10)
			default:
				answers[i] = known(1)
			}
		}
		if got := f.eval(answers, day); got.known != c.ok || c.ok && math.Abs(got.value-c.want) > 1e-9 {
			t.Errorf("%s = %+v, not %g", c.text, got, c.want)
		}
	}
	f, p := parseFormula(`avg("x") + avg("x") + avg("y")`)
	if p != nil || len(f.calls) != 2 {
		t.Errorf("a tag that stands there twice is asked for once: %v, %v", f, p)
	}
}

func TestFormulaProblems(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "ends too early",
		"1 +":                     "ends too early",
		"(1":                      "not closed",
		"1 2":                     "not expected",
		"1..2":                    "not a number",
		"avrage(\"x\")":           "no function",
		"avg(x)":                  "wants a tag",
		"avg":                     "no arguments",
		`avg("x`:                  "no end",
		`avg("//")`:               "path",
		"hours(1)":                "does not take",
		"round()":                 "does not take",
		`duration("x", )`:         "not a state",
		"1 ÷ 2":                   "not expected",
		strings.Repeat("(", 999):  "nested deeper",
		strings.Repeat("9", 2000): "longer than",
		"a\xffb":                  "not valid text",
	} {
		if _, p := parseFormula(text); p == nil || !strings.Contains(p.Message, want) {
			t.Errorf("%.40q: %v, not %q", text, p, want)
		} else if p.Code != "formula_bad" {
			t.Errorf("%.40q: code %s", text, p.Code)
		}
	}
	if _, p := parseFormula(`1 + avrage("x")`); p.Offset != 4 || !strings.Contains(p.Hint, "avg") && !strings.Contains(p.Hint, "average") {
		t.Logf("offset %d, hint %q", p.Offset, p.Hint)
		if p.Offset != 4 {
			t.Error("the place is wrong")
		}
	}
}

func TestPlaceholderProblems(t *testing.T) {
	for text, want := range map[string]string{
		"{":                           "no end",
		"}":                           "no \"{\"",
		"{nothing}":                   "no placeholder",
		"{= 1 ; x}":                   "not a number of decimals",
		"{= avg(\"a}\") }":            "", // a brace in quotes ends nothing; the path is refused or not, but nothing panics
		"{= }":                        "ends too early",
		strings.Repeat("{site}", 999): "more than",
	} {
		_, p := parseText(text)
		if want != "" && (p == nil || !strings.Contains(p.Message, want)) {
			t.Errorf("%.40q: %v, not %q", text, p, want)
		}
	}
	parts, p := parseText("a {{b}} {= 1 + 1 ; 2} {site}")
	if p != nil || len(parts) != 4 || parts[0].words != "a {b} " || parts[1].decimals != 2 || parts[3].name != "site" {
		t.Errorf("%+v, %v", parts, p)
	}
}

func FuzzParseText(f *testing.F) {
	for _, s := range []string{"{title} {= avg(\"a/b\") ; 2}", "{{}}", "{= duration('x', \"run\") / hours() * -1e9 }", "{= orElse(min(1,2), abs(-3)) }", "\xff{=", "{=((((1}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		parts, p := parseText(s)
		if (p == nil) == (parts == nil && s != "") && len(s) > 0 && p == nil {
			t.Fatalf("%q: neither parts nor a problem", s)
		}
		for _, x := range parts {
			if x.formula != nil {
				x.formula.eval(make([]amount, len(x.formula.calls)), Span{To: time.Unix(3600, 0)})
			}
		}
	})
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte(dayReport))
	f.Add([]byte(`{"format":1,"title":{"en":"x"},"period":{"kind":"custom","from":"2026-01-01T00:00:00Z","to":"9999-01-01T00:00:00Z"},"blocks":[{"id":"a","kind":"picture","picture":{"data":"iVBORw0KGgo="}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, ps := Check(data)
		if r == nil && len(ps) == 0 {
			t.Fatal("neither a report nor a problem")
		}
		if r == nil || ps.Errors() {
			return
		}
		canonical, err := Canonical(r)
		if err != nil {
			t.Fatal(err)
		}
		if again, ps := Check(canonical); again == nil || ps.Errors() {
			t.Fatalf("what is written is not read: %v", ps)
		}
		r.Paths()
	})
}
