package alarm

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

// figure is the state transition diagram of ISA-18.2 (5.2) and IEC 62682 (figure 4), written down as its arrows: the state
// that is shown before, whether the condition holds then, what happens, and what is shown after. It knows nothing of the
// table of the package.
var figure = map[string]string{
	// A normal, B unacknowledged, C acknowledged, D returned unacknowledged, E and F latched, of a passing alarm
	"A- raise": "B", "B+ ack": "C", "B+ return": "D", "C+ return": "A", "D- ack": "A", "D- raise": "B",
	// of a latching one
	"latch A- raise": "B", "latch B+ ack": "C", "latch B+ return": "E", "latch C+ return": "F", "latch E- ack": "F", "latch E- raise": "B", "latch F- reset": "A", "latch F- raise": "B",
	// of one that nobody must acknowledge
	"silent A- raise": "C", "silent C+ return": "A",
	"silent latch A- raise": "C", "silent latch C+ return": "F", "silent latch F- reset": "A", "silent latch F- raise": "C",
}

var letters = map[State]string{Normal: "A", Unacknowledged: "B", Acknowledged: "C", Returned: "D", LatchedUnacknowledged: "E", LatchedAcknowledged: "F"}

func TestStatesFollowTheStandard(t *testing.T) {
	names := map[Event]string{Raise: "raise", Return: "return", Acknowledge: "ack", Reset: "reset"}
	rapid.Check(t, func(t *rapid.T) {
		c := Life{Latch: rapid.Bool().Draw(t, "latch"), Silent: rapid.Bool().Draw(t, "silent")}
		prefix := ""
		if c.Silent {
			prefix += "silent "
		}
		if c.Latch {
			prefix += "latch "
		}
		p := Fresh()
		// A model of what puts it away, and of the condition.
		away, active := map[Event]bool{}, false
		opposite := map[Event]Event{Unshelve: Shelve, Unsuppress: Suppress, Restore: Remove}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			e := rapid.SampledFrom([]Event{Raise, Return, Acknowledge, Reset, Shelve, Unshelve, Suppress, Unsuppress, Remove, Restore}).Draw(t, "event")
			before := p
			next, ok := p.Next(c, e)
			p = next
			if !ok && p != before {
				t.Fatalf("%s means nothing to %+v and changes it to %+v", e, before, p)
			}
			switch of, back := opposite[e]; {
			case e == Shelve || e == Suppress || e == Remove:
				if ok == away[e] {
					t.Fatalf("%s twice: %v", e, ok)
				}
				away[e] = true
			case back:
				if ok != away[of] {
					t.Fatalf("%s: %v", e, ok)
				}
				delete(away, of)
				if len(away) == 0 && ok {
					// It comes back as a new alarm, or as none.
					want := "A"
					if active {
						want = map[bool]string{false: "B", true: "C"}[c.Silent]
					}
					if letters[p.State] != want {
						t.Fatalf("comes back as %s, not %s", p.State, want)
					}
				}
			default:
				holds := map[bool]string{true: "+", false: "-"}[active]
				if e == Raise || e == Return {
					if ok != (active != (e == Raise)) {
						t.Fatalf("%s while active is %v: %v", e, active, ok)
					}
					active = e == Raise
				}
				if len(away) > 0 {
					if p.State != Normal || e == Acknowledge && ok || e == Reset && ok {
						t.Fatalf("%s is seen while the alarm is put away: %+v", e, p)
					}
					break
				}
				want, drawn := figure[prefix+letters[before.State]+holds+" "+names[e]]
				if drawn != ok || drawn && letters[p.State] != want {
					t.Fatalf("%s%s%s %s leads to %s (%v), not to %q", prefix, letters[before.State], holds, e, p.State, ok, want)
				}
			}
			if p.Active != active {
				t.Fatalf("active is %v", p.Active)
			}
			shown := p.State
			switch {
			case away[Remove]:
				shown = OutOfService
			case away[Suppress]:
				shown = Suppressed
			case away[Shelve]:
				shown = Shelved
			}
			if p.Shown() != shown {
				t.Fatalf("shows %s, not %s", p.Shown(), shown)
			}
			// What is shown as active and wants somebody fits the condition.
			if p.State == Unacknowledged && !active || p.State == Acknowledged && !active || p.State == Returned && active || (p.State == LatchedAcknowledged || p.State == LatchedUnacknowledged) && active {
				t.Fatalf("%s, though active is %v", p.State, active)
			}
		}
	})
}

