package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The faceplate has no app.":        "面板没有指定应用。",
		"The faceplate has no input.":      "面板没有指定输入。",
		"The faceplate has no %s.":         "面板缺少 {1}。",
		"Name it.":                         "请指定。",
		"%q cannot be an id.":              "{1} 不能作为标识。",
		`Use letters, digits, "_" and "-"`: `请使用字母、数字、"_" 和 "-"`,
	})
}
