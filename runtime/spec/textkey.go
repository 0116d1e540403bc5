package spec

import "regexp"

// textKey is what stands in place of a text: {"text": "key"}, and nothing else.
var textKey = regexp.MustCompile(`^\{\s*"text"\s*:\s*"[^"\\]*"\s*\}`)

// WithTexts gives a checker that takes {"text": key} in place of a constant of the kinds string
// and text, wherever one stands. Whether there is such a key is for the caller to say.
func (c *Checker) WithTexts() *Checker { return &Checker{shape: c.shape, texts: true} }

// byKey steps over a text by key, if one stands here where it may.
func (w *walker) byKey(s *shape) bool {
	if !w.texts || s.kind != shapeString || s.field == nil || s.field.Kind != KindString && s.field.Kind != KindText {
		return false
	}
	found := textKey.FindIndex(w.data[w.i:])
	if found == nil {
		return false
	}
	w.i += found[1]
	return true
}
