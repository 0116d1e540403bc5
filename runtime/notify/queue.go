package notify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// How messages are delivered.
const (
	// sendTimeout is how long one try may take.
	sendTimeout = 20 * time.Second
	// firstRetry is how soon a failed message is tried again; each time twice as long, at most lastRetry.
	firstRetry = 2 * time.Second
	lastRetry  = 2 * time.Minute
	// longestLater is the longest that a service may ask to wait.
	longestLater = 15 * time.Minute
	// maxAge is for how long a message is tried.
	maxAge = 24 * time.Hour
	// perMinute is how many messages a receiver gets in a minute, when the channel does not say.
	perMinute = 10
	// digestEvery is how often a receiver in a flood is told of all that came together, digestUrgent when something
	// urgent is among it.
	digestEvery  = 30 * time.Second
	digestUrgent = 10 * time.Second
	// maxLane is how many messages to one receiver wait, maxQueue to all. What is more is counted.
	maxLane  = 200
	maxQueue = 20_000
	// atOnce is how many messages one channel sends at a time.
	atOnce = 4
	// listed is how many alarms a message of many names.
	listed = 20
	// stuckAfter is how long a message may have failed before it is an alarm, staleFailure for how long a message that was
	// given up is one.
	stuckAfter   = 2 * time.Minute
	staleFailure = 10 * time.Minute
)

// lane holds the messages to one receiver by one channel, in order.
type lane struct {
	key  laneKey
	wait []*Outgoing
	busy bool
	// failures in a row, next is when it is tried again.
	failures int
	next     time.Time
	// sent are the times of the last minute; flood says that there were too many.
	sent  []time.Time
	flood bool
}

// queue delivers messages. One goroutine runs it, each try has its own.
type queue struct {
	mu      sync.Mutex
	lanes   map[laneKey]*lane
	waiting int
	busy    map[string]int // tries at a time, by channel
	// unmarked are those whose state the store has not taken yet.
	unmarked []*Outgoing
	// given are those that were given up last, failed is how many were since the start.
	given  []givenUp
	failed int
	// took is when a channel took a message last.
	took   map[string]time.Time
	wake   chan struct{}
	trying sync.WaitGroup
}

// givenUp is a message that was given up.
type givenUp struct {
	id int64
	at time.Time
}

func newQueue() *queue {
	return &queue{lanes: map[laneKey]*lane{}, busy: map[string]int{}, took: map[string]time.Time{}, wake: make(chan struct{}, 1)}
}

func poke(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// room says whether another message to a receiver may wait.
func (q *queue) room(channel, address string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	l := q.lanes[laneKey{channel, address}]
	return q.waiting < maxQueue && (l == nil || len(l.wait) < maxLane)
}

// add puts messages that are kept into the queue.
func (q *queue) add(list []*Outgoing) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, o := range list {
		if o.State != Waiting && o.State != Sending {
			continue
		}
		k := laneKey{o.Channel, o.Address}
		l := q.lanes[k]
		if l == nil {
			l = &lane{key: k}
			q.lanes[k] = l
		}
		l.wait = append(l.wait, o)
		q.waiting++
	}
	poke(q.wake)
}

// counts are how many messages wait, how many were given up, and whether some are stuck.
func (q *queue) counts(now time.Time) (waiting, failed int, stuck bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.given = slices.DeleteFunc(q.given, func(g givenUp) bool { return now.Sub(g.at) > staleFailure })
	stuck = len(q.given) > 0
	for _, l := range q.lanes {
		if len(l.wait) > 0 && l.failures > 0 && now.Sub(l.wait[0].Created) > stuckAfter {
			stuck = true
		}
	}
	return q.waiting, q.failed, stuck
}

// run delivers until ctx ends, and returns when every try has ended.
func (s *Service) deliver(ctx context.Context) {
	q := s.queue
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		timer.Reset(s.turn(ctx, time.Now()))
		select {
		case <-ctx.Done():
			q.trying.Wait()
			s.mark(context.WithoutCancel(ctx))
			return
		case <-q.wake:
		case <-timer.C:
		}
	}
}

