package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Fix is a change that mends a problem.
type Fix struct {
	// Title says what is done, as a command: "Use the colour surface".
	Title Text `json:"title"`
	// Patch is done in order; it changes the document that the problem was found in.
	Patch []PatchOp `json:"patch" nullable:"false"`
}

// PatchOp is one operation of a JSON Patch (RFC 6902); copy and test are not used.
type PatchOp struct {
	Op string `json:"op" enum:"add,replace,remove,move"`
	// Path is the JSON Pointer (RFC 6901) of what is changed; the last token of an add to a list may be "-".
	Path string `json:"path"`
	// From is the place of what a move takes to Path.
	From string `json:"from,omitempty"`
	// Value of add and replace.
	Value json.RawMessage `json:"value,omitempty"`
}

// Set is the operation that gives an object's key a value, whether it has one or not.
func Set(path string, value any) PatchOp { return PatchOp{Op: "add", Path: path, Value: encode(value)} }

// Replace is the operation that changes what is there.
func Replace(path string, value any) PatchOp {
	return PatchOp{Op: "replace", Path: path, Value: encode(value)}
}

// Remove is the operation that takes out what is there.
func Remove(path string) PatchOp { return PatchOp{Op: "remove", Path: path} }

// encode panics on what is no JSON, which is a mistake of the program.
func encode(value any) json.RawMessage {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(value); err != nil {
		panic(fmt.Sprintf("spec: a fix with the value %v: %v", value, err))
	}
	return bytes.TrimSpace(b.Bytes())
}

// Apply does the operations on a JSON text and answers the changed text. Numbers stay as they
// were written. An operation on what is not there is an error, and then nothing is changed.
func Apply(doc []byte, patch []PatchOp) ([]byte, error) {
	tree, err := decode(doc)
	if err != nil {
		return nil, fmt.Errorf("patch: %w", err)
	}
	for _, op := range patch {
		if tree, err = op.apply(tree); err != nil {
			return nil, fmt.Errorf("patch: %s %s: %w", op.Op, op.Path, err)
		}
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(tree); err != nil {
		return nil, fmt.Errorf("patch: %w", err)
	}
	return out.Bytes(), nil
}

func decode(text []byte) (tree any, err error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	err = dec.Decode(&tree)
	return tree, err
}

func (op PatchOp) apply(tree any) (any, error) {
	path, err := Pointer(op.Path)
	if err != nil {
		return nil, err
	}
	var value any
	switch op.Op {
	case "add", "replace":
		if value, err = decode(op.Value); err != nil {
			return nil, err
		}
	case "move":
		from, err := Pointer(op.From)
		if err != nil {
			return nil, err
		}
		if len(path) > len(from) && slices.Equal(path[:len(from)], from) {
			return nil, fmt.Errorf("%q cannot be moved into itself", op.From)
		}
		if tree, value, err = edit(tree, from, "remove", nil); err != nil {
			return nil, err
		}
		tree, _, err = edit(tree, path, "add", value)
		return tree, err
	case "remove":
	default:
		return nil, fmt.Errorf("there is no operation %q", op.Op)
	}
	tree, _, err = edit(tree, path, op.Op, value)
	return tree, err
}

// edit does one operation below a node and answers the node, which may be a new one, and what
// was at the place.
func edit(node any, path []string, op string, value any) (whole, old any, err error) {
	if len(path) == 0 {
		if op == "remove" {
			return nil, node, nil
		}
		return value, node, nil
	}
	key, last := path[0], len(path) == 1
	switch n := node.(type) {
	case map[string]any:
		child, there := n[key]
		switch {
		case !there && !(last && op == "add"):
			return nil, nil, fmt.Errorf("there is no %q", key)
		case last && op == "remove":
			delete(n, key)
			return n, child, nil
		}
		n[key], old, err = edit(child, path[1:], op, value)
		return n, old, err
	case []any:
		if last && op == "add" && key == "-" {
			return append(n, value), nil, nil
		}
		i, err := strconv.Atoi(key)
		if err != nil || i < 0 || i > len(n) || i == len(n) && !(last && op == "add") || key != strconv.Itoa(i) {
			return nil, nil, fmt.Errorf("there is no element %q", key)
		}
		switch {
		case last && op == "add":
			return slices.Insert(n, i, value), nil, nil
		case last && op == "remove":
			old = n[i]
			return slices.Delete(n, i, i+1), old, nil
		}
		n[i], old, err = edit(n[i], path[1:], op, value)
		return n, old, err
	}
	return nil, nil, fmt.Errorf("%q is in no object and no list", key)
}

var pointerUnescape = strings.NewReplacer("~1", "/", "~0", "~")

// Pointer takes a JSON Pointer apart.
func Pointer(at string) ([]string, error) {
	if at == "" {
		return nil, nil
	}
	if at[0] != '/' {
		return nil, fmt.Errorf("%q is not a JSON Pointer", at)
	}
	tokens := strings.Split(at[1:], "/")
	for i, token := range tokens {
		tokens[i] = pointerUnescape.Replace(token)
	}
	return tokens, nil
}
