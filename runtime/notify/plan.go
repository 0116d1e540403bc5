package notify

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/tag"
)

// State of a message in the queue and in the log.
type State string

// The states of a message.
const (
	Waiting State = "waiting"
	// Sending is of a message that is on its way. After a crash it is sent once more, as nobody knows whether it arrived.
	Sending State = "sending"
	Sent    State = "sent"
	// Digested is of a message that was told together with others.
	Digested State = "digested"
	// Failed is of one that was given up, Skipped of one that was not to be sent: see Reason.
	Failed  State = "failed"
	Skipped State = "skipped"
)

// Why a message was skipped.
const (
	ReasonQuiet    = "quiet"    // the person is not to be told at this time
	ReasonFilter   = "filter"   // the person does not want to be told of such alarms
	ReasonRights   = "rights"   // the person may not see the area
	ReasonAddress  = "address"  // the person has no address for the channels
	ReasonUser     = "user"     // there is no such user any more, or they are disabled
	ReasonDuty     = "duty"     // nobody of the roster is on duty
	ReasonChannel  = "channel"  // the channel was removed or switched off
	ReasonExpired  = "expired"  // it could not be delivered for a day
	ReasonRejected = "rejected" // the service does not take it
)

// Outgoing is one message to one receiver: in the queue, and then in the log.
type Outgoing struct {
	ID int64 `json:"id"`
	// Key is the same for the same message: what was queued is not queued again.
	Key     string `json:"-"`
	Channel string `json:"channel"`
	// Receiver is the name of the user or the address, "" when the channel is the receiver. Address is what the channel
	// needs.
	Receiver string    `json:"receiver,omitempty"`
	Address  string    `json:"-"`
	State    State     `json:"state" enum:"waiting,sending,sent,digested,failed,skipped"`
	Reason   string    `json:"reason,omitempty" enum:"quiet,filter,rights,address,user,duty,channel,expired,rejected"`
	Event    string    `json:"event"`
	Alarm    alarm.Key `json:"alarm,omitempty"`
	Priority string    `json:"priority,omitempty"`
	Route    string    `json:"route,omitempty"`
	// Step counts from 1.
	Step    int               `json:"step,omitempty"`
	Subject string            `json:"subject,omitempty"`
	Text    string            `json:"text,omitempty"`
	Fields  map[string]string `json:"-"`
	Urgent  bool              `json:"-"`
	Created time.Time         `json:"created"`
	// Tried is when it was tried last, Due when it is tried again.
	Tried    time.Time `json:"tried,omitzero"`
	Due      time.Time `json:"due,omitzero"`
	Attempts int       `json:"attempts"`
	// Answer is what the service said last, or the error.
	Answer string `json:"answer,omitempty"`
	// With is the id of the message with which it was told, when it was one of many.
	With int64 `json:"with,omitempty"`
	// More is how many it stands for that were too many to keep each.
	More int `json:"more,omitempty"`
}

// Run is what a route has told of an alarm.
type Run struct {
	Key   alarm.Key `json:"key"`
	Route string    `json:"route"`
	// Facts are those of the alarm when it was raised.
	Facts Facts `json:"facts"`
	// Step is the step that was told last, from 0, and Told how often; -1 before the first.
	Step int `json:"step"`
	Told int `json:"told"`
	// At is when the step was told first, Next when something is to be told again; the zero time when nothing is.
	At   time.Time `json:"at"`
	Next time.Time `json:"next,omitzero"`
}

// Known is what is known of a user.
type Known struct {
	Person
	Name     string
	Language string
	Rights   auth.Rights
	Disabled bool
	// Devices are the ids of those that are registered.
	Devices []string
}

// runKey names a run.
type runKey struct {
	alarm alarm.Key
	route string
}

// plan makes messages of what happens. It is used by one goroutine.
type plan struct {
	config *Config
	people map[string]*Known // by name in lower case
	zone   *time.Location
	days   calendar
	runs   map[runKey]*Run
	byKey  map[alarm.Key]map[string]bool // the routes of the runs
	// room says whether there is room for another message in the lane of a receiver.
	room func(channel, address string) bool

	// skipped counts what was noted of those who were not told, since when it is counted.
	skipped map[string]int
	since   time.Time

	out     []*Outgoing
	keys    map[string]bool
	over    map[laneKey]*Outgoing
	changed map[runKey]bool
}

type laneKey struct{ channel, address string }

func newPlan(c *Config, people map[string]*Known, zone *time.Location, runs map[runKey]*Run, room func(channel, address string) bool) *plan {
	p := &plan{config: c, people: people, zone: zone, days: c.calendar(zone), runs: runs, byKey: map[alarm.Key]map[string]bool{}, room: room, keys: map[string]bool{}, over: map[laneKey]*Outgoing{}, changed: map[runKey]bool{}}
	for k := range runs {
		p.note(k)
	}
	return p
}

