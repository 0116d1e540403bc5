package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// keptPlant is the plant as it is in the store. It is not changed once it is there.
type keptPlant struct {
	plant *plant.Plant
	etag  string
	// places are those of the elements of the lists in the store, in the order of the plant; nil when the
	// plant is kept as one text.
	places map[string][]int64
}

// readPlant is the plant as it is kept; an empty one with ETag "" before the first save. It must not be changed.
func (s *Server) readPlant(ctx context.Context) (*plant.Plant, string, error) {
	kept, err := s.keptPlant(ctx)
	if err != nil {
		return nil, "", err
	}
	return kept.plant, kept.etag, nil
}

// keptPlant reads the plant anew only when somebody else has saved it.
func (s *Server) keptPlant(ctx context.Context) (*keptPlant, error) {
	head, err := s.store.DocumentHead(ctx, store.Plant, "")
	switch {
	case errors.Is(err, store.ErrNotFound):
		return &keptPlant{plant: &plant.Plant{Format: plant.Format}}, nil
	case err != nil:
		return nil, err
	}
	if kept := s.kept.Load(); kept != nil && kept.etag == head.ETag {
		return kept, nil
	}
	kept := &keptPlant{places: map[string][]int64{}}
	lists := map[string][]json.RawMessage{}
	doc, err := s.store.EachPart(ctx, store.Plant, "", func(p store.Part) error {
		lists[p.List] = append(lists[p.List], p.Content)
		kept.places[p.List] = append(kept.places[p.List], p.Place)
		return nil
	})
	if err != nil {
		return nil, err
	}
	kept.etag = doc.ETag
	if kept.plant, err = assemble(doc.Content, lists); err != nil {
		return nil, fmt.Errorf("the plant that was kept cannot be read: %w", err)
	}
	if len(lists) == 0 {
		kept.places = nil // it is one text, or has no lists
	}
	kept.plant.Compact()
	s.kept.Store(kept)
	return kept, nil
}

