package expression

import (
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/spec"
)

// Limits of an expression.
const (
	MaxText    = 4096     // bytes
	MaxNesting = 32       // brackets
	maxNodes   = 500      // parts, as the parser makes them
	maxVisits  = 2000     // parts, as compiled: chained comparisons share some
	maxCost    = 100000   // steps through lists
	maxRange   = 10000    // elements of a constant range
	maxList    = 1000     // elements of a list from outside
	maxResult  = 64 << 10 // bytes of a text that is made
	maxBytes   = 4 << 20  // bytes of text that one evaluation goes through
)

// guard refuses what the parser must not even see.
func guard(text string) *spec.Problem {
	if len(text) > MaxText {
		return &spec.Problem{Code: "expression_too_long", Message: "The expression is longer than 4 KiB.", Hint: "Split it: compute parts of it as tags of their own."}
	}
	if !utf8.ValidString(text) {
		return &spec.Problem{Code: "expression_syntax", Message: "The expression is not valid UTF-8 text.", Hint: "Type it again."}
	}
	depth, empty := 0, true
	var quote rune
	escaped := false
	offset := 0
	for _, r := range text {
		switch {
		case quote != 0:
			switch {
			case escaped:
				escaped = false
			case r == '\\' && quote != '`':
				escaped = true
			case r == quote:
				quote = 0
			}
		case r == '"' || r == '\'' || r == '`':
			quote = r
		case r == '(' || r == '[' || r == '{':
			if depth++; depth > MaxNesting {
				p := &spec.Problem{Code: "expression_too_deep", Message: "The expression has brackets nested deeper than 32.", Hint: `Name parts of it: "let x = …; …".`}
				place(p, text, offset)
				return p
			}
		case r == ')' || r == ']' || r == '}':
			depth--
		}
		if r != ' ' && r != '\t' && r != '\n' && r != '\r' {
			empty = false
		}
		offset++
	}
	if empty {
		return &spec.Problem{Code: "expression_empty", Message: "The expression is empty.", Hint: `Name a tag: tag("area/line/speed").`, Line: 1, Column: 1}
	}
	return nil
}

// place sets line, column and offset of a problem; offset counts characters.
func place(p *spec.Problem, text string, offset int) {
	p.Line, p.Column, p.Offset = 1, 1, offset
	i := 0
	for _, r := range text {
		if i == offset {
			break
		}
		if r == '\n' {
			p.Line, p.Column = p.Line+1, 1
		} else {
			p.Column++
		}
		i++
	}
}
