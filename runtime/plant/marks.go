package plant

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of labels and attributes.
const (
	MaxLabels     = 32
	MaxAttributes = 64
	MaxLabel      = 64 // bytes of a label or key
	MaxAttribute  = 1000
)

// Marks are what people say of a thing beside what the runtime needs of it: to find it, to sort it, to know whom to call.
type Marks struct {
	// Labels are words to find it by, with label:…: letters and digits of any script, "_", "-" and ".".
	Labels []string `json:"labels,omitempty"`
	// Attributes are free facts by key: {"supplier": "KSB", "built": "2019"}. In expressions of the plant
	// attribute(".", "supplier") is the one of the same asset.
	Attributes map[string]string `json:"attributes,omitempty"`
}

// Label reports whether s may be a label or the key of an attribute.
func Label(s string) bool {
	if s == "" || len(s) > MaxLabel {
		return false
	}
	for _, r := range s {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) && r != '_' && r != '-' && r != '.' {
			return false
		}
	}
	return true
}

func (v *validator) marks(at func() string, m *Marks) {
	if len(m.Labels) == 0 && len(m.Attributes) == 0 {
		return
	}
	const form = `Write letters, digits, "_", "-" and ".", without spaces.`
	v.count(at()+"/labels", len(m.Labels), MaxLabels, "labels")
	for i, s := range m.Labels {
		place := func() string { return fmt.Sprintf("%s/labels/%d", at(), i) }
		if !Label(s) {
			v.fail("label_form", place(), form, "%q cannot be a label.", clip(s))
		}
		if slices.Index(m.Labels, s) < i {
			v.fail("id_double", place(), "Remove one of them.", "The label %q stands twice.", clip(s))
		}
	}
	v.count(at()+"/attributes", len(m.Attributes), MaxAttributes, "attributes")
	for key, s := range m.Attributes {
		place := at() + "/attributes/" + spec.Escape(key)
		if !Label(key) {
			v.fail("label_form", place, form, "%q cannot be the name of an attribute.", clip(key))
		}
		if len(s) > MaxAttribute {
			v.fail("text_too_long", place, "Make it shorter.", "The text has %d bytes, more than %d.", len(s), MaxAttribute)
		}
	}
}

// inherit adds what a model further up says, where these say nothing.
func (m *Marks) inherit(from *Marks) {
	for _, s := range from.Labels {
		if !slices.Contains(m.Labels, s) {
			m.Labels = append(m.Labels[:len(m.Labels):len(m.Labels)], s)
		}
	}
	if len(from.Attributes) == 0 {
		return
	}
	all := make(map[string]string, len(m.Attributes)+len(from.Attributes))
	for key, s := range from.Attributes {
		all[key] = s
	}
	for key, s := range m.Attributes {
		all[key] = s
	}
	m.Attributes = all
}

// attributePrefix and relationPrefix begin the columns of a CSV file that there is one of for each key or type.
const (
	attributePrefix = "attribute."
	relationPrefix  = "relation."
)

// flattenMarks writes labels and attributes into the cells of a row; unflattenMarks reads them.
func flattenMarks(row map[string]string, m *Marks) {
	if len(m.Labels) > 0 {
		row["labels"] = strings.Join(m.Labels, " ")
	}
	for key, s := range m.Attributes {
		if s != "" {
			row[attributePrefix+key] = s
		}
	}
}

func unflattenMarks(row map[string]string) Marks {
	var m Marks
	m.Labels = strings.FieldsFunc(row["labels"], func(r rune) bool { return unicode.IsSpace(r) || r == ',' || r == ';' })
	if len(m.Labels) == 0 {
		m.Labels = nil
	}
	for name, cell := range row {
		if key, ok := strings.CutPrefix(name, attributePrefix); ok && cell != "" {
			if m.Attributes == nil {
				m.Attributes = map[string]string{}
			}
			m.Attributes[key] = cell
		}
	}
	return m
}

// Marks are the labels and attributes of the asset at a path, those of its model included; false when there is no asset.
func (x *Expansion) Marks(path tag.Path) (Marks, bool) {
	a, ok := x.At(path)
	if !ok {
		return Marks{}, false
	}
	marks := a.Marks
	if m := x.Models[a.Model]; m != nil {
		marks.inherit(&m.Marks)
	}
	return marks, true
}
