package http

import (
	"context"
	"errors"
	"fmt"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// Plan implements connector.Connector: a request for every address that is asked for.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	var out []connector.Request
	by := map[target]*request{}
	for i := range points {
		p := &points[i]
		to, a := target{}, (*Address)(nil)
		if parsed, ok := p.Address.(*Address); ok {
			if t, err := parsed.reading(c.settings.base); err == nil {
				to, a = t, parsed
			}
		}
		r := by[to]
		if r == nil {
			r = &request{c: c, target: to}
			by[to] = r
			out = append(out, r)
		}
		r.ids = append(r.ids, p.ID)
		r.reader.add(p.ID, p.Type, a)
	}
	c.remember(out)
	return out
}

// remember keeps what is asked for, so that it can be browsed.
func (c *Connector) remember(requests []connector.Request) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, r := range requests {
		to := r.(*request).target
		known := to.url == "" || to.method != "GET"
		for _, p := range c.pages {
			known = known || p == to
		}
		if !known && len(c.pages) < maxNodes {
			c.pages = append(c.pages, to)
		}
	}
}

// request reads all points of one address.
type request struct {
	c      *Connector
	target target
	ids    []int
	reader reader

	// valid and updates are of the last answer that was read in full.
	valid   validators
	updates []connector.Update
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// Read implements connector.Request.
func (r *request) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	if r.target.url == "" {
		return dst, &connector.StatusError{Quality: tag.BadConfigurationError, Message: "not an HTTP address"}
	}
	client, inner, end, err := r.c.open(ctx)
	if err != nil {
		return dst, err
	}
	defer end()
	a, err := exchange(inner, client, r.c.settings, r.target, &r.valid)
	if err != nil {
		return dst, r.failed(ctx, a, err)
	}
	clear(r.c.silent)
	now := tag.Now()
	if a.status == 304 && r.updates != nil {
		for _, u := range r.reader.again(r.updates, now) {
			dst = append(dst, u)
		}
		return dst, nil
	}
	r.valid, r.updates = validators{}, nil
	if refused := refusal(a.status); refused != nil {
		refused.Message = fmt.Sprintf("%s %s: %s", r.target.method, r.target.place(), refused.Message)
		return dst, refused
	}
	begin := len(dst)
	dst = r.reader.decode(dst, &a, r.c.settings, now)
	if a.valid != (validators{}) && r.target.method == "GET" {
		r.valid, r.updates = a.valid, append([]connector.Update{}, dst[begin:]...)
	}
	return dst, nil
}

// failed says what it means that there is no answer. Only that nobody can be reached at all, or
// that a request goes unanswered a second time with no answer to any other in between, is the
// loss of the device.
func (r *request) failed(ctx context.Context, a answer, err error) error {
	switch {
	case r.c.closed():
		return fmt.Errorf("%w: closed: %w", connector.ErrNotConnected, err)
	case ctx.Err() != nil && !errors.Is(ctx.Err(), context.DeadlineExceeded):
		return ctx.Err()
	}
	err = fmt.Errorf("%s %s: %w", r.target.method, r.target.place(), err)
	refuse := func(q tag.Quality) error { return &connector.StatusError{Quality: q, Message: err.Error()} }
	switch {
	case errors.Is(err, errRedirect):
		clear(r.c.silent)
		return refuse(tag.BadConfigurationError)
	case errors.Is(err, payload.ErrTooLarge):
		clear(r.c.silent)
		return refuse(tag.BadRequestTooLarge)
	case !a.sent, r.c.silent[r.target.method+" "+r.target.url+" "+r.target.body]:
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	r.c.silent[r.target.method+" "+r.target.url+" "+r.target.body] = true
	if errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
		return refuse(tag.BadTimeout)
	}
	return refuse(tag.BadCommunicationError)
}

func isTimeout(err error) bool {
	var late interface{ Timeout() bool }
	return errors.As(err, &late) && late.Timeout()
}
