package schedule

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func must(t interface{ Fatal(...any) }, text string) Schedule {
	s, p := Parse(text)
	if p != nil {
		t.Fatal(p)
	}
	return s
}

func TestNext(t *testing.T) {
	berlin, shanghai, lordHowe := zone(t, "Europe/Berlin"), zone(t, "Asia/Shanghai"), zone(t, "Australia/Lord_Howe")
	for _, c := range []struct {
		text  string
		zone  *time.Location
		after string
		want  []string
	}{
		{"30 6 * * 1-5", shanghai, "2026-11-20T06:30:00+08:00", []string{"2026-11-23T06:30:00+08:00", "2026-11-24T06:30:00+08:00"}},
		{"0 0 1 * *", berlin, "2026-01-31T12:00:00+01:00", []string{"2026-02-01T00:00:00+01:00", "2026-03-01T00:00:00+01:00", "2026-04-01T00:00:00+02:00"}},
		{"0 22 L * *", berlin, "2026-02-01T00:00:00+01:00", []string{"2026-02-28T22:00:00+01:00", "2026-03-31T22:00:00+02:00"}},
		{"@weekly", berlin, "2026-11-18T00:00:00+01:00", []string{"2026-11-22T00:00:00+01:00"}},
		{"0 0 29 2 *", time.UTC, "2026-01-01T00:00:00Z", []string{"2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z"}},
		// Half past two is left out on 29 March 2026, and comes twice on 25 October.
		{"30 2 * * *", berlin, "2026-03-28T12:00:00+01:00", []string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"}},
		{"30 2 * * *", berlin, "2026-10-24T12:00:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"}},
		{"*/20 2 * * *", berlin, "2026-03-28T12:00:00+01:00", []string{"2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00"}},
		// An open hour goes by the time that passes.
		{"30 * * * *", berlin, "2026-03-29T00:45:00+01:00", []string{"2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00"}},
		{"30 * * * *", berlin, "2026-10-25T02:00:00+02:00", []string{"2026-10-25T02:30:00+02:00", "2026-10-25T02:30:00+01:00", "2026-10-25T03:30:00+01:00"}},
		{"0 */2 * * *", berlin, "2026-03-29T00:30:00+01:00", []string{"2026-03-29T04:00:00+02:00"}},
		// Half an hour of summer time.
		{"15 * * * *", lordHowe, "2026-04-05T01:20:00+11:00", []string{"2026-04-05T02:15:00+10:30", "2026-04-05T03:15:00+10:30"}},
		{"45 1 * * *", lordHowe, "2026-04-04T12:00:00+11:00", []string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}},
	} {
		at, err := time.Parse(time.RFC3339, c.after)
		if err != nil {
			t.Fatal(err)
		}
		s := must(t, c.text)
		for _, want := range c.want {
			at = s.Next(at, c.zone)
			if got := at.Format(time.RFC3339); got != want {
				t.Errorf("%s: %s, want %s", c.text, got, want)
				break
			}
		}
	}
}

func TestWhatIsNoScheduleIsRefused(t *testing.T) {
	for _, text := range []string{"x", "* * * *", "60 * * * *", "0 0 0 * * *", "0 0 * * * 2026", "0 0 31 2 *", "0 0 30 2 *", "@reboot", "@5minutes-", strings.Repeat("1,", 200) + "1 * * * *"} {
		if s, p := Parse(text); p == nil {
			t.Errorf("%q was taken: %v", text, s)
		} else if p.Code != "schedule_bad" || p.Hint == "" {
			t.Errorf("%q: %+v", text, p)
		}
	}
	s := must(t, "")
	if !s.Next(time.Now(), time.UTC).IsZero() {
		t.Error("the empty schedule is due")
	}
}

// A rule that names its hours is due once on every day it fits, in every zone, and never before the moment asked about.
func TestOnceADay(t *testing.T) {
	zones := []*time.Location{zone(t, "Europe/Berlin"), zone(t, "America/Sao_Paulo"), zone(t, "Asia/Shanghai"), zone(t, "Australia/Lord_Howe"), zone(t, "Africa/Casablanca")}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		minute, hour := rapid.IntRange(0, 59).Draw(t, "minute"), rapid.IntRange(0, 23).Draw(t, "hour")
		s := must(t, time.Date(0, 1, 1, hour, minute, 0, 0, time.UTC).Format("4 15")+" * * *")
		at := time.Unix(rapid.Int64Range(0, 2e9).Draw(t, "after"), 0).In(z)
		for range 5 {
			next := s.Next(at, z)
			if !next.After(at) {
				t.Fatalf("%v after %v", next, at)
			}
			if at.Minute() == minute && at.Hour() == hour && next.YearDay() == at.YearDay() && next.Year() == at.Year() {
				t.Fatalf("twice on a day: %v and %v", at, next)
			}
			if next.Sub(at) > 26*time.Hour {
				t.Fatalf("%v after %v: a day was left out", next, at)
			}
			at = next
		}
	})
}

func TestRunnerDoesWhatIsDueOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(func() *time.Location { return time.UTC })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		var dues []time.Time
		var slow atomic.Int32
		start := time.Now()
		r.Set("quick", Job{Schedule: must(t, "*/10 * * * *"), Do: func(_ context.Context, due time.Time) { dues = append(dues, due) }})
		r.Set("slow", Job{Schedule: must(t, "*/10 * * * *"), Do: func(ctx context.Context, _ time.Time) {
			slow.Add(1)
			select {
			case <-time.After(25 * time.Minute):
			case <-ctx.Done():
			}
		}})
		time.Sleep(61 * time.Minute)
		synctest.Wait()
		if len(dues) != 6 || !dues[0].Equal(start.Truncate(10*time.Minute).Add(10*time.Minute)) || !dues[5].Equal(start.Truncate(10*time.Minute).Add(time.Hour)) {
			t.Errorf("due at %v", dues)
		}
		if n := slow.Load(); n != 3 { // at 10, 35 and 60 minutes
			t.Errorf("the slow job was done %d times", n)
		}
		r.Remove("quick")
		n := len(dues)
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		if len(dues) != n {
			t.Error("a removed job was done")
		}
		cancel()
		<-done
	})
}

func TestRunnerMakesUpOnceForWhatWasMissed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := NewRunner(func() *time.Location { return time.UTC })
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { r.Run(ctx); close(done) }()
		var mu sync.Mutex // two jobs, each in a goroutine of its own
		var dues []time.Time
		note := func(_ context.Context, due time.Time) {
			mu.Lock()
			defer mu.Unlock()
			dues = append(dues, due)
		}
		told := func() []time.Time {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(dues)
		}
		now := time.Now()
		r.Set("missed", Job{Schedule: must(t, "0 * * * *"), Last: now.Add(-72 * time.Hour), Do: note})
		r.Set("future", Job{Schedule: must(t, "0 * * * *"), Last: now.AddDate(50, 0, 0), Do: note})
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := told(); len(got) != 1 || now.Sub(got[0]) >= time.Hour || got[0].After(now) {
			t.Fatalf("made up for %v at %v", got, now)
		}
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := told(); len(got) != 3 {
			t.Errorf("due at %v", got)
		}
		cancel()
		<-done
	})
}
