package modbus

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync/atomic"

	"github.com/lineside/lineside/runtime/northbound"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// item is one exposed tag in a table.
type item struct {
	tag    int // its place in the list
	typ    tag.Type
	write  bool
	start  int // protocol address, from 0
	count  int // registers or bits
	layout wire.Layout
	// last are the registers of the last value that was good, for those who want that.
	last atomic.Pointer[[]uint16]
}

func (it *item) end() int { return it.start + it.count }

// shared reports whether the item is one bit of a register that others may lie in.
func (it *item) shared() bool { return it.layout.Bit >= 0 }

// table are the items of one table of a unit, sorted by address. They do not overlap, but for the bits of one
// register.
type table []*item

// at lists the items that lie in count places from start on.
func (t table) at(start, count int) table {
	from, _ := slices.BinarySearchFunc(t, start, func(it *item, start int) int {
		if it.end() <= start {
			return -1
		}
		return 1
	})
	to := from
	for to < len(t) && t[to].start < start+count {
		to++
	}
	return t[from:to]
}

// covers reports whether items that at gave fill all places.
func (t table) covers(start, count int) bool {
	for _, it := range t {
		if it.start > start {
			return false
		}
		count -= max(it.end()-start, 0)
		start = max(it.end(), start)
	}
	return count <= 0
}

// spans reports whether places lie between the first and the last item.
func (t table) spans(start, count int) bool {
	return len(t) > 0 && t[0].start <= start && start+count <= t[len(t)-1].end()
}

// unit are the four tables of a unit.
type unit [4]table

// space is what a server has, by unit.
type space map[byte]*unit

// placed is an entry with its place.
type placed struct {
	unit  byte
	table wire.Table
	*item
}

// place resolves the address of an exposed tag.
func place(s *Settings, index int, t *northbound.Tag) placed {
	a, ok := t.Map.(*wire.Address)
	if !ok {
		return placed{item: &item{layout: wire.Layout{Bit: -1}}}
	}
	p := placed{unit: byte(s.Unit), table: wire.Tables[a.Table]}
	p.item = &item{tag: index, typ: t.Type, write: t.Write, start: a.Address - s.FirstAddress, count: 1, layout: a.Layout(t.Type)}
	switch {
	case p.table.Bits():
		p.layout.Order = wire.ABCD
	case p.layout.Order == wire.OrderDefault:
		p.layout.Order = wire.Orders[s.Order]
	}
	if !p.table.Bits() {
		p.count = p.layout.Words()
	}
	if a.Unit != nil {
		p.unit = byte(*a.Unit)
	}
	return p
}

func inOrder(a, b placed) int {
	return cmp.Or(cmp.Compare(a.unit, b.unit), cmp.Compare(a.table, b.table), cmp.Compare(a.start, b.start), cmp.Compare(a.layout.Bit, b.layout.Bit), cmp.Compare(a.tag, b.tag))
}

// newSpace lays out tags that arrange found sound.
func newSpace(s *Settings, tags []northbound.Tag) space {
	all := make([]placed, len(tags))
	for i := range tags {
		all[i] = place(s, i, &tags[i])
	}
	slices.SortFunc(all, inOrder)
	out := space{byte(s.Unit): {}}
	for _, p := range all {
		u := out[p.unit]
		if u == nil {
			u = &unit{}
			out[p.unit] = u
		}
		u[p.table] = append(u[p.table], p.item)
	}
	return out
}

// maxOverlaps bounds the problems that are told at once.
const maxOverlaps = 200

// arrange finds tags that lie in the same registers, and addresses that do not exist.
func arrange(raw json.RawMessage, tags []northbound.Tag) spec.Problems {
	s, err := decodeSettings(raw)
	if err != nil {
		return nil // said already
	}
	var ps spec.Problems
	all := make([]placed, 0, len(tags))
	for i := range tags {
		p := place(s, i, &tags[i])
		if p.start < 0 || p.end() > 65536 {
			ps.Add("modbus_range", fmt.Sprintf("/%d/map/address", tags[i].Entry), "Choose an address from the first to the last.", "There is no register %d when the first is %d.", p.start+s.FirstAddress, s.FirstAddress)
			continue
		}
		all = append(all, p)
	}
	slices.SortFunc(all, inOrder)
	reach := 0 // of those before, who reaches furthest
	for i := 1; i < len(all); i++ {
		a, b := all[reach], all[i]
		same := a.unit == b.unit && a.table == b.table
		if !same || b.end() >= a.end() {
			reach = i
		}
		if !same || b.start >= a.end() || a.shared() && b.shared() && a.layout.Bit != b.layout.Bit {
			continue
		}
		if len(ps) >= maxOverlaps {
			ps.Add("too_many_problems", "", "Correct these first.", "There are more than %d problems.", maxOverlaps)
			break
		}
		ps.Add("modbus_overlap", fmt.Sprintf("/%d/map/address", tags[b.tag].Entry), "Choose a free address.", "%s lies in the registers of %q, which has %d to %d.", tags[b.tag].Path, tags[a.tag].Path, a.start+s.FirstAddress, a.end()-1+s.FirstAddress)
	}
	slices.SortStableFunc(ps, func(a, b *spec.Problem) int { return cmp.Compare(len(a.At), len(b.At)) })
	return ps
}

