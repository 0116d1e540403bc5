package sql

import (
	"context"
	"crypto/rand"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
	"github.com/jackc/pgx/v5/stdlib"

	"github.com/lineside/lineside/runtime/tag"
)

type postgres struct{}

func (postgres) open(s *Settings, c *Connector) (*sql.DB, error) {
	// Everything is said here, so that nothing is taken from the environment or from files.
	config, err := pgx.ParseConfig("host=localhost user=x password=x dbname=x sslmode=disable")
	if err != nil {
		return nil, err
	}
	config.Host, config.Port, config.Database, config.User, config.Password = s.Host, uint16(s.Port), s.Database, s.User, s.Password
	if s.Port == 0 {
		config.Port = 5432
	}
	config.Fallbacks, config.TLSConfig = nil, nil
	config.DialFunc, config.LookupFunc = c.dial, func(_ context.Context, host string) ([]string, error) { return []string{host}, nil }
	config.ConnectTimeout = s.Timeout.Std()
	config.RuntimeParams = map[string]string{"application_name": "lineside"}
	// Prepared statements would belong to another connection behind a pooler.
	config.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	config.BuildFrontend = func(r io.Reader, w io.Writer) *pgproto3.Frontend {
		f := pgproto3.NewFrontend(r, w)
		f.SetMaxBodyLen(maxPacket)
		return f
	}
	if s.TLS == "on" {
		if config.TLSConfig, err = s.ClientTLS(net.JoinHostPort(s.Host, strconv.Itoa(int(config.Port)))); err != nil {
			return nil, err
		}
	}
	return sql.OpenDB(stdlib.GetConnector(*config)), nil
}

func (postgres) prepare(ctx context.Context, conn *sql.Conn, s *Settings) error {
	_, err := conn.ExecContext(ctx, fmt.Sprintf("SET statement_timeout = %d", s.Timeout.Std().Milliseconds()))
	return err
}

func (postgres) present(*Connector) error { return nil }

func (postgres) lexis() lexis {
	return lexis{open: `"`, close: `"`, mark: numbered("$"), dollar: true}
}

func (p postgres) begin(ctx context.Context, conn *sql.Conn) (querier, func(context.Context) error, error) {
	if _, err := conn.ExecContext(ctx, "BEGIN READ ONLY"); err != nil {
		return nil, nil, err
	}
	return conn, func(ctx context.Context) error { return p.ask(ctx, conn, "ROLLBACK; ") }, nil
}

func (postgres) unlock(context.Context, *sql.Conn, bool) error { return nil }

func (p postgres) confirm(ctx context.Context, conn *sql.Conn) error { return p.ask(ctx, conn, "") }

// errStep says that an answer was to another question: the protocol has no numbers that would tell.
var errStep = fmt.Errorf("the answers do not belong to the questions: %w", driver.ErrBadConn)

// ask asks something that only the present moment can answer.
func (postgres) ask(ctx context.Context, conn *sql.Conn, before string) error {
	return conn.Raw(func(lib any) error {
		c, ok := lib.(*stdlib.Conn)
		if !ok {
			return errors.New("the library has changed")
		}
		want := rand.Text()
		results, err := c.Conn().PgConn().Exec(ctx, before+"SELECT '"+want+"'").ReadAll()
		if err != nil {
			return err
		}
		if n := len(results); n == 0 || len(results[n-1].Rows) != 1 || string(results[n-1].Rows[0][0]) != want {
			return errStep
		}
		return nil
	})
}

// refusal reads a SQLSTATE (PostgreSQL, appendix A).
func (postgres) refusal(err error) (tag.Quality, bool) {
	var e *pgconn.PgError
	if !errors.As(err, &e) {
		return 0, false
	}
	switch {
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "57P"): // connection, shutting down
		return tag.BadNoCommunication, true
	case e.Code == "42501", strings.HasPrefix(e.Code, "28"):
		return tag.BadUserAccessDenied, true
	case e.Code == "42P01", e.Code == "42703", e.Code == "3F000", e.Code == "42883":
		return tag.BadNodeIDUnknown, true
	case e.Code == "25006", e.Code == "428C9":
		return tag.BadNotWritable, true
	case e.Code == "57014":
		return tag.BadTimeout, true
	case e.Code == "22P02", e.Code == "42804", e.Code == "22007":
		return tag.BadTypeMismatch, true
	case strings.HasPrefix(e.Code, "22"), strings.HasPrefix(e.Code, "23"):
		return tag.BadOutOfRange, true
	case strings.HasPrefix(e.Code, "42"), strings.HasPrefix(e.Code, "25"):
		return tag.BadConfigurationError, true
	case strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "55"), strings.HasPrefix(e.Code, "40"):
		return tag.BadResourceUnavailable, true
	}
	return tag.BadDeviceFailure, true
}

func (postgres) shape(typ string) shape {
	return shape{binary: typ == "BYTEA", single: typ == "FLOAT4", naive: typ == "TIMESTAMP" || typ == "DATE", array: strings.HasPrefix(typ, "_")}
}

func (postgres) moment(t time.Time, zone *time.Location) any { return t.In(zone) }

func (postgres) again(cell any) any { return own(cell) }

func (postgres) schemas() string {
	return `SELECT nspname FROM pg_catalog.pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema' AND has_schema_privilege(oid, 'USAGE') ORDER BY 1`
}

func (postgres) tables() string {
	return `SELECT table_name FROM information_schema.tables WHERE table_schema = $1 ORDER BY 1`
}

func (postgres) columns() string {
	return `SELECT column_name, udt_name FROM information_schema.columns WHERE table_schema = $1 AND table_name = $2 ORDER BY ordinal_position`
}
