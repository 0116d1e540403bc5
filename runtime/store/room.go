package store

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/historian"
)

// The room that SQLite keeps within its files, so that what is small (acknowledgements, the journal of alarms, the audit
// trail, values) can be written when somebody else has filled the disk: free pages in the database, and a log that is long
// enough not to grow before what is in it goes to the database (1,000 pages, SQLite's own choice).
const (
	roomSize  = 6 << 20
	roomFirst = time.Second
	roomEvery = 10 * time.Second
	// roomRow is what is written and deleted again, so that there is room: a session of nobody, as no backup holds sessions.
	roomRow = "room"
)

// KeepRoom sees to it that the database can write small things when the disk is full, until ctx ends. PostgreSQL has a disk
// of its own.
func (s *Store) KeepRoom(ctx context.Context, log *slog.Logger) {
	if s.postgres {
		return
	}
	s.roomy.Store(true)
	timer := time.NewTimer(roomFirst)
	defer timer.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		}
		err := s.makeRoom(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			log.Warn("no room is kept for a full disk", "error", err)
		}
		failing = err != nil
		timer.Reset(roomEvery)
	}
}

// makeRoom makes room when there is too little, and the disk has plenty.
func (s *Store) makeRoom(ctx context.Context) error {
	space, err := s.History().Space(ctx)
	if err != nil {
		return fmt.Errorf("room of the database: %w", err)
	}
	logged := int64(0)
	if info, err := os.Stat(filepath.Join(s.dir, FileName+"-wal")); err == nil {
		logged = info.Size()
	}
	if logged >= roomSize && space.Reusable >= roomSize/2 || space.Disk > 0 && space.Free < 4*roomSize {
		return nil
	}
	for _, do := range []func(tx *gorm.DB) error{
		func(tx *gorm.DB) error {
			return tx.Exec("INSERT OR REPLACE INTO sessions (token, data, expiry) VALUES (?, zeroblob(?), 0)", roomRow, roomSize).Error
		},
		func(tx *gorm.DB) error { return tx.Delete(&sessionRow{}, "token = ?", roomRow).Error },
	} {
		if err := s.write(ctx, do); err != nil {
			return fmt.Errorf("room of the database: %w", err)
		}
	}
	return s.read(ctx).Exec("PRAGMA wal_checkpoint(PASSIVE)").Error
}

// leaveRoom refuses rows that would take the room of a full disk: history waits, or its oldest makes way, so that alarms and
// what people do can be written.
func (h *History) leaveRoom(ctx context.Context, rows []historian.Row) error {
	if !h.store.roomy.Load() {
		return nil
	}
	space, err := h.Space(ctx)
	if err != nil || space.Disk == 0 || space.Free >= roomSize {
		return err
	}
	need := int64(0)
	for i := range rows {
		need += int64(len(rows[i].Data)) + rowCost
	}
	if space.Reusable < need+roomSize/2 {
		return fmt.Errorf("%w: what is left of it is for alarms and what people do", historian.ErrFull)
	}
	return nil
}

// rowCost is about what a row of the history takes beside its data.
const rowCost = 120
