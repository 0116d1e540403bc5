package plant

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Stamping makes many assets of one model, and the devices that it brings along: by a number, or by the rows of a
// table. In the pattern, the title and the texts among the parameters {n} is the number, {n:02} the number with two
// digits, {n*10+100} computes with it; of a table {column} is what stands in the row, and {n} counts the rows.
type Stamping struct {
	Model string `json:"model"`
	// Pattern is the path of an asset: "line1/pump{n}".
	Pattern string `json:"pattern" maxLength:"512"`
	// From and To are the first and the last number; of a table From is the number of the first row, and To does not count.
	From  int       `json:"from"`
	To    int       `json:"to"`
	Title spec.Text `json:"title,omitempty"`
	// Params are the parameters of each; a text that is one placeholder becomes the number.
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// Rows are a table, each with its cells by the names of the columns. The column of a parameter is its value; the
	// column path is the path, and title the title, where there is such a column. Empty cells count as none.
	Rows []map[string]string `json:"rows,omitempty" maxItems:"10000"`
	// Existing says what becomes of an asset, or its device, that is there already: abort (default), ignore it, overwrite it.
	Existing string `json:"existing,omitempty" enum:"abort,ignore,overwrite"`
}

// MaxStamp is how many assets are made at once.
const MaxStamp = 10000

// Stamped is what a stamping makes.
type Stamped struct {
	Added     int `json:"added"`
	Changed   int `json:"changed"`
	Unchanged int `json:"unchanged"`
	// Tags is how many tags the assets have.
	Tags int `json:"tags"`
	// Assets are those that are added or changed.
	Assets []Asset `json:"assets" nullable:"false"`
	// Devices are those that are added or changed with them.
	Devices []Device `json:"devices" nullable:"false"`

	rows    map[int]int // place in the plant → in Assets
	devices map[int]int // and in Devices
}

// stamper is a stamping under way.
type stamper struct {
	Stamping
	model    *FlatModel
	next     *Plant
	out      *Stamped
	problems spec.Problems
	known    names
	pattern  *text
	title    map[string]*text
	params   map[string]*jsonText
	places   map[tag.Path]int
	devices  map[string]int
	expand   *expander
}

// note adds what is wrong with a placeholder.
func (s *stamper) note(err error, at string) {
	if pe := (*placeholderError)(nil); errors.As(err, &pe) {
		problem := pe.problem
		problem.At = at
		s.problems = append(s.problems, &problem)
	}
}

// Stamp puts the assets and their devices into a copy of the plant. The error is a spec.Problems about the stamping.
func Stamp(p *Plant, ask Stamping) (*Plant, *Stamped, error) {
	models, _ := inherit(p)
	m := models[ask.Model]
	if m == nil {
		ids := make([]string, len(p.Models))
		for i := range p.Models {
			ids[i] = p.Models[i].ID
		}
		return nil, nil, spec.Problems{spec.OneOf("model_unknown", "/model", fmt.Sprintf("There is no model %q.", clip(ask.Model)), ask.Model, ids)}
	}
	next := *p
	next.Assets, next.Devices = slices.Clone(p.Assets), slices.Clone(p.Devices)
	s := &stamper{Stamping: ask, model: m, next: &next, out: &Stamped{Assets: []Asset{}, Devices: []Device{}, rows: map[int]int{}, devices: map[int]int{}},
		known: names{ids: []string{"n"}, types: []string{"int"}}, places: make(map[tag.Path]int, len(p.Assets)), devices: make(map[string]int, len(p.Devices)),
		expand: &expander{Expansion: &Expansion{Models: models, plant: &next}, devices: map[string]bool{}}}
	for i := range p.Assets {
		s.places[p.Assets[i].Path] = i
	}
	for i := range p.Devices {
		s.devices[p.Devices[i].ID] = i
		s.expand.devices[p.Devices[i].ID] = true
	}
	s.prepare()
	if len(s.problems) > 0 {
		slices.SortStableFunc(s.problems, byPlace)
		return nil, nil, s.problems
	}
	last := s.To
	if s.Rows != nil {
		last = s.From + len(s.Rows) - 1
	}
	for n := s.From; n <= last && len(s.problems) < 100; n++ {
		s.stamp(n)
	}
	if len(s.problems) > 0 {
		return nil, nil, s.problems
	}
	if len(next.Devices) == 0 {
		next.Devices = nil
	}
	s.out.Tags = len(s.out.Assets) * len(m.Properties)
	return &next, s.out, nil
}

