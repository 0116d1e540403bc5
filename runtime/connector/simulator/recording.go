package simulator

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// recording is a CSV that is played in a loop. Between two rows the earlier one holds.
type recording struct {
	times   []time.Duration // from the first row
	columns map[string][]tag.Value
	length  time.Duration // of one round
}

// maxRows bounds a recording.
const maxRows = 100_000

// parseRecording reads a CSV with a header line, separated by comma, semicolon or tab.
// Times are seconds or dates and must rise. An empty cell is no data; "" is no recording.
func parseRecording(text, timeColumn string) (*recording, error) {
	r := &recording{columns: map[string][]tag.Value{}}
	text = strings.TrimPrefix(text, "\ufeff")
	if strings.TrimSpace(text) == "" {
		return r, nil
	}
	header, _, _ := strings.Cut(text, "\n")
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = separator(header)
	in.TrimLeadingSpace = true
	names, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("read the header line: %w", err)
	}
	clock := -1
	for i, n := range names {
		names[i] = strings.TrimSpace(n)
		if clock < 0 && (timeColumn == "" || names[i] == timeColumn) {
			clock = i
		} else if _, double := r.columns[names[i]]; double || names[i] == "" {
			return nil, fmt.Errorf("column %d has no name of its own: %q", i+1, names[i])
		} else {
			r.columns[names[i]] = nil
		}
	}
	if clock < 0 {
		return nil, fmt.Errorf("there is no time column %q", timeColumn)
	}
	if len(r.columns) == 0 {
		return nil, errors.New("there is no column beside the time")
	}
	var first float64
	for line := 2; ; line++ {
		cells, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read row %d: %w", line, err)
		}
		if len(r.times) == maxRows {
			return nil, fmt.Errorf("there are more than %d rows", maxRows)
		}
		seconds, err := parseTime(cells[clock])
		if err != nil {
			return nil, fmt.Errorf("row %d: %w", line, err)
		}
		if len(r.times) == 0 {
			first = seconds
		}
		at := time.Duration((seconds - first) * float64(time.Second))
		if n := len(r.times); n > 0 && at <= r.times[n-1] || seconds-first > 365*24*3600 {
			return nil, fmt.Errorf("row %d: time %q is not after the one before and within a year of the first", line, cells[clock])
		}
		r.times = append(r.times, at)
		for i, cell := range cells {
			if i != clock {
				r.columns[names[i]] = append(r.columns[names[i]], parseCell(cell))
			}
		}
	}
	n := len(r.times)
	switch n {
	case 0:
		return nil, errors.New("there are no rows")
	case 1:
		r.length = time.Second
	default: // the last row holds as long as the one before it
		r.length = 2*r.times[n-1] - r.times[n-2]
	}
	return r, nil
}

func separator(header string) rune {
	best, most := ',', 0
	for _, c := range ",;\t" {
		if n := strings.Count(header, string(c)); n > most {
			best, most = c, n
		}
	}
	return best
}

var timeLayouts = []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04", "2006/01/02 15:04:05"}

// parseTime reads seconds or a date and gives seconds.
func parseTime(s string) (float64, error) {
	s = strings.TrimSpace(s)
	if f, err := strconv.ParseFloat(s, 64); err == nil && math.Abs(f) < 1e12 {
		return f, nil
	}
	for _, layout := range timeLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return float64(t.UnixMilli()) / 1000, nil
		}
	}
	return 0, fmt.Errorf("%q is neither seconds nor a date like 2026-01-31 08:00:00", s)
}

func parseCell(s string) tag.Value {
	s = strings.TrimSpace(s)
	if s == "" {
		return tag.Value{}
	}
	if i, err := strconv.ParseInt(s, 10, 64); err == nil {
		return tag.OfInt(i)
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == f && !math.IsInf(f, 0) {
		return tag.OfFloat(f)
	}
	switch strings.ToLower(s) {
	case "true":
		return tag.OfBool(true)
	case "false":
		return tag.OfBool(false)
	}
	return tag.OfString(s)
}

// at is the value of a column at a time since the beginning.
func (r *recording) at(column string, passed time.Duration) (tag.Value, tag.Quality) {
	values, ok := r.columns[column]
	if !ok {
		return tag.Value{}, tag.BadConfigurationError
	}
	passed = max(0, passed) % r.length
	row := sort.Search(len(r.times), func(i int) bool { return r.times[i] > passed }) - 1
	if v := values[row]; !v.IsNone() {
		return v, tag.Good
	}
	return tag.Value{}, tag.BadNoData
}
