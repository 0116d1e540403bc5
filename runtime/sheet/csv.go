package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

const bom = "\ufeff"

// readCSV reads comma, semicolon or tab separated values in UTF-8, or in UTF-16 with a byte order mark, as
// spreadsheets save "Unicode text".
func readCSV(data []byte, f func(sheet string, row int, cells []string) error) error {
	data = fromUTF16(data)
	data = bytes.TrimPrefix(data, []byte(bom))
	if !utf8.Valid(data) {
		return fault("", 1, "csv_encoding", "Save it as CSV UTF-8.", "The file is not UTF-8.")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.ReuseRecord = -1, true
	r.Comma = separator(data)
	rows, end, total := 0, 0, 0
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			row, message := rows+1, err.Error()
			if pe := new(csv.ParseError); errors.As(err, &pe) {
				row, message = rows+1+pe.StartLine-end-1, fmt.Sprintf("Line %d, column %d: %v.", pe.Line, pe.Column, pe.Err)
			}
			return fault("", row, "csv_syntax", "Put texts with quotes, separators or line ends in quotes, and double the quotes inside.", "%s", message)
		}
		// A spreadsheet shows an empty line as a row, and a cell of two lines as one.
		start, _ := r.FieldPos(0)
		rows += start - end
		end = start
		empty := true
		for i, c := range cells {
			end += strings.Count(c, "\n")
			total += len(c)
			if len(c) > MaxCell {
				return fault("", rows, "text_too_long", "Make it shorter.", "The cell has %d bytes, more than %d.", len(c), MaxCell)
			}
			empty = empty && c == ""
			cells[i] = Unguard(c)
		}
		switch {
		case rows > MaxRows+1:
			return fault("", rows, "too_many", "Split the file.", "There are %d rows, more than %d.", rows-1, MaxRows)
		case len(cells) > MaxColumns:
			return fault("", rows, "too_many", "Remove columns.", "There are %d columns, more than %d.", len(cells), MaxColumns)
		case total > MaxText:
			return fault("", rows, "too_large", "Split the file.", "The cells have more than %d bytes.", MaxText)
		case empty:
			continue
		}
		if err := f("", rows, cells); err != nil {
			return err
		}
	}
}

func fromUTF16(data []byte) []byte {
	if len(data) < 2 || len(data)%2 != 0 {
		return data
	}
	low, high := 0, 1
	switch {
	case data[0] == 0xff && data[1] == 0xfe:
	case data[0] == 0xfe && data[1] == 0xff:
		low, high = 1, 0
	default:
		return data
	}
	units := make([]uint16, 0, len(data)/2)
	for i := 2; i < len(data); i += 2 {
		units = append(units, uint16(data[i+low])|uint16(data[i+high])<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// separator looks at the first line, which holds names of columns only.
func separator(data []byte) rune {
	line, _, _ := bytes.Cut(bytes.TrimLeft(data, "\r\n"), []byte{'\n'})
	best, most := ',', bytes.Count(line, []byte{','})
	for _, c := range ";\t" {
		if n := bytes.Count(line, []byte{byte(c)}); n > most {
			best, most = c, n
		}
	}
	return best
}

// WriteCSV writes a table as CSV in UTF-8 with a byte order mark, which spreadsheets need to show more than ASCII.
func WriteCSV(t Table) ([]byte, error) {
	var out bytes.Buffer
	out.WriteString(bom)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	record := make([]string, len(t.Header))
	err := w.Write(t.Header)
	t.Rows(func(cells []string) bool {
		if err != nil {
			return false
		}
		for i := range record {
			record[i] = Guard(cells[i])
		}
		err = w.Write(record)
		return err == nil
	})
	if w.Flush(); err == nil {
		err = w.Error()
	}
	if err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	return out.Bytes(), nil
}
