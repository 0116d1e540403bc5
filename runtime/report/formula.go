package report

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// A formula computes a number of what the period holds: numbers, + - * / and brackets, functions over the history of a
// tag (avg("line/speed"), duration("line/state", 3)), hours() of the period, and round, min, max, abs of numbers.
type formula struct {
	root *node
	// calls are the questions to the history.
	calls []call
}

// call is one function of one tag.
type call struct {
	function historian.Function
	path     tag.Path
	state    tag.Value
}

type node struct {
	op    byte // 'n' number, 'c' call, 'f' function of numbers, + - * /, '~' minus
	value float64
	call  int
	name  string
	args  []*node
}

const maxNesting = 32

// numeric are the functions of numbers, with the least and most of their arguments.
var numeric = map[string][2]int{"round": {1, 2}, "min": {1, 8}, "max": {1, 8}, "abs": {1, 1}, "hours": {0, 0}, "days": {0, 0}, "orElse": {2, 2}}

// parseFormula reads a formula; the problem has a place in the text.
func parseFormula(text string) (*formula, *spec.Problem) {
	p := &formulaParser{text: text, out: &formula{}}
	switch {
	case len(text) > maxFormula:
		return nil, p.fail(0, "Compute parts of it as tags of their own.", "The formula is longer than %d bytes.", maxFormula)
	case !utf8.ValidString(text):
		return nil, p.fail(0, "Type it again.", "The formula is not valid text.")
	}
	root := p.sum(0)
	p.space()
	if p.problem == nil && p.i < len(text) {
		p.fail(p.i, "Remove it, or put an operator before it.", "%q was not expected here.", clip(text[p.i:]))
	}
	if p.problem != nil {
		return nil, p.problem
	}
	p.out.root = root
	return p.out, nil
}

type formulaParser struct {
	text    string
	i       int
	out     *formula
	problem *spec.Problem
}

func (p *formulaParser) fail(at int, hint, format string, args ...any) *spec.Problem {
	if p.problem == nil {
		offset := utf8.RuneCountInString(strings.ToValidUTF8(p.text[:min(at, len(p.text))], "?"))
		p.problem = &spec.Problem{Code: "formula_bad", Message: fmt.Sprintf(format, args...), Hint: hint, Line: 1, Column: offset + 1, Offset: offset}
	}
	return p.problem
}

func (p *formulaParser) space() {
	for p.i < len(p.text) && strings.IndexByte(" \t\r\n", p.text[p.i]) >= 0 {
		p.i++
	}
}

// next is the next character that counts, 0 at the end or after a problem.
func (p *formulaParser) next() byte {
	if p.space(); p.problem != nil || p.i >= len(p.text) {
		return 0
	}
	return p.text[p.i]
}

func (p *formulaParser) take(c byte) bool {
	if p.next() != c {
		return false
	}
	p.i++
	return true
}

func (p *formulaParser) sum(depth int) *node {
	n := p.product(depth)
	for c := p.next(); c == '+' || c == '-'; c = p.next() {
		p.i++
		n = &node{op: c, args: []*node{n, p.product(depth)}}
	}
	return n
}

func (p *formulaParser) product(depth int) *node {
	n := p.factor(depth)
	for c := p.next(); c == '*' || c == '/'; c = p.next() {
		p.i++
		n = &node{op: c, args: []*node{n, p.factor(depth)}}
	}
	return n
}

func (p *formulaParser) factor(depth int) *node {
	if depth > maxNesting {
		p.fail(p.i, "Make it simpler.", "The formula is nested deeper than %d.", maxNesting)
		return nil
	}
	switch c := p.next(); {
	case c == 0:
		p.fail(p.i, `Write a number or a function of a tag: avg("line/speed").`, "The formula ends too early.")
		return nil
	case c == '-':
		p.i++
		return &node{op: '~', args: []*node{p.factor(depth + 1)}}
	case c == '(':
		p.i++
		n := p.sum(depth + 1)
		if !p.take(')') {
			p.fail(p.i, `Add ")".`, "A bracket is not closed.")
		}
		return n
	case c >= '0' && c <= '9' || c == '.':
		return p.number()
	case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
		return p.function(depth)
	}
	_, size := utf8.DecodeRuneInString(p.text[p.i:])
	p.fail(p.i, `Write a number or a function of a tag: avg("line/speed").`, "%q was not expected here.", p.text[p.i:p.i+size])
	return nil
}

func (p *formulaParser) number() *node {
	begin := p.i
	for p.i < len(p.text) && strings.IndexByte("0123456789.eE", p.text[p.i]) >= 0 {
		if e := p.text[p.i] | 0x20; e == 'e' && p.i+1 < len(p.text) && strings.IndexByte("+-", p.text[p.i+1]) >= 0 {
			p.i++
		}
		p.i++
	}
	v, err := strconv.ParseFloat(p.text[begin:p.i], 64)
	if err != nil {
		p.fail(begin, "Write it with digits and a point: 0.5.", "%q is not a number.", clip(p.text[begin:p.i]))
	}
	return &node{op: 'n', value: v}
}

