package plant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of what a model is made from.
const (
	// MaxGenerated is how many properties a model is made with at most.
	MaxGenerated    = 2000
	maxNumberedSpan = 100000
)

// Generated is what a sample or a device gives for a model.
type Generated struct {
	Properties []Property `json:"properties" nullable:"false"`
	// Parameters are what differs from one machine to the next, as far as the addresses show it.
	Parameters []Placeholder `json:"parameters" nullable:"false"`
	// Params are the values of the parameters for the machine that this was made from.
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// More is how many things were left out because there were too many.
	More int `json:"more,omitempty"`
}

// Placeholder is a parameter that was found.
type Placeholder struct {
	Parameter
	// Used says that the addresses have it.
	Used bool `json:"used,omitempty"`
	// Field is that of the address that it stands in.
	Field string `json:"field,omitempty"`
}

// Found is one thing of a device that can become a property.
type Found struct {
	// Trail are the names that lead to it.
	Trail    []string
	Name     string
	Title    string
	Address  json.RawMessage
	Type     string
	Writable bool
	Unit     string
	Low      *float64
	High     *float64
}

// Branch is the part of a device that a model is made from.
type Branch struct {
	Device string
	// ID and Name are those of the node at its top, "" for the whole device.
	ID, Name string
	Found    []Found
}

// FromBranch makes properties of what a device has in one place. What is the same in all addresses or at their
// beginning, and names the place, becomes a parameter, so that the model fits the next machine as well. use says
// which parameters to take by their ids; nil takes those that are likely.
func FromBranch(b Branch, use []string) Generated {
	out := Generated{Properties: []Property{}, Parameters: []Placeholder{}, Params: map[string]json.RawMessage{}}
	found := b.Found
	if len(found) > MaxGenerated {
		found, out.More = found[:MaxGenerated], len(found)-MaxGenerated
	}
	addresses := make([]map[string]any, len(found))
	for i := range found {
		d := json.NewDecoder(bytes.NewReader(found[i].Address))
		d.UseNumber()
		if d.Decode(&addresses[i]) != nil {
			addresses[i] = nil
		}
	}
	taken := func(id string, likely bool) bool {
		if use == nil {
			return likely
		}
		return slices.Contains(use, id)
	}
	device := Placeholder{Parameter: Parameter{ID: "device", Type: "device", Title: spec.Text{"en": "Device", "zh": "设备"}, Required: true}, Used: taken("device", true)}
	out.Parameters = append(out.Parameters, device)
	if device.Used {
		out.Params["device"] = quoted(b.Device)
	}
	for _, p := range patterns(b, addresses) {
		p.Used = taken(p.ID, p.likely)
		out.Parameters = append(out.Parameters, p.Placeholder)
		if !p.Used {
			continue
		}
		out.Params[p.ID] = p.value
		for _, a := range addresses {
			if v, given := a[p.Field]; given {
				a[p.Field] = p.apply(v, p.ID)
			}
		}
	}
	ids := map[string]bool{}
	for i := range found {
		f := &found[i]
		p := Property{ID: freeID(ids, append(slices.Clone(f.Trail), f.Name)...)}
		p.Type, p.Title, p.Unit = f.Type, titleOf(f.Title, f.Name), f.Unit
		if _, ok := tag.ParseType(p.Type); !ok {
			p.Type = "float"
		}
		if f.Low != nil && f.High != nil && *f.Low < *f.High && (p.Type == "float" || p.Type == "int") {
			p.Range = &Range{Low: *f.Low, High: *f.High}
		}
		if f.Writable {
			p.Write = &Write{}
		}
		p.Device, p.Address = b.Device, f.Address
		if device.Used {
			p.Device = "{device}"
		}
		if addresses[i] != nil {
			if raw, err := json.Marshal(addresses[i]); err == nil {
				p.Address = raw
			}
		}
		out.Properties = append(out.Properties, p)
	}
	return out
}

// titleOf is the title of a thing that has one besides its name.
func titleOf(title, name string) spec.Text {
	if title == "" || title == name {
		return nil
	}
	return spec.Text{"en": title}
}

