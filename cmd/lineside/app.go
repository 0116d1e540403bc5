package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"slices"
	"text/tabwriter"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/app"
	appcheck "github.com/lineside/lineside/runtime/app/check"
	"github.com/lineside/lineside/runtime/app/folder"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

type appCmd struct {
	Validate appValidate `cmd:"" help:"Check app documents; needs no server."`
	List     appList     `cmd:"" help:"List the installed apps."`
	Export   appExport   `cmd:"" help:"Write the document of an app."`
	Import   appImport   `cmd:"" help:"Put an app document or folder over the draft of an app."`
	Install  appInstall  `cmd:"" help:"Install an app document and publish it."`
	Split    appSplit    `cmd:"" help:"Take an app document apart into a folder of files for git; needs no server."`
	Join     appJoin     `cmd:"" help:"Put a folder of files together to an app document; needs no server."`
}

type appValidate struct {
	Files []string `arg:"" name:"file" help:"App documents or folders; - is the standard input."`
	Plant string   `help:"Check tags against this plant document too." type:"existingfile" placeholder:"FILE"`
	Fix   bool     `help:"Do the fixes that are offered and write the files."`
}

// fileResult is what is wrong with one file.
type fileResult struct {
	File     string          `json:"file"`
	Valid    bool            `json:"valid"`
	Problems []*spec.Problem `json:"problems"`
	// Fixed are the problems that were mended, with what was done.
	Fixed []*spec.Problem `json:"fixed,omitempty"`
}

// Run checks every file and fails when one has errors.
func (c *appValidate) Run(con *console) error {
	catalogue, err := widgets.Load()
	if err != nil {
		return err
	}
	eng := engine.New(engine.Options{Catalogue: catalogue, Worker: scriptWorker()})
	if c.Plant != "" {
		raw, err := os.ReadFile(c.Plant)
		if err != nil {
			return err
		}
		p, err := plant.Read(raw)
		if err == nil {
			err = eng.SetPlant(p)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", c.Plant, err)
		}
	}
	check := func(a *app.App) spec.Problems {
		ps := eng.CheckApp(app.Installation{ID: "check"}, a)
		if c.Plant != "" {
			return ps
		}
		// Whether tags exist cannot be known.
		return slices.DeleteFunc(ps, func(p *spec.Problem) bool { return p.Code == "tag_unknown" })
	}
	return con.check(c.Files, func(name string, raw []byte, r *fileResult) (spec.Problems, error) {
		a, err := app.Read(raw)
		if err != nil {
			return nil, err
		}
		if !c.Fix {
			return check(a), nil
		}
		return c.mend(con, name, a, r, check)
	})
}

// mend writes the mended document where the file was.
func (c *appValidate) mend(con *console, name string, a *app.App, r *fileResult, check func(*app.App) spec.Problems) (spec.Problems, error) {
	if name == "-" {
		return nil, errors.New("--fix writes files: give the name of one")
	}
	mended, done, left, err := appcheck.Mend(a, check)
	if err != nil || len(done) == 0 {
		return left, err
	}
	r.Fixed = done
	return left, con.writeApp(name, mended)
}

// check reads files, checks each and prints what is wrong; it fails when any has errors.
func (c *console) check(files []string, check func(name string, raw []byte, r *fileResult) (spec.Problems, error)) error {
	var results []fileResult
	valid := true
	for _, name := range files {
		r := fileResult{File: name}
		raw, files, err := c.readDocument(name)
		var found, ps spec.Problems
		if err == nil {
			found, err = check(name, raw, &r)
		}
		if unread := (folder.Problems)(nil); errors.As(err, &unread) {
			err = placed(unread)
		}
		if errors.As(err, &ps) {
			found, err = ps, nil
		} else if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		r.Valid, r.Problems = !found.Errors(), found
		if files != nil && len(r.Fixed) > 0 {
			_, files, err = c.readDocument(name) // lines have moved
		}
		if files != nil && raw != nil && err == nil {
			r.Problems = placed(folder.Locate(files, found))
		}
		if r.Problems == nil {
			r.Problems = []*spec.Problem{}
		}
		valid = valid && r.Valid
		results = append(results, r)
	}
	err := c.print(results, func(w io.Writer) {
		for _, r := range results {
			verdict := "valid"
			if !r.Valid {
				verdict = "has errors"
			}
			fmt.Fprintf(w, "%s: %s\n", r.File, verdict)
			for _, p := range r.Fixed {
				fmt.Fprintf(w, "  fixed: %s (at %s) [%s]\n", p.Fix.Title["en"], p.At, p.Code)
			}
			printProblems(w, r.Problems)
		}
	})
	if err == nil && !valid {
		err = reported
	}
	return err
}

