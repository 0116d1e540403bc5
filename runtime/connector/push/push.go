// Package push is a device that sends of its own accord: it posts JSON to this server, at
// /api/v1/push/<id of the device>, with a token. Nothing is asked of it.
package push

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "push", Version: 1, Icon: "inbox", Category: "data",
			Title:    spec.Text{"en": "HTTP push in", "zh": "HTTP 推送接收"},
			Summary:  spec.Text{"en": "Takes JSON that a device posts to /api/v1/push/ and the id of this device.", "zh": "接收设备以 POST 方式发送到 /api/v1/push/ 加本设备标识的 JSON。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		Push:          true,
	}, decodeSettings, func(s *Settings) *Connector { return &Connector{settings: s} }, ParseAddress))
}

// minToken is the least length of a token, maxMessages the most of an array that are taken.
const (
	minToken    = 16
	maxMessages = 10_000
)

// Settings are those of one device.
type Settings struct {
	Token string `json:"token" secret:"true" title:"Token" zh:"令牌" help:"The device sends it as Authorization: Bearer …, or X-API-Key. At least 16 characters." helpZh:"设备以 Authorization: Bearer … 或 X-API-Key 发送，至少 16 个字符。" group:"connection" required:"true" max:"4096"`
	// Array says what an array is.
	Array   string        `json:"array" title:"An array is" zh:"数组表示" group:"content" enum:"message=One message|一条消息,messages=A message each|每个元素一条消息" default:"message"`
	Silence spec.Duration `json:"silence" title:"Bad after silence of" zh:"静默多久后为坏值" help:"0s is never." helpZh:"0s 表示从不。" group:"content" default:"0s" min:"0s" max:"240h"`
	Zone    string        `json:"zone" title:"Time zone" zh:"时区" help:"Of times that name none: UTC, local, or a name such as Asia/Shanghai." helpZh:"用于未注明时区的时间：UTC、local 或 Asia/Shanghai 等名称。" group:"content" default:"UTC" max:"64" advanced:"true"`

	zone *time.Location
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	if s.zone, err = payload.LoadZone(s.Zone); err != nil {
		ps.Add("time_zone", "/zone", "write UTC, local or a name such as Asia/Shanghai", "%v", err)
	}
	if len(s.Token) < minToken && !strings.HasPrefix(s.Token, "secret:") { // in a document it is a reference
		ps.Add("push_token", "/token", "give a longer one that nobody guesses", "the token has fewer than %d characters", minToken)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// Address says where in a message a value is.
type Address struct {
	Path string `json:"path,omitempty" title:"Place in the JSON" zh:"JSON 中的位置" help:"Such as /data/0/temp or $.data[0].temp; the whole if empty. A message without it changes nothing." helpZh:"例如 /data/0/temp 或 $.data[0].temp；留空为整个消息。消息中没有该位置时保持不变。" max:"512"`
	// Key and KeyPath choose among messages.
	KeyPath string `json:"keyPath,omitempty" title:"Place of the key" zh:"键的位置" help:"Only messages with the key count, such as /name." helpZh:"仅使用键匹配的消息，例如 /name。" max:"512"`
	Key     string `json:"key,omitempty" title:"Key" zh:"键" max:"1024"`
	Time    string `json:"time,omitempty" title:"Place of the time" zh:"时间的位置" help:"ISO 8601, or seconds or milliseconds since 1970; the time of arrival if empty." helpZh:"ISO 8601 或 1970 年以来的秒或毫秒；留空为到达时间。" max:"512"`

	path, key, time payload.Path
}

// ParseAddress decodes and checks an address. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, _ tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	for _, p := range []struct {
		at, text string
		to       *payload.Path
	}{{"/path", a.Path, &a.path}, {"/keyPath", a.KeyPath, &a.key}, {"/time", a.Time, &a.time}} {
		var err error
		if *p.to, err = payload.ParsePath(p.text); err != nil {
			ps.Add("push_address", p.at, "write a place such as $.data[0].temp or /data/0/temp", "%v", err)
		}
	}
	if (a.Key != "") != (a.KeyPath != "") {
		ps.Add("push_address", "/keyPath", "give both or neither", "key and column of the key go together")
	}
	if writable {
		ps.Add("not_writable", "", "make the tag read-only", "a device that sends cannot be written")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// Connector is one device.
type Connector struct {
	settings *Settings

	mu    sync.Mutex
	ended chan struct{} // closed by Close; nil when not connected
	inbox *inbox        // of a Run under way
}

// inbox makes updates of messages.
type inbox struct {
	points   []point
	selector payload.Selector
	found    [][]byte
	emit     func([]connector.Update)
	updates  []connector.Update
	heard    chan struct{}
}

type point struct {
	id              int
	typ             tag.Type
	address         *Address
	slot, key, time int // in the selector, -1 for none
}

// Connect implements connector.Connector.
func (c *Connector) Connect(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended == nil {
		c.ended = make(chan struct{})
	}
	return ctx.Err()
}

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended != nil {
		close(c.ended)
		c.ended = nil
	}
	return nil
}

// Plan implements connector.Connector: everything is pushed.
func (c *Connector) Plan([]connector.Point) []connector.Request { return nil }

// Write implements connector.Connector.
func (c *Connector) Write(context.Context, connector.Point, tag.Value) error {
	return &connector.StatusError{Quality: tag.BadNotWritable, Message: "a device that sends cannot be written"}
}

// Run implements connector.Subscriber.
func (c *Connector) Run(ctx context.Context, points []connector.Point, emit func([]connector.Update)) error {
	in := &inbox{emit: emit, heard: make(chan struct{}, 1)}
	for _, p := range points {
		a, ok := p.Address.(*Address)
		if !ok {
			emit([]connector.Update{{Point: p.ID, Sample: tag.Sample{Quality: tag.BadConfigurationError, Source: tag.Now()}}})
			continue
		}
		pt := point{id: p.ID, typ: p.Type, address: a, slot: in.selector.Add(a.path), key: -1, time: -1}
		if a.KeyPath != "" {
			pt.key = in.selector.Add(a.key)
		}
		if a.Time != "" {
			pt.time = in.selector.Add(a.time)
		}
		in.points = append(in.points, pt)
	}
	in.found = make([][]byte, in.selector.Count())
	c.mu.Lock()
	ended := c.ended
	if ended != nil {
		c.inbox = in
	}
	c.mu.Unlock()
	if ended == nil {
		return connector.ErrNotConnected
	}
	defer func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.inbox == in {
			c.inbox = nil
		}
	}()
	var silence <-chan time.Time
	var timer *time.Timer
	if d := c.settings.Silence.Std(); d > 0 {
		timer = time.NewTimer(d)
		defer timer.Stop()
		silence = timer.C
	}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ended:
			return connector.ErrNotConnected
		case <-in.heard:
			if timer != nil {
				timer.Reset(c.settings.Silence.Std())
			}
		case <-silence:
			c.mu.Lock()
			in.spoil(tag.BadNoCommunication)
			c.mu.Unlock()
		}
	}
}

