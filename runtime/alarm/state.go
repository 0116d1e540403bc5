package alarm

// State is where an alarm is in the life that ISA-18.2 (5.2) and IEC 62682 (figure 4) draw.
type State string

// The states. The letters are those of the standards' figure.
const (
	Normal                State = "normal"                 // A
	Unacknowledged        State = "unacknowledged"         // B: active, nobody has seen it
	Acknowledged          State = "acknowledged"           // C: active, somebody has
	Returned              State = "returned"               // D: back to normal, nobody has seen it
	LatchedUnacknowledged State = "latched-unacknowledged" // E: the condition has gone, nobody has seen it
	LatchedAcknowledged   State = "latched-acknowledged"   // F: the condition has gone, it waits for the reset
	Shelved               State = "shelved"                // G: put away by an operator, for a time
	Suppressed            State = "suppressed"             // H: by design, for the state of the plant
	OutOfService          State = "out-of-service"         // I: taken away for maintenance
)

// States are all states.
var States = []State{Normal, Unacknowledged, Acknowledged, Returned, LatchedUnacknowledged, LatchedAcknowledged, Shelved, Suppressed, OutOfService}

// Wanting reports whether an alarm in the state waits for an acknowledgement.
func (s State) Wanting() bool {
	return s == Unacknowledged || s == Returned || s == LatchedUnacknowledged
}

// Event is what can happen to an alarm.
type Event string

// The events. Those from Shelve on put the alarm away and bring it back, whatever its state is.
const (
	Raise       Event = "raise"
	Return      Event = "return"
	Acknowledge Event = "acknowledge"
	Reset       Event = "reset"
	Shelve      Event = "shelve"
	Unshelve    Event = "unshelve"
	Suppress    Event = "suppress"
	Unsuppress  Event = "unsuppress"
	Remove      Event = "out-of-service"
	Restore     Event = "in-service"
)

// Life is what the declaration says of the states: Latch keeps the alarm until a reset, Silent wants no acknowledgement.
type Life struct{ Latch, Silent bool }

// transition is one arrow of the figure. The functions say for which classes it is; nil for all.
type transition struct {
	from  State
	event Event
	of    func(Life) bool
	to    State
}

func latching(c Life) bool { return c.Latch }
func passing(c Life) bool  { return !c.Latch }
func loud(c Life) bool     { return !c.Silent }
func silent(c Life) bool   { return c.Silent }

// transitions is the whole machine, as long as the alarm is not put away.
var transitions = []transition{
	{Normal, Raise, loud, Unacknowledged},
	{Normal, Raise, silent, Acknowledged},
	{Unacknowledged, Acknowledge, nil, Acknowledged},
	{Unacknowledged, Return, passing, Returned},
	{Unacknowledged, Return, latching, LatchedUnacknowledged},
	{Acknowledged, Return, passing, Normal},
	{Acknowledged, Return, latching, LatchedAcknowledged},
	{Returned, Acknowledge, nil, Normal},
	{Returned, Raise, nil, Unacknowledged},
	{LatchedUnacknowledged, Acknowledge, nil, LatchedAcknowledged},
	{LatchedUnacknowledged, Raise, nil, Unacknowledged},
	{LatchedAcknowledged, Reset, nil, Normal},
	{LatchedAcknowledged, Raise, loud, Unacknowledged},
	{LatchedAcknowledged, Raise, silent, Acknowledged},
}

// Position is the state of one alarm, in full. The zero value is not valid: see Fresh.
type Position struct {
	// State is one of the first six, and normal while the alarm is put away.
	State State `json:"state"`
	// Active says whether the condition holds, put away or not.
	Active bool `json:"active,omitempty"`
	// Shelved, Suppressed and OutOfService put the alarm away, each by itself.
	Shelved      bool `json:"shelved,omitempty"`
	Suppressed   bool `json:"suppressed,omitempty"`
	OutOfService bool `json:"outOfService,omitempty"`
}

// Fresh is the position of an alarm that nothing has happened to.
func Fresh() Position { return Position{State: Normal} }

// Shown is the state that people see: what puts the alarm away comes before the rest.
func (p Position) Shown() State {
	switch {
	case p.OutOfService:
		return OutOfService
	case p.Suppressed:
		return Suppressed
	case p.Shelved:
		return Shelved
	}
	return p.State
}

// away reports whether the alarm is put away.
func (p Position) away() bool { return p.Shelved || p.Suppressed || p.OutOfService }

// Next is the position after an event; false when the event means nothing there.
func (p Position) Next(c Life, e Event) (Position, bool) {
	switch e {
	case Shelve, Unshelve:
		return p.put(c, &p.Shelved, e == Shelve)
	case Suppress, Unsuppress:
		return p.put(c, &p.Suppressed, e == Suppress)
	case Remove, Restore:
		return p.put(c, &p.OutOfService, e == Remove)
	case Raise, Return:
		if p.Active == (e == Raise) {
			return p, false
		}
		p.Active = e == Raise
		if p.away() {
			return p, true // it keeps running, unseen
		}
	}
	for _, t := range transitions {
		if t.from == p.State && t.event == e && (t.of == nil || t.of(c)) && !p.away() {
			p.State = t.to
			return p, true
		}
	}
	return p, e == Raise || e == Return
}

// put puts the alarm away or brings it back, by one of its flags. What comes back is a new alarm if its condition holds, else
// nothing.
func (p *Position) put(c Life, flag *bool, on bool) (Position, bool) {
	if *flag == on {
		return *p, false
	}
	*flag = on
	p.State = Normal
	if p.Active && !p.away() {
		p.State = Unacknowledged
		if c.Silent {
			p.State = Acknowledged
		}
	}
	return *p, true
}
