package plant

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of commands.
const (
	MaxCommands = 200
	MaxWrites   = 50
)

// Command is something an asset can be told to do: it writes one property, or several in order, through the same
// gate as any other write.
type Command struct {
	// ID is letters, digits, "_" and "-", at most 64.
	ID    string    `json:"id"`
	Title spec.Text `json:"title,omitempty"`
	// Inputs are what is asked of whoever gives the command.
	Inputs []Input `json:"inputs,omitempty"`
	// Property is what is written; it must be writable.
	Property string `json:"property,omitempty"`
	// Value is what is written to it. A text that is one placeholder, "{rpm}", is the value of that input, or of a
	// parameter of the model.
	Value json.RawMessage `json:"value,omitempty"`
	// Writes are several, in order, instead of Property and Value. When one does not end good, the rest is left out.
	Writes []CommandWrite `json:"writes,omitempty"`
	// Confirm asks the operator before: none, ask, reason; "" is the strictest of what the properties ask.
	Confirm string `json:"confirm,omitempty" enum:"none,ask,reason"`
}

// CommandWrite is one write of a command.
type CommandWrite struct {
	Property string          `json:"property"`
	Value    json.RawMessage `json:"value"`
}

// Input is what whoever gives a command is asked.
type Input struct {
	// ID is a letter, then letters, digits and "_"; path, name and title are taken.
	ID    string    `json:"id"`
	Type  string    `json:"type" enum:"bool,int,float,string"`
	Title spec.Text `json:"title,omitempty"`
	Unit  string    `json:"unit,omitempty"`
	// Low and High are the limits of a number.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Default is the value where none is given; without it, one must be.
	Default json.RawMessage `json:"default,omitempty"`
}

// Steps are the writes of the command, in order.
func (c *Command) Steps() []CommandWrite {
	if len(c.Writes) > 0 {
		return c.Writes
	}
	if c.Property == "" {
		return nil
	}
	return []CommandWrite{{Property: c.Property, Value: c.Value}}
}

