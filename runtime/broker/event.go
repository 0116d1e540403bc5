package broker

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// eventLevel stands between the path of an asset and the id of an event. No path of a tag has it.
const eventLevel = "/$event/"

// eventMessage is what is published of an event, at <path of the asset>/$event/<id>. It is not retained: it has
// happened, and GET /events has what did.
type eventMessage struct {
	Asset   string                     `json:"asset"`
	Event   string                     `json:"event"`
	Level   string                     `json:"level"`
	Title   spec.Text                  `json:"title,omitempty"`
	Message spec.Text                  `json:"message"`
	Values  map[string]json.RawMessage `json:"values,omitempty"`
	Dropped int                        `json:"dropped,omitempty"`
	Time    string                     `json:"time"`
}

// publishEvents tells clients what happens at assets, until ctx ends.
func (b *Broker) publishEvents(ctx context.Context, events <-chan engine.AssetEvent) {
	for {
		select {
		case <-ctx.Done():
			return
		case e := <-events:
			b.publishEvent(e)
		}
	}
}

func (b *Broker) publishEvent(e engine.AssetEvent) {
	clients := b.space.all()
	if len(clients) == 0 {
		return
	}
	payload, err := json.Marshal(eventMessage{Asset: string(e.Asset), Event: e.Event, Level: e.Level, Title: e.Title, Message: e.Message, Values: e.Values, Dropped: e.Dropped, Time: e.Time.UTC().Format(time.RFC3339Nano)})
	if err != nil {
		b.log.Error("event not published", "asset", e.Asset, "event", e.Event, "error", err)
		return
	}
	topic := string(e.Asset) + eventLevel + e.Event
	for _, c := range clients {
		if c.rights().Allows(auth.View, tag.Path(topic)) {
			c.tell(topic, payload, nil, false)
		}
	}
}
