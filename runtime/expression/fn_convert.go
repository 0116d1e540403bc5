package expression

import (
	"math"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/runtime/unit"
)

var _ = register(Function{
	Name:      "convert",
	Signature: `convert(x, "bar", "[psi]")`,
	Summary: spec.Text{
		"en": "A value of one unit in another (UCUM, or as it is written in the plant). The units are constants.",
		"zh": "将一个单位的值换算为另一个单位的值（UCUM 代码或现场常用写法），单位须为常量。",
	},
	Examples: []Example{
		{Text: `convert(2, "bar", "kPa")`, Result: "200"},
		{Text: `convert(tag("a"), "°C", "°F")`, Tags: map[string]string{"a": "100"}, Result: "212"},
		{Text: `convert(tag("a"), "mol/l", "[pH]")`, Tags: map[string]string{"a": "-1"}, Result: "BadOutOfRange"},
	},
	least: 3, most: 3,
	build: func(c *compiler, n ast.Node, args []code) code {
		x := c.as(args[0], tag.Float).f
		from, to := c.unitOf(args[1]), c.unitOf(args[2])
		if !unit.Compatible(from, to) {
			c.fail(args[2].node, "unit_incompatible", "Choose two units of the same quantity.",
				"%s measures %s, %s measures %s.", unit.Symbol(from), dimensionOf(from), unit.Symbol(to), dimensionOf(to))
		}
		if l, ok := unit.Between(from, to); ok {
			return code{typ: tag.Float, f: func(fr *frame) float64 { return fr.finite(l.Apply(x(fr))) }}
		}
		return code{typ: tag.Float, f: func(fr *frame) float64 {
			y, err := unit.Convert(x(fr), from, to)
			if err != nil {
				y = math.NaN()
			}
			return fr.finite(y)
		}}
	},
})

// unitOf is the unit that a constant argument names.
func (c *compiler) unitOf(arg code) unit.Unit {
	if !arg.constant || arg.typ != tag.String {
		c.fail(arg.node, "expression_type", `Write it as a text: convert(x, "bar", "[psi]").`, "A unit must be a constant text.")
	}
	text := arg.value.Text()
	u, _, ok := unit.Find(text)
	if !ok {
		hint := "Write a unit of UCUM, such as bar, Cel, m3/h or [psi]."
		if near := unit.Nearest(text, 1); len(near) > 0 {
			hint = "Did you mean \"" + near[0].Code + "\"?"
		}
		c.fail(arg.node, "unit_unknown", hint, "There is no unit %q.", text)
	}
	return u
}

// dimensionOf is what a unit measures, as a product of base units.
func dimensionOf(u unit.Unit) string { return u.Dimension().String() }