// Whenever a delay is asked, it says the same as one that is asked at every moment.
func TestDelayIsTheSameLate(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	at := func(ms int) time.Time { return begin.Add(time.Duration(ms) * time.Millisecond) }
	rapid.Check(t, func(t *rapid.T) {
		on := time.Duration(rapid.IntRange(0, 20).Draw(t, "on")) * time.Millisecond
		off := time.Duration(rapid.IntRange(0, 20).Draw(t, "off")) * time.Millisecond
		edges := map[int]bool{}
		for range rapid.IntRange(0, 20).Draw(t, "edges") {
			edges[rapid.IntRange(1, 200).Draw(t, "at")] = rapid.Bool().Draw(t, "is")
		}
		looks := map[int]bool{}
		for range rapid.IntRange(0, 5).Draw(t, "looks") {
			looks[rapid.IntRange(1, 260).Draw(t, "look")] = true
		}
		run := func(each bool) (flips []Flip) {
			var d Delay
			for ms := 1; ms <= 260; ms++ {
				if each || looks[ms] || ms == 260 {
					if f, ok := d.Advance(at(ms), on, off); ok {
						flips = append(flips, f)
					}
				}
				if is, ok := edges[ms]; ok {
					if rapidRestart(&d) != nil {
						t.Fatal("it does not survive being kept")
					}
					flips = append(flips, d.Feed(is, at(ms), at(ms), on, off)...)
				}
			}
			return flips
		}
		soon, late := run(true), run(false)
		if len(soon) != len(late) {
			t.Fatalf("%v and late %v", soon, late)
		}
		// And what a plain reading of the words gives: the condition has held for so long.
		active, held, is := false, 0, false
		var plain []Flip
		for ms := 1; ms <= 260; ms++ {
			check := func() {
				wait := off
				if !active {
					wait = on
				}
				if is != active && time.Duration(ms-held)*time.Millisecond >= wait {
					active = is
					plain = append(plain, Flip{active, at(ms)})
				}
			}
			check()
			if next, ok := edges[ms]; ok {
				if next != is {
					held = ms
				}
				is = next
				check()
			}
		}
		if len(plain) != len(soon) {
			t.Fatalf("%v, plainly %v", soon, plain)
		}
		for i := range soon {
			if soon[i].Active != late[i].Active || !soon[i].At.Equal(late[i].At) || soon[i].Active != plain[i].Active || !soon[i].At.Equal(plain[i].At) {
				t.Fatalf("%v, late %v, plainly %v", soon[i], late[i], plain[i])
			}
		}
	})
}

// rapidRestart keeps a delay and takes it back, as a restart does.
func rapidRestart(d *Delay) error {
	raw, err := json.Marshal(d)
	if err != nil {
		return err
	}
	var back Delay
	if err := json.Unmarshal(raw, &back); err != nil {
		return err
	}
	*d = back
	return nil
}

func number(v float64) tag.Sample { return tag.Sample{Value: tag.OfFloat(v)} }

func TestDetect(t *testing.T) {
	limit := 80.0
	bad := tag.Sample{Quality: tag.BadNoCommunication}
	text := func(s string) tag.Sample { return tag.Sample{Value: tag.OfString(s)} }
	is := func(b bool) tag.Sample { return tag.Sample{Value: tag.OfBool(b)} }
	type step struct {
		s, other tag.Sample
		want     Verdict
	}
	for _, row := range []struct {
		name  string
		a     Alarm
		typ   tag.Type
		steps []step
	}{
		{"high with a deadband in per cent", Alarm{Kind: High, Limit: &limit, Deadband: &Band{Percent: 5}}, tag.Float, []step{
			{number(80), bad, Same}, {number(80.01), bad, Rise}, {number(90), bad, Same}, {number(70.5), bad, Same}, {bad, bad, Same}, {number(math.NaN()), bad, Same}, {number(70), bad, Fall}, {number(79), bad, Same}, {number(math.Inf(1)), bad, Rise},
		}},
		{"low with an absolute deadband", Alarm{Kind: LowLow, Limit: &limit, Deadband: &Band{Absolute: 2}}, tag.Float, []step{{number(80), bad, Same}, {number(79), bad, Rise}, {number(81.9), bad, Same}, {number(82), bad, Fall}, {number(math.Inf(-1)), bad, Rise}}},
		{"deviation", Alarm{Kind: Deviation, Limit: &limit}, tag.Float, []step{{number(100), number(30), Same}, {number(111), number(30), Rise}, {number(111), bad, Same}, {number(-60), number(30), Same}, {number(30), number(30), Fall}}},
		{"on", Alarm{Kind: On}, tag.Bool, []step{{is(true), bad, Rise}, {bad, bad, Same}, {is(false), bad, Fall}}},
		{"off", Alarm{Kind: Off}, tag.Bool, []step{{is(true), bad, Same}, {is(false), bad, Rise}}},
		{"equals", Alarm{Kind: Equals, Value: json.RawMessage(`"fault"`)}, tag.String, []step{{text("ok"), bad, Same}, {text("fault"), bad, Rise}, {text("ok"), bad, Fall}}},
		{"change", Alarm{Kind: Change}, tag.String, []step{{text("a"), bad, Same}, {text("a"), bad, Same}, {text("b"), bad, Blip}, {bad, bad, Same}, {text("b"), bad, Same}}},
		{"no change", Alarm{Kind: NoChange}, tag.Float, []step{{number(1), bad, Rise}, {number(1), bad, Same}, {number(2), bad, Break}}},
		{"bad", Alarm{Kind: Bad}, tag.Float, []step{{tag.Sample{Quality: tag.BadWaitingForInitialData}, bad, Same}, {bad, bad, Rise}, {number(1), bad, Fall}}},
		{"expression", Alarm{Kind: Expression}, tag.Float, []step{{bad, is(true), Rise}, {bad, bad, Same}, {number(1), is(false), Fall}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			d, m := NewDetector(&row.a, row.typ, 200), Memory{}
			for i, s := range row.steps {
				if got := d.Look(&m, s.s, s.other, d.Limits(), tag.Now()); got != s.want {
					t.Errorf("step %d: %v, not %v", i, got, s.want)
				}
			}
		})
	}
}

