package widgets

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
)

// Preset is a choice of a widget's variant, such as a symbol. The palette offers each as if it
// were a widget of its own.
type Preset struct {
	// ID is the value of the setting that Manifest.Variant names.
	ID    string    `json:"id"`
	Title spec.Text `json:"title"`
	// Words are other words that it is found by, with spaces between them.
	Words spec.Text `json:"words,omitempty"`
	// Group is one of Manifest.PresetGroups.
	Group string `json:"group"`
	// Size is in place of that of the manifest when it is dropped.
	Size Size `json:"size"`
	// Points are in place of those of the manifest.
	Points []Point `json:"points"`
	// Parts are what an animation can name of it.
	Parts []string `json:"parts,omitempty"`
	// Inline says that it has points at its left and right through which a line can go.
	Inline bool `json:"inline,omitempty"`
}

// PresetGroup is a part of the palette.
type PresetGroup struct {
	ID    string    `json:"id"`
	Title spec.Text `json:"title"`
}

// presetsFile lies beside the manifest of a widget that has presets.
const presetsFile = "presets.gen.json"

// addPresets reads the presets of a widget, and makes them the choices of its variant.
func addPresets(m *Manifest, folder string) error {
	raw, err := files.ReadFile(folder + "/" + presetsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("widgets: %w", err)
	}
	var f struct {
		Groups  []PresetGroup `json:"groups"`
		Presets []Preset      `json:"presets"`
	}
	if err := json.Unmarshal(raw, &f); err != nil {
		return fmt.Errorf("widgets: %s/%s: %w", folder, presetsFile, err)
	}
	m.Presets, m.PresetGroups = f.Presets, f.Groups
	i := slices.IndexFunc(m.Settings, func(s spec.Field) bool { return s.Name == m.Variant })
	if i < 0 {
		return fmt.Errorf("widgets: %s: no setting %q for its presets", m.ID, m.Variant)
	}
	for _, p := range m.Presets {
		m.Settings[i].Options = append(m.Settings[i].Options, spec.Option{Value: p.ID, Title: p.Title})
	}
	return nil
}

// Preset is what a widget with some properties is a choice of; nil when its type has none.
func (m *Manifest) Preset(props map[string]json.RawMessage) *Preset {
	if m.Variant == "" {
		return nil
	}
	var id string
	raw, given := props[m.Variant]
	if !given || json.Unmarshal(raw, &id) != nil {
		for i := range m.Settings {
			if m.Settings[i].Name == m.Variant {
				_ = json.Unmarshal(m.Settings[i].Default, &id)
			}
		}
	}
	for i := range m.Presets {
		if m.Presets[i].ID == id {
			return &m.Presets[i]
		}
	}
	return nil
}

// Connections are the connection points of a widget with some properties.
func (m *Manifest) Connections(props map[string]json.RawMessage) []Point {
	if p := m.Preset(props); p != nil {
		return p.Points
	}
	if len(m.Points) > 0 {
		return m.Points
	}
	return sides
}

var sides = []Point{{"n", 0.5, 0}, {"e", 1, 0.5}, {"s", 0.5, 1}, {"w", 0, 0.5}}
