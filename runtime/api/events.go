package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// EventRow is something that has happened at an asset.
type EventRow struct {
	ID   int64     `json:"id"`
	Time time.Time `json:"time"`
	// Asset is the path of the asset, Model its model, Event the id of the event there.
	Asset string    `json:"asset"`
	Model string    `json:"model"`
	Event string    `json:"event"`
	Level string    `json:"level" enum:"info,warning,error"`
	Title spec.Text `json:"title,omitempty"`
	// Message is what has happened, with the values of that time.
	Message spec.Text `json:"message"`
	// Values are those of properties at that time, null for those that had none.
	Values map[string]json.RawMessage `json:"values,omitempty"`
	// Dropped is how often it has happened since the one before without being kept, because it was too often.
	Dropped int `json:"dropped,omitempty"`
}

// EventPage is a part of the events, newest first.
type EventPage struct {
	Events []EventRow `json:"events" nullable:"false"`
	// Next is the id to give as before for the next part, 0 at the end.
	Next int64 `json:"next,omitempty"`
}

func (s *Server) eventsResource() {
	add(s, route{method: "GET", path: "/events", id: "listEvents", tag: "models", summary: "What has happened at assets, newest first", access: anywhere(auth.View)}, s.listEvents)
}

func (s *Server) listEvents(ctx context.Context, in *struct {
	Asset string    `query:"asset" maxLength:"512" doc:"only those of this asset"`
	Under string    `query:"under" maxLength:"512" doc:"only those of assets at or below this path"`
	Event string    `query:"event" maxLength:"64" doc:"only those of this id"`
	Level []string  `query:"level" maxItems:"3" enum:"info,warning,error" doc:"only those of these levels"`
	From  time.Time `query:"from" doc:"only those at or after this time"`
	Until time.Time `query:"until" doc:"only those before this time"`
	Query string    `query:"q" maxLength:"200" doc:"contained in asset, event or message"`
	// Before is where the part before ended.
	Before int64 `query:"before" minimum:"0"`
	Limit  int   `query:"limit" default:"50" minimum:"1" maximum:"1000"`
}) (*body[EventPage], error) {
	f := store.EventFilter{Asset: in.Asset, Event: in.Event, Levels: in.Level, From: in.From, Until: in.Until, Query: in.Query, Before: in.Before, Limit: in.Limit}
	if in.Under != "" && in.Asset == "" {
		f.Asset, f.Below = in.Under, true
	}
	rights := actorOf(ctx).Rights
	if !rights.Allows(auth.View, "") {
		f.Allowed = func(asset string) bool { return rights.Allows(auth.View, tag.Path(asset)) }
	}
	list, next, err := s.store.Events(ctx, f)
	if err != nil {
		return nil, err
	}
	page := EventPage{Events: make([]EventRow, len(list)), Next: next}
	for i, e := range list {
		page.Events[i] = EventRow{ID: e.ID, Time: e.Time, Asset: e.Asset, Model: e.Model, Event: e.Event, Level: e.Level, Title: e.Title, Message: e.Message, Values: e.Values, Dropped: e.Dropped}
	}
	return answerWith(page)
}

// RecordEvents gives the events of the engine to the store.
func RecordEvents(s *store.Store) func(context.Context, []engine.AssetEvent) error {
	return func(ctx context.Context, events []engine.AssetEvent) error {
		rows := make([]store.Event, len(events))
		for i, e := range events {
			rows[i] = store.Event{Time: e.Time, Asset: string(e.Asset), Model: e.Model, Event: e.Event, Level: e.Level, Title: e.Title, Message: e.Message, Values: e.Values, Dropped: e.Dropped}
		}
		if err := s.Record(ctx, rows); err != nil {
			return err
		}
		for i := range rows {
			events[i].ID = rows[i].ID
		}
		return nil
	}
}
