package export

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/tag"
)

// xlsxSink writes a workbook (ECMA-376); lines go through temporary files, and are packed in memory at the end. Times are dates of the spreadsheet, in the zone that
// the head of their column names.
//
// The book is held by functions: a sink is an interface, and through a field of its type the linker would keep all that a
// book can do, the formulas of a spreadsheet among it.
type xlsxSink struct {
	begin   func(name string, first bool) error // ends a sheet, and begins the next one
	put     func(cell string, row []any) error  // writes a line into the sheet
	finish  func() error
	discard func() // removes temporary files
	fields  []field
	zone    *time.Location
	bold    int
	date    int
	sheets  int
	at      int // lines of the sheet
	most    int // that it may have
	row1    []any
}

func newXLSX(w io.Writer, fields []field, zone *time.Location) (*xlsxSink, error) {
	if len(fields) > excelize.MaxColumns {
		return nil, fmt.Errorf("a workbook has no more than %d columns: choose fewer tags", excelize.MaxColumns)
	}
	book := excelize.NewFile()
	var stream *excelize.StreamWriter
	s := &xlsxSink{fields: fields, zone: zone, most: excelize.TotalRows, row1: make([]any, len(fields))}
	s.begin = func(name string, first bool) (err error) {
		if first {
			err = book.SetSheetName("Sheet1", name)
		} else if err = stream.Flush(); err == nil {
			_, err = book.NewSheet(name)
		}
		if err == nil {
			stream, err = streamOf(book, name, len(fields))
		}
		return err
	}
	s.put = func(cell string, row []any) error { return stream.SetRow(cell, row) }
	s.finish = func() error {
		if err := stream.Flush(); err != nil {
			return err
		}
		return book.Write(w)
	}
	s.discard = func() { _ = book.Close() }
	form := "yyyy-mm-dd hh:mm:ss.000"
	var err error
	if s.bold, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err == nil {
		s.date, err = book.NewStyle(&excelize.Style{CustomNumFmt: &form})
	}
	if err == nil {
		err = s.sheet()
	}
	if err != nil {
		s.discard()
		return nil, fmt.Errorf("write xlsx: %w", err)
	}
	return s, nil
}

// streamOf writes a sheet line by line: its columns are wide enough, and times and titles stay when it is scrolled.
func streamOf(book *excelize.File, sheet string, columns int) (*excelize.StreamWriter, error) {
	stream, err := book.NewStreamWriter(sheet)
	if err != nil {
		return nil, err
	}
	if err := stream.SetColWidth(1, 1, 24); err != nil {
		return nil, err
	}
	if columns > 1 {
		if err := stream.SetColWidth(2, columns, 20); err != nil {
			return nil, err
		}
	}
	return stream, stream.SetPanes(&excelize.Panes{Freeze: true, XSplit: 1, YSplit: 1, TopLeftCell: "B2", ActivePane: "bottomRight"})
}

// sheet begins the next one.
func (s *xlsxSink) sheet() error {
	name := "history"
	if s.sheets++; s.sheets > 1 {
		name += " " + strconv.Itoa(s.sheets)
	}
	if err := s.begin(name, s.sheets == 1); err != nil {
		return err
	}
	head := make([]any, len(s.fields))
	for i := range s.fields {
		title := sheet.Guard(s.fields[i].title())
		if s.fields[i].kind == timeField {
			title += " (" + s.zone.String() + ")"
		}
		head[i] = excelize.Cell{StyleID: s.bold, Value: title}
	}
	s.at = 1
	return s.put("A1", head)
}

func (s *xlsxSink) row(t tag.Time, cells []tag.Value) error {
	if s.at == s.most {
		if err := s.sheet(); err != nil {
			return fmt.Errorf("write xlsx: %w", err)
		}
	}
	s.at++
	if serial := serialOf(t.Std().In(s.zone)); serial >= 61 { // before, spreadsheets disagree about 1900
		s.row1[0] = excelize.Cell{StyleID: s.date, Value: serial}
	} else {
		s.row1[0] = t.Std().In(s.zone).Format(timeForm)
	}
	for i, v := range cells {
		s.row1[i+1] = cellOf(v)
	}
	if err := s.put("A"+strconv.Itoa(s.at), s.row1); err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return nil
}

// serialOf is a time as a spreadsheet counts: days since 1899-12-30 by the clock on the wall, to the millisecond.
func serialOf(t time.Time) float64 {
	wall := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	ms := wall.UnixMilli() - time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).UnixMilli()
	return float64(ms) / 86_400_000
}

// cellOf is a value as a cell: a number only where a spreadsheet keeps all of it.
func cellOf(v tag.Value) any {
	switch v.Type() {
	case tag.None:
		return nil
	case tag.Float:
		f := v.Float()
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return sheet.Number(f)
		}
		return f
	case tag.Int:
		if i := v.Int(); i > -1e15 && i < 1e15 {
			return i
		}
		return strconv.FormatInt(v.Int(), 10)
	case tag.Bool:
		return v.Bool()
	}
	return cut(sheet.Guard(text(v)))
}

// cut shortens a text to what a cell may hold, which is counted in UTF-16.
func cut(s string) string {
	if len(s) <= excelize.TotalCellChars {
		return s
	}
	units := utf16.Encode([]rune(s))
	if len(units) <= excelize.TotalCellChars {
		return s
	}
	return string(utf16.Decode(units[:excelize.TotalCellChars-1])) + "…"
}

func (s *xlsxSink) close() error {
	err := s.finish()
	s.discard()
	if err != nil {
		return fmt.Errorf("write xlsx: %w", err)
	}
	return nil
}

func (s *xlsxSink) abort() { s.discard() }
