package report

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

const maxProblems = 200

// Validate tells everything that is wrong with a report by itself. Whether its tags are there is seen when it is filled:
// one that is gone is named on the page.
func Validate(r *Report) spec.Problems {
	v := &validator{ids: map[string]bool{}}
	if r.Format != Format {
		v.fail("format_unknown", "/format", fmt.Sprintf(`Write "format": %d.`, Format), "The format is %d, not %d.", r.Format, Format)
	}
	if len(r.Title) == 0 || strings.TrimSpace(r.Title["en"]) == "" && strings.TrimSpace(r.Title["zh"]) == "" {
		v.fail("value_missing", "/title", "Give the report a title.", "The title is missing.")
	}
	v.short("/title", r.Title)
	v.short("/description", r.Description)
	v.optional("/language", r.Language, "en", "zh")
	v.period("/period", &r.Period)
	v.optional("/page/size", r.Page.Size, "a4", "letter")
	v.optional("/page/orientation", r.Page.Orientation, "portrait", "landscape")
	v.number("/page/margin", r.Page.Margin, 5, 50)
	for at, band := range map[string]*Band{"/header": r.Header, "/footer": r.Footer} {
		if band != nil {
			v.placeholders(at+"/left", band.Left, maxTitle, true)
			v.placeholders(at+"/center", band.Center, maxTitle, true)
			v.placeholders(at+"/right", band.Right, maxTitle, true)
		}
	}
	v.count("/blocks", len(r.Blocks), MaxBlocks, "blocks")
	for i := range r.Blocks[:min(len(r.Blocks), MaxBlocks)] {
		v.block(fmt.Sprintf("/blocks/%d", i), &r.Blocks[i])
	}
	if r.Schedule != nil {
		v.schedule("/schedule", r.Schedule, &r.Period)
	}
	return v.problems
}

type validator struct {
	ids      map[string]bool
	problems spec.Problems
}

func (v *validator) add(p *spec.Problem) {
	if len(v.problems) < maxProblems {
		v.problems = append(v.problems, p)
	}
}

