package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"gorm.io/driver/postgres"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

var quiet = logger.Discard

func memorySQLite() gorm.Dialector {
	return sqliteDialector{&sqlite.Dialector{DriverName: "sqlite", DSN: ":memory:"}}
}

// KeyFile is the name of the file in the data folder with the key of the secrets.
const KeyFile = keyFile

// Schema is the version of the tables that this program writes.
func Schema() int { return len(migrations) }

// Key is the key of the secrets of a data folder; fs.ErrNotExist when there is none. It makes none.
func Key(dir string) ([]byte, error) {
	if _, err := os.Stat(filepath.Join(dir, keyFile)); err != nil {
		return nil, err
	}
	return loadKey(filepath.Join(dir, keyFile))
}

// Load is a database that is being filled with a dump.
type Load struct {
	db *gorm.DB // outside of the transaction
	tx *gorm.DB
	// parts says that what was added may be committed from time to time.
	parts bool
	held  int
}

// commitAt is how many bytes are added to SQLite in one transaction.
const commitAt = 64 << 20

// LoadDump fills a database with a dump that was taken at a version of the tables, and brings them up to date. The SQLite
// file in dir (url "") must be new: when f fails it is left half full. In PostgreSQL everything of this program makes way,
// in one transaction: when f fails nothing has changed. mark is kept in the settings for Loaded.
func LoadDump(ctx context.Context, url, dir string, schema int, mark string, f func(l *Load) error) (err error) {
	if schema < 1 || schema > len(migrations) {
		return fmt.Errorf("the tables are of version %d, this program knows %d", schema, len(migrations))
	}
	db, end, err := connect(url, dir)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, end()) }()
	l := &Load{db: db.WithContext(ctx), parts: url == ""}
	l.tx = l.db.Begin()
	if l.tx.Error != nil {
		return fmt.Errorf("open database: %w", l.tx.Error)
	}
	defer func() {
		if err != nil {
			l.tx.Rollback()
		}
	}()
	if url != "" {
		if err := l.clear(); err != nil {
			return err
		}
	}
	if err := l.tx.AutoMigrate(&settingRow{}); err != nil {
		return err
	}
	for i, step := range migrations[:schema] {
		if err := step(l.tx); err != nil {
			return fmt.Errorf("step %d: %w", i+1, err)
		}
	}
	if err := f(l); err != nil {
		return err
	}
	for i, step := range migrations[schema:] {
		if err := step(l.tx); err != nil {
			return fmt.Errorf("bring the tables up to date: step %d: %w", schema+i+1, err)
		}
	}
	if url != "" {
		if err := l.sequences(); err != nil {
			return err
		}
	}
	if err := l.tx.Save(&settingRow{Name: settingSchema, Value: strconv.Itoa(len(migrations))}).Error; err != nil {
		return err
	}
	if mark != "" {
		if err := l.tx.Save(&settingRow{Name: settingLoaded, Value: mark}).Error; err != nil {
			return err
		}
	}
	if err := l.tx.Commit().Error; err != nil {
		if isFull(err) {
			return fmt.Errorf("%w: %w", ErrFull, err)
		}
		return err
	}
	if url == "" { // everything into the one file
		return l.db.Exec("PRAGMA wal_checkpoint(TRUNCATE)").Error
	}
	return nil
}

// settingLoaded is the mark of the last LoadDump.
const settingLoaded = "loaded"

// Loaded is the mark of the last LoadDump of the database at url, "" for none.
func Loaded(ctx context.Context, url string) (string, error) {
	db, end, err := connect(url, "")
	if err != nil {
		return "", err
	}
	var row settingRow
	if db = db.WithContext(ctx); db.Migrator().HasTable(&settingRow{}) {
		err = db.Limit(1).Find(&row, "name = ?", settingLoaded).Error
	}
	return row.Value, errors.Join(err, end())
}

// Holds reports whether the database at url, or the SQLite file in dir, holds anything of anybody.
func Holds(ctx context.Context, url, dir string) (bool, error) {
	if url == "" {
		if _, err := os.Stat(filepath.Join(dir, FileName)); err != nil {
			return false, nil
		}
	}
	db, end, err := connect(url, dir)
	if err != nil {
		return false, err
	}
	db = db.WithContext(ctx)
	holds := false
	for _, table := range []interface{ TableName() string }{documentRow{}, userRow{}, seriesRow{}} {
		var n int64
		if db.Migrator().HasTable(table.TableName()) {
			err = errors.Join(err, db.Table(table.TableName()).Limit(1).Count(&n).Error)
		}
		holds = holds || n > 0
	}
	return holds, errors.Join(err, end())
}

