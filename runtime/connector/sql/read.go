package sql

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// maxBytes is the most that one query may give, in bytes.
const maxBytes = 4 << 20

var (
	errRows  = errors.New("the query gives more rows than are allowed")
	errBytes = errors.New("the query gives more than 4 MiB")
)

// row is the row of a pick.
type row struct {
	cells []any
	at    tag.Time
}

// result is what a query gave.
type result struct {
	columns []string
	shapes  []shape
	rows    []row // by pick; no cells where there is none
	last    any
}

// Read implements connector.Request.
func (r *request) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	if r.broken != nil {
		if r.c.closed() {
			return dst, connector.ErrNotConnected
		}
		return dst, &connector.StatusError{Quality: tag.BadConfigurationError, Message: r.broken.Error()}
	}
	inner, end, err := r.c.begin(ctx)
	if err != nil {
		return dst, err
	}
	defer end()
	var args []any
	for _, p := range r.statement.params {
		switch {
		case r.source.query == "":
			args = append(args, p)
		case r.state.last != nil:
			args = append(args, r.state.last)
		default:
			args = append(args, r.first)
		}
	}
	got, err := r.query(inner, args)
	if err != nil {
		if late := inner.Err(); errors.Is(late, context.DeadlineExceeded) { // whatever the library calls it
			err = fmt.Errorf("%w: %w", late, err)
		}
		return dst, r.c.failed(ctx, r.source.String(), err)
	}
	clear(r.c.silent)
	now := tag.Now()
	for i := range r.points {
		dst = append(dst, connector.Update{Point: r.points[i].id, Sample: r.points[i].sample(got, r.c.settings, now)})
	}
	return dst, nil
}

// query runs the statement in a transaction that is always rolled back.
func (r *request) query(ctx context.Context, args []any) (*result, error) {
	conn, err := r.c.session(ctx)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	d := r.c.settings.dialect
	in, done, err := d.begin(ctx, conn)
	if err != nil {
		return nil, err
	}
	got, err := r.rows(ctx, in, args)
	_, own := d.refusal(err)
	if ended := done(ctx); ended != nil && (err == nil || own) {
		err = ended
	}
	if err != nil {
		return nil, err
	}
	if r.last != "" {
		r.state.last, r.state.rows = got.last, got.rows
	}
	return got, nil
}

