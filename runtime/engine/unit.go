package engine

import (
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
)

// unitOf is the unit of the tag, computed tag or input that an expression is nothing but, "" when it
// computes something or the unit is not known.
func (e *Engine) unitOf(text string, program *expression.Program, s *scope, a *app.App) string {
	id := strings.TrimSpace(text)
	path, ok := s.direct(text, program)
	if ok {
		for i := range a.Tags {
			if appPath(s.installation, a.Tags[i].ID) == path {
				return a.Tags[i].Unit
			}
		}
		if t, ok := e.lookup(path); ok {
			if unit := e.table.Definition(t.slot).Unit; unit != "" {
				return unit
			}
		}
	}
	for i := range a.Inputs {
		if a.Inputs[i].ID == id {
			return a.Inputs[i].Unit
		}
	}
	return ""
}
