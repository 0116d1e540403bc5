package figures

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

var begin = time.Date(2026, 3, 2, 6, 0, 0, 0, time.UTC)

// line is a line of a journal, so many seconds after the begin.
func line(seconds float64, path string, event alarm.Event, more ...string) alarm.Entry {
	e := alarm.Entry{Time: begin.Add(time.Duration(seconds * float64(time.Second))), Path: tag.Path(path), Alarm: "high", Priority: "low", Event: event, State: alarm.Unacknowledged}
	if len(more) > 0 {
		e.Priority = more[0]
	}
	if len(more) > 1 {
		e.Value = json.RawMessage(more[1])
	}
	return e
}

func collect(from, until time.Time, lines []alarm.Entry) *Collector {
	c := New(from, until)
	for i := range lines {
		c.Add(&lines[i])
	}
	return c
}

func near(a, b float64) bool { return math.Abs(a-b) < 1e-9 }

// Two hours of one operator, counted by hand.
func TestFiguresOfAPeriod(t *testing.T) {
	var lines []alarm.Entry
	// 06:00: one alarm that is acknowledged after 30 s and returns after 100 s.
	lines = append(lines, line(60, "a/one", alarm.Raise, "high"), line(90, "a/one", alarm.Acknowledge, "high"), line(160, "a/one", alarm.Return, "high"))
	// 06:10: twelve alarms: a flood begins. 06:20: six, it goes on. 06:30: four, it has ended.
	at := func(minute, i int) float64 { return float64(minute*60 + i*20) }
	for minute, n := range map[int]int{10: 12, 20: 6, 30: 4} {
		for i := range n {
			lines = append(lines, line(at(minute, i), fmt.Sprintf("b/%d/%d", minute, i), alarm.Raise))
		}
	}
	// 07:00: one that chatters: raised at 0, 20, 40 and 300 s, each for 4 s.
	for _, s := range []float64{0, 20, 40, 300} {
		lines = append(lines, line(3600+s, "c/chatter", alarm.Raise, "medium", "80.4"), line(3604+s, "c/chatter", alarm.Return, "medium"))
	}
	slices.SortStableFunc(lines, func(a, b alarm.Entry) int { return a.Time.Compare(b.Time) })
	f := collect(begin, begin.Add(2*time.Hour), lines).Figures(Options{Now: begin.Add(9 * time.Hour)})
	// 1 + 12 + 6 + 4 + 4 alarms in 12 periods of 10 minutes.
	if f.Alarms != 27 || !near(f.Average, 27.0/12) || f.Peak != 12 || !f.PeakAt.Equal(begin.Add(10*time.Minute)) {
		t.Errorf("%d alarms, %g on average, peak %g at %s", f.Alarms, f.Average, f.Peak, f.PeakAt)
	}
	// At most one alarm: 06:00 and the seven periods without; over ten: one.
	if !near(f.Target, 8.0/12) || !near(f.Manageable, 8.0/12) || !near(f.Over, 1.0/12) {
		t.Errorf("target %g, manageable %g, over %g", f.Target, f.Manageable, f.Over)
	}
	if f.FloodCount != 1 || !reflect.DeepEqual(f.Floods, []Flood{{begin.Add(10 * time.Minute), 1200, 18, 12}}) || !near(f.FloodShare, 2.0/12) {
		t.Errorf("%d floods: %+v, %g", f.FloodCount, f.Floods, f.FloodShare)
	}
	if p := f.Priorities; p[0].Alarms != 0 || p[1].Alarms != 1 || p[2].Alarms != 4 || p[3].Alarms != 22 || !near(p[3].Share, 22.0/27) || p[3].Aim != 0.8 {
		t.Errorf("%+v", p)
	}
	if x := f.Top[0]; x.Key != "c/chatter#high" || x.Raised != 4 || !near(x.Share, 4.0/27) || x.Chatter != 3 || x.Episodes != 1 || x.Fleeting != 4 {
		t.Errorf("%+v", x)
	}
	if f.ChatterCount != 1 || f.FleetingCount != 1 || !near(f.FleetingShare, 4.0/27) || f.FleetingSeconds != 10 {
		t.Errorf("%d chatter, %d are fleeting: %g", f.ChatterCount, f.FleetingCount, f.FleetingShare)
	}
	if f.Acknowledged != 1 || f.AckMean != 30 || math.Abs(f.AckHalf-30) > 1 {
		t.Errorf("%d acknowledged, %g s, half %g s", f.Acknowledged, f.AckMean, f.AckHalf)
	}
	if f.BarSeconds != 600 || len(f.Bars) != 12 || !reflect.DeepEqual(f.Bars[1].Counts, []int{0, 0, 0, 12}) {
		t.Errorf("%d s: %+v", f.BarSeconds, f.Bars)
	}
	// For three operators it is no flood.
	if f := collect(begin, begin.Add(2*time.Hour), lines).Figures(Options{Now: begin.Add(9 * time.Hour), Operators: 3}); f.FloodCount != 0 || f.Peak != 4 || !near(f.Average, 27.0/36) {
		t.Errorf("%+v", f)
	}
}

