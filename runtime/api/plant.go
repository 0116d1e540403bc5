package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/runtime/unit"
)

// PlantPatch changes a part of the plant. What is put replaces the thing of the same path
// or id, or is added; a tag is renamed by removing the old path and putting the new one.
type PlantPatch struct {
	Put    PlantPut    `json:"put,omitempty"`
	Remove PlantRemove `json:"remove,omitempty"`
}

// PlantPut is what is added or replaced.
type PlantPut struct {
	Areas   []plant.Area   `json:"areas,omitempty"`
	Devices []plant.Device `json:"devices,omitempty"`
	Tags    []plant.Tag    `json:"tags,omitempty"`
	Models  []plant.Model  `json:"models,omitempty"`
	Assets  []plant.Asset  `json:"assets,omitempty"`
	// Northbound are interfaces to the outside.
	Northbound []plant.Northbound `json:"northbound,omitempty"`
	// AlarmClasses are what alarms have in common.
	AlarmClasses []alarm.Classification `json:"alarmClasses,omitempty"`
	// Units are those in which values are shown to who has chosen none; {} shows them as they are configured.
	Units *unit.Preference `json:"units,omitempty"`
	// Shifts takes the place of all shifts there were; [] is none.
	Shifts []plant.Shift `json:"shifts,omitempty"`
}

// PlantRemove is what is taken away: paths of areas, tags and assets, ids of devices and models.
type PlantRemove struct {
	Areas   []string `json:"areas,omitempty"`
	Devices []string `json:"devices,omitempty"`
	// DeviceTags are ids of devices of which all tags go that the plant itself lists.
	DeviceTags []string `json:"deviceTags,omitempty"`
	Tags       []string `json:"tags,omitempty"`
	Models     []string `json:"models,omitempty"`
	Assets     []string `json:"assets,omitempty"`
	// Northbound are ids.
	Northbound []string `json:"northbound,omitempty"`
	// AlarmClasses are ids.
	AlarmClasses []string `json:"alarmClasses,omitempty"`
}

// Saved is a document that was kept.
type Saved struct {
	ETag string `json:"etag"`
	// Problems are warnings; of a draft, errors too.
	Problems []*spec.Problem `json:"problems" nullable:"false"`
}

type savedAnswer struct {
	ETag string `header:"ETag"`
	Body Saved
}

func savedWith(ctx context.Context, etag string, ps spec.Problems) *savedAnswer {
	return &savedAnswer{ETag: quote(etag), Body: Saved{ETag: quote(etag), Problems: told(ctx, ps)}}
}

// DocumentInput is a document that is sent, and the version it changes.
type DocumentInput struct {
	IfMatch string `header:"If-Match"`
	RawBody []byte
}

func (s *Server) plantResource() {
	r := route{tag: "plant"}
	r.method, r.path, r.id, r.summary, r.access = "GET", "/plant", "getPlant", "The plant document: what the caller may view", anywhere(auth.View)
	r.answer = schemaOf[plant.Plant](s)
	add(s, r, s.getPlant)
	s.plantTagsResource()
	r.method, r.id, r.summary, r.access, r.answer = "PUT", "putPlant", "Replace the plant document", whole(auth.Design), nil
	r.maxBody, r.body = plant.MaxBytes, schemaOf[plant.Plant](s)
	add(s, r, s.putPlant)
	r.method, r.id, r.summary, r.access, r.body = "PATCH", "patchPlant", "Change areas, devices, tags, models and assets", anywhere(auth.Design), schemaOf[PlantPatch](s)
	add(s, r, s.patchPlantRoute)
}

func (s *Server) getPlant(ctx context.Context, in *struct {
	Without []string `query:"without" doc:"lists to leave out: tags, assets"`
}) (*rawDocument, error) {
	p, etag, err := s.readPlant(ctx)
	if err != nil {
		return nil, err
	}
	rights := actorOf(ctx).Rights
	shown := *p
	if !rights.Allows(auth.View, "") {
		shown.Tags = slices.DeleteFunc(slices.Clone(p.Tags), func(t plant.Tag) bool { return !rights.Allows(auth.View, t.Path) })
		shown.Assets = slices.DeleteFunc(slices.Clone(p.Assets), func(a plant.Asset) bool { return !rights.Allows(auth.View, a.Path) })
	}
	if !rights.Allows(auth.Design, "") {
		// Addresses of devices are for those who configure them.
		shown.Devices = slices.Clone(p.Devices)
		for i := range shown.Devices {
			shown.Devices[i].Settings = nil
		}
		shown.Models = slices.Clone(p.Models)
		for i := range shown.Models {
			shown.Models[i].Device = nil
		}
		shown.Northbound = nil // names what the caller need not see
	}
	if slices.Contains(in.Without, "tags") {
		shown.Tags = nil
	}
	if slices.Contains(in.Without, "assets") {
		shown.Assets = nil
	}
	content, err := plant.Canonical(&shown)
	if err != nil {
		return nil, err
	}
	return documentAnswer(content, etag), nil
}

