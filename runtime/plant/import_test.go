package plant

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const fleet = `{"format":1,"devices":[{"id":"plc","connector":"modbus","settings":{"host":"10.0.0.1","tls":{"ca":"x"},"password":"secret:1"},"scans":[{"id":"default","interval":"1s"},{"id":"fast","interval":"100ms"}]},{"id":"other","connector":"mqtt","disabled":true}],"models":[{"id":"pump","parameters":[{"id":"base","type":"int","required":true},{"id":"area","type":"string"},{"id":"on","type":"bool"},{"id":"plc","type":"device"}],"properties":[{"id":"speed","type":"float"}]}],
	"assets":[
		{"path":"line1/p1","model":"pump","title":{"en":"=Pump","zh":"1 号泵"},"params":{"base":1,"area":"5","on":true,"plc":"plc"}},
		{"path":"line1/p2","model":"pump","disabled":true,"params":{"base":-2,"area":"\"quoted\""},"overrides":{"speed":{"unit":null,"range":{"low":0,"high":1.50}}}}]}`

func overwrite(p *Plant, file string) (*Plant, *Import) {
	return ImportSheets(p, []byte(file), ImportOptions{Policy: PolicyOverwrite})
}

// told are the problems of an import as "row cell code".
func told(im *Import) string {
	var got []string
	for _, p := range im.Problems {
		got = append(got, fmt.Sprintf("%d %s %s", p.Row, p.Cell, p.Code))
	}
	return strings.Join(got, "\n")
}

var forms = []struct {
	name string
	xlsx bool
}{{"CSV", false}, {"XLSX", true}}

// What is exported imports as no change, under every policy, and makes the same plant of an empty one.
func TestSheetsRoundTrip(t *testing.T) {
	for _, text := range []string{full, fleet, things} {
		p := read(t, text)
		for _, form := range forms {
			for _, kind := range []string{KindDevices, KindAssets, KindTags} {
				file, err := Export(p, form.xlsx, nil, kind)
				if err != nil {
					t.Fatal(err)
				}
				n := map[string]int{KindDevices: len(p.Devices), KindAssets: len(p.Assets), KindTags: len(p.Tags)}[kind]
				for _, policy := range Policies {
					same, im := ImportSheets(p, file, ImportOptions{Policy: policy, Remove: true})
					if im.Unchanged != n || im.Changes() || im.Ignored > 0 || len(im.Problems) > 0 || canonical(t, same) != canonical(t, p) {
						t.Errorf("%s of %s into itself, %s: %+v", form.name, kind, policy, im)
					}
				}
				empty := *p
				switch kind {
				case KindDevices:
					empty.Devices, empty.Tags, empty.Assets = nil, nil, nil
				case KindAssets:
					empty.Assets = nil
				default:
					empty.Tags = nil
				}
				made, im := ImportSheets(&empty, file, ImportOptions{})
				want := *p
				if kind == KindDevices {
					want.Tags, want.Assets = nil, nil
				}
				if im.Added != n || len(im.Problems) > 0 || canonical(t, made) != canonical(t, &want) {
					t.Errorf("%s of %s into an empty plant: %+v\n%s\n%s", form.name, kind, im, canonical(t, made), canonical(t, &want))
				}
				again, err := Export(made, false, nil, kind)
				if first, _ := Export(p, false, nil, kind); err != nil || !bytes.Equal(again, first) {
					t.Errorf("%s of %s is not stable: %v", form.name, kind, err)
				}
			}
		}
		book, err := Export(p, true, nil, KindDevices, KindAssets, KindTags)
		if err != nil {
			t.Fatal(err)
		}
		empty := &Plant{Format: p.Format, Name: p.Name, Timezone: p.Timezone, Areas: p.Areas, Models: p.Models}
		if made, im := ImportSheets(empty, book, ImportOptions{}); len(im.Problems) > 0 || canonical(t, made) != canonical(t, p) {
			t.Errorf("a whole workbook into an empty plant: %+v", im)
		}
	}
}

