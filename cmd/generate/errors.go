package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// problemCode is the form of a code.
var problemCode = regexp.MustCompile(`^[a-z]+(_[a-z0-9]+)*$`)

// found is what the sources say of one code.
type found struct {
	packages map[string]bool
	messages map[string]bool
}

// errorsPage makes docs/reference/errors.md: every code that the sources raise, with the
// messages that stand beside it.
func errorsPage(src *source) ([]byte, error) {
	codes := map[string]*found{}
	for _, top := range []string{"runtime", "widgets"} {
		err := filepath.WalkDir(filepath.Join(src.root, top), func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(src.root, filepath.Dir(name))
			if err != nil {
				return err
			}
			ast.Inspect(f, func(n ast.Node) bool {
				code, message, _ := problemOf(n)
				if code != "" {
					c := codes[code]
					if c == nil {
						c = &found{map[string]bool{}, map[string]bool{}}
						codes[code] = c
					}
					c.packages[path.Clean(filepath.ToSlash(rel))] = true
					if message != "" {
						c.messages[message] = true
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	p := newPage("Error codes", `
Every error has a stable code, a sentence for a person, a hint what to do and, where there is
one, the place as a JSON Pointer:

`+"```json\n"+`{"code":"tag_unknown","message":"…","hint":"…","at":"/screens/0/widgets/3/props/value"}
`+"```"+`

Messages are shown here with %s, %q and %d in place of what they name.`)
	var rows [][]string
	for _, code := range slices.Sorted(maps.Keys(codes)) {
		c := codes[code]
		messages := slices.Sorted(maps.Keys(c.messages))
		rows = append(rows, []string{"`" + code + "`", strings.Join(messages, "<br>"), strings.Join(slices.Sorted(maps.Keys(c.packages)), ", ")})
	}
	p.table([]string{"Code", "Messages", "Raised in"}, rows)
	return p.Bytes(), nil
}

// raisers are functions that make a problem, with the number of arguments between the code
// and the message: a place, a hint.
var raisers = map[string]int{"Add": 2, "fail": 2, "refuse": 1, "define": 1, "OneOf": 1, "unknown": 1, "wrap": 1, "problem": 0}

func problemOf(n ast.Node) (code, message, hint string) {
	switch n := n.(type) {
	case *ast.CompositeLit:
		for _, e := range n.Elts {
			kv, ok := e.(*ast.KeyValueExpr)
			if !ok {
				continue
			}
			id, ok := kv.Key.(*ast.Ident)
			if !ok {
				continue
			}
			switch id.Name {
			case "Code":
				code = textOf(kv.Value)
			case "Message":
				message = textOf(kv.Value)
			case "Hint":
				hint = textOf(kv.Value)
			}
		}
		if message == "" {
			return "", "", ""
		}
	case *ast.CallExpr:
		name, receiver := "", ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
			if x, ok := f.X.(*ast.Ident); ok {
				receiver = x.Name
			}
		}
		skip, ok := raisers[name]
		if !ok || len(n.Args) < 2 {
			return "", "", ""
		}
		if receiver == "w" && name == "fail" {
			skip = 1 // the walker of runtime/spec knows its place
		}
		code = textOf(n.Args[0])
		if at := 1 + skip; at < len(n.Args) {
			message = textOf(n.Args[at])
			if name != "define" && name != "OneOf" {
				hint = textOf(n.Args[skip])
			}
		}
	}
	if !problemCode.MatchString(code) {
		return "", "", ""
	}
	return code, message, hint
}

// textOf is a text literal, also as the format of Sprintf.
func textOf(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(e.Value); e.Kind == token.STRING && err == nil {
			return s
		}
	case *ast.CallExpr:
		if s, ok := e.Fun.(*ast.SelectorExpr); ok && s.Sel.Name == "Sprintf" && len(e.Args) > 0 {
			return textOf(e.Args[0])
		}
	}
	return ""
}
