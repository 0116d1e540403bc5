package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/alarm/figures"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// AlarmFigures are the figures of the alarm system in a period, with what is known of the alarms that they name.
type AlarmFigures struct {
	figures.Figures
	// Names are of the alarms by their keys.
	Names map[string]AlarmName `json:"names"`
}

// AlarmName is what is declared of an alarm.
type AlarmName struct {
	Title spec.Text `json:"title"`
	Name  spec.Text `json:"name"`
	Unit  string    `json:"unit,omitempty"`
	// OnDelay, OffDelay and Deadband are those it has now, in seconds and in Unit.
	OnDelay  float64 `json:"onDelay,omitempty"`
	OffDelay float64 `json:"offDelay,omitempty"`
	Deadband float64 `json:"deadband,omitempty"`
	// Link is the address of the page where the alarm is set up, left out for who may not.
	Link string `json:"link,omitempty"`
}

// AlarmFigureSettings say how the figures are judged.
type AlarmFigureSettings struct {
	// Operators is for how many operators the alarms are.
	Operators int `json:"operators" minimum:"1" maximum:"100"`
	// FleetingSeconds is how short an alarm is fleeting.
	FleetingSeconds int `json:"fleetingSeconds" enum:"1,2,3,5,10,15,20,30,60"`
}

const figureSetting = "alarm-figures"

func (s *Server) alarmFiguresResource() {
	add(s, route{method: "GET", path: "/alarms/figures", id: "getAlarmFigures", tag: "alarms", summary: "The figures of the alarm system by EEMUA 191 and ISA-18.2", access: anywhere(auth.View)}, s.getAlarmFigures)
	add(s, route{method: "GET", path: "/alarms/figures.xlsx", id: "exportAlarmFigures", tag: "alarms", summary: "The figures of the alarm system as a workbook", access: anywhere(auth.View), answer: &huma.MediaType{Schema: &huma.Schema{Type: "string", Format: "binary"}}, answerType: workbookType}, s.exportAlarmFigures)
	add(s, route{method: "GET", path: "/alarms/figures/settings", id: "getAlarmFigureSettings", tag: "alarms", summary: "How the figures are judged", access: anywhere(auth.View)}, s.getFigureSettings)
	add(s, route{method: "PUT", path: "/alarms/figures/settings", id: "setAlarmFigureSettings", tag: "alarms", summary: "Set how the figures are judged", access: whole(auth.Design), status: 204}, s.setFigureSettings)
}

// figuresInput is a period.
type figuresInput struct {
	From  time.Time `query:"from" required:"true" doc:"the begin of the period"`
	Until time.Time `query:"until" doc:"its end; now when left out"`
	Area  string    `query:"area" maxLength:"512" doc:"only alarms of tags at or below this path"`
}

var errSpan = define("span_too_long", 422, "The period is not one: it must end after it begins and be no longer than two years.", "时间段无效：结束必须晚于开始，且不超过两年。", "Choose a shorter period.", "请选择更短的时间段。")

// figuresKept are the figures of the periods that were asked for last; each goes on from the line where it was. The zero value
// is ready.
type figuresKept struct {
	mu   sync.Mutex
	list []*collecting
}

type collecting struct {
	key  string
	mu   sync.Mutex
	c    *figures.Collector
	last int64
}

// maxCollectors is how many periods are kept.
const maxCollectors = 8

// of finds a period, or makes it.
func (l *figuresKept) of(key string, fresh func() *figures.Collector) *collecting {
	l.mu.Lock()
	defer l.mu.Unlock()
	i := slices.IndexFunc(l.list, func(c *collecting) bool { return c.key == key })
	if i < 0 {
		l.list = append(l.list, &collecting{key: key, c: fresh()})
		i = len(l.list) - 1
	}
	found := l.list[i]
	// The one asked for last is at the end, the one to go at the begin.
	l.list = append(slices.Delete(l.list, i, i+1), found)
	if len(l.list) > maxCollectors {
		l.list = slices.Delete(l.list, 0, 1)
	}
	return found
}

