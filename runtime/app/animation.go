package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// Limits of the animations of a widget.
const (
	MaxAnimations = 64
	MaxSteps      = 64  // of one animation
	MaxWay        = 400 // numbers of the way of a move
)

// wholes are what an animation changes of a widget as a whole, or of a part of a drawing, and
// the description of what a step sets.
var wholes = map[string]spec.Field{
	"visible": {Kind: spec.KindBool},
	"blink":   {Kind: spec.KindBool},
	"opacity": {Kind: spec.KindFloat, Min: new(0.0), Max: new(1.0)},
	"rotate":  {Kind: spec.KindFloat, Min: new(-36000.0), Max: new(36000.0)},
	"scale":   {Kind: spec.KindFloat, Min: new(0.0), Max: new(100.0)},
	// How far along the way, 0 to 1.
	"move": {Kind: spec.KindFloat, Min: new(0.0), Max: new(1.0)},
}

// partLooks are what an animation changes of a part of a drawing besides.
var partLooks = map[string]spec.Field{
	"fill":   {Kind: spec.KindColor},
	"stroke": {Kind: spec.KindColor},
	"text":   {Kind: spec.KindString},
}

// AnimationProp is the name under which the value of an animation of a widget is sent: a name that
// no property can have.
func AnimationProp(index int) string { return fmt.Sprintf("animate/%d", index) }

// turned checks how a widget is turned and mirrored.
func (v *validator) turned(at func() string, w *Widget) {
	if !(w.Rotate >= 0 && w.Rotate < 360) {
		v.fail("value_range", at()+"/rotate", "0 to below 360 degrees.", "%g is out of range.", w.Rotate)
	}
	if w.Flip != "" {
		v.choice(at()+"/flip", w.Flip, "x", "y", "xy")
	}
}

func (v *validator) animations(at func() string, w *Widget, m *widgets.Manifest, c *spec.Checker) {
	if len(w.Animate) == 0 {
		return
	}
	v.count(at()+"/animate", len(w.Animate), MaxAnimations, "animations")
	for i := range w.Animate {
		v.animation(fmt.Sprintf("%s/animate/%d", at(), i), w, &w.Animate[i], m, c)
	}
}

func (v *validator) animation(at string, w *Widget, a *Animation, m *widgets.Manifest, c *spec.Checker) {
	v.source(at+"/by", a.By)
	if a.Part != "" {
		v.part(at+"/part", w, m, a.Part)
	}
	f, ok := v.changed(at+"/what", a, m, c)
	if !ok {
		return
	}
	v.limits(at, a, f)
	v.count(at+"/steps", len(a.Steps), MaxSteps, "steps")
	set := spec.NewChecker([]spec.Field{f})
	for i := range a.Steps {
		s := &a.Steps[i]
		place := fmt.Sprintf("%s/steps/%d", at, i)
		if s.From != nil && s.Below != nil && *s.From >= *s.Below {
			v.fail("value_range", place+"/below", "Write a larger number.", "The upper limit %g is not above the lower limit %g.", *s.Below, *s.From)
		}
		if raw := bytes.TrimSpace(s.Is); len(raw) > 0 && (raw[0] == '{' || raw[0] == '[') {
			v.fail("value_type", place+"/is", "Write a number, a text, true or false.", "A value is compared with a single one only.")
		}
		if len(s.Set) == 0 || string(s.Set) == "null" {
			v.fail("value_missing", place+"/set", "Say what it becomes.", "The step sets nothing.")
			continue
		}
		v.becomes(place+"/set", s.Set, set)
	}
	if len(a.Else) > 0 && string(a.Else) != "null" {
		v.becomes(at+"/else", a.Else, set)
	}
}

// source checks where the value of an animation comes from.
func (v *validator) source(at string, b Binding) {
	switch {
	case b.Tag == "" && b.Expr == "":
		v.fail("value_missing", at, "Choose a tag or write an expression.", "The animation has no value.")
	case b.Tag != "" && b.Expr != "":
		v.fail("value_type", at, "Keep one of them.", "The animation has both a tag and an expression.")
	case b.Tag != "":
		if err := tag.CheckName(b.Tag); err != nil {
			v.fail("tag_path", at+"/tag", "Write the path of a tag, such as area/line/speed.", "The %v.", err)
		}
	default:
		v.expr(at+"/expr", b.Expr)
	}
}

