package file

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// Bounds of what is read, in bytes.
const (
	// maxDocument is the largest JSON text.
	maxDocument = 4 << 20
	// maxStep is the most that is read of CSV and lines in one look; of what came beyond it only
	// the last is.
	maxStep = 8 << 20
	// maxHead is read of the beginning of a large file: the names of the columns, and first rows.
	maxHead = 256 << 10
	chunk   = 256 << 10
	// probe is the length of what is remembered before the place that was read to.
	probe = 64
)

// settle is how long after its last change a file counts as being written.
const settle = 2 * time.Second

// tail is one file, as far as it was read.
type tail struct {
	name      string
	settings  *Settings
	picks     []payload.Pick
	linePicks []payload.LinePick

	info    os.FileInfo // of the last look
	changed tag.Time

	charset *payload.Charset
	offset  int64  // what is before was decoded
	before  []byte // the bytes there
	carry   []byte // decoded, but not yet a whole record
	table   *payload.Table
	lines   *payload.Lines
	err     error

	// What is to be seen: with the unfinished record at the end, once it seems to be finished.
	view     *payload.Table
	lineView *payload.Lines
	document []byte
	settling bool // it must be looked at again although it has not changed
}

// fresh reports whether the file has changed just now.
func (t *tail) fresh() bool { return time.Since(t.info.ModTime()) < settle }

// look reads what is new, and tells whether anything is.
func (t *tail) look(ctx context.Context, closed func() bool) (bool, error) {
	f, err := folder.Open(t.name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return false, err
	}
	same := t.info != nil && os.SameFile(t.info, info)
	untouched := same && t.info.Size() == info.Size() && t.info.ModTime().Equal(info.ModTime())
	if untouched && !t.settling {
		return false, nil
	}
	old := t.info
	t.info, t.changed = info, tag.TimeOf(info.ModTime())
	if t.settings.Format == "json" {
		return true, t.whole(f)
	}
	if !untouched && (!same || info.Size() <= old.Size() || !t.continues(f)) {
		t.restart()
	}
	if err := t.advance(ctx, closed, f); err != nil {
		t.info = nil // again from the beginning
		return false, err
	}
	return true, t.finish(f)
}

// whole reads a JSON text.
func (t *tail) whole(f io.Reader) error {
	text, err := payload.ReadLimited(f, maxDocument)
	if err != nil {
		t.info = nil
		return err
	}
	t.document, t.err = t.settings.charset.Decode(text)
	return nil
}

func (t *tail) restart() {
	t.offset, t.before, t.carry, t.charset, t.err = 0, nil, nil, t.settings.charset, nil
	t.table = payload.NewTable(payload.CSV{Delimiter: delimiters[t.settings.Delimiter], Header: !t.settings.Headless, Zone: t.settings.zone}, t.picks)
	t.lines = payload.NewLines(t.settings.zone, t.linePicks)
}

// continues tells whether the file was only added to.
func (t *tail) continues(f io.ReaderAt) bool {
	now := make([]byte, len(t.before))
	_, err := f.ReadAt(now, t.offset-int64(len(now)))
	return t.table != nil && err == nil && bytes.Equal(now, t.before)
}

// advance reads on to the last line break.
func (t *tail) advance(ctx context.Context, closed func() bool, f io.ReaderAt) error {
	size := t.info.Size()
	if t.offset == 0 && size > maxStep {
		if err := t.read(ctx, closed, f, maxHead); err != nil {
			return err
		}
	}
	if from := size - maxStep; from > t.offset {
		if t.charset.Wide() {
			from &^= 1
		}
		if err := t.jump(f, from); err != nil {
			return err
		}
	}
	return t.read(ctx, closed, f, size)
}

