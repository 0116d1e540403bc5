package session

import (
	"fmt"

	"github.com/lineside/lineside/runtime/spec"
)

// problems are the errors that a session itself raises.
var problems = map[string]struct{ message, hint spec.Text }{
	"op_unknown": {
		message: spec.Text{"en": "There is no such op.", "zh": "没有这种操作。"},
		hint:    spec.Text{"en": "Use watch, open, event, write, history, assets, close or ping.", "zh": "请使用 watch、open、event、write、history、assets、close 或 ping。"},
	},
	"too_many_requests": {
		message: spec.Text{"en": "Too many requests.", "zh": "请求过多。"},
		hint:    spec.Text{"en": fmt.Sprintf("Send at most %d a second.", MaxRate), "zh": fmt.Sprintf("每秒最多发送 %d 个。", MaxRate)},
	},
	"history_none": {
		message: spec.Text{"en": "This runtime keeps no history.", "zh": "此运行时不保存历史数据。"},
		hint:    spec.Text{"en": "Start it with a data folder.", "zh": "请指定数据目录后启动。"},
	},
	"too_many_questions": {
		message: spec.Text{"en": "Too many questions about the history are under way.", "zh": "正在进行的历史查询过多。"},
		hint:    spec.Text{"en": fmt.Sprintf("Wait for the earlier ones: there may be %d at once.", MaxQuestions), "zh": fmt.Sprintf("请等待之前的查询完成，同时最多 %d 个。", MaxQuestions)},
	},
	"too_many_writes": {
		message: spec.Text{"en": "Too many writes are under way.", "zh": "正在进行的写入过多。"},
		hint:    spec.Text{"en": "Wait for the earlier ones to finish.", "zh": "请等待之前的写入完成。"},
	},
	"too_many_opens": {
		message: spec.Text{"en": fmt.Sprintf("One request can open or close at most %d screens.", MaxOpens), "zh": fmt.Sprintf("一次请求最多可以打开或关闭 %d 个画面。", MaxOpens)},
		hint:    spec.Text{"en": "Send several requests.", "zh": "请分成多个请求发送。"},
	},
	"each_id": {
		message: spec.Text{"en": "A screen to open has no id.", "zh": "要打开的画面没有编号。"},
		hint:    spec.Text{"en": "Give each an id above 0 of its own.", "zh": "请为每个画面指定各自的编号，编号须大于 0。"},
	},
	"too_many_lists": {
		message: spec.Text{"en": fmt.Sprintf("A connection can follow at most %d lists of assets.", MaxLists), "zh": fmt.Sprintf("一个连接最多可以跟踪 %d 个资产列表。", MaxLists)},
		hint:    spec.Text{"en": "Close lists that are not shown.", "zh": "请关闭不再显示的列表。"},
	},
	"too_many_views": {
		message: spec.Text{"en": fmt.Sprintf("A connection can have at most %d views, %d of them watches.", MaxViews, MaxWatches), "zh": fmt.Sprintf("一个连接最多可以有 %d 个视图，其中监视最多 %d 个。", MaxViews, MaxWatches)},
		hint:    spec.Text{"en": "Close views that are not shown.", "zh": "请关闭不再显示的视图。"},
	},
	"too_many_slots": {
		message: spec.Text{"en": fmt.Sprintf("A view can have at most %d tags.", MaxSlots), "zh": fmt.Sprintf("一个视图最多可以有 %d 个变量。", MaxSlots)},
		hint:    spec.Text{"en": "Use a narrower pattern, or several watches.", "zh": "请缩小匹配范围，或分成多个监视。"},
	},
	"too_many_patterns": {
		message: spec.Text{"en": fmt.Sprintf("A watch can have at most %d patterns.", MaxPatterns), "zh": fmt.Sprintf("一次监视最多可以有 %d 个匹配模式。", MaxPatterns)},
		hint:    spec.Text{"en": "Use wildcards, or several watches.", "zh": "请使用通配符，或分成多个监视。"},
	},
	"tags_missing": {
		message: spec.Text{"en": "A watch needs at least one tag or pattern.", "zh": "监视至少需要一个变量或匹配模式。"},
		hint:    spec.Text{"en": `Give "tags".`, "zh": `请填写 "tags"。`},
	},
	"value_missing": {
		message: spec.Text{"en": "A write needs a value.", "zh": "写入需要一个值。"},
		hint:    spec.Text{"en": `Give "value".`, "zh": `请填写 "value"。`},
	},
	"view_unknown": {
		message: spec.Text{"en": "This connection has no such view.", "zh": "此连接没有这个视图。"},
		hint:    spec.Text{"en": "Use the number from the reply to watch or open.", "zh": "请使用 watch 或 open 应答中的编号。"},
	},
	"forbidden": {
		message: spec.Text{"en": "You may not do this.", "zh": "您没有此权限。"},
		hint:    spec.Text{"en": "Ask an administrator for the right.", "zh": "请向管理员申请权限。"},
	},
	"internal": {
		message: spec.Text{"en": "Something went wrong in the server.", "zh": "服务器内部错误。"},
		hint:    spec.Text{"en": "The server's log says more.", "zh": "详情请见服务器日志。"},
	},
}

// problem is one of problems in the language of the connection.
func (c *conn) problem(code string) *Error {
	p := problems[code]
	return &Error{Code: code, Message: p.message.In(c.language()), Hint: p.hint.In(c.language())}
}
