package alarm

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Classification is a class of alarms (ISA-18.2, 3.1.8; IEC 62682, 6.9): what those of it have in common. What an alarm says
// itself comes first.
type Classification struct {
	// ID is by what alarms name it: 1 to 64 letters, digits, "_" and "-".
	ID    string    `json:"id"`
	Title spec.Text `json:"title,omitempty"`
	// Priority is that of alarms of the class that have none themselves.
	Priority string `json:"priority,omitempty" enum:"urgent,high,medium,low"`
	// Acknowledge says what an operator must do: required (default), comment (acknowledge and say why), or none.
	Acknowledge string `json:"acknowledge,omitempty" enum:"required,comment,none"`
	// Sound is what is heard as long as one of them is unacknowledged: that of the priority when left out.
	Sound string `json:"sound,omitempty" enum:"none,chime,beep,pulse,siren"`
	// ShelveMax is the longest time for which they may be shelved: "8h", at most 24h, "0s" for never; default 24h.
	ShelveMax string `json:"shelveMax,omitempty"`
	// Routes name the ways by which messages of them are sent; those for all alarms when left out.
	Routes []string `json:"routes,omitempty"`
	// Cause, Consequence and Action stand in for those that an alarm does not have.
	Cause       spec.Text `json:"cause,omitempty"`
	Consequence spec.Text `json:"consequence,omitempty"`
	Action      spec.Text `json:"action,omitempty"`
}

// Limits of classes.
const (
	MaxClasses = 200
	MaxRoutes  = 32 // of one class
)

// Acknowledges are what may be asked of an operator, Sounds what can be heard.
var (
	Acknowledges = []string{AckRequired, AckComment, AckNone}
	Sounds       = []string{"none", "chime", "beep", "pulse", "siren"}
)

// Check tells what is wrong with a class, with places below it.
func (c *Classification) Check() spec.Problems {
	var ps spec.Problems
	if !ID(c.ID) {
		ps.Add("id_form", "/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of an alarm class.", clip(c.ID))
	}
	choice(&ps, "/priority", c.Priority, Priorities)
	choice(&ps, "/acknowledge", c.Acknowledge, Acknowledges)
	choice(&ps, "/sound", c.Sound, Sounds)
	checkDuration(&ps, "/shelveMax", c.ShelveMax, 0, MaxShelf)
	if len(c.Routes) > MaxRoutes {
		ps.Add("too_many", "/routes", "Name fewer.", "There are %d routes, more than %d.", len(c.Routes), MaxRoutes)
	}
	for i, r := range c.Routes {
		if strings.TrimSpace(r) == "" || len(r) > 64 {
			ps.Add("value_range", fmt.Sprintf("/routes/%d", i), "Write the id of a route.", "%q cannot be the id of a route.", clip(r))
		}
	}
	checkText(&ps, "/title", c.Title)
	checkText(&ps, "/cause", c.Cause)
	checkText(&ps, "/consequence", c.Consequence)
	checkText(&ps, "/action", c.Action)
	return ps
}

// Longest is for how long alarms of the class may be shelved.
func (c *Classification) Longest() time.Duration {
	if c != nil && c.ShelveMax != "" {
		if d, err := time.ParseDuration(c.ShelveMax); err == nil {
			return min(d, MaxShelf)
		}
	}
	return MaxShelf
}

// In is the alarm with what it has from its class; c is nil when it has none. Without a priority of either it is medium.
func (a Alarm) In(c *Classification) Alarm {
	if c != nil {
		for _, s := range [...]struct {
			to   *string
			from string
		}{{&a.Priority, c.Priority}, {&a.Acknowledge, c.Acknowledge}} {
			if *s.to == "" {
				*s.to = s.from
			}
		}
		for _, t := range [...]struct {
			to   *spec.Text
			from spec.Text
		}{{&a.Cause, c.Cause}, {&a.Consequence, c.Consequence}, {&a.Action, c.Action}} {
			if len(*t.to) == 0 {
				*t.to = t.from
			}
		}
	}
	if a.Priority == "" {
		a.Priority = "medium"
	}
	return a
}

// choice checks one of several that may be left out.
func choice(ps *spec.Problems, at, s string, known []string) {
	if s != "" && !slices.Contains(known, s) {
		*ps = append(*ps, spec.OneOf("value_choice", at, fmt.Sprintf("%q is not one of the choices.", clip(s)), s, known))
	}
}

func checkText(ps *spec.Problems, at string, t spec.Text) {
	if len(t) > 0 && t["en"] == "" {
		ps.Add("value_missing", at+"/en", "Give an English text; it stands in for missing languages.", "The English text is missing.")
	}
	for lang, s := range t {
		if len(s) > MaxText {
			ps.Add("text_too_long", at+"/"+spec.Escape(lang), "Make it shorter.", "The text has %d bytes, more than %d.", len(s), MaxText)
		}
	}
}

// checkDuration checks a duration that may be left out.
func checkDuration(ps *spec.Problems, at, s string, low, high time.Duration) {
	if s == "" {
		return
	}
	switch v, err := time.ParseDuration(s); {
	case err != nil:
		ps.Add("value_format", at, `Write a number with a unit: "200ms", "5s", "1h30m"`, "%q is not a duration.", clip(s))
	case v < low || v > high:
		ps.Add("value_range", at, fmt.Sprintf("%s to %s.", low, high), "%s is out of range.", v)
	}
}
