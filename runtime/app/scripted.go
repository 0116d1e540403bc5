package app

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/drawing"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// OwnPrefix begins the type of a widget on a screen that is of the app's own: "own:" and the id of a ScriptedWidget.
const OwnPrefix = "own:"

// Limits of the widgets of an app's own.
const (
	MaxOwnWidgets  = 200
	MaxOwnSettings = 64
	MaxOwnEvents   = 32
	MaxOwnParts    = 500      // what is changed, in the document and in the SVG together
	MaxOwnSVG      = 1 << 20  // bytes
	MaxOwnScript   = 64 << 10 // bytes; as script.MaxSource
	MinEvery       = 100 * time.Millisecond
	MaxEvery       = 24 * time.Hour
)

// ScriptedWidget is a widget type that an app carries itself: a picture whose parts follow values, and a script on the
// server if it needs one.
type ScriptedWidget struct {
	// ID is unique in the app. A widget of a screen is of this type by "own:" and the id.
	ID string `json:"id"`
	// Version is counted up by who changes what a screen may rely on; from 1.
	Version int       `json:"version"`
	Title   spec.Text `json:"title"`
	Summary spec.Text `json:"summary,omitempty"`
	// Icon is the name of a symbol of the icon set.
	Icon string `json:"icon,omitempty"`
	// Size is the size when dropped and the least size.
	Size widgets.Size `json:"size"`
	// Fit is how the picture lies in the box: contain (its proportions are kept; the default) or stretch.
	Fit string `json:"fit,omitempty" enum:"contain,stretch"`
	// Settings are what can be set and bound, of the kinds bool, int, float, string, enum, color and any. Those that the SVG
	// declares (data-ls-var) come behind them.
	Settings []spec.Field `json:"settings,omitempty"`
	// Drop is the setting that a dropped tag is bound to.
	Drop string `json:"drop,omitempty"`
	// Writes are the settings whose bound tag the script may write, for the person whose event it was.
	Writes []string `json:"writes,omitempty"`
	// Events are what actions can be put on: the script emits them, or a part tells them when it is clicked.
	Events []widgets.Event `json:"events,omitempty"`
	// Every is how often the script's function every is called, such as "1s"; at least 100 ms. "" is never.
	Every string `json:"every,omitempty"`
	// Parts say what changes which part of the picture. Those that the SVG declares (data-ls-…) come behind them.
	Parts []PartBinding `json:"parts,omitempty"`
	// SVG is the picture as it was drawn, compiled whenever it is used; a browser only ever gets what was understood of it.
	SVG string `json:"svg"`
	// Script is JavaScript that runs on the server; "" is none.
	Script string `json:"script,omitempty"`
}

// PartBinding is what changes one thing of one part of the picture: exactly one of Expr, Set and Event.
type PartBinding = drawing.PartBinding

// Own is a widget of an app's own as it is used. It must not be changed.
type Own struct {
	// Manifest describes it as those of the catalogue do.
	Manifest *widgets.Manifest
	// Drawing is the picture, nil when it cannot be drawn.
	Drawing *Drawing
	// Parts are those of the document and of the SVG.
	Parts []PartBinding
	// Writes, Script and Every are those of the document.
	Writes []string
	Script string
	Every  time.Duration
	// Problems are those of the SVG, with their places in the ScriptedWidget.
	Problems spec.Problems
}

// Type is the type of widgets of this kind on a screen.
func (w *ScriptedWidget) Type() string { return OwnPrefix + w.ID }

// owns keeps what was compiled, by its text: documents are validated again and again, and their pictures rarely change.
var owns = struct {
	sync.Mutex
	by map[[32]byte]*Own
}{by: map[[32]byte]*Own{}}

// maxOwns is how many compiled widgets are kept.
const maxOwns = 500

// Compile makes the manifest and the drawing. It never fails: what is wrong is in Problems.
func (w *ScriptedWidget) Compile() *Own {
	text, err := json.Marshal(w)
	if err != nil { // a default that is no JSON
		return w.compile()
	}
	key := sha256.Sum256(text)
	owns.Lock()
	o := owns.by[key]
	owns.Unlock()
	if o != nil {
		return o
	}
	o = w.compile()
	owns.Lock()
	if len(owns.by) >= maxOwns {
		clear(owns.by)
	}
	owns.by[key] = o
	owns.Unlock()
	return o
}