// turn begins what can be begun now and says when to look again.
func (s *Service) turn(ctx context.Context, now time.Time) time.Duration {
	q := s.queue
	s.mark(ctx)
	q.mu.Lock()
	defer q.mu.Unlock()
	next := time.Minute
	if len(q.unmarked) > 0 {
		next = time.Second
	}
	var ready []*lane
	for k, l := range q.lanes {
		l.sent = slices.DeleteFunc(l.sent, func(t time.Time) bool { return now.Sub(t) >= time.Minute })
		switch {
		case l.busy:
		case len(l.wait) == 0:
			if len(l.sent) == 0 && l.failures == 0 {
				delete(q.lanes, k)
			}
		case l.next.After(now):
			next = min(next, l.next.Sub(now))
		default:
			ready = append(ready, l)
		}
	}
	// Who waits longest comes first, so that no receiver starves the others of a channel.
	slices.SortFunc(ready, func(a, b *lane) int {
		return cmp.Or(a.wait[0].Due.Compare(b.wait[0].Due), cmp.Compare(a.wait[0].ID, b.wait[0].ID))
	})
	for _, l := range ready {
		if ctx.Err() != nil {
			break
		}
		channel := s.channel(l.key.channel)
		if channel == nil || channel.config.Disabled {
			for _, o := range l.wait {
				q.give(o, Skipped, ReasonChannel, "", now)
			}
			q.waiting -= len(l.wait)
			l.wait = nil
			next = 0
			continue
		}
		if q.busy[l.key.channel] >= atOnce {
			continue // its end wakes us
		}
		n, at := l.due(cmp.Or(channel.config.PerMinute, perMinute), now)
		if n == 0 {
			l.next = at
			next = min(next, at.Sub(now))
			continue
		}
		part := slices.Clone(l.wait[:n])
		l.busy = true
		q.busy[l.key.channel]++
		q.trying.Go(func() { s.try(ctx, l, channel, part) })
	}
	return max(next, 10*time.Millisecond)
}

// due is how many messages of a lane go out now, as one; or when some do.
func (l *lane) due(most int, now time.Time) (int, time.Time) {
	if l.flood && len(l.sent) == 0 {
		l.flood = false
	}
	if len(l.sent) >= most {
		l.flood = true
	}
	if !l.flood {
		if l.wait[0].More > 0 {
			return len(l.wait), now
		}
		return 1, now
	}
	pause := digestEvery
	if slices.ContainsFunc(l.wait, func(o *Outgoing) bool { return o.Urgent }) {
		pause = digestUrgent
	}
	if n := len(l.sent); n > 0 {
		if at := l.sent[n-1].Add(pause); at.After(now) {
			return 0, at
		}
	}
	return len(l.wait), now
}

// try sends one message, or several as one.
func (s *Service) try(ctx context.Context, l *lane, channel *liveChannel, part []*Outgoing) {
	head := part[0]
	now := time.Now()
	subject, text, fields := head.Subject, head.Text, head.Fields
	if len(part) > 1 || head.More > 0 {
		subject, text, fields = digest(part, s.config().URL)
	}
	q := s.queue
	q.mu.Lock()
	head.State, head.Tried = Sending, now
	head.Attempts++
	marked := *head
	q.mu.Unlock()
	if err := s.keeper.MarkMessages(ctx, []*Outgoing{&marked}); err != nil {
		s.log.Warn("message is sent although the store does not take it", "error", err)
	}
	answer, err := "", channel.err
	if err == nil {
		answer, err = s.send(ctx, channel, Message{Key: head.Key, To: head.Address, Subject: subject, Text: text, Link: fields["link"], Urgent: head.Urgent, Fields: fields})
	}
	now = time.Now()
	q.mu.Lock()
	defer q.mu.Unlock()
	l.busy = false
	q.busy[l.key.channel]--
	poke(q.wake)
	if err != nil && ctx.Err() != nil {
		return // we are stopping: it is sent again at the next start
	}
	took := len(part)
	switch later, asked := errors.AsType[*Later](err); {
	case err == nil:
		head.Subject, head.Text, head.Fields = subject, text, fields
		q.give(head, Sent, "", answer, now)
		for _, o := range part[1:] {
			o.With = head.ID
			q.give(o, Digested, "", "", now)
		}
		l.failures, l.next = 0, time.Time{}
		q.took[l.key.channel] = now
		q.given = slices.DeleteFunc(q.given, func(g givenUp) bool { return g.id == head.ID })
		l.sent = append(l.sent, now)
	case errors.Is(err, ErrGone), IsPermanent(err):
		if errors.Is(err, ErrGone) {
			s.forget(context.WithoutCancel(ctx), head.Address)
		}
		// Of several only the first is given up: what is wrong with it need not be wrong with the others.
		took = 1
		q.give(head, Failed, ReasonRejected, explain(err), now)
	case now.Sub(head.Created) > maxAge:
		took = 1
		q.give(head, Failed, ReasonExpired, explain(err), now)
	default:
		took = 0
		l.failures++
		wait := backoff(l.failures)
		if asked {
			wait = max(wait, min(later.After, longestLater))
		}
		head.State, head.Answer, head.Due = Waiting, explain(err), now.Add(wait)
		l.next = head.Due
		q.unmarked = append(q.unmarked, head)
	}
	l.wait = l.wait[took:]
	q.waiting -= took
}

