package opcua

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says which node a tag is.
type Address struct {
	// Node is a node id: "nsu=http://vendor/line/;s=Speed", "ns=2;s=Speed", "i=2258". With the
	// URI of the namespace (nsu) the address stays right when the server orders its
	// namespaces anew.
	Node string `json:"node" title:"Node id" zh:"节点标识" help:"Such as nsu=http://vendor/line/;s=Speed or ns=2;s=Speed. With the URI it stays right when the server changes its namespace indices." helpZh:"例如 nsu=http://vendor/line/;s=Speed 或 ns=2;s=Speed。使用 URI 时，服务器命名空间索引变化后仍然有效。" required:"true" min:"1" max:"4096"`
	// Kind is what the node is. A write to a method calls it: true without arguments, a list
	// (JSON) with one argument each, any other value as the only argument. The tag then has
	// what the method returned.
	Kind string `json:"kind" title:"Node is" zh:"节点类型" enum:"variable=a variable|变量,method=a method (a write calls it)|方法（写入即调用）" default:"variable"`
	// Object is the object that a method belongs to.
	Object string `json:"object,omitempty" title:"Object of the method" zh:"方法所属对象" required:"true" max:"4096" when:"kind=method"`
	// Range picks elements of an array (OPC 10000-4, 7.27): "3" is the fourth, "0:2" the first
	// three, "1,2" the third of the second row.
	Range string `json:"range,omitempty" title:"Elements" zh:"数组元素" help:"Of an array: 3 is the fourth element, 0:2 the first three, 1,2 the third of the second row; everything if empty." helpZh:"数组中的元素：3 为第四个，0:2 为前三个，1,2 为第二行第三个；留空为全部。" max:"200" when:"kind=variable" advanced:"true"`
	// Sampling is how often the server looks; absent is as the connection says.
	Sampling *spec.Duration `json:"sampling,omitempty" title:"Sampling interval" zh:"采样间隔" help:"That of the connection if empty." helpZh:"留空则使用连接的设置。" min:"0s" max:"1h" when:"kind=variable" advanced:"true"`
	// Queue is how many values the server keeps between two publishings.
	Queue int `json:"queue" title:"Queue" zh:"队列长度" help:"How many values the server keeps between two publishings." helpZh:"两次发布之间服务器保留的数值个数。" default:"1" min:"1" max:"10000" when:"kind=variable" advanced:"true"`
	// Deadband is applied by the server (OPC 10000-4, 7.22.2).
	Deadband     float64 `json:"deadband" title:"Deadband in the server" zh:"服务器死区" help:"Changes up to this much are not sent; numbers only." helpZh:"不超过此值的变化不发送；仅用于数值。" default:"0" min:"0" when:"kind=variable" advanced:"true"`
	DeadbandKind string  `json:"deadbandKind" title:"Deadband is" zh:"死区类型" enum:"absolute=absolute|绝对值,percent=percent of the range|量程百分比" default:"absolute" when:"kind=variable" advanced:"true"`

	node, object reference
	single       bool // Range picks one element
}

func (a *Address) method() bool { return a.Kind == "method" }

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, _ bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	const hint = "write nsu=URI;s=name, ns=index;s=name or i=number"
	if a.node, err = parseReference(a.Node); err != nil {
		ps.Add("opcua_node", "/node", hint, "node id: %v", err)
	}
	if a.method() {
		if a.object, err = parseReference(a.Object); err != nil {
			ps.Add("opcua_node", "/object", hint, "node id: %v", err)
		}
	}
	if a.Range != "" {
		one, ok := parseRange(a.Range)
		if !ok {
			ps.Add("opcua_range", "/range", "write 3, 0:2 or 1,2", "%q does not pick elements of an array", clip(a.Range))
		}
		a.single = one
	}
	if a.Deadband > 0 && t != tag.Int && t != tag.Float && t != tag.None {
		ps.Add("opcua_deadband", "/deadband", "leave it at 0", "a deadband is for numbers, not for %s", t)
	}
	if a.DeadbandKind == "percent" && a.Deadband > 100 {
		ps.Add("opcua_deadband", "/deadband", "give 0 to 100", "a deadband of %g %% lets nothing through", a.Deadband)
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

// parseRange checks a NumericRange and says whether it picks one element.
func parseRange(s string) (single, ok bool) {
	single = true
	for dimension := range strings.SplitSeq(s, ",") {
		low, high, more := strings.Cut(dimension, ":")
		from, err := strconv.ParseUint(low, 10, 31)
		if err != nil {
			return false, false
		}
		if more {
			to, err := strconv.ParseUint(high, 10, 31)
			if err != nil || to <= from {
				return false, false
			}
			single = false
		}
	}
	return single, true
}
