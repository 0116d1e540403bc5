// Command lineside is the runtime and its tools in one binary.
package main

import (
	_ "github.com/lineside/lineside/runtime/script/early" // first of all: a worker is nothing else

	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/spec"
)

// version is set by the linker.
var version = "dev"

// Exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// cli is the command line. Every flag is also the environment variable that its help names
// and a key of lineside.yaml; secrets can be read from the file that …_FILE names.
type cli struct {
	Config configFile `help:"Configuration file." default:"lineside.yaml" env:"LINESIDE_CONFIG" placeholder:"FILE"`
	JSON   bool       `name:"json" help:"Print JSON for machines." env:"LINESIDE_JSON"`

	Serve   serveCmd   `cmd:"" help:"Start the server."`
	App     appCmd     `cmd:"" help:"Check, list, export and install apps."`
	Plant   plantCmd   `cmd:"" help:"Check, import and export the plant."`
	Tag     tagCmd     `cmd:"" help:"List, read, write and watch tags of a running server."`
	History historyCmd `cmd:"" help:"Print and export the history of tags of a running server."`
	Writes  writesCmd  `cmd:"" help:"Block all writes of a running server, allow them again, and see what is under way."`
	Report  reportCmd  `cmd:"" help:"List reports of a running server, and make one."`
	User    userCmd    `cmd:"" help:"Manage the people who may log in; works on the data folder."`
	Token   tokenCmd   `cmd:"" help:"Manage API tokens; works on the data folder."`
	Backup  backupCmd  `cmd:"" help:"Keep configuration and history in one file: of a running server, or of a data folder."`
	Restore restoreCmd `cmd:"" help:"Put a backup back into a data folder, all of it or nothing."`
	Schema  schemaCmd  `cmd:"" help:"Print the JSON Schema of a document."`
	Version versionCmd `cmd:"" help:"Print the version."`
}

// console is what commands work with.
type console struct {
	ctx    context.Context
	in     io.Reader
	out    io.Writer
	errors io.Writer
	json   bool
}

// print writes v as JSON, or calls text for a person.
func (c *console) print(v any, text func(w io.Writer)) error {
	if !c.json {
		text(c.out)
		return nil
	}
	enc := json.NewEncoder(c.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run is the program without the process around it.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	var c cli
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("lineside"),
		kong.Description("Draw an app for your plant in the browser, bind it to live devices, and run it on your own server."),
		kong.UsageOnError(), kong.ConfigureHelp(kong.HelpOptions{Compact: true}),
		kong.Writers(out, errs), kong.Exit(func(code int) { exited = code }),
		kong.Resolvers(fileSecrets()),
	)
	if err != nil {
		fmt.Fprintln(errs, "lineside:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if exited >= 0 {
		return exited // --help was printed
	}
	if err != nil {
		fmt.Fprintln(errs, "lineside:", err)
		fmt.Fprintln(errs, `"lineside --help" tells what there is.`)
		return exitUsage
	}
	con := &console{ctx: ctx, in: in, out: out, errors: errs, json: c.JSON}
	if err := k.Run(con); err != nil {
		return con.failed(err)
	}
	return exitDone
}

// usageError is a mistake in the command line that only its meaning shows.
type usageError struct{ message string }

// Error implements error.
func (e *usageError) Error() string { return e.message }

// reported is an error that has been printed already.
var reported = errors.New("reported")

func (c *console) failed(err error) int {
	var usage *usageError
	var ps spec.Problems
	var e *api.Error
	switch {
	case errors.Is(err, reported):
		return exitFailed
	case errors.As(err, &usage):
		fmt.Fprintln(c.errors, "lineside:", usage.message)
		return exitUsage
	case c.json && errors.As(err, &e):
		enc := json.NewEncoder(c.errors)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(e)
		return exitFailed
	case errors.As(err, &ps):
		fmt.Fprintln(c.errors, "lineside:", err)
		return exitFailed
	}
	fmt.Fprintln(c.errors, "lineside:", err)
	if errors.As(err, &e) {
		if e.Hint != "" {
			fmt.Fprintln(c.errors, e.Hint)
		}
		if len(e.Problems) > 1 {
			printProblems(c.errors, e.Problems)
		}
	}
	return exitFailed
}

// printProblems writes problems for a person, one a line.
func printProblems(w io.Writer, ps []*spec.Problem) {
	for _, p := range ps {
		severity := "error"
		if p.Severity == spec.Warning {
			severity = "warning"
		}
		at := p.At
		if at == "" {
			at = "/"
		}
		fmt.Fprintf(w, "%s: %s: %s", at, severity, p.Message)
		if p.Line > 0 {
			fmt.Fprintf(w, " (line %d, column %d)", p.Line, p.Column)
		}
		fmt.Fprintf(w, " [%s]\n", p.Code)
		if p.Hint != "" {
			fmt.Fprintf(w, "    %s\n", p.Hint)
		}
		if p.Fix != nil {
			fmt.Fprintf(w, "    --fix: %s\n", p.Fix.Title["en"])
		}
	}
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(c *console) error {
	return c.print(map[string]string{"version": version}, func(w io.Writer) { fmt.Fprintln(w, "lineside", version) })
}
