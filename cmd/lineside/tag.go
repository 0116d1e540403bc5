package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/tag"
)

type tagCmd struct {
	List  tagList  `cmd:"" help:"List tags with their values."`
	Read  tagRead  `cmd:"" help:"Read tags."`
	Write tagWrite `cmd:"" help:"Write a tag."`
	Watch tagWatch `cmd:"" help:"Print values as they change, until interrupted."`
}

// tagURL is the address of a tag: every level is escaped, the slashes stay.
func tagURL(path string) string {
	levels := strings.Split(path, "/")
	for i := range levels {
		levels[i] = url.PathEscape(levels[i])
	}
	return "/tags/" + strings.Join(levels, "/")
}

func printTags(w io.Writer, tags []api.TagState) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, s := range tags {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", s.Path, s.Value, s.Unit, s.QualityName)
	}
	_ = t.Flush()
}

type tagList struct {
	serverFlags
	Pattern string `arg:"" optional:"" help:"Like area/line/*/speed or area/**."`
}

// Run lists all tags that match.
func (c *tagList) Run(con *console) error {
	all := []api.TagState{}
	query := url.Values{"limit": {"1000"}}
	if c.Pattern != "" {
		query.Set("pattern", c.Pattern)
	}
	for {
		var page api.TagPage
		if err := c.get(con.ctx, "/tags?"+query.Encode(), &page); err != nil {
			return err
		}
		all = append(all, page.Tags...)
		if page.Next == "" {
			break
		}
		query.Set("after", page.Next)
	}
	return con.print(all, func(w io.Writer) { printTags(w, all) })
}

type tagRead struct {
	serverFlags
	Paths []string `arg:"" name:"path" help:"Paths of tags."`
}

// Run reads tags one after the other.
func (c *tagRead) Run(con *console) error {
	tags := make([]api.TagState, len(c.Paths))
	for i, path := range c.Paths {
		if err := c.get(con.ctx, tagURL(path), &tags[i]); err != nil {
			return err
		}
	}
	return con.print(tags, func(w io.Writer) { printTags(w, tags) })
}

type tagWrite struct {
	serverFlags
	Path   string  `arg:"" help:"Path of the tag."`
	Value  string  `arg:"" help:"Value as JSON; a text that is not JSON is sent as a text."`
	Reason string  `help:"Reason for the audit trail."`
	Pulse  string  `help:"Hold the value for this time, then write it back: 500ms." placeholder:"TIME" xor:"mode"`
	Over   string  `help:"Ramp to the value in this time: 2m." placeholder:"TIME" xor:"mode"`
	Rate   float64 `help:"Ramp to the value at this rate, in units a second." placeholder:"NUMBER" xor:"mode"`
}

// manner is how the flags want it written.
func (c *tagWrite) manner() action.Manner {
	switch {
	case c.Pulse != "":
		return action.Manner{Mode: action.ModePulse, Hold: c.Pulse}
	case c.Over != "" || c.Rate != 0:
		return action.Manner{Mode: action.ModeRamp, Over: c.Over, Rate: c.Rate}
	}
	return action.Manner{}
}

// Run writes and waits until the device has confirmed.
func (c *tagWrite) Run(con *console) error {
	value := json.RawMessage(c.Value)
	if !json.Valid(value) {
		value, _ = json.Marshal(c.Value) // never fails for a string
	}
	done, err := c.ask(con.ctx, http.MethodPut, tagURL(c.Path), api.TagWriteRequest{Value: value, Reason: c.Reason, Manner: c.manner()})
	if err != nil {
		return err
	}
	var r api.TagWriteResult
	if err := json.Unmarshal(done.body, &r); err != nil {
		return err
	}
	err = con.print(r, func(w io.Writer) {
		fmt.Fprintf(w, "%s: %s → %s (%s)\n", c.Path, r.Old, r.New, r.Outcome)
		if r.Message != "" {
			fmt.Fprintln(w, r.Message, r.Hint)
		}
	})
	if err == nil && r.Outcome != "good" && r.Outcome != "running" {
		err = reported
	}
	return err
}

type tagWatch struct {
	serverFlags
	Patterns []string `arg:"" name:"pattern" help:"Paths or patterns, like area/**."`
}

// watched is one value as it is printed.
type watched struct {
	Path    string          `json:"path"`
	Time    time.Time       `json:"time"`
	Value   json.RawMessage `json:"value"`
	Quality string          `json:"quality"`
}

// Run prints values over the live protocol until it is interrupted.
func (c *tagWatch) Run(con *console) error {
	address := "ws" + strings.TrimPrefix(strings.TrimRight(c.Server, "/"), "http") + "/api/v1/live"
	header := http.Header{}
	if c.Token != "" {
		header.Set("Authorization", "Bearer "+c.Token)
	}
	ws, _, err := websocket.DefaultDialer.DialContext(con.ctx, address, header)
	if err != nil {
		return fmt.Errorf("no live connection to %s: %w", c.Server, err)
	}
	defer ws.Close()
	ended := make(chan struct{})
	defer close(ended)
	go func() {
		select {
		case <-con.ctx.Done():
			_ = ws.Close() // ends the read below
		case <-ended:
		}
	}()
	if err := ws.WriteJSON(session.Request{ID: 1, Op: "watch", Tags: c.Patterns}); err != nil {
		return err
	}
	paths := map[int]string{}
	for {
		var f struct {
			session.Reply
			Op string `json:"op"`
		}
		if err := ws.ReadJSON(&f); err != nil {
			if con.ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("live connection: %w", closeReason(err))
		}
		if f.Error != nil {
			return errors.New(f.Error.Message)
		}
		for _, s := range f.Slots {
			paths[s.Slot] = s.Path
		}
		for _, row := range f.Values {
			v, err := parseRow(row, paths, f.T)
			if err != nil {
				return err
			}
			if con.json {
				if err := json.NewEncoder(con.out).Encode(v); err != nil {
					return err
				}
				continue
			}
			fmt.Fprintf(con.out, "%s  %s  %s  %s\n", v.Time.Local().Format("15:04:05.000"), v.Path, v.Value, v.Quality)
		}
	}
}

func closeReason(err error) error {
	var e *websocket.CloseError
	if errors.As(err, &e) && e.Code == session.CloseUnauthorized {
		return errors.New("you are not logged in: give an API token with --token")
	}
	return err
}

// parseRow reads [slot, value, quality?, time?].
func parseRow(row json.RawMessage, paths map[int]string, frame int64) (watched, error) {
	var parts []json.RawMessage
	if err := json.Unmarshal(row, &parts); err != nil || len(parts) < 2 {
		return watched{}, fmt.Errorf("row %s is not one of values", row)
	}
	number := func(i int, otherwise int64) int64 {
		if i >= len(parts) {
			return otherwise
		}
		n, err := strconv.ParseInt(string(parts[i]), 10, 64)
		if err != nil {
			return otherwise
		}
		return n
	}
	return watched{Path: paths[int(number(0, 0))], Value: parts[1], Quality: tag.Quality(number(2, 0)).String(), Time: time.UnixMilli(number(3, frame)).UTC()}, nil
}
