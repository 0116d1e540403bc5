package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// maxJournal is how many lines of the journal are looked at for one block.
const maxJournal = 200_000

// raised is an alarm that was raised in the period.
type raised struct {
	entry    alarm.Entry
	returned time.Time
	by       string
}

// alarms fills a table of the journal.
func (f *filler) alarms(a *Alarms) (*Grid, string, error) {
	f.content.Paths = append(f.content.Paths, a.Area)
	if a.Area != "" && !f.src.May(a.Area) {
		f.note(f.block, say(f.lang, noteRight, string(a.Area)))
		return nil, wordNoAlarms.In(f.lang), nil
	}
	limit := 100
	if a.Show == "top" {
		limit = 10
	}
	if a.Limit != nil {
		limit = *a.Limit
	}
	// The newest comes first, so what became of an alarm is seen before it was raised.
	var list []raised
	looked, all := 0, 0
	returned, acked := map[alarm.Key]time.Time{}, map[alarm.Key]string{}
	type count struct {
		key   alarm.Key
		entry alarm.Entry
		n     int
		time  time.Duration
	}
	counts := map[alarm.Key]*count{}
	byPriority := map[string]int{}
	err := f.src.Journal(f.ctx, JournalFilter{Area: a.Area, Priorities: a.Priorities, From: f.span.From, Until: f.until}, func(e alarm.Entry) bool {
		key := alarm.KeyOf(e.Path, e.Alarm)
		switch e.Event {
		case alarm.Return:
			returned[key] = e.Time
		case alarm.Acknowledge:
			acked[key] = e.By
		case alarm.Raise:
			all++
			byPriority[e.Priority]++
			if len(list) < limit {
				list = append(list, raised{entry: e, returned: returned[key], by: acked[key]})
			}
			c := counts[key]
			if c == nil {
				c = &count{key: key, entry: e}
				counts[key] = c
			}
			c.n++
			end := returned[key]
			if end.IsZero() {
				end = f.until
			}
			if end.After(e.Time) {
				c.time += end.Sub(e.Time)
			}
			delete(returned, key)
			delete(acked, key)
		}
		looked++
		return looked < maxJournal && f.ctx.Err() == nil
	})
	if err != nil {
		return nil, "", fmt.Errorf("alarm journal: %w", err)
	}
	if looked >= maxJournal {
		f.note(f.block, say(f.lang, noteMany, maxJournal))
	}
	if all == 0 {
		return nil, wordNoAlarms.In(f.lang), nil
	}
	name := func(e *alarm.Entry) string {
		title, alarm := inLanguage(e.Title, f.lang), inLanguage(e.Name, f.lang)
		if title == "" {
			title = string(e.Path)
		}
		return short(strings.TrimSuffix(title+" – "+alarm, " – "))
	}
	priority := func(p string) Cell {
		// By digit and word, as everywhere: 1 is the most urgent.
		return Cell{Text: fmt.Sprintf("%d %s", alarm.Rank(p)+1, priorityNames[p].In(f.lang))}
	}
	whole := func(n int) Cell {
		v := float64(n)
		return Cell{Text: number(v, 0), Number: &v}
	}
	column := func(title string, numeric bool) GridColumn { return GridColumn{Title: title, Numeric: numeric} }
	g := &Grid{}
	switch a.Show {
	case "priorities":
		g.Columns = []GridColumn{column(wordPriority.In(f.lang), false), column(wordCount.In(f.lang), true), {Title: wordShare.In(f.lang), Unit: "%", Numeric: true}}
		for _, p := range alarm.Priorities {
			share := 100 * float64(byPriority[p]) / float64(all)
			if len(a.Priorities) == 0 || slices.Contains(a.Priorities, p) {
				g.Rows = append(g.Rows, []Cell{priority(p), whole(byPriority[p]), {Text: number(share, 1), Number: &share, Decimals: 1}})
			}
		}
		hundred := 100.0
		g.Total = []Cell{{Text: wordTotal.In(f.lang)}, whole(all), {Text: number(hundred, 1), Number: &hundred, Decimals: 1}}
	case "top":
		g.Columns = []GridColumn{column(wordAlarm.In(f.lang), false), column(wordPriority.In(f.lang), false), column(wordCount.In(f.lang), true), {Title: wordShare.In(f.lang), Unit: "%", Numeric: true}, column(wordDuration.In(f.lang), true)}
		order := make([]*count, 0, len(counts))
		for _, c := range counts {
			order = append(order, c)
		}
		slices.SortFunc(order, func(x, y *count) int { return cmp.Or(cmp.Compare(y.n, x.n), cmp.Compare(x.key, y.key)) })
		for _, c := range order[:min(limit, len(order))] {
			share := 100 * float64(c.n) / float64(all)
			g.Rows = append(g.Rows, []Cell{{Text: name(&c.entry)}, priority(c.entry.Priority), whole(c.n), {Text: number(share, 1), Number: &share, Decimals: 1}, f.durationCell(known(c.time.Seconds()))})
		}
		if len(order) > limit {
			f.note(f.block, say(f.lang, noteCut, limit, len(order)))
		}
	default:
		g.Columns = []GridColumn{column(wordTime.In(f.lang), false), column(wordPriority.In(f.lang), false), column(wordAlarm.In(f.lang), false), column(wordMessage.In(f.lang), false), column(wordReturned.In(f.lang), true), column(wordAcked.In(f.lang), false)}
		slices.Reverse(list)
		for _, r := range list {
			at := r.entry.Time.In(f.calendar.Zone)
			lasted := Cell{Text: wordOpen.In(f.lang)}
			if !r.returned.IsZero() {
				lasted = f.durationCell(known(r.returned.Sub(r.entry.Time).Seconds()))
			}
			g.Rows = append(g.Rows, []Cell{{Text: at.Format("01-02 15:04:05"), Time: &at}, priority(r.entry.Priority), {Text: name(&r.entry)}, {Text: short(inLanguage(r.entry.Message, f.lang))}, lasted, {Text: short(r.by)}})
		}
		if all > len(list) {
			f.note(f.block, say(f.lang, noteCut, len(list), all))
		}
	}
	f.room(len(g.Rows), len(g.Columns))
	return g, "", nil
}

