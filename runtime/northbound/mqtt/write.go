package mqtt

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/tag"
)

// writers is how many writes from outside are under way at a time.
const writers = 4

// inbox takes what others want written.
type inbox struct {
	publisher *publisher
	commands  chan command
	quit      chan struct{}
	byTopic   map[string]int
}

type command struct {
	tag     int
	payload []byte
}

// topics are those at which tags are written.
func (in *inbox) topics() []string {
	p := in.publisher
	in.byTopic = map[string]int{}
	var out []string
	for i := range p.tags {
		if p.tags[i].Write {
			topic := p.topics[i] + p.settings.Set
			in.byTopic[topic] = i
			out = append(out, topic)
		}
	}
	return out
}

// Single implements mqtt.Receiver.
func (in *inbox) Single(topic, message []byte) {
	i, ok := in.byTopic[string(topic)]
	if !ok {
		return
	}
	select {
	case in.commands <- command{i, slices.Clone(message)}:
	case <-in.quit:
	}
}

// Retained implements mqtt.RetainedReceiver: a write that the broker has kept was meant for then,
// and would be carried out again at every connection.
func (in *inbox) Retained(topic, _ []byte) {
	if _, ok := in.byTopic[string(topic)]; ok {
		in.publisher.stats.refused.Add(1)
		in.publisher.host.Log().Warn("a retained message is no write", "topic", string(topic))
	}
}

// listen subscribes to the topics of writes.
func (p *publisher) listen(ctx context.Context, session mqtt.Session, topics []string) error {
	for some := range slices.Chunk(topics, perSubscribe) {
		filters := make([]mqtt.Filter, len(some))
		for i, topic := range some {
			filters[i] = mqtt.Filter{Topic: topic, QoS: 1}
		}
		refused, err := session.Subscribe(ctx, filters)
		if err == nil && len(refused) > 0 {
			err = fmt.Errorf("the broker does not let this user subscribe to %s", refused[0])
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// write brings values to the gate until ctx ends. What is not written is published as it is, so
// that the other side sees it.
func (p *publisher) write(ctx context.Context, in *inbox, mark func(int)) {
	for {
		var c command
		select {
		case <-ctx.Done():
			return
		case c = <-in.commands:
		}
		p.stats.writes.Add(1)
		t := &p.tags[c.tag]
		v, q := valueOf(c.payload, t.Type)
		if q == tag.Good {
			outcome, problem := p.host.Write(ctx, northbound.Write{Tag: c.tag, Value: v, From: "mqtt " + p.settings.Host()})
			if outcome == northbound.Good {
				continue
			}
			if problem != nil {
				p.host.Log().Warn("a write was refused", "path", t.Path, "code", problem.Code)
			}
		} else {
			p.host.Log().Warn("a message is no value of the tag", "path", t.Path, "type", t.Type.String())
		}
		p.stats.refused.Add(1)
		for _, m := range p.of[c.tag] {
			mark(m)
		}
	}
}

// valueOf reads a value: JSON or plain text; of an object the member "value".
func valueOf(message []byte, t tag.Type) (tag.Value, tag.Quality) {
	if len(message) > payload.MaxPayload {
		return tag.Value{}, tag.BadRequestTooLarge
	}
	text := bytes.TrimSpace(message)
	if len(text) == 0 || text[0] != '{' && text[0] != '[' && text[0] != '"' || t == tag.JSON && text[0] != '{' {
		return payload.Text(message, t, '.')
	}
	found, err := member(text)
	if err != nil && t != tag.String && t != tag.Bytes {
		return tag.Value{}, tag.BadDecodingError
	}
	if err != nil {
		return payload.Text(message, t, '.')
	}
	return payload.JSON(found, t)
}

// member is the member "value" of an object, or else the whole.
func member(text []byte) ([]byte, error) {
	var s payload.Selector
	whole := s.Add(payload.Path{})
	path, err := payload.ParsePath("value")
	if err != nil {
		return nil, err
	}
	value := s.Add(path)
	found := make([][]byte, s.Count())
	if err := s.Find(text, found); err != nil {
		return nil, err
	}
	if found[value] != nil {
		return found[value], nil
	}
	return found[whole], nil
}