func TestStandingAlarms(t *testing.T) {
	lines := []alarm.Entry{
		line(0, "a", alarm.Raise),             // stands until the end
		line(3600, "b", alarm.Raise),          // returns after 30 hours
		line(31*3600, "b", alarm.Return),      //
		line(32*3600, "c", alarm.Raise),       // for an hour
		line(33*3600, "c", alarm.Return),      //
		line(30*3600, "before", alarm.Return), // was raised before the period
	}
	present := []Present{
		{Key: "a#high", Priority: "low", State: alarm.Acknowledged, Active: true, Raised: begin},
		{Key: "old#high", Priority: "low", State: alarm.Unacknowledged, Active: true, Raised: begin.Add(-100 * time.Hour)},
		{Key: "away#high", Priority: "low", State: alarm.Shelved, Raised: begin},
	}
	f := collect(begin, time.Time{}, lines).Figures(Options{Now: begin.Add(48 * time.Hour), Present: present})
	var got []string
	for _, x := range f.Standing {
		got = append(got, fmt.Sprintf("%s %gh", x.Key, x.Longest/3600))
	}
	if want := []string{"old#high 148h", "a#high 48h", "b#high 30h", "before#high 30h"}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
	if f.ShelvedNow != 1 || f.Waiting != 1 {
		t.Errorf("%d shelved, %d wait", f.ShelvedNow, f.Waiting)
	}
}

func TestAdvice(t *testing.T) {
	var lines []alarm.Entry
	// Raised every 10 s for 3 s, ten times, a little above 80.
	for i := range 10 {
		lines = append(lines, line(float64(i*10), "pump/level", alarm.Raise, "low", fmt.Sprint(80.1+0.02*float64(i))), line(float64(i*10+3), "pump/level", alarm.Return))
	}
	f := collect(begin, begin.Add(time.Hour), lines).Figures(Options{Now: begin.Add(time.Hour)})
	got := map[string]Advice{}
	for _, a := range f.Advice {
		got[a.Kind] = a
	}
	// All ten are shorter than 5 s; of the nine gaps of 7 s all are shorter than 10 s.
	if a := got["on-delay"]; a.Seconds != 5 || a.Saved != 10 || a.Share != 1 {
		t.Errorf("%+v", a)
	}
	if a := got["off-delay"]; a.Seconds != 10 || a.Saved != 9 {
		t.Errorf("%+v", a)
	}
	// Nine in ten are at most 0.26 above the limit: 0.52, so 0.6.
	if d := Deadband(80, got["deadband"].Values); d != 0.6 {
		t.Errorf("%g", d)
	}
	if _, ok := got["rate"]; !ok {
		t.Errorf("%+v", f.Advice)
	}
	if d := Deadband(80, []float64{80, 80, 80, 80, 80, 80}); d != 0 {
		t.Errorf("%g", d)
	}
	// An alarm that holds for hours needs no delay.
	lines = nil
	for i := range 10 {
		lines = append(lines, line(float64(i*7200), "x", alarm.Raise), line(float64(i*7200+4000), "x", alarm.Return))
	}
	for _, a := range collect(begin, begin.Add(24*time.Hour), lines).Figures(Options{Now: begin.Add(24 * time.Hour)}).Advice {
		if a.Kind == "on-delay" || a.Kind == "off-delay" {
			t.Errorf("%+v", a)
		}
	}
}

