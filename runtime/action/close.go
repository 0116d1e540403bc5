package action

import (
	"context"

	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	register(Type{
		Component: spec.Component{
			ID: "close", Icon: "x", Category: categoryScreen,
			Title:    spec.Text{"en": "Close", "zh": "关闭"},
			Summary:  spec.Text{"en": "Closes the popup or drawer that it stands in; elsewhere it does nothing.", "zh": "关闭所在的弹窗或抽屉，在其他地方不起作用。"},
			Settings: spec.Fields(struct{}{}),
		},
		Phrase: spec.Text{"en": "Close the popup or drawer", "zh": "关闭弹窗或抽屉"},
		order:  60,
		check:  func(*Document, *Action) spec.Problems { return nil },
		run: func(_ context.Context, h Host, _ *Action) error {
			h.Effect(Effect{Do: "close"})
			return nil
		},
	})
}
