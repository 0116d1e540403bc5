package unit

import (
	"fmt"
	"math/big"
	"strings"
	"sync"
)

// Bounds of a unit.
const (
	// MaxCode is the length of the longest unit, in bytes.
	MaxCode     = 64
	maxDepth    = 8
	maxExponent = 99
)

// SyntaxError says what is wrong with the text of a unit.
type SyntaxError struct {
	// Offset counts bytes from 0.
	Offset int
	// Atom is the part that is no unit, when that is the fault.
	Atom    string
	Message string
}

// Error implements error.
func (e *SyntaxError) Error() string { return e.Message }

// cache holds what was read: a plant uses few units, but asks for them often.
var cache struct {
	sync.Mutex
	units map[string]Unit
}

const maxCached = 4096

// Parse reads a unit (UCUM 2.2, §2 to §14, case sensitive): prefixes, exponents, "." and "/", parentheses,
// numbers and {annotations}. The error is a *SyntaxError.
func Parse(code string) (Unit, error) {
	cache.Lock()
	u, ok := cache.units[code]
	cache.Unlock()
	if ok {
		return u, nil
	}
	u, err := read(code, findAtom)
	if err != nil {
		return Unit{}, err
	}
	cache.Lock()
	if cache.units == nil || len(cache.units) >= maxCached {
		cache.units = make(map[string]Unit)
	}
	cache.units[code] = u
	cache.Unlock()
	return u, nil
}

// Must reads a unit that is known to be one.
func Must(code string) Unit {
	u, err := Parse(code)
	if err != nil {
		panic("unit: " + code + ": " + err.Error())
	}
	return u
}

// Valid reports whether a text is a unit of UCUM.
func Valid(code string) bool {
	_, err := Parse(code)
	return err == nil
}

type parser struct {
	text  string
	at    int
	depth int
	find  finder
}

func read(text string, find finder) (u Unit, err error) {
	if len(text) > MaxCode {
		return Unit{}, &SyntaxError{Offset: MaxCode, Message: fmt.Sprintf("the unit has more than %d bytes", MaxCode)}
	}
	p := &parser{text: text, find: find}
	if text == "" {
		return Unit{}, p.fail(0, "", "the unit is empty")
	}
	for i := range len(text) {
		if c := text[i]; c < 33 || c > 126 {
			return Unit{}, p.fail(i, "", "a unit is written in plain characters without spaces")
		}
	}
	if u, err = p.term(); err != nil {
		return Unit{}, err
	}
	if p.at < len(text) {
		return Unit{}, p.fail(p.at, "", fmt.Sprintf("%q is not expected here", text[p.at]))
	}
	// What a float64 cannot hold with some room is no unit of this world.
	if f := float(new(big.Rat).Abs(u.slope())); !(f > 1e-150 && f < 1e150) {
		return Unit{}, p.fail(0, "", "the unit is too large or too small")
	}
	u.code = text
	return u, nil
}

func (p *parser) fail(at int, atom, message string) *SyntaxError {
	return &SyntaxError{Offset: at, Atom: atom, Message: message}
}

func (p *parser) peek() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

// term reads components with "." and "/" between them, from left to right; it may begin with "/".
func (p *parser) term() (Unit, error) {
	if p.depth++; p.depth > maxDepth {
		return Unit{}, p.fail(p.at, "", "there are too many parentheses")
	}
	defer func() { p.depth-- }()
	var out Unit
	began := false
	if p.peek() != '/' {
		first, err := p.component()
		if err != nil {
			return Unit{}, err
		}
		out, began = first, true
	}
	for {
		operator := p.peek()
		if operator != '.' && operator != '/' {
			return out, nil
		}
		p.at++
		next, err := p.component()
		if err != nil {
			return Unit{}, err
		}
		sign := int16(1)
		if operator == '/' {
			sign = -1
		}
		if out, err = p.times(out, next, sign); err != nil {
			return Unit{}, err
		}
		switch {
		case !began && sign < 0:
			out.symbol = "1/" + next.symbol
		case sign < 0:
			out.symbol += "/" + next.symbol
		default:
			out.symbol += "·" + next.symbol
		}
		began = true
	}
}

// times multiplies by a unit or divides by it.
func (p *parser) times(a, b Unit, sign int16) (Unit, error) {
	var err error
	// A number before a special unit scales it; anything else takes it as a difference.
	if a.special == nil && a.dim == (Dimension{}) && !a.us && b.special != nil && sign > 0 && isNumber(a.symbol) {
		out := b
		out.scale = new(big.Rat).Mul(b.multiple(), a.ratio())
		out.note = ""
		return out, nil
	}
	if a, err = p.plain(a); err != nil {
		return Unit{}, err
	}
	if b, err = p.plain(b); err != nil {
		return Unit{}, err
	}
	out := Unit{us: a.us || b.us, symbol: a.symbol}
	for i := range out.dim {
		out.dim[i] = a.dim[i] + sign*b.dim[i]
	}
	if sign > 0 {
		out.factor = new(big.Rat).Mul(a.ratio(), b.ratio())
	} else {
		out.factor = new(big.Rat).Quo(a.ratio(), b.ratio())
	}
	return out, nil
}

func isNumber(symbol string) bool { return symbol != "" && symbol[0] >= '0' && symbol[0] <= '9' }

// plain is a special unit as one of differences: Cel as K.
func (p *parser) plain(u Unit) (Unit, error) {
	if u.special == nil {
		return u, nil
	}
	if u.uneven() {
		return Unit{}, p.fail(0, "", u.symbol+" stands on an uneven scale and cannot be part of a product")
	}
	u.factor, u.special, u.scale = u.slope(), nil, nil
	return u, nil
}

