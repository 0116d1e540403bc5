package plant

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/test/golden"
)

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
			golden.JSON(t, filepath.Join(filepath.Dir(name), "problems.json"), ps)
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
		file, err := Export(p, false, nil, KindTags)
		if err != nil {
			t.Fatal(err)
		}
		merged, im := ImportSheets(p, file, ImportOptions{})
		if len(im.Problems) > 0 && im.Problems[0].Code == "too_many" {
			return
		}
		if im.Unchanged != len(p.Tags) || len(im.Problems) > 0 || canonical(t, merged) != first {
			t.Fatalf("%+v\n%q\n%s\n%s", im, file, first, canonical(t, merged))
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
