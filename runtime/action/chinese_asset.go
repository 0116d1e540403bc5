package action

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The input %q takes an asset.":                         "输入 {1} 需要一个资产。",
		"Write the path of an asset as a text.":                "请以文本填写资产的路径。",
		"Write the path of an asset, such as area/line/pump1.": "请填写资产路径，例如 area/line/pump1。",
		`Write a number with a unit: "500ms", "2s"`:            `请填写带单位的数字："500ms"、"2s"`,
	})
}
