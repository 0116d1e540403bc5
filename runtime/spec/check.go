package spec

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/tag"
)

// maxProblems is how many problems of one text are listed.
const maxProblems = 500

// check tells everything that is wrong with a JSON text of a shape.
func check(data []byte, s *shape, maxBytes, maxDepth int) Problems {
	return checkWith(data, s, maxBytes, maxDepth, false)
}

// checkWith may take texts by key; see Checker.WithTexts.
func checkWith(data []byte, s *shape, maxBytes, maxDepth int, texts bool) Problems {
	if len(data) > maxBytes {
		return Problems{{Code: "too_large", Message: fmt.Sprintf("The text has %d bytes, more than %d.", len(data), maxBytes), Hint: "Make it smaller."}}
	}
	if p := syntax(data); p != nil {
		return Problems{p}
	}
	w := &walker{data: data, maxDepth: maxDepth, texts: texts}
	w.value(s)
	return w.problems
}

// syntax tells where data stops being one JSON value in UTF-8; nil when it is.
func syntax(data []byte) *Problem {
	if !utf8.Valid(data) {
		i := 0
		for i < len(data) {
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 {
				break
			}
			i += n
		}
		line, column := place(data, i)
		return &Problem{Code: "json_encoding", Line: line, Column: column, Hint: "Save the file as UTF-8.",
			Message: fmt.Sprintf("Line %d, column %d is not UTF-8.", line, column)}
	}
	if json.Valid(data) {
		return nil
	}
	var raw json.RawMessage
	err := json.Unmarshal(data, &raw)
	p := &Problem{Code: "json_syntax", Message: "The text is not JSON.", Hint: "Correct the JSON text."}
	if se := new(json.SyntaxError); errors.As(err, &se) {
		p.Line, p.Column = place(data, int(se.Offset)-1)
		p.Message = fmt.Sprintf("Line %d, column %d: %s.", p.Line, p.Column, se.Error())
	}
	return p
}

// place counts lines and columns from 1; columns are characters.
func place(data []byte, offset int) (line, column int) {
	head := data[:max(0, min(offset, len(data)))]
	line = bytes.Count(head, []byte{'\n'}) + 1
	return line, utf8.RuneCount(head[bytes.LastIndexByte(head, '\n')+1:]) + 1
}

// walker goes once over a text that is known to be valid JSON.
type walker struct {
	data     []byte
	i        int
	depth    int
	maxDepth int
	path     []byte
	keys     [][]byte // keys of the open objects that are maps
	problems Problems
	stopped  bool
	texts    bool // {"text": key} may stand in place of a text
}

func (w *walker) fail(code, hint, format string, args ...any) {
	if w.stopped {
		return
	}
	if len(w.problems) >= maxProblems {
		w.stopped = true
		w.problems.Add("too_many_problems", "", "Correct these first.", "There are more than %d problems.", maxProblems)
		return
	}
	w.problems.Add(code, string(w.path), hint, format, args...)
}

func (w *walker) space() {
	for w.i < len(w.data) {
		switch w.data[w.i] {
		case ' ', '\t', '\n', '\r':
			w.i++
		default:
			return
		}
	}
}

func (w *walker) value(s *shape) {
	w.space()
	switch w.data[w.i] {
	case '{':
		if !w.byKey(s) {
			w.object(s)
		}
	case '[':
		w.list(s)
	case '"':
		start := w.i
		w.skipString()
		if s.kind != shapeAny {
			w.text(s, w.data[start:w.i])
		} else if bytes.IndexByte(w.data[start:w.i], '\\') >= 0 {
			w.surrogates(w.data[start:w.i])
		}
	case 't', 'f':
		n := 4
		if w.data[w.i] == 'f' {
			n = 5
		}
		w.i += n
		if s.kind != shapeAny && s.kind != shapeBool {
			w.wrongType(s, "True or false")
		}
	case 'n':
		w.i += 4
		if s.kind != shapeAny {
			w.fail("value_type", "Leave the key out instead.", "Null stands where %s should.", shapeNames[s.kind])
		}
	default:
		start := w.i
		for w.i < len(w.data) && strings.IndexByte("+-.0123456789eE", w.data[w.i]) >= 0 {
			w.i++
		}
		w.number(s, w.data[start:w.i])
	}
}

