package action

import "encoding/json"

// Manner is how a value is brought to a tag when it is not just written. Durations are texts in Go's
// syntax: "500ms", "2s", "1m30s".
type Manner struct {
	// Mode is "" for a plain write; toggle writes the opposite of a bool; pulse writes Value, holds it
	// and writes Back; ramp goes to Value in steps; hold stops the ramp of the tag where it is.
	Mode string `json:"mode,omitempty" enum:"toggle,pulse,ramp,hold"`
	// Hold of pulse is how long Value stands, 50ms to 60s.
	Hold string `json:"hold,omitempty"`
	// Back of pulse is written afterwards; left out, it is the opposite of a bool, else the value before.
	Back json.RawMessage `json:"back,omitempty"`
	// Rate of ramp is in units of the tag a second, or Over the time that it takes, up to 24h.
	Rate float64 `json:"rate,omitempty"`
	Over string  `json:"over,omitempty"`
	// Step of ramp is the time from one step to the next, 100ms to 1h; default 1s.
	Step string `json:"step,omitempty"`
}

// The modes of a write.
const (
	ModeToggle = "toggle"
	ModePulse  = "pulse"
	ModeRamp   = "ramp"
	ModeHold   = "hold"
)
