package chunk

import (
	"encoding/binary"
	"math/bits"
)

// writer packs bits, the most significant first. finish ends them at a whole byte.
type writer struct {
	out  []byte
	acc  uint64 // bits that are no whole byte yet, the lowest have of it
	have uint
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
	if n > 32 {
		w.bits(v>>32, n-32)
		n = 32
	}
	w.acc = w.acc<<n | v&(1<<n-1)
	for w.have += n; w.have >= 8; {
		w.have -= 8
		w.out = append(w.out, byte(w.acc>>w.have))
	}
}

// finish fills the last byte with zeros.
func (w *writer) finish() {
	if w.have > 0 {
		w.out = append(w.out, byte(w.acc<<(8-w.have)))
		w.have = 0
	}
}

// reset begins anew in the same memory.
func (w *writer) reset() { w.out, w.acc, w.have = w.out[:0], 0, 0 }

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
		if last {
			w.bits(1<<(i+1)-1, uint(i)+1)
			w.bits(z, size)
			return
		}
		w.bits((1<<(i+1)-1)<<(size+1)|z, uint(i)+2+size)
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
	if at := r.at / 8; n <= 56 && at+8 <= uint(len(r.in)) {
		v := binary.BigEndian.Uint64(r.in[at:]) << (r.at % 8) >> (64 - n)
		r.at += n
		return v
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