func (w *walker) wrongType(s *shape, got string) {
	hint := fmt.Sprintf("Write %s.", shapeNames[s.kind])
	if s.field != nil && s.field.Bind {
		hint = fmt.Sprintf(`Write %s, or a binding: {"tag": …} or {"expr": …}`, shapeNames[s.kind])
	}
	w.fail("value_type", hint, "%s stands where %s should.", got, shapeNames[s.kind])
}

// skipString steps over the string that begins here.
func (w *walker) skipString() {
	w.i++
	for {
		n := bytes.IndexByte(w.data[w.i:], '"')
		end := w.i + n
		backslashes := 0
		for j := end - 1; j >= w.i && w.data[j] == '\\'; j-- {
			backslashes++
		}
		w.i = end + 1
		if backslashes%2 == 0 {
			return
		}
	}
}

// key reads a key and the colon behind it. A plain key is a part of the text itself.
func (w *walker) key() []byte {
	w.space()
	start := w.i
	w.skipString()
	raw := w.data[start:w.i]
	w.space()
	w.i++ // ':'
	if bytes.IndexByte(raw, '\\') < 0 {
		return raw[1 : len(raw)-1]
	}
	w.surrogates(raw)
	return []byte(unquote(raw))
}

func unquote(raw []byte) string {
	if bytes.IndexByte(raw, '\\') < 0 {
		return string(raw[1 : len(raw)-1])
	}
	var s string
	_ = json.Unmarshal(raw, &s) // raw is a part of valid JSON
	return s
}

// surrogates refuses half a surrogate pair (\ud800): it is no character, and would be lost in writing.
func (w *walker) surrogates(raw []byte) {
	for i := 0; i+5 < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		if raw[i+1] != 'u' {
			i++
			continue
		}
		u, _ := strconv.ParseUint(string(raw[i+2:i+6]), 16, 32)
		i += 5
		if u < 0xD800 || u > 0xDFFF {
			continue
		}
		if u <= 0xDBFF && i+6 < len(raw) && raw[i+1] == '\\' && raw[i+2] == 'u' {
			if low, err := strconv.ParseUint(string(raw[i+3:i+7]), 16, 32); err == nil && low >= 0xDC00 && low <= 0xDFFF {
				i += 6
				continue
			}
		}
		w.fail("json_encoding", "Remove the escape.", "A text holds half a surrogate pair, which is no character.")
		return
	}
}

func (w *walker) push(token []byte) int {
	n := len(w.path)
	w.path = append(w.path, '/')
	for _, c := range token {
		switch c {
		case '~':
			w.path = append(w.path, '~', '0')
		case '/':
			w.path = append(w.path, '~', '1')
		default:
			w.path = append(w.path, c)
		}
	}
	return n
}

// enter counts nesting; false means that the text is too deep and the walk ends.
func (w *walker) enter() bool {
	if w.depth++; w.depth > w.maxDepth {
		w.fail("json_depth", "Flatten it.", "The text is nested deeper than %d levels.", w.maxDepth)
		w.stopped = true
		w.i = len(w.data)
		return false
	}
	return true
}

func (w *walker) object(s *shape) {
	if !w.enter() {
		return
	}
	inside := s
	if s.kind != shapeObject && s.kind != shapeMap && s.field != nil && s.field.Bind {
		w.binding()
		w.depth--
		return
	}
	switch s.kind {
	case shapeObject, shapeMap, shapeAny:
	default:
		w.wrongType(s, "An object")
		inside = &anything
	}
	base, seen := len(w.keys), map[string]bool(nil)
	var given uint64
	start := w.i
	w.i++
	for !w.done('}') {
		key := w.key()
		n := w.push(key)
		var member *shape
		double := false
		if inside.kind == shapeObject {
			if i, ok := inside.index[string(key)]; ok {
				member = inside.keys[i].shape
				if i < 64 {
					double = given&(1<<i) != 0
					given |= 1 << i
				}
			} else {
				w.fail("", "", "")
				if !w.stopped {
					w.problems[len(w.problems)-1] = unknown("key_unknown", string(w.path), fmt.Sprintf("%q is not known here.", clip(string(key))), string(key), inside.names())
				}
				member = &anything
			}
		} else {
			member = inside.elem
			if member == nil {
				member = &anything
			}
			double, seen = w.seen(base, seen, key)
		}
		if double {
			w.fail("json_duplicate_key", "Remove one of them.", "The key %q stands twice.", clip(string(key)))
		}
		w.value(member)
		w.path = w.path[:n]
		if w.stopped && w.i >= len(w.data) {
			return
		}
	}
	w.keys = w.keys[:base]
	w.depth--
	if inside.kind == shapeObject && inside.field != nil {
		w.required(inside, given, w.data[start:w.i])
	}
}

