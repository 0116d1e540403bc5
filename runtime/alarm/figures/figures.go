package figures

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
)

// Options say how what was collected is judged.
type Options struct {
	// Operators is for how many operators the alarms are, 1 at least.
	Operators int
	// Fleeting is how short an alarm is fleeting: one of Steps, 10 s when it is none.
	Fleeting time.Duration
	// Standing is how long an alarm stands until it is stale; 24 h when 0 (ISA-18.2, 16.5.6).
	Standing time.Duration
	// Zone is that of the plant, by which bars begin; UTC when nil.
	Zone *time.Location
	// Top is how many alarms a list has; 20 when 0.
	Top int
	// Now is the end of a period that is open; Present are the alarms as they are now, if it is.
	Now     time.Time
	Present []Present
}

// Present is an alarm that is not normal.
type Present struct {
	Key      alarm.Key
	Priority string
	State    alarm.State
	Active   bool
	Raised   time.Time
}

// Figures are those of a period. Times are in seconds, shares are 0 to 1.
type Figures struct {
	From  time.Time `json:"from"`
	Until time.Time `json:"until"`
	// Alarms is how often any alarm was raised.
	Alarms    int `json:"alarms"`
	Operators int `json:"operators"`
	// Average and Peak are alarms in 10 minutes and for one operator; PeakAt is when the peak began.
	Average float64   `json:"average"`
	Peak    float64   `json:"peak"`
	PeakAt  time.Time `json:"peakAt,omitzero"`
	// Target is the share of the time with at most 1 alarm in 10 minutes for one operator, Manageable that with at most 2, Over
	// that with more than 10 (ISA-18.2, table 16.2).
	Target     float64 `json:"target"`
	Manageable float64 `json:"manageable"`
	Over       float64 `json:"over"`
	// FloodCount is how many floods there were: from the first 10 minutes with more than 10 alarms for one operator to those with
	// less than 5 (ISA-18.2, 16.5.3). FloodShare is the share of the time, Floods are the largest, by time.
	FloodCount int     `json:"floodCount"`
	FloodShare float64 `json:"floodShare"`
	Floods     []Flood `json:"floods" nullable:"false"`
	// Bars are how many alarms were raised, from time to time; BarSeconds is the length of one.
	Bars       []AlarmBar `json:"bars" nullable:"false"`
	BarSeconds int        `json:"barSeconds"`
	// Priorities are how alarms are spread over priorities, the most urgent first.
	Priorities []PriorityShare `json:"priorities" nullable:"false"`
	// Top are the most frequent, TopShare is their share of all.
	Top      []Frequent `json:"top" nullable:"false"`
	TopShare float64    `json:"topShare"`
	// Chattering are those that were raised three times within a minute, ChatterCount how many alarms they are.
	Chattering   []Frequent `json:"chattering" nullable:"false"`
	ChatterCount int        `json:"chatterCount"`
	// Fleeting are those that returned within FleetingSeconds, FleetingShare is their share of all.
	Fleeting        []Frequent `json:"fleeting" nullable:"false"`
	FleetingCount   int        `json:"fleetingCount"`
	FleetingShare   float64    `json:"fleetingShare"`
	FleetingSeconds float64    `json:"fleetingSeconds"`
	// Standing are those that stood for more than a day, the longest first.
	Standing      []Frequent `json:"standing" nullable:"false"`
	StandingCount int        `json:"standingCount"`
	// Acknowledged is how often; the times are from the raise to the acknowledgement: the mean, the half of them and nine in ten.
	Acknowledged int     `json:"acknowledged"`
	AckMean      float64 `json:"ackMean"`
	AckHalf      float64 `json:"ackHalf"`
	AckMost      float64 `json:"ackMost"`
	// Waiting is how many alarms wait for an acknowledgement at the end.
	Waiting int `json:"waiting"`
	// Shelved, Suppressed and OutOfService are how often that was done; the others how many are so now.
	Shelved         int `json:"shelved"`
	Suppressed      int `json:"suppressed"`
	OutOfService    int `json:"outOfService"`
	ShelvedNow      int `json:"shelvedNow"`
	SuppressedNow   int `json:"suppressedNow"`
	OutOfServiceNow int `json:"outOfServiceNow"`
	// People are who has acknowledged, and how often.
	People []Acknowledger `json:"people" nullable:"false"`
	// Advice is what can be done, what helps most first.
	Advice []Advice `json:"advice" nullable:"false"`
}

// Flood is a time in which nobody could follow.
type Flood struct {
	From    time.Time `json:"from"`
	Seconds float64   `json:"seconds"`
	Alarms  int       `json:"alarms"`
	// Peak is the most in 10 minutes, for all operators.
	Peak int `json:"peak"`
}

// AlarmBar is how many alarms were raised in a part of the period, by priority, the most urgent first.
type AlarmBar struct {
	At     time.Time `json:"at"`
	Counts []int     `json:"counts"`
}

