package tag

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// model is what a table should hold, computed without cleverness: everything again after
// every step.
type model struct {
	slots  []Slot
	inputs map[Slot]Sample
	deps   map[Slot][]Slot // of computed slots
	gone   map[Slot]bool
}

func (m *model) value(s Slot) Sample {
	if m.gone[s] {
		return Sample{Quality: BadNodeIDUnknown}
	}
	deps, ok := m.deps[s]
	if !ok {
		return m.inputs[s]
	}
	samples := make([]Sample, len(deps))
	for i, d := range deps {
		samples[i] = m.value(d)
	}
	return modelEval(samples)
}

// modelEval is odd on purpose: few results, so that many changes end on their way.
func modelEval(deps []Sample) Sample {
	out := sum(deps)
	if !out.Quality.IsBad() {
		out.Value = OfInt(out.Value.Int() % 5)
	}
	return out
}

func (m *model) reaches(from, to Slot) bool {
	return from == to || slices.ContainsFunc(m.deps[from], func(d Slot) bool { return m.reaches(d, to) })
}

// Random graphs of computed tags, random batches, rewiring and removal: the table always
// holds what naive recomputation gives, evaluates every slot at most once for a batch, and
// tells a watcher of every change.
func TestTableIsNaiveRecomputation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := NewTable()
		m := model{inputs: map[Slot]Sample{}, deps: map[Slot][]Slot{}, gone: map[Slot]bool{}}
		evals := map[Slot]int{}
		alive := func() (out []Slot) {
			for _, s := range m.slots {
				if !m.gone[s] {
					out = append(out, s)
				}
			}
			return out
		}
		some := func(from []Slot, label string) []Slot {
			if len(from) == 0 {
				return nil
			}
			return rapid.SliceOfN(rapid.SampledFrom(from), 0, 4).Draw(t, label)
		}
		counted := func(s *Slot) Eval {
			return func(deps []Sample) Sample { evals[*s]++; return modelEval(deps) }
		}
		watcher := table.Watch(nil, nil)
		var watched []Slot
		watch := func() {
			watcher.Close()
			watched = alive()
			watcher = table.Watch(watched, nil)
		}
		before := map[Slot]Sample{} // of what is watched
		names := 0
		name := func() Path {
			names++
			if names%3 == 0 {
				return ""
			}
			return Path(fmt.Sprint("t", names))
		}
		forget := func(s Slot) { // a number given out again is a new tag
			delete(m.gone, s)
			delete(m.deps, s)
			delete(m.inputs, s)
			delete(before, s)
			m.slots = slices.DeleteFunc(m.slots, func(o Slot) bool { return o == s })
		}
		steps := rapid.IntRange(1, 40).Draw(t, "steps")
		for range steps {
			clear(evals)
			once := true
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1:
				s, err := table.Add(Path(fmt.Sprint("in", len(m.slots), "/", names)), Definition{})
				if err != nil {
					t.Fatal(err)
				}
				names++
				forget(s)
				m.slots, m.inputs[s] = append(m.slots, s), Sample{Quality: BadWaitingForInitialData}
				watch()
			case 2, 3, 4:
				deps := some(alive(), "deps")
				s := new(Slot)
				got, err := table.AddComputed(name(), Definition{}, deps, counted(s))
				if err != nil {
					t.Fatal(err)
				}
				*s = got
				forget(got)
				m.slots, m.deps[got] = append(m.slots, got), deps
				watch()
				once = false // was counted for the slot of number 0
			case 5:
				candidates := alive()
				if len(candidates) == 0 {
					continue
				}
				s := new(rapid.SampledFrom(candidates).Draw(t, "slot"))
				deps := some(candidates, "deps")
				circle := slices.ContainsFunc(deps, func(d Slot) bool { return m.reaches(d, *s) })
				err := table.SetComputed(*s, deps, counted(s))
				if circle != errors.Is(err, ErrCycle) || !circle && err != nil {
					t.Fatalf("circle %v, but %v", circle, err)
				}
				if !circle {
					m.deps[*s] = deps
					delete(m.inputs, *s)
				}
			case 6:
				doomed := some(alive(), "doomed")
				table.Remove(doomed...)
				for _, s := range doomed {
					m.gone[s] = true
					delete(m.deps, s)
				}
			default:
				var batch []Update
				for _, s := range some(alive(), "slots") {
					sample := Sample{Value: OfInt(rapid.Int64Range(0, 3).Draw(t, "value")), Source: 1}
					if rapid.IntRange(0, 9).Draw(t, "bad") == 0 {
						sample = Sample{Quality: BadTimeout}
					}
					batch = append(batch, Update{s, sample})
					if _, computed := m.deps[s]; !computed {
						m.inputs[s] = sample
					}
				}
				table.Apply(batch)
			}
			changed := map[Slot]bool{}
			for _, s := range m.slots {
				want, got := m.value(s), table.Get(s)
				if m.gone[s] && !slices.Contains(watched, s) {
					continue // the number may be free
				}
				if got.Value != want.Value || got.Quality != want.Quality {
					t.Fatalf("slot %d is %v %s, should be %v %s", s, got.Value, got.Quality, want.Value, want.Quality)
				}
				if old, known := before[s]; known && (old.Value != got.Value || old.Quality != got.Quality) {
					changed[s] = true
				}
				if once && evals[s] > 1 {
					t.Fatalf("slot %d was evaluated %d times", s, evals[s])
				}
			}
			dirty := watcher.Drain(nil)
			slices.Sort(dirty)
			if len(slices.Compact(slices.Clone(dirty))) != len(dirty) {
				t.Fatalf("told twice: %v", dirty)
			}
			for s := range changed { // a batch may also change a slot and change it back
				if !slices.Contains(dirty, s) {
					t.Fatalf("watcher was not told of slot %d", s)
				}
			}
			clear(before)
			for _, s := range watched {
				before[s] = table.Get(s)
			}
		}
	})
}

