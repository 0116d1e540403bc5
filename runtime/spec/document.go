package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
)

// Document says how a kind of document is read.
type Document struct {
	// Name is what it is called in messages: "app", "plant".
	Name string
	// Format is the version of the format that this runtime writes and reads.
	Format int
	// MaxBytes bounds the text; MaxDepth its nesting.
	MaxBytes, MaxDepth int
	// Migrate brings a document of an older format up to Format; nil when there is none older.
	Migrate func(data []byte, from int) ([]byte, error)
}

// Read reads a document strictly into dst, a pointer to a struct with json tags. Refused
// are: what is too large, not UTF-8, not JSON or nested too deep; double and unknown keys;
// values of a wrong type; a newer format. What the values say is not checked here.
func (d Document) Read(data []byte, dst any) Problems {
	if len(data) > d.MaxBytes {
		return Problems{{Code: "too_large", Message: fmt.Sprintf("The %s document has %d bytes, more than %d.", d.Name, len(data), d.MaxBytes), Hint: "Split it, or move images out of it."}}
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if p := syntax(data); p != nil {
		return Problems{p}
	}
	format, problem := d.format(data)
	if problem != nil {
		return Problems{problem}
	}
	if format < d.Format {
		// Double keys and depth are looked at before the text becomes maps, which hide them.
		if ps := check(data, &anything, d.MaxBytes, d.MaxDepth); len(ps) > 0 {
			return ps
		}
		newer, err := d.Migrate(data, format)
		if err != nil {
			return Problems{{Code: "format_migration", At: "/format", Message: fmt.Sprintf("The %s document of format %d cannot be brought to format %d: %v.", d.Name, format, d.Format, err), Hint: "Open it with the version that wrote it and save it again."}}
		}
		data = newer
	}
	if ps := check(data, shapeOf(reflect.TypeOf(dst)), d.MaxBytes, d.MaxDepth); len(ps) > 0 {
		return ps
	}
	if err := json.Unmarshal(data, dst); err != nil {
		return Problems{{Code: "value_type", Message: err.Error(), Hint: "Correct the value."}}
	}
	return nil
}

func (d Document) format(data []byte) (int, *Problem) {
	if data = bytes.TrimSpace(data); data[0] != '{' {
		return 0, &Problem{Code: "value_type", Message: fmt.Sprintf("The %s document is not an object.", d.Name), Hint: fmt.Sprintf(`Begin with {"format": %d, …}`, d.Format)}
	}
	var head map[string]json.RawMessage
	if err := json.Unmarshal(data, &head); err != nil {
		return 0, &Problem{Code: "json_syntax", Message: err.Error(), Hint: "Correct the JSON text."}
	}
	raw, given := head["format"]
	var n int
	if !given || json.Unmarshal(raw, &n) != nil || n < 1 || string(raw) == "null" {
		return 0, &Problem{Code: "format_unknown", At: "/format", Message: fmt.Sprintf("The %s document does not say its format, a whole number from 1.", d.Name), Hint: fmt.Sprintf(`Add "format": %d.`, d.Format)}
	}
	if n > d.Format {
		return 0, &Problem{Code: "format_newer", At: "/format",
			Message: fmt.Sprintf("The %s document has format %d; this version of Lineside reads formats up to %d.", d.Name, n, d.Format),
			Hint:    fmt.Sprintf("Upgrade Lineside to a version that reads %s format %d.", d.Name, n)}
	}
	if n < d.Format && d.Migrate == nil {
		return 0, &Problem{Code: "format_unknown", At: "/format", Message: fmt.Sprintf("There is no %s format %d.", d.Name, n), Hint: fmt.Sprintf(`Write "format": %d.`, d.Format)}
	}
	return n, nil
}

// Canonical writes v as JSON that is the same for the same content and reads well in a
// diff: keys sorted, two spaces of indent, numbers as they were written, newline at the end.
func Canonical(v any) ([]byte, error) {
	var compact bytes.Buffer
	enc := json.NewEncoder(&compact)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	dec := json.NewDecoder(&compact)
	dec.UseNumber()
	var tree any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	var out bytes.Buffer
	enc = json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(tree); err != nil {
		return nil, fmt.Errorf("canonical form: %w", err)
	}
	return out.Bytes(), nil
}
