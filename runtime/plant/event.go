package plant

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of events.
const (
	MaxEvents      = 200 // of a model, inherited ones included
	MaxEventFields = 50
	maxEventDelay  = 24 * time.Hour
)

// Levels of an event.
const (
	LevelInfo    = "info"
	LevelWarning = "warning"
	LevelError   = "error"
)

// Event is something that happens at an asset and is worth keeping: a condition over its properties becomes true.
// What is true already when the runtime starts, or when it becomes known again, has not happened.
type Event struct {
	// ID is letters, digits, "_" and "-", at most 64.
	ID    string    `json:"id"`
	Title spec.Text `json:"title,omitempty"`
	// Level is info (default), warning or error.
	Level string `json:"level,omitempty" enum:"info,warning,error"`
	// When is an expression that gives a bool; the event is raised each time it becomes true.
	When string `json:"when"`
	// Delay is how long When must have been true before, "5s" for instance; none when left out.
	Delay string `json:"delay,omitempty"`
	// Message says what has happened. {speed} is the value of that property then; {path}, {name}, {title} and the
	// parameters of the model stand for the asset's own. The title when left out.
	Message spec.Text `json:"message,omitempty"`
	// Fields are properties whose values are kept with the event, beside those that the message names.
	Fields []string `json:"fields,omitempty"`
}

// FlatEvent is an event of a model, its own or an inherited one.
type FlatEvent struct {
	*Event
	// From is the model that declares it, At the JSON Pointer of it there.
	From, At string
	// Values are the properties whose values are kept with it: Fields, and those of the message.
	Values []string

	when *text
}

// Holed reports whether the condition has a placeholder.
func (e *FlatEvent) Holed() bool { return e.when != nil }

// AssetEvent is an event of one asset.
type AssetEvent struct {
	*FlatEvent
	// Asset is the path of the asset, Model its model.
	Asset tag.Path
	Model string
	// Place is that of the asset in the document.
	Place int
	// When is the condition with its placeholders filled.
	When string

	title spec.Text
	texts map[string]spec.Text // placeholders that stand for the asset's own
}

var messageHole = regexp.MustCompile(`\{ *([^{}]+?) *\}`)

