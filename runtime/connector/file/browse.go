package file

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of a browse.
const (
	maxNodes = 1000
	maxShown = 1000 // bytes of a value
)

// Browse implements connector.Browser: folders and files, below a file its columns or what its
// JSON holds, with the values of the last row or line. An id is "name" or "name#pointer".
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	name, pointer, inside := strings.Cut(id, "#")
	if !inside && (name == "" || strings.HasSuffix(name, "/")) {
		return list(strings.TrimSuffix(name, "/"))
	}
	t := &tail{name: name, settings: c.settings, picks: []payload.Pick{{}}, linePicks: []payload.LinePick{{}}}
	if _, err := t.look(ctx, c.closed); err != nil {
		return nil, err
	}
	if t.err != nil {
		return nil, t.err
	}
	address := map[string]string{}
	if name != c.settings.File {
		address["file"] = name
	}
	switch c.settings.Format {
	case "csv":
		return columns(t, name, address)
	case "jsonl":
		line, _ := t.lineView.Line(0)
		return members(line, name, pointer, address)
	}
	return members(t.document, name, pointer, address)
}

func list(dir string) ([]connector.Node, error) {
	entries, err := folder.List(dir)
	if err != nil {
		return nil, err
	}
	var out []connector.Node
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		switch {
		case len(out) == maxNodes:
		case e.IsDir():
			out = append(out, connector.Node{ID: name + "/", Name: e.Name(), HasChild: true})
		case e.Type().IsRegular():
			out = append(out, connector.Node{ID: name, Name: e.Name(), HasChild: true})
		}
	}
	return out, nil
}

func columns(t *tail, file string, address map[string]string) ([]connector.Node, error) {
	names := t.view.Columns()
	cells, _ := t.view.Row(0)
	if names == nil {
		for i := range cells {
			names = append(names, fmt.Sprint(i+1))
		}
	}
	decimal := byte('.')
	if t.settings.Decimal == "comma" {
		decimal = ','
	}
	var out []connector.Node
	for i, name := range names {
		if i == maxNodes {
			break
		}
		address["column"] = name
		raw, err := json.Marshal(address)
		if err != nil {
			return nil, err
		}
		n := connector.Node{ID: file + "#" + name, Name: name, Address: raw, Type: "string"}
		if i < len(cells) {
			v := payload.Guess(cells[i], decimal)
			if t := v.Type(); t != tag.None {
				n.Type = t.String()
			}
			if shown := v.AppendJSON(nil); len(shown) <= maxShown {
				n.Value = shown
			}
		}
		out = append(out, n)
	}
	return out, nil
}

// members lists what a JSON text holds at a place.
func members(text []byte, file, pointer string, address map[string]string) ([]connector.Node, error) {
	if pointer != "" {
		p, err := payload.ParsePath(pointer)
		if err != nil {
			return nil, err
		}
		var s payload.Selector
		slot := s.Add(p)
		found := make([][]byte, s.Count())
		if err := s.Find(text, found); err != nil {
			return nil, err
		}
		text = found[slot]
	}
	if text == nil {
		return nil, nil
	}
	children, err := payload.Children(text, maxNodes)
	if err != nil {
		return nil, err
	}
	var out []connector.Node
	for _, child := range children {
		at := pointer + "/" + spec.Escape(child.Name)
		address["path"] = at
		raw, err := json.Marshal(address)
		if err != nil {
			return nil, err
		}
		n := connector.Node{ID: file + "#" + at, Name: child.Name, Address: raw, Type: payload.TypeOf(child.Text).String()}
		switch n.Type {
		case "json":
			n.HasChild = len(bytes.TrimSpace(child.Text)) > 2
		case "none":
			n.Type = "float"
		}
		if len(child.Text) <= maxShown {
			n.Value = bytes.Clone(child.Text)
		}
		out = append(out, n)
	}
	return out, nil
}
