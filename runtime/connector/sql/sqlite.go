package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net/url"
	"os"
	"strings"
	"time"

	sqlitelib "modernc.org/sqlite"

	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/tag"
)

type sqlite struct{}

func (sqlite) open(s *Settings, c *Connector) (*sql.DB, error) {
	path, err := folder.Path(s.File)
	if err != nil {
		return nil, err
	}
	if c.guard.file, err = os.Stat(path); err != nil {
		return nil, err
	}
	mode := "ro"
	if s.AllowWrites {
		mode = "rw"
	}
	u := url.URL{Scheme: "file", Opaque: (&url.URL{Path: path}).EscapedPath(), RawQuery: url.Values{"mode": {mode}, "_pragma": {"busy_timeout(1000)", "trusted_schema(0)"}}.Encode()}
	d := &sqlitelib.Driver{}
	d.RegisterConnectionHook(func(conn sqlitelib.ExecQuerierContext, _ string) error {
		r, ok := conn.(sqlitelib.AuthorizerRegisterer)
		if !ok {
			return errors.New("the library cannot keep a connection to one file")
		}
		return r.RegisterAuthorizer(c.guard.authorize)
	})
	return sql.OpenDB(fileConnector{d, u.String()}), nil
}

// errReplaced says that the name belongs to another file now, or to none.
var errReplaced = errors.New("the file was replaced or removed")

// present tells whether the file is still there: SQLite would go on with one that was removed.
func (sqlite) present(c *Connector) error {
	path, err := folder.Path(c.settings.File)
	if err != nil {
		return err
	}
	if now, err := os.Stat(path); err != nil || !os.SameFile(now, c.guard.file) {
		return errReplaced
	}
	return nil
}

// authorize lets a statement do what a reading needs, and while writing, what changes data. A
// statement opens no other file (ATTACH, VACUUM INTO) and changes no settings.
func (g *guard) authorize(action sqlitelib.AuthorizerActionCode, name, argument, _, _ string) sqlitelib.AuthorizerReturnCode {
	switch action {
	case sqlitelib.AuthSelect, sqlitelib.AuthRead, sqlitelib.AuthTransaction, sqlitelib.AuthRecursive:
		return sqlitelib.AuthorizerOK
	case sqlitelib.AuthFunction:
		if strings.EqualFold(argument, "load_extension") {
			return sqlitelib.AuthorizerDeny
		}
		return sqlitelib.AuthorizerOK
	case sqlitelib.AuthPragma:
		if strings.EqualFold(name, "table_info") { // for browsing
			return sqlitelib.AuthorizerOK
		}
	case sqlitelib.AuthInsert, sqlitelib.AuthUpdate, sqlitelib.AuthDelete:
		if g.writing.Load() {
			return sqlitelib.AuthorizerOK
		}
	}
	return sqlitelib.AuthorizerDeny
}

func (sqlite) prepare(ctx context.Context, conn *sql.Conn, _ *Settings) error {
	var n int // a file that is none shows itself with the first statement
	return conn.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_schema").Scan(&n)
}

func (sqlite) lexis() lexis {
	return lexis{open: `"`, close: `"`, mark: numbered("?")}
}

func (sqlite) begin(ctx context.Context, conn *sql.Conn) (querier, func(context.Context) error, error) {
	return transaction(ctx, conn, true)
}

func (sqlite) unlock(context.Context, *sql.Conn, bool) error { return nil }

func (sqlite) confirm(context.Context, *sql.Conn) error { return nil }

// refusal reads a result code (sqlite.org/rescode.html).
func (sqlite) refusal(err error) (tag.Quality, bool) {
	var e *sqlitelib.Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Code() & 0xFF {
	case 5, 6: // BUSY, LOCKED
		return tag.BadResourceUnavailable, true
	case 8: // READONLY
		return tag.BadNotWritable, true
	case 9: // INTERRUPT
		return tag.BadTimeout, true
	case 18: // TOOBIG
		return tag.BadRequestTooLarge, true
	case 19: // CONSTRAINT
		return tag.BadOutOfRange, true
	case 20: // MISMATCH
		return tag.BadTypeMismatch, true
	case 23: // AUTH
		return tag.BadUserAccessDenied, true
	case 10, 14, 26: // IOERR, CANTOPEN, NOTADB
		return tag.BadNoCommunication, true
	case 1:
		if text := e.Error(); strings.Contains(text, "no such table") || strings.Contains(text, "no such column") {
			return tag.BadNodeIDUnknown, true
		}
		if strings.Contains(e.Error(), "not authorized") {
			return tag.BadUserAccessDenied, true
		}
		return tag.BadConfigurationError, true
	}
	return tag.BadDeviceFailure, true
}

func (sqlite) shape(string) shape { return shape{binary: true} }

func (sqlite) moment(t time.Time, zone *time.Location) any {
	return t.In(zone).Format("2006-01-02 15:04:05.999999999")
}

func (sqlite) again(cell any) any {
	if t, ok := cell.(time.Time); ok { // the library reads a text as a time where the column is declared so
		return t.Format("2006-01-02 15:04:05.999999999")
	}
	return own(cell)
}

func (sqlite) schemas() string { return "SELECT 'main'" }

func (sqlite) tables() string {
	return `SELECT name FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' AND ?1 = 'main' ORDER BY 1`
}

func (sqlite) columns() string {
	return `SELECT name, type FROM pragma_table_info(?2) WHERE ?1 = 'main'`
}

// fileConnector opens one file.
type fileConnector struct {
	lib  *sqlitelib.Driver
	name string
}

// Connect implements driver.Connector.
func (f fileConnector) Connect(context.Context) (driver.Conn, error) { return f.lib.Open(f.name) }

// Driver implements driver.Connector.
func (f fileConnector) Driver() driver.Driver { return f.lib }
