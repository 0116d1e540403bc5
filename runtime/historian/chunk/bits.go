package chunk

import "math/bits"

// writer packs bits, the most significant first.
type writer struct {
	out  []byte
	free uint // bits of the last byte that are not used yet
}

func (w *writer) bit(b bool) {
	if b {
		w.bits(1, 1)
	} else {
		w.bits(0, 1)
	}
}

// bits writes the lowest n bits of v, n at most 64.
func (w *writer) bits(v uint64, n uint) {
	for n > 0 {
		if w.free == 0 {
			w.out, w.free = append(w.out, 0), 8
		}
		take := min(n, w.free)
		part := v >> (n - take) & (1<<take - 1)
		w.out[len(w.out)-1] |= byte(part << (w.free - take))
		n, w.free = n-take, w.free-take
	}
}

// steps are the sizes in bits that a signed number can take; the code before it says which, in unary.
type steps [4]uint

var (
	timeSteps  = steps{7, 12, 20, 64}
	valueSteps = steps{6, 12, 24, 64}
)

// signed writes a number that is mostly 0 or small.
func (w *writer) signed(v int64, s *steps) {
	if v == 0 {
		w.bit(false)
		return
	}
	z := uint64(v<<1) ^ uint64(v>>63)
	need := uint(bits.Len64(z))
	for i, size := range s {
		last := i == len(s)-1
		if need > size && !last {
			continue
		}
		// One 1 says that it is not 0, one more for every size that is too small; a 0 ends them, but for the last.
		w.bits(1<<(i+1)-1, uint(i)+1)
		if !last {
			w.bit(false)
		}
		w.bits(z, size)
		return
	}
}

// reader unpacks what a writer wrote. After the end it gives zeros and is spent.
type reader struct {
	in    []byte
	at    uint // in bits
	spent bool
}

func (r *reader) bits(n uint) uint64 {
	if r.at+n > uint(len(r.in))*8 {
		r.spent = true
		return 0
	}
	var v uint64
	for n > 0 {
		left := 8 - r.at%8
		take := min(n, left)
		v = v<<take | uint64(r.in[r.at/8]>>(left-take))&(1<<take-1)
		n, r.at = n-take, r.at+take
	}
	return v
}

func (r *reader) bit() bool { return r.bits(1) == 1 }

func (r *reader) signed(s *steps) int64 {
	if !r.bit() {
		return 0
	}
	i := 0
	for i < len(s)-1 && r.bit() {
		i++
	}
	z := r.bits(s[i])
	return int64(z>>1) ^ -int64(z&1)
}
