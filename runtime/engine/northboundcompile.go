package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// outletBuild is one checked northbound interface.
type outletBuild struct {
	doc  *plant.Northbound
	typ  *northbound.Type
	tags []northbound.Tag
	raw  []json.RawMessage // of the map, for each tag
}

// same reports whether an interface does the same as another, so that it can go on.
func (b *outletBuild) same(o *outletBuild) bool {
	if b.typ != o.typ || b.doc.Disabled != o.doc.Disabled || len(b.tags) != len(o.tags) || !sameJSON(b.doc.Settings, o.doc.Settings) {
		return false
	}
	for i := range b.tags {
		x, y := &b.tags[i], &o.tags[i]
		if x.Path != y.Path || x.Type != y.Type || x.Write != y.Write || x.Area != y.Area || x.Entry != y.Entry || !sameJSON(b.raw[i], o.raw[i]) {
			return false
		}
	}
	return true
}

// compileOutlets checks the northbound interfaces of a plant.
func (b *plantBuild) compileOutlets(ps *spec.Problems) {
	for i := range b.doc.Northbound {
		b.outlets = append(b.outlets, b.compileOutlet(&b.doc.Northbound[i], fmt.Sprintf("/northbound/%d", i), ps))
	}
}

func (b *plantBuild) compileOutlet(doc *plant.Northbound, at string, ps *spec.Problems) *outletBuild {
	o := &outletBuild{doc: doc}
	var ok bool
	if o.typ, ok = northbound.Lookup(doc.Kind); !ok {
		ps.Add("northbound_unknown", at+"/kind", "Choose one of: "+northboundIDs(), "There is no kind of northbound interface %q.", doc.Kind)
		return o
	}
	sound := true
	if err := o.typ.Check(settingsOf(doc)); err != nil {
		found := problemsOf(err, "settings_invalid")
		sound = !found.Errors()
		*ps = append(*ps, found.Under(at+"/settings")...)
	}
	before := len(*ps)
	listed := map[tag.Path]bool{}
	for i := range doc.Tags {
		listed[doc.Tags[i].Tag] = true
	}
	for i := range doc.Tags {
		b.expose(o, i, listed, fmt.Sprintf("%s/tags/%d", at, i), ps)
	}
	if len(o.tags) > plant.MaxExposed {
		ps.Add("too_many", at+"/tags", "Expose fewer.", "There are %d %s, more than %d.", len(o.tags), "exposed tags", plant.MaxExposed)
	} else if sound && o.typ.Arrange != nil && !(*ps)[before:].Errors() {
		*ps = append(*ps, o.typ.Arrange(settingsOf(doc), o.tags).Under(at+"/tags")...)
	}
	return o
}

// expose adds the tags of one entry.
func (b *plantBuild) expose(o *outletBuild, entry int, listed map[tag.Path]bool, at string, ps *spec.Problems) {
	doc := &o.doc.Tags[entry]
	add := func(path, area tag.Path, typ tag.Type, write bool) bool {
		raw := doc.Map
		if len(raw) == 0 {
			raw = json.RawMessage("{}")
		}
		parsed, err := o.typ.Map(raw, typ, write)
		if err != nil {
			*ps = append(*ps, problemsOf(err, "map_invalid").Under(at+"/map")...)
			return false
		}
		o.tags = append(o.tags, northbound.Tag{Path: path, Type: typ, Write: write, Area: area, Entry: entry, Map: parsed})
		o.raw = append(o.raw, raw)
		return true
	}
	if doc.Area == "" {
		typ, known := b.typeOf(doc.Tag)
		if !known {
			typ, known = b.from.Resting(doc.Tag)
		}
		if !known {
			hint := "Choose a tag of the plant."
			if near := b.nearest(doc.Tag); near != "" {
				hint = fmt.Sprintf("Did you mean %q?", near)
			}
			ps.Add("tag_unknown", at+"/tag", hint, "There is no tag %q.", doc.Tag)
			return
		}
		if t := b.tag(doc.Tag); doc.Write && (system(string(doc.Tag)) || t != nil && t.gate == nil) {
			ps.Add("not_writable", at+"/write", `Remove "write" here, or let the tag be written.`, "The tag %q is read-only.", doc.Tag)
			return
		}
		if t := b.tag(doc.Tag); doc.Write && t != nil && t.doc.Write != nil {
			switch before := len(*ps); {
			case t.doc.Write.Confirm == "reason":
				ps.Add("reason_missing", at+"/write", "Let the tag be written without a reason, or only read here.", "Writes of %q need a reason, which other systems do not give: they will be refused.", doc.Tag)
				(*ps)[before].Severity = spec.Warning
			case t.doc.Write.Release != nil:
				ps.Add("release_slow", at+"/write", "Let the tag be written without a second person, or only read here.", "Writes of %q wait for a second person; other systems may not wait that long.", doc.Tag)
				(*ps)[before].Severity = spec.Warning
			}
		}
		add(doc.Tag, "", typ, doc.Write)
		return
	}
	if !o.typ.Areas {
		ps.Add("exposed_area", at+"/area", "Name the tags one by one.", "This kind of interface cannot expose an area as a whole.")
		return
	}
	var paths []tag.Path
	for _, t := range b.tags {
		if path := t.doc.Path; path.Under(doc.Area) && !listed[path] && !b.nearer(o.doc, entry, path) {
			paths = append(paths, path)
		}
	}
	slices.Sort(paths)
	for _, path := range paths {
		t := b.tag(path)
		if !add(path, doc.Area, t.typ, doc.Write && t.gate != nil) {
			return // said once
		}
	}
}

