// Package mqtt publishes chosen tags to an MQTT broker as anybody wants them: topic and payload
// are templates of static text, value, time, quality and what else is known of a tag, one message
// for each tag or one for many, when a value changes, at an interval, or both. Where that is
// allowed, tags are written by a topic beside their own.
package mqtt

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	northbound.Register(&northbound.Type{
		Component: spec.Component{
			ID: "mqtt", Version: 1, Icon: "radio-tower", Category: "messaging",
			Title:    spec.Text{"en": "MQTT publisher", "zh": "MQTT 发布"},
			Summary:  spec.Text{"en": "Publishes chosen tags to an MQTT broker in messages of any form, on change or at an interval.", "zh": "按任意格式将所选变量发布到 MQTT 服务器，可在变化时或按周期发布。"},
			Settings: spec.Fields(Settings{}),
		},
		MapFields: spec.Fields(Map{}),
		Areas:     true,
		New: func(raw json.RawMessage, tags []northbound.Tag) (northbound.Interface, error) {
			s, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return newPublisher(s, tags)
		},
		Check: func(raw json.RawMessage) error {
			_, err := decodeSettings(raw)
			return err
		},
		Map:     parseMap,
		Arrange: arrange,
	})
}

// Settings are those of one publisher.
type Settings struct {
	mqtt.Broker

	// Topic and Template are those of each tag whose entry has none of its own. Template "" publishes
	// only the messages of Messages.
	Topic    string `json:"topic" title:"Topic" zh:"主题" help:"Of each tag. ${path} is its path, ${name} its last level, ${area} all above." helpZh:"每个变量的主题。${path} 为路径，${name} 为最后一级，${area} 为其上级。" group:"content" default:"${path}" max:"1024"`
	Template string `json:"template" title:"Payload" zh:"消息内容" help:"${value} is the value as JSON, ${text} as plain text, ${time} when it came from the device (also ${time_ms}, ${time_s}), ${now} when it is sent (${now_ms}, ${now_s}), ${quality} its number, ${status} its name; ${path}, ${name}, ${area}, ${unit}. All else is sent as it stands. Empty: tags have no messages of their own." helpZh:"${value} 为 JSON 数值，${text} 为纯文本，${time} 为设备时间（另有 ${time_ms}、${time_s}），${now} 为发送时间（${now_ms}、${now_s}），${quality} 为质量码，${status} 为质量名称；还有 ${path}、${name}、${area}、${unit}。其余原样发送。留空则变量没有单独的消息。" kind:"text" group:"content" default:"{\"value\":${value},\"quality\":${quality},\"time\":\"${time}\"}" max:"4096"`
	// Messages hold the values of several tags.
	Messages []Message `json:"messages,omitempty" title:"Messages of several tags" zh:"多变量消息" group:"content" max:"200"`

	When     string        `json:"when" title:"Publish" zh:"发布时机" group:"behaviour" enum:"change=When a value changes|数值变化时,interval=At an interval|按周期,both=When a value changes and at an interval|变化时并按周期" default:"change"`
	Interval spec.Duration `json:"interval" title:"Interval" zh:"周期" group:"behaviour" when:"when=interval,both" default:"10s" min:"100ms" max:"24h"`
	// Every is how long changes are gathered: of a message that changes more often the newest goes out.
	Every spec.Duration `json:"every" title:"At most every" zh:"最短间隔" help:"Of what changes more often, the newest is published." helpZh:"变化更快时仅发布最新值。" group:"behaviour" when:"when=change,both" default:"100ms" min:"10ms" max:"1h"`
	Bad   string        `json:"bad" title:"A bad value" zh:"质量为坏时" group:"behaviour" enum:"publish=is published as null|发布为 null,skip=is not published|不发布" default:"publish"`
	QoS   int           `json:"qos" title:"QoS" zh:"服务质量" group:"behaviour" default:"0" min:"0" max:"2"`
	// Retain has the broker keep the newest message of each topic.
	Retain bool `json:"retain" title:"Retain" zh:"保留消息" help:"The broker gives the newest message to those who come later." helpZh:"服务器将最新消息提供给之后订阅的客户端。" group:"behaviour" default:"true"`
	// Status is a topic that says "online" and "offline".
	Status string `json:"status,omitempty" title:"Topic of the state" zh:"状态主题" help:"Says online, and offline when this connection ends or breaks. None if empty." helpZh:"在线时为 online，连接结束或中断时为 offline。留空则不发布。" group:"behaviour" max:"1024"`
	// Set is appended to the topic of a tag that may be written.
	Set string `json:"set" title:"Ending of the topic for writing" zh:"写入主题后缀" help:"Of tags that others may write: a value published at the topic with this ending is written." helpZh:"用于允许外部写入的变量：发布到带此后缀主题的数值将被写入。" group:"behaviour" default:"/set" min:"1" max:"64" advanced:"true"`
}

