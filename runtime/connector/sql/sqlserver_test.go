package sql

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	mssql "github.com/microsoft/go-mssqldb"
	"github.com/microsoft/go-mssqldb/msdsn"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func sqlServerSettings(t *testing.T, more string) *Settings {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(`{"kind":"sqlserver","host":"plc.example","database":"plant db","user":"li;ne@side","password":"ge:he/im;x=1&y?"` + more + `}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestSQLServerAddress: no character of the settings becomes a setting of its own.
func TestSQLServerAddress(t *testing.T) {
	config, err := sqlServer{}.config(sqlServerSettings(t, `,"tls":"off"`))
	if err != nil {
		t.Fatal(err)
	}
	if config.Host != "plc.example" || config.Port != 1433 || config.Database != "plant db" || config.User != "li;ne@side" || config.Password != "ge:he/im;x=1&y?" || config.Encryption != msdsn.EncryptionDisabled || !config.ReadOnlyIntent {
		t.Errorf("%+v", config)
	}
	pem := peer.NewCertificates(t)
	ca, _ := json.Marshal(pem.CA)
	config, err = sqlServer{}.config(sqlServerSettings(t, `,"tls":"on","port":1500,"allowWrites":true,"ca":`+string(ca)))
	if err != nil || config.Port != 1500 || config.Encryption != msdsn.EncryptionRequired || config.TLSConfig == nil || config.TLSConfig.VerifyConnection == nil || config.TLSConfig.ServerName != "plc.example" || config.ReadOnlyIntent {
		t.Errorf("%+v %v", config, err)
	}
}

// TestSQLServerTables: the statement that reads a table, as SQL Server wants it.
func TestSQLServerTables(t *testing.T) {
	c := newConnector(sqlServerSettings(t, `,"tls":"off"`))
	r := c.Plan(points(t, tag.Float, `{"schema":"dbo","table":"re]adings","column":"v","keyColumn":"name","key":"a'","time":"at"}`, `{"schema":"dbo","table":"re]adings","column":"w","keyColumn":"name","key":"b","time":"at"}`))[0].(*request)
	want := "SELECT * FROM (SELECT TOP 1 [v], [w], [name], [at] FROM [dbo].[re]]adings] WHERE [name] = @p1 ORDER BY [at] DESC) AS t0 UNION ALL SELECT * FROM (SELECT TOP 1 [v], [w], [name], [at] FROM [dbo].[re]]adings] WHERE [name] = @p2 ORDER BY [at] DESC) AS t1"
	if r.statement.text != want || fmt.Sprint(r.statement.params) != "[a' b]" {
		t.Errorf("%s %q", r.statement.text, r.statement.params)
	}
}

func TestSQLServerErrors(t *testing.T) {
	for _, row := range []struct {
		number int32
		class  uint8
		want   tag.Quality
	}{
		{208, 16, tag.BadNodeIDUnknown}, {207, 16, tag.BadNodeIDUnknown}, {229, 14, tag.BadUserAccessDenied}, {2627, 14, tag.BadOutOfRange}, {8115, 16, tag.BadOutOfRange}, {245, 16, tag.BadTypeMismatch}, {102, 15, tag.BadConfigurationError},
		{1205, 13, tag.BadResourceUnavailable}, {6005, 14, tag.BadNoCommunication}, {9999, 20, tag.BadNoCommunication}, {9999, 17, tag.BadDeviceFailure},
	} {
		if q, own := (sqlServer{}).refusal(fmt.Errorf("wrapped: %w", mssql.Error{Number: row.number, Class: row.class})); !own || q != row.want {
			t.Errorf("%d: %v %v, want %v", row.number, q, own, row.want)
		}
	}
	if _, own := (sqlServer{}).refusal(errors.New("x")); own {
		t.Error("any error is the server's")
	}
}

// TestSQLServerValues: cells as the library delivers them.
func TestSQLServerValues(t *testing.T) {
	zone := time.FixedZone("", 8*3600)
	for _, row := range []struct {
		typ  string
		cell any
		as   tag.Type
		want tag.Value
	}{
		{"DECIMAL", []byte("12345678901234567890.5"), tag.String, tag.OfString("12345678901234567890.5")}, {"MONEY", []byte("1.25"), tag.Float, tag.OfFloat(1.25)}, {"BIT", true, tag.Bool, tag.OfBool(true)}, {"BIGINT", int64(1) << 60, tag.Int, tag.OfInt(1 << 60)},
		{"UNIQUEIDENTIFIER", []byte{0x67, 0x45, 0x23, 0x01, 0xAB, 0x89, 0xEF, 0xCD, 1, 2, 3, 4, 5, 6, 7, 8}, tag.String, tag.OfString("01234567-89AB-CDEF-0102-030405060708")}, {"VARBINARY", []byte{0, 255}, tag.Bytes, tag.OfBytes([]byte{0, 255})},
		{"DATETIME2", time.Date(2023, 11, 15, 6, 13, 20, 0, time.UTC), tag.Int, tag.OfInt(1700000000000)}, {"DATETIMEOFFSET", time.Date(2023, 11, 14, 22, 13, 20, 0, time.UTC), tag.Int, tag.OfInt(1700000000000)}, {"NVARCHAR", "温度", tag.String, tag.OfString("温度")}, {"REAL", float64(float32(0.1)), tag.Float, tag.OfFloat(0.1)},
	} {
		if v, q := value(row.cell, sqlServer{}.shape(row.typ), row.as, zone); v != row.want || q != tag.Good {
			t.Errorf("%s: %v %v, want %v", row.typ, v, q, row.want)
		}
	}
}

// TestSQLServerAbsent: nobody there, somebody else there, and nobody who answers.
func TestSQLServerAbsent(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	nginx := peer.StartNginx(t, peer.NginxOptions{})
	for name, port := range map[string]int{"nobody": peer.FreePort(t), "silent": silent.Addr().(*net.TCPAddr).Port, "a web server": nginx.Port} {
		for _, tls := range []string{"on", "off"} {
			began := time.Now()
			_, err := try(t, map[string]any{"kind": "sqlserver", "host": "127.0.0.1", "port": port, "database": "x", "user": "u", "password": "geheim"}, fmt.Sprintf(`"timeout":"400ms","tls":%q`, tls))
			if !errors.Is(err, connector.ErrNotConnected) || strings.Contains(err.Error(), "geheim") || time.Since(began) > 10*time.Second {
				t.Errorf("%s, TLS %s: %v after %v", name, tls, err, time.Since(began))
			}
		}
	}
}

func TestSettings(t *testing.T) {
	net := `"host":"h","database":"d","user":"u"`
	for _, bad := range []string{
		`{}`, `{"kind":"oracle"}`, `{"kind":"postgres"}`, `{"kind":"postgres","host":"/var/run/postgresql","database":"d","user":"u"}`, `{"kind":"postgres",` + net + `,"zone":"Mars"}`, `{"kind":"postgres",` + net + `,"ca":"no"}`,
		`{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"SELECT 1"},{"name":"a","sql":"SELECT 1"}]}`, `{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"SELECT 'x"}]}`, `{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"SELECT 1 WHERE 1 > {last}"}]}`,
		`{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"SELECT 1","lastColumn":"x"}]}`, `{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"SELECT {last}","lastColumn":"x"}]}`, `{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"DELETE FROM t"}]}`, `{"kind":"mysql",` + net + `,"queries":[{"name":"a","sql":"# SELECT\nDROP TABLE t"}]}`,
		`{"kind":"sqlite"}`, `{"kind":"sqlite","file":"../x"}`,
	} {
		if _, err := decodeSettings(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	for _, good := range []string{`{"kind":"postgres",` + net + `,"queries":[{"name":"a","sql":"-- x\n(SELECT 1) UNION SELECT 2;"},{"name":"b","sql":"with x as (select 1) select * from x"}]}`, `{"kind":"sqlite","file":"a/b.db"}`, `{"kind":"mysql",` + net + `,"password":"secret:abc","key":"secret:def","certificate":"x"}`} {
		if _, err := decodeSettings(json.RawMessage(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
}
