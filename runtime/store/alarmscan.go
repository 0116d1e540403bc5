package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/tag"
)

// scanPart is how many lines are read at a time, so that writers are not kept waiting.
const scanPart = 20_000

// ScanJournal calls each for the lines of a period (until zero is open) that come after an ID, in the order in which they were
// written, without titles, messages and comments. It gives back the ID of the last line there is, to go on after.
func (s *Store) ScanJournal(ctx context.Context, from, until time.Time, after int64, each func(*alarm.Entry)) (last int64, err error) {
	last = after
	q := s.read(ctx).Model(&journalRow{}).Select("COALESCE(MIN(id), 0), COALESCE(MAX(id), 0)").Where("time >= ?", from.UnixMicro())
	if !until.IsZero() {
		q = q.Where("time < ?", until.UnixMicro())
	}
	if after > 0 {
		q = q.Where("id > ?", after)
	}
	var first, end int64
	if err := q.Row().Scan(&first, &end); err != nil {
		return last, fmt.Errorf("alarm journal: %w", err)
	}
	var e alarm.Entry
	for at := max(first, after+1); at <= end && end > 0; {
		rows, err := s.read(ctx).Model(&journalRow{}).Select("id, time, path, alarm, priority, event, state, value, actor").
			Where("id >= ? AND id <= ?", at, end).Order("id").Limit(scanPart).Rows()
		if err != nil {
			return last, fmt.Errorf("alarm journal: %w", err)
		}
		n := 0
		for rows.Next() {
			var id, micro int64
			var path, name, priority, event, state, value, actor string
			if err := rows.Scan(&id, &micro, &path, &name, &priority, &event, &state, &value, &actor); err != nil {
				rows.Close() // the first error is told
				return last, fmt.Errorf("alarm journal: %w", err)
			}
			n, last = n+1, id
			e = alarm.Entry{ID: id, Time: fromMicro(micro), Path: tag.Path(path), Alarm: name, Priority: priority, Event: alarm.Event(event), State: alarm.State(state), By: actor}
			if value != "" {
				e.Value = json.RawMessage(value)
			}
			each(&e)
		}
		err = rows.Err()
		if cerr := rows.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			return last, fmt.Errorf("alarm journal: %w", err)
		}
		if n < scanPart {
			break
		}
		at = last + 1
	}
	return max(last, end), nil
}