func (s *Server) figures(ctx context.Context, in *figuresInput) (*AlarmFigures, error) {
	now := time.Now()
	until := in.Until
	if until.After(now) {
		until = time.Time{}
	}
	end := until
	if end.IsZero() {
		end = now
	}
	if !end.After(in.From) || end.Sub(in.From) > figures.MaxSpan {
		return nil, errSpan.with().at("/from")
	}
	settings, err := s.figureSettings(ctx)
	if err != nil {
		return nil, err
	}
	zone, err := s.plantZone(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	wants := func(path tag.Path) bool { return path.Under(tag.Path(in.Area)) && rights.Allows(auth.View, path) }
	o := figures.Options{Operators: settings.Operators, Fleeting: time.Duration(settings.FleetingSeconds) * time.Second, Now: end, Zone: zone}
	list, _ := s.engine.Alarms()
	if until.IsZero() {
		for _, a := range list {
			if wants(a.Path) {
				o.Present = append(o.Present, figures.Present{Key: a.Key, Priority: a.Priority, State: a.State, Active: a.Active, Raised: a.Raised})
			}
		}
	}
	key := fmt.Sprint(in.From.UnixMicro(), until.UnixMicro(), "\x00", in.Area, "\x00", rights.Key())
	work := s.figuresKept.of(key, func() *figures.Collector { return figures.New(in.From, until) })
	work.mu.Lock()
	defer work.mu.Unlock()
	work.last, err = s.store.ScanJournal(ctx, in.From, until, work.last, func(e *alarm.Entry) {
		if wants(e.Path) {
			work.c.Add(e)
		}
	})
	if err != nil {
		// Half a period is none.
		work.c, work.last = figures.New(in.From, until), 0
		return nil, err
	}
	out := &AlarmFigures{Figures: work.c.Figures(o), Names: map[string]AlarmName{}}
	s.nameFigures(out, rights, list)
	return out, nil
}

// plantZone is the time zone of the plant, that of the server when it has none.
func (s *Server) plantZone(ctx context.Context) (*time.Location, error) {
	p, _, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	if p.Timezone != "" {
		if zone, err := time.LoadLocation(p.Timezone); err == nil {
			return zone, nil
		}
	}
	return time.Local, nil
}

// nameFigures adds what is declared of the alarms, and finishes the advice that hangs on it.
func (s *Server) nameFigures(f *AlarmFigures, rights auth.Rights, list []*engine.Alarm) {
	x := s.engine.Expansion()
	limits := map[alarm.Key]float64{}
	name := func(key alarm.Key) AlarmName {
		path, id := key.Split()
		n := AlarmName{Title: spec.Text{"en": string(path)}, Name: spec.Text{"en": id}}
		i, ok := x.Index(path)
		if !ok {
			// Those of the runtime itself.
			if at := slices.IndexFunc(list, func(a *engine.Alarm) bool { return a.Key == key }); at >= 0 {
				n.Title, n.Name = list[at].Title, list[at].Name
			}
			return n
		}
		t := &x.Tags[i]
		if len(t.Title) > 0 {
			n.Title = t.Title
		}
		n.Unit = t.Unit
		if a, ok := t.Alarms[id]; ok {
			if n.Name = a.Title; len(n.Name) == 0 {
				n.Name = alarm.KindTitle(a.Kind)
			}
			on, _ := time.ParseDuration(a.OnDelay) // they were checked
			off, _ := time.ParseDuration(a.OffDelay)
			n.OnDelay, n.OffDelay = on.Seconds(), off.Seconds()
			if b := a.Deadband; b != nil {
				if n.Deadband = b.Absolute; t.Range != nil {
					n.Deadband = max(n.Deadband, b.Percent/100*(t.Range.High-t.Range.Low))
				}
			}
			if a.Limit != nil {
				limits[key] = *a.Limit
			}
		}
		if rights.Allows(auth.Design, path) {
			n.Link = alarmLink(x, i)
		}
		return n
	}
	note := func(key alarm.Key) {
		if _, ok := f.Names[string(key)]; !ok && key != "" {
			f.Names[string(key)] = name(key)
		}
	}
	for _, list := range [][]figures.Frequent{f.Top, f.Chattering, f.Fleeting, f.Standing} {
		for i := range list {
			note(list[i].Key)
		}
	}
	advice := []figures.Advice{}
	for _, a := range f.Advice {
		note(a.Key)
		n := f.Names[string(a.Key)]
		switch a.Kind {
		case "on-delay":
			if a.Seconds <= n.OnDelay {
				continue
			}
		case "off-delay":
			if a.Seconds <= n.OffDelay {
				continue
			}
		case "deadband":
			limit, ok := limits[a.Key]
			if a.Amount = figures.Deadband(limit, a.Values); !ok || a.Amount <= n.Deadband {
				continue
			}
		}
		advice = append(advice, a)
	}
	f.Advice = advice
}

// alarmLink is where the alarms of a tag are set up: with the tag itself, or with its model.
func alarmLink(x *plant.Expansion, i int) string {
	if o, ok := x.Origin(i); ok {
		return "/plant?model=" + url.QueryEscape(o.Model)
	}
	return "/plant?tag=" + url.QueryEscape(string(x.Tags[i].Path))
}

func (s *Server) getAlarmFigures(ctx context.Context, in *figuresInput) (*body[AlarmFigures], error) {
	f, err := s.figures(ctx, in)
	if err != nil {
		return nil, err
	}
	return answerWith(*f)
}

func (s *Server) figureSettings(ctx context.Context) (AlarmFigureSettings, error) {
	out := AlarmFigureSettings{Operators: 1, FleetingSeconds: 10}
	text, err := s.store.Setting(ctx, figureSetting)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return out, err
	}
	if text != "" {
		if err := json.Unmarshal([]byte(text), &out); err != nil {
			s.log.Warn("the settings of the alarm figures are not readable", "error", err)
		}
	}
	return out, nil
}

