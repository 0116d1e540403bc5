package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// sheets imports and exports CSV files and workbooks with a server that has two tags.
func sheets(t *testing.T, expect func(want int, part string, args ...string) string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"tags.csv", "plant.xlsx"} {
		file := filepath.Join(dir, name)
		expect(0, "", "plant", "export", file)
		expect(0, "0 added, 0 changed, 0 renamed, 0 ignored, 2 unchanged, 0 removed", "plant", "import", "--remove", file)
		expect(0, "2 added", "plant", "check", file)
	}
	text, err := os.ReadFile(filepath.Join(dir, "tags.csv"))
	if err != nil {
		t.Fatal(err)
	}
	more := write(t, "more.csv", strings.Replace(string(text), "hall/text,string", "hall/text,int", 1)+"hall/new,float\n")
	expect(1, "B3 (path)", "plant", "check", write(t, "double.csv", "type,path\nfloat,a\nint,a\n"))
	expect(1, "A2 (path): error: There is a tag \"hall/text\" already", "plant", "import", write(t, "taken.csv", "path,type,unit\nhall/text,string,m\n"))
	expect(0, "nothing was imported, as asked", "plant", "import", "--dry-run", "--policy", "overwrite", write(t, "dry.csv", "path,unit\nhall/text,m\n"))
	expect(1, "nothing was imported", "plant", "import", "--policy", "merge", write(t, "bad.csv", "path,type\nhall/other,float\nhall/bad,flaot\n"))
	expect(1, "There is no tag", "tag", "read", "hall/other")
	expect(1, "(initial)", "plant", "import", "--policy", "overwrite", more)
	expect(0, "1 added, 0 changed, 0 renamed, 1 ignored", "plant", "import", "--policy", "ignore", write(t, "ignore.csv", "path,type\nhall/new,float\nhall/text,float\n"))
	expect(0, "1 renamed", "plant", "import", "--policy", "rename", write(t, "rename.csv", "path,type,unit\nhall/new,int,bar\n"))
	expect(0, "hall/new_2", "tag", "list", "hall/*")
	expect(2, "--dry-run", "plant", "import", "--dry-run", write(t, "plant.json", "{}"))
	expect(2, "policy", "plant", "import", "--policy", "shrug", more)
}
