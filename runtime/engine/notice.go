package engine

import "sync"

// Codes of notices.
const (
	// NoticeRevision: an installation runs another revision, or its screens must be opened
	// again because the tags they show have moved.
	NoticeRevision = "revision"
	// NoticeRemoved: an installation is gone.
	NoticeRemoved = "removed"
	// NoticePlant: the plant was changed.
	NoticePlant = "plant"
)

// Notice is something that open sessions should know.
type Notice struct {
	Code         string
	Installation string
	Revision     int
}

// notices hands every notice to every listener.
type notices struct {
	mu        sync.Mutex
	listeners map[chan Notice]bool
}

// noticeBuffer is how many notices may wait for one listener; the oldest makes way.
const noticeBuffer = 64

// Notices returns a channel on which what happens from now on arrives, until cancel is
// called. A listener that does not read loses the oldest ones.
func (e *Engine) Notices() (<-chan Notice, func()) {
	n := &e.notices
	c := make(chan Notice, noticeBuffer)
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.listeners == nil {
		n.listeners = map[chan Notice]bool{}
	}
	n.listeners[c] = true
	return c, func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		if n.listeners[c] {
			delete(n.listeners, c)
			close(c)
		}
	}
}

func (n *notices) send(x Notice) {
	n.mu.Lock()
	defer n.mu.Unlock()
	for c := range n.listeners {
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
