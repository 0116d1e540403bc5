package plant

import (
	"runtime"
	"slices"
	"strings"
	"sync"
	"unsafe"

	"github.com/lineside/lineside/runtime/tag"
)

// TagSelection says which tags of a plant are meant: those to which all applies that is given.
type TagSelection struct {
	// Query is in the form of ParseQuery. Besides label: and type: it knows device:, model:, asset:, unit:, address: and
	// kind: (device, computed, memory).
	Query string
	// Area is a path; the tags are at or below it.
	Area tag.Path
	// Device, Asset, Model and Type are ids, paths and types as they stand in the document. A model stands for those that
	// build on it, too.
	Device, Model, Type string
	Asset               tag.Path
	// Label is a label that a tag, its asset or its model has.
	Label string
	// Kind is device, computed, memory, or asset for a property of an asset.
	Kind string
}

// TagKind is where the value of a tag comes from: device, computed or memory.
func TagKind(d *Definition) string {
	switch {
	case d.Device != "":
		return "device"
	case d.Expr != "":
		return "computed"
	}
	return "memory"
}

// Select finds tags by their places among Tags, in the order of their paths; allowed says which may be found, and is asked
// by several goroutines.
// When the words of the query are nowhere, loose is true, and tags are found in whose paths the letters of each word
// stand one after the other: l1m5spd finds line1/motor5/speed.
func (x *Expansion) Select(s TagSelection, allowed func(i int, path tag.Path) bool) (found []int32, loose bool) {
	query := ParseQuery(s.Query)
	order := x.Ordered()
	// All processors look, each at a part.
	parts := max(1, min(runtime.GOMAXPROCS(0), len(order)/fewTags))
	type result struct{ found, rest []int32 }
	results := make([]result, parts)
	var looking sync.WaitGroup
	for n := range parts {
		looking.Go(func() {
			look := &tagLook{x: x, selection: s, label: strings.ToLower(s.Label)}
			r := &results[n]
			for _, i := range order[n*len(order)/parts : (n+1)*len(order)/parts] {
				t := &x.Tags[i]
				if !look.fits(int(i), t) || !allowed(int(i), t.Path) {
					continue
				}
				if query.Empty() || query.Match(look.thing(int(i), t)) {
					r.found = append(r.found, i)
				} else if r.found == nil {
					r.rest = append(r.rest, i)
				}
			}
		})
	}
	looking.Wait()
	for _, r := range results {
		found = append(found, r.found...)
	}
	if found != nil || query.Empty() || query.keyed() {
		return found, false
	}
	for _, r := range results {
		for _, i := range r.rest {
			if query.loose(string(x.Tags[i].Path)) {
				found = append(found, i)
			}
		}
	}
	return found, len(found) > 0
}

// fewTags are so few that one processor looks at them alone.
const fewTags = 10000

// tagLook looks at one tag after the other.
type tagLook struct {
	x         *Expansion
	selection TagSelection
	label     string
	it        Thing
	kinds     [2]string
	facts     [7]Fact
	texts     [7]string
	marks     [3]*Marks
}

func (l *tagLook) fits(i int, t *Tag) bool {
	s := &l.selection
	if s.Device != "" && t.Device != s.Device || s.Type != "" && t.Type != s.Type || s.Area != "" && !t.Path.Under(s.Area) {
		return false
	}
	own := i < l.x.own
	if s.Kind != "" && s.Kind != "asset" && (TagKind(&t.Definition) != s.Kind) || s.Kind == "asset" && own {
		return false
	}
	if s.Asset == "" && s.Model == "" && l.label == "" {
		return true
	}
	if own {
		return s.Asset == "" && s.Model == "" && labelled(l.label, &t.Marks)
	}
	a, m := l.x.thingOf(i)
	return (s.Asset == "" || a.Path == s.Asset) && (s.Model == "" || m.Is(s.Model)) && (l.label == "" || labelled(l.label, &t.Marks, &a.Marks, &m.Marks))
}

func labelled(label string, marks ...*Marks) bool {
	return slices.ContainsFunc(marks, func(m *Marks) bool {
		return slices.ContainsFunc(m.Labels, func(s string) bool { return strings.ToLower(s) == label })
	})
}

// thingOf is the asset that a tag belongs to, and its model.
func (x *Expansion) thingOf(i int) (*Asset, *FlatModel) {
	a := &x.plant.Assets[x.origins[i-x.own].asset]
	return a, x.Models[a.Model]
}

// thing is a tag as a query looks at it; it is the same one each time.
func (l *tagLook) thing(i int, t *Tag) *Thing {
	address := unsafe.String(unsafe.SliceData(t.Address), len(t.Address)) // it is only looked at
	l.texts = [7]string{string(t.Path), t.Unit, t.Device, t.Description, address}
	l.kinds = [2]string{t.Type, t.Format}
	l.facts = [7]Fact{{"device", t.Device}, {"unit", t.Unit}, {"address", address}, {"kind", TagKind(&t.Definition)}, {"model", ""}, {"asset", ""}, {"scan", t.Scan}}
	l.marks[0] = &t.Marks
	l.it = Thing{Texts: l.texts[:5], Titles: t.Title, Types: l.kinds[:], Facts: l.facts[:], Marks: l.marks[:1]}
	if i >= l.x.own {
		a, m := l.x.thingOf(i)
		l.texts[5], l.facts[4].Text, l.facts[5].Text = a.Model, a.Model, string(a.Path)
		l.marks[1], l.marks[2] = &a.Marks, &m.Marks
		l.it.Texts, l.it.Marks = l.texts[:6], l.marks[:3]
	}
	return &l.it
}

// keyed reports whether there are words with a colon.
func (q Query) keyed() bool {
	return slices.ContainsFunc(q.words, func(w word) bool { return w.key != "" })
}

// loose reports whether the letters of all words stand one after the other in a text.
func (q Query) loose(text string) bool {
	text = strings.ToLower(text)
	for _, w := range q.words {
		rest := text
		for _, r := range w.text {
			i := strings.IndexRune(rest, r)
			if i < 0 {
				return false
			}
			rest = rest[i+len(string(r)):]
		}
	}
	return true
}