// read reads up to a place, as far as there are line breaks.
func (t *tail) read(ctx context.Context, closed func() bool, f io.ReaderAt, to int64) error {
	buf := make([]byte, chunk)
	var rest []byte // of a line that is longer than a chunk
	for at := t.offset; at < to; {
		if ctx.Err() != nil || closed() {
			return context.Canceled
		}
		n, err := f.ReadAt(buf[:min(int64(chunk), to-at)], at)
		if n == 0 {
			if errors.Is(err, io.EOF) {
				return nil // it became shorter meanwhile
			}
			return err
		}
		at += int64(n)
		rest = append(rest, buf[:n]...)
		if t.offset == 0 && len(rest) >= 3 {
			t.charset, _ = t.charset.Marked(rest)
		}
		end := t.lineEnd(rest)
		if end == 0 && len(rest) > 4*chunk {
			end = len(rest) &^ 1 // not a line: it is left out below
		}
		if end == 0 {
			continue
		}
		t.feed(rest[:end])
		t.offset += int64(end)
		t.before = bytes.Clone(rest[max(0, end-probe):end])
		rest = rest[end:]
	}
	return nil
}

// lineEnd is the length of the complete lines of a text, in its own encoding. In GBK no byte of
// a character is a line feed.
func (t *tail) lineEnd(text []byte) int {
	if !t.charset.Wide() {
		return bytes.LastIndexByte(text, '\n') + 1
	}
	for i := len(text)&^1 - 2; i >= 0; i -= 2 {
		if text[i] == '\n' && text[i+1] == 0 || text[i] == 0 && text[i+1] == '\n' {
			return i + 2
		}
	}
	return 0
}

// jump leaves out what lies before a place, up to the next line.
func (t *tail) jump(f io.ReaderAt, to int64) error {
	buf := make([]byte, chunk)
	n, err := f.ReadAt(buf, to)
	if n == 0 {
		return err
	}
	skip := n &^ 1
	if t.charset.Wide() {
		for i := 0; i+1 < n; i += 2 {
			if buf[i] == '\n' && buf[i+1] == 0 || buf[i] == 0 && buf[i+1] == '\n' {
				skip = i + 2
				break
			}
		}
	} else if i := bytes.IndexByte(buf[:n], '\n'); i >= 0 {
		skip = i + 1
	}
	t.offset, t.carry = to+int64(skip), nil
	t.before = bytes.Clone(buf[max(0, skip-probe):skip])
	return nil
}

// feed takes complete lines in.
func (t *tail) feed(raw []byte) {
	text, err := t.charset.Decode(raw)
	if t.err = err; err != nil {
		return
	}
	if len(t.carry) > 0 {
		text = append(t.carry, text...)
	}
	t.carry = bytes.Clone(text[t.consume(t.table, t.lines, text, false):])
}

// consume gives a text to what reads it, and returns how much of it was taken. What is too long
// is left out.
func (t *tail) consume(table *payload.Table, lines *payload.Lines, text []byte, end bool) int {
	used := 0
	for {
		var n int
		var err error
		if t.settings.Format == "csv" {
			n, err = table.Feed(text[used:], end)
		} else {
			n, err = lines.Feed(text[used:], end)
		}
		used += n
		if err == nil || n == 0 {
			return used
		}
	}
}

// finish makes what is to be seen. What stands after the last line break is being written, until
// the file has not changed for a while.
func (t *tail) finish(f io.ReaderAt) error {
	t.view, t.lineView, t.settling = t.table, t.lines, false
	left := t.info.Size() - t.offset
	if left <= 0 && len(t.carry) == 0 || left > 4*chunk {
		return nil
	}
	if t.fresh() {
		t.settling = true
		return nil
	}
	raw := make([]byte, max(left, 0))
	if n, err := f.ReadAt(raw, t.offset); n < len(raw) {
		if errors.Is(err, io.EOF) {
			return nil
		}
		return err
	}
	charset := t.charset
	if t.offset == 0 {
		charset, _ = charset.Marked(raw)
	}
	text, err := charset.Decode(raw)
	if err != nil {
		t.err = err
		return nil
	}
	t.view, t.lineView = t.table.Clone(), t.lines.Clone()
	t.consume(t.view, t.lineView, append(bytes.Clone(t.carry), text...), true)
	return nil
}