func (p *plan) note(k runKey) {
	if p.byKey[k.alarm] == nil {
		p.byKey[k.alarm] = map[string]bool{}
	}
	p.byKey[k.alarm][k.route] = true
}

// keep puts a run into the list, drop takes it away; both are remembered as changes.
func (p *plan) keep(r *Run) {
	k := runKey{r.Key, r.Route}
	p.runs[k] = r
	p.note(k)
	p.changed[k] = true
}

func (p *plan) drop(k runKey) {
	delete(p.runs, k)
	delete(p.byKey[k.alarm], k.route)
	if len(p.byKey[k.alarm]) == 0 {
		delete(p.byKey, k.alarm)
	}
	p.changed[k] = true
}

// routesOf are the routes of the runs of an alarm, in the order of the set-up.
func (p *plan) routesOf(key alarm.Key) (out []*Route) {
	names := p.byKey[key]
	for i := range p.config.Routes {
		if names[p.config.Routes[i].ID] {
			out = append(out, &p.config.Routes[i])
		}
	}
	return out
}

func (p *plan) route(id string) *Route {
	for i := range p.config.Routes {
		if r := &p.config.Routes[i]; r.ID == id && !r.Disabled {
			return r
		}
	}
	return nil
}

// take takes in what has happened to an alarm. declared is what its declaration says.
func (p *plan) take(f *Facts, event alarm.Event, declared *Declared, now time.Time) {
	comesBack := (event == alarm.Unshelve || event == alarm.Unsuppress || event == alarm.Restore) && f.State == alarm.Unacknowledged
	switch {
	case event == alarm.Raise && (f.State.Wanting() || f.State == alarm.Acknowledged), comesBack:
		f.Event = OnRaise
		for i := range p.config.Routes {
			if r := &p.config.Routes[i]; p.fits(r, f, declared.Routes, now) {
				p.begin(r, f, now)
			}
		}
		return
	case event == alarm.Return:
		f.Event = OnReturn
	case event == alarm.Acknowledge:
		f.Event = OnAcknowledge
	case event == alarm.Shelve, event == alarm.Suppress, event == alarm.Remove:
		f.Event = string(event)
	}
	for _, r := range p.routesOf(f.Key) {
		k := runKey{f.Key, r.ID}
		run := p.runs[k]
		on := f.Event
		if event == alarm.Shelve || event == alarm.Suppress || event == alarm.Remove {
			on = OnShelve
		}
		if f.Event != "" && slices.Contains(r.On, on) && !r.Disabled {
			for i := 0; i <= run.Step && i < len(r.Steps); i++ {
				p.tell(r, i, 0, f, now, false)
			}
		}
		ends := !f.State.Wanting() || r.UntilReturned && event == alarm.Return
		switch {
		case f.State == alarm.Normal, on == OnShelve, event == alarm.Removed, f.State == alarm.Shelved, f.State == alarm.Suppressed, f.State == alarm.OutOfService:
			p.drop(k)
		case ends && !run.Next.IsZero():
			run.Next = time.Time{}
			p.keep(run)
		}
	}
}

// fits reports whether a route counts for an alarm that is raised now.
func (p *plan) fits(r *Route, f *Facts, only []string, now time.Time) bool {
	path, _ := f.Key.Split()
	return !r.Disabled && (len(only) == 0 || slices.Contains(only, r.ID)) &&
		(len(r.Areas) == 0 || slices.ContainsFunc(r.Areas, func(a tag.Path) bool { return path.Under(a) })) &&
		(len(r.Classes) == 0 || slices.Contains(r.Classes, f.Class)) &&
		(len(r.Priorities) == 0 || slices.Contains(r.Priorities, f.Priority)) &&
		p.days.any(r.When, now)
}

// begin begins to tell of an alarm by a route.
func (p *plan) begin(r *Route, f *Facts, now time.Time) {
	run := &Run{Key: f.Key, Route: r.ID, Facts: *f, Step: -1, At: now, Next: now.Add(r.Steps[0].After.Std())}
	p.keep(run)
	p.move(run, r, now)
}

