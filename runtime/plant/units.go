package plant

import (
	"fmt"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/unit"
)

// maxUnitWarnings bounds how many unknown units are told at once.
const maxUnitWarnings = 20

// CheckUnits warns of units that are not known: values in them are shown as they are and cannot be
// converted. Each is told once, where it stands first.
func CheckUnits(p *Plant) (ps spec.Problems) {
	seen := map[string]bool{"": true}
	check := func(at func() string, d *Definition, parameters []Parameter) {
		text := d.Unit
		if seen[text] || len(ps) >= maxUnitWarnings || len(parameters) > 0 && strings.Contains(text, "{") {
			return
		}
		seen[text] = true
		if _, _, ok := unit.Find(text); ok {
			return
		}
		problem := &spec.Problem{
			Code: "unit_unknown", Severity: spec.Warning, At: at() + "/unit",
			Message: fmt.Sprintf("%q is no unit that is known, so values in it cannot be shown in another.", clip(text)),
			Hint:    "Keep it if it is meant so, or choose a unit from the list.",
		}
		if near := unit.Nearest(text, 1); len(near) > 0 {
			problem.Hint = fmt.Sprintf("Did you mean %q (%s)?", near[0].Symbol, near[0].Code)
		}
		ps = append(ps, problem)
	}
	for i := range p.Tags {
		check(func() string { return fmt.Sprintf("/tags/%d", i) }, &p.Tags[i].Definition, nil)
	}
	for i := range p.Models {
		m := &p.Models[i]
		for j := range m.Properties {
			check(func() string { return fmt.Sprintf("/models/%d/properties/%d", i, j) }, &m.Properties[j].Definition, m.Parameters)
		}
	}
	return ps
}
