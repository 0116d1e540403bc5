package report

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/lineside/lineside/runtime/sheet"
)

// XLSX writes a content as a workbook: a first sheet with the words and single values, one for each table with real numbers,
// times and durations, and one for each drawing with its data and a chart that the spreadsheet draws itself.
func XLSX(c *Content) ([]byte, error) {
	b := &workbook{file: excelize.NewFile(), content: c, names: map[string]bool{}, styles: map[string]int{}}
	defer b.file.Close() // only temporary files
	err := b.cover()
	for i := range c.Parts {
		p := &c.Parts[i]
		switch {
		case err != nil:
		case p.Grid != nil:
			err = b.table(b.name(p, i), p.Grid)
		case p.Chart != nil && p.Chart.Style == "bar":
			err = b.barChart(b.name(p, i), p)
		case p.Chart != nil:
			err = b.lineChart(b.name(p, i), p)
		}
	}
	var out bytes.Buffer
	if err == nil {
		err = b.file.Write(&out)
	}
	if err != nil {
		return nil, fmt.Errorf("write xlsx: %w", err)
	}
	return out.Bytes(), nil
}

type workbook struct {
	file    *excelize.File
	content *Content
	names   map[string]bool
	styles  map[string]int
}

// name of the sheet of a block: its title as far as a spreadsheet takes it, and each only once.
func (b *workbook) name(p *Part, index int) string {
	base := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`:\/?*[]'`, r) || r < ' ' {
			return ' '
		}
		return r
	}, p.Title)
	if base = strings.TrimSpace(base); base == "" {
		base = fmt.Sprintf("%d", index+1)
	}
	for n := 1; ; n++ {
		name := base
		tail := ""
		if n > 1 {
			tail = fmt.Sprintf(" %d", n)
		}
		for excelLength(name+tail) > 31 {
			_, size := utf8.DecodeLastRuneInString(name)
			name = name[:len(name)-size]
		}
		if name = strings.TrimSpace(name) + tail; !b.names[strings.ToLower(name)] {
			b.names[strings.ToLower(name)] = true
			return name
		}
	}
}

// excelLength counts as a spreadsheet does, in UTF-16.
func excelLength(s string) int {
	n := 0
	for _, r := range s {
		if n++; r > 0xffff {
			n++
		}
	}
	return n
}

// style of cells by their number format; "bold" and "title" are fonts.
func (b *workbook) style(format string) (int, error) {
	if id, ok := b.styles[format]; ok {
		return id, nil
	}
	s := &excelize.Style{}
	switch format {
	case "bold":
		s.Font = &excelize.Font{Bold: true}
		s.Alignment = &excelize.Alignment{WrapText: true, Vertical: "bottom"}
	case "title":
		s.Font = &excelize.Font{Bold: true, Size: 16}
	case "":
		return 0, nil
	default:
		s.CustomNumFmt = &format
	}
	id, err := b.file.NewStyle(s)
	b.styles[format] = id
	return id, err
}

// value is a cell as a spreadsheet has it, with its format. A time has no zone there: it is what the clock of the plant showed.
func (b *workbook) value(c Cell) (any, string) {
	switch {
	case c.Number != nil && c.Duration:
		return *c.Number / 86400, "[h]:mm:ss"
	case c.Number != nil:
		format := "#,##0"
		if c.Decimals > 0 {
			format += "." + strings.Repeat("0", min(c.Decimals, 10))
		}
		return *c.Number, format
	case c.Time != nil:
		return wall(*c.Time), "yyyy-mm-dd hh:mm:ss"
	case c.Text == dash:
		return nil, ""
	}
	return cellText(c.Text), ""
}

func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// cellText is a text that a spreadsheet neither runs nor refuses.
func cellText(s string) string {
	if s = sheet.Guard(s); excelLength(s) > excelize.TotalCellChars {
		s = string([]rune(s)[:excelize.TotalCellChars/2])
	}
	return s
}

