package sparkplug

import "github.com/lineside/lineside/runtime/tag"

// change is a sample of a tag that waits to be sent.
type change struct {
	tag    int
	sample tag.Sample
}

// buffer keeps changes in their order while nobody is there to take them. When it is full, the oldest
// make room.
type buffer struct {
	most    int
	list    []change // a ring when it is full
	first   int
	dropped uint64
}

func (b *buffer) put(c change) {
	switch {
	case b.most == 0:
		b.dropped++
	case len(b.list) < b.most:
		b.list = append(b.list, c)
	default:
		b.list[b.first] = c
		b.first = (b.first + 1) % b.most
		b.dropped++
	}
}

func (b *buffer) len() int { return len(b.list) }

// take removes at most n of the oldest.
func (b *buffer) take(n int) []change {
	if b.first > 0 { // it was full: bring it into its order once
		b.list = append(append(make([]change, 0, len(b.list)), b.list[b.first:]...), b.list[:b.first]...)
		b.first = 0
	}
	n = min(n, len(b.list))
	out := b.list[:n:n]
	b.list = b.list[n:]
	if len(b.list) == 0 {
		b.list = nil
	}
	return out
}

// back puts changes that could not be sent in front again.
func (b *buffer) back(list []change) {
	all := append(append(make([]change, 0, len(list)+len(b.list)), list...), b.list...)
	if over := len(all) - b.most; over > 0 {
		all = all[over:]
		b.dropped += uint64(over)
	}
	b.list = all
}
