package plant

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// assetColumns are the columns of assets; the paths of relations are separated by "; ".
var assetColumns = columns{"path", "model", "title", "title.*", "param.*", "disabled", "overrides", "labels", attributePrefix + "*", relationPrefix + "*"}

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

func unflattenAsset(cells map[string]string, models map[string]*FlatModel) (Asset, spec.Problems) {
	a := Asset{Path: tag.Path(cells["path"]), Model: cells["model"], Marks: unflattenMarks(cells)}
	var faults spec.Problems
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

// assetColumn is the column that a place in an asset stands in.
func assetColumn(at string) string {
	parts := strings.SplitN(at, "/", 4)
	switch {
	case len(parts) > 2 && parts[1] == "params":
		return "param." + parts[2]
	case len(parts) > 2 && parts[1] == "attributes":
		return attributePrefix + parts[2]
	case len(parts) > 2 && parts[1] == "title" && parts[2] != "en":
		return "title." + parts[2]
	case len(parts) > 1 && parts[1] != "params":
		return parts[1]
	}
	return ""
}
