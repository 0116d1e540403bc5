package mqtt

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		hintTopic:    "请用 / 分隔各级，不含 + 和 #；${path}、${name} 和 ${area} 代表变量",
		hintTemplate: "可用 ${value}、${text}、${time}、${now}、${quality}、${status}、${path}、${name}、${area} 和 ${unit}",
		hintMessage:  "请填写 ${value:变量路径}，${now} 不带路径",
		"write levels with / between them, without + and #":                   "请用 / 分隔各级，不含 + 和 #",
		"write an ending without + and #, such as /set":                       "请填写不含 + 和 # 的后缀，如 /set",
		"add the tag, or an area that holds it, to the tags that are exposed": "请将该变量或其所在区域加入要发布的变量",
		"give each tag that may be written a topic of its own":                "请为每个可写变量设置单独的主题",
		"the topic %q is that of another tag, too":                            "主题 {1} 也属于另一个变量",
		"the message %q names the tag %q, which is not exposed":               "消息 {1} 引用的变量 {2} 未被发布",
		"${%s} cannot stand in a topic":                                       "主题中不能使用 ${{1}}",
		"${%s is not known here":                                              "此处不能使用 ${{1}",
		"${%s names no tag":                                                   "${{1} 没有写明变量",
		"%q is not the path of a tag":                                         "{1} 不是变量路径",
		"the template has more than %d parts":                                 "模板超过 {1} 个部分",
	})
}
