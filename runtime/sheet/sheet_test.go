package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// all reads a file into "sheet row: cells".
func all(data []byte) ([]string, error) {
	var out []string
	err := Read(data, func(sheet string, row int, cells []string) error {
		out = append(out, fmt.Sprintf("%s%d %s", sheet, row, strings.Join(cells, "|")))
		return nil
	})
	return out, err
}

func table(name string, header []string, rows ...[]string) Table {
	return Table{Name: name, Header: header, Rows: func(yield func([]string) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}}
}

func TestReadCSV(t *testing.T) {
	for _, c := range []struct{ name, file, want, code string }{
		{"commas", "a,b\n1,\"x, y\"\n", "1 a|b;2 1|x, y", ""},
		{"semicolons and a mark", "\ufeffa;b\r\n1;2\r\n", "1 a|b;2 1|2", ""},
		{"tabs", "a\tb\n1\t2", "1 a|b;2 1|2", ""},
		{"UTF-16 as spreadsheets save it", "\xff\xfea\x00\t\x00\x29\x6e\n\x00", "1 a|温", ""},
		{"UTF-16 the other way", "\xfe\xff\x00a\x00\t\x6e\x29", "1 a|温", ""},
		{"rows as a spreadsheet counts them", "a,b\n\n1,\"x\ny\"\n\n\n2,\n,\n3,\n", "1 a|b;3 1|x\ny;6 2|;8 3|", ""},
		{"guarded", "a,b\n'=1+1,''x\n", "1 a|b;2 =1+1|'x", ""},
		{"open quote", "a\n1\n\"x\ny", "1 a;2 1", "csv_syntax"},
		{"not UTF-8", "a\xff", "", "csv_encoding"},
		{"too long", "a\n" + strings.Repeat("x", MaxCell+1), "1 a", "text_too_long"},
		{"too wide", strings.Repeat(",", MaxColumns), "", "too_many"},
		{"empty", "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := all([]byte(c.file))
			if strings.Join(got, ";") != c.want {
				t.Errorf("got %q", got)
			}
			var f *Fault
			if errors.As(err, &f); (f == nil) != (c.code == "") || f != nil && (f.Code != c.code || f.Hint == "") {
				t.Errorf("got %+v", f)
			}
		})
	}
}

