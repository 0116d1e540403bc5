package engine

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// TestHistoryAlarms: that the room runs out, that nothing can be written and that samples were lost is an alarm each, which
// goes when that is over.
func TestHistoryAlarms(t *testing.T) {
	r := start(t, Options{})
	r.set(`{"format":1}`)
	now := historyNow{storage: historian.Storage{Checked: time.Now(), Forecast: historian.Forecast{Days: -1}, Space: historian.Space{Disk: 1000, Free: 250}}}
	r.showHistory(&now)
	if got := r.sample("system/history/diskFree"); got.Value != tag.OfFloat(25) {
		t.Errorf("%v", got)
	}
	if got := r.sample("system/history/diskDays"); got.Value != tag.OfInt(historyNever) {
		t.Errorf("%v", got)
	}
	active := func() (ids []string) {
		list, _ := r.Alarms()
		for _, a := range list {
			if standing(a.State, a.Priority) {
				ids = append(ids, a.ID)
			}
		}
		slices.Sort(ids)
		return ids
	}
	now.storage.Low, now.storage.Forecast.Days = true, 9
	r.showHistory(&now)
	until(t, "the alarm before the room ends", func() bool { return slices.Equal(active(), []string{"low"}) })
	if got := r.sample("system/history/diskDays"); got.Value != tag.OfInt(9) {
		t.Errorf("%v", got)
	}
	now.state.Dropped, now.state.Damaged = 5, 1
	r.showHistory(&now)
	until(t, "what was lost is told", func() bool {
		n := 0
		list, _ := r.Alarms()
		for _, a := range list {
			if a.ID == "lost" || a.ID == "damaged" {
				n++
			}
		}
		return n == 2
	})
	now.storage.Low = false
	now.state.Failure = errors.New("away")
	r.showHistory(&now)
	until(t, "the room is there again", func() bool { return !slices.Contains(active(), "low") })
	if !r.sample("system/history/failing").Value.Bool() {
		t.Error("a failure is not shown")
	}
}
