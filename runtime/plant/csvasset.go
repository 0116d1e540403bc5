package plant

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// assetColumns are the fixed columns of assets. Between them stand title.<language> and param.<id>, behind them
// attribute.<key> and relation.<type>, whose paths are separated by "; ".
var assetColumns = []string{"path", "model", "title", "disabled", "overrides", "labels"}

// WriteAssetCSV writes assets as CSV, in the way of WriteCSV. ImportAssetCSV gives back the same assets.
func WriteAssetCSV(p *Plant, assets []Asset) ([]byte, error) {
	models, _ := inherit(p)
	rows := make([]map[string]string, len(assets))
	languages, params, more := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for i := range assets {
		rows[i] = flattenAsset(&assets[i], models[assets[i].Model])
		for name := range rows[i] {
			switch {
			case strings.HasPrefix(name, "title."):
				languages[name] = true
			case strings.HasPrefix(name, "param."):
				params[name] = true
			case strings.HasPrefix(name, attributePrefix), strings.HasPrefix(name, relationPrefix):
				more[name] = true
			}
		}
	}
	header := append([]string{"path", "model", "title"}, slices.Sorted(maps.Keys(languages))...)
	header = append(header, slices.Sorted(maps.Keys(params))...)
	header = append(header, "disabled", "overrides", "labels")
	header = append(header, slices.Sorted(maps.Keys(more))...)
	var out bytes.Buffer
	out.WriteString(bom)
	w := csv.NewWriter(&out)
	w.UseCRLF = true
	record := slices.Clone(header)
	if err := w.Write(record); err != nil {
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

// isText reports whether a parameter is a text, which stands in its cell as it is.
func isText(m *FlatModel, id string) bool {
	if m == nil {
		return false
	}
	i := slices.IndexFunc(m.Parameters, func(p Parameter) bool { return p.ID == id })
	return i >= 0 && (m.Parameters[i].Type == "string" || m.Parameters[i].Type == "device")
}

func flattenAsset(a *Asset, m *FlatModel) map[string]string {
	r := map[string]string{"path": string(a.Path), "model": a.Model}
	for lang, s := range a.Title {
		name := "title." + lang
		if lang == "en" {
			name = "title"
		}
		if s != "" {
			r[name] = s
		}
	}
	for id, raw := range a.Params {
		var s string
		if isText(m, id) && json.Unmarshal(raw, &s) == nil && s != "" && s[0] != '"' {
			r["param."+id] = s
		} else {
			r["param."+id] = compact(raw)
		}
	}
	if a.Disabled {
		r["disabled"] = "true"
	}
	if len(a.Overrides) > 0 {
		raw, err := spec.Canonical(a.Overrides)
		if err == nil {
			r["overrides"] = compact(raw)
		}
	}
	flattenMarks(r, &a.Marks)
	for _, to := range a.Relations {
		if name := relationPrefix + to.Type; r[name] == "" {
			r[name] = string(to.To)
		} else {
			r[name] += "; " + string(to.To)
		}
	}
	return r
}

func unflattenAsset(cells map[string]string, models map[string]*FlatModel) (Asset, []*spec.Problem) {
	a := Asset{Path: tag.Path(cells["path"]), Model: cells["model"], Marks: unflattenMarks(cells)}
	var faults []*spec.Problem
	for _, name := range slices.Sorted(maps.Keys(cells)) {
		cell := cells[name]
		switch {
		case name == "title" || strings.HasPrefix(name, "title."):
			lang := strings.TrimPrefix(strings.TrimPrefix(name, "title"), ".")
			if lang == "" {
				lang = "en"
			}
			if a.Title == nil {
				a.Title = spec.Text{}
			}
			a.Title[lang] = cell
		case strings.HasPrefix(name, "param."):
			if a.Params == nil {
				a.Params = map[string]json.RawMessage{}
			}
			id := strings.TrimPrefix(name, "param.")
			quoted := strings.HasPrefix(cell, `"`) && json.Valid([]byte(cell))
			if isText(models[a.Model], id) && !quoted {
				a.Params[id] = jsonString(cell)
			} else {
				if lower := strings.ToLower(cell); lower == "true" || lower == "false" {
					cell = lower // upper case by a spreadsheet
				}
				a.Params[id] = rawOf(cell)
			}
		case strings.HasPrefix(name, relationPrefix):
			for _, to := range strings.Split(cell, ";") {
				if to = strings.TrimSpace(to); to != "" {
					a.Relations = append(a.Relations, Relation{Type: strings.TrimPrefix(name, relationPrefix), To: tag.Path(to)})
				}
			}
		case name == "disabled":
			on, err := strconv.ParseBool(strings.ToLower(cell))
			if err != nil {
				faults = append(faults, &spec.Problem{Code: "value_type", At: name, Message: fmt.Sprintf("%q is neither true nor false.", clip(cell)), Hint: "Write true or false."})
			}
			a.Disabled = on
		case name == "overrides":
			if ps := spec.Strict(json.RawMessage(cell)); ps != nil || json.Unmarshal([]byte(cell), &a.Overrides) != nil {
				faults = append(faults, &spec.Problem{Code: "value_type", At: name, Message: "The overrides are not a JSON object.", Hint: `Write {"property": {"unit": "kW"}}.`})
			}
		}
	}
	return a, faults
}

// ImportAssetCSV puts the assets of a CSV file into a copy of the document, as ImportCSV does with tags: a column
// that the file lacks leaves that part of an asset as it is, an empty cell clears it, assets that the file does not name
// stay. Whether the assets make sense is told by Validate and LocateAssets.
func ImportAssetCSV(p *Plant, data []byte) (*Plant, *Import) {
	im := &Import{Problems: []RowProblem{}, Rows: []RowChange{}, rows: map[int]int{}}
	merged := *p
	merged.Assets = slices.Clone(p.Assets)
	header, rows := im.parse(data, assetColumns, "title.", "param.", attributePrefix, relationPrefix)
	if header == nil {
		return &merged, im
	}
	models, _ := inherit(p)
	index := make(map[tag.Path]int, len(merged.Assets))
	for i := range merged.Assets {
		index[merged.Assets[i].Path] = i
	}
	for r, record := range rows {
		row := r + 2
		given := im.cells(header, record, row)
		if given == nil {
			continue
		}
		path := tag.Path(given["path"])
		if _, err := tag.ParsePath(string(path)); err != nil {
			im.fault(row, "path", &spec.Problem{Code: "tag_path", Message: fmt.Sprintf("The %v.", err), Hint: "Write levels joined by /, such as area/line/speed.", At: "/path"})
			continue
		}
		i, known := index[path]
		cells := map[string]string{}
		if known {
			if first, double := im.rows[i]; double {
				im.fault(row, "path", &spec.Problem{Code: "id_double", Message: fmt.Sprintf("Row %d names the same asset %q.", first, path), Hint: "Remove one of them."})
				continue
			}
			cells = flattenAsset(&merged.Assets[i], models[merged.Assets[i].Model])
		}
		before := maps.Clone(cells)
		for name, cell := range given {
			if cells[name] = cell; cell == "" {
				delete(cells, name)
			}
		}
		a, faults := unflattenAsset(cells, models)
		for _, f := range faults {
			im.fault(row, f.At, &spec.Problem{Code: f.Code, Message: f.Message, Hint: f.Hint, At: "/" + f.At})
		}
		switch {
		case !known:
			im.Added++
			im.note(RowChange{Row: row, Path: path, Added: true})
			i = len(merged.Assets)
			index[path] = i
			merged.Assets = append(merged.Assets, a)
		case maps.Equal(before, flattenAsset(&a, models[a.Model])):
			im.Unchanged++
		default:
			im.Changed++
			im.note(RowChange{Row: row, Path: path, Cells: differences(before, flattenAsset(&a, models[a.Model]))})
			merged.Assets[i] = a
		}
		im.rows[i] = row
	}
	return &merged, im
}

// LocateAssets adds the problems of the new document that lie in imported assets.
func (im *Import) LocateAssets(problems spec.Problems) {
	for _, p := range problems {
		parts := strings.SplitN(p.At, "/", 5)
		if len(parts) < 3 || parts[1] != "assets" {
			continue
		}
		column := ""
		switch {
		case len(parts) > 4 && parts[3] == "params":
			column = "param." + parts[4]
		case len(parts) > 4 && parts[3] == "attributes":
			column = attributePrefix + parts[4]
		case len(parts) > 3 && parts[3] != "params":
			column = parts[3]
		}
		i, err := strconv.Atoi(parts[2])
		if row, imported := im.rows[i]; err == nil && imported {
			im.fault(row, column, p)
		}
	}
	slices.SortStableFunc(im.Problems, func(a, b RowProblem) int { return a.Row - b.Row })
}
