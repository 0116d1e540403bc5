package sql

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// places for values of each type, by data base.
var places = map[string]string{
	"postgres": `CREATE TABLE live (n int); INSERT INTO live VALUES (0); CREATE TABLE vals (f float8, i bigint, b boolean, s text, e text, y bytea, j json, d numeric(40,20), r real, a float8[], t timestamptz, id int PRIMARY KEY); INSERT INTO vals (id) VALUES (1); GRANT ALL ON ALL TABLES IN SCHEMA public TO lineside`,
	"mysql":    "USE plant; CREATE TABLE live (n int); INSERT INTO live VALUES (0); CREATE TABLE vals (f double, i bigint, b boolean, s text, e text, y blob, j json, d decimal(40,20), r float, a text, t timestamp(6) NULL, id int PRIMARY KEY); INSERT INTO vals (id) VALUES (1)",
	"sqlite":   `CREATE TABLE live (n int); INSERT INTO live VALUES (0); CREATE TABLE vals (f real, i int, b boolean, s text, e text, y blob, j text, d text, r real, a text, t datetime, id int PRIMARY KEY); INSERT INTO vals (id) VALUES (1)`,
}

// address of a column of the row of values.
func column(name string) string {
	raw, _ := json.Marshal(map[string]string{"table": "vals", "column": name, "keyColumn": "id", "key": "1", "write": "UPDATE vals SET " + name + " = :value, t = :time WHERE id = 1"})
	return string(raw)
}

func values(kind string) []conformance.Tag {
	out := []conformance.Tag{
		{Address: column("f"), Type: tag.Float, Value: tag.OfFloat(-1.5e-9)}, {Address: column("i"), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)}, {Address: column("b"), Type: tag.Bool, Value: tag.OfBool(true)},
		{Address: column("s"), Type: tag.String, Value: tag.OfString("线 \"1\"'\\\n😀")}, {Address: column("e"), Type: tag.String, Value: tag.OfString("")}, {Address: column("y"), Type: tag.Bytes, Value: tag.OfBytes([]byte{0, 255, 10, '\''})},
		{Address: column("d"), Type: tag.String, Value: tag.OfString("12345678901234567890.12345678901234567890")}, {Address: column("r"), Type: tag.Float, Value: tag.OfFloat(0.1)},
	}
	switch kind {
	case "postgres":
		out = append(out, conformance.Tag{Address: column("j"), Type: tag.JSON, Value: tag.OfJSON(`{"a":[[1,2],[3,4]]}`)}, conformance.Tag{Address: `{"table":"vals","column":"a","write":"UPDATE vals SET a = ARRAY(SELECT jsonb_array_elements(:value::jsonb)::float8)"}`, Type: tag.JSON, Value: tag.OfJSON(`[1,2.5,-3]`)})
	default:
		out = append(out, conformance.Tag{Address: column("j"), Type: tag.JSON, Value: tag.OfJSON(`{"a":[[1,2],[3,4]]}`)})
	}
	return out
}

