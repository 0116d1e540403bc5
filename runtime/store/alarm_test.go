package store

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

func alarms(t *testing.T, s *Store) {
	ctx := context.Background()
	at := time.Date(2026, 3, 29, 1, 59, 59, 123456000, time.UTC)
	record := alarm.Record{
		Key: "hall/泵#high", Position: alarm.Position{State: alarm.Unacknowledged, Active: true}, Delay: alarm.Delay{Active: true, Pending: at, Source: at},
		Since: at, Raised: at, Times: 3, Value: json.RawMessage("82.5"), Message: map[string]string{"en": "High", "zh": "高"}, Shelf: &alarm.Shelf{Deed: alarm.Deed{By: "olga", Time: at}, Until: at.Add(time.Hour), Once: true},
	}
	var lines []alarm.Entry
	for i := range 40 {
		e := alarm.Entry{Time: at.Add(time.Duration(i) * time.Minute), Path: tag.Path(fmt.Sprintf("hall%d/level", i%2)), Alarm: "high", Priority: "high", Event: alarm.Raise, State: alarm.Unacknowledged, Title: map[string]string{"en": "Level", "zh": "液位"}, Message: map[string]string{"en": fmt.Sprintf("%d %% is above", i)}, Value: json.RawMessage(fmt.Sprint(i))}
		if i%4 == 3 {
			e.Event, e.By, e.Origin, e.Comment = alarm.Acknowledge, "olga", "192.0.2.7", "100 % seen"
		}
		lines = append(lines, e)
	}
	if err := s.KeepAlarms(ctx, alarm.Changes{Records: []alarm.Record{record, {Key: "x#y", Position: alarm.Fresh()}}, Journal: lines}); err != nil {
		t.Fatal(err)
	}
	record.Times = 4
	if err := s.KeepAlarms(ctx, alarm.Changes{Records: []alarm.Record{record}, Gone: []alarm.Key{"x#y", "never#there"}}); err != nil {
		t.Fatal(err)
	}
	got, err := s.LoadAlarms(ctx)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	if a, b := fmt.Sprintf("%+v %+v", got[0], *got[0].Shelf), fmt.Sprintf("%+v %+v", record, *record.Shelf); got[0].Times != 4 || !got[0].Delay.Pending.Equal(at) || got[0].Message["zh"] != "高" || !got[0].Shelf.Until.Equal(at.Add(time.Hour)) {
		t.Errorf("\n%s\n%s", a, b)
	}
	for _, row := range []struct {
		name string
		f    JournalFilter
		want int
	}{
		{"all", JournalFilter{}, 40}, {"area", JournalFilter{Area: "hall1"}, 20}, {"not an area", JournalFilter{Area: "hall"}, 0}, {"alarm", JournalFilter{Key: "hall0/level#high"}, 20}, {"other alarm", JournalFilter{Key: "hall0/level#low"}, 0},
		{"priority", JournalFilter{Priorities: []string{"urgent", "high"}}, 40}, {"event", JournalFilter{Events: []string{"acknowledge"}}, 10}, {"user", JournalFilter{User: "olga"}, 10}, {"text", JournalFilter{Query: "100 % SEEN"}, 10}, {"Chinese", JournalFilter{Query: "液位"}, 40},
		{"from", JournalFilter{From: at.Add(30 * time.Minute)}, 10}, {"until", JournalFilter{Until: at.Add(30 * time.Minute)}, 30}, {"allowed", JournalFilter{Allowed: func(p tag.Path) bool { return p.Under("hall0") }}, 20},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.f.Limit = 7
			n := 0
			for last := int64(0); ; {
				list, next, err := s.Journal(ctx, row.f)
				if err != nil || len(list) > 7 {
					t.Fatal(len(list), err)
				}
				for _, e := range list {
					if last != 0 && e.ID >= last || e.Time.Nanosecond()%1e6 == 0 || string(e.Value) == "" {
						t.Errorf("%+v", e)
					}
					last = e.ID
					n++
				}
				if next == 0 {
					break
				}
				row.f.Before = next
			}
			if n != row.want {
				t.Errorf("%d, not %d", n, row.want)
			}
		})
	}
	trail, err := s.AuditPage(ctx, 0, 100, "alarm.acknowledge")
	if err != nil || len(trail) != 10 || trail[0].Target != "hall1/level#high" || trail[0].Reason != "100 % seen" {
		t.Error(len(trail), err)
	}
	for i := range 30 {
		if err := s.keepAlarms(ctx, alarm.Changes{Journal: lines[i : i+1]}, 20); err != nil {
			t.Fatal(err)
		}
	}
	if list, _, err := s.Journal(ctx, JournalFilter{Limit: 1000}); err != nil || len(list) < 20 || len(list) > 21 {
		t.Error("kept of the journal:", len(list), err)
	}
}
