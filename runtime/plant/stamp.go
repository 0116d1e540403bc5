package plant

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Stamping makes many assets of one model. In the pattern, the title and the texts among the parameters
// {n} is the number, {n:02} the number with two digits, {n*10+100} computes with it.
type Stamping struct {
	Model string `json:"model"`
	// Pattern is the path of an asset: "line1/pump{n}".
	Pattern string `json:"pattern" maxLength:"512"`
	// From and To are the first and the last number.
	From  int       `json:"from"`
	To    int       `json:"to"`
	Title spec.Text `json:"title,omitempty"`
	// Params are the parameters of each; a text that is one placeholder becomes the number.
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// Existing says what becomes of an asset that is there already: abort (default), ignore it, overwrite it.
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

	rows map[int]int // place in the plant → in Assets
}

// Stamp puts the assets into a copy of the plant. The error is a spec.Problems about the stamping.
func Stamp(p *Plant, s Stamping) (*Plant, *Stamped, error) {
	var ps spec.Problems
	models, _ := inherit(p)
	m := models[s.Model]
	if m == nil {
		ids := make([]string, len(p.Models))
		for i := range p.Models {
			ids[i] = p.Models[i].ID
		}
		return nil, nil, spec.Problems{spec.OneOf("model_unknown", "/model", fmt.Sprintf("There is no model %q.", clip(s.Model)), s.Model, ids)}
	}
	switch {
	case s.From > s.To:
		ps.Add("value_range", "/to", "Make the last number the first or a later one.", "The range %d to %d is empty.", s.From, s.To)
	case s.From < 0:
		ps.Add("value_range", "/from", "0 or more.", "%d is out of range.", s.From)
	case s.To-s.From >= MaxStamp:
		ps.Add("too_many", "/to", "Do it in parts.", "There are %d %s, more than %d.", s.To-s.From+1, "assets", MaxStamp)
	}
	known := names{ids: []string{"n"}, types: []string{"int"}}
	note := func(err error, at string) {
		if pe := (*placeholderError)(nil); errors.As(err, &pe) {
			problem := pe.problem
			problem.At = at
			ps = append(ps, &problem)
		}
	}
	pattern, err := parseText(s.Pattern, known, false)
	note(err, "/pattern")
	if pattern == nil && err == nil && s.From != s.To {
		ps.Add("stamp_pattern", "/pattern", `Write {n} for the number: "line1/pump{n}"`, "The pattern gives the same path for every number.")
	}
	title := map[string]*text{}
	for lang, t := range s.Title {
		title[lang], err = parseText(t, known, false)
		note(err, "/title/"+spec.Escape(lang))
	}
	params := map[string]*jsonText{}
	for id, raw := range s.Params {
		params[id], err = parseJSON(raw, known)
		note(err, "/params/"+spec.Escape(id))
	}
	if len(ps) > 0 {
		slices.SortStableFunc(ps, byPlace)
		return nil, nil, ps
	}
	next := *p
	next.Assets = slices.Clone(p.Assets)
	places := make(map[tag.Path]int, len(p.Assets))
	for i := range p.Assets {
		places[p.Assets[i].Path] = i
	}
	out := &Stamped{Assets: []Asset{}, rows: map[int]int{}}
	for n := s.From; n <= s.To; n++ {
		digits := strconv.Itoa(n)
		values := []value{{raw: json.RawMessage(digits), text: digits, number: int64(n)}}
		a := Asset{Path: tag.Path(s.Pattern), Model: s.Model}
		if pattern != nil {
			path, err := pattern.write(values, known, "en")
			note(err, "/pattern")
			a.Path = tag.Path(path)
		}
		if _, err := tag.ParsePath(string(a.Path)); err != nil {
			ps.Add("tag_path", "/pattern", "Write levels joined by /, such as area/line/speed.", "The %v.", err)
		}
		for lang, t := range s.Title {
			if a.Title == nil {
				a.Title = spec.Text{}
			}
			if a.Title[lang] = t; title[lang] != nil {
				a.Title[lang], err = title[lang].write(values, known, lang)
				note(err, "/title/"+spec.Escape(lang))
			}
		}
		for id, raw := range s.Params {
			if a.Params == nil {
				a.Params = map[string]json.RawMessage{}
			}
			if params[id] != nil {
				raw, err = params[id].write(values, known)
				note(err, "/params/"+spec.Escape(id))
			}
			i := slices.IndexFunc(m.Parameters, func(p Parameter) bool { return p.ID == id })
			if i >= 0 && (m.Parameters[i].Type == "string" || m.Parameters[i].Type == "device") && params[id] != nil && len(raw) > 0 && raw[0] != '"' {
				raw = jsonString(string(raw))
			}
			a.Params[id] = raw
		}
		if len(ps) > 0 {
			return nil, nil, ps
		}
		i, there := places[a.Path]
		switch {
		case !there:
			i = len(next.Assets)
			places[a.Path] = i
			next.Assets = append(next.Assets, a)
			out.Added++
		case s.Existing == "overwrite":
			a.Overrides, a.Disabled = next.Assets[i].Overrides, next.Assets[i].Disabled
			next.Assets[i] = a
			out.Changed++
		case s.Existing == "ignore":
			out.Unchanged++
			continue
		default:
			ps.Add("name_taken", "/pattern", "Choose other numbers or another pattern, or overwrite or ignore those that are there.", "There is an asset %q already.", a.Path)
			return nil, nil, ps
		}
		out.rows[i] = len(out.Assets)
		out.Assets = append(out.Assets, a)
	}
	out.Tags = len(out.Assets) * len(m.Properties)
	return &next, out, nil
}

// Locate gives problems of the new plant their places among the stamped assets: /assets/0/params is
// that of the first that was made. Others stay as they are.
func (s *Stamped) Locate(ps spec.Problems) spec.Problems {
	for _, p := range ps {
		after, ok := strings.CutPrefix(p.At, "/assets/")
		if !ok {
			continue
		}
		index, rest, more := strings.Cut(after, "/")
		if more {
			rest = "/" + rest
		}
		i, err := strconv.Atoi(index)
		if row, made := s.rows[i]; err == nil && made {
			p.At = fmt.Sprintf("/assets/%d%s", row, rest)
		}
	}
	return ps
}
