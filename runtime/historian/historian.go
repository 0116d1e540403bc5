// Package historian keeps the values of tags over time. Samples wait in memory and in a log on disk until
// their window of ten minutes is over; then they are packed into one row a tag and window in the database
// (see package chunk). Nothing that Sync has acknowledged is lost when the process is killed.
package historian

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// Sample is a value at a time.
type Sample = chunk.Sample

// Window is how long the samples of one row span: they begin at whole multiples of it since 1970.
const Window = tag.Time(10 * time.Minute)

// ErrFull says that the disk is full.
var ErrFull = errors.New("the disk is full")

// ErrTooOld says that a time lies before what is kept.
var ErrTooOld = errors.New("it is too old")

// Series is the history of one tag.
type Series struct {
	ID int64
	// Path is the present path of the tag.
	Path tag.Path
}

// Row is the samples of one series in one window, packed, with what can be told without unpacking them.
type Row struct {
	Series int64
	// Start is the beginning of the window, First and Last the times of the first and last sample.
	Start       tag.Time
	First, Last tag.Time
	// Count is how many samples there are, Good how many of them have a number that may be used.
	Count, Good int
	// Min, Max and Sum are those of the good numbers; a bool is 0 or 1. They mean nothing when Good is 0.
	Min, Max, Sum float64
	// Data is the packed chunk; empty when only the head was asked for.
	Data []byte
	// Was says that the row takes the place of one that had so many samples and bytes.
	Was                bool
	WasCount, WasBytes int64
}

// Stale names a row of a tier that must be made anew, because samples of its time came or were corrected.
type Stale struct {
	Tier   Tier
	Series int64
	Start  tag.Time
}

// Marks say what has been done in the database.
type Marks struct {
	// Made is up to what time the rows of a tier have been made.
	Made [tierCount]tag.Time
	// Floor is up to what time the rows of a tier have been deleted.
	Floor [tierCount]tag.Time
	Stale []Stale
}

// Trimmed is what was deleted.
type Trimmed struct {
	Rows, Samples, Bytes int64
	// Last is the beginning of the newest row among them.
	Last tag.Time
}

// Rows is where rows are kept: a database. Its methods may be called from any goroutine. Errors wrap ErrFull where
// that is the reason.
type Rows interface {
	// Series lists all series.
	Series(ctx context.Context) ([]Series, error)
	// AddSeries makes series for paths that have none and returns their ids in the same order.
	AddSeries(ctx context.Context, paths []tag.Path) ([]int64, error)
	// RenameSeries gives series, by their ids, other paths; all or none. Those with "" lose theirs, and have a name by which nobody
	// asks until their rows are too old.
	RenameSeries(ctx context.Context, paths map[int64]tag.Path) error
	// Put writes rows of samples, in place of those with the same series and start, and remembers which rows of tiers are
	// stale by that; all or nothing.
	Put(ctx context.Context, rows []Row, stale []Stale) error
	// Read returns the rows of a series whose windows begin in [from, to), sorted by Start; with their data when whole.
	Read(ctx context.Context, series int64, from, to tag.Time, whole bool) ([]Row, error)
	// Newest is where the last window of each of some series begins; a series without rows is not among them.
	Newest(ctx context.Context, series []int64) (map[int64]tag.Time, error)
	// Next is where the first window of a series at or after t begins.
	Next(ctx context.Context, series int64, t tag.Time) (tag.Time, bool, error)
	// Before returns the last row of a series whose window begins before t, with its data.
	Before(ctx context.Context, series int64, t tag.Time) (Row, bool, error)

	// ReadTier, NextTier and BeforeTier are Read, Next and Before of a tier.
	ReadTier(ctx context.Context, tier Tier, series int64, from, to tag.Time) ([]Row, error)
	// EachRow reads the rows of a tier of many series that begin in [from, to), sorted by series and start, and gives them one after
	// the other. Only Series, Start, First, Last, Count and Data are told, and the data hold until the next row.
	EachRow(ctx context.Context, tier Tier, series []int64, from, to tag.Time, each func(*Row) error) error
	NextTier(ctx context.Context, tier Tier, series int64, t tag.Time) (tag.Time, bool, error)
	BeforeTier(ctx context.Context, tier Tier, series int64, t tag.Time) (Row, bool, error)
	// FirstRow is where the first row of any series at or after t begins, SeriesIn which series have rows that begin in
	// [from, to).
	FirstRow(ctx context.Context, tier Tier, t tag.Time) (tag.Time, bool, error)
	SeriesIn(ctx context.Context, tier Tier, from, to tag.Time) ([]int64, error)
	// PutTier writes rows of a tier in place of those that are there, forgets what is stale no longer, remembers what is
	// now, and up to what time the tier is made, when that is not 0; all or nothing.
	PutTier(ctx context.Context, tier Tier, rows []Row, done, stale []Stale, made tag.Time) error
	// Marks are what was done so far.
	Marks(ctx context.Context) (Marks, error)
	// Trim deletes rows that begin before t, the oldest first and at most limit of them.
	Trim(ctx context.Context, tier Tier, t tag.Time, limit int) (Trimmed, error)
	// Extent is how much there is.
	Extent(ctx context.Context) (Extent, error)
	// Space is how much room there is.
	Space(ctx context.Context) (Space, error)
	// Shrink gives back to the disk what was deleted, as far as the database can do that, a part at a time: it reports
	// whether there is more.
	Shrink(ctx context.Context) (more bool, err error)
}

