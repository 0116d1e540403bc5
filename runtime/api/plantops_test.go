package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// Operations on a part of the plant do what the same edit of the whole document does, and what is kept of them in parts
// reads as that document.
func TestOperationsAreEditsOfTheWhole(t *testing.T) {
	f := newFixture(t, false)
	t.Cleanup(func() { f.must(200, "anna", "PUT", "/plant", testPlant, "If-Match", "*") })
	paths := []string{"a/b/t1", "a/b/t2", "a/t3", "c/t4", "c/d/t5", "c/d/t10", "e"}
	rapid.Check(t, func(rt *rapid.T) {
		whole := &plant.Plant{Format: plant.Format, Name: rapid.StringN(0, 5, 20).Draw(rt, "name")}
		put := func() reply {
			text, err := json.Marshal(whole)
			if err != nil {
				rt.Fatal(err)
			}
			return f.must(200, "anna", "PUT", "/plant", string(text), "If-Match", f.must(200, "anna", "GET", "/plant", "").etag())
		}
		put()
		random := func(path string) plant.Tag {
			return plant.Tag{Path: tag.Path(path), Definition: plant.Definition{
				Type: "float", Unit: rapid.SampledFrom([]string{"bar", "m", ""}).Draw(rt, "unit"),
				Marks: plant.Marks{Labels: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"x", "y", "z"}), 0, 3, rapid.ID).Draw(rt, "labels")},
			}}
		}
		at := func(path string) int {
			return slices.IndexFunc(whole.Tags, func(t plant.Tag) bool { return string(t.Path) == path })
		}
		for range rapid.IntRange(1, 6).Draw(rt, "operations") {
			before := f.must(200, "anna", "GET", "/plant", "").etag()
			switch rapid.IntRange(0, 4).Draw(rt, "operation") {
			case 0: // put some, remove others
				var patch struct {
					Put    PlantPut    `json:"put"`
					Remove PlantRemove `json:"remove"`
				}
				for _, path := range rapid.SliceOfNDistinct(rapid.SampledFrom(paths), 0, 4, rapid.ID).Draw(rt, "paths") {
					i := at(path)
					if i >= 0 && rapid.Bool().Draw(rt, "remove") {
						patch.Remove.Tags = append(patch.Remove.Tags, path)
						whole.Tags = slices.Delete(slices.Clone(whole.Tags), i, i+1)
						continue
					}
					tag := random(path)
					patch.Put.Tags = append(patch.Put.Tags, tag)
					if i >= 0 {
						whole.Tags[i] = tag
					} else {
						whole.Tags = append(whole.Tags, tag)
					}
				}
				text, _ := json.Marshal(patch)
				f.must(200, "anna", "PATCH", "/plant", string(text), "If-Match", before)
			case 1: // change what a query finds
				unit, label := rapid.SampledFrom([]string{"Pa", "bar"}).Draw(rt, "to"), rapid.SampledFrom([]string{"x", "w"}).Draw(rt, "label")
				n := 0
				for i := range whole.Tags {
					if d := &whole.Tags[i]; d.Path.Under("c") {
						was := *d
						d.Unit = unit
						if !slices.Contains(d.Labels, label) {
							d.Labels = append(slices.Clone(d.Labels), label)
						}
						if !plant.Same(&was, d) {
							n++
						}
					}
				}
				a := f.must(200, "anna", "POST", "/plant/tags/change", fmt.Sprintf(`{"select":{"area":"c"},"set":{"unit":%q},"addLabels":[%q]}`, unit, label), "If-Match", before)
				if want := fmt.Sprintf(`"changed":%d,`, n); !strings.Contains(a.body, want) {
					rt.Fatalf("not %s: %s", want, a.body)
				}
			case 2: // remove by path, and sometimes take it back
				if len(whole.Tags) == 0 {
					continue
				}
				i := rapid.IntRange(0, len(whole.Tags)-1).Draw(rt, "gone")
				gone := whole.Tags[i]
				a := f.must(200, "anna", "POST", "/plant/tags/change", fmt.Sprintf(`{"paths":[%q],"remove":true}`, gone.Path), "If-Match", before)
				whole.Tags = slices.Delete(slices.Clone(whole.Tags), i, i+1)
				if rapid.Bool().Draw(rt, "undo") {
					var changed TagsChanged
					if err := json.Unmarshal([]byte(a.body), &changed); err != nil || changed.Undo == nil {
						rt.Fatal(err, a.body)
					}
					text, _ := json.Marshal(changed.Undo)
					f.must(200, "anna", "PATCH", "/plant", string(text), "If-Match", changed.ETag)
					whole.Tags = append(whole.Tags, gone)
				}
			case 3: // rename an area
				if !slices.ContainsFunc(whole.Tags, func(t plant.Tag) bool { return t.Path.Under("a") }) {
					continue
				}
				f.must(200, "anna", "POST", "/plant/rename", `{"from":"a/","to":"q/r/"}`)
				for i := range whole.Tags {
					if p := whole.Tags[i].Path; p.Under("a") {
						whole.Tags[i].Path = "q/r" + p[1:]
					}
				}
				f.must(200, "anna", "POST", "/plant/rename", `{"from":"q/r/","to":"a/"}`)
				for i := range whole.Tags {
					if p := whole.Tags[i].Path; p.Under("q/r") {
						whole.Tags[i].Path = "a" + p[3:]
					}
				}
			case 4: // another order
				slices.Reverse(whole.Tags)
				put()
			}
			want, err := plant.Canonical(whole)
			if err != nil {
				rt.Fatal(err)
			}
			now := f.must(200, "anna", "GET", "/plant", "")
			if now.body != string(want) {
				rt.Fatalf("is\n%s\nnot\n%s", now.body, want)
			}
			f.server.kept.Store(nil) // as after a start
			again := f.must(200, "anna", "GET", "/plant", "")
			if again.body != now.body || again.etag() != now.etag() {
				rt.Fatalf("kept is\n%s\nnot\n%s", again.body, now.body)
			}
			if a := put(); a.etag() != now.etag() {
				rt.Fatalf("the same document is another version: %s, not %s", a.etag(), now.etag())
			}
		}
	})
}

