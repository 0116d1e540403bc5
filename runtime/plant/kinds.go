package plant

import (
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// columns are the columns of a kind of thing in their order. "title.*" stands for the columns that begin with
// "title.", as far as there are any, and "address?" for one that is there only when something stands in it.
type columns []string

func (c columns) key() string { return c[0] }

// names are the columns that are always known.
func (c columns) names() []string {
	var out []string
	for _, name := range c {
		if !strings.HasSuffix(name, "*") {
			out = append(out, strings.TrimSuffix(name, "?"))
		}
	}
	return out
}

// knows reports whether there can be a column of that name.
func (c columns) knows(name string) bool {
	for _, own := range c {
		if prefix, many := strings.CutSuffix(own, "*"); many && len(name) > len(prefix) && strings.HasPrefix(name, prefix) || strings.TrimSuffix(own, "?") == name {
			return true
		}
	}
	return false
}

// header are the columns that rows need, where used are the names of all their cells.
func (c columns) header(used map[string]bool) []string {
	var out []string
	for _, name := range c {
		if prefix, many := strings.CutSuffix(name, "*"); many {
			for _, other := range slices.Sorted(maps.Keys(used)) {
				if strings.HasPrefix(other, prefix) && !slices.Contains(c, other) {
					out = append(out, other)
				}
			}
		} else if name, maybe := strings.CutSuffix(name, "?"); !maybe || used[name] {
			out = append(out, name)
		}
	}
	return out
}

// The kinds of things that are imported and exported, in the order in which they build on each other.
const (
	KindDevices = "devices"
	KindAssets  = "assets"
	KindTags    = "tags"
)

// kind is how one kind of thing becomes a row and a row becomes a thing.
type kind[T any] struct {
	name, one string // "tags", "tag"
	columns
	most   int
	list   func(p *Plant) *[]T
	id     func(v *T) string
	rename func(v *T, id string)
	// path is where rights are asked; "" for the whole plant.
	path      func(v *T) tag.Path
	device    func(v *T) string
	flatten   func(v *T) map[string]string
	unflatten func(row map[string]string) (T, spec.Problems)
	// check says what is wrong with one by itself; places begin within it.
	check  func(v *validator, t *T) spec.Problems
	column func(at string) string
	// standIn is what takes the place of a new one that has faults while the rest is checked, so that what refers to
	// it has none because of that; false leaves it out.
	standIn func(v T) (T, bool)
}

func deviceKind() *kind[Device] {
	return &kind[Device]{
		name: KindDevices, one: "device", columns: deviceColumns, most: MaxDevices, list: func(p *Plant) *[]Device { return &p.Devices },
		id: func(d *Device) string { return d.ID }, rename: func(d *Device, id string) { d.ID = id }, path: func(*Device) tag.Path { return "" }, device: func(*Device) string { return "" },
		flatten: flattenDevice, unflatten: unflattenDevice, column: deviceColumn,
		check: func(_ *validator, d *Device) spec.Problems {
			v := &validator{plant: &Plant{Devices: []Device{*d}}}
			v.devices()
			for _, p := range v.problems {
				p.At = strings.TrimPrefix(p.At, "/devices/0")
			}
			return v.problems
		},
		standIn: func(d Device) (Device, bool) {
			s := Device{ID: d.ID, Connector: "?"}
			for _, scan := range d.Scans {
				if ID(scan.ID) && !slices.ContainsFunc(s.Scans, func(o Scan) bool { return o.ID == scan.ID }) {
					s.Scans = append(s.Scans, Scan{ID: scan.ID, Interval: "1s"})
				}
			}
			return s, ID(d.ID)
		},
	}
}

func assetKind(models map[string]*FlatModel) *kind[Asset] {
	return &kind[Asset]{
		name: KindAssets, one: "asset", columns: assetColumns, most: MaxAssets, list: func(p *Plant) *[]Asset { return &p.Assets },
		id: func(a *Asset) string { return string(a.Path) }, rename: func(a *Asset, id string) { a.Path = tag.Path(id) }, path: func(a *Asset) tag.Path { return a.Path }, device: func(*Asset) string { return "" },
		flatten:   func(a *Asset) map[string]string { return flattenAsset(a, models[a.Model]) },
		unflatten: func(row map[string]string) (Asset, spec.Problems) { return unflattenAsset(row, models) },
		column:    assetColumn,
		check:     func(v *validator, a *Asset) spec.Problems { return v.pathOnly(a.Path) },
		standIn:   func(a Asset) (Asset, bool) { return a, false },
	}
}

func tagKind() *kind[Tag] {
	return &kind[Tag]{
		name: KindTags, one: "tag", columns: tagColumns, most: MaxTags, list: func(p *Plant) *[]Tag { return &p.Tags },
		id: func(t *Tag) string { return string(t.Path) }, rename: func(t *Tag, id string) { t.Path = tag.Path(id) }, path: func(t *Tag) tag.Path { return t.Path }, device: func(t *Tag) string { return t.Device },
		flatten: flatten, unflatten: unflatten, column: tagColumn,
		check: func(v *validator, t *Tag) spec.Problems {
			v.problems = nil
			v.tag(func() string { return "" }, t)
			return v.problems
		},
		standIn: func(t Tag) (Tag, bool) {
			s := Tag{Path: t.Path, Definition: Definition{Type: t.Type}}
			if _, ok := tag.ParseType(t.Type); !ok {
				s.Type = "float"
			}
			_, err := tag.ParsePath(string(t.Path))
			return s, err == nil && !t.Path.Under("system") && !t.Path.Under("apps")
		},
	}
}

func (v *validator) pathOnly(p tag.Path) spec.Problems {
	v.problems = nil
	v.path("/path", p)
	return v.problems
}

// Export writes things of the plant as CSV, one kind, or as XLSX, a sheet for each kind. may says which
// tags and assets are to be in it; nil is all.
func Export(p *Plant, xlsx bool, may func(tag.Path) bool, kinds ...string) ([]byte, error) {
	models, _ := inherit(p)
	tables := make([]sheet.Table, len(kinds))
	for i, name := range kinds {
		switch name {
		case KindDevices:
			tables[i] = deviceKind().table(p, may)
		case KindAssets:
			tables[i] = assetKind(models).table(p, may)
		default:
			tables[i] = tagKind().table(p, may)
		}
	}
	if xlsx {
		return sheet.WriteXLSX(tables...)
	}
	return sheet.WriteCSV(tables[0])
}

// table is the table of all things of a kind, of those that may be seen.
func (k *kind[T]) table(p *Plant, may func(tag.Path) bool) sheet.Table {
	list := *k.list(p)
	used := map[string]bool{}
	each := func(f func(row map[string]string) bool) {
		for i := range list {
			if may != nil && !may(k.path(&list[i])) {
				continue
			}
			if !f(k.flatten(&list[i])) {
				return
			}
		}
	}
	each(func(row map[string]string) bool {
		for name := range row {
			used[name] = true
		}
		return true
	})
	header := k.header(used)
	cells := make([]string, len(header))
	return sheet.Table{Name: k.name, Header: header, Rows: func(yield func([]string) bool) {
		each(func(row map[string]string) bool {
			for i, name := range header {
				cells[i] = row[name]
			}
			return yield(cells)
		})
	}}
}
