package expression

import (
	"errors"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// What is wrong with units is said when the expression is saved, with its place.
func TestConvertRefuses(t *testing.T) {
	env := Env{Tags: func(tag.Path) (tag.Type, bool) { return tag.Float, true }}
	for _, c := range []struct{ text, code, message, hint string }{
		{`convert(1, "bar", "Cel")`, "unit_incompatible", "bar measures m-1.s-2.g, °C measures K.", "same quantity"},
		{`convert(1, "baar", "kPa")`, "unit_unknown", `There is no unit "baar".`, `"bar"`},
		{`convert(1, "bar", string(tag("a")))`, "expression_type", "constant", "convert"},
		{`convert("x", "bar", "kPa")`, "expression_type", "", ""},
		{`convert(1, "bar")`, "", "", ""},
	} {
		_, err := Compile(c.text, env)
		var ps spec.Problems
		if !errors.As(err, &ps) || len(ps) == 0 {
			t.Errorf("%s: %v", c.text, err)
			continue
		}
		if p := ps[0]; c.code != "" && p.Code != c.code || !strings.Contains(p.Message, c.message) || !strings.Contains(p.Hint, c.hint) || p.Column == 0 {
			t.Errorf("%s: %+v", c.text, p)
		}
	}
}
