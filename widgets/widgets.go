// Package widgets is the catalogue: it embeds the manifest of every widget. A widget is a
// folder with manifest.json and view.ts; adding one touches nothing else.
package widgets

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"sort"

	"github.com/lineside/lineside/runtime/spec"
)

// Manifest is what a widget says of itself.
type Manifest struct {
	spec.Component
	// View is drawing (vector parts on the canvas) or element (DOM above it).
	View string `json:"view" enum:"drawing,element"`
	// Size is the size when dropped and the least size, in pixels of the screen.
	Size Size `json:"size"`
	// Drop is the property that a dropped tag is bound to; Fits are the tag types that are offered for.
	Drop string   `json:"drop,omitempty"`
	Fits []string `json:"fits,omitempty"`
	// Events are what actions can be put on.
	Events []Event `json:"events,omitempty"`
	// Writes names the property whose bound tag the event "set" writes (setpoint, switch).
	Writes string `json:"writes,omitempty"`
	// Secret says that what its events tell is not to be repeated on a page.
	Secret bool `json:"secret,omitempty"`
	// Group says that the widget holds others.
	Group bool `json:"group,omitempty"`
	// Panes names the list property that has one entry for each pane of a widget that holds others; of
	// these only the widgets of the open pane are seen.
	Panes string `json:"panes,omitempty"`
	// Embeds names the setting that is the screen drawn within: that of the app itself, or of the one that the
	// setting "app" names. What stands in for its inputs are properties "inputs/<id>".
	Embeds string `json:"embeds,omitempty"`
	// Draw is how the drawing board makes one: box (dragged out, the default), line (two points),
	// polyline or path (many points). The widget then has the property "points".
	Draw string `json:"draw,omitempty" enum:"box,line,polyline,path"`
	// Points are the connection points that pipes stick to; without any they are n, e, s and w.
	Points []Point `json:"points,omitempty"`
	// Variant names the setting that chooses one of the presets: how it looks, its size when dropped and
	// its connection points.
	Variant      string        `json:"variant,omitempty"`
	Presets      []Preset      `json:"presets,omitempty"`
	PresetGroups []PresetGroup `json:"presetGroups,omitempty"`
	// Migrations bring settings that were saved with older versions up to this one, when an app is read.
	Migrations []Migration `json:"migrations,omitempty"`
	// Drawing, Fit and Clicks are of a widget that an app carries itself, which the view of the widget "drawing" shows: the drawing, how
	// it lies in the box (contain when "", or stretch), and the parts that can be clicked.
	Drawing string      `json:"drawing,omitempty"`
	Fit     string      `json:"fit,omitempty" enum:"contain,stretch"`
	Clicks  []PartClick `json:"clicks,omitempty"`
}

// PartClick is a part that tells an event when it is clicked.
type PartClick struct {
	Part  string `json:"part"`
	Event string `json:"event"`
}

// Point is a connection point, in fractions of the box: 0, 0 is its top left corner.
type Point struct {
	Name string  `json:"name"`
	X    float64 `json:"x"`
	Y    float64 `json:"y"`
}

// Size is in pixels.
type Size struct {
	Width     float64 `json:"width"`
	Height    float64 `json:"height"`
	MinWidth  float64 `json:"minWidth,omitempty"`
	MinHeight float64 `json:"minHeight,omitempty"`
}

// Event is something that happens to a widget.
type Event struct {
	Name  string    `json:"name"`
	Title spec.Text `json:"title"`
}

//go:embed */manifest.json */presets.gen.json
var files embed.FS

// Schema is the JSON Schema of a manifest, for editors that know such.
//
//go:embed catalog.schema.json
var Schema []byte

// Catalogue is all widgets by id.
type Catalogue map[string]*Manifest

// Load reads the embedded manifests. The error names the file.
func Load() (Catalogue, error) {
	names, err := fs.Glob(files, "*/manifest.json")
	if err != nil {
		return nil, fmt.Errorf("widgets: %w", err)
	}
	sort.Strings(names)
	c := make(Catalogue, len(names))
	for _, name := range names {
		raw, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("widgets: %w", err)
		}
		m := new(Manifest)
		if err := json.Unmarshal(raw, m); err != nil {
			return nil, fmt.Errorf("widgets: %s: %w", name, err)
		}
		if err := addPresets(m, path.Dir(name)); err != nil {
			return nil, err
		}
		c[m.ID] = m
	}
	return c, nil
}

// List is all manifests, sorted by id.
func (c Catalogue) List() []*Manifest {
	out := make([]*Manifest, 0, len(c))
	for _, id := range slices.Sorted(maps.Keys(c)) {
		out = append(out, c[id])
	}
	return out
}