// seen looks for a double key of a map: by comparison while they are few, then by a set.
func (w *walker) seen(base int, set map[string]bool, key []byte) (bool, map[string]bool) {
	if set != nil {
		double := set[string(key)]
		set[string(key)] = true
		return double, set
	}
	for _, k := range w.keys[base:] {
		if bytes.Equal(k, key) {
			return true, nil
		}
	}
	w.keys = append(w.keys, key)
	if len(w.keys)-base > 16 {
		set = make(map[string]bool, 32)
		for _, k := range w.keys[base:] {
			set[string(k)] = true
		}
	}
	return false, set
}

// done steps over a comma and reports whether the object or list ends here.
func (w *walker) done(end byte) bool {
	w.space()
	if w.data[w.i] == ',' {
		w.i++
		w.space()
	}
	if w.data[w.i] == end {
		w.i++
		return true
	}
	return false
}

func (w *walker) list(s *shape) {
	if !w.enter() {
		return
	}
	elem := s.elem
	if s.kind != shapeList {
		if s.kind != shapeAny {
			w.wrongType(s, "A list")
		}
		elem = nil
	}
	if elem == nil {
		elem = &anything
	}
	w.i++
	count := 0
	for !w.done(']') {
		n := len(w.path)
		w.path = strconv.AppendInt(append(w.path, '/'), int64(count), 10)
		w.value(elem)
		w.path = w.path[:n]
		if w.stopped && w.i >= len(w.data) {
			return
		}
		count++
	}
	w.depth--
	if f := s.field; f != nil && s.kind == shapeList {
		w.bounds(f, float64(count), "entries")
	}
}

var anything shape

func (w *walker) number(s *shape, raw []byte) {
	switch s.kind {
	case shapeAny:
		return
	case shapeInt:
		i, err := strconv.ParseInt(string(raw), 10, 64)
		if err != nil {
			w.fail("value_type", "Write a whole number.", "%s is not a whole number of 64 bits.", clip(string(raw)))
		} else if s.field != nil {
			w.bounds(s.field, float64(i), "")
		}
	case shapeFloat:
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || math.IsInf(f, 0) {
			w.fail("value_range", "Write a smaller number.", "%s is too large.", clip(string(raw)))
		} else if s.field != nil {
			w.bounds(s.field, f, "")
		}
	default:
		w.wrongType(s, "A number")
	}
}

// bounds checks against the limits of a field; of says what is counted, "" the value itself.
func (w *walker) bounds(f *Field, v float64, of string) {
	if f.Min == nil && f.Max == nil || (f.Min == nil || v >= *f.Min) && (f.Max == nil || v <= *f.Max) {
		return
	}
	limit := func(p *float64) string {
		if of == "duration" {
			return time.Duration(*p * float64(time.Second)).String()
		}
		return strconv.FormatFloat(*p, 'g', -1, 64) + strings.TrimRight(" "+f.Unit, " ")
	}
	hint := ""
	switch {
	case f.Max == nil:
		hint = "Give at least " + limit(f.Min)
	case f.Min == nil:
		hint = "Give at most " + limit(f.Max)
	default:
		hint = "Give " + limit(f.Min) + " to " + limit(f.Max)
	}
	what := strconv.FormatFloat(v, 'g', -1, 64)
	switch of {
	case "duration":
		what = time.Duration(v * float64(time.Second)).String()
	case "":
	default:
		what += " " + of
		hint += " " + of
	}
	w.fail("value_range", hint+".", "%s is out of range.", what)
}

