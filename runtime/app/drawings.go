package app

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// Limits of drawings.
const (
	MaxDrawings  = 1000
	MaxParts     = 20000     // of one drawing
	MaxPathBytes = 1 << 20   // of one part
	MaxPartDepth = 64        // of groups in groups
	MaxPartImage = 512 << 10 // as a data: URL
)

// Drawing is the drawing with an id, nil when there is none.
func (a *App) Drawing(id string) *Drawing {
	for i := range a.Drawings {
		if a.Drawings[i].ID == id {
			return &a.Drawings[i]
		}
	}
	return nil
}

func (v *validator) drawings() {
	v.count("/drawings", len(v.app.Drawings), MaxDrawings, "drawings")
	seen := map[string]bool{}
	for i := range v.app.Drawings {
		d := &v.app.Drawings[i]
		at := fmt.Sprintf("/drawings/%d", i)
		v.unique(seen, d.ID, func() string { return at }, "drawing")
		if len(d.Name) > 4*MaxName {
			v.fail("text_too_long", at+"/name", "Make it shorter.", "The name has %d bytes, more than %d.", len(d.Name), 4*MaxName)
		}
		for _, n := range []struct {
			key string
			v   float64
		}{{"width", d.Width}, {"height", d.Height}} {
			if !(n.v > 0 && n.v <= 100000) {
				v.fail("value_range", at+"/"+n.key, "More than 0, at most 100000.", "%g is out of range.", n.v)
			}
		}
		count := 0
		v.parts(at, d.Parts, map[string]bool{}, &count, 0)
		v.count(at+"/parts", count, MaxParts, "parts")
	}
}

func (v *validator) parts(at string, parts []Part, seen map[string]bool, count *int, depth int) {
	if depth > MaxPartDepth {
		v.fail("too_many", at+"/parts", "Take some out of their groups.", "Groups are more than %d deep.", MaxPartDepth)
		return
	}
	for i := range parts {
		if *count++; *count > MaxParts {
			return
		}
		p := &parts[i]
		here := fmt.Sprintf("%s/parts/%d", at, i)
		if p.ID != "" {
			v.unique(seen, p.ID, func() string { return here }, "part")
		}
		v.choice(here+"/kind", p.Kind, "group", "path", "text", "image")
		for _, c := range []struct{ key, v string }{{"fill", p.Fill}, {"stroke", p.Stroke}} {
			if c.v != "" && !spec.IsColor(c.v) {
				v.fail("value_format", here+"/"+c.key, `Write a theme colour or "#RRGGBB"`, "%q is not a colour.", clip(c.v))
			}
		}
		for _, n := range []struct {
			key      string
			v        float64
			low, max float64
		}{{"x", p.X, -1e6, 1e6}, {"y", p.Y, -1e6, 1e6}, {"width", p.Width, 0, 1e6}, {"height", p.Height, 0, 1e6}, {"size", p.Size, 0, 1e5}, {"strokeWidth", p.StrokeWidth, 0, 1e5}} {
			if math.IsNaN(n.v) || n.v < n.low || n.v > n.max {
				v.fail("value_range", here+"/"+n.key, fmt.Sprintf("%g to %g pixels.", n.low, n.max), "%g is out of range.", n.v)
			}
		}
		if p.Opacity != nil && !(*p.Opacity >= 0 && *p.Opacity <= 1) {
			v.fail("value_range", here+"/opacity", "0 to 1.", "%g is out of range.", *p.Opacity)
		}
		if strings.Trim(p.Path, "MLCQZ0123456789.-+eE, \n") != "" || len(p.Path) > MaxPathBytes {
			v.fail("value_format", here+"/path", "Use the commands M, L, C, Q and Z with absolute coordinates; at most 1 MB.", "The path data cannot be drawn.")
		}
		if p.Image != "" && (!strings.HasPrefix(p.Image, "data:image/") || strings.HasPrefix(p.Image, "data:image/svg") || len(p.Image) > MaxPartImage) {
			v.fail("value_format", here+"/image", "Embed a PNG, JPEG or WebP of at most 512 kB as a data: URL.", "The picture cannot be drawn.")
		}
		if len(p.Parts) > 0 && p.Kind != "group" {
			v.fail("parent_form", here+"/parts", `Make it a part of kind "group"`, "A part of kind %q cannot hold others.", clip(p.Kind))
		}
		v.parts(here, p.Parts, seen, count, depth+1)
	}
}

// DrawingsOf are the drawings that the widgets of a screen show, by id, as JSON.
func (a *App) DrawingsOf(s *Screen, catalogue widgets.Catalogue) (map[string]json.RawMessage, error) {
	out, err := a.ownDrawingsOf(s)
	if err != nil {
		return nil, err
	}
	for i := range s.Widgets {
		m := catalogue[s.Widgets[i].Type]
		if m == nil {
			continue
		}
		for j := range m.Settings {
			var id string
			if m.Settings[j].Kind != spec.KindDrawing || json.Unmarshal(s.Widgets[i].Props[m.Settings[j].Name], &id) != nil || out[id] != nil {
				continue
			}
			d := a.Drawing(id)
			if d == nil {
				continue
			}
			raw, err := json.Marshal(d)
			if err != nil {
				return nil, fmt.Errorf("drawing %s: %w", id, err)
			}
			if out == nil {
				out = map[string]json.RawMessage{}
			}
			out[id] = raw
		}
	}
	return out, nil
}
