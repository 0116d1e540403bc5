package mqtt

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// scope says what placeholders of a template can name.
type scope int

const (
	// noTag: only what is about the message.
	noTag scope = iota
	// oneTag: that of the message.
	oneTag
	// manyTags: each placeholder names its tag, "${value:line1/speed}".
	manyTags
)

// source is a tag as a template sees it.
type source struct {
	path   tag.Path
	unit   string
	sample tag.Sample
}

// sample stands for a tag when a template is tried.
var sample = source{path: "area/name", unit: "bar", sample: tag.Sample{Value: tag.OfFloat(1.5), Source: 1_000_000_000}}

// template is static text with placeholders.
type template struct {
	parts []part
	// paths are the tags that placeholders name, each once.
	paths []tag.Path
	// json says that the text is JSON: what is put in is escaped as within a string.
	json bool
}

// part is text, or a placeholder when of or now is set.
type part struct {
	text string
	name string
	of   func(dst []byte, s *source) []byte
	now  func(dst []byte, now time.Time) []byte
	tag  int // place in paths
	raw  bool
}

// maxParts bounds the placeholders of one template.
const maxParts = 1000

const isoTime = "2006-01-02T15:04:05.000Z07:00"

var ofTag = map[string]func(dst []byte, s *source) []byte{
	"value": func(dst []byte, s *source) []byte {
		switch v := s.sample.Value; {
		case v.IsNone() || s.sample.Quality.IsBad():
			return append(dst, "null"...)
		case v.Type() == tag.Int: // AppendJSON quotes large ones for the sake of browsers
			return strconv.AppendInt(dst, v.Int(), 10)
		default:
			return v.AppendJSON(dst)
		}
	},
	"text": func(dst []byte, s *source) []byte {
		v := s.sample.Value
		if v.IsNone() || s.sample.Quality.IsBad() {
			return dst
		}
		if v.Type() == tag.Bytes {
			return append(dst, v.Text()...)
		}
		return append(dst, v.String()...)
	},
	"time": func(dst []byte, s *source) []byte {
		return s.sample.Source.Std().UTC().AppendFormat(dst, isoTime)
	},
	"time_ms": func(dst []byte, s *source) []byte { return strconv.AppendInt(dst, s.sample.Source.Milli(), 10) },
	"time_s":  func(dst []byte, s *source) []byte { return strconv.AppendInt(dst, s.sample.Source.Milli()/1000, 10) },
	"quality": func(dst []byte, s *source) []byte { return strconv.AppendUint(dst, uint64(s.sample.Quality), 10) },
	"status":  func(dst []byte, s *source) []byte { return append(dst, s.sample.Quality.String()...) },
	"path":    func(dst []byte, s *source) []byte { return append(dst, s.path...) },
	"name": func(dst []byte, s *source) []byte {
		return append(dst, s.path[strings.LastIndexByte(string(s.path), '/')+1:]...)
	},
	"area": func(dst []byte, s *source) []byte {
		return append(dst, s.path[:max(0, strings.LastIndexByte(string(s.path), '/'))]...)
	},
	"unit": func(dst []byte, s *source) []byte { return append(dst, s.unit...) },
}

var ofNow = map[string]func(dst []byte, now time.Time) []byte{
	"now":    func(dst []byte, now time.Time) []byte { return now.UTC().AppendFormat(dst, isoTime) },
	"now_ms": func(dst []byte, now time.Time) []byte { return strconv.AppendInt(dst, now.UnixMilli(), 10) },
	"now_s":  func(dst []byte, now time.Time) []byte { return strconv.AppendInt(dst, now.Unix(), 10) },
}

// parse reads a template.
func parse(text string, with scope) (*template, error) {
	t := &template{}
	trimmed := strings.TrimSpace(text)
	t.json = strings.HasPrefix(trimmed, "{") || strings.HasPrefix(trimmed, "[")
	places := map[tag.Path]int{}
	for rest := text; rest != ""; {
		before, inside, found := strings.Cut(rest, "${")
		if before != "" {
			t.parts = append(t.parts, part{text: before})
		}
		if !found {
			break
		}
		name, after, closed := strings.Cut(inside, "}")
		if !closed {
			return nil, fmt.Errorf("${%.20s is not closed by }", name)
		}
		kind, path, named := strings.Cut(name, ":")
		p := part{name: kind, of: ofTag[kind], now: ofNow[kind], raw: kind == "value"}
		switch {
		case p.of == nil && p.now == nil, p.now != nil && named, p.of != nil && with == noTag, with == oneTag && named:
			return nil, fmt.Errorf("${%.40s} is not known here", name)
		case p.of != nil && with == manyTags && !named:
			return nil, fmt.Errorf("${%.40s} names no tag", name)
		case p.of != nil && named:
			whole, err := tag.ParsePath(path)
			if err != nil {
				return nil, fmt.Errorf("%q is not the path of a tag", path)
			}
			place, known := places[whole]
			if !known {
				place = len(t.paths)
				places[whole] = place
				t.paths = append(t.paths, whole)
			}
			p.tag = place
		}
		t.parts = append(t.parts, p)
		if len(t.parts) > maxParts {
			return nil, fmt.Errorf("the template has more than %d parts", maxParts)
		}
		rest = after
	}
	return t, nil
}

// fill appends the text with what the placeholders stand for. from are the tags of paths, or the
// one tag.
func (t *template) fill(dst []byte, from []source, now time.Time) []byte {
	for i := range t.parts {
		p := &t.parts[i]
		switch start := len(dst); {
		case p.of != nil:
			if dst = p.of(dst, &from[p.tag]); t.json && !p.raw {
				dst = escape(dst, start)
			}
		case p.now != nil:
			dst = p.now(dst, now)
		default:
			dst = append(dst, p.text...)
		}
	}
	return dst
}

// escape makes what stands from start on fit within a JSON string.
func escape(dst []byte, start int) []byte {
	for _, c := range dst[start:] {
		if c < ' ' || c == '"' || c == '\\' || c >= 0x80 {
			quoted, _ := json.Marshal(string(dst[start:])) // a text always marshals; what is no UTF-8 is replaced
			return append(dst[:start], quoted[1:len(quoted)-1]...)
		}
	}
	return dst
}

// checkTemplate tries a template on a number.
func checkTemplate(text string, with scope) error {
	t, err := parse(text, with)
	if err != nil {
		return err
	}
	from := []source{sample}
	for len(from) < len(t.paths) {
		from = append(from, sample)
	}
	if out := t.fill(nil, from, time.UnixMilli(0)); t.json && !json.Valid(out) {
		return fmt.Errorf("the template looks like JSON but gives %.80s", out)
	}
	return nil
}
