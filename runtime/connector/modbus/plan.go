package modbus

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// point is a tag's address with the defaults of the device filled in.
type point struct {
	id    int
	unit  byte
	table wire.Table
	coil  bool
	start int // protocol address, from 0
	count int // registers or coils
	wire.Layout
}

func (p *point) end() int { return p.start + p.count }

// place is an address of the device, as far as what it refuses is remembered.
type place struct {
	unit    byte
	table   wire.Table
	address int
}

// memory is what a device was found not to do, until the next connection. It belongs to
// the engine's goroutine.
type memory struct {
	// cuts are addresses that must not be read together with the one before.
	cuts map[place]bool
	// refused are the addresses that the device refused to give alone.
	refused map[extent]refusal
	// noMask are the units that do not know function 22.
	noMask map[byte]bool
}

// extent is a place and the number of registers or coils from there.
type extent struct {
	place
	count int
}

func (p *point) extent() extent { return extent{place{p.unit, p.table, p.start}, p.count} }

type refusal struct {
	reason exception
	again  time.Time // when it is asked for again
}

// refusedFor is how long a refused address is left alone before it is asked for again.
const refusedFor = 30 * time.Second

func newMemory() memory {
	return memory{cuts: map[place]bool{}, refused: map[extent]refusal{}, noMask: map[byte]bool{}}
}

// Plan groups the points into as few reads as the limits and gaps of the settings allow.
func (c *Connector) Plan(points []connector.Point) []connector.Request {
	var (
		resolved = make([]point, 0, len(points))
		wrong    []int
	)
	for _, p := range points {
		r, err := c.resolve(p)
		if err != nil {
			wrong = append(wrong, p.ID)
			continue
		}
		resolved = append(resolved, r)
	}
	slices.SortStableFunc(resolved, func(a, b point) int {
		for _, d := range [...]int{int(a.unit) - int(b.unit), int(a.table) - int(b.table), a.start - b.start, a.count - b.count} {
			if d != 0 {
				return d
			}
		}
		return 0
	})
	var requests []connector.Request
	for _, block := range c.group(resolved) {
		requests = append(requests, newRequest(c, block))
	}
	if len(wrong) > 0 {
		requests = append(requests, &invalid{ids: wrong})
	}
	return requests
}

// group cuts sorted points into blocks that are read at once.
func (c *Connector) group(points []point) [][]point {
	var blocks [][]point
	from, end := 0, 0
	for i := range points {
		p := &points[i]
		if i > from {
			first := &points[from]
			limit, gap := c.settings.MaxRegisters, c.settings.MaxGap
			if p.table.Bits() {
				limit, gap = c.settings.MaxCoils, c.settings.MaxGap*16
			}
			together := p.unit == first.unit && p.table == first.table && p.start-end <= gap &&
				max(end, p.end())-first.start <= limit && !c.apart(&points[i-1], p)
			if !together {
				blocks = append(blocks, points[from:i])
				from = i
			}
		}
		if i == from {
			end = p.end()
		}
		end = max(end, p.end())
	}
	if from < len(points) {
		blocks = append(blocks, points[from:])
	}
	return blocks
}

// apart reports whether the device is known to refuse a read over both points, of which
// b does not begin before a.
func (c *Connector) apart(a, b *point) bool {
	if len(c.memory.refused) > 0 && a.extent() != b.extent() {
		if _, refused := c.memory.refused[a.extent()]; refused {
			return true
		}
		if _, refused := c.memory.refused[b.extent()]; refused {
			return true
		}
	}
	if len(c.memory.cuts) > 0 {
		for at := a.start + 1; at <= b.start; at++ {
			if c.memory.cuts[place{b.unit, b.table, at}] {
				return true
			}
		}
	}
	return false
}

// request reads the points of one block, or of several once the device refused to give
// the block in one.
type request struct {
	c      *Connector
	points []point
	blocks [][]point
	ids    []int
}

func newRequest(c *Connector, points []point) *request {
	r := &request{c: c, points: points, blocks: [][]point{points}, ids: make([]int, len(points))}
	for i := range points {
		r.ids[i] = points[i].id
	}
	return r
}

// Points implements connector.Request.
func (r *request) Points() []int { return r.ids }

// Read implements connector.Request.
func (r *request) Read(ctx context.Context, dst []connector.Update) ([]connector.Update, error) {
	start := len(dst)
	var err error
	for _, block := range r.blocks {
		if dst, err = r.readBlock(ctx, dst, block); err == nil {
			continue
		}
		if len(r.blocks) == 1 || fatal(ctx, err) {
			return dst[:start], err
		}
		quality := tag.BadCommunicationError
		var status *connector.StatusError
		if errors.As(err, &status) {
			quality = status.Quality
		}
		dst = appendBad(dst, block, quality)
	}
	return dst, nil
}

func fatal(ctx context.Context, err error) bool {
	return errors.Is(err, connector.ErrNotConnected) || ctx.Err() != nil
}

