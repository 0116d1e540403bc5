package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// Rows of history come by ten thousands at once. They are written and read without gorm's reflection, which would cost
// several times what the database does.

// rowColumns are the columns of a row.
var rowColumns = []string{"series", "start", "first", "last", "count", "good", "min", "max", "sum", "data"}

// rowsTogether is how many rows a statement writes to SQLite.
const rowsTogether = 20

// onConflict lets rows take the place of those that are there.
var onConflict = func() string {
	var set []string
	for _, c := range rowColumns[2:] {
		set = append(set, c+" = excluded."+c)
	}
	return " ON CONFLICT (series, start) DO UPDATE SET " + strings.Join(set, ", ")
}()

// putRows writes rows and counts them.
func (h *History) putRows(tx *gorm.DB, tier historian.Tier, rows []historian.Row) error {
	if len(rows) == 0 {
		return nil
	}
	m := amounts{}
	for i := range rows {
		r := &rows[i]
		m.add(tier, int64(r.Start), 1, int64(r.Count), int64(len(r.Data)))
		if r.Was {
			m.add(tier, int64(r.Start), -1, -r.WasCount, -r.WasBytes)
		}
	}
	insert := insertRows
	if h.store.postgres {
		insert = insertArrays
	}
	if err := insert(tx, tierTables[tier], rows); err != nil {
		return err
	}
	return m.write(tx)
}

// insertRows writes some rows by a statement, which is prepared once: a transaction of database/sql would prepare what another
// connection has prepared again for each call.
func insertRows(tx *gorm.DB, table string, rows []historian.Row) error {
	ctx, pool := tx.Statement.Context, tx.Statement.ConnPool
	if cached, ok := pool.(*gorm.PreparedStmtTX); ok {
		pool = cached.Tx
	}
	row := "(?" + strings.Repeat(", ?", len(rowColumns)-1) + ")"
	begin := "INSERT INTO " + table + " (" + strings.Join(rowColumns, ", ") + ") VALUES " + row
	args := make([]any, 0, rowsTogether*len(rowColumns))
	for _, together := range []int{rowsTogether, 1} {
		if len(rows) < together {
			continue
		}
		statement, err := pool.PrepareContext(ctx, begin+strings.Repeat(", "+row, together-1)+onConflict)
		if err != nil {
			return err
		}
		for ; len(rows) >= together && err == nil; rows = rows[together:] {
			args = args[:0]
			for i := range rows[:together] {
				r := &rows[i]
				args = append(args, r.Series, int64(r.Start), int64(r.First), int64(r.Last), int64(r.Count), int64(r.Good), r.Min, r.Max, r.Sum, r.Data)
			}
			_, err = statement.ExecContext(ctx, args...)
		}
		if failed := statement.Close(); err == nil {
			err = failed
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// insertArrays writes all rows by one statement of PostgreSQL, an array for each column: it knows no conflicts for COPY.
func insertArrays(tx *gorm.DB, table string, rows []historian.Row) error {
	var ints [6][]int64
	var numbers [3][]string // as texts with all their digits: a float8 that becomes numeric keeps 15 of them
	data := make([][]byte, len(rows))
	for i := range rows {
		r := &rows[i]
		for c, v := range [...]int64{r.Series, int64(r.Start), int64(r.First), int64(r.Last), int64(r.Count), int64(r.Good)} {
			ints[c] = append(ints[c], v)
		}
		for c, v := range [...]float64{r.Min, r.Max, r.Sum} {
			numbers[c] = append(numbers[c], strconv.FormatFloat(v, 'g', -1, 64))
		}
		data[i] = r.Data
	}
	_, err := tx.Statement.ConnPool.ExecContext(tx.Statement.Context,
		"INSERT INTO "+table+" ("+strings.Join(rowColumns, ", ")+") SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::numeric[], $8::numeric[], $9::numeric[], $10::bytea[])"+onConflict,
		ints[0], ints[1], ints[2], ints[3], ints[4], ints[5], numbers[0], numbers[1], numbers[2], data)
	return err
}

// seriesTogether is for how many series is asked at once.
const seriesTogether = 100

// in is a condition that a column is one of ids, which are as many as the database keeps a statement for: what is missing is made
// up with the last.
func in(column string, ids []int64) (string, []any) {
	args := make([]any, 0, seriesTogether)
	for len(args) < cap(args) {
		args = append(args, ids[min(len(args), len(ids)-1)])
	}
	return column + " IN (?" + strings.Repeat(", ?", len(args)-1) + ")", args
}

// Newest implements historian.Rows.
func (h *History) Newest(ctx context.Context, series []int64) (map[int64]tag.Time, error) {
	out := make(map[int64]tag.Time, len(series))
	for part := range slices.Chunk(series, seriesTogether) {
		condition, args := in("s.id", part)
		var found []struct{ ID, Start int64 }
		// Not by a group: that would go through all rows of these series.
		q := h.store.read(ctx).Raw("SELECT s.id, (SELECT c.start FROM history_chunks c WHERE c.series = s.id ORDER BY c.start DESC LIMIT 1) AS start FROM history_series s WHERE "+condition+
			" AND EXISTS (SELECT 1 FROM history_chunks c WHERE c.series = s.id)", args...)
		if err := q.Scan(&found).Error; err != nil {
			return nil, err
		}
		for _, f := range found {
			out[f.ID] = tag.Time(f.Start)
		}
	}
	return out, nil
}

// EachRow implements historian.Rows.
func (h *History) EachRow(ctx context.Context, tier historian.Tier, series []int64, from, to tag.Time, each func(*historian.Row) error) error {
	for part := range slices.Chunk(series, seriesTogether) {
		condition, args := in("series", part)
		rows, err := h.store.read(ctx).Raw(fmt.Sprintf("SELECT series, start, first, last, count, data FROM %s WHERE %s AND start >= ? AND start < ? ORDER BY series, start", tierTables[tier], condition),
			append(args, int64(from), int64(to))...).Rows()
		if err != nil {
			return err
		}
		if err := eachRow(rows, each); err != nil {
			return err
		}
	}
	return nil
}

func eachRow(rows *sql.Rows, each func(*historian.Row) error) (err error) {
	defer func() {
		if failed := rows.Close(); err == nil {
			err = failed
		}
	}()
	var r historian.Row
	var start, first, last int64
	var data sql.RawBytes
	for rows.Next() {
		if err := rows.Scan(&r.Series, &start, &first, &last, &r.Count, &data); err != nil {
			return err
		}
		r.Start, r.First, r.Last, r.Data = tag.Time(start), tag.Time(first), tag.Time(last), data
		if err := each(&r); err != nil {
			return err
		}
	}
	return rows.Err()
}
