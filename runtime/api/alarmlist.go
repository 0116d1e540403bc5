package api

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// AlarmRow is one alarm as it stands now.
type AlarmRow struct {
	// Key names the alarm: <path of the tag>#<id>.
	Key      string   `json:"key"`
	Path     tag.Path `json:"path"`
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Priority string   `json:"priority" enum:"urgent,high,medium,low"`
	// Class is the id of its class, "" for none.
	Class string `json:"class,omitempty"`
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
	// Limit is what it was compared with, in Unit.
	Limit *float64 `json:"limit,omitempty"`
	// Lower is the lower limit, where there are two.
	Lower *float64 `json:"lower,omitempty"`
	Unit  string   `json:"unit,omitempty"`
	// Tunable says that limits may be set while the plant runs, by those who have the right; First that it was the first-out of
	// its group.
	Tunable bool `json:"tunable,omitempty"`
	First   bool `json:"first,omitempty"`
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
	// Unacknowledged and Active are how many of Total wait for an acknowledgement, and how many are active; Worst is the most
	// urgent priority of them, Waiting that of those that wait.
	Unacknowledged int    `json:"unacknowledged"`
	Active         int    `json:"active"`
	Worst          string `json:"worst,omitempty" enum:"urgent,high,medium,low"`
	Waiting        string `json:"waiting,omitempty" enum:"urgent,high,medium,low"`
	// Offset is how many are before the first of this part.
	Offset int `json:"offset"`
	// From is the path that Areas are below: the asked for, or the first below it at which there are several.
	From string `json:"from,omitempty"`
	// Areas are the parts of the plant with standing alarms, whatever the other filters are.
	Areas []AreaRow `json:"areas" nullable:"false"`
	// Classes are those of the alarms of the list, sorted, whatever the other filters are.
	Classes []string `json:"classes,omitempty"`
	// Seq is the one of the live connection that this list is of.
	Seq uint64 `json:"seq"`
}

// AreaRow is how many standing alarms there are at and below a path.
type AreaRow struct {
	Area string `json:"area"`
	// Priority is the worst of all, Waiting the worst of those that wait for an acknowledgement, left out when none does.
	Priority       string `json:"priority" enum:"urgent,high,medium,low"`
	Waiting        string `json:"waiting,omitempty" enum:"urgent,high,medium,low"`
	Unacknowledged int    `json:"unacknowledged"`
	Active         int    `json:"active"`
	// Deep says that there are areas below it.
	Deep bool `json:"deep,omitempty"`
}

// maxAreaRows is how many areas one answer has.
const maxAreaRows = 500

// alarmLists are the lists there are, by the states of their alarms; those of "standing" are what an operator looks at.
var alarmLists = map[string][]alarm.State{
	"standing":       {alarm.Unacknowledged, alarm.Acknowledged, alarm.Returned, alarm.LatchedUnacknowledged, alarm.LatchedAcknowledged},
	"shelved":        {alarm.Shelved},
	"suppressed":     {alarm.Suppressed},
	"out-of-service": {alarm.OutOfService},
}

// AlarmFilter is what a list of alarms can be asked for.
type AlarmFilter struct {
	List     string   `query:"list" enum:"standing,shelved,suppressed,out-of-service,all" default:"standing" doc:"which list"`
	Area     string   `query:"area" maxLength:"512" doc:"only those of tags at or below this path"`
	Priority []string `query:"priority" maxItems:"4" enum:"urgent,high,medium,low" doc:"only those of these priorities"`
	State    []string `query:"state" maxItems:"8" doc:"only those in these states"`
	Class    []string `query:"class" maxItems:"200" doc:"only those of these classes"`
	Query    string   `query:"q" maxLength:"200" doc:"contained in path, title or message"`
}

// matcher says which alarms are wanted.
func (f *AlarmFilter) matcher() func(a *engine.Alarm) bool {
	states, text := alarmLists[f.List], strings.ToLower(f.Query)
	return func(a *engine.Alarm) bool {
		return (states == nil || slices.Contains(states, a.State)) && (len(f.Priority) == 0 || slices.Contains(f.Priority, a.Priority)) &&
			(len(f.State) == 0 || slices.Contains(f.State, string(a.State))) && (len(f.Class) == 0 || slices.Contains(f.Class, a.Class)) &&
			a.Path.Under(tag.Path(f.Area)) && (text == "" || alarmHas(a, text))
	}
}

// alarmOrders are what a list can be sorted by; alarms that are alike stay in the order of the engine.
var alarmOrders = map[string]func(a, b *engine.Alarm) int{
	"priority": func(a, b *engine.Alarm) int { return alarm.Rank(a.Priority) - alarm.Rank(b.Priority) },
	"since":    func(a, b *engine.Alarm) int { return a.Since.Compare(b.Since) },
	"raised":   func(a, b *engine.Alarm) int { return a.Raised.Compare(b.Raised) },
	"path":     func(a, b *engine.Alarm) int { return cmp.Compare(a.Key, b.Key) },
	"state": func(a, b *engine.Alarm) int {
		return slices.Index(alarm.States, a.State) - slices.Index(alarm.States, b.State)
	},
	"class": func(a, b *engine.Alarm) int { return cmp.Compare(a.Class, b.Class) },
	"times": func(a, b *engine.Alarm) int { return a.Times - b.Times },
	"until": func(a, b *engine.Alarm) int { return until(a).Compare(until(b)) },
}

