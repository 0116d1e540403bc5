package api

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// savePlant checks a changed plant, keeps it and puts it to work. want is the ETag it was
// changed from, store.AnyETag when that does not matter. Warnings are returned.
func (s *Server) savePlant(ctx context.Context, want string, change func(old *plant.Plant) (*plant.Plant, error)) (etag string, warnings spec.Problems, err error) {
	s.plantMu.Lock()
	defer s.plantMu.Unlock()
	kept, err := s.keptPlant(ctx)
	if err != nil {
		return "", nil, err
	}
	if want != store.AnyETag && want != kept.etag {
		return "", nil, &store.ErrConflict{ETag: kept.etag}
	}
	next, err := change(kept.plant)
	if err != nil {
		return "", nil, err
	}
	diff := comparePlants(kept.plant, next)
	if err := diff.allowed(actorOf(ctx)); err != nil {
		return "", nil, err
	}
	known, err := s.store.SecretIDs(ctx)
	if err != nil {
		return "", nil, err
	}
	copied := *next
	next = &copied
	sealed, err := sealSecrets(next, known)
	if err != nil {
		return "", nil, err
	}
	prepared, ps := s.engine.PreparePlant(next)
	ps = append(append(ps, sealed.problems...), plant.CheckUnits(next)...)
	if ps.Errors() {
		return "", nil, ps
	}
	if kept.etag != "" && diff.none() {
		return kept.etag, ps, nil
	}
	written, then, err := kept.parts(next, diff.lists)
	if err != nil {
		return "", nil, err
	}
	e := entry(ctx, "plant.save", "plant")
	e.Message = diff.String()
	if then.etag, err = s.store.SavePlant(ctx, written, actorOf(ctx).Name, sealed.taken, sealed.kept, e); err != nil {
		return "", nil, err
	}
	then.plant = prepared.Plant()
	s.kept.Store(then)
	if err := s.engine.TakePlant(prepared); err != nil {
		return "", nil, fmt.Errorf("the plant was kept, but not put to work: %w", err)
	}
	return then.etag, ps, nil
}

// plantDiff is what differs between two plants.
type plantDiff struct {
	head, areas, devices, models, northbound bool
	tags                                     []tag.Path // and assets
	lists                                    map[string]listDiff
}

func comparePlants(old, next *plant.Plant) plantDiff {
	d := plantDiff{lists: map[string]listDiff{}}
	a, b := *old, *next
	for name, list := range plantLists {
		d.lists[name] = list.diff(old, next)
		list.cut(&a)
		list.cut(&b)
	}
	changed := func(name string) bool { list := d.lists[name]; return !list.none() }
	d.head = !equal(&a, &b)
	d.areas, d.devices, d.models, d.northbound = changed("areas"), changed("devices"), changed("models"), changed("northbound")
	for _, name := range []string{"tags", "assets"} {
		list := d.lists[name]
		for _, keys := range [][]string{list.added, list.changed, list.removed} {
			for _, key := range keys {
				d.tags = append(d.tags, tag.Path(key))
			}
		}
	}
	return d
}

func (d plantDiff) none() bool {
	for _, list := range d.lists {
		if !list.none() {
			return false
		}
	}
	return !d.head
}

func areaPath(a *plant.Area) string               { return string(a.Path) }
func deviceID(d *plant.Device) string             { return d.ID }
func tagPath(t *plant.Tag) string                 { return string(t.Path) }
func modelID(m *plant.Model) string               { return m.ID }
func assetPath(a *plant.Asset) string             { return string(a.Path) }
func alarmClassID(c *alarm.Classification) string { return c.ID }
func northboundID(n *plant.Northbound) string     { return n.ID }

// String is the difference for the audit trail.
func (d plantDiff) String() string {
	var b bytes.Buffer
	add := func(format string, args ...any) {
		if b.Len() > 0 {
			b.WriteString(", ")
		}
		fmt.Fprintf(&b, format, args...)
	}
	for _, what := range []string{"devices", "tags", "models", "assets", "northbound"} {
		list := d.lists[what]
		if what == "northbound" {
			what = "northbound interfaces"
		}
		for i, verb := range []string{"added", "changed", "removed"} {
			if n := len([][]string{list.added, list.changed, list.removed}[i]); n > 0 {
				add("%d %s %s", n, what, verb)
			}
		}
	}
	if d.areas {
		add("areas changed")
	}
	if d.head {
		add("name, time zone, units or alarm classes changed")
	}
	return b.String()
}

