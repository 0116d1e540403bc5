package drawing

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// node is one element. Names are without namespace; of attributes those of other namespaces
// are kept by their local name when SVG has none of that name (inkscape:label).
type node struct {
	name  string
	attrs map[string]string
	text  string
	kids  []*node
}

func (n *node) attr(name string) string { return strings.TrimSpace(n.attrs[name]) }

const svgSpace = "http://www.w3.org/2000/svg"

// parse reads the tree and the style sheets in it. Documents of any other kind, entities
// and what is beyond the limits are refused.
func parse(data []byte) (*node, []rule, *spec.Problem) {
	if len(data) > MaxBytes {
		return nil, nil, problem("svg_too_large", fmt.Sprintf("The file has %d MB, more than %d.", len(data)>>20, MaxBytes>>20), "Simplify it in the program that drew it.")
	}
	dec := xml.NewDecoder(bytes.NewReader(data))
	dec.Strict = true
	dec.Entity = nil
	dec.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		return nil, fmt.Errorf("the encoding %q is not UTF-8", charset)
	}
	var root *node
	var stack []*node
	count := 0
	for {
		token, err := dec.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, problem("svg_syntax", fmt.Sprintf("The file is no readable SVG: %v.", err), "Save it again as SVG, in UTF-8.")
		}
		switch t := token.(type) {
		case xml.StartElement:
			count++
			if count > maxNodes || len(stack) > 4*maxDepth {
				return nil, nil, problem("svg_too_many", fmt.Sprintf("The file has more than %d elements, or they are too deep.", maxNodes), "Simplify it in the program that drew it.")
			}
			n := &node{attrs: make(map[string]string, len(t.Attr))}
			if t.Name.Space == svgSpace || t.Name.Space == "" {
				n.name = t.Name.Local
			}
			for _, a := range t.Attr {
				if _, own := n.attrs[a.Name.Local]; own && a.Name.Space != "" {
					continue
				}
				n.attrs[a.Name.Local] = a.Value
			}
			if len(stack) == 0 {
				if root != nil || n.name != "svg" {
					return nil, nil, problem("svg_syntax", "The file is no SVG.", "Choose a file that begins with <svg>.")
				}
				root = n
			} else {
				parent := stack[len(stack)-1]
				parent.kids = append(parent.kids, n)
			}
			stack = append(stack, n)
		case xml.EndElement:
			if len(stack) > 0 {
				stack = stack[:len(stack)-1]
			}
		case xml.CharData:
			if len(stack) > 0 {
				if n := stack[len(stack)-1]; n.name == "style" || n.name == "text" || n.name == "tspan" || n.name == "title" || n.name == "a" {
					n.text += string(t)
				}
			}
		case xml.Directive:
			if bytes.Contains(t, []byte("ENTITY")) {
				return nil, nil, problem("svg_syntax", "The file defines entities.", "Save it as plain SVG.")
			}
		}
	}
	if root == nil {
		return nil, nil, problem("svg_syntax", "The file is no SVG.", "Choose a file that begins with <svg>.")
	}
	var sheet []rule
	var find func(n *node)
	find = func(n *node) {
		if n.name == "style" {
			sheet = append(sheet, rules(n.text)...)
		}
		for _, k := range n.kids {
			find(k)
		}
	}
	find(root)
	return root, sheet, nil
}