func BenchmarkApply(b *testing.B) {
	for _, n := range []int{1, 200} {
		b.Run(fmt.Sprintf("batch of %d", n), func(b *testing.B) {
			table := NewTable()
			var updates [2][]Update
			var slots []Slot
			for i := range n {
				s := must(table.Add(Path(fmt.Sprint("t", i)), Definition{}))
				slots = append(slots, s)
				for k := range updates {
					updates[k] = append(updates[k], Update{s, Sample{Value: OfFloat(float64(k)), Source: 1, Server: 1}})
				}
			}
			w := table.Watch(slots, func() {})
			var dst []Slot
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				table.Apply(updates[i&1])
				dst = w.Drain(dst[:0])
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/update")
		})
	}
}

func BenchmarkComputed10k(b *testing.B) {
	table := NewTable()
	const n = 10000
	var updates [2][]Update
	on, hi := must(table.Add("on", Definition{})), must(table.Add("hi", Definition{}))
	table.Apply([]Update{{on, Sample{Value: OfBool(true)}}, {hi, Sample{Value: OfFloat(5)}}})
	for i := range n {
		s := must(table.Add(Path(fmt.Sprint("v", i)), Definition{}))
		must(table.AddComputed(Path(fmt.Sprint("c", i)), Definition{}, []Slot{on, hi, s}, func(d []Sample) Sample {
			v, hi := d[2].Value.Float(), d[1].Value.Float()
			if d[0].Value.Bool() {
				return Sample{Value: OfBool(v > hi-2)}
			}
			return Sample{Value: OfBool(v > hi)}
		}))
		for k := range updates {
			updates[k] = append(updates[k], Update{s, Sample{Value: OfFloat(float64(k * 10)), Source: 1, Server: 1}})
		}
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		table.Apply(updates[i&1])
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*n), "ns/update")
}

func BenchmarkGet(b *testing.B) {
	table := NewTable()
	s := must(table.Add("a", Definition{}))
	for b.Loop() {
		table.Get(s)
	}
}
