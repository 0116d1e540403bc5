package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// readPlant is the plant as it is kept; an empty one with ETag "" before the first save.
func (s *Server) readPlant(ctx context.Context) (*plant.Plant, string, error) {
	doc, err := s.store.Document(ctx, store.Plant, "")
	if errors.Is(err, store.ErrNotFound) {
		return &plant.Plant{Format: plant.Format}, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	p, err := plant.Read(doc.Content)
	if err != nil {
		return nil, "", fmt.Errorf("the plant that was kept cannot be read: %w", err)
	}
	return p, doc.ETag, nil
}

// savePlant checks a changed plant, keeps it and puts it to work. want is the ETag it was
// changed from, store.AnyETag when that does not matter. Warnings are returned.
func (s *Server) savePlant(ctx context.Context, want string, change func(old *plant.Plant) (*plant.Plant, error)) (etag string, warnings spec.Problems, err error) {
	s.plantMu.Lock()
	defer s.plantMu.Unlock()
	old, present, err := s.readPlant(ctx)
	if err != nil {
		return "", nil, err
	}
	if want != store.AnyETag && want != present {
		return "", nil, &store.ErrConflict{ETag: present}
	}
	next, err := change(old)
	if err != nil {
		return "", nil, err
	}
	diff := comparePlants(old, next)
	if err := diff.allowed(actorOf(ctx)); err != nil {
		return "", nil, err
	}
	known, err := s.store.SecretIDs(ctx)
	if err != nil {
		return "", nil, err
	}
	sealed, err := sealSecrets(next, known)
	if err != nil {
		return "", nil, err
	}
	ps := s.engine.CheckPlant(next)
	ps = append(append(ps, sealed.problems...), plant.CheckUnits(next)...)
	if ps.Errors() {
		return "", nil, ps
	}
	content, err := plant.Canonical(next)
	if err != nil {
		return "", nil, err
	}
	if store.ETagOf(content) != present {
		e := entry(ctx, "plant.save", "plant")
		e.Message = diff.String()
		etag, err = s.store.SavePlant(ctx, content, present, actorOf(ctx).Name, sealed.taken, sealed.kept, e)
		if err != nil {
			return "", nil, err
		}
		if err := s.engine.SetPlant(next); err != nil {
			return "", nil, fmt.Errorf("the plant was kept, but not put to work: %w", err)
		}
		return etag, ps, nil
	}
	return present, ps, nil
}

// plantDiff is what differs between two plants.
type plantDiff struct {
	head, areas, devices, models, northbound bool
	tags                                     []tag.Path     // and assets
	counts                                   map[string]int // "2 tags added" for the audit trail
}

func comparePlants(old, next *plant.Plant) plantDiff {
	d := plantDiff{counts: map[string]int{}}
	d.head = old.Name != next.Name || old.Timezone != next.Timezone || !same(old.Units, next.Units)
	d.areas = !same(old.Areas, next.Areas)
	before, after := keyed(old.Devices, deviceID), keyed(next.Devices, deviceID)
	d.devices = d.count("devices", before, after, nil)
	at := func(path string) { d.tags = append(d.tags, tag.Path(path)) }
	d.count("tags", keyed(old.Tags, tagPath), keyed(next.Tags, tagPath), at)
	d.models = d.count("models", keyed(old.Models, modelID), keyed(next.Models, modelID), nil)
	d.northbound = d.count("northbound interfaces", keyed(old.Northbound, northboundID), keyed(next.Northbound, northboundID), nil)
	d.count("assets", keyed(old.Assets, assetPath), keyed(next.Assets, assetPath), at)
	return d
}

func deviceID(d plant.Device) string { return d.ID }
func tagPath(t plant.Tag) string     { return string(t.Path) }
func modelID(m plant.Model) string   { return m.ID }
func assetPath(a plant.Asset) string { return string(a.Path) }
func northboundID(n plant.Northbound) string {
	return n.ID
}

func keyed[T any](list []T, key func(T) string) map[string][]byte {
	out := make(map[string][]byte, len(list))
	for _, v := range list {
		raw, err := spec.Canonical(v) // the same for the same content, however it was written
		if err != nil {
			raw = []byte(err.Error())
		}
		out[key(v)] = raw
	}
	return out
}

func (d *plantDiff) count(what string, before, after map[string][]byte, each func(key string)) (changed bool) {
	note := func(key, verb string) {
		changed = true
		d.counts[what+" "+verb]++
		if each != nil {
			each(key)
		}
	}
	for key, b := range before {
		switch a, ok := after[key]; {
		case !ok:
			note(key, "removed")
		case !bytes.Equal(a, b):
			note(key, "changed")
		}
	}
	for key := range after {
		if _, ok := before[key]; !ok {
			note(key, "added")
		}
	}
	return changed
}

func same(a, b any) bool {
	x, err1 := json.Marshal(a)
	y, err2 := json.Marshal(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
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
	for _, what := range []string{"devices", "tags", "models", "assets", "northbound interfaces"} {
		for _, verb := range []string{"added", "changed", "removed"} {
			if n := d.counts[what+" "+verb]; n > 0 {
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