// drawnPlant draws plants as people make them, and as they do not.
func drawnPlant(t *rapid.T) *Plant {
	text := rapid.OneOf(
		rapid.SampledFrom([]string{"", "温度 1", "=1+1", "'quoted", "-5", "1e5", "TRUE", "a\r\nb", "a;b,c\t\"d\"", "NaN", "null", "{}", "007", "1.50", "#N/A?", "\u0001", "  x ", "_x0041_"}),
		rapid.StringN(0, 12, 40))
	clean := func(label string) string { return strings.ToValidUTF8(text.Draw(t, label), "") }
	number := rapid.OneOf(rapid.Float64Range(-1e6, 1e6), rapid.SampledFrom([]float64{0, 0.1, 1e-9, 1e21, 9007199254740993, -7}))
	p := &Plant{Format: Format}
	for i := range rapid.IntRange(0, 3).Draw(t, "devices") {
		d := Device{ID: fmt.Sprintf("d%d", i), Connector: "modbus", Name: clean("name"), Disabled: rapid.Bool().Draw(t, "disabled")}
		if rapid.Bool().Draw(t, "scans") {
			d.Scans = []Scan{{"default", "1s"}, {"fast", "1.5s"}}
		}
		if rapid.Bool().Draw(t, "settings") {
			d.Settings = rapid.SampledFrom([]json.RawMessage{json.RawMessage(`{}`), json.RawMessage(`{"host":"10.0.0.1","port":502}`), json.RawMessage(`{"a":{"b":[1,null]},"c":"1","d":1.50,"e":"","f":null}`)}).Draw(t, "json")
		}
		p.Devices = append(p.Devices, d)
	}
	for i := range rapid.IntRange(0, 6).Draw(t, "tags") {
		g := Tag{Path: tag.Path(fmt.Sprintf("hall %d/阀门", i)), Definition: Definition{Type: "float", Description: clean("description"), Unit: clean("unit")}}
		if s := clean("title"); s != "" {
			g.Title = spec.Text{"en": s}
			if zh := clean("zh"); zh != "" {
				g.Title["zh"] = zh
			}
		}
		if len(p.Devices) > 0 && rapid.Bool().Draw(t, "device") {
			g.Device = p.Devices[0].ID
			g.Address = rapid.SampledFrom([]json.RawMessage{nil, json.RawMessage(`{}`), json.RawMessage(`{"table":"holding","address":12}`), json.RawMessage(`{"topic":"+/x","path":"$.a","raw":18446744073709551615}`)}).Draw(t, "address")
		}
		if rapid.Bool().Draw(t, "range") {
			low := number.Draw(t, "low")
			g.Range = &Range{Low: low, High: low + 1 + max(low, -low)}
		}
		if rapid.Bool().Draw(t, "write") {
			v := number.Draw(t, "limit")
			g.Write = &Write{Low: &v, ReadBack: "2s"}
		}
		if g.Device == "" && rapid.Bool().Draw(t, "memory") {
			g.Type = "string"
			raw, _ := json.Marshal(clean("initial"))
			g.Initial, g.Range, g.Write = raw, nil, nil
		}
		p.Tags = append(p.Tags, g)
	}
	if len(p.Tags) == 0 {
		p.Tags = nil
	}
	return p
}

func TestSheetsRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := drawnPlant(t)
		if ps := Validate(p); ps.Errors() {
			t.Skip(ps)
		}
		want, err := Canonical(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range forms {
			kinds := []string{KindTags}
			if form.xlsx {
				kinds = []string{KindTags, KindAssets, KindDevices} // in any order
			}
			file, err := Export(p, form.xlsx, nil, kinds...)
			if err != nil {
				t.Fatal(err)
			}
			same, im := ImportSheets(p, file, ImportOptions{Remove: true})
			if got, _ := Canonical(same); im.Changes() || len(im.Problems) > 0 || !bytes.Equal(got, want) {
				t.Fatalf("%s into itself: %+v\n%s\n%s", form.name, im, got, want)
			}
			empty := &Plant{Format: Format}
			if !form.xlsx {
				empty.Devices = p.Devices
			}
			made, im := ImportSheets(empty, file, ImportOptions{})
			if got, _ := Canonical(made); len(im.Problems) > 0 || !bytes.Equal(got, want) {
				t.Fatalf("%s into an empty plant: %+v\n%s\n%s\n%q", form.name, im, got, want, file)
			}
		}
	})
}

