package api

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"

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

func deviceID(d plant.Device) string { return d.ID }
func tagPath(t plant.Tag) string     { return string(t.Path) }
func modelID(m plant.Model) string   { return m.ID }
func assetPath(a plant.Asset) string { return string(a.Path) }
func northboundID(n plant.Northbound) string {
	return n.ID
}

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
		add("name, time zone or units changed")
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
func patchPlant(old *plant.Plant, patch PlantPatch) (*plant.Plant, error) {
	next := *old
	var missing spec.Problems
	if patch.Put.Units != nil {
		if next.Units = patch.Put.Units; next.Units.Empty() {
			next.Units = nil
		}
	}
	next.Areas = merge(old.Areas, patch.Put.Areas, patch.Remove.Areas, func(a plant.Area) string { return string(a.Path) }, "area", "areas", &missing)
	next.Devices = merge(old.Devices, patch.Put.Devices, patch.Remove.Devices, deviceID, "device", "devices", &missing)
	if len(patch.Remove.DeviceTags) > 0 {
		for i := range old.Tags {
			if t := &old.Tags[i]; t.Device != "" && slices.Contains(patch.Remove.DeviceTags, t.Device) {
				patch.Remove.Tags = append(patch.Remove.Tags, string(t.Path))
			}
		}
	}
	next.Tags = merge(old.Tags, patch.Put.Tags, patch.Remove.Tags, tagPath, "tag", "tags", &missing)
	next.Models = merge(old.Models, patch.Put.Models, patch.Remove.Models, modelID, "model", "models", &missing)
	next.Assets = merge(old.Assets, patch.Put.Assets, patch.Remove.Assets, assetPath, "asset", "assets", &missing)
	next.Northbound = merge(old.Northbound, patch.Put.Northbound, patch.Remove.Northbound, northboundID, "northbound interface", "northbound", &missing)
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

// merge keeps the order: what is put replaces what it names, or goes to the end.
func merge[T any](old, put []T, remove []string, key func(T) string, one, many string, missing *spec.Problems) []T {
	replaced := make(map[string]T, len(put))
	for _, v := range put {
		replaced[key(v)] = v
	}
	gone := make(map[string]int, len(remove))
	for i, k := range remove {
		gone[k] = i
	}
	left := maps.Clone(gone)
	out := make([]T, 0, len(old)+len(put))
	done := map[string]bool{}
	for _, v := range old {
		k := key(v)
		_, removed := gone[k]
		delete(left, k)
		next, put := replaced[k]
		switch {
		case put && !done[k]:
			out, done[k] = append(out, next), true
		case put, removed:
		default:
			out = append(out, v)
		}
	}
	for i, v := range put {
		k := key(v)
		if done[k] {
			continue
		}
		done[k] = true
		if last, double := lastOf(put, key, i); double {
			v = last
		}
		out = append(out, v)
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

// lastOf finds a later element with the same key as the one at i.
func lastOf[T any](list []T, key func(T) string, i int) (T, bool) {
	for j := len(list) - 1; j > i; j-- {
		if key(list[j]) == key(list[i]) {
			return list[j], true
		}
	}
	return list[i], false
}
