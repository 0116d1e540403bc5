package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/drawing"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// The symbols of the widget "symbol": the table names them, an SVG each draws them.
const symbolsFolder = "widgets/symbol"

// symbolTable is symbols.json.
type symbolTable struct {
	Groups  []widgets.PresetGroup `json:"groups"`
	Symbols []struct {
		ID    string     `json:"id"`
		Group string     `json:"group"`
		Title spec.Text  `json:"title"`
		Words spec.Text  `json:"words"`
		Size  [2]float64 `json:"size"`
	} `json:"symbols"`
}

// tones are the colours that a source may use, and what they stand for.
var tones = map[string]string{
	"#FFFFFF": "body",   // filled by the state
	"#C0C0C0": "second", // filled alike in every state: actuators, jackets
	"#808080": "detail", // drawn within a body
	"#000000": "line",
	"#B0C4DE": "liquid",
}

// symbolPart is a part as the view draws it.
type symbolPart struct {
	ID     string    `json:"id,omitempty"`
	Path   string    `json:"d,omitempty"`
	Fill   string    `json:"fill,omitempty"`
	Stroke string    `json:"stroke,omitempty"`
	Dash   []float64 `json:"dash,omitempty"`
	Text   string    `json:"text,omitempty"`
	X      float64   `json:"x,omitempty"`
	Y      float64   `json:"y,omitempty"`
	Size   float64   `json:"size,omitempty"`
}

// symbol is one, compiled.
type symbol struct {
	Width  float64      `json:"w"`
	Height float64      `json:"h"`
	Parts  []symbolPart `json:"parts"`
	points []widgets.Point
}

func readSymbols(src *source) (*symbolTable, map[string]*symbol, error) {
	folder := filepath.Join(src.root, filepath.FromSlash(symbolsFolder))
	raw, err := os.ReadFile(filepath.Join(folder, "symbols.json"))
	if err != nil {
		return nil, nil, err
	}
	table := new(symbolTable)
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(table); err != nil {
		return nil, nil, fmt.Errorf("symbols.json: %w", err)
	}
	compiled := map[string]*symbol{}
	for _, s := range table.Symbols {
		svg, err := os.ReadFile(filepath.Join(folder, "symbols", s.ID+".svg"))
		if err != nil {
			return nil, nil, err
		}
		if compiled[s.ID], err = compileSymbol(svg); err != nil {
			return nil, nil, fmt.Errorf("%s.svg: %w", s.ID, err)
		}
	}
	drawn, err := filepath.Glob(filepath.Join(folder, "symbols", "*.svg"))
	if err != nil {
		return nil, nil, err
	}
	for _, name := range drawn {
		if id := strings.TrimSuffix(filepath.Base(name), ".svg"); compiled[id] == nil {
			return nil, nil, fmt.Errorf("%s.svg is not in symbols.json", id)
		}
	}
	return table, compiled, nil
}

// compileSymbol makes a symbol of its source. What the sources may not use is an error.
func compileSymbol(svg []byte) (*symbol, error) {
	d, problems := drawing.Compile(svg)
	if len(problems) > 0 {
		return nil, problems[0]
	}
	s := &symbol{Width: d.Width, Height: d.Height}
	if err := s.add(d.Parts); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *symbol) add(parts []app.Part) error {
	for _, p := range parts {
		if p.Kind == "group" {
			if err := s.add(p.Parts); err != nil {
				return err
			}
			continue
		}
		if name, is := strings.CutPrefix(p.ID, "port_"); is {
			x, y := center(p.Path)
			s.points = append(s.points, widgets.Point{Name: name, X: fraction(x, s.Width), Y: fraction(y, s.Height)})
			continue
		}
		out := symbolPart{ID: p.ID, Path: p.Path, Dash: p.Dash, Text: p.Text, X: p.X, Y: p.Y, Size: p.Size}
		var ok bool
		if out.Fill, ok = tones[p.Fill]; !ok && p.Fill != "" {
			return fmt.Errorf("the fill %s stands for nothing", p.Fill)
		}
		if out.Stroke, ok = tones[p.Stroke]; !ok && p.Stroke != "" {
			return fmt.Errorf("the stroke %s stands for nothing", p.Stroke)
		}
		if p.Kind == "image" || p.Opacity != nil || p.Hidden || p.FillRule != "" || p.Stroke != "" && p.StrokeWidth != 2 {
			return fmt.Errorf("the part %q is no plain line of width 2", p.ID)
		}
		s.Parts = append(s.Parts, out)
	}
	return nil
}