func (s *Server) putPlant(ctx context.Context, in *DocumentInput) (*savedAnswer, error) {
	if in.IfMatch == "" {
		return nil, errNoETag.with()
	}
	next, err := plant.Read(in.RawBody)
	if err != nil {
		return nil, err
	}
	etag, ps, err := s.savePlant(ctx, unquote(in.IfMatch), func(*plant.Plant) (*plant.Plant, error) { return next, nil })
	if err != nil {
		return nil, err
	}
	return savedWith(ctx, etag, ps), nil
}

// PatchInput is a patch.
type PatchInput struct {
	Places string `query:"places" enum:"plant,put" default:"plant" doc:"where problems of tags that are put have their places: in the plant that would come of it, or in the patch"`
	DocumentInput
}

func (s *Server) patchPlantRoute(ctx context.Context, in *PatchInput) (*savedAnswer, error) {
	patch, err := readPatch(in.RawBody)
	if err != nil {
		return nil, err
	}
	want := store.AnyETag
	if in.IfMatch != "" {
		want = unquote(in.IfMatch)
	}
	var next *plant.Plant
	etag, ps, err := s.savePlant(ctx, want, func(old *plant.Plant) (_ *plant.Plant, err error) {
		next, err = patchPlant(old, patch, s.engine.Expansion().Room())
		return next, err
	})
	if in.Places == "put" && next != nil {
		ps = inPatch(ps, next, &patch)
		if found := (spec.Problems)(nil); errors.As(err, &found) {
			err = inPatch(found, next, &patch)
		}
	}
	if err != nil {
		return nil, err
	}
	return savedWith(ctx, etag, ps), nil
}

// inPatch gives problems of tags that a patch puts their places in the patch: /put/tags/0/address.
func inPatch(ps spec.Problems, next *plant.Plant, patch *PlantPatch) spec.Problems {
	put := make(map[tag.Path]int, len(patch.Put.Tags))
	for i := range patch.Put.Tags {
		put[patch.Put.Tags[i].Path] = i
	}
	for _, p := range ps {
		after, ok := strings.CutPrefix(p.At, "/tags/")
		digits, rest, more := strings.Cut(after, "/")
		index, err := strconv.Atoi(digits)
		if !ok || err != nil || index >= len(next.Tags) {
			continue
		}
		if i, ok := put[next.Tags[index].Path]; ok {
			if p.At = fmt.Sprintf("/put/tags/%d", i); more {
				p.At += "/" + rest
			}
		}
	}
	return ps
}

// readPatch reads a patch as strictly as a document: what it puts is one, in parts.
func readPatch(raw []byte) (PlantPatch, error) {
	var parts struct {
		Put    map[string]json.RawMessage `json:"put"`
		Remove PlantRemove                `json:"remove"`
	}
	if err := spec.Strict(raw); err != nil {
		return PlantPatch{}, err
	}
	if err := json.Unmarshal(raw, &parts); err != nil {
		return PlantPatch{}, errBodySyntax.with().because(err)
	}
	whole := map[string]any{"format": plant.Format}
	for key, v := range parts.Put {
		switch key {
		case "areas", "devices", "tags", "models", "assets", "northbound", "alarmClasses", "units", "shifts":
			whole[key] = v
		default:
			return PlantPatch{}, spec.Problems{{Code: "key_unknown", At: "/put/" + spec.Escape(key), Message: "This cannot be put: " + key + ".", Hint: "Known are areas, devices, tags, models, assets, northbound, alarmClasses, units and shifts."}}
		}
	}
	text, err := json.Marshal(whole)
	if err != nil {
		return PlantPatch{}, err
	}
	p, err := plant.Read(text)
	if err != nil {
		return PlantPatch{}, err
	}
	return PlantPatch{Put: PlantPut{p.Areas, p.Devices, p.Tags, p.Models, p.Assets, p.Northbound, p.AlarmClasses, p.Units, p.Shifts}, Remove: parts.Remove}, nil
}
