package plant

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

var update = flag.Bool("update", false, "write the expected problems")

func check(data []byte) spec.Problems {
	_, ps := Check(data)
	return ps
}

func TestBadDocuments(t *testing.T) {
	cases, _ := filepath.Glob("testdata/bad/*/plant.json")
	if len(cases) < 15 {
		t.Fatalf("only %d cases", len(cases))
	}
	for _, name := range cases {
		t.Run(filepath.Base(filepath.Dir(name)), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			ps := check(data)
			if len(ps) == 0 {
				t.Fatal("nothing is wrong with it")
			}
			for _, p := range ps {
				if p.Code == "" || p.Message == "" || p.Hint == "" {
					t.Errorf("incomplete: %+v", p)
				}
			}
			got, err := json.MarshalIndent(ps, "", "  ")
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, '\n')
			expected := filepath.Join(filepath.Dir(name), "problems.json")
			if *update {
				if err := os.WriteFile(expected, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(expected)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// full has a tag of every kind.
const full = `{
  "format": 1, "name": "Plant", "timezone": "Asia/Shanghai",
  "areas": [ { "path": "area/line 1", "level": "line", "title": { "en": "Line 1", "zh": "一号线" } } ],
  "devices": [
    { "id": "plc", "name": "PLC", "connector": "modbus", "settings": { "host": "127.0.0.1" }, "scans": [ { "id": "fast", "interval": "100ms" }, { "id": "slow", "interval": "5s" } ], "timeout": "1s" },
    { "id": "broker", "connector": "mqtt", "disabled": true }
  ],
  "tags": [
    { "path": "area/line 1/speed", "type": "float", "title": { "en": "Speed, \"belt\"", "zh": "速度", "pt-BR": "velocidade" }, "description": "=HYPERLINK(\"x\")\nsecond line", "unit": "m/s",
      "range": { "low": -5, "high": 1e21 }, "normal": { "low": 0.1, "high": 0.30000000000000004 }, "decimals": 2,
      "device": "plc", "address": { "register": 40001, "type": "float32", "word": "1", "unit": 1.50, "nested": { "a": [1, "x"] } }, "scan": "fast",
      "scale": { "rawLow": 0, "rawHigh": 4095, "low": -5, "high": 5, "clamp": true }, "deadband": { "absolute": 0.5, "percent": 1, "interval": "60s" },
      "write": { "low": 0, "high": 4, "interlock": "tag(\"area/ok\") and value < 3", "confirm": "reason", "readBack": "2s" } },
    { "path": "area/ok", "type": "bool", "device": "plc", "address": { "register": 1 }, "bit": 0 },
    { "path": "area/sum", "type": "float", "expr": "tag(\"area/line 1/speed\")\n  + 1" },
    { "path": "area/note", "type": "string", "initial": "=1+1", "write": {} },
    { "path": "area/number text", "type": "string", "initial": "5", "description": "'quoted" },
    { "path": "area/count", "type": "int", "initial": -7, "description": "-7" },
    { "path": "area/config", "type": "json", "initial": { "a": [1, 2] } },
    { "path": "area/temp", "type": "float", "device": "broker", "address": { "topic": "+/temp", "path": "$.t", "qos": 1 }, "scale": { "read": "raw / 10", "write": "value * 10" }, "title": { "en": "@temp" } },
    { "path": "area/zero", "type": "float", "deadband": { "absolute": 0 }, "description": "carriage\r\nreturn" }
  ]
}`

func read(t testing.TB, text string) *Plant {
	t.Helper()
	p, err := Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func canonical(t testing.TB, p *Plant) string {
	t.Helper()
	b, err := Canonical(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestGoodDocument(t *testing.T) {
	p := read(t, full)
	if ps := Validate(p); len(ps) > 0 {
		t.Errorf("%v", ps)
	}
	first := canonical(t, p)
	if second := canonical(t, read(t, first)); second != first {
		t.Errorf("the canonical form is not stable:\n%s\n%s", first, second)
	}
	if !strings.Contains(first, `"unit": 1.50`) {
		t.Error("a number is not as it was written")
	}
	uses := map[Use]int{}
	p.Expressions(func(at string, _ *Tag, use Use, text string) { uses[use]++ })
	if uses[UseCompute] != 1 || uses[UseRead] != 1 || uses[UseWrite] != 1 || uses[UseInterlock] != 1 {
		t.Errorf("expressions: %v", uses)
	}
}

func TestReadTooLarge(t *testing.T) {
	data := make([]byte, MaxBytes+1)
	if _, err := Read(data); err == nil || !strings.Contains(err.Error(), "more than") {
		t.Errorf("got %v", err)
	}
}

func TestCSVRoundTrip(t *testing.T) {
	p := read(t, full)
	file, err := WriteCSV(p.Tags)
	if err != nil {
		t.Fatal(err)
	}
	merged, im := ImportCSV(p, file)
	if im.Unchanged != len(p.Tags) || im.Added+im.Changed+len(im.Problems) != 0 {
		t.Errorf("into itself: %+v", im)
	}
	if got, want := canonical(t, merged), canonical(t, p); got != want {
		t.Errorf("into itself: got\n%s\nwant\n%s", got, want)
	}
	empty := *p
	empty.Tags = nil
	merged, im = ImportCSV(&empty, file)
	if im.Added != len(p.Tags) || len(im.Problems) != 0 {
		t.Errorf("into an empty plant: %+v", im)
	}
	if got, want := canonical(t, merged), canonical(t, p); got != want {
		t.Errorf("into an empty plant: got\n%s\nwant\n%s", got, want)
	}
	again, err := WriteCSV(merged.Tags)
	if err != nil || !bytes.Equal(again, file) {
		t.Errorf("the file is not stable: %v\n%s\n%s", err, file, again)
	}
}

// No cell of an exported file may be taken for a formula.
func TestCSVInjection(t *testing.T) {
	file, err := WriteCSV(read(t, full).Tags)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(file), "'=HYPERLINK") || !strings.Contains(string(file), "'@temp") || !strings.Contains(string(file), ",'+/temp") {
		t.Errorf("a formula stands bare in\n%s", file)
	}
	for _, cell := range []string{"=1", "+1", "-a", "@x", "\tx", "\rx", "\nx", "'", "''", "'=1", "'\"", "'\"x\"", "a\r\nb", "-5", "-5e3", "--5", "+49 30 1", "x", "", "\"", "'x"} {
		guarded := guard(cell)
		if got := unguard(guarded); got != cell {
			t.Errorf("%q became %q and then %q", cell, guarded, got)
		}
		if guarded != "" && strings.IndexByte("=+-@\t\r\n", guarded[0]) >= 0 && !number.MatchString(guarded) {
			t.Errorf("%q is written bare", cell)
		}
	}
}

func TestCSVImport(t *testing.T) {
	p := read(t, full)
	for _, c := range []struct {
		name, file                string
		added, changed, unchanged int
		problems                  []string
	}{
		{"one property of one tag", "path,unit\narea/line 1/speed,km/h\n", 0, 1, 0, nil},
		{"same again", "path,unit\narea/line 1/speed,m/s\n", 0, 0, 1, nil},
		{"semicolons and a mark", "\ufeffpath;type;unit\r\narea/new;float;bar\r\n", 1, 0, 0, nil},
		{"tabs", "path\ttype\narea/new\tint\n", 1, 0, 0, nil},
		{"cleared", "path,write,write.low,write.high,write.interlock,write.confirm,write.readBack\narea/line 1/speed,,,,,,\n", 0, 1, 0, nil},
		{"not writable any more", "path,write\narea/line 1/speed,false\n", 0, 1, 0, nil},
		{"upper case by a spreadsheet", "path,type,write\na,float,TRUE\n", 1, 0, 0, nil},
		{"empty lines at the end", "path,type\na,float\n,\n,\n", 1, 0, 0, nil},
		{"short rows", "path,type,unit\na,float\n", 1, 0, 0, nil},
		{"empty columns at the end", "path,type,,\na,float,,\n", 1, 0, 0, nil},
		{"too many cells", "path,type\na,float,b\n", 0, 0, 0, []string{"2  csv_cells"}},
		{"all rows are told", "path,type,low,high,decimals,device\na,flaot,1,2,,\nb,float,5,1,,\nc,float,\"1,5\",2,x,\nd,float,1,,,\ne,float,,,,plx\nf//g,float,,,,\n,float,,,,\na,float,,,,\n", 7, 0, 0, []string{
			"2 type value_choice", "3 low value_range", "4 low value_type", "4 decimals value_type", "5 high value_missing", "6 device device_unknown", "7 path tag_path", "8 path tag_path", "9 path id_double"}},
		{"type missing", "path\na\n", 1, 0, 0, []string{"2 type value_missing"}},
		{"unknown column", "path,tpye\na,float\n", 0, 0, 0, []string{"1 tpye column_unknown"}},
		{"double column", "path,type,type\na,float,int\n", 0, 0, 0, []string{"1 type column_double"}},
		{"no path", "type\nfloat\n", 0, 0, 0, []string{"1  column_missing"}},
		{"empty", "", 0, 0, 0, []string{"1  csv_empty"}},
		{"open quote", "path,type\n\"a,float\n", 0, 0, 0, []string{"2  csv_syntax"}},
		{"not UTF-8", "path,type\na\xff,float\n", 0, 0, 0, []string{"1  csv_encoding"}},
		{"both forms of address", "path,type,device,address,address.topic\na,float,broker,{},x\n", 1, 0, 0, []string{"2 address csv_address"}},
		{"system tag", "path,type\nsystem/x,float\n", 1, 0, 0, []string{"2 path tag_reserved"}},
		{"neither true nor false", "path,type,write\na,float,perhaps\n", 1, 0, 0, []string{"2 write value_type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := canonical(t, p)
			_, im := ImportCSV(p, []byte(c.file))
			if canonical(t, p) != before {
				t.Error("the document itself was changed")
			}
			if im.Added != c.added || im.Changed != c.changed || im.Unchanged != c.unchanged {
				t.Errorf("added %d, changed %d, unchanged %d", im.Added, im.Changed, im.Unchanged)
			}
			var got []string
			for _, p := range im.Problems {
				got = append(got, fmt.Sprintf("%d %s %s", p.Row, p.Cell, p.Code))
				if p.Message == "" || p.Hint == "" {
					t.Errorf("incomplete: %+v", p)
				}
			}
			if strings.Join(got, "\n") != strings.Join(c.problems, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.problems, "\n"))
			}
		})
	}
}

func TestCSVKeepsWhatItDoesNotName(t *testing.T) {
	p := read(t, full)
	merged, im := ImportCSV(p, []byte("path,unit,address.register\narea/line 1/speed,km/h,5\n"))
	if im.Errors() {
		t.Fatal(im.Problems)
	}
	got := merged.Tags[0]
	if got.Unit != "km/h" || got.Scale == nil || got.Write == nil || got.Title["zh"] != "速度" || !strings.Contains(string(got.Address), `"register":5`) || !strings.Contains(string(got.Address), `"word":"1"`) {
		t.Errorf("got %+v %s", got, got.Address)
	}
	im.Locate(spec.Problems{{Code: "address_form", At: "/tags/0/address/register", Message: "m", Hint: "h"}, {Code: "x", At: "/tags/1/expr"}})
	if len(im.Problems) != 1 || im.Problems[0].Row != 2 || im.Problems[0].Cell != "address.register" {
		t.Errorf("located %+v", im.Problems)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(full))
	cases, _ := filepath.Glob("testdata/bad/*/plant.json")
	for _, name := range cases {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Read(data)
		if err != nil {
			return
		}
		sound := len(Validate(p)) == 0
		first := canonical(t, p)
		if second := canonical(t, read(t, first)); first != second {
			t.Fatalf("the canonical form is not stable:\n%s\n%s", first, second)
		}
		if !sound {
			return
		}
		file, err := WriteCSV(p.Tags)
		if err != nil {
			t.Fatal(err)
		}
		merged, im := ImportCSV(p, file)
		if len(im.Problems) > 0 && im.Problems[0].Code == "too_many" {
			return
		}
		if im.Unchanged != len(p.Tags) || len(im.Problems) > 0 || canonical(t, merged) != first {
			t.Fatalf("%+v\n%q\n%s\n%s", im, file, first, canonical(t, merged))
		}
	})
}

func FuzzImportCSV(f *testing.F) {
	p := read(f, full)
	file, err := WriteCSV(p.Tags)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("path;type\na;float"))
	f.Add([]byte("path,type,address.,title.\na,float,1,x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		merged, im := ImportCSV(p, data)
		if im.Errors() {
			return
		}
		if ps := Validate(merged); len(ps) > 0 {
			t.Fatalf("an import without problems made a bad plant: %v", ps)
		}
	})
}

func BenchmarkValidate10000Tags(b *testing.B) {
	p := &Plant{Format: Format, Devices: []Device{{ID: "plc", Connector: "modbus"}}}
	for i := range 10000 {
		p.Tags = append(p.Tags, Tag{Path: tag.Path(fmt.Sprintf("site/area/line/tag%d", i)), Definition: Definition{Type: "float", Device: "plc", Address: json.RawMessage(`{"register":1}`), Range: &Range{0, 1}, Write: &Write{}}})
	}
	for b.Loop() {
		if ps := Validate(p); len(ps) > 0 {
			b.Fatal(ps)
		}
	}
}
