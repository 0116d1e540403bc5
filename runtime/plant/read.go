package plant

import (
	_ "embed"
	"errors"

	"github.com/lineside/lineside/runtime/spec"
)

// Schema is the JSON Schema of the document, for editors that know such.
//
//go:embed plant.schema.json
var Schema []byte

// Limits of a plant document.
const (
	MaxBytes = 64 << 20
	MaxDepth = 64
)

var document = spec.Document{Name: "plant", Format: Format, MaxBytes: MaxBytes, MaxDepth: MaxDepth}

// Read reads a document strictly. The error is of type spec.Problems: the text is too
// large, not JSON, has double or unknown keys, values of a wrong type or a newer format.
// Whether it makes sense is asked of Validate.
func Read(data []byte) (*Plant, error) {
	p := new(Plant)
	if err := document.Read(data, p).Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// Canonical writes the document with sorted keys, two spaces of indent and a newline at
// the end, so that a difference of two versions reads well. Read gives back the same plant.
func Canonical(p *Plant) ([]byte, error) { return spec.Canonical(p) }

// Check reads and validates a document: everything that is wrong with it at once. The
// plant is nil when the text cannot be read.
func Check(data []byte) (*Plant, spec.Problems) {
	p, err := Read(data)
	if ps := (spec.Problems)(nil); errors.As(err, &ps) {
		return nil, ps
	}
	return p, Validate(p)
}
