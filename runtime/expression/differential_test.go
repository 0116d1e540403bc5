package expression

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/vm"
	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// writer writes one random expression twice: for this package and for the virtual machine
// of expr-lang, which knows no quality and lets 1/0 be infinite; there, div and power fail.
type writer struct{ ours, theirs strings.Builder }

func (w *writer) both(s string) { w.ours.WriteString(s); w.theirs.WriteString(s) }

func (w *writer) tag(name string) {
	fmt.Fprintf(&w.ours, "tag(%q)", name)
	w.theirs.WriteString(name)
}

func (w *writer) pair(t *rapid.T, depth int, operator string, left, right func(*rapid.T, int)) {
	w.both("(")
	left(t, depth-1)
	w.both(" " + operator + " ")
	right(t, depth-1)
	w.both(")")
}

// named writes an operator of ours as a function of theirs.
func (w *writer) named(t *rapid.T, depth int, operator, function string, operand func(*rapid.T, int)) {
	w.ours.WriteString("(")
	w.theirs.WriteString(function + "(")
	operand(t, depth-1)
	w.ours.WriteString(" " + operator + " ")
	w.theirs.WriteString(", ")
	operand(t, depth-1)
	w.both(")")
}

func (w *writer) choice(t *rapid.T, depth int, operand func(*rapid.T, int)) {
	w.both("(")
	w.bool(t, depth-1)
	w.both(" ? ")
	operand(t, depth-1)
	w.both(" : ")
	operand(t, depth-1)
	w.both(")")
}

func pick(t *rapid.T, n int) int { return rapid.IntRange(0, n-1).Draw(t, "pick") }

func (w *writer) int(t *rapid.T, depth int) {
	if depth <= 0 {
		if pick(t, 3) == 0 {
			w.both(fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "int")))
		} else {
			w.tag([]string{"i", "j"}[pick(t, 2)])
		}
		return
	}
	switch pick(t, 7) {
	case 0, 1, 2:
		w.pair(t, depth, []string{"+", "-", "*"}[pick(t, 3)], w.int, w.int)
	case 3:
		w.pair(t, depth, "%", w.int, w.int)
	case 4:
		w.both("(-")
		w.int(t, depth-1)
		w.both(")")
	case 5:
		w.both([]string{"min", "max"}[pick(t, 2)] + "(")
		w.int(t, depth-1)
		w.both(", ")
		w.int(t, depth-1)
		w.both(")")
	case 6:
		w.choice(t, depth, w.int)
	}
}

func (w *writer) float(t *rapid.T, depth int) {
	if depth <= 0 {
		if pick(t, 3) == 0 {
			w.both(fmt.Sprintf("%.2f", rapid.Float64Range(0, 9).Draw(t, "float")))
		} else {
			w.tag([]string{"f", "g"}[pick(t, 2)])
		}
		return
	}
	switch pick(t, 7) {
	case 0, 1:
		w.pair(t, depth, []string{"+", "-", "*"}[pick(t, 3)], w.number, w.float)
	case 2:
		w.pair(t, depth, []string{"+", "-", "*"}[pick(t, 3)], w.float, w.number)
	case 3:
		w.named(t, depth, "/", "div", w.number)
	case 4:
		w.named(t, depth, "**", "power", w.float)
	case 5:
		w.both("abs(")
		w.float(t, depth-1)
		w.both(")")
	case 6:
		w.choice(t, depth, w.float)
	}
}

func (w *writer) number(t *rapid.T, depth int) {
	if pick(t, 2) == 0 {
		w.int(t, depth)
	} else {
		w.float(t, depth)
	}
}

func (w *writer) text(t *rapid.T, depth int) {
	if depth <= 0 {
		if pick(t, 2) == 0 {
			w.both(fmt.Sprintf("%q", rapid.StringMatching("[ab]{0,2}").Draw(t, "text")))
		} else {
			w.tag("s")
		}
		return
	}
	if pick(t, 2) == 0 {
		w.pair(t, depth, "+", w.text, w.text)
	} else {
		w.choice(t, depth, w.text)
	}
}

