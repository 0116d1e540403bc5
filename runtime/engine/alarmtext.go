package engine

import (
	"math"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmText is the message of an alarm with the values of the moment.
func (e *Engine) alarmText(p *alarmPoint, x *alarmEdge) spec.Text {
	b := p.build.Load()
	message := b.def.Message
	if len(message) == 0 {
		message = b.def.DefaultMessage()
	}
	show := func(v tag.Value) string {
		switch {
		case v.IsNone():
			return "?"
		case b.tagless:
			return v.String()
		}
		return e.showValue(p.slots[0], v)
	}
	number := func(v float64) string {
		if math.IsNaN(v) {
			return "?"
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	}
	unit := ""
	if b.tag != nil {
		unit = b.tag.Unit
	}
	var named []string
	if b.linked != nil {
		for id, path := range b.linked.names {
			if slot, ok := e.table.Lookup(path); ok {
				named = append(named, "{"+id+"}", e.showValue(slot, e.table.Get(slot).Value))
			}
		}
	}
	out := make(spec.Text, len(message))
	for lang, s := range message {
		if unit == "" {
			s = strings.ReplaceAll(s, " {unit}", "")
		}
		out[lang] = strings.NewReplacer(append(named, "{value}", show(x.value), "{limit}", number(x.limits.Limit), "{lower}", number(x.limits.Lower), "{setpoint}", show(x.setpoint), "{unit}", unit,
			"{title}", b.shownTitle().In(lang), "{path}", string(b.path))...).Replace(s)
	}
	return out
}
