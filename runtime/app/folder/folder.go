// Package folder keeps an app as a folder of small files for git: a file a screen, a line for
// few properties, everything in one order. What was written reads back as the same document,
// byte for byte.
//
//	app.json              what the app says of itself, with the files of screens and drawings in order
//	texts.json            texts by key, a line each
//	screens/<id>.json     one screen; its widgets in drawing order, each in a few lines
//	drawings/<id>.json    one drawing
//	widgets/<id>.json     one widget of the app's own; its picture and script are widgets/<id>.svg and widgets/<id>.js
//
// Other files of the folder are left alone.
package folder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
)

// Files are the contents by path, with "/" between the parts.
type Files map[string][]byte

const (
	headFile  = "app.json"
	textsFile = "texts.json"
)

// kinds are the lists of an app that have a file an entry, with their folders.
var kinds = []string{"screens", "drawings", "widgets"}

// ownTexts are the keys of a widget of the app's own whose values are files of their own, and how their names end.
var ownTexts = []struct{ key, end string }{{"svg", ".svg"}, {"script", ".js"}}

// ownText reports whether a path is that of a picture or script.
func ownText(name string) bool {
	dir, base := path.Split(name)
	for _, t := range ownTexts {
		if dir == "widgets/" && strings.HasSuffix(base, t.end) && !strings.HasPrefix(base, ".") {
			return true
		}
	}
	return false
}

// Ours reports whether a path of a folder is one that belongs to the app.
func Ours(name string) bool {
	dir, base := path.Split(name)
	return name == headFile || name == textsFile || ownText(name) ||
		slices.Contains(kinds, strings.TrimSuffix(dir, "/")) && strings.HasSuffix(base, ".json") && !strings.HasPrefix(base, ".")
}

// Write takes an app apart.
func Write(a *app.App) (Files, error) {
	canonical, err := app.Canonical(a)
	if err != nil {
		return nil, err
	}
	// Read again, so that what stands raw in the document is in canonical form too.
	if a, err = app.Read(canonical); err != nil {
		return nil, err
	}
	head, err := tree(a)
	if err != nil {
		return nil, err
	}
	files := Files{}
	for _, kind := range kinds {
		list := head.get(kind)
		if list == nil {
			continue
		}
		taken := map[string]bool{}
		for i := range list.items {
			item := &list.items[i].value
			name := fileName(item.get("id"), taken)
			file := kind + "/" + name + ".json"
			if kind == "widgets" {
				takeOut(item, kind+"/"+name, files)
			}
			files[file] = printed(item)
			*item = node{scalar: []byte(strconv.Quote(file))}
		}
	}
	if texts := head.get("texts"); texts != nil {
		files[textsFile] = printed(texts)
		head.drop("texts")
	}
	files[headFile] = printed(head)
	return files, nil
}

// takeOut puts the picture and the script of a widget into files; their names stand in their place.
func takeOut(item *node, stem string, files Files) {
	for _, t := range ownTexts {
		n := item.get(t.key)
		var text string
		if n == nil || json.Unmarshal(n.scalar, &text) != nil || text == "" {
			continue
		}
		files[stem+t.end] = []byte(text)
		*n = node{scalar: []byte(strconv.Quote(stem + t.end))}
	}
}

// putIn is the way back. What names no file of the folder is left as it is.
func putIn(item *node, files Files, used map[string]bool) {
	for _, t := range ownTexts {
		n := item.get(t.key)
		var file string
		if n == nil || json.Unmarshal(n.scalar, &file) != nil || !ownText(file) || files[file] == nil {
			continue
		}
		used[file] = true
		if quoted, err := scalar(string(files[file])); err == nil {
			*n = node{scalar: quoted, offset: n.offset}
		}
	}
}

// reserved are names that Windows keeps for devices.
var reserved = []string{"con", "prn", "aux", "nul"}

// fileName makes a name of an id that is no other's where case does not count.
func fileName(id *node, taken map[string]bool) string {
	base := ""
	if id != nil {
		_ = json.Unmarshal(id.scalar, &base)
	}
	base = strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '-'
	}, base)
	if lower := strings.ToLower(base); base == "" || slices.Contains(reserved, lower) || len(lower) == 4 && (strings.HasPrefix(lower, "com") || strings.HasPrefix(lower, "lpt")) {
		base += "_"
	}
	name := base
	for n := 2; taken[strings.ToLower(name)]; n++ {
		name = fmt.Sprintf("%s.%d", base, n)
	}
	taken[strings.ToLower(name)] = true
	return name
}

// Problem is a problem with its place in a file.
type Problem struct {
	*spec.Problem
	File string `json:"file"`
	// FileLine counts from 1; 0 is the file as a whole.
	FileLine int `json:"fileLine,omitempty"`
}

// Error implements error: "screens/main.json:12: message".
func (p *Problem) Error() string { return p.Place() + p.Message }

// Place is where it is, to be put before a message: "screens/main.json:12: ".
func (p *Problem) Place() string {
	if p.FileLine > 0 {
		return fmt.Sprintf("%s:%d: ", p.File, p.FileLine)
	}
	return p.File + ": "
}

// Problems are all problems of a folder; they are an error.
type Problems []*Problem

// Error joins them, one a line.
func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Bare gives the problems without their files.
func (ps Problems) Bare() spec.Problems {
	out := make(spec.Problems, len(ps))
	for i, p := range ps {
		out[i] = p.Problem
	}
	return out
}

// Read puts an app together. The error is of type Problems: a file is missing or left over, is
// no JSON, still has the marks of a merge, or says what a document may not say.
func Read(files Files) (*app.App, error) {
	whole, ps := Join(files)
	if ps != nil {
		return nil, ps
	}
	a, err := app.Read(whole)
	if err != nil {
		var found spec.Problems
		if !errors.As(err, &found) {
			return nil, err
		}
		return nil, Locate(files, found)
	}
	return a, nil
}

