package engine

import (
	"sync"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// writeQueueSize is how many writes wait for one device at most.
const writeQueueSize = 256

// order is one value on its way to a device. Exactly one outcome is sent on done.
type order struct {
	source *source
	point  connector.Point
	value  tag.Value
	// whole is the value rounded, for a device that holds whole numbers only; none when the
	// value is whole already or not scaled.
	whole tag.Value
	done  chan error // capacity 1
}

// writeQueue holds the writes of a device in the order they came. A newer value for a tag
// takes the place of one that still waits; the older write ends with errSuperseded.
type writeQueue struct {
	mu      sync.Mutex
	waiting []*order
	// refuse ends every new write; nil while the device is connected.
	refuse error
}

// push appends an order. It fails when the queue is full or closed.
func (q *writeQueue) push(o *order) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse != nil {
		return q.refuse
	}
	for i, w := range q.waiting {
		if w.source == o.source {
			w.done <- errSuperseded
			q.waiting[i] = o
			return nil
		}
	}
	if len(q.waiting) >= writeQueueSize {
		return errQueueFull
	}
	q.waiting = append(q.waiting, o)
	return nil
}

// pop takes the oldest order, nil when there is none.
func (q *writeQueue) pop() *order {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return nil
	}
	o := q.waiting[0]
	copy(q.waiting, q.waiting[1:])
	q.waiting[len(q.waiting)-1] = nil
	q.waiting = q.waiting[:len(q.waiting)-1]
	return o
}

// withdraw takes back an order that was not sent yet.
func (q *writeQueue) withdraw(o *order) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for i, w := range q.waiting {
		if w == o {
			q.waiting = append(q.waiting[:i], q.waiting[i+1:]...)
			return true
		}
	}
	return false
}

// open lets writes in.
func (q *writeQueue) open() {
	q.mu.Lock()
	q.refuse = nil
	q.mu.Unlock()
}

// shut ends all waiting writes with err, and every later one until open.
func (q *writeQueue) shut(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.refuse = err
	for i, o := range q.waiting {
		o.done <- err
		q.waiting[i] = nil
	}
	q.waiting = q.waiting[:0]
}

// size is the number of waiting writes.
func (q *writeQueue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}
