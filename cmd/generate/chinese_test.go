package main

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/lineside/lineside/runtime/spec"
)

func han(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

// Every message and hint that stands in the packages of documents has its Chinese.
func TestMessagesAreTranslated(t *testing.T) {
	count := 0
	for _, dir := range []string{"spec", "action", "alarm", "app", "plant", "report", "backup", "backup/target", "export"} {
		files, err := filepath.Glob("../../runtime/" + dir + "/*.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(f, func(n ast.Node) bool {
				code, message, hint := problemOf(n)
				if code == "" {
					return true
				}
				for _, text := range []string{message, hint} {
					if text == "" || text == "The %v." { // what tag.ParsePath says
						continue
					}
					count++
					filled := strings.NewReplacer("%q", `"x"`, "%d", "5", "%g", "1.5", "%s", "x", "%v", "x").Replace(text)
					if got := spec.Translate(filled, "zh"); !han(got) {
						t.Errorf("%s: %q has no Chinese", name, text)
					}
				}
				return true
			})
		}
	}
	if count < 150 {
		t.Errorf("only %d texts found", count)
	}
}

// What the bad documents give is Chinese to the last word outside of quotes.
func TestProblemsOfBadDocumentsAreTranslated(t *testing.T) {
	files, err := filepath.Glob("../../runtime/*/testdata/bad/*/problems.json")
	if err != nil || len(files) < 40 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var ps spec.Problems
		if err := json.Unmarshal(raw, &ps); err != nil {
			t.Fatal(err)
		}
		for i, p := range ps.In("zh") {
			if !han(p.Message) || !han(p.Hint) {
				t.Errorf("%s: %q, %q", name, p.Message, p.Hint)
			}
			if ps[i].Message == p.Message {
				t.Errorf("%s: the English text was changed too: %q", name, p.Message)
			}
		}
		if got := ps.In("en"); got[0].Message != ps[0].Message {
			t.Errorf("%s: English became %q", name, got[0].Message)
		}
	}
}