func (w *ScriptedWidget) compile() *Own {
	o := &Own{Writes: w.Writes, Script: w.Script}
	o.Every, _ = time.ParseDuration(w.Every)
	o.Every = max(o.Every, 0)
	if 0 < o.Every && o.Every < MinEvery {
		o.Every = MinEvery
	}
	m := &widgets.Manifest{
		Component: spec.Component{ID: w.Type(), Version: w.Version, Title: w.Title, Summary: w.Summary, Icon: w.Icon, Category: "own", Settings: []spec.Field{}},
		View:      "drawing", Size: w.Size, Drop: w.Drop, Events: w.Events, Drawing: w.Type(), Fit: w.Fit,
	}
	o.Manifest = m
	m.Settings = append(m.Settings, w.Settings...)
	o.Parts = append(o.Parts, w.Parts...)
	if len(w.SVG) > MaxOwnSVG {
		o.Problems.Add("svg_too_large", "/svg", "Simplify it in the program that drew it.", "The SVG has %d bytes, more than %d.", len(w.SVG), MaxOwnSVG)
		return o
	}
	d, declared, ps := drawing.CompileWidget([]byte(w.SVG))
	for _, p := range ps {
		q := *p
		q.At = "/svg" + q.At
		o.Problems = append(o.Problems, &q)
	}
	if d == nil {
		return o
	}
	d.ID = w.Type()
	o.Drawing = d
	own := map[string]bool{}
	for i := range w.Settings {
		own[w.Settings[i].Name] = true
	}
	for i := range declared.Vars {
		if v := &declared.Vars[i]; !own[v.Name] {
			m.Settings = append(m.Settings, settingOf(v))
		}
	}
	o.Parts = append(o.Parts, declared.Bindings...)
	for i := range o.Parts {
		if b := &o.Parts[i]; b.What == drawing.Click && b.Event != "" {
			m.Clicks = append(m.Clicks, widgets.PartClick{Part: b.Part, Event: b.Event})
		}
	}
	if m.Drop == "" {
		for i := range m.Settings {
			if m.Settings[i].Bind {
				m.Drop = m.Settings[i].Name
				break
			}
		}
	}
	for i := range m.Settings {
		if f := &m.Settings[i]; f.Name == m.Drop {
			m.Fits = fitting[f.Kind]
		}
	}
	return o
}

// fitting are the types of tags that are offered for a setting of a kind.
var fitting = map[spec.Kind][]string{
	spec.KindBool: {"bool"}, spec.KindInt: {"int"}, spec.KindFloat: {"float", "int"}, spec.KindString: {"string"}, spec.KindEnum: {"string"},
	spec.KindAny: {"bool", "int", "float", "string"},
}

// settingOf is the setting that a variable of an SVG declares.
func settingOf(v *drawing.Var) spec.Field {
	f := spec.Field{Name: v.Name, Kind: spec.Kind(v.Type), Title: spec.Text{"en": v.Name}, Group: "data", Bind: true, Unit: v.Unit, Default: v.Default}
	return f
}

// ownWidget is the widget of the app's own with an id, nil when there is none.
func (a *App) ownWidget(id string) *ScriptedWidget {
	for i := range a.Widgets {
		if a.Widgets[i].ID == id {
			return &a.Widgets[i]
		}
	}
	return nil
}

// Own is the widget of the app's own that is the type of a widget of a screen, nil when there is none.
func (a *App) Own(typ string) *Own {
	id, ok := strings.CutPrefix(typ, OwnPrefix)
	if !ok {
		return nil
	}
	if w := a.ownWidget(id); w != nil {
		return w.Compile()
	}
	return nil
}

// Catalogue is the widgets that a screen of the app can have: those of the runtime and the app's own.
func (a *App) Catalogue(builtin widgets.Catalogue) widgets.Catalogue {
	if len(a.Widgets) == 0 {
		return builtin
	}
	out := make(widgets.Catalogue, len(builtin)+len(a.Widgets))
	for id, m := range builtin {
		out[id] = m
	}
	for i := range a.Widgets {
		if w := &a.Widgets[i]; out[w.Type()] == nil {
			out[w.Type()] = w.Compile().Manifest
		}
	}
	return out
}

// ownDrawingsOf are the drawings of the app's own widgets that a screen shows, by type, as JSON.
func (a *App) ownDrawingsOf(s *Screen) (map[string]json.RawMessage, error) {
	var out map[string]json.RawMessage
	for i := range s.Widgets {
		typ := s.Widgets[i].Type
		if out[typ] != nil {
			continue
		}
		o := a.Own(typ)
		if o == nil || o.Drawing == nil {
			continue
		}
		raw, err := json.Marshal(o.Drawing)
		if err != nil {
			return nil, fmt.Errorf("drawing %s: %w", typ, err)
		}
		if out == nil {
			out = map[string]json.RawMessage{}
		}
		out[typ] = raw
	}
	return out, nil
}

// ManifestsOf are the manifests of the app's own widgets that a screen shows, by type, as JSON.
func (a *App) ManifestsOf(s *Screen) (map[string]json.RawMessage, error) {
	var out map[string]json.RawMessage
	for i := range s.Widgets {
		typ := s.Widgets[i].Type
		if out[typ] != nil || !strings.HasPrefix(typ, OwnPrefix) {
			continue
		}
		o := a.Own(typ)
		if o == nil {
			continue
		}
		raw, err := json.Marshal(o.Manifest)
		if err != nil {
			return nil, fmt.Errorf("widget %s: %w", typ, err)
		}
		if out == nil {
			out = map[string]json.RawMessage{}
		}
		out[typ] = raw
	}
	return out, nil
}

// ConstantsOf are the settings of a widget of the app's own that are not bound: the defaults, and what stands on the screen. Texts by
// key are those in English.
func (a *App) ConstantsOf(o *Own, w *Widget) map[string]json.RawMessage {
	out := map[string]json.RawMessage{}
	for i := range o.Manifest.Settings {
		f := &o.Manifest.Settings[i]
		raw, given := w.Props[f.Name]
		if !given {
			raw = f.Default
		}
		if key, text := ParseText(raw); text {
			raw = mustJSON(a.Texts[key].In("en"))
		} else if _, bound := ParseBinding(raw); bound {
			continue
		}
		if len(raw) > 0 {
			out[f.Name] = raw
		}
	}
	return out
}