// suggestedText is the length of a text that nobody gave one, in bytes.
const suggestedText = 32

// draft is an address that may lack its place.
type draft struct {
	wire.Address
	Place *int `json:"address"`
}

// suggest gives tags that have no place, or one where they cannot be, the next free one: bools are coils or
// discrete inputs, everything else holding or input registers, by whether it is written.
func suggest(raw json.RawMessage, tags []northbound.Tag, maps []json.RawMessage, anew bool) []json.RawMessage {
	s, err := decodeSettings(raw)
	if err != nil {
		return maps
	}
	type spot struct {
		unit  int
		table wire.Table
	}
	next := map[spot]int{}
	drafts := make([]*draft, len(tags))
	out := slices.Clone(maps)
	for i := range tags {
		d := &draft{}
		if len(maps[i]) > 0 && json.Unmarshal(maps[i], d) != nil {
			continue // it says itself what is wrong with it
		}
		if anew {
			d.Place = nil
		}
		if tags[i].Write && d.Table != "" && d.Table != "coil" && d.Table != "holding" {
			d.Table, d.Place = "", nil
		}
		if d.Table == "" || d.Place == nil {
			drafts[i] = d
			continue
		}
		d.Address.Address = *d.Place
		at := spot{-1, wire.Tables[d.Table]}
		if d.Unit != nil {
			at.unit = *d.Unit
		}
		count := 1
		if !at.table.Bits() {
			count = wire.Formats[d.Type].Words(d.Length)
		}
		next[at] = max(next[at], *d.Place-s.FirstAddress+count)
	}
	for i, d := range drafts {
		if d == nil {
			continue
		}
		if out[i] = nil; complete(&d.Address, &tags[i]) {
			at, count := spot{-1, wire.Tables[d.Table]}, 1
			if d.Unit != nil {
				at.unit = *d.Unit
			}
			if !at.table.Bits() {
				count = wire.Formats[d.Type].Words(d.Length)
			}
			if next[at]+count > 65536 {
				continue
			}
			d.Address.Address = next[at] + s.FirstAddress
			next[at] += count
			if out[i], err = json.Marshal(d.Address); err != nil {
				out[i] = nil
			}
		}
	}
	return out
}

// complete chooses a table and a type for a tag; false when it cannot be exposed.
func complete(a *wire.Address, t *northbound.Tag) bool {
	bit := t.Type == tag.Bool && a.Type == ""
	if a.Table == "" {
		switch {
		case bit && t.Write:
			a.Table = "coil"
		case bit:
			a.Table = "discrete"
		case t.Write:
			a.Table = "holding"
		default:
			a.Table = "input"
		}
	}
	if wire.Tables[a.Table].Bits() {
		return t.Type != tag.JSON && t.Type != tag.None
	}
	if a.Type != "" {
		return true
	}
	switch t.Type {
	case tag.Bool:
		a.Type = "bool"
	case tag.Int:
		a.Type = "int32"
	case tag.Float:
		a.Type = "float32"
	case tag.String, tag.Bytes:
		a.Type, a.Length = "string", suggestedText
	default:
		return false
	}
	return true
}

// export is the register map as the "register map" setting of our own client reads it, in protocol
// addresses, which count from 0.
func export(raw json.RawMessage, tags []northbound.Tag, infos []northbound.Info) ([][]string, error) {
	s, err := decodeSettings(raw)
	if err != nil {
		return nil, err
	}
	all := make([]placed, len(tags))
	for i := range tags {
		all[i] = place(s, i, &tags[i])
	}
	slices.SortFunc(all, inOrder)
	rows := [][]string{{"name", "table", "address", "type", "length", "order", "bit", "unitId", "unit", "scale", "writable", "description"}}
	for _, p := range all {
		a, ok := tags[p.tag].Map.(*wire.Address)
		if !ok {
			continue
		}
		row := []string{string(tags[p.tag].Path), a.Table, strconv.Itoa(p.start), a.Type, "", "", "", strconv.Itoa(int(p.unit)), infos[p.tag].Unit, "", "no", infos[p.tag].Title["en"]}
		if !p.table.Bits() {
			row[5] = orderName(p.layout.Order)
		}
		if p.layout.Format == wire.String {
			row[4] = strconv.Itoa(p.layout.Length)
		}
		if p.shared() {
			row[6] = strconv.Itoa(p.layout.Bit)
		}
		if p.layout.Factor != 0 {
			row[9] = strconv.FormatFloat(p.layout.Factor, 'g', -1, 64)
		}
		if p.write {
			row[10] = "yes"
		}
		if row[11] == "" {
			row[11] = infos[p.tag].Description
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func orderName(o wire.Order) string {
	for name, order := range wire.Orders {
		if order == o && name != "" {
			return name
		}
	}
	return "ABCD"
}