func (v *validator) events(at string, m *Model) {
	v.count(at+"/events", len(m.Events), MaxEvents, "events")
	seen := map[string]bool{}
	for i := range m.Events {
		e := &m.Events[i]
		place := fmt.Sprintf("%s/events/%d", at, i)
		if !ID(e.ID) {
			v.fail("id_form", place+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of an event.", clip(e.ID))
		}
		if seen[e.ID] {
			v.fail("id_double", place+"/id", "Give each event its own id.", "There is another event with the id %q.", clip(e.ID))
		}
		seen[e.ID] = true
		v.text(place+"/title", e.Title, MaxName)
		v.text(place+"/message", e.Message, MaxName)
		if e.Level != "" {
			v.choice(place+"/level", e.Level, LevelInfo, LevelWarning, LevelError)
		}
		v.expr(place+"/when", e.When)
		v.duration(place+"/delay", e.Delay, 0, maxEventDelay)
		v.count(place+"/fields", len(e.Fields), MaxEventFields, "fields")
	}
}

// event adds an event of the model itself or of one that it builds on.
func (m *FlatModel) event(e FlatEvent) {
	if i := slices.IndexFunc(m.Events, func(o FlatEvent) bool { return o.ID == e.ID }); i >= 0 {
		m.Events[i] = e
	} else {
		m.Events = append(m.Events, e)
	}
}

// fillEvents collects the events of a model and checks its own against what it has.
func (f *flattener) fillEvents(flat *FlatModel, at string, bases []*FlatModel) {
	for _, b := range bases {
		for _, e := range b.Events {
			flat.event(e)
		}
	}
	for i := range flat.Model.Events {
		flat.event(FlatEvent{Event: &flat.Model.Events[i], From: flat.Model.ID, At: fmt.Sprintf("%s/events/%d", at, i)})
	}
	if len(flat.Events) > MaxEvents {
		f.problems.Add("too_many", at+"/events", "Split the model.", "There are %d %s, more than %d.", len(flat.Events), "events", MaxEvents)
	}
	for i := range flat.Events {
		e := &flat.Events[i]
		own := e.From == flat.Model.ID
		unknown := func(id, place string) {
			if own {
				f.problems = append(f.problems, spec.OneOf("property_unknown", e.At+place, fmt.Sprintf("The model %q has no property %q.", flat.Model.ID, clip(id)), id, flat.PropertyIDs()))
			}
		}
		var err error
		if e.when, err = parseText(e.When, flat.known, true); own {
			if pe := (*placeholderError)(nil); errors.As(err, &pe) {
				problem := pe.problem
				problem.At = e.At + "/when"
				f.problems = append(f.problems, &problem)
			}
		}
		e.Values = nil
		keep := func(id string) {
			if !slices.Contains(e.Values, id) {
				e.Values = append(e.Values, id)
			}
		}
		for j, id := range e.Fields {
			if _, ok := flat.Property(id); !ok {
				unknown(id, fmt.Sprintf("/fields/%d", j))
				continue
			}
			keep(id)
		}
		for _, lang := range sortedKeys(e.Message) {
			for _, hole := range messageHole.FindAllStringSubmatch(e.Message[lang], -1) {
				if _, ok := flat.Property(hole[1]); ok {
					keep(hole[1])
				} else if !slices.Contains(flat.known.ids, hole[1]) {
					unknown(hole[1], "/message/"+spec.Escape(lang))
				}
			}
		}
	}
}

func sortedKeys(t spec.Text) []string {
	keys := make([]string, 0, len(t))
	for k := range t {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// events makes the events of an enabled asset.
func (e *expander) events(i int, a *Asset, m *FlatModel, values []value) {
	if len(m.Events) == 0 {
		return
	}
	title := a.Title
	if len(title) == 0 {
		title = spec.Text{"en": a.Path.Name()}
	}
	texts := make(map[string]spec.Text, len(values))
	for j, id := range m.known.ids {
		if values[j].texts != nil {
			texts[id] = values[j].texts
		} else {
			texts[id] = spec.Text{"en": values[j].text}
		}
	}
	for j := range m.Events {
		of := &m.Events[j]
		out := AssetEvent{FlatEvent: of, Asset: a.Path, Model: a.Model, Place: i, When: of.When, title: title, texts: texts}
		if of.when != nil {
			when, err := of.when.writeExpression(values, m.known)
			if pe := (*placeholderError)(nil); errors.As(err, &pe) {
				problem := pe.problem
				problem.At = fmt.Sprintf("/assets/%d/params", i)
				e.problems = append(e.problems, &problem)
				continue
			}
			out.When = when
		}
		e.Events = append(e.Events, out)
	}
}

// Text is the message of the event in all its languages, with the values of its properties as show writes them.
func (e *AssetEvent) Text(show func(property string) string) spec.Text {
	message := e.Message
	if len(message) == 0 {
		message = e.Title
	}
	if len(message) == 0 {
		return spec.Text{"en": e.ID}
	}
	out := make(spec.Text, len(message))
	for lang, s := range message {
		out[lang] = messageHole.ReplaceAllStringFunc(s, func(hole string) string {
			id := strings.TrimSpace(hole[1 : len(hole)-1])
			if slices.Contains(e.Values, id) {
				return show(id)
			}
			if t, ok := e.texts[id]; ok {
				return t.In(lang)
			}
			return hole
		})
	}
	return out
}

// renameProperty writes another id for a property in the fields and the message. What is changed is copied first.
func (e *Event) renameProperty(from, to string) {
	if i := slices.Index(e.Fields, from); i >= 0 {
		e.Fields = slices.Clone(e.Fields)
		e.Fields[i] = to
	}
	e.Message = maps.Clone(e.Message)
	for lang, s := range e.Message {
		e.Message[lang] = messageHole.ReplaceAllStringFunc(s, func(hole string) string {
			if strings.TrimSpace(hole[1:len(hole)-1]) == from {
				return "{" + to + "}"
			}
			return hole
		})
	}
}

// Uses reports whether the event keeps a property; its condition is an expression of the plant.
func (e *Event) Uses(property string) bool {
	if slices.Contains(e.Fields, property) {
		return true
	}
	for _, s := range e.Message {
		for _, hole := range messageHole.FindAllStringSubmatch(s, -1) {
			if hole[1] == property {
				return true
			}
		}
	}
	return false
}
