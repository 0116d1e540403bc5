package alarm

import (
	"encoding/json"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of what operators do.
const (
	// MaxShelf is the longest time for which an alarm may be shelved.
	MaxShelf = 24 * time.Hour
	// MaxComment is the most bytes of a comment or reason.
	MaxComment = 1000
)

// Key names one alarm of a plant: <path of the tag>#<id of the alarm>. No path has a "#".
type Key string

// KeyOf makes the key of an alarm.
func KeyOf(path tag.Path, id string) Key { return Key(string(path) + "#" + id) }

// Split gives back the path and the id.
func (k Key) Split() (tag.Path, string) {
	path, id, _ := strings.Cut(string(k), "#")
	return tag.Path(path), id
}

// Record is what is kept of one alarm, so that it goes on after a restart as if there had been none.
type Record struct {
	Key Key `json:"key"`
	Position
	Delay Delay `json:"delay,omitzero"`
	// Since is when the state that is shown began, Raised when the alarm was last raised, by the clock of the source.
	Since  time.Time `json:"since,omitzero"`
	Raised time.Time `json:"raised,omitzero"`
	// Times counts how often it was raised since it last was normal.
	Times int `json:"times,omitempty"`
	// Value is that by which it was raised, Message what the operator read.
	Value   json.RawMessage `json:"value,omitempty"`
	Message spec.Text       `json:"message,omitempty"`
	// Acknowledgement is the last since it was raised.
	Acknowledgement *Deed `json:"acknowledgement,omitempty"`
	// Shelf says until when it is shelved and by whom, Service who has taken it out of service.
	Shelf   *Shelf `json:"shelf,omitempty"`
	Service *Deed  `json:"service,omitempty"`
	// Tuned are limits that somebody has set instead of those of the declaration.
	Tuned *Tuned `json:"tuned,omitempty"`
	// First says that it was the first-out of its group.
	First bool `json:"first,omitempty"`
	// Window is what it remembers of the past.
	Window *Window `json:"window,omitempty"`
}

// Tuned are limits that were set while the plant runs.
type Tuned struct {
	Deed
	// Limit and Lower stand in for those of the declaration, nil for that one.
	Limit *float64 `json:"limit,omitempty"`
	Lower *float64 `json:"lower,omitempty"`
}

// Deed is what somebody has done, when and why.
type Deed struct {
	By   string    `json:"by"`
	Time time.Time `json:"time"`
	Text string    `json:"text,omitempty"`
}

// Shelf is for how long an alarm is put away.
type Shelf struct {
	Deed
	Until time.Time `json:"until"`
	// Once ends it as soon as the alarm has returned.
	Once bool `json:"once,omitempty"`
}

// Blank reports whether there is nothing to keep: the alarm is normal and nothing is pending.
func (r *Record) Blank() bool {
	return r.Position == Fresh() && r.Delay == Delay{} && r.Tuned == nil && !r.First && (r.Window == nil || r.Window.Empty())
}

// Entry is one line of the journal: something has happened to an alarm.
type Entry struct {
	// ID counts up; it is set by the store.
	ID int64
	// Time is by the clock of the source for what the plant has done, else by the server's.
	Time time.Time
	Path tag.Path
	// Alarm is the id of the alarm of the tag.
	Alarm    string
	Priority string
	Event    Event
	// State is the one after it.
	State State
	// Title is that of the tag, Name that of the alarm.
	Title, Name, Message spec.Text
	Value                json.RawMessage
	// By is who has done it and Origin from where, "" for the plant itself.
	By, Origin, Comment string
}

// Events that are no transitions.
const (
	// Removed is that of an alarm that was taken from the plant while it was not normal.
	Removed Event = "removed"
	// Changed is that somebody has set a limit, or gone back to that of the declaration.
	Changed Event = "limit"
)

// Comment is the event of something that was said of an alarm; its state stays.
const Comment Event = "comment"

// Changes are what has become of alarms, to be kept at once or not at all.
type Changes struct {
	// Records are those that have changed, Gone the keys of those of which nothing is to be kept any more.
	Records []Record
	Gone    []Key
	Journal []Entry
}
