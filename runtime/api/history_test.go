package api

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

func TestHistory(t *testing.T) {
	f := newFixture(t, false)
	// A day of hall2/setpoint, a value an hour, and what the recorder keeps of hall1/setpoint as it is written.
	archive := f.engine.Archive()
	ids, err := archive.SeriesOf(t.Context(), []tag.Path{"hall2/setpoint"})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	batch := historian.Batch{Series: ids[0]}
	for h := range 24 {
		s := historian.Sample{Time: tag.TimeOf(day.Add(time.Duration(h) * time.Hour)), Value: tag.OfFloat(float64(h))}
		if h == 20 {
			s.Value, s.Quality = tag.Value{}, tag.BadNoCommunication
		}
		batch.Samples = append(batch.Samples, s)
	}
	archive.Append([]historian.Batch{batch})
	const times = "&from=2026-11-01T00:00:00Z&to=2026-11-02T00:00:00Z"

	read := func(query string) HistoryAnswer {
		t.Helper()
		a := f.do(f.client("vera"), "GET", "/api/v1/history?"+query, "")
		if a.status != http.StatusOK {
			t.Fatalf("%s: %d %s", query, a.status, a.body)
		}
		var out HistoryAnswer
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	raw := read("tag=hall2/setpoint" + times)
	var points [][]any
	if err := json.Unmarshal(raw.Series[0].Points, &points); err != nil || len(points) != 24 {
		t.Fatalf("%d points, %v: %s", len(points), err, raw.Series[0].Points)
	}
	if p := points[3]; p[0] != float64(day.UnixMilli()+3*3600_000) || p[1] != 3.0 || len(p) != 2 {
		t.Errorf("%v", p)
	}
	if p := points[20]; p[1] != nil || p[2] != float64(tag.BadNoCommunication) {
		t.Errorf("%v", p)
	}
	for query, want := range map[string]string{
		"&step=12h&fn=max":                fmt.Sprintf("[[%d,11],[%d,23,%d]]", day.UnixMilli(), day.UnixMilli()+12*3600_000, tag.UncertainSubNormal),
		"&step=1d&fn=count":               fmt.Sprintf("[[%d,23]]", day.UnixMilli()),
		"&step=1d&fn=percentGood&state=3": fmt.Sprintf("[[%d,%v]]", day.UnixMilli(), 100*23.0/24),
	} {
		// The fixture has no time zone: that of the machine, which is not known here.
		if time.Local.String() != "UTC" && strings.Contains(query, "1d") {
			continue
		}
		if got := string(read("tag=hall2/setpoint" + times + query).Series[0].Points); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
	if got := read("tag=hall2/setpoint&tag=hall1/level&pixels=100" + times); len(got.Series) != 2 || got.Series[1].Unit != "%" {
		t.Errorf("%+v", got)
	}

	// The day before, as if it were this one; and many tags at once.
	if got := string(read("tag=hall2/setpoint&from=2026-11-02T00:00:00Z&to=2026-11-03T00:00:00Z&shift=24h&step=12h&fn=max").Series[0].Points); got != fmt.Sprintf("[[%d,11],[%d,23,%d]]", day.UnixMilli()+24*3600_000, day.UnixMilli()+36*3600_000, tag.UncertainSubNormal) {
		t.Errorf("shifted: %s", got)
	}
	if a := f.do(f.client("vera"), "POST", "/api/v1/history/query", `{"tags":["hall2/setpoint","hall1/level"],"from":"2026-11-01T00:00:00Z","to":"2026-11-02T00:00:00Z","step":"24h","fn":"count"}`); a.status != 200 || !strings.Contains(a.body, fmt.Sprintf(`"points":[[%d,23]]`, day.UnixMilli())) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("vera"), "GET", "/api/v1/history/summary?states=true&tag=hall2/setpoint"+times, ""); a.status != 200 || !strings.Contains(a.body, `"min":0,"max":23,`) || !strings.Contains(a.body, `"count":23`) || !strings.Contains(a.body, `{"value":19,"seconds":3600,"times":1}`) || !strings.Contains(a.body, `"bad":3600`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("vera"), "POST", "/api/v1/history/last", `{"tags":["hall2/setpoint","hall1/level"],"at":"2026-11-01T03:30:00Z"}`); a.status != 200 || !strings.Contains(a.body, fmt.Sprintf(`"values":[[%d,3],null]`, day.UnixMilli()+3*3600_000)) {
		t.Errorf("%d %s", a.status, a.body)
	}
	// A century is answered as quickly as a day, as there is nothing in most of it.
	if got := string(read("tag=hall2/setpoint&from=1950-01-01T00:00:00Z&to=2050-01-01T00:00:00Z&step=100y&fn=count").Series[0].Points); !strings.Contains(got, ",23]") {
		t.Errorf("a century: %s", got)
	}

	a := f.do(f.client("vera"), "GET", "/api/v1/history.csv?tag=hall2/setpoint"+times, "")
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(a.body, "\ufeff"))).ReadAll()
	if err != nil || len(rows) != 25 || rows[4][1] != "hall2/setpoint" || rows[4][2] != "3" || rows[21][4] != "BadNoCommunication" {
		t.Errorf("%v %v", rows, err)
	}
	for query, code := range map[string]string{
		"tag=hall9/x": "tag_unknown", "tag=hall1/level&from=noon": "value_format", "tag=hall1/level&from=now&to=now-1h": "value_range",
		"tag=hall1/level&step=1x": "value_format", "tag=hall1/level&step=1h&fn=medium": "value_choice", "tag=hall1/level&step=1ms&from=now-240h": "too_many",
		"tag=hall1/level&step=1h&state=x{": "value_type", "tag=hall1/level&shift=1x": "value_format", "": "",
	} {
		if a := f.do(f.client("vera"), "GET", "/api/v1/history?"+query, ""); a.status < 400 || a.status >= 500 || !strings.Contains(a.body, code) {
			t.Errorf("%q: %d %s", query, a.status, a.body)
		}
	}
	// Who sees hall 1 only does not learn that there is a hall 2.
	if a := f.do(f.client("hal1"), "GET", "/api/v1/history?tag=hall2/setpoint"+times, ""); a.status != http.StatusNotFound {
		t.Errorf("%d %s", a.status, a.body)
	}

	// What is written is kept, with the value before it.
	if a := f.do(f.client("olga"), "PUT", "/api/v1/tags/hall1/setpoint", `{"value": 55}`); a.status != http.StatusOK {
		t.Fatalf("%d %s", a.status, a.body)
	}
	deadline := time.Now().Add(10 * time.Second)
	for {
		got := string(read("tag=hall1/setpoint&from=now-1m").Series[0].Points)
		if strings.Contains(got, ",40]") && strings.Contains(got, ",55]") {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("not kept: %s", got)
		}
		time.Sleep(50 * time.Millisecond)
	}
	if a := f.do(f.client("anna"), "GET", "/api/v1/history/state", ""); a.status != http.StatusOK || !strings.Contains(a.body, `"pending"`) {
		t.Errorf("%d %s", a.status, a.body)
	}
}
