package mqtt

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says which messages carry a value, and how it is written.
type Address struct {
	// Topic is a filter (MQTT 5.0, clause 4.7): "+" stands for one level, "#" for the rest. Of
	// several topics the latest message counts.
	Topic string `json:"topic" title:"Topic" zh:"主题" help:"+ stands for one level, # for all that follow; the latest message counts." helpZh:"+ 代表一级，# 代表其后所有级别；以最新消息为准。" required:"true" min:"1"`
	// Format is what a payload is: JSON (a bare number is JSON too), a number as text, or the text itself.
	Format string `json:"format" title:"Payload" zh:"消息格式" enum:"json=JSON|JSON,number=Number|数字,raw=Text or bytes|文本或字节" default:"json"`
	// Path leads to the value: "$.data[0].temp" or "data[0].temp"; "" is the whole payload.
	Path string `json:"path,omitempty" title:"Path" zh:"路径" help:"Such as $.data[0].temp; the whole payload if empty." helpZh:"例如 $.data[0].temp；留空为整个消息。" when:"format=json" max:"512"`
	// TimePath leads to the time of the value: ISO 8601, or seconds or milliseconds since 1970.
	TimePath string `json:"timePath,omitempty" title:"Path of the time" zh:"时间路径" help:"ISO 8601, or seconds or milliseconds since 1970; the time of arrival if empty." helpZh:"ISO 8601 或 1970 年以来的秒或毫秒；留空为到达时间。" when:"format=json" max:"512" advanced:"true"`
	QoS      int    `json:"qos" title:"QoS" zh:"服务质量" default:"0" min:"0" max:"2" advanced:"true"`

	// WriteTopic is where a write is published; "" is Topic.
	WriteTopic string `json:"writeTopic,omitempty" title:"Topic for writing" zh:"写入主题" help:"The topic above if empty." helpZh:"留空为上面的主题。" advanced:"true"`
	// Template is the payload of a write. ${value} is the value as JSON, ${text} as plain text,
	// ${time_ms} and ${time_s} the time since 1970, ${time} the time as ISO 8601.
	Template string `json:"template,omitempty" title:"Payload for writing" zh:"写入消息" help:"Such as {\"value\":${value},\"ts\":${time_ms}}. Also ${text}, ${time_s}, ${time}. The value alone if empty." helpZh:"例如 {\"value\":${value},\"ts\":${time_ms}}；还可用 ${text}、${time_s}、${time}。留空为仅数值。" kind:"text" max:"4096" advanced:"true"`
	// WriteQoS is that of a write; with 0 nobody confirms it.
	WriteQoS int  `json:"writeQos" title:"QoS for writing" zh:"写入服务质量" help:"With 0 the broker does not confirm." helpZh:"为 0 时服务器不确认。" default:"1" min:"0" max:"2" advanced:"true"`
	Retain   bool `json:"retain" title:"Retain what is written" zh:"保留写入的消息" default:"false" advanced:"true"`

	path, timePath payload.Path
}

// point is a tag as it listens.
type point struct {
	id      int
	typ     tag.Type
	address *Address
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	wrong := func(at string, err error, hint string) {
		if err != nil {
			ps.Add("mqtt_address", at, hint, "%v", err)
		}
	}
	var err error
	wrong("/topic", checkFilter(a.Topic), "write levels with / between them; + must be a level of its own and # the last")
	a.path, err = payload.ParsePath(a.Path)
	wrong("/path", err, "write a path such as $.data[0].temp")
	if a.TimePath != "" {
		a.timePath, err = payload.ParsePath(a.TimePath)
		wrong("/timePath", err, "write a path such as $.ts")
	}
	if a.Format == "number" && t != tag.Int && t != tag.Float && t != tag.Bool && t != tag.None {
		ps.Add("type_mismatch", "/format", "choose json or raw", "a number cannot be delivered as %s", t)
	}
	if writable {
		topic, at := a.WriteTopic, "/writeTopic"
		if topic == "" {
			topic, at = a.Topic, "/topic"
		}
		wrong(at, mqtt.CheckTopic(topic), "give a topic for writing without + and #")
		wrong("/template", payload.CheckTemplate(a.Template), "use ${value}, ${text}, ${time_ms}, ${time_s} and ${time}")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// checkFilter checks a topic with wildcards.
func checkFilter(s string) error {
	levels := strings.Split(s, "/")
	for i, l := range levels {
		if l == "+" || l == "#" && i == len(levels)-1 {
			levels[i] = "x"
		}
	}
	return mqtt.CheckTopic(strings.Join(levels, "/"))
}

// matches reports whether a filter selects a topic. Topics that begin with $ need to be named.
func matches(filter, topic string) bool {
	if strings.HasPrefix(topic, "$") && !strings.HasPrefix(filter, "$") {
		return false
	}
	for {
		f, filterRest, filterMore := strings.Cut(filter, "/")
		if f == "#" {
			return true
		}
		t, topicRest, topicMore := strings.Cut(topic, "/")
		if f != "+" && f != t {
			return false
		}
		if !topicMore {
			return !filterMore || filterRest == "#" // "a/#" is also "a"
		}
		if !filterMore {
			return false
		}
		filter, topic = filterRest, topicRest
	}
}

// message makes the payload that writes a value. The error is a *connector.StatusError.
func (a *Address) message(v tag.Value, now time.Time) ([]byte, error) {
	if err := payload.Finite(v); err != nil {
		return nil, err
	}
	template := a.Template
	if template == "" {
		template = "${text}"
	}
	out, err := payload.Fill(template, v, now, nil)
	if err != nil {
		return nil, &connector.StatusError{Quality: tag.BadConfigurationError, Message: err.Error()}
	}
	if len(out) > payload.MaxPayload {
		return nil, &connector.StatusError{Quality: tag.BadRequestTooLarge, Message: fmt.Sprintf("payload has %d bytes, more than %d", len(out), payload.MaxPayload)}
	}
	return []byte(out), nil
}
