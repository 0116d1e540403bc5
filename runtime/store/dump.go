package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// Kind of the values of a column in a dump: the same whatever the database.
type ColumnKind string

// The kinds of columns: their values are int64, float64, string, []byte and bool, or nil.
const (
	IntColumn   ColumnKind = "int"
	FloatColumn ColumnKind = "float"
	TextColumn  ColumnKind = "text"
	BytesColumn ColumnKind = "bytes"
	BoolColumn  ColumnKind = "bool"
)

// Column is one of a table.
type Column struct {
	Name string     `json:"name"`
	Kind ColumnKind `json:"kind"`
}

// Dump is all that the database holds at one moment, whatever is written meanwhile.
type Dump struct {
	tx *gorm.DB
	// Schema is the version of the tables.
	Schema int
	// Database is "sqlite" or "postgres".
	Database string
	Tables   []DumpTable
}

// DumpTable is a table of a dump.
type DumpTable struct {
	Name string
	// Columns are sorted by name.
	Columns []Column
	Rows    int64
}

// Dump calls f with what the database holds at this moment: it reads through one transaction (WAL of SQLite,
// REPEATABLE READ of PostgreSQL), so that nobody who writes waits for it.
func (s *Store) Dump(ctx context.Context, f func(d *Dump) error) error {
	return s.read(ctx).Session(&gorm.Session{PrepareStmt: false}).Transaction(func(tx *gorm.DB) error {
		d := &Dump{tx: tx, Database: "sqlite"}
		if s.postgres {
			d.Database = "postgres"
		}
		var version settingRow
		if err := tx.First(&version, "name = ?", settingSchema).Error; err != nil {
			return fmt.Errorf("schema: %w", err)
		}
		if _, err := fmt.Sscan(version.Value, &d.Schema); err != nil {
			return fmt.Errorf("schema: %w", err)
		}
		names, err := s.tables(tx)
		if err != nil {
			return err
		}
		for _, name := range names {
			if name == (sessionRow{}).TableName() {
				continue // who is logged in is nobody's data
			}
			t := DumpTable{Name: name}
			if t.Columns, err = columns(tx, name); err != nil {
				return err
			}
			if err := tx.Table(name).Count(&t.Rows).Error; err != nil {
				return fmt.Errorf("table %s: %w", name, err)
			}
			d.Tables = append(d.Tables, t)
		}
		return f(d)
	}, &sql.TxOptions{ReadOnly: true, Isolation: sql.LevelRepeatableRead})
}

// Rows calls each for every row of a table, with a value for every column, which it must not keep.
func (d *Dump) Rows(ctx context.Context, t *DumpTable, each func(row []any) error) error {
	names := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		names[i] = d.tx.Statement.Quote(c.Name)
	}
	rows, err := d.tx.WithContext(ctx).Raw("SELECT " + strings.Join(names, ", ") + " FROM " + d.tx.Statement.Quote(t.Name)).Rows()
	if err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	defer rows.Close()
	row, into := make([]any, len(names)), make([]any, len(names))
	for i := range row {
		into[i] = &row[i]
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		for i, c := range t.Columns {
			if row[i], err = c.plain(row[i]); err != nil {
				return fmt.Errorf("table %s: %w", t.Name, err)
			}
		}
		if err := each(row); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("table %s: %w", t.Name, err)
	}
	return ctx.Err()
}

// plain makes a value of a database one of the kind of its column.
func (c *Column) plain(v any) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case int64:
		switch c.Kind {
		case IntColumn:
			return x, nil
		case BoolColumn:
			return x != 0, nil
		case FloatColumn:
			return float64(x), nil
		}
	case float64:
		switch {
		case c.Kind == FloatColumn && x != x:
			return nil, nil // SQLite has no NaN
		case c.Kind == FloatColumn:
			return x, nil
		case c.Kind == IntColumn && x == math.Trunc(x) && math.Abs(x) < 1<<63:
			return int64(x), nil
		}
	case bool:
		if c.Kind == BoolColumn {
			return x, nil
		}
	case string:
		switch c.Kind {
		case TextColumn:
			return x, nil
		case BytesColumn:
			return []byte(x), nil
		case FloatColumn: // a numeric of PostgreSQL
			f, err := strconv.ParseFloat(x, 64)
			if err == nil && f == f {
				return f, nil
			}
			return nil, err
		}
	case []byte:
		switch c.Kind {
		case TextColumn:
			return string(x), nil
		case BytesColumn:
			return x, nil
		}
	}
	return nil, fmt.Errorf("column %s (%s) holds a %T", c.Name, c.Kind, v)
}

// tables are those of this program in the database; there may be others in PostgreSQL.
func (s *Store) tables(tx *gorm.DB) ([]string, error) {
	there, err := tx.Migrator().GetTables()
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	ours, err := ownTables()
	if err != nil {
		return nil, err
	}
	var out []string
	for _, name := range there {
		if ours[name] {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out, nil
}

// ownTables are the names of the tables that this version makes.
func ownTables() (map[string]bool, error) {
	db, err := gorm.Open(memorySQLite(), &gorm.Config{Logger: quiet, SkipDefaultTransaction: true})
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	pool.SetMaxOpenConns(1)
	err = db.AutoMigrate(&settingRow{})
	for i := range migrations {
		err = errors.Join(err, migrations[i](db))
	}
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	names, err := db.Migrator().GetTables()
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	out := make(map[string]bool, len(names))
	for _, name := range names {
		out[name] = !strings.HasPrefix(name, "sqlite_")
	}
	return out, nil
}

// columns of a table, sorted by name.
func columns(tx *gorm.DB, table string) ([]Column, error) {
	list, err := tx.Migrator().ColumnTypes(table)
	if err != nil {
		return nil, fmt.Errorf("table %s: %w", table, err)
	}
	out := make([]Column, len(list))
	for i, c := range list {
		out[i].Name = c.Name()
		kind, ok := columnKinds[strings.ToLower(c.DatabaseTypeName())]
		if kind == BoolColumn && strings.EqualFold(c.DatabaseTypeName(), "numeric") && tx.Name() == "postgres" {
			kind = FloatColumn // where gorm keeps a float64
		}
		if !ok {
			return nil, fmt.Errorf("table %s: column %s has the type %q, which backups do not know", table, c.Name(), c.DatabaseTypeName())
		}
		out[i].Kind = kind
	}
	slices.SortFunc(out, func(a, b Column) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// columnKinds are the kinds of the types that gorm gives the fields of rows, in SQLite and in PostgreSQL.
var columnKinds = map[string]ColumnKind{
	"integer": IntColumn, "int": IntColumn, "bigint": IntColumn, "int8": IntColumn, "int4": IntColumn, "int2": IntColumn, "smallint": IntColumn, "bigserial": IntColumn,
	"real": FloatColumn, "float8": FloatColumn, "float4": FloatColumn, "double precision": FloatColumn,
	"text": TextColumn, "varchar": TextColumn, "character varying": TextColumn,
	"blob": BytesColumn, "bytea": BytesColumn,
	"numeric": BoolColumn, "bool": BoolColumn, "boolean": BoolColumn, // gorm keeps a bool of SQLite in a numeric column
}
