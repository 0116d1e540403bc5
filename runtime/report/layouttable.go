package report

import "strings"

// cellPad is the room at both sides of a cell.
const cellPad = 4.0

// grid is a table; its head comes again on every page.
func (l *layouter) grid(g *Grid) {
	n := len(g.Columns)
	if n == 0 {
		return
	}
	heads := make([]string, n)
	for i, c := range g.Columns {
		heads[i] = c.Title
		if c.Unit != "" {
			heads[i] += " (" + c.Unit + ")"
		}
		heads[i] = l.font.clean(heads[i])
	}
	size := 8.5
	widths, fits := l.columns(g, heads, size)
	for !fits && size > 5.5 {
		size--
		widths, fits = l.columns(g, heads, size)
	}
	line := size * 1.35
	head := func() {
		lines, most := make([][]string, n), 1
		for i := range heads {
			lines[i] = l.font.wrap(heads[i], size, widths[i]-2*cellPad, 3)
			most = max(most, len(lines[i]))
		}
		height := float64(most)*line + 5
		l.mark(Mark{Kind: "rect", X: l.left, Y: l.y, W: sum(widths), H: height, Color: shade})
		x := l.left
		for i := range heads {
			for k, s := range lines[i] {
				l.print(s, x+cellPad, l.y+2.5+float64(most-len(lines[i])+k)*line, widths[i]-2*cellPad, size, alignOf(g.Columns[i]), ink)
			}
			x += widths[i]
		}
		l.y += height
	}
	row := func(cells []Cell, strong bool) bool {
		lines, most := make([][]string, n), 1
		for i := range min(n, len(cells)) {
			s := l.font.clean(cells[i].Text)
			if g.Columns[i].Numeric && l.font.width(s, size) > widths[i]-2*cellPad {
				// Half a number would be another number.
				lines[i] = []string{"#"}
			} else {
				lines[i] = l.font.wrap(s, size, widths[i]-2*cellPad, 3)
			}
			most = max(most, len(lines[i]))
		}
		height := float64(most)*line + 3.5
		if l.y+height > l.bottom {
			if l.page(); l.full {
				return false
			}
			head()
		}
		if strong {
			l.mark(Mark{Kind: "rect", X: l.left, Y: l.y, W: sum(widths), H: height, Color: shade})
		}
		x := l.left
		for i := range lines {
			for k, s := range lines[i] {
				l.print(s, x+cellPad, l.y+1.5+float64(k)*line, widths[i]-2*cellPad, size, alignOf(g.Columns[i]), ink)
			}
			x += widths[i]
		}
		l.y += height
		l.mark(Mark{Kind: "line", X: l.left, Y: l.y, W: l.left + sum(widths), H: l.y, Size: 0.4, Color: hair})
		return true
	}
	if !l.need(4 * line) {
		return
	}
	head()
	for _, cells := range g.Rows {
		if !row(cells, false) {
			return
		}
	}
	if g.Total != nil {
		row(g.Total, true)
	}
}

func alignOf(c GridColumn) string {
	if c.Numeric {
		return "right"
	}
	return "left"
}

// measured is how many rows are looked at for the widths of the columns.
const measured = 2000

// columns finds the widths of the columns of a table; false when they do not fit at this size even with broken lines.
func (l *layouter) columns(g *Grid, heads []string, size float64) ([]float64, bool) {
	n := len(heads)
	room := l.width()
	natural, least := make([]float64, n), make([]float64, n)
	see := func(i int, s string, solid bool) {
		w := l.font.width(s, size) + 2*cellPad
		natural[i] = max(natural[i], min(w, room*0.6))
		if solid {
			least[i] = max(least[i], w)
			return
		}
		// The longest word, but a long one may be broken.
		for _, word := range strings.Fields(s) {
			least[i] = max(least[i], min(l.font.width(word, size)+2*cellPad, 50))
		}
	}
	for i := range heads {
		see(i, heads[i], false)
	}
	for r := range min(len(g.Rows), measured) {
		for i, c := range g.Rows[r][:min(n, len(g.Rows[r]))] {
			see(i, l.font.clean(c.Text), c.Number != nil || c.Time != nil)
		}
	}
	for i, c := range g.Total[:min(n, len(g.Total))] {
		see(i, l.font.clean(c.Text), c.Number != nil)
	}
	for i := range natural {
		natural[i] = max(natural[i], least[i])
	}
	all, few := sum(natural), sum(least)
	out := make([]float64, n)
	switch {
	case few > room:
		for i := range out {
			out[i] = least[i] * room / few
		}
		return out, false
	case all > room:
		share := (room - few) / (all - few)
		for i := range out {
			out[i] = least[i] + (natural[i]-least[i])*share
		}
	default:
		// What is over goes to all alike, but no column becomes much wider than it needs.
		over := min((room-all)/float64(n), 60)
		for i := range out {
			out[i] = natural[i] + over
		}
	}
	return out, true
}

func sum(list []float64) float64 {
	var s float64
	for _, v := range list {
		s += v
	}
	return s
}