// Message is one message of several tags.
type Message struct {
	Topic    string `json:"topic" title:"Topic" zh:"主题" required:"true" min:"1" max:"1024"`
	Template string `json:"template" title:"Payload" zh:"消息内容" help:"As above, with the path of a tag behind a colon: {\"speed\":${value:line1/speed},\"at\":${now_ms}}." helpZh:"同上，在冒号后写变量路径：{\"speed\":${value:line1/speed},\"at\":${now_ms}}。" kind:"text" required:"true" min:"1" max:"16384"`
}

// Map says how one tag, or each of an area, is published.
type Map struct {
	Topic    string `json:"topic,omitempty" title:"Topic" zh:"主题" help:"As the settings say if empty." helpZh:"留空则按设置。" max:"1024"`
	Template string `json:"template,omitempty" title:"Payload" zh:"消息内容" help:"As the settings say if empty." helpZh:"留空则按设置。" kind:"text" max:"4096"`
}

const (
	hintTopic    = "write levels with / between them, without + and #; ${path}, ${name} and ${area} stand for the tag"
	hintTemplate = "use ${value}, ${text}, ${time}, ${now}, ${quality}, ${status}, ${path}, ${name}, ${area} and ${unit}"
	hintMessage  = "write ${value:path of a tag}, and ${now} without one"
)

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	ps := s.Check()
	wrong := func(at string, err error, hint string) {
		if err != nil {
			ps.Add("mqtt_template", at, hint, "%v", err)
		}
	}
	wrong("/topic", checkTopic(s.Topic, oneTag), hintTopic)
	wrong("/template", checkTemplate(s.Template, oneTag), hintTemplate)
	for i, m := range s.Messages {
		at := fmt.Sprintf("/messages/%d", i)
		wrong(at+"/topic", checkTopic(m.Topic, noTag), "write levels with / between them, without + and #")
		wrong(at+"/template", checkTemplate(m.Template, manyTags), hintMessage)
	}
	if s.Status != "" {
		wrong("/status", mqtt.CheckTopic(s.Status), "write levels with / between them, without + and #")
	}
	wrong("/set", mqtt.CheckTopic("x"+s.Set), "write an ending without + and #, such as /set")
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func parseMap(raw json.RawMessage, _ tag.Type, _ bool) (any, error) {
	m := &Map{}
	if err := spec.Decode(raw, m); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if m.Topic != "" {
		if err := checkTopic(m.Topic, oneTag); err != nil {
			ps.Add("mqtt_template", "/topic", hintTopic, "%v", err)
		}
	}
	if err := checkTemplate(m.Template, oneTag); err != nil {
		ps.Add("mqtt_template", "/template", hintTemplate, "%v", err)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

// arrange finds tags that would be written by the same topic.
func arrange(raw json.RawMessage, tags []northbound.Tag) (ps spec.Problems) {
	s, err := decodeSettings(raw)
	if err != nil {
		return nil // said by Check
	}
	p, err := newPublisher(s, tags)
	if err != nil {
		ps.Add("mqtt_tag", "", "add the tag, or an area that holds it, to the tags that are exposed", "%v", err)
		return ps
	}
	taken := map[string]bool{}
	for i := range p.tags {
		if topic := p.topics[i] + s.Set; p.tags[i].Write {
			if taken[topic] {
				ps.Add("mqtt_topic", fmt.Sprintf("/%d", p.tags[i].Entry), "give each tag that may be written a topic of its own", "the topic %q is that of another tag, too", topic)
			}
			taken[topic] = true
		}
	}
	return ps
}

// checkTopic tries a template of a topic on a tag.
func checkTopic(text string, with scope) error {
	t, err := parse(text, with)
	if err != nil {
		return err
	}
	for _, p := range t.parts {
		if p.of != nil && !strings.Contains(" path name area ", " "+p.name+" ") {
			return fmt.Errorf("${%s} cannot stand in a topic", p.name)
		}
	}
	return mqtt.CheckTopic(string(t.fill(nil, []source{sample}, time.UnixMilli(0))))
}
