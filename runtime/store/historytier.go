package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// dayRow is how much a tier has of one day (UTC), so that nobody has to count millions of rows.
type dayRow struct {
	Tier    int   `gorm:"primaryKey;autoIncrement:false"`
	Day     int64 `gorm:"primaryKey;autoIncrement:false"` // days since 1970
	Rows    int64 `gorm:"column:chunks"`
	Samples int64
	Bytes   int64
}

func (dayRow) TableName() string { return "history_days" }

// markRow is up to what time something is done: the tiers made, the rows deleted.
type markRow struct {
	Name string `gorm:"primaryKey;size:32"`
	At   int64
}

func (markRow) TableName() string { return "history_marks" }

// staleRow is a row of a tier that must be made anew.
type staleRow struct {
	Tier   int   `gorm:"primaryKey;autoIncrement:false"`
	Series int64 `gorm:"primaryKey;autoIncrement:false"`
	Start  int64 `gorm:"primaryKey;autoIncrement:false"`
}

func (staleRow) TableName() string { return "history_stale" }

const dayLength = int64(24 * 3600 * 1e9)

// makeTiers makes the tables of the tiers and counts what is there by days.
func makeTiers(tx *gorm.DB) error {
	if err := tx.AutoMigrate(&minuteRow{}, &hourRow{}, &dayRow{}, &markRow{}, &staleRow{}); err != nil {
		return err
	}
	return tx.Exec(fmt.Sprintf(`INSERT INTO history_days (tier, day, chunks, samples, bytes)
		SELECT 0, start / %d, COUNT(*), SUM(count), SUM(LENGTH(data)) FROM history_chunks GROUP BY start / %d`, dayLength, dayLength)).Error
}

// amounts are changes of what there is by days.
type amounts map[int64]*dayRow

func (m amounts) add(tier historian.Tier, start, rows, samples, bytes int64) {
	d := m[start/dayLength]
	if d == nil {
		d = &dayRow{Tier: int(tier), Day: start / dayLength}
		m[start/dayLength] = d
	}
	d.Rows += rows
	d.Samples += samples
	d.Bytes += bytes
}

func (m amounts) write(tx *gorm.DB) error {
	for _, d := range m {
		if err := tx.Exec(`INSERT INTO history_days (tier, day, chunks, samples, bytes) VALUES (?, ?, ?, ?, ?)
			ON CONFLICT (tier, day) DO UPDATE SET chunks = history_days.chunks + excluded.chunks, samples = history_days.samples + excluded.samples, bytes = history_days.bytes + excluded.bytes`,
			d.Tier, d.Day, d.Rows, d.Samples, d.Bytes).Error; err != nil {
			return err
		}
	}
	return nil
}

// Put implements historian.Rows.
func (h *History) Put(ctx context.Context, rows []historian.Row, stale []historian.Stale) error {
	if err := h.leaveRoom(ctx, rows); err != nil {
		return err
	}
	return h.fail(h.store.write(ctx, func(tx *gorm.DB) error {
		if err := h.putRows(tx, historian.TierRaw, rows); err != nil {
			return err
		}
		return addStale(tx, stale)
	}))
}

// PutTier implements historian.Rows.
func (h *History) PutTier(ctx context.Context, tier historian.Tier, rows []historian.Row, done, stale []historian.Stale, made tag.Time) error {
	if err := h.leaveRoom(ctx, rows); err != nil {
		return err
	}
	return h.fail(h.store.write(ctx, func(tx *gorm.DB) error {
		if err := findOld(tx, tier, rows); err != nil {
			return err
		}
		if err := h.putRows(tx, tier, rows); err != nil {
			return err
		}
		for _, s := range done {
			if err := tx.Delete(&staleRow{}, "tier = ? AND series = ? AND start = ?", int(s.Tier), s.Series, int64(s.Start)).Error; err != nil {
				return err
			}
		}
		if err := addStale(tx, stale); err != nil {
			return err
		}
		if made == 0 {
			return nil
		}
		return tx.Save(&markRow{Name: "made/" + tier.String(), At: int64(made)}).Error
	}))
}

// findOld looks which rows take the place of others.
func findOld(tx *gorm.DB, tier historian.Tier, rows []historian.Row) error {
	byStart := map[tag.Time]map[int64]*historian.Row{}
	for i := range rows {
		r := &rows[i]
		if byStart[r.Start] == nil {
			byStart[r.Start] = map[int64]*historian.Row{}
		}
		byStart[r.Start][r.Series] = r
	}
	for start, some := range byStart {
		for part := range slices.Chunk(slices.Collect(maps.Keys(some)), seriesTogether) {
			condition, args := in("series", part)
			var old []struct{ Series, Count, Bytes int64 }
			if err := tx.Table(tierTables[tier]).Select("series, count, LENGTH(data) AS bytes").Where(condition, args...).Where("start = ?", int64(start)).Scan(&old).Error; err != nil {
				return err
			}
			for _, o := range old {
				r := some[o.Series]
				r.Was, r.WasCount, r.WasBytes = true, o.Count, o.Bytes
			}
		}
	}
	return nil
}

func addStale(tx *gorm.DB, stale []historian.Stale) error {
	for part := range slices.Chunk(stale, 200) {
		list := make([]staleRow, len(part))
		for i, s := range part {
			list[i] = staleRow{int(s.Tier), s.Series, int64(s.Start)}
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&list).Error; err != nil {
			return err
		}
	}
	return nil
}

// ReadTier implements historian.Rows.
func (h *History) ReadTier(ctx context.Context, tier historian.Tier, series int64, from, to tag.Time) ([]historian.Row, error) {
	return rowsOf(h.store.read(ctx).Table(tierTables[tier]).Where("series = ? AND start >= ? AND start < ?", series, int64(from), int64(to)).Order("start"))
}

