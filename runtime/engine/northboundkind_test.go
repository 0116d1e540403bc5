package engine

import (
	"context"
	"encoding/json"

	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// recorder is a kind of interface that hands out what it got.
type recorder struct {
	tags  []northbound.Tag
	hosts chan northbound.Host
}

func (r *recorder) Run(ctx context.Context, h northbound.Host) error {
	h.Ready("here")
	r.hosts <- h
	<-ctx.Done()
	return nil
}

func recorderType(faces chan<- *recorder) *northbound.Type {
	return &northbound.Type{
		Component: spec.Component{ID: "recorder", Version: 1, Title: spec.Text{"en": "Recorder"}}, Areas: true,
		New: func(_ json.RawMessage, tags []northbound.Tag) (northbound.Interface, error) {
			r := &recorder{tags: tags, hosts: make(chan northbound.Host, 1)}
			faces <- r
			return r, nil
		},
		Check: func(json.RawMessage) error { return nil },
		Map:   func(json.RawMessage, tag.Type, bool) (any, error) { return nil, nil },
	}
}
