package plant

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
)

const kiosk = `{"format":1,"devices":[{"id":"shared","connector":"modbus","settings":{"host":"10.0.0.9"}}],"models":[
	{"id":"base","parameters":[{"id":"plc","type":"device"},{"id":"host","type":"string","required":true},{"id":"unit","type":"int","default":1},{"id":"on","type":"bool"},{"id":"gain","type":"float"}],
	 "device":{"parameter":"plc","name":"PLC of {title}","connector":"modbus","settings":{"host":"{host}","unit":"{unit}","note":"{host}:{unit+500}"},"scans":[{"id":"default","interval":"500ms"}],"timeout":"2s"},
	 "properties":[{"id":"speed","type":"float","device":"{plc}","address":{"table":"holding","address":1}}]},
	{"id":"pump","extends":"base"}],
	"assets":[{"path":"line1/p1","model":"pump","params":{"plc":"shared","host":"x"},"overrides":{"speed":{"unit":"rpm"}},"labels":["old"]}]}`

func stamp(t *testing.T, s Stamping) (*Plant, *Stamped, string) {
	t.Helper()
	p := read(t, kiosk)
	if ps := Validate(p); ps.Errors() {
		t.Fatal(ps)
	}
	before := canonical(t, p)
	next, made, err := Stamp(p, s)
	if canonical(t, p) != before {
		t.Error("the plant itself was changed")
	}
	var told []string
	if ps := (spec.Problems)(nil); errors.As(err, &ps) {
		for _, p := range ps {
			told = append(told, p.Code+" "+p.At)
			if p.Message == "" || p.Hint == "" || spec.Translate(p.Message, "zh") == p.Message || spec.Translate(p.Hint, "zh") == p.Hint && !strings.HasPrefix(p.Hint, "Known are") {
				t.Errorf("incomplete, or not in Chinese: %+v", p)
			}
		}
	}
	return next, made, strings.Join(told, ", ")
}

// Each row of a table makes an asset and the device that it brings along.
func TestStampTable(t *testing.T) {
	rows := []map[string]string{
		{"line": "line2", "host": "10.0.0.1", "unit": "7", "on": "yes", "gain": "1.5", "title": "一号泵"},
		{"line": "line2", "host": "10.0.0.2", "unit": "", "on": "", "gain": "", "path": "hall 3/Pumpe ä"},
		{"line": "line3", "host": "5", "plc": "shared"},
	}
	next, made, told := stamp(t, Stamping{Model: "pump", Pattern: "{line}/pump{n:02}", From: 4, Rows: rows})
	if told != "" || made.Added != 3 || made.Tags != 3 || len(made.Devices) != 2 {
		t.Fatalf("%s %+v", told, made)
	}
	raw, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`{"path":"line2/pump04","model":"pump","title":{"en":"一号泵"},"params":{"gain":1.5,"host":"10.0.0.1","on":true,"plc":"line2-pump04","unit":7}}`,
		`{"path":"hall 3/Pumpe ä","model":"pump","params":{"host":"10.0.0.2","plc":"hall-3-Pumpe"}}`,
		`{"path":"line3/pump06","model":"pump","params":{"host":"5","plc":"shared"}}`,
		`{"id":"line2-pump04","name":"PLC of 一号泵","connector":"modbus","settings":{"host":"10.0.0.1","unit":7,"note":"10.0.0.1:507"},"scans":[{"id":"default","interval":"500ms"}],"timeout":"2s"}`,
		`{"id":"hall-3-Pumpe","name":"PLC of Pumpe ä","connector":"modbus","settings":{"host":"10.0.0.2","unit":1,"note":"10.0.0.2:501"}`,
	} {
		if !strings.Contains(string(raw), want) {
			t.Errorf("%s\nlacks\n%s", raw, want)
		}
	}
	if ps := Validate(next); ps.Errors() {
		t.Error(ps)
	}
	// Once more: what is there is the same.
	again, made, err := Stamp(next, Stamping{Model: "pump", Pattern: "{line}/pump{n:02}", From: 4, Rows: rows, Existing: "overwrite"})
	if err != nil || made.Unchanged != 3 || made.Changed != 0 || len(made.Devices) != 0 || canonical(t, again) != canonical(t, next) {
		t.Errorf("%v %+v", err, made)
	}
}

