package report

import (
	"math"
	"slices"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// tiles fills a few values.
func (f *filler) tiles(t *Tiles) ([]Tile, error) {
	out := make([]Tile, 0, len(t.Items))
	for i := range t.Items {
		it := &t.Items[i]
		if it.Formula != "" {
			x, problem := parseFormula(it.Formula)
			if problem != nil {
				continue // refused when it was saved
			}
			c, err := f.formulaCell(it, x, f.span)
			if err != nil {
				return nil, err
			}
			title := inLanguage(it.Title, f.lang)
			if title == "" {
				title = it.Formula
			}
			out = append(out, Tile{Title: title, Cell: c, Unit: it.Unit})
			continue
		}
		m, ok := f.meta(it.Tag)
		fn := historian.Function(it.Function)
		tile := Tile{Title: f.itemTitle(it, m, fn), Unit: itemUnit(it, m, fn), Cell: Cell{Text: dash}}
		if ok {
			points, err := f.aggregate(it.Tag, []Span{f.span}, fn, stateOf(it.State))
			if err != nil {
				return nil, err
			}
			tile.Cell = f.pointCell(points[0], fn, m, it.Factor, it.Decimals)
		}
		out = append(out, tile)
	}
	return out, nil
}

func (f *filler) formulaCell(it *Item, x *formula, span Span) (Cell, error) {
	a, err := f.compute(x, span)
	if err != nil {
		return Cell{}, err
	}
	if it.Factor != nil && a.known {
		u := a.uncertain
		a = known(a.value * *it.Factor)
		a.uncertain = u
	}
	decimals := fitting(a.value)
	if it.Decimals != nil {
		decimals = *it.Decimals
	}
	return f.cell(a, decimals), nil
}

// itemTitle names a value: as it is told, or by the tag and the function.
func (f *filler) itemTitle(it *Item, m Meta, fn historian.Function) string {
	if s := inLanguage(it.Title, f.lang); s != "" {
		return s
	}
	if fn == "" {
		return m.Title
	}
	return m.Title + " – " + functionName(fn, f.lang)
}

func itemUnit(it *Item, m Meta, fn historian.Function) string {
	if it.Unit != "" {
		return it.Unit
	}
	if it.Factor != nil {
		return ""
	}
	return unitOf(fn, m.Unit)
}

// chosen are the tags of a table: those it lists, those of a pattern, and those of a model.
func (f *filler) chosen(t *Table) []Item {
	out := slices.Clone(t.Items)
	add := func(paths []tag.Path) {
		for _, p := range paths {
			if !slices.ContainsFunc(t.Items, func(it Item) bool { return it.Tag == p }) {
				out = append(out, Item{Tag: p})
			}
		}
	}
	if t.Pattern != "" {
		add(f.src.Match(tag.Pattern(t.Pattern), MaxRows+1))
	}
	if t.Model != "" {
		add(f.src.OfModel(t.Model, t.Property, MaxRows+1))
	}
	return out
}

// tagRows is a table with a row for each tag.
func (f *filler) tagRows(t *Table) (*Grid, string, error) {
	items := f.chosen(t)
	if len(items) == 0 {
		return nil, noteEmptyTags(f.lang), nil
	}
	if rows := f.room(len(items), len(t.Columns)+1); rows < len(items) {
		if len(items) > MaxRows {
			f.note(f.block, say(f.lang, noteMany, rows))
		} else {
			f.note(f.block, say(f.lang, noteCut, rows, len(items)))
		}
		items = items[:rows]
	}
	g := &Grid{Columns: []GridColumn{{Title: wordTag.In(f.lang)}}}
	units := make([]string, len(items))
	for i := range t.Columns {
		title := inLanguage(t.Columns[i].Title, f.lang)
		if title == "" {
			title = functionName(historian.Function(t.Columns[i].Function), f.lang)
		}
		g.Columns = append(g.Columns, GridColumn{Title: title, Numeric: true})
	}
	for i := range items {
		if err := f.ctx.Err(); err != nil {
			return nil, "", err
		}
		it := &items[i]
		m, ok := f.meta(it.Tag)
		units[i] = itemUnit(it, m, "")
		name := f.itemTitle(it, m, "")
		row := []Cell{{Text: name}}
		for j := range t.Columns {
			c := &t.Columns[j]
			fn := historian.Function(c.Function)
			if !ok {
				row = append(row, Cell{Text: dash})
				continue
			}
			points, err := f.aggregate(it.Tag, []Span{f.span}, fn, stateOf(c.State))
			if err != nil {
				return nil, "", err
			}
			decimals := c.Decimals
			if decimals == nil {
				decimals = it.Decimals
			}
			cell := f.pointCell(points[0], fn, m, it.Factor, decimals)
			row = append(row, cell)
		}
		g.Rows = append(g.Rows, row)
	}
	// One unit for all stands in the head, different ones behind the names.
	same := !slices.ContainsFunc(units, func(u string) bool { return u != units[0] })
	for j := range t.Columns {
		fn := historian.Function(t.Columns[j].Function)
		if same {
			g.Columns[j+1].Unit = unitOf(fn, units[0])
		} else if fn == historian.PercentGood {
			g.Columns[j+1].Unit = "%"
		}
	}
	if !same {
		for i := range g.Rows {
			if units[i] != "" {
				g.Rows[i][0].Text += " (" + units[i] + ")"
			}
		}
	}
	f.total(g, t.Total)
	return g, "", nil
}

func noteEmptyTags(language string) string { return wordNoTags.In(language) }

// intervals is a table with a row for each step of the period.
func (f *filler) intervals(t *Table) (*Grid, string, error) {
	items := f.chosen(t)
	if len(items) == 0 {
		return nil, noteEmptyTags(f.lang), nil
	}
	if len(items) > maxColumns {
		f.note(f.block, say(f.lang, text("Only the first %d of %d columns are shown.", "只显示前 %d 列，共 %d 列。"), maxColumns, len(items)))
		items = items[:maxColumns]
	}
	steps, ok := f.steps(t.Step)
	if !ok || len(steps) == 0 {
		return nil, wordNoData.In(f.lang), nil
	}
	if rows := f.room(len(steps), len(items)+1); rows < len(steps) {
		f.note(f.block, say(f.lang, noteCut, rows, len(steps)))
		steps = steps[:rows]
	}
	g := &Grid{Columns: []GridColumn{{Title: wordTime.In(f.lang)}}, Rows: make([][]Cell, len(steps))}
	for i, s := range steps {
		from := s.From
		g.Rows[i] = append(make([]Cell, 0, len(items)+1), Cell{Text: stepName(s, t.Step, f.lang), Time: &from})
	}
	for i := range items {
		it := &items[i]
		if it.Formula != "" {
			x, problem := parseFormula(it.Formula)
			if problem != nil {
				continue
			}
			title := inLanguage(it.Title, f.lang)
			if title == "" {
				title = it.Formula
			}
			g.Columns = append(g.Columns, GridColumn{Title: title, Unit: it.Unit, Numeric: true})
			if err := f.formulaColumn(g, it, x, steps); err != nil {
				return nil, "", err
			}
			continue
		}
		fn := historian.Function(it.Function)
		if fn == "" {
			fn = historian.Function(t.Function)
		}
		m, ok := f.meta(it.Tag)
		title := inLanguage(it.Title, f.lang)
		if title == "" {
			title = m.Title + " – " + functionName(fn, f.lang)
		}
		g.Columns = append(g.Columns, GridColumn{Title: title, Unit: itemUnit(it, m, fn), Numeric: true})
		if !ok {
			for r := range g.Rows {
				g.Rows[r] = append(g.Rows[r], Cell{Text: dash})
			}
			continue
		}
		points, err := f.aggregate(it.Tag, steps, fn, stateOf(it.State))
		if err != nil {
			return nil, "", err
		}
		for r := range g.Rows {
			g.Rows[r] = append(g.Rows[r], f.pointCell(points[r], fn, m, it.Factor, it.Decimals))
		}
	}
	f.total(g, t.Total)
	return g, "", nil
}

// formulaColumn computes a formula for each step; each tag in it is asked for once.
func (f *filler) formulaColumn(g *Grid, it *Item, x *formula, steps []Span) error {
	answers := make([][]historian.Point, len(x.calls))
	for i, c := range x.calls {
		if _, ok := f.meta(c.path); !ok {
			continue
		}
		points, err := f.aggregate(c.path, steps, c.function, c.state)
		if err != nil {
			return err
		}
		answers[i] = points
	}
	for r, s := range steps {
		now := make([]amount, len(x.calls))
		for i := range now {
			if answers[i] != nil {
				now[i] = amountOf(answers[i][r])
			}
		}
		a := x.eval(now, s)
		if it.Factor != nil && a.known {
			u := a.uncertain
			a = known(a.value * *it.Factor)
			a.uncertain = u
		}
		decimals := 2
		if it.Decimals != nil {
			decimals = *it.Decimals
		}
		g.Rows[r] = append(g.Rows[r], f.cell(a, decimals))
	}
	return nil
}

// total adds a last row over the numbers above it.
func (f *filler) total(g *Grid, kind string) {
	names := map[string]string{"sum": wordTotal.In(f.lang), "avg": wordAverage.In(f.lang), "min": wordLowest.In(f.lang), "max": wordHighest.In(f.lang)}
	if names[kind] == "" || len(g.Rows) == 0 {
		return
	}
	g.Total = append(g.Total, Cell{Text: names[kind]})
	for c := 1; c < len(g.Columns); c++ {
		var sum float64
		low, high := math.Inf(1), math.Inf(-1)
		n, decimals, durations, uncertain := 0, 0, true, false
		for _, row := range g.Rows {
			x := &row[c]
			if x.Number == nil {
				continue
			}
			n++
			sum, low, high = sum+*x.Number, min(low, *x.Number), max(high, *x.Number)
			decimals, durations, uncertain = max(decimals, x.Decimals), durations && x.Duration, uncertain || x.Uncertain
		}
		if n == 0 {
			g.Total = append(g.Total, Cell{Text: dash})
			continue
		}
		a := known(map[string]float64{"sum": sum, "avg": sum / float64(n), "min": low, "max": high}[kind])
		a.uncertain = uncertain
		if durations {
			g.Total = append(g.Total, f.durationCell(a))
		} else {
			g.Total = append(g.Total, f.cell(a, decimals))
		}
	}
}

// lines fills a drawing of samples.
func (f *filler) lines(t *Trend) (*Chart, string, error) {
	c := &Chart{Style: t.Style, Height: heightOf(t), Low: t.Low, High: t.High}
	if c.Style == "" {
		c.Style = "line"
	}
	any := false
	for i := range t.Items {
		it := &t.Items[i]
		m, ok := f.meta(it.Tag)
		line := Line{Title: f.itemTitle(it, m, ""), Unit: itemUnit(it, m, "")}
		if h := f.src.History(); ok && h != nil && h.Has(it.Tag) {
			samples, err := h.Reduce(f.ctx, it.Tag, stamp(f.span.From), stamp(f.until), linePixel)
			if err != nil {
				return nil, "", err
			}
			line.Points = pointsOf(samples, it.Factor, stamp(f.span.From))
			if n := len(line.Points); n > 0 && line.Points[n-1].Value != nil {
				// The last value holds until the end of what is known.
				end := Point{Time: f.until.UnixMilli(), Value: line.Points[n-1].Value}
				if end.Time > line.Points[n-1].Time {
					line.Points = append(line.Points, end)
				}
			}
		}
		any = any || slices.ContainsFunc(line.Points, func(p Point) bool { return p.Value != nil })
		c.Lines = append(c.Lines, line)
	}
	if !any {
		return nil, wordNoData.In(f.lang), nil
	}
	return c, "", nil
}

// pointsOf are the points of samples: numbers, and a gap where there is none. A value from before the period holds into it.
func pointsOf(samples []historian.Sample, factor *float64, from tag.Time) []Point {
	out := make([]Point, 0, len(samples))
	for i := range samples {
		s := &samples[i]
		p := Point{Time: max(s.Time, from).Milli()}
		switch s.Value.Type() {
		case tag.Bool, tag.Int, tag.Float:
			v := s.Value.Float()
			if factor != nil {
				v *= *factor
			}
			if !s.Quality.IsBad() && !math.IsNaN(v) && !math.IsInf(v, 0) {
				p.Value = &v
			}
		}
		out = append(out, p)
	}
	return out
}

func heightOf(t *Trend) float64 {
	if t.Height != nil {
		return *t.Height
	}
	return 60
}

// bars fills a drawing with a bar for each step.
func (f *filler) bars(t *Trend) (*Chart, string, error) {
	steps, ok := f.steps(t.Step)
	if !ok || len(steps) == 0 {
		return nil, wordNoData.In(f.lang), nil
	}
	if len(steps)*len(t.Items) > maxBars {
		f.note(f.block, say(f.lang, noteBars, maxBars))
		return nil, wordNoData.In(f.lang), nil
	}
	c := &Chart{Style: "bar", Height: heightOf(t), Low: t.Low, High: t.High}
	for _, s := range steps {
		c.Bars = append(c.Bars, s.From)
		c.Labels = append(c.Labels, barName(s, t.Step, f))
	}
	any := false
	for i := range t.Items {
		it := &t.Items[i]
		fn := historian.Function(it.Function)
		m, ok := f.meta(it.Tag)
		line := Line{Title: f.itemTitle(it, m, fn), Unit: itemUnit(it, m, fn), Values: make([]*float64, len(steps))}
		line.Decimals = decimalsOf(fn, m, it.Factor, it.Decimals)
		factor := 1.0
		if it.Factor != nil {
			factor = *it.Factor
		} else if fn == historian.Duration {
			factor, line.Unit = 1.0/3600, "h"
		}
		if ok {
			points, err := f.aggregate(it.Tag, steps, fn, stateOf(it.State))
			if err != nil {
				return nil, "", err
			}
			for j := range points {
				if a := amountOf(points[j]); a.known {
					v := a.value * factor
					line.Values[j] = &v
					any = true
				}
			}
		}
		c.Lines = append(c.Lines, line)
	}
	if !any {
		return nil, wordNoData.In(f.lang), nil
	}
	return c, "", nil
}

// barName is short, for below a bar.
func barName(s Span, step string, f *filler) string {
	if len(s.Name) > 0 && f.span.To.Sub(f.span.From) <= 25*60*60*1e9 {
		return inLanguage(s.Name, f.lang)
	}
	name := stepName(s, step, f.lang)
	if len(s.Name) == 0 {
		switch {
		case step[len(step)-1] == 'd' || step[len(step)-1] == 'w':
			return s.From.Format("01-02")
		case f.span.To.Sub(f.span.From) <= 25*60*60*1e9 && step[len(step)-1] != 'o' && step[len(step)-1] != 'y':
			return clock(s.From)
		}
	}
	return name
}