// give ends the life of a message in the queue. The caller holds mu, and takes it out of its lane.
func (q *queue) give(o *Outgoing, state State, reason, answer string, now time.Time) {
	o.State, o.Reason, o.Answer, o.Tried, o.Due = state, reason, answer, now, time.Time{}
	q.unmarked = append(q.unmarked, o)
	if state == Failed {
		q.failed++
		q.given = append(q.given, givenUp{o.ID, now})
	}
}

// mark gives the store what has become of messages. What it does not take is given again.
func (s *Service) mark(ctx context.Context) {
	q := s.queue
	q.mu.Lock()
	list := q.unmarked
	q.unmarked = nil
	copies := make([]*Outgoing, len(list))
	for i, o := range list {
		c := *o
		copies[i] = &c
	}
	q.mu.Unlock()
	if len(list) == 0 {
		return
	}
	if err := s.keeper.MarkMessages(ctx, copies); err != nil {
		if ctx.Err() == nil {
			s.log.Error("what has become of messages was not kept", "error", err)
		}
		q.mu.Lock()
		q.unmarked = append(list, q.unmarked...)
		q.mu.Unlock()
	}
}

// send brings one message out, within its time. A sender that panics has failed.
func (s *Service) send(ctx context.Context, channel *liveChannel, m Message) (answer string, err error) {
	ctx, cancel := context.WithTimeout(ctx, sendTimeout)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("channel of messages failed", "channel", channel.config.ID, "panic", p)
			err = Permanent(fmt.Errorf("the channel failed: %v", p))
		}
	}()
	answer, err = channel.sender.Send(ctx, m)
	if err != nil && ctx.Err() == context.DeadlineExceeded {
		err = fmt.Errorf("no answer within %s: %w", sendTimeout, err)
	}
	return tidy(oneLine(answer), 500), err
}

// explain is an error for the log.
func explain(err error) string { return tidy(oneLine(err.Error()), 500) }

// backoff is how long to wait after a number of failures in a row: twice as long each time, and a fifth more or less, so that
// not all come back at once.
func backoff(failures int) time.Duration {
	d := lastRetry
	if failures < 8 {
		d = min(firstRetry<<(failures-1), lastRetry)
	}
	return d*4/5 + rand.N(d*2/5)
}

// digest makes one message of several: the most urgent first.
func digest(part []*Outgoing, base string) (subject, text string, fields map[string]string) {
	all := 0
	for _, o := range part {
		all += max(1, o.More)
	}
	sorted := slices.Clone(part)
	slices.SortStableFunc(sorted, func(a, b *Outgoing) int {
		n := func(o *Outgoing) int {
			if o.Urgent {
				return 0
			}
			return 1
		}
		return n(a) - n(b)
	})
	fields = maps.Clone(part[0].Fields)
	if fields == nil {
		fields = map[string]string{}
	}
	zh := fields["lang"] == "zh"
	subject = "+" + strconv.Itoa(all) + " more alarms"
	if zh {
		subject = "另有 " + strconv.Itoa(all) + " 条报警"
	}
	var lines []string
	named := 0
	for _, o := range sorted {
		if o.More == 0 && named < listed && o.Subject != "" {
			lines = append(lines, o.Fields["time"]+"  "+o.Subject)
			named++
		}
	}
	if rest := all - named; rest > 0 && named > 0 {
		if zh {
			lines = append(lines, "… 以及另外 "+strconv.Itoa(rest)+" 条")
		} else {
			lines = append(lines, "… and "+strconv.Itoa(rest)+" more")
		}
	}
	if base != "" {
		fields["link"] = strings.TrimRight(base, "/") + "/alarms"
		lines = append(lines, fields["link"])
	}
	text = strings.Join(lines, "\n")
	if text == "" {
		text = subject
	}
	fields["subject"], fields["text"], fields["title"], fields["message"] = subject, text, subject, text
	for _, name := range []string{"name", "value", "limit", "unit", "path", "area", "by", "comment", "cause", "consequence", "action"} {
		fields[name] = ""
	}
	return subject, text, fields
}
