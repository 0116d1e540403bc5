package engine

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

// TestWriteQueueProperties: whatever is pushed, popped, withdrawn and shut in whatever
// order, every order ends exactly once, those of one tag never overtake each other, those of
// different tags keep the order in which they began to wait, and the queue stays bounded.
func TestWriteQueueProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const tags = 5
		sources := make([]*source, tags)
		for i := range sources {
			sources[i] = &source{}
		}
		var q writeQueue
		var model []*order // what must be waiting, in order
		ended := map[*order]bool{}
		end := func(o *order) {
			if ended[o] {
				t.Fatal("an order ended twice")
			}
			ended[o] = true
		}
		var all []*order
		open := true
		last := map[*source]int64{} // newest value sent
		t.Repeat(map[string]func(*rapid.T){
			"push": func(t *rapid.T) {
				o := &order{source: sources[rapid.IntRange(0, tags-1).Draw(t, "tag")], value: tag.OfInt(int64(len(all))), done: make(chan error, 1)}
				all = append(all, o)
				err := q.push(o)
				if !open {
					if !errors.Is(err, errDeviceLost) {
						t.Fatalf("a shut queue took an order: %v", err)
					}
					end(o)
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				for i, w := range model {
					if w.source == o.source {
						if e := <-w.done; !errors.Is(e, errSuperseded) {
							t.Fatalf("the older write ended with %v", e)
						}
						end(w)
						model[i] = o
						return
					}
				}
				model = append(model, o)
			},
			"pop": func(t *rapid.T) {
				o := q.pop()
				if len(model) == 0 {
					if o != nil {
						t.Fatal("popped from an empty queue")
					}
					return
				}
				if o != model[0] {
					t.Fatalf("popped %v, not the oldest %v", o, model[0])
				}
				if n := o.value.Int(); n < last[o.source] {
					t.Fatal("an older value was sent after a newer one")
				} else {
					last[o.source] = n
				}
				model = model[1:]
				end(o)
			},
			"withdraw": func(t *rapid.T) {
				if len(all) == 0 {
					return
				}
				o := rapid.SampledFrom(all).Draw(t, "order")
				waits := -1
				for i, w := range model {
					if w == o {
						waits = i
					}
				}
				if q.withdraw(o) != (waits >= 0) {
					t.Fatal("withdraw and the model differ")
				}
				if waits >= 0 {
					model = append(model[:waits:waits], model[waits+1:]...)
					end(o)
				}
			},
			"shut": func(t *rapid.T) {
				q.shut(errDeviceLost)
				for _, o := range model {
					if e := <-o.done; !errors.Is(e, errDeviceLost) {
						t.Fatalf("a waiting write ended with %v", e)
					}
					end(o)
				}
				model, open = nil, false
			},
			"open": func(t *rapid.T) { q.open(); open = true },
			"": func(t *rapid.T) {
				if q.size() != len(model) {
					t.Fatalf("%d wait, the model has %d", q.size(), len(model))
				}
			},
		})
	})
}

func TestWriteQueueIsBounded(t *testing.T) {
	var q writeQueue
	for i := range writeQueueSize {
		if err := q.push(&order{source: &source{}, done: make(chan error, 1)}); err != nil {
			t.Fatalf("write %d: %v", i, err)
		}
	}
	if err := q.push(&order{source: &source{}, done: make(chan error, 1)}); !errors.Is(err, errQueueFull) {
		t.Errorf("one more: %v", err)
	}
}