// prepare checks what is asked and finds its placeholders.
func (s *stamper) prepare() {
	ps := &s.problems
	n := s.To - s.From + 1
	if s.Rows != nil {
		n = len(s.Rows)
		s.columns()
	}
	switch {
	case s.Rows == nil && s.From > s.To:
		ps.Add("value_range", "/to", "Make the last number the first or a later one.", "The range %d to %d is empty.", s.From, s.To)
	case s.From < 0:
		ps.Add("value_range", "/from", "0 or more.", "%d is out of range.", s.From)
	case n > MaxStamp:
		ps.Add("too_many", "/to", "Do it in parts.", "There are %d %s, more than %d.", n, "assets", MaxStamp)
	}
	var err error
	s.pattern, err = parseText(s.Pattern, s.known, false)
	s.note(err, "/pattern")
	own := slices.Contains(s.known.ids, "path")
	if s.pattern == nil && err == nil && n > 1 && !own {
		ps.Add("stamp_pattern", "/pattern", `Write {n} for the number: "line1/pump{n}"`, "The pattern gives the same path for every number.")
	}
	s.title = map[string]*text{}
	for lang, t := range s.Title {
		s.title[lang], err = parseText(t, s.known, false)
		s.note(err, "/title/"+spec.Escape(lang))
	}
	s.params = map[string]*jsonText{}
	for id, raw := range s.Params {
		s.params[id], err = parseJSON(raw, s.known)
		s.note(err, "/params/"+spec.Escape(id))
	}
}

// columns makes the columns of the table known. One that is neither a parameter nor named anywhere is a mistake in its name.
func (s *stamper) columns() {
	whole := map[string]bool{}
	for _, row := range s.Rows {
		for column, cell := range row {
			_, err := strconv.ParseInt(cell, 10, 64)
			before, seen := whole[column]
			whole[column] = (before || !seen) && (err == nil || cell == "")
		}
	}
	parameters := make([]string, len(s.model.Parameters))
	for i := range parameters {
		parameters[i] = s.model.Parameters[i].ID
	}
	texts := s.Pattern
	for _, t := range s.Title {
		texts += t
	}
	for _, raw := range s.Params {
		texts += string(raw)
	}
	for _, column := range slices.Sorted(maps.Keys(whole)) {
		known := column == "path" || column == "title" || slices.Contains(parameters, column) || strings.Contains(texts, "{"+column)
		switch {
		case !known:
			p := spec.OneOf("parameter_unknown", "/rows/0/"+spec.Escape(column), fmt.Sprintf("The model %q has no parameter %q.", s.Model, clip(column)), column, append([]string{"path", "title"}, parameters...))
			s.problems = append(s.problems, p)
		case column != "n":
			typ := "string"
			if whole[column] {
				typ = "int"
			}
			s.known.ids, s.known.types = append(s.known.ids, column), append(s.known.types, typ)
		}
	}
}

// stamp makes one asset.
func (s *stamper) stamp(n int) {
	row := map[string]string{}
	at := func(place string) string { return place }
	if s.Rows != nil {
		row = s.Rows[n-s.From]
		at = func(string) string { return fmt.Sprintf("/rows/%d", n-s.From) }
	}
	values := make([]value, len(s.known.ids))
	for i, id := range s.known.ids {
		text := row[id]
		if id == "n" {
			text = strconv.Itoa(n)
		}
		if text == "" {
			continue // a placeholder for it says that it is missing
		}
		values[i] = value{raw: jsonString(text), text: text}
		if s.known.types[i] == "int" {
			values[i].raw = json.RawMessage(text)
			values[i].number, _ = strconv.ParseInt(text, 10, 64)
		}
	}
	before := len(s.problems)
	a := Asset{Path: tag.Path(s.Pattern), Model: s.Model}
	switch {
	case row["path"] != "":
		a.Path = tag.Path(row["path"])
	case s.pattern != nil:
		path, err := s.pattern.write(values, s.known, "en")
		s.note(err, at("/pattern"))
		a.Path = tag.Path(path)
	}
	if _, err := tag.ParsePath(string(a.Path)); err != nil && len(s.problems) == before {
		s.problems.Add("tag_path", at("/pattern"), "Write levels joined by /, such as area/line/speed.", "The %v.", err)
	}
	s.describe(&a, row, values, at)
	s.parameters(&a, row, values, at)
	var device *Device
	if len(s.problems) == before {
		device = s.device(&a, at)
	}
	if len(s.problems) > before || !s.put(&a, at) {
		return
	}
	if device != nil {
		s.putDevice(device, at)
	}
}

