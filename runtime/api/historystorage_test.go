package api

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// How long history is kept is set while it runs, and is so after a restart too; what cannot be is told where.
func TestHistoryRetention(t *testing.T) {
	dir := t.TempDir()
	t.Run("before", func(t *testing.T) {
		f := newFixtureIn(t, dir, false)
		for _, row := range []struct{ body, code, at string }{
			{`{"rawDays":30,"minuteDays":20,"hourDays":0,"maxGiB":0,"minFreePercent":5}`, "retention_minutes", "/minuteDays"},
			{`{"rawDays":1,"minuteDays":5,"hourDays":0,"maxGiB":0,"minFreePercent":5}`, "retention_minutes", "/minuteDays"},
			{`{"rawDays":0,"minuteDays":400,"hourDays":0,"maxGiB":0,"minFreePercent":5}`, "retention_minutes", "/minuteDays"},
			{`{"rawDays":30,"minuteDays":400,"hourDays":300,"maxGiB":0,"minFreePercent":5}`, "retention_hours", "/hourDays"},
			{`{"rawDays":30,"minuteDays":400,"hourDays":400,"maxGiB":-1,"minFreePercent":5}`, "body_invalid", "/maxGiB"},
			{`{"rawDays":30,"minuteDays":400,"hourDays":400,"maxGiB":0,"minFreePercent":95}`, "body_invalid", "/minFreePercent"},
		} {
			r := f.must(422, "anna", "PUT", "/history/retention", row.body)
			var e struct{ Code, At, Message, Hint string }
			if err := json.Unmarshal([]byte(r.body), &e); err != nil || e.Code != row.code || e.At != row.at {
				t.Errorf("%s: %s", row.body, r.body)
			}
		}
		f.must(200, "anna", "PUT", "/history/retention", `{"rawDays":30,"minuteDays":400,"hourDays":0,"maxGiB":12.5,"minFreePercent":8}`)
		if got := f.engine.Archive().Retention(); got != (historian.Retention{RawDays: 30, MinuteDays: 400, MaxGiB: 12.5, MinFreePercent: 8}) {
			t.Errorf("%+v", got)
		}
	})
	t.Run("after", func(t *testing.T) {
		f := newFixtureIn(t, dir, true)
		archive := f.engine.Archive()
		ids, err := archive.SeriesOf(context.Background(), []tag.Path{"hall1/level"})
		if err != nil {
			t.Fatal(err)
		}
		now := time.Now()
		for d := range 10 {
			archive.Append([]historian.Batch{{Series: ids[0], Samples: []historian.Sample{{Time: tag.TimeOf(now.AddDate(0, 0, -d)), Value: tag.OfFloat(float64(d))}}}})
		}
		if err := archive.Flush(context.Background(), tag.Now(), true); err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { archive.Run(ctx, 10*time.Millisecond); close(ended) }()
		defer func() { stop(); <-ended }()
		for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
			var got HistoryStorage
			if err := json.Unmarshal([]byte(f.must(200, "anna", "GET", "/history/retention", "").body), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Tiers) == 3 && got.Tiers[0].Samples == 10 && got.Tiers[1].Samples > 0 && got.Known && got.Retention.RawDays == 30 && got.Retention.MaxGiB == 12.5 &&
				got.Tiers[0].Growth > 0 && len(got.Forecast) > 10 && got.Disk > 0 && got.Free > 0 && got.Days == nil {
				return
			}
			if time.Now().After(deadline) {
				t.Fatalf("%+v", got)
			}
		}
	})
}
