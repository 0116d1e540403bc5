package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

type plantCmd struct {
	Check  plantCheck  `cmd:"" help:"Check plant documents; needs no server."`
	Import plantImport `cmd:"" help:"Make a document the plant of a server."`
	Export plantExport `cmd:"" help:"Write the plant document of a server, without secrets."`
}

type plantCheck struct {
	Files []string `arg:"" name:"file" help:"Plant documents; - is the standard input."`
}

// Run checks every file and fails when one has errors.
func (c *plantCheck) Run(con *console) error {
	catalogue, err := widgets.Load()
	if err != nil {
		return err
	}
	eng := engine.New(engine.Options{Catalogue: catalogue})
	return con.check(c.Files, func(_ string, raw []byte, _ *fileResult) (spec.Problems, error) {
		p, err := plant.Read(raw)
		if err != nil {
			return nil, err
		}
		return eng.CheckPlant(p), nil
	})
}

type plantImport struct {
	serverFlags
	File string `arg:"" help:"Plant document; - is the standard input."`
}

// Run replaces the plant.
func (c *plantImport) Run(con *console) error {
	raw, err := con.readFile(c.File)
	if err != nil {
		return err
	}
	old, err := c.ask(con.ctx, http.MethodGet, "/plant", nil)
	if err != nil {
		return err
	}
	done, err := c.ask(con.ctx, http.MethodPut, "/plant", raw, "If-Match", old.etag)
	if err != nil {
		return err
	}
	var saved api.Saved
	if err := json.Unmarshal(done.body, &saved); err != nil {
		return err
	}
	return con.print(saved, func(w io.Writer) {
		fmt.Fprintln(w, "the plant was imported")
		printProblems(w, saved.Problems)
	})
}

type plantExport struct {
	serverFlags
	File string `arg:"" optional:"" help:"File to write; - is the standard output."`
}

// Run writes the plant document.
func (c *plantExport) Run(con *console) error {
	a, err := c.ask(con.ctx, http.MethodGet, "/plant", nil)
	if err != nil {
		return err
	}
	return con.writeFile(c.File, a.body)
}
