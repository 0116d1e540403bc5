package export

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/tag"
)

// memory is a history of samples in memory.
type memory map[tag.Path][]historian.Sample

func (m memory) Held(_ context.Context, path tag.Path, t tag.Time) (s historian.Sample, ok bool, err error) {
	for _, x := range m[path] {
		if x.Time <= t {
			s, ok = x, true
		}
	}
	return s, ok, nil
}

func (m memory) Samples(_ context.Context, path tag.Path, from, to tag.Time, each func([]historian.Sample) bool) error {
	if path == "broken" {
		return errors.New("the disk is gone")
	}
	for _, x := range m[path] {
		if x.Time >= from && x.Time < to && !each([]historian.Sample{x}) {
			return nil
		}
	}
	return nil
}

func (m memory) AggregateAll(_ context.Context, path tag.Path, boundaries []tag.Time, functions []historian.Function, _ tag.Value) ([][]historian.Point, error) {
	out := make([][]historian.Point, len(functions))
	for k := range functions {
		for i := range len(boundaries) - 1 {
			p := historian.Point{Time: boundaries[i], Quality: tag.BadNoData}
			for _, x := range m[path] {
				if x.Time >= boundaries[i] && x.Time < boundaries[i+1] {
					p.Value, p.Quality = x.Value, tag.Good
				}
			}
			out[k] = append(out[k], p)
		}
	}
	return out, nil
}

var (
	start = time.Date(2026, 10, 24, 22, 0, 0, 0, time.UTC) // midnight in Berlin, of the day that has 25 hours
	all   = []Column{{Path: "line1/temperature", Type: tag.Float, Unit: "Cel"}, {Path: "line1/count", Type: tag.Int}, {Path: "line1/running", Type: tag.Bool}, {Path: "线/状态", Type: tag.String}}
)

func berlin(t *testing.T) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func at(seconds float64) tag.Time { return tag.TimeOf(start.Add(time.Duration(seconds * 1e9))) }

func history() memory {
	return memory{
		"line1/temperature": {{Time: at(-5), Value: tag.OfFloat(19.5)}, {Time: at(1.25), Value: tag.OfFloat(20.125)}, {Time: at(2), Value: tag.OfFloat(math.Inf(1))}, {Time: at(3), Quality: tag.BadNoCommunication}, {Time: at(90000 - 1), Value: tag.OfFloat(-0.5), Quality: tag.UncertainSubNormal}},
		"line1/count":       {{Time: at(1), Value: tag.OfInt(math.MaxInt64)}, {Time: at(2), Value: tag.OfInt(-7)}},
		"line1/running":     {{Time: at(2), Value: tag.OfBool(true)}},
		"线/状态":              {{Time: at(2), Value: tag.OfString(`=run "A", 运行`)}},
	}
}

