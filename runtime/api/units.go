package api

import (
	"context"

	"github.com/lineside/lineside/runtime/unit"
)

// UnitList is what is offered where a unit is chosen.
type UnitList struct {
	Units      []unit.CommonUnit `json:"units" nullable:"false"`
	Quantities []unit.Quantity   `json:"quantities" nullable:"false"`
}

// UnitQuery asks what a text means as a unit.
type UnitQuery struct {
	Text string `json:"text" maxLength:"256"`
}

// UnitAnswer is what a text means as a unit.
type UnitAnswer struct {
	// Known says that it means one.
	Known bool `json:"known"`
	// Exact says that it is written as UCUM writes it.
	Exact bool `json:"exact,omitempty"`
	// Code is the unit in UCUM, Symbol how it is shown, Quantity what it measures.
	Code     string `json:"code,omitempty"`
	Symbol   string `json:"symbol,omitempty"`
	Quantity string `json:"quantity,omitempty"`
	// Near are common units that may have been meant by a text that is not known.
	Near []unit.CommonUnit `json:"near,omitempty"`
}

// UnitShow asks how to show units.
type UnitShow struct {
	// Units are the units as they stand in documents.
	Units []string `json:"units" maxItems:"5000"`
}

// UnitShown says how to show units, by their text; one that is not here is shown as it is.
type UnitShown struct {
	Units map[string]unit.Shown `json:"units"`
}

func (s *Server) unitsResource() {
	r := route{tag: "units", access: loggedIn}
	r.method, r.path, r.id, r.summary = "GET", "/units", "listUnits", "Units that plants use, and what they measure"
	add(s, r, s.listUnits)
	r.method, r.path, r.id, r.summary = "POST", "/units/find", "findUnit", "What a text means as a unit"
	add(s, r, s.findUnit)
	r.path, r.id, r.summary = "/units/show", "showUnits", "How to show units to the caller"
	add(s, r, s.showUnits)
}

func (s *Server) listUnits(context.Context, *nothing) (*body[UnitList], error) {
	return answerWith(UnitList{Units: unit.Common, Quantities: unit.Kinds()})
}

func (s *Server) findUnit(_ context.Context, in *body[UnitQuery]) (*body[UnitAnswer], error) {
	u, exact, ok := unit.Find(in.Body.Text)
	if ok {
		return answerWith(UnitAnswer{Known: true, Exact: exact, Code: u.Code(), Symbol: unit.Symbol(u), Quantity: unit.QuantityOf(u)})
	}
	var out UnitAnswer
	for _, e := range unit.Nearest(in.Body.Text, 5) {
		out.Near = append(out.Near, *e)
	}
	return answerWith(out)
}

func (s *Server) showUnits(ctx context.Context, in *body[UnitShow]) (*body[UnitShown], error) {
	var own *unit.Preference
	if u, ok := userOf(ctx); ok {
		own = u.Units
	}
	p := own.Over(s.engine.PlantUnits())
	out := UnitShown{Units: map[string]unit.Shown{}}
	for _, text := range in.Body.Units {
		if shown, ok := unit.Show(text, &p); ok {
			out.Units[text] = shown
		}
	}
	return answerWith(out)
}
