package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"entries": "导航项", "languages": "语言", "texts": "文本",
		"The language %q stands twice.":                            "语言 {1} 出现了两次。",
		"The first language is not English.":                       "第一种语言不是英文。",
		`Begin with "en".`:                                         `请以 "en" 开头。`,
		"%q cannot be the key of a text.":                          "{1} 不能作为文本的键。",
		`Write 1 to 128 characters without spaces, quotes and "\"`: `请使用 1 到 128 个字符，不含空格、引号和“\”`,
		"There is no text with the key %q.":                        "没有键为 {1} 的文本。",
		"The navigation is nested deeper than %d levels.":          "导航的嵌套超过 {1} 级。",
		"The logo is not a picture of a known kind.":               "标志不是可用格式的图片。",
		"Choose a PNG, JPEG or WebP file.":                         "请选择 PNG、JPEG 或 WebP 文件。",
		"The logo has %d bytes, more than %d.":                     "标志有 {1} 字节，超过 {2}。",
	})
}
