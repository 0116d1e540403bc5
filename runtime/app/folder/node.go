package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

// node is a JSON value with its keys in the order in which they stand.
type node struct {
	kind   byte // '{', '[' or 0 for a scalar
	scalar []byte
	items  []entry
	// offset is where it begins in its text.
	offset int64
}

type entry struct {
	key   []byte // as JSON; nil in a list
	value node
}

// tree makes the nodes of a value; the keys of structs are in the order of their fields.
func tree(v any) (*node, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	n, _, err := parse(b.Bytes())
	if err != nil {
		return nil, fmt.Errorf("folder: %w", err)
	}
	return n, nil
}

// parse reads one JSON value; on an error it tells the offset.
func parse(text []byte) (*node, int64, error) {
	if !utf8.Valid(text) {
		return nil, 0, errors.New("it is not UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	n, err := value(dec, text, 0)
	if err == nil {
		if _, more := dec.Token(); more == nil {
			err = errors.New("there is more after the end")
		} else if !errors.Is(more, io.EOF) {
			err = more
		}
	}
	if err != nil {
		offset := dec.InputOffset()
		if s := new(json.SyntaxError); errors.As(err, &s) {
			offset = s.Offset
		}
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			offset, err = int64(len(text)), errors.New("the text ends too early")
		}
		return nil, offset, err
	}
	return &n, 0, nil
}

func value(dec *json.Decoder, text []byte, depth int) (node, error) {
	if depth > app.MaxDepth {
		return node{}, fmt.Errorf("it is nested deeper than %d", app.MaxDepth)
	}
	before := dec.InputOffset()
	token, err := dec.Token()
	if err != nil {
		return node{}, err
	}
	begin := before + int64(len(text[before:])-len(bytes.TrimLeft(text[before:], " \t\r\n,:")))
	n := node{offset: begin}
	open, is := token.(json.Delim)
	if !is {
		n.scalar, err = scalar(token)
		return n, err
	}
	n.kind = byte(open)
	for dec.More() {
		var e entry
		if open == '{' {
			key, err := dec.Token()
			if err != nil {
				return node{}, err
			}
			if e.key, err = scalar(key); err != nil {
				return node{}, err
			}
		}
		if e.value, err = value(dec, text, depth+1); err != nil {
			return node{}, err
		}
		n.items = append(n.items, e)
	}
	_, err = dec.Token()
	return n, err
}

// scalar writes a scalar as encoding/json does, without escapes for HTML.
func scalar(token json.Token) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(token)
	return bytes.TrimSpace(b.Bytes()), err
}

// get is the value of a key of an object, nil when there is none.
func (n *node) get(key string) *node {
	if n == nil || n.kind != '{' {
		return nil
	}
	want, err := scalar(key)
	if err != nil {
		return nil
	}
	for i := range n.items {
		if bytes.Equal(n.items[i].key, want) {
			return &n.items[i].value
		}
	}
	return nil
}

func (n *node) drop(key string) {
	want, _ := scalar(key)
	for i := range n.items {
		if bytes.Equal(n.items[i].key, want) {
			n.items = append(n.items[:i], n.items[i+1:]...)
			return
		}
	}
}

// find is the offset of what a JSON Pointer names, or of the last on the way that is there.
func (n *node) find(at string) int64 {
	tokens, err := spec.Pointer(at)
	if err != nil {
		return n.offset
	}
	for _, t := range tokens {
		next := n.get(t)
		if n.kind == '[' {
			if i, err := strconv.Atoi(t); err == nil && i >= 0 && i < len(n.items) {
				next = &n.items[i].value
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	return n.offset
}

// flat appends the node on one line with what stands between things and after names: "," and ":"
// without spaces, ", " and ": " as in {"a": 1, "b": [2, 3]}.
func (n *node) flat(dst []byte, between, after string) []byte {
	if n.kind == 0 {
		return append(dst, n.scalar...)
	}
	dst = append(dst, n.kind)
	for i := range n.items {
		if i > 0 {
			dst = append(dst, between...)
		}
		if n.items[i].key != nil {
			dst = append(append(dst, n.items[i].key...), after...)
		}
		dst = n.items[i].value.flat(dst, between, after)
	}
	return append(dst, n.kind+2)
}

// lineWidth is how wide a line may be that holds a whole value, in characters.
const lineWidth = 100

// printed is the text of a file: what fits stands on one line; of the things in a list the short
// properties share a line.
func printed(n *node) []byte {
	var b bytes.Buffer
	n.print(&b, 0, 0, true)
	b.WriteByte('\n')
	return b.Bytes()
}

// width is how wide the node is on one line; more than limit is not counted.
func (n *node) width(limit int) int {
	if n.kind == 0 {
		return utf8.RuneCount(n.scalar)
	}
	w := 2
	for i := range n.items {
		if i > 0 {
			w += 2
		}
		if n.items[i].key != nil {
			w += utf8.RuneCount(n.items[i].key) + 2
		}
		if w += n.items[i].value.width(limit); w > limit {
			return w
		}
	}
	return w
}

// print writes the node from a column on; whole says that it always has lines of its own.
func (n *node) print(b *bytes.Buffer, depth, column int, whole bool) {
	if n.kind == 0 || len(n.items) == 0 || !whole && column+n.width(lineWidth) <= lineWidth {
		b.Write(n.flat(nil, ", ", ": "))
		return
	}
	b.WriteByte(n.kind)
	indent := strings.Repeat("  ", depth+1)
	packing, at := false, 0
	for i := range n.items {
		e := &n.items[i]
		head := ""
		if e.key != nil {
			head = string(e.key) + ": "
		}
		// Scalars that follow each other share a line, in objects within lists: widgets, inputs.
		width := utf8.RuneCountInString(head) + e.value.width(lineWidth)
		short := n.kind == '{' && !whole && e.value.kind == 0
		if packing && short && at+2+width < lineWidth {
			b.WriteString(", ")
			at += 2 + width
		} else {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString("\n" + indent)
			at = len(indent) + width
		}
		packing = short
		b.WriteString(head)
		// A list of a file is never on one line: what is added to it is a line more.
		e.value.print(b, depth+1, len(indent)+utf8.RuneCountInString(head), whole && e.value.kind == '[')
	}
	b.WriteString("\n" + strings.Repeat("  ", depth))
	b.WriteByte(n.kind + 2)
}
