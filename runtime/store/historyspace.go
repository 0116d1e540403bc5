package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/historian"
)

// shrinkPages is how many pages are given back to the disk at once.
const shrinkPages = 2000

// Space implements historian.Rows.
func (h *History) Space(ctx context.Context) (historian.Space, error) {
	var out historian.Space
	if h.store.postgres {
		// What the tables take up; deleted rows are used again by the server.
		err := h.store.read(ctx).Raw("SELECT COALESCE(SUM(pg_total_relation_size(c.oid)), 0) FROM pg_class c WHERE c.relname IN ? AND c.relkind = 'r'", tierTables[:]).Scan(&out.Used).Error
		return out, err
	}
	var pages, free, size, vacuum int64
	for _, q := range []struct {
		pragma string
		into   *int64
	}{{"page_count", &pages}, {"freelist_count", &free}, {"page_size", &size}, {"auto_vacuum", &vacuum}} {
		if err := h.store.read(ctx).Raw("PRAGMA " + q.pragma).Scan(q.into).Error; err != nil {
			return out, err
		}
	}
	out.Used, out.Reusable, out.Shrinks = pages*size, free*size, vacuum == 2
	if info, err := os.Stat(filepath.Join(h.store.dir, FileName+"-wal")); err == nil {
		out.Used += info.Size()
	}
	out.Disk, out.Free = diskSpace(h.store.dir)
	return out, nil
}

// Shrink implements historian.Rows.
func (h *History) Shrink(ctx context.Context) (more bool, err error) {
	s, err := h.Space(ctx)
	if h.store.roomy.Load() {
		s.Reusable -= roomSize
	}
	pages := min(s.Reusable/4096, shrinkPages)
	if err != nil || !s.Shrinks || pages <= 0 {
		return false, err
	}
	err = h.store.write(ctx, func(tx *gorm.DB) error {
		// The pragma works a page for every row that is read of it.
		rows, err := tx.Raw(fmt.Sprintf("PRAGMA incremental_vacuum(%d)", pages)).Rows()
		if err != nil {
			return err
		}
		for rows.Next() {
		}
		if err := rows.Err(); err != nil {
			return err
		}
		return rows.Close()
	})
	if err != nil {
		return false, h.fail(err)
	}
	// What is in the log is only then gone from the file.
	if err := h.store.read(ctx).Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error; err != nil {
		return false, h.fail(err)
	}
	return s.Reusable > shrinkPages*4096, nil
}
