// Package recording reads recordings of tags: CSV or JSON lines, with a row for every sample
// (time, tag, value, quality) or a column for every tag. The simulator and the replay play them.
package recording

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// maxRow bounds a row in bytes, maxTags the columns.
const (
	maxRow  = 1 << 20
	maxTags = 10_000
)

// Entry is the value of one tag in a row.
type Entry struct {
	Tag     string
	Quality tag.Quality
	text    string
	json    bool
}

// Row is what was recorded at one time.
type Row struct {
	// At is since 1970, or since any beginning when the recording counts seconds.
	At      tag.Time
	Entries []Entry
}

// BadRow says what is wrong with a row; reading can go on behind it.
type BadRow struct {
	Row int // from 1, the line of names included
	Err error
}

// Error implements error.
func (e *BadRow) Error() string { return fmt.Sprintf("row %d: %v", e.Row, e.Err) }

// Unwrap gives the cause.
func (e *BadRow) Unwrap() error { return e.Err }

// Reader reads a recording row by row, whatever its length.
type Reader struct {
	in         *bufio.Reader
	zone       *time.Location
	json       bool
	delimiter  rune
	header     []string
	clock      int    // column of the time
	clockName  string // member of the time
	tag, value int    // columns of a recording with a row for every sample, else -1
	quality    int    // -1: none
	row        int
	entries    []Entry
	selector   payload.Selector
	slots      [4]int // time, tag, value, quality
	found      [][]byte
}

// NewReader begins to read a UTF-8 text; the byte order mark is left out. timeColumn names the
// time, "" is the column "time", or else the first.
func NewReader(in io.Reader, timeColumn string, zone *time.Location) (*Reader, error) {
	r := &Reader{in: bufio.NewReaderSize(in, 64<<10), zone: zone, tag: -1, value: -1, quality: -1, clockName: timeColumn}
	if mark, _ := r.in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = r.in.Discard(3)
	}
	for {
		c, err := r.in.ReadByte()
		if err != nil {
			return nil, errors.New("there are no rows")
		}
		if c == '\n' || c == '\r' || c == ' ' {
			continue
		}
		_ = r.in.UnreadByte() // it was just read
		r.json = c == '{'
		break
	}
	if r.json {
		return r, r.members()
	}
	return r, r.names()
}