// Receive implements connector.Receiver.
func (c *Connector) Receive(_ context.Context, token string, message []byte) error {
	given, own := sha256.Sum256([]byte(token)), sha256.Sum256([]byte(c.settings.Token))
	if subtle.ConstantTimeCompare(given[:], own[:]) != 1 {
		return connector.ErrForbidden
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.inbox == nil {
		return &connector.StatusError{Quality: tag.BadInvalidState, Message: "there is no tag yet"}
	}
	return c.inbox.take(message, c.settings)
}

// take makes updates of a message.
func (in *inbox) take(message []byte, s *Settings) error {
	wrong := func(format string, args ...any) error {
		return &connector.StatusError{Quality: tag.BadDecodingError, Message: fmt.Sprintf(format, args...)}
	}
	message = bytes.TrimPrefix(message, []byte("\xef\xbb\xbf"))
	if err := spec.Strict(message); err != nil {
		return wrong("the message is not JSON: %v", err)
	}
	messages := [][]byte{message}
	if trimmed := bytes.TrimSpace(message); s.Array == "messages" && trimmed[0] == '[' {
		children, err := payload.Children(message, maxMessages+1)
		if err != nil {
			return wrong("%v", err)
		}
		if len(children) > maxMessages {
			return wrong("there are more than %d messages", maxMessages)
		}
		messages = messages[:0]
		for _, child := range children {
			messages = append(messages, child.Text)
		}
	}
	now := tag.Now()
	in.updates = in.updates[:0]
	for _, m := range messages {
		if err := in.selector.Find(m, in.found); err != nil {
			return wrong("%v", err)
		}
		for i := range in.points {
			if u, ok := in.points[i].update(in.found, s, now); ok {
				in.updates = append(in.updates, u)
			}
		}
	}
	if len(in.updates) > 0 {
		in.emit(in.updates)
	}
	select {
	case in.heard <- struct{}{}:
	default:
	}
	return nil
}

// update is that of a point, if the message concerns it.
func (p *point) update(found [][]byte, s *Settings, now tag.Time) (connector.Update, bool) {
	text := found[p.slot]
	if text == nil {
		return connector.Update{}, false
	}
	if p.key >= 0 {
		if v, _ := payload.JSON(found[p.key], tag.String); v.IsNone() || v.Text() != p.address.Key {
			return connector.Update{}, false
		}
	}
	u := connector.Update{Point: p.id, Sample: tag.Sample{Source: now}}
	u.Sample.Value, u.Sample.Quality = payload.JSON(text, p.typ)
	if p.time >= 0 && u.Sample.Quality == tag.Good {
		if at, ok := payload.JSONTime(found[p.time], s.zone); ok {
			u.Sample.Source = at
		} else {
			u.Sample.Quality = tag.Uncertain
		}
	}
	return u, true
}

// spoil makes all points bad.
func (in *inbox) spoil(q tag.Quality) {
	in.updates = in.updates[:0]
	for i := range in.points {
		in.updates = append(in.updates, connector.Update{Point: in.points[i].id, Sample: tag.Sample{Quality: q, Source: tag.Now()}})
	}
	in.emit(in.updates)
}
