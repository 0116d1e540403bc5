package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(&Rule{
		Code:  "write_unconfirmed",
		Title: spec.Text{"en": "Write without a question", "zh": "写入前不确认"},
		Why: spec.Text{
			"en": "A touch by mistake changes the plant when neither the tag nor the action asks first.",
			"zh": "变量和动作都不要求确认时，误触会直接改变工厂。",
		},
		Message: "%q writes without asking the operator.",
		Hint:    "Let the tag ask before it is written, or give the action a question.",
		Chinese: Chinese{"{1} 在写入前不询问操作员。", "请让变量在写入前要求确认，或为动作设置提问。"},
		Plant:   true,
		Fix:     spec.Text{"en": "Let the action ask first", "zh": "让动作先询问"},
		run: func(s *screen, tell tell) {
			name := s.Name.In("en")
			if name == "" {
				name = s.ID
			}
			s.silent(s.at, s.On, func(at string, fix *spec.Fix) { tell(nil, at, name).Fix = fix })
			for _, w := range s.shown {
				if w.Writes != "" {
					if b := s.bound(w.Props[w.Writes]); b != nil && b.Confirm == "none" {
						tell(w, "/props/"+spec.Escape(w.Writes), w.called())
					}
				}
				s.silent(w.at, w.On, func(at string, fix *spec.Fix) { tell(w, at, w.called()).Fix = fix })
			}
		},
	})
}

// silent tells the actions that write a tag without asking; place is where on stands.
func (s *screen) silent(place string, on map[string][]app.Action, tell func(at string, fix *spec.Fix)) {
	if len(on) == 0 {
		return
	}
	for _, event := range slices.Sorted(maps.Keys(on)) {
		for i := range on[event] {
			a := &on[event][i]
			if !changes(a) || a.Confirm != "" || a.Reason || a.Tag == "" {
				continue
			}
			b := s.known(app.Binding{Tag: a.Tag})
			if b == nil || b.Confirm != "none" {
				continue
			}
			at := fmt.Sprintf("/on/%s/%d/confirm", spec.Escape(event), i)
			ask := question(a, b)
			tell(at, &spec.Fix{
				Title: spec.Text{"en": fmt.Sprintf("Ask “%s” first", ask), "zh": fmt.Sprintf("先询问“%s”", ask)},
				Patch: []spec.PatchOp{spec.Set(place+at, ask)},
			})
		}
	}
}

// question names the thing and the value. It has signs in place of words, because a question
// of an action is the same in every language.
func question(a *app.Action, b *Bound) string {
	thing := b.Title
	if thing == "" {
		thing = a.Tag[strings.LastIndexByte(a.Tag, '/')+1:]
	}
	value := strings.TrimSpace(string(a.Value))
	if len(value) > 40 || value == "" || value[0] == '{' {
		return thing + "?"
	}
	value = strings.Trim(value, `"`)
	if b.Unit != "" {
		value += " " + b.Unit
	}
	switch {
	case a.Do == "write":
		return thing + " → " + value + "?"
	case a.Do == "add" && strings.HasPrefix(value, "-"):
		return thing + " − " + value[1:] + "?"
	case a.Do == "add":
		return thing + " + " + value + "?"
	}
	return thing + "?"
}
