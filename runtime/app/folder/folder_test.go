package folder

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/examples"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

func read(t testing.TB, text string) *app.App {
	t.Helper()
	a, err := app.Read([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// roundTrip takes an app apart and puts it together again, and that apart again.
func roundTrip(t testing.TB, a *app.App) Files {
	t.Helper()
	want, err := app.Canonical(a)
	if err != nil {
		t.Fatal(err)
	}
	files, err := Write(a)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(files)
	if err != nil {
		t.Fatalf("%v", err)
	}
	got, err := app.Canonical(back)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Fatalf("the document came back as\n%s\nwas\n%s", got, want)
	}
	again, err := Write(back)
	if err != nil {
		t.Fatal(err)
	}
	if len(again) != len(files) {
		t.Fatalf("%d files, then %d", len(files), len(again))
	}
	for name, text := range files {
		if !bytes.Equal(again[name], text) {
			t.Fatalf("%s came back as\n%s\nwas\n%s", name, again[name], text)
		}
	}
	return files
}

func TestExample(t *testing.T) {
	files := roundTrip(t, read(t, string(examples.App(examples.Demo))))
	if len(files) < 2 || files["app.json"] == nil {
		t.Errorf("%d files", len(files))
	}
}

// TestLayout: a change of one thing is a change of one line.
func TestLayout(t *testing.T) {
	files := roundTrip(t, read(t, `{"format":2,"id":"com.example.layout","version":"1.0.0","name":{"en":"Layout","zh":"布局"},"texts":{"b":{"en":"B"},"a":{"en":"A <&>","zh":"甲"}},
		"inputs":[{"id":"x","kind":"tag","type":"float","title":{"en":"X"}}],
		"drawings":[{"id":"pump","width":10,"height":10,"parts":[{"kind":"path","path":"M0 0L1 1"}]}],
		"screens":[{"id":"main","name":{"en":"Main"},"width":800,"height":600,"widgets":[
			{"id":"v1","type":"value","name":"Pressure in the vessel","x":0.5,"y":8,"w":100,"h":40,"props":{"value":{"tag":"a/b/c"},"unit":"bar","decimals":2}},
			{"id":"t","type":"text","x":1,"y":2,"w":3,"h":4}]},
			{"id":"Main","name":{"en":"Other"},"width":800,"height":600,"widgets":[]},{"id":"con","name":{"en":"Con"},"width":800,"height":600,"widgets":[]}]}`))
	for name, want := range map[string]string{
		"app.json": `{
  "format": 2,
  "id": "com.example.layout",
  "version": "1.0.0",
  "name": {"en": "Layout", "zh": "布局"},
  "inputs": [
    {"id": "x", "kind": "tag", "type": "float", "title": {"en": "X"}}
  ],
  "drawings": [
    "drawings/pump.json"
  ],
  "screens": [
    "screens/main.json",
    "screens/Main.2.json",
    "screens/con_.json"
  ]
}
`,
		"texts.json": `{
  "a": {"en": "A <&>", "zh": "甲"},
  "b": {"en": "B"}
}
`,
		"drawings/pump.json": `{
  "id": "pump",
  "width": 10,
  "height": 10,
  "parts": [
    {"kind": "path", "path": "M0 0L1 1"}
  ]
}
`,
		"screens/main.json": `{
  "id": "main",
  "name": {"en": "Main"},
  "width": 800,
  "height": 600,
  "widgets": [
    {
      "id": "v1", "type": "value", "name": "Pressure in the vessel", "x": 0.5, "y": 8, "w": 100,
      "h": 40,
      "props": {"decimals": 2, "unit": "bar", "value": {"tag": "a/b/c"}}
    },
    {"id": "t", "type": "text", "x": 1, "y": 2, "w": 3, "h": 4}
  ]
}
`,
	} {
		if string(files[name]) != want {
			t.Errorf("%s is\n%s\nnot\n%s", name, files[name], want)
		}
	}
}

// TestErrors: what is wrong is told with file and line.
func TestErrors(t *testing.T) {
	const head = "{\n  \"format\": 2,\n  \"id\": \"com.example.e\",\n  \"version\": \"1.0.0\",\n  \"name\": {\"en\": \"E\"},\n  \"screens\": [\n    \"screens/s.json\"\n  ]\n}\n"
	const screen = "{\n  \"id\": \"s\",\n  \"name\": {\"en\": \"S\"},\n  \"width\": 800,\n  \"height\": 600,\n  \"widgets\": [\n    {\"id\": \"a\", \"type\": \"text\", \"x\": 0, \"y\": 0, \"w\": 1, \"h\": 1}\n  ]\n}\n"
	if _, err := Read(Files{"app.json": []byte(head), "screens/s.json": []byte(screen), "README.md": []byte("x"), "screens/notes.txt": nil}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, file, text string
		want             string // file:line and code
	}{
		{"no app.json", "app.json", "", "app.json:0 file_missing"},
		{"no screen", "screens/s.json", "", "app.json:7 file_missing"},
		{"left over", "screens/t.json", screen, "screens/t.json:0 file_unlisted"},
		{"merge conflict", "screens/s.json", strings.Replace(screen, "  \"width\": 800,\n", "<<<<<<< ours\n  \"width\": 800,\n=======\n  \"width\": 900,\n>>>>>>> theirs\n", 1), "screens/s.json:4 merge_conflict"},
		{"comma missing", "screens/s.json", strings.Replace(screen, "800,", "800", 1), "screens/s.json:5 json_syntax"},
		{"cut off", "screens/s.json", screen[:60], "screens/s.json:5 json_syntax"},
		{"two values", "screens/s.json", screen + screen, "screens/s.json:10 json_syntax"},
		{"unknown key", "screens/s.json", strings.Replace(screen, `"h": 1`, `"hh": 1`, 1), "screens/s.json:7 key_unknown"},
		{"double key", "screens/s.json", strings.Replace(screen, `"h": 1`, `"h": 1, "h": 2`, 1), "screens/s.json:7 json_duplicate_key"},
		{"wrong type", "screens/s.json", strings.Replace(screen, `600`, `"600"`, 1), "screens/s.json:5 value_type"},
		{"wrong type in the head", "app.json", strings.Replace(head, `"1.0.0"`, `1`, 1), "app.json:4 value_type"},
		{"escapes the folder", "app.json", strings.Replace(head, "screens/s.json", "screens/../../s.json", 1), "app.json:7 value_type"},
		{"file twice", "app.json", strings.Replace(head, `"screens/s.json"`, "\"screens/s.json\",\n    \"screens/s.json\"", 1), "app.json:8 file_double"},
		{"texts", "texts.json", "{\n  \"a\": {\"en\": 1}\n}\n", "texts.json:2 value_type"},
		{"texts twice", "app.json", strings.Replace(head, `"screens"`, `"texts": {}, "screens"`, 1), ""},
	} {
		files := Files{"app.json": []byte(head), "screens/s.json": []byte(screen)}
		files[row.file] = []byte(row.text)
		if row.text == "" {
			delete(files, row.file)
		}
		_, err := Read(files)
		var ps Problems
		if row.want == "" {
			if err != nil {
				t.Errorf("%s: %v", row.name, err)
			}
			continue
		}
		if !errors.As(err, &ps) {
			t.Errorf("%s: %v", row.name, err)
			continue
		}
		if got := fmt.Sprintf("%s:%d %s", ps[0].File, ps[0].FileLine, ps[0].Code); got != row.want {
			t.Errorf("%s: %s (%v), not %s", row.name, got, err, row.want)
		}
	}
	// Windows' ends of lines are as good.
	if _, err := Read(Files{"app.json": []byte("\xef\xbb\xbf" + strings.ReplaceAll(head, "\n", "\r\n")), "screens/s.json": []byte(screen)}); err != nil {
		t.Error(err)
	}
}

func TestDir(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "app")
	a := read(t, string(examples.App(examples.Demo)))
	files, err := Write(a)
	if err != nil {
		t.Fatal(err)
	}
	if err := WriteDir(dir, files); err != nil {
		t.Fatal(err)
	}
	keep := filepath.Join(dir, "README.md")
	if err := os.WriteFile(keep, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	gone := filepath.Join(dir, "screens", "gone.json")
	if err := os.WriteFile(gone, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteDir(dir, files); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(gone); !os.IsNotExist(err) {
		t.Errorf("the file of a screen that is gone: %v", err)
	}
	if _, err := os.Stat(keep); err != nil {
		t.Error(err)
	}
	got, err := ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	back, err := Read(got)
	if err != nil {
		t.Fatal(err)
	}
	one, _ := app.Canonical(a)
	two, _ := app.Canonical(back)
	if !bytes.Equal(one, two) {
		t.Error("another document came back")
	}
	// A folder of something else is left alone.
	other := t.TempDir()
	if err := os.MkdirAll(filepath.Join(other, "screens"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "screens", "x.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := WriteDir(other, files); err == nil {
		t.Error("wrote into a folder of something else")
	}
	// No link leads out.
	if err := os.Remove(filepath.Join(dir, "app.json")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "app.json")); err != nil {
		t.Skip(err)
	}
	if _, err := ReadDir(dir); err == nil {
		t.Error("followed a link out of the folder")
	}
}

func TestZip(t *testing.T) {
	files, err := Write(read(t, string(examples.App(examples.Demo))))
	if err != nil {
		t.Fatal(err)
	}
	one, err := Zip(files, "demo")
	if err != nil {
		t.Fatal(err)
	}
	two, _ := Zip(files, "demo")
	if !bytes.Equal(one, two) {
		t.Error("the same files make another archive")
	}
	back, err := Unzip(one)
	if err != nil || len(back) != len(files) {
		t.Fatalf("%d files: %v", len(back), err)
	}
	pack := func(names ...string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range names {
			f, err := w.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasSuffix(name, "big.json") {
				for range maxTotal >> 20 {
					_, _ = f.Write(make([]byte, 1<<20))
				}
			}
			_, _ = f.Write([]byte("{}"))
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	for name, archive := range map[string][]byte{
		"no archive": []byte("{}"), "empty": pack(), "another archive": pack("a.txt"),
		"stands twice": pack("app.json", "app.json"), "too large": pack("app.json", "screens/big.json"),
	} {
		if _, err := Unzip(archive); !errors.Is(err, ErrZip) {
			t.Errorf("%s: %v", name, err)
		}
	}
	got, err := Unzip(pack("../app.json", "../screens/a.json", "../../etc/passwd", "/screens/b.json", "screens/../c.json"))
	if err != nil || len(got) != 2 { // taken from the folder that app.json is in; nothing is written anywhere
		t.Errorf("%v: %v", got, err)
	}
}

// TestRandom: whatever a document holds comes back.
func TestRandom(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	naughty := []string{"", " ", "\"", "\\", "<script>", "\u2028", "中文 ️🧪", "a\nb", "=======", "<<<<<<< x", "\x7f", strings.Repeat("x", 300)}
	word := func() string { return naughty[r.IntN(len(naughty))] }
	raw := func() json.RawMessage {
		v := []any{nil, true, 0.1 + float64(r.IntN(9)), word(), []any{1, word()}, map[string]any{"tag": "a/b"}, map[string]any{"expr": word()}, -1e21, 1e-9}
		b, err := json.Marshal(v[r.IntN(len(v))])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for range 200 {
		a := &app.App{Format: app.Format, ID: "com.example.r", Version: "1.0.0", Name: spec.Text{"en": word(), "zh": word()}}
		for range r.IntN(3) {
			a.Inputs = append(a.Inputs, app.Input{ID: word(), Kind: "tag", Type: "int", Default: raw()})
			a.Drawings = append(a.Drawings, app.Drawing{ID: word(), Width: r.Float64(), Parts: []app.Part{{Kind: "text", Text: word()}}})
			if a.Texts == nil {
				a.Texts = map[string]spec.Text{}
			}
			a.Texts[word()] = spec.Text{"en": word()}
		}
		for range 1 + r.IntN(3) {
			s := app.Screen{ID: word(), Name: spec.Text{"en": word()}, Width: r.IntN(9999)}
			for range r.IntN(4) {
				w := app.Widget{ID: word(), Type: word(), Name: word(), X: r.NormFloat64() * 1000, Props: map[string]json.RawMessage{}}
				for range r.IntN(5) {
					w.Props[word()] = raw()
				}
				w.On = map[string][]app.Action{word(): {{Do: "write", Tag: word(), Value: raw()}}}
				s.Widgets = append(s.Widgets, w)
			}
			a.Screens = append(a.Screens, s)
		}
		roundTrip(t, a)
	}
}

func FuzzRead(f *testing.F) {
	files, err := Write(read(f, string(examples.App(examples.Demo))))
	if err != nil {
		f.Fatal(err)
	}
	screen := files["screens/overview.json"]
	f.Add(files["app.json"], screen, []byte(`{"a":{"en":"A"}}`))
	f.Add([]byte(`{"format":2,"screens":["screens/a.json"]}`), []byte(`{`), []byte(`[]`))
	f.Fuzz(func(t *testing.T, head, screen, texts []byte) {
		a, err := Read(Files{"app.json": head, "screens/a.json": screen, "texts.json": texts})
		if err == nil {
			roundTrip(t, a)
		}
	})
}

func FuzzUnzip(f *testing.F) {
	files, err := Write(read(f, string(examples.App(examples.Demo))))
	if err != nil {
		f.Fatal(err)
	}
	archive, err := Zip(files, "x")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(archive)
	f.Fuzz(func(_ *testing.T, archive []byte) {
		if files, err := Unzip(archive); err == nil {
			_, _ = Read(files)
		}
	})
}

func TestOwnWidgetsHaveFilesOfTheirOwn(t *testing.T) {
	doc := `{"format":2,"id":"com.example.t","version":"1.0.0","name":{"en":"T"},"screens":[{"id":"s","name":{"en":"S"},"width":100,"height":100,"widgets":[]}],
		"widgets":[{"id":"dial","version":1,"title":{"en":"Dial"},"size":{"width":9,"height":9},"svg":"<svg>\n</svg>","script":"function init() {\n}\n"}]}`
	a, err := app.Read([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	files, err := Write(a)
	if err != nil {
		t.Fatal(err)
	}
	if string(files["widgets/dial.svg"]) != "<svg>\n</svg>" || string(files["widgets/dial.js"]) != "function init() {\n}\n" || !strings.Contains(string(files["widgets/dial.json"]), `"script": "widgets/dial.js"`) {
		t.Fatalf("%s", files)
	}
	dir := t.TempDir()
	if err := WriteDir(dir, files); err != nil {
		t.Fatal(err)
	}
	read, err := ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	again, err := Read(read)
	if err != nil || again.Widgets[0].Script != a.Widgets[0].Script || again.Widgets[0].SVG != a.Widgets[0].SVG {
		t.Fatalf("%+v %v", again, err)
	}
	ps := Locate(files, spec.Problems{{Code: "script_threw", At: "/widgets/0/script", Line: 2}})
	if ps[0].File != "widgets/dial.js" || ps[0].FileLine != 2 {
		t.Errorf("%+v", ps[0])
	}
}