func (w *writer) bool(t *rapid.T, depth int) {
	if depth <= 0 {
		if pick(t, 4) == 0 {
			w.both([]string{"true", "false"}[pick(t, 2)])
		} else {
			w.tag([]string{"b", "c"}[pick(t, 2)])
		}
		return
	}
	comparison := func() string { return []string{"<", "<=", ">", ">=", "==", "!="}[pick(t, 6)] }
	switch pick(t, 7) {
	case 0:
		w.pair(t, depth, []string{"&&", "||", "and", "or"}[pick(t, 4)], w.bool, w.bool)
	case 1:
		w.both("(not ")
		w.bool(t, depth-1)
		w.both(")")
	case 2:
		w.choice(t, depth, w.bool)
	case 3:
		w.pair(t, depth, []string{"==", "!="}[pick(t, 2)], w.bool, w.bool)
	case 4:
		w.pair(t, depth, comparison(), w.number, w.number)
	case 5:
		w.pair(t, depth, append([]string{"contains", "startsWith", "endsWith"}, comparison())[pick(t, 4)], w.text, w.text)
	case 6:
		w.pair(t, depth, comparison(), w.int, w.int)
	}
}

// What is compiled here and what the virtual machine of expr-lang computes are the same.
func TestSameAsVirtualMachine(t *testing.T) {
	types := map[string]tag.Type{"i": tag.Int, "j": tag.Int, "f": tag.Float, "g": tag.Float, "b": tag.Bool, "c": tag.Bool, "s": tag.String}
	strict := func(f func(a, b float64) float64) func(...any) (any, error) {
		return func(args ...any) (any, error) {
			x, _ := asFloat(args[0])
			y, _ := asFloat(args[1])
			out := f(x, y)
			if math.IsNaN(out) || math.IsInf(out, 0) {
				return nil, errors.New("out of range")
			}
			return out, nil
		}
	}
	div := strict(func(a, b float64) float64 { return a / b })
	values, failures := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		small := rapid.Int64Range(-3, 3)
		float := rapid.OneOf(rapid.Float64Range(-5, 5), rapid.SampledFrom([]float64{0, 1, -1, 0.5}))
		env := map[string]any{
			"i": small.Draw(t, "i"), "j": small.Draw(t, "j"), "f": float.Draw(t, "f"), "g": float.Draw(t, "g"),
			"b": rapid.Bool().Draw(t, "b"), "c": rapid.Bool().Draw(t, "c"), "s": rapid.StringMatching("[ab]{0,3}").Draw(t, "s"),
		}
		var w writer
		depth := rapid.IntRange(0, 4).Draw(t, "depth")
		[]func(*rapid.T, int){w.int, w.float, w.bool, w.text}[pick(t, 4)](t, depth)
		p, err := Compile(w.ours.String(), Env{Tags: func(p tag.Path) (tag.Type, bool) { typ, ok := types[string(p)]; return typ, ok }})
		if err != nil {
			var ps spec.Problems
			if errors.As(err, &ps) && (ps[0].Code == "expression_never" || ps[0].Code == "expression_too_long") {
				return
			}
			t.Fatalf("%s: %v", w.ours.String(), err)
		}
		samples := make([]tag.Sample, len(p.Tags()))
		for k, path := range p.Tags() {
			switch v := env[string(path)].(type) {
			case int64:
				samples[k].Value = tag.OfInt(v)
			case float64:
				samples[k].Value = tag.OfFloat(v)
			case bool:
				samples[k].Value = tag.OfBool(v)
			case string:
				samples[k].Value = tag.OfString(v)
			}
		}
		got := p.Eval(samples, nil)

		program, err := expr.Compile(w.theirs.String(), expr.Env(env), expr.Function("div", div, new(func(any, any) float64)),
			expr.Function("power", strict(math.Pow), new(func(any, any) float64)))
		if err != nil {
			t.Fatalf("%s: %v", w.theirs.String(), err)
		}
		want, err := new(vm.VM).Run(program, env)
		if f, ok := want.(float64); err == nil && ok && (math.IsNaN(f) || math.IsInf(f, 0)) {
			err = errors.New("result out of range")
		}
		if err != nil {
			failures++
			if got.Quality != tag.BadOutOfRange {
				t.Fatalf("%s is %s, but fails there: %v", w.ours.String(), show(got), err)
			}
			return
		}
		values++
		same := false
		switch v := want.(type) {
		case bool:
			same = got.Value == tag.OfBool(v)
		case int:
			same = got.Value == tag.OfInt(int64(v))
		case int64:
			same = got.Value == tag.OfInt(v)
		case float64:
			same = got.Value.Type() == tag.Float && got.Value.Float() == v
		case string:
			same = got.Value == tag.OfString(v)
		}
		if !same || got.Quality != tag.Good {
			t.Fatalf("%s with %v is %s, there %v (%T)", w.ours.String(), env, show(got), want, want)
		}
	})
	if values == 0 || failures == 0 {
		t.Fatalf("%d values and %d failures: not everything was tried", values, failures)
	}
}

