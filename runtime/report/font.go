package report

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/signintech/gopdf"
	"github.com/signintech/gopdf/fontmaker/core"
)

// Font is the one font of reports: it measures text for the layout, and PDF files embed what they use of it.
type Font struct {
	advance   map[rune]float64 // in em
	container gopdf.FontContainer
}

// ErrNoFont says that there is no font: the layout, and with it PDF and preview, cannot be made; tables can.
var ErrNoFont = errors.New(`the font of reports is not in this binary: build it with "make build"`)

// family is the name of the font in PDF files: six letters and "+" say that it is a subset (ISO 32000-1, 9.6.4).
const family = "LINESD+NotoSansSC"

// NewFont reads a TrueType font with glyf outlines.
func NewFont(data []byte) (f *Font, err error) {
	defer func() {
		if r := recover(); r != nil { // the library indexes what a broken file says
			f, err = nil, fmt.Errorf("font of reports: %v", r)
		}
	}()
	var p core.TTFParser
	if err := p.ParseFontData(data); err != nil {
		return nil, fmt.Errorf("font of reports: %w", err)
	}
	widths, em := p.Widths(), float64(p.UnitsPerEm())
	if len(widths) == 0 || em <= 0 {
		return nil, errors.New("font of reports: it has no metrics")
	}
	f = &Font{advance: make(map[rune]float64, len(p.Chars()))}
	for char, glyph := range p.Chars() {
		f.advance[rune(char)] = float64(widths[min(int(glyph), len(widths)-1)]) / em
	}
	for _, group := range p.GroupingTables() {
		for i := uint(0); group.StartCharCode+i <= group.EndCharCode && i < 0x10000; i++ {
			if r := rune(group.StartCharCode + i); r > 0xffff {
				f.advance[r] = float64(widths[min(int(group.GlyphID+i), len(widths)-1)]) / em
			}
		}
	}
	return f, f.container.AddTTFFontData(family, data)
}

// missing stands for a character that the font does not have.
const missing = '□'

// clean makes a text that can be drawn: no control characters, nothing that is not in the font.
func (f *Font) clean(s string) string {
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, string(missing))
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return ' '
		case unicode.IsControl(r) || r == 0xfeff || unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r):
			return -1
		case r == ' ', r == '\u00a0':
			return ' '
		}
		if _, ok := f.advance[r]; !ok {
			return missing
		}
		return r
	}, s)
}

// width of a clean text in points.
func (f *Font) width(s string, size float64) float64 {
	var w float64
	for _, r := range s {
		w += f.advance[r]
	}
	return w * size
}

// notFirst may not begin a line (JIS X 4051, GB/T 15834).
const notFirst = "，。、；：！？）】》」』”’…,.;:!?)]}%℃°"

// wide reports whether a line may break around a character.
func wide(r rune) bool {
	return r >= 0x2e80 && r <= 0x9fff || r >= 0xf900 && r <= 0xfaff || r >= 0xff00 && r <= 0xffef || r >= 0x20000 && r <= 0x3ffff
}

// wrap breaks a clean text into lines no wider than width; with most above 0 the last of them ends with an ellipsis when
// there are more.
func (f *Font) wrap(s string, size, width float64, most int) []string {
	width += 0.01
	var lines []string
	rest := strings.TrimRight(s, " ")
	for rest != "" {
		if most > 0 && len(lines) == most-1 {
			return append(lines, f.ellipsis(rest, size, width))
		}
		line, next := f.cut(rest, size, width)
		lines = append(lines, strings.TrimRight(line, " "))
		rest = strings.TrimLeft(next, " ")
	}
	if lines == nil {
		return []string{""}
	}
	return lines
}

// cut takes as much as fits from the beginning of a text, at least one character.
func (f *Font) cut(s string, size, width float64) (line, rest string) {
	var w float64
	last, previous := 0, rune(0)
	for i, r := range s {
		// A line may break before a wide character, behind one, behind spaces and hyphens.
		if i > 0 && r != ' ' && (wide(r) || wide(previous) || previous == ' ' || previous == '-' || previous == '/') && !strings.ContainsRune(notFirst, r) {
			last = i
		}
		w += f.advance[r] * size
		if w > width && i > 0 && r != ' ' {
			if last == 0 {
				last = i
			}
			return s[:last], s[last:]
		}
		previous = r
	}
	return s, ""
}

// ellipsis shortens a text to a width.
func (f *Font) ellipsis(s string, size, width float64) string {
	if f.width(s, size) <= width {
		return s
	}
	width -= f.advance['…'] * size
	var w float64
	for i, r := range s {
		if w += f.advance[r] * size; w > width {
			return s[:i] + "…"
		}
	}
	return s
}
