package expression

import (
	"encoding/json"
	"math"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Env is what an expression may name.
type Env struct {
	// Tags tells the type of a tag and whether there is one. Nil knows none.
	Tags func(tag.Path) (tag.Type, bool)
	// Vars are the names that stand without tag(): inputs, parameters, "raw", "value". The
	// type None is any: what it is shows when it is used.
	Vars map[string]tag.Type
	// Base is where relative paths begin: tag("./speed"). Nil knows none.
	Base *tag.Path
	// Indirect finds the tag that tag("{asset}/below") means; a path that no tag has when it is not known
	// yet which asset that is. Nil knows none.
	Indirect func(asset string, below tag.Path) (tag.Path, tag.Type, *spec.Problem)
	// Past says what is wrong with a question about the history of a tag, nil when it has an answer under Past.Tag. Nil
	// answers none.
	Past func(Past) *spec.Problem
	// Members finds what roll-ups read. Nil knows none.
	Members Members
	// Attribute finds an attribute of an asset or a tag of the plant; false when it has none of the
	// key. Nil knows none.
	Attribute func(path, key string) (text string, there bool, problem *spec.Problem)
}

// Program is a compiled expression. It is used by one goroutine at a time.
type Program struct {
	text   string
	typ    tag.Type
	tags   []tag.Path
	vars   []string
	out    func(*frame) tag.Value
	counts []int    // members of its roll-ups
	facts  []string // attributes that stand in it
	single bool     // just tag("…")
	frame  frame
}

// Type is the type of the result; JSON for a list.
func (p *Program) Type() tag.Type { return p.typ }

// Tags are the tags the expression names, each once, in the order in which Eval wants them.
func (p *Program) Tags() []tag.Path { return slices.Clone(p.tags) }

// Reads goes over Tags without copying them.
func (p *Program) Reads(yield func(tag.Path) bool) {
	for _, path := range p.tags {
		if !yield(path) {
			return
		}
	}
}

// Vars are the variables the expression names, in the order in which Eval wants them.
func (p *Program) Vars() []string { return slices.Clone(p.vars) }

// String is the text of the expression.
func (p *Program) String() string { return p.text }

// SingleTag tells whether the expression is just tag("…"), and which.
func (p *Program) SingleTag() (tag.Path, bool) {
	if p.single {
		return p.tags[0], true
	}
	return "", false
}

// Same reports whether two programs compute the same: the same text over the same tags. What
// a name stands for may change between two compilations, and which assets a roll-up is over.
func (p *Program) Same(o *Program) bool {
	return p == o || p.text == o.text && p.typ == o.typ && slices.Equal(p.tags, o.tags) && slices.Equal(p.counts, o.counts) && slices.Equal(p.facts, o.facts)
}

// Eval computes the result from samples in the order of Tags and Vars. The times of the
// sample are 0, except when the expression is a single tag.
func (p *Program) Eval(tags []tag.Sample, vars []tag.Sample) tag.Sample {
	if len(tags) < len(p.tags) || len(vars) < len(p.vars) {
		return tag.Sample{Quality: tag.BadConfigurationError}
	}
	if p.single {
		s := tags[0]
		if s.Quality.IsBad() {
			s.Value = tag.Value{}
		} else if s.Value.IsNone() {
			s.Quality = tag.BadNoData
		}
		return s
	}
	fr := &p.frame
	fr.in[0], fr.in[1], fr.quality = tags, vars, tag.Good
	fr.bytes = 0
	v := p.out(fr)
	if fr.quality.IsBad() {
		return tag.Sample{Quality: fr.quality}
	}
	return tag.Sample{Value: v, Quality: fr.quality}
}

// frame is the state of one evaluation. Nothing stops an evaluation: what has no value
// notes its quality and goes on with a zero, which is then not used.
type frame struct {
	in      [2][]tag.Sample // tags, vars
	quality tag.Quality     // worst of what was read
	locals  []local
	trees   [2][]tree
	bytes   int // of text that was gone through
}

// local is the value of a let, or an argument of a call from the virtual machine.
type local struct {
	bits    uint64 // bool, int, float
	text    string
	any     any
	quality tag.Quality
}

// tree is a decoded JSON input, kept while its text is the same.
type tree struct {
	text    string
	value   any
	quality tag.Quality
}

func (fr *frame) note(q tag.Quality) { fr.quality = tag.Worst(fr.quality, q) }

// odd handles every input that is not plainly good and of the expected type.
func (fr *frame) odd(s *tag.Sample, want tag.Type) tag.Value {
	if s.Quality.IsBad() {
		fr.note(s.Quality)
		return tag.Value{}
	}
	fr.note(s.Quality)
	switch have := s.Value.Type(); {
	case have == want:
		return s.Value
	case have == tag.None:
		fr.note(tag.BadNoData)
	case have == tag.Int && want == tag.Float:
		return tag.OfFloat(s.Value.Float())
	default:
		fr.note(tag.BadTypeMismatch)
	}
	return tag.Value{}
}

// finite notes a number that is none.
func (fr *frame) finite(f float64) float64 {
	if f-f != 0 {
		fr.note(tag.BadOutOfRange)
		return 0
	}
	return f
}

// bounded notes a text that has grown too long.
func (fr *frame) bounded(s string) string {
	if len(s) > maxResult || !fr.charge(len(s)) {
		fr.note(tag.BadRequestTooLarge)
		return ""
	}
	return s
}

// charge counts bytes of text against the budget of the evaluation and reports whether
// they are still within it.
func (fr *frame) charge(bytes int) bool {
	if fr.bytes += bytes; fr.bytes > maxBytes {
		fr.note(tag.BadRequestTooLarge)
		return false
	}
	return true
}

// result makes the function that computes the value of the whole expression.
func result(c code) func(*frame) tag.Value {
	switch c.typ {
	case tag.Bool:
		f := c.b
		return func(fr *frame) tag.Value { return tag.OfBool(f(fr)) }
	case tag.Int:
		f := c.i
		return func(fr *frame) tag.Value { return tag.OfInt(f(fr)) }
	case tag.Float:
		f := c.f
		return func(fr *frame) tag.Value {
			v := f(fr)
			if math.IsNaN(v) || math.IsInf(v, 0) {
				fr.note(tag.BadOutOfRange)
			}
			return tag.OfFloat(v)
		}
	case tag.String:
		f := c.s
		return func(fr *frame) tag.Value { return tag.OfString(f(fr)) }
	case tag.Bytes:
		f := c.s
		return func(fr *frame) tag.Value { return tag.OfBytes([]byte(f(fr))) }
	}
	f := c.any
	return func(fr *frame) tag.Value {
		v := f(fr)
		if fr.quality.IsBad() {
			return tag.Value{}
		}
		b, err := json.Marshal(v)
		switch {
		case err != nil:
			fr.note(tag.BadOutOfRange)
		case len(b) > maxResult:
			fr.note(tag.BadRequestTooLarge)
		case v == nil:
			fr.note(tag.BadNoData)
		default:
			return tag.OfJSON(string(b))
		}
		return tag.Value{}
	}
}
