package store

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

func events(t *testing.T, s *Store) {
	ctx := context.Background()
	begin := time.Now().Add(-time.Hour).Truncate(time.Microsecond)
	var list []Event
	for i := range 30 {
		list = append(list, Event{
			Time: begin.Add(time.Duration(i) * time.Minute), Asset: fmt.Sprintf("line%d/泵_%d", i%2, i%3), Model: "pump", Event: "trip", Level: []string{"info", "error"}[i%2],
			Title: map[string]string{"en": "Trip"}, Message: map[string]string{"en": fmt.Sprintf("Tripped at %d %%", i), "zh": "跳闸"}, Values: map[string]json.RawMessage{"speed": json.RawMessage(fmt.Sprint(i))}, Dropped: i,
		})
	}
	if err := s.Record(ctx, list); err != nil {
		t.Fatal(err)
	}
	if list[0].ID == 0 || list[29].ID != list[0].ID+29 {
		t.Errorf("the IDs are %d to %d", list[0].ID, list[29].ID)
	}
	for _, row := range []struct {
		name string
		f    EventFilter
		want int
	}{
		{"all", EventFilter{}, 30}, {"asset", EventFilter{Asset: "line0/泵_1"}, 5}, {"area", EventFilter{Asset: "line0", Below: true}, 15}, {"not an area", EventFilter{Asset: "line", Below: true}, 0},
		{"event", EventFilter{Event: "trip"}, 30}, {"other event", EventFilter{Event: "start"}, 0}, {"level", EventFilter{Levels: []string{"error"}}, 15}, {"text", EventFilter{Query: "at 7 %"}, 1}, {"Chinese", EventFilter{Query: "跳闸"}, 30},
		{"wildcard", EventFilter{Query: "_"}, 30}, {"from", EventFilter{From: begin.Add(20 * time.Minute)}, 10}, {"until", EventFilter{Until: begin.Add(20 * time.Minute)}, 20},
		{"allowed", EventFilter{Allowed: func(asset string) bool { return asset == "line1/泵_0" }}, 5},
	} {
		t.Run(row.name, func(t *testing.T) {
			row.f.Limit = 7
			seen := map[int64]bool{}
			for pages := 0; ; pages++ {
				got, next, err := s.Events(ctx, row.f)
				if err != nil || len(got) > 7 {
					t.Fatal(len(got), err)
				}
				for _, e := range got {
					if seen[e.ID] || e.Time != list[e.ID-list[0].ID].Time.UTC() || string(e.Values["speed"]) != fmt.Sprint(e.Dropped) || e.Message["zh"] != "跳闸" {
						t.Fatalf("%+v", e)
					}
					seen[e.ID] = true
				}
				if next == 0 {
					break
				}
				row.f.Before = next
			}
			if len(seen) != row.want {
				t.Errorf("%d, not %d", len(seen), row.want)
			}
		})
	}
	for range 50 {
		if err := s.record(ctx, []Event{list[0], list[1]}, 40); err != nil {
			t.Fatal(err)
		}
	}
	if got, _, _ := s.Events(ctx, EventFilter{Limit: 1000}); len(got) < 40 || len(got) > 42 {
		t.Errorf("%d are kept", len(got))
	}
}
