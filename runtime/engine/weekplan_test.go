package engine

import (
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// A plan in a tag is on and off by the clock of the zone; what is no plan has no answer, and says so.
func TestWeekPlan(t *testing.T) {
	table := tag.NewTable()
	slot, err := table.Add("hall/plan", tag.Definition{Type: tag.JSON})
	if err != nil {
		t.Fatal(err)
	}
	k := &weekPlan{path: "hall/plan"}
	set := func(text string, q tag.Quality) {
		v, err := tag.Parse([]byte(text), tag.JSON)
		if err != nil {
			t.Fatal(err)
		}
		table.Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: v, Quality: q, Source: tag.Now(), Server: tag.Now()}}})
	}
	monday := time.Date(2026, 11, 23, 5, 59, 59, 0, time.UTC)
	look := func(at time.Time) tag.Sample { k.shown = k.look(table, at); return k.shown }
	set(`{"week":[{"day":1,"from":"06:00","to":"14:00"}]}`, tag.Good)
	if s := look(monday); s.Value != tag.OfBool(false) || s.Quality != tag.Good {
		t.Errorf("before: %v", s)
	}
	before := k.shown
	if s := look(monday.Add(500 * time.Millisecond)); s != before {
		t.Errorf("nothing has changed: %v", s)
	}
	if s := look(monday.Add(time.Second)); s.Value != tag.OfBool(true) {
		t.Errorf("at six: %v", s)
	}
	if s := look(monday.Add(8*time.Hour + time.Second)); s.Value != tag.OfBool(false) {
		t.Errorf("at two: %v", s)
	}
	set(`{"week":[{"day":9}]}`, tag.Good)
	if s := look(monday); s.Quality != tag.BadConfigurationError || !s.Value.IsNone() {
		t.Errorf("no plan: %v", s)
	}
	table.Remove(slot)
	if s := look(monday); !s.Quality.IsBad() {
		t.Errorf("no tag: %v", s)
	}
}
