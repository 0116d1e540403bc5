package historian

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/lineside/lineside/runtime/tag"
)

// journal is the log of samples that are not in the database yet: files of records, each a length, a check
// sum (CRC-32C) and entries. It is written from one goroutine.
type journal struct {
	dir   string
	file  *os.File
	seq   int
	size  int64 // of the present file, whole records
	batch []byte
	last  Entry // what the next entry of the record is told by
	torn  int   // files that ended in the midst of a record
}

// journalMagic begins a file whose entries are told by what differs from the last; files of earlier versions have none.
var journalMagic = [8]byte{'L', 'S', 'J', 0xff, 2, 0, 0, 0}

// maxRecord bounds what one record may claim to hold.
const maxRecord = 64 << 20

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const journalSuffix = ".journal"

// openJournal makes the folder and begins a new file behind those that are there.
func openJournal(dir string) (*journal, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("history journal: %w", err)
	}
	j := &journal{dir: dir}
	old, err := j.files()
	if err != nil {
		return nil, err
	}
	if len(old) > 0 {
		j.seq = old[len(old)-1]
	}
	return j, j.next()
}

func (j *journal) name(seq int) string {
	return filepath.Join(j.dir, fmt.Sprintf("%08d%s", seq, journalSuffix))
}

// files lists the numbers of the files, the oldest first.
func (j *journal) files() ([]int, error) {
	list, err := os.ReadDir(j.dir)
	if err != nil {
		return nil, fmt.Errorf("history journal: %w", err)
	}
	var out []int
	for _, f := range list {
		if text, ok := strings.CutSuffix(f.Name(), journalSuffix); ok {
			if n, err := strconv.Atoi(text); err == nil {
				out = append(out, n)
			}
		}
	}
	slices.Sort(out)
	return out, nil
}

// next begins a new file.
func (j *journal) next() error {
	f, err := os.OpenFile(j.name(j.seq+1), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return full(fmt.Errorf("history journal: %w", err))
	}
	if j.file != nil {
		_ = j.file.Close() // what had to be on disk was synced
	}
	j.seq++
	j.file, j.size = f, 0
	return nil
}

// add puts a sample into the record that is being made.
func (j *journal) add(series int64, s *Sample) {
	if len(j.batch) == 0 {
		j.batch = append(j.batch, make([]byte, 8)...)
		j.last = Entry{}
	}
	j.batch = appendEntry(j.batch, &j.last, series, s)
}

// flush writes the record, and with sync also sees to it that it is on the disk. When it fails the
// file is cut back to whole records and the record is kept, to be written by the next flush.
func (j *journal) flush(sync bool) error {
	if len(j.batch) > 0 {
		if j.size == 0 {
			if _, err := j.file.WriteAt(journalMagic[:], 0); err != nil {
				return full(fmt.Errorf("history journal: %w", err))
			}
			j.size = int64(len(journalMagic))
		}
		binary.LittleEndian.PutUint32(j.batch, uint32(len(j.batch)-8))
		binary.LittleEndian.PutUint32(j.batch[4:], crc32.Checksum(j.batch[8:], castagnoli))
		if _, err := j.file.WriteAt(j.batch, j.size); err != nil {
			_ = j.file.Truncate(j.size)
			return full(fmt.Errorf("history journal: %w", err))
		}
		j.size += int64(len(j.batch))
		j.batch = j.batch[:0]
	}
	if sync {
		if err := j.file.Sync(); err != nil {
			return full(fmt.Errorf("history journal: %w", err))
		}
	}
	return nil
}

