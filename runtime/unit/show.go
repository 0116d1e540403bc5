package unit

import (
	"slices"

	"github.com/lineside/lineside/runtime/spec"
)

// The systems of units that somebody may want to see.
const (
	Configured = "configured"
	Metric     = "metric"
	US         = "us"
)

// Preference is in which units somebody wants to see values.
type Preference struct {
	// System is metric, us, or configured: values in the units that they are configured in. "" leaves it to
	// the plant, and for the plant it is configured.
	System string `json:"system,omitempty" enum:"configured,metric,us"`
	// Units are chosen for single quantities, before System: "pressure" → "kPa".
	Units map[string]string `json:"units,omitempty"`
}

// Empty says that nothing is chosen.
func (p *Preference) Empty() bool { return p == nil || p.System == "" && len(p.Units) == 0 }

// Check tells what is wrong with a preference: an unknown system or quantity, a unit that measures
// something else.
func (p *Preference) Check() (ps spec.Problems) {
	if p == nil {
		return nil
	}
	if systems := []string{Configured, Metric, US}; p.System != "" && !slices.Contains(systems, p.System) {
		ps = append(ps, spec.OneOf("value_choice", "/system", "This is no system of units.", p.System, systems))
	}
	if len(p.Units) > len(Quantities) {
		ps.Add("too_many", "/units", "Name each quantity once.", "There are more units than quantities.")
		return ps
	}
	for id, code := range p.Units {
		at := "/units/" + spec.Escape(id)
		q, ok := FindQuantity(id)
		if !ok {
			ids := make([]string, len(Quantities))
			for i := range Quantities {
				ids[i] = Quantities[i].ID
			}
			ps = append(ps, spec.OneOf("quantity_unknown", at, "There is no such quantity.", id, ids))
			continue
		}
		u, err := Parse(code)
		if err != nil || len(q.Units) == 0 || !Compatible(u, Must(q.Units[0])) {
			ps = append(ps, spec.OneOf("unit_incompatible", at, "The unit does not measure this quantity.", code, q.Units))
		}
	}
	return ps
}

// Over is a preference whose gaps another one fills.
func (p *Preference) Over(other *Preference) Preference {
	var out Preference
	for _, from := range []*Preference{other, p} {
		if from == nil {
			continue
		}
		if from.System != "" {
			out.System = from.System
		}
		for q, code := range from.Units {
			if out.Units == nil {
				out.Units = map[string]string{}
			}
			out.Units[q] = code
		}
	}
	return out
}

// Shown is how values in a unit are shown to somebody.
type Shown struct {
	// Symbol is the unit as it is shown.
	Symbol string `json:"symbol"`
	// Own is the symbol of the unit itself, left out when it is shown as it is.
	Own string `json:"own,omitempty"`
	// Factor and Offset convert a value for showing: shown = value·factor + offset. Factor 0, left out, converts nothing.
	Factor float64 `json:"factor,omitempty"`
	Offset float64 `json:"offset,omitempty"`
}

// difference is how a difference in degrees Fahrenheit is shown; UCUM has it as [degR].
const difference = "Δ°F"

// Show tells how values in a unit, as it stands in a document, are shown to whom prefers this; false when
// the text is no unit that is known: it is shown as it is.
func Show(text string, p *Preference) (Shown, bool) {
	if text == "" {
		return Shown{}, false
	}
	u, _, ok := Find(text)
	if !ok {
		return Shown{}, false
	}
	own := Symbol(u)
	to, ok := preferred(u, p)
	if !ok {
		return Shown{Symbol: own}, true
	}
	l, ok := Between(u, to)
	if !ok {
		return Shown{Symbol: own}, true
	}
	symbol := Symbol(to)
	if to.code == "[degR]" {
		symbol = difference
	}
	// Gauge stays gauge, absolute stays absolute.
	if u.note != "" && to.note == "" {
		symbol = annotated(symbol, u.note)
	}
	out := Shown{Symbol: symbol, Own: own}
	if l != Identity {
		out.Factor, out.Offset = l.Factor, l.Offset
	}
	if out.Own == out.Symbol {
		out.Own = ""
	}
	return out, true
}

// preferred is the unit to show values of another in; false when it is shown as it is.
func preferred(u Unit, p *Preference) (Unit, bool) {
	if p.Empty() {
		return Unit{}, false
	}
	quantity := QuantityOf(u)
	if code, ok := p.Units[quantity]; ok && quantity != "" {
		to, err := Parse(code)
		return to, err == nil && to.code != u.code
	}
	if p.System != Metric && p.System != US || u.us == (p.System == US) {
		return Unit{}, false
	}
	code := ""
	if e := entryOf(u); e != nil {
		code = e.Counterpart
	} else if q := quantities()[quantity]; q != nil && p.System == US {
		code = q.US
	} else if q != nil {
		code = q.Metric
	}
	if code == "" {
		return Unit{}, false
	}
	to, err := Parse(code)
	return to, err == nil
}
