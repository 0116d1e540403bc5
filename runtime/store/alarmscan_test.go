package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// alarmScan reads a journal that is longer than one part, as the figures do, and finds what people have said of an alarm.
func alarmScan(t *testing.T, s *Store) {
	ctx := context.Background()
	const many = scanPart + 700
	at := time.Now().Truncate(time.Microsecond).Add(-time.Hour)
	before, err := s.LastAlarm(ctx)
	if err != nil {
		t.Fatal(err)
	}
	lines := make([]alarm.Entry, many)
	for i := range lines {
		lines[i] = alarm.Entry{Time: at.Add(time.Duration(i) * time.Millisecond), Path: tag.Path(fmt.Sprintf("hall/泵%d", i%7)), Alarm: "high", Priority: "high", Event: alarm.Raise, State: alarm.Unacknowledged, Value: json.RawMessage(fmt.Sprint(i))}
	}
	if err := s.KeepAlarms(ctx, alarm.Changes{Journal: lines}); err != nil {
		t.Fatal(err)
	}
	scan := func(from, until time.Time, after int64) (found []alarm.Entry, last int64) {
		t.Helper()
		last, err := s.ScanJournal(ctx, from, until, after, func(e *alarm.Entry) { found = append(found, *e) })
		if err != nil {
			t.Fatal(err)
		}
		return found, last
	}
	found, last := scan(at, time.Time{}, before)
	if len(found) != many {
		t.Fatalf("%d lines of %d", len(found), many)
	}
	if !slices.IsSortedFunc(found, func(a, b alarm.Entry) int { return int(a.ID - b.ID) }) {
		t.Error("they are not in order")
	}
	if e := found[8]; e.Path != "hall/泵1" || !e.Time.Equal(at.Add(8*time.Millisecond)) || e.Event != alarm.Raise || e.State != alarm.Unacknowledged || string(e.Value) != "8" || e.Priority != "high" {
		t.Errorf("%+v", e)
	}
	if last != found[many-1].ID {
		t.Errorf("last is %d, not %d", last, found[many-1].ID)
	}
	if more, same := scan(at, time.Time{}, last); len(more) != 0 || same != last {
		t.Errorf("%d lines came twice, last is %d", len(more), same)
	}
	if part, _ := scan(at.Add(10*time.Millisecond), at.Add(20*time.Millisecond), 0); len(part) != 10 || string(part[0].Value) != "10" {
		t.Errorf("%d lines of 10 ms", len(part))
	}
	if none, _ := scan(at.Add(-48*time.Hour), at.Add(-47*time.Hour), 0); len(none) != 0 {
		t.Errorf("%d lines of a time without any", len(none))
	}
	// What somebody says is a line of its own, from which the scan goes on.
	said := alarm.Entry{Time: time.Now(), Path: "hall/泵1", Alarm: "high", Event: alarm.Comment, State: alarm.Unacknowledged, By: "olga", Origin: "192.0.2.7", Comment: "密封件已更换 100 %"}
	if err := s.KeepAlarms(ctx, alarm.Changes{Journal: []alarm.Entry{said}}); err != nil {
		t.Fatal(err)
	}
	if more, _ := scan(at, time.Time{}, last); len(more) != 1 || more[0].Event != alarm.Comment || more[0].By != "olga" {
		t.Errorf("%+v", more)
	}
	for name, f := range map[string]JournalFilter{
		"event": {Events: []string{string(alarm.Comment)}}, "words": {Query: "已更换 100 %"}, "person": {User: "olga", Key: "hall/泵1#high"},
	} {
		f.Limit, f.From = 10, at
		list, _, err := s.Journal(ctx, f)
		if err != nil || len(list) != 1 || list[0].Comment != said.Comment || list[0].Origin != said.Origin {
			t.Errorf("by %s: %+v %v", name, list, err)
		}
	}
	trail, err := s.AuditPage(ctx, 0, 10, "alarm.comment")
	if err != nil || len(trail) == 0 || trail[0].Target != "hall/泵1#high" || trail[0].Reason != said.Comment {
		t.Errorf("%+v %v", trail, err)
	}
}
