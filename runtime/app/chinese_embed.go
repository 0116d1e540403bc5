package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q cannot be the id of an app.":                             "{1} 不能用作应用的标识。",
		"It is not said which input takes the asset.":                "没有指定由哪个输入接收资产。",
		"Choose an input of kind asset.":                             "请选择类型为资产的输入。",
		"The input %q takes no asset.":                               "输入 {1} 不接收资产。",
		"Write the path of an area, such as site/line1.":             "请填写区域的路径，例如 site/line1。",
		"Write the path of a tag or asset, such as area/line/pump1.": "请填写变量或资产的路径，例如 area/line/pump1。",
		"The input %q takes the path of a tag or asset.":             "输入 {1} 需要变量或资产的路径。",
		"The screen lies in itself: %s.":                             "画面嵌套了自身：{1}。",
		"Embed another screen, or open this one by an action.":       "请嵌入其他画面，或通过动作打开此画面。",
		"More than %d screens lie in one another.":                   "画面嵌套超过 {1} 层。",
	})
}
