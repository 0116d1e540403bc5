package spec

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"sync"
)

// shape is what a JSON value has to look like: made from a Go type (documents) or from
// fields (settings, properties of widgets).
type shape struct {
	kind shapeKind
	// keys of an object, in order; index finds them.
	keys  []member
	index map[string]int
	// elem is what a list or map holds.
	elem *shape
	// field bounds a scalar further.
	field *Field
}

type member struct {
	name  string
	shape *shape
}

type shapeKind uint8

const (
	shapeAny shapeKind = iota
	shapeBool
	shapeInt
	shapeFloat
	shapeString
	shapeObject
	shapeMap
	shapeList
)

// names as they stand in messages.
var shapeNames = [...]string{"any value", "true or false", "a whole number", "a number", "a text", "an object", "an object", "a list"}

func (s *shape) add(name string, m *shape) {
	if s.index == nil {
		s.index = map[string]int{}
	}
	s.index[name] = len(s.keys)
	s.keys = append(s.keys, member{name, m})
}

func (s *shape) names() []string {
	out := make([]string, len(s.keys))
	for i := range s.keys {
		out[i] = s.keys[i].name
	}
	return out
}

var typeShapes sync.Map // reflect.Type → *shape

// shapeOf is the shape of the documents that a Go type holds.
func shapeOf(t reflect.Type) *shape {
	if s, ok := typeShapes.Load(t); ok {
		return s.(*shape)
	}
	s := makeShape(t, map[reflect.Type]*shape{})
	typeShapes.Store(t, s)
	return s
}

// makeShape makes the shape of a type; begun are the structs around it, so that one may hold itself.
func makeShape(t reflect.Type, begun map[reflect.Type]*shape) *shape {
	if t == typeRaw {
		return &shape{kind: shapeAny}
	}
	if t == typeDuration {
		return &shape{kind: shapeString, field: &Field{Kind: KindDuration}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return makeShape(t.Elem(), begun)
	case reflect.Interface:
		return &shape{kind: shapeAny}
	case reflect.Bool:
		return &shape{kind: shapeBool}
	case reflect.String:
		return &shape{kind: shapeString}
	case reflect.Float32, reflect.Float64:
		return &shape{kind: shapeFloat}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return &shape{kind: shapeInt}
	case reflect.Slice, reflect.Array:
		return &shape{kind: shapeList, elem: makeShape(t.Elem(), begun)}
	case reflect.Map:
		return &shape{kind: shapeMap, elem: makeShape(t.Elem(), begun)}
	case reflect.Struct:
		if s, ok := begun[t]; ok {
			return s
		}
		s := &shape{kind: shapeObject}
		begun[t] = s
		for f := range t.Fields() {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			switch {
			case name == "-" || !f.IsExported():
			case name == "" && f.Anonymous:
				for _, m := range makeShape(f.Type, begun).keys {
					s.add(m.name, m.shape)
				}
			case name == "":
				panic(fmt.Sprintf("spec: %s.%s has no json name", t, f.Name))
			default:
				s.add(name, makeShape(f.Type, begun))
			}
		}
		return s
	}
	panic(fmt.Sprintf("spec: %s cannot stand in a document", t))
}

// shapeOfFields is the shape of an object that fields describe.
func shapeOfFields(fields []Field) *shape {
	s := &shape{kind: shapeObject, field: &Field{Fields: fields}}
	for i := range fields {
		s.add(fields[i].Name, shapeOfField(&fields[i]))
	}
	return s
}

func shapeOfField(f *Field) *shape {
	s := &shape{kind: shapeString, field: f}
	switch f.Kind {
	case KindBool:
		s.kind = shapeBool
	case KindInt:
		s.kind = shapeInt
	case KindFloat:
		s.kind = shapeFloat
	case KindAny:
		s.kind = shapeAny
	case KindParams:
		s.kind, s.elem = shapeMap, &shape{kind: shapeAny}
	case KindRows:
		s.kind, s.elem = shapeList, &shape{kind: shapeMap, elem: &shape{kind: shapeAny}}
	case KindObject:
		s = shapeOfFields(f.Fields)
	case KindList:
		s.kind = shapeList
		if scalarList(f) {
			s.elem = shapeOfField(&f.Fields[0])
		} else {
			s.elem = shapeOfFields(f.Fields)
		}
	}
	return s
}

// Checker checks JSON against fields; it is made once for many checks.
type Checker struct {
	shape *shape
	texts bool
}

// NewChecker makes a Checker of fields.
func NewChecker(fields []Field) *Checker { return &Checker{shape: shapeOfFields(fields)} }

// Check checks an object of settings. Places are relative to it.
func (c *Checker) Check(raw json.RawMessage) Problems {
	return check(raw, c.shape, MaxSettingsBytes, MaxDepth)
}

// Field finds the description of a setting.
func (c *Checker) Field(name string) (*Field, bool) {
	i, ok := c.shape.index[name]
	if !ok {
		return nil, false
	}
	return c.shape.keys[i].shape.field, true
}

// Value checks the value of one setting by itself. The name must be known (see Field).
func (c *Checker) Value(name string, raw json.RawMessage) Problems {
	return checkWith(raw, c.shape.keys[c.shape.index[name]].shape, MaxSettingsBytes, MaxDepth, c.texts)
}

// Unknown is the problem of a name that c does not know, with the nearest that it does.
func (c *Checker) Unknown(name, at string) *Problem {
	return unknown("key_unknown", at, fmt.Sprintf("%q is not known here.", clip(name)), name, c.shape.names())
}

// Validate checks raw, an object, against fields: every problem at once.
func Validate(fields []Field, raw json.RawMessage) Problems { return NewChecker(fields).Check(raw) }

// OneOf is the problem of a name that is not among the known ones, with the nearest.
func OneOf(code, at, message, name string, known []string) *Problem {
	return unknown(code, at, message, name, known)
}

func unknown(code, at, message, name string, known []string) *Problem {
	p := &Problem{Code: code, At: at, Message: message}
	switch near := Nearest(name, known); {
	case near != "":
		p.Hint = fmt.Sprintf("Did you mean %q?", near)
	case len(known) == 0:
		p.Hint = "Remove it."
	default:
		list := known
		if len(list) > 12 {
			list = append(append([]string{}, list[:12]...), "…")
		}
		p.Hint = "Known are: " + strings.Join(list, ", ")
	}
	return p
}
