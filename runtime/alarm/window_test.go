package alarm

import (
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

const second = tag.Time(time.Second)

// clocked is a detector that is looked at when a sample comes and when it has asked for it, and never else.
type clocked struct {
	d     Detector
	m     Memory
	now   tag.Time
	s     tag.Sample
	other tag.Sample
	is    bool
	log   []Verdict
}

func (c *clocked) look() {
	v := c.d.Look(&c.m, c.s, c.other, c.d.Limits(), c.now)
	if v != Same {
		c.log = append(c.log, v)
	}
	c.is = c.m.Is
}

// to lets time pass.
func (c *clocked) to(t tag.Time) {
	for n := 0; c.m.Next != 0 && c.m.Next <= t; n++ {
		if n > 1e6 {
			panic("it never stops asking")
		}
		c.now = max(c.now, c.m.Next)
		c.look()
	}
	c.now = t
}

func (c *clocked) sample(t tag.Time, v tag.Value) {
	c.to(t)
	c.s = tag.Sample{Value: v, Source: t, Server: t}
	c.look()
}

const start = 1_700_000_000 * second

func newClocked(a Alarm, typ tag.Type) *clocked {
	return &clocked{d: NewDetector(&a, typ, 100), now: start}
}

func TestRate(t *testing.T) {
	limit := 10.0
	c := newClocked(Alarm{Kind: Rate, Limit: &limit, Per: "min", Window: "30s"}, tag.Float)
	for i := range 60 {
		c.sample(start+tag.Time(i)*second, tag.OfFloat(float64(i)/10)) // 6 a minute
	}
	if c.is {
		t.Fatal("raised by a slow change")
	}
	for i := range 60 {
		c.sample(start+tag.Time(60+i)*second, tag.OfFloat(6-float64(i)/2)) // 30 a minute, down
	}
	if !c.is {
		t.Fatal("not raised by a fast one")
	}
	c.to(start + 200*second) // it stays where it is, and no sample comes
	if c.is {
		t.Fatal("it did not return by itself")
	}
	up := newClocked(Alarm{Kind: Rate, Limit: &limit, Per: "min", Direction: "up"}, tag.Float)
	up.sample(start, tag.OfFloat(50))
	up.sample(start+10*second, tag.OfFloat(20))
	if up.is {
		t.Fatal("raised by a fall, though only a rise matters")
	}
	up.sample(start+80*second, tag.OfFloat(31))
	if !up.is {
		t.Fatal("not raised by a rise")
	}
}

func TestCusum(t *testing.T) {
	limit, slack := 5.0, 0.5
	c := newClocked(Alarm{Kind: Cusum, Limit: &limit, Slack: &slack, Every: "1s"}, tag.Float)
	c.other = tag.Sample{Value: tag.OfFloat(50)}
	c.sample(start, tag.OfFloat(50.4)) // within the slack, for as long as it likes
	c.to(start + 1000*second)
	if c.is {
		t.Fatal("raised within the slack")
	}
	c.sample(start+1000*second, tag.OfFloat(51.5)) // 1 a step above the slack
	c.to(start + 1005*second)
	if c.is {
		t.Fatal("raised too early")
	}
	c.to(start + 1007*second)
	if !c.is {
		t.Fatal("a small shift that lasts was not found")
	}
	c.sample(start+1010*second, tag.OfFloat(48))
	c.to(start + 1100*second)
	if !c.is || c.m.Window.Low < 5 {
		t.Fatal("not found on the other side", c.m.Window)
	}
	c.m.Restart()
	c.look()
	if c.is {
		t.Fatal("it did not begin anew")
	}
}

func TestNoUpdate(t *testing.T) {
	c := newClocked(Alarm{Kind: NoUpdate, OnDelay: "10s"}, tag.Float)
	c.look()
	for i := range 20 {
		// The value is the same, so nobody is told; the sample stands there with other times.
		at := start + tag.Time(i)*second
		c.to(at)
		c.s = tag.Sample{Value: tag.OfFloat(1), Source: start, Server: at}
	}
	c.to(start + 28*second)
	if c.is {
		t.Fatal("raised though there were samples")
	}
	c.to(start + 30*second)
	if !c.is {
		t.Fatal("not raised")
	}
	c.s.Server = start + 31*second
	c.to(start + 33*second)
	if c.is {
		t.Fatal("it did not return")
	}
	by := newClocked(Alarm{Kind: NoUpdate, OnDelay: "10s", Clock: "source"}, tag.Float)
	for i := range 20 {
		at := start + tag.Time(i)*second
		by.to(at)
		by.s = tag.Sample{Value: tag.OfFloat(1), Source: start, Server: at}
		if i == 0 {
			by.look()
		}
	}
	if !by.is {
		t.Fatal("the device has not stamped anything for 20 s")
	}
	bad := newClocked(Alarm{Kind: NoUpdate, OnDelay: "10s"}, tag.Float)
	bad.sample(start, tag.OfFloat(1))
	bad.to(start + 9*second)
	bad.s = tag.Sample{Quality: tag.BadNoCommunication, Server: start + 9*second}
	bad.look()
	bad.to(start + 11*second)
	if !bad.is {
		t.Fatal("a lost connection is no update")
	}
}

func TestOutOfOrder(t *testing.T) {
	limit := 80.0
	c := newClocked(Alarm{Kind: High, Limit: &limit}, tag.Float)
	c.sample(start, tag.OfFloat(50))
	c.s = tag.Sample{Value: tag.OfFloat(99), Source: start - 5*second, Server: start} // it was so, but is not
	c.look()
	if c.is {
		t.Fatal("raised by what is past")
	}
	c.s = tag.Sample{Value: tag.OfFloat(99), Source: start + second, Server: start + second} // the same value, now; nobody is told
	c.to(start + 3*second)
	if !c.is {
		t.Fatal("not raised by what is")
	}
	c.sample(start+4*second, tag.OfFloat(50))
	c.s = tag.Sample{Value: tag.OfFloat(99), Source: start - 3600*second} // the clock was set back an hour
	c.look()
	c.to(start + 30*second)
	if !c.is {
		t.Fatal("a clock that was set back is never believed")
	}
}

// TestWindows compares a detector that is looked at only when it asks for it with what the definition says at each moment.
func TestWindows(t *testing.T) {
	type point struct {
		at tag.Time
		v  float64
	}
	hold := func(list []point, at tag.Time) (v float64, ok bool) {
		for _, p := range list {
			if p.at > at {
				break
			}
			v, ok = p.v, true
		}
		return v, ok
	}
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]string{Rate, Count, Duration, Cusum}).Draw(t, "kind")
		limit, slack := float64(rapid.IntRange(1, 6).Draw(t, "limit")), float64(rapid.IntRange(0, 2).Draw(t, "slack"))
		window := rapid.IntRange(2, 30).Draw(t, "window")
		total := rapid.IntRange(1, window-1).Draw(t, "total")
		text := func(s int) string { return (time.Duration(s) * time.Second).String() }
		a := Alarm{Kind: kind, Limit: &limit, Slack: &slack, Per: "s", Window: text(window), Total: text(total), Every: "1s"}
		typ := tag.Float
		if kind == Duration {
			typ = tag.Bool
		}
		c := newClocked(a, typ)
		c.other = tag.Sample{Value: tag.OfFloat(0)}
		if kind == Rate {
			limit = limit / 4
			c = newClocked(a, typ)
		}
		var list []point
		sum, low := 0.0, 0.0
		prev, since := math.NaN(), tag.Time(0)
		now := start
		for range rapid.IntRange(1, 120).Draw(t, "steps") {
			now += tag.Time(rapid.IntRange(1, 4).Draw(t, "gap")) * second
			if rapid.Bool().Draw(t, "sample") {
				v := float64(rapid.IntRange(-4, 4).Draw(t, "v"))
				if kind == Duration {
					v = float64(rapid.IntRange(0, 1).Draw(t, "b"))
				}
				if last, ok := hold(list, now); ok && last == v {
					continue // the table tells of changes
				}
				for ; !math.IsNaN(prev) && since+second <= now; since += second {
					sum, low = min(max(sum+prev-slack, 0), 2*limit+slack), min(max(low-prev-slack, 0), 2*limit+slack)
				}
				if math.IsNaN(prev) {
					since = now
				}
				prev = v
				list = append(list, point{now, v})
				if kind == Duration {
					c.sample(now, tag.OfBool(v == 1))
				} else {
					c.sample(now, tag.OfFloat(v))
				}
			} else {
				c.to(now)
			}
			if len(list) == 0 {
				continue
			}
			back := tag.Time(window) * second
			var want bool
			switch kind {
			case Rate:
				v, _ := hold(list, now)
				first, ok := hold(list, now-back)
				if !ok {
					first = list[0].v
				}
				want = math.Abs(v-first)/float64(window) > limit
			case Count:
				n := 0
				for i, p := range list {
					if i > 0 && p.at > now-back {
						n++
					}
				}
				want = n >= int(limit)
			case Duration:
				long := tag.Time(0)
				for i, p := range list {
					end := now
					if i+1 < len(list) {
						end = list[i+1].at
					}
					if p.v == 1 && end > now-back {
						long += end - max(p.at, now-back)
					}
				}
				if diff := long - tag.Time(total)*second; diff > -2*soon && diff < 2*soon {
					continue // just there
				}
				want = long > tag.Time(total)*second
			case Cusum:
				for ; since+second <= now; since += second {
					sum, low = min(max(sum+prev-slack, 0), 2*limit+slack), min(max(low-prev-slack, 0), 2*limit+slack)
				}
				want = sum > limit || low > limit
			}
			if c.is != want {
				t.Fatalf("%s at %d: %v, not %v; %v %+v", kind, (now-start)/second, c.is, want, list, c.m.Window)
			}
		}
	})
}

func TestScheduleTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time {
		v, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	shifts := []Period{{Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "06:00", To: "11:30"}, {Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: "12:00", To: "14:00"}, {Days: []string{"fri"}, From: "22:00", To: "06:00"}}
	night := []Period{{From: "23:00", To: "02:30"}}
	for _, row := range []struct {
		name    string
		periods []Period
		at      string
		open    bool
		until   string
	}{
		{"always", nil, "2026-11-20 10:00", true, "2026-11-21 10:00"},
		{"in the first", shifts, "2026-11-20 06:00", true, "2026-11-20 11:30"},
		{"between two", shifts, "2026-11-20 11:30", false, "2026-11-20 12:00"},
		{"in the second", shifts, "2026-11-20 13:59", true, "2026-11-20 14:00"},
		{"over midnight of its day", shifts, "2026-11-21 05:59", true, "2026-11-21 06:00"},
		{"on a weekend", shifts, "2026-11-22 10:00", false, "2026-11-23 06:00"},
		{"the hour that is left out in spring", night, "2026-03-29 01:59", true, "2026-03-29 03:30"},
		{"the hour that is there twice in autumn", night, "2026-10-25 01:00", true, "2026-10-25 02:30"},
		{"the whole day", []Period{{From: "00:00", To: "24:00"}}, "2026-11-20 10:00", true, "2026-11-21 00:00"},
	} {
		t.Run(row.name, func(t *testing.T) {
			s := NewSchedule(row.periods, berlin)
			open, from, until := s.At(at(row.at))
			if open != row.open || !until.Equal(at(row.until)) || from.After(at(row.at)) {
				t.Errorf("%v until %s, not %v until %s", open, until, row.open, row.until)
			}
		})
	}
}

