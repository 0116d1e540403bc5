package frame

import (
	"encoding/hex"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// template is a frame to be sent, with places for a value and the checksum.
type template []part

type part struct {
	bytes  []byte
	value  *format // nil: no value here
	sum    bool
	source string
}

// format is how a value stands in a frame.
type format struct {
	plain    bool
	on, off  string // texts of a bool; with neither, none
	pad      int    // of a text, in bytes; 0: none
	digits   int    // hexadecimal digits; 0: none
	bcd      int    // bytes
	sign     bool   // always with a sign
	spaces   bool   // padded by spaces
	width    int    // of the digits before the point
	decimals int    // -1: no decimal form
	binary   byte   // u, i or f
	size     int
	little   bool
}

var (
	decimalForm = regexp.MustCompile(`^(\+?)(#*)(0+)(?:\.(0+))?$`)
	binaryForm  = regexp.MustCompile(`^([uif])(8|16|24|32|64)(le)?$`)
	otherForm   = regexp.MustCompile(`^(s|hex|bcd)([0-9]{1,3})$`)
)

func parseFormat(s string) (*format, error) {
	f := &format{decimals: -1}
	if s == "" {
		f.plain = true
		return f, nil
	}
	if on, off, ok := strings.Cut(s, "|"); ok {
		f.on, f.off = on, off
		return f, nil
	}
	if m := decimalForm.FindStringSubmatch(s); m != nil {
		f.sign, f.spaces, f.width, f.decimals = m[1] != "", m[2] != "", len(m[2])+len(m[3]), len(m[4])
		if f.width > 30 || f.decimals > 15 {
			return nil, fmt.Errorf("format %q is too wide", s)
		}
		return f, nil
	}
	if m := binaryForm.FindStringSubmatch(s); m != nil {
		bits, _ := strconv.Atoi(m[2])
		f.binary, f.size, f.little = m[1][0], bits/8, m[3] != ""
		if f.binary == 'f' && f.size != 4 && f.size != 8 {
			return nil, fmt.Errorf("format %q: a float has 32 or 64 bits", s)
		}
		return f, nil
	}
	if m := otherForm.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[2])
		most := map[string]int{"s": 999, "hex": 16, "bcd": 8}[m[1]]
		if n < 1 || n > most {
			return nil, fmt.Errorf("format %q: the number is 1 to %d", s, most)
		}
		switch m[1] {
		case "s":
			f.pad = n
		case "hex":
			f.digits = n
		case "bcd":
			f.bcd = n
		}
		return f, nil
	}
	return nil, fmt.Errorf("format %q is not known; write 0.00, +000.0, ###0.0, on|off, s10, hex4, bcd2, u16, i32le or f32", s)
}

// parseTemplate reads a template in the notation of parseBytes; {value}, {value:format} and
// {checksum} are its places, and {{ is a brace.
func parseTemplate(s string) (template, error) {
	var t template
	text, isHex := strings.CutPrefix(s, hexPrefix)
	var literal []byte
	digits := ""
	flush := func() error {
		if isHex {
			b, err := hex.DecodeString(strings.Join(strings.Fields(digits), ""))
			if err != nil {
				return fmt.Errorf("%q: write two hexadecimal digits a byte", digits)
			}
			literal, digits = b, ""
		}
		if len(literal) > 0 {
			t = append(t, part{bytes: literal})
		}
		literal = nil
		return nil
	}
	for i := 0; i < len(text); {
		switch {
		case !isHex && (strings.HasPrefix(text[i:], "{{") || strings.HasPrefix(text[i:], "}}")):
			literal = append(literal, text[i])
			i += 2
		case text[i] == '{':
			inside, _, closed := strings.Cut(text[i+1:], "}")
			if !closed {
				return nil, fmt.Errorf("{ without }: write {{ for a brace")
			}
			if err := flush(); err != nil {
				return nil, err
			}
			name, form, _ := strings.Cut(inside, ":")
			switch name {
			case "value":
				f, err := parseFormat(form)
				if err != nil {
					return nil, err
				}
				t = append(t, part{value: f, source: inside})
			case "checksum":
				t = append(t, part{sum: true})
			default:
				return nil, fmt.Errorf("{%s} is not known; there are {value}, {value:format} and {checksum}", inside)
			}
			i += len(inside) + 2
		case isHex:
			digits += text[i : i+1]
			i++
		default:
			n, b, err := parseByte(text[i:])
			if err != nil {
				return nil, err
			}
			literal = append(literal, b)
			i += n
		}
	}
	if err := flush(); err != nil {
		return nil, err
	}
	if len(t) == 0 {
		return nil, fmt.Errorf("there is nothing to send")
	}
	return t, nil
}