func quoted(s string) json.RawMessage {
	raw, _ := json.Marshal(s) // a text always can be
	return raw
}

// pattern is a parameter that was found, and how a field of an address is written with it.
type pattern struct {
	Placeholder
	value  json.RawMessage
	likely bool
	apply  func(v any, id string) any
}

// patterns finds what is alike in addresses, a field at a time.
func patterns(b Branch, addresses []map[string]any) []pattern {
	fields := map[string]int{}
	for _, a := range addresses {
		for field := range a {
			fields[field]++
		}
	}
	var out []pattern
	used := map[string]bool{"device": true}
	for _, field := range slices.Sorted(maps.Keys(fields)) {
		p, ok := patternOf(b, addresses, field, fields[field])
		if !ok || len(p.ID) > 60 {
			continue
		}
		base := p.ID
		for n := 2; used[p.ID] || !ParameterID(p.ID); n++ {
			p.ID = fmt.Sprintf("%s%d", base, n)
		}
		used[p.ID] = true
		out = append(out, p)
	}
	return out
}

func patternOf(b Branch, addresses []map[string]any, field string, count int) (pattern, bool) {
	var texts []string
	var numbers []int64
	for _, a := range addresses {
		switch v := a[field].(type) {
		case string:
			texts = append(texts, v)
		case json.Number:
			if n, err := v.Int64(); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	switch {
	case !parameterID.MatchString(field):
	case len(texts) == count && count > 0:
		return textPattern(b, field, texts)
	case len(numbers) == count && count > 1:
		return numberPattern(field, numbers)
	}
	return pattern{}, false
}

// separators end a level in the addresses of most protocols.
const separators = "./:|\\!"

// textPattern finds what texts begin with, when that has to do with the place that was chosen.
func textPattern(b Branch, field string, texts []string) (pattern, bool) {
	head := texts[0]
	for _, t := range texts {
		n := 0
		for n < len(head) && n < len(t) && head[n] == t[n] {
			n++
		}
		head = head[:n]
	}
	head = strings.ToValidUTF8(head, "")
	if !slices.ContainsFunc(texts, func(t string) bool { return t != texts[0] }) {
		// One name for all: that of the place, or a part of its id.
		named := b.Name != "" && head == b.Name
		if len(head) < 2 || !named && !strings.Contains(b.ID, head) {
			return pattern{}, false
		}
		return constantPattern(field, head, named), true
	}
	if b.ID != "" && strings.HasPrefix(head, b.ID) {
		return headPattern(field, b.ID), true
	}
	if p, ok := numberedPattern(field, texts); ok {
		return p, true
	}
	if !boundary(texts, head) {
		head = head[:max(0, strings.LastIndexAny(head, separators))]
	}
	head = strings.TrimRight(head, separators)
	last := head[strings.LastIndexAny(head, separators+"=;")+1:]
	if head == "" || b.Name == "" || !strings.EqualFold(last, b.Name) {
		return pattern{}, false
	}
	return headPattern(field, head), true
}

// boundary reports whether every text ends after head, or goes on with a separator.
func boundary(texts []string, head string) bool {
	return !slices.ContainsFunc(texts, func(t string) bool {
		return len(t) > len(head) && !strings.ContainsRune(separators, rune(t[len(head)]))
	})
}

// parameterOf makes the parameter of a field.
func parameterOf(field, id, kind string) Placeholder {
	r := []rune(field)
	title := spec.Text{"en": string(unicode.ToUpper(r[0])) + string(r[1:])}
	return Placeholder{Parameter: Parameter{ID: id, Type: kind, Title: title, Required: true}, Field: field}
}

// constantPattern is a parameter in place of a whole text.
func constantPattern(field, value string, likely bool) pattern {
	return pattern{
		Placeholder: parameterOf(field, field, "string"), value: quoted(value), likely: likely,
		apply: func(_ any, id string) any { return "{" + id + "}" },
	}
}

// headPattern is a parameter in place of the beginning of texts.
func headPattern(field, head string) pattern {
	return pattern{
		Placeholder: parameterOf(field, field, "string"), value: quoted(head), likely: true,
		apply: func(v any, id string) any {
			t, _ := v.(string)
			return "{" + id + "}" + strings.TrimPrefix(t, head)
		},
	}
}

// trailing is a text that ends in a number.
var trailing = regexp.MustCompile(`^(.*[^0-9])([1-9][0-9]{0,9}|0)$`)

// numberedPattern finds texts that differ in the number at their end only, such as numeric node ids: whether the
// next machine has the next numbers only a person knows.
func numberedPattern(field string, texts []string) (pattern, bool) {
	var head string
	var numbers []int64
	for i, t := range texts {
		m := trailing.FindStringSubmatch(t)
		if m == nil || i > 0 && m[1] != head {
			return pattern{}, false
		}
		head = m[1]
		n, err := strconv.ParseInt(m[2], 10, 64)
		if err != nil {
			return pattern{}, false
		}
		numbers = append(numbers, n)
	}
	base, ok := baseOf(numbers)
	if !ok {
		return pattern{}, false
	}
	p := offsetPattern(field, base, false)
	p.apply = func(v any, id string) any {
		t, _ := v.(string)
		n, err := strconv.ParseInt(strings.TrimPrefix(t, head), 10, 64)
		if err != nil {
			return v
		}
		return head + offset(id, n-base)
	}
	return p, true
}

// numberPattern finds numbers that are not far from each other, such as registers.
func numberPattern(field string, numbers []int64) (pattern, bool) {
	base, ok := baseOf(numbers)
	if !ok {
		return pattern{}, false
	}
	p := offsetPattern(field, base, true)
	p.apply = func(v any, id string) any {
		number, _ := v.(json.Number)
		n, err := number.Int64()
		if err != nil {
			return v
		}
		return offset(id, n-base)
	}
	return p, true
}

// baseOf is the least of numbers that differ and lie near each other.
func baseOf(numbers []int64) (int64, bool) {
	low, high := slices.Min(numbers), slices.Max(numbers)
	return low, low < high && low >= 0 && high-low <= maxNumberedSpan
}

func offsetPattern(field string, base int64, likely bool) pattern {
	value := json.RawMessage(strconv.FormatInt(base, 10))
	return pattern{Placeholder: parameterOf("first "+field, "base", "int"), value: value, likely: likely && field != "bit"}.of(field)
}

func (p pattern) of(field string) pattern {
	p.Field = field
	return p
}

// offset is a placeholder that counts from a parameter.
func offset(id string, n int64) string {
	if n == 0 {
		return "{" + id + "}"
	}
	return fmt.Sprintf("{%s+%d}", id, n)
}

// fit makes a name one level of a path.
func fit(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_-.:@ ()", r) {
			return r
		}
		return '_'
	}, strings.ToValidUTF8(name, "_"))
	name = strings.TrimSpace(name)
	for len(name) > tag.MaxSegmentBytes/2 {
		_, size := lastRune(name)
		name = name[:len(name)-size]
	}
	name = strings.TrimSpace(name)
	if name == "" || name == "." || name == ".." {
		return "value"
	}
	return name
}

func lastRune(s string) (rune, int) {
	r := []rune(s)
	last := r[len(r)-1]
	return last, len(string(last))
}

// freeID is the id of a property from the names that lead to it; one that is taken gets a number.
func freeID(ids map[string]bool, names ...string) string {
	// The path of the asset needs levels, too.
	if most := tag.MaxPathSegments - 6; len(names) > most {
		names = append(slices.Clone(names[:most-1]), strings.Join(names[most-1:], "_"))
	}
	levels := make([]string, len(names))
	for i, name := range names {
		levels[i] = fit(name)
	}
	base := strings.Join(levels, "/")
	for len(base) > tag.MaxPathBytes/2 {
		_, size := lastRune(base)
		base = strings.TrimRight(base[:len(base)-size], "/ ")
	}
	id := base
	for n := 2; ids[id]; n++ {
		id = fmt.Sprintf("%s_%d", base, n)
	}
	ids[id] = true
	return id
}
