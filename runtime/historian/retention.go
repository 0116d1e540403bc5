package historian

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// Retention is how long history is kept, and how much room it may take.
type Retention struct {
	// RawDays, MinuteDays and HourDays are for how many days single samples, summaries of a minute and summaries of an hour are
	// kept; 0 is for ever.
	RawDays    int `json:"rawDays" minimum:"0" maximum:"36500"`
	MinuteDays int `json:"minuteDays" minimum:"0" maximum:"36500"`
	HourDays   int `json:"hourDays" minimum:"0" maximum:"36500"`
	// MaxGiB is how much room the history may take; 0 is as much as there is.
	MaxGiB float64 `json:"maxGiB" minimum:"0" maximum:"1000000"`
	// MinFreePercent is how much of the disk must stay free: from then on the oldest makes way for what is new.
	MinFreePercent float64 `json:"minFreePercent" minimum:"0" maximum:"90"`
}

// DefaultRetention is what holds until somebody says otherwise: about a year of samples, three of minutes, ten of hours.
func DefaultRetention() Retention {
	return Retention{RawDays: 400, MinuteDays: 3 * 365, HourDays: 10 * 365, MinFreePercent: 5}
}

// RetentionOf is the default with samples for so many days.
func RetentionOf(days int) Retention {
	r := DefaultRetention()
	r.RawDays = days
	if days == 0 {
		r.MinuteDays, r.HourDays = 0, 0
	}
	r.MinuteDays, r.HourDays = max(r.MinuteDays, days), max(r.HourDays, days)
	return r
}

// Least that must be kept, so that each tier is made before what it is made of is gone.
const leastMinuteDays = 12

// Check names the first number of a retention that cannot be, "" when there is none: the coarser a tier is the longer it must
// be kept, and minutes for twelve days at least, as hours are made of them.
func (r Retention) Check() string {
	longer := func(days, than int) bool { return days == 0 || than > 0 && days >= than }
	switch {
	case r.RawDays < 0:
		return "rawDays"
	case !longer(r.MinuteDays, r.RawDays) || r.MinuteDays != 0 && r.MinuteDays < leastMinuteDays:
		return "minuteDays"
	case !longer(r.HourDays, r.MinuteDays):
		return "hourDays"
	case !(r.MaxGiB >= 0 && r.MaxGiB <= 1e6):
		return "maxGiB"
	case !(r.MinFreePercent >= 0 && r.MinFreePercent <= 90):
		return "minFreePercent"
	}
	return ""
}

func (r Retention) keep(t Tier) time.Duration {
	return time.Duration([tierCount]int{r.RawDays, r.MinuteDays, r.HourDays}[t]) * 24 * time.Hour
}

// Retention is how long history is kept at present.
func (a *Archive) Retention() Retention {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.retention
}

// SetRetention says how long history is kept from now on.
func (a *Archive) SetRetention(r Retention) {
	a.mu.Lock()
	a.retention = r
	a.storage.Checked = time.Time{}
	a.mu.Unlock()
}

// Storage is how much room the history takes, as it was found last.
type Storage struct {
	// Checked is when that was.
	Checked time.Time
	Space   Space
	Extent  Extent
	// Low says that the disk, or what the history may take, is nearly used up; Full that nothing can be written.
	Low, Full bool
	Forecast  Forecast
}

// Event is something that befell the history.
type Event struct {
	Time time.Time
	// Kind is expired, crowded, full, healed or lost.
	Kind string
	Tier Tier
	// Samples is how many it was about, Until the time of the newest of them.
	Samples int64
	Until   tag.Time
	Text    string
}

const maxEvents = 100

// happened remembers an event; one of the same kind within the hour is counted with the last.
func (a *Archive) happened(e Event) {
	e.Time = time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	for i := len(a.events) - 1; i >= 0; i-- {
		o := &a.events[i]
		if o.Kind == e.Kind && o.Tier == e.Tier && e.Time.Sub(o.Time) < time.Hour {
			o.Samples += e.Samples
			o.Until = max(o.Until, e.Until)
			o.Text = e.Text
			return
		}
	}
	if len(a.events) >= maxEvents {
		a.events = a.events[1:]
	}
	a.events = append(a.events, e)
}

// Events are what befell the history since the start, the newest first.
func (a *Archive) Events() []Event {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := make([]Event, 0, len(a.events))
	for i := len(a.events) - 1; i >= 0; i-- {
		out = append(out, a.events[i])
	}
	return out
}

// Storage is how much room the history takes.
func (a *Archive) Storage() Storage {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.storage
}