// PriorityShare is the share of a priority, and what it should be about: 80 % low, 15 % medium, 5 % high and less than 1 % urgent
// (ISA-18.2, 16.6.2; EEMUA 191, 6.6).
type PriorityShare struct {
	Priority string  `json:"priority" enum:"urgent,high,medium,low"`
	Alarms   int     `json:"alarms"`
	Share    float64 `json:"share"`
	Aim      float64 `json:"aim"`
}

// Frequent is what there is to say of one alarm.
type Frequent struct {
	Key      alarm.Key `json:"key"`
	Priority string    `json:"priority" enum:"urgent,high,medium,low"`
	// Raised is how often it was, Share of all.
	Raised int     `json:"raised"`
	Share  float64 `json:"share"`
	// Chatter is how often it was raised while it chattered, Episodes how often it began to.
	Chatter  int `json:"chatter,omitempty"`
	Episodes int `json:"episodes,omitempty"`
	// Fleeting is how often it returned within FleetingSeconds.
	Fleeting int `json:"fleeting,omitempty"`
	// Longest is for how many seconds it stood at most; Since since when it stands, left out when it has returned.
	Longest float64   `json:"longest,omitempty"`
	Since   time.Time `json:"since,omitzero"`
	Shelved int       `json:"shelved,omitempty"`
}

// Acknowledger is how often somebody has acknowledged.
type Acknowledger struct {
	Name  string `json:"name"`
	Times int    `json:"times"`
}

const (
	maxFloods = 100
	maxBars   = 370
	maxPeople = 50
)

// aims are the shares that priorities should have, the most urgent first.
var aims = [4]float64{0.01, 0.05, 0.15, 0.80}

// Figures makes the figures of what was taken in so far.
func (c *Collector) Figures(o Options) Figures {
	o = o.known()
	until := c.until
	if until.IsZero() || until.After(o.Now) {
		until = o.Now
	}
	if !until.After(c.from) {
		until = c.from.Add(time.Second)
	}
	f := Figures{
		From: c.from, Until: until, Operators: o.Operators, Alarms: c.priorities.sum(), FleetingSeconds: o.Fleeting.Seconds(),
		Shelved: c.deeds[alarm.Shelve], Suppressed: c.deeds[alarm.Suppress], OutOfService: c.deeds[alarm.Remove],
		Acknowledged: c.acks.n, AckMean: c.acks.mean().Seconds(), AckHalf: c.acks.quantile(0.5).Seconds(), AckMost: c.acks.quantile(0.9).Seconds(),
	}
	c.rates(&f, o)
	c.bars(&f, o)
	for i, n := range c.priorities {
		f.Priorities = append(f.Priorities, PriorityShare{alarm.Priorities[i], n, share(n, f.Alarms), aims[i]})
	}
	c.lists(&f, o)
	for name, n := range c.people {
		f.People = append(f.People, Acknowledger{name, n})
	}
	slices.SortFunc(f.People, func(a, b Acknowledger) int { return cmp.Or(b.Times-a.Times, cmp.Compare(a.Name, b.Name)) })
	f.People = clip(f.People, maxPeople)
	for _, p := range o.Present {
		switch p.State {
		case alarm.Shelved:
			f.ShelvedNow++
		case alarm.Suppressed:
			f.SuppressedNow++
		case alarm.OutOfService:
			f.OutOfServiceNow++
		}
		if p.State.Wanting() {
			f.Waiting++
		}
	}
	f.Advice = c.advise(&f, o)
	return f
}

