package report

import (
	"bytes"
	"image"
	"strconv"
	"strings"
)

// Layout is a report on paper. Sizes are in points, from the upper left corner of a page.
type Layout struct {
	Width  float64 `json:"width"`
	Height float64 `json:"height"`
	Pages  []Sheet `json:"pages" nullable:"false"`
	// Total is how many pages there are, of which Pages may be the first only.
	Total int `json:"total"`
	// Notes are those of the content and what did not fit onto the paper.
	Notes []Note `json:"notes,omitempty"`
	// Pictures are by block the files of pictures, in base64, when who looks does not have the document.
	Pictures map[string]string `json:"pictures,omitempty"`
}

// Sheet is one page.
type Sheet struct {
	Marks []Mark `json:"marks" nullable:"false"`
}

// Mark is one thing that is drawn.
type Mark struct {
	// Kind: text (the baseline begins at X, Y and is W long), line (X, Y to W, H), rect (filled), path (a line through
	// Points: x, y, x, y, …), image (the file is that of the block).
	Kind string  `json:"k" enum:"text,line,rect,path,image"`
	X    float64 `json:"x,omitempty"`
	Y    float64 `json:"y,omitempty"`
	W    float64 `json:"w,omitempty"`
	H    float64 `json:"h,omitempty"`
	Text string  `json:"t,omitempty"`
	Size float64 `json:"s,omitempty"`
	// Color is #RRGGBB.
	Color string `json:"c,omitempty"`
	// Dash is a number of a pattern, 0 for an unbroken line.
	Dash   int       `json:"d,omitempty"`
	Points []float64 `json:"p,omitempty"`
	// Block is the id of the block it belongs to.
	Block string `json:"b,omitempty"`
}

// MaxPages is how many pages a report has at most.
const MaxPages = 500

// Colours on paper, which is white in every theme.
const (
	ink    = "#1E1E1E"
	muted  = "#4A4A4A"
	hair   = "#B9B9B9"
	shade  = "#EDEDED"
	accent = "#0B3D78"
)

// lineColors are told apart by who sees colours differently (Okabe and Ito, darkened for paper); the dashes tell them too.
var lineColors = []string{"#0B5CAD", "#B85C00", "#00735C", "#A8296A", "#5B4AA8", "#7A6A00", "#1E1E1E", "#6E6E6E"}

const mm = 72 / 25.4

// Lay puts a content on pages.
func Lay(c *Content, font *Font) (*Layout, error) {
	if font == nil {
		return nil, ErrNoFont
	}
	l := &layouter{content: c, font: font, pictures: map[string]image.Config{}}
	l.out.Width, l.out.Height = 595.28, 841.89
	if c.Page.Size == "letter" {
		l.out.Width, l.out.Height = 612, 792
	}
	if c.Page.Orientation == "landscape" {
		l.out.Width, l.out.Height = l.out.Height, l.out.Width
	}
	margin := 15 * mm
	if c.Page.Margin != nil {
		margin = *c.Page.Margin * mm
	}
	l.left, l.right = margin, l.out.Width-margin
	l.top, l.bottom = margin, l.out.Height-margin
	if c.Header != [3]string{} {
		l.top += 20
	}
	if c.Footer != [3]string{} {
		l.bottom -= 18
	}
	l.page()
	for i := range c.Parts {
		if l.full {
			break
		}
		l.block = c.Parts[i].Block
		l.part(&c.Parts[i])
	}
	l.block = ""
	l.out.Notes = append([]Note{}, c.Notes...)
	if l.full {
		l.out.Notes = append(l.out.Notes, Note{Text: say(c.Language, notePages, MaxPages)})
	}
	l.notes()
	l.bands()
	l.out.Total = len(l.out.Pages)
	return &l.out, nil
}

type layouter struct {
	out                      Layout
	content                  *Content
	font                     *Font
	left, right, top, bottom float64
	y                        float64
	block                    string
	// full says that there are as many pages as may be.
	full     bool
	pictures map[string]image.Config
}

func (l *layouter) width() float64 { return l.right - l.left }

