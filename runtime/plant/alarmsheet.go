package plant

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// AlarmColumns are the columns of the alarm sheet (the master alarm database of ISA-18.2, 6.2.2), always in this order: where the
// alarm is declared, its id, and all that there is to say of it. A row of a tag has path and id, one of a model has model,
// property and id, and what one asset has otherwise has path, property and id.
var AlarmColumns = append([]string{"model", "path", "property", "id"}, slices.Sorted(maps.Keys(alarmFields))...)

// alarmFields are the columns of an alarm, by their names, with how a cell is read.
var alarmFields = func() map[string]reflect.Kind {
	out := map[string]reflect.Kind{}
	t := reflect.TypeFor[alarm.Alarm]()
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		typ := f.Type
		if typ.Kind() == reflect.Pointer {
			typ = typ.Elem()
		}
		switch {
		case typ == reflect.TypeFor[spec.Text]():
			out[name+".en"], out[name+".zh"] = reflect.String, reflect.String
		case typ == reflect.TypeFor[alarm.Band]():
			out[name+".absolute"], out[name+".percent"] = reflect.Float64, reflect.Float64
		case typ.Kind() == reflect.String, typ.Kind() == reflect.Bool, typ.Kind() == reflect.Float64, typ.Kind() == reflect.Int:
			out[name] = typ.Kind()
		default:
			out[name] = reflect.Interface // JSON
		}
	}
	return out
}()

// alarmPlace is where an alarm is declared.
type alarmPlace struct{ model, path, property, id string }

func (a alarmPlace) String() string {
	return strings.Trim(strings.Join([]string{a.model, a.path, a.property}, " "), " ") + "#" + a.id
}

// alarmCells are the cells of an alarm that are not empty.
type alarmCells map[string]string

// cellsOf spreads the JSON of an alarm, or of a part of one, over cells.
func cellsOf(raw json.RawMessage) alarmCells {
	out := alarmCells{}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return out
	}
	put := func(name string, v json.RawMessage) {
		if alarmFields[name] == reflect.String {
			var s string
			if json.Unmarshal(v, &s) == nil {
				out[name] = s
			}
			return
		}
		var flat bytes.Buffer
		if json.Compact(&flat, v) == nil {
			out[name] = flat.String()
		}
	}
	for name, v := range object {
		if _, simple := alarmFields[name]; simple {
			put(name, v)
			continue
		}
		var parts map[string]json.RawMessage
		if json.Unmarshal(v, &parts) == nil {
			for part, v := range parts {
				put(name+"."+part, v)
			}
		}
	}
	return out
}

// merge puts cells over the JSON of an alarm. Only the columns of a file are touched; an empty cell clears.
func (c alarmCells) merge(raw json.RawMessage, columns []string) (json.RawMessage, string) {
	object := map[string]json.RawMessage{}
	if len(raw) > 0 {
		_ = json.Unmarshal(raw, &object) // it was read before
	}
	for _, name := range columns {
		kind, ok := alarmFields[name]
		if !ok {
			continue
		}
		var v json.RawMessage
		switch cell := c[name]; {
		case cell == "":
		case kind == reflect.String:
			v, _ = json.Marshal(cell) // never fails for a string
		case kind == reflect.Bool:
			lower := strings.ToLower(cell)
			if lower != "true" && lower != "false" {
				return nil, name
			}
			v = json.RawMessage(lower)
		default:
			if !json.Valid([]byte(cell)) {
				return nil, name
			}
			v = json.RawMessage(cell)
		}
		whole, part, nested := strings.Cut(name, ".")
		if !nested {
			if delete(object, name); v != nil {
				object[name] = v
			}
			continue
		}
		parts := map[string]json.RawMessage{}
		if raw, ok := object[whole]; ok {
			_ = json.Unmarshal(raw, &parts)
		}
		if delete(parts, part); v != nil {
			parts[part] = v
		}
		if delete(object, whole); len(parts) > 0 {
			object[whole], _ = json.Marshal(parts)
		}
	}
	out, _ := json.Marshal(object) // of valid parts
	return out, ""
}

// eachAlarm calls f for every alarm that is declared, with its JSON and its place in the document.
func eachAlarm(p *Plant, f func(place alarmPlace, at string, raw json.RawMessage)) {
	declared := func(place alarmPlace, at string, alarms map[string]alarm.Alarm) {
		for _, id := range slices.Sorted(maps.Keys(alarms)) {
			raw, _ := json.Marshal(alarms[id])
			place.id = id
			f(place, at+"/alarms/"+spec.Escape(id), raw)
		}
	}
	for i := range p.Models {
		for j := range p.Models[i].Properties {
			q := &p.Models[i].Properties[j]
			declared(alarmPlace{model: p.Models[i].ID, property: q.ID}, fmt.Sprintf("/models/%d/properties/%d", i, j), q.Alarms)
		}
	}
	for i := range p.Tags {
		declared(alarmPlace{path: string(p.Tags[i].Path)}, fmt.Sprintf("/tags/%d", i), p.Tags[i].Alarms)
	}
	for i := range p.Assets {
		a := &p.Assets[i]
		for _, property := range slices.Sorted(maps.Keys(a.Overrides)) {
			var patch struct {
				Alarms map[string]json.RawMessage `json:"alarms"`
			}
			if json.Unmarshal(a.Overrides[property], &patch) != nil {
				continue
			}
			for _, id := range slices.Sorted(maps.Keys(patch.Alarms)) {
				at := fmt.Sprintf("/assets/%d/overrides/%s/alarms/%s", i, spec.Escape(property), spec.Escape(id))
				f(alarmPlace{"", string(a.Path), property, id}, at, patch.Alarms[id])
			}
		}
	}
}

