package store

import (
	"context"
	"encoding/json"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/lineside/lineside/runtime/tag"
)

// Setting reads a setting of the runtime; ErrNotFound when it was never set.
func (s *Store) Setting(ctx context.Context, name string) (string, error) {
	var row settingRow
	err := s.read(ctx).First(&row, "name = ?", name).Error
	return row.Value, known(err)
}

// SetSetting keeps a setting, with entries of the audit trail; "" removes it.
func (s *Store) SetSetting(ctx context.Context, name, value string, entries ...Entry) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		if err := setSetting(tx, name, value); err != nil {
			return err
		}
		return s.appendAudit(tx, entries)
	})
}

func setSetting(tx *gorm.DB, name, value string) error {
	if value == "" {
		return tx.Delete(&settingRow{}, "name = ?", name).Error
	}
	return tx.Save(&settingRow{Name: name, Value: value}).Error
}

// KeepValue keeps the value of a memory tag.
func (s *Store) KeepValue(ctx context.Context, path tag.Path, value json.RawMessage, at int64) error {
	return s.write(ctx, func(tx *gorm.DB) error {
		return tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&valueRow{Path: string(path), Value: string(value), Updated: at}).Error
	})
}

// KeepValues is KeepValue of many at once: all of them, or none.
func (s *Store) KeepValues(ctx context.Context, values map[tag.Path]json.RawMessage, at int64) error {
	rows := make([]valueRow, 0, len(values))
	for path, value := range values {
		rows = append(rows, valueRow{Path: string(path), Value: string(value), Updated: at})
	}
	return s.write(ctx, func(tx *gorm.DB) error {
		for len(rows) >= partRows {
			some := rows[:partRows]
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&some).Error; err != nil {
				return err
			}
			rows = rows[partRows:]
		}
		// Statements of any length would all be kept prepared.
		for i := range rows {
			if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&rows[i]).Error; err != nil {
				return err
			}
		}
		return nil
	})
}

// Values are all kept values of memory tags.
func (s *Store) Values(ctx context.Context) (map[tag.Path]json.RawMessage, error) {
	var rows []valueRow
	if err := s.read(ctx).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make(map[tag.Path]json.RawMessage, len(rows))
	for _, r := range rows {
		out[tag.Path(r.Path)] = json.RawMessage(r.Value)
	}
	return out, nil
}
