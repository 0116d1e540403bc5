package main

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/lineside/lineside/runtime/session"
)

// livePage makes docs/reference/live.md from wire.go.
func livePage(src *source) ([]byte, error) {
	wire, err := src.of(module + "runtime/session")
	if err != nil {
		return nil, err
	}
	intro := ""
	for _, text := range wire.loose["wire.go"] {
		if _, rest, ok := strings.Cut(text, "\n\n"); ok && strings.HasPrefix(text, "This file is") {
			intro = rest
		}
	}
	if intro == "" {
		return nil, fmt.Errorf("wire.go has no comment that begins with %q and goes on", "This file is")
	}
	p := newPage("The live protocol", "One WebSocket at `/api/v1/live` with JSON text frames.\n\n"+goDoc(intro, 2))

	p.heading(2, "Example")
	for _, step := range []struct {
		who   string
		frame any
	}{
		{"The client watches tags", session.Request{ID: 1, Op: "watch", Tags: []string{"area/line/*/speed"}}},
		{"and gets slots with the present values", session.Reply{ID: 1, OK: true, View: 1, Slots: []session.WatchSlot{{Slot: 7, Path: "area/line/1/speed"}, {Slot: 8, Path: "area/line/2/speed"}}, T: 1795000000000, Values: rows(`[7,1.5]`, `[8,null,2150694912,1794999990000]`)}},
		{"Changes follow", session.Values{Op: "values", View: 1, T: 1795000000250, Values: rows(`[7,1.6]`)}},
		{"It opens a screen", session.Request{ID: 2, Op: "open", Installation: "line1", Screen: "main"}},
		{"and writes a tag", session.Request{ID: 3, Op: "write", Tag: "area/line/1/setpoint", Value: json.RawMessage("2.5")}},
		{"which the device has confirmed", session.Reply{ID: 3, OK: true, Result: &session.WriteResult{Outcome: "good", Old: json.RawMessage("1.5"), New: json.RawMessage("2.5")}}},
	} {
		raw, err := json.Marshal(step.frame)
		if err != nil {
			return nil, err
		}
		p.paragraph(step.who + ":\n\n```json\n" + string(raw) + "\n```")
	}

	for _, s := range []struct {
		title string
		types []reflect.Type
	}{
		{"From the client", []reflect.Type{reflect.TypeFor[session.Request]()}},
		{"From the server", []reflect.Type{reflect.TypeFor[session.Reply](), reflect.TypeFor[session.Values](), reflect.TypeFor[session.Slots](), reflect.TypeFor[session.Notice](), reflect.TypeFor[session.Writes](), reflect.TypeFor[session.Alarms]()}},
		{"Parts", []reflect.Type{
			reflect.TypeFor[session.Error](), reflect.TypeFor[session.WatchSlot](), reflect.TypeFor[session.ViewBinding](), reflect.TypeFor[session.Meta](),
			reflect.TypeFor[session.ViewApp](), reflect.TypeFor[session.ViewScreen](), reflect.TypeFor[session.WriteResult](), reflect.TypeFor[session.Blocked](), reflect.TypeFor[session.AskedWrite](), reflect.TypeFor[session.Ramp]()}},
	} {
		p.heading(2, "%s", s.title)
		for _, t := range s.types {
			p.heading(3, "%s", t.Name())
			p.paragraph(goDoc(src.typeDoc(t), 4))
			p.members(src, t)
		}
	}

	for _, g := range wire.groups {
		if g.file != "wire.go" {
			continue
		}
		var table [][]string
		for _, c := range g.consts {
			table = append(table, []string{code(c.name), c.value, strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(c.doc), c.name+": "), c.name+" is ")})
		}
		if len(g.consts) > 1 {
			title, rest, _ := strings.Cut(strings.TrimSpace(g.doc), ".")
			p.heading(2, "%s", title)
			p.paragraph(rest)
		} else {
			p.heading(2, "%s", g.consts[0].name)
			table[0][2] = strings.TrimPrefix(strings.TrimSpace(g.doc), g.consts[0].name+" is ")
		}
		p.table([]string{"Name", "Value", "Meaning"}, table)
	}
	return p.Bytes(), nil
}

func rows(texts ...string) []json.RawMessage {
	out := make([]json.RawMessage, len(texts))
	for i, t := range texts {
		out[i] = json.RawMessage(t)
	}
	return out
}

// members writes a table of the keys of a type.
func (p *page) members(src *source, t reflect.Type) {
	w := &tsWriter{src: src, names: map[string]reflect.Type{}, done: map[reflect.Type]bool{}}
	var table [][]string
	for f := range t.Fields() {
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			continue
		}
		typ := tsFields[key(t)+"."+f.Name]
		if typ == "" {
			typ = w.typeOf(f.Type)
		}
		if e := f.Tag.Get("enum"); e != "" {
			typ = strings.ReplaceAll(e, ",", ", ")
		}
		always := "always"
		if strings.Contains(opts, "omitempty") {
			always = ""
		}
		table = append(table, []string{code(name), code(typ), always, renamed(src.fieldDoc(t, f.Name), f.Name, name)})
	}
	p.table([]string{"Key", "Type", "Given", "Meaning"}, table)
}
