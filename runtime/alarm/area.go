package alarm

import (
	"cmp"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/tag"
)

// Area is what there is of alarms at and below a path.
type Area struct {
	Path tag.Path
	// Worst is the most urgent priority of all, Waiting that of those that wait for an acknowledgement, "" for none.
	Worst, Waiting         string
	Unacknowledged, Active int
	// Deep says that there is a level below.
	Deep bool
}

// Add counts one alarm.
func (a *Area) Add(priority string, state State) {
	if a.Worst == "" || Rank(priority) < Rank(a.Worst) {
		a.Worst = priority
	}
	if state.Wanting() {
		a.Unacknowledged++
		if a.Waiting == "" || Rank(priority) < Rank(a.Waiting) {
			a.Waiting = priority
		}
	}
	if state == Unacknowledged || state == Acknowledged {
		a.Active++
	}
}

// Standing reports whether alarms in the state are what an operator looks at: neither normal nor put away.
func (s State) Standing() bool {
	return s.Wanting() || s == Acknowledged || s == LatchedAcknowledged
}

// Areas counts standing alarms by the areas directly below a path, sorted by path. As long as all of them are in one area, the
// level below that is taken: from is the path that the areas are below. each calls its argument for every alarm.
func Areas(under tag.Path, each func(yield func(path tag.Path, priority string, state State))) (from tag.Path, areas []Area) {
	common, first := "", true
	each(func(path tag.Path, _ string, state State) {
		if !state.Standing() || !path.Under(under) {
			return
		}
		if place := string(path.Parent()); first {
			common, first = place, false
		} else {
			for common != "" && place != common && !strings.HasPrefix(place, common+"/") {
				common = string(tag.Path(common).Parent())
			}
		}
	})
	if from = tag.Path(common); len(from) < len(under) {
		from = under
	}
	found := map[tag.Path]*Area{}
	each(func(path tag.Path, priority string, state State) {
		if !state.Standing() || !path.Under(under) {
			return
		}
		rest := strings.TrimPrefix(strings.TrimPrefix(string(path), string(from)), "/")
		name, below, more := strings.Cut(rest, "/")
		at := from
		if more { // else the tag is directly there
			if at = tag.Path(name); from != "" {
				at = from + "/" + tag.Path(name)
			}
		}
		a := found[at]
		if a == nil {
			a = &Area{Path: at}
			found[at] = a
		}
		a.Add(priority, state)
		a.Deep = a.Deep || strings.Contains(below, "/")
	})
	for _, a := range found {
		areas = append(areas, *a)
	}
	slices.SortFunc(areas, func(a, b Area) int { return cmp.Compare(a.Path, b.Path) })
	return from, areas
}

// WorstAreas keeps at most so many areas, the worst of them, in their order.
func WorstAreas(areas []Area, most int) []Area {
	if len(areas) <= most {
		return areas
	}
	worst := slices.Clone(areas)
	rank := func(a *Area) int {
		r := Rank(a.Worst)
		if a.Waiting != "" {
			r = Rank(a.Waiting) - len(Priorities)
		}
		return r
	}
	slices.SortStableFunc(worst, func(a, b Area) int {
		return cmp.Or(rank(&a)-rank(&b), b.Unacknowledged-a.Unacknowledged, b.Active-a.Active)
	})
	worst = worst[:most]
	slices.SortFunc(worst, func(a, b Area) int { return cmp.Compare(a.Path, b.Path) })
	return worst
}
