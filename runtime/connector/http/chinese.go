package http

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"it is not an address":                                 "这不是有效地址",
		"%q is neither http nor https":                         "{1} 既不是 http 也不是 https",
		"it names no host":                                     "没有主机名",
		"user name and password have fields of their own":      "用户名和密码请填写在各自的字段中",
		"what follows # is never sent":                         "# 之后的内容不会被发送",
		"%q is not a path":                                     "{1} 不是路径",
		"another host needs a device of its own":               "其他主机请另建设备",
		"%q cannot be sent as a header":                        "{1} 不能作为请求头发送",
		"write http://host or https://host/path":               "请填写 http://主机 或 https://主机/路径",
		"write a path such as /status":                         "请填写路径，例如 /status",
		"give another name; line breaks cannot be in a value":  "请换一个名称；值中不能有换行",
		"write a path such as /api/values":                     "请填写路径，例如 /api/values",
		"write a place such as $.data[0].temp or /data/0/temp": "请填写位置，例如 $.data[0].temp 或 /data/0/temp",
		"write a place such as $.ts or /ts":                    "请填写位置，例如 $.ts 或 /ts",
		"key and column of the key go together":                "键和键列必须同时填写",
		"give both or neither":                                 "请同时填写或都不填写",
		"error parsing regexp: %s":                             "正则表达式错误：{1}",
		"write it in RE2's syntax":                             "请使用 RE2 语法",
		"the pattern has no group %q":                          "表达式中没有分组 {1}",
		"give the name or the number of a group":               "请填写分组的名称或编号",
		"a whole text has no time in it":                       "整个文本中没有时间",
		"choose the format regex, or leave the time out":       "请选择按表达式查找，或不填时间",
		"a GET that writes must have the value in its path":    "用 GET 写入时，路径中必须包含数值",
		"put ${value} into the path for writing":               "请在写入路径中加入 ${value}",
		"it has a line break or another control character":     "包含换行或其他控制字符",
		"write a type such as application/json":                "请填写类型，例如 application/json",
		"write a path such as /api/set?value=${value}":         "请填写路径，例如 /api/set?value=${value}",
	})
}
