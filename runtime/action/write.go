package action

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// asked is what every action that writes can ask first.
type asked struct {
	Confirm string `json:"confirm" title:"Question" zh:"提问" help:"Asked before it is done. Empty: what the tag itself demands." helpZh:"执行前询问操作员。留空时按变量自身的要求。" group:"ask" max:"200"`
	Reason  bool   `json:"reason" title:"Ask for a reason" zh:"要求填写原因" help:"The reason is kept in the audit trail." helpZh:"原因将记入审计记录。" group:"ask" default:"false"`
}

// limited is a number held within limits.
type limited struct {
	Low  *float64 `json:"low" title:"Not below" zh:"不低于" group:"limits"`
	High *float64 `json:"high" title:"Not above" zh:"不高于" group:"limits"`
}

func init() {
	type settings struct {
		Tag   tag.Path        `json:"tag" title:"Tag" zh:"变量" required:"true"`
		Value json.RawMessage `json:"value" title:"Value" zh:"值" required:"true" bind:"true"`
		limited
		asked
	}
	register(Type{
		Component: spec.Component{
			ID: "write", Icon: "pencil", Category: categoryTag,
			Title:    spec.Text{"en": "Write a value", "zh": "写入值"},
			Summary:  spec.Text{"en": "Writes a value to a tag. A value outside of the limits is refused.", "zh": "将值写入变量。超出限值的值将被拒绝。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Write {value} to {tag}", "zh": "将 {value} 写入 {tag}"},
		order:  10,
		check: func(_ *Document, a *Action) spec.Problems {
			return append(append(checkTag(a), checkValue(a)...), checkLimits(a)...)
		},
		run: func(ctx context.Context, h Host, a *Action) error {
			path, err := h.Path(a.Tag)
			if err != nil {
				return err
			}
			v, err := ValueOf(h, a.Value)
			if err != nil {
				return err
			}
			if p := a.within(v); p != nil {
				return p
			}
			return h.Write(ctx, path, v.AppendJSON(nil), a.Reason, Manner{})
		},
	})
}
