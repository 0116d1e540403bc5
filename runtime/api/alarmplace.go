package api

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// AlarmPlace is where one can look at what an alarm is about.
type AlarmPlace struct {
	// Kind is faceplate (of the asset), screen (of an app that shows the tag), near (one that shows tags beside it),
	// history or tag (where the alarm is set up).
	Kind string `json:"kind" enum:"faceplate,screen,near,history,tag"`
	// Title names the app and the screen; it is left out of what is no screen.
	Title spec.Text `json:"title,omitempty"`
	// Link is the address of the page.
	Link string `json:"link"`
}

// maxPlaces is how many screens are told.
const maxPlaces = 8

// screenTags are the screens of the apps by what they show. The zero value is ready.
type screenTags struct {
	mu   sync.Mutex
	apps map[string]appTags
}

type appTags struct {
	of        engine.AppStatus
	expansion *plant.Expansion
	screens   map[tag.Path][]string
}

// of are those of one app, compiled anew only when the app or the plant is another.
func (t *screenTags) of(e *engine.Engine, app engine.AppStatus) map[tag.Path][]string {
	t.mu.Lock()
	defer t.mu.Unlock()
	x := e.Expansion()
	if known, ok := t.apps[app.ID]; ok && known.of.App == app.App && known.expansion == x {
		return known.screens
	}
	if t.apps == nil {
		t.apps = map[string]appTags{}
	}
	known := appTags{app, x, e.ScreenTags(app.ID)}
	t.apps[app.ID] = known
	return known.screens
}

func (s *Server) alarmPlaceResource() {
	add(s, route{method: "GET", path: "/alarms/places", id: "listAlarmPlaces", tag: "alarms", summary: "Where one can look at what an alarm is about, the best first", access: anywhere(auth.View)}, s.listAlarmPlaces)
	add(s, route{method: "GET", path: "/alarms/view", id: "getAlarmView", tag: "alarms", summary: "How you want to see the list of alarms", access: loggedIn}, s.getAlarmView)
	add(s, route{method: "PUT", path: "/alarms/view", id: "setAlarmView", tag: "alarms", summary: "Keep how you want to see the list of alarms", access: loggedIn, status: 204}, s.setAlarmView)
	add(s, route{method: "POST", path: "/alarms/comment", id: "commentAlarms", tag: "alarms", summary: "Write a comment on alarms into the journal", access: anywhere(auth.Acknowledge)}, s.commentAlarms)
}

func (s *Server) listAlarmPlaces(ctx context.Context, in *struct {
	Alarm string `query:"alarm" required:"true" maxLength:"640" doc:"key of the alarm"`
	At    int64  `query:"at" doc:"the time of what has happened, in ms since 1970; now when left out"`
}) (*body[[]AlarmPlace], error) {
	path, _ := alarm.Key(in.Alarm).Split()
	rights := actorOf(ctx).Rights
	if !rights.Allows(auth.View, path) {
		return nil, errAlarmUnknown.with()
	}
	var out, near []AlarmPlace
	x := s.engine.Expansion()
	if i, ok := x.Index(path); ok {
		if o, ok := x.Origin(i); ok {
			if m := x.Models[o.Model]; m != nil && m.Faceplate != nil && s.engine.Shows(m.Faceplate.App, m.Faceplate.Screen, m.Faceplate.Input) {
				out = append(out, AlarmPlace{Kind: "faceplate", Link: m.Faceplate.Address(o.Asset), Title: spec.Text{"en": string(o.Asset)}})
			}
		}
	}
	for _, app := range s.engine.Apps() {
		if app.App == nil {
			continue
		}
		screens := s.screenTags.of(s.engine, app)
		place := func(kind, id string) AlarmPlace {
			p := AlarmPlace{Kind: kind, Link: "/run/" + url.PathEscape(app.ID) + "/" + url.PathEscape(id), Title: spec.Text{}}
			for i := range app.App.Screens {
				if sc := &app.App.Screens[i]; sc.ID == id {
					for _, lang := range []string{"en", "zh"} {
						name, screen := app.App.Name.In(lang), sc.Name.In(lang)
						if screen == "" {
							screen = sc.ID
						}
						if len(app.App.Screens) > 1 {
							name += " › " + screen
						}
						p.Title[lang] = name
					}
				}
			}
			return p
		}
		for _, id := range screens[path] {
			out = append(out, place("screen", id))
		}
		var beside []string
		for other, ids := range screens {
			if parent := path.Parent(); parent != "" && other != path && other.Under(parent) {
				beside = append(beside, ids...)
			}
		}
		slices.Sort(beside)
		for _, id := range slices.Compact(beside) {
			if !slices.Contains(screens[path], id) {
				near = append(near, place("near", id))
			}
		}
	}
	out = append(out, near...)
	out = out[:min(len(out), maxPlaces)]
	at := time.UnixMilli(in.At)
	if in.At <= 0 {
		at = time.Now()
	}
	out = append(out, AlarmPlace{Kind: "history", Link: "/history?" + url.Values{"tag": {string(path)}, "from": {strconv.FormatInt(at.Add(-15*time.Minute).UnixMilli(), 10)}, "to": {strconv.FormatInt(at.Add(15*time.Minute).UnixMilli(), 10)}}.Encode()})
	if rights.Allows(auth.Design, path) && !path.Under("system") {
		out = append(out, AlarmPlace{Kind: "tag", Link: "/plant?" + url.Values{"tag": {string(path)}}.Encode()})
	}
	return answerWith(out)
}

