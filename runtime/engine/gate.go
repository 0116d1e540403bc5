package engine

import (
	"math"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// defaultReadBack is how long the device's value may take to follow a write.
const defaultReadBack = 5 * time.Second

// gate is what stands before writes of one tag.
type gate struct {
	low, high *float64
	confirm   string
	readBack  time.Duration
	release   *releaseRule // nil: one person is enough

	mu        sync.Mutex // the program is used by one at a time
	interlock *expression.Program
	text      string
}

func (b *plantBuild) compileGate(t *tagBuild, at string, ps *spec.Problems) {
	w := t.doc.Write
	at += "/write"
	g := &gate{low: w.Low, high: w.High, confirm: w.Confirm, readBack: defaultReadBack, text: w.Interlock, release: compileRelease(w.Release)}
	if g.confirm == "" {
		g.confirm = "ask"
	}
	if w.ReadBack != "" {
		g.readBack, _ = time.ParseDuration(w.ReadBack)
	}
	if w.Interlock != "" {
		program, err := expression.Compile(w.Interlock, b.env(t, map[string]tag.Type{"value": t.typ}))
		switch {
		case err != nil:
			*ps = append(*ps, problemsOf(err, "expression_invalid").Under(at+"/interlock")...)
		case program.Type() != tag.Bool && program.Type() != tag.None:
			ps.Add("expression_type", at+"/interlock", "Compare something: value < tag(…).", "The interlock gives %s, not a bool.", program.Type())
		default:
			g.interlock = program
		}
	}
	t.gate = g
}

// checkValue refuses a value outside the limits.
func (g *gate) checkValue(v tag.Value) *spec.Problem {
	if v.Type() == tag.Float && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)) {
		return &spec.Problem{Code: "value_invalid", Message: "A value that is not a finite number cannot be written."}
	}
	if !v.Type().IsNumber() {
		return nil
	}
	f := v.Float()
	if g.low != nil && f < *g.low {
		return &spec.Problem{Code: "value_low", Message: "The value " + v.String() + " is below the limit " + tag.OfFloat(*g.low).String() + ".", Hint: "Choose a value within the limits."}
	}
	if g.high != nil && f > *g.high {
		return &spec.Problem{Code: "value_high", Message: "The value " + v.String() + " is above the limit " + tag.OfFloat(*g.high).String() + ".", Hint: "Choose a value within the limits."}
	}
	return nil
}

// checkInterlock refuses a value that the interlock does not let through, and every value
// while the interlock cannot be judged.
func (g *gate) checkInterlock(table *tag.Table, v tag.Value) *spec.Problem {
	if g.interlock == nil {
		return nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	s := evaluate(g.interlock, table, map[string]tag.Sample{"value": {Value: v}})
	switch {
	case s.Quality.IsBad() || s.Value.Type() != tag.Bool:
		return &spec.Problem{Code: "interlock_unknown", Message: "The interlock cannot be judged: " + s.Quality.String() + ".", Hint: "Interlock: " + g.text}
	case !s.Value.Bool():
		return &spec.Problem{Code: "interlock", Message: "The interlock does not allow this now.", Hint: "Interlock: " + g.text}
	}
	return nil
}

// evaluate runs a program once on the present values.
func evaluate(program *expression.Program, table *tag.Table, vars map[string]tag.Sample) tag.Sample {
	paths := program.Tags()
	deps := make([]tag.Sample, len(paths))
	for i, p := range paths {
		if slot, ok := table.Lookup(p); ok {
			deps[i] = table.Get(slot)
		} else {
			deps[i] = tag.Sample{Quality: tag.BadNodeIDUnknown}
		}
	}
	names := program.Vars()
	args := make([]tag.Sample, len(names))
	for i, n := range names {
		args[i] = vars[n]
	}
	return program.Eval(deps, args)
}

// Meta is what a widget takes from the tag it is bound to, for one user and language.
type Meta struct {
	Path                             tag.Path
	Type                             tag.Type
	Title, Description, Unit         string
	Low, High, NormalLow, NormalHigh *float64
	Decimals                         *int
	Format                           string // what the value means, "" when nothing further
	Writable                         bool   // this user may write it now
	WriteLow, WriteHigh              *float64
	Confirm                          string // none, ask, reason; "" when not writable at all
	Release                          bool   // a second person must release each write
	Kind                             Kind
	Device                           string
	Document                         *plant.Tag    // nil for system and app tags
	Origin                           *plant.Origin // nil for what is no property of an asset
}

// Meta describes a named tag; false when there is none.
func (e *Engine) Meta(path tag.Path, rights auth.Rights, lang string) (Meta, bool) {
	t, ok := e.lookup(path)
	if !ok {
		return Meta{}, false
	}
	d := e.table.Definition(t.slot)
	m := Meta{
		Path: path, Type: t.typ, Title: d.Title, Description: d.Description, Unit: d.Unit, Low: d.Low, High: d.High,
		NormalLow: d.NormalLow, NormalHigh: d.NormalHigh, Decimals: d.Decimals, Kind: t.kind, Device: t.device, Document: t.doc, Origin: t.origin,
	}
	if t.doc != nil {
		m.Title, m.Format = t.doc.Title.In(lang), t.doc.Format
	} else {
		m.Title = t.title.In(lang)
	}
	if g := t.gate; g != nil {
		m.Writable = !e.safe && rights.Allows(auth.Operate, path)
		m.WriteLow, m.WriteHigh, m.Confirm, m.Release = g.low, g.high, g.confirm, g.release != nil
	}
	return m, true
}
