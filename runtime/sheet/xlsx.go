package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"
)

// Limits of what is unpacked of a file. archive/zip keeps a part from being larger than it says.
const (
	maxParts = 4096
	maxHead  = 4 << 20 // workbook and relationships
	lastRow  = 1 << 20 // of a spreadsheet
)

// maxUnpacked bounds all parts that are read; a test makes it smaller.
var maxUnpacked int64 = 512 << 20

// The reader streams: a sheet is never in memory as a whole, and what is cut off or out of order is an
// error and not the end of the sheet.
type workbook struct {
	parts   map[string]*zip.File
	strings []string
	text    int   // bytes of the strings and of the cells so far
	left    int64 // bytes that may still be unpacked
}

var errBook = fault("", 0, "xlsx_form", "Save it again as an Excel workbook (.xlsx), without a password.", "The file is not an Excel workbook.")

// broken says what is wrong with a part; what is wrong with its content passes.
func broken(err error) error {
	if f := (*Fault)(nil); errors.As(err, &f) {
		return err
	}
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) || errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrChecksum) || errors.Is(err, zip.ErrAlgorithm) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, errPart) {
		return errBook
	}
	return err
}

var errPart = errors.New("bad part")

func readXLSX(data []byte, f func(sheet string, row int, cells []string) error) error {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(z.File) > maxParts {
		return errBook
	}
	b := &workbook{parts: make(map[string]*zip.File, len(z.File)), left: maxUnpacked}
	for _, part := range z.File {
		b.parts[strings.ToLower(strings.ReplaceAll(part.Name, `\`, "/"))] = part
	}
	sheets, err := b.sheets()
	if err != nil {
		return broken(err)
	}
	if err := b.shared(); err != nil {
		return broken(err)
	}
	for _, s := range sheets {
		if err := b.rows(s.name, s.part, f); err != nil {
			if err := broken(err); err != errBook {
				return err
			}
			return fault(s.name, 0, errBook.Code, errBook.Hint, "%s", errBook.Message)
		}
	}
	return nil
}

// open reads a part; it is an error to read more than limit bytes, or than the whole file may have.
func (b *workbook) open(name string, limit int64) (*xml.Decoder, func(), error) {
	part := b.parts[strings.ToLower(name)]
	if part == nil {
		return nil, nil, errPart
	}
	r, err := part.Open()
	if err != nil {
		return nil, nil, err
	}
	d := xml.NewDecoder(&bounded{r: r, book: b, left: limit})
	// Excel writes UTF-8 and nothing else; entities beyond those of XML itself are not known, and so cannot grow.
	d.CharsetReader = func(string, io.Reader) (io.Reader, error) { return nil, errPart }
	return d, func() { _ = r.Close() }, nil
}

type bounded struct {
	r    io.Reader
	book *workbook
	left int64
}

// Read implements io.Reader.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= int64(n)
	b.book.left -= int64(n)
	if b.left < 0 || b.book.left < 0 {
		return 0, fault("", 0, "too_large", "Split the file.", "The file unpacks to more than %d bytes.", maxUnpacked)
	}
	return n, err
}

type sheetPart struct{ name, part string }

// sheets are the sheets of the workbook in their order.
func (b *workbook) sheets() ([]sheetPart, error) {
	targets := map[string]string{}
	err := b.each("xl/_rels/workbook.xml.rels", "Relationship", func(s xml.StartElement) {
		if target := attribute(s, "Target"); strings.HasPrefix(target, "/") {
			targets[attribute(s, "Id")] = strings.TrimPrefix(target, "/")
		} else {
			targets[attribute(s, "Id")] = path.Join("xl", target)
		}
	})
	if err != nil {
		return nil, err
	}
	var out []sheetPart
	err = b.each("xl/workbook.xml", "sheet", func(s xml.StartElement) {
		if target := targets[attribute(s, "id")]; b.parts[strings.ToLower(target)] != nil && strings.Contains(target, "worksheets/") {
			out = append(out, sheetPart{attribute(s, "name"), target})
		}
	})
	if err == nil && len(out) == 0 {
		err = errPart
	}
	if len(out) > maxSheets {
		return nil, fault("", 0, "too_many", "Split the file.", "There are %d sheets, more than %d.", len(out), maxSheets)
	}
	return out, err
}

// each calls f for every element of a name in a small part.
func (b *workbook) each(part, name string, f func(xml.StartElement)) error {
	d, closing, err := b.open(part, maxHead)
	if err != nil {
		return err
	}
	defer closing()
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if s, ok := token.(xml.StartElement); ok && s.Name.Local == name {
			f(s)
		}
	}
}

func attribute(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// shared reads the texts that cells refer to by number.
func (b *workbook) shared() error {
	name := "xl/sharedStrings.xml"
	if b.parts[strings.ToLower(name)] == nil {
		return nil
	}
	d, closing, err := b.open(name, maxUnpacked)
	if err != nil {
		return err
	}
	defer closing()
	var text strings.Builder
	inText, phonetic := false, 0
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "si":
				text.Reset()
			case "rPh":
				phonetic++
			case "t":
				inText = phonetic == 0
			}
		case xml.CharData:
			if inText && text.Len() <= MaxCell {
				text.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPh":
				phonetic--
			case "t":
				inText = false
			case "si":
				if err := b.count("", 0, text.Len()); err != nil {
					return err
				}
				if len(b.strings) >= 16*MaxRows {
					return errPart
				}
				b.strings = append(b.strings, decoded(text.String()))
			}
		}
	}
}

func (b *workbook) count(sheet string, row, n int) error {
	if n > MaxCell {
		return fault(sheet, row, "text_too_long", "Make it shorter.", "The cell has %d bytes, more than %d.", n, MaxCell)
	}
	if b.text += n; b.text > MaxText {
		return fault(sheet, row, "too_large", "Split the file.", "The cells have more than %d bytes.", MaxText)
	}
	return nil
}

var escaped = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// decoded undoes the escapes of characters that XML cannot hold (ECMA-376, part 1, 22.9.2.19).
func decoded(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	return escaped.ReplaceAllStringFunc(s, func(e string) string {
		n, err := strconv.ParseUint(e[2:6], 16, 16)
		if err != nil || n >= 0xd800 && n < 0xe000 {
			return e
		}
		return string(rune(n))
	})
}

// rows reads one sheet.
func (b *workbook) rows(sheet, part string, f func(sheet string, row int, cells []string) error) error {
	d, closing, err := b.open(part, maxUnpacked)
	if err != nil {
		return err
	}
	defer closing()
	var (
		cells          []string
		row, count     int
		column         int
		kind           string
		value          strings.Builder
		inValue, alive bool
		phonetic       int
		ended          bool
	)
	for {
		token, err := d.RawToken()
		if errors.Is(err, io.EOF) {
			if !ended {
				return errPart
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "row":
				cells, column = cells[:0], -1
				next := row + 1
				if r := attribute(t, "r"); r != "" {
					if next, err = strconv.Atoi(r); err != nil || next <= row || next > lastRow {
						return errPart
					}
				}
				row = next
			case "c":
				kind = attribute(t, "t")
				value.Reset()
				alive = true
				if r := attribute(t, "r"); r == "" {
					column++
				} else if next, ok := columnOf(r); !ok || next <= column {
					return errPart
				} else {
					column = next
				}
			case "rPh":
				phonetic++
			case "v", "t":
				inValue = alive && phonetic == 0
			}
		case xml.CharData:
			if inValue && value.Len() <= MaxCell {
				value.Write(t)
			}
		case xml.EndElement:
			switch t.Name.Local {
			case "rPh":
				phonetic--
			case "v", "t":
				inValue = false
			case "c":
				alive = false
				if value.Len() == 0 {
					break
				}
				text, err := b.value(kind, value.String())
				if err != nil {
					return err
				}
				if column >= MaxColumns {
					return fault(sheet, row, "too_many", "Remove columns.", "There are %d columns, more than %d.", column+1, MaxColumns)
				}
				if err := b.count(sheet, row, len(text)); err != nil {
					return err
				}
				for len(cells) <= column {
					cells = append(cells, "")
				}
				cells[column] = Unguard(text)
			case "row":
				if empty(cells) {
					break
				}
				if count++; count > MaxRows+1 {
					return fault(sheet, row, "too_many", "Split the file.", "There are %d rows, more than %d.", count-1, MaxRows)
				}
				if err := f(sheet, row, cells); err != nil {
					return err
				}
			case "worksheet":
				ended = true
			}
		}
	}
}

func empty(cells []string) bool {
	for _, c := range cells {
		if c != "" {
			return false
		}
	}
	return true
}

// value is the text of a cell by its type (ECMA-376, part 1, 18.18.11).
func (b *workbook) value(kind, v string) (string, error) {
	switch kind {
	case "s":
		i, err := strconv.Atoi(strings.TrimSpace(v))
		if err != nil || i < 0 || i >= len(b.strings) {
			return "", errPart
		}
		return b.strings[i], nil
	case "b":
		if strings.TrimSpace(v) == "1" {
			return "true", nil
		}
		return "false", nil
	case "", "n":
		// Spreadsheets write all 17 digits of a number: 1.1000000000000001 is 1.1.
		if n, err := strconv.ParseFloat(strings.TrimSpace(v), 64); err == nil && n-n == 0 {
			return Number(n), nil
		}
		return v, nil
	}
	return decoded(v), nil
}

// columnOf reads the column of a reference such as "AB12", from 0.
func columnOf(ref string) (int, bool) {
	n, i := 0, 0
	for ; i < len(ref) && i < 4 && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		n = n*26 + int(ref[i]-'A') + 1
	}
	if i == 0 || i == len(ref) || n > 16384 {
		return 0, false
	}
	return n - 1, true
}
