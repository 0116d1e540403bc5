package plant

import (
	"github.com/lineside/lineside/runtime/spec"
)

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
