package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// JournalRow is one line of the alarm journal.
type JournalRow struct {
	ID       int64           `json:"id"`
	Time     time.Time       `json:"time"`
	Key      string          `json:"key"`
	Path     tag.Path        `json:"path"`
	Priority string          `json:"priority" enum:"urgent,high,medium,low"`
	Event    string          `json:"event" enum:"raise,return,acknowledge,reset,shelve,unshelve,suppress,unsuppress,out-of-service,in-service,removed,comment,limit"`
	State    string          `json:"state" enum:"normal,unacknowledged,acknowledged,returned,latched-unacknowledged,latched-acknowledged,shelved,suppressed,out-of-service"`
	Title    spec.Text       `json:"title"`
	Name     spec.Text       `json:"name"`
	Message  spec.Text       `json:"message,omitempty"`
	Value    json.RawMessage `json:"value,omitempty"`
	// By is who has done it, left out for the plant itself.
	By      string `json:"by,omitempty"`
	Origin  string `json:"origin,omitempty"`
	Comment string `json:"comment,omitempty"`
}

// JournalPage is a part of the journal, newest first.
type JournalPage struct {
	Entries []JournalRow `json:"entries" nullable:"false"`
	// Next is the id to give as before for the next part, 0 at the end.
	Next int64 `json:"next,omitempty"`
}

func (s *Server) alarmJournalResource() {
	add(s, route{method: "GET", path: "/alarms/journal", id: "listAlarmJournal", tag: "alarms", summary: "What has become of alarms, newest first", access: anywhere(auth.View)}, s.listJournal)
	add(s, route{method: "GET", path: "/alarms/journal.csv", id: "exportAlarmJournal", tag: "alarms", summary: "The alarm journal as a CSV file, newest first", access: anywhere(auth.View), answerType: "text/csv"},
		func(ctx context.Context, in *struct{ JournalQuery }) (*rawDocument, error) {
			return s.exportJournal(ctx, &in.JournalQuery, false)
		})
	add(s, route{method: "GET", path: "/alarms/journal.xlsx", id: "exportAlarmWorkbook", tag: "alarms", summary: "The alarm journal as a workbook, newest first", access: anywhere(auth.View), answer: &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, answerType: workbookType},
		func(ctx context.Context, in *struct{ JournalQuery }) (*rawDocument, error) {
			return s.exportJournal(ctx, &in.JournalQuery, true)
		})
}

// JournalQuery is what the journal can be asked for.
type JournalQuery struct {
	Area     string    `query:"area" maxLength:"512" doc:"only lines of tags at or below this path"`
	Alarm    string    `query:"alarm" maxLength:"640" doc:"only lines of the alarm with this key"`
	Priority []string  `query:"priority" maxItems:"4" enum:"urgent,high,medium,low" doc:"only those of these priorities"`
	Event    []string  `query:"event" maxItems:"11" doc:"only these events"`
	User     string    `query:"user" maxLength:"200" doc:"only what this person has done"`
	From     time.Time `query:"from" doc:"only those at or after this time"`
	Until    time.Time `query:"until" doc:"only those before this time"`
	Query    string    `query:"q" maxLength:"200" doc:"contained in path, title, message, user or comment"`
}

func (q *JournalQuery) filter(ctx context.Context) store.JournalFilter {
	f := store.JournalFilter{Area: q.Area, Key: alarm.Key(q.Alarm), Priorities: q.Priority, Events: q.Event, User: q.User, From: q.From, Until: q.Until, Query: q.Query}
	if rights := actorOf(ctx).Rights; !rights.Allows(auth.View, "") {
		f.Allowed = func(path tag.Path) bool { return rights.Allows(auth.View, path) }
	}
	return f
}

func (s *Server) listJournal(ctx context.Context, in *struct {
	JournalQuery
	// Before is where the part before ended.
	Before int64 `query:"before" minimum:"0"`
	Limit  int   `query:"limit" default:"100" minimum:"1" maximum:"1000"`
}) (*body[JournalPage], error) {
	f := in.filter(ctx)
	f.Before, f.Limit = in.Before, in.Limit
	list, next, err := s.store.Journal(ctx, f)
	if err != nil {
		return nil, err
	}
	page := JournalPage{Entries: make([]JournalRow, len(list)), Next: next}
	for i, e := range list {
		page.Entries[i] = JournalRow{
			ID: e.ID, Time: e.Time, Key: string(alarm.KeyOf(e.Path, e.Alarm)), Path: e.Path, Priority: e.Priority, Event: string(e.Event), State: string(e.State),
			Title: e.Title, Name: e.Name, Message: e.Message, Value: e.Value, By: e.By, Origin: e.Origin, Comment: e.Comment,
		}
	}
	return answerWith(page)
}

// maxExport is how many lines a file of the journal has at most.
const maxExport = 100_000

// exportJournal writes times in UTC to CSV, for programs, and by the clock of the plant to a workbook, for people.
func (s *Server) exportJournal(ctx context.Context, q *JournalQuery, workbook bool) (*rawDocument, error) {
	zone, err := s.plantZone(ctx)
	if err != nil {
		return nil, err
	}
	f, lang := q.filter(ctx), languageOf(ctx)
	f.Limit = 1000
	var rows [][]string
	header := []string{"time", "priority", "event", "state", "tag", "alarm", "title", "name", "message", "value", "by", "origin", "comment"}
	for len(rows) < maxExport {
		list, next, err := s.store.Journal(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			at := e.Time.UTC().Format("2006-01-02T15:04:05.000Z")
			if workbook {
				at = e.Time.In(zone).Format("2006-01-02 15:04:05.000")
			}
			rows = append(rows, []string{
				at, e.Priority, string(e.Event), string(e.State), string(e.Path), e.Alarm,
				e.Title.In(lang), e.Name.In(lang), e.Message.In(lang), string(e.Value), e.By, e.Origin, e.Comment,
			})
		}
		if f.Before = next; next == 0 {
			break
		}
	}
	return sheetFile("alarm-journal", workbook, sheet.Table{Name: "Journal", Header: header, Rows: slices.Values(rows)})
}

// sheetFile answers with tables: the first of them as CSV, or all as a workbook.
func sheetFile(name string, workbook bool, tables ...sheet.Table) (*rawDocument, error) {
	write, kind, end := func() ([]byte, error) { return sheet.WriteCSV(tables[0]) }, "text/csv; charset=utf-8", ".csv"
	if workbook {
		write, kind, end = func() ([]byte, error) { return sheet.WriteXLSX(tables...) }, workbookType, ".xlsx"
	}
	raw, err := write()
	if f := (*sheet.Fault)(nil); errors.As(err, &f) {
		return nil, &f.Problem
	}
	if err != nil {
		return nil, err
	}
	return &rawDocument{ContentType: kind, Disposition: fmt.Sprintf("attachment; filename=%q", name+end), Body: raw}, nil
}
