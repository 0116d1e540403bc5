package plant

import (
	"fmt"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

const exposing = `{"format":1,
	"tags":[{"path":"line1/speed","type":"int"},{"path":"line10/speed","type":"int"}],
	"models":[{"id":"pump","properties":[{"id":"flow","type":"float"}]}],
	"assets":[{"path":"line1/pump1","model":"pump"},{"path":"line1/pump2","model":"pump","disabled":true,"overrides":{"flow":{"type":"int"}}}],
	"northbound":[{"id":"plc","kind":"modbus","tags":[{"tag":"line1/speed"},{"tag":"line1/pump1/flow"},{"tag":"line1/pump2/flow"},{"tag":"line10/speed"}]},
		{"id":"node","kind":"sparkplug","tags":[{"area":"line1"},{"area":"line1/pump1"},{"area":"line10"}]}]}`

func exposedPaths(p *Plant) string {
	var out []string
	for _, n := range p.Northbound {
		for _, e := range n.Tags {
			out = append(out, string(e.Tag+e.Area))
		}
	}
	return strings.Join(out, " ")
}

func TestRenameTakesNorthboundAlong(t *testing.T) {
	same := func(text string, _ bool, _, _ string) (string, int, error) { return text, 0, nil }
	properties := ModelRenamer{
		Property: func(text string, _ func(string) bool, _ bool, _, _ string) (string, int, error) { return text, 0, nil },
		Tags:     func(text string, _ func(string) (string, bool)) (string, int, error) { return text, 0, nil },
	}
	p, err := Read([]byte(exposing))
	if err != nil {
		t.Fatal(err)
	}
	before := exposedPaths(p)
	for name, c := range map[string]struct {
		rename func() (*Plant, []Reference, error)
		want   string
		places int
	}{
		"tag": {func() (*Plant, []Reference, error) {
			next, _, refs, err := Rename(p, "line1/speed", "line2/rpm", false, same)
			return next, refs, err
		}, "line2/rpm line1/pump1/flow line1/pump2/flow line10/speed line1 line1/pump1 line10", 1},
		"area": {func() (*Plant, []Reference, error) {
			next, _, refs, err := Rename(p, "line1", "hall/a", true, same)
			return next, refs, err
		}, "hall/a/speed hall/a/pump1/flow hall/a/pump2/flow line10/speed hall/a hall/a/pump1 line10", 5},
		"property": {func() (*Plant, []Reference, error) {
			next, _, refs, err := RenameProperty(p, "pump", "flow", "rate", properties)
			return next, refs, err
		}, "line1/speed line1/pump1/rate line1/pump2/rate line10/speed line1 line1/pump1 line10", 2},
	} {
		next, refs, err := c.rename()
		if err != nil {
			t.Fatal(name, err)
		}
		if got := exposedPaths(next); got != c.want || len(refs) != c.places {
			t.Errorf("%s: %s, %d places", name, got, len(refs))
		}
		if exposedPaths(p) != before {
			t.Fatalf("%s changed the plant that was given", name)
		}
	}
}

func TestExposures(t *testing.T) {
	p, err := Read([]byte(exposing))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range Exposures(p, func(path tag.Path, _ bool) bool { return path.Under("line1") }) {
		got = append(got, fmt.Sprintf("%s %s %s", r.At, r.Northbound, r.Text))
	}
	if want := "/northbound/0/tags/0 plc line1/speed, /northbound/0/tags/1 plc line1/pump1/flow, /northbound/0/tags/2 plc line1/pump2/flow, /northbound/1/tags/0 node line1, /northbound/1/tags/1 node line1/pump1"; strings.Join(got, ", ") != want {
		t.Errorf("%q", got)
	}
	x, ps := Expand(p)
	if ps.Errors() {
		t.Fatal(ps)
	}
	for path, want := range map[tag.Path]string{"line1/pump2/flow": "int true", "line1/pump1/flow": "none false", "line1/pump2/other": "none false", "line1/pump2": "none false"} {
		if typ, ok := x.Resting(path); fmt.Sprint(typ, ok) != want {
			t.Errorf("%s: %s %v", path, typ, ok)
		}
	}
}