// How history makes way.
const (
	checkEvery  = 10 * time.Second
	trimEvery   = time.Hour
	trimRows    = 2000
	leastRoom   = 16 << 20
	reserveSize = 16 << 20
	gib         = 1 << 30
	// rowCost is about what a row takes beside its data: heads and two indexes.
	rowCost = 120
	// doubtful is how long nothing is deleted because of its age when the clock has jumped.
	doubtful = 24 * time.Hour
)

// tend makes the tiers, watches the room and deletes what is too old, until ctx ends.
func (a *Archive) tend(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	began, wall := time.Now(), time.Now().Round(0)
	var check, trim, trusted, remake time.Time
	lost := uint64(0)
	if a.alive > 0 && tag.TimeOf(wall)-a.alive > tag.Time(60*24*time.Hour) {
		trusted = began.Add(doubtful)
		a.log.Warn("the clock is far from where it was when the runtime last ran: no history is deleted because of its age for a day", "then", a.alive.Std(), "now", wall)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		// The clock has jumped when it went on by another time than the one that cannot be set.
		if jump := now.Round(0).Sub(wall) - now.Sub(began); jump > 10*time.Minute || jump < -10*time.Minute {
			a.log.Warn("the clock has jumped: no history is deleted because of its age for a day", "by", jump.Round(time.Second))
			trusted = now.Add(doubtful)
		}
		began, wall = now, now.Round(0)
		if s := a.State(); s.Dropped+s.Unpackable > lost {
			a.happened(Event{Kind: "lost", Samples: int64(s.Dropped + s.Unpackable - lost)})
			a.log.Error("samples of the history are lost: too many wait, or they cannot be written", "samples", s.Dropped+s.Unpackable-lost)
			lost = s.Dropped + s.Unpackable
		}
		anew := now.After(remake)
		if anew {
			remake = now.Add(remakeEvery)
		}
		a.makeTiers(ctx, tag.TimeOf(now), anew)
		if now.After(check) || a.Storage().Checked.IsZero() {
			check = now.Add(a.every)
			a.checkRoom(ctx)
		}
		if now.After(trim) && !now.Before(trusted) {
			trim = now.Add(trimEvery)
			a.trimOld(ctx, now)
		}
	}
}

// trimOld deletes what is older than is kept.
func (a *Archive) trimOld(ctx context.Context, now time.Time) {
	r := a.Retention()
	deleted := int64(0)
	for tier := range tierCount {
		keep := r.keep(tier)
		if keep == 0 {
			continue
		}
		before := tier.row(tag.TimeOf(now.Add(-keep)))
		if tier+1 < tierCount {
			a.mu.RLock()
			before = min(before, a.marks.made[tier+1]) // not before it is in the next tier
			a.mu.RUnlock()
		}
		for ctx.Err() == nil {
			t, err := a.trim(ctx, tier, before)
			if err != nil {
				a.complain("old history not deleted", err)
				return
			}
			deleted += t.Bytes
			if t.Rows > 0 {
				a.mu.Lock()
				a.counts.Trimmed += t.Samples
				a.mu.Unlock()
				a.happened(Event{Kind: "expired", Tier: tier, Samples: t.Samples, Until: t.Last + tier.Span()})
			}
			if t.Rows < trimRows {
				break
			}
		}
	}
	if deleted > leastRoom {
		a.shrink(ctx)
	}
}

// trim deletes rows of a tier from before a time, in parts so that others can write between them.
func (a *Archive) trim(ctx context.Context, tier Tier, before tag.Time) (Trimmed, error) {
	a.moving.Lock()
	defer a.moving.Unlock()
	limit, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	t, err := a.rows.Trim(limit, tier, before, trimRows)
	if err != nil || t.Rows == 0 {
		return t, err
	}
	a.mu.Lock()
	a.marks.floor[tier] = max(a.marks.floor[tier], t.Last+tier.Span())
	for s := range a.marks.stale {
		if s.Tier == tier && s.Start < t.Last {
			delete(a.marks.stale, s)
		}
	}
	a.mu.Unlock()
	return t, nil
}

// shrink gives room back to the disk that is free inside the database.
func (a *Archive) shrink(ctx context.Context) {
	for ctx.Err() == nil {
		more, err := a.rows.Shrink(ctx)
		if err != nil {
			a.complain("room not given back to the disk", err)
			return
		}
		if !more {
			return
		}
	}
}

// Live is about how much room the history takes in the database.
func (e *Extent) Live() int64 { return e.Bytes + e.Rows*rowCost }

// need is how much room the history wants within the next hour.
func (e *Extent) need() int64 { return max(leastRoom, e.growth(TierRaw)/24+e.growth(TierMinute)/24) }

