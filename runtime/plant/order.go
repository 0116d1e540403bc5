package plant

import (
	"slices"
	"sync"
)

// Compare orders paths as people do: level by level, and numbers by their value, so that line/pump2 stands before
// line/pump10. Paths that are not the same are never equal.
func Compare(a, b string) int {
	i, j := 0, 0
	for i < len(a) && j < len(b) {
		x, y := a[i], b[j]
		if digit(x) && digit(y) {
			from, to := i, j
			for i < len(a) && digit(a[i]) {
				i++
			}
			for j < len(b) && digit(b[j]) {
				j++
			}
			if c := compareNumbers(a[from:i], b[to:j]); c != 0 {
				return c
			}
			continue
		}
		if x != y {
			switch {
			case x == '/':
				return -1
			case y == '/':
				return 1
			}
			return int(x) - int(y)
		}
		i++
		j++
	}
	if c := (len(a) - i) - (len(b) - j); c != 0 {
		return c
	}
	// The same but for zeros before numbers.
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

func compareNumbers(a, b string) int {
	for len(a) > 1 && a[0] == '0' {
		a = a[1:]
	}
	for len(b) > 1 && b[0] == '0' {
		b = b[1:]
	}
	switch {
	case len(a) != len(b):
		return len(a) - len(b)
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// order is the order of the tags by path, made when it is first needed, or from the one of an older expansion.
type order struct {
	mu   sync.Mutex
	list []int32
}

// Ordered are the places of Tags in the order of their paths, as Compare has it. It must not be changed.
func (x *Expansion) Ordered() []int32 {
	o := x.order
	if o == nil {
		o = &order{} // not examined
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.list == nil {
		o.list = make([]int32, len(x.Tags))
		for i := range o.list {
			o.list[i] = int32(i)
		}
		slices.SortFunc(o.list, x.byPath)
	}
	return o.list
}

func (x *Expansion) byPath(a, b int32) int {
	return Compare(string(x.Tags[a].Path), string(x.Tags[b].Path))
}

// reordered makes the order of x from that of an older expansion; to says where each tag of that one is now, -1 when it is gone.
func (o *order) reordered(x *Expansion, to []int32) *order {
	o.mu.Lock()
	old := o.list
	o.mu.Unlock()
	if old == nil {
		return &order{}
	}
	kept := make([]bool, len(x.Tags))
	for _, i := range to {
		if i >= 0 {
			kept[i] = true
		}
	}
	var fresh []int32
	for i, k := range kept {
		if !k {
			fresh = append(fresh, int32(i))
		}
	}
	slices.SortFunc(fresh, x.byPath)
	list := make([]int32, 0, len(x.Tags))
	for _, was := range old {
		i := to[was]
		if i < 0 {
			continue
		}
		for len(fresh) > 0 && x.byPath(fresh[0], i) < 0 {
			list, fresh = append(list, fresh[0]), fresh[1:]
		}
		list = append(list, i)
	}
	return &order{list: append(list, fresh...)}
}
