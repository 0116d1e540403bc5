package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"gorm.io/gorm"
)

// migrations bring the schema from one version to the next; the version is their number.
// A step that was released is never changed.
var migrations = []func(tx *gorm.DB) error{
	func(tx *gorm.DB) error {
		return tx.AutoMigrate(&documentRow{}, &installationRow{}, &revisionRow{}, &userRow{}, &tokenRow{},
			&sessionRow{}, &auditRow{}, &secretRow{}, &valueRow{})
	},
	// Versions that were kept without being published have a kind.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&revisionRow{}) },
	// Users choose in which units they see values.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&userRow{}) },
	// Certificates of devices, and that of this application.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&certificateRow{}, &identityRow{}) },
	// What has happened at assets.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&eventRow{}) },
	// The history of tags.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&seriesRow{}, &chunkRow{}) },
	// Large documents are kept in parts.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&partRow{}) },
	// Alarms as they stand, and what has become of them.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&alarmRow{}, &journalRow{}) },
	// History in tiers, and how much of it there is.
	makeTiers,
	// Messages about alarms: the queue and the log, escalations, how people want to be told.
	func(tx *gorm.DB) error {
		return tx.AutoMigrate(&messageRow{}, &runRow{}, &personRow{}, &deviceRow{})
	},
	// The archive of reports.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&reportRunRow{}, &reportFileRow{}) },
	// Corrections of the history, notes beside it, and the pens that people look at together.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&correctionRow{}, &historyNoteRow{}, &penSetRow{}) },
	// Alarms of apps have longer names.
	func(tx *gorm.DB) error { return tx.AutoMigrate(&alarmRow{}, &journalRow{}) },
}

const settingSchema = "schema"

// migrate brings the schema up to date, all steps in one transaction.
func (s *Store) migrate(ctx context.Context, steps []func(tx *gorm.DB) error) error {
	if err := s.write(ctx, func(tx *gorm.DB) error { return tx.AutoMigrate(&settingRow{}) }); err != nil {
		return fmt.Errorf("database: %w", err)
	}
	version, err := s.schemaVersion(ctx)
	switch {
	case err != nil:
		return err
	case version > len(steps):
		return fmt.Errorf("the database was written by a newer version of Lineside (schema %d, this one knows %d): start that version, or restore a backup", version, len(steps))
	case version == len(steps):
		return nil
	}
	if version > 0 && !s.postgres {
		if err := s.copyFile(ctx, version); err != nil {
			return err
		}
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		// Another process may have been faster.
		var now settingRow
		if err := tx.Limit(1).Find(&now, "name = ?", settingSchema).Error; err != nil {
			return err
		}
		at, _ := strconv.Atoi(now.Value)
		for i := at; i < len(steps); i++ {
			if err := steps[i](tx); err != nil {
				return fmt.Errorf("step %d: %w", i+1, err)
			}
		}
		return tx.Save(&settingRow{Name: settingSchema, Value: strconv.Itoa(len(steps))}).Error
	})
	if err != nil {
		return fmt.Errorf("bring the database from schema %d to %d: %w", version, len(steps), err)
	}
	return nil
}

func (s *Store) schemaVersion(ctx context.Context) (int, error) {
	text, err := s.Setting(ctx, settingSchema)
	if errors.Is(err, ErrNotFound) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("database: %w", err)
	}
	version, err := strconv.Atoi(text)
	if err != nil {
		return 0, fmt.Errorf("database: schema version %q is not a number", text)
	}
	return version, nil
}

// copyFile writes a copy of the database beside it before its schema changes.
func (s *Store) copyFile(ctx context.Context, version int) error {
	dir := filepath.Join(s.dir, "backup")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("copy before migrating: %w", err)
	}
	name := filepath.Join(dir, fmt.Sprintf("schema-%d-%s.db", version, time.Now().UTC().Format("20060102-150405.000")))
	if err := s.read(ctx).Exec("VACUUM INTO ?", name).Error; err != nil {
		return fmt.Errorf("copy before migrating: %w", err)
	}
	return os.Chmod(name, 0o600)
}
