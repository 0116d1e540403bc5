package app

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"slices"

	"github.com/lineside/lineside/runtime/app/migrate"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// Schema is the JSON Schema of the document, for editors that know such.
//
//go:embed app.schema.json
var Schema []byte

// Limits of an app document.
const (
	MaxBytes = 8 << 20
	MaxDepth = 64
)

var document = spec.Document{
	Name: "app", Format: Format, MaxBytes: MaxBytes, MaxDepth: MaxDepth,
	Migrate: func(data []byte, from int) ([]byte, error) {
		out, _, err := migrate.Up(data, from, Format)
		return out, err
	},
}

// Read reads a document strictly, of this format or an older one. The error is of type
// spec.Problems: the text is too large, not JSON, has double or unknown keys, values of a wrong
// type or a newer format. Whether it makes sense is asked of Validate.
func Read(data []byte) (*App, error) {
	a := new(App)
	if err := document.Read(data, a).Err(); err != nil {
		return nil, err
	}
	a.complete()
	a.bring(catalogued())
	return a, nil
}

// Check reads and validates a document: everything that is wrong with it at once. The app
// is nil when the text cannot be read.
func Check(data []byte, catalogue widgets.Catalogue) (*App, spec.Problems) {
	a, err := Read(data)
	if ps := (spec.Problems)(nil); errors.As(err, &ps) {
		return nil, ps
	}
	return a, Validate(a, catalogue)
}

// complete makes empty what must not be null as JSON.
func (a *App) complete() {
	if a.Name == nil {
		a.Name = spec.Text{}
	}
	if a.Screens == nil {
		a.Screens = []Screen{}
	}
	for i := range a.Screens {
		s := &a.Screens[i]
		if s.Name == nil {
			s.Name = spec.Text{}
		}
		if s.Widgets == nil {
			s.Widgets = []Widget{}
		}
	}
}

// Canonical writes the document with sorted keys, two spaces of indent and a newline at
// the end, so that a difference of two versions reads well. Read gives back the same app.
func Canonical(a *App) ([]byte, error) {
	whole := *a
	whole.Screens = slices.Clone(a.Screens)
	whole.complete()
	return spec.Canonical(&whole)
}

// ParseBinding tells whether a property's value is a binding, and which.
func ParseBinding(raw json.RawMessage) (Binding, bool) {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	var b Binding
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &b) != nil {
		return Binding{}, false
	}
	if _, text := ParseText(raw); b == (Binding{}) && text {
		return Binding{}, false
	}
	return b, true
}
