package file

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// maxMatches is the most files that are looked at for a pattern.
const maxMatches = 10_000

// point is one tag of a file.
type point struct {
	id             int
	typ            tag.Type
	address        *Address
	broken         bool // the address does not suit the format
	pick           int  // of rows or lines
	slot, timeSlot int  // of a JSON text, -1 for none
	held           tag.Sample
}

// request reads one file, or the newest of a pattern, for all of its points.
type request struct {
	c      *Connector
	name   string
	ids    []int
	points []point
	picks  []payload.Pick
	lines  []payload.LinePick
	json   payload.Selector

	tail    *tail
	updates []connector.Update // of the last look
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// Plan implements connector.Connector: a request for every file.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	var out []connector.Request
	by := map[string]*request{}
	for i := range points {
		p := &points[i]
		a, ok := p.Address.(*Address)
		name := c.settings.File
		if ok && a.File != "" {
			name = a.File
		}
		r := by[name]
		if r == nil {
			r = &request{c: c, name: name}
			by[name] = r
			out = append(out, r)
		}
		r.ids = append(r.ids, p.ID)
		r.points = append(r.points, r.point(p, a))
	}
	return out
}

func (r *request) point(p *connector.Point, a *Address) point {
	pt := point{id: p.ID, typ: p.Type, address: a, slot: -1, timeSlot: -1}
	if a == nil {
		pt.broken = true
		return pt
	}
	first := a.Row == "first"
	switch r.c.settings.Format {
	case "csv":
		pt.broken = a.Column == ""
		r.picks = append(r.picks, payload.Pick{Key: a.KeyColumn, Value: a.Key, Time: a.Time, First: first})
		pt.pick = len(r.picks) - 1
		for i := range r.picks {
			if r.picks[i] == r.picks[pt.pick] && i < pt.pick {
				r.picks, pt.pick = r.picks[:pt.pick], i
				break
			}
		}
	case "jsonl":
		pt.broken = a.pathErr != nil || a.Column != ""
		l := payload.LinePick{Value: a.Key, First: first}
		if a.KeyColumn != "" {
			l.Key = &a.keyPath
		}
		if a.Time != "" {
			l.Time = &a.timePath
		}
		pt.pick = -1
		for i := range r.points {
			if o := r.points[i].address; o != nil && o.KeyColumn == a.KeyColumn && o.Key == a.Key && o.Time == a.Time && o.Row == a.Row {
				pt.pick = r.points[i].pick
				break
			}
		}
		if pt.pick < 0 {
			r.lines = append(r.lines, l)
			pt.pick = len(r.lines) - 1
		}
	default:
		pt.broken = a.pathErr != nil || a.Column != "" || a.KeyColumn != ""
		pt.slot = r.json.Add(a.path)
		if a.Time != "" {
			pt.timeSlot = r.json.Add(a.timePath)
		}
	}
	return pt
}

// Read implements connector.Request.
func (r *request) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	if r.c.closed() {
		return dst, connector.ErrNotConnected
	}
	refuse := func(q tag.Quality, err error) error {
		return &connector.StatusError{Quality: q, Message: fmt.Sprintf("%s: %v", r.name, err)}
	}
	if r.name == "" {
		return dst, refuse(tag.BadConfigurationError, errors.New("neither the device nor the tag names a file"))
	}
	name, err := newest(r.name)
	if err == nil {
		if r.tail == nil || r.tail.name != name {
			r.tail = &tail{name: name, settings: r.c.settings, picks: r.picks, linePicks: r.lines}
		}
		var changed bool
		if changed, err = r.tail.look(ctx, r.c.closed); err == nil && (changed || r.tail.settling) {
			r.decode()
		}
	}
	switch {
	case r.c.closed():
		return dst, connector.ErrNotConnected
	case ctx.Err() != nil:
		return dst, ctx.Err()
	case errors.Is(err, folder.ErrNone):
		return dst, fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	case errors.Is(err, fs.ErrNotExist):
		r.forget()
		if _, gone := folder.List(""); gone != nil {
			return dst, fmt.Errorf("%w: %w", connector.ErrNotConnected, gone)
		}
		return dst, refuse(tag.BadNoData, errors.New("there is no such file"))
	case errors.Is(err, fs.ErrPermission):
		r.forget()
		return dst, refuse(tag.BadUserAccessDenied, errors.New("the server may not read it"))
	case errors.Is(err, payload.ErrTooLarge):
		r.forget()
		return dst, refuse(tag.BadRequestTooLarge, err)
	case err != nil:
		r.forget()
		return dst, refuse(tag.BadResourceUnavailable, err)
	}
	return append(dst, r.updates...), nil
}

