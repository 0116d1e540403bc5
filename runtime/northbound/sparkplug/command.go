package sparkplug

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/tag"
)

// command is a value that a host wants a tag to have.
type command struct {
	tag   int
	value tag.Value
}

// receive takes a message: a command, or the state of the primary host.
func (n *node) receive(ctx context.Context, m message) error {
	if n.settings.PrimaryHost != "" && m.topic == sparkplug.StateTopic(n.settings.PrimaryHost) {
		return n.hostState(ctx, m.payload)
	}
	t, ok := sparkplug.ParseTopic(m.topic)
	if !ok || t.Group != n.settings.Group || t.Node != n.settings.Node {
		return nil
	}
	p, err := sparkplug.Decode(m.payload)
	if err != nil {
		n.stats.refused.Add(1)
		n.host.Log().Warn("a command cannot be read", "topic", m.topic, "error", err)
		return nil
	}
	asked := false
	for i := range p.Metrics {
		c := &p.Metrics[i]
		if t.Kind == sparkplug.NCmd && c.Name == sparkplug.Rebirth {
			asked = asked || c.Value.Plain(sparkplug.Boolean).Bool()
			continue
		}
		n.command(t.Device, c)
	}
	if asked && n.born && !n.hold {
		if time.Since(n.birthAt) >= rebirthPause {
			return n.birth(ctx)
		}
		n.hold = true // somebody asks again and again: not more often than this
	}
	return nil
}

// hostState follows the primary host (chapter 5, Primary Host Application STATE): there is no birth before
// it is online, and the session ends when it no longer is. A state that is older than one that was seen
// is of no account.
func (n *node) hostState(ctx context.Context, payload []byte) error {
	s, err := sparkplug.DecodeState(payload)
	if err != nil {
		n.host.Log().Warn("the state of the primary host cannot be read", "error", err)
		return nil
	}
	if s.Timestamp < n.online {
		return nil
	}
	if s.Online {
		n.online = s.Timestamp
		if n.born {
			return nil
		}
		n.gather()
		return n.birth(ctx)
	}
	if !n.born {
		return nil
	}
	farewell, cancel := context.WithTimeout(ctx, farewell)
	defer cancel()
	n.die(farewell)
	return errHostAway
}

// command hands a value to whoever writes it.
func (n *node) command(device string, c *sparkplug.Metric) {
	i, known := n.layout.names[target{device, c.Name}]
	if c.HasAlias && c.Name == "" {
		i, known = n.layout.aliases[c.Alias]
		known = known && n.layout.devices[n.layout.metrics[i].device].name == device
	}
	refuse := func(why string) {
		n.stats.refused.Add(1)
		n.host.Log().Warn("a command is refused", "device", device, "metric", c.Name, "alias", c.Alias, "why", why)
		if known {
			n.again(i)
		}
	}
	switch {
	case !known:
		refuse("there is no such metric")
		return
	case !n.tags[i].Write:
		refuse("the metric is read only")
		return
	case c.Null:
		refuse("null cannot be written")
		return
	}
	v, q := n.value(i, c)
	if q != tag.Good {
		refuse("the value does not fit: " + q.String())
		return
	}
	select {
	case n.writers[i%len(n.writers)] <- command{i, v}:
	default:
		refuse("too many commands wait")
	}
}

// value is that of a command in the type of the tag. A host may send another type of number than it
// was told.
func (n *node) value(i int, c *sparkplug.Metric) (tag.Value, tag.Quality) {
	want := n.tags[i].Type
	for _, t := range []sparkplug.DataType{n.layout.metrics[i].typ, c.Type} {
		if want == tag.JSON {
			text, q := c.Value.Tag(t, tag.String)
			if v, err := tag.Parse([]byte(text.Text()), tag.JSON); q == tag.Good && err == nil {
				return v, q
			}
			continue
		}
		if v, q := c.Value.Tag(t, want); q == tag.Good {
			return v, q
		}
	}
	return tag.Value{}, tag.BadTypeMismatch
}

// write brings values to the gate, those of a tag in their order.
func (n *node) write(ctx context.Context, commands <-chan command) {
	for {
		select {
		case <-ctx.Done():
			return
		case c := <-commands:
			n.stats.writes.Add(1)
			outcome, problem := n.host.Write(ctx, northbound.Write{Tag: c.tag, Value: c.value, From: n.settings.Host()})
			if outcome == northbound.Good {
				continue
			}
			n.stats.refused.Add(1)
			if problem != nil {
				n.host.Log().Info("a command was not carried out", "tag", n.tags[c.tag].Path, "outcome", outcome, "why", problem.Message)
			}
			n.again(c.tag)
		}
	}
}

// again has the present value of a tag sent, so that hosts see that it did not change.
func (n *node) again(i int) {
	n.echo.Lock()
	if len(n.echo.tags) < 10_000 {
		n.echo.tags = append(n.echo.tags, i)
	}
	n.echo.Unlock()
	poke(n.wake)
}
