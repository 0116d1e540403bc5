package report

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Fill makes the content of a report for a period. What is missing is noted, not refused: a report of a plant in which a
// tag is gone still comes. The error is that of the history or the journal, or of the context.
func Fill(ctx context.Context, r *Report, src Source, req Request) (*Content, error) {
	f := &filler{ctx: ctx, report: r, src: src, req: req, lang: req.Language, calendar: src.Calendar(), noted: map[string]bool{}, known: map[call]amount{}}
	if f.lang == "" {
		f.lang = r.Language
	}
	if f.lang == "" {
		f.lang = "en"
	}
	if f.calendar.Zone == nil {
		f.calendar.Zone = time.UTC
	}
	if req.Now.IsZero() {
		req.Now = time.Now()
	}
	span := Span{From: req.Span.From.In(f.calendar.Zone), To: req.Span.To.In(f.calendar.Zone), Name: req.Span.Name}
	f.span, f.until = span, span.To
	now := req.Now.In(f.calendar.Zone)
	c := &Content{
		Site: src.Site(), Language: f.lang, Zone: f.calendar.Zone.String(), From: span.From, To: span.To,
		Period: periodName(req.Kind, span, f.lang), Made: now, By: req.By, Page: r.Page, Parts: []Part{},
	}
	f.content = c
	c.Title = inLanguage(r.Title, f.lang)
	if now.Before(span.To) {
		f.until = now
		if now.Before(span.From) {
			f.until = span.From
		}
		f.note("", say(f.lang, noteNow, moment(now)))
	}
	if src.History() == nil {
		f.note("", noteNoHistory.In(f.lang))
	}
	for i := range r.Blocks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := &r.Blocks[i]
		f.block = b.ID
		p, err := f.fill(b)
		if err != nil {
			return nil, err
		}
		c.Parts = append(c.Parts, p)
		if req.Progress != nil {
			req.Progress(float64(i+1) / float64(len(r.Blocks)))
		}
	}
	f.block = ""
	for dst, band := range map[*[3]string]*Band{&c.Header: r.Header, &c.Footer: r.Footer} {
		if band == nil {
			continue
		}
		for i, t := range []spec.Text{band.Left, band.Center, band.Right} {
			s, err := f.words(t)
			if err != nil {
				return nil, err
			}
			dst[i] = s
		}
	}
	slices.Sort(c.Paths)
	c.Paths = slices.Compact(c.Paths)
	return c, nil
}

// filler fills one report.
type filler struct {
	ctx      context.Context
	report   *Report
	src      Source
	req      Request
	lang     string
	calendar Calendar
	span     Span
	// until is the end of what is looked at: that of the period, or now.
	until   time.Time
	content *Content
	block   string
	noted   map[string]bool
	known   map[call]amount
	cells   int
}

func (f *filler) note(block, words string) {
	if key := block + "\x00" + words; !f.noted[key] && len(f.content.Notes) < maxNotes {
		f.noted[key] = true
		f.content.Notes = append(f.content.Notes, Note{Block: block, Text: words})
	}
}

// may notes a tag that may not be shown, and remembers the others.
func (f *filler) may(path tag.Path) bool {
	if !f.src.May(path) {
		f.note(f.block, say(f.lang, noteRight, string(path)))
		return false
	}
	f.content.Paths = append(f.content.Paths, path)
	return true
}

// meta describes a tag that may be shown; false for one that is gone with its history. One that has no title has its path.
func (f *filler) meta(path tag.Path) (Meta, bool) {
	if !f.may(path) {
		return Meta{Title: string(path)}, false
	}
	m, there := f.src.Meta(path, f.lang)
	if m.Title == "" {
		m.Title = string(path)
	}
	if there {
		return m, true
	}
	if h := f.src.History(); h == nil || !h.Has(path) {
		f.note(f.block, say(f.lang, noteGone, string(path)))
		return m, false
	}
	f.note(f.block, say(f.lang, noteOld, string(path)))
	return m, true
}