// allowed refuses a difference that the actor may not make: tags and assets need the right to
// design where they are, everything else in the whole plant. The runtime itself may do anything.
func (d plantDiff) allowed(a auth.Actor) error {
	if a.Rights.Allows(auth.Design, "") {
		return nil
	}
	if d.head || d.areas || d.devices || d.models || d.northbound {
		return errForbidden.with("design", "in the whole plant")
	}
	for _, path := range d.tags {
		if !a.Rights.Allows(auth.Design, path) {
			return errForbidden.with("design", fmt.Sprintf("at %q", path))
		}
	}
	return nil
}

// patchPlant merges what is put and takes away what is removed.
func patchPlant(old *plant.Plant, patch PlantPatch, room int) (*plant.Plant, error) {
	next := *old
	var missing spec.Problems
	if patch.Put.Units != nil {
		if next.Units = patch.Put.Units; next.Units.Empty() {
			next.Units = nil
		}
	}
	if patch.Put.Shifts != nil {
		if next.Shifts = patch.Put.Shifts; len(next.Shifts) == 0 {
			next.Shifts = nil
		}
	}
	next.AlarmClasses = merge(old.AlarmClasses, patch.Put.AlarmClasses, patch.Remove.AlarmClasses, 0, alarmClassID, "alarm class", "alarmClasses", &missing)
	next.Areas = merge(old.Areas, patch.Put.Areas, patch.Remove.Areas, 0, areaPath, "area", "areas", &missing)
	next.Devices = merge(old.Devices, patch.Put.Devices, patch.Remove.Devices, 0, deviceID, "device", "devices", &missing)
	if len(patch.Remove.DeviceTags) > 0 {
		for i := range old.Tags {
			if t := &old.Tags[i]; t.Device != "" && slices.Contains(patch.Remove.DeviceTags, t.Device) {
				patch.Remove.Tags = append(patch.Remove.Tags, string(t.Path))
			}
		}
	}
	next.Tags = merge(old.Tags, patch.Put.Tags, patch.Remove.Tags, room, tagPath, "tag", "tags", &missing)
	next.Models = merge(old.Models, patch.Put.Models, patch.Remove.Models, 0, modelID, "model", "models", &missing)
	next.Assets = merge(old.Assets, patch.Put.Assets, patch.Remove.Assets, 0, assetPath, "asset", "assets", &missing)
	next.Northbound = merge(old.Northbound, patch.Put.Northbound, patch.Remove.Northbound, 0, northboundID, "northbound interface", "northbound", &missing)
	if missing.Errors() {
		return nil, missing
	}
	if len(patch.Remove.Assets) > 0 {
		// Their relations go with them, from both ends.
		gone := make(map[tag.Path]bool, len(patch.Remove.Assets))
		for _, path := range patch.Remove.Assets {
			gone[tag.Path(path)] = true
		}
		for i := range next.Assets {
			delete(gone, next.Assets[i].Path)
		}
		return plant.Unrelate(&next, func(path tag.Path) bool { return gone[path] }), nil
	}
	return &next, nil
}

// merge keeps the order: what is put replaces what it names, or goes to the end. A list of which nothing is put or
// removed stays what it is; a new one can grow by so much as room says.
func merge[T any](old, put []T, remove []string, room int, key func(*T) string, one, many string, missing *spec.Problems) []T {
	if len(put) == 0 && len(remove) == 0 {
		return old
	}
	// The last of several of one name counts.
	replaced := make(map[string]*T, len(put))
	for i := range put {
		replaced[key(&put[i])] = &put[i]
	}
	left := make(map[string]int, len(remove))
	for i, k := range remove {
		left[k] = i
	}
	gone := maps.Clone(left)
	out := make([]T, 0, len(old)+len(put)+room)
	done := make(map[string]bool, len(put))
	for i := range old {
		k := key(&old[i])
		_, removed := gone[k]
		next := replaced[k]
		switch {
		case next != nil && !done[k]:
			out, done[k] = append(out, *next), true
		case next == nil && !removed:
			out = append(out, old[i])
		}
		if removed {
			delete(left, k)
		}
	}
	for i := range put {
		if k := key(&put[i]); !done[k] {
			out, done[k] = append(out, *replaced[k]), true
		}
	}
	for k, i := range left {
		if _, put := replaced[k]; !put {
			missing.Add("not_found", fmt.Sprintf("/remove/%s/%d", many, i), "Load the plant again.", "There is no %s %q.", one, k)
		}
	}
	if len(out) == 0 {
		return nil // as a document without the list has it
	}
	return out
}