func (s *Server) getFigureSettings(ctx context.Context, _ *nothing) (*body[AlarmFigureSettings], error) {
	out, err := s.figureSettings(ctx)
	if err != nil {
		return nil, err
	}
	return answerWith(out)
}

func (s *Server) setFigureSettings(ctx context.Context, in *body[AlarmFigureSettings]) (*nothing, error) {
	raw, err := json.Marshal(in.Body)
	if err != nil {
		return nil, err
	}
	actor := actorOf(ctx)
	return nil, s.store.SetSetting(ctx, figureSetting, string(raw), store.Entry{Time: time.Now(), Actor: actor.Name, Origin: actor.Origin, Action: "alarm.figures", Target: figureSetting})
}

func (s *Server) exportAlarmFigures(ctx context.Context, in *figuresInput) (*rawDocument, error) {
	f, err := s.figures(ctx, in)
	if err != nil {
		return nil, err
	}
	zone, err := s.plantZone(ctx)
	if err != nil {
		return nil, err
	}
	lang := languageOf(ctx)
	word := func(en, zh string) string { return spec.Text{"en": en, "zh": zh}.In(lang) }
	n := func(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
	when := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.In(zone).Format("2006-01-02 15:04:05")
	}
	summary := [][]string{
		{word("From", "开始"), when(f.From)}, {word("Until", "结束"), when(f.Until)}, {word("Operators", "操作员数"), n(float64(f.Operators))}, {word("Alarms", "报警数"), n(float64(f.Alarms))},
		{word("Alarms in 10 minutes and for one operator, average", "每操作员每 10 分钟报警数，平均"), n(f.Average)}, {word("The same, at most", "同上，最大"), n(f.Peak)}, {word("Peak at", "峰值时间"), when(f.PeakAt)},
		{word("Share of the time with at most 1", "不超过 1 个的时间占比"), n(f.Target)}, {word("Share of the time with at most 2", "不超过 2 个的时间占比"), n(f.Manageable)}, {word("Share of the time with more than 10", "超过 10 个的时间占比"), n(f.Over)},
		{word("Floods", "报警泛滥次数"), n(float64(f.FloodCount))}, {word("Share of the time in floods", "泛滥时间占比"), n(f.FloodShare)}, {word("Share of the most frequent alarms", "最频繁报警的占比"), n(f.TopShare)},
		{word("Alarms that chatter", "抖动报警数"), n(float64(f.ChatterCount))}, {word("Share of fleeting alarms", "瞬时报警占比"), n(f.FleetingShare)}, {word("Alarms that stood for more than a day", "持续超过一天的报警数"), n(float64(f.StandingCount))},
		{word("Acknowledged", "确认次数"), n(float64(f.Acknowledged))}, {word("Seconds to the acknowledgement, mean", "确认用时（秒），平均"), n(f.AckMean)}, {word("Half of them within", "半数不超过"), n(f.AckHalf)}, {word("Nine in ten within", "九成不超过"), n(f.AckMost)},
		{word("Shelved", "搁置次数"), n(float64(f.Shelved))}, {word("Suppressed", "抑制次数"), n(float64(f.Suppressed))}, {word("Taken out of service", "停用次数"), n(float64(f.OutOfService))},
	}
	var priorities, bars, alarms, floods [][]string
	for _, p := range f.Priorities {
		priorities = append(priorities, []string{p.Priority, n(float64(p.Alarms)), n(p.Share), n(p.Aim)})
	}
	for _, b := range f.Bars {
		row := []string{when(b.At)}
		for _, c := range b.Counts {
			row = append(row, strconv.Itoa(c))
		}
		bars = append(bars, row)
	}
	for _, fl := range f.Floods {
		floods = append(floods, []string{when(fl.From), n(fl.Seconds), strconv.Itoa(fl.Alarms), strconv.Itoa(fl.Peak)})
	}
	for _, part := range []struct {
		title string
		list  []figures.Frequent
	}{{word("frequent", "频繁"), f.Top}, {word("chattering", "抖动"), f.Chattering}, {word("fleeting", "瞬时"), f.Fleeting}, {word("standing", "持续"), f.Standing}} {
		for _, a := range part.list {
			name := f.Names[string(a.Key)]
			alarms = append(alarms, []string{part.title, string(a.Key), name.Title.In(lang), name.Name.In(lang), a.Priority, strconv.Itoa(a.Raised), n(a.Share), strconv.Itoa(a.Chatter), strconv.Itoa(a.Fleeting), n(a.Longest), when(a.Since)})
		}
	}
	table := func(name string, header []string, rows [][]string) sheet.Table {
		return sheet.Table{Name: name, Header: header, Rows: slices.Values(rows)}
	}
	return sheetFile("alarm-figures", true,
		table(word("Figures", "指标"), []string{word("Figure", "指标"), word("Value", "数值")}, summary),
		table(word("Alarms", "报警"), []string{word("List", "列表"), word("Alarm", "报警"), word("Title", "标题"), word("Name", "名称"), word("Priority", "优先级"), word("Raised", "触发次数"), word("Share", "占比"), word("Chatter", "抖动次数"), word("Fleeting", "瞬时次数"), word("Longest (s)", "最长（秒）"), word("Since", "起始时间")}, alarms),
		table(word("Priorities", "优先级"), []string{word("Priority", "优先级"), word("Alarms", "报警数"), word("Share", "占比"), word("Aim", "目标")}, priorities),
		table(word("Over time", "随时间"), []string{word("From", "开始"), "urgent", "high", "medium", "low"}, bars),
		table(word("Floods", "报警泛滥"), []string{word("From", "开始"), word("Seconds", "秒"), word("Alarms", "报警数"), word("Most in 10 minutes", "10 分钟最多")}, floods))
}
