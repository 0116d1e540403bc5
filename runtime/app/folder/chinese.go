package folder

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"There is no app.json.":                                                                 "没有 app.json。",
		"Choose the folder that was exported: it has app.json.":                                 "请选择导出的文件夹，其中应有 app.json。",
		"The file has an open merge conflict.":                                                  "文件中有未解决的合并冲突。",
		"Choose one side, and take out the lines that begin with <<<<<<<, ======= and >>>>>>>.": "请选择其中一方，并删除以 <<<<<<<、======= 和 >>>>>>> 开头的行。",
		"This is no JSON: %v.":                                                                  "不是有效的 JSON：{1}。",
		"app.json is not an object.":                                                            "app.json 不是对象。",
		"Export the app again.":                                                                 "请重新导出应用。",
		"This is no file in the folder %s.":                                                     "这不是文件夹 {1} 中的文件。",
		"Write the name of a file: \"screens/name.json\".":                                      "请填写文件名：\"screens/name.json\"。",
		"Write the name of a file: \"drawings/name.json\".":                                     "请填写文件名：\"drawings/name.json\"。",
		"The file %s stands twice.":                                                             "文件 {1} 出现了两次。",
		"Take out one of the lines.":                                                            "请删除其中一行。",
		"There is no file %s.":                                                                  "没有文件 {1}。",
		"Restore the file, or take the line out.":                                               "请恢复该文件，或删除该行。",
		"The file is not named in app.json.":                                                    "app.json 中没有列出该文件。",
		"Add it to the list in app.json, or delete it.":                                         "请将其加入 app.json 的列表，或删除该文件。",
		"There are texts in app.json and in texts.json.":                                        "app.json 和 texts.json 中都有文字。",
		"Keep the texts in texts.json.":                                                         "请只在 texts.json 中保留文字。",
	})
}
