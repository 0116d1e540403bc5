package plant

import (
	"encoding/json"
	"slices"
	"strings"
)

// DeviceTemplate is a device as each asset of a model has one of its own: one controller a machine. Stamping an asset
// makes the device; from then on it is a device like any other. In the id, the name and the texts of the settings {host}
// stands for the parameter host of the asset; {path}, {name} and {title} are the asset's own.
type DeviceTemplate struct {
	// Parameter is the parameter of type device that is given the id; the properties name it as their device: "{plc}".
	// An asset that names another device itself brings none along.
	Parameter string `json:"parameter"`
	// ID is the id of the device, "{path}" when left out. What cannot stand in an id becomes "-".
	ID        string          `json:"id,omitempty"`
	Name      string          `json:"name,omitempty"`
	Connector string          `json:"connector"`
	Settings  json.RawMessage `json:"settings,omitempty"`
	Scans     []Scan          `json:"scans,omitempty"`
	Timeout   string          `json:"timeout,omitempty"`
}

// deviceTemplate checks a template as if it were a device; what placeholders stand for is known at the asset.
func (v *validator) deviceTemplate(at string, t *DeviceTemplate) {
	if t == nil {
		return
	}
	if !ParameterID(t.Parameter) {
		v.fail("id_form", at+"/parameter", "Name a parameter of type device; the properties have it as their device.", "%q cannot be the id of a parameter.", clip(t.Parameter))
	}
	if len(t.ID) > MaxName {
		v.fail("text_too_long", at+"/id", "Make it shorter.", "The text has %d bytes, more than %d.", len(t.ID), MaxName)
	}
	probe := &validator{plant: &Plant{Devices: []Device{{ID: "template", Name: t.Name, Connector: t.Connector, Settings: t.Settings, Scans: t.Scans, Timeout: t.Timeout}}}}
	probe.devices()
	for _, p := range probe.problems {
		p.At = at + strings.TrimPrefix(p.At, "/devices/0")
		v.add(p)
	}
}

// deviceID makes an id of a text.
func deviceIDFrom(s string) string {
	id := strings.Map(func(r rune) rune {
		if r < 0x80 && (ID(string(r))) {
			return r
		}
		return '-'
	}, s)
	for strings.Contains(id, "--") {
		id = strings.ReplaceAll(id, "--", "-")
	}
	id = strings.Trim(id, "-")
	return id[:min(len(id), 64)]
}

// device makes the device that an asset brings along and names it in the asset; nil when it brings none.
func (s *stamper) device(a *Asset, at func(string) string) *Device {
	t := s.model.Device
	if t == nil || len(a.Params[t.Parameter]) > 0 {
		return nil
	}
	if !slices.ContainsFunc(s.model.Parameters, func(p Parameter) bool { return p.ID == t.Parameter && p.Type == "device" }) {
		s.problems.Add("parameter_unknown", "/model", "Give the model a parameter of type device; its properties have it as their device.", "The model %q has no parameter %q.", s.Model, t.Parameter)
		return nil
	}
	// The id of the device is not known yet, and any will do for the others.
	probe := *a
	probe.Params = map[string]json.RawMessage{t.Parameter: jsonString("?")}
	for id, raw := range a.Params {
		probe.Params[id] = raw
	}
	s.expand.problems, s.expand.devices["?"] = nil, true
	values, ok := s.expand.values(s.model, &probe, func() string { return "" })
	if !ok { // as the asset itself will be said to be
		for _, p := range s.expand.problems {
			q := *p
			q.At = at("") + strings.TrimPrefix(q.At, "/params")
			s.problems = append(s.problems, &q)
		}
		return nil
	}
	fill := func(text, place string) string {
		parsed, err := parseText(text, s.model.known, false)
		s.note(err, place)
		if parsed == nil {
			return text
		}
		text, err = parsed.write(values, s.model.known, "en")
		s.note(err, place)
		return text
	}
	id := t.ID
	if id == "" {
		id = "{path}"
	}
	before := len(s.problems)
	d := &Device{ID: deviceIDFrom(fill(id, at("/model"))), Name: fill(t.Name, at("/model")), Connector: t.Connector, Settings: t.Settings, Scans: slices.Clone(t.Scans), Timeout: t.Timeout}
	parsed, err := parseJSON(t.Settings, s.model.known)
	s.note(err, at("/model"))
	if parsed != nil {
		d.Settings, err = parsed.write(values, s.model.known)
		s.note(err, at("/model"))
	}
	if d.ID == "" && len(s.problems) == before {
		s.problems.Add("id_form", at("/model"), `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a device.", clip(fill(id, "")))
	}
	if a.Params == nil {
		a.Params = map[string]json.RawMessage{}
	}
	a.Params[t.Parameter] = jsonString(d.ID)
	return d
}

// putDevice takes a device over.
func (s *stamper) putDevice(d *Device, at func(string) string) {
	i, there := s.devices[d.ID]
	switch {
	case !there:
		i = len(s.next.Devices)
		s.devices[d.ID] = i
		s.next.Devices = append(s.next.Devices, *d)
	case Same(&s.next.Devices[i], d), s.Existing == "ignore":
		return // several machines behind one controller share it
	case s.Existing == "overwrite":
		d.Disabled = s.next.Devices[i].Disabled
		s.next.Devices[i] = *d
	default:
		s.problems.Add("name_taken", at("/pattern"), "Give the device of the model another id, such as {path}, or overwrite what is there.", "There is a device %q already, with other properties.", d.ID)
		return
	}
	if _, again := s.out.devices[i]; again {
		s.problems.Add("id_double", at("/pattern"), "Give the device of the model another id, such as {path}.", "Two of the assets would have the same device %q.", d.ID)
		return
	}
	s.out.devices[i] = len(s.out.Devices)
	s.out.Devices = append(s.out.Devices, *d)
}
