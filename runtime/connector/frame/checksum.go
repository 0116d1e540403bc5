package frame

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/crc32"
)

// sums are the checksums by name, with their size in bytes.
var sums = map[string]struct {
	size int
	of   func([]byte) uint32
}{
	"sum8":         {1, func(b []byte) uint32 { return uint32(add(b)) }},
	"lrc":          {1, func(b []byte) uint32 { return uint32(-add(b)) }},
	"xor":          {1, xor},
	"crc16-modbus": {2, crcModbus},
	"crc16-ccitt":  {2, func(b []byte) uint32 { return crcCCITT(0xFFFF, b) }},
	"crc16-xmodem": {2, func(b []byte) uint32 { return crcCCITT(0, b) }},
	"crc32":        {4, crc32.ChecksumIEEE},
}

func add(b []byte) (sum byte) {
	for _, c := range b {
		sum += c
	}
	return sum
}

func xor(b []byte) uint32 {
	sum := byte(0)
	for _, c := range b {
		sum ^= c
	}
	return uint32(sum)
}

// crcModbus has the reflected polynomial 0xA001 and begins with 0xFFFF (MODBUS over Serial
// Line V1.02, clause 6.2.2).
func crcModbus(b []byte) uint32 {
	c := uint16(0xFFFF)
	for _, x := range b {
		c ^= uint16(x)
		for range 8 {
			if c&1 != 0 {
				c = c>>1 ^ 0xA001
			} else {
				c >>= 1
			}
		}
	}
	return uint32(c)
}

// crcCCITT has the polynomial 0x1021 (ITU-T V.41), most significant bit first.
func crcCCITT(c uint16, b []byte) uint32 {
	for _, x := range b {
		c ^= uint16(x) << 8
		for range 8 {
			if c&0x8000 != 0 {
				c = c<<1 ^ 0x1021
			} else {
				c <<= 1
			}
		}
	}
	return uint32(c)
}

// checksum says which bytes of a frame guard which.
type checksum struct {
	of     func([]byte) uint32
	size   int // of the sum, in bytes
	hex    bool
	little bool
	from   int // bytes at the beginning that are not covered
	gap    int // bytes between those that are covered and the sum
	tail   int // bytes behind the sum
}

// width is the number of bytes that the sum takes in the frame.
func (c *checksum) width() int {
	if c.hex {
		return 2 * c.size
	}
	return c.size
}

// put is the sum as it stands in a frame.
func (c *checksum) put(covered []byte) []byte {
	var all [4]byte
	sum := c.of(covered)
	b := all[:c.size]
	for i := range b {
		shift := 8 * (c.size - 1 - i)
		if c.little {
			shift = 8 * i
		}
		b[i] = byte(sum >> shift)
	}
	if c.hex {
		return bytes.ToUpper(hex.AppendEncode(nil, b))
	}
	return bytes.Clone(b)
}

// check reports whether the sum of a frame, markers included, is right.
func (c *checksum) check(raw []byte) bool {
	at := len(raw) - c.tail - c.width()
	if at-c.gap < c.from {
		return false
	}
	return bytes.EqualFold(raw[at:at+c.width()], c.put(raw[c.from:at-c.gap])) && (c.hex || bytes.Equal(raw[at:at+c.width()], c.put(raw[c.from:at-c.gap])))
}

// end appends the sum to what is to be sent, of which the beginning is there.
func (c *checksum) end(sent []byte) ([]byte, error) {
	to := len(sent) - c.gap
	if to < c.from {
		return nil, fmt.Errorf("the checksum comes before what it covers")
	}
	return append(sent, c.put(sent[c.from:to])...), nil
}

// loadUint puts up to eight bytes together, most significant first, in one of the orders big,
// little, word-swapped (CDAB) and byte-swapped (BADC).
func loadUint(b []byte, order string) uint64 {
	var all [8]byte
	n := copy(all[8-len(b):], b)
	at := all[8-n:]
	reorder(at, order)
	return binary.BigEndian.Uint64(all[:])
}

// storeUint is the way back of loadUint, for n bytes.
func storeUint(u uint64, n int, order string) []byte {
	b := binary.BigEndian.AppendUint64(nil, u)[8-n:]
	reorder(b, order)
	return b
}

// reorder turns an order into big-endian and back.
func reorder(b []byte, order string) {
	reverse := func(b []byte) {
		for i, j := 0, len(b)-1; i < j; i, j = i+1, j-1 {
			b[i], b[j] = b[j], b[i]
		}
	}
	switch order {
	case "little":
		reverse(b)
	case "byte-swapped":
		for i := 0; i+1 < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
	case "word-swapped":
		reverse(b)
		for i := 0; i+1 < len(b); i += 2 {
			b[i], b[i+1] = b[i+1], b[i]
		}
	}
}
