package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/session"
)

type writesCmd struct {
	Status writesStatus `cmd:"" default:"withargs" help:"Tell whether writes are blocked, which wait for a second person, which ramps run."`
	Block  writesBlock  `cmd:"" help:"Block all writes of the site."`
	Allow  writesAllow  `cmd:"" help:"Allow writes again."`
}

// printWrites says it for a person.
func printWrites(w io.Writer, now session.WritesNow) {
	at := func(ms int64) string { return time.UnixMilli(ms).Local().Format(time.DateTime) }
	if b := now.Blocked; b != nil {
		fmt.Fprintf(w, "All writes are blocked by %s since %s: %s\n", b.By, at(b.Since), b.Reason)
	} else {
		fmt.Fprintln(w, "Writes are allowed.")
	}
	for _, a := range now.Asked {
		fmt.Fprintf(w, "%s asks for %s = %s, until %s\n", a.By, a.Tag, a.Value, at(a.Until))
	}
	for _, r := range now.Ramps {
		fmt.Fprintf(w, "%s ramps to %s until %s, by %s\n", r.Tag, r.Target, at(r.Until), r.By)
	}
}

type writesStatus struct{ serverFlags }

// Run tells what stands between people and devices now.
func (c *writesStatus) Run(con *console) error {
	var now session.WritesNow
	if err := c.get(con.ctx, "/writes", &now); err != nil {
		return err
	}
	return con.print(now, func(w io.Writer) { printWrites(w, now) })
}

type writesSwitch struct {
	serverFlags
	Reason string `help:"Why: everybody sees it, and the audit trail keeps it." required:""`
}

func (c *writesSwitch) turn(con *console, blocked bool) error {
	done, err := c.ask(con.ctx, http.MethodPut, "/writes", api.WriteSwitch{Blocked: blocked, Reason: c.Reason})
	if err != nil {
		return err
	}
	var now session.WritesNow
	if err := json.Unmarshal(done.body, &now); err != nil {
		return err
	}
	return con.print(now, func(w io.Writer) { printWrites(w, now) })
}

type writesBlock struct{ writesSwitch }

// Run blocks all writes.
func (c *writesBlock) Run(con *console) error { return c.turn(con, true) }

type writesAllow struct{ writesSwitch }

// Run allows writes again.
func (c *writesAllow) Run(con *console) error { return c.turn(con, false) }
