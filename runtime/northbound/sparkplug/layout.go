package sparkplug

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// metric is a tag as hosts see it.
type metric struct {
	tag    int // its place
	device int // in the layout; 0 is the node itself
	name   string
	alias  uint64
	typ    sparkplug.DataType
	// marked says that the quality that hosts know is not good.
	marked bool
}

// device is a device, or with the name "" the node itself.
type device struct {
	name    string
	metrics []int // by places in the layout
	alive   bool
}

// layout says which tag is which metric.
type layout struct {
	devices []device
	metrics []metric       // by tag
	names   map[target]int // of metrics
	aliases map[uint64]int
}

type target struct{ device, name string }

// types of metrics by those of tags.
var types = map[tag.Type]sparkplug.DataType{
	tag.Bool: sparkplug.Boolean, tag.Int: sparkplug.Int64, tag.Float: sparkplug.Double,
	tag.String: sparkplug.String, tag.Bytes: sparkplug.Bytes, tag.JSON: sparkplug.Text,
}

// arrangement is the layout of tags. asset is the asset of a tag, "" when it has none.
func arrangement(s *Settings, tags []northbound.Tag, asset func(int) tag.Path) *layout {
	l := &layout{devices: []device{{}}, metrics: make([]metric, len(tags)), names: map[target]int{}, aliases: map[uint64]int{}}
	places := map[string]int{"": 0}
	// Names that were given come before those that follow from paths.
	order := make([]int, len(tags))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(given(&tags[a]), given(&tags[b])) })
	for _, i := range order {
		t := &tags[i]
		where, name := naming(s, t, asset(i))
		for l.taken(where, name) { // two that would be one: the path tells them apart
			if name == string(t.Path) {
				name += "~"
				continue
			}
			name = string(t.Path)
		}
		d, known := places[where]
		if !known {
			d = len(l.devices)
			places[where] = d
			l.devices = append(l.devices, device{name: where})
		}
		l.metrics[i] = metric{tag: i, device: d, name: name, alias: uint64(i + 1), typ: types[t.Type]}
		l.names[target{where, name}] = i
		l.aliases[uint64(i+1)] = i
	}
	for i := range l.metrics {
		d := &l.devices[l.metrics[i].device]
		d.metrics = append(d.metrics, i)
	}
	return l
}

func given(t *northbound.Tag) int {
	if m, _ := t.Map.(*Map); m != nil && m.Metric != "" {
		return 0
	}
	return 1
}

func (l *layout) taken(device, name string) bool {
	_, taken := l.names[target{device, name}]
	return taken || device == "" && (name == sparkplug.BdSeq || name == sparkplug.Rebirth)
}

// naming is the device and the name of a metric.
func naming(s *Settings, t *northbound.Tag, asset tag.Path) (device, name string) {
	m, _ := t.Map.(*Map)
	if m == nil {
		m = &Map{}
	}
	base := tag.Path("")
	switch {
	case s.Devices == "asset" && asset != "":
		base = asset
	case s.Devices == "area":
		if first, _, below := strings.Cut(string(t.Path), "/"); below {
			base = tag.Path(first)
		}
	}
	device, name = m.Device, m.Metric
	if device == "" {
		device = strings.ReplaceAll(string(base), "/", ".") // a name of a device has no "/"
	}
	if name == "" {
		name = string(t.Path)
		if base != "" && t.Path.Under(base) && t.Path != base {
			name = string(t.Path[len(base)+1:])
		}
	}
	return device, name
}

// topic is that of a message of a device, or of the node itself.
func (l *layout) topic(s *Settings, d int, node, device sparkplug.Kind) string {
	t := sparkplug.Topic{NodeID: sparkplug.NodeID{Group: s.Group, Node: s.Node}, Kind: node}
	if d > 0 {
		t.Kind, t.Device = device, l.devices[d].name
	}
	return t.String()
}
