package engine

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// instance is one widget on a screen that is open, as its script has it. All openings of a screen that share its slots share it;
// one that depends on variables of the screen is of one opening.
type instance struct {
	host     *scriptHost
	identity string
	number   uint32
	refs     int // guarded by the swap lock
	own      *app.Own
	// key is the script in the worker: the widget type and its text, so that a new one does not disturb the others.
	key                     string
	widget, screen, element string
	draft                   bool
	title                   spec.Text
	// outputs are the slots by the name under which the script sets them; fault is that of what is wrong.
	outputs map[string]tag.Slot
	fault   tag.Slot
	// settings are the constants.
	settings map[string]json.RawMessage
	// actions are the events with actions on them.
	actions map[string]bool

	mu     sync.Mutex
	inputs []input
	// parked is what waits for a reason, by person and event.
	parked map[string]parked

	// of the goroutine of the host
	epoch  uint64    // of the process in which init was called
	began  time.Time // the round in which it was
	due    time.Time // of every
	rests  time.Time
	faulty bool
	broken bool // init has failed: nothing else is called
	told   string
	toldAt time.Time
}

// input is a bound setting.
type input struct {
	name string
	slot tag.Slot
}

func (x *instance) heard() []input {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.inputs
}

func (x *instance) listens(event string) bool { return x.actions[event] }

// begin has init called, and data for what is bound.
func (x *instance) begin(c *calls, epoch uint64, now time.Time) {
	table := x.host.scripts.engine.table
	settings := make(map[string]json.RawMessage, len(x.settings))
	for name, raw := range x.settings {
		settings[name] = raw
	}
	inputs := x.heard()
	samples := make([]tag.Sample, len(inputs))
	for i, in := range inputs {
		samples[i] = table.Get(in.slot)
		settings[in.name] = plain(samples[i]).AppendJSON(nil)
	}
	text, err := json.Marshal(settings)
	if err != nil {
		text = []byte("{}")
	}
	c.add(x, script.Init, tag.OfJSON(string(text)))
	// A setting that could be bound and is a constant is told once.
	for i := range x.own.Manifest.Settings {
		f := &x.own.Manifest.Settings[i]
		if raw, constant := x.settings[f.Name]; constant && f.Bind {
			if v, err := tag.Parse(raw, app.TypeOf(f)); err == nil {
				c.add(x, script.Data, tag.OfString(f.Name), v, tag.OfBool(true))
			}
		}
	}
	for i, in := range inputs {
		c.add(x, script.Data, tag.OfString(in.name), plain(samples[i]), tag.OfBool(samples[i].Quality.IsGood()))
	}
	x.epoch, x.began = epoch, now
	x.due, x.broken = now.Add(x.own.Every), false
}

// mayTell reports whether something is to be said again.
func (x *instance) mayTell(text string) bool {
	now := time.Now()
	if text == x.told && now.Sub(x.toldAt) < 10*time.Second {
		return false
	}
	x.told, x.toldAt = text, now
	return true
}

// scriptFault is what the tile of a widget says, in all languages.
type scriptFault struct {
	Code   string    `json:"code"`
	Text   spec.Text `json:"text"`
	Hint   spec.Text `json:"hint,omitempty"`
	Line   int       `json:"line,omitempty"`
	Column int       `json:"column,omitempty"`
}

// faultOf is a problem as a value; none when nothing is wrong.
func faultOf(p *spec.Problem) tag.Sample {
	now := tag.Now()
	if p == nil {
		return tag.Sample{Value: tag.OfString(""), Source: now, Server: now}
	}
	zh := spec.Problems{p}.In("zh")[0]
	f := scriptFault{Code: p.Code, Text: spec.Text{"en": p.Message, "zh": zh.Message}, Line: p.Line, Column: p.Column}
	if p.Hint != "" {
		f.Hint = spec.Text{"en": p.Hint, "zh": zh.Hint}
	}
	text, _ := json.Marshal(f)
	return tag.Sample{Value: tag.OfJSON(string(text)), Source: now, Server: now}
}

// blame shows on the widget what is wrong, nil for nothing.
func (x *instance) blame(p *spec.Problem) {
	x.faulty = p != nil
	x.host.scripts.engine.table.Apply([]tag.Update{{Slot: x.fault, Sample: faultOf(p)}})
}