// Extent is how much history there is.
type Extent struct {
	// Tiers are by Tier.
	Tiers [tierCount]TierExtent
	// Rows and Bytes are of all tiers, Samples those that are kept singly, since Oldest.
	Rows    int64
	Samples int64
	Bytes   int64
	Oldest  tag.Time
}

// TierExtent is how much there is of a tier.
type TierExtent struct {
	Rows, Samples, Bytes int64
	// Days are the days (UTC) of which there is something, the oldest first.
	Days []Day
}

// Day is how much a tier has of a day (UTC).
type Day struct {
	Start                tag.Time
	Rows, Samples, Bytes int64
}

// Space is how much room there is.
type Space struct {
	// Used is what the database takes up on its disk, Reusable how much of that is free inside it.
	Used, Reusable int64
	// Disk and Free are the size of the disk that the data folder is on, and what is free of it; Disk is 0 when the database
	// is elsewhere.
	Disk, Free int64
	// Shrinks says that the database can give back what was deleted.
	Shrinks bool
}

// windowOf is the beginning of the window that a time lies in.
func windowOf(t tag.Time) tag.Time {
	w := t / Window * Window
	if w > t {
		w -= Window
	}
	return w
}

// number is a sample as a number that may be used.
func number(s *Sample) (float64, bool) {
	if s.Quality.IsBad() {
		return 0, false
	}
	switch s.Value.Type() {
	case tag.Bool, tag.Int, tag.Float:
		f := s.Value.Float()
		return f, f-f == 0 // neither NaN nor infinite
	}
	return 0, false
}

// pack makes a row of samples, which are sorted and of one window and type.
func pack(series int64, start tag.Time, samples []Sample) (Row, error) {
	if left := present(samples); len(left) > 0 {
		samples = left
	}
	cells, texts := chunk.AppendCells(make([]chunk.Cell, 0, len(samples)), nil, samples)
	data, err := new(packer).appendParts(seal(), cells, texts)
	if err != nil {
		return Row{}, fmt.Errorf("pack series %d: %w", series, err)
	}
	var h head
	h.add(cells)
	return h.row(series, start, samples[len(samples)-1].Time, data), nil
}

// appendParts packs sorted samples in parts, each behind its length: of one type, as the type of a tag may
// change, and no more than a chunk holds.
func appendParts(dst []byte, samples []Sample) ([]byte, error) {
	cells, texts := chunk.AppendCells(make([]chunk.Cell, 0, len(samples)), nil, samples)
	return new(packer).appendParts(dst, cells, texts)
}

func (p *packer) appendParts(dst []byte, cells []chunk.Cell, texts []string) ([]byte, error) {
	for len(cells) > 0 {
		part, n, err := chunk.EncodeCells(p.part[:0], cells, texts)
		if err != nil {
			return dst, err
		}
		dst = append(binary.AppendUvarint(dst, uint64(len(part))), part...)
		p.part, cells = part, cells[n:]
	}
	return dst, nil
}

// unpackParts appends what was packed to dst.
func unpackParts(data []byte, dst []Sample) ([]Sample, error) {
	err := eachPart(data, func(part []byte) (err error) {
		dst, err = chunk.Decode(part, dst)
		return err
	})
	return dst, err
}

// eachPart takes what was packed apart.
func eachPart(data []byte, do func([]byte) error) error {
	for len(data) > 0 {
		size, n := binary.Uvarint(data)
		if n <= 0 || size > uint64(len(data)-n) {
			return errors.New("the samples are cut off")
		}
		if err := do(data[n : n+int(size)]); err != nil {
			return err
		}
		data = data[n+int(size):]
	}
	return nil
}

// unpack appends the samples of a row to dst.
func unpack(r *Row, dst []Sample) ([]Sample, error) {
	n := len(dst)
	data, err := unseal(r.Data)
	if err == nil {
		dst, err = unpackParts(data, dst)
		dst = append(dst[:n], present(dst[n:])...)
	}
	return dst, r.unreadable(err)
}

// unpackCells appends the samples of a row to cells, and their texts to texts.
func unpackCells(r *Row, cells []chunk.Cell, texts []string) ([]chunk.Cell, []string, error) {
	n := len(cells)
	data, err := unseal(r.Data)
	if err == nil {
		err = eachPart(data, func(part []byte) (err error) {
			cells, texts, err = chunk.DecodeCells(part, cells, texts)
			return err
		})
	}
	kept := slices.DeleteFunc(cells[n:], func(c chunk.Cell) bool { return c.Quality == removed })
	return cells[:n+len(kept)], texts, r.unreadable(err)
}

// unreadable says of which row samples cannot be read.
func (r *Row) unreadable(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the history of series %d at %s cannot be read: %w", r.Series, r.Start.Std(), err)
}
