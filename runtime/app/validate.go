package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

// Limits of what a document may hold.
const (
	MaxScreens   = 1000
	MaxWidgets   = 20000 // of one screen
	MaxActions   = 16    // of one event
	MaxInputs    = 1000
	MaxVariables = 200 // of one screen
	MaxTags      = 20000
	MaxExprBytes = action.MaxExprBytes
	MaxName      = 200 // characters of a name
	MaxText      = 4000
)

// maxProblems is how many problems are listed; nobody reads more at once.
const maxProblems = 500

var (
	reverseDNS = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)+$`)
	// semver is the expression that semver.org proposes for version 2.0.
	semver = regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(?:\.(?:0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*))?(?:\+([0-9a-zA-Z-]+(?:\.[0-9a-zA-Z-]+)*))?$`)
	name   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)
)

// reserved words cannot be names of inputs, because an expression means something else by them.
var reserved = []string{"tag", "raw", "value", "true", "false", "nil", "null", "not", "and", "or", "in", "let", "if", "else", "matches", "contains", "startsWith", "endsWith"}

// Validate tells everything that is wrong with a document by itself and against the
// catalogue of widgets. Whether expressions are right and tags exist is known where the
// tags are: see App.Expressions and App.TagPaths.
func Validate(a *App, catalogue widgets.Catalogue) spec.Problems {
	v := &validator{app: a, catalogue: a.Catalogue(catalogue), checkers: map[string]*spec.Checker{}, screens: map[string]bool{}}
	v.head()
	v.inputs()
	v.tags()
	v.alarms()
	v.texts()
	v.ownWidgets()
	v.allScreens()
	v.shell()
	return v.problems
}

type validator struct {
	app       *App
	catalogue widgets.Catalogue
	checkers  map[string]*spec.Checker
	known     []string // types of widgets
	screens   map[string]bool
	problems  spec.Problems
	// around is what actions may name; its variables are those of the screen in hand.
	around action.Document
}

func (v *validator) add(p *spec.Problem) {
	switch {
	case len(v.problems) < maxProblems:
		v.problems = append(v.problems, p)
	case len(v.problems) == maxProblems:
		v.problems.Add("too_many_problems", "", "Correct these first.", "There are more than %d problems.", maxProblems)
	}
}

