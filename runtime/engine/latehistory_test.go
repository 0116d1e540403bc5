package engine

import (
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// What is older than the present value does not take its place, but goes into the history at its own time; and a clock
// that was set back is believed after a while.
func TestLateSamples(t *testing.T) {
	table := tag.NewTable()
	slot, err := table.Add("a", tag.Definition{Type: tag.Float})
	if err != nil {
		t.Fatal(err)
	}
	var past []tag.Change
	d := &device{table: table, counters: &counters{}, late: func(list []tag.Change) { past = append(past, list...) }}
	d.doc.Store(&plant.Device{})
	s := &source{slot: slot, typ: tag.Float, raw: tag.Float, bit: -1, last: tag.Sample{Quality: tag.BadWaitingForInitialData}}
	now := tag.Now()
	send := func(v float64, ago time.Duration, historical bool) {
		d.ingest([]*source{s}, []connector.Update{{Sample: tag.Sample{Value: tag.OfFloat(v), Source: now - tag.Time(ago)}, Historical: historical}})
	}
	check := func(what string, present float64, late int) {
		t.Helper()
		if got := table.Get(slot).Value.Float(); got != present || len(past) != late {
			t.Errorf("%s: %v is present, not %v; %d are late, not %d", what, got, present, len(past), late)
		}
	}
	send(1, time.Second, false)
	check("the first", 1, 0)
	send(2, time.Hour, false)
	check("an hour old", 1, 1)
	send(3, time.Minute, true)
	check("historical", 1, 2)
	send(4, 0, false)
	check("a newer one", 4, 2)
	send(5, -time.Second, true)
	check("historical though newer", 4, 3)
	if x := past[0]; x.Slot != slot || x.Sample.Value.Float() != 2 || x.Sample.Source != now-tag.Time(time.Hour) {
		t.Errorf("%+v", x)
	}
	send(6, 40*365*24*time.Hour, true)
	check("of 1986", 4, 3)
	s.last.Server -= 2 * lateWithin
	send(7, time.Hour, false)
	check("the clock was set back", 7, 3)
}
