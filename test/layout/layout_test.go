// Package layout keeps the direction of imports: arrows point down, as docs/guide/architecture.md
// draws them. The TypeScript side is kept by the same table.
package layout

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const module = "github.com/lineside/lineside/"

// may says which packages of this module a package may import, by prefix. A package that is
// not listed here has no place in the layout yet, and the test says so.
var may = map[string][]string{
	"runtime/tag":           {},
	"runtime/spec":          {"runtime/tag"},
	"runtime/unit":          {"runtime/spec"},
	"runtime/auth":          {"runtime/tag"},
	"runtime/action":        {"runtime/tag", "runtime/spec"},
	"widgets":               {"runtime/spec"},
	"runtime/sheet":         {"runtime/spec"},
	"runtime/schedule":      {"runtime/spec"},
	"runtime/script":        {"runtime/tag", "runtime/spec", "runtime/script"},
	"runtime/backup":        {"runtime/spec", "runtime/tag", "runtime/historian", "runtime/schedule", "runtime/store", "runtime/backup"},
	"runtime/export":        {"runtime/spec", "runtime/store", "runtime/tag", "runtime/historian", "runtime/schedule", "runtime/sheet", "runtime/notify", "runtime/backup/target"},
	"runtime/alarm":         {"runtime/tag", "runtime/spec"},
	"runtime/alarm/figures": {"runtime/alarm", "runtime/tag"},
	"runtime/plant":         {"runtime/alarm", "runtime/tag", "runtime/spec", "runtime/unit", "runtime/sheet"},
	"runtime/app":           {"runtime/alarm", "runtime/drawing", "runtime/tag", "runtime/spec", "runtime/action", "widgets", "runtime/app"},
	"runtime/drawing":       {"runtime/spec"},
	"runtime/expression":    {"runtime/tag", "runtime/spec", "runtime/unit"},
	"runtime/connector":     {"runtime/tag", "runtime/spec", "runtime/unit", "runtime/connector", "runtime/protocol"},
	"runtime/protocol":      {"runtime/tag", "runtime/spec", "runtime/connector"},
	// What lies below runtime/connector here is shared by protocols and is none itself.
	"runtime/northbound":  {"runtime/tag", "runtime/spec", "runtime/northbound", "runtime/protocol", "runtime/connector/trust", "runtime/connector/payload"},
	"runtime/report":      {"runtime/tag", "runtime/spec", "runtime/alarm", "runtime/plant", "runtime/historian", "runtime/schedule", "runtime/sheet"},
	"runtime/historian":   {"runtime/tag", "runtime/historian/chunk"},
	"runtime/store":       {"runtime/alarm", "runtime/tag", "runtime/spec", "runtime/unit", "runtime/auth", "runtime/app", "runtime/plant", "runtime/historian", "runtime/notify", "runtime/report"},
	"runtime/notify":      {"runtime/alarm", "runtime/auth", "runtime/connector/trust", "runtime/notify", "runtime/schedule", "runtime/spec", "runtime/tag"},
	"runtime/lastvalue":   {"runtime/tag"},
	"runtime/promql":      {},
	"runtime/engine":      {"runtime/script", "runtime/schedule", "runtime/drawing", "runtime/alarm", "runtime/lastvalue", "runtime/tag", "runtime/spec", "runtime/unit", "runtime/auth", "runtime/action", "runtime/app", "runtime/plant", "runtime/expression", "runtime/connector", "runtime/northbound", "runtime/historian", "widgets"},
	"runtime/certificate": {"runtime/spec", "runtime/connector", "runtime/store"},
	"runtime/session":     {"runtime/alarm", "runtime/tag", "runtime/spec", "runtime/unit", "runtime/auth", "runtime/action", "runtime/app", "runtime/engine"},
	"runtime/broker":      {"runtime/tag", "runtime/spec", "runtime/auth", "runtime/engine"},
	"runtime/api":         {"runtime/", "widgets", "designer"},
	"designer":            {},
	"examples":            {},
	"cmd/lineside":        {"runtime/", "widgets", "examples", "designer"},
	"cmd/generate":        {"runtime/", "widgets"},
	"bench":               {"runtime/", "widgets", "examples", "bench"},
	"test/layout":         {},
	"test/golden":         {},
}