// changed finds what an animation changes, described as the field "set".
func (v *validator) changed(at string, a *Animation, m *widgets.Manifest, c *spec.Checker) (spec.Field, bool) {
	f, ok := wholes[a.What]
	known := slices.Collect(maps.Keys(wholes))
	switch {
	case ok:
	case a.Part != "":
		f, ok = partLooks[a.What]
		known = slices.AppendSeq(known, maps.Keys(partLooks))
	default:
		if own, found := c.Field(a.What); found && own.Bind {
			f, ok = *own, true
		}
		for i := range m.Settings {
			if m.Settings[i].Bind {
				known = append(known, m.Settings[i].Name)
			}
		}
	}
	if !ok {
		slices.Sort(known)
		v.add(spec.OneOf("animation_unknown", at, fmt.Sprintf("%q is nothing that a value can change of widget type %q.", clip(a.What), m.ID), a.What, known))
		return f, false
	}
	f.Name, f.Bind, f.Required, f.Default = "set", false, false, nil
	return f, true
}

// limits checks the linear map.
func (v *validator) limits(at string, a *Animation, f spec.Field) {
	const hint = "Write two different numbers: low and high."
	switch {
	case len(a.In) == 0:
	case f.Kind != spec.KindFloat && f.Kind != spec.KindInt && f.Kind != spec.KindAny:
		v.fail("value_type", at+"/in", "Use steps.", "%q takes no number.", clip(a.What))
		return
	case len(a.In) != 2 || a.In[0] == a.In[1]:
		v.fail("value_type", at+"/in", hint, "The range of the value is not two numbers.")
	}
	if a.What == "move" {
		if len(a.Out) < 4 || len(a.Out)%2 != 0 || len(a.Out) > MaxWay {
			v.fail("value_type", at+"/out", fmt.Sprintf("Write x0, y0, x1, y1, …: at least 4 and at most %d numbers.", MaxWay), "The way has no two points.")
		}
		return
	}
	if (len(a.In) > 0 || len(a.Out) > 0) && len(a.Out) != 2 {
		v.fail("value_type", at+"/out", hint, "What the range becomes is not two numbers.")
	}
	if len(a.In) == 0 && len(a.Out) > 0 {
		v.fail("value_missing", at+"/in", hint, "The range of the value is missing.")
	}
}

// becomes checks a constant that an animation sets.
func (v *validator) becomes(at string, raw json.RawMessage, c *spec.Checker) {
	if b := bytes.TrimSpace(raw); len(b) > 0 && (b[0] == '{' || b[0] == '[') {
		v.fail("value_type", at, "Write a number, a text, true or false.", "A list or an object cannot be set.")
		return
	}
	for _, p := range c.Value("set", raw).Under(at) {
		v.add(p)
	}
}

// part checks that a part is in the drawing or symbol that a widget shows.
func (v *validator) part(at string, w *Widget, m *widgets.Manifest, id string) {
	if p := m.Preset(w.Props); p != nil {
		if !slices.Contains(p.Parts, id) {
			known := slices.Sorted(slices.Values(p.Parts))
			v.add(spec.OneOf("part_unknown", at, fmt.Sprintf("The symbol has no part %q.", clip(id)), id, known))
		}
		return
	}
	var name string
	_ = json.Unmarshal(w.Props["drawing"], &name)
	i := slices.IndexFunc(v.app.Drawings, func(d Drawing) bool { return d.ID == name })
	if i < 0 {
		v.fail("part_unknown", at, "Leave the part out.", "The widget shows no drawing with parts.")
		return
	}
	known := partIDs(v.app.Drawings[i].Parts, nil)
	if !slices.Contains(known, id) {
		slices.Sort(known)
		v.add(spec.OneOf("part_unknown", at, fmt.Sprintf("The drawing has no part %q.", clip(id)), id, known))
	}
}

// partIDs are the ids of parts and of all parts in them.
func partIDs(parts []Part, out []string) []string {
	for i := range parts {
		if parts[i].ID != "" {
			out = append(out, parts[i].ID)
		}
		out = partIDs(parts[i].Parts, out)
	}
	return out
}
