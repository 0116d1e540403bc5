package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"path/filepath"
	"reflect"
	"strings"
)

const module = "github.com/lineside/lineside/"

// source reads doc comments and constants out of the Go files of packages, when asked for.
type source struct {
	root     string
	packages map[string]*pkg
}

// pkg is what the files of one package say.
type pkg struct {
	name   string
	doc    string
	types  map[string]string   // type → doc comment
	fields map[string]string   // Type.Field → doc comment
	byJSON map[string]string   // Type.key → doc comment, by the name in JSON
	order  map[string][]string // Type → keys in JSON, in order
	groups []constGroup
	loose  map[string][]string // file → comments that belong to no declaration
}

// constGroup is one const declaration.
type constGroup struct {
	file   string
	doc    string
	consts []constDecl
}

type constDecl struct {
	name  string
	doc   string
	value string // as a literal; "" when it is not a plain constant
}

func newSource(root string) *source { return &source{root: root, packages: map[string]*pkg{}} }

// of parses the package at an import path of this module.
func (s *source) of(importPath string) (*pkg, error) {
	if p := s.packages[importPath]; p != nil {
		return p, nil
	}
	dir := filepath.Join(s.root, filepath.FromSlash(strings.TrimPrefix(importPath, module)))
	fset := token.NewFileSet()
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(names) == 0 {
		return nil, fmt.Errorf("no Go files of %s: %w", importPath, fs.ErrNotExist)
	}
	p := &pkg{types: map[string]string{}, fields: map[string]string{}, byJSON: map[string]string{}, loose: map[string][]string{}, order: map[string][]string{}}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		p.name = f.Name.Name
		if f.Doc != nil {
			p.doc = f.Doc.Text()
		}
		attached := map[*ast.CommentGroup]bool{f.Doc: true}
		ast.Inspect(f, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GenDecl:
				attached[n.Doc] = true
			case *ast.FuncDecl:
				attached[n.Doc] = true
			}
			return true
		})
		for _, c := range f.Comments {
			if !attached[c] {
				p.loose[filepath.Base(name)] = append(p.loose[filepath.Base(name)], c.Text())
			}
		}
		for _, d := range f.Decls {
			if g, ok := d.(*ast.GenDecl); ok {
				p.declare(filepath.Base(name), g)
			}
		}
	}
	s.packages[importPath] = p
	return p, nil
}

func (p *pkg) declare(file string, g *ast.GenDecl) {
	group := constGroup{file: file, doc: g.Doc.Text()}
	for _, sp := range g.Specs {
		switch sp := sp.(type) {
		case *ast.TypeSpec:
			doc := sp.Doc.Text()
			if doc == "" {
				doc = g.Doc.Text()
			}
			p.types[sp.Name.Name] = doc
			st, ok := sp.Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, f := range st.Fields.List {
				doc := f.Doc.Text()
				if doc == "" {
					doc = f.Comment.Text()
				}
				for i, n := range f.Names {
					if i > 0 {
						continue
					}
					p.fields[sp.Name.Name+"."+n.Name] = doc
					if f.Tag != nil {
						key, _, _ := strings.Cut(reflect.StructTag(strings.Trim(f.Tag.Value, "`")).Get("json"), ",")
						p.order[sp.Name.Name] = append(p.order[sp.Name.Name], key)
						p.byJSON[sp.Name.Name+"."+key] = strings.TrimSpace(renamed(doc, n.Name, key))
					}
				}
			}
		case *ast.ValueSpec:
			if g.Tok != token.CONST {
				continue
			}
			doc := sp.Doc.Text()
			if doc == "" {
				doc = sp.Comment.Text()
			}
			for i, n := range sp.Names {
				c := constDecl{name: n.Name, doc: doc}
				if i < len(sp.Values) {
					c.value = literal(sp.Values[i])
				}
				group.consts = append(group.consts, c)
			}
		}
	}
	if len(group.consts) > 0 {
		p.groups = append(p.groups, group)
	}
}

// literal evaluates a constant expression that names nothing else.
func literal(e ast.Expr) string {
	tv, err := types.Eval(token.NewFileSet(), nil, token.NoPos, types.ExprString(e))
	if err != nil || tv.Value == nil {
		return ""
	}
	if tv.Value.Kind() == constant.String {
		return constant.StringVal(tv.Value)
	}
	return tv.Value.ExactString()
}

// values are the literals of the constants whose names begin with prefix.
func (p *pkg) values(prefix string) []string {
	var out []string
	for _, g := range p.groups {
		for _, c := range g.consts {
			if strings.HasPrefix(c.name, prefix) && c.value != "" {
				out = append(out, c.value)
			}
		}
	}
	return out
}

// typeDoc is the doc comment of a type; fieldDoc that of a field of a struct.
func (s *source) typeDoc(t reflect.Type) string {
	p, err := s.of(t.PkgPath())
	if err != nil {
		return ""
	}
	return strings.TrimSpace(p.types[t.Name()])
}

func (s *source) fieldDoc(t reflect.Type, field string) string {
	p, err := s.of(t.PkgPath())
	if err != nil {
		return ""
	}
	return strings.TrimSpace(p.fields[t.Name()+"."+field])
}

// key names a type as "package.Type".
func key(t reflect.Type) string { return path.Base(t.PkgPath()) + "." + t.Name() }
