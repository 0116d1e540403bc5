package sparkplug

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"the name is empty":                       "名称为空",
		"the name has %d bytes, more than 1024":   "名称有 {1} 字节，超过 1024",
		"the name is not valid UTF-8":             "名称不是有效的 UTF-8",
		"the name %q has one of + # /":            "名称 {1} 含有 +、# 或 /",
		"the name has the control character U+%s": "名称含有控制字符 U+{1}",
	})
}
