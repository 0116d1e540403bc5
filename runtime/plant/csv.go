package plant

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of a CSV file of tags.
const (
	MaxCSVBytes   = 64 << 20
	MaxCSVColumns = 512
	maxCellBytes  = 256 << 10
	maxRowFaults  = 10000
)

// columns are the fixed columns in their order. Between them stand title.<language> and
// address.<key>, and behind them attribute.<key>, as far as tags have them.
var columns = []string{
	"path", "type", "format", "of", "fields", "title", "description", "unit", "low", "high", "decimals", "normal.low", "normal.high",
	"device", "scan", "address", "bit", "expr", "every", "initial",
	"scale.rawLow", "scale.rawHigh", "scale.low", "scale.high", "scale.clamp", "scale.read", "scale.write", "scale.date",
	"deadband.absolute", "deadband.percent", "deadband.interval",
	"write", "write.low", "write.high", "write.interlock", "write.confirm", "write.readBack", "write.release", "write.release.by", "write.release.within",
	"restore", "labels",
}

const bom = "\ufeff"

// WriteCSV writes tags as CSV (RFC 4180, UTF-8 with a byte order mark, which spreadsheets
// need to show more than ASCII). ImportCSV gives back the same tags.
//
// A cell that a spreadsheet would take for a formula, that is one that begins with
// = + - @ tab or line end and is no number, stands behind an apostrophe; so does one that
// begins with an apostrophe itself. A text with a carriage return is an apostrophe and a JSON string.
func WriteCSV(tags []Tag) ([]byte, error) {
	rows := make([]map[string]string, len(tags))
	languages, keys, attributes := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range tags {
		rows[i] = flatten(&tags[i])
		for name := range rows[i] {
			switch {
			case strings.HasPrefix(name, "title."):
				languages[name] = true
			case strings.HasPrefix(name, "address."):
				keys[name] = true
			case strings.HasPrefix(name, attributePrefix):
				attributes[name] = true
			}
		}
	}
	var header []string
	for _, name := range columns {
		whole := name == "address"
		if whole {
			header = append(header, slices.Sorted(maps.Keys(keys))...)
			whole = !slices.ContainsFunc(rows, func(r map[string]string) bool { return r["address"] != "" })
		}
		if !whole {
			header = append(header, name)
		}
		if name == "title" {
			header = append(header, slices.Sorted(maps.Keys(languages))...)
		}
	}
	header = append(header, slices.Sorted(maps.Keys(attributes))...)
	var out bytes.Buffer
	out.WriteString(bom)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	record := make([]string, len(header))
	if err := w.Write(header); err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	for _, row := range rows {
		for i, name := range header {
			record[i] = guard(row[name])
		}
		if err := w.Write(record); err != nil {
			return nil, fmt.Errorf("write csv: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("write csv: %w", err)
	}
	return out.Bytes(), nil
}

var number = regexp.MustCompile(`^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// dangerous are the first characters by which a spreadsheet knows a formula.
const dangerous = "=+-@\t\n\r'"

// guard keeps a spreadsheet from running a cell; unguard undoes it.
func guard(cell string) string {
	switch {
	case strings.ContainsRune(cell, '\r'):
		b, _ := json.Marshal(cell) // never fails for a string
		return "'" + string(b)
	case cell != "" && strings.IndexByte(dangerous, cell[0]) >= 0 && !number.MatchString(cell):
		return "'" + cell
	}
	return cell
}

func unguard(cell string) string {
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

// flatten makes the cells of a tag; an absent cell is empty.
func flatten(t *Tag) map[string]string {
	r := map[string]string{}
	put := func(name, v string) {
		if v != "" {
			r[name] = v
		}
	}
	float := func(name string, v float64) { r[name] = formatFloat(v) }
	put("path", string(t.Path))
	put("type", t.Type)
	put("format", t.Format)
	put("of", t.Of)
	if len(t.Fields) > 0 {
		if raw, err := spec.Canonical(t.Fields); err == nil {
			put("fields", compact(raw))
		}
	}
	flattenMarks(r, &t.Marks)
	for lang, s := range t.Title {
		if lang == "en" {
			put("title", s)
		} else {
			put("title."+lang, s)
		}
	}
	put("description", t.Description)
	put("unit", t.Unit)
	if t.Range != nil {
		float("low", t.Range.Low)
		float("high", t.Range.High)
	}
	if t.Normal != nil {
		float("normal.low", t.Normal.Low)
		float("normal.high", t.Normal.High)
	}
	if t.Decimals != nil {
		r["decimals"] = strconv.Itoa(*t.Decimals)
	}
	put("device", t.Device)
	put("scan", t.Scan)
	address := map[string]json.RawMessage{}
	if json.Unmarshal(t.Address, &address) == nil && len(address) > 0 {
		for key, raw := range address {
			r["address."+key] = cellOf(raw)
		}
	} else if len(t.Address) > 0 {
		put("address", compact(t.Address))
	}
	if t.Bit != nil {
		r["bit"] = strconv.Itoa(*t.Bit)
	}
	put("expr", t.Expr)
	put("every", t.Every)
	if len(t.Initial) > 0 {
		r["initial"] = cellOf(t.Initial)
	}
	if s := t.Scale; s != nil {
		if s.RawLow != 0 || s.RawHigh != 0 || s.Low != 0 || s.High != 0 || s.Read == "" && s.Write == "" {
			float("scale.rawLow", s.RawLow)
			float("scale.rawHigh", s.RawHigh)
			float("scale.low", s.Low)
			float("scale.high", s.High)
		}
		if s.Clamp {
			r["scale.clamp"] = "true"
		}
		put("scale.read", s.Read)
		put("scale.write", s.Write)
		put("scale.date", s.Date)
	}
	if d := t.Deadband; d != nil {
		if d.Absolute != 0 || d.Percent == 0 && d.Interval == "" {
			float("deadband.absolute", d.Absolute)
		}
		if d.Percent != 0 {
			float("deadband.percent", d.Percent)
		}
		put("deadband.interval", d.Interval)
	}
	if w := t.Write; w != nil {
		r["write"] = "true"
		if w.Low != nil {
			float("write.low", *w.Low)
		}
		if w.High != nil {
			float("write.high", *w.High)
		}
		put("write.interlock", w.Interlock)
		put("write.confirm", w.Confirm)
		put("write.readBack", w.ReadBack)
		if w.Release != nil {
			r["write.release"] = "true"
			put("write.release.by", w.Release.By)
			put("write.release.within", w.Release.Within)
		}
	}
	put("restore", t.Restore)
	return r
}

func formatFloat(v float64) string {
	if a := max(v, -v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strconv.FormatFloat(v, 'e', -1, 64)
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// cellOf writes a JSON value: a text as it is unless it would be read as JSON, the rest as JSON.
func cellOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil && s != "" && string(raw) != "null" && !json.Valid([]byte(s)) {
		return s
	}
	return compact(raw)
}

func rawOf(cell string) json.RawMessage {
	if json.Valid([]byte(cell)) {
		return json.RawMessage(compact(json.RawMessage(cell)))
	}
	b, _ := json.Marshal(cell) // never fails for a string
	return b
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// RowProblem is a problem of one row of a CSV file. Row counts from 1, which is the header.
type RowProblem struct {
	Row int `json:"row"`
	// Cell is the name of the column, "" when the problem is of the whole row.
	Cell string `json:"cell,omitempty"`
	spec.Problem
}

// Import is what became of a CSV file.
type Import struct {
	Added     int          `json:"added"`
	Changed   int          `json:"changed"`
	Unchanged int          `json:"unchanged"`
	Problems  []RowProblem `json:"problems"`
	// Rows are the first of those that add or change a tag.
	Rows []RowChange `json:"rows"`
	rows map[int]int // index of the tag → row
}

// maxRowChanges is how many changes an import lists; a person reads no more before agreeing.
const maxRowChanges = 200

// RowChange is what one row of a CSV file adds or changes.
type RowChange struct {
	Row  int      `json:"row"`
	Path tag.Path `json:"path"`
	// Added says that the tag is new.
	Added bool `json:"added,omitempty"`
	// Cells are the columns that differ, sorted; none when the tag is new.
	Cells []CellChange `json:"cells,omitempty"`
}

// CellChange is one property of a tag before and after.
type CellChange struct {
	Name string `json:"name"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

func (im *Import) note(change RowChange) {
	if len(im.Rows) < maxRowChanges {
		im.Rows = append(im.Rows, change)
	}
}

// differences are the columns in which two rows differ.
func differences(before, after map[string]string) []CellChange {
	var list []CellChange
	for name, cell := range after {
		if before[name] != cell {
			list = append(list, CellChange{Name: name, Old: before[name], New: cell})
		}
	}
	for name, cell := range before {
		if _, kept := after[name]; !kept {
			list = append(list, CellChange{Name: name, Old: cell})
		}
	}
	slices.SortFunc(list, func(a, b CellChange) int { return strings.Compare(a.Name, b.Name) })
	return list
}

// Locate adds the problems of the new document, found later on, that lie in imported tags.
func (im *Import) Locate(problems spec.Problems) {
	for _, p := range problems {
		after, ok := strings.CutPrefix(p.At, "/tags/")
		if !ok {
			continue
		}
		index, _, _ := strings.Cut(after, "/")
		i, err := strconv.Atoi(index)
		if row, imported := im.rows[i]; err == nil && imported {
			im.fault(row, columnOf(p.At), p)
		}
	}
}

// columnOf is the column that a place in a tag stands in.
func columnOf(at string) string {
	parts := strings.SplitN(at, "/", 4)
	if len(parts) < 4 {
		return ""
	}
	name := strings.ReplaceAll(parts[3], "/", ".")
	switch {
	case name == "title.en":
		return "title"
	case name == "range":
		return "low"
	case strings.HasPrefix(name, "range."):
		return name[len("range."):]
	case strings.HasPrefix(name, "attributes."):
		return attributePrefix + name[len("attributes."):]
	case strings.HasPrefix(name, "labels."), strings.HasPrefix(name, "fields."):
		return name[:len("labels")]
	}
	return name
}

func (im *Import) fault(row int, cell string, p *spec.Problem) {
	if len(im.Problems) < maxRowFaults {
		im.Problems = append(im.Problems, RowProblem{Row: row, Cell: cell, Problem: *p})
	}
}

// Errors reports whether any row has an error and not only a warning.
func (im *Import) Errors() bool {
	return slices.ContainsFunc(im.Problems, func(p RowProblem) bool { return p.Severity != spec.Warning })
}

// ImportCSV puts the tags of a CSV file into a copy of the document. A column that the
// file lacks leaves that property of a tag as it is; an empty cell clears it; tags that the
// file does not name stay. Comma, semicolon and tab are known as separators. All rows are
// checked; the new document is to be used only if Import has no error.
func ImportCSV(p *Plant, data []byte) (*Plant, *Import) {
	im := &Import{Problems: []RowProblem{}, Rows: []RowChange{}, rows: map[int]int{}}
	merged := *p
	merged.Tags = slices.Clone(p.Tags)
	header, rows := im.parse(data, columns, "title.", "address.", attributePrefix)
	if header == nil {
		return &merged, im
	}
	v := &validator{plant: &merged}
	v.devices()
	index := make(map[tag.Path]int, len(merged.Tags))
	for i := range merged.Tags {
		index[merged.Tags[i].Path] = i
	}
	for r, record := range rows {
		im.merge(&merged, v, index, header, record, r+2)
	}
	if len(merged.Tags) > MaxTags {
		im.fault(1, "", &spec.Problem{Code: "too_many", Message: fmt.Sprintf("There would be %d tags, more than %d.", len(merged.Tags), MaxTags), Hint: "Split the plant over several runtimes."})
	}
	slices.SortStableFunc(im.Problems, func(a, b RowProblem) int { return a.Row - b.Row })
	return &merged, im
}

// merge takes over one row.
func (im *Import) merge(p *Plant, v *validator, index map[tag.Path]int, header, record []string, row int) {
	given := im.cells(header, record, row)
	if given == nil {
		return
	}
	path := tag.Path(given["path"])
	i, known := index[path]
	cells := map[string]string{}
	if known {
		if first, double := im.rows[i]; double {
			im.fault(row, "path", &spec.Problem{Code: "id_double", Message: fmt.Sprintf("Row %d names the same tag %q.", first, path), Hint: "Remove one of them."})
			return
		}
		cells = flatten(&p.Tags[i])
	}
	before := maps.Clone(cells)
	for name, cell := range given {
		if cell == "" {
			delete(cells, name)
		} else {
			cells[name] = cell
		}
		if name == "address" && cell != "" {
			maps.DeleteFunc(cells, func(k, _ string) bool { return strings.HasPrefix(k, "address.") && given[k] == "" })
		}
	}
	t, faults := unflatten(cells)
	for _, f := range faults {
		im.fault(row, f.At, &spec.Problem{Code: f.Code, Message: f.Message, Hint: f.Hint, At: "/" + strings.ReplaceAll(f.At, ".", "/")})
	}
	if len(faults) == 0 {
		v.problems = nil
		v.tag(func() string { return "/tags/0" }, &t)
		for _, f := range v.problems {
			f.At = strings.TrimPrefix(f.At, "/tags/0")
			im.fault(row, columnOf("/tags/0"+f.At), f)
		}
	}
	after := flatten(&t)
	switch {
	case !known:
		im.Added++
		im.note(RowChange{Row: row, Path: path, Added: true})
		i = len(p.Tags)
		index[path] = i
		p.Tags = append(p.Tags, t)
	case maps.Equal(before, after):
		im.Unchanged++
	default:
		im.Changed++
		im.note(RowChange{Row: row, Path: path, Cells: differences(before, after)})
		p.Tags[i] = t
	}
	im.rows[i] = row
}

// cells are the cells of a row by column; nil when it is empty or cannot be used.
func (im *Import) cells(header, record []string, row int) map[string]string {
	if !slices.ContainsFunc(record, func(c string) bool { return c != "" }) {
		return nil // an empty line at the end, as spreadsheets leave it
	}
	for len(record) > len(header) && record[len(record)-1] == "" {
		record = record[:len(record)-1]
	}
	if len(record) > len(header) {
		im.fault(row, "", &spec.Problem{Code: "csv_cells", Message: fmt.Sprintf("The row has %d cells, the header %d.", len(record), len(header)), Hint: "Put texts with separators in quotes."})
		return nil
	}
	given := make(map[string]string, len(header))
	for i, name := range header {
		cell := ""
		if i < len(record) {
			cell = unguard(record[i])
		}
		if len(cell) > maxCellBytes {
			im.fault(row, name, &spec.Problem{Code: "text_too_long", Message: fmt.Sprintf("The cell has %d bytes, more than %d.", len(cell), maxCellBytes), Hint: "Make it shorter."})
			return nil
		}
		given[name] = cell
	}
	return given
}

// parse reads the file and checks its header against the columns and what further ones begin with; a nil header says that it cannot be used.
func (im *Import) parse(data []byte, columns []string, prefixes ...string) (header []string, rows [][]string) {
	refuse := func(code, hint, format string, args ...any) ([]string, [][]string) {
		im.fault(1, "", &spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint})
		return nil, nil
	}
	if len(data) > MaxCSVBytes {
		return refuse("too_large", "Split the file.", "The file has %d bytes, more than %d.", len(data), MaxCSVBytes)
	}
	data = bytes.TrimPrefix(data, []byte(bom))
	if !utf8.Valid(data) {
		return refuse("csv_encoding", "Save it as CSV UTF-8.", "The file is not UTF-8.")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.Comma = separator(data)
	rows, err := r.ReadAll()
	if err != nil {
		row, message := 1, err.Error()
		if pe := new(csv.ParseError); errors.As(err, &pe) {
			row, message = pe.Line, fmt.Sprintf("Line %d, column %d: %v.", pe.Line, pe.Column, pe.Err)
		}
		im.fault(row, "", &spec.Problem{Code: "csv_syntax", Message: message, Hint: "Put texts with quotes, separators or line ends in quotes, and double the quotes inside."})
		return nil, nil
	}
	if len(rows) == 0 {
		return refuse("csv_empty", "The first row names the columns: path,type,…", "The file is empty.")
	}
	header = rows[0]
	if len(header) > MaxCSVColumns {
		return refuse("too_many", "Remove columns.", "There are %d columns, more than %d.", len(header), MaxCSVColumns)
	}
	if len(rows)-1 > MaxTags {
		return refuse("too_many", "Split the file.", "There are %d rows, more than %d.", len(rows)-1, MaxTags)
	}
	seen, sound := map[string]bool{}, true
	for len(header) > 0 && strings.TrimSpace(header[len(header)-1]) == "" {
		header = header[:len(header)-1]
	}
	for i, name := range header {
		name = strings.TrimSpace(unguard(name))
		header[i] = name
		if !slices.Contains(columns, name) && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(name, p) }) {
			im.fault(1, name, spec.OneOf("column_unknown", "", fmt.Sprintf("There is no column %q.", clip(name)), name, columns))
			sound = false
		}
		if seen[name] {
			im.fault(1, name, &spec.Problem{Code: "column_double", Message: fmt.Sprintf("The column %q stands twice.", clip(name)), Hint: "Remove one of them."})
			sound = false
		}
		seen[name] = true
	}
	if !seen["path"] {
		return refuse("column_missing", "The first row names the columns: path,type,…", "The column path is missing.")
	}
	if !sound {
		return nil, nil
	}
	return header, rows[1:]
}

// separator looks at the first line, which holds names of columns only.
func separator(data []byte) rune {
	line, _, _ := bytes.Cut(data, []byte{'\n'})
	best, most := ',', bytes.Count(line, []byte{','})
	for _, c := range ";\t" {
		if n := bytes.Count(line, []byte{byte(c)}); n > most {
			best, most = c, n
		}
	}
	return best
}
