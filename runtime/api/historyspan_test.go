package api

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"
)

// TestHistoryOfNamedTimes: "today" and its like begin by the clock of the plant.
func TestHistoryOfNamedTimes(t *testing.T) {
	f := newFixture(t, false)
	zone := time.Local
	if p := f.engine.Plant(); p != nil && p.Timezone != "" {
		var err error
		if zone, err = time.LoadLocation(p.Timezone); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"today", "yesterday", "this week", "last month", "this hour"} {
		a := f.do(f.client("vera"), "POST", "/api/v1/history/query", `{"tags":["hall2/setpoint"],"from":"`+name+`","step":"1h","fn":"count"}`)
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", name, a.status, a.body)
		}
		var out HistoryAnswer
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatal(err)
		}
		from, to := out.From.In(zone), out.To.In(zone)
		midnight := from.Hour() == 0 && from.Minute() == 0 && from.Second() == 0
		switch name {
		case "today", "this week":
			if !midnight || time.Since(to) > time.Minute || name == "this week" && from.Weekday() != time.Monday {
				t.Errorf("%s is %s to %s", name, from, to)
			}
		case "yesterday", "last month":
			if !midnight || to.Hour() != 0 || to.Minute() != 0 || to.After(time.Now()) || name == "last month" && (from.Day() != 1 || to.Day() != 1) {
				t.Errorf("%s is %s to %s", name, from, to)
			}
		default:
			if from.Minute() != 0 || time.Since(from) > time.Hour {
				t.Errorf("%s is %s to %s", name, from, to)
			}
		}
	}
	if a := f.do(f.client("vera"), "POST", "/api/v1/history/query", `{"tags":["hall2/setpoint"],"from":"tomorrow"}`); a.status != http.StatusUnprocessableEntity {
		t.Errorf("tomorrow: %d %s", a.status, a.body)
	}
}
