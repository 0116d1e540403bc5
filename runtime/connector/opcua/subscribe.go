package opcua

import (
	"context"
	"errors"
	"math"
	"time"

	"github.com/gopcua/opcua/id"
	"github.com/gopcua/opcua/ua"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

const (
	// publishAhead is how many publish requests wait in the server.
	publishAhead = 3
	// tryAgain is how often nodes that the server does not have are asked for again: a
	// controller may load its program after its server has started.
	tryAgain = 10 * time.Second
)

// item is a point as it is monitored; its client handle is its index.
type item struct {
	point   int
	typ     tag.Type
	address *Address
	node    nodeID
	found   bool // node is that of the address
	there   bool // the server monitors it
	status  status
}

// Run implements connector.Subscriber.
func (c *Connector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	s := c.current()
	if s == nil {
		return connector.ErrNotConnected
	}
	items, methods, wrong := sortPoints(points)
	c.results.begin(methods, emit)
	defer c.results.end()
	if len(wrong) > 0 {
		emit(wrong)
	}
	if len(items) == 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.channel.gone:
			return s.channel.why()
		}
	}
	var err error
	if s.settings.Acquire == "read" {
		err = s.poll(ctx, items, emit)
	} else {
		err = s.monitor(ctx, items, emit)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !errors.Is(err, connector.ErrNotConnected) {
		err = lost("%w", err)
	}
	return err
}

// sortPoints divides points into what is monitored and what is called; wrong are updates
// for points that have no usable address and for methods, which have no value yet.
func sortPoints(points []connector.Point) (items []item, methods []item, wrong []connector.Update) {
	for _, p := range points {
		a, ok := p.Address.(*Address)
		quality := tag.BadConfigurationError
		switch {
		case ok && a.method():
			methods = append(methods, item{point: p.ID, typ: p.Type, address: a})
			quality = tag.BadNoData
			if p.Type == tag.Bool { // a button that is not pressed
				wrong = append(wrong, connector.Update{Point: p.ID, Sample: tag.Sample{Value: tag.OfBool(false), Source: tag.Now()}})
				continue
			}
		case ok:
			items = append(items, item{point: p.ID, typ: p.Type, address: a})
			continue
		}
		wrong = append(wrong, connector.Update{Point: p.ID, Sample: tag.Sample{Quality: quality, Source: tag.Now()}})
	}
	return items, methods, wrong
}

// poll reads all items again and again.
func (s *session) poll(ctx context.Context, items []item, emit func([]connector.Update)) error {
	tick := time.NewTicker(s.settings.Interval.Std())
	defer tick.Stop()
	again := time.Now().Add(tryAgain)
	for {
		updates, missing, err := s.readItems(ctx, items)
		if err != nil {
			return err
		}
		emit(updates)
		if missing && time.Now().After(again) {
			again = time.Now().Add(tryAgain)
			if err := s.learn(ctx); err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.channel.gone:
			return s.channel.why()
		case <-tick.C:
		}
	}
}

// readItems reads items once; missing says that the server does not know the namespaces of all of them.
func (s *session) readItems(ctx context.Context, items []item) (updates []connector.Update, missing bool, err error) {
	var reads []readID
	var of []*item
	for i := range items {
		it := &items[i]
		if it.resolve(s.namespaces()) {
			reads = append(reads, readID{node: it.node, attribute: attributeValue, indices: it.address.Range})
			of = append(of, it)
		} else {
			updates = append(updates, it.missing())
		}
	}
	got, err := s.read(ctx, reads)
	var refusal *connector.StatusError
	if err != nil && !errors.As(err, &refusal) {
		return nil, false, err
	}
	for i, it := range of {
		sample := tag.Sample{Source: tag.Now()}
		if refusal != nil {
			sample.Quality = refusal.Quality
		} else {
			sample = got[i].deliver(it.typ, it.address.single)
		}
		updates = append(updates, connector.Update{Point: it.point, Sample: sample})
	}
	return updates, len(of) < len(items), nil
}

// Peek implements connector.Peeker: one Read for all.
func (c *Connector) Peek(ctx context.Context, points []connector.Point) ([]connector.Update, error) {
	s := c.current()
	if s == nil {
		return nil, connector.ErrNotConnected
	}
	items, _, wrong := sortPoints(points)
	updates, _, err := s.readItems(ctx, items)
	return append(updates, wrong...), err
}

func (it *item) resolve(names namespaces) bool {
	if !it.found {
		it.node, it.found = names.resolve(it.address.node)
	}
	return it.found
}

func (it *item) missing() connector.Update {
	return connector.Update{Point: it.point, Sample: tag.Sample{Quality: tag.BadNodeIDUnknown, Source: tag.Now()}}
}

