package action

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	type settings struct {
		Tag   tag.Path        `json:"tag" title:"Tag" zh:"变量" required:"true"`
		Value json.RawMessage `json:"value" title:"Amount" zh:"增量" help:"A negative amount takes away." helpZh:"负数表示减少。" required:"true" bind:"true"`
		limited
		asked
	}
	register(Type{
		Component: spec.Component{
			ID: "add", Icon: "diff", Category: categoryTag,
			Title:    spec.Text{"en": "Add an amount", "zh": "增减"},
			Summary:  spec.Text{"en": "Reads the present value of a number, adds an amount and writes the sum, which stops at the limits.", "zh": "读取数值变量的当前值，加上增量后写入，到限值为止。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Add {value} to {tag}", "zh": "将 {tag} 增加 {value}"},
		order:  30,
		check: func(_ *Document, a *Action) spec.Problems {
			ps := append(append(checkTag(a), checkValue(a)...), checkLimits(a)...)
			if v, err := tag.Parse(a.Value, tag.None); err == nil && !v.IsNone() && !v.Type().IsNumber() && !isObject(a.Value) && len(checkValue(a)) == 0 {
				ps.Add("value_type", "/value", "Write a number.", "Only a number can be added.")
			}
			return ps
		},
		run: func(ctx context.Context, h Host, a *Action) error {
			path, err := h.Path(a.Tag)
			if err != nil {
				return err
			}
			now, typ, ok := h.Present(path)
			if !ok {
				return h.Write(ctx, path, json.RawMessage("0"), a.Reason, Manner{}) // the gate says why not
			}
			if now.Quality.IsBad() || !typ.IsNumber() {
				return &spec.Problem{Code: "add_unknown", Message: fmt.Sprintf("Nothing can be added to %q: its present value is not a known number.", path), Hint: "Wait for the device, or write the value itself."}
			}
			amount, err := ValueOf(h, a.Value)
			if err != nil {
				return err
			}
			if !amount.Type().IsNumber() {
				return &spec.Problem{Code: "value_type", Message: "Only a number can be added."}
			}
			var sum tag.Value
			if typ == tag.Int && amount.Type() == tag.Int {
				sum = tag.OfInt(now.Value.Int() + amount.Int())
			} else {
				sum = tag.OfFloat(now.Value.Float() + amount.Float())
			}
			if limit := a.stop(sum.Float()); limit != sum.Float() {
				// What already lies beyond the limit is not made worse, and not moved the other way.
				if before, after := now.Value.Float(), limit; (after-before)*amount.Float() <= 0 {
					return nil
				}
				sum = tag.OfFloat(limit)
			}
			return h.Write(ctx, path, sum.AppendJSON(nil), a.Reason, Manner{})
		},
	})
}

// stop holds a number within the limits.
func (a *Action) stop(f float64) float64 {
	if a.Low != nil {
		f = max(f, *a.Low)
	}
	if a.High != nil {
		f = min(f, *a.High)
	}
	return f
}