// Whoever changes a part says which version it is of; what somebody else did in between is not lost.
func TestLostUpdate(t *testing.T) {
	f := newFixture(t, false)
	first := f.must(200, "anna", "GET", "/plant/tags?limit=0", "")
	var page PlantTagPage
	if err := json.Unmarshal([]byte(first.body), &page); err != nil {
		t.Fatal(err)
	}
	f.must(200, "erik", "PATCH", "/plant", `{"remove":{"tags":["hall1/name"]}}`, "If-Match", page.ETag)
	f.play(t, []scenario{
		{name: "patch", method: "PATCH", url: "/plant", as: "anna", body: `{"remove":{"tags":["hall1/mode"]}}`, header: []string{"If-Match", page.ETag}, status: http.StatusPreconditionFailed},
		{name: "change", method: "POST", url: "/plant/tags/change", as: "anna", body: `{"paths":["hall1/mode"],"remove":true}`, header: []string{"If-Match", page.ETag}, status: http.StatusPreconditionFailed},
		{name: "change dry", method: "POST", url: "/plant/tags/change", as: "anna", body: `{"paths":["hall1/mode"],"remove":true,"dry":true}`, header: []string{"If-Match", page.ETag}, status: http.StatusPreconditionFailed},
		{name: "change without a version", method: "POST", url: "/plant/tags/change", as: "anna", body: `{"paths":["hall1/mode"],"remove":true}`, status: http.StatusPreconditionRequired},
		{name: "still there", method: "GET", url: "/plant/tags?q=hall1/mode", as: "anna", status: 200, has: []string{`"total":1`, `"all":6`}},
	})
}