// nearer reports whether another entry stands for a path below the area of an entry, more narrowly.
func (b *plantBuild) nearer(doc *plant.Northbound, entry int, path tag.Path) bool {
	own := doc.Tags[entry].Area
	for i := range doc.Tags {
		area := doc.Tags[i].Area
		if i != entry && area != "" && path.Under(area) && (len(area) > len(own) || area == own && i < entry) {
			return true
		}
	}
	return false
}

// nearest is the tag that was probably meant.
func (b *plantBuild) nearest(path tag.Path) string {
	all := make([]tag.Path, len(b.tags))
	for i, t := range b.tags {
		all[i] = t.doc.Path
	}
	slices.Sort(all)
	return nearestTag(string(path), all)
}

// Arranged is a northbound interface that need not be saved, with places for what has none.
type Arranged struct {
	// Tags are the entries with their maps filled in.
	Tags []plant.Exposed
	// Problems have places relative to the interface: /settings/…, /tags/….
	Problems spec.Problems
	// Writable says of each entry whether its tag can be written at all.
	Writable []bool
	// Types are the types of the tags of the entries, "" of those that stand for an area or are unknown.
	Types []string
}

// ArrangeNorthbound completes the maps of the entries of an interface as its kind suggests (with anew, their places are
// given anew, one after the other), and says what is wrong with it, in the plant that runs.
func (e *Engine) ArrangeNorthbound(doc plant.Northbound, anew bool) Arranged {
	e.mu.RLock()
	x := e.expansion
	e.mu.RUnlock()
	b := &plantBuild{from: x, types: map[tag.Path]tag.Type{}, tags: make([]*tagBuild, len(x.Tags))}
	for i := range x.Tags {
		t := &tagBuild{doc: &x.Tags[i], index: i}
		t.typ, _ = tag.ParseType(t.doc.Type)
		if t.doc.Write != nil {
			t.gate = &gate{}
		}
		b.tags[i] = t
	}
	systemTypes(e.Plant().Devices, b.types)
	doc.Tags = slices.Clone(doc.Tags)
	out := Arranged{Writable: make([]bool, len(doc.Tags)), Types: make([]string, len(doc.Tags))}
	tags, raw := make([]northbound.Tag, len(doc.Tags)), make([]json.RawMessage, len(doc.Tags))
	for i := range doc.Tags {
		t := &doc.Tags[i]
		typ, ok := b.typeOf(t.Tag)
		if !ok {
			typ, ok = x.Resting(t.Tag)
		}
		if ok {
			out.Types[i] = typ.String()
		}
		out.Writable[i] = t.Area != "" || writable(b.tag(t.Tag))
		tags[i], raw[i] = northbound.Tag{Path: t.Tag, Type: typ, Write: t.Write, Area: t.Area, Entry: i}, t.Map
	}
	typ, known := northbound.Lookup(doc.Kind)
	if known && typ.Suggest != nil && typ.Check(settingsOf(&doc)) == nil {
		for i, m := range typ.Suggest(settingsOf(&doc), tags, raw, anew) {
			doc.Tags[i].Map = m
		}
	}
	out.Tags = doc.Tags
	shell := &plant.Plant{Format: plant.Format, Northbound: []plant.Northbound{doc}}
	if doc.ID == "" {
		shell.Northbound[0].ID = "new"
	}
	found := plant.Validate(shell)
	b.compileOutlet(&doc, "/northbound/0", &found)
	for _, p := range found {
		c := *p
		c.At = strings.TrimPrefix(c.At, "/northbound/0")
		out.Problems = append(out.Problems, &c)
	}
	return out
}

// ExportNorthbound is the table for the people on the other side of an interface that runs, the names of its columns
// first.
func (e *Engine) ExportNorthbound(id string) ([][]string, error) {
	e.mu.RLock()
	o := e.outlets[id]
	e.mu.RUnlock()
	if o == nil {
		return nil, &spec.Problem{Code: "name_missing", Message: fmt.Sprintf("There is no northbound interface %q.", id), Hint: "Load the plant again."}
	}
	if o.build.typ.Export == nil {
		return nil, &spec.Problem{Code: "export_none", Message: "This kind of interface has no table to export."}
	}
	infos := make([]northbound.Info, len(o.build.tags))
	for i := range infos {
		infos[i] = o.Info(i)
	}
	return o.build.typ.Export(settingsOf(o.build.doc), o.build.tags, infos)
}

func writable(t *tagBuild) bool { return t != nil && t.gate != nil }
