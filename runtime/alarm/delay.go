package alarm

import "time"

// Delay holds a condition back for the on-delay and the off-delay. Its zero value is an alarm that is not active. It gives the
// same whenever it is asked: what was due in between is found later, with the time at which it was due.
type Delay struct {
	// Active is what has come through.
	Active bool `json:"active,omitempty"`
	// Pending is since when the condition has been the other way, zero when it has not.
	Pending time.Time `json:"pending,omitzero"`
	// Source is by the clock of the source when that began.
	Source time.Time `json:"source,omitzero"`
}

// Flip is a change that has come through.
type Flip struct {
	Active bool
	// At is when it came through, by the clock of the source.
	At time.Time
}

// Feed tells that the condition is so from a moment on, by the clock here and by that of the source.
func (d *Delay) Feed(is bool, at, source time.Time, on, off time.Duration) (flips []Flip) {
	if f, ok := d.Advance(at, on, off); ok {
		flips = append(flips, f)
	}
	switch {
	case is == d.Active:
		d.Pending, d.Source = time.Time{}, time.Time{}
	case d.Pending.IsZero():
		d.Pending, d.Source = at, source
		if f, ok := d.Advance(at, on, off); ok {
			flips = append(flips, f)
		}
	}
	return flips
}

// Advance lets what is due by now come through.
func (d *Delay) Advance(now time.Time, on, off time.Duration) (Flip, bool) {
	due, ok := d.Due(on, off)
	if !ok || due.After(now) {
		return Flip{}, false
	}
	wait := off
	if !d.Active {
		wait = on
	}
	f := Flip{!d.Active, d.Source.Add(wait)}
	*d = Delay{Active: f.Active}
	return f, true
}

// Due is when something comes through unless the condition changes before; false when nothing is pending.
func (d *Delay) Due(on, off time.Duration) (time.Time, bool) {
	switch {
	case d.Pending.IsZero():
		return time.Time{}, false
	case d.Active:
		return d.Pending.Add(off), true
	}
	return d.Pending.Add(on), true
}
