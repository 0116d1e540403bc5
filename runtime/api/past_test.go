package api

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// history() in expressions: of computed tags, alarms and screens, answered by itself, and following a rename.
func TestHistoryInExpressions(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"tags":[{"path":"hall1/energy","type":"float","initial":5,"write":{}}]}}`)
	archive := f.engine.Archive()
	ids, err := archive.SeriesOf(t.Context(), []tag.Path{"hall1/energy"})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	batch := historian.Batch{Series: ids[0]}
	for i := range 10 {
		batch.Samples = append(batch.Samples, historian.Sample{Time: tag.TimeOf(now.Add(time.Duration(i-60) * time.Minute)), Value: tag.OfFloat(float64(100 + i))})
	}
	archive.Append([]historian.Batch{batch})
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"tags":[
		{"path":"hall1/highest","type":"float","expr":"history(tag(\"hall1/energy\"), \"max\", \"8h\")"},
		{"path":"hall1/many","type":"bool","expr":"history(tag(\"hall1/energy\"), \"count\", \"1d\") >= 10","alarms":{"many":{"kind":"expression","priority":"low","when":"history(tag(\"hall1/energy\"), \"max\", \"8h\") > 108.0"}}},
		{"path":"hall1/before","type":"float","expr":"orElse(history(tag(\"hall1/energy\"), \"at\", \"55m\"), -1.0)"},
		{"path":"hall1/never","type":"float","expr":"orElse(history(tag(\"hall1/energy\"), \"avg\", \"last month\"), -1.0)"}]}}`)
	shows := func(path, want string) {
		t.Helper()
		var got string
		for range 600 {
			if got = f.must(200, "vera", "GET", "/tags/"+path, "").body; strings.Contains(got, `"value":`+want) {
				return
			}
			time.Sleep(50 * time.Millisecond)
		}
		t.Fatalf("%s is not %s: %s", path, want, got)
	}
	shows("hall1/highest", "109")
	shows("hall1/many", "true")
	shows("hall1/before", "105")
	shows("hall1/never", "-1")
	var got string
	for range 600 {
		if got = f.must(200, "vera", "GET", "/alarms", "").body; strings.Contains(got, "hall1/many#many") {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if !strings.Contains(got, "hall1/many#many") {
		t.Errorf("no alarm: %s", got)
	}
	// What stands for the question is nobody's tag.
	if got := f.must(200, "erik", "GET", "/tags?q=energy", "").body; strings.Contains(got, "#max") {
		t.Error(got)
	}
	if got := f.must(200, "erik", "POST", "/plant/rename", `{"from":"hall1/energy","to":"hall1/meter"}`).body; !strings.Contains(got, `"places":5`) {
		t.Error(got)
	}
	shows("hall1/highest", "109")
	for text, code := range map[string]string{
		`history(tag(\"hall1/meter\"), \"medium\", \"1h\")`:           "history_function",
		`history(tag(\"hall1/meter\"), \"avg\", \"1s\")`:              "history_span",
		`history(tag(\"hall1/meter\"), \"avg\", \"some day\")`:        "history_span",
		`history(3, \"avg\", \"1h\")`:                                 "expression_type",
		`history(tag(\"hall1/meter\"), tag(\"hall1/meter\"), \"1h\")`: "expression_type",
		`history(tag(\"hall9/meter\"), \"avg\", \"1h\")`:              "tag_unknown",
	} {
		got := f.must(422, "erik", "PATCH", "/plant", fmt.Sprintf(`{"put":{"tags":[{"path":"hall1/wrong","type":"float","expr":"%s"}]}}`, text)).body
		if !strings.Contains(got, code) || !strings.Contains(got, "/expr") {
			t.Errorf("%s: %s", text, got)
		}
	}
}
