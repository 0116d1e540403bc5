package unit

import (
	"slices"
	"strings"
	"sync"
)

// spelled is what people write → code. Of what could be read as UCUM, too, only what nobody in a plant
// means that way is here: "ft" is no femtotonne, "pH" no picohenry and "mph" no milliphot.
var spelled = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	add := func(text, code string) {
		if _, taken := out[text]; !taken {
			out[text] = code
		}
	}
	for i := range Common {
		for _, s := range Common[i].Spellings {
			add(s, Common[i].Code)
		}
	}
	for i := range Common {
		e := &Common[i]
		if !Valid(e.Symbol) {
			add(e.Symbol, e.Code)
		}
		for _, name := range e.Name {
			if !Valid(name) {
				add(name, e.Code)
			}
		}
	}
	return out
})

// folded is spelled without regard to case, where that is not ambiguous.
var folded = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for s, code := range spelled() {
		k := strings.ToLower(s)
		if before, taken := out[k]; taken && before != code {
			code = ""
		}
		out[k] = code
	}
	for i := range Common {
		k := strings.ToLower(Common[i].Code)
		if before, taken := out[k]; taken && before != Common[i].Code {
			out[k] = ""
			continue
		}
		out[k] = Common[i].Code
	}
	return out
})

var plainer = strings.NewReplacer(
	"⁰", "0", "¹", "1", "²", "2", "³", "3", "⁴", "4", "⁵", "5", "⁶", "6", "⁷", "7", "⁸", "8", "⁹", "9", "⁻", "-",
	"µ", "u", "μ", "u", "·", ".", "⋅", ".", "×", ".", "∙", ".", "Ω", "Ohm", "Ω", "Ohm", "℃", "Cel", "℉", "[degF]", "°C", "Cel", "°F", "[degF]", "º", "°",
	"％", "%", "／", "/", "（", "(", "）", ")", "^", "", "−", "-", "–", "-",
)

// Find is the unit that a text means: a unit of UCUM, or what people write for one. exact says that it is
// written as UCUM writes it.
func Find(text string) (u Unit, exact, ok bool) {
	if e, ok := common()[text]; ok {
		return Must(e.Code), true, true
	}
	read, err := Parse(text)
	if code, ok := spelled()[text]; ok {
		if err == nil && entryOf(read) != nil {
			return read, true, true
		}
		return Must(code), false, true
	}
	if err == nil {
		return read, true, true
	}
	if len(text) > 4*MaxCode {
		return Unit{}, false, false
	}
	text = strings.Join(strings.Fields(text), " ")
	plain := plainer.Replace(text)
	for _, try := range []string{text, plain, strings.ReplaceAll(plain, " ", ""), strings.ReplaceAll(plain, " ", "."), strings.ReplaceAll(strings.ReplaceAll(plain, " ", ""), "*", ".")} {
		if code, ok := spelled()[try]; ok {
			return Must(code), false, true
		}
		if u, err := Parse(try); err == nil && try != "" {
			return u, false, true
		}
	}
	if code := folded()[strings.ToLower(plain)]; code != "" {
		return Must(code), false, true
	}
	if code, ok := byParts(strings.ReplaceAll(plain, " ", "")); ok {
		return Must(code), false, true
	}
	return Unit{}, false, false
}

// byParts reads a product each part of which may be written as people write it: "lbs/hr", "kWh/day".
func byParts(text string) (string, bool) {
	if len(text) > MaxCode || !strings.ContainsAny(text, "./") {
		return "", false
	}
	var out strings.Builder
	part := func(s string) bool {
		if s == "" {
			return true
		}
		code, ok := spelled()[s]
		switch {
		case ok && strings.ContainsAny(code, "./"):
			code = "(" + code + ")"
		case !ok && Valid(s):
			code = s
		case !ok:
			return false
		}
		out.WriteString(code)
		return true
	}
	from := 0
	for i := range len(text) {
		if text[i] == '.' || text[i] == '/' {
			if !part(text[from:i]) {
				return "", false
			}
			out.WriteByte(text[i])
			from = i + 1
		}
	}
	if !part(text[from:]) || !Valid(out.String()) {
		return "", false
	}
	return out.String(), true
}

// Nearest are common units whose code, symbol, name or spelling is like a text, the likest first, at most n.
func Nearest(text string, n int) []*CommonUnit {
	text = strings.ToLower(plainer.Replace(strings.TrimSpace(text)))
	if text == "" || len(text) > MaxCode {
		return nil
	}
	type near struct {
		e *CommonUnit
		d int
	}
	var found []near
	for i := range Common {
		e := &Common[i]
		best := 1 << 10
		for _, s := range append([]string{e.Code, e.Symbol, e.Name["en"], e.Name["zh"]}, e.Spellings...) {
			s = strings.ToLower(plainer.Replace(s))
			if strings.HasPrefix(s, text) && len(text) > 1 {
				best = min(best, 1)
			}
			best = min(best, edits([]rune(s), []rune(text)))
		}
		if best <= max(1, len([]rune(text))/3) {
			found = append(found, near{e, best})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int { return a.d - b.d })
	out := make([]*CommonUnit, 0, n)
	for _, f := range found[:min(n, len(found))] {
		out = append(out, f.e)
	}
	return out
}

// edits is the Levenshtein distance.
func edits(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j := range b {
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
