package tag_test

import (
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

// Every change comes once and in order, of computed tags too; what does not fit is counted.
func TestRecorder(t *testing.T) {
	table := tag.NewTable()
	a, err := table.Add("a", tag.Definition{Type: tag.Int})
	if err != nil {
		t.Fatal(err)
	}
	double, err := table.AddComputed("double", tag.Definition{Type: tag.Int}, []tag.Slot{a}, func(d []tag.Sample) tag.Sample {
		return tag.Sample{Value: tag.OfInt(2 * d[0].Value.Int()), Quality: d[0].Quality}
	})
	if err != nil {
		t.Fatal(err)
	}
	other, err := table.Add("", tag.Definition{Type: tag.Int})
	if err != nil {
		t.Fatal(err)
	}
	wakes := 0
	r := table.Record(6, func() { wakes++ })
	defer r.Close()
	set := func(s tag.Slot, v int64) {
		table.Apply([]tag.Update{{Slot: s, Sample: tag.Sample{Value: tag.OfInt(v), Server: 1}}})
	}
	set(other, 5)
	if wakes != 0 {
		t.Error("woken by a slot without a name")
	}
	set(a, 1)
	set(a, 1) // no change
	set(a, 2)
	if wakes != 1 {
		t.Errorf("woken %d times", wakes)
	}
	changes, lost := r.Drain(nil)
	var got []int64
	for _, c := range changes {
		if c.Slot != a && c.Slot != double {
			t.Errorf("slot %d", c.Slot)
		}
		got = append(got, c.Sample.Value.Int())
	}
	if len(got) != 4 || got[0] != 1 || got[1] != 2 || got[2] != 2 || got[3] != 4 || lost != 0 {
		t.Errorf("%v, lost %d", got, lost)
	}
	for i := range int64(10) {
		set(a, 100+i)
	}
	if changes, lost := r.Drain(nil); len(changes) != 6 || lost != 14 {
		t.Errorf("%d changes, lost %d", len(changes), lost)
	}
	r.Close()
	set(a, 1)
	if changes, _ := r.Drain(nil); len(changes) != 0 {
		t.Errorf("recorded after the end: %v", changes)
	}
}