// describe gives an asset its title.
func (s *stamper) describe(a *Asset, row map[string]string, values []value, at func(string) string) {
	for lang, t := range s.Title {
		if a.Title == nil {
			a.Title = spec.Text{}
		}
		var err error
		if a.Title[lang] = t; s.title[lang] != nil {
			a.Title[lang], err = s.title[lang].write(values, s.known, lang)
			s.note(err, at("/title/"+spec.Escape(lang)))
		}
	}
	if row["title"] != "" {
		a.Title = spec.Text{"en": row["title"]}
	}
}

// parameters gives an asset its parameters: what the row says goes before what is said for all.
func (s *stamper) parameters(a *Asset, row map[string]string, values []value, at func(string) string) {
	set := func(id string, raw json.RawMessage) {
		if a.Params == nil {
			a.Params = map[string]json.RawMessage{}
		}
		a.Params[id] = raw
	}
	typeOf := func(id string) string {
		if i := slices.IndexFunc(s.model.Parameters, func(p Parameter) bool { return p.ID == id }); i >= 0 {
			return s.model.Parameters[i].Type
		}
		return ""
	}
	for id, raw := range s.Params {
		var err error
		if s.params[id] != nil {
			raw, err = s.params[id].write(values, s.known)
			s.note(err, at("/params/"+spec.Escape(id)))
		}
		if t := typeOf(id); (t == "string" || t == "device") && s.params[id] != nil && len(raw) > 0 && raw[0] != '"' {
			raw = jsonString(string(raw))
		}
		set(id, raw)
	}
	for id, cell := range row {
		switch t := typeOf(id); {
		case t == "" || cell == "":
		case t == "string" || t == "device":
			set(id, jsonString(cell))
		case t == "bool":
			set(id, json.RawMessage(strconv.FormatBool(slices.Contains([]string{"true", "yes", "1", "是"}, strings.ToLower(cell)))))
		case !number.MatchString(cell):
			s.problems.Add("value_type", at("")+"/"+spec.Escape(id), "Write a value of the type of the parameter.", "The parameter %q is not of type %s.", id, t)
		default:
			set(id, json.RawMessage(cell))
		}
	}
}

// number is a number as JSON has it.
var number = regexp.MustCompile(`^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?$`)

// put takes an asset over; false when it is left out.
func (s *stamper) put(a *Asset, at func(string) string) bool {
	i, there := s.places[a.Path]
	switch {
	case !there:
		i = len(s.next.Assets)
		s.places[a.Path] = i
		s.next.Assets = append(s.next.Assets, *a)
		s.out.Added++
	case s.Existing == "ignore":
		s.out.Unchanged++
		return false
	case s.Existing == "overwrite":
		old := s.next.Assets[i]
		if a.Model, old.Model = old.Model, a.Model; len(a.Title) == 0 {
			a.Title = old.Title
		}
		old.Title, old.Params = a.Title, a.Params
		if Same(&s.next.Assets[i], &old) {
			s.out.Unchanged++
			return true
		}
		s.next.Assets[i], *a = old, old
		s.out.Changed++
	default:
		s.problems.Add("name_taken", at("/pattern"), "Choose other numbers or another pattern, or overwrite or ignore those that are there.", "There is an asset %q already.", a.Path)
		return false
	}
	s.out.rows[i] = len(s.out.Assets)
	s.out.Assets = append(s.out.Assets, *a)
	return true
}

// Locate gives problems of the new plant their places among the stamped assets and devices: /assets/0/params is
// that of the first that was made. Others stay as they are.
func (s *Stamped) Locate(ps spec.Problems) spec.Problems {
	for _, p := range ps {
		for list, rows := range map[string]map[int]int{"/assets/": s.rows, "/devices/": s.devices} {
			after, ok := strings.CutPrefix(p.At, list)
			if !ok {
				continue
			}
			index, rest, more := strings.Cut(after, "/")
			if more {
				rest = "/" + rest
			}
			i, err := strconv.Atoi(index)
			if row, made := rows[i]; err == nil && made {
				p.At = fmt.Sprintf("%s%d%s", list, row, rest)
				break
			}
		}
	}
	return ps
}
