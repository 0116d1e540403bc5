package frame

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// listenFor is how long a frame is waited for when somebody looks.
const listenFor = 3 * time.Second

// Identify implements connector.Identifier: it shows a frame.
func (l *listener) Identify(ctx context.Context) (string, error) {
	frames := l.look(ctx)
	if len(frames) == 0 {
		return "", nil
	}
	return "↓ " + show(frames[len(frames)-1]), nil
}

// Identify implements connector.Identifier: it shows the reply to the first request.
func (p *poller) Identify(ctx context.Context) (string, error) {
	f, err := p.ask(ctx, &p.settings.Requests[0])
	if err != nil {
		return "", err
	}
	return "↓ " + show(f), nil
}

// look gives the frames that came in last, and waits for the first when nobody reads.
func (l *listener) look(ctx context.Context) [][]byte {
	if frames := l.recent.list(); len(frames) > 0 || !l.running.TryLock() {
		return frames
	}
	l.running.Unlock()
	ctx, cancel := context.WithTimeout(ctx, listenFor)
	defer cancel()
	_ = l.first(ctx) // what came in is looked at
	return l.recent.list()
}

// Browse implements connector.Browser: the frames that came in last, and what can be in them.
func (l *listener) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	frames := l.look(ctx)
	if id == "" {
		if len(frames) == 0 {
			return nil, &spec.Problem{Code: "frame_silent", Message: "No frame has come in yet.", Hint: "Make the device send, check how frames end and the checksum, then browse again."}
		}
		var nodes []connector.Node
		for i, f := range frames {
			nodes = append(nodes, connector.Node{ID: strconv.Itoa(i), Name: name(f, i), Title: show(f), HasChild: true})
		}
		return nodes, nil
	}
	at, sub, _ := strings.Cut(id, "/")
	i, err := strconv.Atoi(at)
	if err != nil || i < 0 || i >= len(frames) {
		return nil, &spec.Problem{Code: "node_unknown", Message: "That frame is no longer there.", Hint: "Browse again."}
	}
	base := Address{}
	if len(frames) > 1 {
		base.Match = beginning(frames[i])
	}
	return fields(frames[i], base, id, sub), nil
}

// Browse implements connector.Browser: the requests, and what can be in their replies.
func (p *poller) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	if id == "" {
		var nodes []connector.Node
		for i := range p.settings.Requests {
			r := &p.settings.Requests[i]
			nodes = append(nodes, connector.Node{ID: strconv.Itoa(i), Name: r.Name, HasChild: true})
		}
		return nodes, nil
	}
	at, sub, _ := strings.Cut(id, "/")
	i, err := strconv.Atoi(at)
	if err != nil || i < 0 || i >= len(p.settings.Requests) {
		return nil, &spec.Problem{Code: "node_unknown", Message: "That request is no longer there.", Hint: "Browse again."}
	}
	f, err := p.ask(ctx, &p.settings.Requests[i])
	if err != nil {
		return nil, err
	}
	return fields(f, Address{Request: p.settings.Requests[i].Name}, id, sub), nil
}

// beginning is the word that a frame of text begins with, in the notation of parseBytes.
func beginning(f []byte) string {
	n := 0
	for n < len(f) && (f[n] >= 'A' && f[n] <= 'Z' || f[n] >= 'a' && f[n] <= 'z' || f[n] == '$') {
		n++
	}
	if n == 0 && len(f) > 0 {
		return hexPrefix + " " + spaced(f[:1])
	}
	return string(f[:n])
}

func name(f []byte, i int) string {
	if word := beginning(f); !strings.HasPrefix(word, hexPrefix) && word != "" {
		return word
	}
	return fmt.Sprint("frame ", i+1)
}

// isText reports whether a frame is one of characters.
func isText(f []byte) bool {
	for _, c := range f {
		if c < ' ' && c != '\t' && c != 2 && c != 3 {
			return false
		}
	}
	return utf8.Valid(f)
}

// maxParts bounds what is shown of one frame.
const maxParts = 200

// fields are what can be in a frame: the parts of a text, the numbers of bytes.
func fields(f []byte, base Address, id, sub string) []connector.Node {
	node := func(name string, a Address, t tag.Type) (connector.Node, bool) {
		a.By = orDefault(a.By, "position")
		raw, err := json.Marshal(a)
		if err != nil {
			return connector.Node{}, false
		}
		parsed, err := ParseAddress(raw, t, false)
		if err != nil {
			return connector.Node{}, false
		}
		v, q := parsed.decode(f, t)
		n := connector.Node{ID: id + "/" + name, Name: name, Address: raw, Type: t.String()}
		if q.IsGood() {
			n.Value = v.AppendJSON(nil)
		}
		return n, q.IsGood()
	}
	var out []connector.Node
	add := func(name string, a Address, t tag.Type) {
		if n, ok := node(name, a, t); ok && len(out) < maxParts {
			out = append(out, n)
		}
	}
	if !isText(f) {
		groups := []struct {
			name, kind string
			size       int
			order      string
			typ        tag.Type
		}{{"uint8", "uint", 1, "big", tag.Int}, {"int16", "int", 2, "big", tag.Int}, {"int16 little", "int", 2, "little", tag.Int}, {"int32", "int", 4, "big", tag.Int}, {"int32 little", "int", 4, "little", tag.Int}, {"float32", "float", 4, "big", tag.Float}, {"float32 little", "float", 4, "little", tag.Float}, {"float32 swapped", "float", 4, "word-swapped", tag.Float}}
		for _, g := range groups {
			if sub == "" {
				out = append(out, connector.Node{ID: id + "/" + g.name, Name: g.name, HasChild: true})
				continue
			}
			for at := 0; sub == g.name && at+g.size <= len(f); at++ {
				a := base
				a.Kind, a.Offset, a.Size, a.Order = g.kind, at, g.size, g.order
				add(fmt.Sprint("byte ", at), a, g.typ)
			}
		}
		return out
	}
	whole := base
	whole.Kind = "text"
	add("text", whole, tag.String)
	separator, most := "", 0
	for _, s := range []string{",", ";", "\t", "|", " "} {
		if n := bytes.Count(f, []byte(s)); n > most {
			separator, most = s, n
		}
	}
	if separator != "" {
		for i := range bytes.Count(f, []byte(separator)) + 1 {
			a := base
			a.Kind, a.By, a.Separator, a.Index = "number", "separator", strings.ReplaceAll(separator, "\t", "<TAB>"), i+1
			if n, ok := node(fmt.Sprint("part ", i+1), a, tag.Float); ok && len(out) < maxParts {
				out = append(out, n)
				continue
			}
			a.Kind = "text"
			add(fmt.Sprint("part ", i+1), a, tag.String)
		}
	}
	for i, span := range numbers.FindAllIndex(f, maxParts) {
		a := base
		a.Kind, a.Offset, a.Length = "number", span[0], span[1]-span[0]
		add(fmt.Sprint("number ", i+1), a, tag.Float)
	}
	return out
}

func orDefault(s, d string) string {
	if s == "" {
		return d
	}
	return s
}
