package engine

import (
	"fmt"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// checkActions compiles what stands in the actions of a screen, in its scope, and says which
// expressions and tags are wrong or give the wrong type.
func (e *Engine) checkActions(a *app.App, screen int, s *scope, ps *spec.Problems) {
	types := make(map[string]tag.Type, len(a.Inputs))
	for _, in := range a.Inputs {
		types[in.ID], _ = tag.ParseType(in.Type)
	}
	s = s.withValue(nil)
	a.Screens[screen].Actions(func(at string, do *action.Action) {
		at = fmt.Sprintf("/screens/%d%s", screen, at)
		do.Tags(func(place, text string) {
			if p := e.checkTag(text, s); p != nil {
				p.At = at + place
				*ps = append(*ps, p)
			}
		})
		do.Expressions(func(place, text string, wanted tag.Type) {
			program, err := e.compile(text, s)
			if err != nil {
				*ps = append(*ps, soften(err, at+place)...)
				return
			}
			if n := s.names[do.Variable]; wanted == tag.None && do.Do == "set" && n != nil {
				wanted = n.typ
			}
			for id, typ := range types {
				if place == "/params/"+spec.Escape(id)+"/expr" {
					wanted = typ
				}
			}
			if got := program.Type(); wanted != tag.None && got != tag.None && !gives(got, wanted) {
				ps.Add("expression_type", at+place, "Compare something, or convert it.", "The expression gives %s where %s is wanted.", got, wanted)
			}
		})
		for id, raw := range do.Params {
			text, ok := action.TagOf(raw)
			path, err := s.resolve(text)
			if !ok || err != nil {
				continue
			}
			if typ, ok := e.typeOf(path); ok && !gives(typ, types[id]) {
				*ps = append(*ps, &spec.Problem{Code: "input_type", At: at + "/params/" + spec.Escape(id) + "/tag", Severity: spec.Warning, Message: fmt.Sprintf("The input %q wants %s, the tag %q is %s.", id, types[id], path, typ), Hint: "Map the input to another tag."})
			}
		}
	})
}
