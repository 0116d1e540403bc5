package action

import (
	"context"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	type settings struct {
		Tag tag.Path `json:"tag" title:"Tag" zh:"变量" required:"true"`
		asked
	}
	register(Type{
		Component: spec.Component{
			ID: "toggle", Icon: "toggle-right", Category: categoryTag,
			Title:    spec.Text{"en": "Switch over", "zh": "切换"},
			Summary:  spec.Text{"en": "Writes the opposite of what a tag of true and false is now.", "zh": "将布尔变量写为当前值的相反值。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Switch {tag} over", "zh": "切换 {tag}"},
		order:  20,
		check:  func(_ *Document, a *Action) spec.Problems { return checkTag(a) },
		run: func(ctx context.Context, h Host, a *Action) error {
			path, err := h.Path(a.Tag)
			if err != nil {
				return err
			}
			return h.Write(ctx, path, nil, a.Reason, Manner{Mode: ModeToggle})
		},
	})
}