// center is the middle of what a path covers.
func center(path string) (float64, float64) {
	low, high := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	fields := strings.FieldsFunc(path, func(r rune) bool { return r == ' ' || r >= 'A' && r <= 'Z' })
	for i, f := range fields {
		v, _ := strconv.ParseFloat(f, 64)
		low[i%2], high[i%2] = math.Min(low[i%2], v), math.Max(high[i%2], v)
	}
	return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2
}

func fraction(v, of float64) float64 { return math.Round(v/of*1e5) / 1e5 }

// symbolsModule makes widgets/symbol/symbols.gen.ts: what the view draws.
func symbolsModule(src *source) ([]byte, error) {
	table, compiled, err := readSymbols(src)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "// %s\n\nimport type { Picture } from \"./library\";\n\n/** The symbols by id. */\nexport const symbols: Record<string, Picture> = {\n", mark)
	for _, s := range table.Symbols {
		text, err := json.Marshal(compiled[s.ID])
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(&b, "  %q: %s,\n", s.ID, text)
	}
	b.WriteString("};\n")
	return b.Bytes(), nil
}

// symbolPresets makes widgets/symbol/presets.gen.json: what the palette offers and pipes stick to.
func symbolPresets(src *source) ([]byte, error) {
	table, compiled, err := readSymbols(src)
	if err != nil {
		return nil, err
	}
	line := func(v any) string {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(v)
		return strings.TrimSpace(b.String())
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "{\n  \"$comment\": %q,\n  \"groups\": [\n", mark)
	known := map[string]bool{}
	for i, g := range table.Groups {
		known[g.ID] = true
		fmt.Fprintf(&b, "    %s%s\n", line(g), comma(i, len(table.Groups)))
	}
	b.WriteString("  ],\n  \"presets\": [\n")
	for i, s := range table.Symbols {
		if !known[s.Group] {
			return nil, fmt.Errorf("%s: there is no group %q", s.ID, s.Group)
		}
		for lang, words := range s.Words {
			if words == "" {
				delete(s.Words, lang)
			}
		}
		p := widgets.Preset{ID: s.ID, Title: s.Title, Words: s.Words, Group: s.Group, Points: compiled[s.ID].points,
			Size: widgets.Size{Width: s.Size[0], Height: s.Size[1]}}
		p.Inline = inline(p.Points, s.Group)
		for _, part := range compiled[s.ID].Parts {
			// The level and the tag name are set by properties.
			if part.ID != "" && part.ID != "liquid" && part.ID != "label" {
				p.Parts = append(p.Parts, part.ID)
			}
		}
		fmt.Fprintf(&b, "    %s%s\n", line(p), comma(i, len(table.Symbols)))
	}
	b.WriteString("  ]\n}\n")
	return b.Bytes(), nil
}

func comma(i, n int) string {
	if i < n-1 {
		return ","
	}
	return ""
}

// inline tells whether a line can go through from "w" to "e" at one height. A machine or vessel is
// no part of a line although pipes end at its sides.
func inline(points []widgets.Point, group string) bool {
	at := map[string]float64{}
	for _, p := range points {
		at[p.Name] = p.Y
	}
	w, e := at["w"], at["e"]
	switch group {
	case "valves", "pumps", "instruments", "fittings", "separation", "heat":
		return w > 0 && w == e
	}
	return false
}

// presets writes the part of docs/reference/widgets.md that lists the presets of a widget.
func (p *page) presets(m *widgets.Manifest) {
	if len(m.Presets) == 0 {
		return
	}
	for _, g := range m.PresetGroups {
		var rows [][]string
		for i := range m.Presets {
			s := &m.Presets[i]
			if s.Group != g.ID {
				continue
			}
			names := make([]string, len(s.Points))
			for j := range s.Points {
				names[j] = s.Points[j].Name
			}
			rows = append(rows, []string{code(s.ID), both(s.Title), fmt.Sprintf("%g × %g", s.Size.Width, s.Size.Height), strings.Join(names, " ")})
		}
		p.heading(3, "%s", both(g.Title))
		p.table([]string{code(m.Variant), "Title", "Size", "Connection points"}, rows)
	}
}