func TestTagImport(t *testing.T) {
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
		{"not a number", "path,type,low,high\na,float,NaN,Inf\n", 1, 0, 0, []string{"2 low value_type", "2 high value_type"}},
		{"a formula that failed", "path,type,unit\na,float,#N/A\nb,float,\n", 2, 0, 0, []string{"2 unit cell_error"}},
		{"Chinese", "path,type,title,title.zh,unit\n一号线/温度,float,Temperature,温度,℃\n", 1, 0, 0, nil},
		{"two devices claim one tag", "path,type,device\na,float,plc\na,float,broker\n", 1, 0, 0, []string{"3 path tag_claimed"}},
		{"a tag moves to another device", "path,device,scan,address,address.register,address.word,address.type,address.unit,address.nested\narea/line 1/speed,broker,,,,,,,\n", 0, 1, 0, []string{"2 device tag_moved"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := canonical(t, p)
			_, im := overwrite(p, c.file)
			if canonical(t, p) != before {
				t.Error("the document itself was changed")
			}
			if im.Added != c.added || im.Changed != c.changed || im.Unchanged != c.unchanged {
				t.Errorf("added %d, changed %d, unchanged %d", im.Added, im.Changed, im.Unchanged)
			}
			for _, p := range im.Problems {
				if p.Message == "" || p.Hint == "" {
					t.Errorf("incomplete: %+v", p)
				}
				if p.Row > 1 && p.Code != "csv_syntax" && p.Code != "csv_cells" && p.Ref == "" && strings.Contains(c.file, p.Cell+",") {
					t.Errorf("no cell: %+v", p)
				}
			}
			if got := told(im); got != strings.Join(c.problems, "\n") {
				t.Errorf("got\n%s\nwant\n%s", got, strings.Join(c.problems, "\n"))
			}
		})
	}
}

func TestAssetImport(t *testing.T) {
	p := read(t, fleet)
	for _, c := range []struct {
		name, file                string
		added, changed, unchanged int
		problems                  []string
	}{
		{"one parameter", "path,param.base\nline1/p1,7\n", 0, 1, 0, nil},
		{"new", "path;model;param.base;param.on\nline1/p3;pump;3;TRUE\n;;;\n", 1, 0, 0, nil},
		{"reset", "path,overrides\nline1/p2,\n", 0, 1, 0, nil},
		{"double", "path,model\nline1/p1,pump\nline1/p1,pump\n", 0, 0, 1, []string{"3 path id_double"}},
		{"bad path", "path,model\na//b,pump\n", 1, 0, 0, []string{"2 path tag_path"}},
		{"bad cells", "path,disabled,overrides\nline1/p1,perhaps,{\n", 0, 1, 0, []string{"2 disabled value_type", "2 overrides value_type"}},
		{"unknown column", "path,model,modle\nline1/p1,x,y\n", 0, 0, 0, []string{"1 modle column_unknown"}},
		{"what the document says", "path,model,param.base,param.bass,param.plc,overrides\nx/a,pmp,1,,,\nx/b,pump,,1,,\nx/c,pump,x,,plx,\"{\"\"sped\"\":{}}\"\nx/d,pump,1,,,\n", 4, 0, 0,
			[]string{"2 model model_unknown", "3  parameter_missing", "3 param.bass parameter_unknown", "4 overrides property_unknown", "4 param.base value_type", "4 param.plc device_unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, im := overwrite(p, c.file)
			if got := told(im); got != strings.Join(c.problems, "\n") || im.Added != c.added || im.Changed != c.changed || im.Unchanged != c.unchanged {
				t.Errorf("%d %d %d\n%s", im.Added, im.Changed, im.Unchanged, got)
			}
		})
	}
}

func TestDeviceImport(t *testing.T) {
	p := read(t, fleet)
	for _, c := range []struct {
		name, file string
		changed    int
		problems   []string
	}{
		{"one setting", "id,settings.host\nplc,10.0.0.2\n", 1, nil},
		{"scan classes", "id,scans\nplc,\"default=2s, fast=50ms\"\n", 1, nil},
		{"bad cells", "id,connector,disabled,scans,timeout\nplc 1,modbus,maybe,fast,\nb,,,x=1h;x=1,5m\n", 0, []string{"2 disabled value_type", "2 scans value_format", "3 connector value_missing", "3 scans id_double", "3 scans value_format"}},
		{"by itself", "id,connector,scans,timeout\nplc 1,modbus,,\nb,,x=1h;x=1,9m\n", 0, []string{"2 id id_form", "3 connector value_missing", "3 timeout value_range", "3 scans id_double", "3 scans value_format"}},
		{"both forms of settings", "id,connector,settings,settings.host\nx,modbus,{},y\n", 0, []string{"2 settings csv_address"}},
		{"a list", "id,connector,settings\nx,modbus,[]\n", 0, []string{"2 settings value_type"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			next, im := overwrite(p, c.file)
			if got := told(im); got != strings.Join(c.problems, "\n") || im.Changed != c.changed {
				t.Errorf("%d\n%s\n%s", im.Changed, got, canonical(t, next))
			}
		})
	}
}

