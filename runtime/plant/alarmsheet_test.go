package plant

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/tag"
)

func sheetOf(t *testing.T, p *Plant, workbook bool) []byte {
	t.Helper()
	write := func(table sheet.Table) ([]byte, error) { return sheet.WriteCSV(table) }
	if workbook {
		write = func(table sheet.Table) ([]byte, error) { return sheet.WriteXLSX(table) }
	}
	raw, err := write(AlarmSheet(p, func(tag.Path) bool { return true }))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestAlarmSheet(t *testing.T) {
	p := &Plant{}
	if err := json.Unmarshal([]byte(`{"format": 1,
	 "models": [{"id": "pump", "properties": [{"id": "speed", "type": "float", "range": {"low": 0, "high": 100}, "alarms": {
	   "high": {"kind": "high", "priority": "high", "limit": 80, "deadband": {"percent": 1}, "title": {"en": "Fast, too", "zh": "过快"}, "onDelay": "2s"}}}]}],
	 "assets": [{"path": "hall/p1", "model": "pump", "overrides": {"speed": {"title": {"en": "S"}, "alarms": {"high": {"limit": 75}}}}}],
	 "tags": [{"path": "hall/level", "type": "float", "alarms": {"low": {"kind": "low", "priority": "low", "limit": 5, "latch": true}}}]}`), p); err != nil {
		t.Fatal(err)
	}
	before, _ := json.Marshal(p)
	for _, workbook := range []bool{false, true} {
		raw := sheetOf(t, p, workbook)
		next, im := ImportAlarms(p, raw, ImportOptions{Remove: true})
		if im.Errors() || im.Changes() || im.Unchanged != 3 {
			t.Fatalf("%+v", im)
		}
		if got, _ := json.Marshal(next); string(got) != string(before) {
			t.Errorf("%s\n%s", before, got)
		}
	}
	csv := string(sheetOf(t, p, false))
	next, im := ImportAlarms(p, []byte(strings.Replace(csv, ",75,", ",70,", 1)), ImportOptions{})
	if im.Changed != 1 || im.Rows[0].Path != "hall/p1 speed#high" || im.Rows[0].Cells[0] != (CellChange{"limit", "75", "70"}) {
		t.Errorf("%+v", im)
	}
	if got := string(next.Assets[0].Overrides["speed"]); !strings.Contains(got, `"limit":70`) || !strings.Contains(got, `"title"`) {
		t.Error(got)
	}
	for _, c := range []struct {
		name, rows        string
		remove            bool
		added, gone, cell string
	}{
		{"added", "path,id,kind,priority,limit\nhall/level,high,high,low,90\n", false, "hall/level#high", "", ""},
		{"removed", "path,id\nhall/level,low\n", true, "", "hall/p1 speed#high", ""},
		{"wrong limit", "path,id,limit\nhall/level,low,five\n", false, "", "", "limit"},
		{"wrong kind", "path,id,kind\nhall/level,low,lowest\n", false, "", "", "kind"},
		{"nobody's", "path,id,kind,priority,limit\nhall/none,low,low,low,1\n", false, "", "", "path"},
		{"unknown column", "path,id,colour\nhall/level,low,red\n", false, "", "", "colour"},
		{"twice", "path,id\nhall/level,low\nhall/level,low\n", false, "", "", "id"},
	} {
		_, im := ImportAlarms(p, []byte(c.rows), ImportOptions{Remove: c.remove})
		found := func(action, path string) bool {
			for _, r := range im.Rows {
				if r.Action == action && r.Path == path {
					return true
				}
			}
			return path == ""
		}
		if !found("added", c.added) || !found("removed", c.gone) || (c.cell != "") != im.Errors() {
			t.Errorf("%s: %+v", c.name, im)
		}
		if c.cell != "" && im.Problems[0].Cell != c.cell {
			t.Errorf("%s: %+v", c.name, im.Problems)
		}
	}
}

func FuzzAlarmSheet(f *testing.F) {
	f.Add([]byte("path,id,kind,limit,deadband.percent,latch\na/b,high,high,80,1,true\n"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		p := &Plant{Format: Format, Tags: []Tag{{Path: "a/b", Definition: Definition{Type: "float"}}}}
		ImportAlarms(p, data, ImportOptions{Remove: true})
	})
}
