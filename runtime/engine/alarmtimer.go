package engine

import (
	"container/heap"
	"time"
)

// alarmHeap holds the alarms that wait for a time, the next first.
type alarmHeap []*alarmPoint

// put has an alarm stand where its time says, or not at all.
func (h *alarmHeap) put(p *alarmPoint) {
	due, ok := p.dueAt()
	switch {
	case !ok && p.place > 0:
		heap.Remove(h, p.place-1)
	case !ok:
	case p.place == 0:
		p.due = due
		heap.Push(h, p)
	case !due.Equal(p.due):
		p.due = due
		heap.Fix(h, p.place-1)
	}
}

// dueAt is when time alone changes something about an alarm: a delay, a shelf, or what is looked at again.
func (p *alarmPoint) dueAt() (due time.Time, ok bool) {
	b := p.build.Load()
	due, ok = p.record.Delay.Due(b.on, b.off)
	if s := p.record.Shelf; s != nil && (!ok || s.Until.Before(due)) {
		due, ok = s.Until, true
	}
	if !p.look.IsZero() && (!ok || p.look.Before(due)) {
		due, ok = p.look, true
	}
	return due, ok
}

// Len, Less, Swap, Push and Pop are those of container/heap.
func (h alarmHeap) Len() int { return len(h) }

func (h alarmHeap) Less(i, j int) bool { return h[i].due.Before(h[j].due) }

func (h alarmHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].place, h[j].place = i+1, j+1
}

func (h *alarmHeap) Push(x any) {
	p := x.(*alarmPoint)
	*h = append(*h, p)
	p.place = len(*h)
}

func (h *alarmHeap) Pop() any {
	list := *h
	p := list[len(list)-1]
	list[len(list)-1] = nil
	*h = list[:len(list)-1]
	p.place = 0
	return p
}