// export writes the day of the change of the clock.
func export(t *testing.T, q Query) []byte {
	t.Helper()
	q.Period = "yesterday"
	r, err := q.Resolve(all, time.Date(2026, 10, 26, 9, 0, 0, 0, berlin(t)), berlin(t))
	if err != nil {
		t.Fatal(err)
	}
	if r.To-r.From != tag.Time(25*time.Hour) {
		t.Fatalf("the day has %v", time.Duration(r.To-r.From))
	}
	var out bytes.Buffer
	if _, err := Write(context.Background(), &out, history(), r, nil); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCSV(t *testing.T) {
	for name, row := range map[string]struct {
		q    Query
		want string
	}{
		"long": {Query{Format: CSV}, "\ufefftime,path,value,unit,quality\r\n" +
			"2026-10-25T00:00:00.000+02:00,line1/temperature,19.5,Cel,Good\r\n" +
			"2026-10-25T00:00:01.250+02:00,line1/temperature,20.125,Cel,Good\r\n" +
			"2026-10-25T00:00:02.000+02:00,line1/temperature,+Inf,Cel,Good\r\n" +
			"2026-10-25T00:00:03.000+02:00,line1/temperature,,Cel,BadNoCommunication\r\n" +
			"2026-10-25T23:59:59.000+01:00,line1/temperature,-0.5,Cel,UncertainSubNormal\r\n" +
			"2026-10-25T00:00:01.000+02:00,line1/count,9223372036854775807,,Good\r\n" +
			"2026-10-25T00:00:02.000+02:00,line1/count,-7,,Good\r\n" +
			"2026-10-25T00:00:02.000+02:00,line1/running,true,,Good\r\n" +
			"2026-10-25T00:00:02.000+02:00,线/状态,\"'=run \"\"A\"\", 运行\",,Good\r\n"},
		"wide": {Query{Format: CSV, Layout: Wide}, "\ufefftime,line1/temperature [Cel],line1/count,line1/running,线/状态\r\n" +
			"2026-10-25T00:00:00.000+02:00,19.5,,,\r\n" +
			"2026-10-25T00:00:01.000+02:00,,9223372036854775807,,\r\n" +
			"2026-10-25T00:00:01.250+02:00,20.125,,,\r\n" +
			"2026-10-25T00:00:02.000+02:00,+Inf,-7,true,\"'=run \"\"A\"\", 运行\"\r\n" +
			"2026-10-25T00:00:03.000+02:00,,,,\r\n" +
			"2026-10-25T23:59:59.000+01:00,-0.5,,,\r\n"},
		"filled": {Query{Format: CSV, Layout: Wide, Fill: true}, "\ufefftime,line1/temperature [Cel],line1/count,line1/running,线/状态\r\n" +
			"2026-10-25T00:00:00.000+02:00,19.5,,,\r\n" +
			"2026-10-25T00:00:01.000+02:00,19.5,9223372036854775807,,\r\n" +
			"2026-10-25T00:00:01.250+02:00,20.125,9223372036854775807,,\r\n" +
			"2026-10-25T00:00:02.000+02:00,+Inf,-7,true,\"'=run \"\"A\"\", 运行\"\r\n" +
			"2026-10-25T00:00:03.000+02:00,,-7,true,\"'=run \"\"A\"\", 运行\"\r\n" +
			"2026-10-25T23:59:59.000+01:00,-0.5,-7,true,\"'=run \"\"A\"\", 运行\"\r\n"},
		"buckets": {Query{Format: CSV, Layout: Wide, Step: "1d", Functions: []string{"last", "count"}}, "\ufefftime,line1/temperature last [Cel],line1/temperature count,line1/count last,line1/count count,line1/running last,line1/running count,线/状态 last,线/状态 count\r\n" +
			"2026-10-25T00:00:00.000+02:00,-0.5,-0.5,-7,-7,true,true,\"'=run \"\"A\"\", 运行\",\"'=run \"\"A\"\", 运行\"\r\n"},
	} {
		if got := string(export(t, row.q)); got != row.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, row.want)
		}
	}
}

func TestHoursOfTheDayThatHas25(t *testing.T) {
	for _, layout := range []Layout{Long, Wide} {
		rows, err := csv.NewReader(bytes.NewReader(export(t, Query{Format: CSV, Layout: layout, Step: "1h", Functions: []string{"avg"}}))).ReadAll()
		want := 26
		if layout == Long {
			want = 25*4 + 1
		}
		if err != nil || len(rows) != want {
			t.Errorf("%s: %d lines, %v", layout, len(rows), err)
		}
	}
}

