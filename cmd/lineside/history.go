package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/export"
	"github.com/lineside/lineside/runtime/tag"
)

type historyCmd struct {
	Query  historyQuery  `cmd:"" help:"Print the history of tags."`
	Export historyExport `cmd:"" help:"Write the history of many tags into a file: CSV, XLSX or Parquet."`
}

// spanFlags say which time is meant, and in which steps.
type spanFlags struct {
	From string `help:"Beginning: 2026-11-21T08:00:00Z, or now-8h." placeholder:"TIME"`
	To   string `help:"End; left out, now." placeholder:"TIME"`
	Step string `help:"Length of a bucket: 15m, 1h, 1d; left out, every sample." placeholder:"TIME"`
}

func (f *spanFlags) into(query url.Values) {
	for name, text := range map[string]string{"from": f.From, "to": f.To, "step": f.Step} {
		if text != "" {
			query.Set(name, text)
		}
	}
}

type historyQuery struct {
	serverFlags
	spanFlags
	Paths    []string `arg:"" name:"path" help:"Paths of tags."`
	Function string   `name:"fn" help:"How the samples of a bucket become one value: avg, min, max, sum, count, …" placeholder:"NAME"`
}

// Run prints a line for every sample or bucket.
func (c *historyQuery) Run(con *console) error {
	query := url.Values{"tag": c.Paths}
	c.into(query)
	if c.Function != "" {
		query.Set("fn", c.Function)
	}
	var answer api.HistoryAnswer
	if err := c.get(con.ctx, "/history?"+query.Encode(), &answer); err != nil {
		return err
	}
	if con.json {
		return con.print(answer, nil)
	}
	t := tabwriter.NewWriter(con.out, 0, 0, 2, ' ', 0)
	for _, s := range answer.Series {
		var points [][]json.RawMessage
		if err := json.Unmarshal(s.Points, &points); err != nil {
			return fmt.Errorf("history of %s: %w", s.Path, err)
		}
		for _, p := range points {
			if len(p) < 2 {
				continue
			}
			var ms int64
			if err := json.Unmarshal(p[0], &ms); err != nil {
				return fmt.Errorf("history of %s: %w", s.Path, err)
			}
			quality := ""
			if len(p) > 2 {
				var code uint32
				if json.Unmarshal(p[2], &code) == nil {
					quality = tag.Quality(code).String()
				}
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", time.UnixMilli(ms).Format("2006-01-02 15:04:05.000"), s.Path, p[1], s.Unit, quality)
		}
		if s.Cut {
			fmt.Fprintf(con.errors, "%s: there is more; ask for less time, or for steps\n", s.Path)
		}
	}
	return t.Flush()
}

type historyExport struct {
	serverFlags
	spanFlags
	Tags      []string `arg:"" optional:"" name:"tag" help:"Paths of tags, or patterns like line1/*/temperature."`
	Out       string   `short:"o" required:"" help:"File to write; its ending (.csv, .xlsx, .parquet) says what it is." placeholder:"FILE"`
	Area      string   `help:"Everything below this path." placeholder:"PATH"`
	Period    string   `help:"Span of the plant's calendar: today, yesterday, thisWeek, lastWeek, thisMonth, lastMonth, thisYear, lastYear." placeholder:"NAME"`
	Functions []string `name:"fn" help:"Functions of a bucket, with commas: avg,min,max." placeholder:"NAME"`
	Layout    string   `help:"A line for every sample (long), or a column for every tag (wide)." enum:"long,wide" default:"long"`
	Fill      bool     `help:"Repeat the last value of a tag in lines of others, in wide files of samples."`
}

// Run fetches the file while the server makes it.
func (c *historyExport) Run(con *console) error {
	format := strings.TrimPrefix(filepath.Ext(c.Out), ".")
	if !slices.Contains(export.Formats(), export.Format(format)) {
		return &usageError{"--out: the file must end in .csv, .xlsx or .parquet"}
	}
	if len(c.Tags) == 0 && c.Area == "" {
		return &usageError{"name tags or patterns, or an area with --area"}
	}
	query := url.Values{"tag": c.Tags, "fn": c.Functions, "layout": {c.Layout}}
	c.into(query)
	for name, text := range map[string]string{"area": c.Area, "period": c.Period} {
		if text != "" {
			query.Set(name, text)
		}
	}
	if c.Fill {
		query.Set("fill", "true")
	}
	if err := c.fetch(con.ctx, "/history."+format+"?"+query.Encode(), c.Out); err != nil {
		return err
	}
	info, err := os.Stat(c.Out)
	if err != nil {
		return err
	}
	return con.print(map[string]any{"file": c.Out, "bytes": info.Size()}, func(w io.Writer) { fmt.Fprintf(w, "%s: %d bytes\n", c.Out, info.Size()) })
}
