package payload

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// maxRecord bounds one record of a CSV text in bytes.
const maxRecord = 1 << 20

// CSV says how a table is written (RFC 4180, and what devices make of it).
type CSV struct {
	// Delimiter stands between cells; 0 is the one of comma, semicolon and tab that the first
	// line has most of.
	Delimiter byte
	// Header says that the first record names the columns.
	Header bool
	// Zone is that of times that name none.
	Zone *time.Location
}

// Pick says which row of a table is wanted: of those whose cell in the column Key is Value, the
// one with the latest time in the column Time, else the last, or with First the first.
type Pick struct {
	Key, Value string // no Key: every row
	Time       string // no Time: by their order
	First      bool
}

// Table reads a table record by record and keeps the rows that are wanted.
type Table struct {
	format CSV
	header []string
	named  bool
	rows   []picked
	count  int
}

type picked struct {
	Pick
	key, time int // columns, -1 none, -2 missing
	cells     []string
	at        tag.Time
}

// NewTable makes a table that keeps a row of every pick.
func NewTable(format CSV, picks []Pick) *Table {
	t := &Table{format: format, rows: make([]picked, len(picks))}
	if t.format.Zone == nil {
		t.format.Zone = time.UTC
	}
	for i, p := range picks {
		t.rows[i].Pick = p
	}
	return t
}

// Column finds a column by the name in the header, or by its number from 1.
func (t *Table) Column(name string) (int, bool) {
	if i := slices.Index(t.header, name); i >= 0 {
		return i, true
	}
	n, err := strconv.Atoi(name)
	return n - 1, err == nil && n > 0 && n <= 10_000
}

// Columns are the names in the header; nil without one.
func (t *Table) Columns() []string { return t.header }

// Count is the number of rows that were read.
func (t *Table) Count() int { return t.count }

// Row is the row of a pick and its time, 0 if it has none; nil when no row fits. A time that
// cannot be read is 0.
func (t *Table) Row(pick int) ([]string, tag.Time) { return t.rows[pick].cells, t.rows[pick].at }

// Cell is a cell of the row of a pick.
func (t *Table) Cell(pick int, column string) (string, bool) {
	cells := t.rows[pick].cells
	i, ok := t.Column(column)
	if !ok || i >= len(cells) {
		return "", false
	}
	return cells[i], true
}

// record takes one record.
func (t *Table) record(cells []string) {
	if !t.named {
		t.named = true
		if t.format.Header {
			for _, c := range cells {
				t.header = append(t.header, strings.Clone(strings.TrimSpace(c)))
			}
		}
		for i := range t.rows {
			t.rows[i].key, t.rows[i].time = t.place(t.rows[i].Key), t.place(t.rows[i].Time)
		}
		if t.format.Header {
			return
		}
	}
	if len(cells) == 1 && strings.TrimSpace(cells[0]) == "" {
		return
	}
	t.count++
	for i := range t.rows {
		t.rows[i].offer(cells, t.format.Zone)
	}
}

func (t *Table) place(column string) int {
	if column == "" {
		return -1
	}
	if i, ok := t.Column(column); ok {
		return i
	}
	return -2
}

func (p *picked) offer(cells []string, zone *time.Location) {
	if p.key == -2 || p.time == -2 || p.key >= len(cells) || p.key >= 0 && strings.TrimSpace(cells[p.key]) != p.Value {
		return
	}
	if p.First && p.cells != nil && p.time < 0 {
		return
	}
	var at tag.Time
	if p.time >= 0 {
		if p.time >= len(cells) {
			return
		}
		at, _ = Time(cells[p.time], zone)
		if p.cells != nil && (p.First && at >= p.at || !p.First && at < p.at) {
			return
		}
	}
	p.at = at
	p.cells = p.cells[:0]
	for _, c := range cells {
		p.cells = append(p.cells, strings.Clone(c))
	}
}

// Feed reads the complete records at the beginning of a UTF-8 text and returns how many bytes
// they took. With end, what follows the last line break is a record too. It says as an error
// that a record is too long; that is left out then.
func (t *Table) Feed(text []byte, end bool) (int, error) {
	if t.format.Delimiter == 0 {
		line, _, complete := bytes.Cut(bytes.TrimLeft(text, "\r\n"), []byte("\n"))
		if !complete && !end && len(line) < maxRecord {
			return 0, nil
		}
		t.format.Delimiter = guessDelimiter(line)
	}
	in := csv.NewReader(bytes.NewReader(text))
	in.Comma = rune(t.format.Delimiter)
	in.FieldsPerRecord, in.LazyQuotes, in.ReuseRecord = -1, true, true
	used := 0
	for {
		cells, err := in.Read()
		after := int(in.InputOffset())
		switch {
		case errors.Is(err, io.EOF):
			return len(text), nil
		case err != nil: // cannot be with lazy quotes, except where the text ends in one
			if end {
				return len(text), err
			}
			return t.overlong(text, used)
		case !end && (after > len(text) || after == 0 || text[after-1] != '\n' || after == len(text) && open(text[used:after], t.format.Delimiter)):
			return t.overlong(text, used)
		}
		if after-used <= maxRecord {
			t.record(cells)
		}
		used = after
	}
}

// open reports whether a record ends within a cell in quotes.
func open(record []byte, delimiter byte) bool {
	for i := 0; i < len(record); {
		if record[i] != '"' { // a plain cell, whatever quotes are in it
			for i < len(record) && record[i] != delimiter && record[i] != '\n' {
				i++
			}
			i++
			continue
		}
		for i++; ; i++ {
			if i >= len(record) {
				return true
			}
			if record[i] != '"' {
				continue
			}
			if i++; i < len(record) && record[i] == '"' {
				continue // a quote within the cell
			}
			if rest := record[i:]; len(rest) == 0 || rest[0] == delimiter || rest[0] == '\n' || rest[0] == '\r' {
				break
			}
			i-- // a quote that stands alone
		}
		for i < len(record) && record[i] != delimiter && record[i] != '\n' {
			i++
		}
		i++
	}
	return false
}

// overlong leaves out a record that will not end.
func (t *Table) overlong(text []byte, used int) (int, error) {
	if len(text)-used <= maxRecord {
		return used, nil
	}
	if i := bytes.IndexByte(text[used:], '\n'); i >= 0 {
		return used + i + 1, ErrTooLarge
	}
	return len(text), ErrTooLarge
}

func guessDelimiter(line []byte) byte {
	best, most := byte(','), 0
	for _, c := range []byte(",;\t") {
		if n := bytes.Count(line, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

// Clone is a copy that goes on by itself.
func (t *Table) Clone() *Table {
	c := *t
	c.rows = slices.Clone(t.rows)
	for i := range c.rows {
		c.rows[i].cells = slices.Clone(t.rows[i].cells)
	}
	return &c
}