// page begins a new page.
func (l *layouter) page() {
	if len(l.out.Pages) >= MaxPages {
		l.full = true
		return
	}
	l.out.Pages = append(l.out.Pages, Sheet{Marks: []Mark{}})
	l.y = l.top
}

// need makes sure that there is room for so many points; false when the report is full.
func (l *layouter) need(height float64) bool {
	if !l.full && l.y+height > l.bottom+0.01 && l.y > l.top {
		l.page()
	}
	return !l.full
}

func (l *layouter) mark(m Mark) {
	m.Block = l.block
	m.X, m.Y, m.W, m.H = round(m.X), round(m.Y), round(m.W), round(m.H)
	for i := range m.Points {
		m.Points[i] = round(m.Points[i])
	}
	p := &l.out.Pages[len(l.out.Pages)-1]
	p.Marks = append(p.Marks, m)
}

// round keeps hundredths of a point.
func round(v float64) float64 {
	if v < 0 {
		return float64(int64(v*100-0.5)) / 100
	}
	return float64(int64(v*100+0.5)) / 100
}

// print draws one line of text within a width; y is that of the upper edge of the line.
func (l *layouter) print(s string, x, y, width, size float64, align, color string) {
	if s == "" {
		return
	}
	w := l.font.width(s, size)
	switch align {
	case "right":
		x += width - w
	case "center":
		x += (width - w) / 2
	}
	l.mark(Mark{Kind: "text", X: x, Y: y + size*1.02, W: w, Text: s, Size: size, Color: color})
}

// lead is the distance of lines.
const lead = 1.45

// paragraph prints a text of several lines, over pages.
func (l *layouter) paragraph(s string, size float64, align, color string) {
	for _, words := range strings.Split(s, "\n") {
		for _, line := range l.font.wrap(l.font.clean(words), size, l.width(), 0) {
			if !l.need(size * lead) {
				return
			}
			l.print(line, l.left, l.y, l.width(), size, align, color)
			l.y += size * lead
		}
	}
}

func (l *layouter) part(p *Part) {
	if p.Kind == KindBreak {
		if l.y > l.top {
			l.page()
		}
		return
	}
	if p.Title != "" {
		room := 70.0
		if p.Chart != nil {
			room = 30 + p.Chart.Height*mm
		}
		if l.y > l.top {
			l.y += 6
		}
		if !l.need(min(room, l.bottom-l.top)) {
			return
		}
		l.paragraph(p.Title, 12, "left", accent)
		l.y += 3
	}
	switch {
	case p.Kind == KindText:
		size, color := 10.0, ink
		switch p.Style {
		case "heading":
			size, color = 20, accent
		case "subheading":
			size, color = 13, accent
		case "small":
			size, color = 8, muted
		}
		if size > 10 {
			l.need(size*lead + 40) // not alone at the end of a page
		}
		l.paragraph(p.Text, size, p.Align, color)
	case p.Empty != "":
		l.paragraph(p.Empty, 9, "left", muted)
	case p.Tiles != nil:
		l.tiles(p.Tiles)
	case p.Grid != nil:
		l.grid(p.Grid)
	case p.Chart != nil:
		l.chart(p.Chart)
	case p.Photo != nil:
		l.picture(p.Photo, p.Text)
	}
	l.y += 10
}

// tiles stand side by side.
func (l *layouter) tiles(list []Tile) {
	const gap, height = 8.0, 54.0
	columns := min(len(list), max(2, int(l.width()/120)))
	if columns == 0 {
		return
	}
	width := (l.width() - gap*float64(columns-1)) / float64(columns)
	for i, t := range list {
		if i%columns == 0 {
			if i > 0 {
				l.y += height + gap
			}
			if !l.need(height) {
				return
			}
		}
		x := l.left + float64(i%columns)*(width+gap)
		l.mark(Mark{Kind: "rect", X: x, Y: l.y, W: width, H: height, Color: shade})
		for n, line := range l.font.wrap(l.font.clean(t.Title), 8, width-12, 2) {
			l.print(line, x+6, l.y+4+float64(n)*10, width-12, 8, "left", muted)
		}
		value, unit := l.font.clean(t.Cell.Text), l.font.clean(t.Unit)
		size := 17.0
		space := width - 12
		if unit != "" {
			unit = l.font.ellipsis(unit, 9, space/2)
			space -= l.font.width(unit, 9) + 4
		}
		for size > 8 && l.font.width(value, size) > space {
			size--
		}
		value = l.font.ellipsis(value, size, space)
		l.print(value, x+6, l.y+height-7-size*1.3, space, size, "left", ink)
		l.print(unit, x+6+l.font.width(value, size)+4, l.y+height-7-size*1.3+(size-9)*1.02, width, 9, "left", muted)
	}
	l.y += height
}

