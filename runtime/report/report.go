// Package report makes page reports: a document says what stands on the pages, the history, the alarm journal and the
// calendar of the plant fill it, and one layout is drawn as PDF and as a preview; the tables go to XLSX and CSV as well.
package report

import (
	"encoding/base64"
	"encoding/json"
	"errors"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Format is the version of the document format that this runtime writes.
const Format = 1

// Limits of a document.
const (
	MaxBytes    = 6 << 20 // pictures included
	maxDepth    = 24
	MaxBlocks   = 100
	maxItems    = 200
	maxColumns  = 20
	maxText     = 20_000 // bytes of a text block
	maxTitle    = 400    // bytes of a title
	maxFormula  = 1000   // bytes
	maxPicture  = 1 << 20
	maxPixels   = 4000 * 4000
	maxReceiver = 100
)

// Report is the document.
type Report struct {
	// Format is the version of the document format.
	Format int `json:"format"`
	// Title names the report and stands in lists; {title} stands for it on the page.
	Title       spec.Text `json:"title"`
	Description spec.Text `json:"description,omitempty"`
	// Language is that of runs that ask for no other.
	Language string `json:"language,omitempty" enum:"en,zh"`
	Period   Period `json:"period"`
	Page     Page   `json:"page,omitzero"`
	// Header and Footer stand on every page.
	Header *Band `json:"header,omitempty"`
	Footer *Band `json:"footer,omitempty"`
	// Blocks stand below each other.
	Blocks   []Block   `json:"blocks"`
	Schedule *Schedule `json:"schedule,omitempty"`
}

// Period is the time a report is about, by the calendar of the plant.
type Period struct {
	// Kind is the length; custom is from From to To.
	Kind string `json:"kind" enum:"hour,shift,day,week,month,custom"`
	// From and To are of a custom period, RFC 3339.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Page is the paper.
type Page struct {
	// Size is a4 (default) or letter.
	Size string `json:"size,omitempty" enum:"a4,letter"`
	// Orientation is portrait (default) or landscape.
	Orientation string `json:"orientation,omitempty" enum:"portrait,landscape"`
	// Margin is in millimetres on all sides, 5 to 50; 15 when left out.
	Margin *float64 `json:"margin,omitempty"`
}

// Band is one line with up to three texts; they may have placeholders, {page} and {pages} too.
type Band struct {
	Left   spec.Text `json:"left,omitempty"`
	Center spec.Text `json:"center,omitempty"`
	Right  spec.Text `json:"right,omitempty"`
}

// Block is one thing on the page: exactly what its kind says is given.
type Block struct {
	// ID is unique within the report.
	ID   string `json:"id"`
	Kind string `json:"kind" enum:"text,tiles,table,trend,alarms,stops,picture,break"`
	// Title stands above the block.
	Title   spec.Text `json:"title,omitempty"`
	Text    *Text     `json:"text,omitempty"`
	Tiles   *Tiles    `json:"tiles,omitempty"`
	Table   *Table    `json:"table,omitempty"`
	Trend   *Trend    `json:"trend,omitempty"`
	Alarms  *Alarms   `json:"alarms,omitempty"`
	Stops   *Stops    `json:"stops,omitempty"`
	Picture *Picture  `json:"picture,omitempty"`
}

// The kinds of block.
const (
	KindText    = "text"
	KindTiles   = "tiles"
	KindTable   = "table"
	KindTrend   = "trend"
	KindAlarms  = "alarms"
	KindStops   = "stops"
	KindPicture = "picture"
	KindBreak   = "break"
)

// Text is words with placeholders, in paragraphs.
type Text struct {
	Text spec.Text `json:"text"`
	// Style is body (default), heading, subheading or small.
	Style string `json:"style,omitempty" enum:"body,heading,subheading,small"`
	Align string `json:"align,omitempty" enum:"left,center,right"`
}

// Item is one value: a function of a tag over the period, or a formula.
type Item struct {
	// Tag is the path of the tag, "" for a formula.
	Tag tag.Path `json:"tag,omitempty"`
	// Function is one over history: avg, min, max, sum, delta, duration, percentGood, …
	Function string `json:"fn,omitempty"`
	// Formula is computed of functions of tags: delta("line/good") / delta("line/all") * 100.
	Formula string `json:"formula,omitempty"`
	// State is what duration and count look for; without one anything but 0, false and "".
	State json.RawMessage `json:"state,omitempty"`
	// Title is shown instead of that of the tag.
	Title spec.Text `json:"title,omitempty"`
	// Unit is shown instead of that which follows from tag and function.
	Unit string `json:"unit,omitempty"`
	// Decimals are shown, 0 to 10; those of the tag when left out.
	Decimals *int `json:"decimals,omitempty"`
	// Factor is what the value is multiplied by: 0.001 for Wh to kWh, 0.58 for a tariff.
	Factor *float64 `json:"factor,omitempty"`
}

// Tiles are a few values, large, side by side.
type Tiles struct {
	Items []Item `json:"items"`
}

// Table is a table of values of tags.
type Table struct {
	// Rows says what a row is: tags has one for each tag and the functions in columns, intervals one for each step of the
	// period and the tags in columns.
	Rows string `json:"rows" enum:"tags,intervals"`
	// Items are the tags; with Rows tags their Function is not looked at.
	Items []Item `json:"items,omitempty"`
	// Pattern adds the tags that match it: line1/*/speed.
	Pattern string `json:"pattern,omitempty"`
	// Model and Property add that property of each asset of a model.
	Model    string `json:"model,omitempty"`
	Property string `json:"property,omitempty"`
	// Columns are the functions of a table of tags.
	Columns []Column `json:"columns,omitempty"`
	// Step is the length of an interval: 15m, 1h, shift, 1d, 1w, 1mo.
	Step string `json:"step,omitempty"`
	// Function is that of tags in intervals that say none themselves.
	Function string `json:"fn,omitempty"`
	// Total adds a last row.
	Total string `json:"total,omitempty" enum:"none,sum,avg,min,max"`
}

// Column is one function in a table of tags.
type Column struct {
	Function string          `json:"fn"`
	State    json.RawMessage `json:"state,omitempty"`
	Title    spec.Text       `json:"title,omitempty"`
	Decimals *int            `json:"decimals,omitempty"`
}

// Trend is a drawing of values over the period.
type Trend struct {
	Items []Item `json:"items"`
	// Style is line (default; straight between samples), step (a value holds until the next), or bar (one bar a step).
	Style string `json:"style,omitempty" enum:"line,step,bar"`
	// Step is the length of what a bar stands for: 1h, shift, 1d.
	Step string `json:"step,omitempty"`
	// Height is in millimetres, 30 to 200; 60 when left out.
	Height *float64 `json:"height,omitempty"`
	// Low and High are the ends of the axis; by the values when left out.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
}

// Alarms is a table of the alarm journal.
type Alarms struct {
	// Show is list (each alarm as it was raised), top (which were raised most often) or priorities (how many of each).
	Show string `json:"show" enum:"list,top,priorities"`
	// Area is a path: alarms at and below it; "" for all.
	Area tag.Path `json:"area,omitempty"`
	// Priorities are those that are wanted; none are all.
	Priorities []string `json:"priorities,omitempty"`
	// Limit is how many rows there are, 1 to 1000; 10 for top, 100 for list when left out.
	Limit *int `json:"limit,omitempty"`
}

// Stops lists when a tag was in a state: from, to, how long.
type Stops struct {
	Items []Item `json:"items"`
	// Shortest leaves out what lasted less: "1m".
	Shortest string `json:"shortest,omitempty"`
	// Order is time (default) or longest.
	Order string `json:"order,omitempty" enum:"time,longest"`
	// Limit is how many rows there are, 1 to 1000; 50 when left out.
	Limit *int `json:"limit,omitempty"`
}

// Picture is a PNG or JPEG.
type Picture struct {
	// Data is the file in base64 (RFC 4648, 4), at most 1 MiB.
	Data string `json:"data,omitempty"`
	// Width is in per cent of the width of the page, 5 to 100; 30 when left out.
	Width *float64 `json:"width,omitempty"`
	Align string   `json:"align,omitempty" enum:"left,center,right"`
	// Alternative says what is seen, for who cannot see it.
	Alternative spec.Text `json:"alternative,omitempty"`
}

// file is the file of the picture; what is no base64 is nothing.
func (p *Picture) file() []byte {
	data, err := base64.StdEncoding.DecodeString(p.Data)
	if err != nil {
		return nil
	}
	return data
}

// Schedule says when the report is made by itself and where it goes.
type Schedule struct {
	// When is a rule such as "15 6 * * *" (minute, hour, day of the month, month, day of the week), in the time zone of
	// the plant; @shift is after the end of each shift.
	When string `json:"when"`
	// Paused keeps the schedule without following it.
	Paused bool `json:"paused,omitempty"`
	// Files are what is sent and put into folders; pdf when left out.
	Files []string `json:"files,omitempty"`
	// Receivers get the files by mail.
	Receivers []Receiver `json:"receivers,omitempty"`
	// Target is where the files are put: file:///srv/reports, s3://bucket/reports.
	Target string `json:"target,omitempty"`
}

// Receiver gets mail in a language.
type Receiver struct {
	Address string `json:"address"`
	// Language is that of the mail and of the report in it; that of the report when left out.
	Language string `json:"language,omitempty" enum:"en,zh"`
}

var document = spec.Document{Name: "report", Format: Format, MaxBytes: MaxBytes, MaxDepth: maxDepth}

// Read reads a document strictly; the error is of type spec.Problems. Whether it makes sense is asked of Validate.
func Read(data []byte) (*Report, error) {
	r := new(Report)
	if err := document.Read(data, r).Err(); err != nil {
		return nil, err
	}
	return r, nil
}

// Check reads and validates a document; the report is nil when the text cannot be read.
func Check(data []byte) (*Report, spec.Problems) {
	r, err := Read(data)
	if ps := (spec.Problems)(nil); errors.As(err, &ps) {
		return nil, ps
	}
	return r, Validate(r)
}

// Canonical writes the document so that a difference of two versions reads well.
func Canonical(r *Report) ([]byte, error) { return spec.Canonical(r) }
