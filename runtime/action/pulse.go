package action

import (
	"bytes"
	"context"
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of a pulse.
const (
	MinHold = 50 * time.Millisecond
	MaxHold = 60 * time.Second
)

func init() {
	type settings struct {
		Tag   tag.Path        `json:"tag" title:"Tag" zh:"变量" required:"true"`
		Value json.RawMessage `json:"value" title:"Value" zh:"值" required:"true" bind:"true"`
		Hold  spec.Duration   `json:"hold" title:"Holds for" zh:"保持时间" required:"true" default:"500ms" min:"50ms" max:"60s"`
		Back  json.RawMessage `json:"back" title:"Then" zh:"之后写入" help:"Written afterwards. Empty: the opposite of true or false, else the value before." helpZh:"保持时间结束后写入。留空时：布尔变量取相反值，其他写回原值。"`
		asked
	}
	register(Type{
		Component: spec.Component{
			ID: "pulse", Icon: "activity", Category: categoryTag,
			Title:    spec.Text{"en": "Pulse", "zh": "脉冲"},
			Summary:  spec.Text{"en": "Writes a value, holds it for a time, then writes it back, even if the browser has gone or the runtime stops.", "zh": "写入值，保持一段时间后写回；浏览器关闭或运行时停止时也会写回。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Write {value} to {tag} for {hold}", "zh": "将 {value} 写入 {tag}，保持 {hold}"},
		order:  22,
		check: func(_ *Document, a *Action) spec.Problems {
			ps := append(append(checkTag(a), checkValue(a)...), checkTime("/hold", a.Hold, true, MinHold, MaxHold)...)
			if len(bytes.TrimSpace(a.Back)) > 0 {
				if _, err := tag.Parse(a.Back, tag.None); err != nil || isObject(a.Back) || bytes.HasPrefix(bytes.TrimSpace(a.Back), []byte("[")) {
					ps.Add("value_type", "/back", "Write a value, or nothing.", "The value to write back is not a value.")
				}
			}
			return ps
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
			return h.Write(ctx, path, v.AppendJSON(nil), a.Reason, Manner{Mode: ModePulse, Hold: a.Hold, Back: a.Back})
		},
	})
}
