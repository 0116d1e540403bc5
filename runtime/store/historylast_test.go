package store

import (
	"testing"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// The last sample of a tag is the latest one, also when an earlier one came after it and waits.
func TestHistoryLastIsNotTheLate(t *testing.T) {
	ctx := t.Context()
	s := open(t, "", t.TempDir())
	dir := t.TempDir()
	a, err := historian.Open(ctx, s.History(), historian.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	ids := seriesOf(t, a, "x", "y")
	now := tag.Now() / historian.Window * historian.Window
	put := func(id int64, at tag.Time, v int64) {
		a.Append([]historian.Batch{{Series: id, Samples: []historian.Sample{{Time: at, Value: tag.OfInt(v)}}}})
	}
	last := func() (int64, int64) {
		t.Helper()
		got, err := a.LastAt(ctx, []tag.Path{"x", "y"}, tag.Now())
		if err != nil {
			t.Fatal(err)
		}
		return got[0].Value.Int(), got[1].Value.Int()
	}
	put(ids[0], now-historian.Window, 1)
	put(ids[1], now-historian.Window, 2)
	if err := a.Flush(ctx, now, false); err != nil {
		t.Fatal(err)
	}
	put(ids[0], now-5*historian.Window, 7) // late
	put(ids[1], now-1, 8)
	if x, y := last(); x != 1 || y != 8 {
		t.Errorf("the last values are %d and %d", x, y)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	// After a restart it is not known yet what the database has.
	if a, err = historian.Open(ctx, s.History(), historian.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if x, y := last(); x != 1 || y != 8 {
		t.Errorf("after a restart the last values are %d and %d", x, y)
	}
}
