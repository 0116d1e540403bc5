package spec

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Duration is a length of time in settings. As JSON it is a text in Go's syntax: "200ms", "5s", "1h30m".
type Duration time.Duration

// Std is the duration as the standard library has it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// MarshalText implements encoding.TextMarshaler.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil {
		return fmt.Errorf("duration: %w", err)
	}
	*d = Duration(v)
	return nil
}

// Fields describes the settings in a struct (or a pointer to one) by its tags, so that
// a component says once what it takes:
//
//	type settings struct {
//		Host string `json:"host" title:"Host" zh:"主机" help:"Name or address." helpZh:"名称或地址。" group:"connection" required:"true"`
//		Port int    `json:"port" title:"Port" zh:"端口" default:"502" min:"1" max:"65535"`
//		Mode string `json:"mode" title:"Mode" zh:"模式" enum:"tcp=TCP|TCP,rtu=RTU over TCP|基于TCP的RTU" default:"tcp"`
//		Gap  int    `json:"gap" title:"Gap" zh:"间隔" default:"8" advanced:"true" when:"mode=tcp,rtu"`
//	}
//
// The tags are:
//
//	json      name of the setting (required; "-" leaves the field out)
//	title     title in English (required)          zh       the same in Chinese (required)
//	help      one or two sentences in English      helpZh   the same in Chinese (with help)
//	group     where the inspector shows it: connection, advanced, content, data, look, behaviour
//	default   the default, written as it stands in JSON; quotes of texts are left out
//	min, max  least and greatest value of a number; of a duration, as a duration ("10ms");
//	          of a text, its length in characters; of a list, its length
//	unit      engineering unit shown behind the value
//	enum      the choices, by comma, each "value=English|中文" (or the bare value when it needs no other title)
//	required  "true": must be given
//	advanced  "true": folded away at first
//	secret    "true": a text that is stored encrypted and never sent back
//	bind      "true": a tag or an expression may stand in place of a constant
//	when      "other=a,b": shown (and required, if so) only when the setting "other" is a or b
//	kind      overrides the kind that follows from the Go type: text, duration, color, tag, image, screen, …
//
// The kind follows from the Go type: bool; int and uint types; float types; string (with
// enum: enum); Duration; tag.Path; a struct is an object, a slice of structs a list of objects; a
// slice of anything else a list whose only field has no name; json.RawMessage and any hold
// any value. A pointer is the type it points to: it is nil when not given. Embedded
// structs are part of the struct they stand in. Fields panics on anything else: it is a mistake in the program.
func Fields(settings any) []Field {
	t := reflect.TypeOf(settings)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if cached, ok := fieldCache.Load(t); ok {
		return cached.([]Field)
	}
	fs := structFields(t)
	fieldCache.Store(t, fs)
	return fs
}

var fieldCache sync.Map // reflect.Type → []Field

var (
	typeDuration = reflect.TypeFor[Duration]()
	typePath     = reflect.TypeFor[tag.Path]()
	typeRaw      = reflect.TypeFor[json.RawMessage]()
)

func structFields(t reflect.Type) []Field {
	if t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("spec: %s is not a struct", t))
	}
	out := []Field{}
	for sf := range t.Fields() {
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		switch {
		case name == "-":
			continue
		case sf.Anonymous && name == "":
			et := sf.Type
			if et.Kind() == reflect.Pointer {
				et = et.Elem()
			}
			out = append(out, structFields(et)...)
			continue
		case !sf.IsExported():
			continue
		case name == "":
			panic(fmt.Sprintf("spec: %s.%s has no json name", t, sf.Name))
		}
		out = append(out, describe(t.String()+"."+sf.Name, name, sf.Type, sf.Tag))
	}
	return out
}

