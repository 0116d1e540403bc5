package plant

import "time"

// History says what is kept of a value over time. Without one the plant's own counts, and without that every
// change is kept of values that are bool, int, float or string.
type History struct {
	// Keep is what is kept: every change, the value at an interval, both, or none.
	Keep string `json:"keep" enum:"change,interval,both,none"`
	// Interval is between samples of interval and both, on the full interval by the clock: "1s" to "24h".
	Interval string `json:"interval,omitempty"`
	// Deadband leaves out changes of a number up to this size, in its unit, besides the deadband of the tag
	// itself. A change of quality is always kept.
	Deadband float64 `json:"deadband,omitempty"`
	// Heartbeat keeps a sample at least this often though nothing changes; default 10m, "0s" for never.
	Heartbeat string `json:"heartbeat,omitempty"`
	// When is an expression over tags and "value": samples are kept only while it is true. When it ends, a sample says
	// that nobody looks, so that the last value does not seem to hold on. Of a tag or property, not of the plant.
	When string `json:"when,omitempty"`
}

// Limits of a history.
const (
	minHistory = time.Second
	maxHistory = 24 * time.Hour
	// DefaultHeartbeat is how often a sample is kept at least.
	DefaultHeartbeat = 10 * time.Minute
)

// history checks what is kept; numeric says that the value may be a number.
func (v *validator) history(at func() string, h *History, numeric bool) {
	if h == nil {
		return
	}
	place := at() + "/history"
	v.choice(place+"/keep", h.Keep, "change", "interval", "both", "none")
	timed := h.Keep == "interval" || h.Keep == "both"
	switch {
	case timed && h.Interval == "":
		v.fail("value_missing", place+"/interval", `Write a time such as "1s" or "1m".`, "The interval of the history is missing.")
	case !timed && h.Interval != "":
		v.fail("value_choice", place+"/interval", "Take it away, or keep interval or both.", "The history has an interval, but keeps nothing by it.")
	default:
		v.duration(place+"/interval", h.Interval, minHistory, maxHistory)
	}
	if h.Heartbeat != "0s" {
		v.duration(place+"/heartbeat", h.Heartbeat, minHistory, maxHistory)
	}
	if h.When != "" {
		if place == "/history" {
			v.fail("value_choice", place+"/when", "Give it to tags and properties of models.", "The condition of the whole plant cannot be told.")
		} else {
			v.expr(place+"/when", h.When)
		}
	}
	switch {
	case h.Deadband < 0:
		v.fail("value_range", place+"/deadband", "0 or more.", "%g is out of range.", h.Deadband)
	case h.Deadband > 0 && !numeric:
		v.fail("value_type", place+"/deadband", "Take it away.", "Only numbers have a deadband.")
	}
}

// HistoryOf is what is kept of a value: what it says itself, or else the plant, or else by its type.
func (p *Plant) HistoryOf(d *Definition) History {
	switch {
	case d.History != nil:
		return *d.History
	case d.Type == "json" || d.Type == "bytes":
		return History{Keep: "none"}
	case p.History != nil:
		return *p.History
	}
	return History{Keep: "change"}
}
