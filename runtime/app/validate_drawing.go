package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// MaxPoints is how many points a line or curve may have.
const MaxPoints = 1000

// isLine reports whether a widget is drawn through points.
func isLine(m *widgets.Manifest) bool {
	return m.Draw == "line" || m.Draw == "polyline" || m.Draw == "path"
}

// points checks the points of a line: numbers in fractions of its box, as many as its kind takes.
// A curve has six for each point; its handles may lie outside of the box.
func (v *validator) points(at func() string, w *Widget, m *widgets.Manifest) {
	raw, given := w.Props["points"]
	if !given || !isLine(m) {
		return
	}
	var list []float64
	if json.Unmarshal(raw, &list) != nil || list == nil {
		return // what it is instead was told with the other properties
	}
	place := at() + "/props/points"
	stride, least := 2, 2
	if m.Draw == "path" {
		stride = 6
	}
	n := len(list) / stride
	switch {
	case len(list)%stride != 0:
		v.fail("points_form", place, fmt.Sprintf("Write %d numbers for each point.", stride), "%d numbers are no whole points.", len(list))
		return
	case m.Draw == "line" && n != 2:
		v.fail("points_form", place, "Write x0, y0, x1, y1; for more points use a polyline.", "A straight line has %d points, not 2.", n)
		return
	case n < least:
		v.fail("points_form", place, fmt.Sprintf("Write at least %d points.", least), "A line of %d points cannot be drawn.", n)
		return
	case n > MaxPoints:
		v.fail("too_many", place, fmt.Sprintf("Keep to %d at most.", MaxPoints), "There are %d points, more than %d.", n, MaxPoints)
		return
	}
	for i, f := range list {
		low, high := -0.01, 1.01
		if i%stride >= 2 {
			low, high = -1000, 1000
		}
		if math.IsNaN(f) || f < low || f > high {
			v.fail("value_range", fmt.Sprintf("%s/%d", place, i), "Points are fractions of the box: 0 to 1.", "%g is out of range.", f)
			return
		}
	}
}

// joints checks that every end of a line sticks to a connection point of a widget that is there.
func (v *validator) joints(at string, s *Screen, index map[string]int) {
	for i := range s.Widgets {
		w := &s.Widgets[i]
		if w.From == nil && w.To == nil {
			continue
		}
		place := fmt.Sprintf("%s/widgets/%d", at, i)
		if m := v.catalogue[w.Type]; m != nil && !isLine(m) {
			key := "from"
			if w.From == nil {
				key = "to"
			}
			v.fail("joint_form", place+"/"+key, "Take the key out.", "Widget type %q is no line, so that it has no ends.", w.Type)
			continue
		}
		v.joint(place+"/from", w, w.From, s, index)
		v.joint(place+"/to", w, w.To, s, index)
	}
}

func (v *validator) joint(at string, w *Widget, j *Joint, s *Screen, index map[string]int) {
	if j == nil {
		return
	}
	to, ok := index[j.Widget]
	switch {
	case !ok:
		v.add(spec.OneOf("widget_unknown", at+"/widget", fmt.Sprintf("There is no widget %q on this screen.", clip(j.Widget)), j.Widget, slices.Sorted(maps.Keys(index))))
		return
	case j.Widget == w.ID:
		v.fail("joint_form", at+"/widget", "Name another widget.", "Widget %q sticks to itself.", w.ID)
		return
	}
	m := v.catalogue[s.Widgets[to].Type]
	switch {
	case m == nil: // its type was told to be unknown
	case isLine(m):
		v.fail("joint_form", at+"/widget", "Name a widget that is no line.", "Widget %q is a line, which has no connection points.", clip(j.Widget))
	default:
		if known := connections(m, s.Widgets[to].Props); !slices.Contains(known, j.Point) {
			v.add(spec.OneOf("point_unknown", at+"/point", fmt.Sprintf("Widget type %q has no connection point %q.", m.ID, clip(j.Point)), j.Point, known))
		}
	}
}

// connections are the names of the connection points of a widget.
func connections(m *widgets.Manifest, props map[string]json.RawMessage) []string {
	points := m.Connections(props)
	names := make([]string, len(points))
	for i := range points {
		names[i] = points[i].Name
	}
	return names
}