func (p *formulaParser) function(depth int) *node {
	begin := p.i
	for p.i < len(p.text) && (p.text[p.i]|0x20 >= 'a' && p.text[p.i]|0x20 <= 'z' || p.text[p.i] >= '0' && p.text[p.i] <= '9') {
		p.i++
	}
	name := p.text[begin:p.i]
	bounds, isNumeric := numeric[name]
	over := slices.Contains(historian.Functions(), historian.Function(name))
	if !isNumeric && !over {
		known := []string{"round", "abs", "hours", "days", "orElse"}
		for _, f := range historian.Functions() {
			known = append(known, string(f))
		}
		problem := spec.OneOf("formula_bad", "", fmt.Sprintf("There is no function %q.", clip(name)), name, known)
		if p.fail(begin, problem.Hint, "There is no function %q.", clip(name)); problem.Hint != "" {
			p.problem.Hint = problem.Hint
		}
		return nil
	}
	if !p.take('(') {
		p.fail(p.i, `Write "(" behind its name.`, "The function %s has no arguments.", name)
		return nil
	}
	if c := p.next(); over && (c == '"' || c == '\'') {
		return p.history(name)
	}
	if !isNumeric {
		p.fail(p.i, `Put the path of the tag in quotes: avg("line/speed").`, "The function %s wants a tag.", name)
		return nil
	}
	n := &node{op: 'f', name: name}
	for p.next() != ')' {
		if len(n.args) > 0 && !p.take(',') {
			p.fail(p.i, `Write "," between arguments and ")" at the end.`, "A bracket is not closed.")
			return nil
		}
		if n.args = append(n.args, p.sum(depth+1)); p.problem != nil {
			return nil
		}
	}
	p.i++
	if len(n.args) < bounds[0] || len(n.args) > bounds[1] {
		p.fail(begin, "Look at the guide.", "The function %s does not take %d arguments.", name, len(n.args))
	}
	return n
}

// history reads the rest of a function of a tag.
func (p *formulaParser) history(name string) *node {
	at := p.i
	text, ok := p.quoted()
	if !ok {
		return nil
	}
	path, err := tag.ParsePath(text)
	if err != nil {
		p.fail(at, "Write levels joined by /, such as area/line/speed.", "The %v.", err)
		return nil
	}
	c := call{function: historian.Function(name), path: path}
	if p.take(',') {
		p.space()
		at := p.i
		var raw string
		if c := p.next(); c == '"' || c == '\'' {
			s, ok := p.quoted()
			if !ok {
				return nil
			}
			b, _ := json.Marshal(s)
			raw = string(b)
		} else {
			for p.i < len(p.text) && strings.IndexByte("),", p.text[p.i]) < 0 {
				p.i++
			}
			raw = strings.TrimSpace(p.text[at:p.i])
		}
		state, err := tag.Parse([]byte(raw), tag.None)
		if err != nil || state.IsNone() {
			p.fail(at, `Write a number, true, false or a text in quotes.`, "%q is not a state.", clip(raw))
			return nil
		}
		c.state = state
	}
	if !p.take(')') {
		p.fail(p.i, `Add ")".`, "A bracket is not closed.")
		return nil
	}
	i := slices.Index(p.out.calls, c)
	if i < 0 {
		i = len(p.out.calls)
		p.out.calls = append(p.out.calls, c)
	}
	return &node{op: 'c', call: i}
}

// quoted reads a text in quotes of one or the other kind; no character is escaped.
func (p *formulaParser) quoted() (string, bool) {
	at := p.i
	end := strings.IndexByte(p.text[at+1:], p.text[at])
	if end < 0 {
		p.fail(at, "Add a quote at the end.", "The text in quotes has no end.")
		return "", false
	}
	p.i = at + end + 2
	return p.text[at+1 : at+1+end], true
}

// amount is a number with what is known of it.
type amount struct {
	value     float64
	known     bool
	uncertain bool
}

func known(v float64) amount { return amount{value: v, known: !math.IsNaN(v) && !math.IsInf(v, 0)} }

// eval computes the formula of the answers to its calls; what divides by nothing, or hangs on what is not known, is not known.
func (f *formula) eval(answers []amount, span Span) amount { return f.root.eval(answers, span) }

func (n *node) eval(answers []amount, span Span) amount {
	switch n.op {
	case 'n':
		return known(n.value)
	case 'c':
		return answers[n.call]
	}
	args := make([]amount, len(n.args))
	ok, uncertain := true, false
	for i, a := range n.args {
		args[i] = a.eval(answers, span)
		ok, uncertain = ok && args[i].known, uncertain || args[i].uncertain
	}
	if n.name == "orElse" {
		if args[0].known {
			return args[0]
		}
		return args[1]
	}
	if !ok {
		return amount{}
	}
	var v float64
	switch n.op {
	case '+':
		v = args[0].value + args[1].value
	case '-':
		v = args[0].value - args[1].value
	case '*':
		v = args[0].value * args[1].value
	case '/':
		v = args[0].value / args[1].value
	case '~':
		v = -args[0].value
	case 'f':
		v = n.apply(args, span)
	}
	out := known(v)
	out.uncertain = uncertain
	return out
}

func (n *node) apply(args []amount, span Span) float64 {
	switch n.name {
	case "hours":
		return span.To.Sub(span.From).Hours()
	case "days":
		return span.To.Sub(span.From).Hours() / 24
	case "abs":
		return math.Abs(args[0].value)
	case "round":
		digits := 0.0
		if len(args) == 2 {
			digits = math.Trunc(min(max(args[1].value, 0), 10))
		}
		scale := math.Pow(10, digits)
		return math.Round(args[0].value*scale) / scale
	}
	v := args[0].value
	for _, a := range args[1:] {
		if n.name == "min" {
			v = min(v, a.value)
		} else {
			v = max(v, a.value)
		}
	}
	return v
}

// clip keeps a message short.
func clip(s string) string {
	if len(s) > 60 {
		return strings.ToValidUTF8(s[:60], "") + "…"
	}
	return s
}