// implementations know only their host package: nobody below the wiring imports one.
var implementation = regexp.MustCompile(`^runtime/(connector|northbound|historian|notify)/[a-z0-9]+$`)

// shared are those below a host package that are no implementations, but what several have in common.
var shared = regexp.MustCompile(`^runtime/(connector/(trust|payload)|historian/chunk)$`)

// orm is allowed in store only.
const orm = "gorm.io/"

func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func owner(pkg string) (string, bool) {
	for p := pkg; p != "."; p = path.Dir(p) {
		if _, ok := may[p]; ok {
			return p, true
		}
	}
	return "", false
}

func TestGoImportsPointDown(t *testing.T) {
	top := root(t)
	files := 0
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && name != top || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		rel, _ := filepath.Rel(top, name)
		pkg := path.Dir(filepath.ToSlash(rel))
		host, ok := owner(pkg)
		if !ok {
			t.Errorf("%s: package %s has no place in the layout (test/layout)", rel, pkg)
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		files++
		for _, imp := range f.Imports {
			target := strings.Trim(imp.Path.Value, `"`)
			if strings.HasPrefix(target, orm) && host != "runtime/store" {
				t.Errorf("%s imports %s: gorm lives in runtime/store", rel, target)
			}
			if strings.HasPrefix(target, "github.com/mochi-mqtt/") && host != "runtime/broker" {
				t.Errorf("%s imports %s: the MQTT broker lives in runtime/broker", rel, target)
			}
			if host == "runtime/tag" && strings.Contains(strings.Split(target, "/")[0], ".") {
				t.Errorf("%s imports %s: runtime/tag stands on the standard library", rel, target)
			}
			target, inside := strings.CutPrefix(target, module)
			if !inside || target == pkg {
				continue
			}
			if implementation.MatchString(target) && !shared.MatchString(target) && host != "runtime/connector" && host != "runtime/northbound" && host != "runtime/notify" && !strings.HasPrefix(host, "cmd/") && host != "bench" {
				t.Errorf("%s imports the implementation %s", rel, target)
			}
			if !allowed(host, target) {
				t.Errorf("%s: %s may not import %s", rel, host, target)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 30 {
		t.Fatalf("looked at %d files only: the walk is broken", files)
	}
}

func allowed(host, target string) bool {
	for _, p := range may[host] {
		if target == p || strings.HasPrefix(target, strings.TrimSuffix(p, "/")+"/") {
			return true
		}
	}
	return false
}

// tsRules: files below a folder must not import what matches.
var tsRules = []struct {
	folder string
	never  *regexp.Regexp
	why    string
}{
	{"runtime/client", regexp.MustCompile(`@lineside/|react|designer|widgets`), "the client stands alone"},
	{"runtime/scene", regexp.MustCompile(`@lineside/(player|widgets|client)|react|designer`), "the scene stands alone"},
	{"widgets", regexp.MustCompile(`@lineside/player|^react|designer`), "widgets stand on client and scene"},
	{"runtime/player", regexp.MustCompile(`^react|designer`), "the player has no designer code and no framework"},
	{"designer/src/document", regexp.MustCompile(`^react|radix|lucide|\.\./(panels|shell|ui|plant|design)`), "the document has no UI framework"},
	{"designer/src/canvas", regexp.MustCompile(`^react|radix|lucide|\.\./(panels|shell|ui|plant|design)(/|$)`), "the canvas has no UI framework"},
}

var tsImport = regexp.MustCompile(`(?m)(?:from|import)\s*\(?\s*["']([^"']+)["']`)

func TestTypeScriptImportsPointDown(t *testing.T) {
	top := root(t)
	for _, rule := range tsRules {
		files := 0
		err := filepath.WalkDir(filepath.Join(top, rule.folder), func(name string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if !strings.HasSuffix(name, ".ts") && !strings.HasSuffix(name, ".tsx") || strings.HasSuffix(name, ".test.ts") {
				return nil
			}
			files++
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			for _, m := range tsImport.FindAllStringSubmatch(string(text), -1) {
				if rule.never.MatchString(m[1]) {
					rel, _ := filepath.Rel(top, name)
					t.Errorf("%s imports %q: %s", rel, m[1], rule.why)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if files == 0 {
			t.Errorf("no TypeScript below %s: the rule looks at nothing", rule.folder)
		}
	}
}
