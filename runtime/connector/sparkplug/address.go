package sparkplug

import (
	"encoding/json"
	"fmt"

	"github.com/lineside/lineside/runtime/protocol/sparkplug"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address names a metric, or a part of one.
type Address struct {
	Group string `json:"group" title:"Group" zh:"组" required:"true" min:"1" max:"256"`
	Node  string `json:"node" title:"Edge node" zh:"边缘节点" required:"true" min:"1" max:"256"`
	// Device is one of the edge node; "" for metrics of the node itself.
	Device string `json:"device,omitempty" title:"Device" zh:"设备" help:"Empty for metrics of the edge node itself." helpZh:"留空表示边缘节点自身的指标。" max:"256"`
	Metric string `json:"metric" title:"Metric" zh:"指标" required:"true" min:"1" max:"1024"`
	// Part is a member of a template ("motor/speed"), a cell of a data set ("0/speed": row and column)
	// or an element of a list ("3").
	Part string `json:"part,omitempty" title:"Part" zh:"部分" help:"Of a template the member (motor/speed), of a data set row and column (0/speed), of a list the number from 0. Empty for all of it." helpZh:"模板填写成员（motor/speed），数据集填写行/列（0/speed），列表填写从 0 开始的序号。留空表示全部。" max:"1024" advanced:"true"`
	// Confirm says what ends a write: the value coming back from the edge node, or having sent it.
	Confirm string `json:"confirm" title:"A write is done when" zh:"写入完成条件" enum:"value=the node reports the value|节点回报该值,sent=it is sent|已发送" default:"value" advanced:"true"`
}

// key is what messages name.
type key struct {
	sparkplug.NodeID
	device, metric string
}

func (a *Address) key() key {
	return key{sparkplug.NodeID{Group: a.Group, Node: a.Node}, a.Device, a.Metric}
}

// String is the address in one line.
func (a *Address) String() string {
	s := a.Group + "/" + a.Node
	if a.Device != "" {
		s += "/" + a.Device
	}
	s += " " + a.Metric
	if a.Part != "" {
		s += " " + a.Part
	}
	return s
}

// ParseAddress decodes and checks an address for a value type. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	check := func(at, name string) {
		if err := sparkplug.CheckName(name); err != nil {
			ps.Add("sparkplug_name", at, "take the name from the tree of the device", "%v", err)
		}
	}
	check("/group", a.Group)
	check("/node", a.Node)
	if a.Device != "" {
		check("/device", a.Device)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	if t == tag.None {
		return nil, fmt.Errorf("address %s: no type", a)
	}
	return a, nil
}
