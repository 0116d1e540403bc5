package mqtt

import (
	"context"
	"encoding/json"
	"fmt"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
)

// Bounds of browsing.
const (
	maxTopics  = 10_000
	maxSample  = 16 << 10 // bytes of a payload that are kept
	maxLeaves  = 500      // addresses suggested for one payload
	firstLook  = time.Second
	browseIdle = time.Minute // after which listening to everything ends
)

// discovery listens to every topic on a connection of its own while somebody browses,
// so that retained messages sent again do not reach the tags.
type discovery struct {
	mu      sync.Mutex
	session mqtt.Session
	topics  map[string][]byte // payload, nil when too long
	used    time.Time
	idle    *time.Timer
}

// stop ends listening.
func (d *discovery) stop() {
	d.mu.Lock()
	s := d.session
	d.session, d.topics = nil, nil
	if d.idle != nil {
		d.idle.Stop()
	}
	d.mu.Unlock()
	if s != nil {
		s.Close()
	}
}

// Burst implements mqtt.BurstReceiver.
func (d *discovery) Burst(topic, payload []byte) { d.Single(topic, payload) }

// Settle implements mqtt.BurstReceiver.
func (d *discovery) Settle() bool { return false }

// Single implements mqtt.BurstReceiver.
func (d *discovery) Single(name, payload []byte) {
	topic := string(name)
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.topics[topic]; d.topics == nil || !known && len(d.topics) >= maxTopics {
		return
	}
	if len(payload) > maxSample {
		d.topics[topic] = nil
		return
	}
	d.topics[topic] = append([]byte{}, payload...)
}

// listen makes sure that everything is listened to, and waits a moment the first time.
func (c *Connector) listen(ctx context.Context) error {
	d := &c.discovery
	d.mu.Lock()
	alive := d.session != nil
	if alive {
		select {
		case <-d.session.Lost():
			alive = false
		default:
			d.used = time.Now()
		}
	}
	d.mu.Unlock()
	if alive {
		return nil
	}
	d.stop()
	o := mqtt.Options{ClientID: c.clientID + "-browse", CleanStart: true, Largest: largest}
	s, err := mqtt.Dial(ctx, &c.settings.Broker, o, d)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.session, d.topics, d.used = s, map[string][]byte{}, time.Now()
	d.idle = time.AfterFunc(browseIdle, func() { d.rest(s) })
	d.mu.Unlock()
	refused, err := s.Subscribe(ctx, []mqtt.Filter{{Topic: "#"}})
	if err != nil {
		d.stop()
		return err
	}
	if len(refused) > 0 {
		d.stop()
		return fmt.Errorf("the broker does not let this user listen to all topics (#)")
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(firstLook):
		return nil
	}
}

// rest ends listening when nobody has browsed for a while.
func (d *discovery) rest(s mqtt.Session) {
	d.mu.Lock()
	left := browseIdle - time.Since(d.used)
	same := d.session == s
	if same && left > 0 {
		d.idle.Reset(left)
	}
	d.mu.Unlock()
	if same && left <= 0 {
		d.stop()
	}
}

// Browse implements connector.Browser: the levels of all topics seen so far; below a
// topic with a JSON payload the values in it. The id of a node is its topic.
func (c *Connector) Browse(ctx context.Context, id string) ([]connector.Node, error) {
	if err := c.listen(ctx); err != nil {
		return nil, fmt.Errorf("browse: %w", err)
	}
	c.discovery.mu.Lock()
	defer c.discovery.mu.Unlock()
	return browse(c.discovery.topics, id), nil
}

// browse lists what lies below a topic, "" for the top. An id is "/" and the topic, so
// that a topic that begins with an empty level has one too.
func browse(topics map[string][]byte, id string) []connector.Node {
	prefix := ""
	if id != "" {
		prefix = strings.TrimPrefix(id, "/") + "/"
	}
	children := map[string]*connector.Node{}
	for topic, payload := range topics {
		rest, below := strings.CutPrefix(topic, prefix)
		if !below || prefix == "" && topic == "" {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		n := children[name]
		if n == nil {
			n = &connector.Node{ID: "/" + prefix + name, Name: name}
			if name == "" {
				n.Name = "/" // a level without a name
			}
			children[name] = n
		}
		if deeper {
			n.HasChild, n.Nested = true, true
			continue
		}
		describe(n, topic, payload)
	}
	nodes := make([]connector.Node, 0, len(children))
	for _, n := range children {
		nodes = append(nodes, *n)
	}
	sort.Slice(nodes, func(i, j int) bool { return nodes[i].Name < nodes[j].Name })
	if topic := strings.TrimPrefix(id, "/"); id != "" {
		nodes = append(leaves(topic, topics[topic]), nodes...)
	}
	return nodes
}

// describe makes a node of a topic an address.
func describe(n *connector.Node, topic string, payload []byte) {
	if payload == nil { // too long to look into
		n.Type = "json"
		n.Address = address(map[string]string{"topic": topic})
		return
	}
	var value any
	if json.Unmarshal(payload, &value) != nil {
		n.Type = "string"
		n.Address = address(map[string]string{"topic": topic, "format": "raw"})
		shown, _ := json.Marshal(clip(string(payload))) // a text can always be written
		n.Value = shown
		return
	}
	n.Type = typeOf(value)
	n.Address = address(map[string]string{"topic": topic})
	n.Value = append(json.RawMessage{}, payload...)
	if n.Type == "json" {
		n.HasChild = true
		if len(payload) > 200 {
			n.Value = nil
		}
	}
}

func typeOf(v any) string {
	switch v.(type) {
	case bool:
		return "bool"
	case float64, nil: // what is null now was or will be a number more often than not
		return "float"
	case string:
		return "string"
	}
	return "json"
}

func address(a map[string]string) json.RawMessage {
	raw, _ := json.Marshal(a) // texts only
	return raw
}

func clip(s string) string {
	s = strings.ToValidUTF8(s, "�")
	if r := []rune(s); len(r) > 100 {
		return string(r[:100]) + "…"
	}
	return s
}

// leaves suggests an address for every value in a JSON payload.
func leaves(topic string, message []byte) []connector.Node {
	var root any
	if len(message) == 0 || json.Unmarshal(message, &root) != nil {
		return nil
	}
	var nodes []connector.Node
	var visit func(path string, v any)
	visit = func(path string, v any) {
		if len(nodes) >= maxLeaves || len(path) > payload.MaxPath {
			return
		}
		switch x := v.(type) {
		case map[string]any:
			names := make([]string, 0, len(x))
			for name := range x {
				names = append(names, name)
			}
			sort.Strings(names)
			for _, name := range names {
				visit(path+member(name), x[name])
			}
		case []any:
			for i, e := range x {
				visit(fmt.Sprintf("%s[%d]", path, i), e)
			}
		default:
			if _, err := payload.ParsePath(path); err != nil {
				return // a name that no path can write
			}
			value, _ := json.Marshal(v) // came from JSON
			nodes = append(nodes, connector.Node{ID: "/" + topic + "#" + path, Name: strings.TrimPrefix(strings.TrimPrefix(path, "$"), "."), Type: typeOf(v), Value: value, Address: address(map[string]string{"topic": topic, "path": path})})
		}
	}
	if typeOf(root) == "json" {
		visit("$", root)
	}
	return nodes
}

// member is a name as a step of a path.
func member(name string) string {
	if name == "" || strings.ContainsAny(name, `.[]*"'?()@ $`) {
		quote := `"`
		if strings.Contains(name, `"`) {
			quote = "'"
		}
		return "[" + quote + name + quote + "]"
	}
	return "." + name
}