func TestStampExisting(t *testing.T) {
	ask := Stamping{Model: "pump", Pattern: "line1/p{n}", From: 1, To: 2, Params: map[string]json.RawMessage{"host": json.RawMessage(`"10.1.0.{n}"`)}, Existing: "overwrite"}
	next, made, told := stamp(t, ask)
	if told != "" || made.Added != 1 || made.Changed != 1 || len(made.Devices) != 2 {
		t.Fatalf("%s %+v", told, made)
	}
	if a := next.Assets[0]; len(a.Labels) != 1 || len(a.Overrides) != 1 || string(a.Params["plc"]) != `"line1-p1"` {
		t.Errorf("overwriting lost what was said of the asset: %+v", a)
	}
	ask.Existing = "ignore"
	if next, made, _ := stamp(t, ask); made.Added != 1 || made.Unchanged != 1 || len(made.Devices) != 1 || len(next.Devices) != 2 {
		t.Errorf("%+v", made)
	}
}

// Several machines behind one controller share its device.
func TestStampShared(t *testing.T) {
	p := read(t, strings.Replace(kiosk, `"name":"PLC of {title}"`, `"id":"plc-{host}"`, 1))
	_, made, err := Stamp(p, Stamping{Model: "pump", Pattern: "x/{n}", From: 1, Rows: []map[string]string{{"host": "10.0.0.1"}, {"host": "10.0.0.1"}, {"host": "b"}}})
	if err != nil || len(made.Devices) != 2 || made.Devices[0].ID != "plc-10-0-0-1" {
		t.Errorf("%v %+v", err, made)
	}
	_, _, err = Stamp(p, Stamping{Model: "pump", Pattern: "x/{n}", From: 1, Rows: []map[string]string{{"host": "b"}, {"host": "b", "unit": "2"}}})
	if err == nil || !strings.Contains(err.Error(), "plc-b") {
		t.Errorf("two devices of one id: %v", err)
	}
}

func TestStampTableMistakes(t *testing.T) {
	for _, c := range []struct {
		name string
		ask  Stamping
		want string
	}{
		{"a column that is nothing", Stamping{Pattern: "a/{n}", Rows: []map[string]string{{"hosst": "x"}}}, "parameter_unknown /rows/0/hosst"},
		{"a parameter that is missing", Stamping{Pattern: "a/{n}", Rows: []map[string]string{{"host": "x"}, {"host": ""}}}, "parameter_missing /rows/1"},
		{"a number that is none", Stamping{Pattern: "a/{n}", Rows: []map[string]string{{"host": "x", "unit": "seven"}}}, "value_type /rows/0/unit"},
		{"a cell that the pattern needs", Stamping{Pattern: "{line}/a", Rows: []map[string]string{{"host": "x", "line": "l"}, {"host": "x", "line": ""}}}, "parameter_missing /rows/1"},
		{"one path for all", Stamping{Pattern: "a/b", Rows: []map[string]string{{"host": "x"}, {"host": "y"}}}, "stamp_pattern /pattern"},
		{"the same path twice", Stamping{Pattern: "a/{host}", Rows: []map[string]string{{"host": "x"}, {"host": "x"}}}, "name_taken /rows/1"},
		{"there already", Stamping{Pattern: "line1/p{n}", From: 1, Rows: []map[string]string{{"host": "x"}}}, "name_taken /rows/0"},
		{"no path", Stamping{Pattern: "{host}", Rows: []map[string]string{{"host": "a//b"}}}, "tag_path /rows/0"},
		{"no id", Stamping{Pattern: "温度{n}", From: -1, To: -1}, "value_range /from"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.ask.Model = "pump"
			if _, _, told := stamp(t, c.ask); told != c.want {
				t.Errorf("got %s, want %s", told, c.want)
			}
		})
	}
}

func TestDeviceTemplateForm(t *testing.T) {
	p := read(t, `{"format":1,"models":[{"id":"m","device":{"parameter":"the plc","connector":"","settings":[1],"scans":[{"id":"a b","interval":"1s"}],"timeout":"9h"}}]}`)
	var got []string
	for _, p := range Validate(p) {
		got = append(got, p.Code+" "+p.At)
	}
	want := "id_form /models/0/device/parameter, value_missing /models/0/device/connector, value_type /models/0/device/settings, value_range /models/0/device/timeout, id_form /models/0/device/scans/0/id"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %s", strings.Join(got, ", "))
	}
}
