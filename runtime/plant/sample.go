package plant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/unit"
)

// Bounds of a sample.
const (
	// MaxSample is the size of a sample of JSON in bytes.
	MaxSample      = 1 << 20
	maxSampleDepth = 12
)

// FromSample makes properties of a sample of JSON: nested objects become levels, in the order of the sample. Types,
// formats and units are guessed. An object of a value with its unit is one property; a list is kept as JSON. Of a list
// of objects at the top the first is taken. The error is a *spec.Problem.
func FromSample(sample []byte) (Generated, error) {
	out := Generated{Properties: []Property{}, Parameters: []Placeholder{}}
	if len(sample) > MaxSample {
		return out, &spec.Problem{Code: "sample_too_large", At: "/sample", Message: fmt.Sprintf("The sample has %d bytes, more than %d.", len(sample), MaxSample), Hint: "Take one message."}
	}
	top, err := ordered(sample)
	if err != nil {
		return out, &spec.Problem{Code: "sample_invalid", At: "/sample", Message: fmt.Sprintf("The sample is not JSON: %v.", err), Hint: "Paste one whole message, such as {\"temperature\": 21.5}."}
	}
	if list, ok := top.([]any); ok && len(list) > 0 {
		top = list[0]
	}
	object, ok := top.(members)
	if !ok || len(object) == 0 {
		return out, &spec.Problem{Code: "sample_invalid", At: "/sample", Message: "The sample has no members to make properties of.", Hint: "Paste one whole message, such as {\"temperature\": 21.5}."}
	}
	s := sampler{out: &out, ids: map[string]bool{}}
	s.object(nil, object)
	return out, nil
}

// member is one of an object, members are all in the order in which they stand.
type member struct {
	key   string
	value any
}

type members []member

func (m members) get(key string) any {
	for i := range m {
		if m[i].key == key {
			return m[i].value
		}
	}
	return nil
}

var errDeep = errors.New("it is nested too deep")

// ordered reads JSON and keeps the order of the members of objects; values are members, []any, string,
// json.Number, bool or nil.
func ordered(raw []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	v, err := orderedValue(d, 0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the first value")
	}
	return v, nil
}

