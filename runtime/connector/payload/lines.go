package payload

import (
	"bytes"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// LinePick says which line of a text of JSON lines is wanted: of those whose value at Key says
// Value, the one with the latest time at Time, else the last, or with First the first.
type LinePick struct {
	Key   *Path // nil: every line
	Value string
	Time  *Path // nil: by their order
	First bool
}

// Lines reads a text of one JSON value a line (NDJSON) and keeps the lines that are wanted. What
// is not JSON is passed over.
type Lines struct {
	zone     *time.Location
	selector Selector
	found    [][]byte
	rows     []pickedLine
	count    int
	wrong    int
}

type pickedLine struct {
	LinePick
	key, time int // in found
	line      []byte
	at        tag.Time
}

// NewLines makes a reader that keeps a line of every pick.
func NewLines(zone *time.Location, picks []LinePick) *Lines {
	l := &Lines{zone: zone, rows: make([]pickedLine, len(picks))}
	for i, p := range picks {
		r := &l.rows[i]
		r.LinePick = p
		if p.Key != nil {
			r.key = l.selector.Add(*p.Key)
		}
		if p.Time != nil {
			r.time = l.selector.Add(*p.Time)
		}
	}
	l.found = make([][]byte, l.selector.Count())
	return l
}

// Clone is a copy that goes on by itself.
func (l *Lines) Clone() *Lines {
	c := *l
	c.rows = slices.Clone(l.rows)
	for i := range c.rows {
		c.rows[i].line = bytes.Clone(l.rows[i].line)
	}
	c.found = make([][]byte, len(l.found))
	return &c
}

// Line is the line of a pick and its time, 0 if it has none; nil when no line fits.
func (l *Lines) Line(pick int) ([]byte, tag.Time) { return l.rows[pick].line, l.rows[pick].at }

// Count is the number of lines that were read, and of those that are not JSON.
func (l *Lines) Count() (all, wrong int) { return l.count, l.wrong }

// Feed reads the complete lines at the beginning of a UTF-8 text and returns how many bytes they
// took. With end, what follows the last line break is a line too.
func (l *Lines) Feed(text []byte, end bool) (int, error) {
	used := 0
	var err error
	for used < len(text) {
		n := bytes.IndexByte(text[used:], '\n')
		switch {
		case n < 0 && !end && len(text)-used <= maxRecord:
			return used, err
		case n < 0:
			n = len(text) - used - 1
		}
		line := bytes.TrimSpace(text[used : used+n+1])
		used += n + 1
		if len(line) > maxRecord {
			err = ErrTooLarge
		} else if len(line) > 0 {
			l.line(line)
		}
	}
	return used, err
}

func (l *Lines) line(line []byte) {
	l.count++
	if l.selector.Find(line, l.found) != nil {
		l.wrong++
		return
	}
	for i := range l.rows {
		p := &l.rows[i]
		if p.Key != nil {
			if v, _ := JSON(l.found[p.key], tag.String); v.IsNone() || v.Text() != p.Value {
				continue
			}
		}
		if p.First && p.line != nil && p.Time == nil {
			continue
		}
		var at tag.Time
		if p.Time != nil {
			at, _ = JSONTime(l.found[p.time], l.zone)
			if p.line != nil && (p.First && at >= p.at || !p.First && at < p.at) {
				continue
			}
		}
		p.line, p.at = append(p.line[:0], line...), at
	}
}
