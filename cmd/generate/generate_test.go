package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// made makes one output.
func made(t *testing.T, path string) string {
	t.Helper()
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range outputs {
		if o.path == path {
			text, err := o.make(newSource(root))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
	}
	t.Fatalf("no output %s", path)
	return ""
}

func TestOutputsAreStable(t *testing.T) {
	for _, o := range outputs {
		first, second := made(t, o.path), made(t, o.path)
		if first != second {
			t.Errorf("%s is not the same twice", o.path)
		}
		if head, _, _ := strings.Cut(first, "\n\n"); !strings.Contains(head, mark) && !strings.Contains(first, `"$comment": "`+mark) {
			t.Errorf("%s does not say that it is generated", o.path)
		}
		if !strings.HasSuffix(first, "\n") || strings.HasSuffix(first, "\n\n") {
			t.Errorf("%s does not end with one newline", o.path)
		}
	}
}

func TestTypeScript(t *testing.T) {
	text := made(t, "runtime/client/types.gen.ts")
	for _, want := range []string{
		"export interface App {", "export interface PlantTag extends TagDefinition {", "export interface Manifest extends Component {",
		"  props?: Record<string, Prop>;", `  do: "write" | "toggle" | `, "  restart: 4000,", "  maxFrame: 65536,",
		"  BadTimeout: 0x800a0000,", `export type FieldKind = "bool" | `, "export interface RowProblem extends Problem {",
		"  /** id is unique in the screen: letters, digits, \"_\" and \"-\". */", "export interface Me {", "export interface AppSummary {",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q", want)
		}
	}
	tsc, err := filepath.Abs("../../node_modules/.bin/tsc")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(tsc); err != nil {
		t.Skip("the npm packages are not installed")
	}
	file := filepath.Join(t.TempDir(), "types.ts")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tsc, "--noEmit", "--strict", "--ignoreConfig", "--target", "es2022", file).CombinedOutput(); err != nil {
		t.Errorf("tsc: %v\n%s", err, out)
	}
}

func TestReferencePages(t *testing.T) {
	for path, wants := range map[string][]string{
		"docs/reference/live.md":        {"### Request", "| `CloseRestart` | 4000 |", `"op":"watch"`, "| `MaxFrame` | 65536 |"},
		"docs/reference/expressions.md": {"### abs", "`abs(-2)`", "## Quality"},
		"docs/reference/connectors.md":  {"(`modbus`)", "(`mqtt`)", "(`simulator`)", "### Address of a tag"},
		"docs/reference/widgets.md":     {"(`value`)", "Events: "},
		"docs/reference/check.md":       {"| `range_missing` | Analog value without a range · 模拟量没有量程 | yes | Keep", "## control_covered", "{1} 没有标签。"},
		"docs/reference/errors.md":      {"| `format_newer` |", "| `unauthorized` |", "| `json_duplicate_key` | The key %q stands twice. |"},
	} {
		text := made(t, path)
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s has no %q", path, want)
			}
		}
	}
}

// What differs on disk is found stale, nothing is written by a check, and after writing nothing is stale.
func TestCheck(t *testing.T) {
	root, err := moduleRoot()
	if err != nil {
		t.Fatal(err)
	}
	copied := t.TempDir()
	// Only what the outputs are made of; their folders are made anew.
	for _, dir := range []string{"runtime", "widgets"} {
		if err := os.CopyFS(filepath.Join(copied, dir), os.DirFS(filepath.Join(root, dir))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(copied, "go.mod"), []byte("module x\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(copied)
	if err := os.WriteFile("widgets/catalog.schema.json", []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	stale, err := run(true)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"docs/reference/live.md", "widgets/catalog.schema.json"} {
		if !slices.Contains(stale, want) {
			t.Errorf("%s is not stale in %v", want, stale)
		}
	}
	if _, err := os.Stat("docs"); err == nil {
		t.Error("a check wrote something")
	}
	if _, err := run(false); err != nil {
		t.Fatal(err)
	}
	if stale, err = run(true); err != nil || len(stale) > 0 {
		t.Errorf("after writing: %v %v", stale, err)
	}
}
