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
			ID: "hold", Icon: "circle-dot", Category: categoryTag,
			Title:    spec.Text{"en": "Stop a ramp", "zh": "停止斜坡"},
			Summary:  spec.Text{"en": "Stops the ramp of a tag where it is. Without one nothing is done.", "zh": "将变量的斜坡停在当前值。没有斜坡时不执行任何操作。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Stop the ramp of {tag}", "zh": "停止 {tag} 的斜坡"},
		order:  26,
		check:  func(_ *Document, a *Action) spec.Problems { return checkTag(a) },
		run: func(ctx context.Context, h Host, a *Action) error {
			path, err := h.Path(a.Tag)
			if err != nil {
				return err
			}
			return h.Write(ctx, path, nil, a.Reason, Manner{Mode: ModeHold})
		},
	})
}
