package notify

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
)

// Kept is what a Keeper gives back at the start.
type Kept struct {
	// Cursor is the last line of the journal that was dealt with.
	Cursor int64
	Runs   []*Run
	// Messages wait to be sent, in order. LastID is the highest id that was ever given.
	Messages []*Outgoing
	LastID   int64
}

// Change is what comes of lines of the journal, or of time.
type Change struct {
	Cursor   int64
	Messages []*Outgoing
	Runs     []*Run
	// Gone are runs that have ended.
	Gone []*Run
}

// Keeper keeps the queue over a restart.
type Keeper interface {
	LoadMessages(ctx context.Context) (Kept, error)
	// KeepMessages keeps a change, all of it or nothing. Messages with a key that is there already are left out, and are not in
	// the list that is returned.
	KeepMessages(ctx context.Context, c Change) ([]*Outgoing, error)
	// MarkMessages keeps what has become of messages.
	MarkMessages(ctx context.Context, list []*Outgoing) error
	// Device is a device that somebody has registered, for channels that reach it.
	Device(ctx context.Context, id string) (json.RawMessage, error)
	// ForgetDevice removes one that is not there any more.
	ForgetDevice(ctx context.Context, id string) error
}

// Options are what a service is made of.
type Options struct {
	Log    *slog.Logger
	Keeper Keeper
	// Events hands over the lines of the alarm journal after one, oldest first, until ctx ends or take fails.
	Events func(ctx context.Context, after int64, take func(context.Context, []alarm.Entry) error) error
	// Declared is what the declaration of an alarm says; false when it is not there any more.
	Declared func(key alarm.Key, value json.RawMessage) (Declared, bool)
	// People are all users.
	People func(ctx context.Context) ([]Known, error)
	// Zone is the time zone of the plant.
	Zone func() *time.Location
	// Secret gives the secret of a reference.
	Secret func(ref string) (string, error)
	Host   Host
	// Tell is told how many messages wait, how many were given up since the start, and whether some are stuck.
	Tell func(waiting, failed int, stuck bool)
}

// Service tells people of alarms.
type Service struct {
	Options
	keeper Keeper
	log    *slog.Logger
	queue  *queue
	// live is the set-up in use.
	live atomic.Pointer[live]
	wake chan struct{}

	// mu is held while something is planned and kept.
	mu     sync.Mutex
	loaded bool
	cursor int64
	lastID int64
	runs   map[runKey]*Run
	plan   *plan
	// planned is the set-up of the plan, peopled when its people were read.
	planned *live
	peopled time.Time
}

// live is a set-up with its senders.
type live struct {
	config   *Config
	channels map[string]*liveChannel
}

// liveChannel is a channel in use. err says why it cannot be used.
type liveChannel struct {
	config Channel
	raw    string
	sender Sender
	err    error
}

// New makes a service. It starts nothing.
func New(o Options) *Service {
	s := &Service{Options: o, keeper: o.Keeper, log: o.Log, queue: newQueue(), wake: make(chan struct{}, 1)}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.Zone == nil {
		s.Zone = func() *time.Location { return time.Local }
	}
	if s.Host.Now == nil {
		s.Host.Now = time.Now
	}
	s.Use(&Config{})
	return s
}

// Use takes a set-up that was found valid into use. Channels that are as before keep their senders.
func (s *Service) Use(c *Config) {
	old := s.live.Load()
	next := &live{config: c, channels: make(map[string]*liveChannel, len(c.Channels))}
	for _, channel := range c.Channels {
		raw := channel.Kind + string(channel.Settings)
		if old != nil {
			if before := old.channels[channel.ID]; before != nil && before.raw == raw && before.err == nil {
				next.channels[channel.ID] = &liveChannel{config: channel, raw: raw, sender: before.sender}
				continue
			}
		}
		l := &liveChannel{config: channel, raw: raw}
		l.sender, l.err = s.sender(&channel)
		next.channels[channel.ID] = l
	}
	s.live.Store(next)
	poke(s.wake)
	poke(s.queue.wake)
}

// Refresh has people be read anew: somebody has changed how they want to be told.
func (s *Service) Refresh() {
	s.mu.Lock()
	s.peopled = time.Time{}
	s.mu.Unlock()
}

func (s *Service) config() *Config { return s.live.Load().config }

func (s *Service) channel(id string) *liveChannel { return s.live.Load().channels[id] }

// sender makes the sender of a channel.
func (s *Service) sender(c *Channel) (Sender, error) {
	kind, ok := Lookup(c.Kind)
	if !ok {
		return nil, fmt.Errorf("there is no kind of channel %q", c.Kind)
	}
	settings := c.Settings
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	settings, err := spec.WithSecrets(settings, s.Secret)
	if err != nil {
		return nil, err
	}
	sender, err := kind.New(settings, s.Host)
	if err != nil {
		return nil, err
	}
	if kind.Reach == ByDevice {
		return &byDevice{sender, s.keeper}, nil
	}
	return sender, nil
}

