package http

import (
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// reader makes updates of one answer for all points that it serves.
type reader struct {
	points   []point
	selector payload.Selector
	found    [][]byte
	tables   [2]table // with and without a line of names
	json     bool
}

// point is one tag as its answer is read.
type point struct {
	id             int
	typ            tag.Type
	address        *Address // nil: it has none
	slot, timeSlot int      // in the selector, -1 for none
	pick           int      // in a table
}

// table is the rows that are wanted of CSV.
type table struct {
	picks []payload.Pick
}

// pick takes a row in and returns its number.
func (t *table) pick(p payload.Pick) int {
	for i := range t.picks {
		if t.picks[i] == p {
			return i
		}
	}
	t.picks = append(t.picks, p)
	return len(t.picks) - 1
}

func side(headless bool) int {
	if headless {
		return 1
	}
	return 0
}

func (r *reader) add(id int, t tag.Type, a *Address) {
	p := point{id: id, typ: t, address: a, slot: -1, timeSlot: -1}
	switch {
	case a == nil:
	case a.Format == "json":
		r.json = true
		p.slot = r.selector.Add(a.path)
		if a.Time != "" {
			p.timeSlot = r.selector.Add(a.timePath)
		}
		r.found = make([][]byte, r.selector.Count())
	case a.Format == "csv":
		p.pick = r.tables[side(a.Headless)].pick(payload.Pick{Key: a.KeyColumn, Value: a.Key, Time: a.Time, First: a.Row == "first"})
	}
	r.points = append(r.points, p)
}

// again is what an answer said that has not changed: as of now, unless it says of when it is.
func (r *reader) again(updates []connector.Update, now tag.Time) []connector.Update {
	for i := range updates {
		if a := r.points[i].address; a == nil || a.Time == "" {
			updates[i].Sample.Source = now
		}
	}
	return updates
}

// decode appends an update of every point.
func (r *reader) decode(dst []connector.Update, a *answer, s *Settings, now tag.Time) []connector.Update {
	text, textErr := a.decoded(s)
	jsonErr := textErr
	if r.json && textErr == nil {
		jsonErr = r.selector.Find(text, r.found)
	}
	var tables [2]*payload.Table
	if textErr == nil {
		for i := range tables {
			if len(r.tables[i].picks) > 0 {
				tables[i] = payload.NewTable(payload.CSV{Header: i == 0, Zone: s.zone}, r.tables[i].picks)
				_, _ = tables[i].Feed(text, true) // what cannot be read is missing
			}
		}
	}
	for i := range r.points {
		p := &r.points[i]
		sample := tag.Sample{Source: now}
		if p.address == nil {
			sample.Quality = tag.BadConfigurationError
			dst = append(dst, connector.Update{Point: p.id, Sample: sample})
			continue
		}
		dated, at := false, tag.Time(0)
		switch format := p.address.Format; {
		case format == "text" && p.typ == tag.Bytes:
			sample.Value = tag.OfBytes(a.body)
		case len(a.body) == 0 && format != "text":
			sample.Quality = tag.BadNoData
		case textErr != nil, format == "json" && jsonErr != nil:
			sample.Quality = tag.BadDecodingError
		case format == "json":
			sample.Value, sample.Quality = payload.JSON(r.found[p.slot], p.typ)
			if p.timeSlot >= 0 {
				dated = true
				at, _ = payload.JSONTime(r.found[p.timeSlot], s.zone)
			}
		case format == "csv":
			sample.Value, sample.Quality = p.cell(tables[side(p.address.Headless)])
			if p.address.Time != "" {
				dated = true
				_, at = tables[side(p.address.Headless)].Row(p.pick)
			}
		case format == "regex":
			at, dated = p.match(text, s, &sample)
		default:
			sample.Value, sample.Quality = payload.Text(text, p.typ, p.address.decimal())
		}
		if dated && sample.Quality == tag.Good {
			if at != 0 {
				sample.Source = at
			} else {
				sample.Quality = tag.Uncertain
			}
		}
		dst = append(dst, connector.Update{Point: p.id, Sample: sample})
	}
	return dst
}

// cell is the value of a cell of CSV.
func (p *point) cell(t *payload.Table) (tag.Value, tag.Quality) {
	if _, ok := t.Column(p.address.Column); !ok {
		return tag.Value{}, tag.BadNodeIDUnknown
	}
	text, ok := t.Cell(p.pick, p.address.Column)
	if !ok {
		return tag.Value{}, tag.BadNoData
	}
	return payload.Text([]byte(text), p.typ, p.address.decimal())
}

// match looks for the value by a regular expression; dated says that the address wants a time.
func (p *point) match(text []byte, s *Settings, sample *tag.Sample) (at tag.Time, dated bool) {
	m := p.address.pattern.FindSubmatchIndex(text)
	group := func(g int) ([]byte, bool) {
		if g < 0 || m == nil || m[2*g] < 0 {
			return nil, false
		}
		return text[m[2*g]:m[2*g+1]], true
	}
	value, ok := group(p.address.group)
	if !ok {
		sample.Quality = tag.BadNoData
		return 0, false
	}
	sample.Value, sample.Quality = payload.Text(value, p.typ, p.address.decimal())
	when, _ := group(p.address.timeGroup)
	at, _ = payload.Time(string(when), s.zone)
	return at, p.address.timeGroup >= 0
}
