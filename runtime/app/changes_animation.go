package app

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// animated names what an animation changes, in both languages.
var animated = map[string][2]string{
	"visible": {"visibility", "可见性"}, "opacity": {"opacity", "不透明度"}, "rotate": {"rotation", "旋转"},
	"scale": {"scale", "缩放"}, "move": {"movement", "移动"}, "blink": {"blinking", "闪烁"},
}

// animations tells what is different in the animations of a widget. Those that change the same are
// compared with each other, in order.
func (c *comparer) animations(at, widget string, old, new []Animation, titles map[string]spec.Text) {
	name := func(a *Animation) (en, zh string) {
		en, zh = a.What, a.What
		if words, ok := animated[a.What]; ok {
			en, zh = words[0], words[1]
		} else if t := titles[a.What]; a.Part == "" && t != nil {
			en, zh = t.In("en"), t.In("zh")
		}
		if a.Part != "" {
			en, zh = fmt.Sprintf("%s of part %q", en, a.Part), fmt.Sprintf("部件“%s”的%s", a.Part, zh)
		}
		return fmt.Sprintf("%q: animation of %s", widget, en), fmt.Sprintf("“%s”的%s动画", widget, zh)
	}
	type key struct {
		what, part string
		nth        int
	}
	keys := func(list []Animation) []key {
		count := map[key]int{}
		out := make([]key, len(list))
		for i := range list {
			k := key{what: list[i].What, part: list[i].Part}
			count[k]++
			out[i] = key{k.what, k.part, count[k]}
		}
		return out
	}
	before := map[key]*Animation{}
	for i, k := range keys(old) {
		before[k] = &old[i]
	}
	for i, k := range keys(new) {
		a, b := before[k], &new[i]
		en, zh := name(b)
		place := fmt.Sprintf("%s/animate/%d", at, i)
		if a == nil {
			c.add("added", place, "property", fmt.Sprintf("%s added: %s, %s", en, source(b.By), mapping(b)), fmt.Sprintf("添加了%s：%s，%s", zh, source(b.By), mapping(b)))
			continue
		}
		delete(before, k)
		c.told(place+"/by", "property", en+" by", zh+"的来源", source(a.By), source(b.By))
		c.told(place, "property", en, zh, mapping(a), mapping(b))
	}
	for i, k := range keys(old) {
		if before[k] != nil {
			en, zh := name(&old[i])
			c.add("removed", fmt.Sprintf("%s/animate/%d", at, i), "property", en+" removed", "删除了"+zh)
		}
	}
}

// source writes where a value comes from as the properties do.
func source(b Binding) string {
	if b.Expr != "" {
		return "= " + b.Expr
	}
	return "→ " + b.Tag
}

// mapping writes what an animation makes of its value, in signs that need no language.
func mapping(a *Animation) string {
	var out []string
	for i := range a.Steps {
		s := &a.Steps[i]
		var when []string
		if s.From != nil {
			when = append(when, "≥ "+number(*s.From))
		}
		if s.Below != nil {
			when = append(when, "< "+number(*s.Below))
		}
		if s.Mask != 0 {
			when = append(when, fmt.Sprintf("& 0x%X", s.Mask))
		}
		if len(s.Is) > 0 && string(s.Is) != "null" {
			when = append(when, "= "+scalar(s.Is))
		}
		if len(when) == 0 {
			when = append(when, "*")
		}
		out = append(out, strings.Join(when, " ")+" → "+scalar(s.Set))
	}
	switch {
	case len(a.In) == 2 && len(a.Out) > 2:
		out = append(out, fmt.Sprintf("%s…%s → %s", number(a.In[0]), number(a.In[1]), numbers(a.Out)))
	case len(a.In) == 2 && len(a.Out) == 2:
		out = append(out, fmt.Sprintf("%s…%s → %s…%s", number(a.In[0]), number(a.In[1]), number(a.Out[0]), number(a.Out[1])))
	case len(a.Out) > 0:
		out = append(out, numbers(a.Out))
	}
	if len(a.Else) > 0 && string(a.Else) != "null" {
		out = append(out, "* → "+scalar(a.Else))
	}
	if len(out) == 0 {
		return "x → x"
	}
	return strings.Join(out, "; ")
}

func scalar(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil && string(raw) != "null" {
		return strconv.Quote(s)
	}
	return string(raw)
}

func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }

func numbers(list []float64) string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = number(v)
	}
	return "[" + strings.Join(out, ", ") + "]"
}
