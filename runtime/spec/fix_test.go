package spec

import (
	"encoding/json"
	"testing"
)

func TestApply(t *testing.T) {
	const doc = `{"a":{"b":[1,2.50,{"c/d":null}]},"e":"x"}`
	for _, row := range []struct {
		name, patch, want string // want "" is refused
	}{
		{"nothing", `[]`, `{"a":{"b":[1,2.50,{"c/d":null}]},"e":"x"}`},
		{"add a key", `[{"op":"add","path":"/f","value":{"<":1e400}}]`, `{"a":{"b":[1,2.50,{"c/d":null}]},"e":"x","f":{"<":1e400}}`},
		{"add over a key", `[{"op":"add","path":"/e","value":1}]`, `{"a":{"b":[1,2.50,{"c/d":null}]},"e":1}`},
		{"add to a list", `[{"op":"add","path":"/a/b/1","value":9},{"op":"add","path":"/a/b/-","value":8}]`, `{"a":{"b":[1,9,2.50,{"c/d":null},8]},"e":"x"}`},
		{"replace", `[{"op":"replace","path":"/a/b/2/c~1d","value":true}]`, `{"a":{"b":[1,2.50,{"c/d":true}]},"e":"x"}`},
		{"replace what is not there", `[{"op":"replace","path":"/f","value":1}]`, ""},
		{"remove", `[{"op":"remove","path":"/a/b/0"},{"op":"remove","path":"/e"}]`, `{"a":{"b":[2.50,{"c/d":null}]}}`},
		{"remove what is not there", `[{"op":"remove","path":"/a/b/3"}]`, ""},
		{"move in a list", `[{"op":"move","from":"/a/b/0","path":"/a/b/2"}]`, `{"a":{"b":[2.50,{"c/d":null},1]},"e":"x"}`},
		{"move into itself", `[{"op":"move","from":"/a","path":"/a/b"}]`, ""},
		{"index with a zero before it", `[{"op":"remove","path":"/a/b/00"}]`, ""},
		{"index below zero", `[{"op":"remove","path":"/a/b/-1"}]`, ""},
		{"into a scalar", `[{"op":"add","path":"/e/f","value":1}]`, ""},
		{"no pointer", `[{"op":"add","path":"f","value":1}]`, ""},
		{"no value", `[{"op":"add","path":"/f"}]`, ""},
		{"no such operation", `[{"op":"test","path":"/e","value":"x"}]`, ""},
		{"the whole", `[{"op":"replace","path":"","value":[1]}]`, `[1]`},
	} {
		var patch []PatchOp
		if err := json.Unmarshal([]byte(row.patch), &patch); err != nil {
			t.Fatal(err)
		}
		got, err := Apply([]byte(doc), patch)
		if row.want == "" {
			if err == nil {
				t.Errorf("%s: gave %s", row.name, got)
			}
			continue
		}
		if err != nil || string(got) != row.want+"\n" {
			t.Errorf("%s: %v\n got %s\nwant %s", row.name, err, got, row.want)
		}
	}
}

func FuzzApply(f *testing.F) {
	f.Add([]byte(`{"a":[1,2]}`), "/a/1", "/a/-")
	f.Add([]byte(`[[],{"~":1}]`), "/1/~0", "/0/0")
	f.Fuzz(func(t *testing.T, doc []byte, from, path string) {
		for _, op := range []PatchOp{Set(path, 1), Replace(path, nil), Remove(path), {Op: "move", From: from, Path: path}} {
			if out, err := Apply(doc, []PatchOp{op}); err == nil && !json.Valid(out) {
				t.Errorf("%v made %q", op, out)
			}
		}
	})
}
