package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The script of the widget does not run now.":                                                                    "控件的脚本当前没有运行。",
		"Try again; the log of the scripts says more.":                                                                  "请重试；脚本日志中有更多信息。",
		"The script of the widget does not answer.":                                                                     "控件的脚本没有响应。",
		"Scripts are not run here.":                                                                                     "此处不运行脚本。",
		"Look whether the server was started in safe mode.":                                                             "请查看服务器是否以安全模式启动。",
		"The event %q was emitted without a person, so that its actions are not done.":                                  "事件 {1} 并非由人触发，因此不执行其动作。",
		"Emit it in the function event, or show what has happened in the picture.":                                      "请在 event 函数中触发，或在图形中显示发生了什么。",
		"A script writes for a person only: %q was not written.":                                                        "脚本只能代表操作人写入：{1} 未写入。",
		"Write in the function event; for what has to be written by itself, use a computed tag or an alarm's reaction.": "请在 event 函数中写入；需要自动写入时，请使用计算变量或报警响应。",
		"No part of the picture is set by %q.":                                                                          "图形中没有由 {1} 设置的部件。",
		"The script writes too many lines; those of the rest of this second are left out.":                              "脚本输出的行过多，这一秒内其余的行已省略。",
		"Write less often.":                                                "请减少输出。",
		"The widget may not write its setting %q.":                         "控件不能写入其设置 {1}。",
		"A widget knows its settings and no tags.":                         "控件只能使用自身的设置，不能使用变量。",
		"Make a setting, and bind it to the tag where the widget is used.": "请添加设置，并在使用控件处将其绑定到变量。",
		"The %s of the part %q: %s":                                        "部件 {2} 的 {1}：{=3}",
	})
}
