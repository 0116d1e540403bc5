package broker

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// showEvery is how often the system tags of the broker are brought up to date.
const showEvery = time.Second

// shown are the system tags: system/broker/….
var shown = []struct {
	name  string
	title spec.Text
	help  string
	value func(Stats) int64
}{
	{"clients", spec.Text{"en": "MQTT clients", "zh": "MQTT 客户端"}, "Clients that are connected to the MQTT broker.", func(s Stats) int64 { return s.Clients }},
	{"messages", spec.Text{"en": "MQTT messages", "zh": "MQTT 消息"}, "Messages that the MQTT broker received and sent since the start.", func(s Stats) int64 { return s.Received + s.Sent }},
	{"dropped", spec.Text{"en": "MQTT messages dropped", "zh": "丢弃的 MQTT 消息"}, "Messages that the MQTT broker could not deliver or keep since the start.", func(s Stats) int64 { return s.Dropped }},
}

// show makes the system tags, and gives what keeps them up to date until ctx ends and takes
// them away then.
func (b *Broker) show() (run func(ctx context.Context)) {
	slots := make([]tag.Slot, len(shown))
	for i, t := range shown {
		slot, err := b.engine.AddSystemTag(tag.Path("system/broker/"+t.name), tag.Definition{Type: tag.Int, Description: t.help}, t.title)
		if err != nil {
			b.log.Error("system tag of the mqtt broker", "error", err)
			return func(context.Context) {}
		}
		slots[i] = slot
	}
	return func(ctx context.Context) { b.keep(ctx, slots) }
}

func (b *Broker) keep(ctx context.Context, slots []tag.Slot) {
	defer func() {
		for _, t := range shown {
			b.engine.RemoveSystemTag(tag.Path("system/broker/" + t.name))
		}
	}()
	tick := time.NewTicker(showEvery)
	defer tick.Stop()
	for {
		stats, now := b.Stats(), tag.Now()
		updates := make([]tag.Update, len(shown))
		for i, t := range shown {
			updates[i] = tag.Update{Slot: slots[i], Sample: tag.Sample{Value: tag.OfInt(t.value(stats)), Source: now, Server: now}}
		}
		b.engine.Table().Apply(updates)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
