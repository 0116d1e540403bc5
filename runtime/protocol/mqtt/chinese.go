package mqtt

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"address of the broker: %v":                       "服务器地址：{=1}",
		"it is not an address":                            "这不是有效地址",
		"%q is not one of mqtt, mqtts, ws, wss":           "{1} 不是 mqtt、mqtts、ws、wss 之一",
		"it names no host":                                "没有主机名",
		"user name and password have fields of their own": "用户名和密码请填写在各自的字段中",
		"write mqtt://host:1883":                          "请填写 mqtt://主机:1883",
		"paste the text from BEGIN to END, key included":  "请粘贴从 BEGIN 到 END 的全部文本，包括密钥",
		"topic is empty":                                  "主题为空",
		"topic has %d bytes, more than 65535":             "主题有 {1} 字节，超过 65535",
		"topic is not valid UTF-8":                        "主题不是有效的 UTF-8",
		"topic %q has a wildcard":                         "主题 {1} 含有通配符",
		"topic has the control character U+%s":            "主题含有控制字符 U+{1}",
	})
}
