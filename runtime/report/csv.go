package report

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/sheet"
)

// byteOrderMark is what spreadsheets need to show more than ASCII.
const byteOrderMark = "\xef\xbb\xbf"

// CSV writes the tables and values of a content below each other, each with its title above it. Numbers have a point and
// no groups, durations are seconds, times ISO 8601 in the zone of the plant.
func CSV(c *Content) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(byteOrderMark)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	line := func(cells ...string) error {
		for i := range cells {
			cells[i] = sheet.Guard(cells[i])
		}
		return w.Write(cells)
	}
	err := line(c.Title, c.Period, c.From.Format(time.RFC3339), c.To.Format(time.RFC3339))
	for i := range c.Parts {
		p := &c.Parts[i]
		if p.Tiles == nil && p.Grid == nil && (p.Chart == nil || p.Chart.Style != "bar") {
			continue
		}
		if err == nil {
			err = w.Write([]string{""})
		}
		if p.Title != "" && err == nil {
			err = line(p.Title)
		}
		for _, t := range p.Tiles {
			if err == nil {
				err = line(t.Title, plainCell(t.Cell), unitCell(t.Cell, t.Unit))
			}
		}
		g := p.Grid
		if p.Chart != nil {
			g = barGrid(p.Chart, c.Language)
		}
		if g == nil {
			continue
		}
		heads := make([]string, len(g.Columns))
		for k, col := range g.Columns {
			heads[k] = headOf(col)
		}
		if err == nil {
			err = line(heads...)
		}
		rows := g.Rows
		if g.Total != nil {
			rows = append(rows[:len(rows):len(rows)], g.Total)
		}
		for _, row := range rows {
			cells := make([]string, len(row))
			for k := range row {
				cells[k] = plainCell(row[k])
			}
			if err == nil {
				err = line(cells...)
			}
		}
	}
	for _, n := range c.Notes {
		if err == nil {
			err = line(n.Text)
		}
	}
	if w.Flush(); err == nil {
		err = w.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	return out.Bytes(), nil
}

func headOf(c GridColumn) string {
	if c.Unit != "" {
		return c.Title + " (" + c.Unit + ")"
	}
	return c.Title
}

// plainCell is a value for a program.
func plainCell(c Cell) string {
	switch {
	case c.Number != nil:
		return sheet.Number(*c.Number)
	case c.Time != nil:
		return c.Time.Format("2006-01-02T15:04:05Z07:00")
	case c.Text == dash:
		return ""
	}
	return c.Text
}

func unitCell(c Cell, unit string) string {
	if c.Duration {
		return "s"
	}
	return unit
}

// barGrid is what the bars of a drawing show, as a table.
func barGrid(c *Chart, language string) *Grid {
	if c.Style != "bar" {
		return nil
	}
	g := &Grid{Columns: []GridColumn{{Title: wordTime.In(language)}}, Rows: make([][]Cell, len(c.Bars))}
	for _, line := range c.Lines {
		g.Columns = append(g.Columns, GridColumn{Title: line.Title, Unit: line.Unit, Numeric: true})
	}
	for i := range c.Bars {
		g.Rows[i] = append(g.Rows[i], Cell{Text: c.Labels[i], Time: &c.Bars[i]})
		for _, line := range c.Lines {
			cell := Cell{Text: dash}
			if v := line.Values[i]; v != nil {
				cell = Cell{Text: number(*v, line.Decimals), Number: v, Decimals: line.Decimals}
			}
			g.Rows[i] = append(g.Rows[i], cell)
		}
	}
	return g
}
