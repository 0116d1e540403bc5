package sql

import (
	"context"
	"database/sql"
	"errors"
	"net"
	"net/url"
	"strconv"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/lineside/lineside/runtime/tag"
)

type sqlServer struct{}

func (sqlServer) config(s *Settings) (msdsn.Config, error) {
	port := s.Port
	if port == 0 {
		port = 1433
	}
	more := url.Values{"database": {s.Database}, "app name": {"lineside"}, "encrypt": {"disable"}, "ApplicationIntent": {"ReadOnly"}, "disableretry": {"true"}, "keepAlive": {"15"}}
	if s.AllowWrites {
		more.Del("ApplicationIntent")
	}
	if s.TLS == "on" {
		more.Set("encrypt", "true")
	}
	u := url.URL{Scheme: "sqlserver", User: url.UserPassword(s.User, s.Password), Host: net.JoinHostPort(s.Host, strconv.Itoa(port)), RawQuery: more.Encode()}
	config, err := msdsn.Parse(u.String())
	if err != nil {
		return config, errors.New("the settings do not make an address of SQL Server") // the error may hold the password
	}
	config.DialTimeout = s.Timeout.Std()
	if s.TLS == "on" {
		tls, err := s.ClientTLS(net.JoinHostPort(s.Host, strconv.Itoa(port)))
		if err != nil {
			return config, err
		}
		tls.DynamicRecordSizingDisabled = true // TDS cannot have its records cut
		config.TLSConfig = tls
	}
	return config, nil
}

func (d sqlServer) open(s *Settings, c *Connector) (*sql.DB, error) {
	config, err := d.config(s)
	if err != nil {
		return nil, err
	}
	opener := mssql.NewConnectorConfig(config)
	opener.Dialer = dialer{c}
	return sql.OpenDB(opener), nil
}

// dialer has connections opened by the connector.
type dialer struct{ c *Connector }

// DialContext implements mssql.Dialer.
func (d dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	return d.c.dial(ctx, network, address)
}

func (sqlServer) prepare(ctx context.Context, conn *sql.Conn, _ *Settings) error {
	_, err := conn.ExecContext(ctx, "SET LOCK_TIMEOUT 5000")
	return err
}

func (sqlServer) present(*Connector) error { return nil }

func (sqlServer) lexis() lexis {
	return lexis{open: "[", close: "]", mark: numbered("@p"), bracket: true, top: true}
}

// begin opens a plain transaction: SQL Server has none that only reads.
func (sqlServer) begin(ctx context.Context, conn *sql.Conn) (querier, func(context.Context) error, error) {
	return transaction(ctx, conn, false)
}

func (sqlServer) unlock(context.Context, *sql.Conn, bool) error { return nil }

func (sqlServer) confirm(context.Context, *sql.Conn) error { return nil }

// refusal reads an error number (SQL Server, sys.messages).
func (sqlServer) refusal(err error) (tag.Quality, bool) {
	var e mssql.Error
	if !errors.As(err, &e) {
		return 0, false
	}
	switch e.Number {
	case 6005, 17142: // shutting down
		return tag.BadNoCommunication, true
	case 229, 230, 262, 297, 300, 916, 4060, 18456:
		return tag.BadUserAccessDenied, true
	case 207, 208, 2812, 4121:
		return tag.BadNodeIDUnknown, true
	case 3906, 978:
		return tag.BadNotWritable, true
	case 1222, 1205, 701, 8645:
		return tag.BadResourceUnavailable, true
	case 241, 242, 245, 8114, 8169, 206:
		return tag.BadTypeMismatch, true
	case 220, 232, 515, 547, 2601, 2627, 2628, 8115, 8152:
		return tag.BadOutOfRange, true
	}
	if e.Class <= 16 {
		return tag.BadConfigurationError, true
	}
	if e.Class >= 20 { // it closes the connection
		return tag.BadNoCommunication, true
	}
	return tag.BadDeviceFailure, true
}

func (sqlServer) shape(typ string) shape {
	return shape{
		binary: typ == "BINARY" || typ == "VARBINARY" || typ == "IMAGE" || typ == "TIMESTAMP" || typ == "UDT", uuid: typ == "UNIQUEIDENTIFIER", single: typ == "REAL",
		naive: typ == "DATETIME" || typ == "DATETIME2" || typ == "SMALLDATETIME" || typ == "DATE",
	}
}

func (sqlServer) moment(t time.Time, zone *time.Location) any { return t.In(zone) }

func (sqlServer) again(cell any) any { return own(cell) }

func (sqlServer) schemas() string {
	return `SELECT DISTINCT table_schema FROM information_schema.tables ORDER BY 1`
}

func (sqlServer) tables() string {
	return `SELECT table_name FROM information_schema.tables WHERE table_schema = @p1 ORDER BY 1`
}

func (sqlServer) columns() string {
	return `SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = @p1 AND table_name = @p2 ORDER BY ordinal_position`
}
