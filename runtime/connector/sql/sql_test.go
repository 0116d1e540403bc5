package sql

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// open connects; settings are put over those that a server needs.
func open(t *testing.T, base map[string]any, settings string) *Connector {
	t.Helper()
	c, err := try(t, base, settings)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func try(t *testing.T, base map[string]any, settings string) (*Connector, error) {
	t.Helper()
	all := map[string]any{}
	for k, v := range base {
		all[k] = v
	}
	if err := json.Unmarshal([]byte("{"+settings+"}"), &all); err != nil {
		t.Fatal(err)
	}
	raw, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	s, err := decodeSettings(raw)
	if err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	for i := range s.Queries { // past the check of the settings
		s.Queries[i].SQL = strings.TrimPrefix(s.Queries[i].SQL, "SELECT SNEAK ")
	}
	c := newConnector(s)
	t.Cleanup(func() { _ = c.Close() })
	return c, c.Connect(t.Context())
}

func networked(kind string, d *peer.Database) map[string]any {
	return map[string]any{"kind": kind, "host": "127.0.0.1", "port": d.Port, "database": "plant", "user": "lineside", "password": d.Password, "tls": "off"}
}

func points(t *testing.T, typ tag.Type, addresses ...string) []connector.Point {
	t.Helper()
	var out []connector.Point
	for i, raw := range addresses {
		a, err := ParseAddress(json.RawMessage(raw), typ, false)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		out = append(out, connector.Point{ID: i, Path: "line/x", Address: a, Type: typ})
	}
	return out
}

// read reads one address once.
func read(t *testing.T, c *Connector, typ tag.Type, address string) (tag.Sample, error) {
	t.Helper()
	got, err := c.Plan(points(t, typ, address))[0].Read(t.Context(), nil)
	if err != nil {
		return tag.Sample{}, err
	}
	return got[0].Sample, nil
}

func quality(err error) tag.Quality {
	var refused *connector.StatusError
	if errors.As(err, &refused) {
		return refused.Quality
	}
	return tag.Good
}

type cell struct {
	column string
	typ    tag.Type
	want   tag.Value
	q      tag.Quality
}

func cells(t *testing.T, c *Connector, rows []cell) {
	t.Helper()
	for _, row := range rows {
		s, err := read(t, c, row.typ, fmt.Sprintf(`{"table":"kinds","column":%q}`, row.column))
		if err != nil || s.Value != row.want || s.Quality != row.q {
			t.Errorf("%s as %s is %v %v (%v), want %v %v", row.column, row.typ, s.Value, s.Quality, err, row.want, row.q)
		}
	}
}

func TestPostgreSQL(t *testing.T) {
	d := peer.StartPostgres(t)
	base := networked("postgres", d)
	t.Run("types", func(t *testing.T) {
		d.Run(t, `CREATE TABLE kinds AS SELECT 12345678901234567890.123::numeric AS num, 9007199254740993::bigint AS big, 'NaN'::float8 AS nan, 'NaN'::numeric AS nannum, 0.1::real AS real, '2023-11-14 23:13:20+01'::timestamptz AS tz, '2023-11-15 06:13:20'::timestamp AS ts,
			'2023-11-15'::date AS day, 'infinity'::timestamptz AS never, ARRAY[[1,2],[3,4]] AS m, '{"a": 1}'::jsonb AS j, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid AS id, NULL::int AS nothing, '温度'::text AS zh, true AS yes, '\x00ff'::bytea AS raw, '1 day'::interval AS span, 'on'::text AS sw, 7::smallint AS small`)
		c := open(t, base, `"zone":"Asia/Shanghai"`)
		cells(t, c, []cell{
			{"num", tag.String, tag.OfString("12345678901234567890.123"), tag.Good}, {"num", tag.Float, tag.OfFloat(12345678901234567890.123), tag.Good}, {"num", tag.Int, tag.Value{}, tag.BadOutOfRange}, {"num", tag.JSON, tag.OfJSON("12345678901234567890.123"), tag.Good},
			{"big", tag.Int, tag.OfInt(9007199254740993), tag.Good}, {"big", tag.String, tag.OfString("9007199254740993"), tag.Good}, {"nan", tag.Float, tag.OfFloat(math.NaN()), tag.Good}, {"nannum", tag.Float, tag.OfFloat(math.NaN()), tag.Good}, {"real", tag.Float, tag.OfFloat(0.1), tag.Good},
			{"tz", tag.Int, tag.OfInt(1700000000000), tag.Good}, {"ts", tag.Int, tag.OfInt(1700000000000), tag.Good}, {"ts", tag.String, tag.OfString("2023-11-15T06:13:20+08:00"), tag.Good}, {"day", tag.Int, tag.OfInt(1699977600000), tag.Good}, {"never", tag.String, tag.OfString("infinity"), tag.Good},
			{"m", tag.JSON, tag.OfJSON("[[1,2],[3,4]]"), tag.Good}, {"m", tag.String, tag.OfString("{{1,2},{3,4}}"), tag.Good}, {"j", tag.JSON, tag.OfJSON(`{"a": 1}`), tag.Good}, {"id", tag.String, tag.OfString("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"), tag.Good},
			{"nothing", tag.Int, tag.Value{}, tag.BadNoData}, {"zh", tag.String, tag.OfString("温度"), tag.Good}, {"zh", tag.Float, tag.Value{}, tag.BadTypeMismatch}, {"yes", tag.Bool, tag.OfBool(true), tag.Good}, {"yes", tag.Int, tag.OfInt(1), tag.Good}, {"sw", tag.Bool, tag.OfBool(true), tag.Good},
			{"raw", tag.Bytes, tag.OfBytes([]byte{0, 255}), tag.Good}, {"span", tag.String, tag.OfString("1 day"), tag.Good}, {"small", tag.Int, tag.OfInt(7), tag.Good}, {"small", tag.Bool, tag.OfBool(true), tag.Good},
		})
	})
	rows(t, d, base, "")
	incremental(t, d, base, "")
	nulls(t, d, base, "")
	limits(t, base, "SELECT generate_series(1, 1001) AS n", "SELECT repeat('x', 1000000) AS n FROM generate_series(1, 5)", "SELECT repeat('x', 30000000) AS n")
	slow(t, base, "SELECT pg_sleep(30) AS n")
	safe(t, d, base, "", map[string]tag.Quality{
		"DELETE FROM safe RETURNING n": tag.BadNotWritable, "SELECT 1 AS n; DELETE FROM safe": tag.BadConfigurationError, "DROP TABLE safe": tag.BadNotWritable, "COMMIT": tag.BadNodeIDUnknown, "WITH x AS (DELETE FROM safe RETURNING n) SELECT n FROM x": tag.BadNotWritable,
		"SELECT set_config('transaction_read_only', 'off', true) AS n": tag.BadConfigurationError,
	})
	logIn(t, d, base)
	t.Run("browse", func(t *testing.T) {
		d.Run(t, `CREATE TABLE live (n int); CREATE SCHEMA "line 1"; CREATE TABLE "line 1"."re""adings" (at timestamptz, "temp °C" float8, ok boolean, name text, raw bytea, n bigint); INSERT INTO "line 1"."re""adings" VALUES (now() - interval '1 day', 1, false, 'old', '\x00', 1), (now(), 21.5, true, '泵', '\x00', 5)`)
		browse(t, open(t, base, queries), []string{"live", "broken", "name", "line 1", "public"}, `["line 1","re\"adings"]`, "[at string temp °C float 21.5 ok bool true name string \"泵\" raw bytes \"AA==\" n int 5]")
	})
	t.Run("shut down", func(t *testing.T) {
		c := open(t, base, "")
		d.Run(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'lineside'")
		if _, err := read(t, c, tag.Int, `{"table":"safe","column":"n"}`); !errors.Is(err, connector.ErrNotConnected) {
			t.Error(err)
		}
	})
}

func TestMariaDB(t *testing.T) {
	d := peer.StartMariaDB(t)
	base := networked("mysql", d)
	use := "USE plant; "
	t.Run("types", func(t *testing.T) {
		d.Run(t, `USE plant; SET time_zone = '+00:00'; CREATE TABLE kinds (num decimal(30,3), big bigint unsigned, single float, dt datetime(3), ts timestamp NULL, day date, bits bit(12), e enum('on','off'), raw varbinary(9), zh text, tiny tinyint(1), nothing int);
			INSERT INTO kinds VALUES (12345678901234567890.123, 18446744073709551615, 0.1, '2023-11-15 06:13:20.5', '2023-11-14 22:13:20', '2023-11-15', 2049, 'on', x'00ff', '温度', 1, NULL)`)
		c := open(t, base, `"zone":"Asia/Shanghai"`)
		cells(t, c, []cell{
			{"num", tag.String, tag.OfString("12345678901234567890.123"), tag.Good}, {"num", tag.Float, tag.OfFloat(12345678901234567890.123), tag.Good}, {"big", tag.String, tag.OfString("18446744073709551615"), tag.Good}, {"big", tag.Int, tag.Value{}, tag.BadOutOfRange}, {"big", tag.Float, tag.OfFloat(18446744073709551615), tag.Good},
			{"single", tag.Float, tag.OfFloat(0.1), tag.Good}, {"dt", tag.Int, tag.OfInt(1700000000500), tag.Good}, {"ts", tag.Int, tag.OfInt(1700000000000), tag.Good}, {"day", tag.Int, tag.OfInt(1699977600000), tag.Good}, {"bits", tag.Int, tag.OfInt(2049), tag.Good},
			{"e", tag.Bool, tag.OfBool(true), tag.Good}, {"e", tag.String, tag.OfString("on"), tag.Good}, {"raw", tag.Bytes, tag.OfBytes([]byte{0, 255}), tag.Good}, {"zh", tag.String, tag.OfString("温度"), tag.Good}, {"tiny", tag.Bool, tag.OfBool(true), tag.Good}, {"nothing", tag.Int, tag.Value{}, tag.BadNoData},
		})
	})
	rows(t, d, base, use)
	incremental(t, d, base, use)
	nulls(t, d, base, use)
	limits(t, base, "SELECT seq AS n FROM seq_1_to_1001", "SELECT repeat('x', 1000000) AS n FROM seq_1_to_5", "")
	slow(t, base, "SELECT SLEEP(30) + (SELECT count(*) FROM information_schema.tables a, information_schema.tables b, information_schema.tables c) AS n")
	safe(t, d, base, use, map[string]tag.Quality{"DELETE FROM safe": tag.BadNotWritable, "SELECT 1 AS n; DELETE FROM safe": tag.BadConfigurationError, "DROP TABLE safe": tag.BadNotWritable, "LOAD DATA LOCAL INFILE '/etc/passwd' INTO TABLE safe": tag.BadNotWritable})
	logIn(t, d, base)
	t.Run("browse", func(t *testing.T) {
		d.Run(t, "USE plant; CREATE TABLE `re``adings` (at datetime, `temp °C` double, name text, n bigint); INSERT INTO `re``adings` VALUES ('2020-01-01', 1, 'old', 1), ('2023-01-01', 21.5, '泵', 5)")
		browse(t, open(t, base, ""), []string{"plant"}, "[\"plant\",\"re`adings\"]", "[at string \"2023-01-01T00:00:00Z\" temp °C float 21.5 name string \"泵\" n int 5]")
	})
}

// database is what the shared tests tell the other side.
type database interface {
	Run(t testing.TB, format string, args ...any) string
}

// rows: newest rows, rows by key, all by one query.
func rows(t *testing.T, d database, base map[string]any, use string) {
	t.Run("rows", func(t *testing.T) {
		d.Run(t, "%sCREATE TABLE readings (name varchar(20), unit int, at varchar(40), v float); INSERT INTO readings VALUES ('flow', 1, '2023-11-15 06:13:20', 1), ('flow', 1, '2023-11-15 06:13:22', 3), ('flow', 1, '2023-11-15 06:13:21', 2), ('level', 2, '2023-11-15 06:13:19', 9)", use)
		c := open(t, base, `"zone":"Asia/Shanghai","queries":[{"name":"all","sql":"SELECT * FROM readings ORDER BY v"}]`)
		for _, how := range []string{`"query":"all"`, `"table":"readings"`} {
			addresses := []string{
				"{" + how + `,"column":"v","keyColumn":"name","key":"flow","time":"at"}`, "{" + how + `,"column":"v","keyColumn":"name","key":"level","time":"at"}`, "{" + how + `,"column":"v","keyColumn":"name","key":"speed","time":"at"}`,
				"{" + how + `,"column":"unit","keyColumn":"name","key":"flow","time":"at"}`,
			}
			requests := c.Plan(points(t, tag.Float, addresses...))
			if len(requests) != 1 {
				t.Fatalf("%s: %d queries", how, len(requests))
			}
			got, err := requests[0].Read(t.Context(), nil)
			if err != nil {
				t.Fatal(how, err)
			}
			if got[0].Sample.Value != tag.OfFloat(3) || got[0].Sample.Source.Milli() != 1700000002000 || got[1].Sample.Value != tag.OfFloat(9) || got[1].Sample.Source.Milli() != 1699999999000 || got[2].Sample.Quality != tag.BadNoData || got[3].Sample.Value != tag.OfFloat(1) {
				t.Errorf("%s: %v", how, got)
			}
			s, err := read(t, c, tag.Float, "{"+how+`,"column":"v","keyColumn":"unit","key":"2"}`)
			if err != nil || s.Value != tag.OfFloat(9) {
				t.Errorf("%s: by a number: %v %v", how, s, err)
			}
			if s, err = read(t, c, tag.Float, "{"+how+`,"column":"v","time":"at"}`); err != nil || s.Value != tag.OfFloat(3) {
				t.Errorf("%s: the newest of all: %v %v", how, s, err)
			}
		}
		if s, err := read(t, c, tag.Float, `{"query":"all","column":"v"}`); err != nil || s.Value != tag.OfFloat(1) || s.Source == 0 {
			t.Errorf("the first row: %v %v", s, err)
		}
		if s, err := read(t, c, tag.Float, `{"query":"all","column":"v","time":"name"}`); err != nil || s.Quality != tag.Uncertain {
			t.Errorf("a time that is none: %v %v", s, err)
		}
		if s, err := read(t, c, tag.Float, `{"query":"all","column":"v","time":"nothing"}`); err != nil || s.Quality != tag.BadNodeIDUnknown {
			t.Errorf("a column of the time that is none: %v %v", s, err)
		}
		var many []string
		for i := range maxKeys + 1 {
			many = append(many, fmt.Sprintf(`{"table":"readings","column":"v","keyColumn":"unit","key":"%d"}`, i))
		}
		requests := c.Plan(points(t, tag.Float, many...))
		if len(requests) != 2 {
			t.Errorf("%d queries for %d keys", len(requests), len(many))
		}
		for _, r := range requests {
			if _, err := r.Read(t.Context(), nil); err != nil {
				t.Errorf("many keys: %v", err)
			}
		}
	})
}

// incremental: {last} goes on, what is not new is not read again, and the last value stays.
func incremental(t *testing.T, d database, base map[string]any, use string) {
	t.Run("incremental", func(t *testing.T) {
		d.Run(t, "%sCREATE TABLE entries (id int, name varchar(9), v int)", use)
		c := open(t, base, `"maxRows":2,"queries":[{"name":"new","sql":"SELECT * FROM entries WHERE id > {last} ORDER BY id","lastColumn":"id","first":"0"}]`)
		address := []string{`{"query":"new","column":"v","keyColumn":"name","key":"a"}`, `{"query":"new","column":"v","keyColumn":"name","key":"b"}`}
		r := c.Plan(points(t, tag.Int, address...))[0]
		want := func(a, b tag.Value) {
			t.Helper()
			got, err := r.Read(t.Context(), nil)
			if err != nil || got[0].Sample.Value != a || got[1].Sample.Value != b {
				t.Errorf("%v %v, want %v %v", got, err, a, b)
			}
		}
		want(tag.Value{}, tag.Value{})
		d.Run(t, "%sINSERT INTO entries VALUES (9, 'a', 1), (10, 'b', 2), (11, 'a', 3)", use)
		want(tag.OfInt(1), tag.OfInt(2)) // two rows at a time
		want(tag.OfInt(3), tag.OfInt(2))
		want(tag.OfInt(3), tag.OfInt(2))
		d.Run(t, "%sUPDATE entries SET v = 77", use) // what was read is not read again
		want(tag.OfInt(3), tag.OfInt(2))
		d.Run(t, "%sINSERT INTO entries VALUES (12, 'b', NULL)", use)
		want(tag.OfInt(3), tag.Value{})
		// A plan that asks for the same goes on; the connection may be another.
		if err := c.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		r = c.Plan(points(t, tag.Int, address...))[0]
		want(tag.OfInt(3), tag.Value{})
	})
}

func nulls(t *testing.T, d database, base map[string]any, use string) {
	t.Run("NULL", func(t *testing.T) {
		d.Run(t, "%sCREATE TABLE gaps (v int); INSERT INTO gaps VALUES (5)", use)
		c := open(t, base, "")
		r := c.Plan(points(t, tag.Int, `{"table":"gaps","column":"v","null":"hold"}`, `{"table":"gaps","column":"v"}`))[0]
		if got, err := r.Read(t.Context(), nil); err != nil || got[0].Sample.Quality != tag.Good {
			t.Fatal(got, err)
		}
		d.Run(t, "%sUPDATE gaps SET v = NULL", use)
		got, err := r.Read(t.Context(), nil)
		if err != nil || got[0].Sample.Value != tag.OfInt(5) || got[0].Sample.Quality != tag.UncertainLastUsableValue || got[1].Sample.Quality != tag.BadNoData {
			t.Error(got, err)
		}
	})
}

func limits(t *testing.T, base map[string]any, rows, bytes, packet string) {
	t.Run("limits", func(t *testing.T) {
		for _, query := range []string{rows, bytes} {
			c := open(t, base, fmt.Sprintf(`"queries":[{"name":"q","sql":%q},{"name":"ok","sql":"SELECT 1 AS n"}]`, query))
			if _, err := read(t, c, tag.String, `{"query":"q","column":"n"}`); quality(err) != tag.BadRequestTooLarge {
				t.Errorf("%s: %v", query, err)
			}
			if s, err := read(t, c, tag.Int, `{"query":"ok","column":"n"}`); err != nil || s.Value != tag.OfInt(1) {
				t.Errorf("after %s: %v %v", query, s, err)
			}
		}
		if packet != "" {
			c := open(t, base, fmt.Sprintf(`"queries":[{"name":"q","sql":%q}]`, packet))
			if s, err := read(t, c, tag.String, `{"query":"q","column":"n"}`); err == nil {
				t.Errorf("%d bytes in one message were taken", len(s.Value.Text()))
			}
		}
	})
}

// slow: a query that takes too long is that query's fault only, unless it is all there is.
func slow(t *testing.T, base map[string]any, query string) {
	t.Run("slow", func(t *testing.T) {
		c := open(t, base, fmt.Sprintf(`"timeout":"300ms","queries":[{"name":"q","sql":%q},{"name":"ok","sql":"SELECT 1 AS n"}]`, query))
		for range 2 {
			if _, err := read(t, c, tag.String, `{"query":"q","column":"n"}`); quality(err) != tag.BadTimeout {
				t.Errorf("a slow query: %v", err)
			}
			if s, err := read(t, c, tag.Int, `{"query":"ok","column":"n"}`); err != nil || s.Value != tag.OfInt(1) {
				t.Errorf("after a slow query: %v %v", s, err)
			}
		}
		_, _ = read(t, c, tag.String, `{"query":"q","column":"n"}`)
		if _, err := read(t, c, tag.String, `{"query":"q","column":"n"}`); !errors.Is(err, connector.ErrNotConnected) {
			t.Errorf("a second time: %v", err)
		}
		c = open(t, base, fmt.Sprintf(`"timeout":"5m","queries":[{"name":"q","sql":%q}]`, query))
		r := c.Plan(points(t, tag.Int, `{"query":"q","column":"n"}`))[0]
		done := make(chan error, 1)
		go func() {
			_, err := r.Read(context.Background(), nil)
			done <- err
		}()
		time.Sleep(100 * time.Millisecond) // so that it is under way; without it the test passes all the same
		began := time.Now()
		_ = c.Close()
		if err := <-done; !errors.Is(err, connector.ErrNotConnected) || time.Since(began) > time.Second {
			t.Errorf("closing under a query took %v: %v", time.Since(began), err)
		}
	})
}

// safe: no query changes anything, and nothing is written where that is not allowed.
func safe(t *testing.T, d database, base map[string]any, use string, tricks map[string]tag.Quality) {
	t.Run("safe", func(t *testing.T) {
		d.Run(t, "%sCREATE TABLE safe (n int); INSERT INTO safe VALUES (42)", use)
		for query, want := range tricks {
			for _, writes := range []bool{false, true} {
				c := open(t, base, fmt.Sprintf(`"allowWrites":%v,"queries":[{"name":"q","sql":%q}]`, writes, "SELECT SNEAK "+query))
				s, err := read(t, c, tag.Int, `{"query":"q","column":"n"}`)
				if max(s.Quality, quality(err)) != want {
					t.Errorf("%s: %v %v, want %v", query, s.Quality, err, want)
				}
				if s, err := read(t, c, tag.Int, `{"table":"safe","column":"n"}`); err != nil || s.Value != tag.OfInt(42) {
					t.Fatalf("after %s: %v %v", query, s, err)
				}
			}
		}
		c := open(t, base, "")
		p := points(t, tag.Int, `{"table":"safe","column":"n","write":"UPDATE safe SET n = :value"}`)[0]
		if err := c.Write(t.Context(), p, tag.OfInt(1)); quality(err) != tag.BadNotWritable {
			t.Error(err)
		}
		d.Run(t, "%sCREATE TABLE log (at varchar(40), tag varchar(40), v varchar(40))", use)
		c = open(t, base, `"allowWrites":true`)
		evil := "x'); DROP TABLE safe; --"
		p = points(t, tag.String, `{"table":"log","column":"v","write":"INSERT INTO log VALUES ('t', :tag, :value)"}`)[0]
		if err := c.Write(t.Context(), p, tag.OfString(evil)); err != nil {
			t.Error(err)
		}
		if s, err := read(t, c, tag.String, `{"table":"log","column":"v"}`); err != nil || s.Value != tag.OfString(evil) {
			t.Error(s, err)
		}
		if s, err := read(t, c, tag.String, `{"table":"log","column":"tag"}`); err != nil || s.Value != tag.OfString("line/x") {
			t.Error(s, err)
		}
	})
}

func logIn(t *testing.T, d *peer.Database, base map[string]any) {
	t.Run("log in", func(t *testing.T) {
		foreign := peer.NewCertificates(t)
		pem := func(s string) string { b, _ := json.Marshal(s); return string(b) }
		for name, row := range map[string]struct {
			settings string
			connects bool
		}{
			"wrong password": {`"password":"no"`, false}, "no password": {`"password":""`, false}, "unknown user": {`"user":"nobody"`, false}, "unknown data base": {`"database":"nothing"`, false}, "nobody there": {`"port":1`, false},
			"TLS": {`"tls":"on","ca":` + pem(d.CA), true}, "TLS, unknown CA": {`"tls":"on","ca":` + pem(foreign.CA), false}, "TLS, system's list": {`"tls":"on"`, false}, "TLS, anybody": {`"tls":"on","insecure":true`, true}, "TLS, other name": {`"tls":"on","host":"localhost","ca":` + pem(d.CA), false},
		} {
			c, err := try(t, base, row.settings)
			if (err == nil) != row.connects || err != nil && !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("%s: %v", name, err)
			}
			if err != nil && strings.Contains(err.Error(), d.Password) {
				t.Errorf("%s: the error tells the password: %v", name, err)
			}
			if err == nil {
				if s, err := read(t, c, tag.Int, `{"table":"safe","column":"n"}`); err != nil || s.Value != tag.OfInt(42) {
					t.Errorf("%s: %v %v", name, s, err)
				}
			}
			_ = c.Close()
		}
	})
}

// browse walks down to the columns of a table, each of which is an address that can be read.
func browse(t *testing.T, c *Connector, roots []string, table, want string) {
	t.Helper()
	nodes, err := c.Browse(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	found := false
	for _, n := range nodes {
		names = append(names, n.Name)
		below, err := c.Browse(t.Context(), n.ID)
		if n.Name != "broken" && err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
		for _, b := range below {
			found = found || b.ID == table
		}
	}
	if fmt.Sprint(names) != fmt.Sprint(roots) || !found {
		t.Errorf("%v, %v", names, found)
	}
	nodes, err = c.Browse(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range nodes {
		line := n.Name + " " + n.Type
		if !strings.Contains(string(n.Value), "T") || strings.Contains(want, string(n.Value)) {
			line += " " + string(n.Value)
		}
		got = append(got, line)
		typ, _ := tag.ParseType(n.Type)
		if s, err := read(t, c, typ, string(n.Address)); err != nil || s.Quality != tag.Good || string(s.Value.AppendJSON(nil)) != string(n.Value) {
			t.Errorf("%s reads %v %v, browse says %s", n.Address, s, err, n.Value)
		}
	}
	if fmt.Sprint(got) != want {
		t.Errorf("%v, want %s", got, want)
	}
	for _, bad := range []string{"x", "[]", `["a","b","c"]`, `["public","nothing at all"]`, `["","nothing"]`} {
		if nodes, err := c.Browse(t.Context(), bad); err == nil {
			t.Errorf("%s: %v", bad, nodes)
		}
	}
}

// file is a data base of SQLite as another program sees it.
type file struct{ name string }

func (f file) Run(t testing.TB, format string, args ...any) string {
	python(t.(*testing.T), f.name, fmt.Sprintf(format, args...))
	return ""
}

func TestSQLite(t *testing.T) {
	name := sqliteFile(t, `CREATE TABLE kinds (big int, r real, t text, dt datetime, u text, b blob, none int, loose, yes boolean); INSERT INTO kinds VALUES (9223372036854775807, 1e300, '温度', '2023-11-14 22:13:20', '2023-11-15 06:13:20', x'00ff', NULL, 'x', 1)`)
	base := map[string]any{"kind": "sqlite", "file": filepath.Base(name)}
	d := file{name}
	t.Run("types", func(t *testing.T) {
		cells(t, open(t, base, `"zone":"Asia/Shanghai"`), []cell{
			{"big", tag.Int, tag.OfInt(math.MaxInt64), tag.Good}, {"r", tag.Float, tag.OfFloat(1e300), tag.Good}, {"r", tag.Int, tag.Value{}, tag.BadOutOfRange}, {"t", tag.String, tag.OfString("温度"), tag.Good}, {"dt", tag.Int, tag.OfInt(1700000000000), tag.Good},
			{"b", tag.Bytes, tag.OfBytes([]byte{0, 255}), tag.Good}, {"none", tag.Int, tag.Value{}, tag.BadNoData}, {"loose", tag.Float, tag.Value{}, tag.BadTypeMismatch}, {"yes", tag.Bool, tag.OfBool(true), tag.Good}, {"nothing", tag.Int, tag.Value{}, tag.BadNodeIDUnknown},
		})
	})
	rows(t, d, base, "")
	incremental(t, d, base, "")
	nulls(t, d, base, "")
	limits(t, base, "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s LIMIT 1001) SELECT n FROM s", "SELECT hex(zeroblob(3000000)) AS n", "")
	slow(t, base, "WITH RECURSIVE s(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s) SELECT count(*) AS n FROM s")
	secret := filepath.Join(t.TempDir(), "other.db")
	python(t, secret, "CREATE TABLE users (password text); INSERT INTO users VALUES ('geheim')")
	denied := map[string]tag.Quality{}
	for _, q := range []string{
		"DELETE FROM safe", "DELETE FROM safe RETURNING n", "DROP TABLE safe", "ATTACH DATABASE '" + secret + "' AS n", "SELECT 1 AS n; ATTACH DATABASE '" + secret + "' AS o; SELECT password AS n FROM o.users", "PRAGMA writable_schema = 1", "PRAGMA database_list",
		"SELECT load_extension('x') AS n", "CREATE TEMP TABLE x (n int)", "SELECT file AS n FROM pragma_database_list", "INSERT INTO safe VALUES (1)",
	} {
		denied[q] = tag.BadUserAccessDenied
	}
	denied["VACUUM INTO '"+secret+".copy'"] = tag.BadConfigurationError // not inside a transaction, which is where it would be
	denied["COMMIT"] = tag.BadConfigurationError
	delete(denied, "COMMIT")
	safe(t, d, base, "", denied)
	if _, err := os.Stat(secret + ".copy"); err == nil {
		t.Error("a copy was written")
	}
	t.Run("tricks of writing", func(t *testing.T) {
		c := open(t, base, `"allowWrites":true`)
		for _, w := range []string{"ATTACH DATABASE :value AS o", "VACUUM INTO :value", "DROP TABLE safe -- :value", "INSERT INTO safe SELECT load_extension(:value)"} {
			raw, _ := json.Marshal(map[string]string{"table": "safe", "column": "n", "write": w})
			if err := c.Write(t.Context(), points(t, tag.String, string(raw))[0], tag.OfString(secret+".copy")); quality(err) == tag.Good {
				t.Errorf("%s: %v", w, err)
			}
		}
		if _, err := os.Stat(secret + ".copy"); err == nil {
			t.Error("a copy was written")
		}
	})
	t.Run("browse", func(t *testing.T) {
		python(t, name, `CREATE TABLE "re""adings" (at datetime, "temp °C" real, name text, n int); INSERT INTO "re""adings" VALUES ('2020-01-01', 1, 'old', 1), ('2023-01-01', 21.5, '泵', 5)`)
		browse(t, open(t, base, ""), []string{"main"}, `["main","re\"adings"]`, "[at string \"2023-01-01T00:00:00Z\" temp °C float 21.5 name string \"泵\" n int 5]")
	})
	t.Run("outside", func(t *testing.T) {
		for _, bad := range []string{"../x.db", "/etc/passwd", ""} {
			raw, _ := json.Marshal(map[string]string{"kind": "sqlite", "file": bad})
			if _, err := decodeSettings(raw); err == nil {
				t.Errorf("%q was accepted", bad)
			}
		}
		if err := os.Symlink(secret, filepath.Join(filepath.Dir(name), "link.db")); err != nil {
			t.Fatal(err)
		}
		for _, bad := range []string{"link.db", "nothing.db"} {
			if _, err := try(t, map[string]any{"kind": "sqlite", "file": bad}, ""); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("%s: %v", bad, err)
			}
		}
	})
}
