package api

import (
	"fmt"
	"strings"
	"testing"
)

const pumpModel = `{"put":{"models":[
	{"id":"drive","parameters":[{"id":"base","type":"int","required":true}],"properties":[{"id":"speed","type":"float","initial":1500,"unit":"1/min","write":{}}]},
	{"id":"pump","extends":"drive","properties":[{"id":"address","type":"string","expr":"\"R\" + string({base+4})"},{"id":"power","type":"float","expr":"tag(\"./speed\") / 100","title":{"en":"{title} power"}}],
	 "commands":[{"id":"stop","title":{"en":"Stop"},"property":"speed","value":0}]}]}}`

func TestAssetsOfModels(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "erik", "PATCH", "/plant", pumpModel)
	f.must(403, "hal1", "PATCH", "/plant", `{"put":{"models":[{"id":"x"}]}}`)

	stamp := `{"model":"pump","pattern":"hall1/p{n:02}","from":1,"to":3,"title":{"en":"Pump {n}"},"params":{"base":"{n*100}"}`
	dry := decode[StampResult](t, f.must(200, "hal1", "POST", "/plant/stamp", stamp+`,"dry":true}`).body)
	if dry.Added != 3 || dry.Tags != 9 || dry.Assets[2].Path != "hall1/p03" || string(dry.Assets[2].Params["base"]) != "300" || dry.Assets[0].Title["en"] != "Pump 1" || len(dry.Problems) != 0 {
		t.Fatalf("%+v", dry)
	}
	if page := decode[AssetPage](t, f.must(200, "erik", "GET", "/assets", "").body); page.Total != 0 {
		t.Fatalf("a dry run made %+v", page)
	}
	f.must(403, "hal1", "POST", "/plant/stamp", strings.Replace(stamp, "hall1/", "hall2/", 1)+`}`)
	f.must(200, "hal1", "POST", "/plant/stamp", stamp+`}`)
	if again := f.must(422, "hal1", "POST", "/plant/stamp", stamp+`}`).body; !strings.Contains(again, "name_taken") {
		t.Error(again)
	}
	if again := decode[StampResult](t, f.must(200, "hal1", "POST", "/plant/stamp", stamp+`,"existing":"ignore"}`).body); again.Unchanged != 3 || again.Added != 0 {
		t.Errorf("%+v", again)
	}
	if bad := f.must(200, "erik", "POST", "/plant/stamp", `{"model":"pump","pattern":"hall1/q{n}","from":1,"to":2,"dry":true}`).body; !strings.Contains(bad, "parameter_missing") || !strings.Contains(bad, "/assets/1/params") {
		t.Error(bad)
	}

	f.must(200, "hal1", "PATCH", "/plant", `{"put":{"assets":[{"path":"hall1/p01","model":"pump","params":{"base":100},"title":{"en":"Pump 1"},"overrides":{"speed":{"initial":700,"range":{"low":0,"high":9}}}}]}}`)
	a := decode[AssetState](t, f.must(200, "erik", "GET", "/assets/hall1/p01", "").body)
	if len(a.Properties) != 3 || a.Properties[0].From != "drive" || strings.Join(a.Properties[0].Overridden, " ") != "/initial /range/high /range/low" || a.Properties[0].State == nil || a.Properties[0].State.Kind != "asset" {
		t.Errorf("%+v", a)
	}
	if p := a.Properties[1]; p.Tag == nil || p.Tag.Expr != `"R" + string(104)` || string(p.State.Value) != `"R104"` || p.Inherited.Expr != `"R" + string({base+4})` || len(p.Overridden) != 0 {
		t.Errorf("%+v", p)
	}
	if len(a.Commands) != 1 || a.Commands[0].Writes[0].Property != "speed" || !a.Commands[0].Allowed || a.Commands[0].Confirm != "ask" {
		t.Errorf("%+v", a.Commands)
	}
	page := decode[AssetPage](t, f.must(200, "erik", "GET", "/assets?under=hall1&model=drive&limit=2", "").body)
	if page.Total != 3 || len(page.Assets) != 2 || page.Next != "hall1/p02" || page.Assets[0].Good != 3 || page.Assets[0].Overridden != 1 || page.Assets[1].Overridden != 0 {
		t.Errorf("%+v", page)
	}
	models := decode[[]ModelState](t, f.must(200, "erik", "GET", "/models", "").body)
	if len(models) != 2 || models[1].Assets != 3 || len(models[1].Properties) != 3 || strings.Join(models[0].Descendants, " ") != "pump" || strings.Join(models[1].Ancestors, " ") != "pump drive" {
		t.Errorf("%+v", models)
	}
	if row := f.must(200, "erik", "GET", "/tags?pattern=hall1/p01/*", "").body; !strings.Contains(row, `"kind":"asset"`) || !strings.Contains(row, `"from":"computed"`) || !strings.Contains(row, `"model":"pump"`) {
		t.Error(row)
	}
	f.must(200, "erik", "PUT", "/tags/hall1/p02/speed", `{"value":900}`)
	// A changed model reaches all; what was written stays.
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"models":[{"id":"pump","extends":"drive","properties":[{"id":"power","type":"float","expr":"tag(\"./speed\") / 10"}]}]}}`)
	if b := f.must(200, "erik", "GET", "/tags/hall1/p02/power", "").body; !strings.Contains(b, `"value":90`) {
		t.Error(b)
	}
	f.must(404, "erik", "GET", "/tags/hall1/p02/address", "")
	f.must(404, "erik", "GET", "/assets/hall1/none", "")
	if bad := f.must(422, "erik", "PATCH", "/plant", `{"remove":{"models":["drive"]}}`).body; !strings.Contains(bad, "model_unknown") || !strings.Contains(bad, "/models/0/extends") {
		t.Error(bad)
	}
	f.must(200, "hal1", "PATCH", "/plant", `{"remove":{"assets":["hall1/p01","hall1/p02","hall1/p03"]}}`)
	f.must(404, "erik", "GET", "/tags/hall1/p02/speed", "")
}

func TestAssetsCSV(t *testing.T) {
	f := newFixture(t, false)
	f.pumps(t)
	file := f.must(200, "erik", "GET", "/plant/assets.csv", "").body
	if !strings.Contains(file, "line/p1") {
		t.Fatal(file)
	}
	if part := f.must(200, "hal1", "GET", "/plant/assets.csv", "").body; strings.Contains(part, "line/p1") {
		t.Error(part)
	}
	if dry := f.must(200, "erik", "POST", "/plant/import?dry=true", file, "Content-Type", "text/csv").body; !strings.Contains(dry, `"unchanged":3`) {
		t.Error(dry)
	}
	more := "path,model,param.base\nline/p8,pump,5\n"
	if dry := f.must(200, "erik", "POST", "/plant/import?dry=true", more, "Content-Type", "text/csv").body; !strings.Contains(dry, `"added":1`) {
		t.Error(dry)
	}
	f.must(404, "erik", "GET", "/assets/line/p8", "")
	f.must(403, "hal1", "POST", "/plant/import", more, "Content-Type", "text/csv")
	if bad := f.must(422, "erik", "POST", "/plant/import", "path,model\nline/p9,pmp\n", "Content-Type", "text/csv").body; !strings.Contains(bad, "Row 2") {
		t.Error(bad)
	}
	f.must(200, "erik", "POST", "/plant/import", more, "Content-Type", "text/csv")
	f.must(200, "erik", "GET", "/assets/line/p8", "")
}

// pumps is a plant with assets that are named in every way there is.
func (f *fixture) pumps(t *testing.T) {
	t.Helper()
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"models":[
		{"id":"drive","parameters":[{"id":"base","type":"int","default":3}],"properties":[{"id":"speed","type":"float","initial":1500,"write":{}},{"id":"double","type":"float","expr":"tag(\"./speed\") * 2 + {base+1} - 4"}],
		 "commands":[{"id":"stop","property":"speed","value":0}]},
		{"id":"pump","extends":"drive","properties":[{"id":"power","type":"float","expr":"tag(\"./speed\") / {base} + tag(\"hall2/setpoint\")"}]}],
	"assets":[{"path":"line/p1","model":"pump","overrides":{"speed":{"unit":"rpm"},"double":{"expr":"tag(\"./speed\") + 1"}}},{"path":"line/p2","model":"pump"},{"path":"line/p3","model":"drive"}],
	"tags":[{"path":"line/total","type":"float","expr":"sumOf(\"drive\", \"speed\") + tag(\"line/p1/speed\")"},{"path":"line/gate","type":"bool","initial":false,"write":{"interlock":"countOf(\"pump\") > 1"}}]}}`)
}

