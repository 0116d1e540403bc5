package sql

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// dialect is what differs from one kind of data base to the other.
type dialect interface {
	// open makes what opens connections. It does not connect.
	open(s *Settings, c *Connector) (*sql.DB, error)
	// prepare sets up a new connection.
	prepare(ctx context.Context, conn *sql.Conn, s *Settings) error
	// present tells what the connection itself cannot: that what it leads to is gone.
	present(c *Connector) error
	// lexis says how statements are written.
	lexis() lexis
	// begin opens a transaction that only reads, as far as the data base has such, and end rolls it
	// back. An error of end says that what was read cannot be believed.
	begin(ctx context.Context, conn *sql.Conn) (in querier, end func(context.Context) error, err error)
	// unlock lets a connection write, and ends that again, where it is more than a transaction.
	unlock(ctx context.Context, conn *sql.Conn, on bool) error
	// confirm tells whether the answers still belong to the questions, after a write.
	confirm(ctx context.Context, conn *sql.Conn) error
	// refusal is what an error of the data base's own means, BadNoCommunication when it ends the
	// connection; false for an error that is not its own.
	refusal(err error) (tag.Quality, bool)
	// shape says how the values of a type of column are to be read.
	shape(typ string) shape
	// moment is a time as a parameter.
	moment(t time.Time, zone *time.Location) any
	// again is a value that was read, as a parameter that is compared with its column.
	again(cell any) any
	// Queries for browsing: schemas; tables of a schema; columns and types of a table.
	schemas() string
	tables() string
	columns() string
}

// querier is a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// transaction is begin for those that need nothing of their own.
func transaction(ctx context.Context, conn *sql.Conn, readOnly bool) (querier, func(context.Context) error, error) {
	tx, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: readOnly})
	if err != nil {
		return nil, nil, err
	}
	return tx, func(context.Context) error { return tx.Rollback() }, nil
}

var dialects = map[string]dialect{"postgres": postgres{}, "mysql": mysqlDialect{}, "sqlserver": sqlServer{}, "sqlite": sqlite{}}

// shape is how the values of a column are to be read.
type shape struct {
	binary bool // bytes are bytes, not text
	bits   bool // bytes are a number, the most significant first
	uuid   bool // bytes are an identifier as SQL Server keeps it
	single bool // floats have 32 bits
	naive  bool // times name no zone
	time   bool // texts are times
	array  bool // texts are arrays of PostgreSQL
}

// maxPacket is the largest message of a data base that is taken, in bytes.
const maxPacket = 16 << 20

// lost reports whether an error means that the connection is gone.
func lost(err error) bool {
	var broken net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) || errors.As(err, &broken) ||
		strings.Contains(err.Error(), "invalid connection") || strings.Contains(err.Error(), "conn closed") || strings.Contains(err.Error(), "closed connection")
}

// guard is what is known of a file of SQLite, and what is allowed on its connection at the moment.
type guard struct {
	writing atomic.Bool
	file    os.FileInfo
}

// quote makes an identifier of a name.
func (l lexis) quote(name string) string {
	return l.open + strings.ReplaceAll(name, l.close, l.close+l.close) + l.close
}