func TestImportKeepsWhatItDoesNotName(t *testing.T) {
	p := read(t, full)
	merged, im := overwrite(p, "path,unit,address.register\narea/line 1/speed,km/h,5\n")
	if im.Errors() {
		t.Fatal(im.Problems)
	}
	got := merged.Tags[0]
	if got.Unit != "km/h" || got.Scale == nil || got.Write == nil || got.Title["zh"] != "速度" || !strings.Contains(string(got.Address), `"register":5`) || !strings.Contains(string(got.Address), `"word":"1"`) {
		t.Errorf("got %+v %s", got, got.Address)
	}
	cells := im.Rows[0].Cells
	if want := []CellChange{{"address.register", "40001", "5"}, {"unit", "m/s", "km/h"}}; !slices.Equal(cells, want) {
		t.Errorf("cells %+v", cells)
	}
}

// Every policy with a row that is new, one that says the same, one that differs and one that is half empty.
func TestPolicies(t *testing.T) {
	const plantText = `{"format":1,"devices":[{"id":"plc","connector":"modbus"},{"id":"plc2","connector":"modbus"}],"tags":[
		{"path":"a/same","type":"float","unit":"m"},{"path":"a/differs","type":"float","unit":"m","device":"plc"},{"path":"a/half","type":"float","unit":"m","description":"kept"},{"path":"a/other","type":"int"}]}`
	const file = "path,type,unit,description,device\na/same,float,m,,\na/differs,float,kg,,plc2\na/half,float,km,,\na/new,int,,,\n"
	p := read(t, plantText)
	for _, c := range []struct {
		policy   Policy
		remove   bool
		want     string // path unit description device
		counts   string
		problems string
	}{
		{PolicyAbort, false, "", "+1 ~0 →0 x0 =1 -0", "3 path tag_claimed\n4 path name_taken"},
		{PolicyOverwrite, false, "a/same m  ;a/differs kg  plc2;a/half km  ;a/other   ;a/new   ", "+1 ~2 →0 x0 =1 -0", "3 device tag_moved"},
		{PolicyMerge, false, "a/same m  ;a/differs kg  plc2;a/half km kept ;a/other   ;a/new   ", "+1 ~2 →0 x0 =1 -0", "3 device tag_moved"},
		{PolicyRename, false, "a/same m  ;a/differs m  plc;a/half m kept ;a/other   ;a/differs_2 kg  plc2;a/half_2 km  ;a/new   ", "+1 ~0 →2 x0 =1 -0", ""},
		{PolicyIgnore, false, "a/same m  ;a/differs m  plc;a/half m kept ;a/other   ;a/new   ", "+1 ~0 →0 x2 =1 -0", ""},
		{PolicyOverwrite, true, "a/same m  ;a/differs kg  plc2;a/half km  ;a/new   ", "+1 ~2 →0 x0 =1 -1", "3 device tag_moved"},
		{PolicyIgnore, true, "a/same m  ;a/differs m  plc;a/half m kept ;a/new   ", "+1 ~0 →0 x2 =1 -1", ""},
	} {
		t.Run(fmt.Sprint(c.policy, c.remove), func(t *testing.T) {
			next, im := ImportSheets(p, []byte(file), ImportOptions{Policy: c.policy, Remove: c.remove})
			if got := fmt.Sprintf("+%d ~%d →%d x%d =%d -%d", im.Added, im.Changed, im.Renamed, im.Ignored, im.Unchanged, im.Removed); got != c.counts {
				t.Errorf("counts %s", got)
			}
			if got := told(im); got != c.problems {
				t.Errorf("problems %s", got)
			}
			if im.Errors() {
				return
			}
			var got []string
			for _, g := range next.Tags {
				got = append(got, fmt.Sprintf("%s %s %s %s", g.Path, g.Unit, g.Description, g.Device))
			}
			if strings.Join(got, ";") != c.want {
				t.Errorf("tags %q", strings.Join(got, ";"))
			}
		})
	}
}

