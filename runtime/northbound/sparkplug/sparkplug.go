// Package sparkplug is an edge node of Eclipse Sparkplug 3.0.0: chosen tags are metrics of the node or
// of its devices, each asset a device. Host applications learn them from births, follow them by
// exception, and write those that they may by commands.
package sparkplug

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/protocol/mqtt"
	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	northbound.Register(&northbound.Type{
		Component: spec.Component{
			ID: "sparkplug", Version: 1, Icon: "radio-tower", Category: "messaging",
			Title:    spec.Text{"en": "Sparkplug B edge node", "zh": "Sparkplug B 边缘节点"},
			Summary:  spec.Text{"en": "Sends chosen tags to the host applications of Eclipse Sparkplug 3.0 by an MQTT broker, each asset a device, and takes their commands.", "zh": "通过 MQTT 服务器将所选变量发送给 Eclipse Sparkplug 3.0 主机应用，每个资产为一个设备，并接收其命令。"},
			Settings: spec.Fields(Settings{}),
		},
		MapFields: spec.Fields(Map{}),
		Areas:     true,
		New: func(raw json.RawMessage, tags []northbound.Tag) (northbound.Interface, error) {
			s, err := decodeSettings(raw)
			if err != nil {
				return nil, err
			}
			return newNode(s, tags), nil
		},
		Check: func(raw json.RawMessage) error {
			_, err := decodeSettings(raw)
			return err
		},
		Map:     parseMap,
		Arrange: arrange,
	})
}

// Settings are those of one edge node.
type Settings struct {
	mqtt.Broker

	Group string `json:"group" title:"Group" zh:"组" group:"connection" required:"true" min:"1" max:"256"`
	Node  string `json:"node" title:"Edge node" zh:"边缘节点" help:"Group and name together are unique on the broker." helpZh:"组与名称在服务器上必须唯一。" group:"connection" required:"true" min:"1" max:"256"`

	// Devices says what is a device of the node; everything else are metrics of the node itself.
	Devices string `json:"devices" title:"Devices" zh:"设备" help:"Tags that belong to no device are metrics of the edge node itself." helpZh:"不属于任何设备的变量为边缘节点自身的指标。" group:"behaviour" enum:"asset=Each asset|每个资产,area=Each area of the first level|每个一级区域,none=None: all tags belong to the node|无：全部属于节点" default:"asset"`
	// PrimaryHost is the host without which nothing is sent (chapter 5).
	PrimaryHost string `json:"primaryHost,omitempty" title:"Primary host" zh:"主用主机" help:"Changes are kept while this host is away, and sent when it is back. Empty: they are sent whoever listens." helpZh:"该主机离线时变化被缓存，恢复后发送。留空则始终发送。" group:"behaviour" max:"256"`
	// Every is how long changes are gathered to go out together.
	Every spec.Duration `json:"every" title:"Send changes every" zh:"变化发送间隔" group:"behaviour" default:"100ms" min:"10ms" max:"1m"`
	// Buffer is how many changes are kept while the broker or the primary host is away, the oldest of them
	// given up first.
	Buffer int `json:"buffer" title:"Changes kept" zh:"缓存变化数" help:"So many changes are kept while the broker or the primary host is away, and sent later in order, marked as historical. 0 keeps none." helpZh:"服务器或主用主机离线时最多缓存的变化数，恢复后按顺序发送并标记为历史数据。0 为不缓存。" group:"behaviour" default:"20000" min:"0" max:"1000000"`
	// Aliases are numbers that stand for the names of metrics after the birth.
	Aliases bool `json:"aliases" title:"Use aliases" zh:"使用别名" help:"Messages are shorter: names are sent in births only." helpZh:"消息更短：名称仅在上线消息中发送。" group:"behaviour" default:"true" advanced:"true"`
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	ps := s.Check()
	check := func(at, name string) {
		if err := sparkplug.CheckName(name); err != nil {
			ps.Add("sparkplug_name", at, "give a name without + # /", "%v", err)
		}
	}
	check("/group", s.Group)
	check("/node", s.Node)
	if s.PrimaryHost != "" {
		check("/primaryHost", s.PrimaryHost)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// Map says how one tag is exposed.
type Map struct {
	// Device is the device that the metric belongs to; "" is by the setting Devices.
	Device string `json:"device,omitempty" title:"Device" zh:"设备" help:"As the settings say if empty." helpZh:"留空则按设置。" max:"256"`
	// Metric is its name, which "/" parts into folders; "" is the path of the tag below that of the device.
	Metric string `json:"metric,omitempty" title:"Metric" zh:"指标" help:"Its name, with / between folders. The path of the tag below its device if empty." helpZh:"指标名称，用 / 分隔文件夹。留空则为变量在设备下的路径。" max:"512"`
}

func parseMap(raw json.RawMessage, _ tag.Type, _ bool) (any, error) {
	m := &Map{}
	if err := spec.Decode(raw, m); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if m.Device != "" {
		if err := sparkplug.CheckName(m.Device); err != nil {
			ps.Add("sparkplug_name", "/device", "give a name without + # /", "%v", err)
		}
	}
	if strings.HasPrefix(m.Metric, "Node Control/") || m.Metric == sparkplug.BdSeq {
		ps.Add("sparkplug_metric", "/metric", "give another name", "%q is a metric of every edge node", m.Metric)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return m, nil
}

// arrange finds entries that want the same metric. Names that follow from paths differ by themselves.
func arrange(_ json.RawMessage, tags []northbound.Tag) (ps spec.Problems) {
	seen := map[[2]string]bool{}
	for _, t := range tags {
		m, _ := t.Map.(*Map)
		if m == nil || m.Metric == "" {
			continue
		}
		k := [2]string{m.Device, m.Metric}
		if seen[k] {
			ps.Add("sparkplug_metric", fmt.Sprintf("/%d/map/metric", t.Entry), "give each metric its own name; leave it empty for an area", "there is another metric %q of the same device", m.Metric)
		}
		seen[k] = true
	}
	return ps
}

// place names the node for people.
func (s *Settings) place() string {
	return s.Group + "/" + s.Node + " @ " + s.Host()
}

// Timing.
const (
	retryFirst = time.Second
	retryMost  = 30 * time.Second
	// rebirthPause is the least time between two births, however often they are asked for.
	rebirthPause = 2 * time.Second
)