func TestCheck(t *testing.T) {
	limit, negative, nan := 80.0, -1.0, math.NaN()
	for _, row := range []struct {
		name   string
		a      Alarm
		typ    tag.Type
		ranged bool
		at     string
	}{
		{"good", Alarm{Kind: High, Priority: "high", Limit: &limit, Deadband: &Band{Percent: 1}, OnDelay: "5s"}, tag.Float, true, ""},
		{"no kind", Alarm{Priority: "high"}, tag.Float, true, "/kind"},
		{"no priority", Alarm{Kind: Bad}, tag.Float, true, "/priority"},
		{"no limit", Alarm{Kind: Low, Priority: "low"}, tag.Int, true, "/limit"},
		{"no number", Alarm{Kind: Low, Priority: "low", Limit: &nan}, tag.Int, true, "/limit"},
		{"deviation below 0", Alarm{Kind: Deviation, Priority: "low", Limit: &negative, Setpoint: "1"}, tag.Int, true, "/limit"},
		{"no setpoint", Alarm{Kind: Deviation, Priority: "low", Limit: &limit}, tag.Int, true, "/setpoint"},
		{"limit of a text", Alarm{Kind: Low, Priority: "low", Limit: &limit}, tag.String, true, "/kind"},
		{"on of a number", Alarm{Kind: On, Priority: "low"}, tag.Float, true, "/kind"},
		{"another type", Alarm{Kind: Equals, Priority: "low", Value: json.RawMessage(`"x"`)}, tag.Int, true, "/value"},
		{"no value", Alarm{Kind: Equals, Priority: "low"}, tag.Int, true, "/value"},
		{"no duration", Alarm{Kind: NoChange, Priority: "low"}, tag.Int, true, "/onDelay"},
		{"bad duration", Alarm{Kind: Bad, Priority: "low", OffDelay: "soon"}, tag.Int, true, "/offDelay"},
		{"too long", Alarm{Kind: Bad, Priority: "low", OffDelay: "999h"}, tag.Int, true, "/offDelay"},
		{"no condition", Alarm{Kind: Expression, Priority: "low"}, tag.Int, true, "/when"},
		{"per cent of nothing", Alarm{Kind: High, Priority: "low", Limit: &limit, Deadband: &Band{Percent: 1}}, tag.Int, false, "/deadband/percent"},
		{"deadband without a limit", Alarm{Kind: Bad, Priority: "low", Deadband: &Band{Absolute: 1}}, tag.Int, false, "/deadband"},
		{"no English", Alarm{Kind: Bad, Priority: "low", Title: map[string]string{"zh": "坏"}}, tag.Int, false, "/title/en"},
		{"acknowledge", Alarm{Kind: Bad, Priority: "low", Acknowledge: "maybe"}, tag.Int, false, "/acknowledge"},
	} {
		t.Run(row.name, func(t *testing.T) {
			ps := row.a.Check(row.typ, row.ranged)
			switch {
			case row.at == "" && len(ps) > 0:
				t.Error(ps)
			case row.at != "" && (len(ps) == 0 || ps[0].At != row.at):
				t.Errorf("%v, not at %s", ps, row.at)
			}
		})
	}
}