// subscription is one at work (OPC 10000-4, 5.13).
type subscription struct {
	*session
	id       uint32
	items    []item
	emit     func([]connector.Update)
	updates  []connector.Update
	arrived  chan message
	waiting  int // publish requests in the server
	ahead    int
	acks     []uint32
	sequence uint32
}

// monitor subscribes and publishes until the connection is lost or ctx ends.
func (s *session) monitor(ctx context.Context, items []item, emit func([]connector.Update)) error {
	sub := &subscription{session: s, items: items, emit: emit, arrived: make(chan message, 2*publishAhead), ahead: publishAhead}
	interval, count, err := sub.create(ctx)
	if err != nil {
		return err
	}
	defer sub.remove()
	// Twice the time within which the server must have said something.
	silence := 2 * max(time.Duration(count)*interval, 500*time.Millisecond)
	if err := sub.add(ctx); err != nil {
		return err
	}
	if err := sub.publish(); err != nil {
		return err
	}
	quiet := time.NewTimer(silence)
	defer quiet.Stop()
	again := time.NewTicker(tryAgain)
	defer again.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.channel.gone:
			return s.channel.why()
		case <-quiet.C:
			err := lost("the subscription has been silent for %v", silence)
			s.channel.drop(err)
			return err
		case <-again.C:
			if err := sub.retry(ctx); err != nil {
				return err
			}
		case m := <-sub.arrived:
			sub.waiting--
			quiet.Reset(silence)
			if err := sub.take(m); err != nil {
				return err
			}
			if err := sub.publish(); err != nil {
				return err
			}
		}
	}
}

// create makes the subscription; the server must speak every count intervals.
func (sub *subscription) create(ctx context.Context) (interval time.Duration, count uint32, err error) {
	wanted := sub.settings.Interval.Std()
	alive := max(1, uint32(sub.settings.KeepAlive.Std()/wanted))
	r, err := sub.ask(ctx, id.CreateSubscriptionRequest_Encoding_DefaultBinary, id.CreateSubscriptionResponse_Encoding_DefaultBinary, func(w *writer) {
		w.f64(milliseconds(wanted))
		w.u32(max(10*alive, uint32(time.Minute/wanted)))
		w.u32(alive)
		w.u32(0)
		w.bool(true)
		w.u8(0)
	})
	if err != nil {
		return 0, 0, sub.check("subscribe", err)
	}
	sub.id = r.u32()
	revised := r.f64()
	r.u32()
	count = r.u32()
	if r.err != nil || !(revised > 0 && revised < 1e9) || count > math.MaxInt32 {
		return 0, 0, sub.broken("subscribe", r, "an interval of %g ms", revised)
	}
	return time.Duration(revised * float64(time.Millisecond)), max(count, 1), nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// remove ends the subscription if the connection goes on.
func (sub *subscription) remove() {
	select {
	case <-sub.channel.gone:
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), goodbye)
	defer cancel()
	_, _ = sub.ask(ctx, id.DeleteSubscriptionsRequest_Encoding_DefaultBinary, id.DeleteSubscriptionsResponse_Encoding_DefaultBinary, func(w *writer) {
		w.count(1)
		w.u32(sub.id)
	}) // else the server ends it after its lifetime
}

// add has the server monitor the items that it does not monitor yet.
func (sub *subscription) add(ctx context.Context) error {
	names := sub.namespaces()
	var todo []int
	sub.updates = sub.updates[:0]
	for i := range sub.items {
		it := &sub.items[i]
		switch {
		case it.there:
		case it.resolve(names):
			todo = append(todo, i)
		case it.status != status(tag.BadNodeIDUnknown):
			it.status = status(tag.BadNodeIDUnknown)
			sub.updates = append(sub.updates, it.missing())
		}
	}
	for len(todo) > 0 {
		n := min(len(todo), int(sub.perCall.monitor.Load()))
		r, err := sub.ask(ctx, id.CreateMonitoredItemsRequest_Encoding_DefaultBinary, id.CreateMonitoredItemsResponse_Encoding_DefaultBinary, func(w *writer) {
			w.u32(sub.id)
			w.u32(2) // both timestamps
			w.count(n)
			for _, i := range todo[:n] {
				sub.item(w, i)
			}
		})
		if shrink(err, &sub.perCall.monitor, n) {
			continue
		}
		if err != nil {
			return sub.check("monitor", err)
		}
		if got := r.count(1); got != n {
			return sub.broken("monitor", r, "%d answers for %d items", got, n)
		}
		for _, i := range todo[:n] {
			it := &sub.items[i]
			code := status(r.u32())
			r.u32()
			r.f64()
			r.u32()
			r.extension()
			it.there = !code.bad()
			if code.bad() && it.status != code {
				sub.updates = append(sub.updates, connector.Update{Point: it.point, Sample: tag.Sample{Quality: code.quality(), Source: tag.Now()}})
			}
			it.status = code
		}
		if r.err != nil {
			return sub.broken("monitor", r, "")
		}
		todo = todo[n:]
	}
	if len(sub.updates) > 0 {
		sub.emit(sub.updates)
	}
	return nil
}

