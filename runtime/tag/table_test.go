package tag

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

func good(v Value) Sample { return Sample{Value: v, Quality: Good, Source: 1, Server: 1} }

// sum adds the dependencies; bad when one of them is.
func sum(deps []Sample) Sample {
	var total int64
	for i := range deps {
		if deps[i].Quality.IsBad() {
			return Sample{Quality: deps[i].Quality}
		}
		total += deps[i].Value.Int()
	}
	return Sample{Value: OfInt(total)}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func intOf(t *testing.T, table *Table, s Slot) int64 {
	t.Helper()
	got := table.Get(s)
	if !got.Quality.IsGood() {
		t.Fatalf("%s is %s", table.Path(s), got.Quality)
	}
	return got.Value.Int()
}

func set(table *Table, s Slot, i int64) {
	table.Apply([]Update{{Slot: s, Sample: good(OfInt(i))}})
}

func TestFirstSampleWaits(t *testing.T) {
	table := NewTable()
	s := must(table.Add("a", Definition{Type: Int, Unit: "m"}))
	if q := table.Get(s).Quality; q != BadWaitingForInitialData {
		t.Fatal(q)
	}
	if got, ok := table.Lookup("a"); !ok || got != s || table.Path(s) != "a" || table.Definition(s).Unit != "m" {
		t.Fatal(got, ok)
	}
	if _, err := table.Add("a", Definition{}); !errors.Is(err, ErrExists) {
		t.Fatal(err)
	}
	if _, err := table.AddComputed("a", Definition{}, nil, sum); !errors.Is(err, ErrExists) {
		t.Fatal(err)
	}
	if _, err := table.AddComputed("b", Definition{}, []Slot{99}, sum); !errors.Is(err, ErrUnknownSlot) {
		t.Fatal(err)
	}
	if _, ok := table.Lookup("b"); ok {
		t.Fatal("refused tag is there")
	}
	if q := table.Get(99).Quality; q != BadNodeIDUnknown {
		t.Fatal(q)
	}
}

// A diamond: every slot is evaluated once for a batch, after all that it depends on.
func TestEachDependentIsEvaluatedOnce(t *testing.T) {
	table := NewTable()
	a, b := must(table.Add("a", Definition{})), must(table.Add("b", Definition{}))
	set(table, a, 1)
	set(table, b, 2)
	var calls [3]int
	counted := func(i int) Eval { return func(deps []Sample) Sample { calls[i]++; return sum(deps) } }
	left := must(table.AddComputed("left", Definition{}, []Slot{a, b}, counted(0)))
	right := must(table.AddComputed("", Definition{}, []Slot{left, a}, counted(1)))
	end := must(table.AddComputed("end", Definition{}, []Slot{a, right, left, left}, counted(2)))
	if got := intOf(t, table, end); got != 1+4+3+3 {
		t.Fatal(got)
	}
	calls = [3]int{}
	table.Apply([]Update{{a, good(OfInt(10))}, {b, good(OfInt(20))}, {a, good(OfInt(100))}})
	if calls != [3]int{1, 1, 1} {
		t.Fatal(calls)
	}
	if got := intOf(t, table, end); got != 100+220+120+120 {
		t.Fatal(got)
	}
	calls = [3]int{}
	table.Apply([]Update{{a, good(OfInt(100))}, {end, good(OfInt(5))}, {99, good(OfInt(5))}})
	if calls != [3]int{} {
		t.Fatal("evaluated without a change:", calls)
	}
	// A result that stays the same goes no further.
	calls = [3]int{}
	table.Apply([]Update{{a, good(OfInt(101))}, {b, good(OfInt(19))}})
	if calls != [3]int{1, 1, 1} { // right and end read a itself
		t.Fatal(calls)
	}
	calls = [3]int{}
	if err := table.SetComputed(right, []Slot{left}, counted(1)); err != nil {
		t.Fatal(err)
	}
	if err := table.SetComputed(end, []Slot{left}, counted(2)); err != nil {
		t.Fatal(err)
	}
	calls = [3]int{}
	table.Apply([]Update{{a, good(OfInt(102))}, {b, good(OfInt(18))}})
	if calls != [3]int{1, 0, 0} {
		t.Fatal(calls)
	}
}

func TestTimesOfComputed(t *testing.T) {
	table := NewTable()
	a, b := must(table.Add("a", Definition{})), must(table.Add("b", Definition{}))
	c := must(table.AddComputed("c", Definition{}, []Slot{a, b}, sum))
	own := must(table.AddComputed("own", Definition{}, []Slot{a}, func([]Sample) Sample { return Sample{Source: 5} }))
	before := Now()
	table.Apply([]Update{{a, Sample{Value: OfInt(1), Source: 7, Server: 70}}, {b, Sample{Value: OfInt(1), Source: 6}}})
	if got := table.Get(c); got.Source != 7 || got.Server < before {
		t.Fatal(got)
	}
	if got := table.Get(own); got.Source != 5 {
		t.Fatal(got)
	}
	if got := table.Get(a); got.Server != 70 {
		t.Fatal(got)
	}
	if got := table.Get(b); got.Server < before {
		t.Fatal(got)
	}
	table.Apply([]Update{{a, Sample{Value: OfInt(1), Source: 9}}})
	if got := table.Get(a); got.Source != 9 {
		t.Fatal("newer time is not stored")
	}
}

func TestCircles(t *testing.T) {
	table := NewTable()
	in := must(table.Add("in", Definition{}))
	set(table, in, 1)
	a := must(table.AddComputed("a", Definition{}, []Slot{in}, sum))
	b := must(table.AddComputed("b", Definition{}, []Slot{a}, sum))
	c := must(table.AddComputed("c", Definition{}, []Slot{in, b}, sum))
	for name, row := range map[string]struct {
		slot Slot
		deps []Slot
		path string
	}{
		"itself":          {a, []Slot{in, a}, "a → a"},
		"two":             {a, []Slot{b}, "a → b → a"},
		"three":           {a, []Slot{in, c}, "a → c → b → a"},
		"inner":           {b, []Slot{a, c}, "b → c → b"},
		"source computed": {in, []Slot{c}, "in → c → in"},
	} {
		t.Run(name, func(t *testing.T) {
			err := table.SetComputed(row.slot, row.deps, sum)
			if !errors.Is(err, ErrCycle) || !strings.Contains(err.Error(), row.path) {
				t.Fatalf("%v, want %q", err, row.path)
			}
		})
	}
	set(table, in, 5)
	if got := intOf(t, table, c); got != 10 {
		t.Fatal("refused changes left a trace:", got)
	}
	if err := table.SetComputed(c, []Slot{in}, nil); err != nil {
		t.Fatal(err)
	}
	if err := table.SetComputed(a, []Slot{c, in}, sum); err != nil {
		t.Fatal("no longer a circle:", err)
	}
	set(table, c, 7)
	if got := intOf(t, table, b); got != 12 {
		t.Fatal(got)
	}
	if err := table.SetComputed(1000, nil, sum); !errors.Is(err, ErrUnknownSlot) {
		t.Fatal(err)
	}
}

// Making an early tag depend on a late one moves all that follows it.
func TestLevelsFollow(t *testing.T) {
	table := NewTable()
	in := must(table.Add("in", Definition{}))
	set(table, in, 1)
	first := must(table.AddComputed("first", Definition{}, []Slot{in}, sum))
	second := must(table.AddComputed("second", Definition{}, []Slot{first, in}, sum))
	third := must(table.AddComputed("third", Definition{}, []Slot{second, first}, sum))
	chain := in
	for i := range 20 {
		chain = must(table.AddComputed(Path(fmt.Sprint("chain", i)), Definition{}, []Slot{chain}, sum))
	}
	if err := table.SetComputed(first, []Slot{chain}, sum); err != nil {
		t.Fatal(err)
	}
	calls := 0
	if err := table.SetComputed(third, []Slot{second, first}, func(d []Sample) Sample { calls++; return sum(d) }); err != nil {
		t.Fatal(err)
	}
	calls = 0
	set(table, in, 10)
	if got := intOf(t, table, third); got != 30 || calls != 1 {
		t.Fatal(got, calls)
	}
}

func TestPanicStaysWithItsSlot(t *testing.T) {
	table := NewTable()
	in := must(table.Add("in", Definition{}))
	crash := func(d []Sample) Sample {
		if d[0].Value.Int() == 13 {
			panic("thirteen")
		}
		return sum(d)
	}
	before := must(table.AddComputed("before", Definition{}, []Slot{in}, sum))
	bad1 := must(table.AddComputed("bad1", Definition{}, []Slot{in}, crash))
	between := must(table.AddComputed("between", Definition{}, []Slot{in}, sum))
	bad2 := must(table.AddComputed("bad2", Definition{}, []Slot{in}, crash))
	after := must(table.AddComputed("after", Definition{}, []Slot{between}, sum))
	follows := must(table.AddComputed("follows", Definition{}, []Slot{bad1}, sum))
	last := must(table.AddComputed("last", Definition{}, []Slot{after}, crash))
	for _, i := range []int64{1, 13, 2, 13, 13, 3} {
		set(table, in, i)
		for _, s := range []Slot{before, between, after} {
			if got := intOf(t, table, s); got != i {
				t.Fatal(table.Path(s), got)
			}
		}
		for _, s := range []Slot{bad1, bad2, follows, last} {
			got := table.Get(s)
			if i == 13 && (got.Quality != BadInternalError || !got.Value.IsNone()) || i != 13 && got.Value.Int() != i {
				t.Fatal(i, table.Path(s), got)
			}
		}
	}
}

func TestWatch(t *testing.T) {
	table := NewTable()
	var slots []Slot
	for i := range 5 {
		slots = append(slots, must(table.Add(Path(fmt.Sprint("t", i)), Definition{})))
	}
	total := must(table.AddComputed("", Definition{}, slots[:2], sum))
	wakes := 0
	w := table.Watch([]Slot{slots[0], slots[0], slots[1], total, 77}, func() { wakes++; table.Get(slots[0]) })
	idle := table.Watch(slots[4:], func() { t.Error("woken for nothing") })
	set(table, slots[0], 1)
	set(table, slots[3], 1)
	if wakes != 1 {
		t.Fatal(wakes)
	}
	set(table, slots[1], 2)
	set(table, slots[0], 3)
	if wakes != 1 {
		t.Fatal("woken again before Drain")
	}
	if got := w.Drain(nil); !reflect.DeepEqual(got, []Slot{slots[0], slots[1], total}) {
		t.Fatal(got)
	}
	if got := w.Drain(nil); len(got) != 0 {
		t.Fatal(got)
	}
	set(table, slots[0], 3) // no change
	if wakes != 1 {
		t.Fatal("woken without a change")
	}
	set(table, slots[0], 4)
	if got := w.Drain(nil); wakes != 2 || !reflect.DeepEqual(got, []Slot{slots[0], total}) {
		t.Fatal(wakes, got)
	}
	other := table.Watch(slots[:2], nil)
	w.Close()
	w.Close()
	set(table, slots[0], 5)
	if got := other.Drain(nil); wakes != 2 || len(w.Drain(nil)) != 0 || !reflect.DeepEqual(got, []Slot{slots[0]}) {
		t.Fatal(wakes, got)
	}
	other.Close()
	idle.Close()
}

func TestRemovedNumbersAreHeld(t *testing.T) {
	table := NewTable()
	a := must(table.Add("a", Definition{}))
	b := must(table.Add("b", Definition{}))
	set(table, a, 1)
	set(table, b, 1)
	dependent := must(table.AddComputed("dependent", Definition{}, []Slot{a, b}, sum))
	w := table.Watch([]Slot{a, dependent}, nil)
	table.Remove(a)
	if _, ok := table.Lookup("a"); ok {
		t.Fatal("still found")
	}
	if got := w.Drain(nil); !reflect.DeepEqual(got, []Slot{a, dependent}) {
		t.Fatal(got)
	}
	if q := table.Get(dependent).Quality; q != BadNodeIDUnknown {
		t.Fatal(q)
	}
	if table.Get(a).Quality != BadNodeIDUnknown {
		t.Fatal(table.Get(a))
	}
	set(table, a, 5) // late
	if table.Get(a).Quality != BadNodeIDUnknown {
		t.Fatal("late value reached a removed slot")
	}
	fresh := must(table.Add("a", Definition{}))
	if fresh == a {
		t.Fatal("reused while watched and depended on")
	}
	w.Close()
	if s := must(table.Add("x", Definition{})); s == a {
		t.Fatal("reused while depended on")
	}
	if err := table.SetComputed(dependent, []Slot{fresh, b}, sum); err != nil {
		t.Fatal(err)
	}
	if s := must(table.Add("y", Definition{})); s != a {
		t.Fatal("not reused though free:", s, a)
	}
	set(table, fresh, 3)
	if got := intOf(t, table, dependent); got != 4 {
		t.Fatal(got)
	}
	// All at once, whatever the order, and twice.
	evals := 0
	top := must(table.AddComputed("top", Definition{}, []Slot{dependent}, func(d []Sample) Sample { evals++; return sum(d) }))
	evals = 0
	table.Remove(b, dependent, top, fresh, b)
	table.Remove(b, top)
	if evals != 0 {
		t.Fatal("evaluated while being removed")
	}
	if got := table.Match("**"); len(got) != 2 {
		t.Fatal(got)
	}
	seen := map[Slot]bool{}
	for i := range 6 {
		s := must(table.Add(Path(fmt.Sprint("new", i)), Definition{}))
		if seen[s] {
			t.Fatal("given out twice:", s)
		}
		seen[s] = true
	}
}

func TestMatchAndGeneration(t *testing.T) {
	table := NewTable()
	changes := 0
	cancel := table.OnChange(func() { changes++; table.Generation() })
	for _, p := range []Path{"line/b/speed", "line/a/speed", "line/a", "line/a/temp", "line-2/a/speed", "line", "other"} {
		must(table.Add(p, Definition{}))
	}
	must(table.AddComputed("line/c/speed", Definition{}, nil, sum))
	must(table.AddComputed("", Definition{}, nil, sum))
	if changes != 8 || table.Generation() != 8 {
		t.Fatal(changes, table.Generation())
	}
	for pattern, want := range map[Pattern][]Path{
		"line/*/speed": {"line/a/speed", "line/b/speed", "line/c/speed"},
		"line/**":      {"line/a", "line/a/speed", "line/a/temp", "line/b/speed", "line/c/speed"},
		"line*/a/*":    {"line-2/a/speed", "line/a/speed", "line/a/temp"},
		"line":         {"line"},
		"lin":          nil,
		"zebra/*":      nil,
		"*":            {"line", "other"},
		"**":           {"line", "line-2/a/speed", "line/a", "line/a/speed", "line/a/temp", "line/b/speed", "line/c/speed", "other"},
	} {
		t.Run(string(pattern), func(t *testing.T) {
			for range 2 { // with the order made and kept
				var got []Path
				for _, s := range table.Match(pattern) {
					got = append(got, table.Path(s))
				}
				if !reflect.DeepEqual(got, want) {
					t.Fatalf("%v, want %v", got, want)
				}
			}
		})
	}
	s, _ := table.Lookup("other")
	table.Redefine(s, Definition{Unit: "K"})
	table.Remove(s)
	if changes != 10 || table.Generation() != 10 {
		t.Fatal(changes)
	}
	if got := table.Match("*"); len(got) != 1 {
		t.Fatal(got)
	}
	cancel()
	must(table.Add("more", Definition{}))
	if changes != 10 {
		t.Fatal("called after cancel")
	}
}

// Everything at once, for the race detector; at the end all is consistent.
func TestConcurrentUse(t *testing.T) {
	table := NewTable()
	var inputs []Slot
	for i := range 8 {
		inputs = append(inputs, must(table.Add(Path(fmt.Sprint("in/", i)), Definition{})))
	}
	total := must(table.AddComputed("total", Definition{}, inputs, sum))
	for _, s := range inputs {
		set(table, s, 0)
	}
	var wakes atomic.Int64
	defer table.OnChange(func() { wakes.Add(1) })()
	var group sync.WaitGroup
	for g := range 4 {
		group.Go(func() {
			for i := range int64(300) {
				table.Apply([]Update{{inputs[g], good(OfInt(i))}, {inputs[g+4], good(OfInt(-i))}})
			}
		})
		group.Go(func() {
			for i := range 60 {
				s := must(table.AddComputed(Path(fmt.Sprint("extra/", g, "/", i)), Definition{}, []Slot{total, inputs[g]}, sum))
				w := table.Watch([]Slot{s, total}, func() { wakes.Add(1) })
				table.Match("extra/*/*")
				table.Remove(s)
				w.Drain(nil)
				w.Close()
			}
		})
		group.Go(func() {
			dst := make([]Sample, 0, 9)
			for range 300 {
				dst = table.Read(append(inputs[:len(inputs):len(inputs)], total), dst[:0])
				var want int64
				for _, s := range dst[:8] {
					want += s.Value.Int()
				}
				if got := dst[8].Value.Int(); got != want {
					t.Errorf("torn read: total %d of %d", got, want)
					return
				}
			}
		})
	}
	group.Wait()
	if got := intOf(t, table, total); got != 0 {
		t.Fatal(got)
	}
	if got := table.Match("extra/**"); len(got) != 0 {
		t.Fatal(got)
	}
	if got := len(table.cells); got > 40 {
		t.Fatal("numbers are not reused:", got)
	}
}
