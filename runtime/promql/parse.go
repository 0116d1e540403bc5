// Package promql reads and evaluates a small part of the query language of Prometheus over whatever has series: selectors
// with matchers and an offset, functions over a range, sums over series, and arithmetic with numbers. What it does not
// know it says.
package promql

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a query.
const (
	// MaxQuery is how long a query may be, in bytes.
	MaxQuery = 16 << 10
	maxDepth = 32
	maxRange = 100 * 366 * 24 * time.Hour
)

// Understood says what this part of the language has.
const Understood = "Understood are name{label=\"…\"} with =, !=, =~, !~, offset 1h, avg_over_time, min_over_time, max_over_time, sum_over_time, count_over_time, last_over_time, stddev_over_time, rate, increase and delta over a range such as [5m], sum, avg, min, max and count by (label), and + - * / with numbers."

// Matcher wants something of a label.
type Matcher struct {
	Label string
	// Op is =, !=, =~ or !~.
	Op    string
	Value string
	exp   *regexp.Regexp
}

// Matches reports whether a value of the label is wanted; "" stands for none.
func (m *Matcher) Matches(value string) bool {
	switch m.Op {
	case "=":
		return value == m.Value
	case "!=":
		return value != m.Value
	case "=~":
		return m.exp.MatchString(value)
	}
	return !m.exp.MatchString(value)
}

// Name is the label that a metric name is kept in.
const Name = "__name__"

// Expr is a query that was read.
type Expr interface{ isExpr() }

type (
	// Number is a constant.
	Number float64
	// Selector chooses series.
	Selector struct {
		Matchers []Matcher
		// Range is of the samples that a function is over, 0 for the value of a time.
		Range  time.Duration
		Offset time.Duration
	}
	// Call is a function over a range.
	Call struct {
		Function string
		Of       *Selector
	}
	// Sum puts series together: sum, avg, min, max or count.
	Sum struct {
		Function string
		By       []string
		Of       Expr
	}
	// Binary is arithmetic: + - * or /.
	Binary struct {
		Op   byte
		A, B Expr
	}
)

func (Number) isExpr()    {}
func (*Selector) isExpr() {}
func (*Call) isExpr()     {}
func (*Sum) isExpr()      {}
func (*Binary) isExpr()   {}

var calls = map[string]bool{
	"avg_over_time": true, "min_over_time": true, "max_over_time": true, "sum_over_time": true, "count_over_time": true, "last_over_time": true, "stddev_over_time": true,
	"rate": true, "increase": true, "delta": true,
}

var sums = map[string]bool{"sum": true, "avg": true, "min": true, "max": true, "count": true}

type parser struct {
	text  string
	at    int
	depth int
}

// Parse reads a query. The error says what is understood.
func Parse(text string) (Expr, error) {
	if len(text) > MaxQuery {
		return nil, fmt.Errorf("the query is longer than %d bytes", MaxQuery)
	}
	p := &parser{text: text}
	e, err := p.sum()
	if err == nil && p.skip() < len(p.text) {
		err = p.fail("the query does not end there")
	}
	if err == nil {
		if s, ok := e.(*Selector); ok && s.Range > 0 {
			err = fmt.Errorf("a range such as [5m] is for a function over it, such as avg_over_time")
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%w. %s", err, Understood)
	}
	return e, nil
}

func (p *parser) fail(what string) error {
	rest := p.text[p.at:]
	if r := []rune(rest); len(r) > 20 {
		rest = string(r[:20]) + "…"
	}
	if rest == "" {
		return fmt.Errorf("%s: the query ends too soon", what)
	}
	return fmt.Errorf("%s: at character %d, %q", what, utf8.RuneCountInString(p.text[:p.at])+1, rest)
}

// skip goes over spaces and comments and says where it is.
func (p *parser) skip() int {
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r':
			p.at++
		case c == '#':
			end := strings.IndexByte(p.text[p.at:], '\n')
			if end < 0 {
				end = len(p.text) - p.at - 1
			}
			p.at += end + 1
		default:
			return p.at
		}
	}
	return p.at
}

