package migrate_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/app/migrate"
	"github.com/lineside/lineside/test/golden"
)

// Every step from format 1 to the present one has its file and its golden pair.
func TestGolden(t *testing.T) {
	for from := 1; from < app.Format; from++ {
		t.Run(fmt.Sprintf("%04d", from), func(t *testing.T) {
			if _, err := os.Stat(fmt.Sprintf("%04d.go", from)); err != nil {
				t.Errorf("the step from format %d is not in a file of its own: %v", from, err)
			}
			in, err := os.ReadFile(fmt.Sprintf("testdata/%04d.in.json", from))
			if err != nil {
				t.Fatalf("the step from format %d has no golden pair: %v", from, err)
			}
			out, report, err := migrate.Up(in, from, from+1)
			if err != nil {
				t.Fatal(err)
			}
			if report.In.Widgets == 0 || report.In.Props == 0 {
				t.Errorf("the golden document holds nothing: %+v", report)
			}
			var pretty bytes.Buffer
			if err := json.Indent(&pretty, out, "", "  "); err != nil {
				t.Fatal(err)
			}
			pretty.WriteByte('\n')
			name := fmt.Sprintf("testdata/%04d.out.json", from)
			golden.Compare(t, name, pretty.Bytes())
			if _, err := app.Read(in); err != nil {
				t.Errorf("a document of format %d cannot be read: %v", from, err)
			}
		})
	}
	pairs, _ := filepath.Glob("testdata/*.in.json")
	if len(pairs) != app.Format-1 {
		t.Errorf("%d golden pairs for %d formats", len(pairs), app.Format)
	}
}

func TestUpRefuses(t *testing.T) {
	for _, c := range []struct{ name, doc, want string }{
		{"two sizes", `{"format":1,"screens":[{"widgets":[{"id":"a","width":1,"w":2}]}]}`, "both"},
		{"no step", `{"format":0}`, "no step"},
		{"not an object", `[]`, "read"},
	} {
		from := 1
		if c.name == "no step" {
			from = 0
		}
		if _, _, err := migrate.Up([]byte(c.doc), from, app.Format); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func FuzzUp(f *testing.F) {
	for from := 1; from < app.Format; from++ {
		in, err := os.ReadFile(fmt.Sprintf("testdata/%04d.in.json", from))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(in)
	}
	f.Add([]byte(`{"format":1,"screens":[null,{"widgets":[1,{"props":[]}]}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		out, report, err := migrate.Up(data, 1, app.Format)
		if err == nil && (!json.Valid(out) || report.In != report.Out) {
			t.Errorf("%s gave %s with %+v", data, out, report)
		}
	})
}
