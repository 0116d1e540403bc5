package plant

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Policy says what becomes of a row whose thing is in the plant already, with other properties.
type Policy string

// The policies. A row that says the same as the plant is no collision under any of them.
const (
	// PolicyAbort makes each an error, so that nothing is imported.
	PolicyAbort Policy = "abort"
	// PolicyOverwrite takes over every column of the file; an empty cell clears.
	PolicyOverwrite Policy = "overwrite"
	// PolicyMerge takes over every cell that is not empty.
	PolicyMerge Policy = "merge"
	// PolicyRename adds the row under a free name: line1/speed_2.
	PolicyRename Policy = "rename"
	// PolicyIgnore leaves the row out.
	PolicyIgnore Policy = "ignore"
)

// Policies are all policies.
var Policies = []Policy{PolicyAbort, PolicyOverwrite, PolicyMerge, PolicyRename, PolicyIgnore}

// ImportOptions say how a file is imported.
type ImportOptions struct {
	// Policy is PolicyAbort when left out.
	Policy Policy
	// Kind is what a CSV file holds, when its columns do not tell: a file with the column path only.
	Kind string
	// Remove takes away what the file does not name, of the kinds of things that it has.
	Remove bool
	// May, if given, keeps Remove to the tags and assets whose path it allows, and "" to devices.
	May func(tag.Path) bool
	// Check says what is wrong with the new plant as a whole; nil is Validate.
	Check func(*Plant) spec.Problems
	// Progress, if given, is told from time to time how far it is.
	Progress func(Progress)
}

// Progress is how far an import is.
type Progress struct {
	// Phase is read, compare, check or save.
	Phase string `json:"phase" enum:"read,compare,check,save"`
	// Done of Total rows; Total is 0 when it is not known.
	Done  int `json:"done"`
	Total int `json:"total"`
}

// Limits of what an import tells. All problems are counted.
const (
	maxRowProblems = 10000
	maxRowChanges  = 1000
	maxRounds      = 6
)

// Import is what became of a file, or would.
type Import struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Renamed   int `json:"renamed"`
	Ignored   int `json:"ignored"`
	Unchanged int `json:"unchanged"`
	Removed   int `json:"removed"`
	// Sheets are the parts of the file; a CSV file has one.
	Sheets []ImportSheet `json:"sheets" nullable:"false"`
	// Problems are what is wrong, by row. With one that is an error nothing is imported.
	Problems []RowProblem `json:"problems" nullable:"false"`
	// More is how many problems there are beyond those listed.
	More int `json:"more,omitempty"`
	// Rows are the first of the changes, up to 1000 of each action.
	Rows []RowChange `json:"rows" nullable:"false"`

	noted map[string]int
}

// ImportSheet is one sheet of a file.
type ImportSheet struct {
	Name string `json:"name,omitempty"`
	Kind string `json:"kind" enum:"devices,assets,tags,alarms"`
	Rows int    `json:"rows"`
}

// RowProblem is a problem of one row of a file. Row counts from 1, which is the header; 0 is a problem
// elsewhere in the plant that the file would cause.
type RowProblem struct {
	Sheet string `json:"sheet,omitempty"`
	Row   int    `json:"row"`
	// Cell is the name of the column, "" when the problem is of the whole row; Ref is the cell as a spreadsheet names it: C17.
	Cell string `json:"cell,omitempty"`
	Ref  string `json:"ref,omitempty"`
	spec.Problem
}

// RowChange is what one row of a file does.
type RowChange struct {
	Sheet string `json:"sheet,omitempty"`
	// Row is 0 for what is removed.
	Row  int    `json:"row"`
	Kind string `json:"kind" enum:"devices,assets,tags,alarms"`
	// Path is the path of the tag or asset, or the id of the device.
	Path   string `json:"path"`
	Action string `json:"action" enum:"added,changed,renamed,ignored,removed"`
	// To is the name that it gets when it is renamed.
	To string `json:"to,omitempty"`
	// Cells are the columns that differ, sorted; none of what is new or removed.
	Cells []CellChange `json:"cells,omitempty"`
}