func (p *parser) peek() byte {
	if p.skip() < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) take(c byte) bool {
	if p.peek() == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) word() string {
	begin := p.skip()
	for p.at < len(p.text) {
		c := p.text[p.at]
		if !(c == '_' || c == ':' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || p.at > begin && c >= '0' && c <= '9') {
			break
		}
		p.at++
	}
	return p.text[begin:p.at]
}

func (p *parser) sum() (Expr, error) {
	if p.depth++; p.depth > maxDepth {
		return nil, fmt.Errorf("the query is nested more than %d deep", maxDepth)
	}
	defer func() { p.depth-- }()
	return p.binary("+-", func() (Expr, error) { return p.binary("*/", p.factor) })
}

func (p *parser) binary(ops string, next func() (Expr, error)) (Expr, error) {
	a, err := next()
	for err == nil {
		op := p.peek()
		if op == 0 || strings.IndexByte(ops, op) < 0 {
			return a, nil
		}
		p.at++
		var b Expr
		if b, err = next(); err == nil {
			a = &Binary{op, a, b}
		}
	}
	return nil, err
}

func (p *parser) factor() (Expr, error) {
	c := p.peek()
	switch {
	case c == '(':
		p.at++
		e, err := p.sum()
		if err == nil && !p.take(')') {
			err = p.fail("a ) is missing")
		}
		return e, err
	case c == '{':
		return p.selector("")
	case c >= '0' && c <= '9' || c == '.' || c == '-':
		begin := p.at
		p.at++
		for p.at < len(p.text) && strings.IndexByte("0123456789.eE", p.text[p.at]) >= 0 {
			p.at++
		}
		f, err := strconv.ParseFloat(p.text[begin:p.at], 64)
		if err != nil {
			p.at = begin
			return nil, p.fail("this is no number")
		}
		return Number(f), nil
	}
	name := p.word()
	switch {
	case name == "":
		return nil, p.fail("here should be the name of a metric")
	case sums[name] && (p.peek() == '(' || strings.HasPrefix(p.text[p.skip():], "by") || strings.HasPrefix(p.text[p.at:], "without")):
		return p.aggregation(name)
	case p.peek() == '(':
		if !calls[name] {
			return nil, fmt.Errorf("the function %s is not known here", name)
		}
		p.at++
		of, err := p.sum()
		if err != nil {
			return nil, err
		}
		s, ok := of.(*Selector)
		if !ok || s.Range == 0 {
			return nil, fmt.Errorf("%s is over a range: %s(name[5m])", name, name)
		}
		if !p.take(')') {
			return nil, p.fail("a ) is missing")
		}
		return &Call{name, s}, nil
	}
	return p.selector(name)
}

func (p *parser) aggregation(name string) (Expr, error) {
	s := &Sum{Function: name}
	by := func() error {
		begin := p.skip()
		if w := p.word(); w != "by" {
			p.at = begin
			if w == "without" {
				return fmt.Errorf("without is not known here: use by")
			}
			return nil
		}
		if !p.take('(') {
			return p.fail("a ( is missing")
		}
		for !p.take(')') {
			label := p.word()
			if label == "" {
				return p.fail("here should be a label")
			}
			s.By = append(s.By, label)
			if p.peek() != ')' && !p.take(',') {
				return p.fail("a ) is missing")
			}
		}
		return nil
	}
	if err := by(); err != nil {
		return nil, err
	}
	if !p.take('(') {
		return nil, p.fail("a ( is missing")
	}
	var err error
	if s.Of, err = p.sum(); err != nil {
		return nil, err
	}
	if o, ok := s.Of.(*Selector); ok && o.Range > 0 {
		return nil, fmt.Errorf("%s is over series, not over a range", name)
	}
	if !p.take(')') {
		return nil, p.fail("a ) is missing")
	}
	if len(s.By) == 0 {
		err = by()
	}
	return s, err
}

