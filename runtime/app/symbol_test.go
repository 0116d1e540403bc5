package app

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/widgets"
)

// Pipes stick to the points of the symbol that a widget shows.
func TestSymbols(t *testing.T) {
	catalogue, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	pump := `{"id":"p1","type":"symbol","x":0,"y":0,"w":64,"h":64,"props":{"symbol":"pump","state":{"tag":"a/b"}}}`
	pipe := func(joint string) string {
		return `{"id":"pipe","type":"pipe","x":64,"y":32,"w":100,"h":1,"from":` + joint + `}`
	}
	for _, c := range []struct{ name, widgets, code, at string }{
		{"a point that it has", pump + "," + pipe(`{"widget":"p1","point":"e"}`), "", ""},
		{"a point that another has", pump + "," + pipe(`{"widget":"p1","point":"n"}`), "point_unknown", "/from/point"},
		{"a point of the default symbol", `{"id":"p1","type":"symbol","x":0,"y":0,"w":64,"h":64},` + pipe(`{"widget":"p1","point":"w"}`), "", ""},
		{"a part that it has", strings.Replace(pump, `"props"`, `"animate":[{"what":"rotate","part":"rotor","by":{"tag":"a/b"}}],"props"`, 1), "", ""},
		{"a part that it has not", strings.Replace(pump, `"props"`, `"animate":[{"what":"rotate","part":"stem","by":{"tag":"a/b"}}],"props"`, 1), "part_unknown", "/animate/0/part"},
		{"no such symbol", strings.Replace(pump, `"pump"`, `"pumb"`, 1), "value_choice", "/props/symbol"},
		{"no such appearance", strings.Replace(pump, `"symbol":"pump"`, `"symbol":"pump","appearance":"3d"`, 1), "value_choice", "/props/appearance"},
	} {
		t.Run(c.name, func(t *testing.T) {
			a, err := Read(fmt.Appendf(nil, `{"format":2,"id":"com.example.t","version":"1.0.0","name":{"en":"T"},"screens":[{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[%s]}]}`, c.widgets))
			if err != nil {
				t.Fatal(err)
			}
			ps := Validate(a, catalogue)
			if c.code == "" {
				if len(ps) > 0 {
					t.Fatalf("%v", ps)
				}
				return
			}
			for _, p := range ps {
				if p.Code == c.code && strings.HasSuffix(p.At, c.at) {
					return
				}
			}
			t.Fatalf("no %s at %s: %v", c.code, c.at, ps)
		})
	}
}