// TestScheduleHolds: what a schedule says of a moment holds for as long as it says.
func TestScheduleHolds(t *testing.T) {
	zones := []string{"Europe/Berlin", "Asia/Shanghai", "America/Santiago", "Australia/Lord_Howe", "UTC"}
	rapid.Check(t, func(t *rapid.T) {
		zone, err := time.LoadLocation(rapid.SampledFrom(zones).Draw(t, "zone"))
		if err != nil {
			t.Skip(err)
		}
		var periods []Period
		clock := func(name string) string {
			m := rapid.IntRange(0, 24*60-1).Draw(t, name)
			return time.Date(2000, 1, 1, m/60, m%60, 0, 0, time.UTC).Format("15:04")
		}
		for range rapid.IntRange(1, 4).Draw(t, "n") {
			p := Period{From: clock("from"), To: clock("to")}
			if rapid.Bool().Draw(t, "some days") {
				p.Days = []string{rapid.SampledFrom(Days).Draw(t, "day")}
			}
			periods = append(periods, p)
		}
		s := NewSchedule(periods, zone)
		now := time.Unix(int64(rapid.IntRange(1_770_000_000, 1_802_000_000).Draw(t, "now")), 0)
		open, from, until := s.At(now)
		if !until.After(now) || from.After(now) {
			t.Fatalf("%s to %s is not around %s", from, until, now)
		}
		for _, part := range []float64{0, 0.3, 0.6, 0.999} {
			then := from.Add(time.Duration(part * float64(until.Sub(from))))
			if is, _, _ := s.At(then); is != open {
				t.Fatalf("%v at %s, %v at %s (%s to %s)", open, now, is, then, from, until)
			}
		}
	})
}