// members prepares to read JSON lines.
func (r *Reader) members() error {
	if r.clockName == "" {
		r.clockName = "time"
	}
	for i, name := range []string{r.clockName, "tag", "value", "quality"} {
		path, err := payload.ParsePath("/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(name))
		if err != nil {
			return err
		}
		r.slots[i] = r.selector.Add(path)
	}
	r.found = make([][]byte, r.selector.Count())
	return nil
}

// names reads the line of names of a CSV.
func (r *Reader) names() error {
	line, err := r.line()
	if err != nil {
		return fmt.Errorf("read the line of names: %w", err)
	}
	r.delimiter = ','
	most := strings.Count(line, ",")
	for _, c := range ";\t" {
		if n := strings.Count(line, string(c)); n > most {
			r.delimiter, most = c, n
		}
	}
	if r.header, err = r.split(line); err != nil {
		return fmt.Errorf("read the line of names: %w", err)
	}
	lower := make([]string, len(r.header))
	for i, n := range r.header {
		r.header[i] = strings.TrimSpace(n)
		lower[i] = strings.ToLower(r.header[i])
	}
	switch {
	case r.clockName != "":
		r.clock = slices.Index(r.header, r.clockName)
	default:
		r.clock = max(0, slices.Index(lower, "time"))
	}
	if r.clock < 0 {
		return fmt.Errorf("there is no time column %q", r.clockName)
	}
	r.tag, r.value, r.quality = slices.Index(lower, "tag"), slices.Index(lower, "value"), slices.Index(lower, "quality")
	if r.tag >= 0 && r.value >= 0 && r.tag != r.clock && r.value != r.clock {
		return nil
	}
	r.tag, r.value, r.quality = -1, -1, -1
	if len(r.header) == 1 {
		return errors.New("there is no column beside the time")
	}
	if len(r.header) > maxTags {
		return fmt.Errorf("there are more than %d columns", maxTags)
	}
	for i, n := range r.header {
		if i != r.clock && (n == "" || slices.Index(r.header, n) != i) {
			return fmt.Errorf("column %d has no name of its own: %q", i+1, n)
		}
	}
	return nil
}

// Tags are the tags that the line of names lists, nil when only the rows tell.
func (r *Reader) Tags() []string {
	if r.json || r.tag >= 0 {
		return nil
	}
	return slices.Delete(slices.Clone(r.header), r.clock, r.clock+1)
}

// Next reads the next row; its entries are good until the one after. io.EOF ends the recording,
// a *BadRow one row.
func (r *Reader) Next() (Row, error) {
	for {
		line, err := r.line()
		if err != nil {
			return Row{}, err
		}
		if strings.TrimSpace(line) == "" {
			continue
		}
		var row Row
		if r.json {
			row, err = r.object(line)
		} else {
			row, err = r.record(line)
		}
		if err != nil {
			return Row{}, &BadRow{r.row, err}
		}
		return row, nil
	}
}

func (r *Reader) record(line string) (Row, error) {
	cells, err := r.split(line)
	if err != nil {
		return Row{}, err
	}
	if len(cells) != len(r.header) {
		return Row{}, fmt.Errorf("there are %d cells for %d columns", len(cells), len(r.header))
	}
	var row Row
	if row.At, err = r.time(cells[r.clock]); err != nil {
		return Row{}, err
	}
	r.entries = r.entries[:0]
	if r.tag >= 0 {
		e := Entry{Tag: cells[r.tag], text: cells[r.value]}
		if r.quality >= 0 {
			if e.Quality, err = quality(cells[r.quality]); err != nil {
				return Row{}, err
			}
		}
		r.entries = append(r.entries, e)
	} else {
		for i, c := range cells {
			if i == r.clock {
				continue
			}
			e := Entry{Tag: r.header[i], text: c}
			if strings.TrimSpace(c) == "" {
				e.Quality = tag.BadNoData
			}
			r.entries = append(r.entries, e)
		}
	}
	row.Entries = r.entries
	return row, nil
}

func (r *Reader) object(line string) (Row, error) {
	text := []byte(line)
	if err := r.selector.Find(text, r.found); err != nil {
		return Row{}, err
	}
	var row Row
	when := r.found[r.slots[0]]
	at, err := r.time(plain(when))
	if err != nil {
		return Row{}, err
	}
	row.At, r.entries = at, r.entries[:0]
	if name := r.found[r.slots[1]]; name != nil && r.found[r.slots[2]] != nil {
		e := Entry{Tag: plain(name), text: string(r.found[r.slots[2]]), json: true}
		if q := r.found[r.slots[3]]; q != nil {
			if e.Quality, err = quality(plain(q)); err != nil {
				return Row{}, err
			}
		}
		row.Entries = append(r.entries, e)
		return row, nil
	}
	members, err := payload.Children(text, maxTags)
	if err != nil {
		return Row{}, err
	}
	for _, m := range members {
		if m.Name != r.clockName {
			e := Entry{Tag: m.Name, text: string(m.Text), json: true}
			if e.text == "null" {
				e.Quality = tag.BadNoData
			}
			r.entries = append(r.entries, e)
		}
	}
	row.Entries = r.entries
	return row, nil
}

// plain is a JSON scalar as a text.
func plain(text []byte) string {
	v, _ := payload.JSON(text, tag.String)
	return v.Text()
}

// Value is the value as a type; None is what the text looks like. A bad entry has none.
func (e *Entry) Value(t tag.Type) (tag.Value, tag.Quality) {
	if e.Quality.IsBad() {
		return tag.Value{}, e.Quality
	}
	var v tag.Value
	var q tag.Quality
	switch {
	case e.json:
		v, q = payload.JSON([]byte(e.text), t)
	case t == tag.None:
		if v = payload.Guess(e.text, '.'); v.IsNone() {
			q = tag.BadNoData
		}
	case t == tag.Bytes:
		b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(e.text))
		if err != nil {
			b = []byte(e.text)
		}
		v = tag.OfBytes(b)
	default:
		v, q = payload.Text([]byte(e.text), t, '.')
	}
	if q == tag.Good {
		q = e.Quality
	}
	return v, q
}

// ParseTime reads a time as recordings have it: a date, or a number of seconds from any
// beginning, or of milliseconds and so on since 1970.
func ParseTime(s string, zone *time.Location) (tag.Time, error) {
	s = strings.TrimSpace(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 9e9 {
		return tag.Time(math.Round(f * 1e9)), nil
	}
	if at, ok := payload.Time(s, zone); ok {
		return at, nil
	}
	return 0, fmt.Errorf("%q is neither seconds nor a date like 2026-01-31 08:00:00", clip(s))
}

func (r *Reader) time(s string) (tag.Time, error) { return ParseTime(s, r.zone) }

func clip(s string) string { return s[:min(len(s), 60)] }

var qualities = func() map[string]tag.Quality {
	out := map[string]tag.Quality{"": tag.Good}
	for q, name := range tag.QualityNames() {
		out[strings.ToLower(name)] = q
	}
	return out
}()

// quality reads the name or the number of a quality.
func quality(s string) (tag.Quality, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if q, ok := qualities[s]; ok {
		return q, nil
	}
	n, err := strconv.ParseUint(s, 0, 32)
	if err != nil {
		return 0, fmt.Errorf("%q is not a quality", clip(s))
	}
	return tag.Quality(n), nil
}

// line reads a record: a line, or several when a line break stands in quotes.
func (r *Reader) line() (string, error) {
	var out []byte
	quotes, long := 0, false
	for {
		part, err := r.in.ReadSlice('\n')
		if len(out)+len(part) > maxRow {
			long, out, quotes = true, nil, 0
		}
		if !long {
			out = append(out, part...)
			if !r.json {
				quotes += bytes.Count(part, []byte{'"'})
			}
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && (!errors.Is(err, io.EOF) || len(out) == 0 && !long) {
			return "", err
		}
		if err == nil && quotes%2 != 0 && !long {
			continue
		}
		r.row++
		if long {
			return "", &BadRow{r.row, errors.New("it is too long")}
		}
		return strings.TrimRight(string(out), "\r\n"), nil
	}
}

func (r *Reader) split(line string) ([]string, error) {
	in := csv.NewReader(strings.NewReader(line))
	in.Comma, in.TrimLeadingSpace = r.delimiter, r.delimiter != '\t'
	return in.Read()
}