// CellChange is one property before and after.
type CellChange struct {
	Name string `json:"name"`
	Old  string `json:"old,omitempty"`
	New  string `json:"new,omitempty"`
}

// Errors reports whether anything is an error and not only a warning.
func (im *Import) Errors() bool {
	return im.More > 0 || slices.ContainsFunc(im.Problems, func(p RowProblem) bool { return p.Severity != spec.Warning })
}

// Changes reports whether the plant would be another.
func (im *Import) Changes() bool { return im.Added+im.Changed+im.Renamed+im.Removed > 0 }

func (im *Import) note(c RowChange) {
	switch c.Action {
	case "added":
		im.Added++
	case "changed":
		im.Changed++
	case "renamed":
		im.Renamed++
	case "ignored":
		im.Ignored++
	case "removed":
		im.Removed++
	}
	if im.noted[c.Action]++; im.noted[c.Action] <= maxRowChanges {
		im.Rows = append(im.Rows, c)
	}
}

// ImportSheets puts the devices, assets and tags of a CSV or XLSX file into a copy of the document. What a sheet
// holds is told by its columns. A column that the file lacks leaves that property of a thing as it is; tags that
// the file does not name stay. All rows are checked, and the plant that would come of it; the new document is
// to be used only if Import has no error.
func ImportSheets(p *Plant, data []byte, o ImportOptions) (*Plant, *Import) {
	if o.Policy == "" {
		o.Policy = PolicyAbort
	}
	if o.Check == nil {
		o.Check = Validate
	}
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	next := *p
	next.Devices, next.Assets, next.Tags = slices.Clone(p.Devices), slices.Clone(p.Assets), slices.Clone(p.Tags)
	im := &importing{Import: &Import{Problems: []RowProblem{}, Rows: []RowChange{}, Sheets: []ImportSheet{}, noted: map[string]int{}}, o: o, plant: &next, devices: map[string]string{}}
	models, _ := inherit(p)
	im.takers = []taker{newTaking(deviceKind(), &next), newTaking(assetKind(models), &next), newTaking(tagKind(), &next)}
	for i := range p.Models {
		if m := models[p.Models[i].ID]; m != nil {
			for _, q := range m.Parameters {
				if q.Type == "device" {
					im.deviceColumns = append(im.deviceColumns, "param."+q.ID)
				}
			}
		}
	}
	if im.read(data); !im.broken {
		im.take()
		im.check()
	}
	slices.SortStableFunc(im.Problems, func(a, b RowProblem) int {
		if c := strings.Compare(a.Sheet, b.Sheet); c != 0 {
			return c
		}
		return a.Row - b.Row
	})
	return &next, im.Import
}

// importing is an import under way.
type importing struct {
	*Import
	o      ImportOptions
	plant  *Plant
	takers []taker
	sheets []*stagedSheet
	// devices are those that were renamed, old → new, so that the rows of the same file follow; deviceColumns are
	// where assets name one.
	devices       map[string]string
	deviceColumns []string
	broken        bool // the file cannot be read, or a header is wrong
	computes      bool // a row has an expression
	total         int
}

// stagedSheet is a sheet that was read.
type stagedSheet struct {
	name    string
	kind    taker
	header  []string
	column  map[string]int
	rows    [][]string
	numbers []int
}

// place is a row of the file.
type place struct {
	sheet *stagedSheet
	row   int
}

// taker is a kind of thing that can be imported.
type taker interface {
	kindName() string
	columnsOf() columns
	take(im *importing, s *stagedSheet)
	remove(im *importing)
	// checked is the list of the plant for a check, without what has faults, put into p.
	checked(p *Plant)
	// located is the row of an index of the list last checked; false when the file does not name it. faulty says that it has a fault already.
	located(index int) (at place, faulty, ok bool)
	markFaulty(at place)
	columnOf(at string) string
	limit() (n, most int)
}