func (r *request) readBlock(ctx context.Context, dst []connector.Update, block []point) ([]connector.Update, error) {
	if old, ok := r.c.refusedBefore(block); ok {
		return appendBad(dst, block, old.reason.quality()), nil
	}
	start := len(dst)
	dst, err := r.c.readOnce(ctx, dst, block)
	if err == nil {
		if len(r.c.memory.refused) > 0 {
			delete(r.c.memory.refused, block[0].extent())
		}
		return dst, nil
	}
	var e exception
	if !errors.As(err, &e) {
		return dst, err
	}
	if e != illegalAddress && e != illegalValue {
		return dst[:start], &connector.StatusError{Quality: e.quality(), Message: e.Error()}
	}
	dst, _, err = r.c.split(ctx, dst[:start], block, e)
	if err != nil {
		return dst[:start], err
	}
	r.blocks = r.c.group(r.points)
	return dst, nil
}

// readOnce reads a block in one exchange.
func (c *Connector) readOnce(ctx context.Context, dst []connector.Update, block []point) ([]connector.Update, error) {
	first, end := &block[0], span(block)
	data, err := c.link.exchange(ctx, first.unit, readPDU(first.table.ReadFunction(), first.start, end-first.start))
	if err != nil {
		return dst, err
	}
	return c.decodeBlock(dst, block, data), nil
}

// decodeBlock makes the updates of the points of a block of the data that was read for it.
func (c *Connector) decodeBlock(dst []connector.Update, block []point, data []byte) []connector.Update {
	dst = slices.Grow(dst, len(block))
	first, now := block[0].start, tag.Now()
	for i := range block {
		p := &block[i]
		at := p.start - first
		var v tag.Value
		var q tag.Quality
		if p.coil {
			v, q = wire.Deliver(tag.OfBool(data[at/8]>>(at&7)&1 != 0), p.Type)
		} else {
			v, q = p.Decode(data[2*at : 2*(at+p.count)])
		}
		dst = append(dst, connector.Update{Point: p.id, Sample: tag.Sample{Value: v, Quality: q, Source: now}})
	}
	return dst
}

func span(block []point) int {
	end := 0
	for i := range block {
		end = max(end, block[i].end())
	}
	return end
}

// split reads a block that the device refused to give in one, part by part, and
// remembers where it must be cut. found says that something new was learned.
func (c *Connector) split(ctx context.Context, dst []connector.Update, block []point, e exception) (_ []connector.Update, found bool, err error) {
	first := &block[0]
	cut := cutAt(block)
	if cut == 0 { // all points cover the same addresses
		c.memory.refused[first.extent()] = refusal{reason: e, again: time.Now().Add(refusedFor)}
		return appendBad(dst, block, e.quality()), true, nil
	}
	for _, part := range [][]point{block[:cut], block[cut:]} {
		start := len(dst)
		dst, err = c.readOnce(ctx, dst, part)
		var again exception
		switch {
		case err == nil:
		case errors.As(err, &again) && (again == illegalAddress || again == illegalValue):
			var f bool
			if dst, f, err = c.split(ctx, dst[:start], part, again); err != nil {
				return dst, found, err
			}
			found = found || f
		case errors.As(err, &again):
			dst = appendBad(dst[:start], part, again.quality())
			found = true
		default:
			return dst, found, err
		}
	}
	if !found { // both parts are fine alone, so what lies between them is not
		c.memory.cuts[place{first.unit, first.table, block[cut].start}] = true
	}
	return dst, true, nil
}

// cutAt is the index at which a refused block is cut in two: at its widest gap, else in
// the middle; 0 when its points cannot be separated.
func cutAt(block []point) int {
	best, widest, end := 0, 0, block[0].end()
	for i := 1; i < len(block); i++ {
		if gap := block[i].start - end; gap > widest {
			best, widest = i, gap
		}
		end = max(end, block[i].end())
	}
	if best > 0 {
		return best
	}
	for half, i := len(block)/2, 0; i < len(block); i++ {
		for _, at := range [...]int{half - i, half + i} {
			if at > 0 && at < len(block) && block[at].extent() != block[at-1].extent() {
				return at
			}
		}
	}
	return 0
}

// refusedBefore reports whether the block is known to be refused and its time to be
// asked for again has not come.
func (c *Connector) refusedBefore(block []point) (refusal, bool) {
	if len(c.memory.refused) == 0 {
		return refusal{}, false
	}
	old, ok := c.memory.refused[block[0].extent()]
	return old, ok && time.Now().Before(old.again)
}

func appendBad(dst []connector.Update, block []point, q tag.Quality) []connector.Update {
	now := tag.Now()
	for i := range block {
		dst = append(dst, connector.Update{Point: block[i].id, Sample: tag.Sample{Quality: q, Source: now}})
	}
	return dst
}

// invalid is the request of points whose address the settings of the device make impossible.
type invalid struct{ ids []int }

func (r *invalid) Points() []int { return r.ids }

func (r *invalid) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	for _, id := range r.ids {
		dst = append(dst, connector.Update{Point: id, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}})
	}
	return dst, nil
}