func (f *filler) fill(b *Block) (Part, error) {
	p := Part{Block: b.ID, Kind: b.Kind}
	var err error
	if p.Title, err = f.words(b.Title); err != nil {
		return p, err
	}
	switch b.Kind {
	case KindText:
		p.Style, p.Align = b.Text.Style, b.Text.Align
		p.Text, err = f.words(b.Text.Text)
	case KindTiles:
		p.Tiles, err = f.tiles(b.Tiles)
	case KindTable:
		if b.Table.Rows == "intervals" {
			p.Grid, p.Empty, err = f.intervals(b.Table)
		} else {
			p.Grid, p.Empty, err = f.tagRows(b.Table)
		}
	case KindTrend:
		if b.Trend.Style == "bar" {
			p.Chart, p.Empty, err = f.bars(b.Trend)
		} else {
			p.Chart, p.Empty, err = f.lines(b.Trend)
		}
	case KindAlarms:
		p.Grid, p.Empty, err = f.alarms(b.Alarms)
	case KindStops:
		p.Grid, p.Empty, err = f.stops(b.Stops)
	case KindPicture:
		p.Photo, p.Align = b.Picture, b.Picture.Align
		p.Text = inLanguage(b.Picture.Alternative, f.lang)
	}
	return p, err
}

// words fills the placeholders of a text, but for {page} and {pages}, which are those of the paper.
func (f *filler) words(t spec.Text) (string, error) {
	s := inLanguage(t, f.lang)
	if s == "" {
		return "", nil
	}
	parts, problem := parseText(s)
	if problem != nil {
		return s, nil // refused when it was saved
	}
	var out strings.Builder
	for _, p := range parts {
		switch {
		case p.formula != nil:
			a, err := f.compute(p.formula, f.span)
			if err != nil {
				return "", err
			}
			decimals := p.decimals
			if decimals < 0 {
				decimals = fitting(a.value)
			}
			out.WriteString(f.cell(a, decimals).Text)
		case p.name != "":
			out.WriteString(f.placeholder(p.name))
		default:
			out.WriteString(p.words)
		}
	}
	return out.String(), nil
}

// pageMark stands for the number of a page until the pages are made, pagesMark for how many there are: characters of
// private use, which nobody types.
const pageMark, pagesMark = "\ue000", "\ue001"

func (f *filler) placeholder(name string) string {
	c := f.content
	switch name {
	case "title":
		return c.Title
	case "site":
		return c.Site
	case "period":
		return c.Period
	case "from":
		return moment(c.From)
	case "to":
		return moment(c.To)
	case "date":
		return day(c.Made)
	case "time":
		return clock(c.Made)
	case "shift":
		return inLanguage(f.span.Name, f.lang)
	case "by":
		return c.By
	case "page":
		return pageMark
	case "pages":
		return pagesMark
	}
	return ""
}

// fitting are the decimals of a number of which nothing else is known.
func fitting(v float64) int {
	switch a := math.Abs(v); {
	case v == math.Trunc(v), a >= 10_000:
		return 0
	case a >= 100:
		return 1
	}
	return 2
}

// compute works out a formula over a span.
func (f *filler) compute(x *formula, span Span) (amount, error) {
	answers := make([]amount, len(x.calls))
	for i, c := range x.calls {
		var err error
		if answers[i], err = f.ask(c, span); err != nil {
			return amount{}, err
		}
	}
	out := x.eval(answers, span)
	if !out.known {
		f.note(f.block, noteFormula.In(f.lang))
	}
	return out, nil
}

// ask asks for one function of one tag over a span.
func (f *filler) ask(c call, span Span) (amount, error) {
	whole := span.From.Equal(f.span.From) && span.To.Equal(f.span.To)
	if a, ok := f.known[c]; ok && whole {
		return a, nil
	}
	if _, ok := f.meta(c.path); !ok {
		return amount{}, nil
	}
	points, err := f.aggregate(c.path, []Span{span}, c.function, c.state)
	if err != nil {
		return amount{}, err
	}
	a := amountOf(points[0])
	if whole {
		f.known[c] = a
	}
	return a, nil
}

// aggregate computes a function over spans, which follow each other; one without data has no value.
func (f *filler) aggregate(path tag.Path, spans []Span, fn historian.Function, state tag.Value) ([]historian.Point, error) {
	out := make([]historian.Point, len(spans))
	h := f.src.History()
	if h == nil || !h.Has(path) {
		for i := range out {
			out[i].Quality = tag.BadNoData
		}
		return out, nil
	}
	// Spans that touch are asked for at once.
	for i := 0; i < len(spans); {
		bounds := []tag.Time{stamp(spans[i].From)}
		n := i
		for ; n < len(spans) && stamp(spans[n].From) == bounds[len(bounds)-1] && len(bounds) <= historian.MaxBuckets; n++ {
			end := spans[n].To
			if end.After(f.until) {
				end = f.until
			}
			if stamp(end) <= bounds[len(bounds)-1] {
				break
			}
			bounds = append(bounds, stamp(end))
		}
		if n == i { // in the future
			out[i].Quality = tag.BadNoData
			i++
			continue
		}
		all, err := h.AggregateAll(f.ctx, path, bounds, []historian.Function{fn}, state)
		if err != nil {
			return nil, fmt.Errorf("history of %s: %w", path, err)
		}
		if len(all) == 1 {
			copy(out[i:n], all[0])
		}
		i = n
	}
	return out, nil
}