// read stages all rows of the file.
func (im *importing) read(data []byte) {
	var s *stagedSheet
	err := sheet.Read(data, func(name string, row int, cells []string) error {
		if s == nil || s.name != name {
			s = &stagedSheet{name: name}
			im.sheets = append(im.sheets, s)
			im.header(s, row, cells)
			return nil
		}
		if s.kind == nil {
			return nil
		}
		for len(cells) > len(s.header) && cells[len(cells)-1] == "" {
			cells = cells[:len(cells)-1]
		}
		if len(cells) == 0 {
			return nil
		}
		s.rows, s.numbers = append(s.rows, slices.Clone(cells)), append(s.numbers, row)
		if im.total++; im.total%5000 == 0 {
			im.o.Progress(Progress{Phase: "read", Done: im.total})
		}
		return nil
	})
	if f := (*sheet.Fault)(nil); errors.As(err, &f) {
		im.broken = true
		problem := f.Problem
		im.problem(RowProblem{Sheet: f.Sheet, Row: f.Row, Problem: problem})
	}
	useful := false
	for _, s := range im.sheets {
		if useful = useful || s.kind != nil; s.kind != nil {
			im.Sheets = append(im.Sheets, ImportSheet{Name: s.name, Kind: s.kind.kindName(), Rows: len(s.rows)})
		}
	}
	if !useful && !im.broken {
		im.broken = true
		im.problem(RowProblem{Row: 1, Problem: spec.Problem{Code: "csv_empty", Message: "The file is empty.", Hint: "The first row names the columns: path,type,…"}})
	}
}

// header reads the first row of a sheet and finds out what it holds: the kind that knows most of the columns.
func (im *importing) header(s *stagedSheet, row int, cells []string) {
	s.header, s.column = slices.Clone(cells), map[string]int{}
	for len(s.header) > 0 && strings.TrimSpace(s.header[len(s.header)-1]) == "" {
		s.header = s.header[:len(s.header)-1]
	}
	for i, name := range s.header {
		s.header[i] = strings.TrimSpace(name)
	}
	var best taker
	most, least := -1, 0
	for _, k := range slices.Backward(im.takers) { // tags before others that fit as well
		known, all := 0, k.columnsOf()
		for _, name := range s.header {
			if all.knows(name) {
				known++
			}
		}
		if strings.EqualFold(s.name, k.kindName()) || s.name == "" && im.o.Kind == k.kindName() {
			known = len(s.header)
		}
		if unknown := len(s.header) - known; best == nil || known > most || known == most && unknown < least {
			best, most, least = k, known, unknown
		}
	}
	if s.name != "" && !slices.Contains(s.header, best.columnsOf().key()) && 2*most < len(s.header)+1 {
		im.problem(RowProblem{Sheet: s.name, Row: row, Problem: spec.Problem{Code: "sheet_skipped", Severity: spec.Warning, Message: fmt.Sprintf("The sheet %q was left out: it has no columns of devices, assets or tags.", clip(s.name)), Hint: "The first row names the columns: path,type,…"}})
		return
	}
	sound := true
	say := func(name string, p *spec.Problem) {
		sound = false
		im.problem(RowProblem{Sheet: s.name, Row: row, Cell: name, Ref: ref(s, name, row), Problem: *p})
	}
	all := best.columnsOf()
	for i, name := range s.header {
		_, double := s.column[name]
		if !double {
			s.column[name] = i
		}
		switch {
		case double:
			say(name, &spec.Problem{Code: "column_double", Message: fmt.Sprintf("The column %q stands twice.", clip(name)), Hint: "Remove one of them."})
		case !all.knows(name):
			say(name, spec.OneOf("column_unknown", "", fmt.Sprintf("There is no column %q.", clip(name)), name, all.names()))
		}
	}
	if _, ok := s.column[all.key()]; !ok {
		say("", &spec.Problem{Code: "column_missing", Message: fmt.Sprintf("The column %s is missing.", all.key()), Hint: "The first row names the columns: path,type,…"})
	}
	if s.kind = best; !sound {
		s.kind, im.broken = nil, true
	}
}

// ref is a cell as a spreadsheet names it, "" when the sheet has no such column.
func ref(s *stagedSheet, column string, row int) string {
	if i, ok := s.column[column]; ok && row > 0 {
		return fmt.Sprintf("%s%d", sheet.Column(i), row)
	}
	return ""
}