// AlarmView is how a person wants to see the list of alarms.
type AlarmView struct {
	Area       string   `json:"area,omitempty" maxLength:"512"`
	Priorities []string `json:"priorities,omitempty" maxItems:"4" enum:"urgent,high,medium,low"`
	States     []string `json:"states,omitempty" maxItems:"8"`
	Classes    []string `json:"classes,omitempty" maxItems:"200"`
	Query      string   `json:"query,omitempty" maxLength:"200"`
	Sort       string   `json:"sort,omitempty" maxLength:"20"`
	// Columns are those that are shown, those of everybody when left out.
	Columns []string `json:"columns,omitempty" maxItems:"20"`
}

// viewSetting is the name of the setting of a person.
func viewSetting(ctx context.Context) string {
	return "alarm-view/" + strings.ToLower(actorOf(ctx).Name)
}

func (s *Server) getAlarmView(ctx context.Context, _ *nothing) (*body[AlarmView], error) {
	var v AlarmView
	text, err := s.store.Setting(ctx, viewSetting(ctx))
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return nil, err
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &v); err != nil {
			s.log.Warn("the view of a list of alarms is not readable", "error", err)
			v = AlarmView{}
		}
	}
	return answerWith(v)
}

func (s *Server) setAlarmView(ctx context.Context, in *body[AlarmView]) (*nothing, error) {
	raw, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	return nil, s.store.SetSetting(ctx, viewSetting(ctx), string(raw))
}

// AlarmComment is what somebody says of alarms.
type AlarmComment struct {
	Alarms  []string `json:"alarms" minItems:"1" maxItems:"1000"`
	Comment string   `json:"comment" minLength:"1" maxLength:"1000"`
}

// commentAlarms writes lines of the journal; the alarms stay as they are.
func (s *Server) commentAlarms(ctx context.Context, in *body[AlarmComment]) (*body[AlarmDone], error) {
	actor, now := actorOf(ctx), time.Now()
	text := strings.TrimSpace(in.Body.Comment)
	if text == "" {
		return nil, errAlarmComment.with().at("/comment")
	}
	list, _ := s.engine.Alarms()
	keys := slices.Clone(in.Body.Alarms)
	slices.Sort(keys)
	var lines []alarm.Entry
	for _, key := range slices.Compact(keys) {
		path, _ := alarm.Key(key).Split()
		if !actor.Rights.Allows(auth.View, path) || !actor.Rights.Allows(auth.Acknowledge, path) {
			return nil, errAlarmForbidden.with()
		}
		line, ok, err := s.alarmLine(ctx, alarm.Key(key), list)
		switch {
		case err != nil:
			return nil, err
		case !ok:
			return nil, errAlarmUnknown.with()
		}
		line.Time, line.Event, line.By, line.Origin, line.Comment = now, alarm.Comment, actor.Name, actor.Origin, text
		lines = append(lines, line)
	}
	if err := s.store.KeepAlarms(ctx, alarm.Changes{Journal: lines}); err != nil {
		return nil, err
	}
	return answerWith(AlarmDone{Done: len(lines)})
}

// alarmLine is what the journal says of an alarm: as it stands now, or else as it was last.
func (s *Server) alarmLine(ctx context.Context, key alarm.Key, list []*engine.Alarm) (alarm.Entry, bool, error) {
	for _, a := range list {
		if a.Key == key {
			return alarm.Entry{Path: a.Path, Alarm: a.ID, Priority: a.Priority, State: a.State, Title: a.Title, Name: a.Name, Message: a.Message, Value: a.Value}, true, nil
		}
	}
	last, _, err := s.store.Journal(ctx, store.JournalFilter{Key: key, Limit: 1})
	if err != nil || len(last) == 0 {
		return alarm.Entry{}, false, err
	}
	return last[0], true, nil
}
