package expression

import (
	"math"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Function describes a function (or a word operator) of the language.
type Function struct {
	Name      string    `json:"name"`
	Signature string    `json:"signature"`
	Summary   spec.Text `json:"summary"`
	Examples  []Example `json:"examples"`

	// build compiles a call; nil for what the compiler itself knows. It gets from least to most arguments, any number when most is -1.
	build       func(c *compiler, n ast.Node, args []code) code
	least, most int
	// members says that it is a roll-up: it reads tags that its arguments, constant texts, stand for.
	members bool
	// plant says that it looks at the plant and not at values: its first argument is the path of an asset or tag.
	plant bool
}

// Example is an expression with what it gives. It is run as a test.
type Example struct {
	Text string `json:"text"`
	// Tags are the tags it names: the JSON of a value, or the name of a quality.
	Tags map[string]string `json:"tags,omitempty"`
	// Result is the JSON of the value, or the name of the quality when there is no value.
	Result string `json:"result"`
}

var registry = map[string]*Function{}

// register adds a function; one of a name.
func register(f Function) *Function {
	if registry[f.Name] != nil {
		panic("expression: function " + f.Name + " is registered twice")
	}
	registry[f.Name] = &f
	return &f
}

// Functions lists all functions and word operators, by name.
func Functions() []Function {
	out := make([]Function, 0, len(registry))
	for _, f := range registry {
		out = append(out, *f)
	}
	slices.SortFunc(out, func(a, b Function) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// nearest says what may have been meant by the name of a function.
func nearest(name string) string {
	best, distance := "", 3
	for candidate, f := range registry {
		if f.build == nil {
			continue
		}
		d := edits(strings.ToLower(name), strings.ToLower(candidate))
		if d < distance || d == distance && best != "" && candidate < best {
			best, distance = candidate, d
		}
	}
	if best == "" {
		return "See the list of functions."
	}
	return "Did you mean " + registry[best].Signature + "?"
}

// edits is the Levenshtein distance.
func edits(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

// ofFloat makes the build of a function of one number. Where f has no finite result there is no value.
func ofFloat(f func(float64) float64) func(*compiler, ast.Node, []code) code {
	return func(c *compiler, _ ast.Node, args []code) code {
		x := c.as(args[0], tag.Float).f
		return code{typ: tag.Float, f: func(fr *frame) float64 { return fr.finite(f(x(fr))) }}
	}
}

// ofText makes the build of a function of one text.
func ofText(f func(string) string) func(*compiler, ast.Node, []code) code {
	return func(c *compiler, _ ast.Node, args []code) code {
		x := c.as(args[0], tag.String).s
		return code{typ: tag.String, s: func(fr *frame) string { return fr.bounded(f(fr.bounded(x(fr)))) }}
	}
}

// toInt makes the build of a function that makes an int of a number.
func toInt(f func(float64) float64) func(*compiler, ast.Node, []code) code {
	return func(c *compiler, _ ast.Node, args []code) code {
		arg := c.number(args[0])
		if arg.typ == tag.Int {
			return arg
		}
		x := arg.f
		return code{typ: tag.Int, i: func(fr *frame) int64 {
			i, ok := whole(f(x(fr)))
			if !ok {
				fr.note(tag.BadOutOfRange)
			}
			return i
		}}
	}
}

// numbers brings arguments to one type of number; a single list becomes the function that lists its numbers.
func (c *compiler) numbers(args []code) (typ tag.Type, ints []func(*frame) int64, floats []func(*frame) float64) {
	typ = tag.Int
	for i := range args {
		if args[i] = c.number(args[i]); args[i].typ == tag.Float {
			typ = tag.Float
		}
	}
	for _, a := range args {
		if typ == tag.Int {
			ints = append(ints, a.i)
		} else {
			floats = append(floats, c.as(a, tag.Float).f)
		}
	}
	return typ, ints, floats
}

// isList tells whether the arguments are one list (or one JSON value that must be a list).
func isList(args []code) bool {
	return len(args) == 1 && (args[0].typ == list || args[0].typ == tag.JSON)
}

// overList makes the build of a function that goes over the numbers of a list.
func overList(c *compiler, arg code, f func(fr *frame, numbers []any) float64) code {
	of := c.asList(arg)
	c.spend(arg.node, of.size)
	l := of.any
	return code{typ: tag.Float, f: func(fr *frame) float64 {
		numbers, _ := l(fr).([]any)
		if len(numbers) == 0 {
			fr.note(tag.BadNoData)
			return 0
		}
		return fr.finite(f(fr, numbers))
	}}
}

// extreme makes the code that goes along numbers, or along one list of them, keeping one of two each time.
func (c *compiler) extreme(args []code, keepInt func(a, b int64) int64, keepFloat func(a, b float64) float64) code {
	if isList(args) {
		return overList(c, args[0], func(fr *frame, numbers []any) float64 {
			out := fr.float(numbers[0])
			for _, v := range numbers[1:] {
				out = keepFloat(out, fr.float(v))
			}
			return out
		})
	}
	typ, ints, floats := c.numbers(args)
	if typ == tag.Int {
		return code{typ: typ, i: func(fr *frame) int64 {
			out := ints[0](fr)
			for _, f := range ints[1:] {
				out = keepInt(out, f(fr))
			}
			return out
		}}
	}
	return code{typ: typ, f: func(fr *frame) float64 {
		out := floats[0](fr)
		for _, f := range floats[1:] {
			out = keepFloat(out, f(fr))
		}
		return out
	}}
}

// fallback makes the code "x, or else y".
func (c *compiler) fallback(n ast.Node, x, y code) code {
	x, y = c.same(n, x, y)
	out := code{typ: x.typ, size: max(x.size, y.size)}
	switch x.typ {
	case tag.Bool:
		f, g := x.b, y.b
		out.b = func(fr *frame) bool {
			before := fr.quality
			fr.quality = tag.Good
			v := f(fr)
			if fr.quality.IsBad() {
				fr.quality = before
				return g(fr)
			}
			fr.quality = tag.Worst(before, fr.quality)
			return v
		}
	case tag.Int:
		f, g := x.i, y.i
		out.i = func(fr *frame) int64 {
			before := fr.quality
			fr.quality = tag.Good
			v := f(fr)
			if fr.quality.IsBad() {
				fr.quality = before
				return g(fr)
			}
			fr.quality = tag.Worst(before, fr.quality)
			return v
		}
	case tag.Float:
		f, g := x.f, y.f
		out.f = func(fr *frame) float64 {
			before := fr.quality
			fr.quality = tag.Good
			v := f(fr)
			if fr.quality.IsBad() || math.IsNaN(v) || math.IsInf(v, 0) {
				fr.quality = before
				return g(fr)
			}
			fr.quality = tag.Worst(before, fr.quality)
			return v
		}
	case tag.String, tag.Bytes:
		f, g := x.s, y.s
		out.s = func(fr *frame) string {
			before := fr.quality
			fr.quality = tag.Good
			v := f(fr)
			if fr.quality.IsBad() {
				fr.quality = before
				return g(fr)
			}
			fr.quality = tag.Worst(before, fr.quality)
			return v
		}
	default:
		f, g := x.any, y.any
		out.any = func(fr *frame) any {
			before := fr.quality
			fr.quality = tag.Good
			v := f(fr)
			if fr.quality.IsBad() || v == nil {
				fr.quality = before
				return g(fr)
			}
			fr.quality = tag.Worst(before, fr.quality)
			return v
		}
	}
	return out
}
