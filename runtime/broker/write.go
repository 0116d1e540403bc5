package broker

import (
	"bytes"
	"encoding/json"

	"github.com/mochi-mqtt/server/v2/packets"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// maxOrders is how many writes of one client may wait.
const maxOrders = 64

// order is a message to <path>/set.
type order struct {
	value  json.RawMessage
	reason string
	// answer is the response topic that the client gave (MQTT 5, 3.3.2.3.5), "" for none.
	answer         string
	correlation    []byte
	hasCorrelation bool
}

// result is what <path>/set/result carries.
type result struct {
	// Outcome is good, failed or unknown.
	Outcome string `json:"outcome"`
	Code    string `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	Hint    string `json:"hint,omitempty"`
	// Old and New are the values before and after, as read back.
	Old json.RawMessage `json:"old,omitempty"`
	New json.RawMessage `json:"new,omitempty"`
}

// parseOrder reads a payload: a JSON value, or an object of a value and a reason.
func parseOrder(payload []byte) (value json.RawMessage, reason string) {
	var o struct {
		Value  json.RawMessage `json:"value"`
		Reason string          `json:"reason"`
	}
	d := json.NewDecoder(bytes.NewReader(payload))
	d.DisallowUnknownFields()
	if bytes.HasPrefix(bytes.TrimLeft(payload, " \t\r\n"), []byte("{")) && d.Decode(&o) == nil && o.Value != nil && !d.More() {
		return bytes.Clone(o.Value), o.Reason
	}
	return bytes.Clone(payload), ""
}

// order has a tag written. Writes of one tag follow each other, those of different tags do not
// wait for each other. It reports whether the client may write there.
func (c *client) order(path tag.Path, pk packets.Packet) bool {
	if _, err := tag.ParsePath(string(path)); err != nil {
		return false
	}
	if c.writes.Wait(c.broker.ctx) != nil {
		return true
	}
	o := order{answer: pk.Properties.ResponseTopic, correlation: bytes.Clone(pk.Properties.CorrelationData), hasCorrelation: pk.Properties.CorrelationData != nil}
	o.value, o.reason = parseOrder(pk.Payload)
	c.mu.Lock()
	if c.queued >= maxOrders {
		c.mu.Unlock()
		c.broker.stats.dropped.Add(1)
		c.answer(path, o, engine.WriteResult{Outcome: engine.OutcomeFailed, Problem: &spec.Problem{Code: "queue_full", Message: "Too many of your writes are waiting.", Hint: "Write more slowly."}})
		return true
	}
	c.queued++
	first := len(c.orders[path]) == 0
	c.orders[path] = append(c.orders[path], o)
	c.mu.Unlock()
	if first {
		c.broker.running.Add(1) // the connection still counts, so this cannot be the first
		go c.carryOut(path)
	}
	return c.rights().Allows(auth.Operate, path)
}

// carryOut writes what waits for one tag.
func (c *client) carryOut(path tag.Path) {
	defer c.broker.running.Done()
	for {
		c.mu.Lock()
		if len(c.orders[path]) == 0 {
			delete(c.orders, path)
			c.mu.Unlock()
			return
		}
		o := c.orders[path][0]
		c.mu.Unlock()
		c.answer(path, o, c.write(path, o))
		c.mu.Lock()
		c.orders[path] = c.orders[path][1:]
		c.queued--
		c.mu.Unlock()
	}
}

func (c *client) write(path tag.Path, o order) engine.WriteResult {
	actor := *c.actor.Load()
	if c.broker.ctx.Err() != nil {
		return engine.WriteResult{Outcome: engine.OutcomeFailed, Problem: &spec.Problem{Code: "cancelled", Message: "The write was given up before it was sent."}}
	}
	return c.broker.engine.Write(c.broker.ctx, engine.WriteRequest{Path: path, Value: o.value, Reason: o.reason, Actor: actor})
}

// answer tells the client how a write ended, on <path>/set/result and where it asked for it.
func (c *client) answer(path tag.Path, o order, r engine.WriteResult) {
	out := result{Outcome: r.Outcome}
	if p := r.Problem; p != nil {
		out.Code, out.Message, out.Hint = p.Code, spec.Translate(p.Message, c.session.Language), spec.Translate(p.Hint, c.session.Language)
	}
	if c.rights().Allows(auth.View, path) {
		out.Old, out.New = r.Old.AppendJSON(nil), r.New.AppendJSON(nil)
	}
	payload, err := json.Marshal(out)
	if err != nil {
		c.broker.log.Error("result of a write not told", "path", path, "error", err)
		return
	}
	if topic := string(path) + resultSuffix; o.answer != topic {
		c.tell(topic, payload, nil, false)
	}
	if o.answer != "" && fits(o.answer) {
		c.tell(o.answer, payload, o.correlation, o.hasCorrelation)
	}
}