// A device that is renamed takes the tags and assets of the same file along.
func TestRenamedDevice(t *testing.T) {
	p := read(t, fleet)
	other := read(t, strings.Replace(fleet, "10.0.0.1", "10.0.0.9", 1))
	other.Tags = []Tag{{Path: "x", Definition: Definition{Type: "float", Device: "plc", Scan: "fast"}}}
	other.Assets[0].Path = "line2/p1"
	book, err := Export(other, true, nil, KindTags, KindAssets, KindDevices)
	if err != nil {
		t.Fatal(err)
	}
	next, im := ImportSheets(p, book, ImportOptions{Policy: PolicyRename})
	if len(im.Problems) > 0 || im.Renamed != 1 || im.Added != 2 {
		t.Fatalf("%+v", im)
	}
	if next.Devices[2].ID != "plc_2" || next.Tags[0].Device != "plc_2" || string(next.Assets[2].Params["plc"]) != `"plc_2"` || string(next.Assets[0].Params["plc"]) != `"plc"` {
		t.Errorf("%s", canonical(t, next))
	}
}

// Remove keeps to what may be changed.
func TestRemoveWithin(t *testing.T) {
	p := read(t, full)
	next, im := ImportSheets(p, []byte("path\narea/ok\n"), ImportOptions{Remove: true, May: func(path tag.Path) bool { return path.Under("area/line 1") }})
	if im.Removed != 1 || len(next.Tags) != len(p.Tags)-1 {
		t.Errorf("%+v", im)
	}
	// What would be left without a device is told, though no row is to blame.
	_, im = ImportSheets(p, []byte("id,connector\nbroker,mqtt\n"), ImportOptions{Remove: true, Policy: PolicyMerge})
	if im.Removed != 1 || !im.Errors() || im.Problems[0].Row != 0 || im.Problems[0].Code != "device_unknown" {
		t.Errorf("%+v", im.Problems)
	}
}

// Faults of all kinds and stages are told at once: of a row, of the document, of the check behind it.
func TestAllFaultsAtOnce(t *testing.T) {
	p := read(t, fleet)
	check := func(doc *Plant) spec.Problems {
		if ps := Validate(doc); ps.Errors() {
			return ps
		}
		var ps spec.Problems // as the engine does with addresses
		for i, g := range doc.Tags {
			if strings.Contains(string(g.Address), "bad") {
				ps.Add("address_form", fmt.Sprintf("/tags/%d/address/table", i), "h", "m")
			}
		}
		return ps
	}
	file := "path,type,device,address.table\nx/a,flaot,plc,holding\nline1/p1/speed,float,plc,holding\nx/b,float,plc,bad\nx/c,float,plc,holding\n"
	_, im := ImportSheets(p, []byte(file), ImportOptions{Check: check})
	if got := told(im); got != "2 type value_choice\n3 path tag_claimed\n4 address.table address_form" {
		t.Errorf("got\n%s\n%+v", got, im.Problems)
	}
}

// big is a file of many tags, some with mistakes of every kind.
func big(rows int, mistakes map[int]string) []byte {
	var b bytes.Buffer
	b.WriteString("path,type,title,title.zh,unit,low,high,device,scan,address.table,address.address,write,write.low,write.high\n")
	for i := range rows {
		line := fmt.Sprintf("site/area%d/line%d/tag%d,float,Tag %d,变量 %d,bar,0,100,plc,fast,holding,%d,true,0,50\n", i%20, i%400, i, i, i, i%60000)
		if bad, ok := mistakes[i]; ok {
			line = strings.ReplaceAll(bad, "#", fmt.Sprint(i)) + "\n"
		}
		b.WriteString(line)
	}
	return b.Bytes()
}

// TestHundredThousandRows: all 37 mistakes among 100,000 rows are listed, with row and cell.
func TestHundredThousandRows(t *testing.T) {
	kinds := []string{"t/#,flaot", "t/#,float,,,,5,1", "t/#,float,,,,x,2", "t/#,float,,,,,,plx", "t//#,float", ",float", "t/#", "t/#,float,,,,,,plc,slow", "t/#,int,,,,,,,,,,perhaps", "site/area0/line0/tag0,float,,,,,,other"}
	mistakes := map[int]string{}
	for i := range 37 {
		mistakes[100+i*250] = kinds[i%len(kinds)]
	}
	p := read(t, fleet)
	for _, form := range forms {
		rows := 100_000
		if form.xlsx {
			rows = 10_000 // a workbook takes longer under the race detector
		}
		file := big(rows, mistakes)
		if form.xlsx {
			file = asXLSX(t, file)
		}
		began := time.Now()
		phases := map[string]int{}
		_, im := ImportSheets(p, file, ImportOptions{Progress: func(p Progress) { phases[p.Phase]++ }})
		took := time.Since(began)
		listed := map[int]bool{}
		for _, f := range im.Problems {
			if _, bad := mistakes[f.Row-2]; !bad || f.Message == "" || f.Cell == "" || f.Ref == "" {
				t.Errorf("%+v", f)
			}
			listed[f.Row] = true
		}
		if len(listed) != 37 || im.More > 0 {
			t.Errorf("%s: %d rows", form.name, len(listed))
		}
		t.Logf("%s of %.1f MB: %d problems of %d rows in %s; told %d times how far", form.name, float64(len(file))/1e6, len(im.Problems), im.Sheets[0].Rows, took.Round(time.Millisecond), phases["read"]+phases["compare"]+phases["check"])
	}
}