func TestUsesOfModels(t *testing.T) {
	f := newFixture(t, false)
	f.pumps(t)
	f.bound(t, "line", `{"tag":"line/p2/speed"}`, "")
	places := func(query string) string {
		t.Helper()
		var out []string
		for _, u := range decode[TagUses](t, f.must(200, "erik", "GET", "/plant/uses?"+query, "").body).Uses {
			at := u.At
			if u.App != "" {
				at = u.App + at
			}
			if u.Assets > 0 {
				at += "*" + string(rune('0'+u.Assets))
			}
			out = append(out, at)
		}
		return strings.Join(out, " ")
	}
	for query, want := range map[string]string{
		"model=drive":                "/models/1/extends /tags/7/expr /assets/2/model",
		"model=pump":                 "/tags/8/write/interlock /assets/0/model /assets/1/model",
		"model=drive&property=speed": "/models/0/commands/0/property /tags/7/expr /models/0/properties/1/expr /models/1/properties/0/expr /assets/0/overrides/double/expr /assets/0/overrides/speed line/screens/0/widgets/0/props/value/tag",
		"path=line/p2/speed":         "/tags/7/expr /models/0/properties/1/expr*1 /models/1/properties/0/expr*1 line/screens/0/widgets/0/props/value/tag",
		"path=hall2/setpoint":        "/tags/6/expr /models/1/properties/0/expr",
		"area=line/p1":               "/tags/7/expr",
	} {
		if got := places(query); got != want {
			t.Errorf("%s: %s", query, got)
		}
	}
}

