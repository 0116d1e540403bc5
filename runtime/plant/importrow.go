package plant

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// taking is the import of one kind of thing.
type taking[T any] struct {
	*kind[T]
	plant  *Plant
	old    []T            // as they were
	was    map[string]int // id → place among them
	index  map[string]int // id → place in the list
	row    map[int]place  // place in the list → row
	named  map[string]place
	owner  map[string]string // id → device that a row names
	faulty map[place]bool
	asked  []int // of the list last checked → place in the list
	checks *validator
	// claimed are the paths of the properties of assets, with the asset.
	claimed map[string]tag.Path
}

func newTaking[T any](k *kind[T], p *Plant) *taking[T] {
	t := &taking[T]{kind: k, plant: p, old: slices.Clone(*k.list(p)), index: map[string]int{}, row: map[int]place{}, named: map[string]place{}, owner: map[string]string{}, faulty: map[place]bool{}}
	for i := range t.old {
		t.index[k.id(&t.old[i])] = i
	}
	t.was = maps.Clone(t.index)
	return t
}

func (t *taking[T]) kindName() string          { return t.name }
func (t *taking[T]) columnsOf() columns        { return t.columns }
func (t *taking[T]) columnOf(at string) string { return t.column(at) }
func (t *taking[T]) markFaulty(at place)       { t.faulty[at] = true }
func (t *taking[T]) limit() (n, most int)      { return len(*t.list(t.plant)), t.most }

func (t *taking[T]) take(im *importing, s *stagedSheet) {
	// The scan classes are those of the devices of the same file too, which were taken before.
	t.checks = &validator{plant: t.plant}
	t.checks.devices()
	if t.claimed == nil && t.name == KindTags {
		t.claimed = map[string]tag.Path{}
		x, _ := Expand(&Plant{Devices: t.plant.Devices, Models: t.plant.Models, Assets: t.plant.Assets})
		for i := range x.Tags {
			t.claimed[string(x.Tags[i].Path)] = x.Asset(i)
		}
	}
	for i, record := range s.rows {
		t.takeRow(im, place{s, s.numbers[i]}, record)
		s.rows[i] = nil // it is in the plant now
		if i%2000 == 1999 {
			im.o.Progress(Progress{Phase: "compare", Done: i + 1, Total: im.total})
		}
	}
}

// cells are the cells of a row by column; nil when it cannot be used.
func (t *taking[T]) cells(im *importing, at place, record []string) map[string]string {
	header := at.sheet.header
	if len(record) > len(header) {
		im.fault(at, "", &spec.Problem{Code: "csv_cells", Message: fmt.Sprintf("The row has %d cells, the header %d.", len(record), len(header)), Hint: "Put texts with separators in quotes."})
		t.faulty[at] = true
		return nil
	}
	given := make(map[string]string, len(header))
	for i, name := range header {
		cell := ""
		if i < len(record) {
			cell = record[i]
		}
		if slices.Contains(formulaErrors, cell) {
			im.fault(at, name, &spec.Problem{Code: "cell_error", Message: fmt.Sprintf("The cell shows the error %s of a formula.", cell), Hint: "Correct the formula in the spreadsheet, or empty the cell."})
			t.faulty[at] = true
			cell = ""
		}
		given[name] = cell
	}
	return given
}

// formulaErrors are what a spreadsheet shows when a formula fails (ECMA-376, part 1, 18.17.3).
var formulaErrors = []string{"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA", "#SPILL!", "#CALC!"}

// follow gives the cells the new names of devices of the same file.
func (t *taking[T]) follow(im *importing, given map[string]string) {
	if len(im.devices) == 0 {
		return
	}
	columns := im.deviceColumns
	if t.name == KindTags {
		columns = []string{"device"}
	} else if t.name != KindAssets {
		return
	}
	for _, name := range columns {
		if to, ok := im.devices[given[name]]; ok {
			given[name] = to
		}
	}
}

// takeRow takes over one row.
func (t *taking[T]) takeRow(im *importing, at place, record []string) {
	given := t.cells(im, at, record)
	if given == nil {
		return
	}
	t.follow(im, given)
	im.computes = im.computes || given["expr"] != ""
	id := given[t.key()]
	i, known := t.index[id]
	if first, double := t.named[id]; double {
		t.double(im, at, first, id, given["device"])
		return
	}
	t.named[id] = at
	list := t.list(t.plant)
	cells := map[string]string{}
	if known {
		cells = t.flatten(&(*list)[i])
	}
	before := maps.Clone(cells)
	overlay(cells, given, im.o.Policy == PolicyMerge)
	v, faults := t.unflatten(cells)
	t.owner[id] = t.device(&v)
	after := t.flatten(&v)
	if known && len(faults) == 0 && maps.Equal(before, after) {
		im.Unchanged++
		t.row[i] = at
		return
	}
	if known {
		switch im.o.Policy {
		case PolicyIgnore:
			im.note(RowChange{Sheet: at.sheet.name, Row: at.row, Kind: t.name, Path: id, Action: "ignored", Cells: differences(before, after)})
			return
		case PolicyAbort:
			t.collision(im, at, id, t.device(&(*list)[i]), t.device(&v))
			return
		case PolicyRename:
			v, faults = t.unflatten(given)
			to := t.free(id)
			t.rename(&v, to)
			t.named[to] = at
			if t.name == KindDevices {
				im.devices[id] = to
			}
			im.note(RowChange{Sheet: at.sheet.name, Row: at.row, Kind: t.name, Path: id, Action: "renamed", To: to})
			id, known = to, false
		default:
			if was, is := t.device(&(*list)[i]), t.device(&v); was != "" && is != "" && was != is {
				im.fault(at, "device", &spec.Problem{Code: "tag_moved", Severity: spec.Warning, Message: fmt.Sprintf("The tag %q moves from the device %q to %q.", id, was, is), Hint: "Make sure that both are the same value."})
			}
			im.note(RowChange{Sheet: at.sheet.name, Row: at.row, Kind: t.name, Path: id, Action: "changed", Cells: differences(before, after)})
		}
	} else {
		im.note(RowChange{Sheet: at.sheet.name, Row: at.row, Kind: t.name, Path: id, Action: "added"})
	}
	if len(faults) == 0 {
		for _, f := range t.check(t.checks, &v) {
			faults = append(faults, &spec.Problem{Code: f.Code, Message: f.Message, Hint: f.Hint, At: t.column(f.At), Fix: f.Fix, Severity: f.Severity})
		}
	}
	if asset, ok := t.claimed[id]; ok {
		faults = append(faults, &spec.Problem{Code: "tag_claimed", At: "path", Message: fmt.Sprintf("The path %q is that of a property of the asset %q.", id, asset), Hint: "Give one of them another path, or take it out."})
	}
	for _, f := range faults {
		q := *f
		q.At = ""
		im.fault(at, f.At, &q)
		t.faulty[at] = t.faulty[at] || f.Severity != spec.Warning
	}
	if known {
		(*list)[i] = v
	} else {
		i = len(*list)
		t.index[id] = i
		*list = append(*list, v)
	}
	t.row[i] = at
}

