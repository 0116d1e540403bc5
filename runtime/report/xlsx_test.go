package report

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

func TestWorkbook(t *testing.T) {
	p := dayPlant(t)
	out, err := XLSX(p.fill(t, dayReport, dayRequest(p, t, "zh")))
	if err != nil {
		t.Fatal(err)
	}
	book, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	names := strings.Join(book.GetSheetList(), " ")
	for _, want := range []string{"报表", "温度", "按班次", "停机记录"} {
		if !strings.Contains(names, want) {
			t.Errorf("no sheet %q among %q", want, names)
		}
	}
	raw := func(sheet, cell string) string {
		s, err := book.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	// The early shift: 1440 parts, one hour stopped; 2026-11-20 06:00 on the clock of the plant.
	if a, b, c := raw("按班次", "A3"), raw("按班次", "B3"), raw("按班次", "C3"); a != "46346.25" || b != "1440" || !strings.HasPrefix(c, "0.041666") {
		t.Errorf("%q, %q, %q", a, b, c)
	}
	if s, _ := book.GetCellValue("按班次", "A3"); s != "2026-11-20 06:00:00" {
		t.Errorf("shown as %q", s)
	}
	if s, _ := book.GetCellValue("按班次", "C3"); s != "1:00:00" {
		t.Errorf("shown as %q", s)
	}
	archive, err := zip.NewReader(bytes.NewReader(out), int64(len(out)))
	if err != nil {
		t.Fatal(err)
	}
	charts := ""
	for _, f := range archive.File {
		if strings.HasPrefix(f.Name, "xl/charts/chart") {
			r, err := f.Open()
			if err != nil {
				t.Fatal(err)
			}
			content, _ := io.ReadAll(r)
			_ = r.Close()
			charts += string(content)
		}
	}
	if !strings.Contains(charts, "scatterChart") || !strings.Contains(charts, "barChart") || strings.Count(charts, "<ser>") != 3 {
		t.Errorf("charts: %.300s", charts)
	}
}

func TestSheetNames(t *testing.T) {
	b := &workbook{names: map[string]bool{}}
	seen := map[string]bool{}
	for i, title := range []string{"a", "A", "", "a/b:c*?[d]'", strings.Repeat("很长的标题", 20), strings.Repeat("很长的标题", 20), strings.Repeat("\U0001F600", 40), "\x00"} {
		name := b.name(&Part{Title: title}, i)
		if seen[strings.ToLower(name)] || name == "" || excelLength(name) > 31 || strings.ContainsAny(name, `:\/?*[]`) {
			t.Errorf("%q: %q", title, name)
		}
		seen[strings.ToLower(name)] = true
	}
}

func TestFileNames(t *testing.T) {
	p := dayPlant(t)
	c := p.fill(t, dayReport, dayRequest(p, t, "en"))
	for title, want := range map[string]string{"a/b\\c:..": "a-b-c- 2026-11-20.pdf", "": "report 2026-11-20.pdf", "日报": "日报 2026-11-20.pdf", "..": "report 2026-11-20.pdf", strings.Repeat("长", 200): strings.Repeat("长", 40) + " 2026-11-20.pdf"} {
		c.Title = title
		if got := FileName(c, "pdf"); got != want {
			t.Errorf("%q: %q, not %q", title, got, want)
		}
	}
}
