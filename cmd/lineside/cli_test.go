package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/lineside/lineside/examples"
)

// lineside runs the program in this process.
func lineside(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e bytes.Buffer
	code = run(context.Background(), args, strings.NewReader(in), &o, &e)
	return code, o.String(), e.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCommandLine(t *testing.T) {
	app, plant := write(t, "app.json", string(examples.App(examples.Demo))), write(t, "plant.json", string(examples.Plant(examples.Demo)))
	broken := write(t, "broken.json", `{"format":2,"id":"x","screens":[],"colour":"red"}`)
	small := write(t, "small.json", `{"format":2,"id":"com.example.small","version":"1.0.0","name":{"en":"S"},"screens":[{"id":"s","name":{"en":"S"},"width":800,"height":600,"widgets":[{"id":"b","type":"button","x":0,"y":0,"w":96,"h":24,"props":{"label":"Go"}}]}]}`)
	apart := filepath.Join(t.TempDir(), "apart")
	brokenFolder, wrongFolder := t.TempDir(), t.TempDir()
	for dir, screen := range map[string]string{brokenFolder: "{\n\"id\": \"s\",\n<<<<<<< ours\n", wrongFolder: "{\n\"id\": \"s\",\n\"name\": {\"en\": \"S\"},\n\"width\": 800, \"height\": 600,\n\"colour\": 1, \"widgets\": []}\n"} {
		if err := os.Mkdir(filepath.Join(dir, "screens"), 0o750); err != nil {
			t.Fatal(err)
		}
		for name, text := range map[string]string{"app.json": `{"format":2,"id":"com.example.f","version":"1.0.0","name":{"en":"F"},"screens":["screens/s.json"]}`, "screens/s.json": screen} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	data := t.TempDir()
	for _, row := range []struct {
		name string
		args []string
		in   string
		code int
		out  []string // in standard output, or with a code in the errors
	}{
		{"help", []string{"--help"}, "", 0, []string{"serve", "token"}},
		{"nothing", nil, "", 0, []string{"serve"}},
		{"version", []string{"version"}, "", 0, []string{"lineside"}},
		{"version for machines", []string{"version", "--json"}, "", 0, []string{`"version"`}},
		{"unknown command", []string{"fly"}, "", 2, []string{"fly"}},
		{"unknown flag", []string{"serve", "--fly"}, "", 2, []string{"--fly"}},
		{"bad value", []string{"serve", "--log-level=loud"}, "", 2, []string{"log-level"}},
		{"missing argument", []string{"tag", "read"}, "", 2, []string{"path"}},
		{"demo app", []string{"app", "validate", app, "--plant", plant}, "", 0, []string{": valid"}},
		{"demo plant", []string{"plant", "check", plant}, "", 0, []string{": valid"}},
		{"broken app", []string{"app", "validate", app, broken}, "", 1, []string{"has errors", "/colour"}},
		{"broken app for machines", []string{"app", "validate", broken, "--json"}, "", 1, []string{`"valid": false`, `"/colour"`}},
		{"app with a finding", []string{"app", "validate", small}, "", 0, []string{": valid", "warning: ", "/screens/0/widgets/0/h", "[target_small]"}},
		{"fix for machines", []string{"app", "validate", small, "--json"}, "", 0, []string{`"fix": {`, `"op": "replace"`, `"path": "/screens/0/widgets/0/h"`}},
		{"app that is mended", []string{"app", "validate", "--fix", small}, "", 0, []string{": valid", "fixed: Make it 96 × 44 pixels"}},
		{"app that was mended", []string{"app", "validate", "--json", small}, "", 0, []string{`"problems": []`}},
		{"standard input cannot be mended", []string{"app", "validate", "--fix", "-"}, string(examples.App(examples.Demo)), 1, []string{"give the name"}},
		{"split", []string{"app", "split", app, apart}, "", 0, nil},
		{"split again", []string{"app", "split", app, apart}, "", 0, nil},
		{"folder", []string{"app", "validate", apart, "--plant", plant}, "", 0, []string{": valid"}},
		{"join", []string{"app", "join", apart}, "", 0, []string{`"format": 2`, `"widgets": [`}},
		{"broken folder", []string{"app", "validate", brokenFolder}, "", 1, []string{"has errors", "screens/s.json:3: ", "[merge_conflict]"}},
		{"folder with errors", []string{"app", "validate", wrongFolder, "--json"}, "", 1, []string{`"valid": false`, "screens/s.json:5: "}},
		{"join a broken folder", []string{"app", "join", brokenFolder}, "", 1, []string{"screens/s.json:3: "}},
		{"app from standard input", []string{"app", "validate", "-"}, `{"format":99}`, 1, []string{"format_newer"}},
		{"no such file", []string{"app", "validate", "no-such-file"}, "", 1, []string{"no-such-file"}},
		{"schema of apps", []string{"schema", "app"}, "", 0, []string{`"$schema"`}},
		{"schema of plants", []string{"schema", "plant"}, "", 0, []string{`"$schema"`}},
		{"schema of widgets", []string{"schema", "catalog"}, "", 0, []string{`"$schema"`}},
		{"schema of nothing", []string{"schema", "nothing"}, "", 2, []string{"app"}},
		{"no server", []string{"tag", "list", "--server", "http://127.0.0.1:1"}, "", 1, []string{"no answer from http://127.0.0.1:1"}},
		{"weak password", []string{"user", "add", "anna", "--role", "admin", "--data", data}, "1234567890\n", 1, []string{"most common"}},
		{"add a user", []string{"user", "add", "anna", "--role", "admin", "--data", data}, "correct horse battery\n", 0, []string{"anna may log in as admin"}},
		{"twice", []string{"user", "add", "Anna", "--data", data}, "correct horse battery\n", 1, []string{"already"}},
		{"bad role", []string{"user", "add", "x", "--role", "god", "--data", data}, "", 2, []string{"role"}},
		{"bad name", []string{"user", "add", "a/b", "--data", data}, "correct horse battery\n", 1, []string{"cannot be a name"}},
		{"list users", []string{"user", "list", "--data", data, "--json"}, "", 0, []string{`"name": "anna"`, `"admin"`}},
		{"new password", []string{"user", "passwd", "anna", "--data", data}, "another long password\n", 0, []string{"new password"}},
		{"of nobody", []string{"user", "passwd", "bert", "--data", data}, "", 1, []string{"no user"}},
		{"token", []string{"token", "add", "ci", "--user", "anna", "--role", "viewer", "--expires", "24h", "--data", data}, "", 0, []string{"lst_"}},
		{"token of nobody", []string{"token", "add", "ci2", "--user", "bert", "--data", data}, "", 1, []string{"no user"}},
		{"token without user", []string{"token", "add", "ci2", "--data", data}, "", 2, []string{"user"}},
		{"list tokens", []string{"token", "list", "--data", data}, "", 0, []string{"ci", "viewer"}},
		{"revoke", []string{"token", "revoke", "ci", "--data", data}, "", 0, []string{"removed"}},
		{"revoke again", []string{"token", "revoke", "ci", "--data", data}, "", 1, []string{"no token"}},
	} {
		t.Run(row.name, func(t *testing.T) {
			code, out, errs := lineside(t, row.in, row.args...)
			if code != row.code {
				t.Errorf("exit code %d, want %d", code, row.code)
			}
			for _, part := range row.out {
				if !strings.Contains(out+errs, part) {
					t.Errorf("the output lacks %q", part)
				}
			}
			if code == 0 && strings.Contains(errs, "lineside:") {
				t.Error("an error, but exit code 0")
			}
			if strings.HasSuffix(row.name, "for machines") && !json.Valid([]byte(out)) {
				t.Error("not JSON")
			}
			if t.Failed() {
				t.Logf("output: %s\nerrors: %s", out, errs)
			}
		})
	}
}

// TestConfiguration: command line before environment before file, and secrets from files.
func TestConfiguration(t *testing.T) {
	here, there := t.TempDir(), t.TempDir()
	for _, dir := range []string{here, there} {
		if code, _, errs := lineside(t, "correct horse battery\n", "user", "add", filepath.Base(dir)+"-user", "--data", dir); code != 0 {
			t.Fatal(errs)
		}
	}
	file := write(t, "lineside.yaml", "data: "+here+"\njson: true\n")
	list := func(want string, args ...string) {
		t.Helper()
		code, out, errs := lineside(t, "", append([]string{"user", "list"}, args...)...)
		if code != 0 || !strings.Contains(out, filepath.Base(want)+"-user") {
			t.Errorf("%v: %d %s %s", args, code, out, errs)
		}
	}
	list(here, "--config", file)
	t.Setenv("LINESIDE_CONFIG", file)
	list(here)
	if _, out, _ := lineside(t, "", "user", "list"); !json.Valid([]byte(out)) {
		t.Errorf("json: true in the file does nothing: %s", out)
	}
	list(there, "--data", there)
	t.Setenv("LINESIDE_DATA", there)
	list(there)
	list(here, "--data", here)

	unknown := write(t, "lineside.yaml", "dta: x\n")
	if code, _, errs := lineside(t, "", "user", "list", "--config", unknown); code != 2 || !strings.Contains(errs, `"dta"`) {
		t.Errorf("an unknown key: %d %s", code, errs)
	}
	if code, _, errs := lineside(t, "", "user", "list", "--config", "no-such-file.yaml"); code != 2 || !strings.Contains(errs, "no-such-file") {
		t.Errorf("a file that is not there: %d %s", code, errs)
	}
	if code, _, errs := lineside(t, "", "user", "list", "--config", write(t, "x.yaml", "a: [")); code != 2 {
		t.Errorf("no YAML: %d %s", code, errs)
	}
	t.Setenv("LINESIDE_CONFIG", filepath.Join(here, "..", "lineside-none.yaml"))
	os.Unsetenv("LINESIDE_CONFIG")
	t.Setenv("LINESIDE_PASSWORD_FILE", write(t, "password", "correct horse battery\n"))
	if code, _, errs := lineside(t, "", "user", "add", "filed", "--data", here); code != 0 {
		t.Errorf("password from a file: %d %s", code, errs)
	}
	t.Setenv("LINESIDE_PASSWORD_FILE", "no-such-file")
	if code, _, errs := lineside(t, "", "user", "add", "filed2", "--data", here); code != 2 || !strings.Contains(errs, "LINESIDE_PASSWORD_FILE") {
		t.Errorf("password from a file that is not there: %d %s", code, errs)
	}
}
