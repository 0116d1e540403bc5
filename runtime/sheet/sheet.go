// Package sheet reads and writes tables as CSV (RFC 4180) and XLSX (ECMA-376, part 1, clause 18). It knows
// texts in rows and columns and nothing of what they mean.
//
// What comes in is bounded in bytes, rows, columns and the length of a cell, whatever a file claims of itself. What goes
// out is never taken for a formula: see Guard.
package sheet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// Limits of a file.
const (
	MaxBytes   = 64 << 20 // of the file as it comes
	MaxRows    = 1_000_000
	MaxColumns = 512
	MaxCell    = 256 << 10 // bytes
	// MaxText bounds all cells of a file together; an XLSX file is packed and may hold far more than its size tells.
	MaxText   = 256 << 20
	maxSheets = 64
)

// Fault is why a file cannot be read on: the row counts from 1, 0 is the whole file.
type Fault struct {
	Sheet string
	Row   int
	spec.Problem
}

// Error implements error.
func (f *Fault) Error() string {
	if f.Row == 0 {
		return f.Message
	}
	return fmt.Sprintf("row %d: %s", f.Row, f.Message)
}

func fault(sheet string, row int, code, hint, format string, args ...any) *Fault {
	return &Fault{sheet, row, spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}}
}

// Read calls f for every row of a CSV or XLSX file that is not empty, in order. A CSV file is one sheet without a name.
// Rows count from 1, as a spreadsheet shows them; cells have lost their guard. f must not keep cells. The error is a *Fault, or what f returned.
func Read(data []byte, f func(sheet string, row int, cells []string) error) error {
	if len(data) > MaxBytes {
		return fault("", 0, "too_large", "Split the file.", "The file has %d bytes, more than %d.", len(data), MaxBytes)
	}
	if IsXLSX(data) {
		return readXLSX(data, f)
	}
	return readCSV(data, f)
}

// IsXLSX reports whether the data is packed, as XLSX is, and so no CSV.
func IsXLSX(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// Table is what is written.
type Table struct {
	Name   string
	Header []string
	// Rows gives the rows one after the other; the slice may be used again.
	Rows func(yield func(cells []string) bool)
}

// Column is the name that a spreadsheet gives a column, which counts from 0: A, B, … Z, AA.
func Column(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// dangerous are the first characters by which a spreadsheet knows a formula.
const dangerous = "=+-@\t\n\r'"

// Guard keeps a spreadsheet from running a cell; Unguard undoes it. A cell that begins with = + - @ tab or line end
// and is no number stands behind an apostrophe; so does one that begins with an apostrophe itself. A text with
// characters that XML or CSV cannot hold is an apostrophe and a JSON string.
func Guard(cell string) string {
	switch {
	case strings.ContainsFunc(cell, unsafe):
		b, _ := json.Marshal(cell) // never fails for a string
		s := strings.NewReplacer("\ufffe", `\ufffe`, "\uffff", `\uffff`, "\x7f", `\u007f`).Replace(string(b))
		return "'" + s
	case cell != "" && strings.IndexByte(dangerous, cell[0]) >= 0 && !number.MatchString(cell):
		return "'" + cell
	}
	return cell
}

// unsafe are characters that are lost or changed on the way through a file.
func unsafe(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r == 0x7f || r == 0xfffe || r == 0xffff
}

// Unguard is the inverse of Guard.
func Unguard(cell string) string {
	rest, ok := strings.CutPrefix(cell, "'")
	if !ok || rest == "" {
		return cell
	}
	if rest[0] == '"' {
		var s string
		if json.Unmarshal([]byte(rest), &s) == nil {
			return s
		}
		return cell
	}
	if strings.IndexByte(dangerous, rest[0]) >= 0 {
		return rest
	}
	return cell
}

// Number writes a number in the shortest way that reads back as the same.
func Number(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15 && (a >= 1<<53 || a != math.Trunc(a))) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