// TestParquet lets another reader read it: hyparquet.
func TestParquet(t *testing.T) {
	node, err := filepath.Abs("../../test/peer/node/node_modules/hyparquet/src/index.js")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(node); err != nil {
		t.Fatal("npm package hyparquet is missing: run make test/peer/node/node_modules/.package-lock.json")
	}
	read := func(content []byte) (out struct {
		Schema []struct{ Name, Type string }
		Rows   []map[string]any
		Units  map[string]string
	}) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "x.parquet")
		script := filepath.Join(t.TempDir(), "read.mjs")
		text := fmt.Sprintf(`import { readFileSync } from "node:fs";
import { parquetMetadata, parquetReadObjects } from %q;
const b = readFileSync(%q), file = b.buffer.slice(b.byteOffset, b.byteOffset + b.length);
const m = parquetMetadata(file), rows = await parquetReadObjects({ file });
console.log(JSON.stringify({
  schema: m.schema.slice(1).map((s) => ({ name: s.name, type: s.logical_type?.type ?? s.converted_type ?? s.type })),
  units: Object.fromEntries((m.key_value_metadata ?? []).map((k) => [k.key, k.value])),
  rows,
}, (k, v) => typeof v === "bigint" ? v.toString() : v === Infinity ? "inf" : v));`, "file://"+node, file)
		if err := errors.Join(os.WriteFile(file, content, 0o600), os.WriteFile(script, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
		said, err := exec.Command("node", script).Output()
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(said, &out); err != nil {
			t.Fatalf("%v: %s", err, said)
		}
		return out
	}
	wide := read(export(t, Query{Format: Parquet, Layout: Wide}))
	var names []string
	for _, s := range wide.Schema {
		names = append(names, s.Name+" "+s.Type)
	}
	if got := strings.Join(names, ", "); got != "time TIMESTAMP, line1/temperature DOUBLE, line1/count INTEGER, line1/running BOOLEAN, 线/状态 STRING" {
		t.Errorf("columns: %s", got)
	}
	if len(wide.Rows) != 6 || wide.Units["unit:line1/temperature"] != "Cel" {
		t.Fatalf("%+v", wide)
	}
	if r := wide.Rows[3]; r["time"] != "2026-10-24T22:00:02.000Z" || r["line1/temperature"] != "inf" || r["line1/count"] != "-7" || r["line1/running"] != true || r["线/状态"] != `=run "A", 运行` {
		t.Errorf("%v", r)
	}
	if r := wide.Rows[1]; r["line1/count"] != "9223372036854775807" || r["line1/temperature"] != nil {
		t.Errorf("%v", r)
	}
	long := read(export(t, Query{Format: Parquet}))
	if len(long.Rows) != 9 {
		t.Fatalf("%d lines", len(long.Rows))
	}
	if r := long.Rows[5]; r["path"] != "line1/count" || r["integer"] != "9223372036854775807" || r["value"] != 9223372036854775807.0 || r["text"] != nil || r["quality"] != "Good" {
		t.Errorf("%v", r)
	}
	if r := long.Rows[3]; r["value"] != nil || r["quality"] != "BadNoCommunication" || r["unit"] != "Cel" {
		t.Errorf("%v", r)
	}
	if r := long.Rows[8]; r["text"] != `=run "A", 运行` {
		t.Errorf("%v", r)
	}
}

// TestXLSX lets another reader read it: openpyxl.
func TestXLSX(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.xlsx")
	if err := os.WriteFile(file, export(t, Query{Format: XLSX, Layout: Wide}), 0o600); err != nil {
		t.Fatal(err)
	}
	said, err := exec.Command("/usr/bin/python3", "-c", `
import openpyxl, sys, json
b = openpyxl.load_workbook(sys.argv[1])
for row in b.worksheets[0].iter_rows(values_only=True):
    print(json.dumps([str(c) if not isinstance(c, (int, float, bool, type(None))) else c for c in row], ensure_ascii=False))
`, file).CombinedOutput()
	if err != nil {
		t.Fatalf("Debian package python3-openpyxl: %v %s", err, said)
	}
	want := `["time (Europe/Berlin)", "line1/temperature [Cel]", "line1/count", "line1/running", "线/状态"]
["2026-10-25 00:00:00", 19.5, null, null, null]
["2026-10-25 00:00:01", null, "9223372036854775807", null, null]
["2026-10-25 00:00:01.250000", 20.125, null, null, null]
["2026-10-25 00:00:02", "+Inf", -7, true, "'=run \"A\", 运行"]
["2026-10-25 00:00:03", null, null, null, null]
["2026-10-25 23:59:59", -0.5, null, null, null]
`
	if string(said) != want {
		t.Errorf("%s\nwant\n%s", said, want)
	}
}

// endless has a sample every millisecond.
type endless struct{ memory }

