package lastvalue

import (
	"bytes"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

func open(t testing.TB, name string) *File {
	t.Helper()
	f, err := Open(name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.closeFile() })
	return f
}

func TestEveryType(t *testing.T) {
	name := filepath.Join(t.TempDir(), "last")
	values := map[tag.Path]tag.Value{
		"a/bool": tag.OfBool(true), "a/int": tag.OfInt(math.MinInt64), "a/float": tag.OfFloat(math.Pi), "a/inf": tag.OfFloat(math.Inf(-1)),
		"a/text": tag.OfString("温度过高"), "a/empty": tag.OfString(""), "a/bytes": tag.OfBytes([]byte{0, 255}), "a/json": tag.OfJSON(`[[1,2],[3,4]]`),
		"a/long": tag.OfString(strings.Repeat("x", 5000)),
	}
	f := open(t, name)
	var names []Name
	for p, v := range values {
		names = append(names, Name{p, v.Type()})
	}
	f.Arrange(names)
	for i, n := range names {
		f.Put(i, tag.Sample{Value: values[n.Path], Quality: tag.GoodClamped, Source: 5})
	}
	// A sudden end: nothing is closed.
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	g := open(t, name)
	for p, v := range values {
		s, ok := g.Take(p)
		if !ok || s.Value != v || s.Quality != tag.GoodClamped || s.Source != 5 {
			t.Errorf("%s: %v %v", p, s, ok)
		}
		if _, again := g.Take(p); again {
			t.Errorf("%s was given twice", p)
		}
	}
	if _, ok := g.Take("nobody"); ok {
		t.Error("a value of nobody")
	}
}

func TestPlantChanges(t *testing.T) {
	name := filepath.Join(t.TempDir(), "last")
	f := open(t, name)
	f.Arrange([]Name{{"a", tag.Int}, {"b", tag.String}})
	f.Put(0, tag.Sample{Value: tag.OfInt(1)})
	f.Put(1, tag.Sample{Value: tag.OfString("b")})
	f.Arrange([]Name{{"c", tag.Float}, {"b", tag.String}, {"a", tag.Float}})
	f.Put(0, tag.Sample{Value: tag.OfFloat(3)})
	f.Put(2, tag.Sample{Value: tag.OfInt(9)}) // of the old type
	f.Put(9, tag.Sample{Value: tag.OfInt(9)})
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	g := open(t, name)
	if s, ok := g.Take("b"); !ok || s.Value.Text() != "b" {
		t.Error("the value of a tag that stayed is lost")
	}
	if _, ok := g.Take("a"); ok {
		t.Error("a value of another type was kept")
	}
	if s, ok := g.Take("c"); !ok || s.Value.Float() != 3 {
		t.Error("the value of the new tag is lost")
	}
}

// TestFileIsGone: somebody cleans the folder up while the runtime runs.
func TestFileIsGone(t *testing.T) {
	name := filepath.Join(t.TempDir(), "last")
	f := open(t, name)
	f.Arrange([]Name{{"a", tag.Int}})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	f.Put(0, tag.Sample{Value: tag.OfInt(1)})
	if err := f.Flush(); err != nil {
		t.Fatal(err)
	}
	if s, ok := open(t, name).Take("a"); !ok || s.Value.Int() != 1 {
		t.Error("not kept")
	}
}

// TestProperties: after any changes, and a sudden end after any flush, the file has exactly what was
// put before it.
func TestProperties(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(r *rapid.T) {
		name := filepath.Join(dir, "last")
		_ = os.Remove(name)
		f, err := Open(name)
		if err != nil {
			r.Fatal(err)
		}
		defer f.closeFile()
		var names []Name
		want, kept := map[tag.Path]tag.Value{}, map[tag.Path]tag.Value{}
		types := []tag.Type{tag.Int, tag.String}
		r.Repeat(map[string]func(*rapid.T){
			"arrange": func(r *rapid.T) {
				names = nil
				before := want
				want = map[tag.Path]tag.Value{}
				for i := range 6 {
					if !rapid.Bool().Draw(r, "there") {
						continue
					}
					n := Name{tag.Path(fmt.Sprintf("t%d", i)), rapid.SampledFrom(types).Draw(r, "type")}
					names = append(names, n)
					if v, ok := before[n.Path]; ok && v.Type() == n.Type {
						want[n.Path] = v
					}
				}
				f.Arrange(names)
			},
			"put": func(r *rapid.T) {
				if len(names) == 0 {
					r.Skip()
				}
				i := rapid.IntRange(0, len(names)-1).Draw(r, "which")
				v := tag.OfInt(rapid.Int64().Draw(r, "int"))
				if names[i].Type == tag.String {
					v = tag.OfString(strings.Repeat("ü", rapid.IntRange(0, 300).Draw(r, "length")))
				}
				f.Put(i, tag.Sample{Value: v, Source: 1})
				want[names[i].Path] = v
			},
			"flush": func(r *rapid.T) {
				if err := f.Flush(); err != nil {
					r.Fatal(err)
				}
				kept = map[tag.Path]tag.Value{}
				for p, v := range want {
					kept[p] = v
				}
			},
			"": func(r *rapid.T) {
				g, err := Open(name)
				if err != nil {
					r.Fatal(err)
				}
				for i := range 6 {
					p := tag.Path(fmt.Sprintf("t%d", i))
					s, ok := g.Take(p)
					if v, known := kept[p]; ok != known || ok && s.Value != v {
						r.Fatalf("%s: %v, want %v", p, s.Value, v)
					}
				}
			},
		})
	})
}

func FuzzOpen(f *testing.F) {
	name := filepath.Join(f.TempDir(), "last")
	g, err := Open(name)
	if err != nil {
		f.Fatal(err)
	}
	g.Arrange([]Name{{"a/b", tag.Int}, {"a/c", tag.String}})
	g.Put(1, tag.Sample{Value: tag.OfString("x")})
	if err := g.Close(); err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte(magic))
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "last")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		g, err := Open(name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range g.cells {
			_, _ = g.read(&g.cells[i])
			g.Put(i, tag.Sample{Value: tag.OfString(string(bytes.Repeat([]byte("y"), i%300)))})
		}
		if err := g.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// BenchmarkSecond is one second of 10,000 tags that all change.
func BenchmarkSecond(b *testing.B) {
	f, err := Open(filepath.Join(b.TempDir(), "last"))
	if err != nil {
		b.Fatal(err)
	}
	names := make([]Name, 10000)
	for i := range names {
		names[i] = Name{tag.Path(fmt.Sprintf("site/area/line/machine%d/value", i)), tag.Float}
	}
	f.Arrange(names)
	n := 0.0
	for b.Loop() {
		n++
		for i := range names {
			f.Put(i, tag.Sample{Value: tag.OfFloat(n), Source: tag.Time(n)})
		}
		if err := f.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}
