package chunk

import (
	"encoding/binary"
	"math/bits"
)

// writer packs bits, the most significant first. finish ends them at a whole byte.
type writer struct {
	out  []byte
	acc  uint64 // bits that are not written yet, the lowest have of it
	have uint   // less than 64
}

func (w *writer) bit(b bool) {
	if b {
		w.bits(1, 1)
	} else {
		w.bits(0, 1)
	}
}

// bits writes the lowest n bits of v, which has no others; n is at most 64.
func (w *writer) bits(v uint64, n uint) {
	if have := w.have + n; have < 64 {
		w.acc, w.have = w.acc<<n|v, have
		return
	}
	rest := w.have + n - 64
	w.out = binary.BigEndian.AppendUint64(w.out, w.acc<<(64-w.have)|v>>rest)
	w.acc, w.have = v&(1<<rest-1), rest
}

// finish fills the last byte with zeros.
func (w *writer) finish() {
	for ; w.have >= 8; w.have -= 8 {
		w.out = append(w.out, byte(w.acc>>(w.have-8)))
	}
	if w.have > 0 {
		w.out = append(w.out, byte(w.acc<<(8-w.have)))
		w.have = 0
	}
}

// reset begins anew in the same memory.
func (w *writer) reset() { w.out, w.acc, w.have = w.out[:0], 0, 0 }

// steps are the sizes in bits that a signed number can take, by the place in sizes; the code before it says which, in unary: one
// 1 says that it is not 0, one more for every size that is too small, and a 0 ends them, but for the last.
type steps struct {
	sizes [4]uint
	// of is the place of the smallest size for a number of so many bits, costs how many bits it takes with the code.
	of    [65]uint8
	costs [65]uint8
}

func makeSteps(sizes [4]uint) *steps {
	s := &steps{sizes: sizes}
	s.costs[0] = 1
	for need := 1; need <= 64; need++ {
		i := 0
		for sizes[i] < uint(need) {
			i++
		}
		s.of[need], s.costs[need] = uint8(i), uint8(min(i+2, len(sizes))+int(sizes[i]))
	}
	return s
}

var (
	timeSteps  = makeSteps([4]uint{7, 12, 20, 64})
	valueSteps = makeSteps([4]uint{6, 12, 24, 64})
)

// zigzag puts the sign last, so that numbers near 0 have few bits.
func zigzag(v int64) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

// cost is how many bits signed takes for a number.
func (s *steps) cost(v int64) uint { return uint(s.costs[bits.Len64(zigzag(v))]) }

// signed writes a number that is mostly 0 or small.
func (w *writer) signed(v int64, s *steps) {
	if v == 0 {
		w.bits(0, 1)
		return
	}
	z := zigzag(v)
	i := uint(s.of[bits.Len64(z)])
	if i == uint(len(s.sizes)-1) {
		w.bits(1<<(i+1)-1, i+1)
		w.bits(z, 64)
		return
	}
	size := s.sizes[i]
	w.bits((1<<(i+1)-1)<<(size+1)|z, i+2+size)
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

// zeros takes bits as long as they are 0, at most n of them, and says how many: some of those that follow, not all.
func (r *reader) zeros(n int) int {
	at := r.at / 8
	if at+8 > uint(len(r.in)) {
		return 0
	}
	there := 64 - r.at%8
	n = min(n, int(there), bits.LeadingZeros64(binary.BigEndian.Uint64(r.in[at:])<<(r.at%8)))
	r.at += uint(n)
	return n
}

func (r *reader) signed(s *steps) int64 {
	if at := r.at / 8; at+8 <= uint(len(r.in)) {
		// At least 57 bits are there, which most numbers fit into with their code.
		v := binary.BigEndian.Uint64(r.in[at:]) << (r.at % 8)
		ones := uint(bits.LeadingZeros64(^v))
		if ones == 0 {
			r.at++
			return 0
		}
		if ones < uint(len(s.sizes)) {
			size := s.sizes[ones-1]
			r.at += ones + 1 + size
			z := v << (ones + 1) >> (64 - size)
			return int64(z>>1) ^ -int64(z&1)
		}
	} else if !r.bit() {
		return 0
	} else {
		r.at--
	}
	i := 0
	for r.bit(); i < len(s.sizes)-1 && r.bit(); {
		i++
	}
	z := r.bits(s.sizes[i])
	return int64(z>>1) ^ -int64(z&1)
}