// move tells what is due of a run.
func (p *plan) move(run *Run, r *Route, now time.Time) {
	for !run.Next.IsZero() && !run.Next.After(now) {
		p.keep(run)
		next := run.Step + 1
		if run.Step >= 0 && run.Step < len(r.Steps) && run.Told < r.Steps[run.Step].times() && (next >= len(r.Steps) || p.repeats(run, r, now)) {
			// The same once more.
			f := run.Facts
			f.Event = "again"
			p.tell(r, run.Step, run.Told, &f, now, true)
			run.Told++
			p.plan(run, r, now)
			continue
		}
		if next >= len(r.Steps) {
			run.Next = time.Time{}
			return
		}
		f := run.Facts
		if next > 0 {
			f.Event = "not-acknowledge"
		}
		told := p.tell(r, next, 0, &f, now, next > 0)
		if next > 0 && slices.Contains(r.On, OnEscalate) {
			f.Event = OnEscalate
			for i := range next {
				p.tell(r, i, next, &f, now, true)
			}
		}
		run.Step, run.Told, run.At = next, 1, now
		p.plan(run, r, now)
		if !told && next+1 < len(r.Steps) {
			run.Next = now // nobody was told: the next step does not wait
			run.Told = r.Steps[next].times()
		}
		if run.Facts.State == alarm.Acknowledged {
			run.Next = time.Time{} // nobody has to acknowledge it
		}
	}
}

// repeats reports whether what is due now is a repetition and not the next step.
func (p *plan) repeats(run *Run, r *Route, now time.Time) bool {
	return run.At.Add(r.Steps[run.Step+1].After.Std()).After(now)
}

// times is how often a step is told in all.
func (s *Step) times() int {
	switch {
	case s.Every == 0:
		return 1
	case s.Times == 0:
		return MaxTimes
	}
	return s.Times
}

// plan says when a run goes on.
func (p *plan) plan(run *Run, r *Route, now time.Time) {
	run.Next = time.Time{}
	s := &r.Steps[run.Step]
	if run.Told < s.times() {
		run.Next = now.Add(s.Every.Std())
	}
	if run.Step+1 < len(r.Steps) {
		if next := run.At.Add(r.Steps[run.Step+1].After.Std()); run.Next.IsZero() || !next.After(run.Next) {
			run.Next = next
		}
	}
}

// tick tells what is due and says when something is again.
func (p *plan) tick(now time.Time) (next time.Time) {
	var due []*Run
	for k, run := range p.runs {
		switch r := p.route(run.Route); {
		case r == nil:
			p.drop(k)
		case run.Next.IsZero():
		case !run.Next.After(now):
			due = append(due, run)
		case next.IsZero() || run.Next.Before(next):
			next = run.Next
		}
	}
	slices.SortFunc(due, func(a, b *Run) int {
		return cmp.Or(a.Next.Compare(b.Next), cmp.Compare(a.Facts.Seq, b.Facts.Seq), cmp.Compare(a.Route, b.Route))
	})
	for _, run := range due {
		p.move(run, p.route(run.Route), now)
		if !run.Next.IsZero() && (next.IsZero() || run.Next.Before(next)) {
			next = run.Next
		}
	}
	return next
}

// target is one receiver of a step by one channel.
type target struct {
	channel  *Channel
	receiver string
	address  string
	language string
	reason   string
}

// tell makes the messages of a step; false when nobody is told by it.
func (p *plan) tell(r *Route, step, round int, f *Facts, now time.Time, escalated bool) bool {
	told := false
	f.Step = step + 1
	for _, t := range p.targets(&r.Steps[step], f, now) {
		o := &Outgoing{
			Channel: t.channel.ID, Receiver: t.receiver, Address: t.address, State: Waiting, Event: f.Event, Alarm: f.Key, Priority: f.Priority,
			Route: r.ID, Step: step + 1, Created: now, Due: now, Urgent: f.Priority == "urgent",
		}
		// The first step of several routes, and what has become of the alarm, reach a receiver once.
		o.Key = fmt.Sprintf("%d/%s/%s/%s", f.Seq, f.Event, t.channel.ID, t.address)
		if escalated {
			o.Key = fmt.Sprintf("%d/%s/%d.%d/%s/%s/%s", f.Seq, r.ID, step, round, f.Event, t.channel.ID, t.address)
		}
		if t.reason != "" {
			o.State, o.Reason, o.Due, o.Key = Skipped, t.reason, time.Time{}, o.Key+"/"+t.receiver+"/"+t.reason
		} else {
			told = true
		}
		if p.keys[o.Key] {
			continue
		}
		p.keys[o.Key] = true
		if o.State == Skipped && !p.noted(t.receiver+"/"+t.reason, now) {
			continue
		}
		if o.State == Waiting && !p.room(o.Channel, o.Address) {
			p.overflow(o, cmp.Or(t.language, t.channel.Language))
			continue
		}
		o.Subject, o.Text, o.Fields = write(t.channel, f, t.language, p.config.URL, p.zone)
		if len(o.Key) > 200 {
			o.Key = shortKey(o.Key)
		}
		p.out = append(p.out, o)
	}
	return told
}

