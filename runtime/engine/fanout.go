package engine

import "sync"

// fanoutBuffer is how many things may wait for one listener; the oldest makes way.
const fanoutBuffer = 256

// fanout hands everything to every listener.
type fanout[T any] struct {
	mu        sync.Mutex
	listeners map[chan T]bool
}

// listen returns a channel on which what is sent from now on arrives, until cancel is called. A listener
// that does not read loses the oldest.
func (f *fanout[T]) listen() (<-chan T, func()) {
	c := make(chan T, fanoutBuffer)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.listeners == nil {
		f.listeners = map[chan T]bool{}
	}
	f.listeners[c] = true
	return c, func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		if f.listeners[c] {
			delete(f.listeners, c)
			close(c)
		}
	}
}

func (f *fanout[T]) send(x T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.listeners {
		for sent := false; !sent; {
			select {
			case c <- x:
				sent = true
			default:
				select {
				case <-c:
				default:
				}
			}
		}
	}
}