// byDevice gives a sender the device of which a message has the id.
type byDevice struct {
	Sender
	keeper Keeper
}

func (b *byDevice) Send(ctx context.Context, m Message) (string, error) {
	device, err := b.keeper.Device(ctx, m.To)
	if err != nil {
		return "", err
	}
	if device == nil {
		return "", Permanent(ErrGone)
	}
	m.To = string(device)
	return b.Sender.Send(ctx, m)
}

func (s *Service) forget(ctx context.Context, device string) {
	if err := s.keeper.ForgetDevice(ctx, device); err != nil {
		s.log.Error("device that is gone was not removed", "error", err)
	}
	s.Refresh()
}

// loadRetry is how soon the store is asked again.
const loadRetry = 2 * time.Second

// Run tells people until ctx ends, and returns when all that it started has ended.
func (s *Service) Run(ctx context.Context) {
	if !s.begin(ctx) {
		return
	}
	var running sync.WaitGroup
	running.Go(func() { s.deliver(ctx) })
	running.Go(func() { s.escalate(ctx) })
	running.Go(func() { s.report(ctx) })
	for ctx.Err() == nil {
		s.mu.Lock()
		after := s.cursor
		s.mu.Unlock()
		if err := s.Events(ctx, after, s.take); err != nil && ctx.Err() == nil {
			s.log.Error("messages are not made now", "error", err)
			pause(ctx, loadRetry)
		}
	}
	running.Wait()
}

// begin loads what was kept.
func (s *Service) begin(ctx context.Context) bool {
	for {
		kept, err := s.keeper.LoadMessages(ctx)
		if err == nil {
			s.mu.Lock()
			s.cursor, s.lastID, s.loaded = kept.Cursor, kept.LastID, true
			s.runs = make(map[runKey]*Run, len(kept.Runs))
			for _, r := range kept.Runs {
				s.runs[runKey{r.Key, r.Route}] = r
			}
			s.plan = nil
			s.mu.Unlock()
			s.queue.add(kept.Messages)
			return true
		}
		s.log.Error("messages that wait are not known", "error", err)
		if !pause(ctx, loadRetry) {
			return false
		}
	}
}

// pause waits; false when ctx has ended.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// peopleFor is how long what is known of people counts.
const peopleFor = 2 * time.Second

// prepare brings the plan up to date. The caller holds mu.
func (s *Service) prepare(ctx context.Context) error {
	if !s.loaded {
		kept, err := s.keeper.LoadMessages(ctx)
		if err != nil {
			return err
		}
		s.runs = make(map[runKey]*Run, len(kept.Runs))
		for _, r := range kept.Runs {
			s.runs[runKey{r.Key, r.Route}] = r
		}
		s.cursor, s.lastID, s.loaded, s.plan = kept.Cursor, max(s.lastID, kept.LastID), true, nil
	}
	now := s.live.Load()
	if s.plan != nil && s.planned == now && time.Since(s.peopled) < peopleFor {
		return nil
	}
	list, err := s.People(ctx)
	if err != nil {
		return err
	}
	people := make(map[string]*Known, len(list))
	for i := range list {
		people[strings.ToLower(list[i].Name)] = &list[i]
	}
	s.peopled = time.Now()
	if s.plan != nil && s.planned == now {
		s.plan.people, s.plan.zone, s.plan.days = people, s.Zone(), now.config.calendar(s.Zone())
		return nil
	}
	s.planned = now
	s.plan = newPlan(now.config, people, s.Zone(), s.runs, s.queue.room)
	return nil
}

// take makes messages of lines of the journal, and keeps them with the place in the journal, at once or not at all.
func (s *Service) take(ctx context.Context, list []alarm.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.prepare(ctx); err != nil {
		return err
	}
	now := time.Now()
	for i := range list {
		if e := &list[i]; e.ID > s.cursor {
			f, declared := s.facts(e)
			s.plan.take(f, e.Event, declared, now)
		}
	}
	return s.commit(ctx, max(s.cursor, list[len(list)-1].ID))
}

// facts are what is known of a line of the journal.
func (s *Service) facts(e *alarm.Entry) (*Facts, *Declared) {
	key := alarm.KeyOf(e.Path, e.Alarm)
	d, _ := s.Declared(key, e.Value)
	f := &Facts{
		Seq: e.ID, Time: e.Time, Key: key, State: e.State, Priority: e.Priority, Class: d.Class, Title: e.Title, Name: e.Name, Message: e.Message,
		Value: d.Value, Limit: d.Limit, Unit: d.Unit, Area: d.Area, Cause: d.Cause, Consequence: d.Consequence, Action: d.Action, By: e.By, Comment: e.Comment,
	}
	if f.Value == "" {
		f.Value = strings.Trim(string(e.Value), `"`)
	}
	if f.Value == "" {
		f.Unit = ""
	}
	return f, &d
}

