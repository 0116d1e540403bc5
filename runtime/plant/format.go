package plant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// The formats that a value may have.
const (
	FormatDatetime  = "datetime"
	FormatImage     = "image"
	FormatReference = "reference"
	FormatLocation  = "location"
	FormatVec2      = "vec2"
	FormatVec3      = "vec3"
	FormatStruct    = "struct"
)

// MaxFields is how many fields a struct may have.
const MaxFields = 100

// StructField is one part of a struct.
type StructField struct {
	// ID is its key: a letter, then letters, digits and "_", so that expressions can take it: tag("x").speed.
	ID    string    `json:"id"`
	Type  string    `json:"type" enum:"bool,int,float,string,json"`
	Title spec.Text `json:"title,omitempty"`
	Unit  string    `json:"unit,omitempty"`
	// Optional lets a value lack it.
	Optional bool `json:"optional,omitempty"`
}

// formatTypes are the types that a format may have, the usual one first.
var formatTypes = map[string][]tag.Type{
	FormatDatetime: {tag.String, tag.Int}, FormatImage: {tag.String}, FormatReference: {tag.String},
	FormatLocation: {tag.JSON}, FormatVec2: {tag.JSON}, FormatVec3: {tag.JSON}, FormatStruct: {tag.JSON},
}

// numbered are the formats that are objects of numbers: key → lowest, highest and whether it may lack.
var numbered = map[string][]part{
	FormatLocation: {{"lat", -90, 90, false}, {"lon", -180, 180, false}, {"alt", math.Inf(-1), math.Inf(1), true}},
	FormatVec2:     {{"x", math.Inf(-1), math.Inf(1), false}, {"y", math.Inf(-1), math.Inf(1), false}},
	FormatVec3:     {{"x", math.Inf(-1), math.Inf(1), false}, {"y", math.Inf(-1), math.Inf(1), false}, {"z", math.Inf(-1), math.Inf(1), false}},
}

type part struct {
	key       string
	low, high float64
	optional  bool
}

func (v *validator) format(at func() string, t *Definition, typ tag.Type) {
	if t.Format != "" {
		types, ok := formatTypes[t.Format]
		switch {
		case !ok:
			v.choice(at()+"/format", t.Format, FormatDatetime, FormatImage, FormatReference, FormatLocation, FormatVec2, FormatVec3, FormatStruct)
		case typ != tag.None && !slices.Contains(types, typ):
			v.fail("value_type", at()+"/format", fmt.Sprintf("Use the type %s.", types[0]), "A %s is not of type %s.", t.Format, t.Type)
		}
	}
	if t.Of != "" && t.Format != FormatReference {
		v.fail("value_unused", at()+"/of", `Write the format "reference", or remove it.`, "A model is given for a reference only.")
	}
	if t.Of != "" && v.models != nil && !v.models[t.Of] {
		v.add(spec.OneOf("model_unknown", at()+"/of", fmt.Sprintf("There is no model %q.", clip(t.Of)), t.Of, slices.Sorted(maps.Keys(v.models))))
	}
	switch {
	case t.Format == FormatStruct && len(t.Fields) == 0:
		v.fail("value_missing", at()+"/fields", "Say which fields it has.", "The struct has no fields.")
	case t.Format != FormatStruct && len(t.Fields) > 0:
		v.fail("value_unused", at()+"/fields", `Write the format "struct", or remove them.`, "Fields are given for a struct only.")
	}
	v.count(at()+"/fields", len(t.Fields), MaxFields, "fields")
	for i := range t.Fields {
		f := &t.Fields[i]
		place := fmt.Sprintf("%s/fields/%d", at(), i)
		if !parameterID.MatchString(f.ID) || len(f.ID) > 64 {
			v.fail("id_form", place+"/id", `Write a letter, then letters, digits and "_".`, "%q cannot be the id of a field.", clip(f.ID))
		}
		if slices.IndexFunc(t.Fields, func(o StructField) bool { return o.ID == f.ID }) < i {
			v.fail("id_double", place+"/id", "Give each field its own id.", "There is another field with the id %q.", clip(f.ID))
		}
		v.choice(place+"/type", f.Type, "bool", "int", "float", "string", "json")
		v.text(place+"/title", f.Title, MaxName)
		if len(f.Unit) > 64 {
			v.fail("text_too_long", place+"/unit", "Make it shorter.", "The unit has %d bytes, more than 64.", len(f.Unit))
		}
	}
}

// Assets tells whether there is an asset of a path, and whether it is of a kind ("" for any).
type Assets func(path tag.Path, kind string) (there, ofKind bool)

