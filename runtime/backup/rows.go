package backup

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"

	"github.com/lineside/lineside/runtime/store"
)

// A part with rows is, for every row, the length of what follows, and for every column one byte that says what it
// holds, and that: 0 nothing · 1 an int64 as a varint · 2 a float64 in 8 bytes · 3 a text and 4 bytes behind their length ·
// 5 true · 6 false. A length of 0 ends it. Lengths are uvarints.
const (
	noValue = iota
	intValue
	floatValue
	textValue
	bytesValue
	trueValue
	falseValue
)

// maxRow bounds a row: an app of any size is one value.
const maxRow = 512 << 20

// appendRow packs a row.
func appendRow(b []byte, row []any) ([]byte, error) {
	for _, v := range row {
		switch x := v.(type) {
		case nil:
			b = append(b, noValue)
		case int64:
			b = binary.AppendVarint(append(b, intValue), x)
		case float64:
			b = binary.LittleEndian.AppendUint64(append(b, floatValue), math.Float64bits(x))
		case string:
			b = append(binary.AppendUvarint(append(b, textValue), uint64(len(x))), x...)
		case []byte:
			b = append(binary.AppendUvarint(append(b, bytesValue), uint64(len(x))), x...)
		case bool:
			if x {
				b = append(b, trueValue)
			} else {
				b = append(b, falseValue)
			}
		default:
			return b, fmt.Errorf("a %T cannot be kept", v)
		}
	}
	return b, nil
}

var errRow = errors.New("a row is damaged")

// readRow unpacks a row; its bytes are those of b.
func readRow(b []byte, row []any) error {
	for i := range row {
		if len(b) == 0 {
			return errRow
		}
		kind := b[0]
		b = b[1:]
		switch kind {
		case noValue:
			row[i] = nil
		case intValue:
			x, n := binary.Varint(b)
			if n <= 0 {
				return errRow
			}
			row[i], b = x, b[n:]
		case floatValue:
			if len(b) < 8 {
				return errRow
			}
			row[i], b = math.Float64frombits(binary.LittleEndian.Uint64(b)), b[8:]
		case textValue, bytesValue:
			size, n := binary.Uvarint(b)
			if n <= 0 || size > uint64(len(b)-n) {
				return errRow
			}
			part := b[n : n+int(size)]
			b = b[n+int(size):]
			if row[i] = any(part); kind == textValue {
				row[i] = string(part)
			}
		case trueValue, falseValue:
			row[i] = kind == trueValue
		default:
			return errRow
		}
	}
	if len(b) > 0 {
		return errRow
	}
	return nil
}

// content is a checksum over rows that does not depend on their order, which databases do not promise: the sum of
// their SHA-256, modulo 2^256.
type content [4]uint64

func (c *content) add(packed []byte) {
	h := sha256.Sum256(packed)
	carry := uint64(0)
	for i := range c {
		c[i], carry = bits.Add64(c[i], binary.LittleEndian.Uint64(h[8*i:]), carry)
	}
}

func (c *content) String() string {
	var b [32]byte
	for i, x := range c {
		binary.LittleEndian.PutUint64(b[8*i:], x)
	}
	return hex.EncodeToString(b[:])
}

// rowReader reads a part with rows.
type rowReader struct {
	r       *bufio.Reader
	row     []any
	packed  []byte
	rows    int64
	content content
}

func newRowReader(r io.Reader, columns []store.Column) *rowReader {
	return &rowReader{r: bufio.NewReaderSize(r, 256<<10), row: make([]any, len(columns))}
}

// next gives the next row, nil at the end. It is good until the next call.
func (r *rowReader) next() ([]any, error) {
	size, err := binary.ReadUvarint(r.r)
	if err != nil {
		return nil, unexpected(err)
	}
	if size == 0 {
		if _, err := r.r.ReadByte(); !errors.Is(err, io.EOF) {
			return nil, errors.Join(err, errRow)
		}
		return nil, nil
	}
	if size > maxRow {
		return nil, errRow
	}
	// The size may be a lie: no more is taken than comes.
	r.packed = r.packed[:0]
	for uint64(len(r.packed)) < size {
		n := min(size-uint64(len(r.packed)), 1<<20)
		at := len(r.packed)
		r.packed = append(r.packed, make([]byte, n)...)
		if _, err := io.ReadFull(r.r, r.packed[at:]); err != nil {
			return nil, unexpected(err)
		}
	}
	if err := readRow(r.packed, r.row); err != nil {
		return nil, err
	}
	r.rows++
	r.content.add(r.packed)
	return r.row, nil
}

func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
