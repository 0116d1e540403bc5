package api

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// AlarmRow is one alarm as it stands now.
type AlarmRow struct {
	// Key names the alarm: <path of the tag>#<id>.
	Key      string   `json:"key"`
	Path     tag.Path `json:"path"`
	ID       string   `json:"id"`
	Kind     string   `json:"kind" enum:"high-high,high,low,low-low,deviation,on,off,equals,change,no-change,bad,expression"`
	Priority string   `json:"priority" enum:"urgent,high,medium,low"`
	// Title is that of the tag, Name that of the alarm, Message what it says with the values of the moment it was raised.
	Title   spec.Text `json:"title"`
	Name    spec.Text `json:"name"`
	Message spec.Text `json:"message,omitempty"`
	// Cause, Consequence and Action are what the operator should know.
	Cause       spec.Text `json:"cause,omitempty"`
	Consequence spec.Text `json:"consequence,omitempty"`
	Action      spec.Text `json:"action,omitempty"`
	State       string    `json:"state" enum:"unacknowledged,acknowledged,returned,latched-unacknowledged,latched-acknowledged,shelved,suppressed,out-of-service"`
	// Active says whether the condition holds, also of an alarm that is put away.
	Active bool `json:"active"`
	// Since is when the state began, Raised when the alarm was last raised, by the clock of the source.
	Since  time.Time  `json:"since"`
	Raised *time.Time `json:"raised,omitempty"`
	// Times is how often it was raised since it last was normal.
	Times int `json:"times"`
	// Value is that by which it was raised.
	Value json.RawMessage `json:"value,omitempty"`
	// Comment says that it must be said why when it is acknowledged.
	Comment bool `json:"comment,omitempty"`
	// MayAcknowledge and MayShelve say what you may do with it.
	MayAcknowledge bool         `json:"mayAcknowledge,omitempty"`
	MayShelve      bool         `json:"mayShelve,omitempty"`
	Acknowledged   *alarm.Deed  `json:"acknowledged,omitempty"`
	Shelved        *alarm.Shelf `json:"shelved,omitempty"`
	OutOfService   *alarm.Deed  `json:"outOfService,omitempty"`
}

// AlarmPage is a part of the alarms: those that wait for an acknowledgement first, then by priority, the newest first.
type AlarmPage struct {
	Alarms []AlarmRow `json:"alarms" nullable:"false"`
	// Total is how many there are in all that the filter wants.
	Total int `json:"total"`
	// Seq is the one of the live connection that this list is of.
	Seq uint64 `json:"seq"`
}

// AlarmOrder is what somebody does to alarms.
type AlarmOrder struct {
	// Alarms are keys. The order is carried out for all of them or for none.
	Alarms []string `json:"alarms" minItems:"1" maxItems:"1000"`
	// Comment is kept in the journal and in the audit trail.
	Comment string `json:"comment,omitempty" maxLength:"1000"`
}

// ShelveOrder puts alarms away for a time.
type ShelveOrder struct {
	Alarms []string `json:"alarms" minItems:"1" maxItems:"1000"`
	// Minutes is for how long, up to a day.
	Minutes int `json:"minutes" minimum:"1" maximum:"1440"`
	// Once ends it as soon as the alarm returns.
	Once bool `json:"once,omitempty"`
	// Reason is shown in the list of what is shelved.
	Reason string `json:"reason" minLength:"1" maxLength:"1000"`
}

// ServiceOrder takes alarms out of service.
type ServiceOrder struct {
	Alarms []string `json:"alarms" minItems:"1" maxItems:"1000"`
	Reason string   `json:"reason" minLength:"1" maxLength:"1000"`
}

// AlarmDone says what has become of an order.
type AlarmDone struct {
	// Done is for how many alarms it meant something; for the others somebody was faster.
	Done int `json:"done"`
}