// full marks an error that says that the disk is full.
func full(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// drop deletes the files up to a number.
func (j *journal) drop(upTo int) error {
	list, err := j.files()
	if err != nil {
		return err
	}
	for _, n := range list {
		if n > upTo || n == j.seq {
			continue
		}
		if err := os.Remove(j.name(n)); err != nil {
			return fmt.Errorf("history journal: %w", err)
		}
	}
	return nil
}

// replay reads all files but the present one. A record that was cut off or spoiled ends its file: what comes
// behind it was never acknowledged.
func (j *journal) replay(take func(*Entry)) error {
	list, err := j.files()
	if err != nil {
		return err
	}
	for _, n := range list {
		if n == j.seq {
			continue
		}
		f, err := os.Open(j.name(n))
		if err != nil {
			return fmt.Errorf("history journal: %w", err)
		}
		if !readJournal(bufio.NewReaderSize(f, 256<<10), take) {
			j.torn++
		}
		_ = f.Close()
	}
	return nil
}

// readJournal reads records until one is not whole; false when that is not the end.
func readJournal(r io.Reader, take func(*Entry)) bool {
	var head [8]byte
	var body []byte
	read, first := readEntry, true
	for {
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return errors.Is(err, io.EOF)
		}
		if first && head == journalMagic {
			read, first = readNext, false
			continue
		}
		first = false
		size := binary.LittleEndian.Uint32(head[:])
		if size > maxRecord {
			return false
		}
		var err error
		if body, err = readFull(r, body[:0], int(size)); err != nil || crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
			return false
		}
		var e Entry
		for rest := body; len(rest) > 0; {
			n := read(rest, &e)
			if n == 0 {
				return false
			}
			take(&e)
			rest = rest[n:]
		}
	}
}

// readFull reads n bytes, and does not ask for more memory than there is to read.
func readFull(r io.Reader, dst []byte, n int) ([]byte, error) {
	for len(dst) < n {
		part := min(n-len(dst), 1<<20)
		dst = slices.Grow(dst, part)
		got, err := io.ReadFull(r, dst[len(dst):len(dst)+part])
		dst = dst[:len(dst)+got]
		if err != nil {
			return dst, err
		}
	}
	return dst, nil
}

// The first byte of an entry: the type in the lowest three bits, then whether the quality is told, whether the time
// is told in nanoseconds rather than milliseconds, and the value of a bool.
const (
	entryQuality = 1 << 3
	entryNano    = 1 << 4
	entryTrue    = 1 << 5
)

// entryRoom is how long an entry may be without its text: the first byte, three numbers of ten bytes, the quality.
const entryRoom = 1 + 3*binary.MaxVarintLen64 + binary.MaxVarintLen32

// appendEntry writes a sample by what differs from the last, which becomes this one.
func appendEntry(dst []byte, last *Entry, series int64, s *Sample) []byte {
	if cap(dst)-len(dst) < entryRoom {
		dst = slices.Grow(dst, max(64<<10, len(dst)/2))
	}
	at := len(dst)
	dst = dst[:at+entryRoom]
	typ := s.Value.Type()
	head := byte(typ)
	step := int64(s.Time - last.Sample.Time)
	if whole := step / 1e6; whole*1e6 == step {
		step = whole
	} else {
		head |= entryNano
	}
	n := at + 1
	n += putVarint(dst[n:], series-last.Series)
	n += putVarint(dst[n:], step)
	if s.Quality != tag.Good {
		head |= entryQuality
		n += binary.PutUvarint(dst[n:], uint64(s.Quality))
	}
	last.Series, last.Sample.Time = series, s.Time
	text := ""
	switch typ {
	case tag.None:
	case tag.Bool:
		if s.Value.Bool() {
			head |= entryTrue
		}
	case tag.Int:
		n += putVarint(dst[n:], s.Value.Int())
	case tag.Float:
		binary.LittleEndian.PutUint64(dst[n:], math.Float64bits(s.Value.Float()))
		n += 8
	default:
		text = s.Value.Text()
		n += binary.PutUvarint(dst[n:], uint64(len(text)))
	}
	dst[at] = head
	return append(dst[:n], text...)
}