// takesValue reports whether a value has a place in the template.
func (t template) takesValue() bool {
	for i := range t {
		if t[i].value != nil {
			return true
		}
	}
	return false
}

// takesSum reports whether the checksum has a place.
func (t template) takesSum() bool {
	for i := range t {
		if t[i].sum {
			return true
		}
	}
	return false
}

// fill makes the bytes to send. factor divides a number first; text is how texts are encoded.
// The error is a *connector.StatusError.
func (t template) fill(v tag.Value, factor float64, sum *checksum, encode func(string) ([]byte, error)) ([]byte, error) {
	var out []byte
	for i := range t {
		p := &t[i]
		switch {
		case p.sum && sum != nil:
			var err error
			if out, err = sum.end(out); err != nil {
				return nil, &connector.StatusError{Quality: tag.BadConfigurationError, Message: err.Error()}
			}
		case p.value != nil:
			b, err := p.value.put(v, factor, encode)
			if err != nil {
				return nil, err
			}
			out = append(out, b...)
		default:
			out = append(out, p.bytes...)
		}
	}
	return out, nil
}

func refuse(q tag.Quality, form string, args ...any) error {
	return &connector.StatusError{Quality: q, Message: fmt.Sprintf(form, args...)}
}

// put is a value as it stands in a frame.
func (f *format) put(v tag.Value, factor float64, encode func(string) ([]byte, error)) ([]byte, error) {
	textual := v.Type() == tag.String || v.Type() == tag.JSON
	if f.on != "" || f.off != "" {
		if textual || v.Type() == tag.Bytes {
			return nil, refuse(tag.BadTypeMismatch, "%s is not true or false", v)
		}
		if v.Bool() {
			return []byte(f.on), nil
		}
		return []byte(f.off), nil
	}
	if v.Type() == tag.Bytes && (f.plain || f.pad > 0) {
		return f.padded([]byte(v.Text()))
	}
	if textual {
		if !f.plain && f.pad == 0 {
			return nil, refuse(tag.BadTypeMismatch, "a text cannot be written as a number")
		}
		b, err := encode(v.Text())
		if err != nil {
			return nil, refuse(tag.BadOutOfRange, "%v", err)
		}
		return f.padded(b)
	}
	if !v.Type().IsNumber() && v.Type() != tag.Bool {
		return nil, refuse(tag.BadTypeMismatch, "%s cannot be written", v)
	}
	if v.Type() == tag.Bool {
		v = tag.OfInt(v.Int())
	}
	if v.Type() == tag.Float {
		if err := payload.Finite(v); err != nil {
			return nil, err
		}
	}
	if factor != 0 {
		v = tag.OfFloat(v.Float() / factor)
		if x := math.Round(v.Float()); math.Abs(v.Float()-x) < 1e-9*math.Max(1, math.Abs(x)) && math.Abs(x) < 1<<53 {
			v = tag.OfInt(int64(x)) // 0.3 / 0.1 is not quite 3
		}
	}
	if f.plain || f.pad > 0 {
		return f.padded([]byte(payload.Plain(v)))
	}
	if f.decimals >= 0 {
		return f.decimal(v)
	}
	if f.binary == 'f' {
		if f.size == 8 {
			return f.ordered(math.Float64bits(v.Float())), nil
		}
		if math.Abs(v.Float()) > math.MaxFloat32 {
			return nil, refuse(tag.BadOutOfRange, "%s does not fit in 32 bits", v)
		}
		return f.ordered(uint64(math.Float32bits(float32(v.Float())))), nil
	}
	return f.whole(v)
}

