package simulator

import (
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector/recording"
	"github.com/lineside/lineside/runtime/tag"
)

// loop is a short recording that is kept whole and played in a loop. Between two rows the
// earlier one holds.
type loop struct {
	times   []time.Duration // from the first row
	columns map[string][]tag.Value
	length  time.Duration // of one round
}

// maxRows bounds a recording.
const maxRows = 100_000

// parseRecording reads a recording with a column for every tag. Times must rise. "" is no
// recording.
func parseRecording(text, timeColumn string) (*loop, error) {
	l := &loop{columns: map[string][]tag.Value{}}
	if strings.TrimSpace(strings.TrimPrefix(text, "\ufeff")) == "" {
		return l, nil
	}
	in, err := recording.NewReader(strings.NewReader(text), timeColumn, time.UTC)
	if err != nil {
		return nil, err
	}
	if in.Tags() == nil {
		return nil, errors.New("there is no column for every tag; the connector replay plays rows of single samples")
	}
	var first tag.Time
	for {
		row, err := in.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		n := len(l.times)
		switch {
		case n == maxRows:
			return nil, fmt.Errorf("there are more than %d rows", maxRows)
		case n == 0:
			first = row.At
		}
		at := time.Duration(row.At - first)
		if n > 0 && at <= l.times[n-1] || at > 365*24*time.Hour {
			return nil, fmt.Errorf("row %d: the time is not after the one before and within a year of the first", n+2)
		}
		l.times = append(l.times, at)
		for i := range row.Entries {
			v, _ := row.Entries[i].Value(tag.None)
			l.columns[row.Entries[i].Tag] = append(l.columns[row.Entries[i].Tag], v)
		}
	}
	n := len(l.times)
	switch n {
	case 0:
		return nil, errors.New("there are no rows")
	case 1:
		l.length = time.Second
	default: // the last row holds as long as the one before it
		l.length = 2*l.times[n-1] - l.times[n-2]
	}
	return l, nil
}

// at is the value of a column at a time since the beginning.
func (l *loop) at(column string, passed time.Duration) (tag.Value, tag.Quality) {
	values, ok := l.columns[column]
	if !ok {
		return tag.Value{}, tag.BadConfigurationError
	}
	passed = max(0, passed) % l.length
	row := sort.Search(len(l.times), func(i int) bool { return l.times[i] > passed }) - 1
	if v := values[row]; !v.IsNone() {
		return v, tag.Good
	}
	return tag.Value{}, tag.BadNoData
}
