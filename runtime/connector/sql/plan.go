package sql

import (
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// maxKeys is the most keys of a table that are asked for in one query.
const maxKeys = 200

// pick says which row of a result a tag is in.
type pick struct{ keyColumn, key, time string }

// point is one tag of a query.
type point struct {
	id      int
	typ     tag.Type
	address *Address
	pick    int
	held    tag.Sample // the last that was not NULL
}

// request carries out one query for all of its points.
type request struct {
	c      *Connector
	source source
	ids    []int
	points []point
	picks  []pick
	state  *state

	statement statement
	last      string // column of {last}
	first     string
	broken    error // the query cannot be made
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// state is what an incremental query has seen; it outlives plans that ask for the same.
type state struct {
	last any
	rows []row
}

// Plan implements connector.Connector: a request for every query, and for every table that is
// asked in the same way.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	var requests []*request
	by := map[source]*request{}
	for i := range points {
		p := &points[i]
		a, ok := p.Address.(*Address)
		from := source{}
		if ok {
			from = a.source()
		}
		r := by[from]
		if r == nil || ok && from.table != "" && len(r.picks) >= maxKeys && !slices.Contains(r.picks, a.pick()) {
			r = &request{c: c, source: from}
			by[from] = r
			requests = append(requests, r)
		}
		r.ids = append(r.ids, p.ID)
		pt := point{id: p.ID, typ: p.Type, address: a}
		if ok {
			if pt.pick = slices.Index(r.picks, a.pick()); pt.pick < 0 {
				pt.pick = len(r.picks)
				r.picks = append(r.picks, a.pick())
			}
		}
		r.points = append(r.points, pt)
	}
	out := make([]connector.Request, len(requests))
	for i, r := range requests {
		r.prepare()
		out[i] = r
	}
	return out
}

func (a *Address) pick() pick { return pick{a.KeyColumn, a.Key, a.Time} }

// prepare makes the statement.
func (r *request) prepare() {
	s, l := r.c.settings, r.c.settings.dialect.lexis()
	r.state = &state{}
	switch {
	case r.source == source{}:
		r.broken = fmt.Errorf("not an address of a data base")
	case r.source.query == "":
		r.statement = r.selection(l)
	default:
		q := s.query(r.source.query)
		if q == nil {
			r.broken = fmt.Errorf("the device has no query %q", r.source.query)
			return
		}
		r.statement, r.broken = parseStatement(q.SQL, l, "{last}")
		if r.last, r.first = q.LastColumn, q.First; r.last != "" {
			key := fmt.Sprintf("%q %q", q.Name, r.picks)
			if known := r.c.states[key]; known != nil {
				r.state = known
			} else {
				r.c.states[key] = r.state
			}
		}
	}
}

// selection makes the statement that reads a table: one newest row for every key.
func (r *request) selection(l lexis) statement {
	from := l.quote(r.source.table)
	if r.source.schema != "" {
		from = l.quote(r.source.schema) + "." + from
	}
	var columns []string
	want := func(name string) {
		if q := l.quote(name); name != "" && !slices.Contains(columns, q) {
			columns = append(columns, q)
		}
	}
	for _, p := range r.points {
		want(p.address.Column)
	}
	want(r.source.keyColumn)
	want(r.source.time)
	var st statement
	var parts []string
	for _, p := range r.picks {
		part := "SELECT "
		if l.top {
			part += "TOP 1 "
		}
		part += strings.Join(columns, ", ") + " FROM " + from
		if p.keyColumn != "" {
			st.params = append(st.params, p.key)
			part += " WHERE " + l.quote(p.keyColumn) + " = " + l.mark(len(st.params))
		}
		if p.time != "" {
			part += " ORDER BY " + l.quote(p.time) + " DESC"
		}
		if !l.top {
			part += " LIMIT 1"
		}
		parts = append(parts, part)
	}
	if len(parts) > 1 {
		for i := range parts {
			parts[i] = fmt.Sprintf("SELECT * FROM (%s) AS t%d", parts[i], i)
		}
	}
	st.text = strings.Join(parts, " UNION ALL ")
	return st
}
