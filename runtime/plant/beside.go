package plant

import (
	"fmt"
	"maps"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Plant is what was expanded. After Examine it shares its tags with the expansion.
func (x *Expansion) Plant() *Plant { return x.plant }

// Index is the place among Tags of the tag at a path.
func (x *Expansion) Index(path tag.Path) (int, bool) {
	i, ok := x.index[path]
	return int(i), ok
}

// ExamineBeside is Examine of a plant that was made from another one: what is the same there is not checked again. old is
// the expansion of that one, in which no problem was found. unchanged says of each tag whether it is the same there.
func ExamineBeside(p *Plant, old *Expansion) (x *Expansion, unchanged []bool, ps spec.Problems) {
	return examine(p, old)
}

// sameFrame reports whether what the check of a tag looks at beside the tag is the same in two plants: the devices with
// their scan classes, which models there are, the classes of alarms and the time zone.
func sameFrame(p, o *Plant) bool {
	if len(p.Devices) != len(o.Devices) || len(p.Models) != len(o.Models) || p.Timezone != o.Timezone || !SameLists(p.AlarmClasses, o.AlarmClasses) {
		return false
	}
	for i := range p.Devices {
		a, b := &p.Devices[i], &o.Devices[i]
		if a.ID != b.ID || !SameLists(a.Scans, b.Scans) {
			return false
		}
	}
	for i := range p.Models {
		if p.Models[i].ID != o.Models[i].ID {
			return false
		}
	}
	return true
}

// sameThings reports whether the tags of the assets of two plants are the same, if none has the path of one of the plant.
func sameThings(p, o *Plant) bool {
	return sameFrame(p, o) && SameLists(p.Models, o.Models) && SameLists(p.Assets, o.Assets)
}

// indexed lists the tags by path and finds those that are the same in an older expansion.
func (x *Expansion) indexed(p *Plant, old *Expansion) (unchanged []bool, double spec.Problems) {
	n := len(x.Tags)
	unchanged = make([]bool, n)
	if old != nil && (!sameFrame(p, old.plant) || len(old.index) != len(old.Tags) || old.order == nil) {
		old = nil
	}
	x.order = &order{}
	if old != nil {
		to := make([]int32, len(old.Tags)) // where the tags of old are now
		for j := range to {
			to[j] = -1
		}
		inPlace, fresh := len(old.Tags) == n && old.own == x.own, []int(nil)
		shift := 0
		for i := range x.Tags {
			t, j := &x.Tags[i], i+shift
			if j < 0 || j >= len(old.Tags) || old.Tags[j].Path != t.Path {
				k, ok := old.index[t.Path]
				if !ok {
					fresh = append(fresh, i)
					continue
				}
				inPlace = false
				j = int(k)
				shift = j - i
			}
			to[j] = int32(i)
			unchanged[i] = Same(t, &old.Tags[j]) && x.Asset(i) == old.Asset(j)
		}
		if inPlace && len(fresh) == 0 {
			x.index, x.order = old.index, old.order
			return unchanged, nil
		}
		x.order = old.order.reordered(x, to)
		if inPlace {
			// Some have other paths, and all stand where they stood.
			x.index = maps.Clone(old.index)
			for _, i := range fresh {
				delete(x.index, old.Tags[i].Path)
			}
			for _, i := range fresh {
				double = append(double, x.enter(i)...)
			}
			return unchanged, double
		}
	}
	x.index = make(map[tag.Path]int32, n)
	for i := range x.Tags {
		double = append(double, x.enter(i)...)
	}
	return unchanged, double
}

// enter puts a tag into the index; one that is there already is a problem. Those of assets have been told of.
func (x *Expansion) enter(i int) spec.Problems {
	path := x.Tags[i].Path
	if _, there := x.index[path]; !there {
		x.index[path] = int32(i)
	} else if i < x.own {
		return spec.Problems{{Code: "id_double", At: fmt.Sprintf("/tags/%d/path", i), Message: fmt.Sprintf("There is another tag %q.", path), Hint: "Give each tag its own path."}}
	}
	return nil
}

// expandBeside is Expand where the models and assets are those of an older expansion.
func expandBeside(p *Plant, old *Expansion) (*Expansion, bool) {
	if old == nil || len(old.index) != len(old.Tags) || !sameThings(p, old.plant) {
		return nil, false
	}
	things := old.Tags[old.own:]
	if len(p.Tags)+len(things) > MaxTags {
		return nil, false
	}
	if len(things) > 0 {
		for i := range p.Tags {
			if j, ok := old.index[p.Tags[i].Path]; ok && int(j) >= old.own {
				return nil, false // which Expand refuses
			}
		}
	}
	x := *old
	x.plant, x.own, x.Tags, x.index, x.order = p, len(p.Tags), p.Tags, nil, nil
	switch {
	case len(things) == 0:
	case cap(p.Tags) >= len(p.Tags)+len(things): // see Room
		x.Tags = append(p.Tags, things...)
	default:
		x.Tags = append(append(make([]Tag, 0, len(p.Tags)+len(things)), p.Tags...), things...)
	}
	return &x, true
}

// Room is how much longer the list of the tags of a plant that is made from this one had better be able to grow, so that the
// tags of the assets can stand behind them: a list that nobody else has.
func (x *Expansion) Room() int { return len(x.Tags) - x.own }

// room is about how many tags the assets of a plant have.
func (p *Plant) room() (n int) {
	models := make(map[string]*Model, len(p.Models))
	for i := range p.Models {
		models[p.Models[i].ID] = &p.Models[i]
	}
	counts := make(map[string]int, len(models))
	var count func(id string, depth int) int
	count = func(id string, depth int) int {
		m := models[id]
		if m == nil || depth > MaxModelDepth {
			return 0
		}
		n, known := counts[id]
		if !known {
			n = len(m.Properties) + count(m.Extends, depth+1)
			for _, mixin := range m.Mixins {
				n += count(mixin, depth+1)
			}
			counts[id] = n
		}
		return n
	}
	for i := range p.Assets {
		n += count(p.Assets[i].Model, 0)
	}
	return min(n, MaxTags)
}

// SharesThings reports whether the tags of assets are those of another expansion, and so is where they come from.
func (x *Expansion) SharesThings(o *Expansion) bool {
	return len(x.origins) == len(o.origins) && (len(x.origins) == 0 || &x.origins[0] == &o.origins[0])
}