// stop is a time in which a tag was in a state.
type stop struct {
	title    string
	from, to time.Time
	open     bool
	begun    bool // before the period
	state    string
}

// maxStops bounds how many are gathered before the longest are chosen.
const maxStops = 100_000

// stops lists when tags were in a state.
func (f *filler) stops(s *Stops) (*Grid, string, error) {
	shortest, _ := time.ParseDuration(s.Shortest)
	limit := 50
	if s.Limit != nil {
		limit = *s.Limit
	}
	var list []stop
	for i := range s.Items {
		it := &s.Items[i]
		m, ok := f.meta(it.Tag)
		h := f.src.History()
		if !ok || h == nil || !h.Has(it.Tag) {
			continue
		}
		title, want := f.itemTitle(it, m, ""), stateOf(it.State)
		var open *stop
		end := func(at time.Time) {
			if open != nil && at.Sub(open.from) >= shortest && len(list) < maxStops {
				open.to = at
				list = append(list, *open)
			}
			open = nil
		}
		see := func(x *historian.Sample, at time.Time, begun bool) {
			in := !x.Quality.IsBad() && inState(x.Value, want)
			shown := ""
			if in && want.IsNone() && x.Value.Type() != tag.Bool {
				shown = short(x.Value.String())
			}
			switch {
			case !in:
				end(at)
			case open == nil:
				open = &stop{title: title, from: at, begun: begun, state: shown}
			case shown != open.state: // another reason
				end(at)
				open = &stop{title: title, from: at, state: shown}
			}
		}
		from := stamp(f.span.From)
		held, ok, err := h.At(f.ctx, it.Tag, from)
		if err != nil {
			return nil, "", err
		}
		if ok {
			see(&held, f.span.From, held.Time < from)
		}
		err = h.Raw(f.ctx, it.Tag, from, stamp(f.until), func(part []historian.Sample) bool {
			for j := range part {
				see(&part[j], part[j].Time.Std().In(f.calendar.Zone), false)
			}
			return f.ctx.Err() == nil && len(list) < maxStops
		})
		if err != nil {
			return nil, "", err
		}
		if open != nil {
			open.open = true
			end(f.until)
		}
	}
	if len(list) == 0 {
		return nil, wordNoStops.In(f.lang), nil
	}
	all := len(list)
	if s.Order == "longest" {
		slices.SortStableFunc(list, func(a, b stop) int { return cmp.Compare(b.to.Sub(b.from), a.to.Sub(a.from)) })
	} else {
		slices.SortStableFunc(list, func(a, b stop) int { return a.from.Compare(b.from) })
	}
	if len(list) > limit {
		list = list[:limit]
		f.note(f.block, say(f.lang, noteCut, limit, all))
	}
	states := slices.ContainsFunc(list, func(x stop) bool { return x.state != "" })
	g := &Grid{Columns: []GridColumn{{Title: wordTag.In(f.lang)}, {Title: wordFrom.In(f.lang)}, {Title: wordTo.In(f.lang)}, {Title: wordDuration.In(f.lang), Numeric: true}}}
	if states {
		g.Columns = append(g.Columns, GridColumn{Title: wordState.In(f.lang)})
	}
	total := 0.0
	for i := range list {
		x := &list[i]
		from, to := x.from.In(f.calendar.Zone), x.to.In(f.calendar.Zone)
		begin := Cell{Text: from.Format("01-02 15:04:05"), Time: &from}
		if x.begun {
			begin.Text = "… " + begin.Text
		}
		finish := Cell{Text: to.Format("01-02 15:04:05"), Time: &to}
		if x.open {
			finish = Cell{Text: wordOpen.In(f.lang)}
		}
		seconds := to.Sub(from).Seconds()
		total += seconds
		row := []Cell{{Text: x.title}, begin, finish, f.durationCell(known(seconds))}
		if states {
			row = append(row, Cell{Text: x.state})
		}
		g.Rows = append(g.Rows, row)
	}
	g.Total = []Cell{{Text: wordTotal.In(f.lang)}, {}, {}, f.durationCell(known(total))}
	if states {
		g.Total = append(g.Total, Cell{})
	}
	f.room(len(g.Rows), len(g.Columns))
	return g, "", nil
}

// inState reports whether a value is the state; none is anything but 0, false and "".
func inState(v, state tag.Value) bool {
	if v.IsNone() {
		return false
	}
	if !state.IsNone() {
		if v.Type().IsNumber() && state.Type().IsNumber() {
			return v.Float() == state.Float()
		}
		return v.Equal(state)
	}
	switch v.Type() {
	case tag.Bool:
		return v.Bool()
	case tag.Int, tag.Float:
		return v.Float() != 0
	}
	return v.Text() != ""
}
