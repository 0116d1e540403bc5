package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/app/folder"
	"github.com/lineside/lineside/runtime/spec"
)

// readDocument reads an app: a file, the standard input for "-", or a folder of files for git. Of
// a folder the files come back as well, to tell places in.
func (c *console) readDocument(name string) ([]byte, folder.Files, error) {
	if info, err := os.Stat(name); name == "-" || err != nil || !info.IsDir() {
		raw, err := c.readFile(name)
		return raw, nil, err
	}
	files, err := folder.ReadDir(name)
	if err != nil {
		return nil, nil, err
	}
	raw, ps := folder.Join(files)
	if ps != nil {
		return nil, files, ps
	}
	return raw, files, nil
}

// readApp reads an app and refuses one that cannot be read, with file and line for a folder.
func (c *console) readApp(name string) (*app.App, error) {
	raw, files, err := c.readDocument(name)
	if err != nil {
		return nil, err
	}
	a, err := app.Read(raw)
	if ps := (spec.Problems)(nil); files != nil && errors.As(err, &ps) {
		return nil, folder.Locate(files, ps)
	}
	return a, err
}

// placed puts file and line before the messages of problems of a folder.
func placed(ps folder.Problems) spec.Problems {
	out := ps.Bare()
	for i, p := range out {
		q := *p
		q.Message = ps[i].Place() + p.Message
		out[i] = &q
	}
	return out
}

// writeApp writes an app where it was read from: a file or a folder.
func (c *console) writeApp(name string, a *app.App) error {
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		return writeFolder(name, a)
	}
	content, err := app.Canonical(a)
	if err != nil {
		return err
	}
	return c.writeFile(name, content)
}

func writeFolder(dir string, a *app.App) error {
	files, err := folder.Write(a)
	if err != nil {
		return err
	}
	return folder.WriteDir(dir, files)
}

type appSplit struct {
	File   string `arg:"" help:"App document; - is the standard input."`
	Folder string `arg:"" help:"Folder to write: app.json, texts.json, a file for each screen and drawing."`
}

// Run takes a document apart into files for git.
func (c *appSplit) Run(con *console) error {
	a, err := con.readApp(c.File)
	if err != nil {
		return err
	}
	return writeFolder(c.Folder, a)
}

type appJoin struct {
	Folder string `arg:"" help:"Folder that was written by export or split." type:"existingdir"`
	File   string `arg:"" optional:"" help:"App document to write; - is the standard output."`
}

// Run puts the files of a folder together to the document that they were made of.
func (c *appJoin) Run(con *console) error {
	a, err := con.readApp(c.Folder)
	if err != nil {
		return err
	}
	content, err := app.Canonical(a)
	if err != nil {
		return err
	}
	return con.writeFile(c.File, content)
}

type appImport struct {
	serverFlags
	ID     string `arg:"" help:"Id of the installation."`
	File   string `arg:"" optional:"" help:"App document; - is the standard input."`
	Folder string `help:"Folder that was written by export or split, in place of a file." type:"existingdir" placeholder:"DIR"`
}

// Run puts a document over the draft of an app. What is published stays as it is, and the draft
// as it was is kept in the history.
func (c *appImport) Run(con *console) error {
	name := c.Folder
	if (name == "") == (c.File == "") {
		return &usageError{"give a file or --folder"}
	}
	if name == "" {
		name = c.File
	}
	a, err := con.readApp(name)
	if err != nil {
		return err
	}
	content, err := app.Canonical(a)
	if err != nil {
		return err
	}
	at := "/apps/" + url.PathEscape(c.ID)
	draft, err := c.ask(con.ctx, http.MethodGet, at+"/draft", nil)
	if err != nil {
		return err
	}
	if string(draft.body) == string(content) {
		return con.print(map[string]any{"id": c.ID, "changed": false}, func(w io.Writer) { fmt.Fprintf(w, "the draft of %s is the same\n", c.ID) })
	}
	if _, err := c.ask(con.ctx, http.MethodPost, at+"/revisions", map[string]any{"comment": "Before the import", "lost": true}); err != nil {
		return err
	}
	if _, err := c.ask(con.ctx, http.MethodPut, at+"/draft", content, "If-Match", draft.etag); err != nil {
		return err
	}
	return con.print(map[string]any{"id": c.ID, "changed": true}, func(w io.Writer) { fmt.Fprintf(w, "%s is the draft of %s\n", name, c.ID) })
}