func TestFindTags(t *testing.T) {
	f := newFixture(t, false)
	f.must(200, "anna", "PATCH", "/plant", `{"put":{
		"models":[{"id":"drive","labels":["spare"],"properties":[{"id":"speed","type":"float","initial":1,"unit":"1/min","title":{"en":"Speed of {title}","zh":"{title}转速"}},{"id":"on","type":"bool","initial":true}]},
		          {"id":"pump","extends":"drive","properties":[{"id":"flow","type":"float","device":"broker","address":{"topic":"flow"}}]}],
		"assets":[{"path":"hall1/pump10","model":"pump","title":{"en":"Feed","zh":"给水泵"},"overrides":{"speed":{"unit":"Hz"}}},{"path":"hall1/pump2","model":"pump"},{"path":"hall2/fan1","model":"drive","disabled":true}]}}`)
	find := func(name, as, query string, total int, has ...string) scenario {
		return scenario{name: name, method: "GET", url: "/plant/tags?" + query, as: as, status: 200, has: append(has, fmt.Sprintf(`"total":%d,`, total))}
	}
	secret := find("who may view a hall finds what is there", "hal1", "", 11, `"all":11`)
	secret.lacks = []string{"hall2"}
	none := find("an area of others has nothing", "hal1", "area=hall2", 0, `"tags":[]`)
	f.play(t, []scenario{
		find("all, by path, numbers by value", "anna", "limit=1000", 13, `"all":13`, `"asset":"hall1/pump2","model":"pump","property":"speed"`),
		find("a part", "anna", "offset=12&limit=5", 13, `"hall2/setpoint"`),
		find("behind the end", "anna", "offset=100", 13, `"tags":[]`),
		secret, none,
		find("words of path", "anna", "q=setpoint+hall", 2),
		find("a title in Chinese", "anna", "q=%E6%B6%B2%E4%BD%8D", 1, `"hall1/level"`),
		find("a title of an asset", "anna", "q=feed", 1, `"hall1/pump10/speed"`, `"overridden":true`),
		find("an address", "anna", "q=address:+sine", 1, `"hall1/level"`),
		find("a device", "anna", "q=device:sim", 1),
		find("device as a filter", "anna", "device=broker", 2),
		find("a model and what builds on it", "anna", "model=drive", 6),
		find("an asset", "anna", "asset=hall1/pump2", 3),
		find("a label of the model", "anna", "label=spare", 6),
		find("a label by a word", "anna", "q=label:sp+type:bool", 2),
		find("a unit", "anna", "q=unit:hz", 1),
		find("a type", "anna", "type=int", 2),
		find("computed", "anna", "kind=computed", 1, `"hall2/double"`),
		find("properties of assets", "anna", "kind=asset", 6),
		find("bad ones", "anna", "state=bad&area=hall1/pump2", 1, `"hall1/pump2/flow"`),
		find("good ones", "anna", "state=good&area=hall2", 2),
		find("letters one after the other", "anna", "q=h1setp", 1, `"loose":true`, `"hall1/setpoint"`),
		find("nothing", "anna", "q=xyzzy", 0),
		{name: "no filter of that name", method: "GET", url: "/plant/tags?state=odd", as: "anna", status: http.StatusUnprocessableEntity},
		{name: "who is not logged in", method: "GET", url: "/plant/tags", status: http.StatusUnauthorized},
		{name: "areas", method: "GET", url: "/plant/areas", as: "anna", status: 200, has: []string{`"total":5`, `{"path":"hall1","tags":11},{"path":"hall1/pump2","tags":3,"asset":true},{"path":"hall1/pump10","tags":3,"asset":true},{"path":"hall2","tags":2},{"path":"hall2/fan1","tags":0,"asset":true}`}},
		{name: "areas of one hall", method: "GET", url: "/plant/areas?q=PUMP", as: "hal1", status: 200, has: []string{`"total":2`}},
		{name: "areas that may not be viewed", method: "GET", url: "/plant/areas?q=hall2", as: "hal1", status: 200, has: []string{`"total":0`}},
		{name: "the plant without its lists", method: "GET", url: "/plant?without=tags,assets", as: "anna", status: 200, has: []string{`"models"`}, lacks: []string{`"assets"`, `"tags"`}},
	})
	etag := f.must(200, "anna", "GET", "/plant", "").etag()
	change := func(name, as, body string, status int, has ...string) scenario {
		return scenario{name: name, method: "POST", url: "/plant/tags/change", as: as, body: body, header: []string{"If-Match", "*"}, status: status, has: has}
	}
	f.play(t, []scenario{
		{name: "dry", method: "POST", url: "/plant/tags/change", as: "hal1", body: `{"select":{},"set":{"decimals":2},"dry":true}`, header: []string{"If-Match", etag}, status: 200, has: []string{`"changed":5`, `"left":6`, etag[1 : len(etag)-1]}},
		change("an area of others", "hal1", `{"paths":["hall2/setpoint"],"remove":true}`, http.StatusForbidden),
		change("who may not design", "vera", `{"paths":["hall2/setpoint"],"remove":true}`, http.StatusForbidden),
		change("no such tag", "anna", `{"paths":["hall2/none"],"remove":true}`, http.StatusUnprocessableEntity, `/paths/0`),
		change("the path", "anna", `{"select":{},"set":{"path":"x"}}`, http.StatusUnprocessableEntity, `change_path`),
		change("what nobody knows", "anna", `{"select":{"area":"hall1"},"set":{"colour":"red"}}`, http.StatusUnprocessableEntity, `/set/colour`),
		change("what the plant cannot have", "anna", `{"select":{"area":"hall1"},"set":{"device":"nowhere"}}`, http.StatusUnprocessableEntity, `device_unknown`),
		change("both at once", "anna", `{"select":{},"set":{"unit":"m"},"remove":true}`, http.StatusUnprocessableEntity),
		change("what is only alike", "anna", `{"select":{"q":"h1setp"},"remove":true}`, 200, `"changed":0`),
		change("labels", "hal1", `{"select":{"area":"hall1","kind":"memory"},"addLabels":["a","b"],"removeLabels":["b"]}`, 200, `"changed":4`, `"left":4`, `"undo":{`),
		change("again", "hal1", `{"select":{"label":"a"},"addLabels":["a"]}`, 200, `"changed":0`),
		change("only own tags go", "anna", `{"select":{"area":"hall1"},"remove":true}`, 200, `"changed":5`, `"left":6`),
	})
}