func (w *walker) text(s *shape, raw []byte) {
	escaped := bytes.IndexByte(raw, '\\') >= 0
	if escaped {
		w.surrogates(raw)
	}
	if s.kind != shapeString {
		w.wrongType(s, "A text")
		return
	}
	f := s.field
	if f == nil {
		return
	}
	v := unquote(raw)
	switch f.Kind {
	case KindEnum:
		known := make([]string, len(f.Options))
		for i, o := range f.Options {
			if o.Value == v {
				return
			}
			known[i] = o.Value
		}
		w.fail("value_choice", "", "")
		if !w.stopped {
			w.problems[len(w.problems)-1] = unknown("value_choice", string(w.path), fmt.Sprintf("%q is not one of the choices.", clip(v)), v, known)
		}
		return
	case KindDuration:
		d, err := time.ParseDuration(v)
		if err != nil {
			w.fail("value_format", `Write a number with a unit: "200ms", "5s", "1h30m"`, "%q is not a duration.", clip(v))
			return
		}
		w.bounds(f, d.Seconds(), "duration")
		return
	case KindTag:
		if v != "" {
			if err := tag.CheckName(v); err != nil {
				w.fail("tag_path", "Write the path of a tag, such as area/line/speed.", "The %v.", err)
			}
		}
	case KindColor:
		if v != "" && !IsColor(v) {
			w.fail("value_format", `Write a theme colour such as "accent", or "#RRGGBB"`, "%q is not a colour.", clip(v))
		}
	case KindIcon:
		if v != "" && !isIcon(v) {
			w.fail("value_format", `Write the name of a symbol such as "gauge" or "triangle-alert"`, "%q is not a symbol.", clip(v))
		}
	case KindImage:
		if v != "" && !strings.HasPrefix(v, "data:image/") && !strings.HasPrefix(v, "asset:") {
			w.fail("value_format", `Give a data: URL or "asset:<id>"`, "%q is not an image.", clip(v))
		}
	}
	if f.Required && v == "" {
		w.fail("value_missing", "Give a value.", "%q is empty.", f.Name)
		return
	}
	w.bounds(f, float64(utf8.RuneCountInString(v)), "characters")
}

// isIcon reports whether s may be the name of a symbol of the icon set.
func isIcon(s string) bool {
	return len(s) <= 40 && s[0] >= 'a' && s[0] <= 'z' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// IsColor reports whether s is a name of a theme colour or of the form #RRGGBB or #RRGGBBAA.
func IsColor(s string) bool {
	if s == "" || len(s) > 32 {
		return false
	}
	if s[0] == '#' {
		return (len(s) == 7 || len(s) == 9) && strings.Trim(s[1:], "0123456789abcdefABCDEF") == ""
	}
	for i, c := range s {
		if !(c >= 'a' && c <= 'z' || i > 0 && (c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.')) {
			return false
		}
	}
	return true
}

var (
	bindingTag  = shape{kind: shapeString, field: &Field{Name: "tag", Kind: KindTag, Required: true}}
	bindingExpr = shape{kind: shapeString, field: &Field{Name: "expr", Kind: KindText, Required: true}}
)

// binding checks an object that stands in place of a constant: one text, tag or expr.
func (w *walker) binding() {
	w.i++
	count, n := 0, len(w.path)
	for !w.done('}') {
		key := w.key()
		w.push(key)
		count++
		switch string(key) {
		case "tag", "expr":
			if key[0] == 't' {
				w.value(&bindingTag)
			} else {
				w.value(&bindingExpr)
			}
		default:
			w.fail("key_unknown", `A binding is {"tag": path} or {"expr": text}`, "%q is not known in a binding.", clip(string(key)))
			w.value(&anything)
		}
		w.path = w.path[:n]
		if w.stopped && w.i >= len(w.data) {
			return
		}
	}
	if count != 1 {
		w.fail("binding_form", `Write {"tag": path} or {"expr": text}`, "A binding holds exactly one of tag and expr.")
	}
}

// required tells what is missing in an object of fields; a field that is not shown is not missed.
func (w *walker) required(s *shape, given uint64, raw []byte) {
	for i := range s.field.Fields {
		f := &s.field.Fields[i]
		if !f.Required || i < 64 && given&(1<<i) != 0 || f.Default != nil || f.When != nil && !shown(s.field.Fields, f.When, raw) {
			continue
		}
		n := w.push([]byte(f.Name))
		w.fail("value_missing", "Give a value.", "%q is missing.", f.Name)
		w.path = w.path[:n]
	}
}

// shown reports whether the condition of a field holds in the object raw, defaults included.
func shown(fields []Field, when *When, raw []byte) bool {
	var given map[string]json.RawMessage
	if json.Unmarshal(raw, &given) != nil {
		return false
	}
	v, ok := given[when.Field]
	for i := range fields {
		if !ok && fields[i].Name == when.Field {
			v = fields[i].Default
		}
	}
	word := string(v)
	if len(v) > 0 && v[0] == '"' {
		word = unquote(v)
	}
	return slices.Contains(when.In, word)
}
