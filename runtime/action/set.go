package action

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	type settings struct {
		Variable string          `json:"variable" title:"Screen variable" zh:"画面变量" kind:"variable" required:"true"`
		Value    json.RawMessage `json:"value" title:"Value" zh:"值" required:"true" bind:"true"`
	}
	register(Type{
		Component: spec.Component{
			ID: "set", Icon: "variable", Category: categoryScreen,
			Title:    spec.Text{"en": "Set a screen variable", "zh": "设置画面变量"},
			Summary:  spec.Text{"en": "Gives a variable of the screen a value, for the one who looks at it alone.", "zh": "为画面变量赋值，只影响当前查看者。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Set {variable} to {value}", "zh": "将 {variable} 设为 {value}"},
		Again:  true,
		order:  40,
		check: func(d *Document, a *Action) spec.Problems {
			ps := checkValue(a)
			typ, known := d.Variables[a.Variable]
			switch {
			case a.Variable == "":
				ps.Add("value_missing", "/variable", "Choose a variable of the screen.", "The action %q has no variable.", a.Do)
			case !known:
				ps = append(ps, spec.OneOf("variable_unknown", "/variable", fmt.Sprintf("The screen has no variable %q.", clip(a.Variable)), a.Variable, slices.Sorted(maps.Keys(d.Variables))))
			case len(ps) == 0 && !isObject(a.Value):
				if t, ok := tag.ParseType(typ); ok {
					if v, err := tag.Parse(a.Value, t); err != nil || v.IsNone() {
						ps.Add("value_type", "/value", "Write a value of the type of the variable.", "The value is not of type %s.", typ)
					}
				}
			}
			return ps
		},
		run: func(_ context.Context, h Host, a *Action) error {
			v, err := ValueOf(h, a.Value)
			if err != nil {
				return err
			}
			return h.Set(a.Variable, v)
		},
	})
}
