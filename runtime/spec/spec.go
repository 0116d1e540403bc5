// Package spec lets a component (connector, widget, flow node) describe itself once.
// From that description come strict decoding, validation, JSON Schema, reference pages
// and the inspector of the designer.
package spec

import "encoding/json"

// Text is a text in several languages: language tag ("en", "zh") → text. English is
// always there and stands in for a missing language.
type Text map[string]string

// In returns the text in a language, or the English one.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok && s != "" {
		return s
	}
	return t["en"]
}

// Kind is what a field holds, and so how it is edited.
type Kind string

// The kinds of field.
const (
	KindBool     Kind = "bool"
	KindInt      Kind = "int"
	KindFloat    Kind = "float"
	KindString   Kind = "string"
	KindText     Kind = "text"     // several lines
	KindEnum     Kind = "enum"     // one of Options
	KindDuration Kind = "duration" // "200ms", "1s", "5m" (Go syntax)
	KindSecret   Kind = "secret"   // string that is stored encrypted and never sent back
	KindColor    Kind = "color"    // theme token or "#RRGGBB"
	KindTag      Kind = "tag"      // tag path
	KindImage    Kind = "image"    // data: URL or "asset:<id>"
	KindIcon     Kind = "icon"     // name of a symbol of the icon set, such as "gauge"
	KindScreen   Kind = "screen"   // id of a screen of the app
	KindDrawing  Kind = "drawing"  // id of a drawing of the app
	KindVariable Kind = "variable" // id of a variable of the screen
	KindParams   Kind = "params"   // what stands in for inputs of the app: id → constant or binding
	KindInput    Kind = "input"    // id of an input of the app
	KindRows     Kind = "rows"     // list of what stands in for inputs of the app, by id
	KindTexts    Kind = "texts"    // a text in several languages
	KindAny      Kind = "any"      // a live value of any type
	KindObject   Kind = "object"   // Fields
	KindList     Kind = "list"     // list of objects of Fields
)

// Option is one choice of an enum.
type Option struct {
	Value string `json:"value"`
	Title Text   `json:"title"`
}

// Field describes one setting.
type Field struct {
	Name  string `json:"name"`
	Kind  Kind   `json:"kind"`
	Title Text   `json:"title"`
	Help  Text   `json:"help,omitempty"`
	// Group is where the inspector shows it: content, data, look, behaviour (widgets); connection, advanced, … (connectors).
	Group    string          `json:"group,omitempty"`
	Default  json.RawMessage `json:"default,omitempty"`
	Options  []Option        `json:"options,omitempty"`
	Min      *float64        `json:"min,omitempty"`
	Max      *float64        `json:"max,omitempty"`
	Unit     string          `json:"unit,omitempty"`
	Required bool            `json:"required,omitempty"`
	Advanced bool            `json:"advanced,omitempty"`
	// Bind says that a binding (tag or expression) may stand in place of a constant.
	Bind bool `json:"bind,omitempty"`
	// From names the property of the bound tag that stands in when this is not set:
	// unit, low, high, decimals, description, writeLow, writeHigh. Widgets only.
	From string `json:"from,omitempty"`
	// Quantity says that the number is in the unit of the widget, and is shown in the unit that somebody
	// prefers. Widgets only.
	Quantity bool `json:"quantity,omitempty"`
	// When shows the field only if another field has one of the values.
	When   *When   `json:"when,omitempty"`
	Fields []Field `json:"fields,omitempty"`

	// pointer says that a nested struct is a pointer: nil when not given.
	pointer bool
}

// When is the condition of a field: Field has one of the values In.
type When struct {
	Field string   `json:"field"`
	In    []string `json:"in"`
}

// Component is what a connector, widget or flow node says of itself.
type Component struct {
	ID       string  `json:"id"`
	Version  int     `json:"version"`
	Title    Text    `json:"title"`
	Summary  Text    `json:"summary,omitempty"`
	Icon     string  `json:"icon,omitempty"`
	Category string  `json:"category,omitempty"`
	Settings []Field `json:"settings"`
}
