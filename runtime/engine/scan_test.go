package engine

import (
	"context"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
)

// plainRequest reads nothing; it is known by its number.
type plainRequest int

func (plainRequest) Read(_ context.Context, dst []connector.Update) ([]connector.Update, error) {
	return dst, nil
}
func (r plainRequest) Points() []int { return []int{int(r)} }

func TestScanDoesNotDrift(t *testing.T) {
	zero := time.Unix(1000, 0)
	at := func(ms int) time.Time { return zero.Add(time.Duration(ms) * time.Millisecond) }
	s := newScan(100*time.Millisecond, []connector.Request{plainRequest(1)}, zero)
	take := func() {
		if (schedule{s}).request() == nil {
			t.Fatal("nothing to do in a round that has begun")
		}
	}
	for _, step := range []struct {
		name     string
		now      int
		missed   int
		running  bool
		next     int
		complete bool
	}{
		{"first round at once", 0, 0, true, 100, true},
		{"not yet", 60, 0, false, 100, false},
		{"a late look does not shift the next", 137, 0, true, 200, true},
		{"on time again", 200, 0, true, 300, false},
		{"still under way: an overrun", 300, 1, true, 400, true},
		{"three beginnings slept through", 735, 3, true, 800, true},
		{"and on the beat", 800, 0, true, 900, true},
	} {
		if missed := s.tick(at(step.now)); missed != step.missed {
			t.Errorf("%s: missed %d, want %d", step.name, missed, step.missed)
		}
		if s.running() != step.running {
			t.Errorf("%s: running %v", step.name, s.running())
		}
		if !s.next.Equal(at(step.next)) {
			t.Errorf("%s: next at %v, want %d ms", step.name, s.next.Sub(zero), step.next)
		}
		if step.complete {
			take()
		}
	}
}

// TestFastScansGoBetween: a slow class with many requests does not hold up a fast one.
func TestFastScansGoBetween(t *testing.T) {
	zero := time.Unix(1000, 0)
	var slow []connector.Request
	for i := range 50 {
		slow = append(slow, plainRequest(100+i))
	}
	s := schedule{newScan(10*time.Second, slow, zero), newScan(100*time.Millisecond, []connector.Request{plainRequest(1)}, zero)}
	now := zero
	fast := 0
	for range 60 {
		s.tick(now)
		r := s.request()
		if r == nil {
			break
		}
		if r.Points()[0] == 1 {
			fast++
		}
		now = now.Add(20 * time.Millisecond)
	}
	if fast < 10 {
		t.Errorf("the fast class came %d times in 1.2 s", fast)
	}
	if s.find(149) == nil || s.find(7) != nil {
		t.Error("find")
	}
}
