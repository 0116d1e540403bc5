package action

import (
	"regexp"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// WidgetEvents are the events that every widget has, besides those of its own.
var WidgetEvents = []spec.Option{
	{Value: "click", Title: spec.Text{"en": "Click", "zh": "单击"}},
	{Value: "double", Title: spec.Text{"en": "Double click", "zh": "双击"}},
	{Value: "long", Title: spec.Text{"en": "Long press", "zh": "长按"}},
	{Value: "down", Title: spec.Text{"en": "Pressed", "zh": "按下"}},
	{Value: "up", Title: spec.Text{"en": "Let go", "zh": "松开"}},
	{Value: "enter", Title: spec.Text{"en": "Pointer enters", "zh": "指针移入"}},
	{Value: "leave", Title: spec.Text{"en": "Pointer leaves", "zh": "指针移出"}},
}

// InputEvents are those that a widget which the operator sets has too.
var InputEvents = []spec.Option{
	{Value: "change", Title: spec.Text{"en": "Changed by the operator", "zh": "操作员修改"}},
}

// ScreenEvents are the events of a screen, besides its keys.
var ScreenEvents = []spec.Option{
	{Value: "load", Title: spec.Text{"en": "Screen opens", "zh": "画面打开"}},
	{Value: "unload", Title: spec.Text{"en": "Screen closes", "zh": "画面关闭"}},
}

// KeyEvent is what the event of a key of a screen begins with; the chord follows.
const KeyEvent = "key:"

var chord = regexp.MustCompile(`^(Ctrl\+)?(Alt\+)?(Shift\+)?(Meta\+)?(F([1-9]|1[0-9]|2[0-4])|[A-Z0-9]|[-=\[\];',./\\` + "`" + `]|Space|Enter|Escape|Tab|Backspace|Insert|Delete|Home|End|PageUp|PageDown|ArrowUp|ArrowDown|ArrowLeft|ArrowRight)$`)

// IsKey reports whether an event of a screen is that of a key, with a chord that a keyboard can give:
// modifiers in the order Ctrl, Alt, Shift, Meta, then one key.
func IsKey(event string) bool {
	text, ok := strings.CutPrefix(event, KeyEvent)
	return ok && chord.MatchString(text)
}