// NextTier implements historian.Rows.
func (h *History) NextTier(ctx context.Context, tier historian.Tier, series int64, t tag.Time) (tag.Time, bool, error) {
	return oneStart(h.store.read(ctx).Table(tierTables[tier]).Where("series = ? AND start >= ?", series, int64(t)))
}

// FirstRow implements historian.Rows.
func (h *History) FirstRow(ctx context.Context, tier historian.Tier, t tag.Time) (tag.Time, bool, error) {
	return oneStart(h.store.read(ctx).Table(tierTables[tier]).Where("start >= ?", int64(t)))
}

func oneStart(q *gorm.DB) (tag.Time, bool, error) {
	var start []int64
	err := q.Order("start").Limit(1).Pluck("start", &start).Error
	if err != nil || len(start) == 0 {
		return 0, false, err
	}
	return tag.Time(start[0]), true, nil
}

// BeforeTier implements historian.Rows.
func (h *History) BeforeTier(ctx context.Context, tier historian.Tier, series int64, t tag.Time) (historian.Row, bool, error) {
	var r chunkRow
	err := h.store.read(ctx).Table(tierTables[tier]).Where("series = ? AND start < ?", series, int64(t)).Order("start DESC").Take(&r).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return historian.Row{}, false, nil
	}
	if err != nil {
		return historian.Row{}, false, err
	}
	return r.row(), true, nil
}

// SeriesIn implements historian.Rows.
func (h *History) SeriesIn(ctx context.Context, tier historian.Tier, from, to tag.Time) ([]int64, error) {
	var out []int64
	err := h.store.read(ctx).Table(tierTables[tier]).Where("start >= ? AND start < ?", int64(from), int64(to)).Distinct().Order("series").Pluck("series", &out).Error
	return out, err
}

// Marks implements historian.Rows.
func (h *History) Marks(ctx context.Context) (historian.Marks, error) {
	var m historian.Marks
	var marks []markRow
	if err := h.store.read(ctx).Find(&marks).Error; err != nil {
		return m, err
	}
	for _, r := range marks {
		kind, name, _ := strings.Cut(r.Name, "/")
		for tier := range tierTables {
			switch {
			case historian.Tier(tier).String() != name:
			case kind == "made":
				m.Made[tier] = tag.Time(r.At)
			case kind == "floor":
				m.Floor[tier] = tag.Time(r.At)
			}
		}
	}
	var stale []staleRow
	if err := h.store.read(ctx).Find(&stale).Error; err != nil {
		return m, err
	}
	for _, s := range stale {
		m.Stale = append(m.Stale, historian.Stale{Tier: historian.Tier(s.Tier), Series: s.Series, Start: tag.Time(s.Start)})
	}
	return m, nil
}

// Trim implements historian.Rows.
func (h *History) Trim(ctx context.Context, tier historian.Tier, t tag.Time, limit int) (historian.Trimmed, error) {
	var out historian.Trimmed
	table, row := tierTables[tier], "rowid"
	if h.store.postgres {
		row = "ctid"
	}
	err := h.store.write(ctx, func(tx *gorm.DB) error {
		var gone []struct{ Start, Count, Bytes int64 }
		if err := tx.Raw(fmt.Sprintf("DELETE FROM %s WHERE %s IN (SELECT %s FROM %s WHERE start < ? ORDER BY start LIMIT ?) RETURNING start, count, LENGTH(data) AS bytes", table, row, row, table), int64(t), limit).Scan(&gone).Error; err != nil {
			return err
		}
		m := amounts{}
		out = historian.Trimmed{}
		for _, r := range gone {
			m.add(tier, r.Start, -1, -r.Count, -r.Bytes)
			out.Samples += r.Count
			out.Bytes += r.Bytes
			out.Last = max(out.Last, tag.Time(r.Start))
		}
		if out.Rows = int64(len(gone)); out.Rows == 0 {
			return nil
		}
		if err := m.write(tx); err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM history_days WHERE tier = ? AND chunks <= 0", int(tier)).Error; err != nil {
			return err
		}
		if err := tx.Exec("DELETE FROM history_stale WHERE tier = ? AND start < ?", int(tier), int64(out.Last)).Error; err != nil {
			return err
		}
		// What was deleted does not come back: late samples from before are refused.
		return tx.Save(&markRow{Name: "floor/" + tier.String(), At: int64(out.Last) + int64(tier.Span())}).Error
	})
	if err != nil {
		return historian.Trimmed{}, h.fail(err)
	}
	return out, nil
}

// Extent implements historian.Rows.
func (h *History) Extent(ctx context.Context) (historian.Extent, error) {
	var e historian.Extent
	var days []dayRow
	if err := h.store.read(ctx).Order("tier, day").Find(&days).Error; err != nil {
		return e, err
	}
	for _, d := range days {
		if d.Tier < 0 || d.Tier >= len(e.Tiers) {
			continue
		}
		x := &e.Tiers[d.Tier]
		x.Rows += d.Rows
		x.Samples += d.Samples
		x.Bytes += d.Bytes
		e.Rows += d.Rows
		e.Bytes += d.Bytes
		if d.Tier == 0 {
			e.Samples += d.Samples
		}
		if start := tag.Time(d.Day * dayLength); e.Oldest == 0 || start < e.Oldest {
			e.Oldest = start
		}
		x.Days = append(x.Days, historian.Day{Start: tag.Time(d.Day * dayLength), Rows: d.Rows, Samples: d.Samples, Bytes: d.Bytes})
	}
	return e, nil
}
