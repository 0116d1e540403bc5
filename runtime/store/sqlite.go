package store

import (
	"errors"
	"net/url"
	"path/filepath"
	"strings"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	moderncsqlite "modernc.org/sqlite"
)

// sqliteDialector is gorm's, on the pure Go driver, whose errors it cannot read by itself.
type sqliteDialector struct{ *sqlite.Dialector }

// Extended result codes (sqlite.org/rescode.html).
const (
	sqliteConstraintForeignKey = 787
	sqliteConstraintPrimaryKey = 1555
	sqliteConstraintUnique     = 2067
)

// Translate implements gorm.ErrorTranslator.
func (sqliteDialector) Translate(err error) error {
	var e *moderncsqlite.Error
	if errors.As(err, &e) {
		switch e.Code() {
		case sqliteConstraintPrimaryKey, sqliteConstraintUnique:
			return gorm.ErrDuplicatedKey
		case sqliteConstraintForeignKey:
			return gorm.ErrForeignKeyViolated
		}
	}
	return err
}

// openSQLite makes the dialector of a file. synchronous=FULL keeps acknowledged commits
// through a power cut; NORMAL does not. auto_vacuum=INCREMENTAL, which only a new file takes, lets history that was
// deleted give its room back to the disk.
func openSQLite(file string) gorm.Dialector {
	if abs, err := filepath.Abs(file); err == nil {
		file = abs
	}
	path := filepath.ToSlash(file)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // C:/… on Windows
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: "_txlock=immediate" +
		"&_pragma=busy_timeout(10000)&_pragma=auto_vacuum(2)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"}
	return sqliteDialector{&sqlite.Dialector{DriverName: "sqlite", DSN: u.String()}}
}