// item writes what is asked of the server for one item (OPC 10000-4, 5.12.2).
func (sub *subscription) item(w *writer, i int) {
	it := &sub.items[i]
	a := it.address
	sampling := sub.settings.Sampling.Std()
	if a.Sampling != nil {
		sampling = a.Sampling.Std()
	}
	w.readID(readID{node: it.node, attribute: attributeValue, indices: a.Range})
	w.u32(2) // reporting
	w.u32(uint32(i))
	if sampling == 0 {
		w.f64(-1) // as it publishes
	} else {
		w.f64(milliseconds(sampling))
	}
	if a.Deadband > 0 {
		w.extension(id.DataChangeFilter_Encoding_DefaultBinary, func(w *writer) {
			w.u32(1) // status or value
			w.u32(map[string]uint32{"absolute": 1, "percent": 2}[a.DeadbandKind])
			w.f64(a.Deadband)
		})
	} else {
		w.noExtension()
	}
	w.u32(uint32(a.Queue))
	w.bool(true)
}

// retry asks again for items that the server did not have.
func (sub *subscription) retry(ctx context.Context) error {
	all := true
	for i := range sub.items {
		all = all && sub.items[i].there
	}
	if all {
		return nil
	}
	if err := sub.learn(ctx); err != nil {
		return err
	}
	return sub.add(ctx)
}

// publish sees to it that enough publish requests wait in the server.
func (sub *subscription) publish() error {
	for sub.waiting < sub.ahead {
		_, err := sub.channel.launch(sub.auth, id.PublishRequest_Encoding_DefaultBinary, 0, sub.arrived, func(w *writer) {
			w.count(len(sub.acks))
			for _, n := range sub.acks {
				w.u32(sub.id)
				w.u32(n)
			}
		})
		if err != nil {
			return err
		}
		sub.acks = sub.acks[:0]
		sub.waiting++
	}
	return nil
}

// take reads the response to a publish request.
func (sub *subscription) take(m message) error {
	r, err := sub.channel.answer(m, id.PublishResponse_Encoding_DefaultBinary)
	switch {
	case is(err, ua.StatusBadTooManyPublishRequests) && sub.ahead > 1:
		sub.ahead--
		return nil
	case is(err, ua.StatusBadTimeout, ua.StatusBadRequestTimeout):
		return nil
	case err != nil:
		err = notConnected("publish", err)
		sub.channel.drop(err)
		return err
	}
	number := r.u32()
	for range r.count(4) {
		r.u32()
	}
	r.u8()
	sequence := r.u32()
	r.u64()
	if number != sub.id && r.err == nil {
		return nil // of a subscription that has just ended
	}
	sub.updates = sub.updates[:0]
	n := r.count(3)
	for range n {
		if err := sub.notification(r); err != nil {
			return err
		}
	}
	if r.err != nil {
		return sub.broken("publish", r, "")
	}
	if n > 0 {
		next := sub.sequence + 1
		if next == 0 {
			next = 1
		}
		if sub.sequence != 0 && sequence != next {
			return sub.broken("publish", r, "notification %d came after %d", sequence, sub.sequence)
		}
		sub.sequence = sequence
		sub.acks = append(sub.acks, sequence)
	}
	if len(sub.updates) > 0 {
		sub.emit(sub.updates)
	}
	return nil
}

func (sub *subscription) notification(r *reader) error {
	typ, encoding, body := r.extension()
	if r.err != nil || encoding != 1 || typ.ns != 0 || typ.kind != 0 {
		return nil
	}
	b := &reader{b: body}
	switch typ.num {
	case id.DataChangeNotification_Encoding_DefaultBinary:
		for range b.count(5) {
			handle := b.u32()
			d := b.dataValue()
			if b.err != nil {
				break
			}
			if int64(handle) < int64(len(sub.items)) {
				it := &sub.items[handle]
				sub.updates = append(sub.updates, connector.Update{Point: it.point, Sample: d.deliver(it.typ, it.address.single)})
			}
		}
	case id.StatusChangeNotification_Encoding_DefaultBinary:
		if code := status(b.u32()); code.bad() {
			err := lost("the server ended the subscription: %w", code)
			sub.channel.drop(err)
			return err
		}
	}
	if b.err != nil {
		return sub.broken("publish", b, "")
	}
	return nil
}