func (b *workbook) cover() error {
	c := b.content
	name := b.name(&Part{Title: say(c.Language, text("Report", "报表"))}, 0)
	if err := b.file.SetSheetName("Sheet1", name); err != nil {
		return err
	}
	row := 0
	put := func(style string, values ...any) error {
		row++
		for i, v := range values {
			format := style
			if cell, ok := v.(Cell); ok {
				v, format = b.value(cell)
			}
			if v == nil {
				continue
			}
			at, err := excelize.CoordinatesToCellName(i+1, row)
			if err != nil {
				return err
			}
			if err := b.file.SetCellValue(name, at, v); err != nil {
				return err
			}
			id, err := b.style(format)
			if err != nil {
				return err
			}
			if id > 0 {
				if err := b.file.SetCellStyle(name, at, at, id); err != nil {
					return err
				}
			}
		}
		return nil
	}
	if err := b.file.SetColWidth(name, "A", "A", 44); err != nil {
		return err
	}
	if err := b.file.SetColWidth(name, "B", "C", 20); err != nil {
		return err
	}
	err := put("title", cellText(c.Title))
	for _, line := range [][]any{{cellText(c.Site)}, {cellText(c.Period)}, {wordFrom.In(c.Language), Cell{Time: &c.From}}, {wordTo.In(c.Language), Cell{Time: &c.To}}} {
		if err == nil {
			err = put("", line...)
		}
	}
	for i := range c.Parts {
		p := &c.Parts[i]
		if p.Kind == KindText {
			for _, line := range strings.Split(p.Text, "\n") {
				if err == nil {
					err = put("", cellText(line))
				}
			}
		}
		if p.Tiles != nil {
			if row++; p.Title != "" && err == nil {
				err = put("bold", cellText(p.Title))
			}
			for _, t := range p.Tiles {
				if err == nil {
					err = put("", cellText(t.Title), t.Cell, cellText(t.Unit))
				}
			}
		}
	}
	if len(c.Notes) > 0 {
		row++
	}
	for _, n := range c.Notes {
		if err == nil {
			err = put("", cellText(n.Text))
		}
	}
	return err
}

func (b *workbook) table(name string, g *Grid) error {
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	w, err := b.file.NewStreamWriter(name)
	if err != nil {
		return err
	}
	bold, err := b.style("bold")
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, 1, 32); err != nil {
		return err
	}
	if n := len(g.Columns); n > 1 {
		if err := w.SetColWidth(2, n, 20); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	heads := make([]any, len(g.Columns))
	for i, c := range g.Columns {
		heads[i] = excelize.Cell{StyleID: bold, Value: cellText(headOf(c))}
	}
	if err := w.SetRow("A1", heads); err != nil {
		return err
	}
	rows := g.Rows
	if g.Total != nil {
		rows = append(rows[:len(rows):len(rows)], g.Total)
	}
	for r, cells := range rows {
		line := make([]any, len(cells))
		for i, c := range cells {
			v, format := b.value(c)
			if v == nil {
				continue
			}
			id, err := b.style(format)
			if err != nil {
				return err
			}
			line[i] = excelize.Cell{StyleID: id, Value: v}
		}
		if err := w.SetRow(fmt.Sprintf("A%d", r+2), line); err != nil {
			return err
		}
	}
	return w.Flush()
}

// quoted is the name of a sheet in a reference.
func quotedSheet(name string) string { return "'" + strings.ReplaceAll(name, "'", "''") + "'" }

func (b *workbook) barChart(name string, p *Part) error {
	if err := b.table(name, barGrid(p.Chart, b.content.Language)); err != nil {
		return err
	}
	n := len(p.Chart.Bars) + 1
	chart := &excelize.Chart{Type: excelize.Col, Dimension: excelize.ChartDimension{Width: 720, Height: 360}, Legend: excelize.ChartLegend{Position: "bottom"}, ShowBlanksAs: "gap", XAxis: excelize.ChartAxis{NumFmt: excelize.ChartNumFmt{CustomNumFmt: "mm-dd hh:mm"}}}
	for i := range p.Chart.Lines {
		col, err := excelize.ColumnNumberToName(i + 2)
		if err != nil {
			return err
		}
		s := quotedSheet(name)
		chart.Series = append(chart.Series, excelize.ChartSeries{Name: fmt.Sprintf("%s!$%s$1", s, col), Categories: fmt.Sprintf("%s!$A$2:$A$%d", s, n), Values: fmt.Sprintf("%s!$%s$2:$%s$%d", s, col, col, n)})
	}
	return b.place(name, p, len(p.Chart.Lines)+3, chart)
}

