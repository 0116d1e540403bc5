package plant

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/bits"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// placeholder is {id}, {id+4}, {id*10+n} or {id:03}; what else stands in braces is text.
var placeholder = regexp.MustCompile(`\{ *([A-Za-z0-9_]+(?: *[-+*] *[A-Za-z0-9_]+)*) *(?::0?([1-9]))? *\}`)

// ParameterID reports whether s may be the id of a parameter.
func ParameterID(s string) bool {
	return len(s) <= 64 && parameterID.MatchString(s) && !slices.Contains(builtin, s)
}

var parameterID = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]*$`)

// builtin are the placeholders that every asset fills by itself.
var builtin = []string{"path", "name", "title"}

// value is what stands in for a placeholder.
type value struct {
	raw    json.RawMessage // nil: none was given
	text   string
	number int64
	texts  spec.Text // of {title}
}

// names knows the placeholders of a text, in the order of the values that fill them.
type names struct {
	ids   []string
	types []string
}

// text is a text with placeholders between its literal pieces: len(literals) = len(holes)+1.
type text struct {
	literals []string
	holes    []hole
}

// hole is one placeholder: a sum of products.
type hole struct {
	text  string
	sum   [][]factor
	minus []bool
	width int // digits at least
}

// factor is a value by its index, or -1 and a number.
type factor struct {
	index  int
	number int64
}

// plain reports whether it is a value as it stands, and not computed.
func (h *hole) plain() bool { return len(h.sum) == 1 && len(h.sum[0]) == 1 && h.width == 0 }

// holed reports whether a text may hold a placeholder, at a glance.
func holed(s string) bool { return strings.IndexByte(s, '{') >= 0 }

// placeholderError says what is wrong with a placeholder.
type placeholderError struct{ problem spec.Problem }

func (e *placeholderError) Error() string { return e.problem.Message }

// parseText finds the placeholders of s; nil when it has none. In an expression braces mean other
// things as well: there a name that is not known, and resembles no other, is left alone.
func parseText(s string, known names, expression bool) (*text, error) {
	if !holed(s) {
		return nil, nil
	}
	t := &text{}
	done := 0
	for _, m := range placeholder.FindAllStringSubmatchIndex(s, -1) {
		inner := s[m[2]:m[3]]
		if expression && m[0] > 0 && s[m[0]-1] == '{' || !strings.ContainsFunc(inner, func(r rune) bool { return r > '9' && r != '_' }) {
			continue // digits only: {3} is no placeholder
		}
		h := hole{text: s[m[0]:m[1]]}
		if m[4] >= 0 {
			h.width = int(s[m[4]] - '0')
		}
		unknown, err := h.parse(inner, known)
		switch {
		case unknown && expression && spec.Nearest(inner, known.ids) == "":
			continue
		case err != nil:
			return nil, err
		}
		t.literals, t.holes = append(t.literals, s[done:m[0]]), append(t.holes, h)
		done = m[1]
	}
	if len(t.holes) == 0 {
		return nil, nil
	}
	t.literals = append(t.literals, s[done:])
	return t, nil
}

func (h *hole) parse(inner string, known names) (unknown bool, err error) {
	compact := strings.ReplaceAll(inner, " ", "")
	minus := false
	for begin := 0; ; {
		end := strings.IndexAny(compact[begin:], "+-")
		product := compact[begin:]
		if end >= 0 {
			product = compact[begin : begin+end]
		}
		var factors []factor
		for _, word := range strings.Split(product, "*") {
			f := factor{index: -1}
			if word[0] >= '0' && word[0] <= '9' {
				if f.number, err = strconv.ParseInt(word, 10, 64); err != nil {
					return false, &placeholderError{spec.Problem{Code: "placeholder_form", Message: fmt.Sprintf("%q in the placeholder %s is not a whole number.", clip(word), clip(h.text)), Hint: "Write {id}, {id+4} or {id*10+1}."}}
				}
			} else if f.index = slices.Index(known.ids, word); f.index < 0 {
				return true, &placeholderError{*spec.OneOf("parameter_unknown", "", fmt.Sprintf("There is no parameter %q for the placeholder %s.", clip(word), clip(h.text)), word, known.ids)}
			}
			factors = append(factors, f)
		}
		h.sum, h.minus = append(h.sum, factors), append(h.minus, minus)
		if end < 0 {
			break
		}
		minus = compact[begin+end] == '-'
		begin += end + 1
	}
	if h.plain() {
		return false, nil
	}
	for _, product := range h.sum {
		for _, f := range product {
			if f.index >= 0 && known.types[f.index] != "int" {
				return false, &placeholderError{spec.Problem{Code: "placeholder_type", Message: fmt.Sprintf("The placeholder %s computes with %q, which is not a whole number.", clip(h.text), known.ids[f.index]), Hint: "Give the parameter the type int."}}
			}
		}
	}
	return false, nil
}

var errOverflow = errors.New("overflow")

// number computes the placeholder.
func (h *hole) number(values []value) (int64, error) {
	var sum int64
	for i, product := range h.sum {
		p := int64(1)
		for _, f := range product {
			n := f.number
			if f.index >= 0 {
				n = values[f.index].number
			}
			high, low := bits.Mul64(magnitude(p), magnitude(n))
			if high != 0 || low > math.MaxInt64 {
				return 0, errOverflow
			}
			p *= n
		}
		if h.minus[i] {
			p = -p
		}
		next := sum + p
		if (next > sum) != (p > 0) && p != 0 {
			return 0, errOverflow
		}
		sum = next
	}
	return sum, nil
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// missing finds a value that is needed and was not given.
func (h *hole) missing(values []value) int {
	for _, product := range h.sum {
		for _, f := range product {
			if f.index >= 0 && values[f.index].raw == nil {
				return f.index
			}
		}
	}
	return -1
}

// fill gives what stands in for the placeholder: as text, and as JSON.
func (h *hole) fill(values []value, known names, lang string) (string, json.RawMessage, error) {
	if i := h.missing(values); i >= 0 {
		return "", nil, &placeholderError{spec.Problem{Code: "parameter_missing", Message: fmt.Sprintf("The parameter %q has no value, and the placeholder %s needs it.", known.ids[i], clip(h.text)), Hint: "Give it a value, or a default in the model."}}
	}
	if h.plain() && h.sum[0][0].index >= 0 {
		v := values[h.sum[0][0].index]
		if v.texts != nil {
			s := v.texts.In(lang)
			if s == "" {
				s = v.text
			}
			return s, jsonString(s), nil
		}
		return v.text, v.raw, nil
	}
	n, err := h.number(values)
	if err != nil {
		return "", nil, &placeholderError{spec.Problem{Code: "value_range", Message: fmt.Sprintf("The placeholder %s gives a number that is too large.", clip(h.text)), Hint: "Choose smaller numbers."}}
	}
	if h.width > 0 {
		s := fmt.Sprintf("%0*d", h.width, n)
		return s, jsonString(s), nil
	}
	s := strconv.FormatInt(n, 10)
	return s, json.RawMessage(s), nil
}

func jsonString(s string) json.RawMessage {
	b, _ := json.Marshal(s) // never fails for a string
	return b
}

// write fills a text.
func (t *text) write(values []value, known names, lang string) (string, error) {
	var b strings.Builder
	for i := range t.holes {
		s, _, err := t.holes[i].fill(values, known, lang)
		if err != nil {
			return "", err
		}
		b.WriteString(t.literals[i])
		b.WriteString(s)
	}
	b.WriteString(t.literals[len(t.holes)])
	return b.String(), nil
}

// writeExpression fills an expression: within its texts the value as it is, outside as a constant.
func (t *text) writeExpression(values []value, known names) (string, error) {
	var b strings.Builder
	quote := byte(0)
	for i := range t.holes {
		quote = scanQuotes(t.literals[i], quote)
		b.WriteString(t.literals[i])
		s, raw, err := t.holes[i].fill(values, known, "en")
		if err != nil {
			return "", err
		}
		switch quote {
		case 0:
			b.Write(raw)
		case '`':
			b.WriteString(strings.ReplaceAll(s, "`", ""))
		default:
			b.WriteString(strings.NewReplacer(`\`, `\\`, string(quote), `\`+string(quote), "\n", `\n`).Replace(s))
		}
	}
	b.WriteString(t.literals[len(t.holes)])
	return b.String(), nil
}

// scanQuotes says in which quotes an expression is after s, 0 in none.
func scanQuotes(s string, quote byte) byte {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote == 0 && (c == '"' || c == '\'' || c == '`'):
			quote = c
		case quote == 0:
		case c == '\\' && quote != '`':
			i++
		case c == quote:
			quote = 0
		}
	}
	return quote
}