// putVarint is binary.PutVarint, sooner done with for what is near 0.
func putVarint(dst []byte, v int64) int {
	if z := uint64(v<<1) ^ uint64(v>>63); z < 0x80 {
		dst[0] = byte(z)
		return 1
	}
	return binary.PutVarint(dst, v)
}

// readNext reads one entry over the last and returns its length, 0 when it is broken.
func readNext(data []byte, e *Entry) int {
	head, at := data[0], 1
	varint := func() (v int64) {
		v, n := binary.Varint(data[at:])
		if n <= 0 {
			at = len(data) + 1
			return 0
		}
		at += n
		return v
	}
	broken := func() bool { return at > len(data) }
	e.Series += varint()
	if broken() {
		return 0
	}
	step := varint()
	if broken() {
		return 0
	}
	if head&entryNano == 0 {
		step *= 1e6
	}
	e.Sample.Time += tag.Time(step)
	e.Sample.Quality, e.Sample.Value = tag.Good, tag.Value{}
	if head&entryQuality != 0 {
		q, n := binary.Uvarint(data[at:])
		if n <= 0 || q > math.MaxUint32 {
			return 0
		}
		e.Sample.Quality = tag.Quality(q)
		at += n
	}
	switch typ := tag.Type(head & 7); typ {
	case tag.None:
	case tag.Bool:
		e.Sample.Value = tag.OfBool(head&entryTrue != 0)
	case tag.Int:
		v := varint()
		if broken() {
			return 0
		}
		e.Sample.Value = tag.OfInt(v)
	case tag.Float:
		if len(data)-at < 8 {
			return 0
		}
		e.Sample.Value = tag.OfFloat(math.Float64frombits(binary.LittleEndian.Uint64(data[at:])))
		at += 8
	case tag.String, tag.Bytes, tag.JSON:
		size, n := binary.Uvarint(data[at:])
		if n <= 0 || size > uint64(len(data)-at-n) {
			return 0
		}
		at += n
		e.Sample.Value = textValue(typ, string(data[at:at+int(size)]))
		at += int(size)
	default:
		return 0
	}
	return at
}

// textValue is a text as a value of a type.
func textValue(typ tag.Type, text string) tag.Value {
	switch typ {
	case tag.String:
		return tag.OfString(text)
	case tag.JSON:
		return tag.OfJSON(text)
	}
	return tag.OfBytes([]byte(text))
}

// readEntry reads one entry of an earlier version and returns its length, 0 when it is broken.
func readEntry(data []byte, e *Entry) int {
	rest, ok := data, true
	varint := func() int64 {
		v, n := binary.Varint(rest)
		if n <= 0 {
			ok = false
			return 0
		}
		rest = rest[n:]
		return v
	}
	uvarint := func() uint64 {
		v, n := binary.Uvarint(rest)
		if n <= 0 {
			ok = false
			return 0
		}
		rest = rest[n:]
		return v
	}
	e.Series = varint()
	e.Sample.Time = tag.Time(varint())
	e.Sample.Quality = tag.Quality(uvarint())
	if !ok || len(rest) == 0 {
		return 0
	}
	typ := tag.Type(rest[0])
	rest = rest[1:]
	e.Sample.Value = tag.Value{}
	switch typ {
	case tag.None:
	case tag.Bool:
		e.Sample.Value = tag.OfBool(varint() != 0)
	case tag.Int:
		e.Sample.Value = tag.OfInt(varint())
	case tag.Float:
		if len(rest) < 8 {
			return 0
		}
		e.Sample.Value = tag.OfFloat(math.Float64frombits(binary.LittleEndian.Uint64(rest)))
		rest = rest[8:]
	case tag.String, tag.Bytes, tag.JSON:
		size := uvarint()
		if !ok || size > uint64(len(rest)) {
			return 0
		}
		e.Sample.Value = textValue(typ, string(rest[:size]))
		rest = rest[size:]
	default:
		return 0
	}
	if !ok {
		return 0
	}
	return len(data) - len(rest)
}