// connect opens a database without making anything of its tables.
func connect(url, dir string) (*gorm.DB, func() error, error) {
	var dialector gorm.Dialector
	if url == "" {
		dialector = openSQLite(filepath.Join(dir, FileName))
	} else {
		dialector = postgres.Open(url)
	}
	db, err := gorm.Open(dialector, &gorm.Config{Logger: quiet, TranslateError: true, SkipDefaultTransaction: true})
	if err != nil {
		return nil, nil, fmt.Errorf("open database: %w", err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, nil, fmt.Errorf("open database: %w", err)
	}
	return db, pool.Close, nil
}

// clear removes everything of this program from PostgreSQL.
func (l *Load) clear() error {
	if err := l.tx.Exec("SET LOCAL lock_timeout = '30s'").Error; err != nil {
		return err
	}
	if err := l.tx.Exec("SELECT pg_advisory_xact_lock(?)", advisory).Error; err != nil {
		return err
	}
	names, err := (&Store{}).tables(l.tx)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := l.tx.Exec("DROP TABLE " + l.tx.Statement.Quote(name)).Error; err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	return nil
}

// sequences go on behind the numbers that were loaded.
func (l *Load) sequences() error {
	var list []struct{ TableName, ColumnName string }
	if err := l.tx.Raw("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() AND column_default LIKE 'nextval%'").Scan(&list).Error; err != nil {
		return err
	}
	for _, c := range list {
		table, column := l.tx.Statement.Quote(c.TableName), l.tx.Statement.Quote(c.ColumnName)
		if err := l.tx.Exec("SELECT setval(pg_get_serial_sequence(?, ?), (SELECT COALESCE(MAX("+column+"), 0) + 1 FROM "+table+"), false)", table, c.ColumnName).Error; err != nil {
			return fmt.Errorf("numbers of %s: %w", c.TableName, err)
		}
	}
	return nil
}

// loadRows is how many rows go into one statement.
const loadRows = 50

// Table fills a table with the rows that next gives, until that returns nil. Values are those of the kinds of the columns;
// a row is not kept. The error names a column that this version does not have.
func (l *Load) Table(ctx context.Context, name string, from []Column, next func() ([]any, error)) error {
	if !l.tx.Migrator().HasTable(name) {
		return fmt.Errorf("there is no table %s", name)
	}
	to, err := columns(l.tx, name)
	if err != nil {
		return err
	}
	kinds := map[string]ColumnKind{}
	for _, c := range to {
		kinds[c.Name] = c.Kind
	}
	quoted := make([]string, len(from))
	first := -1
	for i, c := range from {
		if kinds[c.Name] == "" {
			return fmt.Errorf("table %s: there is no column %s", name, c.Name)
		}
		quoted[i] = l.tx.Statement.Quote(c.Name)
		if name == (settingRow{}).TableName() && c.Name == "name" {
			first = i
		}
	}
	begin := "INSERT INTO " + l.tx.Statement.Quote(name) + " (" + strings.Join(quoted, ", ") + ") VALUES "
	one := "( " + strings.TrimSuffix(strings.Repeat("?, ", len(from)), ", ") + ")" // gorm takes bytes right behind a parenthesis apart
	insert := func(values []any) error {
		n := len(values) / len(from)
		err := l.tx.WithContext(ctx).Session(&gorm.Session{}).Exec(begin+strings.TrimSuffix(strings.Repeat(one+", ", n), ", "), values...).Error
		if isFull(err) {
			return fmt.Errorf("table %s: %w: %w", name, ErrFull, err)
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
		return l.part()
	}
	values := make([]any, 0, loadRows*len(from))
	for {
		row, err := next()
		if err != nil {
			return err
		}
		if row == nil {
			break
		}
		if first >= 0 && row[first] == settingSchema {
			continue // that of the tables as they are
		}
		for i := range from {
			v, err := loadable(row[i], kinds[from[i].Name], !l.parts)
			if err != nil {
				return fmt.Errorf("table %s, column %s: %w", name, from[i].Name, err)
			}
			values = append(values, v)
		}
		if len(values) == cap(values) || l.held > commitAt {
			if err := insert(values); err != nil {
				return err
			}
			values = values[:0]
		}
	}
	if len(values) == 0 {
		return nil
	}
	return insert(values)
}

// Held counts bytes that were read, so that no transaction of SQLite grows too large.
func (l *Load) Held(bytes int) { l.held += bytes }

func (l *Load) part() error {
	if !l.parts || l.held < commitAt {
		return nil
	}
	l.held = 0
	if err := l.tx.Commit().Error; err != nil {
		return err
	}
	l.tx = l.db.Begin()
	return l.tx.Error
}

// loadable is a value as the database takes it; it may be kept.
func loadable(v any, kind ColumnKind, pg bool) (any, error) {
	switch x := v.(type) {
	case nil:
		return nil, nil
	case []byte:
		if kind == BytesColumn {
			return append([]byte{}, x...), nil
		}
	case string:
		switch {
		case kind == TextColumn && pg && strings.ContainsRune(x, 0):
			return strings.ReplaceAll(x, "\x00", "\ufffd"), nil // PostgreSQL has no such character
		case kind == TextColumn:
			return x, nil
		}
	case int64:
		switch kind {
		case IntColumn:
			return x, nil
		case FloatColumn:
			return float64(x), nil
		}
	case float64:
		if kind == FloatColumn {
			return x, nil
		}
	case bool:
		if kind == BoolColumn {
			return x, nil
		}
	}
	return nil, fmt.Errorf("a %T does not fit into %s", v, kind)
}