func (im *importing) problem(p RowProblem) {
	if len(im.Problems) >= maxRowProblems {
		im.More++
		return
	}
	im.Problems = append(im.Problems, p)
}

// fault notes a problem of a cell; a column that the sheet lacks is looked for further up: settings.tls.ca in settings.tls.
func (im *importing) fault(at place, column string, p *spec.Problem) {
	for name := column; name != ""; {
		if _, ok := at.sheet.column[name]; ok {
			column = name
			break
		}
		i := strings.LastIndexByte(name, '.')
		name = name[:max(i, 0)]
	}
	im.problem(RowProblem{Sheet: at.sheet.name, Row: at.row, Cell: column, Ref: ref(at.sheet, column, at.row), Problem: *p})
}

// take compares all rows with the plant and takes them over.
func (im *importing) take() {
	done := 0
	step := im.o.Progress
	im.o.Progress = func(p Progress) {
		p.Done += done
		step(p)
	}
	for _, k := range im.takers {
		named := false
		for _, s := range im.sheets {
			if s.kind == k {
				k.take(im, s)
				done, named = done+len(s.rows), true
			}
		}
		if named && im.o.Remove {
			k.remove(im)
		}
		if n, most := k.limit(); n > most {
			im.problem(RowProblem{Row: 1, Problem: spec.Problem{Code: "too_many", Message: fmt.Sprintf("There would be %d %s, more than %d.", n, k.kindName(), most), Hint: "Split the plant over several runtimes."}})
		}
	}
	im.o.Progress = step
}

// check looks at the plant that would come of it. What has faults is taken out and the rest looked at again, so that
// all faults are found at once and not only those of the first kind: the document by itself first, which takes a fraction of the time.
func (im *importing) check() {
	im.o.Progress(Progress{Phase: "check", Done: im.total, Total: im.total})
	elsewhere := map[string]bool{}
	for range maxRounds {
		if !im.look(Validate, elsewhere) {
			break
		}
	}
	if im.look(im.o.Check, elsewhere) && im.computes {
		im.look(im.o.Check, elsewhere) // circles of computed tags are looked for when all else is right
	}
	for _, s := range im.sheets {
		s.rows = nil
	}
}

// look checks once and notes what is new; false when no further row was found faulty.
func (im *importing) look(check func(*Plant) spec.Problems, elsewhere map[string]bool) bool {
	doc := *im.plant
	for _, k := range im.takers {
		k.checked(&doc)
	}
	type found struct {
		taker
		place
	}
	var faulty []found
	for _, p := range check(&doc) {
		at, k, rest, ok := im.locate(p.At)
		q := *p
		switch {
		case ok && at.sheet == nil: // it has been said what is wrong with it
		case ok:
			if q.At = rest; p.Severity != spec.Warning {
				faulty = append(faulty, found{k, at})
			} else if elsewhere[p.At+p.Message] {
				continue // both checks say it
			} else {
				elsewhere[p.At+p.Message] = true
			}
			im.fault(at, k.columnOf(rest), &q)
		case p.Severity != spec.Warning && !elsewhere[p.At+p.Message]:
			elsewhere[p.At+p.Message] = true
			im.problem(RowProblem{Problem: q})
		}
	}
	for _, f := range faulty { // behind the loop: a row may have several
		f.markFaulty(f.place)
	}
	return len(faulty) > 0
}

// locate is the row that a place in the plant lies in, and the place within it. The row has no sheet when it is known to be faulty.
func (im *importing) locate(at string) (place, taker, string, bool) {
	for _, k := range im.takers {
		after, ok := strings.CutPrefix(at, "/"+k.kindName()+"/")
		if !ok {
			continue
		}
		digits, rest, _ := strings.Cut(after, "/")
		index := 0
		if _, err := fmt.Sscanf(digits, "%d", &index); err != nil {
			return place{}, nil, "", false
		}
		p, faulty, ok := k.located(index)
		if faulty {
			p.sheet = nil
		}
		if rest != "" {
			rest = "/" + rest
		}
		return p, k, rest, ok
	}
	return place{}, nil, "", false
}
