package widgets

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Migration brings settings of the version before it to its version. A manifest has one for each version
// that settings of the one before do not fit.
type Migration struct {
	// To is the version that it brings settings to.
	To int `json:"to" minimum:"2"`
	// Rename is the new name by the old one; what a setting holds, a binding too, stays.
	Rename map[string]string `json:"rename,omitempty"`
	// Values is the new constant by the old one, of settings by name: choices that are called otherwise.
	Values map[string]map[string]string `json:"values,omitempty"`
	// Scale is what numbers of settings are multiplied by. A setting that is bound cannot be, so that it fails.
	Scale map[string]float64 `json:"scale,omitempty"`
	// Defaults are for settings that are not there: what an older widget did.
	Defaults map[string]json.RawMessage `json:"defaults,omitempty"`
	// Remove are settings that are no more.
	Remove []string `json:"remove,omitempty"`
}

// Migrate brings settings that were saved with an older version up to the manifest's. It changes none of what
// it is given. The error says which setting cannot be brought over.
func (m *Manifest) Migrate(from int, props map[string]json.RawMessage) (map[string]json.RawMessage, error) {
	out := maps.Clone(props)
	if out == nil {
		out = map[string]json.RawMessage{}
	}
	steps := slices.Clone(m.Migrations)
	slices.SortFunc(steps, func(a, b Migration) int { return a.To - b.To })
	for _, step := range steps {
		if step.To <= from || step.To > m.Version {
			continue
		}
		if err := step.apply(out); err != nil {
			return nil, fmt.Errorf("version %d: %w", step.To, err)
		}
	}
	return out, nil
}

func (s *Migration) apply(props map[string]json.RawMessage) error {
	for _, name := range slices.Sorted(maps.Keys(s.Rename)) {
		raw, there := props[name]
		if !there {
			continue
		}
		if _, both := props[s.Rename[name]]; both {
			return fmt.Errorf("the setting %q is called %q now, which is there as well", name, s.Rename[name])
		}
		props[s.Rename[name]] = raw
		delete(props, name)
	}
	for name, values := range s.Values {
		var text string
		if json.Unmarshal(props[name], &text) != nil {
			continue // a binding, or nothing
		}
		if next, renamed := values[text]; renamed {
			raw, err := json.Marshal(next)
			if err != nil {
				return fmt.Errorf("the setting %q: %w", name, err)
			}
			props[name] = raw
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Scale)) {
		raw, there := props[name]
		if !there || bytes.Equal(bytes.TrimSpace(raw), []byte("null")) {
			continue
		}
		var n float64
		if json.Unmarshal(raw, &n) != nil {
			return fmt.Errorf("the setting %q is multiplied by %g now, which %.60s cannot be", name, s.Scale[name], raw)
		}
		next, err := json.Marshal(n * s.Scale[name])
		if err != nil {
			return fmt.Errorf("the setting %q: %w", name, err)
		}
		props[name] = next
	}
	for name, raw := range s.Defaults {
		if _, there := props[name]; !there {
			props[name] = raw
		}
	}
	for _, name := range s.Remove {
		delete(props, name)
	}
	return nil
}