func (r *request) rows(ctx context.Context, in querier, args []any) (*result, error) {
	s := r.c.settings
	rows, err := in.QueryContext(ctx, r.statement.text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return nil, err
	}
	got := &result{rows: make([]row, len(r.picks))}
	for _, t := range types {
		got.columns = append(got.columns, t.Name())
		got.shapes = append(got.shapes, s.dialect.shape(t.DatabaseTypeName()))
	}
	if r.last != "" {
		copy(got.rows, r.state.rows)
		got.last = r.state.last
	}
	keys, times := make([]int, len(r.picks)), make([]int, len(r.picks))
	for i, p := range r.picks {
		keys[i], times[i] = got.column(p.keyColumn), got.column(p.time)
	}
	last := got.column(r.last)
	cells, into := make([]any, len(types)), make([]any, len(types))
	for i := range cells {
		into[i] = &cells[i]
	}
	for count, size := 0, 0; rows.Next(); count++ {
		if count == s.MaxRows {
			if r.last != "" {
				return got, nil // what is left comes next time
			}
			return nil, errRows
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for _, c := range cells {
			if size += length(c); size > maxBytes {
				return nil, errBytes
			}
		}
		for i, p := range r.picks {
			if p.keyColumn != "" && (keys[i] < 0 || text(cells[keys[i]], got.shapes[keys[i]], s.zone) != p.key) {
				continue
			}
			at := tag.Time(0)
			if times[i] >= 0 {
				at = moment(cells[times[i]], got.shapes[times[i]], s.zone)
			}
			// Of rows that are as old the first counts, of incremental ones the last.
			if old := &got.rows[i]; old.cells == nil || at > old.at || at == old.at && r.last != "" {
				old.cells, old.at = slices.Clone(cells), at
			}
		}
		if last >= 0 && cells[last] != nil {
			if next := s.dialect.again(cells[last]); got.last == nil || !greater(got.last, next) {
				got.last = next
			}
		}
	}
	return got, rows.Err()
}

// column is the number of a column, -1 if there is none.
func (g *result) column(name string) int {
	if name == "" {
		return -1
	}
	return slices.Index(g.columns, name)
}

// sample is the value of a tag.
func (p *point) sample(g *result, s *Settings, now tag.Time) tag.Sample {
	out := tag.Sample{Source: now}
	column := g.column(p.address.Column)
	r := &g.rows[p.pick]
	switch {
	case column < 0, p.address.Time != "" && g.column(p.address.Time) < 0, p.address.KeyColumn != "" && g.column(p.address.KeyColumn) < 0:
		out.Quality = tag.BadNodeIDUnknown
		return out
	case r.cells == nil:
		out.Quality = tag.BadNoData
		return out
	case r.cells[column] == nil:
		out.Quality = tag.BadNoData
		if p.address.Null == "hold" && !p.held.Value.IsNone() {
			out = p.held
			out.Quality = tag.UncertainLastUsableValue
		}
		return out
	}
	out.Value, out.Quality = value(r.cells[column], g.shapes[column], p.typ, s.zone)
	if p.address.Time != "" {
		if out.Source = r.at; r.at == 0 {
			out.Source = now
			out.Quality = tag.Worst(out.Quality, tag.Uncertain)
		}
	}
	if out.Quality == tag.Good {
		p.held = out
	}
	return out
}

// failed says what it means that a query gave nothing. Only a broken connection, or a query that
// goes unanswered a second time with no answer to any other in between, is the loss of the device.
func (c *Connector) failed(ctx context.Context, what string, err error) error {
	q, own := c.settings.dialect.refusal(err)
	late := errors.Is(err, context.DeadlineExceeded) || own && q == tag.BadTimeout
	over := errors.Is(err, errRows) || errors.Is(err, errBytes)
	err = fmt.Errorf("%s: %w", what, err)
	gone := func() error {
		c.drop()
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	switch {
	case c.closed():
		return gone()
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		c.drop()
		return ctx.Err()
	case late && c.silent[what], q == tag.BadNoCommunication, !late && !own && !over && lost(err):
		return gone()
	case late:
		c.silent[what] = true
		if !own {
			c.drop() // the answer may still come
		}
		return &connector.StatusError{Quality: tag.BadTimeout, Message: what + ": no answer in time"}
	case over:
		q = tag.BadRequestTooLarge
	case !own: // the library's
		c.drop()
		q = tag.BadConfigurationError
	}
	clear(c.silent)
	return &connector.StatusError{Quality: q, Message: err.Error()}
}

// moment is the time that a cell says, 0 for none.
func moment(cell any, sh shape, zone *time.Location) tag.Time {
	switch x := cell.(type) {
	case time.Time:
		return tag.TimeOf(inZone(x, sh, zone))
	case nil:
		return 0
	}
	if !sh.naive && sh.time {
		zone = time.UTC
	}
	at, _ := payload.Time(text(cell, shape{}, zone), zone)
	return at
}

// inZone is a time that names no zone in the zone of the settings.
func inZone(t time.Time, sh shape, zone *time.Location) time.Time {
	if !sh.naive {
		return t
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// greater compares two values of one column.
func greater(a, b any) bool {
	switch x := a.(type) {
	case int64:
		if y, ok := b.(int64); ok {
			return x > y
		}
	case float64:
		if y, ok := b.(float64); ok {
			return x > y
		}
	case time.Time:
		if y, ok := b.(time.Time); ok {
			return x.After(y)
		}
	case string:
		if y, ok := b.(string); ok {
			m, errM := strconv.ParseFloat(x, 64)
			n, errN := strconv.ParseFloat(y, 64)
			if errM == nil && errN == nil {
				return m > n
			}
			return x > y
		}
	}
	return false // the later row counts
}