func (o Options) known() Options {
	o.Operators = max(1, o.Operators)
	if !slices.Contains(Steps, o.Fleeting) {
		o.Fleeting = 10 * time.Second
	}
	if o.Standing <= 0 {
		o.Standing = 24 * time.Hour
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Top <= 0 {
		o.Top = 20
	}
	return o
}

// rates judges the periods one by one.
func (c *Collector) rates(f *Figures, o Options) {
	first, last := binOf(f.From), binOf(f.Until.Add(-1))
	operators := float64(o.Operators)
	var flood *Flood
	var floods []Flood
	flooded, within, manageable, over := 0, 0, 0, 0
	at := func(bin int64) time.Time { return time.Unix(bin*int64(Period/time.Second), 0).UTC() }
	for bin := first; bin <= last; bin++ {
		n := c.bins[bin].sum()
		rate := float64(n) / operators
		if rate > f.Peak {
			f.Peak, f.PeakAt = rate, at(bin)
		}
		if rate <= 1 {
			within++
		}
		if rate <= 2 {
			manageable++
		}
		if rate > 10 {
			over++
		}
		switch {
		case flood == nil && rate > 10:
			floods = append(floods, Flood{From: at(bin)})
			flood = &floods[len(floods)-1]
		case flood != nil && rate < 5:
			flood = nil
		}
		if flood != nil {
			flooded++
			flood.Alarms += n
			flood.Peak = max(flood.Peak, n)
			flood.Seconds += Period.Seconds()
		}
	}
	all := int(last - first + 1)
	f.Average = float64(f.Alarms) / (f.Until.Sub(f.From).Seconds() / Period.Seconds()) / operators
	f.Target, f.Manageable, f.Over, f.FloodShare = share(within, all), share(manageable, all), share(over, all), share(flooded, all)
	f.FloodCount = len(floods)
	if len(floods) > maxFloods {
		slices.SortFunc(floods, func(a, b Flood) int { return b.Alarms - a.Alarms })
		floods = floods[:maxFloods]
		slices.SortFunc(floods, func(a, b Flood) int { return a.From.Compare(b.From) })
	}
	f.Floods = append([]Flood{}, floods...)
}

// barSteps are the lengths of bars; each is a whole number of periods.
var barSteps = []time.Duration{Period, time.Hour, 4 * time.Hour, 24 * time.Hour, 7 * 24 * time.Hour}

func (c *Collector) bars(f *Figures, o Options) {
	span := f.Until.Sub(f.From)
	step := barSteps[len(barSteps)-1]
	for i, s := range barSteps {
		// Bars of 10 minutes are for a few hours only.
		if i > 0 || span <= 4*time.Hour {
			if span/s < maxBars {
				step = s
				break
			}
		}
	}
	begin := func(t time.Time) time.Time {
		_, offset := t.In(o.Zone).Zone()
		d := time.Duration(offset) * time.Second
		return t.Add(d).Truncate(step).Add(-d).UTC()
	}
	found := map[time.Time]counts{}
	for bin, n := range c.bins {
		at := begin(time.Unix(bin*int64(Period/time.Second), 0))
		sum := found[at]
		for i := range n {
			sum[i] += n[i]
		}
		found[at] = sum
	}
	f.BarSeconds = int(step / time.Second)
	f.Bars = []AlarmBar{}
	for at := begin(f.From); at.Before(f.Until) && len(f.Bars) <= 2*maxBars; {
		n := found[at]
		f.Bars = append(f.Bars, AlarmBar{at, n[:]})
		// Over a change of the clock a day has another length.
		next := begin(at.Add(step + step/2))
		if !next.After(at) {
			next = at.Add(step)
		}
		at = next
	}
}

func (c *Collector) lists(f *Figures, o Options) {
	fleets := slices.Index(Steps, o.Fleeting)
	present := make(map[alarm.Key]*Present, len(o.Present))
	for i := range o.Present {
		present[o.Present[i].Key] = &o.Present[i]
	}
	var all []Frequent
	fleeting := 0
	for _, key := range slices.Sorted(maps.Keys(c.alarms)) {
		a := c.alarms[key]
		x := Frequent{Key: key, Priority: a.priority, Raised: a.raised, Share: share(a.raised, f.Alarms), Chatter: a.chatter, Episodes: a.episodes, Fleeting: a.held.below(fleets), Shelved: a.shelved}
		longest := a.longest
		if !a.active.IsZero() {
			longest = max(longest, f.Until.Sub(a.active))
			x.Since = a.active
		}
		if p := present[key]; p != nil && p.Active && a.active.IsZero() && a.returned.IsZero() {
			longest, x.Since = max(longest, f.Until.Sub(p.Raised)), p.Raised
		}
		x.Longest = longest.Seconds()
		fleeting += x.Fleeting
		all = append(all, x)
	}
	// What stands since before the period has no line in it.
	for i := range o.Present {
		p := &o.Present[i]
		if c.alarms[p.Key] == nil && p.Active && !p.Raised.IsZero() && p.Raised.Before(f.Until) {
			all = append(all, Frequent{Key: p.Key, Priority: p.Priority, Since: p.Raised, Longest: f.Until.Sub(p.Raised).Seconds()})
		}
	}
	pick := func(wants func(a *Frequent) bool, by func(a, b *Frequent) int) ([]Frequent, int) {
		out := []Frequent{}
		for i := range all {
			if wants(&all[i]) {
				out = append(out, all[i])
			}
		}
		slices.SortStableFunc(out, func(a, b Frequent) int { return cmp.Or(by(&a, &b), cmp.Compare(a.Key, b.Key)) })
		return clip(out, o.Top), len(out)
	}
	f.Top, _ = pick(func(a *Frequent) bool { return a.Raised > 0 }, func(a, b *Frequent) int { return b.Raised - a.Raised })
	for i := range f.Top {
		f.TopShare += f.Top[i].Share
	}
	f.Chattering, f.ChatterCount = pick(func(a *Frequent) bool { return a.Episodes > 0 }, func(a, b *Frequent) int { return b.Chatter - a.Chatter })
	f.Fleeting, f.FleetingCount = pick(func(a *Frequent) bool { return a.Fleeting > 0 }, func(a, b *Frequent) int { return b.Fleeting - a.Fleeting })
	f.FleetingShare = share(fleeting, f.Alarms)
	f.Standing, f.StandingCount = pick(func(a *Frequent) bool { return a.Longest > o.Standing.Seconds() }, func(a, b *Frequent) int { return cmp.Compare(b.Longest, a.Longest) })
}

func share(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}

func clip[T any](list []T, most int) []T { return list[:min(len(list), most)] }
