package action

import (
	"context"
	"encoding/json"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of a ramp.
const (
	MinStep = 100 * time.Millisecond
	MaxStep = time.Hour
	MaxOver = 24 * time.Hour
)

func init() {
	type settings struct {
		Tag   tag.Path        `json:"tag" title:"Tag" zh:"变量" required:"true"`
		Value json.RawMessage `json:"value" title:"Target" zh:"目标值" required:"true" bind:"true"`
		Rate  *float64        `json:"rate" title:"Rate" zh:"速率" help:"Units of the tag a second. Or give the time it takes." helpZh:"变量单位每秒。也可改填所需时间。"`
		Over  spec.Duration   `json:"over" title:"Takes" zh:"所需时间" max:"24h"`
		Step  spec.Duration   `json:"step" title:"A step every" zh:"步进间隔" default:"1s" min:"100ms" max:"1h"`
		limited
		asked
	}
	register(Type{
		Component: spec.Component{
			ID: "ramp", Icon: "chart-line", Category: categoryTag,
			Title:    spec.Text{"en": "Ramp to a value", "zh": "斜坡变化"},
			Summary:  spec.Text{"en": "Brings a number to a target in steps. Any other write to the tag stops it.", "zh": "将数值变量分步变到目标值。对该变量的任何其他写入都会停止它。"},
			Settings: spec.Fields(settings{}),
		},
		Phrase: spec.Text{"en": "Ramp {tag} to {value}, {over}", "zh": "将 {tag} 逐步变到 {value}，{over}"},
		order:  24,
		check: func(_ *Document, a *Action) spec.Problems {
			ps := append(append(checkTag(a), checkValue(a)...), checkLimits(a)...)
			ps = append(append(ps, checkTime("/over", a.Over, false, time.Nanosecond, MaxOver)...), checkTime("/step", a.Step, false, MinStep, MaxStep)...)
			switch {
			case a.Rate == nil && a.Over == "":
				ps.Add("value_missing", "/rate", "Give the rate, or the time that it takes.", "The ramp has no rate.")
			case a.Rate != nil && a.Over != "":
				ps.Add("value_range", "/over", "Keep one of them.", "The ramp has both a rate and a time.")
			case a.Rate != nil && !(*a.Rate > 0):
				ps.Add("value_range", "/rate", "Give a number above 0; the direction follows from the target.", "The rate %g is not above 0.", *a.Rate)
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
			if p := a.within(v); p != nil {
				return p
			}
			how := Manner{Mode: ModeRamp, Over: a.Over, Step: a.Step}
			if a.Rate != nil {
				how.Rate = *a.Rate
			}
			return h.Write(ctx, path, v.AppendJSON(nil), a.Reason, how)
		},
	})
}

// pace says how fast a ramp goes.
func (a *Action) pace() string {
	if a.Rate != nil {
		return strconv.FormatFloat(*a.Rate, 'g', -1, 64) + "/s"
	}
	return a.Over
}

// checkTime checks a length of time that may be left out unless it is needed.
func checkTime(at, text string, needed bool, low, high time.Duration) (ps spec.Problems) {
	if text == "" {
		if needed {
			ps.Add("value_missing", at, `Write a number with a unit: "500ms", "2s"`, "The time is missing.")
		}
		return ps
	}
	switch d, err := time.ParseDuration(text); {
	case err != nil:
		ps.Add("value_format", at, `Write a number with a unit: "500ms", "2s"`, "%q is not a duration.", clip(text))
	case d < low || d > high:
		ps.Add("value_range", at, low.String()+" … "+high.String(), "%s is out of range.", d)
	}
	return ps
}