func (b *workbook) lineChart(name string, p *Part) error {
	if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	dates, err := b.style("yyyy-mm-dd hh:mm:ss")
	if err != nil {
		return err
	}
	bold, err := b.style("bold")
	if err != nil {
		return err
	}
	zone := b.content.From.Location()
	chart := &excelize.Chart{Type: excelize.Scatter, Dimension: excelize.ChartDimension{Width: 720, Height: 360}, Legend: excelize.ChartLegend{Position: "bottom"}, ShowBlanksAs: "gap",
		XAxis: excelize.ChartAxis{NumFmt: excelize.ChartNumFmt{CustomNumFmt: "mm-dd hh:mm"}, MajorGridLines: true}, YAxis: excelize.ChartAxis{MajorGridLines: true}}
	for i := range p.Chart.Lines {
		line := &p.Chart.Lines[i]
		times, err := excelize.ColumnNumberToName(2*i + 1)
		if err != nil {
			return err
		}
		values, err := excelize.ColumnNumberToName(2*i + 2)
		if err != nil {
			return err
		}
		title := line.Title
		if line.Unit != "" {
			title += " (" + line.Unit + ")"
		}
		if err := b.file.SetSheetRow(name, times+"1", &[]any{wordTime.In(b.content.Language), cellText(title)}); err != nil {
			return err
		}
		if err := b.file.SetCellStyle(name, times+"1", values+"1", bold); err != nil {
			return err
		}
		if err := b.file.SetColWidth(name, times, values, 20); err != nil {
			return err
		}
		row := 1
		var before *float64
		for _, pt := range line.Points {
			t := wall(time.UnixMilli(pt.Time).In(zone))
			if p.Chart.Style == "step" && before != nil && pt.Value != nil {
				row++ // the corner of the step
				if err := b.file.SetSheetRow(name, fmt.Sprintf("%s%d", times, row), &[]any{t, *before}); err != nil {
					return err
				}
			}
			row++
			cells := []any{t, nil}
			if pt.Value != nil {
				cells[1] = *pt.Value
			}
			if err := b.file.SetSheetRow(name, fmt.Sprintf("%s%d", times, row), &cells); err != nil {
				return err
			}
			before = pt.Value
		}
		if row == 1 {
			continue
		}
		if err := b.file.SetCellStyle(name, times+"2", fmt.Sprintf("%s%d", times, row), dates); err != nil {
			return err
		}
		s := quotedSheet(name)
		chart.Series = append(chart.Series, excelize.ChartSeries{
			Name: fmt.Sprintf("%s!$%s$1", s, values), Categories: fmt.Sprintf("%s!$%s$2:$%s$%d", s, times, times, row), Values: fmt.Sprintf("%s!$%s$2:$%s$%d", s, values, values, row),
			Marker: excelize.ChartMarker{Symbol: "none"}, Line: excelize.ChartLine{Width: 1.25},
		})
	}
	return b.place(name, p, 2*len(p.Chart.Lines)+2, chart)
}

// place puts a chart beside its data.
func (b *workbook) place(name string, p *Part, column int, chart *excelize.Chart) error {
	if len(chart.Series) == 0 {
		return nil
	}
	if p.Title != "" {
		chart.Title = []excelize.RichTextRun{{Text: p.Title}}
	}
	at, err := excelize.CoordinatesToCellName(column, 2)
	if err != nil {
		return err
	}
	return b.file.AddChart(name, at, chart)
}