func (endless) Samples(_ context.Context, _ tag.Path, from, to tag.Time, each func([]historian.Sample) bool) error {
	part := make([]historian.Sample, 0, 1000)
	for t := from; t < to; t += tag.Time(time.Millisecond) {
		if part = append(part, historian.Sample{Time: t, Value: tag.OfFloat(float64(t % 1000))}); len(part) == cap(part) {
			if !each(part) {
				return nil
			}
			part = part[:0]
		}
	}
	if len(part) > 0 {
		each(part)
	}
	return nil
}

// TestSheetsAreSplit where a spreadsheet can take no more lines.
func TestSheetsAreSplit(t *testing.T) {
	var out bytes.Buffer
	s, err := newXLSX(&out, []field{{name: "time", kind: timeField}, {name: "a", kind: floatField}}, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	s.most = 100
	for i := range 250 {
		if err := s.row(at(float64(i)), []tag.Value{tag.OfInt(int64(i))}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.close(); err != nil {
		t.Fatal(err)
	}
	next := 0
	if err := sheet.Read(out.Bytes(), func(name string, row int, cells []string) error {
		if row > 1 {
			if cells[1] != fmt.Sprint(next) {
				t.Errorf("%s, line %d: %v, want %d", name, row, cells, next)
			}
			next++
		}
		return nil
	}); err != nil || next != 250 {
		t.Errorf("%d lines, %v", next, err)
	}
}

func TestEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for _, layout := range []Layout{Long, Wide} {
		for _, format := range Formats() {
			r := &Request{Columns: []Column{{Path: "a", Type: tag.Float}, {Path: "b", Type: tag.Float}}, From: 0, To: 1 << 62, Layout: layout, Format: format, Zone: time.UTC}
			lines := 0
			_, err := Write(ctx, writerFunc(func(b []byte) (int, error) { lines++; return len(b), nil }), endless{}, r, func(p Progress) {
				if p.Rows > 20_000 {
					cancel()
				}
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("%s %s: %v", layout, format, err)
			}
			ctx, cancel = context.WithCancel(context.Background())
			r.Columns[1].Path = "broken"
			r.To = r.From + tag.Time(time.Second)
			if _, err := Write(ctx, writerFunc(func(b []byte) (int, error) { return len(b), nil }), history(), r, nil); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
				t.Errorf("%s %s: a history that fails: %v", layout, format, err)
			}
			if format != XLSX { // which is written at its end
				r.Columns[1].Path, r.To = "b", 1<<62
				if _, err := Write(ctx, writerFunc(func([]byte) (int, error) { return 0, errors.New("no space") }), endless{}, r, nil); err == nil || !strings.Contains(err.Error(), "no space") {
					t.Errorf("%s %s: a disk that is full: %v", layout, format, err)
				}
			}
		}
	}
	cancel()
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestQueriesAreChecked(t *testing.T) {
	now, zone := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC), time.UTC
	for name, q := range map[string]Query{
		"/format": {Format: "doc"}, "/layout": {Format: CSV, Layout: "deep"}, "/period": {Format: CSV, Period: "lastCentury"}, "/from": {Format: CSV, From: "yesteryear"},
		"/to": {Format: CSV, From: "now", To: "now-1h"}, "/step": {Format: CSV, Step: "1 hour"}, "/functions/0": {Format: CSV, Step: "1h", Functions: []string{"median"}},
	} {
		_, err := q.Resolve(all, now, zone)
		if err == nil || !strings.Contains(fmt.Sprintf("%+v", err), "") {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, period := range Periods() {
		q := Query{Format: CSV, Period: period}
		if r, err := q.Resolve(all, now, zone); err != nil || r.To <= r.From {
			t.Errorf("%s: %+v %v", period, r, err)
		}
	}
	q := Query{Format: CSV, Area: "line1/", Tags: []string{"a/*/b", "c"}}
	paths, patterns, err := q.Paths()
	if err != nil || len(paths) != 1 || len(patterns) != 2 || !patterns[1].Match("line1/x/y") {
		t.Errorf("%v %v %v", paths, patterns, err)
	}
}

// FuzzMoment: times that people write.
func FuzzMoment(f *testing.F) {
	for _, s := range []string{"now", "now-8h", "123", "2026-11-21T08:00:00Z", "now+x", "9999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(_ *testing.T, s string) { moment(s, time.Now()) })
}
