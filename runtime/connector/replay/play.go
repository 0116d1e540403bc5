package replay

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/recording"
	"github.com/lineside/lineside/runtime/tag"
)

const (
	// gather is how much of the recording is delivered together.
	gather = 20 * time.Millisecond
	// maxBatch is the most updates that are delivered together.
	maxBatch = 2000
	// shortest is the least time that a round takes.
	shortest = 100 * time.Millisecond
)

// listener is a tag that listens.
type listener struct {
	id   int
	typ  tag.Type
	seen bool
}

// player is a Run at work.
type player struct {
	c       *Connector
	by      map[string][]*listener
	emit    func([]connector.Update)
	ended   <-chan struct{}
	batch   []connector.Update
	pending map[int]connector.Update // while catching up: the latest of each
}

// Run implements connector.Subscriber.
func (c *Connector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	now := time.Now()
	c.mu.Lock()
	ended := c.ended
	if c.began.IsZero() {
		c.began = now
	}
	c.mu.Unlock()
	if ended == nil {
		return connector.ErrNotConnected
	}
	p := &player{c: c, by: map[string][]*listener{}, emit: emit, ended: ended, pending: map[int]connector.Update{}}
	var wrong []connector.Update
	for i := range points {
		a, ok := points[i].Address.(*Address)
		if !ok {
			wrong = append(wrong, connector.Update{Point: points[i].ID, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}})
			continue
		}
		p.by[a.Tag] = append(p.by[a.Tag], &listener{id: points[i].ID, typ: points[i].Type})
	}
	if len(wrong) > 0 {
		emit(wrong)
	}
	for {
		if err := p.round(ctx, now); err != nil {
			return err
		}
		now = time.Time{}
	}
}

// wait waits until a time; the error says that the end has come first.
func (p *player) wait(ctx context.Context, until time.Time) error {
	select { // also when there is nothing to wait for
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ended:
		return connector.ErrNotConnected
	default:
	}
	d := time.Until(until)
	if d <= 0 {
		return nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ended:
		return connector.ErrNotConnected
	case <-timer.C:
		return nil
	}
}

// clock says when what was recorded is due.
type clock struct {
	began time.Time // the round
	zero  tag.Time  // of the recording, where the round begins
	speed float64
}

func (k clock) due(at tag.Time) time.Time {
	return k.began.Add(time.Duration(float64(at-k.zero) / k.speed))
}

// round plays the recording once. Of what was due before now only the latest is delivered.
func (p *player) round(ctx context.Context, now time.Time) error {
	s := p.c.settings
	r, closing, err := p.c.read()
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	defer closing()
	k := clock{began: p.c.start(), speed: s.Speed}
	begun := false
	var last, before tag.Time
	var until time.Time // when the batch is due
	for {
		row, err := r.Next()
		if bad := (*recording.BadRow)(nil); errors.As(err, &bad) {
			continue
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
		}
		if s.From != "" && row.At < s.from { // what held at the beginning
			source := tag.TimeOf(k.began)
			if s.KeepTimes {
				source = row.At
			}
			p.keep(row, source)
			if err := p.wait(ctx, time.Time{}); err != nil {
				return err
			}
			continue
		}
		if !s.whole && row.At > s.to {
			break
		}
		if !begun {
			begun, k.zero, last, before = true, row.At, row.At, row.At
			if s.From != "" {
				k.zero = s.from
			}
		}
		if row.At > last {
			before, last = last, row.At
		}
		due := k.due(row.At)
		source := tag.TimeOf(due)
		if s.KeepTimes {
			source = row.At
		}
		if due.Before(now) { // catching up with where it was
			p.keep(row, source)
			if err := p.wait(ctx, time.Time{}); err != nil {
				return err
			}
			continue
		}
		if time.Until(due) > gather || len(p.batch) >= maxBatch {
			if err := p.wait(ctx, until); err != nil {
				return err
			}
			p.flush()
		}
		if time.Until(due) > gather {
			if err := p.wait(ctx, due); err != nil {
				return err
			}
		}
		p.take(row, source)
		until = due
	}
	if !begun {
		return fmt.Errorf("%w: nothing was recorded at that time", connector.ErrNotConnected)
	}
	if err := p.wait(ctx, k.due(last)); err != nil {
		return err
	}
	p.flush()
	p.absent()
	end := last + max(last-before, 1)
	if last == before {
		end = last + tag.Time(time.Second)
	}
	if !s.whole {
		end = max(s.to, last+1)
	}
	if !s.Loop {
		return p.forever(ctx)
	}
	length := max(k.due(end).Sub(k.began), shortest)
	next := k.began.Add(length)
	if behind := time.Since(next); behind > 0 { // the server slept: rounds that nobody saw are left out
		next = next.Add(behind / length * length)
	}
	p.c.restart(next)
	return p.wait(ctx, next)
}

func (c *Connector) start() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.began
}

func (c *Connector) restart(at time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.began = at
}

// forever waits for the end: the last values stay.
func (p *player) forever(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-p.ended:
		return connector.ErrNotConnected
	}
}

// each makes an update for every listener of a row.
func (p *player) each(row recording.Row, source tag.Time, do func(connector.Update)) {
	for i := range row.Entries {
		e := &row.Entries[i]
		for _, l := range p.by[e.Tag] {
			l.seen = true
			v, q := e.Value(l.typ)
			do(connector.Update{Point: l.id, Sample: tag.Sample{Value: v, Quality: q, Source: source}})
		}
	}
}

// keep remembers the latest of each tag.
func (p *player) keep(row recording.Row, source tag.Time) {
	p.each(row, source, func(u connector.Update) { p.pending[u.Point] = u })
}

// take puts a row into the batch.
func (p *player) take(row recording.Row, source tag.Time) {
	p.unkeep()
	p.each(row, source, func(u connector.Update) { p.batch = append(p.batch, u) })
}

func (p *player) unkeep() {
	for id, u := range p.pending {
		p.batch = append(p.batch, u)
		delete(p.pending, id)
	}
}

// flush delivers the batch.
func (p *player) flush() {
	p.unkeep()
	if len(p.batch) > 0 {
		p.emit(p.batch)
		p.batch = p.batch[:0]
	}
}

// absent says of tags that a whole round did not have that they are not there.
func (p *player) absent() {
	var out []connector.Update
	for _, ls := range p.by {
		for _, l := range ls {
			if !l.seen {
				out = append(out, connector.Update{Point: l.id, Sample: tag.Sample{Quality: tag.BadNodeIDUnknown, Source: tag.Now()}})
			}
		}
	}
	if len(out) > 0 {
		p.emit(out)
	}
}