// component reads a unit with exponent and annotation, a number, or a term in parentheses.
func (p *parser) component() (Unit, error) {
	start := p.at
	switch c := p.peek(); {
	case c == 0:
		return Unit{}, p.fail(p.at, "", "a unit is missing at the end")
	case c == '(':
		p.at++
		u, err := p.term()
		if err != nil {
			return Unit{}, err
		}
		if p.peek() != ')' {
			return Unit{}, p.fail(p.at, "", `a ")" is missing`)
		}
		p.at++
		if strings.ContainsAny(u.symbol, "·/") {
			u.symbol = "(" + u.symbol + ")"
		}
		u.note = ""
		return u, nil
	case c == '{':
		note, err := p.annotation()
		if err != nil {
			return Unit{}, err
		}
		return Unit{symbol: note}, nil
	case isDigit(c):
		for isDigit(p.peek()) {
			p.at++
		}
		if next := p.peek(); p.text[start:p.at] == "10" && (next == '*' || next == '^') {
			p.at++
			return p.exponent(p.text[start:p.at], start)
		}
		digits := p.text[start:p.at]
		n, ok := new(big.Rat).SetString(digits)
		if !ok || n.Sign() == 0 || len(digits) > 18 {
			return Unit{}, p.fail(start, "", digits+" cannot be a factor")
		}
		u := Unit{factor: n, symbol: digits}
		if p.peek() == '{' {
			note, err := p.annotation()
			if err != nil {
				return Unit{}, err
			}
			u.symbol = note
			if digits != "1" {
				u.symbol = digits + " " + note
			}
		}
		return u, nil
	}
	for p.at < len(p.text) {
		switch c := p.text[p.at]; {
		case c == '[':
			end := strings.IndexByte(p.text[p.at:], ']')
			if end < 0 {
				return Unit{}, p.fail(p.at, "", `a "]" is missing`)
			}
			p.at += end + 1
			continue
		case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c == '%', c == '\'', c == '_':
			p.at++
			continue
		}
		break
	}
	if p.at == start {
		return Unit{}, p.fail(start, "", fmt.Sprintf("%q is not expected here", p.text[start]))
	}
	return p.exponent(p.text[start:p.at], start)
}

// exponent reads what follows an atom: an exponent, an annotation.
func (p *parser) exponent(code string, start int) (Unit, error) {
	u, ok := p.simple(code)
	if !ok {
		return Unit{}, p.fail(start, code, fmt.Sprintf("%q is no unit", code))
	}
	sign, from := 1, p.at
	if c := p.peek(); c == '-' || c == '+' {
		if c == '-' {
			sign = -1
		}
		p.at++
		if !isDigit(p.peek()) {
			return Unit{}, p.fail(p.at, "", "an exponent is missing")
		}
	}
	n := 0
	digits := p.at
	for isDigit(p.peek()) {
		if n = n*10 + int(p.peek()-'0'); n > maxExponent {
			return Unit{}, p.fail(digits, "", fmt.Sprintf("the exponent is greater than %d", maxExponent))
		}
		p.at++
	}
	if p.at > digits {
		if n == 0 {
			return Unit{}, p.fail(digits, "", "the exponent is 0")
		}
		base, err := p.plain(u)
		if err != nil {
			return Unit{}, err
		}
		u = base
		n *= sign
		for i := range u.dim {
			u.dim[i] *= int16(n)
		}
		u.factor = power(u.ratio(), n)
		u.symbol = base.symbol + superscript(n)
	} else if p.at != from {
		return Unit{}, p.fail(from, "", "an exponent is missing")
	}
	if p.peek() == '{' {
		note, err := p.annotation()
		if err != nil {
			return Unit{}, err
		}
		u.note = note
		u.symbol = annotated(u.symbol, note)
	}
	return u, nil
}

// annotated is a symbol with what stands in braces behind it: "bar (g)".
func annotated(symbol, note string) string { return symbol + "(" + note + ")" }

// simple finds an atom, with a prefix if need be.
func (p *parser) simple(code string) (Unit, bool) {
	if u, _, ok := p.find(code); ok {
		return *u, true
	}
	for n := 1; n <= 2 && n < len(code); n++ {
		value, ok := prefixes[code[:n]]
		if !ok {
			continue
		}
		a, metric, ok := p.find(code[n:])
		if !ok || !metric {
			continue
		}
		u := *a
		u.symbol = code[:n] + a.symbol
		if code[:n] == "u" {
			u.symbol = "µ" + a.symbol
		}
		scale := rational(value)
		if u.special != nil {
			u.scale = scale
		} else {
			u.factor = scale.Mul(scale, a.ratio())
		}
		return u, true
	}
	return Unit{}, false
}

// annotation reads a text in braces.
func (p *parser) annotation() (string, error) {
	end := strings.IndexByte(p.text[p.at:], '}')
	if end < 0 {
		return "", p.fail(p.at, "", `a "}" is missing`)
	}
	text := p.text[p.at+1 : p.at+end]
	if strings.ContainsRune(text, '{') {
		return "", p.fail(p.at, "", "an annotation cannot hold another")
	}
	p.at += end + 1
	return text, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func power(r *big.Rat, n int) *big.Rat {
	k := n
	if k < 0 {
		k = -k
	}
	e := big.NewInt(int64(k))
	num, den := new(big.Int).Exp(r.Num(), e, nil), new(big.Int).Exp(r.Denom(), e, nil)
	if n < 0 {
		num, den = den, num
	}
	return new(big.Rat).SetFrac(num, den)
}

var superscripts = [...]string{"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"}

func superscript(n int) string {
	out := ""
	for _, c := range fmt.Sprint(n) {
		if c == '-' {
			out += "⁻"
		} else {
			out += superscripts[c-'0']
		}
	}
	if out == "¹" {
		return ""
	}
	return out
}