// drawn is a journal of a few alarms, in the order of time.
func drawn(t *rapid.T) []alarm.Entry {
	n := rapid.IntRange(0, 300).Draw(t, "lines")
	at := 0.0
	var lines []alarm.Entry
	active := map[int]bool{}
	for range n {
		at += rapid.SampledFrom([]float64{0, 1, 5, 20, 29, 31, 60, 61, 400, 1300}).Draw(t, "after")
		k := rapid.IntRange(0, 3).Draw(t, "alarm")
		event := alarm.Raise
		if active[k] {
			event = alarm.Return
		}
		active[k] = !active[k]
		if rapid.IntRange(0, 9).Draw(t, "deed") == 0 {
			event, active[k] = alarm.Acknowledge, !active[k]
		}
		lines = append(lines, line(at, fmt.Sprintf("t%d", k), event, alarm.Priorities[k]))
	}
	return lines
}

func TestFiguresHoldTogether(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lines := drawn(t)
		until := begin.Add(time.Hour)
		if len(lines) > 0 {
			until = lines[len(lines)-1].Time.Add(time.Duration(rapid.IntRange(1, 5000).Draw(t, "rest")) * time.Second)
		}
		o := Options{Now: until, Operators: rapid.IntRange(1, 3).Draw(t, "operators")}
		f := collect(begin, time.Time{}, lines).Figures(o)
		raised, bars := 0, 0
		for _, e := range lines {
			if e.Event == alarm.Raise {
				raised++
			}
		}
		for _, b := range f.Bars {
			for _, n := range b.Counts {
				bars += n
			}
		}
		if f.Alarms != raised || bars != raised {
			t.Fatalf("%d raised, %d told, %d in bars", raised, f.Alarms, bars)
		}
		for name, s := range map[string]float64{"target": f.Target, "manageable": f.Manageable, "over": f.Over, "flood": f.FloodShare, "top": f.TopShare, "fleeting": f.FleetingShare} {
			if s < 0 || s > 1+1e-9 {
				t.Fatalf("%s is %g", name, s)
			}
		}
		if f.Target > f.Manageable || f.Manageable+f.Over > 1+1e-9 || f.Over > f.FloodShare+1e-9 {
			t.Fatalf("target %g, manageable %g, over %g, floods %g", f.Target, f.Manageable, f.Over, f.FloodShare)
		}
		// Figures that were looked at in between are those that were not.
		c := New(begin, time.Time{})
		for i := range lines {
			if i%17 == 0 {
				c.Figures(o)
			}
			c.Add(&lines[i])
		}
		if g := c.Figures(o); !reflect.DeepEqual(f, g) {
			t.Fatalf("%+v\n%+v", f, g)
		}
		// Chatter by its definition: all raises that are in three within a minute.
		for k := range 4 {
			var at []time.Time
			for _, e := range lines {
				if e.Event == alarm.Raise && e.Path == tag.Path(fmt.Sprintf("t%d", k)) {
					at = append(at, e.Time)
				}
			}
			in := map[int]bool{}
			for i := 2; i < len(at); i++ {
				if at[i].Sub(at[i-2]) <= time.Minute {
					in[i], in[i-1], in[i-2] = true, true, true
				}
			}
			got := 0
			for _, x := range f.Chattering {
				if x.Key == alarm.Key(fmt.Sprintf("t%d#high", k)) {
					got = x.Chatter
				}
			}
			if got != len(in) {
				t.Fatalf("t%d: %d, not %d", k, got, len(in))
			}
		}
	})
}

func TestSpreadIsFine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.IntRange(200, 6*24*3600*1000), 1, 200).Draw(t, "ms")
		var s spread
		for _, ms := range list {
			s.add(time.Duration(ms) * time.Millisecond)
		}
		slices.Sort(list)
		for _, q := range []float64{0.1, 0.5, 0.9, 1} {
			want := float64(list[int(math.Ceil(q*float64(len(list))))-1])
			if got := float64(s.quantile(q)) / 1e6; math.Abs(got-want)/want > 0.03 {
				t.Fatalf("%g: %g, not %g", q, got, want)
			}
		}
	})
}
