package sheet

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// maxXLSXCell is how many characters a cell of a workbook may have.
const maxXLSXCell = excelize.TotalCellChars

// WriteXLSX writes tables as the sheets of a workbook. What reads back as the same number is written as a number,
// everything else as text. The error is a *Fault when a cell is longer than a workbook allows.
func WriteXLSX(tables ...Table) ([]byte, error) {
	book := excelize.NewFile()
	defer book.Close() // only temporary files
	bold, err := book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return nil, fmt.Errorf("write xlsx: %w", err)
	}
	for i, t := range tables {
		if i == 0 {
			err = book.SetSheetName("Sheet1", t.Name)
		} else {
			_, err = book.NewSheet(t.Name)
		}
		if err == nil {
			err = writeSheet(book, t, bold)
		}
		if err != nil {
			return nil, fmt.Errorf("write xlsx: %w", err)
		}
	}
	var out bytes.Buffer
	if err := book.Write(&out); err != nil {
		return nil, fmt.Errorf("write xlsx: %w", err)
	}
	return out.Bytes(), nil
}

func writeSheet(book *excelize.File, t Table, bold int) error {
	w, err := book.NewStreamWriter(t.Name)
	if err != nil {
		return err
	}
	if len(t.Header) > 0 {
		if err := w.SetColWidth(1, 1, 40); err != nil {
			return err
		}
	}
	if len(t.Header) > 1 {
		if err := w.SetColWidth(2, len(t.Header), 16); err != nil {
			return err
		}
	}
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	row := make([]any, len(t.Header))
	for i, name := range t.Header {
		row[i] = excelize.Cell{StyleID: bold, Value: name}
	}
	if err := w.SetRow("A1", row); err != nil {
		return err
	}
	at := 1
	t.Rows(func(cells []string) bool {
		at++
		for i := range row {
			row[i] = nil
			switch text := Guard(cells[i]); {
			case text == "":
			case utf8.RuneCountInString(text)+supplementary(text) > maxXLSXCell:
				err = fault(t.Name, at, "text_too_long", "Export as CSV.", "The cell has %d characters, more than a workbook allows.", utf8.RuneCountInString(text))
				return false
			case plain(text):
				row[i], _ = strconv.ParseFloat(text, 64)
			default:
				row[i] = text
			}
		}
		err = w.SetRow("A"+strconv.Itoa(at), row)
		return err == nil
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// supplementary counts the characters that take two places in a workbook, which counts in UTF-16.
func supplementary(s string) int {
	n := 0
	for _, r := range s {
		if r > 0xffff {
			n++
		}
	}
	return n
}

// plain reports whether a text may be written as a number: a spreadsheet keeps 15 digits.
func plain(s string) bool {
	if len(s) > 22 || !number.MatchString(s) || s[0] == '-' && strings.Trim(s, "-0.") == "" {
		return false
	}
	digits := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		digits = s[:i]
	}
	v, err := strconv.ParseFloat(s, 64)
	return err == nil && len(strings.Trim(strings.ReplaceAll(digits, ".", ""), "-0")) <= 15 && Number(v) == s
}
