package expression

import (
	"strings"

	"github.com/expr-lang/expr/ast"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Past is what history() asks of the history of a tag.
type Past struct {
	Path     tag.Path
	Function string // "avg", "max", …
	Span     string // "1h", "today", …
}

// pastMark stands between the path of a tag and what is asked of its history; no path has it.
const pastMark = "/#"

// Tag is the path under which the answer is among the tags of a program. It lies below the tag, so that who may not read the
// tag may not read this.
func (p Past) Tag() tag.Path { return p.Path + pastMark + tag.Path(p.Function+" "+p.Span) }

// Type is the type of the answer for a tag of a type.
func (p Past) Type(of tag.Type) tag.Type {
	switch p.Function {
	case "first", "last", "at":
		return of
	case "count":
		return tag.Int
	case Scheduled:
		return tag.Bool
	}
	return tag.Float
}

// PastOf tells what a path of Tag asks.
func PastOf(path tag.Path) (Past, bool) {
	of, what, ok := strings.Cut(string(path), pastMark)
	if !ok {
		return Past{}, false
	}
	function, span, _ := strings.Cut(what, " ")
	return Past{tag.Path(of), function, span}, true
}

var _ = register(Function{
	Name:      "history",
	Signature: `history(tag("area/line/power"), "avg", "1h")`,
	Summary: spec.Text{
		"en": `What a tag was: a function over its history, computed anew every few seconds. Functions: avg, mean, min, max, range, sum, count, first, last, delta, rate, integral, duration (seconds in any state but 0, false and ""), percentGood, stddev, and at, the value so long ago. The time is a span that ends now ("10m", "8h", "7d"), or "this hour", "today", "this week", "this month", "last hour", "yesterday", "last week", "last month" in the plant's time zone. Until it is computed it has no value.`,
		"zh": `变量的历史：对其历史计算函数，每隔几秒重新计算。函数：avg、mean、min、max、range、sum、count、first、last、delta、rate、integral、duration（处于 0、false、"" 以外状态的秒数）、percentGood、stddev，以及 at（那么久以前的值）。时间为到现在为止的一段（"10m"、"8h"、"7d"），或按工厂时区的 "this hour"、"today"、"this week"、"this month"、"last hour"、"yesterday"、"last week"、"last month"。计算完成之前没有值。`,
	},
	Examples: []Example{
		{Text: `history(tag("line/power"), "avg", "1h")`, Tags: map[string]string{"line/power": "1.5", "line/power/#avg 1h": "1.25"}, Result: "1.25"},
		{Text: `tag("line/power") > 1.2 * history(tag("line/power"), "max", "yesterday")`, Tags: map[string]string{"line/power": "1.5", "line/power/#max yesterday": "1.0"}, Result: "true"},
		{Text: `orElse(history(tag("line/total"), "delta", "today"), 0.0)`, Tags: map[string]string{"line/total": "7.0", "line/total/#delta today": "BadNoData"}, Result: "0"},
	},
	least: 3, most: 3,
	build: func(c *compiler, n ast.Node, args []code) code {
		const example = `history(tag("area/line/power"), "avg", "1h")`
		in := args[0].input
		if in == nil || in.kind != 0 {
			c.fail(n, "expression_type", "Name the tag: "+example+".", "history() wants a tag.")
		}
		past := Past{Path: c.tags[in.index], Function: c.literal(args[1], example), Span: c.literal(args[2], example)}
		if c.env.Past == nil {
			c.fail(n, "expression_unsupported", "Compute it as a tag of its own.", "Here history() is not known.")
		}
		if problem := c.env.Past(past); problem != nil {
			c.refuse(n, problem)
		}
		return c.reads(past.Tag(), past.Type(args[0].typ))
	},
})
