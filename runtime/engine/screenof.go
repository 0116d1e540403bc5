package engine

import (
	"slices"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/tag"
)

// ScreenTags are the screens of the running revision of an installation by the tags that they show, each screen once, in the
// order of the app; nil when nothing is published. It compiles what the screens name: keep it while App and Expansion stay.
func (e *Engine) ScreenTags(installation string) map[tag.Path][]string {
	e.swap.Lock()
	defer e.swap.Unlock()
	x := e.apps[installation]
	if x == nil || x.doc == nil {
		return nil
	}
	doc := x.doc
	scoped, _ := newScope(x.inst, doc, nil)
	out := map[tag.Path][]string{}
	known := map[string][]tag.Path{}
	for i := range doc.Screens {
		sc := &doc.Screens[i]
		s := scoped.withVariables(sc)
		note := func(b app.Binding) {
			text := b.Expr
			if b.Tag != "" {
				text = b.Tag
				if path, err := s.resolve(b.Tag); err == nil {
					out[path] = appendOnce(out[path], sc.ID)
					return
				}
			}
			paths, ok := known[text]
			if !ok || s != scoped {
				paths = nil
				if program, err := e.compile(text, s); err == nil {
					paths = slices.Clone(program.Tags())
					for _, v := range program.Vars() {
						if n := s.names[v]; n != nil && n.path != "" {
							paths = append(paths, n.path)
						}
					}
				}
				known[text] = paths
			}
			for _, path := range paths {
				out[path] = appendOnce(out[path], sc.ID)
			}
		}
		for j := range sc.Widgets {
			w := &sc.Widgets[j]
			for _, prop := range sortedKeys(w.Props) {
				if b, bound := app.ParseBinding(w.Props[prop]); bound {
					note(b)
				}
			}
			for _, a := range w.Animate {
				if a.By != (app.Binding{}) {
					note(a.By)
				}
			}
		}
	}
	return out
}

func appendOnce(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