// JournalRow is one line of the alarm journal.
type JournalRow struct {
	ID       int64           `json:"id"`
	Time     time.Time       `json:"time"`
	Key      string          `json:"key"`
	Path     tag.Path        `json:"path"`
	Priority string          `json:"priority" enum:"urgent,high,medium,low"`
	Event    string          `json:"event" enum:"raise,return,acknowledge,reset,shelve,unshelve,suppress,unsuppress,out-of-service,in-service,removed"`
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

func (s *Server) alarmsResource() {
	add(s, route{method: "GET", path: "/alarms", id: "listAlarms", tag: "alarms", summary: "Alarms that are not normal, and those that are put away", access: anywhere(auth.View)}, s.listAlarms)
	add(s, route{method: "GET", path: "/alarms/journal", id: "listAlarmJournal", tag: "alarms", summary: "What has become of alarms, newest first", access: anywhere(auth.View)}, s.listJournal)
	add(s, route{method: "GET", path: "/alarms/journal.csv", id: "exportAlarmJournal", tag: "alarms", summary: "The alarm journal as a CSV file, newest first", access: anywhere(auth.View), answerType: "text/csv"}, s.exportJournal)
	order := func(path, id, summary string, right auth.Action, event alarm.Event) {
		add(s, route{method: "POST", path: path, id: id, tag: "alarms", summary: summary, access: anywhere(right)}, func(ctx context.Context, in *body[AlarmOrder]) (*body[AlarmDone], error) {
			return s.orderAlarms(ctx, engine.AlarmOrder{Event: event, Comment: in.Body.Comment}, in.Body.Alarms)
		})
	}
	order("/alarms/ack", "acknowledgeAlarms", "Acknowledge alarms", auth.Acknowledge, alarm.Acknowledge)
	order("/alarms/reset", "resetAlarms", "Reset latched alarms", auth.Acknowledge, alarm.Reset)
	order("/alarms/unshelve", "unshelveAlarms", "Bring shelved alarms back", auth.Shelve, alarm.Unshelve)
	order("/alarms/in-service", "restoreAlarms", "Put alarms into service again", auth.Shelve, alarm.Restore)
	add(s, route{method: "POST", path: "/alarms/shelve", id: "shelveAlarms", tag: "alarms", summary: "Put alarms away for a time", access: anywhere(auth.Shelve)}, func(ctx context.Context, in *body[ShelveOrder]) (*body[AlarmDone], error) {
		o := in.Body
		return s.orderAlarms(ctx, engine.AlarmOrder{Event: alarm.Shelve, Comment: o.Reason, For: time.Duration(o.Minutes) * time.Minute, Once: o.Once}, o.Alarms)
	})
	add(s, route{method: "POST", path: "/alarms/out-of-service", id: "removeAlarms", tag: "alarms", summary: "Take alarms out of service", access: anywhere(auth.Shelve)}, func(ctx context.Context, in *body[ServiceOrder]) (*body[AlarmDone], error) {
		return s.orderAlarms(ctx, engine.AlarmOrder{Event: alarm.Remove, Comment: in.Body.Reason}, in.Body.Alarms)
	})
}

// alarmLists are the lists there are, by the states of their alarms; those of "standing" are what an operator looks at.
var alarmLists = map[string][]alarm.State{
	"standing":       {alarm.Unacknowledged, alarm.Acknowledged, alarm.Returned, alarm.LatchedUnacknowledged, alarm.LatchedAcknowledged},
	"shelved":        {alarm.Shelved},
	"suppressed":     {alarm.Suppressed},
	"out-of-service": {alarm.OutOfService},
}

func (s *Server) listAlarms(ctx context.Context, in *struct {
	List     string   `query:"list" enum:"standing,shelved,suppressed,out-of-service,all" default:"standing" doc:"which list"`
	Area     string   `query:"area" maxLength:"512" doc:"only those of tags at or below this path"`
	Priority []string `query:"priority" maxItems:"4" enum:"urgent,high,medium,low" doc:"only those of these priorities"`
	State    []string `query:"state" maxItems:"8" doc:"only those in these states"`
	Query    string   `query:"q" maxLength:"200" doc:"contained in path, title or message"`
	Offset   int      `query:"offset" minimum:"0" doc:"how many to leave out"`
	Limit    int      `query:"limit" default:"200" minimum:"1" maximum:"5000"`
}) (*body[AlarmPage], error) {
	rights := actorOf(ctx).Rights
	page := AlarmPage{Alarms: []AlarmRow{}, Seq: s.engine.AlarmSeq()}
	states := alarmLists[in.List]
	for _, a := range s.engine.Alarms() {
		if states != nil && !slices.Contains(states, a.State) || len(in.Priority) > 0 && !slices.Contains(in.Priority, a.Priority) || len(in.State) > 0 && !slices.Contains(in.State, string(a.State)) ||
			in.Area != "" && !a.Path.Under(tag.Path(in.Area)) || !rights.Allows(auth.View, a.Path) || in.Query != "" && !alarmHas(&a, strings.ToLower(in.Query)) {
			continue
		}
		page.Total++
		if page.Total <= in.Offset || len(page.Alarms) >= in.Limit {
			continue
		}
		row := AlarmRow{
			Key: string(a.Key), Path: a.Path, ID: a.ID, Kind: a.Kind, Priority: a.Priority, Title: a.Title, Name: a.Name, Message: a.Message, Cause: a.Cause, Consequence: a.Consequence, Action: a.Action,
			State: string(a.State), Active: a.Active, Since: a.Since, Times: a.Times, Value: a.Value, Comment: a.Comment, MayAcknowledge: rights.Allows(auth.Acknowledge, a.Path), MayShelve: rights.Allows(auth.Shelve, a.Path),
			Acknowledged: a.Acknowledgement, Shelved: a.Shelf, OutOfService: a.Service,
		}
		if !a.Raised.IsZero() {
			row.Raised = &a.Raised
		}
		page.Alarms = append(page.Alarms, row)
	}
	return answerWith(page)
}

// alarmHas reports whether a text in small letters is in what is shown of an alarm.
func alarmHas(a *engine.Alarm, text string) bool {
	has := func(s string) bool { return strings.Contains(strings.ToLower(s), text) }
	if has(string(a.Path)) {
		return true
	}
	for _, t := range []spec.Text{a.Title, a.Name, a.Message} {
		for _, s := range t {
			if has(s) {
				return true
			}
		}
	}
	return false
}

func (s *Server) orderAlarms(ctx context.Context, o engine.AlarmOrder, keys []string) (*body[AlarmDone], error) {
	for _, k := range keys {
		if !slices.Contains(o.Keys, alarm.Key(k)) {
			o.Keys = append(o.Keys, alarm.Key(k))
		}
	}
	o.Comment = strings.TrimSpace(o.Comment)
	n, err := s.engine.OrderAlarms(ctx, o, actorOf(ctx))
	var p *spec.Problem
	switch {
	case errors.As(err, &p) && p.Code == "forbidden":
		return nil, errAlarmForbidden.with()
	case errors.As(err, &p) && p.Code == "comment_missing":
		return nil, errAlarmComment.with().at("/comment")
	case errors.As(err, &p) && p.Code == "alarm_unknown":
		return nil, errAlarmUnknown.with()
	case err != nil:
		return nil, err
	}
	return answerWith(AlarmDone{Done: n})
}

var (
	errAlarmForbidden = define("alarm_forbidden", 403, "You may not do that with one of the alarms.", "您无权对其中一个报警执行此操作。", "Choose alarms of your areas, or ask an administrator.", "请选择您所在区域的报警，或联系管理员。")
	errAlarmComment   = define("comment_missing", 422, "One of the alarms wants a comment.", "其中一个报警必须填写说明。", "Say what you have found or done.", "请说明您发现或处理的情况。")
	errAlarmUnknown   = define("alarm_unknown", 404, "One of the alarms is not there any more.", "其中一个报警已不存在。", "Load the list again.", "请重新加载列表。")
)

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

// csvFile is an answer of a file.
type csvFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func (s *Server) exportJournal(ctx context.Context, in *struct{ JournalQuery }) (*csvFile, error) {
	f, lang := in.filter(ctx), languageOf(ctx)
	f.Limit = 1000
	var rows [][]string
	header := []string{"time", "priority", "event", "state", "tag", "alarm", "title", "name", "message", "value", "by", "origin", "comment"}
	for len(rows) < maxExport {
		list, next, err := s.store.Journal(ctx, f)
		if err != nil {
			return nil, err
		}
		for _, e := range list {
			rows = append(rows, []string{
				e.Time.UTC().Format("2006-01-02T15:04:05.000Z"), e.Priority, string(e.Event), string(e.State), string(e.Path), e.Alarm,
				e.Title.In(lang), e.Name.In(lang), e.Message.In(lang), string(e.Value), e.By, e.Origin, e.Comment,
			})
		}
		if f.Before = next; next == 0 {
			break
		}
	}
	raw, err := sheet.WriteCSV(sheet.Table{Name: "alarms", Header: header, Rows: slices.Values(rows)})
	if err != nil {
		return nil, err
	}
	return &csvFile{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="alarms.csv"`, Body: raw}, nil
}
