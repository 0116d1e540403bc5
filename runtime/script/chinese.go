package script

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The script has %d bytes, more than %d.":              "脚本有 {1} 字节，超过 {2}。",
		"Split it, or move large tables into the document.":   "请拆分脚本，或把大型表格移到文档中。",
		"The script has more than %d brackets in each other.": "脚本中的括号嵌套超过 {1} 层。",
		"Use functions.":              "请使用函数。",
		"See the line in the script.": "请查看脚本中的这一行。",
		"The script was stopped too often and rests until %s.":            "脚本多次被停止，暂停至 {1}。",
		"Mend the script; it begins anew as soon as it is changed.":       "请修正脚本；修改后会立即重新开始。",
		"It ran for more than 100 ms and was stopped.":                    "运行超过 100 毫秒，已被停止。",
		"It could not be interrupted, and its process was ended.":         "无法中断，其进程已被结束。",
		"Look for a loop without end, or for very large texts and lists.": "请检查是否有死循环，或过大的文本和列表。",
		"It needed too much memory, and its process was ended.":           "占用内存过多，其进程已被结束。",
		"Look for lists and texts that grow without end.":                 "请检查是否有无限增长的列表和文本。",
		"The script is not there.":                                        "脚本不存在。",
		"Load it first.":                                                  "请先加载脚本。",
		"The process of the scripts was ended by another script.":         "脚本进程因另一个脚本而结束。",
		"Nothing is to be done: it goes on with the next value.":          "无需处理：将在下一个值时继续。",
		"The process of the scripts cannot be started: %v":                "无法启动脚本进程：{1}",
		"See the log of the server; there may be too little memory.":      "请查看服务器日志；可能内存不足。",
		"The functions call each other too deep.":                         "函数嵌套调用过深。",
		"The script has thrown something that cannot be shown.":           "脚本抛出了无法显示的内容。",
	})
}