// AlarmSheet is all alarms that are declared, as far as may allows their path; models are allowed by "".
func AlarmSheet(p *Plant, may func(tag.Path) bool) sheet.Table {
	var rows [][]string
	eachAlarm(p, func(place alarmPlace, _ string, raw json.RawMessage) {
		if !may(tag.Path(place.path)) {
			return
		}
		cells := cellsOf(raw)
		row := make([]string, len(AlarmColumns))
		for i, name := range AlarmColumns {
			row[i] = cells[name]
		}
		copy(row, []string{place.model, place.path, place.property, place.id})
		rows = append(rows, row)
	})
	return sheet.Table{Name: "alarms", Header: AlarmColumns, Rows: slices.Values(rows)}
}

// ImportAlarms compares an alarm sheet with the plant and puts it into a copy of the document: what is new is added, what
// differs is changed, and with o.Remove what the sheet does not name is taken away. A column that the sheet lacks is left as it
// is. The new document is to be used only if Import has no error.
func ImportAlarms(p *Plant, data []byte, o ImportOptions) (*Plant, *Import) {
	im := &Import{Problems: []RowProblem{}, Rows: []RowChange{}, Sheets: []ImportSheet{}, noted: map[string]int{}}
	bad := func(row int, cell, code, hint, format string, args ...any) {
		im.Problems = append(im.Problems, RowProblem{Row: row, Cell: cell, Problem: spec.Problem{Code: code, Message: fmt.Sprintf(format, args...), Hint: hint}})
	}
	if o.Check == nil {
		o.Check = Validate
	}
	may := o.May
	if may == nil {
		may = func(tag.Path) bool { return true }
	}
	live := map[alarmPlace]json.RawMessage{}
	eachAlarm(p, func(place alarmPlace, _ string, raw json.RawMessage) { live[place] = raw })
	var header []string
	named := map[alarmPlace]int{}
	next := map[alarmPlace]json.RawMessage{}
	rows := 0
	err := sheet.Read(data, func(_ string, row int, cells []string) error {
		if header == nil {
			header = slices.Clone(cells)
			for i, name := range header {
				if header[i] = strings.TrimSpace(name); !slices.Contains(AlarmColumns, header[i]) {
					bad(row, header[i], "column_unknown", "Take the columns of an export.", "There is no column %q in the alarm sheet.", header[i])
				}
			}
			if !slices.Contains(header, "id") {
				bad(row, "id", "column_missing", "Take the columns of an export.", "The column %s is missing.", "id")
			}
			return nil
		}
		rows++
		c := alarmCells{}
		for i, cell := range cells[:min(len(cells), len(header))] {
			c[header[i]] = strings.TrimSpace(cell)
		}
		place := alarmPlace{c["model"], c["path"], c["property"], c["id"]}
		if before, double := named[place]; double {
			bad(row, "id", "id_double", "Keep one of the rows.", "Row %d names the same alarm %q.", before, place)
			return nil
		}
		named[place] = row
		raw, wrong := c.merge(live[place], header)
		if wrong != "" {
			bad(row, wrong, "value_format", "Write true or false, a number, or JSON, as an export does.", "%q cannot be read.", c[wrong])
			return nil
		}
		next[place] = raw
		was, is := cellsOf(live[place]), cellsOf(raw)
		switch {
		case live[place] == nil:
			im.note(RowChange{Row: row, Kind: "alarms", Path: place.String(), Action: "added"})
		case !maps.Equal(was, is):
			change := RowChange{Row: row, Kind: "alarms", Path: place.String(), Action: "changed"}
			for _, name := range AlarmColumns {
				if was[name] != is[name] {
					change.Cells = append(change.Cells, CellChange{name, was[name], is[name]})
				}
			}
			im.note(change)
		default:
			im.Unchanged++
		}
		return nil
	})
	if f := (*sheet.Fault)(nil); errors.As(err, &f) {
		im.Problems = append(im.Problems, RowProblem{Row: f.Row, Problem: f.Problem})
	}
	im.Sheets = append(im.Sheets, ImportSheet{Name: "alarms", Kind: "alarms", Rows: rows})
	if im.Errors() {
		return p, im
	}
	for place, raw := range live {
		if _, ok := next[place]; ok {
			continue
		}
		if o.Remove && may(tag.Path(place.path)) {
			im.note(RowChange{Kind: "alarms", Path: place.String(), Action: "removed"})
			continue
		}
		next[place] = raw
	}
	slices.SortStableFunc(im.Rows, func(a, b RowChange) int {
		if a.Row != b.Row {
			return a.Row - b.Row
		}
		return strings.Compare(a.Path, b.Path)
	})
	out := withAlarms(p, next, func(place alarmPlace, cell, code, hint, format string, args ...any) {
		bad(named[place], cell, code, hint, format, args...)
	})
	if !im.Errors() {
		im.placeProblems(out, o.Check(out), named)
	}
	return out, im
}