// maxNoted is how often in a minute it is noted that somebody was not told for a reason: a flood need not fill the log.
const maxNoted = 20

func (p *plan) noted(what string, now time.Time) bool {
	if now.Sub(p.since) >= time.Minute || p.skipped == nil {
		p.since, p.skipped = now, map[string]int{}
	}
	p.skipped[what]++
	return p.skipped[what] <= maxNoted
}

// overflow counts a message for which there is no room: its receiver is told how many there were.
func (p *plan) overflow(o *Outgoing, language string) {
	lane := laneKey{o.Channel, o.Address}
	if have := p.over[lane]; have != nil {
		have.More++
		have.Urgent = have.Urgent || o.Urgent
		return
	}
	o.More, o.Key = 1, shortKey("more/"+o.Key)
	o.Alarm, o.Route, o.Step, o.Fields = "", "", 0, map[string]string{"lang": language}
	p.over[lane] = o
	p.out = append(p.out, o)
}

// targets are the receivers of a step, those who are not to be told with the reason.
func (p *plan) targets(s *Step, f *Facts, now time.Time) (out []target) {
	var channels []*Channel
	for _, id := range s.Channels {
		if c := p.config.Channel(id); c != nil && !c.Disabled {
			channels = append(channels, c)
		}
	}
	if len(channels) == 0 {
		return nil
	}
	for _, c := range channels {
		if k, ok := Lookup(c.Kind); ok && k.Reach == ByGroup {
			out = append(out, target{channel: c, language: c.Language})
		}
	}
	seen := map[string]bool{}
	person := func(name string) {
		if k := strings.ToLower(name); !seen[k] {
			seen[k] = true
			out = append(out, p.person(name, channels, f, now)...)
		}
	}
	for _, to := range s.To {
		kind, who, _ := strings.Cut(to, ":")
		switch kind + ":" {
		case toUser:
			person(who)
		case toRoster:
			r := p.config.Roster(who)
			if r == nil {
				continue
			}
			names := p.days.onDuty(r, now)
			for _, name := range names {
				person(name)
			}
			if len(names) == 0 {
				out = append(out, target{channel: channels[0], receiver: cmp.Or(r.Name, r.ID), reason: ReasonDuty})
			}
		case toMail, toPhone:
			for _, c := range channels {
				if k, ok := Lookup(c.Kind); ok && (k.Reach == ByMail && kind+":" == toMail || k.Reach == ByPhone && kind+":" == toPhone) {
					address := who
					if k.Reach == ByPhone {
						address, _ = PlainPhone(who)
					}
					out = append(out, target{channel: c, receiver: who, address: address, language: c.Language})
				}
			}
		}
	}
	return out
}

// person is how a user is told by channels.
func (p *plan) person(name string, channels []*Channel, f *Facts, now time.Time) (out []target) {
	// Chats need nobody; what is left must reach the person.
	channels = slices.DeleteFunc(slices.Clone(channels), func(c *Channel) bool {
		k, ok := Lookup(c.Kind)
		return !ok || k.Reach == ByGroup
	})
	if len(channels) == 0 {
		return nil
	}
	not := func(reason string) []target {
		return []target{{channel: channels[0], receiver: name, reason: reason}}
	}
	k := p.people[strings.ToLower(name)]
	path, _ := f.Key.Split()
	switch {
	case k == nil || k.Disabled:
		return not(ReasonUser)
	case !k.Rights.Allows(auth.View, path):
		return not(ReasonRights)
	case len(k.Areas) > 0 && !slices.ContainsFunc(k.Areas, func(a tag.Path) bool { return path.Under(a) }),
		len(k.Priorities) > 0 && !slices.Contains(k.Priorities, f.Priority):
		return not(ReasonFilter)
	case len(k.Quiet) > 0 && p.days.any(k.Quiet, now) && !(k.Urgent && f.Priority == "urgent"):
		return not(ReasonQuiet)
	}
	language := cmp.Or(k.Person.Language, k.Language)
	for _, c := range channels {
		kind, _ := Lookup(c.Kind)
		var addresses []string
		switch kind.Reach {
		case ByMail:
			addresses = []string{k.Mail}
		case ByPhone:
			plain, _ := PlainPhone(k.Phone)
			addresses = []string{plain}
		case ByDevice:
			addresses = k.Devices
		}
		for _, a := range addresses {
			if a != "" {
				out = append(out, target{channel: c, receiver: k.Name, address: a, language: language})
			}
		}
	}
	if len(out) == 0 {
		return not(ReasonAddress)
	}
	return out
}