func amountOf(p historian.Point) amount {
	switch p.Value.Type() {
	case tag.Bool, tag.Int, tag.Float:
		a := known(p.Value.Float())
		a.uncertain = p.Quality.IsUncertain()
		return a
	}
	return amount{}
}

// cell shows a number.
func (f *filler) cell(a amount, decimals int) Cell {
	if !a.known {
		return Cell{Text: dash}
	}
	c := Cell{Text: number(a.value, decimals), Number: &a.value, Decimals: decimals, Uncertain: a.uncertain}
	if a.uncertain {
		c.Text += " ?"
		f.note(f.block, noteUncertain.In(f.lang))
	}
	return c
}

// durationCell shows seconds.
func (f *filler) durationCell(a amount) Cell {
	if !a.known {
		return Cell{Text: dash}
	}
	c := Cell{Text: lasting(time.Duration(min(a.value, 1e9)*1e9), f.lang), Number: &a.value, Duration: true, Uncertain: a.uncertain}
	if a.uncertain {
		c.Text += " ?"
		f.note(f.block, noteUncertain.In(f.lang))
	}
	return c
}

// pointCell shows a result of the history.
func (f *filler) pointCell(p historian.Point, fn historian.Function, m Meta, factor *float64, decimals *int) Cell {
	switch p.Value.Type() {
	case tag.String:
		return Cell{Text: short(p.Value.Text())}
	case tag.Bool:
		return Cell{Text: boolNames[p.Value.Bool()].In(f.lang)}
	case tag.Int, tag.Float:
	default:
		return Cell{Text: dash}
	}
	a := amountOf(p)
	if factor != nil && a.known {
		u := a.uncertain
		a = known(a.value * *factor)
		a.uncertain = u
	}
	if fn == historian.Duration && factor == nil {
		return f.durationCell(a)
	}
	return f.cell(a, decimalsOf(fn, m, factor, decimals))
}

// decimalsOf are the decimals of a function of a tag: those that were asked for, or those of the tag.
func decimalsOf(fn historian.Function, m Meta, factor *float64, decimals *int) int {
	switch {
	case decimals != nil:
		return *decimals
	case fn == historian.Count:
		return 0
	case fn == historian.PercentGood:
		return 1
	case m.Decimals != nil && factor == nil:
		return *m.Decimals
	case m.Type == tag.Int && factor == nil && fn != historian.Average && fn != historian.Mean && fn != historian.StdDev && fn != historian.Rate && fn != historian.Integral:
		return 0
	}
	return 2
}

// short keeps a text that came from a tag to one line of reasonable length.
func short(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "�")), " ")
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return s
}

func stateOf(raw []byte) tag.Value {
	if len(raw) == 0 {
		return tag.Value{}
	}
	v, err := tag.Parse(raw, tag.None)
	if err != nil {
		return tag.Value{}
	}
	return v
}

// room takes cells of what a report may hold.
func (f *filler) room(rows, columns int) int {
	rows = min(rows, MaxRows)
	if columns > 0 && rows > (maxCells-f.cells)/columns {
		rows = max(0, (maxCells-f.cells)/columns)
	}
	f.cells += rows * columns
	return rows
}

// steps are the parts of the period.
func (f *filler) steps(step string) ([]Span, bool) {
	if step == "shift" {
		out := f.calendar.shiftsIn(f.span)
		if len(out) == 0 {
			f.note(f.block, noteNoShifts.In(f.lang))
		}
		return out, true
	}
	s, err := historian.ParseStep(step)
	if err != nil {
		return nil, false
	}
	bounds, err := s.Buckets(stamp(f.span.From), stamp(f.span.To), f.calendar.Zone)
	if err != nil {
		f.note(f.block, noteSteps.In(f.lang))
		return nil, false
	}
	out := make([]Span, len(bounds)-1)
	for i := range out {
		out[i] = Span{From: bounds[i].Std().In(f.calendar.Zone), To: bounds[i+1].Std().In(f.calendar.Zone)}
	}
	return out, true
}
