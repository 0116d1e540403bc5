package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// History keeps the rows of the historian in the database.
type History struct{ store *Store }

// History is where the historian keeps its rows.
func (s *Store) History() *History { return &History{s} }

var _ historian.Rows = (*History)(nil)

// seriesRow is the history of one tag.
type seriesRow struct {
	ID   int64  `gorm:"primaryKey;autoIncrement"`
	Path string `gorm:"size:512;uniqueIndex"`
}

func (seriesRow) TableName() string { return "history_series" }

// chunkRow is a window of samples of a series, or what became of them in a tier. Times are nanoseconds.
type chunkRow struct {
	Series int64 `gorm:"primaryKey;autoIncrement:false"`
	Start  int64 `gorm:"primaryKey;autoIncrement:false;index"`
	First  int64
	Last   int64
	Count  int
	Good   int
	Min    float64
	Max    float64
	Sum    float64
	Data   []byte
}

func (chunkRow) TableName() string { return "history_chunks" }

// minuteRow and hourRow are the same in the tables of the tiers; gorm names the index after the table.
type minuteRow chunkRow

func (minuteRow) TableName() string { return "history_minutes" }

type hourRow chunkRow

func (hourRow) TableName() string { return "history_hours" }

// tierTables are by historian.Tier.
var tierTables = [...]string{"history_chunks", "history_minutes", "history_hours"}

func (h *History) fail(err error) error {
	if errors.Is(err, ErrFull) {
		return fmt.Errorf("%w: %w", historian.ErrFull, err)
	}
	return err
}

// Series implements historian.Rows.
func (h *History) Series(ctx context.Context) ([]historian.Series, error) {
	var rows []seriesRow
	if err := h.store.read(ctx).Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]historian.Series, len(rows))
	for i, r := range rows {
		out[i] = historian.Series{ID: r.ID, Path: tag.Path(r.Path)}
	}
	return out, nil
}

// AddSeries implements historian.Rows.
func (h *History) AddSeries(ctx context.Context, paths []tag.Path) ([]int64, error) {
	out, places := make([]int64, len(paths)), placesOf(paths)
	err := h.store.write(ctx, func(tx *gorm.DB) error {
		for part := range slices.Chunk(slices.Collect(maps.Keys(places)), 500) {
			rows := make([]seriesRow, len(part))
			names := make([]string, len(part))
			for i, p := range part {
				rows[i].Path, names[i] = string(p), string(p)
			}
			if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error; err != nil {
				return err
			}
			var there []seriesRow
			if err := tx.Where("path IN ?", names).Find(&there).Error; err != nil {
				return err
			}
			for _, r := range there {
				for _, i := range places[tag.Path(r.Path)] {
					out[i] = r.ID
				}
			}
		}
		return nil
	})
	return out, h.fail(err)
}

func placesOf(paths []tag.Path) map[tag.Path][]int {
	out := make(map[tag.Path][]int, len(paths))
	for i, p := range paths {
		out[p] = append(out[p], i)
	}
	return out
}

// RenameSeries implements historian.Rows.
func (h *History) RenameSeries(ctx context.Context, paths map[int64]tag.Path) error {
	ids := slices.Sorted(maps.Keys(paths))
	return h.fail(h.store.write(ctx, func(tx *gorm.DB) error {
		// By way of names that no tag can have, so that two may change places.
		for part := range slices.Chunk(ids, 500) {
			if err := tx.Model(&seriesRow{}).Where("id IN ?", part).Update("path", gorm.Expr("? || CAST(id AS TEXT)", "\x01")).Error; err != nil {
				return err
			}
		}
		for _, id := range ids {
			if path := paths[id]; path != "" {
				if err := tx.Exec("UPDATE history_series SET path = ? WHERE id = ?", string(path), id).Error; err != nil {
					return err
				}
			}
		}
		return nil
	}))
}

func (r *chunkRow) row() historian.Row {
	return historian.Row{Series: r.Series, Start: tag.Time(r.Start), First: tag.Time(r.First), Last: tag.Time(r.Last), Count: r.Count, Good: r.Good, Min: r.Min, Max: r.Max, Sum: r.Sum, Data: r.Data}
}

// heads are the columns of a row without its data.
var heads = []string{"series", "start", "first", "last", "count", "good", "min", "max", "sum"}

// Read implements historian.Rows.
func (h *History) Read(ctx context.Context, series int64, from, to tag.Time, whole bool) ([]historian.Row, error) {
	q := h.store.read(ctx).Table(tierTables[0]).Where("series = ? AND start >= ? AND start < ?", series, int64(from), int64(to)).Order("start")
	if !whole {
		q = q.Select(heads)
	}
	return rowsOf(q)
}

func rowsOf(q *gorm.DB) ([]historian.Row, error) {
	var rows []chunkRow
	if err := q.Find(&rows).Error; err != nil {
		return nil, err
	}
	out := make([]historian.Row, len(rows))
	for i := range rows {
		out[i] = rows[i].row()
	}
	return out, nil
}

// Next implements historian.Rows.
func (h *History) Next(ctx context.Context, series int64, t tag.Time) (tag.Time, bool, error) {
	return h.NextTier(ctx, historian.TierRaw, series, t)
}

// Before implements historian.Rows.
func (h *History) Before(ctx context.Context, series int64, t tag.Time) (historian.Row, bool, error) {
	return h.BeforeTier(ctx, historian.TierRaw, series, t)
}