// checkRoom looks how much room there is; when it is too little the oldest makes way.
func (a *Archive) checkRoom(ctx context.Context) {
	limit, cancel := context.WithTimeout(ctx, putWithin)
	defer cancel()
	space, err := a.rows.Space(limit)
	var extent Extent
	if err == nil {
		extent, err = a.rows.Extent(limit)
	}
	if err != nil {
		if ctx.Err() == nil {
			a.complain("the room of the history cannot be told", err)
		}
		return
	}
	r := a.Retention()
	s := Storage{Checked: time.Now(), Space: space, Extent: extent}
	a.mu.RLock()
	s.Full = errors.Is(a.failure, ErrFull) || errors.Is(a.journalFailure, ErrFull)
	a.mu.RUnlock()
	low := int64(float64(space.Disk) * r.MinFreePercent / 100)
	s.Forecast = forecast(&s, r, time.Now())
	s.Low = s.Full || space.Disk > 0 && space.Free < low || s.Forecast.Days >= 0 && s.Forecast.Days < soonDays
	a.mu.Lock()
	was := a.storage
	a.storage = s
	a.mu.Unlock()
	if s.Low != was.Low || s.Full != was.Full {
		a.log.Warn("room of the history", "low", s.Low, "full", s.Full, "free", space.Free, "disk", space.Disk, "history", extent.Live())
	}
	if was.Full && !s.Full {
		a.happened(Event{Kind: "healed"})
	}
	switch {
	case r.MaxGiB > 0 && float64(extent.Live()) > r.MaxGiB*gib:
		a.crowd(ctx, func() bool {
			e, err := a.rows.Extent(ctx)
			return err == nil && float64(e.Live()) > r.MaxGiB*gib
		})
		a.shrink(ctx)
	case space.Disk > 0 && space.Free < low:
		// What is new takes the place of the oldest; the disk does not get fuller by the history.
		a.crowd(ctx, func() bool {
			sp, err := a.rows.Space(ctx)
			return err == nil && sp.Reusable < extent.need()
		})
	}
	if space.Disk > 0 && space.Free > max(low, 4*reserveSize) {
		a.reserve()
	}
}

// crowd deletes the oldest as long as there is too little room: samples first, as far as a day ago, then minutes, then hours.
func (a *Archive) crowd(ctx context.Context, short func() bool) {
	recent := tag.TimeOf(time.Now().Add(-24 * time.Hour))
	for tier := range tierCount {
		before := recent
		if tier == TierMinute {
			before -= tag.Time(leastMinuteDays * 24 * time.Hour)
		} else if tier == TierHour {
			before -= tag.Time(365 * 24 * time.Hour)
		}
		for ctx.Err() == nil && short() {
			t, err := a.trim(ctx, tier, before)
			if err != nil {
				a.complain("the oldest history could not be deleted", err)
				return
			}
			if t.Rows == 0 {
				break
			}
			a.crowdedOut(tier, t)
		}
	}
}

func (a *Archive) crowdedOut(tier Tier, t Trimmed) {
	a.mu.Lock()
	a.counts.Crowded += t.Samples
	a.mu.Unlock()
	a.happened(Event{Kind: "crowded", Tier: tier, Samples: t.Samples, Until: t.Last + tier.Span()})
	a.log.Warn("there is no room: the oldest history was deleted", "tier", tier.String(), "rows", t.Rows, "samples", t.Samples, "until", (t.Last + tier.Span()).Std())
}

// makeRoom deletes the oldest: the database could not write.
func (a *Archive) makeRoom(ctx context.Context) {
	a.happened(Event{Kind: "full"})
	for tier := range tierCount {
		t, err := a.trim(ctx, tier, 1<<62)
		if err != nil {
			a.complain("the disk is full, and the oldest history could not be deleted", err)
			return
		}
		if t.Rows > 0 {
			a.crowdedOut(tier, t)
			return
		}
	}
}

// reserveFile is room that is given free when the disk is full, so that the database can delete and the journal be
// written while room is made.
func (a *Archive) reserveFile() string { return filepath.Join(a.dir, "reserve") }

func (a *Archive) reserve() {
	if info, err := os.Stat(a.reserveFile()); err == nil && info.Size() == reserveSize {
		return
	}
	if err := os.WriteFile(a.reserveFile(), make([]byte, reserveSize), 0o600); err != nil {
		a.release()
	}
}

// release gives the reserve free.
func (a *Archive) release() {
	if err := os.Remove(a.reserveFile()); err == nil {
		a.log.Warn("the disk is full: the reserve of the history is given free", "bytes", reserveSize)
	}
}