// escalate goes on with what nobody has acknowledged.
func (s *Service) escalate(ctx context.Context) {
	for ctx.Err() == nil {
		wait := s.step(ctx)
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-t.C:
		case <-s.wake:
		}
		t.Stop()
	}
}

// step tells what is due and says when to look again.
func (s *Service) step(ctx context.Context) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.prepare(ctx); err != nil {
		if ctx.Err() == nil {
			s.log.Error("messages are not made now", "error", err)
		}
		return loadRetry
	}
	now := time.Now()
	next := s.plan.tick(now)
	if err := s.commit(ctx, s.cursor); err != nil {
		return loadRetry
	}
	wait := 10 * time.Second
	if !next.IsZero() {
		wait = min(wait, max(next.Sub(now), 10*time.Millisecond))
	}
	return wait
}

// commit keeps what the plan has come to. When that fails, all is as it was kept before. The caller holds mu.
func (s *Service) commit(ctx context.Context, cursor int64) error {
	p := s.plan
	c := Change{Cursor: cursor, Messages: p.out}
	for k := range p.changed {
		if r := p.runs[k]; r != nil {
			c.Runs = append(c.Runs, r)
		} else {
			c.Gone = append(c.Gone, &Run{Key: k.alarm, Route: k.route})
		}
	}
	for _, o := range p.out {
		s.lastID++
		o.ID = s.lastID
	}
	p.out, p.keys, p.over, p.changed = nil, map[string]bool{}, map[laneKey]*Outgoing{}, map[runKey]bool{}
	if cursor == s.cursor && len(c.Messages)+len(c.Runs)+len(c.Gone) == 0 {
		return nil
	}
	kept, err := s.keeper.KeepMessages(ctx, c)
	if err != nil {
		s.loaded = false
		return err
	}
	s.cursor = cursor
	s.queue.add(kept)
	if len(c.Runs) > 0 {
		poke(s.wake)
	}
	return nil
}

// reportEvery is how often the tags are brought up to date.
const reportEvery = time.Second

// report tells how many messages wait.
func (s *Service) report(ctx context.Context) {
	if s.Tell == nil {
		return
	}
	t := time.NewTicker(reportEvery)
	defer t.Stop()
	for {
		s.Tell(s.queue.counts(time.Now()))
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// Again puts messages that failed into the queue once more.
func (s *Service) Again(list []*Outgoing) {
	s.queue.add(list)
}

// Mail implements Mailer by the first channel for mail.
func (s *Service) Mail(ctx context.Context, m Mail) error {
	l := s.live.Load()
	for i := range l.config.Channels {
		c := &l.config.Channels[i]
		if kind, ok := Lookup(c.Kind); !ok || kind.Reach != ByMail || c.Disabled {
			continue
		}
		channel := l.channels[c.ID]
		if channel.err != nil {
			return channel.err
		}
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		_, err := channel.sender.Send(ctx, Message{To: strings.Join(m.To, ","), Subject: m.Subject, Text: m.Text, Attachments: m.Attachments})
		return err
	}
	return ErrNoMail
}

// CanMail reports whether there is a channel for mail.
func (s *Service) CanMail() bool {
	for _, c := range s.config().Channels {
		if kind, ok := Lookup(c.Kind); ok && kind.Reach == ByMail && !c.Disabled {
			return true
		}
	}
	return false
}

// Doing says how a channel is doing.
type Doing struct {
	// Waiting is how many messages wait for it.
	Waiting int `json:"waiting"`
	// Failing says that it does not take messages now, Error why.
	Failing bool   `json:"failing,omitempty"`
	Error   string `json:"error,omitempty"`
	// Sent is when it took one last, since the start.
	Sent time.Time `json:"sent,omitzero"`
}

// Doing says how the channels are doing, by id.
func (s *Service) Doing() map[string]Doing {
	l := s.live.Load()
	out := make(map[string]Doing, len(l.channels))
	q := s.queue
	q.mu.Lock()
	defer q.mu.Unlock()
	for id, c := range l.channels {
		d := Doing{Sent: q.took[id]}
		if c.err != nil {
			d.Failing, d.Error = true, explain(c.err)
		}
		out[id] = d
	}
	for k, lane := range q.lanes {
		d, known := out[k.channel]
		if !known {
			continue
		}
		d.Waiting += len(lane.wait)
		if lane.failures > 0 && len(lane.wait) > 0 {
			d.Failing, d.Error = true, lane.wait[0].Answer
		}
		out[k.channel] = d
	}
	return out
}

// OnDuty are those of a roster who are told now.
func (s *Service) OnDuty(id string) []string {
	c := s.config()
	r := c.Roster(id)
	if r == nil {
		return nil
	}
	return c.calendar(s.Zone()).onDuty(r, s.Host.Now())
}