func describe(place, name string, t reflect.Type, st reflect.StructTag) Field {
	fail := func(format string, args ...any) {
		panic(fmt.Sprintf("spec: %s: %s", place, fmt.Sprintf(format, args...)))
	}
	pointer := t.Kind() == reflect.Pointer
	if pointer {
		t = t.Elem()
	}
	f := Field{
		Name: name, Group: st.Get("group"), Unit: st.Get("unit"),
		Required: flag(fail, st, "required"), Advanced: flag(fail, st, "advanced"), Bind: flag(fail, st, "bind"),
	}
	if f.Title = text(st.Get("title"), st.Get("zh")); f.Title == nil {
		fail("needs title and zh")
	}
	if h := st.Get("help"); h != "" || st.Get("helpZh") != "" {
		if f.Help = text(h, st.Get("helpZh")); f.Help == nil {
			fail("needs help and helpZh")
		}
	}
	f.pointer = pointer
	f.Kind, f.Fields = kindOf(fail, place, t)
	if e := st.Get("enum"); e != "" {
		if f.Kind != KindString {
			fail("enum is for texts")
		}
		f.Kind, f.Options = KindEnum, options(e)
	}
	if flag(fail, st, "secret") {
		f.Kind = KindSecret
	}
	if k := st.Get("kind"); k != "" {
		f.Kind = Kind(k)
	}
	f.Min, f.Max = bound(fail, f.Kind, st.Get("min")), bound(fail, f.Kind, st.Get("max"))
	if w := st.Get("when"); w != "" {
		other, in, ok := strings.Cut(w, "=")
		if !ok {
			fail("when is not of the form other=a,b")
		}
		f.When = &When{Field: other, In: strings.Split(in, ",")}
	}
	if d, ok := st.Lookup("default"); ok {
		f.Default = json.RawMessage(d)
		if t.Kind() == reflect.String || t == typeDuration {
			b, err := json.Marshal(d)
			if err != nil {
				fail("default: %v", err)
			}
			f.Default = b
		}
		if !json.Valid(f.Default) {
			fail("default %s is not JSON", d)
		}
	}
	return f
}

func kindOf(fail func(string, ...any), place string, t reflect.Type) (Kind, []Field) {
	switch {
	case t == typeDuration:
		return KindDuration, nil
	case t == typePath:
		return KindTag, nil
	case t == typeRaw || t.Kind() == reflect.Interface:
		return KindAny, nil
	}
	switch t.Kind() {
	case reflect.Bool:
		return KindBool, nil
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return KindInt, nil
	case reflect.Float32, reflect.Float64:
		return KindFloat, nil
	case reflect.String:
		return KindString, nil
	case reflect.Struct:
		return KindObject, structFields(t)
	case reflect.Slice:
		if e := t.Elem(); e.Kind() == reflect.Struct {
			return KindList, structFields(e)
		} else if e != typeRaw {
			k, sub := kindOf(fail, place, e)
			return KindList, []Field{{Kind: k, Fields: sub}}
		}
	}
	fail("type %s cannot be a setting", t)
	return "", nil
}

func flag(fail func(string, ...any), st reflect.StructTag, key string) bool {
	switch v := st.Get(key); v {
	case "", "false":
		return false
	case "true":
		return true
	default:
		fail("%s is %q, not true", key, v)
		return false
	}
}

func text(en, zh string) Text {
	if en == "" || zh == "" {
		return nil
	}
	return Text{"en": en, "zh": zh}
}

func options(s string) []Option {
	parts := strings.Split(s, ",")
	out := make([]Option, len(parts))
	for i, p := range parts {
		value, titles, ok := strings.Cut(p, "=")
		if !ok {
			titles = value
		}
		en, zh, ok := strings.Cut(titles, "|")
		if !ok {
			zh = en
		}
		out[i] = Option{Value: value, Title: Text{"en": en, "zh": zh}}
	}
	return out
}

// bound reads a limit; those of durations are kept in seconds.
func bound(fail func(string, ...any), k Kind, s string) *float64 {
	if s == "" {
		return nil
	}
	if k == KindDuration {
		d, err := time.ParseDuration(s)
		if err != nil {
			fail("limit %q: %v", s, err)
		}
		v := d.Seconds()
		return &v
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		fail("limit %q: %v", s, err)
	}
	return &v
}
