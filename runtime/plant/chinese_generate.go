package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The sample has %d bytes, more than %d.":                  "样例有 {1} 字节，超过 {2}。",
		"Take one message.":                                       "请只取一条消息。",
		"The sample is not JSON: %v.":                             "样例不是 JSON：{1}。",
		"The sample has no members to make properties of.":        "样例中没有可生成属性的成员。",
		`Paste one whole message, such as {"temperature": 21.5}.`: `请粘贴一条完整的消息，例如 {"temperature": 21.5}。`,
		"There is neither a sample nor a device.":                 "既没有样例，也没有设备。",
		"Paste a message, or choose a device.":                    "请粘贴一条消息，或选择设备。",
		"There is nothing below this node that can be read.":      "该节点下没有可读取的内容。",
		"Choose another node.":                                    "请选择其他节点。",
	})
}