func FuzzCompile(f *testing.F) {
	for _, fn := range Functions() {
		for _, e := range fn.Examples {
			f.Add(e.Text)
		}
	}
	for _, s := range []string{`tag("b") ? tag("f") : orElse(tag("x"), 1)`, `let x = tag("i"); filter([x, 2], # > 1)`, `tag("j").a[0] ?? 5`, `1..10 | map(# ** 2) | sum()`, "((((", `"\u`, `$env["a"]`, `1 < 2 < 3`, `tag("s")[1:]`} {
		f.Add(s)
	}
	types := map[string]tag.Value{"i": tag.OfInt(math.MinInt64), "f": tag.OfFloat(1.5), "b": tag.OfBool(true), "s": tag.OfString("线边"), "j": tag.OfJSON(`{"a":[1,"x",null]}`), "y": tag.OfBytes([]byte{0xff}), "a": tag.OfInt(0)}
	f.Fuzz(func(t *testing.T, text string) {
		start := time.Now()
		defer func() {
			if took := time.Since(start); took > 10*time.Second {
				t.Errorf("%q took %v", text, took)
			}
		}()
		p, err := Compile(text, Env{Vars: map[string]tag.Type{"value": tag.Float, "any": tag.None}, Tags: func(p tag.Path) (tag.Type, bool) {
			v, ok := types[string(p)]
			return v.Type(), ok || p == "x"
		}})
		if err != nil {
			var ps spec.Problems
			if !errors.As(err, &ps) || len(ps) == 0 {
				t.Fatalf("not problems: %v", err)
			}
			for _, p := range ps {
				if strings.Contains(p.Hint, "fault of the compiler") {
					t.Fatalf("%q: %v", text, p)
				}
			}
			return
		}
		samples := make([]tag.Sample, len(p.Tags()))
		for i, path := range p.Tags() {
			samples[i] = tag.Sample{Value: types[string(path)]}
			if path == "x" {
				samples[i].Quality = tag.BadTimeout
			}
		}
		got := p.Eval(samples, make([]tag.Sample, len(p.Vars())))
		if _, single := p.SingleTag(); !single && !got.Quality.IsBad() {
			if have := got.Value.Type(); have != p.Type() {
				t.Fatalf("%q gives %s, not %s", text, have, p.Type())
			}
			if f := got.Value.Float(); got.Value.Type() == tag.Float && f-f != 0 {
				t.Fatalf("%q gives %v", text, f)
			}
		}
	})
}

func BenchmarkEval(b *testing.B) {
	types := map[tag.Path]tag.Type{"on": tag.Bool, "v": tag.Float, "hi": tag.Float, "i": tag.Int}
	values := map[tag.Path]tag.Value{"on": tag.OfBool(true), "v": tag.OfFloat(3), "hi": tag.OfFloat(4), "i": tag.OfInt(7)}
	for _, text := range []string{
		`tag("on") ? tag("v") > tag("hi")-2 : tag("v") > tag("hi")`,
		`tag("v") > 5`,
		`(tag("v") + tag("hi")) / 2 * 1.5`,
		`orElse(tag("v"), 0)`,
		`bit(tag("i"), 2) && tag("i") % 2 == 1`,
		`scale(tag("v"), 4, 20, 0, 100)`,
		`let d = tag("v") - tag("hi"); d > 1 || d < -1`,
	} {
		b.Run(text, func(b *testing.B) {
			p, err := Compile(text, Env{Tags: func(p tag.Path) (tag.Type, bool) { t, ok := types[p]; return t, ok }})
			if err != nil {
				b.Fatal(err)
			}
			samples := make([]tag.Sample, len(p.Tags()))
			for i, path := range p.Tags() {
				samples[i].Value = values[path]
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Eval(samples, nil)
			}
		})
	}
}

func BenchmarkCompile(b *testing.B) {
	types := func(tag.Path) (tag.Type, bool) { return tag.Float, true }
	for b.Loop() {
		if _, err := Compile(`tag("area/v") > 2 ? tag("area/v") - tag("area/hi") : tag("area/hi") * 1.5`, Env{Tags: types}); err != nil {
			b.Fatal(err)
		}
	}
}