var bad = []conformance.Bad{
	{Tag: conformance.Tag{Address: `{"table":"nothing","column":"n"}`, Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
	{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","keyColumn":"id","key":"77"}`, Type: tag.Int}, Quality: tag.BadNoData},
	{Tag: conformance.Tag{Address: `{"query":"nothing","column":"n"}`, Type: tag.Int}, Quality: tag.BadConfigurationError},
	{Tag: conformance.Tag{Address: `{"query":"broken","column":"n"}`, Type: tag.Int}, Quality: tag.BadConfigurationError},
	{Tag: conformance.Tag{Address: `{"query":"live","column":"m"}`, Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
	{Tag: conformance.Tag{Address: `{"query":"name","column":"n"}`, Type: tag.Float}, Quality: tag.BadTypeMismatch},
}

var queries = `"queries":[{"name":"live","sql":"SELECT n FROM live"},{"name":"broken","sql":"SELECT n FROMM live"},{"name":"name","sql":"SELECT 'x' AS n"}]`

func invalid() []string {
	return []string{`{"column":"a"}`, `{"table":"t"}`, `{"table":"t","query":"q","column":"a"}`, `{"table":"t","column":"a","key":"k"}`, `{"table":"t","column":"a","write":"UPDATE t SET a = :valeu"}`, `{"table":"t","column":"a","null":"zero"}`}
}

func refused(kind string) []conformance.Bad {
	out := []conformance.Bad{
		{Tag: conformance.Tag{Address: `{"table":"vals","column":"i"}`, Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNotWritable},
		{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","write":"UPDATE vals SET i = :value WHERE id = 77"}`, Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNodeIDUnknown},
		{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","write":"UPDATE missing SET i = :value"}`, Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNodeIDUnknown},
		{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","write":"INSERT INTO vals (id) VALUES (:value)"}`, Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadOutOfRange},
		{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","write":"UPDATE vals SE i = :value"}`, Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadConfigurationError},
	}
	if kind != "sqlite" { // which keeps anything anywhere
		out = append(out,
			conformance.Bad{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","write":"INSERT INTO vals (id) VALUES (:value)"}`, Type: tag.Int, Value: tag.OfInt(1 << 40)}, Quality: tag.BadOutOfRange},
			conformance.Bad{Tag: conformance.Tag{Address: `{"table":"vals","column":"i","write":"UPDATE vals SET i = :value"}`, Type: tag.String, Value: tag.OfString("x")}, Quality: tag.BadTypeMismatch})
	}
	if kind != "postgres" {
		out = append(out, conformance.Bad{Tag: conformance.Tag{Address: column("f"), Type: tag.Float, Value: tag.OfFloat(math.NaN())}, Quality: tag.BadOutOfRange})
	}
	return out
}

// server runs the list against a data base over the network.
func server(outer *testing.T, kind string, d *peer.Database, use string) {
	d.Run(outer, "%s", places[kind])
	conformance.Run(outer, func(t *testing.T) *conformance.Device {
		return &conformance.Device{
			Connector: "sql", Port: d.Port,
			Settings: func(port int) string {
				return fmt.Sprintf(`{"kind":%q,"host":"127.0.0.1","port":%d,"database":"plant","user":"lineside","password":%q,"tls":"off","timeout":"900ms","allowWrites":true,%s}`, kind, port, d.Password, queries)
			},
			Kill:    func(*testing.T) { d.Kill() },
			Restart: func(*testing.T) { d.Restart(outer) }, // it lives on for the next test
			Live:    conformance.Tag{Address: `{"query":"live","column":"n"}`, Type: tag.Int},
			Change:  func(t *testing.T, n int) { d.Run(t, "%sUPDATE live SET n = %d", use, n) },
			Values:  values(kind), Missing: bad, Invalid: invalid(), Refused: refused(kind),
		}
	})
}

func TestConformancePostgreSQL(t *testing.T) { server(t, "postgres", peer.StartPostgres(t), "") }

func TestConformanceMariaDB(t *testing.T) { server(t, "mysql", peer.StartMariaDB(t), "USE plant; ") }

// python carries out statements on a file by the SQLite that Python brings: not the one under test.
func python(t *testing.T, file, statements string) {
	t.Helper()
	if out, err := exec.Command("/usr/bin/python3", "-c", "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.executescript(sys.argv[2]); c.commit()", file, statements).CombinedOutput(); err != nil {
		t.Fatalf("python3: %v: %s", err, out)
	}
}

// sqliteFile makes a file in a folder for files of the test's own.
func sqliteFile(t *testing.T, statements string) string {
	t.Helper()
	dir := t.TempDir()
	folder.Allow(dir)
	t.Cleanup(func() { folder.Allow("") })
	file := filepath.Join(dir, "a b%20c?.db")
	python(t, file, statements)
	return file
}

func TestConformanceSQLite(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Device {
		file := sqliteFile(t, places["sqlite"])
		return &conformance.Device{
			Connector: "sql",
			Settings: func(int) string {
				return fmt.Sprintf(`{"kind":"sqlite","file":%q,"allowWrites":true,%s}`, filepath.Base(file), queries)
			},
			Kill: func(t *testing.T) {
				if err := os.Rename(file, file+".away"); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte("this is not a data base, whatever is wanted"), 0o600); err != nil {
					t.Fatal(err)
				}
			},
			Restart: func(t *testing.T) {
				if err := os.Rename(file+".away", file); err != nil {
					t.Fatal(err)
				}
			},
			Live:   conformance.Tag{Address: `{"query":"live","column":"n"}`, Type: tag.Int},
			Change: func(t *testing.T, n int) { python(t, file, fmt.Sprintf("UPDATE live SET n = %d", n)) },
			Values: values("sqlite"), Missing: bad, Invalid: invalid(), Refused: refused("sqlite"),
		}
	})
}