// forget has the file read from the beginning next time.
func (r *request) forget() {
	r.tail, r.updates = nil, nil
	for i := range r.points {
		r.points[i].held = tag.Sample{}
	}
}

// newest finds the file that a name stands for: of a pattern the one changed last.
func newest(name string) (string, error) {
	dir, pattern := path.Split(name)
	if !isPattern(pattern) {
		return name, nil
	}
	dir = path.Clean(dir)
	if dir == "." {
		dir = ""
	}
	entries, err := folder.List(dir)
	if err != nil {
		return "", err
	}
	best, at := "", time.Time{}
	for i, matches := 0, 0; i < len(entries) && matches < maxMatches; i++ {
		e := entries[len(entries)-1-i] // by name: of equally old ones the last
		if ok, _ := path.Match(pattern, e.Name()); !ok || !e.Type().IsRegular() {
			continue
		}
		matches++
		if info, err := e.Info(); err == nil && (best == "" || info.ModTime().After(at)) {
			best, at = e.Name(), info.ModTime()
		}
	}
	if best == "" {
		return "", fs.ErrNotExist
	}
	return path.Join(dir, best), nil
}

// decode makes the updates of what was read.
func (r *request) decode() {
	t := r.tail
	var found [][]byte
	jsonErr := t.err
	if r.c.settings.Format == "json" && jsonErr == nil {
		found = make([][]byte, r.json.Count())
		jsonErr = r.json.Find(t.document, found)
		t.settling = jsonErr != nil && t.fresh()
		if t.settling && r.updates != nil {
			return // it is being written: what was there a moment ago still stands
		}
	}
	r.updates = r.updates[:0]
	for i := range r.points {
		p := &r.points[i]
		s := tag.Sample{Source: t.changed}
		dated, at := false, tag.Time(0)
		switch format := r.c.settings.Format; {
		case p.broken:
			s.Quality = tag.BadConfigurationError
		case t.err != nil, format == "json" && jsonErr != nil:
			s.Quality = tag.BadDecodingError
		case format == "csv":
			s.Value, s.Quality = p.cell(t, r.c.settings)
			if dated = p.address.Time != ""; dated {
				_, at = t.view.Row(p.pick)
			}
		case format == "jsonl":
			line, when := t.lineView.Line(p.pick)
			s.Value, s.Quality = valueAt(line, p.address.path, p.typ)
			dated, at = p.address.Time != "", when
		default:
			s.Value, s.Quality = payload.JSON(found[p.slot], p.typ)
			if dated = p.timeSlot >= 0; dated {
				at, _ = payload.JSONTime(found[p.timeSlot], r.c.settings.zone)
			}
		}
		if dated && s.Quality == tag.Good {
			if at != 0 {
				s.Source = at
			} else {
				s.Quality = tag.Uncertain
			}
		}
		switch {
		case s.Quality == tag.Good:
			p.held = s
		case s.Quality == tag.BadNoData && isPattern(r.name) && !p.held.Value.IsNone():
			s = p.held // a new file has begun, and this is still the newest
		}
		r.updates = append(r.updates, connector.Update{Point: p.id, Sample: s})
	}
}

// cell is the value of a cell of CSV.
func (p *point) cell(t *tail, s *Settings) (tag.Value, tag.Quality) {
	if _, ok := t.view.Column(p.address.Column); !ok && (t.view.Count() > 0 || t.view.Columns() != nil) {
		return tag.Value{}, tag.BadNodeIDUnknown
	}
	text, ok := t.view.Cell(p.pick, p.address.Column)
	if !ok {
		return tag.Value{}, tag.BadNoData
	}
	decimal := byte('.')
	if s.Decimal == "comma" {
		decimal = ','
	}
	return payload.Text([]byte(text), p.typ, decimal)
}

// valueAt is the value at a place of a JSON text.
func valueAt(text []byte, at payload.Path, t tag.Type) (tag.Value, tag.Quality) {
	if text == nil {
		return tag.Value{}, tag.BadNoData
	}
	var s payload.Selector
	slot := s.Add(at)
	found := make([][]byte, s.Count())
	if s.Find(text, found) != nil {
		return tag.Value{}, tag.BadDecodingError
	}
	return payload.JSON(found[slot], t)
}