func (f *format) padded(b []byte) ([]byte, error) {
	switch {
	case f.pad == 0:
		return b, nil
	case len(b) > f.pad:
		return nil, refuse(tag.BadOutOfRange, "the text has %d bytes, there is room for %d", len(b), f.pad)
	}
	return append(b[:len(b):len(b)], strings.Repeat(" ", f.pad-len(b))...), nil
}

// decimal is a number in digits.
func (f *format) decimal(v tag.Value) ([]byte, error) {
	var digits string
	negative := v.Float() < 0
	if v.Type() == tag.Int {
		digits = strings.TrimPrefix(strconv.FormatInt(v.Int(), 10), "-")
		if f.decimals > 0 {
			digits += "." + strings.Repeat("0", f.decimals)
		}
	} else {
		digits = strconv.FormatFloat(math.Abs(v.Float()), 'f', f.decimals, 64)
		if negative && strings.Trim(digits, "0.") == "" {
			negative = false
		}
	}
	width := f.width
	if f.decimals > 0 {
		width += 1 + f.decimals
	}
	if len(digits) > width && f.width > 1 {
		return nil, refuse(tag.BadOutOfRange, "%s has more digits than the frame has room for", v)
	}
	sign := ""
	if negative {
		sign = "-"
	} else if f.sign {
		sign = "+"
	}
	if f.spaces {
		text := sign + digits
		if fill := width - len(text); fill > 0 {
			text = strings.Repeat(" ", fill) + text
		} else if fill < 0 && (!f.sign || fill < -1) {
			return nil, refuse(tag.BadOutOfRange, "%s has more digits than the frame has room for", v)
		}
		return []byte(text), nil
	}
	return []byte(sign + strings.Repeat("0", max(0, width-len(digits))) + digits), nil
}

// whole is a whole number in bits, BCD or hexadecimal digits.
func (f *format) whole(v tag.Value) ([]byte, error) {
	n, err := v.Convert(tag.Int)
	big := uint64(0)
	switch {
	case err == nil:
	case v.Float() == math.Trunc(v.Float()) && v.Float() >= 0 && v.Float() < 1<<64 && f.binary == 'u' && f.size == 8:
		big = uint64(v.Float())
	case v.Float() == math.Trunc(v.Float()):
		return nil, refuse(tag.BadOutOfRange, "%s is too large", v)
	default:
		return nil, refuse(tag.BadTypeMismatch, "%s is not a whole number", v)
	}
	i := n.Int()
	bits := 8 * f.size
	low, high := int64(0), int64(math.MaxInt64)
	switch {
	case f.bcd > 0:
		high = min(high, int64(math.Pow10(2*f.bcd))-1)
	case f.digits > 0 && f.digits < 16:
		high = 1<<(4*f.digits) - 1
	case f.binary == 'i':
		low, high = -1<<(bits-1), 1<<(bits-1)-1
	case f.binary == 'u' && bits < 64:
		high = 1<<bits - 1
	}
	if i < low || i > high {
		return nil, refuse(tag.BadOutOfRange, "%d is outside %d to %d", i, low, high)
	}
	u := uint64(i)
	if big != 0 {
		u = big
	}
	switch {
	case f.digits > 0:
		return fmt.Appendf(nil, "%0*X", f.digits, u), nil
	case f.bcd > 0:
		out := make([]byte, f.bcd)
		for at := f.bcd - 1; at >= 0; at-- {
			out[at] = byte(u%10) | byte(u/10%10)<<4
			u /= 100
		}
		return out, nil
	}
	return f.ordered(u), nil
}

func (f *format) ordered(u uint64) []byte {
	if f.little {
		return storeUint(u, f.size, "little")
	}
	return storeUint(u, f.size, "big")
}
