// Package export writes the history of many tags into files: CSV, XLSX and Parquet, one line a sample or one column a tag,
// samples or buckets. It reads and writes as it goes, whatever the length of the time; by request, and by schedule into a
// folder, a bucket or a mail.
package export

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Format of a file.
type Format string

// The formats.
const (
	CSV     Format = "csv"
	XLSX    Format = "xlsx"
	Parquet Format = "parquet"
)

// Formats lists them.
func Formats() []Format { return []Format{CSV, XLSX, Parquet} }

// Type is the media type.
func (f Format) Type() string {
	switch f {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return "application/vnd.apache.parquet"
}

// Layout says what a line is.
type Layout string

// The layouts.
const (
	// Long has a line for every sample of every tag: time, path, value, unit, quality.
	Long Layout = "long"
	// Wide has a line for every time and a column for every tag.
	Wide Layout = "wide"
)

// Limits of an export.
const (
	MaxTags      = 1000
	MaxFunctions = 8
	// maxWideRaw is how many tags are read side by side.
	maxWideRaw = 200
	// maxRows bounds files, maxSheetRows those that a spreadsheet opens.
	maxRows      = 100_000_000
	maxSheetRows = 4_000_000
)

// Query is what is to be exported.
type Query struct {
	// Tags are paths, or patterns such as "line1/*/temperature" and "line1/**"; Area is a path below which all are meant.
	Tags []string `json:"tags,omitempty" maxItems:"1000"`
	Area string   `json:"area,omitempty" maxLength:"512"`
	// Period is today, yesterday, thisWeek, lastWeek, thisMonth, lastMonth, thisYear or lastYear by the plant's calendar; or
	// From and To are times: RFC 3339, milliseconds since 1970, or now-8h.
	Period string `json:"period,omitempty" maxLength:"20"`
	From   string `json:"from,omitempty" maxLength:"40"`
	To     string `json:"to,omitempty" maxLength:"40"`
	// Step is the length of a bucket (15m, 1h, 1d); left out, every sample is given. Functions say what becomes of a bucket.
	Step      string   `json:"step,omitempty" maxLength:"16"`
	Functions []string `json:"functions,omitempty" maxItems:"8"`
	// Layout: long (a line for every sample) or wide (a column for every tag).
	Layout Layout `json:"layout,omitempty" enum:"long,wide"`
	// Fill repeats the last value of a tag in lines of other tags, in wide files of samples.
	Fill   bool   `json:"fill,omitempty"`
	Format Format `json:"format" enum:"csv,xlsx,parquet"`
}

// Column is a tag that is exported.
type Column struct {
	Path        tag.Path
	Type        tag.Type
	Unit, Title string
}

// History is where samples come from.
type History interface {
	Held(ctx context.Context, path tag.Path, t tag.Time) (historian.Sample, bool, error)
	Samples(ctx context.Context, path tag.Path, from, to tag.Time, each func([]historian.Sample) bool) error
	AggregateAll(ctx context.Context, path tag.Path, boundaries []tag.Time, functions []historian.Function, state tag.Value) ([][]historian.Point, error)
}

// Request is a query that was found good.
type Request struct {
	Columns    []Column
	From, To   tag.Time
	Boundaries []tag.Time
	Functions  []historian.Function
	State      tag.Value
	Layout     Layout
	Fill       bool
	Format     Format
	Zone       *time.Location
	// Held begins files of samples with the value that held when the time began.
	Held bool
}

// Resolve checks a query and puts its times into numbers.
func (q *Query) Resolve(columns []Column, now time.Time, zone *time.Location) (*Request, error) {
	r := &Request{Columns: columns, Layout: q.Layout, Fill: q.Fill, Format: q.Format, Zone: zone, Held: true}
	var ps spec.Problems
	if r.Layout == "" {
		r.Layout = Long
	}
	if !slices.Contains(Formats(), q.Format) {
		ps = append(ps, spec.OneOf("value_choice", "/format", fmt.Sprintf("There is no format %q.", q.Format), string(q.Format), []string{"csv", "xlsx", "parquet"}))
	}
	if r.Layout != Long && r.Layout != Wide {
		ps = append(ps, spec.OneOf("value_choice", "/layout", fmt.Sprintf("There is no layout %q.", q.Layout), string(q.Layout), []string{"long", "wide"}))
	}
	from, to, problem := q.times(now.In(zone))
	if problem != nil {
		ps = append(ps, problem)
	}
	r.From, r.To = tag.TimeOf(from), tag.TimeOf(to)
	if problem == nil && r.To <= r.From {
		ps.Add("value_range", "/to", "Give an end that is after the beginning.", "The time ends before it begins.")
	}
	if q.Step != "" && len(ps) == 0 {
		step, err := historian.ParseStep(q.Step)
		if err != nil {
			ps.Add("value_format", "/step", `Write a time such as "15m", or "1d", "1w", "1mo", "1y".`, "%q is not a step.", q.Step)
		} else if r.Boundaries, err = step.Buckets(r.From, r.To, zone); err != nil {
			ps.Add("too_many", "/step", "Make the steps longer, or the time shorter.", "There are more than %d steps.", historian.MaxBuckets)
		}
		for i, name := range q.Functions {
			f := historian.Function(name)
			if !slices.Contains(historian.Functions(), f) {
				names := make([]string, 0, 20)
				for _, k := range historian.Functions() {
					names = append(names, string(k))
				}
				ps = append(ps, spec.OneOf("value_choice", fmt.Sprintf("/functions/%d", i), fmt.Sprintf("There is no function %q over history.", name), name, names))
			}
			if !slices.Contains(r.Functions, f) {
				r.Functions = append(r.Functions, f)
			}
		}
		if len(r.Functions) == 0 {
			r.Functions = []historian.Function{historian.Average}
		}
		if len(r.Functions) > MaxFunctions {
			ps.Add("too_many", "/functions", "Leave some out.", "There are more than %d functions.", MaxFunctions)
		}
	}
	switch {
	case len(columns) == 0:
		ps.Add("tags_none", "/tags", "Choose tags that are there, or a pattern that fits some.", "No tag is meant.")
	case len(columns) > MaxTags:
		ps.Add("too_many", "/tags", "Choose fewer, or export an area at a time.", "There are %d tags, more than %d.", len(columns), MaxTags)
	case len(columns) > maxWideRaw && r.Layout == Wide && q.Step == "":
		ps.Add("too_many", "/tags", "Choose steps, one line for every sample, or fewer tags.", "More than %d tags cannot stand side by side with every sample.", maxWideRaw)
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return r, nil
}

// Progress is how far an export is: Part of 1, and lines.
type Progress struct {
	Part float64 `json:"part"`
	Rows int64   `json:"rows"`
}

// ErrLarge says that there are more lines than a file of the format may have.
var ErrLarge = errors.New("there are more lines than the file may have: ask for less time, fewer tags, or steps")

// Write writes the file and says how many lines it has. What it takes of memory does not depend on that, but for a
// workbook, which is packed in memory at the end.
func Write(ctx context.Context, w io.Writer, h History, r *Request, report func(Progress)) (rows int64, err error) {
	if report == nil {
		report = func(Progress) {}
	}
	e := &exporter{ctx: ctx, history: h, r: r, report: report, most: maxRows}
	fields := e.fields()
	var out sink
	switch r.Format {
	case CSV:
		out, err = newCSV(w, fields, r.Zone)
	case XLSX:
		e.most = maxSheetRows
		out, err = newXLSX(w, fields, r.Zone)
	case Parquet:
		out, err = newParquet(w, fields)
	default:
		return 0, fmt.Errorf("there is no format %q", r.Format)
	}
	if err != nil {
		return 0, err
	}
	e.out = out
	switch {
	case r.Layout == Long:
		err = e.long()
	case r.Boundaries != nil:
		err = e.wideBuckets()
	default:
		err = e.wideSamples()
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		out.abort()
		return e.rows, err
	}
	report(Progress{1, e.rows})
	return e.rows, out.close()
}

// kind of a field.
type kind int

const (
	timeField kind = iota
	textField
	floatField
	intField
	boolField
	anyField // CSV and XLSX only
)

// field is a column of the file.
type field struct {
	name, unit string
	kind       kind
	// repeats says that few texts come often.
	repeats bool
}

// title is what stands above it, where there is no other place for the unit.
func (f *field) title() string {
	if f.unit == "" {
		return f.name
	}
	return f.name + " [" + f.unit + "]"
}

// sink takes lines: times as int64 nanoseconds in an int, everything else as it is; a value of none is nothing.
type sink interface {
	row(t tag.Time, cells []tag.Value) error
	close() error
	abort()
}

// exporter goes through the history.
type exporter struct {
	ctx     context.Context // of one export
	history History
	r       *Request
	report  func(Progress)
	out     sink
	rows    int64
	most    int64
}

func (e *exporter) fields() []field {
	fields := []field{{name: "time", kind: timeField}}
	if e.r.Layout == Wide {
		for _, c := range e.r.Columns {
			if e.r.Boundaries == nil {
				fields = append(fields, field{name: string(c.Path), unit: c.Unit, kind: kindOf(c.Type)})
				continue
			}
			for _, f := range e.r.Functions {
				name := string(c.Path)
				if len(e.r.Functions) > 1 {
					name += " " + string(f)
				}
				fields = append(fields, field{name: name, unit: unitOf(c.Unit, f), kind: kindOfFunction(c.Type, f)})
			}
		}
		return fields
	}
	fields = append(fields, field{name: "path", kind: textField, repeats: true})
	if e.r.Boundaries != nil {
		fields = append(fields, field{name: "function", kind: textField, repeats: true})
	}
	if e.r.Format == Parquet {
		fields = append(fields, field{name: "value", kind: floatField}, field{name: "integer", kind: intField}, field{name: "text", kind: textField, repeats: true})
	} else {
		fields = append(fields, field{name: "value", kind: anyField})
	}
	return append(fields, field{name: "unit", kind: textField, repeats: true}, field{name: "quality", kind: textField, repeats: true})
}

func kindOf(t tag.Type) kind {
	switch t {
	case tag.Bool:
		return boolField
	case tag.Int:
		return intField
	case tag.Float:
		return floatField
	}
	return textField
}

// kindOfFunction is that of a bucket's result: some give a sample as it is, all others a number.
func kindOfFunction(t tag.Type, f historian.Function) kind {
	switch f {
	case historian.First, historian.Last, historian.At:
		return kindOf(t)
	case historian.Count:
		return intField
	}
	return floatField
}

// unitOf is the unit of a bucket's result.
func unitOf(unit string, f historian.Function) string {
	switch f {
	case historian.Count:
		return ""
	case historian.Duration:
		return "s"
	case historian.PercentGood:
		return "%"
	case historian.Rate:
		if unit != "" {
			return unit + "/s"
		}
	case historian.Integral:
		if unit != "" {
			return unit + ".s"
		}
	}
	return unit
}

func (e *exporter) row(t tag.Time, cells []tag.Value) error {
	if e.rows++; e.rows > e.most {
		return ErrLarge
	}
	if e.rows%1024 == 0 && e.ctx.Err() != nil {
		return e.ctx.Err()
	}
	return e.out.row(t, cells)
}

// long writes tag by tag, a line for every sample.
func (e *exporter) long() error {
	cells := make([]tag.Value, len(e.fields())-1)
	for i := range e.r.Columns {
		c := &e.r.Columns[i]
		at := func(t tag.Time) {
			part := float64(t-e.r.From) / float64(e.r.To-e.r.From)
			e.report(Progress{(float64(i) + part) / float64(len(e.r.Columns)), e.rows})
		}
		at(e.r.From)
		path := tag.OfString(string(c.Path))
		if e.r.Boundaries != nil {
			all, err := e.history.AggregateAll(e.ctx, c.Path, e.r.Boundaries, e.r.Functions, e.r.State)
			if err != nil {
				return err
			}
			for k := range all {
				function, unit := tag.OfString(string(e.r.Functions[k])), tag.OfString(unitOf(c.Unit, e.r.Functions[k]))
				for j := range all[k] {
					p := &all[k][j]
					cells = append(cells[:0], path, function)
					cells = e.value(cells, p.Value)
					if err := e.row(p.Time, append(cells, unit, tag.OfString(p.Quality.String()))); err != nil {
						return err
					}
				}
			}
			continue
		}
		unit := tag.OfString(c.Unit)
		err := e.samples(c.Path, func(part []historian.Sample) error {
			for j := range part {
				cells = append(cells[:0], path)
				cells = e.value(cells, part[j].Value)
				if err := e.row(part[j].Time, append(cells, unit, tag.OfString(part[j].Quality.String()))); err != nil {
					return err
				}
			}
			at(part[len(part)-1].Time)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// value appends the cells of a value in a long file.
func (e *exporter) value(cells []tag.Value, v tag.Value) []tag.Value {
	if e.r.Format != Parquet {
		return append(cells, v)
	}
	var none tag.Value
	switch v.Type() {
	case tag.None:
		return append(cells, none, none, none)
	case tag.Bool, tag.Float:
		return append(cells, tag.OfFloat(v.Float()), none, none)
	case tag.Int:
		return append(cells, tag.OfFloat(v.Float()), v, none)
	}
	return append(cells, none, none, tag.OfString(text(v)))
}

// text is a value that is no number, as a text.
func text(v tag.Value) string {
	if v.Type() == tag.String {
		return v.Text()
	}
	return v.String()
}

// samples reads the samples of a tag, first what held when the time began.
func (e *exporter) samples(path tag.Path, each func([]historian.Sample) error) error {
	if e.r.Held {
		held, ok, err := e.history.Held(e.ctx, path, e.r.From)
		if err != nil {
			return err
		}
		if ok && held.Time < e.r.From {
			held.Time = e.r.From
			if err := each([]historian.Sample{held}); err != nil {
				return err
			}
		}
	}
	var failure error
	err := e.history.Samples(e.ctx, path, e.r.From, e.r.To, func(part []historian.Sample) bool {
		failure = each(part)
		return failure == nil && e.ctx.Err() == nil
	})
	return errors.Join(failure, err)
}

// bucketsAtOnce is how many lines of buckets are in memory.
const bucketsAtOnce = 2000

// wideBuckets writes a line for every bucket, some of them at a time.
func (e *exporter) wideBuckets() error {
	last := len(e.r.Boundaries) - 1
	width := len(e.r.Functions)
	cells := make([]tag.Value, len(e.r.Columns)*width)
	step := bucketsAtOnce
	if slices.Contains(e.r.Functions, historian.Linear) {
		step = last // a line may reach over many buckets
	}
	for begin := 0; begin < last; begin += step {
		end := min(begin+step, last)
		all := make([][]historian.Point, 0, len(cells))
		for i := range e.r.Columns {
			points, err := e.history.AggregateAll(e.ctx, e.r.Columns[i].Path, e.r.Boundaries[begin:end+1], e.r.Functions, e.r.State)
			if err != nil {
				return err
			}
			all = append(all, points...)
			e.report(Progress{(float64(begin) + float64(end-begin)*float64(i)/float64(len(e.r.Columns))) / float64(last), e.rows})
			if e.ctx.Err() != nil {
				return e.ctx.Err()
			}
		}
		for j := range end - begin {
			for k := range cells {
				cells[k] = tag.Value{}
				if k < len(all) && j < len(all[k]) && !all[k][j].Quality.IsBad() {
					cells[k] = all[k][j].Value
				}
			}
			if err := e.row(e.r.Boundaries[begin+j], cells); err != nil {
				return err
			}
		}
	}
	return nil
}

// Paths gives the paths and patterns of a query apart: patterns are those with a star.
func (q *Query) Paths() (paths []tag.Path, patterns []tag.Pattern, err error) {
	list := q.Tags
	if q.Area != "" {
		list = append(slices.Clone(list), strings.TrimSuffix(q.Area, "/")+"/**")
	}
	for i, s := range list {
		if !strings.Contains(s, "*") {
			p, err := tag.ParsePath(s)
			if err != nil {
				return nil, nil, spec.Problems{{Code: "value_format", At: fmt.Sprintf("/tags/%d", i), Message: fmt.Sprintf("%q is not the path of a tag.", s), Hint: `Write it like "line1/oven/temperature", or a pattern like "line1/*/temperature".`}}
			}
			paths = append(paths, p)
			continue
		}
		p, err := tag.ParsePattern(s)
		if err != nil {
			return nil, nil, spec.Problems{{Code: "pattern_invalid", At: fmt.Sprintf("/tags/%d", i), Message: fmt.Sprintf("The pattern %q is not valid.", s), Hint: `Write it like "line1/*/temperature" or "line1/**".`}}
		}
		patterns = append(patterns, p)
	}
	return paths, patterns, nil
}
