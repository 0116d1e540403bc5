package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/tag"
)

// TestEverythingAtOnce: plants, apps, screens, writes, watches and browses at the same
// time, for the race detector; in the end everything that was opened is gone.
func TestEverythingAtOnce(t *testing.T) {
	plantOf := func(n int) string {
		doc := `{"format":1,"devices":[{"id":"sim","connector":"simulator","settings":{"seed":%d},"scans":[{"id":"f","interval":"10ms"}]}],"tags":[
			{"path":"a/sp","type":"float","device":"sim","address":{"kind":"setpoint","initial":5},"write":{"readBack":"100ms"}},
			{"path":"a/x","type":"float","device":"sim","address":{"kind":"sine","period":"1s"}},
			{"path":"a/c","type":"float","expr":"tag(\"a/x\") + tag(\"a/sp\")"}%s]}`
		extra := ""
		for i := range n % 5 {
			extra += fmt.Sprintf(`,{"path":"a/e%d","type":"float","device":"sim","address":{"kind":"ramp"}},{"path":"a/f%d","type":"float","expr":"tag(\"a/e%d\") * %d"}`, i, i, i, n)
		}
		return fmt.Sprintf(doc, n/20, extra)
	}
	appDoc := func(n int) string {
		return appOf(fmt.Sprintf(`"tags":[{"id":"t","expr":"tag(\"a/c\") + %d"}],`, n),
			valueOf("a", `{"tag":"a/x"}`), valueOf("b", `{"expr":"tag(\"a/e1\") + 1"}`), valueOf("c", `{"expr":"t * 2"}`), valueOf("d", `{"tag":"a/e2"}`))
	}
	r := start(t, Options{})
	r.set(plantOf(0))
	r.install("i", appDoc(0), 1)
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var all sync.WaitGroup
	loop := func(f func(n int)) {
		all.Go(func() {
			for n := 1; ctx.Err() == nil; n++ {
				f(n)
			}
		})
	}
	loop(func(n int) {
		if err := r.SetPlant(readPlant(t, plantOf(n))); err != nil {
			t.Error(err)
			cancel()
		}
		time.Sleep(10 * time.Millisecond)
	})
	loop(func(n int) {
		if err := r.SetApp(app.Installation{ID: "i"}, readApp(t, appDoc(n)), n); err != nil {
			t.Error(err)
			cancel()
		}
		r.SetDraft(app.Installation{ID: "i"}, readApp(t, appDoc(n+1)))
		time.Sleep(15 * time.Millisecond)
	})
	for range 3 {
		loop(func(int) {
			s, err := r.OpenScreen("i", "s", nil, rand.IntN(3) == 0)
			if err != nil {
				return // the draft may not be there yet
			}
			var slots []tag.Slot
			for _, b := range s.Bindings {
				slots = append(slots, b.Slot)
			}
			woken := make(chan struct{}, 1)
			w := r.Table().Watch(slots, func() { poke(woken) })
			select {
			case <-woken:
			case <-time.After(5 * time.Millisecond):
			}
			w.Drain(nil)
			r.Table().Read(slots, nil)
			w.Close()
			s.Release()
		})
	}
	loop(func(n int) {
		res := r.Write(ctx, WriteRequest{Path: "a/sp", Value: json.RawMessage(fmt.Sprint(n % 100)), Actor: operator})
		if res.Outcome == "" {
			t.Error("a write without outcome")
		}
	})
	loop(func(int) {
		_, _ = r.Browse(ctx, "sim", "", nil, "") // it may be just starting anew
		r.Devices()
		r.Metrics()
		r.Apps()
		r.CheckExpression(`tag("a/c") + t`, "i")
		time.Sleep(time.Millisecond)
	})
	all.Wait()
	if m := r.Metrics(); m.Screens != 0 || m.Expressions != 0 {
		t.Errorf("left over: %d screens, %d expressions", m.Screens, m.Expressions)
	}
	r.set(plantOf(0))
	r.untilGood("apps/i/t")
	if n := r.plantTags(); n != 3+systemTagCount+1 {
		t.Errorf("%d tags are left", n)
	}
}
