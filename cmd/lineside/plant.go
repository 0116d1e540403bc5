package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

type plantCmd struct {
	Check  plantCheck  `cmd:"" help:"Check plant documents, CSV files and workbooks; needs no server."`
	Import plantImport `cmd:"" help:"Make a document the plant of a server, or add and change devices, assets and tags from CSV or XLSX."`
	Export plantExport `cmd:"" help:"Write the plant of a server as a document, CSV or XLSX, without secrets."`
}

// sheetFlags say how a CSV file or workbook is taken.
type sheetFlags struct {
	Policy string `help:"What becomes of a row whose thing is there already, with other properties: abort, overwrite, merge, rename or ignore." enum:"abort,overwrite,merge,rename,ignore" default:"abort"`
	Remove bool   `help:"Remove what the file does not name, of the kinds of things that it has."`
	Kind   string `help:"What a CSV file holds, when its columns do not tell: devices, assets or tags." enum:"devices,assets,tags," default:""`
}

// isSheet reports whether a file is a CSV file or a workbook and no document.
func isSheet(file string) bool {
	ext := strings.ToLower(filepath.Ext(file))
	return ext == ".csv" || ext == ".xlsx" || ext == ".txt"
}

type plantCheck struct {
	Files []string `arg:"" name:"file" help:"Plant documents, CSV files or workbooks; - is a document from the standard input."`
	Plant string   `help:"Plant document that CSV files and workbooks are compared with; an empty plant without." placeholder:"FILE"`
	sheetFlags
}

// Run checks every file and fails when one has errors.
func (c *plantCheck) Run(con *console) error {
	catalogue, err := widgets.Load()
	if err != nil {
		return err
	}
	eng := engine.New(engine.Options{Catalogue: catalogue})
	with := &plant.Plant{Format: plant.Format}
	if c.Plant != "" {
		raw, err := con.readFile(c.Plant)
		if err != nil {
			return err
		}
		if with, err = plant.Read(raw); err != nil {
			return err
		}
	}
	var documents []string
	failed := false
	for _, file := range c.Files {
		if !isSheet(file) {
			documents = append(documents, file)
			continue
		}
		raw, err := con.readFile(file)
		if err != nil {
			return err
		}
		_, im := plant.ImportSheets(with, raw, plant.ImportOptions{Policy: plant.Policy(c.Policy), Remove: c.Remove, Kind: c.Kind, Check: eng.CheckPlant})
		failed = failed || im.Errors()
		if err := con.print(im, func(w io.Writer) { printImport(w, file, im) }); err != nil {
			return err
		}
	}
	if len(documents) > 0 {
		err := con.check(documents, func(_ string, raw []byte, _ *fileResult) (spec.Problems, error) {
			p, err := plant.Read(raw)
			if err != nil {
				return nil, err
			}
			return eng.CheckPlant(p), nil
		})
		if err != nil {
			return err
		}
	}
	if failed {
		return reported
	}
	return nil
}

// printImport writes what a file does, and every problem as sheet!cell.
func printImport(w io.Writer, file string, im *plant.Import) {
	fmt.Fprintf(w, "%s: %d added, %d changed, %d renamed, %d ignored, %d unchanged, %d removed\n", file, im.Added, im.Changed, im.Renamed, im.Ignored, im.Unchanged, im.Removed)
	for _, p := range im.Problems {
		at := p.Ref
		switch {
		case at == "" && p.Row > 0:
			at = "row " + strconv.Itoa(p.Row)
		case at == "":
			at = p.At
		}
		if p.Sheet != "" {
			at = p.Sheet + "!" + at
		}
		if p.Cell != "" {
			at += " (" + p.Cell + ")"
		}
		severity := "error"
		if p.Severity == spec.Warning {
			severity = "warning"
		}
		fmt.Fprintf(w, "%s: %s: %s [%s]\n", at, severity, p.Message, p.Code)
		if p.Hint != "" {
			fmt.Fprintf(w, "    %s\n", p.Hint)
		}
	}
	if im.More > 0 {
		fmt.Fprintf(w, "and %d more problems\n", im.More)
	}
}

type plantImport struct {
	serverFlags
	sheetFlags
	Dry  bool   `name:"dry-run" help:"Only tell what a CSV file or workbook would change."`
	File string `arg:"" help:"Plant document, .csv or .xlsx; - is a document from the standard input."`
}

// Run replaces the plant, or takes over a CSV file or workbook: what is wrong with it is told in full before anything is changed.
func (c *plantImport) Run(con *console) error {
	raw, err := con.readFile(c.File)
	if err != nil {
		return err
	}
	if isSheet(c.File) {
		return c.sheet(con, raw)
	}
	if c.Dry {
		return &usageError{`--dry-run is for CSV files and workbooks; "lineside plant check" checks a document`}
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

func (c *plantImport) sheet(con *console, raw []byte) error {
	query := url.Values{"policy": {c.Policy}, "remove": {strconv.FormatBool(c.Remove)}, "dry": {"true"}}
	if c.Kind != "" {
		query.Set("kind", c.Kind)
	}
	ask := func(etag string) (*api.SheetResult, error) {
		header := []string{"Content-Type", "application/octet-stream"}
		if etag != "" {
			header = append(header, "If-Match", etag)
		}
		a, err := c.ask(con.ctx, http.MethodPost, "/plant/import?"+query.Encode(), raw, header...)
		if err != nil {
			return nil, err
		}
		r := new(api.SheetResult)
		return r, json.Unmarshal(a.body, r)
	}
	r, err := ask("")
	if err != nil {
		return err
	}
	failed := r.Errors()
	if !failed && !c.Dry && r.Changes() {
		query.Set("dry", "false")
		if r, err = ask(r.ETag); err != nil { // not when the plant was changed in between
			return err
		}
	}
	if err := con.print(r, func(w io.Writer) {
		printImport(w, c.File, &r.Import)
		switch {
		case failed:
			fmt.Fprintln(w, "nothing was imported")
		case c.Dry:
			fmt.Fprintln(w, "nothing was imported, as asked")
		}
	}); err != nil {
		return err
	}
	if failed {
		return reported
	}
	return nil
}

type plantExport struct {
	serverFlags
	Kind string `help:"What a CSV file is to hold: devices, assets or tags." enum:"devices,assets,tags" default:"tags"`
	File string `arg:"" optional:"" help:"File to write: .csv, .xlsx, or else a plant document; - is a document to the standard output."`
}

// Run writes the plant.
func (c *plantExport) Run(con *console) error {
	path := "/plant"
	switch strings.ToLower(filepath.Ext(c.File)) {
	case ".csv":
		path = "/plant/" + c.Kind + ".csv"
	case ".xlsx":
		path = "/plant/plant.xlsx"
	}
	a, err := c.ask(con.ctx, http.MethodGet, path, nil)
	if err != nil {
		return err
	}
	return con.writeFile(c.File, a.body)
}