func (v *validator) commands(at string, m *Model) {
	v.count(at+"/commands", len(m.Commands), MaxCommands, "commands")
	seen := map[string]bool{}
	for j := range m.Commands {
		c := &m.Commands[j]
		place := fmt.Sprintf("%s/commands/%d", at, j)
		if !ID(c.ID) {
			v.fail("id_form", place+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a command.", clip(c.ID))
		}
		if seen[c.ID] {
			v.fail("id_double", place+"/id", "Give each command its own id.", "There is another command with the id %q.", clip(c.ID))
		}
		seen[c.ID] = true
		v.text(place+"/title", c.Title, MaxName)
		if c.Confirm != "" {
			v.choice(place+"/confirm", c.Confirm, "none", "ask", "reason")
		}
		switch {
		case len(c.Writes) > 0 && (c.Property != "" || len(c.Value) > 0):
			v.fail("command_form", place+"/writes", "Keep the property or the list.", "A command writes one property or a list, not both.")
		case len(c.Steps()) == 0:
			v.fail("value_missing", place+"/property", "Choose the property that it writes.", "The command writes nothing.")
		}
		v.count(place+"/writes", len(c.Writes), MaxWrites, "writes")
		v.inputs(place, c)
	}
}

func (v *validator) inputs(at string, c *Command) {
	v.count(at+"/inputs", len(c.Inputs), MaxParameters, "inputs")
	for i := range c.Inputs {
		in := &c.Inputs[i]
		place := fmt.Sprintf("%s/inputs/%d", at, i)
		if !ParameterID(in.ID) {
			v.fail("id_form", place+"/id", `Write a letter, then letters, digits and "_"; path, name and title are taken.`, "%q cannot be the id of an input.", clip(in.ID))
		}
		if slices.IndexFunc(c.Inputs, func(o Input) bool { return o.ID == in.ID }) < i {
			v.fail("id_double", place+"/id", "Give each input its own id.", "There is another input with the id %q.", clip(in.ID))
		}
		v.choice(place+"/type", in.Type, "bool", "int", "float", "string")
		v.text(place+"/title", in.Title, MaxName)
		if len(in.Unit) > 64 {
			v.fail("text_too_long", place+"/unit", "Make it shorter.", "The unit has %d bytes, more than 64.", len(in.Unit))
		}
		if (in.Low != nil || in.High != nil) && in.Type != "int" && in.Type != "float" {
			v.fail("value_type", place+"/low", "Remove it.", "Limits are for numbers; the input is of type %s.", in.Type)
		}
		if in.Low != nil && in.High != nil && *in.Low >= *in.High {
			v.fail("value_range", place+"/low", "Make low less than high.", "The limits %g to %g leave nothing to write.", *in.Low, *in.High)
		}
		if len(in.Default) > 0 {
			if p := in.check(in.Default); p != nil {
				v.fail(p.Code, place+"/default", p.Hint, "%s", p.Message)
			}
		}
	}
}

// check says what is wrong with a value for an input.
func (in *Input) check(raw json.RawMessage) *spec.Problem {
	if !fits(raw, in.Type) {
		return &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The input %q is not of type %s.", in.ID, in.Type), Hint: "Write a value of the type of the input."}
	}
	typ, _ := tag.ParseType(in.Type)
	v, err := tag.Parse(raw, typ)
	if err != nil || !typ.IsNumber() {
		return nil
	}
	switch f := v.Float(); {
	case f != f:
		return &spec.Problem{Code: "value_invalid", Message: "A value that is not a finite number cannot be written."}
	case in.Low != nil && f < *in.Low:
		return &spec.Problem{Code: "value_low", Message: "The value " + v.String() + " is below the limit " + tag.OfFloat(*in.Low).String() + ".", Hint: "Choose a value within the limits."}
	case in.High != nil && f > *in.High:
		return &spec.Problem{Code: "value_high", Message: "The value " + v.String() + " is above the limit " + tag.OfFloat(*in.High).String() + ".", Hint: "Choose a value within the limits."}
	}
	return nil
}

// withInputs are the placeholders that the values of a command may hold: inputs first, then parameters.
func (m *FlatModel) withInputs(c *Command) names {
	var n names
	for _, in := range c.Inputs {
		n.ids, n.types = append(n.ids, in.ID), append(n.types, in.Type)
	}
	n.ids, n.types = append(n.ids, m.known.ids...), append(n.types, m.known.types...)
	return n
}

// checkCommands checks the commands of a model against what it has.
func (f *flattener) checkCommands(flat *FlatModel, at string) {
	m := flat.Model
	for i := range m.Commands {
		c := &m.Commands[i]
		place := fmt.Sprintf("%s/commands/%d", at, i)
		known := flat.withInputs(c)
		for j, w := range c.Steps() {
			here := place
			if len(c.Writes) > 0 {
				here = fmt.Sprintf("%s/writes/%d", place, j)
			}
			p, ok := flat.Property(w.Property)
			part, err := parseJSON(w.Value, known)
			pe := (*placeholderError)(nil)
			switch {
			case !ok:
				f.problems = append(f.problems, spec.OneOf("property_unknown", here+"/property", fmt.Sprintf("The model %q has no property %q.", m.ID, clip(w.Property)), w.Property, flat.PropertyIDs()))
			case p.Write == nil:
				f.problems.Add("not_writable", here+"/property", "Make the property writable, or choose another.", "The property %q cannot be written.", w.Property)
			case errors.As(err, &pe):
				problem := pe.problem
				problem.At = here + "/value"
				f.problems = append(f.problems, &problem)
			case part == nil:
				if problem := checkStep(p.Property, w.Value); problem != nil {
					problem.At = here + "/value"
					f.problems = append(f.problems, problem)
				}
			}
		}
	}
}

// checkStep says what is wrong with a value that a command writes to a property.
func checkStep(p *Property, raw json.RawMessage) *spec.Problem {
	if !fits(raw, p.Type) {
		return &spec.Problem{Code: "value_type", Message: fmt.Sprintf("The value is not of type %s.", p.Type), Hint: "Write a value of the type of the property."}
	}
	typ, _ := tag.ParseType(p.Type)
	if v, err := tag.Parse(raw, typ); err == nil {
		return p.CheckValue(v, nil)
	}
	return nil
}

// Order is a command with its values filled in: what is written to which tag, in order.
type Order struct {
	Asset   *Asset
	Command *Command
	Writes  []OrderWrite
}

// OrderWrite is one write of an order.
type OrderWrite struct {
	Path  tag.Path
	Value json.RawMessage
}

// Order fills in a command of an asset. The error is a *spec.Problem: no such asset or command, or an input that
// is missing or not right, with its place ("/inputs/rpm").
func (x *Expansion) Order(asset tag.Path, command string, inputs map[string]json.RawMessage) (*Order, error) {
	i, known := x.places[asset]
	if !known || x.Models[x.plant.Assets[i].Model] == nil {
		return nil, &spec.Problem{Code: "asset_unknown", Message: fmt.Sprintf("There is no asset %q.", clip(string(asset))), Hint: "Choose an asset of the plant."}
	}
	a := &x.plant.Assets[i]
	m := x.Models[a.Model]
	j := slices.IndexFunc(m.Commands, func(c Command) bool { return c.ID == command })
	if j < 0 {
		ids := make([]string, len(m.Commands))
		for k := range ids {
			ids[k] = m.Commands[k].ID
		}
		return nil, spec.OneOf("command_unknown", "/command", fmt.Sprintf("The model %q has no command %q.", a.Model, clip(command)), command, ids)
	}
	c := &m.Commands[j]
	if a.Disabled {
		return nil, &spec.Problem{Code: "asset_disabled", Message: fmt.Sprintf("The asset %q is disabled.", a.Path), Hint: "Enable it first."}
	}
	values, problem := c.values(inputs)
	if problem != nil {
		return nil, problem
	}
	e := &expander{Expansion: x}
	own, _ := e.values(m, a, func() string { return "" }) // its problems were told when it was saved
	values = append(values, own...)
	order := &Order{Asset: a, Command: c}
	n := m.withInputs(c)
	for _, w := range c.Steps() {
		raw := w.Value
		part, err := parseJSON(raw, n)
		if err == nil && part != nil {
			raw, err = part.write(values, n)
		}
		if pe := (*placeholderError)(nil); errors.As(err, &pe) {
			return nil, &pe.problem
		}
		order.Writes = append(order.Writes, OrderWrite{Path: a.Path + "/" + tag.Path(w.Property), Value: raw})
	}
	return order, nil
}

// values reads the inputs of a command.
func (c *Command) values(given map[string]json.RawMessage) ([]value, *spec.Problem) {
	ids := make([]string, len(c.Inputs))
	for i := range ids {
		ids[i] = c.Inputs[i].ID
	}
	for id := range given {
		if !slices.Contains(ids, id) {
			return nil, spec.OneOf("input_unknown", "/inputs/"+spec.Escape(id), fmt.Sprintf("The command %q has no input %q.", c.ID, clip(id)), id, ids)
		}
	}
	out := make([]value, len(c.Inputs))
	for i := range c.Inputs {
		in := &c.Inputs[i]
		raw, ok := given[in.ID]
		if !ok || string(raw) == "null" {
			raw = in.Default
		}
		if len(raw) == 0 {
			return nil, &spec.Problem{Code: "input_missing", At: "/inputs/" + spec.Escape(in.ID), Message: fmt.Sprintf("The input %q is missing.", in.ID), Hint: "Give it a value."}
		}
		if p := in.check(raw); p != nil {
			p.At = "/inputs/" + spec.Escape(in.ID)
			return nil, p
		}
		v, ok := valueOf(raw, in.Type)
		if !ok {
			return nil, &spec.Problem{Code: "value_type", At: "/inputs/" + spec.Escape(in.ID), Message: fmt.Sprintf("The input %q is not of type %s.", in.ID, in.Type), Hint: "Write a value of the type of the input."}
		}
		out[i] = v
	}
	return out, nil
}

// renameProperty writes another id for a property. The list of writes is copied first.
func (c *Command) renameProperty(from, to string) {
	if c.Property == from {
		c.Property = to
	}
	if slices.ContainsFunc(c.Writes, func(w CommandWrite) bool { return w.Property == from }) {
		c.Writes = slices.Clone(c.Writes)
		for i := range c.Writes {
			if c.Writes[i].Property == from {
				c.Writes[i].Property = to
			}
		}
	}
}

// Uses lists the places of the command that name a property, as JSON Pointers within it.
func (c *Command) Uses(property string) []string {
	var out []string
	if c.Property == property {
		out = append(out, "/property")
	}
	for i, w := range c.Writes {
		if w.Property == property {
			out = append(out, fmt.Sprintf("/writes/%d/property", i))
		}
	}
	return out
}