// document is a JSON text with placeholders in its strings: len(literals) = len(texts)+1.
type jsonText struct {
	literals []string
	texts    []*text
}

// parseJSON finds the placeholders in the strings of a JSON text; nil when it has none.
func parseJSON(raw json.RawMessage, known names) (*jsonText, error) {
	s := string(raw)
	if !holed(s) {
		return nil, nil
	}
	t := &jsonText{}
	done := 0
	for i := 0; i < len(s); i++ {
		if s[i] != '"' {
			continue
		}
		end := i + 1
		for end < len(s) && s[end] != '"' {
			if s[end] == '\\' {
				end++
			}
			end++
		}
		if end >= len(s) {
			break
		}
		begin := i
		i = end
		if rest := strings.TrimLeft(s[end+1:], " \t\r\n"); strings.HasPrefix(rest, ":") {
			continue // a key
		}
		var inner string
		if json.Unmarshal([]byte(s[begin:end+1]), &inner) != nil {
			continue
		}
		part, err := parseText(inner, known, false)
		if err != nil {
			return nil, err
		}
		if part != nil {
			t.literals, t.texts = append(t.literals, s[done:begin]), append(t.texts, part)
			done = end + 1
		}
	}
	if len(t.texts) == 0 {
		return nil, nil
	}
	t.literals = append(t.literals, s[done:])
	return t, nil
}

// write fills a JSON text: a string that is one placeholder becomes the value itself, so that
// "{base+4}" is a number.
func (t *jsonText) write(values []value, known names) (json.RawMessage, error) {
	var b []byte
	for i, part := range t.texts {
		b = append(b, t.literals[i]...)
		if len(part.holes) == 1 && part.literals[0] == "" && part.literals[1] == "" {
			_, raw, err := part.holes[0].fill(values, known, "en")
			if err != nil {
				return nil, err
			}
			b = append(b, raw...)
			continue
		}
		s, err := part.write(values, known, "en")
		if err != nil {
			return nil, err
		}
		b = append(b, jsonString(s)...)
	}
	return append(b, t.literals[len(t.texts)]...), nil
}
