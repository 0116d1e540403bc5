package historian

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

// maxSummaries is how many summaries one row holds.
const maxSummaries = 240

// sealed marks the data of a row that has a check sum (CRC-32C) of what follows: a part of no length cannot be.
const sealed = 0

// seal makes room for the check sum in front of what will be packed.
func seal() []byte { return make([]byte, 5, 256) }

// close writes the check sum.
func closeSeal(data []byte) []byte {
	data[0] = sealed
	binary.LittleEndian.PutUint32(data[1:], crc32.Checksum(data[5:], castagnoli))
	return data
}

var errCheckSum = errors.New("its check sum is wrong: it was changed on the disk")

// unseal checks the sum and gives what is behind it. What an earlier version wrote has none.
func unseal(data []byte) ([]byte, error) {
	if len(data) == 0 || data[0] != sealed {
		return data, nil
	}
	if len(data) < 5 || crc32.Checksum(data[5:], castagnoli) != binary.LittleEndian.Uint32(data[1:]) {
		return nil, errCheckSum
	}
	return data[5:], nil
}

// summaryPacker is memory for packing summaries that is used again: a column for each that is told of them.
type summaryPacker struct {
	ints          [6][]int64
	floats        [7][]float64
	firsts, lasts []chunk.Cell
	texts         []string
	packer        packer
	part          []byte
}

// clear lets go of texts.
func (p *summaryPacker) clear() { clear(p.texts[:cap(p.texts)]) }

// packSummaries makes a row of the summaries of one series.
func packSummaries(series int64, tier Tier, start tag.Time, list []Summary) (Row, error) {
	return new(summaryPacker).pack(series, tier, start, list)
}

// pack makes a row of the summaries of one series, which are of one row of the tier and sorted. What follows
// from a single sample is not written.
func (p *summaryPacker) pack(series int64, tier Tier, start tag.Time, list []Summary) (Row, error) {
	r := Row{Series: series, Start: start, First: list[0].First.Time, Last: list[len(list)-1].Last.Time}
	if len(list) > maxSummaries {
		return r, fmt.Errorf("series %d: %d summaries in a row", series, len(list))
	}
	for i := range p.ints {
		p.ints[i] = p.ints[i][:0]
	}
	for i := range p.floats {
		p.floats[i] = p.floats[i][:0]
	}
	p.firsts, p.lasts, p.texts = p.firsts[:0], p.lasts[:0], p.texts[:0]
	places, counts, bad, others, good, numeric := &p.ints[0], &p.ints[1], &p.ints[2], &p.ints[3], &p.ints[4], &p.ints[5]
	low, high, sum, area, delta, first, last := &p.floats[0], &p.floats[1], &p.floats[2], &p.floats[3], &p.floats[4], &p.floats[5], &p.floats[6]
	for i := range list {
		s := &list[i]
		r.Count += s.Samples
		if s.Numbers > 0 {
			if r.Good == 0 || s.Min < r.Min {
				r.Min = s.Min
			}
			if r.Good == 0 || s.Max > r.Max {
				r.Max = s.Max
			}
			r.Sum += s.Sum
			r.Good += s.Numbers
		}
		*places = append(*places, int64((s.Start-start)/tier.Width()))
		*counts = append(*counts, int64(s.Samples))
		p.firsts, p.texts = chunk.AppendCells(p.firsts, p.texts, []Sample{s.First})
		if s.Samples == 1 {
			continue
		}
		p.lasts, p.texts = chunk.AppendCells(p.lasts, p.texts, []Sample{s.Last})
		*bad = append(*bad, int64(s.Samples-s.Count))
		*others = append(*others, int64(s.Count-s.Numbers))
		*good = append(*good, int64(s.End-s.First.Time-s.Good))
		*numeric = append(*numeric, int64(s.Good-s.Numeric))
		if s.Numbers == 0 {
			continue
		}
		*low, *high, *sum, *area, *delta = append(*low, s.Min), append(*high, s.Max), append(*sum, s.Sum), append(*area, s.Area), append(*delta, s.Delta)
		if f, ok := number(&s.First); !ok || f != s.FirstNumber {
			*first = append(*first, s.FirstNumber)
		}
		if f, ok := number(&s.Last); !ok || f != s.LastNumber {
			*last = append(*last, s.LastNumber)
		}
	}
	data := binary.AppendUvarint(seal(), uint64(len(list)))
	data = chunk.AppendInts(data, *places)
	data = chunk.AppendInts(data, *counts)
	for _, cells := range [][]chunk.Cell{p.firsts, p.lasts} {
		var err error
		if p.part, err = p.packer.appendParts(p.part[:0], cells, p.texts); err != nil {
			return r, fmt.Errorf("pack summaries of series %d: %w", series, err)
		}
		data = chunk.AppendPart(data, p.part)
	}
	for _, column := range p.ints[2:] {
		data = chunk.AppendInts(data, column)
	}
	for _, column := range p.floats[:5] {
		data = chunk.AppendFloats(data, column)
	}
	for _, column := range p.floats[5:] {
		data = binary.AppendUvarint(data, uint64(len(column)))
		data = chunk.AppendFloats(data, column)
	}
	r.Data = closeSeal(data)
	return r, nil
}

