package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// sealing takes the secrets out of a plant.
type sealing struct {
	known map[string]bool // secrets that are kept already
	// taken are the new ones by id, kept the ids that the document names.
	taken    map[string]string
	kept     []string
	problems spec.Problems
	template bool   // what is sealed may have placeholders
	prefix   string // of the ids of new ones
}

// sealSecrets replaces every secret that stands in the settings of a device in plain by a
// reference to where it will be kept. p is changed, but not what it shares.
func sealSecrets(p *plant.Plant, known map[string]bool) (*sealing, error) {
	s := &sealing{known: known, taken: map[string]string{}}
	p.Devices = slices.Clone(p.Devices)
	for i := range p.Devices {
		d := &p.Devices[i]
		typ, ok := connector.Lookup(d.Connector)
		if !ok || !hasSecrets(typ.Settings) || len(d.Settings) == 0 {
			continue
		}
		sealed, err := s.settings(typ.Settings, d.Settings, fmt.Sprintf("/devices/%d/settings", i))
		if err != nil {
			return nil, fmt.Errorf("settings of device %s: %w", d.ID, err)
		}
		d.Settings = sealed
	}
	if err := s.templates(p); err != nil {
		return nil, err
	}
	for i := range p.Northbound {
		n := &p.Northbound[i]
		typ, ok := northbound.Lookup(n.Kind)
		if !ok || !hasSecrets(typ.Settings) || len(n.Settings) == 0 {
			continue
		}
		sealed, err := s.settings(typ.Settings, n.Settings, fmt.Sprintf("/northbound/%d/settings", i))
		if err != nil {
			return nil, fmt.Errorf("settings of northbound interface %s: %w", n.ID, err)
		}
		n.Settings = sealed
	}
	return s, nil
}

// templates seals the secrets in the device templates of models; a placeholder is none.
func (s *sealing) templates(p *plant.Plant) error {
	s.template = true
	defer func() { s.template = false }()
	for i := range p.Models {
		t := p.Models[i].Device
		if t == nil || len(t.Settings) == 0 {
			continue
		}
		typ, ok := connector.Lookup(t.Connector)
		if !ok || !hasSecrets(typ.Settings) {
			continue
		}
		sealed, err := s.settings(typ.Settings, t.Settings, fmt.Sprintf("/models/%d/device/settings", i))
		if err != nil {
			return fmt.Errorf("device of model %s: %w", p.Models[i].ID, err)
		}
		if bytes.Equal(sealed, t.Settings) {
			continue
		}
		p.Models = slices.Clone(p.Models)
		copied := *t
		copied.Settings = sealed
		p.Models[i].Device = &copied
	}
	return nil
}

// settings seals the secrets of an object.
func (s *sealing) settings(fields []spec.Field, raw json.RawMessage, at string) (json.RawMessage, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, err
	}
	s.object(fields, tree, at)
	return json.Marshal(tree)
}

func hasSecrets(fields []spec.Field) bool {
	for i := range fields {
		if fields[i].Kind == spec.KindSecret || hasSecrets(fields[i].Fields) {
			return true
		}
	}
	return false
}

func (s *sealing) object(fields []spec.Field, v any, at string) {
	m, ok := v.(map[string]any)
	if !ok {
		return
	}
	for i := range fields {
		f := &fields[i]
		inner, given := m[f.Name]
		if !given {
			continue
		}
		place := at + "/" + spec.Escape(f.Name)
		switch f.Kind {
		case spec.KindSecret:
			if text, ok := inner.(string); ok {
				m[f.Name] = s.seal(text, place)
			}
		case spec.KindObject:
			s.object(f.Fields, inner, place)
		case spec.KindList:
			list, _ := inner.([]any)
			for j := range list {
				s.object(f.Fields, list[j], fmt.Sprintf("%s/%d", place, j))
			}
		}
	}
}

func (s *sealing) seal(text, at string) string {
	if text == "" || s.template && strings.Contains(text, "{") {
		return text
	}
	if id, ok := strings.CutPrefix(text, store.SecretPrefix); ok {
		if !s.known[id] {
			e := errSecretUnknown.with()
			s.problems.Add(e.Code, at, e.Hint, "%s", e.Message)
		}
		s.kept = append(s.kept, id)
		return text
	}
	id := s.prefix + store.NewSecretID()
	s.taken[id] = text
	s.kept = append(s.kept, id)
	return store.SecretPrefix + id
}
