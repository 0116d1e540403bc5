package check

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

var typeMismatch = &Rule{
	Code:  "type_mismatch",
	Title: spec.Text{"en": "Value of another type than shown", "zh": "数值类型不符"},
	Why: spec.Text{
		"en": "A property that takes a number shows nothing when it gets a text, and a lamp cannot tell what a text means. What is converted says so in the expression.",
		"zh": "需要数字的属性得到文本时无法显示，指示灯也无法判断文本的含义。需要转换时应在表达式中写明。",
	},
	Message: "This takes %s, but is bound to %s.",
	Hint:    "Bind another tag, or convert it in an expression: float(x), x > 0, string(x).",
	Chinese: Chinese{"此处需要{=1}，却绑定了{=2}。", "请绑定其他变量，或在表达式中转换：float(x)、x > 0、string(x)。"},
	Plant:   true,
}

var unitMismatch = &Rule{
	Code:  "unit_mismatch",
	Title: spec.Text{"en": "Value in another unit than shown", "zh": "数值单位不符"},
	Why: spec.Text{
		"en": "A value beside another unit than its own is read wrong by a factor: 2.5 bar shown as 2.5 kPa. All numbers of one widget share one scale.",
		"zh": "数值旁显示的单位与其本身不同，会造成倍数误读：2.5 bar 显示为 2.5 kPa。同一控件的所有数值共用一个标尺。",
	},
	Message: "This is in %s, but bound to a value in %s.",
	Hint:    "Bind a tag of the same unit, convert it in an expression, or correct the unit.",
	Chinese: Chinese{"此处的单位是 {1}，而绑定值的单位是 {2}。", "请绑定单位相同的变量，在表达式中换算，或更正单位。"},
	Plant:   true,
}

func init() {
	typeMismatch.run = func(s *screen, tell tell) { s.mismatches(typeMismatch.Code, tell) }
	unitMismatch.run = func(s *screen, tell tell) { s.mismatches(unitMismatch.Code, tell) }
	register(typeMismatch)
	register(unitMismatch)
	spec.Chinese(map[string]string{
		"on or off": "开/关", "a whole number": "整数", "a number": "数字", "a text": "文本", "a colour": "颜色", "one of its choices": "选项之一",
		"bytes": "字节", "JSON": "JSON", "on or off, or a whole number": "开/关或整数",
	})
}

// mismatches tells what one of the two rules finds.
func (s *screen) mismatches(code string, tell tell) {
	for _, w := range s.shown {
		for _, prop := range slices.Sorted(maps.Keys(w.Props)) {
			b := s.bound(w.Props[prop])
			if b == nil {
				continue
			}
			unit := ""
			if prop != w.main() || w.given("unit") {
				unit = w.unit()
			}
			if m, ok := mismatchOf(w.Manifest, prop, unit, *b); ok && m.rule.Code == code {
				tell(w, "/props/"+spec.Escape(prop), m.args...)
			}
		}
	}
}

// unit is what the numbers of the widget are in: what stands there, else that of its main value.
func (w *widget) unit() string {
	raw := w.Props["unit"]
	if _, bound := app.ParseBinding(raw); len(raw) > 0 && !bound {
		return strings.TrimSpace(text(raw))
	}
	if w.value != nil {
		return w.value.Unit
	}
	return ""
}

// Mismatch says what is wrong with binding a property of a widget type to a value: of another type
// than the property takes (code type_mismatch), or of another unit than wanted (unit_mismatch),
// which is the unit of the widget; "" is none in particular. nil when it fits; what is not known
// is not wrong.
func Mismatch(m *widgets.Manifest, prop, unit string, b Bound) *spec.Problem {
	if x, ok := mismatchOf(m, prop, unit, b); ok {
		return &spec.Problem{Code: x.rule.Code, Severity: spec.Warning, Message: fmt.Sprintf(x.rule.Message, x.args...), Hint: x.rule.Hint}
	}
	return nil
}

// mismatch is a finding of one of the two rules, and what the verbs of its message give.
type mismatch struct {
	rule *Rule
	args []any
}

func mismatchOf(m *widgets.Manifest, prop, unit string, b Bound) (mismatch, bool) {
	if m == nil {
		return mismatch{}, false
	}
	i := slices.IndexFunc(m.Settings, func(f spec.Field) bool { return f.Name == prop })
	if i < 0 {
		return mismatch{}, false
	}
	f := &m.Settings[i]
	if wants, ok := fits(m, f, b.Type); !ok {
		return mismatch{typeMismatch, []any{wants, typeWords[b.Type]}}, true
	}
	if f.Unit != "" {
		unit = f.Unit
	}
	numeric := b.Type == tag.Int || b.Type == tag.Float
	scaled := f.Unit != "" || f.Kind == spec.KindInt || f.Kind == spec.KindFloat || prop == m.Drop
	if unit != "" && b.Unit != "" && unit != b.Unit && numeric && scaled {
		return mismatch{unitMismatch, []any{unit, b.Unit}}, true
	}
	return mismatch{}, false
}

var typeWords = map[tag.Type]string{
	tag.Bool: "on or off", tag.Int: "a whole number", tag.Float: "a number", tag.String: "a text", tag.Bytes: "bytes", tag.JSON: "JSON",
}

// fits reports whether a property takes a type, and says in words what it takes.
func fits(m *widgets.Manifest, f *spec.Field, t tag.Type) (wants string, ok bool) {
	if t == tag.None || t == tag.JSON {
		return "", true // it may turn out to fit
	}
	switch f.Kind {
	case spec.KindBool:
		return "on or off", t == tag.Bool
	case spec.KindInt, spec.KindFloat:
		return "a number", t == tag.Int || t == tag.Float
	case spec.KindColor:
		return "a colour", t == tag.String
	case spec.KindEnum:
		return "one of its choices", t == tag.String
	case spec.KindString, spec.KindText:
		return "a text", t != tag.Bytes
	}
	if f.Name == m.Drop && len(m.Fits) > 0 && !slices.Contains(m.Fits, t.String()) {
		switch {
		case slices.Equal(m.Fits, []string{"bool"}):
			return "on or off", false
		case slices.Contains(m.Fits, "string"):
			return "a text", false
		case slices.Contains(m.Fits, "bool"):
			return "on or off, or a whole number", false
		}
		return "a number", false
	}
	return "", true
}
