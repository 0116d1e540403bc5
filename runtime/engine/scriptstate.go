package engine

import (
	"cmp"
	"slices"

	"github.com/lineside/lineside/runtime/script"
)

// Scripts tells how the scripts of all installations fare, those that need somebody to look at first.
func (e *Engine) Scripts() []ScriptState {
	s := &e.scripts
	s.mu.Lock()
	hosts := make([]*scriptHost, 0, len(s.by))
	for _, h := range s.by {
		hosts = append(hosts, h)
	}
	s.mu.Unlock()
	out := []ScriptState{}
	for _, h := range hosts {
		out = append(out, h.state()...)
	}
	slices.SortFunc(out, func(a, b ScriptState) int {
		return cmp.Or(cmp.Compare(a.Installation, b.Installation), cmp.Compare(a.Widget, b.Widget), cmp.Compare(len(a.Title), len(b.Title)))
	})
	return out
}

func (h *scriptHost) state() []ScriptState {
	h.mu.Lock()
	work := h.work
	by := map[string]*ScriptState{}
	for _, x := range h.instances {
		row := by[x.key]
		if row == nil {
			row = &ScriptState{Installation: h.installation, Widget: x.widget, Title: x.title, Draft: true, Last: h.wrong[x.key]}
			if row.Last != nil {
				row.Errors = 1
			}
			by[x.key] = row
		}
		row.Instances++
		row.Draft = row.Draft && x.draft
	}
	h.mu.Unlock()
	var stats []script.Stat
	if work != nil {
		stats = work.Stats()
	}
	for i := range stats {
		st := &stats[i]
		row := by[st.Script]
		if row == nil {
			continue
		}
		row.Calls, row.Errors, row.Strikes = st.Calls, st.Errors, st.Strikes
		row.P95, row.Longest = st.P95.Microseconds(), st.Longest.Microseconds()
		if !st.Paused.IsZero() {
			until := st.Paused
			row.Paused = &until
		}
		if st.Last != nil {
			row.Last = st.Last
		}
	}
	out := make([]ScriptState, 0, len(by))
	for _, row := range by {
		out = append(out, *row)
	}
	return out
}