// Join puts the text of the document together, without looking into what it says.
func Join(files Files) ([]byte, Problems) {
	var ps Problems
	fail := func(file string, line int, code, hint, format string, args ...any) {
		ps = append(ps, &Problem{&spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}, file, line})
	}
	if files[headFile] == nil {
		fail(headFile, 0, "file_missing", "Choose the folder that was exported: it has app.json.", "There is no app.json.")
		return nil, ps
	}
	trees := map[string]*node{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if !Ours(name) || ownText(name) {
			continue
		}
		text := bytes.TrimPrefix(files[name], []byte("\xef\xbb\xbf"))
		if line := conflictLine(text); line > 0 {
			fail(name, line, "merge_conflict", "Choose one side, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>.", "The file has an open merge conflict.")
			continue
		}
		n, offset, err := parse(text)
		if err != nil {
			fail(name, lineAt(text, offset), "json_syntax", "Correct the JSON text.", "This is no JSON: %v.", err)
			continue
		}
		trees[name] = n
	}
	head := trees[headFile]
	if head == nil {
		return nil, ps
	}
	if head.kind != '{' {
		fail(headFile, 1, "value_type", "Export the app again.", "app.json is not an object.")
		return nil, ps
	}
	used := map[string]bool{headFile: true, textsFile: true}
	for _, kind := range kinds {
		list := head.get(kind)
		if list == nil {
			continue
		}
		for i := range list.items {
			item := &list.items[i].value
			var file string
			if json.Unmarshal(item.scalar, &file) != nil || path.Dir(file) != kind || !Ours(file) {
				fail(headFile, lineOf(files[headFile], item.offset), "value_type", "Write the name of a file: \""+kind+"/name.json\".", "This is no file in the folder %s.", kind)
				continue
			}
			if used[file] {
				fail(headFile, lineOf(files[headFile], item.offset), "file_double", "Take out one of the lines.", "The file %s stands twice.", file)
			}
			used[file] = true
			switch {
			case files[file] == nil:
				fail(headFile, lineOf(files[headFile], item.offset), "file_missing", "Restore the file, or take the line out.", "There is no file %s.", file)
			case trees[file] != nil:
				*item = *trees[file]
				if kind == "widgets" {
					putIn(item, files, used)
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if Ours(name) && !used[name] {
			fail(name, 0, "file_unlisted", "Add it to the list in app.json, or delete it.", "The file is not named in app.json.")
		}
	}
	if texts := trees[textsFile]; texts != nil {
		if head.get("texts") != nil {
			fail(headFile, 0, "file_double", "Keep the texts in texts.json.", "There are texts in app.json and in texts.json.")
		}
		head.items = append(head.items, entry{[]byte(`"texts"`), *texts})
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return head.flat(nil, ",", ":"), nil
}

// Locate finds the files and lines of problems of the document that Join gave.
func Locate(files Files, found spec.Problems) Problems {
	out := make(Problems, len(found))
	head, _, err := parse(bytes.TrimPrefix(files[headFile], []byte("\xef\xbb\xbf")))
	for i, p := range found {
		file, at := headFile, p.At
		tokens := strings.SplitN(strings.TrimPrefix(p.At, "/"), "/", 3)
		switch {
		case err != nil:
		case tokens[0] == "texts" && files[textsFile] != nil:
			file, at = textsFile, strings.TrimPrefix(p.At, "/texts")
		case slices.Contains(kinds, tokens[0]) && len(tokens) > 1:
			list := head.get(tokens[0])
			n, bad := strconv.Atoi(tokens[1])
			if bad != nil || list == nil || n < 0 || n >= len(list.items) || json.Unmarshal(list.items[n].value.scalar, &file) != nil {
				file = headFile
				break
			}
			at = ""
			if len(tokens) > 2 {
				at = "/" + tokens[2]
			}
			if text, ok := textFile(files, file, at); ok {
				placed := *p
				placed.At = ""
				out[i] = &Problem{&placed, text, max(p.Line, 1)}
				continue
			}
		}
		placed := *p
		placed.At = at
		out[i] = &Problem{&placed, file, 0}
		text := bytes.TrimPrefix(files[file], []byte("\xef\xbb\xbf"))
		if n, _, err := parse(text); err == nil {
			out[i].FileLine = lineOf(files[file], n.find(at))
		}
	}
	return out
}

// textFile is the file of a picture or script that a place in the file of a widget names.
func textFile(files Files, file, at string) (string, bool) {
	for _, t := range ownTexts {
		if name := strings.TrimSuffix(file, ".json") + t.end; at == "/"+t.key && strings.HasPrefix(file, "widgets/") && files[name] != nil {
			return name, true
		}
	}
	return "", false
}

// conflictLine is the line of a mark that a merge has left, 0 when there is none.
func conflictLine(text []byte) int {
	for i, line := range bytes.Split(text, []byte{'\n'}) {
		for _, mark := range []string{"<<<<<<< ", ">>>>>>> ", "======="} {
			if bytes.HasPrefix(line, []byte(mark)) {
				return i + 1
			}
		}
	}
	return 0
}

// lineAt is the line of an offset in a text, from 1.
func lineAt(text []byte, offset int64) int {
	return 1 + bytes.Count(text[:max(0, min(int(offset), len(text)))], []byte{'\n'})
}

func lineOf(file []byte, offset int64) int {
	return lineAt(bytes.TrimPrefix(file, []byte("\xef\xbb\xbf")), offset)
}
