package file

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"give a name below the folder for files, without ..":   "请填写文件目录下的名称，不含 ..",
		"%q does not lie in the folder for files":              "{1} 不在文件目录中",
		"only the last part of %q may be a pattern":            "{1} 中只有最后一部分可以是通配模式",
		"%q is not a pattern":                                  "{1} 不是有效的通配模式",
		"files are read only":                                  "文件只能读取",
		"make the tag read-only":                               "请将变量设为只读",
		"there are a column and a place":                       "同时填写了列和位置",
		"give a column for CSV, or a place for JSON":           "CSV 请填写列，JSON 请填写位置",
		"key and column of the key go together":                "键和键列必须同时填写",
		"give both or neither":                                 "请同时填写或都不填写",
		"write a place such as $.data[0].temp or /data/0/temp": "请填写位置，例如 $.data[0].temp 或 /data/0/temp",
	})
}