// CheckValue says what is wrong with a value of the type of the definition for its format; nil when it is
// right. Without assets references are checked in their form only.
func (d *Definition) CheckValue(v tag.Value, assets Assets) *spec.Problem {
	fail := func(hint, format string, args ...any) *spec.Problem {
		return &spec.Problem{Code: "value_format", Message: fmt.Sprintf(format, args...), Hint: hint}
	}
	switch d.Format {
	case FormatDatetime:
		if _, err := Datetime(v); err != nil {
			return fail(`Write it like "2026-05-01T12:00:00Z", or as milliseconds since 1970.`, "%s is not a date with a time.", clip(v.String()))
		}
	case FormatImage:
		s := v.Text()
		if s != "" && !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "https://") && !strings.HasPrefix(s, "http://") && !strings.HasPrefix(s, "data:image/") {
			return fail(`Write an address that begins with "https://", "/" or "data:image/".`, "%s is not the address of an image.", clip(v.String()))
		}
	case FormatReference:
		s := v.Text()
		if s == "" {
			return nil // to nothing
		}
		if _, err := tag.ParsePath(s); err != nil {
			return fail("Write the path of an asset.", "%q is not the path of an asset.", clip(s))
		}
		if assets == nil {
			return nil
		}
		if there, ofKind := assets(tag.Path(s), d.Of); !there {
			return fail("Choose an asset of the plant.", "There is no asset %q.", clip(s))
		} else if !ofKind {
			return fail("Choose another asset.", "The asset %q is not of the model %q.", clip(s), d.Of)
		}
	case FormatLocation, FormatVec2, FormatVec3:
		return d.checkNumbers(v, fail)
	case FormatStruct:
		return d.checkStruct(v, fail)
	}
	return nil
}

func (d *Definition) checkNumbers(v tag.Value, fail func(hint, format string, args ...any) *spec.Problem) *spec.Problem {
	parts := numbered[d.Format]
	var example []string
	for _, p := range parts {
		if !p.optional {
			example = append(example, fmt.Sprintf("%q: 0", p.key))
		}
	}
	hint := "Write {" + strings.Join(example, ", ") + "}."
	keys := map[string]json.RawMessage{}
	if json.Unmarshal([]byte(v.Text()), &keys) != nil || keys == nil {
		return fail(hint, "The value is not a %s.", d.Format)
	}
	for _, p := range parts {
		raw, given := keys[p.key]
		delete(keys, p.key)
		if !given && p.optional {
			continue
		}
		var n *float64
		if json.Unmarshal(raw, &n) != nil || n == nil {
			return fail(hint, "The number %q is missing.", p.key)
		}
		if *n < p.low || *n > p.high {
			return fail(fmt.Sprintf("%g to %g.", p.low, p.high), "%s is out of range.", tag.OfFloat(*n))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		return fail(hint, "A %s has no %q.", d.Format, clip(key))
	}
	return nil
}

func (d *Definition) checkStruct(v tag.Value, fail func(hint, format string, args ...any) *spec.Problem) *spec.Problem {
	keys := map[string]json.RawMessage{}
	if json.Unmarshal([]byte(v.Text()), &keys) != nil || keys == nil {
		return fail("Write an object with the fields.", "The value is not an object.")
	}
	for i := range d.Fields {
		f := &d.Fields[i]
		raw, given := keys[f.ID]
		delete(keys, f.ID)
		if !given && f.Optional {
			continue
		}
		if !given {
			return fail("Give it a value.", "The field %q is missing.", f.ID)
		}
		if !isA(bytes.TrimSpace(raw), f.Type) {
			return fail("Write a value of that type.", "The field %q is not of type %s.", f.ID, f.Type)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		known := make([]string, len(d.Fields))
		for i := range d.Fields {
			known[i] = d.Fields[i].ID
		}
		p := spec.OneOf("value_format", "", fmt.Sprintf("There is no field %q.", clip(key)), key, known)
		p.Fix = nil
		return p
	}
	return nil
}

// maxMilli is beyond the year 9999.
const maxMilli = 300_000_000_000_000

// isA reports whether a JSON text is of the type of a field, as it stands: "7" is no number.
func isA(raw json.RawMessage, typ string) bool {
	if len(raw) == 0 || (raw[0] == '"') != (typ == "string") && typ != "json" {
		return false
	}
	return fits(raw, typ)
}

var errDatetime = errors.New("not a date with a time")

// Datetime reads the value of a datetime: an RFC 3339 text (a profile of ISO 8601), a date alone, which is its
// beginning in UTC, or milliseconds since 1970, for the years 0 to 9999.
func Datetime(v tag.Value) (time.Time, error) {
	if v.Type() == tag.Int {
		at := time.UnixMilli(v.Int()).UTC()
		if y := at.Year(); y < 0 || y > 9999 || v.Int() > maxMilli || v.Int() < -maxMilli {
			return at, errDatetime
		}
		return at, nil
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly} {
		if at, err := time.Parse(layout, v.Text()); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errDatetime
}
