package mqtt

import (
	"math"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// reader is one point as its messages are read.
type reader struct {
	id       int
	typ      tag.Type
	format   string
	slot     int // of the value in the selector, JSON only
	timeSlot int // of the time, -1 for none
}

// route is what is made of the messages of one topic: all points that listen to it.
type route struct {
	readers  []reader
	selector payload.Selector
	found    [][]byte
	json     bool // a reader needs the payload parsed
}

func newRoute(points []*point) *route {
	r := &route{}
	for _, p := range points {
		rd := reader{id: p.id, typ: p.typ, format: p.address.Format, timeSlot: -1}
		if rd.format == "json" {
			r.json = true
			rd.slot = r.selector.Add(p.address.path)
			if p.address.TimePath != "" {
				rd.timeSlot = r.selector.Add(p.address.timePath)
			}
		}
		r.readers = append(r.readers, rd)
	}
	r.found = make([][]byte, r.selector.Count())
	return r
}

// decode appends an update of every reader. It is called from one goroutine at a time.
func (r *route) decode(dst []connector.Update, message []byte, now tag.Time) []connector.Update {
	broken := tag.Good
	switch {
	case len(message) > payload.MaxPayload:
		broken = tag.BadRequestTooLarge
	case r.json && r.selector.Find(message, r.found) != nil:
		broken = tag.BadDecodingError
	}
	for i := range r.readers {
		rd := &r.readers[i]
		s := tag.Sample{Source: now}
		switch {
		case broken != tag.Good && (rd.format == "json" || broken == tag.BadRequestTooLarge):
			s.Quality = broken
		case rd.format == "json":
			s.Value, s.Quality = finite(payload.JSON(r.found[rd.slot], rd.typ))
			if rd.timeSlot >= 0 && s.Quality == tag.Good {
				if t, ok := payload.JSONTime(r.found[rd.timeSlot], time.UTC); ok {
					s.Source = t
				} else {
					s.Quality = tag.Uncertain
				}
			}
		case rd.format == "number":
			s.Value, s.Quality = numberValue(message, rd.typ)
		default:
			s.Value, s.Quality = finite(payload.Text(message, rd.typ, '.'))
		}
		dst = append(dst, connector.Update{Point: rd.id, Sample: s})
	}
	return dst
}

// numberValue reads a payload that is a number as text, with blanks around it.
func numberValue(message []byte, t tag.Type) (tag.Value, tag.Quality) {
	as := t
	if t == tag.None || t == tag.Bool {
		as = tag.Float
	}
	v, q := finite(payload.Text(message, as, '.'))
	if q != tag.Good || as == t || t == tag.None {
		return v, q
	}
	return tag.OfBool(v.Float() != 0), tag.Good
}

// finite turns what is not a number into no data.
func finite(v tag.Value, q tag.Quality) (tag.Value, tag.Quality) {
	if v.Type() == tag.Float && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)) {
		return tag.Value{}, tag.BadNoData
	}
	return v, q
}
