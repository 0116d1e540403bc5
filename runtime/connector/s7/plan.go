package s7

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// part is a run of bytes that is asked for as one item, and the points in it, by address.
type part struct {
	span
	points []point
	buf    []byte
	code   itemCode
}

// piece is what one message asks for of a part: all of it, unless it is longer than a
// message.
type piece struct {
	part *part
	span
}

// refusal is what a controller answered to an address, and when it is asked for again.
type refusal struct {
	code  itemCode
	again time.Time
}

// refusedFor is how long a refused address is left alone.
const refusedFor = 30 * time.Second

// Plan groups the points into as few messages as their agreed length allows.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	var (
		resolved = make([]point, 0, len(points))
		wrong    []int
	)
	for _, p := range points {
		r, err := resolve(p)
		if err != nil {
			wrong = append(wrong, p.ID)
			continue
		}
		resolved = append(resolved, r)
	}
	slices.SortStableFunc(resolved, func(a, b point) int { return compare(a.span(), b.span()) })
	var requests []connector.Request
	var parts []part
	flush := func() {
		if len(parts) > 0 {
			requests = append(requests, newRequest(c, parts))
			parts = nil
		}
	}
	pdu := c.pdu()
	var room room
	for _, p := range c.group(resolved, pdu) {
		if !room.take(p.span, pdu) {
			flush()
			room.empty()
			room.take(p.span, pdu)
		}
		parts = append(parts, p)
	}
	flush()
	if len(wrong) > 0 {
		requests = append(requests, &invalid{ids: wrong})
	}
	return requests
}

func compare(a, b span) int {
	return cmp.Or(cmp.Compare(a.area, b.area), cmp.Compare(a.db, b.db), cmp.Compare(a.start, b.start), cmp.Compare(a.count, b.count))
}

// readable is how many bytes of one item a message of a length can bring.
func readable(pdu int) int { return pdu - ackHeader - 2 - dataHeader }

// room is what a message has left for the items of a read.
type room struct{ items, bytes int }

func (r *room) empty() { *r = room{} }

// take makes an item part of the message, if it has room for it.
func (r *room) take(s span, pdu int) bool {
	bytes := r.bytes + dataHeader + s.count + s.count&1
	if r.items > 0 && (r.items+1 > maxItems || jobHeader+2+(r.items+1)*itemLength > pdu || ackHeader+2+bytes > pdu+s.count&1) {
		return false
	}
	r.items, r.bytes = r.items+1, bytes
	return true
}

// group puts sorted points together that lie near each other. What the controller is
// known to refuse stays alone.
func (c *Connector) group(points []point, pdu int) []part {
	var parts []part
	for i := range points {
		p := &points[i]
		s := p.span()
		if n := len(parts); n > 0 {
			last := &parts[n-1]
			end := max(last.end(), s.end())
			same := last.area == s.area && last.db == s.db
			alone := c.isRefused(s) || c.isRefused(last.points[0].span())
			if same && (last.span == s || !alone && s.start-last.end() <= c.settings.MaxGap && end-last.start <= readable(pdu)) {
				last.count = end - last.start
				last.points = points[i-len(last.points) : i+1]
				continue
			}
		}
		parts = append(parts, part{span: s, points: points[i : i+1]})
	}
	for i := range parts {
		parts[i].buf = make([]byte, parts[i].count)
	}
	return parts
}

func (c *Connector) isRefused(s span) bool {
	_, refused := c.refused[s]
	return refused
}

// request reads the points of some parts: in one message, unless a value is longer than
// that or the controller agreed to less than was thought.
type request struct {
	c        *Connector
	parts    []part
	ids      []int
	messages [][]piece
	pdu      int       // for which the messages were made
	until    time.Time // when a refused part is to be asked for again
	spans    []span
	out      []byte
}