func (v *validator) fail(code, at, hint, format string, args ...any) {
	v.add(&spec.Problem{Code: code, At: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

func (v *validator) head() {
	a := v.app
	if a.Format != Format {
		v.fail("format_unknown", "/format", fmt.Sprintf(`Write "format": %d.`, Format), "The format is %d, not %d.", a.Format, Format)
	}
	if len(a.ID) > 128 || !reverseDNS.MatchString(a.ID) {
		v.fail("id_form", "/id", `Write a reverse-DNS name in lower case: "com.example.boiler"`, "%q is not a reverse-DNS name.", clip(a.ID))
	}
	if len(a.Version) > 64 || !semver.MatchString(a.Version) {
		v.fail("version_form", "/version", `Write a semantic version: "1.0.0"`, "%q is not a semantic version.", clip(a.Version))
	}
	v.text("/name", a.Name, true, MaxName)
	v.text("/description", a.Description, false, MaxText)
	for _, t := range []struct{ at, s string }{{"/icon", a.Icon}, {"/publisher", a.Publisher}, {"/license", a.License}} {
		if len(t.s) > MaxName {
			v.fail("text_too_long", t.at, "Make it shorter.", "The text has %d bytes, more than %d.", len(t.s), MaxName)
		}
	}
	for _, typ := range slices.Sorted(maps.Keys(a.Uses)) {
		at := "/uses/" + spec.Escape(typ)
		m, ok := v.catalogue[typ]
		switch {
		case !ok:
			p := v.unknownType(typ, at)
			p.Severity = spec.Warning
			v.add(p)
		case a.Uses[typ] > m.Version:
			v.fail("widget_newer", at, "Upgrade Lineside.", "The app was made with version %d of widget %q; this runtime has version %d.", a.Uses[typ], typ, m.Version)
		}
	}
}

// text checks a text in several languages.
func (v *validator) text(at string, t spec.Text, required bool, limit int) {
	if len(t) == 0 {
		if required {
			v.fail("value_missing", at+"/en", "Give an English text.", "The English text is missing.")
		}
		return
	}
	if t["en"] == "" {
		v.fail("value_missing", at+"/en", "Give an English text; it stands in for missing languages.", "The English text is missing.")
	}
	for lang, s := range t {
		if len(s) > 4*limit {
			v.fail("text_too_long", at+"/"+spec.Escape(lang), "Make it shorter.", "The text has %d bytes, more than %d.", len(s), 4*limit)
		}
		if !isLanguage(lang) {
			v.fail("language_form", at+"/"+spec.Escape(lang), `Write a language tag: "en", "zh", "pt-BR"`, "%q is not a language tag.", clip(lang))
		}
	}
}

func isLanguage(s string) bool {
	for i, part := range strings.Split(s, "-") {
		if len(part) < 2 && i == 0 || len(part) == 0 || len(part) > 8 || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
			return false
		}
	}
	return true
}

// ID reports whether s may be the id of a screen, widget, tag or installation: 1 to 64
// letters, digits, "_" and "-" of ASCII.
func ID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

// unique checks the form of an id and that it is new; kind is what it names.
func (v *validator) unique(seen map[string]bool, id string, at func() string, kind string) {
	if !ID(id) {
		v.fail("id_form", at()+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a %s.", clip(id), kind)
	}
	if seen[id] {
		v.fail("id_double", at()+"/id", "Give each its own id.", "There is another %s with the id %q.", kind, clip(id))
	}
	seen[id] = true
}

func (v *validator) count(at string, n, limit int, what string) {
	if n > limit {
		v.fail("too_many", at, fmt.Sprintf("Keep to %d at most.", limit), "There are %d %s, more than %d.", n, what, limit)
	}
}

func (v *validator) inputs() {
	v.count("/inputs", len(v.app.Inputs), MaxInputs, "inputs")
	seen := map[string]bool{}
	for i := range v.app.Inputs {
		in := &v.app.Inputs[i]
		at := fmt.Sprintf("/inputs/%d", i)
		switch {
		case !name.MatchString(in.ID):
			v.fail("id_form", at+"/id", `Begin with a letter; use letters, digits and "_"`, "%q cannot be the id of an input, because expressions name it.", clip(in.ID))
		case slices.Contains(reserved, in.ID):
			v.fail("id_form", at+"/id", "Choose another name.", "%q means something else in expressions.", in.ID)
		case seen[in.ID]:
			v.fail("id_double", at+"/id", "Give each its own id.", "There is another input with the id %q.", in.ID)
		}
		seen[in.ID] = true
		v.choice(at+"/kind", in.Kind, "tag", "parameter", "asset")
		switch {
		case in.Kind != "asset":
			v.choice(at+"/type", in.Type, "bool", "int", "float", "string")
			if in.Model != "" {
				v.fail("value_choice", at+"/model", "Take it away, or make it an input of kind asset.", "Only an asset has a model.")
			}
		case in.Type != "":
			v.fail("value_choice", at+"/type", "Take it away.", "An asset has no type.")
		case in.Model == "":
			v.fail("value_missing", at+"/model", "Name the model.", "It is not said of which model the asset is.")
		case !ID(in.Model):
			v.fail("id_form", at+"/model", `Use letters, digits, "_" and "-"`, "%q cannot be the id of a model.", clip(in.Model))
		}
		v.text(at+"/title", in.Title, false, MaxName)
		if len(in.Default) == 0 {
			continue
		}
		if in.Kind == "tag" || in.Kind == "asset" {
			var path string
			if json.Unmarshal(in.Default, &path) != nil {
				v.fail("value_type", at+"/default", "Write the path of a tag or asset.", "The default of an input of kind %s is not a path.", in.Kind)
			} else if _, err := tag.ParsePath(path); err != nil {
				v.fail("tag_path", at+"/default", "Write the path of a tag, such as area/line/speed.", "The %v.", err)
			}
		} else if t, ok := tag.ParseType(in.Type); ok {
			if value, err := tag.Parse(in.Default, t); err != nil || value.IsNone() {
				v.fail("value_type", at+"/default", "Write a value of the type of the input.", "The default is not of type %s.", in.Type)
			}
		}
	}
}

func (v *validator) choice(at, s string, known ...string) {
	if !slices.Contains(known, s) {
		v.add(spec.OneOf("value_choice", at, fmt.Sprintf("%q is not one of the choices.", clip(s)), s, known))
	}
}

func (v *validator) tags() {
	v.count("/tags", len(v.app.Tags), MaxTags, "tags")
	seen := map[string]bool{}
	for i := range v.app.Tags {
		t := &v.app.Tags[i]
		at := fmt.Sprintf("/tags/%d", i)
		v.unique(seen, t.ID, func() string { return at }, "tag")
		v.expr(at+"/expr", t.Expr)
		v.text(at+"/title", t.Title, false, MaxName)
	}
}

func (v *validator) expr(at, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		v.fail("value_missing", at, "Write an expression.", "The expression is empty.")
	case len(text) > MaxExprBytes:
		v.fail("expression_too_long", at, "Split it into computed tags.", "The expression has %d bytes, more than %d.", len(text), MaxExprBytes)
	}
}

func (v *validator) allScreens() {
	a := v.app
	if len(a.Screens) == 0 {
		v.fail("value_missing", "/screens", "Add a screen.", "The app has no screen.")
	}
	v.count("/screens", len(a.Screens), MaxScreens, "screens")
	for i := range a.Screens {
		at := func() string { return fmt.Sprintf("/screens/%d", i) }
		v.unique(v.screens, a.Screens[i].ID, at, "screen")
	}
	if a.Start != "" {
		v.screenRef("/start", a.Start)
	}
	for i := range a.Screens {
		v.screen(fmt.Sprintf("/screens/%d", i), &a.Screens[i])
	}
	v.circles()
}

func (v *validator) screenRef(at, id string) {
	if !v.screens[id] {
		v.add(spec.OneOf("screen_unknown", at, fmt.Sprintf("There is no screen %q.", clip(id)), id, slices.Sorted(maps.Keys(v.screens))))
	}
}

func (v *validator) screen(at string, s *Screen) {
	v.text(at+"/name", s.Name, true, MaxName)
	if s.Width < 100 || s.Width > 10000 {
		v.fail("value_range", at+"/width", "100 to 10000 pixels.", "A width of %d is out of range.", s.Width)
	}
	if s.Height < 100 || s.Height > 10000 {
		v.fail("value_range", at+"/height", "100 to 10000 pixels.", "A height of %d is out of range.", s.Height)
	}
	if s.Level < 0 || s.Level > 4 {
		v.fail("value_range", at+"/level", "1 (overview) to 4 (support), or 0.", "Level %d is out of range.", s.Level)
	}
	if s.Ground != "" && !spec.IsColor(s.Ground) {
		v.fail("value_format", at+"/ground", `Write a theme colour or "#RRGGBB"`, "%q is not a colour.", clip(s.Ground))
	}
	if s.Fit != "" {
		v.choice(at+"/fit", s.Fit, "fit", "width", "fixed")
	}
	if s.Layout != "" {
		v.choice(at+"/layout", s.Layout, "canvas", "page")
	}
	v.variables(at, s)
	v.screenEvents(at, s)
	v.count(at+"/widgets", len(s.Widgets), MaxWidgets, "widgets")
	index := make(map[string]int, len(s.Widgets))
	seen := make(map[string]bool, len(s.Widgets))
	for i := range s.Widgets {
		v.unique(seen, s.Widgets[i].ID, func() string { return fmt.Sprintf("%s/widgets/%d", at, i) }, "widget")
		if _, double := index[s.Widgets[i].ID]; !double {
			index[s.Widgets[i].ID] = i
		}
	}
	v.parents(at, s, index)
	v.joints(at, s, index)
	for i := range s.Widgets {
		v.widget(func() string { return fmt.Sprintf("%s/widgets/%d", at, i) }, &s.Widgets[i])
	}
}

// parents checks that every parent is there, can hold others and is not inside its own child.
func (v *validator) parents(at string, s *Screen, index map[string]int) {
	const unknown, open, closed = 0, 1, 2
	state := make([]uint8, len(s.Widgets))
	for i := range s.Widgets {
		w := &s.Widgets[i]
		if w.Parent == "" {
			state[i] = closed
			continue
		}
		p, ok := index[w.Parent]
		if !ok {
			v.add(spec.OneOf("widget_unknown", fmt.Sprintf("%s/widgets/%d/parent", at, i), fmt.Sprintf("There is no widget %q on this screen.", clip(w.Parent)), w.Parent, slices.Sorted(maps.Keys(index))))
			state[i] = closed
			continue
		}
		if m := v.catalogue[s.Widgets[p].Type]; m != nil && !m.Group {
			v.fail("parent_form", fmt.Sprintf("%s/widgets/%d/parent", at, i), "Put it into a group, or on the screen itself.", "Widget %q of type %q cannot hold others.", w.Parent, s.Widgets[p].Type)
		}
	}
	for i := range s.Widgets {
		j := i
		for state[j] == unknown {
			state[j] = open
			j = index[s.Widgets[j].Parent]
		}
		if state[j] == open {
			v.fail("parent_cycle", fmt.Sprintf("%s/widgets/%d/parent", at, j), "Take one of them out of its group.", "Widget %q is inside itself.", s.Widgets[j].ID)
		}
		for j = i; state[j] == open; j = index[s.Widgets[j].Parent] {
			state[j] = closed
		}
	}
}

func (v *validator) unknownType(typ, at string) *spec.Problem {
	if v.known == nil {
		v.known = slices.Sorted(maps.Keys(v.catalogue))
	}
	return spec.OneOf("widget_type_unknown", at, fmt.Sprintf("There is no widget type %q.", clip(typ)), typ, v.known)
}

func (v *validator) widget(at func() string, w *Widget) {
	const far, large = 100000, 20000
	for _, n := range [...]struct {
		key      string
		v        float64
		low, max float64
	}{{"x", w.X, -far, far}, {"y", w.Y, -far, far}, {"w", w.Width, 0, large}, {"h", w.Height, 0, large}} {
		if math.IsNaN(n.v) || n.v < n.low || n.v > n.max || n.low == 0 && n.v == 0 {
			hint := fmt.Sprintf("%g to %g pixels.", n.low, n.max)
			if n.low == 0 {
				hint = fmt.Sprintf("More than 0, at most %g pixels.", n.max)
			}
			v.fail("value_range", at()+"/"+n.key, hint, "%g is out of range.", n.v)
		}
	}
	if len(w.Name) > 4*MaxName {
		v.fail("text_too_long", at()+"/name", "Make it shorter.", "The name has %d bytes, more than %d.", len(w.Name), 4*MaxName)
	}
	v.turned(at, w)
	v.place(at, w)
	m, ok := v.catalogue[w.Type]
	if !ok {
		v.add(v.unknownType(w.Type, at()+"/type"))
		return
	}
	c := v.checkers[w.Type]
	if w.Version > 0 {
		v.outdated(at(), w, m)
		return
	}
	if c == nil {
		c = spec.NewChecker(m.Settings).WithTexts()
		v.checkers[w.Type] = c
	}
	v.props(at, w, m, c)
	v.embedded(at, w, m)
	v.points(at, w, m)
	v.animations(at, w, m, c)
	v.widgetEvents(at, w, m)
}

func (v *validator) props(at func() string, w *Widget, m *widgets.Manifest, c *spec.Checker) {
	var bad []string // names with problems, told in order of name
	for prop, raw := range w.Props {
		if _, input := InputOf(prop); input && m.Embeds != "" {
			continue // see embedded
		}
		f, ok := c.Field(prop)
		if !ok || len(c.Value(prop, raw)) > 0 || f.Kind == spec.KindScreen || f.Kind == spec.KindDrawing || f.Kind == spec.KindAny && !f.Bind && isObject(raw) || len(raw) > MaxExprBytes || v.unknownText(raw) {
			bad = append(bad, prop)
		}
	}
	slices.Sort(bad)
	for _, prop := range bad {
		place := at() + "/props/" + spec.Escape(prop)
		f, ok := c.Field(prop)
		if !ok {
			v.add(c.Unknown(prop, place))
			continue
		}
		raw := w.Props[prop]
		for _, p := range c.Value(prop, raw).Under(place) {
			v.add(p)
		}
		if f.Kind == spec.KindAny && !f.Bind && isObject(raw) {
			v.fail("value_type", place, "Write a constant.", "An object stands where a constant should.")
		}
		if b, ok := ParseBinding(raw); ok && len(b.Expr) > MaxExprBytes {
			v.expr(place+"/expr", b.Expr)
		}
		TextKeys(raw, func(at, key string) { v.textRef(place+at, key) })
		var id string
		if f.Kind == spec.KindScreen && json.Unmarshal(raw, &id) == nil && id != "" && !w.foreign(m) {
			v.screenRef(place, id)
		}
		if f.Kind == spec.KindDrawing && json.Unmarshal(raw, &id) == nil && id != "" && v.app.Drawing(id) == nil {
			known := make([]string, len(v.app.Drawings))
			for i := range v.app.Drawings {
				known[i] = v.app.Drawings[i].ID
			}
			v.add(spec.OneOf("drawing_unknown", place, fmt.Sprintf("There is no drawing %q.", clip(id)), id, known))
		}
	}
	for i := range m.Settings {
		f := &m.Settings[i]
		if _, given := w.Props[f.Name]; f.Required && !given && f.Default == nil {
			v.fail("value_missing", at()+"/props/"+spec.Escape(f.Name), "Give a value or a binding.", "%q is missing.", f.Name)
		}
	}
}

func isObject(raw json.RawMessage) bool {
	return bytes.HasPrefix(bytes.TrimSpace(raw), []byte("{"))
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