// until is when an alarm that is shelved comes back.
func until(a *engine.Alarm) time.Time {
	if a.Shelf == nil {
		return time.Time{}
	}
	return a.Shelf.Until
}

func (s *Server) listAlarms(ctx context.Context, in *struct {
	AlarmFilter
	Sort   string `query:"sort" enum:",priority,-priority,since,-since,raised,-raised,path,-path,state,-state,class,-class,times,-times,until,-until" doc:"by what it is sorted, with a minus sign the other way round; those that wait first when left out"`
	Offset int    `query:"offset" minimum:"0" doc:"how many to leave out"`
	Anchor string `query:"anchor" maxLength:"640" doc:"key of an alarm: as long as it is in the list, offset is that of this alarm, less back"`
	Back   int    `query:"back" minimum:"0" doc:"with anchor: how many before it are wanted"`
	Limit  int    `query:"limit" default:"200" minimum:"1" maximum:"5000"`
}) (*body[AlarmPage], error) {
	rights := actorOf(ctx).Rights
	list, seq := s.engine.Alarms()
	page := AlarmPage{Alarms: []AlarmRow{}, Areas: []AreaRow{}, Seq: seq}
	wants := in.matcher()
	found := make([]*engine.Alarm, 0, min(len(list), 1024))
	classes := map[string]bool{}
	var sum alarm.Area
	for _, a := range list {
		if !rights.Allows(auth.View, a.Path) {
			continue
		}
		if a.Class != "" {
			classes[a.Class] = true
		}
		if wants(a) {
			found = append(found, a)
			sum.Add(a.Priority, a.State)
		}
	}
	page.Classes = slices.Sorted(maps.Keys(classes))
	page.Total, page.Unacknowledged, page.Active, page.Worst, page.Waiting = len(found), sum.Unacknowledged, sum.Active, sum.Worst, sum.Waiting
	if by, down := strings.CutPrefix(in.Sort, "-"); by != "" {
		order := alarmOrders[by]
		slices.SortStableFunc(found, func(a, b *engine.Alarm) int {
			if down {
				a, b = b, a
			}
			return order(a, b)
		})
	}
	page.Offset = in.Offset
	if in.Anchor != "" {
		if i := slices.IndexFunc(found, func(a *engine.Alarm) bool { return string(a.Key) == in.Anchor }); i >= 0 {
			page.Offset = max(0, i-in.Back)
		}
	}
	page.Offset = min(page.Offset, page.Total)
	for _, a := range found[page.Offset:min(page.Offset+in.Limit, page.Total)] {
		page.Alarms = append(page.Alarms, alarmRow(a, rights))
	}
	page.From, page.Areas = alarmAreas(list, rights, tag.Path(in.Area))
	return answerWith(page)
}

// alarmAreas counts what somebody may see by the areas below a path.
func alarmAreas(list []*engine.Alarm, rights auth.Rights, under tag.Path) (string, []AreaRow) {
	from, areas := alarm.Areas(under, func(yield func(tag.Path, string, alarm.State)) {
		for _, a := range list {
			if rights.Allows(auth.View, a.Path) {
				yield(a.Path, a.Priority, a.State)
			}
		}
	})
	rows := make([]AreaRow, 0, len(areas))
	for _, a := range alarm.WorstAreas(areas, maxAreaRows) {
		rows = append(rows, AreaRow{Area: string(a.Path), Priority: a.Worst, Waiting: a.Waiting, Unacknowledged: a.Unacknowledged, Active: a.Active, Deep: a.Deep})
	}
	return string(from), rows
}

func alarmRow(a *engine.Alarm, rights auth.Rights) AlarmRow {
	row := AlarmRow{
		Key: string(a.Key), Path: a.Path, ID: a.ID, Kind: a.Kind, Priority: a.Priority, Class: a.Class, Title: a.Title, Name: a.Name, Message: a.Message, Cause: a.Cause, Consequence: a.Consequence, Action: a.Action,
		State: string(a.State), Active: a.Active, Since: a.Since, Times: a.Times, Value: a.Value, Limit: a.Limit, Lower: a.Lower, Tunable: a.Tunable, First: a.First, Unit: a.Unit, Comment: a.Comment,
		MayAcknowledge: rights.Allows(auth.Acknowledge, a.Path), MayShelve: rights.Allows(auth.Shelve, a.Path), Acknowledged: a.Acknowledgement, Shelved: a.Shelf, OutOfService: a.Service,
	}
	if !a.Raised.IsZero() {
		row.Raised = &a.Raised
	}
	return row
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