var errSummaries = errors.New("the summaries are broken")

// unpackSummaries appends the summaries of a row to dst.
func unpackSummaries(r *Row, tier Tier, dst []Summary) ([]Summary, error) {
	fail := func(err error) ([]Summary, error) {
		return dst, fmt.Errorf("the %s summaries of series %d at %s cannot be read: %w", tier, r.Series, r.Start.Std(), err)
	}
	data, err := unseal(r.Data)
	if err != nil {
		return fail(err)
	}
	c := chunk.ReadColumns(data)
	n := c.Count(maxSummaries)
	places, counts := c.Ints(nil, n), c.Ints(nil, n)
	firsts, err := unpackParts(c.Part(), nil)
	if err != nil {
		return fail(err)
	}
	lasts, err := unpackParts(c.Part(), nil)
	if err != nil {
		return fail(err)
	}
	m := len(lasts)
	if len(firsts) != n || m > n {
		return fail(errSummaries)
	}
	bad, others, good, numeric := c.Ints(nil, m), c.Ints(nil, m), c.Ints(nil, m), c.Ints(nil, m)
	out := make([]Summary, n)
	many, withNumbers := 0, 0
	for i := range out {
		s := &out[i]
		s.Start = r.Start + tag.Time(places[i])*tier.Width()
		s.End = s.Start + tier.Width()
		if s.Start < r.Start || s.End > r.Start+tier.Span() || counts[i] < 1 || i > 0 && s.Start < out[i-1].End || firsts[i].Time < s.Start || firsts[i].Time >= s.End {
			return fail(errSummaries)
		}
		if counts[i] == 1 {
			s.add(&firsts[i])
			s.hold(s.End)
			continue
		}
		if many == m {
			return fail(errSummaries)
		}
		s.First, s.Last, s.cursor = firsts[i], lasts[many], s.End
		s.Samples = int(counts[i])
		s.Count = s.Samples - int(bad[many])
		s.Numbers = s.Count - int(others[many])
		s.Good = s.End - s.First.Time - tag.Time(good[many])
		s.Numeric = s.Good - tag.Time(numeric[many])
		many++
		if s.Numbers < 0 || s.Count < s.Numbers || s.Samples < s.Count || s.Last.Time >= s.End || s.Last.Time < s.First.Time || s.Good < 0 || s.Numeric < 0 || s.Good > tier.Width() || s.Numeric > s.Good {
			return fail(errSummaries)
		}
		if s.Numbers > 0 {
			withNumbers++
		}
	}
	low, high, sum, area, delta := c.Floats(nil, withNumbers), c.Floats(nil, withNumbers), c.Floats(nil, withNumbers), c.Floats(nil, withNumbers), c.Floats(nil, withNumbers)
	first := c.Floats(nil, c.Count(n))
	last := c.Floats(nil, c.Count(n))
	if many != m || !c.Ok() {
		return fail(errSummaries)
	}
	i := 0
	for j := range out {
		s := &out[j]
		if s.Samples == 1 || s.Numbers == 0 {
			continue
		}
		s.Min, s.Max, s.Sum, s.Area, s.Delta = low[i], high[i], sum[i], area[i], delta[i]
		i++
		var ok1, ok2 bool
		if s.FirstNumber, ok1 = number(&s.First); !ok1 && len(first) > 0 {
			s.FirstNumber, first, ok1 = first[0], first[1:], true
		}
		if s.LastNumber, ok2 = number(&s.Last); !ok2 && len(last) > 0 {
			s.LastNumber, last, ok2 = last[0], last[1:], true
		}
		if !ok1 || !ok2 {
			return fail(errSummaries)
		}
	}
	return append(dst, out...), nil
}
