package api

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// The history is put right with a reason; what was there is kept, told, and comes back when it is asked for.
func TestCorrectHistory(t *testing.T) {
	f := newFixture(t, false)
	archive := f.engine.Archive()
	ids, err := archive.SeriesOf(t.Context(), []tag.Path{"hall2/setpoint"})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	b := historian.Batch{Series: ids[0]}
	for h := range 6 {
		b.Samples = append(b.Samples, historian.Sample{Time: tag.TimeOf(day.Add(time.Duration(h) * time.Hour)), Value: tag.OfFloat(float64(h))})
	}
	archive.Append([]historian.Batch{b})
	ms := func(h int) int64 { return day.UnixMilli() + int64(h)*3600_000 }
	values := func(more string) string {
		t.Helper()
		a := f.do(f.client("vera"), "GET", "/api/v1/history?tag=hall2/setpoint&from=2026-11-01T00:00:00Z&to=2026-11-01T06:00:00Z"+more, "")
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		var out HistoryAnswer
		if err := json.Unmarshal([]byte(a.body), &out); err != nil {
			t.Fatal(err)
		}
		var points [][]float64
		if err := json.Unmarshal(out.Series[0].Points, &points); err != nil {
			t.Fatal(err)
		}
		var text []string
		for _, p := range points {
			text = append(text, fmt.Sprintf("%d:%v", (int64(p[0])-day.UnixMilli())/3600_000, p[1]))
		}
		return fmt.Sprint(strings.Join(text, " "), " (", len(out.Series[0].Corrected), ")")
	}
	correct := func(status int, who, body string) string {
		t.Helper()
		a := f.do(f.client(who), "POST", "/api/v1/history/corrections", body)
		if a.status != status {
			t.Fatalf("%s: %d %s", body, a.status, a.body)
		}
		return a.body
	}
	const place = `"tag":"hall2/setpoint","from":"2026-11-01T02:00:00Z","to":"2026-11-01T04:00:00Z"`
	correct(403, "olga", `{`+place+`,"kind":"delete","reason":"x"}`)
	correct(404, "hal1", `{`+place+`,"kind":"delete","reason":"x"}`)
	for body, code := range map[string]string{
		`{` + place + `,"kind":"delete","reason":" "}`:                                                                "correction_reason",
		`{` + place + `,"kind":"replace","value":"x","reason":"x"}`:                                                   "correction_value",
		`{"tag":"hall2/setpoint","kind":"delete","from":"1","to":"2","reason":"x"}`:                                   "correction_empty",
		`{"tag":"hall2/setpoint","kind":"insert","samples":[[99999999999999,1]],"reason":"x"}`:                        "moment_invalid",
		fmt.Sprintf(`{"tag":"hall2/setpoint","kind":"insert","samples":[[%d,null]],"reason":"x"}`, ms(1)):             "correction_value",
		`{"tag":"hall2/setpoint","kind":"delete","from":"2026-11-01T02:00:00Z","to":"never","reason":"sensor broke"}`: "moment_invalid",
	} {
		if got := correct(422, "erik", body); !strings.Contains(got, code) {
			t.Errorf("%s: %s", body, got)
		}
	}
	correct(200, "erik", `{`+place+`,"kind":"delete","reason":"sensor was out"}`)
	if got := values(""); got != "0:0 1:1 4:4 5:5 (1)" {
		t.Error(got)
	}
	if got := values("&original=true"); got != "0:0 1:1 2:2 3:3 4:4 5:5 (1)" {
		t.Error(got)
	}
	correct(200, "erik", fmt.Sprintf(`{"tag":"hall2/setpoint","kind":"insert","samples":[[%d,2.5],[%d,10]],"reason":"read by hand"}`, ms(2), ms(1)))
	correct(200, "erik", `{"tag":"hall2/setpoint","kind":"replace","from":"2026-11-01T04:00:00Z","to":"2026-11-02T00:00:00Z","factor":10,"offset":1,"reason":"wrong range"}`)
	if got := values(""); got != "0:0 1:10 2:2.5 4:41 5:51 (3)" {
		t.Error(got)
	}
	if got := values("&original=true"); got != "0:0 1:1 2:2 3:3 4:4 5:5 (3)" {
		t.Error(got)
	}
	if got := values("&step=24h&fn=max"); got != "0:51 (3)" {
		t.Error(got)
	}
	a := f.do(f.client("vera"), "GET", "/api/v1/history/corrections?tag=hall2/setpoint&from=2026-11-01T00:00:00Z", "")
	var page CorrectionPage
	if err := json.Unmarshal([]byte(a.body), &page); err != nil || len(page.Corrections) != 3 || page.Corrections[2].Reason != "sensor was out" || page.Corrections[2].By != "erik" || page.Corrections[2].Count != 2 {
		t.Fatalf("%s %v", a.body, err)
	}
	if a := f.do(f.client("hal1"), "GET", "/api/v1/history/corrections", ""); strings.Contains(a.body, "sensor") {
		t.Errorf("told to who may not see the tag: %s", a.body)
	}
	detail := fmt.Sprintf("/api/v1/history/corrections/%d", page.Corrections[1].ID)
	if a := f.do(f.client("vera"), "GET", detail, ""); !strings.Contains(a.body, fmt.Sprintf(`"old":[[%d,1]],"new":[[%d,10],[%d,2.5]]`, ms(1), ms(1), ms(2))) {
		t.Error(a.body)
	}
	if a := f.do(f.client("hal1"), "GET", detail, ""); a.status != 404 {
		t.Errorf("%d", a.status)
	}
	if a := f.do(f.client("erik"), "POST", detail+"/restore", `{"reason":"it was right"}`); a.status != 200 {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if got := values(""); got != "0:0 1:1 4:41 5:51 (4)" {
		t.Error(got)
	}
	if got := values("&original=true"); got != "0:0 1:1 2:2 3:3 4:4 5:5 (4)" {
		t.Error(got)
	}
	if a := f.do(f.client("anna"), "GET", "/api/v1/audit?q=history.", ""); !strings.Contains(a.body, `"action":"history.delete","target":"hall2/setpoint"`) || !strings.Contains(a.body, "wrong range") {
		t.Error(a.body)
	}
	// What was kept but not carried out is carried out at the next start.
	c := storeCorrection(t, f, ids[0], tag.TimeOf(day))
	if err := f.store.FinishCorrections(t.Context(), archive); err != nil {
		t.Fatal(err)
	}
	if got := values(""); !strings.HasPrefix(got, "0:77 1:1 4:41") {
		t.Error(got, c)
	}
}

func TestHistoryNotesAndPens(t *testing.T) {
	f := newFixture(t, false)
	add := func(status int, who, path, body string) string {
		t.Helper()
		a := f.do(f.client(who), "POST", "/api/v1/history/"+path, body)
		if a.status != status {
			t.Fatalf("%s: %d %s", body, a.status, a.body)
		}
		return a.body
	}
	add(403, "vera", "notes", `{"from":1000,"text":"x"}`)
	add(404, "olga", "notes", `{"tag":"hall9/x","from":1000,"text":"x"}`)
	add(422, "olga", "notes", `{"from":1000,"text":"  "}`)
	add(201, "olga", "notes", `{"tag":"hall2/setpoint","from":5000,"to":7000,"text":"pump changed"}`)
	add(201, "olga", "notes", `{"from":2000,"text":"power cut"}`)
	list := func(who, query string) string {
		return f.do(f.client(who), "GET", "/api/v1/history/"+query, "").body
	}
	if got := list("vera", "notes?tag=hall2/setpoint&from=0&to=6000"); !strings.Contains(got, "power cut") || !strings.Contains(got, `"by":"olga"`) || !strings.Contains(got, "pump changed") {
		t.Error(got)
	}
	if got := list("hal1", "notes?tag=hall2/setpoint&from=0&to=6000"); !strings.Contains(got, "power cut") || strings.Contains(got, "pump changed") {
		t.Error(got)
	}
	if got := list("vera", "notes?from=3000&to=6000"); got != "[]\n" {
		t.Error(got)
	}
	if a := f.do(f.client("hal1"), "DELETE", "/api/v1/history/notes/2", ""); a.status != 403 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("olga"), "DELETE", "/api/v1/history/notes/2", ""); a.status != 204 {
		t.Errorf("%d %s", a.status, a.body)
	}

	add(201, "vera", "pens", `{"name":"mine","pens":[{"path":"hall1/level"}],"last":60000}`)
	add(201, "olga", "pens", `{"name":"all","shared":true,"pens":[{"path":"hall1/level"},{"path":"hall2/setpoint","hidden":true}],"shift":"1d"}`)
	if got := list("olga", "pens"); strings.Contains(got, `"mine","owner"`) || !strings.Contains(got, `"shift":"1d"`) {
		t.Error(got)
	}
	if got := list("vera", "pens"); !strings.Contains(got, `"name":"mine"`) || !strings.Contains(got, `"owner":"olga","shared":true,"mine":false`) {
		t.Error(got)
	}
	if a := f.do(f.client("vera"), "PUT", "/api/v1/history/pens/2", `{"name":"taken","pens":[]}`); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("vera"), "PUT", "/api/v1/history/pens/1", `{"name":"renamed","pens":[]}`); a.status != 200 || !strings.Contains(a.body, `"pens":[]`) {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("vera"), "DELETE", "/api/v1/history/pens/2", ""); a.status != 404 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("olga"), "DELETE", "/api/v1/history/pens/2", ""); a.status != 204 {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// storeCorrection keeps a correction without carrying it out, as a process does that ends in the midst.
func storeCorrection(t *testing.T, f *fixture, series int64, at tag.Time) store.Correction {
	t.Helper()
	c := store.Correction{Time: time.Now(), Kind: "replace", From: at, To: at, Count: 1, By: "erik", Reason: "cut", Old: []historian.Sample{{Time: at, Value: tag.OfFloat(0)}}, New: []historian.Sample{{Time: at, Value: tag.OfFloat(77)}}}
	if err := f.store.Correct(t.Context(), series, &c); err != nil {
		t.Fatal(err)
	}
	return c
}
