package plant

import (
	"fmt"
	"strings"
	"testing"
)

const fleet = `{"format":1,"devices":[{"id":"plc","connector":"modbus"}],"models":[{"id":"pump","parameters":[{"id":"base","type":"int","required":true},{"id":"area","type":"string"},{"id":"on","type":"bool"},{"id":"plc","type":"device"}],"properties":[{"id":"speed","type":"float"}]}],
	"assets":[
		{"path":"line1/p1","model":"pump","title":{"en":"=Pump","zh":"1 号泵"},"params":{"base":1,"area":"5","on":true,"plc":"plc"}},
		{"path":"line1/p2","model":"pump","disabled":true,"params":{"base":-2,"area":"\"quoted\""},"overrides":{"speed":{"unit":null,"range":{"low":0,"high":1.50}}}}]}`

func TestAssetCSVRoundTrip(t *testing.T) {
	p := read(t, fleet)
	file, err := WriteAssetCSV(p, p.Assets)
	if err != nil {
		t.Fatal(err)
	}
	merged, im := ImportAssetCSV(p, file)
	if im.Unchanged != 2 || im.Added+im.Changed+len(im.Problems) != 0 || canonical(t, merged) != canonical(t, p) {
		t.Errorf("into itself: %+v\n%s", im, file)
	}
	empty := *p
	empty.Assets = nil
	merged, im = ImportAssetCSV(&empty, file)
	if im.Added != 2 || len(im.Problems) != 0 || canonical(t, merged) != canonical(t, p) {
		t.Errorf("into an empty plant: %+v\n%s\n%s", im, file, canonical(t, merged))
	}
	if !strings.Contains(string(file), "path,model,title,title.zh,param.area,param.base,param.on,param.plc,disabled,overrides") || !strings.Contains(string(file), "'=Pump") {
		t.Errorf("%s", file)
	}
}

func TestAssetCSVImport(t *testing.T) {
	p := read(t, fleet)
	for _, c := range []struct {
		name, file                string
		added, changed, unchanged int
		problems                  []string
	}{
		{"one parameter", "path,param.base\nline1/p1,7\n", 0, 1, 0, nil},
		{"new", "path;model;param.base;param.on\nline1/p3;pump;3;TRUE\n;;;\n", 1, 0, 0, nil},
		{"reset", "path,overrides\nline1/p2,\n", 0, 1, 0, nil},
		{"double", "path\nline1/p1\nline1/p1\n", 0, 0, 1, []string{"3 path id_double"}},
		{"bad path", "path,model\na//b,pump\n", 0, 0, 0, []string{"2 path tag_path"}},
		{"bad cells", "path,disabled,overrides\nline1/p1,perhaps,{\n", 0, 0, 1, []string{"2 disabled value_type", "2 overrides value_type"}},
		{"unknown column", "path,modle\nline1/p1,x\n", 0, 0, 0, []string{"1 modle column_unknown"}},
		{"what the document says", "path,model,param.base,param.bass,param.plc,overrides\nx/a,pmp,1,,,\nx/b,pump,,1,,\nx/c,pump,x,,plx,\"{\"\"sped\"\":{}}\"\nx/d,pump,1,,,\n", 4, 0, 0,
			[]string{"2 model model_unknown", "3  parameter_missing", "3 param.bass parameter_unknown", "4 overrides property_unknown", "4 param.base value_type", "4 param.plc device_unknown"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			next, im := ImportAssetCSV(p, []byte(c.file))
			if !im.Errors() {
				im.LocateAssets(Validate(next))
			}
			var got []string
			for _, f := range im.Problems {
				got = append(got, fmt.Sprintf("%d %s %s", f.Row, f.Cell, f.Code))
			}
			if strings.Join(got, "\n") != strings.Join(c.problems, "\n") || im.Added != c.added || im.Changed != c.changed || im.Unchanged != c.unchanged {
				t.Errorf("%d %d %d\n%s", im.Added, im.Changed, im.Unchanged, strings.Join(got, "\n"))
			}
		})
	}
}

func FuzzAssetCSV(f *testing.F) {
	p, err := Read([]byte(fleet))
	if err != nil {
		f.Fatal(err)
	}
	file, err := WriteAssetCSV(p, p.Assets)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add([]byte("path,overrides\na,\"{}\"\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		next, im := ImportAssetCSV(p, data)
		if im.Errors() {
			return
		}
		im.LocateAssets(Validate(next))
		if im.Errors() {
			return
		}
		out, err := WriteAssetCSV(next, next.Assets)
		if err != nil {
			t.Fatal(err)
		}
		if _, again := ImportAssetCSV(next, out); again.Changed+again.Added+len(again.Problems) != 0 {
			t.Fatalf("%q: %+v of\n%s", data, again, out)
		}
	})
}
