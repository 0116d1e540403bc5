package drawing

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/test/golden"
)

func TestCompile(t *testing.T) {
	files, _ := filepath.Glob("testdata/*.svg")
	if len(files) < 5 {
		t.Fatalf("only %d files", len(files))
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".svg"), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			d, problems := Compile(data)
			golden.JSON(t, strings.TrimSuffix(name, ".svg")+".json", struct {
				Drawing  *Drawing      `json:"drawing"`
				Problems spec.Problems `json:"problems,omitempty"`
			}{d, problems})
		})
	}
}

// What cannot be a drawing is refused with a code, and never takes long.
func TestRefused(t *testing.T) {
	deep := strings.Repeat("<g>", 300) + strings.Repeat("</g>", 300)
	// Ten levels of ten <use> each would be ten thousand million shapes.
	var bomb strings.Builder
	bomb.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><defs><g id="l0"><rect width="1" height="1"/></g>`)
	for i := 1; i <= 10; i++ {
		fmt.Fprintf(&bomb, `<g id="l%d">%s</g>`, i, strings.Repeat(fmt.Sprintf(`<use href="#l%d"/>`, i-1), 10))
	}
	bomb.WriteString(`</defs><use href="#l10"/></svg>`)
	for _, c := range []struct{ name, svg, code string }{
		{"empty", "", "svg_syntax"},
		{"not XML", "hello", "svg_syntax"},
		{"another document", "<html/>", "svg_syntax"},
		{"not closed", `<svg xmlns="http://www.w3.org/2000/svg"><g>`, "svg_syntax"},
		{"entities", `<!DOCTYPE svg [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><text>&b;</text></svg>`, "svg_syntax"},
		{"Latin 1", `<?xml version="1.0" encoding="ISO-8859-1"?><svg xmlns="http://www.w3.org/2000/svg"/>`, "svg_syntax"},
		{"no size", `<svg xmlns="http://www.w3.org/2000/svg"><rect width="1" height="1"/></svg>`, "svg_size"},
		{"no size that is one", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 -5"><rect width="1" height="1"/></svg>`, "svg_size"},
		{"nothing in it", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>`, "svg_empty"},
		{"too deep", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">` + deep + `</svg>`, "svg_too_many"},
		{"too large", `<svg xmlns="http://www.w3.org/2000/svg">` + strings.Repeat(" ", MaxBytes) + `</svg>`, "svg_too_large"},
		{"too many elements", `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1">` + strings.Repeat("<g/>", maxNodes) + `</svg>`, "svg_too_many"},
		{"a bomb of use", bomb.String(), "svg_too_many"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, ps := Compile([]byte(c.svg))
			if d != nil || len(ps) == 0 || ps[len(ps)-1].Code != c.code {
				t.Fatalf("want %s, got %v %v", c.code, d, ps)
			}
			for _, p := range ps {
				if p.Message == "" || p.Hint == "" {
					t.Errorf("incomplete: %+v", p)
				}
				if spec.Translate(p.Message, "zh") == p.Message || spec.Translate(p.Hint, "zh") == p.Hint {
					t.Errorf("no Chinese: %+v", p)
				}
			}
		})
	}
}

func FuzzCompile(f *testing.F) {
	files, _ := filepath.Glob("testdata/*.svg")
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		d, _ := Compile(data)
		if d == nil {
			return
		}
		ids := map[string]bool{}
		var look func(parts []Part)
		look = func(parts []Part) {
			for _, p := range parts {
				if p.ID != "" && (ids[p.ID] || p.ID != ident(p.ID)) {
					t.Errorf("the id %q is double or none", p.ID)
				}
				ids[p.ID] = true
				for _, c := range []string{p.Fill, p.Stroke} {
					if c != "" && !spec.IsColor(c) {
						t.Errorf("%q is no colour", c)
					}
				}
				if strings.Trim(p.Path, "MLCQZ0123456789.- ") != "" {
					t.Errorf("path data %q", p.Path)
				}
				if p.Image != "" && !strings.HasPrefix(p.Image, "data:image/") {
					t.Errorf("image %.40q", p.Image)
				}
				look(p.Parts)
			}
		}
		look(d.Parts)
		if _, err := json.Marshal(d); err != nil {
			t.Error(err)
		}
	})
}
