package store

import (
	"context"
	"fmt"

	"github.com/lineside/lineside/runtime/alarm"
)

// AlarmsAfter are the lines of the alarm journal that were written after one, oldest first, at most limit.
func (s *Store) AlarmsAfter(ctx context.Context, after int64, limit int) ([]alarm.Entry, error) {
	var rows []journalRow
	if err := s.read(ctx).Where("id > ?", after).Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("alarm journal: %w", err)
	}
	out := make([]alarm.Entry, len(rows))
	for i := range rows {
		out[i] = rows[i].entry()
	}
	return out, nil
}

// LastAlarm is the newest line of the alarm journal, 0 when there is none.
func (s *Store) LastAlarm(ctx context.Context) (id int64, err error) {
	err = s.read(ctx).Model(&journalRow{}).Select("COALESCE(MAX(id), 0)").Scan(&id).Error
	if err != nil {
		err = fmt.Errorf("alarm journal: %w", err)
	}
	return id, err
}
