package sql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"github.com/lineside/lineside/runtime/tag"
)

type mysqlDialect struct{}

func (mysqlDialect) open(s *Settings, c *Connector) (*sql.DB, error) {
	config := mysql.NewConfig()
	port := s.Port
	if port == 0 {
		port = 3306
	}
	config.Net, config.Addr = "tcp", net.JoinHostPort(s.Host, strconv.Itoa(port))
	config.User, config.Passwd, config.DBName = s.User, s.Password, s.Database
	config.Timeout, config.MaxAllowedPacket = s.Timeout.Std(), maxPacket
	config.ClientFoundRows = true
	config.DialFunc = c.dial
	config.Logger = &mysql.NopLogger{}
	// Texts as they are stored, and times as the server has them: UTC, see prepare.
	config.Collation = "utf8mb4_general_ci"
	if s.TLS == "on" {
		tls, err := s.ClientTLS(config.Addr)
		if err != nil {
			return nil, err
		}
		config.TLS = tls
	}
	opener, err := mysql.NewConnector(config)
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(opener), nil
}

func (d mysqlDialect) prepare(ctx context.Context, conn *sql.Conn, s *Settings) error {
	if err := d.unlock(ctx, conn, false); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "SET SESSION time_zone = '+00:00'"); err != nil {
		return err
	}
	// A query that was given up would go on for ever. MariaDB counts seconds, MySQL milliseconds.
	limit := s.Timeout.Std()
	_, err := conn.ExecContext(ctx, fmt.Sprintf("SET SESSION max_statement_time = %g", limit.Seconds()))
	if e := (*mysql.MySQLError)(nil); errors.As(err, &e) {
		_, err = conn.ExecContext(ctx, fmt.Sprintf("SET SESSION max_execution_time = %d", limit.Milliseconds()))
		if errors.As(err, &e) {
			err = nil // older than both
		}
	}
	return err
}

func (mysqlDialect) present(*Connector) error { return nil }

func (mysqlDialect) lexis() lexis {
	return lexis{open: "`", close: "`", mark: func(int) string { return "?" }, repeat: true, backslash: true, hash: true}
}

func (mysqlDialect) begin(ctx context.Context, conn *sql.Conn) (querier, func(context.Context) error, error) {
	return transaction(ctx, conn, true)
}

// unlock lets the session write, and ends that again. A read-only transaction alone would not do:
// in MariaDB statements such as DROP TABLE end it and go on without.
func (mysqlDialect) unlock(ctx context.Context, conn *sql.Conn, on bool) error {
	mode := "READ ONLY"
	if on {
		mode = "READ WRITE"
	}
	_, err := conn.ExecContext(ctx, "SET SESSION TRANSACTION "+mode)
	return err
}

func (mysqlDialect) confirm(context.Context, *sql.Conn) error { return nil }

// refusal reads an error number (MySQL, server error message reference).
func (mysqlDialect) refusal(err error) (tag.Quality, bool) {
	var e *mysql.MySQLError
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Number {
	case 1053, 1152, 1927, 3169: // shutting down, killed
		return tag.BadNoCommunication, true
	case 1044, 1045, 1142, 1143, 1227, 1370:
		return tag.BadUserAccessDenied, true
	case 1049, 1054, 1146, 1305:
		return tag.BadNodeIDUnknown, true
	case 1290, 1792, 1836:
		return tag.BadNotWritable, true
	case 1317, 1969, 3024:
		return tag.BadTimeout, true
	case 1292, 1366, 1367:
		return tag.BadTypeMismatch, true
	case 1048, 1062, 1264, 1406, 1451, 1452, 1690, 3819, 4025:
		return tag.BadOutOfRange, true
	case 1040, 1203, 1205, 1213, 1226:
		return tag.BadResourceUnavailable, true
	}
	if state := string(e.SQLState[:]); strings.HasPrefix(state, "42") {
		return tag.BadConfigurationError, true
	}
	return tag.BadDeviceFailure, true
}

func (mysqlDialect) shape(typ string) shape {
	typ = strings.TrimPrefix(typ, "UNSIGNED ")
	return shape{
		binary: strings.HasSuffix(typ, "BLOB") || strings.HasSuffix(typ, "BINARY") || typ == "GEOMETRY", bits: typ == "BIT",
		time: typ == "DATETIME" || typ == "TIMESTAMP" || typ == "DATE", naive: typ != "TIMESTAMP",
	}
}

func (mysqlDialect) moment(t time.Time, zone *time.Location) any {
	return t.In(zone).Format("2006-01-02 15:04:05.999999")
}

func (mysqlDialect) again(cell any) any { return own(cell) }

func (mysqlDialect) schemas() string {
	return `SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN ('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY 1`
}

func (mysqlDialect) tables() string {
	return `SELECT table_name FROM information_schema.tables WHERE table_schema = ? ORDER BY 1`
}

func (mysqlDialect) columns() string {
	return `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = ? AND table_name = ? ORDER BY ordinal_position`
}