func (p *parser) selector(name string) (Expr, error) {
	s := &Selector{}
	if name != "" {
		s.Matchers = append(s.Matchers, Matcher{Label: Name, Op: "=", Value: name})
	}
	if p.take('{') {
		for !p.take('}') {
			m := Matcher{Label: p.word()}
			if m.Label == "" {
				return nil, p.fail("here should be a label")
			}
			p.skip()
			for _, op := range []string{"=~", "!~", "!=", "="} {
				if strings.HasPrefix(p.text[p.at:], op) {
					m.Op = op
					p.at += len(op)
					break
				}
			}
			if m.Op == "" {
				return nil, p.fail("here should be =, !=, =~ or !~")
			}
			var err error
			if m.Value, err = p.quoted(); err != nil {
				return nil, err
			}
			if m.Op == "=~" || m.Op == "!~" {
				if m.exp, err = regexp.Compile("^(?s:" + m.Value + ")$"); err != nil {
					return nil, fmt.Errorf("%q is no regular expression", m.Value)
				}
			}
			s.Matchers = append(s.Matchers, m)
			if p.peek() != '}' && !p.take(',') {
				return nil, p.fail("a } is missing")
			}
		}
	}
	if len(s.Matchers) == 0 {
		return nil, p.fail("name the metric, or a label")
	}
	var err error
	if p.take('[') {
		if s.Range, err = p.duration(); err != nil {
			return nil, err
		}
		if !p.take(']') {
			return nil, p.fail("a ] is missing (a subquery is not known here)")
		}
	}
	begin := p.skip()
	if p.word() == "offset" {
		negative := p.take('-')
		if s.Offset, err = p.duration(); negative {
			s.Offset = -s.Offset
		}
		return s, err
	}
	p.at = begin
	return s, nil
}

func (p *parser) quoted() (string, error) {
	q := p.peek()
	if q != '"' && q != '\'' && q != '`' {
		return "", p.fail("here should be a text in quotes")
	}
	var b strings.Builder
	for p.at++; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == q:
			p.at++
			return b.String(), nil
		case c == '\\' && q != '`' && p.at+1 < len(p.text):
			p.at++
			switch e := p.text[p.at]; e {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '\\', '"', '\'':
				b.WriteByte(e)
			default:
				return "", p.fail("this is not known after \\")
			}
		default:
			b.WriteByte(c)
		}
	}
	return "", p.fail("the text does not end")
}

func (p *parser) duration() (time.Duration, error) {
	begin := p.skip()
	for p.at < len(p.text) && strings.IndexByte("0123456789smhdwy", p.text[p.at]) >= 0 {
		p.at++
	}
	d, err := ParseDuration(p.text[begin:p.at])
	if err != nil {
		p.at = begin
		return 0, p.fail("here should be a time such as 5m or 1h30m")
	}
	return d, nil
}

var durations = regexp.MustCompile(`^(?:(\d{1,6})y)?(?:(\d{1,6})w)?(?:(\d{1,6})d)?(?:(\d{1,9})h)?(?:(\d{1,9})m)?(?:(\d{1,10})s)?(?:(\d{1,12})ms)?$`)

// ParseDuration reads a time as Prometheus writes it: 5m, 1h30m, 1d, or seconds.
func ParseDuration(s string) (time.Duration, error) {
	if f, err := strconv.ParseFloat(s, 64); err == nil && f > 0 && f < maxRange.Seconds() {
		return time.Duration(f * float64(time.Second)), nil
	}
	m := durations.FindStringSubmatch(s)
	if m == nil || s == "" {
		return 0, fmt.Errorf("%q is no time", s)
	}
	var sum float64
	for i, unit := range []time.Duration{365 * 24 * time.Hour, 7 * 24 * time.Hour, 24 * time.Hour, time.Hour, time.Minute, time.Second, time.Millisecond} {
		if m[i+1] != "" {
			n, _ := strconv.ParseFloat(m[i+1], 64)
			sum += n * float64(unit)
		}
	}
	if sum <= 0 || sum > float64(maxRange) {
		return 0, fmt.Errorf("%q is too short or too long", s)
	}
	return time.Duration(sum), nil
}
