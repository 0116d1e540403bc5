package http

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/spec"
)

// maxNodes bounds what one browse lists, maxShown the value of a node in bytes.
const (
	maxNodes = 1000
	maxShown = 1000
)

// Browse implements connector.Browser: the address of the device and those that tags ask for,
// and below each what its JSON holds. An id is "path#pointer".
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	if id == "" {
		return c.roots(), nil
	}
	path, pointer, _ := strings.Cut(id, "#")
	u, err := resolve(c.settings.base, path)
	if err != nil {
		return nil, err
	}
	client, ctx, end, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	a, err := exchange(ctx, client, c.settings, target{method: "GET", url: u.String()}, nil)
	if err != nil {
		return nil, err
	}
	if refused := refusal(a.status); refused != nil {
		return nil, refused
	}
	text, err := a.decoded(c.settings)
	if err != nil {
		return nil, err
	}
	if pointer != "" {
		var s payload.Selector
		p, err := payload.ParsePath(pointer)
		if err != nil {
			return nil, err
		}
		slot := s.Add(p)
		found := make([][]byte, s.Count())
		if err := s.Find(text, found); err != nil {
			return nil, err
		}
		text = found[slot]
	}
	children, err := payload.Children(text, maxNodes)
	if err != nil {
		return whole(path, text), nil // a text is one value
	}
	var out []connector.Node
	for _, child := range children {
		at := pointer + "/" + spec.Escape(child.Name)
		n := connector.Node{ID: path + "#" + at, Name: child.Name}
		n.Address, err = json.Marshal(map[string]string{"url": path, "path": at})
		if err != nil {
			return nil, fmt.Errorf("address of %s: %w", at, err)
		}
		if n.Type = payload.TypeOf(child.Text).String(); n.Type == "json" {
			n.HasChild = len(bytes.TrimSpace(child.Text)) > 2
		}
		if n.Type == "none" {
			n.Type = "float"
		}
		if len(child.Text) <= maxShown {
			n.Value = json.RawMessage(child.Text)
		}
		out = append(out, n)
	}
	return out, nil
}

// roots lists the addresses that are known.
func (c *Connector) roots() []connector.Node {
	c.mu.Lock()
	defer c.mu.Unlock()
	self := c.settings.base.RequestURI()
	out := []connector.Node{{ID: self, Name: self, HasChild: true}}
	for _, p := range c.pages {
		if u, err := parseBase(p.url); err == nil && u.Host == c.settings.base.Host && u.RequestURI() != self {
			out = append(out, connector.Node{ID: u.RequestURI(), Name: u.RequestURI(), HasChild: true})
		}
	}
	return out
}

// whole is a text as one value.
func whole(path string, text []byte) []connector.Node {
	address, err := json.Marshal(map[string]string{"url": path, "format": "text"})
	if err != nil {
		return nil
	}
	n := connector.Node{ID: path + "#text", Name: "text", Address: address, Type: "string"}
	if shown := text[:min(len(text), maxShown)]; len(shown) > 0 {
		n.Value, _ = json.Marshal(string(shown)) // a text always can
	}
	return []connector.Node{n}
}