// assemble makes a plant of its lists and of the rest.
func assemble(rest []byte, lists map[string][]json.RawMessage) (*plant.Plant, error) {
	var head struct {
		Format int `json:"format"`
	}
	if err := json.Unmarshal(rest, &head); err != nil {
		return nil, err
	}
	if head.Format != plant.Format || len(lists) == 0 {
		whole := map[string]any{}
		if err := json.Unmarshal(rest, &whole); err != nil {
			return nil, err
		}
		for name, list := range lists {
			whole[name] = list
		}
		text, err := json.Marshal(whole)
		if err != nil {
			return nil, err
		}
		return plant.Read(text)
	}
	p, err := plant.Read(rest)
	if err != nil {
		return nil, err
	}
	for name, list := range lists {
		read, ok := plantLists[name]
		if !ok {
			return nil, fmt.Errorf("there is no list %q", name)
		}
		if err := read.decode(p, list); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return p, nil
}

// plantList is a list of the plant whose elements are kept one by one.
type plantList struct {
	decode func(*plant.Plant, []json.RawMessage) error
	diff   func(old, next *plant.Plant) listDiff
	// element writes one of them.
	element func(p *plant.Plant, i int) ([]byte, error)
	count   func(p *plant.Plant) int
	// cut takes the list out.
	cut func(*plant.Plant)
}

var plantLists = map[string]plantList{
	"areas":      listOf(func(p *plant.Plant) *[]plant.Area { return &p.Areas }, areaPath),
	"devices":    listOf(func(p *plant.Plant) *[]plant.Device { return &p.Devices }, deviceID),
	"tags":       listOf(func(p *plant.Plant) *[]plant.Tag { return &p.Tags }, tagPath),
	"models":     listOf(func(p *plant.Plant) *[]plant.Model { return &p.Models }, modelID),
	"assets":     listOf(func(p *plant.Plant) *[]plant.Asset { return &p.Assets }, assetPath),
	"northbound": listOf(func(p *plant.Plant) *[]plant.Northbound { return &p.Northbound }, northboundID),
}

func listOf[T any](of func(*plant.Plant) *[]T, key func(*T) string) plantList {
	return plantList{
		decode: func(p *plant.Plant, list []json.RawMessage) error {
			out := make([]T, len(list))
			for i, raw := range list {
				if err := json.Unmarshal(raw, &out[i]); err != nil {
					return err
				}
			}
			*of(p) = out
			return nil
		},
		diff:    func(old, next *plant.Plant) listDiff { return diffList(*of(old), *of(next), key) },
		element: func(p *plant.Plant, i int) ([]byte, error) { return json.Marshal(&(*of(p))[i]) },
		count:   func(p *plant.Plant) int { return len(*of(p)) },
		cut:     func(p *plant.Plant) { *of(p) = nil },
	}
}

// listDiff is what differs between two lists whose elements have a key each.
type listDiff struct {
	added, changed, removed []string
	// from says of each element of the new list which of the old one it is or stands for, -1 for none;
	// nil when both have the same elements in the same order. written are the places of those that are not the same.
	from    []int
	written []int
}

func (d listDiff) none() bool { return d.from == nil && len(d.written) == 0 }

// equal reports whether two elements are the same however they are written.
func equal[T any](a, b *T) bool {
	if plant.Same(a, b) {
		return true
	}
	x, err1 := spec.Canonical(a)
	y, err2 := spec.Canonical(b)
	return err1 == nil && err2 == nil && bytes.Equal(x, y)
}

// diffList compares two lists of which the one was made from the other: what they share is passed over.
func diffList[T any](old, next []T, key func(*T) string) listDiff {
	var d listDiff
	if len(old) == len(next) && (len(old) == 0 || &old[0] == &next[0]) {
		return d
	}
	if len(old) == len(next) && inPlace(&d, old, next, key) {
		return d
	}
	d = listDiff{}
	before, after := make(map[string]int, len(old)), make(map[string]bool, len(next))
	for i := range old {
		before[key(&old[i])] = i
	}
	for i := range next {
		after[key(&next[i])] = true
	}
	d.from = make([]int, len(next))
	i := 0
	for j := range next {
		k := key(&next[j])
		at, known := before[k]
		if !known {
			d.added = append(d.added, k)
			at = -1
			if i < len(old) && !after[key(&old[i])] {
				at = i // it stands where another one was
				i++
			}
			d.written = append(d.written, j)
		} else {
			for i < len(old) && i < at && !after[key(&old[i])] {
				i++
			}
			if i == at {
				i++
			}
			if !equal(&old[at], &next[j]) {
				d.changed, d.written = append(d.changed, k), append(d.written, j)
			}
		}
		d.from[j] = at
	}
	for i := range old {
		if k := key(&old[i]); !after[k] {
			d.removed = append(d.removed, k)
		}
	}
	return d
}

// inPlace compares two lists in which every element is the same, a changed one, or one that stands where another one stood;
// false when the order is another one, too. A key that does not stand where it stood must then stand nowhere else.
func inPlace[T any](d *listDiff, old, next []T, key func(*T) string) bool {
	gone, come := map[string]bool{}, map[string]bool{}
	for i := range next {
		before, after := key(&old[i]), key(&next[i])
		switch {
		case before != after:
			gone[before], come[after] = true, true
			d.removed, d.added, d.written = append(d.removed, before), append(d.added, after), append(d.written, i)
		case !equal(&old[i], &next[i]):
			d.changed, d.written = append(d.changed, after), append(d.written, i)
		}
	}
	for k := range come {
		if gone[k] {
			return false
		}
	}
	return true
}

// parts is what the store must change for a new plant, and what it will then hold.
func (k *keptPlant) parts(next *plant.Plant, diffs map[string]listDiff) (store.Change, *keptPlant, error) {
	head := *next
	for _, list := range plantLists {
		list.cut(&head)
	}
	content, err := plant.Canonical(&head)
	if err != nil {
		return store.Change{}, nil, err
	}
	change := store.Change{Kind: store.Plant, Content: content, Want: k.etag, Parts: &store.Parts{}}
	then := &keptPlant{places: map[string][]int64{}}
	puts := make([][]placed, len(plantListNames))
	for i, name := range plantListNames {
		d, anew := diffs[name], false
		then.places[name], puts[i], anew = d.places(k.places[name], plantLists[name].count(next), k.places != nil || k.etag == "")
		if anew {
			change.Parts.Lists = append(change.Parts.Lists, name)
		}
	}
	change.Parts.Put = func(yield func(store.Part, error) bool) {
		for i, name := range plantListNames {
			for _, p := range puts[i] {
				part, err := store.Part{List: name, Place: p.place}, error(nil)
				if p.element >= 0 {
					part.Content, err = plantLists[name].element(next, p.element)
				}
				if !yield(part, err) {
					return
				}
			}
		}
	}
	return change, then, nil
}

var plantListNames = []string{"areas", "devices", "tags", "models", "assets", "northbound"}

// placed is an element that is written at a place; -1 takes out what is there.
type placed struct {
	place   int64
	element int
}

// places gives the n elements of a new list their places in the store: those that stay keep theirs, those that
// are added come behind. anew says that the list must be written as a whole.
func (d *listDiff) places(old []int64, n int, inParts bool) (places []int64, put []placed, anew bool) {
	if !inParts {
		return placedAnew(n)
	}
	if d.from == nil {
		for _, i := range d.written {
			put = append(put, placed{old[i], i})
		}
		return old, put, false
	}
	places = make([]int64, n)
	used := make([]bool, len(old))
	last, before := int64(0), int64(0)
	if len(old) > 0 {
		last = old[len(old)-1]
	}
	for i, from := range d.from {
		if from < 0 {
			last++
			places[i] = last
		} else {
			places[i], used[from] = old[from], true
		}
		if places[i] <= before {
			return placedAnew(n) // the order is another one
		}
		before = places[i]
	}
	for i := range used {
		if !used[i] {
			put = append(put, placed{old[i], -1})
		}
	}
	for _, i := range d.written {
		put = append(put, placed{places[i], i})
	}
	return places, put, false
}

func placedAnew(n int) (places []int64, put []placed, anew bool) {
	places, put = make([]int64, n), make([]placed, n)
	for i := range n {
		places[i], put[i] = int64(i+1), placed{int64(i + 1), i}
	}
	return places, put, true
}