func (v *validator) fail(code, at, hint, format string, args ...any) {
	v.add(&spec.Problem{Code: code, At: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

func (v *validator) count(at string, n, limit int, what string) {
	if n > limit {
		v.fail("too_many", at, "Make another report for the rest.", "There are %d %s, more than %d.", n, what, limit)
	}
}

func (v *validator) optional(at, s string, known ...string) {
	if s != "" {
		v.choice(at, s, known...)
	}
}

func (v *validator) choice(at, s string, known ...string) {
	if !slices.Contains(known, s) {
		v.add(spec.OneOf("value_choice", at, fmt.Sprintf("%q is not one of the choices.", clip(s)), s, known))
	}
}

func (v *validator) number(at string, n *float64, low, high float64) {
	if n != nil && !(*n >= low && *n <= high) {
		v.fail("value_range", at, fmt.Sprintf("%g to %g.", low, high), "%g is out of range.", *n)
	}
}

func (v *validator) whole(at string, n *int, low, high int) {
	if n != nil && (*n < low || *n > high) {
		v.fail("value_range", at, fmt.Sprintf("%d to %d.", low, high), "%d is out of range.", *n)
	}
}

func (v *validator) length(at, s string, limit int) bool {
	if len(s) > limit {
		v.fail("text_too_long", at, "Make it shorter.", "The text has %d bytes, more than %d.", len(s), limit)
	}
	return len(s) <= limit
}

func (v *validator) short(at string, t spec.Text) {
	v.languages(at, t)
	for lang, s := range t {
		v.length(at+"/"+spec.Escape(lang), s, maxTitle)
	}
}

func (v *validator) languages(at string, t spec.Text) {
	for lang := range t {
		if lang != "en" && lang != "zh" {
			v.fail("value_choice", at+"/"+spec.Escape(clip(lang)), "Use en or zh.", "Reports are in English and Chinese, not in %q.", clip(lang))
		}
	}
}

// placeholders checks a text that may have such; those of pages stand in header and footer only.
func (v *validator) placeholders(at string, t spec.Text, limit int, pages bool) {
	v.languages(at, t)
	for lang, s := range t {
		place := at + "/" + spec.Escape(clip(lang))
		if !v.length(place, s, limit) {
			continue
		}
		parts, p := parseText(s)
		if p != nil {
			p.At = place
			v.add(p)
		}
		for _, x := range parts {
			if !pages && (x.name == "page" || x.name == "pages") {
				v.fail("placeholder_bad", place, "Put it into the header or the footer.", "{%s} is known in header and footer only.", x.name)
			}
		}
	}
}

func (v *validator) period(at string, p *Period) {
	v.choice(at+"/kind", p.Kind, "hour", "shift", "day", "week", "month", "custom")
	if p.Kind != "custom" {
		if p.From != "" || p.To != "" {
			v.fail("value_choice", at+"/from", "Take it away, or choose a custom period.", "Only a custom period has a beginning and an end of its own.")
		}
		return
	}
	if p.From == "" && p.To == "" {
		return // asked for at each run
	}
	from, err := time.Parse(time.RFC3339, p.From)
	if err != nil {
		v.fail("value_format", at+"/from", "Write a time such as 2026-11-21T08:00:00Z.", "%q is not a time.", clip(p.From))
	}
	to, err2 := time.Parse(time.RFC3339, p.To)
	if err2 != nil {
		v.fail("value_format", at+"/to", "Write a time such as 2026-11-21T08:00:00Z.", "%q is not a time.", clip(p.To))
	}
	if err != nil || err2 != nil {
		return
	}
	v.span(at+"/to", from, to)
}

func (v *validator) span(at string, from, to time.Time) {
	switch {
	case !to.After(from):
		v.fail("value_range", at, "Give an end that is after the beginning.", "The period ends before it begins.")
	case to.Sub(from) > maxPeriod:
		v.fail("value_range", at, "At most three years.", "The period is longer than three years.")
	case from.Year() < 1970 || to.Year() > 2200:
		v.fail("value_range", at, "Between 1970 and 2200.", "The period is too far away.")
	}
}

func (v *validator) block(at string, b *Block) {
	switch {
	case b.ID == "" || len(b.ID) > 64:
		v.fail("id_form", at+"/id", "Write 1 to 64 characters.", "%q cannot be an id.", clip(b.ID))
	case v.ids[b.ID]:
		v.fail("id_double", at+"/id", "Choose another.", "There is another block %q.", clip(b.ID))
	}
	v.ids[b.ID] = true
	v.placeholders(at+"/title", b.Title, maxTitle, false)
	given := map[string]bool{KindText: b.Text != nil, KindTiles: b.Tiles != nil, KindTable: b.Table != nil, KindTrend: b.Trend != nil, KindAlarms: b.Alarms != nil, KindStops: b.Stops != nil, KindPicture: b.Picture != nil}
	kinds := []string{KindText, KindTiles, KindTable, KindTrend, KindAlarms, KindStops, KindPicture, KindBreak}
	v.choice(at+"/kind", b.Kind, kinds...)
	for _, kind := range kinds {
		switch has, want := given[kind], b.Kind == kind && kind != KindBreak; {
		case want && !has:
			v.fail("value_missing", at+"/"+kind, "Give its settings.", "The block of kind %q has no settings.", kind)
		case has && !want:
			v.fail("value_choice", at+"/"+kind, "Take it away.", "A block of kind %q does not have this.", clip(b.Kind))
		}
	}
	switch {
	case b.Kind == KindText && b.Text != nil:
		v.placeholders(at+"/text/text", b.Text.Text, maxText, false)
		v.optional(at+"/text/style", b.Text.Style, "body", "heading", "subheading", "small")
		v.optional(at+"/text/align", b.Text.Align, "left", "center", "right")
	case b.Kind == KindTiles && b.Tiles != nil:
		v.items(at+"/tiles/items", b.Tiles.Items, true, true, 1)
	case b.Kind == KindTable && b.Table != nil:
		v.table(at+"/table", b.Table)
	case b.Kind == KindTrend && b.Trend != nil:
		v.trend(at+"/trend", b.Trend)
	case b.Kind == KindAlarms && b.Alarms != nil:
		v.choice(at+"/alarms/show", b.Alarms.Show, "list", "top", "priorities")
		if b.Alarms.Area != "" {
			v.path(at+"/alarms/area", b.Alarms.Area)
		}
		for i, p := range b.Alarms.Priorities {
			v.choice(fmt.Sprintf("%s/alarms/priorities/%d", at, i), p, alarm.Priorities...)
		}
		v.whole(at+"/alarms/limit", b.Alarms.Limit, 1, 1000)
	case b.Kind == KindStops && b.Stops != nil:
		v.items(at+"/stops/items", b.Stops.Items, false, false, 1)
		v.duration(at+"/stops/shortest", b.Stops.Shortest, 0, 24*time.Hour)
		v.optional(at+"/stops/order", b.Stops.Order, "time", "longest")
		v.whole(at+"/stops/limit", b.Stops.Limit, 1, 1000)
	case b.Kind == KindPicture && b.Picture != nil:
		v.picture(at+"/picture", b.Picture)
	}
}

func (v *validator) path(at string, p tag.Path) bool {
	if _, err := tag.ParsePath(string(p)); err != nil {
		v.fail("tag_path", at, "Write levels joined by /, such as area/line/speed.", "The %v.", err)
		return false
	}
	return true
}

// items checks values; functions says that each has one of its own, formulas that it may be computed instead.
func (v *validator) items(at string, list []Item, functions, formulas bool, least int) {
	v.count(at, len(list), maxItems, "tags")
	if len(list) < least {
		v.fail("value_missing", at, "Choose a tag.", "No tag is chosen.")
	}
	for i := range list[:min(len(list), maxItems)] {
		it := &list[i]
		place := fmt.Sprintf("%s/%d", at, i)
		switch {
		case it.Formula != "" && !formulas:
			v.fail("value_choice", place+"/formula", "Choose a tag.", "A formula cannot stand here.")
		case it.Formula != "" && (it.Tag != "" || it.Function != ""):
			v.fail("value_choice", place+"/formula", "Take away the tag and its function, or the formula.", "A value is either a function of a tag or a formula.")
		case it.Formula != "":
			if _, p := parseFormula(it.Formula); p != nil {
				p.At = place + "/formula"
				v.add(p)
			}
		case it.Tag == "":
			v.fail("value_missing", place+"/tag", "Choose a tag.", "The tag is missing.")
		default:
			v.path(place+"/tag", it.Tag)
			if functions || it.Function != "" {
				v.function(place+"/fn", it.Function)
			}
		}
		v.state(place+"/state", it.State)
		v.short(place+"/title", it.Title)
		v.length(place+"/unit", it.Unit, 64)
		v.whole(place+"/decimals", it.Decimals, 0, 10)
		v.number(place+"/factor", it.Factor, -1e12, 1e12)
	}
}

func (v *validator) function(at, name string) {
	if slices.Contains(historian.Functions(), historian.Function(name)) {
		return
	}
	known := make([]string, 0, 20)
	for _, f := range historian.Functions() {
		known = append(known, string(f))
	}
	v.add(spec.OneOf("value_choice", at, fmt.Sprintf("There is no function %q over history.", clip(name)), name, known))
}

func (v *validator) state(at string, raw json.RawMessage) {
	if len(raw) == 0 {
		return
	}
	if value, err := tag.Parse(raw, tag.None); err != nil || value.IsNone() || len(raw) > 200 {
		v.fail("value_type", at, `Write JSON: 3, true or "run".`, "The state is not a value.")
	}
}

func (v *validator) duration(at, s string, low, high time.Duration) {
	if s == "" {
		return
	}
	switch d, err := time.ParseDuration(s); {
	case err != nil:
		v.fail("value_format", at, `Write a number with a unit: "200ms", "5s", "1h30m"`, "%q is not a duration.", clip(s))
	case d < low || d > high:
		v.fail("value_range", at, fmt.Sprintf("%s to %s.", low, high), "%s is out of range.", d)
	}
}

func (v *validator) step(at, s string) {
	if s == "shift" {
		return
	}
	if _, err := historian.ParseStep(s); err != nil {
		v.fail("value_format", at, `Write a time such as "15m", "1h", "1d", or "shift".`, "%q is not a step.", clip(s))
	}
}

func (v *validator) table(at string, t *Table) {
	v.choice(at+"/rows", t.Rows, "tags", "intervals")
	v.items(at+"/items", t.Items, false, true, 0)
	if t.Pattern != "" {
		if _, err := tag.ParsePattern(t.Pattern); err != nil {
			v.fail("pattern_bad", at+"/pattern", `Write it like "area/line/*/speed" or "area/**".`, "The pattern is not valid: %v.", err)
		}
	}
	if (t.Model == "") != (t.Property == "") {
		v.fail("value_missing", at+"/property", "Give both, or neither.", "A model needs a property, and a property its model.")
	}
	v.length(at+"/model", t.Model, 64)
	v.length(at+"/property", t.Property, 64)
	if len(t.Items) == 0 && t.Pattern == "" && t.Model == "" {
		v.fail("value_missing", at+"/items", "Choose a tag, a pattern or a model.", "No tag is chosen.")
	}
	v.optional(at+"/total", t.Total, "none", "sum", "avg", "min", "max")
	if t.Rows == "intervals" {
		v.step(at+"/step", t.Step)
		if t.Function != "" || t.Pattern != "" || t.Model != "" {
			v.function(at+"/fn", t.Function)
		}
		for i := range t.Items {
			if it := &t.Items[i]; it.Formula == "" && it.Function == "" && t.Function == "" {
				v.fail("value_missing", fmt.Sprintf("%s/items/%d/fn", at, i), "Choose a function.", "The function is missing.")
			}
		}
		return
	}
	v.count(at+"/columns", len(t.Columns), maxColumns, "columns")
	if len(t.Columns) == 0 {
		v.fail("value_missing", at+"/columns", "Choose a function.", "The function is missing.")
	}
	for i := range t.Columns {
		c := &t.Columns[i]
		place := fmt.Sprintf("%s/columns/%d", at, i)
		v.function(place+"/fn", c.Function)
		v.state(place+"/state", c.State)
		v.short(place+"/title", c.Title)
		v.whole(place+"/decimals", c.Decimals, 0, 10)
	}
	for i := range t.Items {
		if t.Items[i].Formula != "" {
			v.fail("value_choice", fmt.Sprintf("%s/items/%d/formula", at, i), "Use value tiles, or rows of intervals.", "A formula cannot stand here.")
		}
	}
}

func (v *validator) trend(at string, t *Trend) {
	v.optional(at+"/style", t.Style, "line", "step", "bar")
	v.items(at+"/items", t.Items, t.Style == "bar", false, 1)
	if len(t.Items) > maxLines {
		v.fail("too_many", at+"/items", "Make another drawing for the rest.", "There are %d %s, more than %d.", len(t.Items), "tags", maxLines)
	}
	if t.Style == "bar" {
		v.step(at+"/step", t.Step)
	}
	v.number(at+"/height", t.Height, 30, 200)
	v.number(at+"/low", t.Low, -1e300, 1e300)
	v.number(at+"/high", t.High, -1e300, 1e300)
	if t.Low != nil && t.High != nil && *t.High <= *t.Low {
		v.fail("value_range", at+"/high", "Give a higher one.", "The axis ends below its beginning.")
	}
}

func (v *validator) picture(at string, p *Picture) {
	v.number(at+"/width", p.Width, 5, 100)
	v.optional(at+"/align", p.Align, "left", "center", "right")
	v.short(at+"/alternative", p.Alternative)
	if len(p.Data) > base64.StdEncoding.EncodedLen(maxPicture) {
		v.fail("too_large", at+"/data", "Make it smaller: 1500 pixels are enough for a page.", "The picture has %d bytes, more than %d.", base64.StdEncoding.DecodedLen(len(p.Data)), maxPicture)
		return
	}
	data := p.file()
	switch config, format, err := image.DecodeConfig(bytes.NewReader(data)); {
	case len(p.Data) == 0:
		v.fail("value_missing", at+"/data", "Choose a PNG or JPEG file.", "The picture is missing.")
	case err != nil || format != "png" && format != "jpeg":
		v.fail("picture_bad", at+"/data", "Choose a PNG or JPEG file.", "The picture cannot be read.")
	case config.Width < 1 || config.Height < 1 || config.Width > maxPixels/config.Height:
		v.fail("too_large", at+"/data", "Make it smaller: 1500 pixels are enough for a page.", "The picture has %d × %d pixels.", config.Width, config.Height)
	default:
		if _, _, err := image.Decode(bytes.NewReader(data)); err != nil {
			v.fail("picture_bad", at+"/data", "Choose a PNG or JPEG file.", "The picture cannot be read.")
		}
	}
}

// AtShift is the rule that makes a report after the end of each shift.
const AtShift = "@shift"

func (v *validator) schedule(at string, s *Schedule, period *Period) {
	if s.When != AtShift {
		if _, p := schedule.Parse(s.When); p != nil {
			p.At = at + "/when"
			v.add(p)
		} else if s.When == "" {
			v.fail("value_missing", at+"/when", "Choose when the report is made.", "The time of the schedule is missing.")
		}
	}
	if period.Kind == "custom" {
		v.fail("value_choice", at+"/when", "Choose a shift, a day, a week or a month as the period.", "A report over a custom period cannot be made by a schedule.")
	}
	for i, f := range s.Files {
		v.choice(fmt.Sprintf("%s/files/%d", at, i), f, "pdf", "xlsx", "csv")
	}
	v.count(at+"/receivers", len(s.Receivers), maxReceiver, "receivers")
	for i, r := range s.Receivers {
		place := fmt.Sprintf("%s/receivers/%d", at, i)
		if a, err := mail.ParseAddress(r.Address); err != nil || a.Address != r.Address || len(r.Address) > 254 {
			v.fail("address_bad", place+"/address", "Write it like name@example.com.", "%q is not a mail address.", clip(r.Address))
		}
		v.optional(place+"/language", r.Language, "en", "zh")
	}
	v.length(at+"/target", s.Target, 500)
}

// Paths are the tags that a report names itself, each once; areas are those of alarms, and with patterns and models it may
// read more.
func (r *Report) Paths() []tag.Path {
	var out []tag.Path
	add := func(p tag.Path) {
		if p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	text := func(t spec.Text) {
		for _, s := range t {
			if parts, p := parseText(s); p == nil {
				for _, x := range parts {
					if x.formula != nil {
						for _, c := range x.formula.calls {
							add(c.path)
						}
					}
				}
			}
		}
	}
	items := func(list []Item) {
		for i := range list {
			add(list[i].Tag)
			if f, p := parseFormula(list[i].Formula); p == nil && list[i].Formula != "" {
				for _, c := range f.calls {
					add(c.path)
				}
			}
		}
	}
	r.each(text, items)
	return out
}

// CheckSpan tells what is wrong with a period that somebody asks for.
func CheckSpan(at string, from, to time.Time) spec.Problems {
	v := &validator{}
	v.span(at, from, to)
	return v.problems
}