// picture stands in the width it was given, or smaller when the page is not high enough.
func (l *layouter) picture(p *Picture, alternative string) {
	config, _, err := image.DecodeConfig(bytes.NewReader(p.file()))
	if err != nil || config.Width < 1 || config.Height < 1 {
		l.paragraph(alternative, 9, p.Align, muted)
		return
	}
	share := 30.0
	if p.Width != nil {
		share = *p.Width
	}
	w := l.width() * share / 100
	h := w * float64(config.Height) / float64(config.Width)
	if most := l.bottom - l.top; h > most {
		w, h = w*most/h, most
	}
	if !l.need(h) {
		return
	}
	x := l.left
	switch p.Align {
	case "right":
		x = l.right - w
	case "center":
		x += (l.width() - w) / 2
	}
	l.mark(Mark{Kind: "image", X: x, Y: l.y, W: w, H: h, Text: l.font.clean(alternative)})
	l.y += h
}

// notes stand at the end: who reads the paper must know of them, too.
func (l *layouter) notes() {
	if len(l.out.Notes) == 0 {
		return
	}
	if l.full { // there is no room on the paper for what it lacks, but for the last line of the last page
		last := l.out.Notes[len(l.out.Notes)-1].Text
		l.print(l.font.ellipsis(l.font.clean(last), 7, l.width()), l.left, l.bottom-8, l.width(), 7, "left", muted)
		return
	}
	l.need(24)
	l.mark(Mark{Kind: "line", X: l.left, Y: l.y, W: l.left + 80, H: l.y, Size: 0.5, Color: hair})
	l.y += 4
	told := map[string]bool{}
	for _, n := range l.out.Notes {
		if told[n.Text] {
			continue
		}
		told[n.Text] = true
		l.paragraph(n.Text, 7.5, "left", muted)
	}
}

// bands put header and footer on every page, now that their number is known.
func (l *layouter) bands() {
	total := strconv.Itoa(len(l.out.Pages))
	write := func(page int, texts [3]string, y float64) {
		number := strings.NewReplacer(pageMark, strconv.Itoa(page+1), pagesMark, total)
		aligns := [3]string{"left", "center", "right"}
		// Each has the room that the others leave.
		var used float64
		for i, t := range texts {
			s := l.font.clean(number.Replace(t))
			if s == "" {
				continue
			}
			s = l.font.ellipsis(s, 8, max(l.width()-used-10, 40))
			used += l.font.width(s, 8) + 10
			w := l.font.width(s, 8)
			x := l.left
			switch aligns[i] {
			case "center":
				x += (l.width() - w) / 2
			case "right":
				x = l.right - w
			}
			l.out.Pages[page].Marks = append(l.out.Pages[page].Marks, Mark{Kind: "text", X: round(x), Y: round(y), W: round(w), Text: s, Size: 8, Color: muted})
		}
	}
	rule := func(page int, y float64) {
		l.out.Pages[page].Marks = append(l.out.Pages[page].Marks, Mark{Kind: "line", X: round(l.left), Y: round(y), W: round(l.right), H: round(y), Size: 0.5, Color: hair})
	}
	for page := range l.out.Pages {
		if l.content.Header != [3]string{} {
			write(page, l.content.Header, l.top-20+8)
			rule(page, l.top-20+12)
		}
		if l.content.Footer != [3]string{} {
			rule(page, l.bottom+6)
			write(page, l.content.Footer, l.bottom+16)
		}
	}
}