func TestRenameInModels(t *testing.T) {
	f := newFixture(t, false)
	f.pumps(t)
	f.bound(t, "line", `{"expr":"tag(\"line/p2/speed\") + tag(\"line/p3/speed\")"}`, "")
	f.must(422, "erik", "POST", "/plant/rename", `{"from":"line/p2/speed","to":"line/p2/velocity"}`)
	f.must(422, "erik", "POST", "/plant/rename", `{"kind":"property","model":"pump","from":"speed","to":"velocity"}`)
	f.must(422, "erik", "POST", "/plant/rename", `{"kind":"property","model":"drive","from":"speed","to":"power"}`)
	f.must(403, "hal1", "POST", "/plant/rename", `{"kind":"property","model":"drive","from":"speed","to":"velocity"}`)
	r := decode[TagRenamed](t, f.must(200, "erik", "POST", "/plant/rename", `{"kind":"property","model":"drive","from":"speed","to":"velocity","apps":true}`).body)
	if r.Tags != 3 || r.Places != 5 || len(r.Apps) != 1 || r.Apps[0].Places != 2 {
		t.Errorf("%+v", r)
	}
	holds := func(path string, texts ...string) {
		t.Helper()
		body := f.must(200, "erik", "GET", path, "").body
		for _, text := range texts {
			if !strings.Contains(body, text) {
				t.Errorf("%s lacks %s:\n%s", path, text, body)
			}
		}
	}
	holds("/plant", `tag(\"./velocity\") * 2 + {base+1} - 4`, `tag(\"./velocity\") / {base} + tag`, `sumOf(\"drive\", \"velocity\") + tag(\"line/p1/velocity\")`, `tag(\"./velocity\") + 1`, `"property": "velocity"`, `"id": "velocity"`)
	if body := f.must(200, "erik", "GET", "/plant", "").body; strings.Contains(body, "speed") {
		t.Error(body)
	}
	holds("/apps/line/draft", `tag(\"line/p2/velocity\") + tag(\"line/p3/velocity\")`)

	// An asset moves with its tags; a model gets another id.
	r = decode[TagRenamed](t, f.must(200, "erik", "POST", "/plant/rename", `{"from":"line/p2/","to":"line/cell/p2/","apps":true}`).body)
	if r.Tags != 3 || r.Apps[0].Places != 1 {
		t.Errorf("%+v", r)
	}
	holds("/tags/line/cell/p2/velocity", `"value":1500`)
	holds("/apps/line/draft", `tag(\"line/cell/p2/velocity\")`)
	f.must(422, "erik", "POST", "/plant/rename", `{"from":"line/p1/","to":"line/p3/"}`)
	f.must(200, "erik", "POST", "/plant/rename", `{"kind":"model","from":"drive","to":"motor"}`)
	holds("/plant", `"extends": "motor"`, `"model": "motor"`, `sumOf(\"motor\", \"velocity\")`)
	holds("/tags/line/total", `"value":6000`)
}

// TestDeviceTemplates: the secrets of a device template are kept apart, its addresses are for those who configure
// devices, and stamping makes the devices.
func TestDeviceTemplates(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"models":[{"id":"cell","parameters":[{"id":"link","type":"device"},{"id":"host","type":"string"},{"id":"pin","type":"string"}],
		"device":{"parameter":"link","connector":"mqtt","settings":{"url":"mqtt://{host}:1883","username":"u","password":"s3cret-template"}},
		"properties":[{"id":"state","type":"string","device":"{link}","address":{"topic":"{name}/state"}}]}]}}`)
	kept := f.must(200, "erik", "GET", "/plant", "").body
	if strings.Contains(kept, "s3cret-template") || !strings.Contains(kept, "mqtt://{host}:1883") {
		t.Errorf("the secret of the template stands in the plant: %s", kept)
	}
	if seen := f.must(200, "vera", "GET", "/plant", "").body; strings.Contains(seen, "{host}") || !strings.Contains(seen, `"cell"`) {
		t.Errorf("a viewer sees where devices are: %s", seen)
	}
	ask := `{"model":"cell","pattern":"hall1/cell{n}","from":1,"to":0,"rows":[{"host":"127.0.0.1"},{"host":"127.0.0.2"}],"dry":%s}`
	if dry := f.must(200, "erik", "POST", "/plant/stamp", fmt.Sprintf(ask, "true")).body; !strings.Contains(dry, `"hall1-cell2"`) || !strings.Contains(dry, `mqtt://127.0.0.2:1883`) {
		t.Error(dry)
	}
	f.must(403, "hal1", "POST", "/plant/stamp", fmt.Sprintf(ask, "false")) // devices are of the whole plant
	f.must(200, "erik", "POST", "/plant/stamp", fmt.Sprintf(ask, "false"))
	if devices := f.must(200, "erik", "GET", "/devices", "").body; !strings.Contains(devices, "hall1-cell1") || !strings.Contains(devices, "hall1-cell2") {
		t.Error(devices)
	}
	f.must(200, "erik", "GET", "/tags/hall1/cell2/state", "")
}