// placeProblems gives problems of the document the rows and cells that they come from.
func (im *Import) placeProblems(p *Plant, ps spec.Problems, named map[alarmPlace]int) {
	places := map[string]alarmPlace{}
	eachAlarm(p, func(place alarmPlace, at string, _ json.RawMessage) { places[at] = place })
	for _, problem := range ps {
		row := RowProblem{Problem: *problem}
		for at := problem.At; at != ""; at = at[:max(0, strings.LastIndexByte(at, '/'))] {
			if place, ok := places[at]; ok {
				row.Row = named[place]
				row.Cell = strings.ReplaceAll(strings.TrimPrefix(strings.TrimPrefix(problem.At, at), "/"), "/", ".")
				break
			}
		}
		if len(im.Problems) >= maxRowProblems {
			im.More++
			continue
		}
		im.Problems = append(im.Problems, row)
	}
}

// withAlarms is the plant with these alarms and no others.
func withAlarms(p *Plant, all map[alarmPlace]json.RawMessage, bad func(place alarmPlace, cell, code, hint, format string, args ...any)) *Plant {
	next := *p
	next.Tags, next.Assets, next.Models = slices.Clone(p.Tags), slices.Clone(p.Assets), slices.Clone(p.Models)
	owners := map[alarmPlace]map[string]json.RawMessage{}
	for place, raw := range all {
		owner := alarmPlace{model: place.model, path: place.path, property: place.property}
		if owners[owner] == nil {
			owners[owner] = map[string]json.RawMessage{}
		}
		owners[owner][place.id] = raw
	}
	take := func(owner alarmPlace) map[string]json.RawMessage {
		list := owners[owner]
		delete(owners, owner)
		return list
	}
	decoded := func(owner alarmPlace) map[string]alarm.Alarm {
		var out map[string]alarm.Alarm
		for id, raw := range take(owner) {
			var a alarm.Alarm
			d := json.NewDecoder(bytes.NewReader(raw))
			d.DisallowUnknownFields()
			if err := d.Decode(&a); err != nil {
				place := owner
				place.id = id
				bad(place, "", "value_format", "Write true or false, a number, or JSON, as an export does.", "The alarm cannot be read: %v.", err)
				continue
			}
			if out == nil {
				out = map[string]alarm.Alarm{}
			}
			out[id] = a
		}
		return out
	}
	for i := range next.Models {
		m := &next.Models[i]
		m.Properties = slices.Clone(m.Properties)
		for j := range m.Properties {
			m.Properties[j].Alarms = decoded(alarmPlace{model: m.ID, property: m.Properties[j].ID})
		}
	}
	for i := range next.Tags {
		next.Tags[i].Alarms = decoded(alarmPlace{path: string(next.Tags[i].Path)})
	}
	for i := range next.Assets {
		a := &next.Assets[i]
		a.Overrides = maps.Clone(a.Overrides)
		properties := slices.Collect(maps.Keys(a.Overrides))
		for owner := range owners {
			if owner.path == string(a.Path) && owner.property != "" && owner.model == "" && !slices.Contains(properties, owner.property) {
				properties = append(properties, owner.property)
			}
		}
		for _, property := range properties {
			patch := map[string]json.RawMessage{}
			_ = json.Unmarshal(orEmptyObject(a.Overrides[property]), &patch) // it was read before
			alarms := take(alarmPlace{path: string(a.Path), property: property})
			if _, had := patch["alarms"]; !had && len(alarms) == 0 {
				continue
			}
			var was map[string]json.RawMessage
			_ = json.Unmarshal(orEmptyObject(patch["alarms"]), &was)
			same := func(a, b json.RawMessage) bool { return maps.Equal(cellsOf(a), cellsOf(b)) }
			if maps.EqualFunc(was, alarms, same) {
				continue
			}
			if delete(patch, "alarms"); len(alarms) > 0 {
				patch["alarms"], _ = json.Marshal(alarms)
			}
			if len(patch) == 0 {
				delete(a.Overrides, property)
				continue
			}
			if a.Overrides == nil {
				a.Overrides = map[string]json.RawMessage{}
			}
			a.Overrides[property], _ = json.Marshal(patch)
		}
	}
	for owner, list := range owners {
		for id := range list {
			place := owner
			place.id = id
			bad(place, "path", "alarm_owner_unknown", "Name a tag by path, a property by model and property, or an asset by path and property.", "There is nothing in the plant that could have the alarm %q.", place)
		}
	}
	return &next
}
