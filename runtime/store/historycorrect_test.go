package store

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// What is corrected takes the place of what was there, in memory, in the database, in summaries, and after a kill.
func TestHistoryCorrect(t *testing.T) {
	ctx := t.Context()
	s, dir := open(t, "", t.TempDir()), t.TempDir()
	reopen := func() *historian.Archive {
		a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := reopen()
	ids, err := a.SeriesOf(ctx, []tag.Path{"x", "y"})
	if err != nil {
		t.Fatal(err)
	}
	begin := tag.TimeOf(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))
	at := func(minutes int) tag.Time { return begin + tag.Time(minutes)*tag.Time(time.Minute) }
	for _, id := range ids {
		b := historian.Batch{Series: id}
		for m := range 600 {
			b.Samples = append(b.Samples, historian.Sample{Time: at(m), Value: tag.OfInt(int64(m))})
		}
		a.Append([]historian.Batch{b})
	}
	last := func(want int64) {
		t.Helper()
		for range 2 { // what it has found it remembers
			got, err := a.LastAt(ctx, []tag.Path{"x", "nowhere", "y"}, tag.Now())
			if err != nil || got[0].Value.Int() != want || got[1].Time != 0 || got[2].Value.Int() != 599 {
				t.Errorf("%v %v", got, err)
			}
		}
	}
	read := func(from, to int) (out string) {
		t.Helper()
		if err := a.Raw(ctx, "x", at(from), at(to), func(part []historian.Sample) bool {
			for _, x := range part {
				out += fmt.Sprint(x.Value.Int(), " ")
			}
			return true
		}); err != nil {
			t.Fatal(err)
		}
		return out
	}
	check := func(round string) {
		t.Helper()
		if got := read(94, 104); got != "94 1000 98 99 100 101 102 103 " {
			t.Errorf("%s: %s", round, got)
		}
		if got := read(595, 700); got != "595 596 597 " {
			t.Errorf("%s: %s", round, got)
		}
		if got := read(300, 321); got != "320 " {
			t.Errorf("%s: %s", round, got)
		}
		hours := []tag.Time{at(0), at(60), at(120), at(180)}
		points, err := a.Aggregate(ctx, "x", hours, historian.Maximum, tag.Value{})
		if err != nil || points[1].Value.Float() != 1000 || points[2].Value.Float() != 179 {
			t.Errorf("%s: %v %v", round, points, err)
		}
		points, err = a.Aggregate(ctx, "x", hours, historian.Count, tag.Value{})
		if err != nil || points[1].Value.Int() != 58 {
			t.Errorf("%s: %v %v", round, points, err)
		}
		last(597)
	}
	last(599)
	if err := a.Flush(ctx, 0, true); err != nil {
		t.Fatal(err)
	}
	if err := a.MakeTiers(ctx, at(10_000)); err != nil {
		t.Fatal(err)
	}
	last(599)
	change := []historian.Sample{{Time: at(95), Value: tag.OfInt(1000)}, historian.Removal(at(96)), historian.Removal(at(97)), historian.Removal(at(598)), historian.Removal(at(599))}
	for m := 300; m < 320; m++ { // a whole window and more
		change = append(change, historian.Removal(at(m)))
	}
	if err := a.Correct(ids[0], change); err != nil {
		t.Fatal(err)
	}
	check("in memory")
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	a = reopen()
	check("after a kill")
	if err := a.Flush(ctx, 0, true); err != nil {
		t.Fatal(err)
	}
	check("in the database")
	if err := a.MakeTiers(ctx, at(10_000)); err != nil {
		t.Fatal(err)
	}
	check("in summaries")
	if err := a.Correct(ids[0], []historian.Sample{{Time: -1 << 60}}); err != nil && !errors.Is(err, historian.ErrTooOld) {
		t.Error(err)
	}
	_ = a.Close()
}