func newRequest(c *Connector, parts []part) *request {
	r := &request{c: c, parts: parts}
	for i := range parts {
		for j := range parts[i].points {
			r.ids = append(r.ids, parts[i].points[j].id)
		}
	}
	return r
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// pack makes the messages, without what was refused a short while ago.
func (r *request) pack(pdu int, now time.Time) {
	r.messages, r.pdu, r.until = r.messages[:0], pdu, time.Time{}
	var message []piece
	var room room
	flush := func() {
		if len(message) > 0 {
			r.messages = append(r.messages, message)
		}
		message = nil
		room.empty()
	}
	for i := range r.parts {
		p := &r.parts[i]
		if old, refused := r.c.refused[p.span]; refused && now.Before(old.again) {
			p.code = old.code
			if r.until.IsZero() || old.again.Before(r.until) {
				r.until = old.again
			}
			continue
		}
		most := readable(pdu) &^ 1
		for at := 0; at < p.count; at += most {
			s := p.span
			s.start += at
			s.count = min(most, p.count-at)
			if !room.take(s, pdu) {
				flush()
				room.take(s, pdu)
			}
			message = append(message, piece{p, s})
		}
	}
	flush()
}

// Read implements connector.Request.
func (r *request) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	if err := r.exchange(ctx); err != nil {
		return dst, err
	}
	start := len(dst)
	regroup := false
	for i := range r.parts {
		p := &r.parts[i]
		if p.code == itemOK {
			if len(r.c.refused) > 0 {
				delete(r.c.refused, p.span)
			}
			dst = p.decode(dst, r.c.encoding)
			continue
		}
		if p.uniform() {
			if now := time.Now(); !now.Before(r.c.refused[p.span].again) {
				r.c.refused[p.span] = refusal{p.code, now.Add(refusedFor)}
				r.pdu = 0
			}
			dst = p.fail(dst, p.code.quality())
			continue
		}
		// The controller refuses the whole for what may be the fault of one point.
		var err error
		if dst, err = r.apart(ctx, p, dst); err != nil {
			return dst[:start], err
		}
		regroup = true
	}
	if regroup {
		var points []point
		for i := range r.parts {
			points = append(points, r.parts[i].points...)
		}
		r.parts, r.pdu = r.c.group(points, r.c.pdu()), 0
	}
	return dst, nil
}

// exchange reads the parts into their buffers, or sets their codes.
func (r *request) exchange(ctx context.Context) error {
	now := time.Now()
	if pdu := r.c.pdu(); pdu != r.pdu || !r.until.IsZero() && now.After(r.until) {
		r.pack(pdu, now)
	}
	if r.c.link.current() == nil {
		return connector.ErrNotConnected
	}
	for _, message := range r.messages {
		r.spans = r.spans[:0]
		for _, p := range message {
			if p.start == p.part.start {
				p.part.code = itemOK
			}
			r.spans = append(r.spans, p.span)
		}
		r.out = readParameters(r.out[:0], r.spans)
		reply, err := r.c.link.exchange(ctx, rosctrJob, r.out, nil)
		if err == nil {
			err = reply.eachItem(r.spans, func(i int, code itemCode, data []byte) {
				p := message[i]
				if code != itemOK {
					p.part.code = code
					return
				}
				copy(p.part.buf[p.start-p.part.start:], data)
			})
		}
		if err != nil {
			r.pdu = 0 // parts that were left out keep their codes, the others have none
			return plain(err)
		}
	}
	return nil
}

// plain takes an unsent off an error: of a read it is of no interest.
func plain(err error) error {
	if left := (unsent{}); errors.As(err, &left) {
		return left.error
	}
	return err
}

// apart reads the points of a part one by one, and remembers which are refused.
func (r *request) apart(ctx context.Context, whole *part, dst []connector.Update) ([]connector.Update, error) {
	var parts []part
	for i := range whole.points {
		s := whole.points[i].span()
		if n := len(parts); n > 0 && parts[n-1].span == s {
			parts[n-1].points = whole.points[i-len(parts[n-1].points) : i+1]
			continue
		}
		parts = append(parts, part{span: s, points: whole.points[i : i+1], buf: make([]byte, s.count)})
	}
	return newRequest(r.c, parts).Read(ctx, dst)
}

// uniform reports whether all points cover the same bytes, so that they cannot be told apart.
func (p *part) uniform() bool { return p.points[0].span() == p.points[len(p.points)-1].span() }

func (p *part) decode(dst []connector.Update, e encoding) []connector.Update {
	now := tag.Now()
	for i := range p.points {
		q := &p.points[i]
		s := q.span()
		v, quality := q.decode(p.buf[s.start-p.start:s.end()-p.start], e)
		dst = append(dst, connector.Update{Point: q.id, Sample: tag.Sample{Value: v, Quality: quality, Source: now}})
	}
	return dst
}

func (p *part) fail(dst []connector.Update, q tag.Quality) []connector.Update {
	now := tag.Now()
	for i := range p.points {
		dst = append(dst, connector.Update{Point: p.points[i].id, Sample: tag.Sample{Quality: q, Source: now}})
	}
	return dst
}

// invalid is the request of points without an S7 address.
type invalid struct{ ids []int }

func (r *invalid) Points() []int { return r.ids }

func (r *invalid) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	for _, id := range r.ids {
		dst = append(dst, connector.Update{Point: id, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}})
	}
	return dst, nil
}
