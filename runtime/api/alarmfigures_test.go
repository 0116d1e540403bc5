package api

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

func TestFiguresGoOnWhereTheyWere(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "anna", "PUT", "/plant", alarmsOfTest, "If-Match", "*")
	soonAlarms(t, f, 1)
	from := time.Now().Add(-2 * time.Hour).Truncate(time.Second)
	write := func(first, n int) {
		t.Helper()
		var lines []alarm.Entry
		for i := first; i < first+n; i++ {
			at := from.Add(time.Duration(i) * 10 * time.Second)
			e := alarm.Entry{Time: at, Path: "hall1/level", Alarm: "high", Priority: "high", Event: alarm.Raise, State: alarm.Unacknowledged, Value: json.RawMessage(fmt.Sprint(80.3))}
			lines = append(lines, e)
			e.Time, e.Event = at.Add(2*time.Second), alarm.Return
			lines = append(lines, e)
			e.Path = tag.Path("hall2/other")
			lines = append(lines, e)
		}
		if err := f.store.KeepAlarms(context.Background(), alarm.Changes{Journal: lines}); err != nil {
			t.Fatal(err)
		}
	}
	get := func(who string) (out AlarmFigures) {
		t.Helper()
		body := f.must(200, who, "GET", "/alarms/figures?area=hall1&from="+from.UTC().Format(time.RFC3339), "").body
		if err := json.Unmarshal([]byte(body), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	write(0, 10)
	if got := get("anna"); got.Alarms != 10 || got.ChatterCount != 1 || got.Chattering[0].Chatter != 10 {
		t.Errorf("%+v", got)
	}
	write(10, 10)
	got := get("anna")
	if got.Alarms != 20 || got.Chattering[0].Chatter != 20 || got.Top[0].Key != "hall1/level#high" {
		t.Errorf("%+v", got)
	}
	kinds := map[string]float64{}
	for _, a := range got.Advice {
		kinds[a.Kind] = a.Seconds + a.Amount
	}
	if kinds["on-delay"] != 3 || kinds["off-delay"] != 10 || kinds["deadband"] != 0.6 {
		t.Errorf("%+v", got.Advice)
	}
	if n := got.Names["hall1/level#high"]; n.Name["zh"] != "过满" || n.Link != "/plant?tag=hall1%2Flevel" {
		t.Errorf("%+v", n)
	}
	if n := get("olga").Names["hall1/level#high"]; n.Link != "" {
		t.Errorf("%+v", n)
	}
	f.must(204, "anna", "PUT", "/alarms/figures/settings", `{"operators":2,"fleetingSeconds":1}`)
	if got := get("anna"); got.Operators != 2 || got.FleetingCount != 0 {
		t.Errorf("%+v", got)
	}
	f.must(422, "anna", "GET", "/alarms/figures?from=2001-01-01T00:00:00Z", "")
	if file := f.must(200, "anna", "GET", "/alarms/figures.xlsx?from="+from.UTC().Format(time.RFC3339), "").body; file[:2] != "PK" {
		t.Error(file[:20])
	}
}