// overlay puts the cells of a row over those of the thing; merge keeps what an empty cell would clear.
func overlay(cells, given map[string]string, merge bool) {
	for name, cell := range given {
		switch {
		case cell != "":
			cells[name] = cell
		case !merge:
			delete(cells, name)
		}
	}
	for _, whole := range [...]string{"address", "settings"} {
		if given[whole] != "" { // replaces what stands in parts, unless the row gives parts too
			maps.DeleteFunc(cells, func(k, _ string) bool { return strings.HasPrefix(k, whole+".") && given[k] == "" })
			continue
		}
		for name, cell := range given {
			if cell != "" && strings.HasPrefix(name, whole+".") {
				delete(cells, whole)
			}
		}
	}
}

// double is said of a second row of the same name. Two devices that claim one tag are both named.
func (t *taking[T]) double(im *importing, at, first place, id, device string) {
	t.faulty[at] = true
	if other := t.owner[id]; t.name == KindTags && device != "" && other != "" && device != other {
		im.fault(at, "path", &spec.Problem{Code: "tag_claimed", Message: fmt.Sprintf("Rows %d and %d claim the tag %q for the devices %q and %q.", first.row, at.row, id, other, device), Hint: "Give one of them another path, or take it out."})
		return
	}
	im.fault(at, t.key(), &spec.Problem{Code: "id_double", Message: fmt.Sprintf("Row %d names the same %s %q.", first.row, t.one, id), Hint: "Remove one of them."})
}

// collision is said under PolicyAbort of a row whose thing is there already.
func (t *taking[T]) collision(im *importing, at place, id, was, is string) {
	t.faulty[at] = true
	p := &spec.Problem{Code: "name_taken", Message: fmt.Sprintf("There is a %s %q already, with other properties.", t.one, id), Hint: "Choose to overwrite, merge, rename or ignore what is there, or take the row out."}
	if was != is && was != "" && is != "" {
		p.Code, p.Message = "tag_claimed", fmt.Sprintf("The tag %q is of the device %q; the row claims it for %q.", id, was, is)
	}
	im.fault(at, t.key(), p)
}

// free is a name that neither the plant nor the file has.
func (t *taking[T]) free(id string) string {
	for n := 2; ; n++ {
		end := fmt.Sprintf("_%d", n)
		name := id + end
		if t.name == KindDevices && len(name) > 64 {
			name = id[:64-len(end)] + end
		}
		_, known := t.index[name]
		if _, named := t.named[name]; !known && !named {
			return name
		}
	}
}

// remove takes away what the file does not name.
func (t *taking[T]) remove(im *importing) {
	list := t.list(t.plant)
	kept := make([]T, 0, len(*list))
	rows := make(map[int]place, len(t.row))
	for i := range *list {
		v := &(*list)[i]
		id := t.id(v)
		_, named := t.named[id]
		if at, ok := t.row[i]; ok {
			rows[len(kept)] = at
			named = true
		}
		if !named && (im.o.May == nil || im.o.May(t.path(v))) {
			im.note(RowChange{Kind: t.name, Path: id, Action: "removed"})
			delete(t.index, id)
			continue
		}
		t.index[id] = len(kept)
		kept = append(kept, *v)
	}
	if len(kept) == 0 {
		kept = nil // as a document without the list has it
	}
	*list, t.row = kept, rows
}

func (t *taking[T]) checked(p *Plant) {
	list := *t.list(t.plant)
	t.asked = t.asked[:0]
	if len(t.faulty) == 0 {
		for i := range list {
			t.asked = append(t.asked, i)
		}
		*t.list(p) = list
		return
	}
	out := make([]T, 0, len(list))
	for i := range list {
		v := list[i]
		if at, ok := t.row[i]; ok && t.faulty[at] {
			if _, other := t.claimed[t.id(&v)]; other {
				continue
			}
			if j, was := t.was[t.id(&v)]; was {
				v = t.old[j]
			} else if v, was = t.standIn(v); !was {
				continue
			}
		}
		out, t.asked = append(out, v), append(t.asked, i)
	}
	*t.list(p) = out
}

func (t *taking[T]) located(index int) (at place, faulty, ok bool) {
	if index >= len(t.asked) {
		return place{}, false, false
	}
	at, ok = t.row[t.asked[index]]
	return at, t.faulty[at], ok
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
