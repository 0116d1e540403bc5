package report

import (
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Content is a report filled with what a period held: it is kept in the archive, and all files are made of it.
type Content struct {
	Title    string `json:"title"`
	Site     string `json:"site,omitempty"`
	Language string `json:"language"`
	// Zone is the time zone of the plant, From and To the period in it, Period its name for people.
	Zone   string    `json:"zone"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Period string    `json:"period"`
	// Made is when it was filled, By who asked for it.
	Made   time.Time `json:"made"`
	By     string    `json:"by,omitempty"`
	Page   Page      `json:"page,omitzero"`
	Header [3]string `json:"header,omitzero"`
	Footer [3]string `json:"footer,omitzero"`
	Parts  []Part    `json:"parts"`
	// Notes are what whoever reads the report must know of: tags that are gone, what did not fit.
	Notes []Note `json:"notes,omitempty"`
	// Paths are the tags and areas whose values are in it: who may not view one of them may not see the report.
	Paths []tag.Path `json:"paths,omitempty"`
}

// Note is something that is not as it was meant to be.
type Note struct {
	// Block is the id of the block.
	Block string `json:"block,omitempty"`
	Text  string `json:"text"`
}

// Part is a filled block.
type Part struct {
	Block string   `json:"block"`
	Kind  string   `json:"kind"`
	Title string   `json:"title,omitempty"`
	Text  string   `json:"text,omitempty"`
	Style string   `json:"style,omitempty"`
	Align string   `json:"align,omitempty"`
	Tiles []Tile   `json:"tiles,omitempty"`
	Grid  *Grid    `json:"grid,omitempty"`
	Chart *Chart   `json:"chart,omitempty"`
	Photo *Picture `json:"photo,omitempty"`
	// Empty is what stands there instead of nothing.
	Empty string `json:"empty,omitempty"`
}

// Tile is one value, large.
type Tile struct {
	Title string `json:"title"`
	Cell  Cell   `json:"cell"`
	Unit  string `json:"unit,omitempty"`
}

// Grid is a table.
type Grid struct {
	Columns []GridColumn `json:"columns"`
	Rows    [][]Cell     `json:"rows"`
	Total   []Cell       `json:"total,omitempty"`
}

// GridColumn is the head of a column.
type GridColumn struct {
	Title string `json:"title"`
	Unit  string `json:"unit,omitempty"`
	// Numeric columns stand at the right.
	Numeric bool `json:"numeric,omitempty"`
}

// Cell is one value: as text for people, and as what it is for spreadsheets.
type Cell struct {
	Text string `json:"t"`
	// Number or Time are given when it is one. A duration is a number of seconds.
	Number *float64   `json:"n,omitempty"`
	Time   *time.Time `json:"at,omitempty"`
	// Decimals of the number.
	Decimals int  `json:"d,omitempty"`
	Duration bool `json:"s,omitempty"`
	// Uncertain says that a part of the time was bad or not known.
	Uncertain bool `json:"u,omitempty"`
}

// Chart is a drawing.
type Chart struct {
	Style  string  `json:"style"`
	Height float64 `json:"height"`
	Lines  []Line  `json:"lines"`
	// Low and High are the ends of the axis when they were given.
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Bars are the beginnings of the steps, with one value each in every line; Labels name them.
	Bars   []time.Time `json:"bars,omitempty"`
	Labels []string    `json:"labels,omitempty"`
}

// Line is one tag in a drawing.
type Line struct {
	Title string `json:"title"`
	Unit  string `json:"unit,omitempty"`
	// Points are by time; a point without a value begins a gap.
	Points []Point `json:"points,omitempty"`
	// Values are of bars.
	Values   []*float64 `json:"values,omitempty"`
	Decimals int        `json:"decimals,omitempty"`
}

// Point is a value at a time, in milliseconds since 1970.
type Point struct {
	Time  int64    `json:"t"`
	Value *float64 `json:"v"`
}

// Limits of what a report holds.
const (
	MaxRows   = 10_000 // of one table
	maxCells  = 200_000
	maxLines  = 8
	maxBars   = 1000
	maxNotes  = 50
	linePixel = 500 // of the width of a drawing
)

func text(en, zh string) spec.Text { return spec.Text{"en": en, "zh": zh} }
