package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/report"
)

type reportCmd struct {
	List reportList `cmd:"" help:"List the reports of a running server."`
	Run  reportRun  `cmd:"" help:"Make a report and write its file."`
}

type reportList struct{ serverFlags }

// Run lists the reports, and when each is made next.
func (c *reportList) Run(con *console) error {
	var list api.ReportList
	if err := c.get(con.ctx, "/reports", &list); err != nil {
		return err
	}
	return con.print(list.Reports, func(w io.Writer) {
		t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
		for _, r := range list.Reports {
			next, last := "-", "-"
			if !r.Next.IsZero() {
				next = r.Next.Local().Format(time.DateTime)
			}
			if r.Last != nil {
				last = r.Last.State
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Title.In("en"), r.Period, next, last)
		}
		_ = t.Flush()
	})
}

type reportRun struct {
	serverFlags
	ID       string `arg:"" help:"Id of the report, see \"lineside report list\"."`
	Format   string `help:"What is written: ${enum}." default:"pdf" enum:"pdf,xlsx,csv"`
	Period   string `help:"Another kind of period than that of the report: hour, shift, day, week, month." placeholder:"KIND"`
	At       string `help:"A moment (RFC 3339): the period it lies in, instead of the last one that is over." placeholder:"TIME"`
	From     string `help:"Beginning of a period of its own (RFC 3339)." placeholder:"TIME"`
	To       string `help:"End of it." placeholder:"TIME"`
	Language string `help:"Language: en or zh." placeholder:"LANG"`
	Send     bool   `help:"Send it to whom its schedule sends it, too."`
	Out      string `short:"o" help:"File to write; \"-\" is the standard output (default: <id>.<format>)." placeholder:"FILE"`
}

// Run makes a report, waits for it and writes its file.
func (c *reportRun) Run(con *console) error {
	ask := api.ReportMake{Language: c.Language, Send: c.Send}
	ask.Kind, ask.Ended = c.Period, c.At == ""
	for _, t := range []struct {
		flag, text string
		to         *time.Time
	}{{"--at", c.At, &ask.At}, {"--from", c.From, &ask.From}, {"--to", c.To, &ask.To}} {
		if t.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, t.text)
		if err != nil {
			return &usageError{t.flag + `: write a time such as 2026-11-21T08:00:00Z`}
		}
		*t.to = at
	}
	if c.From != "" || c.To != "" {
		if c.From == "" || c.To == "" {
			return &usageError{"--from and --to go together"}
		}
		ask.Kind = "custom"
	}
	made, err := c.ask(con.ctx, http.MethodPost, "/reports/"+url.PathEscape(c.ID)+"/make", ask)
	if err != nil {
		return err
	}
	var run api.ArchivedReport
	if err := json.Unmarshal(made.body, &run); err != nil {
		return err
	}
	at := "/report-runs/" + strconv.FormatInt(run.ID, 10)
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for run.State == report.Queued || run.State == report.Running {
		select {
		case <-con.ctx.Done():
			return con.ctx.Err()
		case <-tick.C:
		}
		run = api.ArchivedReport{}
		if err := c.get(con.ctx, at, &run); err != nil {
			return err
		}
	}
	if run.State != report.Done {
		return errors.New("the report could not be made: " + run.Failure)
	}
	out := c.Out
	if out == "" {
		out = c.ID + "." + c.Format
	}
	if out == "-" {
		file, err := c.ask(con.ctx, http.MethodGet, at+"/file/"+c.Format, nil)
		if err != nil {
			return err
		}
		_, err = con.out.Write(file.body)
		return err
	}
	if err := c.fetch(con.ctx, at+"/file/"+c.Format, out); err != nil {
		return err
	}
	info, err := os.Stat(out)
	if err != nil {
		return err
	}
	return con.print(map[string]any{"run": run.ID, "period": run.Period, "file": out, "bytes": info.Size()}, func(w io.Writer) {
		fmt.Fprintf(w, "%s, %s: %d bytes in %s\n", run.Title.In(run.Language), run.Period, info.Size(), out)
	})
}