func (c *console) readFile(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(c.in, plant.MaxBytes+1))
	}
	return os.ReadFile(name)
}

// writeFile writes to a file, or to the standard output when name is "" or "-".
func (c *console) writeFile(name string, content []byte) error {
	if name == "" || name == "-" {
		_, err := c.out.Write(content)
		return err
	}
	return os.WriteFile(name, content, 0o644)
}

type appList struct{ serverFlags }

// Run lists the installed apps.
func (c *appList) Run(con *console) error {
	var apps []api.AppSummary
	if err := c.get(con.ctx, "/apps", &apps); err != nil {
		return err
	}
	return con.print(apps, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		fmt.Fprintln(t, "ID\tNAME\tVERSION\tREVISION\tDRAFT")
		for _, a := range apps {
			draft := ""
			if a.DraftChanged {
				draft = "changed"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%d\t%s\n", a.ID, a.Name.In("en"), a.Version, a.Revision, draft)
		}
		_ = t.Flush()
	})
}

type appExport struct {
	serverFlags
	ID   string `arg:"" help:"Id of the installation."`
	File string `arg:"" optional:"" help:"File to write; - is the standard output."`
	// The names of the flags are those of import.
	Folder string `help:"Folder of files for git to write, in place of a file." placeholder:"DIR"`
	Draft  bool   `help:"The draft, not what is published."`
}

// Run writes the published document, or the draft when nothing was published.
func (c *appExport) Run(con *console) error {
	if c.Folder != "" && c.File != "" {
		return &usageError{"give a file or --folder"}
	}
	what := "/export"
	if c.Draft {
		what = "/draft"
	}
	a, err := c.ask(con.ctx, http.MethodGet, "/apps/"+url.PathEscape(c.ID)+what, nil)
	if err != nil {
		return err
	}
	if c.Folder == "" {
		return con.writeFile(c.File, a.body)
	}
	doc, err := app.Read(a.body)
	if err != nil {
		return err
	}
	return writeFolder(c.Folder, doc)
}

type appInstall struct {
	serverFlags
	File    string `arg:"" help:"App document or folder; - is the standard input."`
	ID      string `name:"id" help:"Id of the installation (default: the last part of the id of the app). An installation that exists gets a new revision."`
	Draft   bool   `help:"Do not publish it."`
	Comment string `help:"Comment of the revision."`
}

// Run installs a document, or makes it a new revision of what is installed.
func (c *appInstall) Run(con *console) error {
	a, err := con.readApp(c.File)
	if err != nil {
		return err
	}
	raw, err := app.Canonical(a)
	if err != nil {
		return err
	}
	id := c.ID
	var etag string
	if id != "" {
		a, err := c.ask(con.ctx, http.MethodGet, "/apps/"+url.PathEscape(id)+"/draft", nil)
		var e *api.Error
		switch {
		case err == nil:
			saved, err := c.ask(con.ctx, http.MethodPut, "/apps/"+url.PathEscape(id)+"/draft", raw, "If-Match", a.etag)
			if err != nil {
				return err
			}
			etag = saved.etag
		case !errors.As(err, &e) || e.Code != "not_found":
			return err
		}
	}
	if etag == "" {
		made, err := c.ask(con.ctx, http.MethodPost, "/apps", map[string]any{"id": c.ID, "document": json.RawMessage(raw)})
		if err != nil {
			return err
		}
		var sum api.AppSummary
		if err := json.Unmarshal(made.body, &sum); err != nil {
			return err
		}
		id = sum.ID
	}
	result := map[string]any{"id": id}
	if !c.Draft {
		var header []string
		if etag != "" {
			header = []string{"If-Match", etag}
		}
		done, err := c.ask(con.ctx, http.MethodPost, "/apps/"+url.PathEscape(id)+"/publish", api.Publish{Comment: c.Comment}, header...)
		if err != nil {
			return err
		}
		var p api.Published
		if err := json.Unmarshal(done.body, &p); err != nil {
			return err
		}
		result["revision"] = p.Revision
	}
	return con.print(result, func(w io.Writer) {
		if c.Draft {
			fmt.Fprintf(w, "%s is installed as a draft\n", id)
			return
		}
		fmt.Fprintf(w, "%s runs revision %d\n", id, result["revision"])
	})
}
