package engine

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/action"
)

// TestOperationProperties: whatever is written, pulsed, ramped, stopped and blocked in whatever order, one
// tag has one operation at most, every write ends, and a pulse leaves its value on the device only
// until something else has been written.
func TestOperationProperties(t *testing.T) {
	w, name := newWire(t)
	e := start(t, Options{})
	e.set(wirePlant("test-poll", name, 1, ""))
	e.untilGood("t0")
	rapid.Check(t, func(r *rapid.T) {
		w.mu.Lock()
		w.log = nil
		w.mu.Unlock()
		var waiting []chan WriteResult
		var kinds []string
		do := func(kind, value string, how action.Manner) {
			done := make(chan WriteResult, 1)
			waiting, kinds = append(waiting, done), append(kinds, kind)
			go func() { done <- e.mode("t0", value, how, operator) }()
		}
		n := rapid.IntRange(1, 8).Draw(r, "steps")
		for range n {
			switch rapid.SampledFrom([]string{"write", "pulse", "ramp", "hold", "block", "wait"}).Draw(r, "step") {
			case "write":
				do("write", strconv.Itoa(rapid.IntRange(1, 99).Draw(r, "value")), action.Manner{})
			case "pulse":
				do("pulse", strconv.Itoa(1000+rapid.IntRange(1, 99).Draw(r, "value")), action.Manner{Mode: ModePulse, Hold: "50ms", Back: json.RawMessage("0")})
			case "ramp":
				do("ramp", strconv.Itoa(100+rapid.IntRange(1, 99).Draw(r, "value")), action.Manner{Mode: ModeRamp, Over: "300ms", Step: "100ms"})
			case "hold":
				do("hold", "", action.Manner{Mode: ModeHold})
			case "block":
				e.SetBlock(&Block{By: "x", Reason: "y"})
				if n := len(e.Writes(operator).Ramps); n > 0 {
					r.Fatalf("%d ramps although blocked", n)
				}
				e.SetBlock(nil)
			case "wait":
				time.Sleep(time.Duration(rapid.IntRange(1, 60).Draw(r, "ms")) * time.Millisecond)
			}
			if n := len(e.Writes(operator).Ramps); n > 1 {
				r.Fatalf("%d ramps of one tag", n)
			}
		}
		for i, done := range waiting {
			select {
			case res := <-done:
				switch {
				case res.Outcome == OutcomeGood, res.Outcome == OutcomeRunning && kinds[i] == "ramp":
				case res.Outcome == OutcomeFailed && res.Problem != nil:
				default:
					r.Fatalf("%s: %+v %v", kinds[i], res, res.Problem)
				}
			case <-time.After(20 * time.Second):
				r.Fatalf("%s does not end", kinds[i])
			}
		}
		end := time.Now().Add(20 * time.Second)
		for len(e.Writes(operator).Ramps) > 0 {
			if time.Now().After(end) {
				r.Fatal("the ramp does not end")
			}
			time.Sleep(5 * time.Millisecond)
		}
		last := 0.0
		log := w.writes()
		for _, l := range log {
			last, _ = strconv.ParseFloat(strings.TrimPrefix(l, "write t0="), 64)
		}
		if last >= 1000 {
			r.Fatalf("a pulse was left on the device: %q", log)
		}
		if n := e.operations.count(ModePulse) + e.operations.count(ModeRamp); n > 0 {
			r.Fatal(fmt.Sprint(n, " operations are left"))
		}
	})
}