// asXLSX makes a workbook of a CSV file.
func asXLSX(t *testing.T, file []byte) []byte {
	t.Helper()
	var header []string
	var rows [][]string
	err := sheet.Read(file, func(_ string, row int, cells []string) error {
		if row == 1 {
			header = slices.Clone(cells)
			return nil
		}
		for len(cells) < len(header) {
			cells = append(cells, "")
		}
		rows = append(rows, slices.Clone(cells))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := sheet.WriteXLSX(sheet.Table{Name: KindTags, Header: header, Rows: func(yield func([]string) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A sheet of a workbook that is about something else is left out, and said.
func TestForeignSheet(t *testing.T) {
	book, err := sheet.WriteXLSX(
		sheet.Table{Name: "Notes", Header: []string{"Dear colleague"}, Rows: func(func([]string) bool) {}},
		sheet.Table{Name: "变量表", Header: []string{"path", "type"}, Rows: func(yield func([]string) bool) { yield([]string{"a/b", "float"}) }})
	if err != nil {
		t.Fatal(err)
	}
	_, im := ImportSheets(read(t, full), book, ImportOptions{})
	if im.Added != 1 || im.Errors() || told(im) != "1  sheet_skipped" || im.Sheets[0].Name != "变量表" {
		t.Errorf("%+v", im)
	}
}

func TestImportChinese(t *testing.T) {
	p := read(t, fleet)
	files := map[string]ImportOptions{
		"path,type,device\na,float,plc\na,float,other\n":         {},
		"path,type,unit\na,float,#N/A\na,float,\n":               {},
		"id,connector,scans\nplc,modbus,fast\n":                  {},
		"id,connector\nplc,mqtt\n":                               {Policy: PolicyAbort},
		"path,type,device,address,address.x\na,float,plc,{},1\n": {},
		"path,type\n": {Remove: true},
		"path,model,param.base,param.bass\nline1/p1,pmp,1,2\na,pump,,\n": {Policy: PolicyOverwrite},
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		_, im := ImportSheets(p, []byte(file), files[file])
		for _, f := range im.Problems {
			for _, text := range []string{f.Message, f.Hint} {
				if zh := spec.Translate(text, "zh"); zh == text {
					t.Errorf("not in Chinese: %s", text)
				}
			}
		}
	}
}

func FuzzImport(f *testing.F) {
	p := read(f, full)
	p.Models, p.Assets = read(f, fleet).Models, nil
	for _, kind := range []string{KindDevices, KindTags} {
		file, err := Export(p, false, nil, kind)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(file, byte(1))
	}
	f.Add([]byte("path;type\na;float"), byte(0))
	f.Add([]byte("path,type,address.,title.\na,float,1,x\n"), byte(2))
	f.Add([]byte("path,overrides,model,param.base\na,\"{}\",pump,1\n"), byte(3))
	f.Fuzz(func(t *testing.T, data []byte, policy byte) {
		merged, im := ImportSheets(p, data, ImportOptions{Policy: Policies[int(policy)%len(Policies)], Remove: policy&64 != 0})
		if im.Errors() {
			return
		}
		if ps := Validate(merged); ps.Errors() {
			t.Fatalf("an import without problems made a bad plant: %v", ps)
		}
		for _, kind := range []string{KindDevices, KindAssets, KindTags} {
			out, err := Export(merged, false, nil, kind)
			if err != nil {
				t.Fatal(err)
			}
			if _, again := ImportSheets(merged, out, ImportOptions{Kind: kind}); again.Changes() || again.Errors() {
				t.Fatalf("%q: %+v of\n%s", data, again, out)
			}
		}
	})
}
