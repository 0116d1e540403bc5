package engine

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// TestAlarmListFollows lets everything happen to alarms in any order: the list that is kept and the counts are those of a list
// that is made anew.
func TestAlarmListFollows(t *testing.T) {
	const many = 40
	priorities := alarm.Priorities
	declare := func(turn int) string {
		var tags []any
		for i := range many - turn%3 {
			high := map[string]any{"kind": "high", "limit": 80, "priority": priorities[(i+turn)%len(priorities)], "latch": i%5 == 0}
			if i%7 == 3 {
				high["suppressWhen"] = `tag("hall/t0") > 80`
			}
			tags = append(tags, map[string]any{"path": fmt.Sprintf("hall/t%d", i), "type": "float", "initial": 50, "alarms": map[string]any{"high": high}})
		}
		raw, err := json.Marshal(map[string]any{"format": 1, "tags": tags})
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	r := start(t, Options{Alarms: &alarmShelf{}})
	r.set(declare(0))
	check := func(turn int) {
		t.Helper()
		list, seq := r.Alarms()
		v := &r.alarms
		v.work.Lock()
		defer v.work.Unlock()
		v.mu.Lock()
		defer v.mu.Unlock()
		if v.seq.Load() != seq {
			return // there is another already
		}
		var want []*Alarm
		var counts alarmCounts
		for _, p := range v.points {
			a := p.now()
			if a.State == alarm.Normal {
				continue
			}
			want = append(want, a)
			for i := range alarmTagList {
				if alarmTagList[i].counts(a.State, a.Priority) {
					counts[i]++
				}
			}
		}
		slices.SortFunc(want, byNeed)
		if !reflect.DeepEqual(list, want) {
			t.Fatalf("turn %d: %d alarms, want %d, or they are in another order", turn, len(list), len(want))
		}
		if v.counts != counts {
			t.Fatalf("turn %d: counts %v, want %v", turn, v.counts, counts)
		}
	}
	random := rand.New(rand.NewPCG(1, 2))
	orders := []alarm.Event{alarm.Acknowledge, alarm.Acknowledge, alarm.Shelve, alarm.Unshelve, alarm.Remove, alarm.Restore, alarm.Reset}
	for turn := range 300 {
		for range random.IntN(6) {
			i := random.IntN(many - 3)
			putValue(t, r.Engine, tag.Path(fmt.Sprintf("hall/t%d", i)), tag.OfFloat(float64(50+40*random.IntN(2))))
		}
		o := AlarmOrder{Event: orders[random.IntN(len(orders))], Comment: "so", For: time.Hour, Keys: []alarm.Key{alarm.KeyOf(tag.Path(fmt.Sprintf("hall/t%d", random.IntN(many-3))), "high")}}
		if _, err := r.OrderAlarms(t.Context(), o, everybody); err != nil {
			t.Fatal(err)
		}
		if turn%60 == 59 {
			r.set(declare(turn / 60))
		}
		check(turn)
	}
	list, _ := r.Alarms()
	until(t, "the tags have the counts", func() bool {
		n := int64(0)
		for _, a := range list {
			if a.State.Wanting() {
				n++
			}
		}
		return r.sample("system/alarms/unacknowledged").Value == tag.OfInt(n)
	})
}