func orderedValue(d *json.Decoder, depth int) (any, error) {
	if depth > 64 {
		return nil, errDeep
	}
	t, err := d.Token()
	if errors.Is(err, io.EOF) {
		return nil, errors.New("it ends too early")
	}
	if err != nil {
		return nil, err
	}
	switch t {
	case json.Delim('{'):
		object := members{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := orderedValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			object = append(object, member{key.(string), v})
		}
		_, err := d.Token()
		return object, err
	case json.Delim('['):
		list := []any{}
		for d.More() {
			v, err := orderedValue(d, depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := d.Token()
		return list, err
	}
	return t, nil
}

// sampler goes through a sample.
type sampler struct {
	out *Generated
	ids map[string]bool
}

func (s *sampler) object(trail []string, object members) {
	for i := range object {
		m := &object[i]
		at := append(slices.Clone(trail), m.key)
		inner, nested := m.value.(members)
		if d, ok := measured(inner); nested && ok {
			s.add(at, d)
		} else if nested && len(inner) > 0 && formOf(inner) == "" && len(at) < maxSampleDepth {
			s.object(at, inner)
		} else {
			s.add(at, definitionOf(m.key, m.value))
		}
	}
}

func (s *sampler) add(trail []string, d Definition) {
	if len(s.out.Properties) >= MaxGenerated {
		s.out.More++
		return
	}
	// It is memory: whoever has the values writes them.
	d.Write = &Write{Confirm: "none"}
	s.out.Properties = append(s.out.Properties, Property{ID: freeID(s.ids, trail...), Definition: d})
}

// measured is what an object of a value and its unit says: {"value": 21.5, "unit": "°C", "min": 0, "max": 50}.
func measured(object members) (Definition, bool) {
	value, text := object.get("value"), ""
	for _, key := range []string{"unit", "units", "uom"} {
		if u, ok := object.get(key).(string); ok && text == "" {
			text = u
		}
	}
	if text == "" || len(text) > 64 || value == nil {
		return Definition{}, false
	}
	if _, nested := value.(members); nested {
		return Definition{}, false
	}
	d := definitionOf("", value)
	d.Unit = text
	if u, _, ok := unit.Find(text); ok {
		d.Unit = u.Code()
	}
	low, lowGiven := numberOf(object, "min", "low", "minimum")
	high, highGiven := numberOf(object, "max", "high", "maximum")
	if lowGiven && highGiven && low < high && (d.Type == "float" || d.Type == "int") {
		d.Range = &Range{Low: low, High: high}
	}
	return d, true
}

func numberOf(object members, keys ...string) (float64, bool) {
	for _, key := range keys {
		if n, ok := object.get(key).(json.Number); ok {
			if f, err := n.Float64(); err == nil {
				return f, true
			}
		}
	}
	return 0, false
}

// formOf is the format of an object that is one value, "" for none.
func formOf(object members) string {
	for _, format := range []string{FormatLocation, FormatVec3, FormatVec2} {
		parts, fits := numbered[format], 0
		for _, part := range parts {
			if _, ok := object.get(part.key).(json.Number); ok {
				fits++
			} else if part.optional {
				fits++
			}
		}
		named := 0
		for _, part := range parts {
			if object.get(part.key) != nil {
				named++
			}
		}
		if fits == len(parts) && named == len(object) {
			return format
		}
	}
	return ""
}

// definitionOf guesses the type of a value, with its format or unit.
func definitionOf(key string, v any) Definition {
	switch v := v.(type) {
	case bool:
		return Definition{Type: "bool"}
	case json.Number:
		d := Definition{Type: "float", Unit: unitOfName(key)}
		if _, err := v.Int64(); err == nil {
			d.Type = "int"
			if d.Unit != "" && !counts(d.Unit) {
				d.Type = "float" // 20 is 20.0 by chance
			}
		}
		return d
	case string:
		return Definition{Type: "string", Format: textFormat(v)}
	case members:
		return Definition{Type: "json", Format: formOf(v)}
	case nil:
		return Definition{Type: "string"}
	}
	return Definition{Type: "json"}
}

// counts reports whether values in a unit are whole.
func counts(code string) bool { return code == "{pcs}" || code == "By" }

// textFormat is what a text is.
func textFormat(s string) string {
	if strings.HasPrefix(s, "data:image/") {
		return FormatImage
	}
	if len(s) >= len("2006-01-02T15:04:05") && len(s) <= 40 {
		for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999Z07:00", "2006-01-02 15:04:05.999999999"} {
			if _, err := time.Parse(layout, s); err == nil {
				return FormatDatetime
			}
		}
	}
	return ""
}

// nameUnits are endings of names that tell a unit: temperature_c, pressure_bar.
var nameUnits = map[string]string{
	"c": "Cel", "degc": "Cel", "celsius": "Cel", "f": "[degF]", "degf": "[degF]", "fahrenheit": "[degF]", "bar": "bar", "mbar": "mbar", "pa": "Pa", "kpa": "kPa", "mpa": "MPa", "hpa": "hPa", "psi": "[psi]",
	"v": "V", "volts": "V", "mv": "mV", "a": "A", "amps": "A", "ma": "mA", "w": "W", "watts": "W", "kw": "kW", "kwh": "kW.h", "wh": "W.h", "kva": "kV.A", "kvar": "kV.A{r}", "hz": "Hz", "khz": "kHz", "rpm": "{rev}/min",
	"mm": "mm", "cm": "cm", "km": "km", "um": "um", "kg": "kg", "mg": "mg", "l": "l", "liters": "l", "litres": "l", "ml": "ml", "m3": "m3", "m3h": "m3/h", "lpm": "l/min", "gpm": "[gal_us]/min", "kgh": "kg/h",
	"pct": "%", "percent": "%", "rh": "%{RH}", "ppm": "[ppm]", "ppb": "[ppb]", "ms": "ms", "sec": "s", "seconds": "s", "minutes": "min", "hours": "h", "lux": "lx", "db": "dB", "nm": "N.m", "kn": "kN", "bytes": "By", "pcs": "{pcs}", "deg": "deg", "kmh": "km/h", "mps": "m/s",
}

// unitOfName is the unit that the end of a name tells, "" for none.
func unitOfName(name string) string {
	i := strings.LastIndexAny(name, "_-. ([")
	if i <= 0 {
		return ""
	}
	return nameUnits[strings.ToLower(strings.Trim(name[i+1:], ")] "))]
}