// A workbook of another writer, with every kind of cell.
func TestReadForeignWorkbook(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	_ = book.SetSheetName("Sheet1", "变量")
	for cell, v := range map[string]any{"A1": "name", "C1": "v", "A2": "温度", "B2": 1.1, "C2": true, "A4": "=1+1", "B4": 9007199254740991, "C4": "007", "A5": 0.30000000000000004, "B5": -3, "C5": "a\nb"} {
		if err := book.SetCellValue("变量", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	if err := book.SetCellFormula("变量", "D4", "1+1"); err != nil {
		t.Fatal(err)
	}
	if err := book.SetCellRichText("变量", "E4", []excelize.RichTextRun{{Text: "bold"}, {Text: " text"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := book.NewSheet("empty"); err != nil {
		t.Fatal(err)
	}
	buf, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	got, err := all(buf.Bytes())
	want := "变量1 name||v;变量2 温度|1.1|true;变量4 =1+1|9007199254740991|007||bold text;变量5 0.30000000000000004|-3|a\nb"
	if err != nil || strings.Join(got, ";") != want {
		t.Errorf("%v\n%q\n%q", err, got, want)
	}
}

// packed makes a workbook of one sheet by hand.
func packed(t testing.TB, sheet, shared string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="r"><sheets><sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml":   sheet,
		"xl/sharedStrings.xml":       shared,
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBadWorkbooks(t *testing.T) {
	sheet := func(rows string) string { return "<worksheet><sheetData>" + rows + "</sheetData></worksheet>" }
	text := `<sst><si><t>one</t></si><si><r><t>tw</t></r><rPh><t>x</t></rPh><r><t>o</t></r></si></sst>`
	for _, c := range []struct{ name, sheet, want, code string }{
		{"sound", sheet(`<row><c t="s"><v>0</v></c><c t="s"><v>1</v></c><c t="inlineStr"><is><t>_x0041_</t></is></c></row>`), "s1 one|two|A", ""},
		{"cut off", `<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c></row>`, "s1 1", "xlsx_form"},
		{"shared text that is not there", sheet(`<row><c t="s"><v>-1</v></c></row>`), "", "xlsx_form"},
		{"rows backwards", sheet(`<row r="5"><c><v>1</v></c></row><row r="4"><c><v>1</v></c></row>`), "s5 1", "xlsx_form"},
		{"columns backwards", sheet(`<row r="5"><c r="B5"><v>1</v></c><c r="A5"><v>1</v></c></row>`), "", "xlsx_form"},
		{"row beyond the last", sheet(`<row r="99999999"><c><v>1</v></c></row>`), "", "xlsx_form"},
		{"column far out", sheet(`<row><c r="XFD1"><v>1</v></c></row>`), "", "too_many"},
		{"no column", sheet(`<row><c r="11"><v>1</v></c></row>`), "", "xlsx_form"},
		{"an entity", `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + sheet(`<row><c t="str"><v>&a;</v></c></row>`), "", "xlsx_form"},
		{"another encoding", `<?xml version="1.0" encoding="GBK"?>` + sheet(``), "", "xlsx_form"},
		{"long cell", sheet(`<row><c t="str"><v>` + strings.Repeat("x", MaxCell+1) + `</v></c></row>`), "", "text_too_long"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := all(packed(t, c.sheet, text))
			if strings.Join(got, ";") != c.want {
				t.Errorf("got %q", got)
			}
			var f *Fault
			if errors.As(err, &f); (f == nil) != (c.code == "") || f != nil && (f.Code != c.code || f.Hint == "") {
				t.Errorf("got %+v %v", f, err)
			}
		})
	}
}

// TestZipBomb: a small file that unpacks to very much is refused when what it may unpack to is reached.
func TestZipBomb(t *testing.T) {
	old := maxUnpacked
	maxUnpacked = 32 << 20
	defer func() { maxUnpacked = old }()
	row := "<row>" + strings.Repeat(" ", 1<<20) + "</row>"
	bomb := packed(t, "<worksheet><sheetData>"+strings.Repeat(row, 1+int(maxUnpacked>>20))+"</sheetData></worksheet>", "<sst/>")
	if len(bomb) > 2<<20 {
		t.Fatalf("no bomb: %d bytes", len(bomb))
	}
	_, err := all(bomb)
	var f *Fault
	if !errors.As(err, &f) || f.Code != "too_large" {
		t.Errorf("got %v", err)
	}
	// One text that many cells name is counted in each of them.
	row = "<row>" + strings.Repeat(`<c t="s"><v>0</v></c>`, 100) + "</row>"
	many := packed(t, "<worksheet><sheetData>"+strings.Repeat(row, 1+MaxText/(100*(MaxCell-10)))+"</sheetData></worksheet>", "<sst><si><t>"+strings.Repeat("x", MaxCell-10)+"</t></si></sst>")
	if _, err := all(many); !errors.As(err, &f) || f.Code != "too_large" {
		t.Errorf("got %v", err)
	}
}

// What is written reads back the same, as CSV and as XLSX, whatever stands in the cells; and no cell is a formula.
func TestRoundTrip(t *testing.T) {
	cell := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{"", "=1+1", "+1", "-1", "-0", "1e5", "@x", "'", "''", "'=", "'\"x\"", "\"", "1.50", "007", "12345678901234567890", "9007199254740993", "0.1", "1e-7", "1e21", "TRUE", "true", "NaN", "a\r\nb", "\x00", "\ufffe", "_x0041_", "_x005F_", " x ", "\n", "温度", "&amp;<b>", ",;\t", "\x1b", "😀"}),
		rapid.Custom(func(t *rapid.T) string { return Number(rapid.Float64().Draw(t, "f")) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		width := rapid.IntRange(1, 6).Draw(t, "width")
		var rows [][]string
		for range rapid.IntRange(0, 8).Draw(t, "rows") {
			row := make([]string, width)
			for i := range row {
				row[i] = strings.ToValidUTF8(cell.Draw(t, "cell"), "?")
			}
			row[0] += "x" // an empty row is not told of
			rows = append(rows, row)
		}
		header := make([]string, width)
		for i := range header {
			header[i] = "h" + Column(i)
		}
		for _, xlsx := range []bool{false, true} {
			data, err := WriteCSV(table("s", header, rows...))
			if xlsx {
				data, err = WriteXLSX(table("s", header, rows...))
			}
			if err != nil {
				t.Fatal(err)
			}
			var got [][]string
			err = Read(data, func(_ string, row int, cells []string) error {
				for len(cells) < width {
					cells = append(cells, "")
				}
				got = append(got, slices.Clone(cells))
				return nil
			})
			if err != nil {
				t.Fatalf("xlsx %v: %v\n%q", xlsx, err, data)
			}
			want := append([][]string{header}, rows...)
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("xlsx %v: got %q want %q", xlsx, got, want)
			}
		}
	})
}

func TestGuard(t *testing.T) {
	for _, cell := range []string{"=1", "+1", "-a", "@x", "\tx", "\rx", "\nx", "'", "''", "'=1", "'\"", "'\"x\"", "a\r\nb", "-5", "-5e3", "--5", "+49 30 1", "x", "", "\"", "'x", "\x00", "\x7f", "\uffff"} {
		guarded := Guard(cell)
		if got := Unguard(guarded); got != cell {
			t.Errorf("%q became %q and then %q", cell, guarded, got)
		}
		if guarded != "" && strings.IndexByte("=+-@\t\r\n", guarded[0]) >= 0 && !number.MatchString(guarded) {
			t.Errorf("%q is written bare", cell)
		}
	}
}

func TestColumn(t *testing.T) {
	for i, want := range map[int]string{0: "A", 25: "Z", 26: "AA", 701: "ZZ", 702: "AAA", 16383: "XFD"} {
		if got := Column(i); got != want {
			t.Errorf("%d is %s", i, got)
		}
		if back, ok := columnOf(want + "1"); !ok || back != i {
			t.Errorf("%s is %d", want, back)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("a;b\n1;\"x\"\n"))
	f.Add(packed(f, `<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`, `<sst><si><t>one</t></si></sst>`))
	data, err := WriteXLSX(table("s", []string{"a", "b"}, []string{"1", "x"}))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		last := map[string]int{}
		_ = Read(data, func(sheet string, row int, cells []string) error {
			if row <= last[sheet] && last[sheet] > 0 && sheet == "" || len(cells) > MaxColumns || empty(cells) {
				t.Fatalf("row %d after %d: %q", row, last[sheet], cells)
			}
			last[sheet] = row
			return nil
		})
	})
}

// FuzzSheet looks at the XML of a workbook, which fuzzing the packed file hardly reaches.
func FuzzSheet(f *testing.F) {
	f.Add(`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c></row></sheetData></worksheet>`, `<sst><si><t>one</t></si></sst>`)
	f.Fuzz(func(t *testing.T, sheet, shared string) {
		_, _ = all(packed(t, sheet, shared))
	})
}
