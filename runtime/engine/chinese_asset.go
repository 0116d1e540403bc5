package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The app has no asset %q as input.":                       "应用没有名为 {1} 的资产输入。",
		"The input %q needs the path of an asset: %v.":            "输入 {1} 需要资产的路径：{2}。",
		"Give the path of an asset.":                              "请填写资产的路径。",
		"The plant has no model %q, which the input %q asks for.": "工厂没有输入 {2} 所需的模型 {1}。",
		"Make the model, or import it.":                           "请创建或导入该模型。",
		"There is no asset %q for the input %q.":                  "没有可用于输入 {2} 的资产 {1}。",
		"Map the input to another asset.":                         "请将输入映射到其他资产。",
		"The input %q wants a %q, the asset %q is a %q.":          "输入 {1} 需要模型 {2}，而资产 {3} 的模型是 {4}。",
		"The model %q has no property %q.":                        "模型 {1} 没有属性 {2}。",
	})
}
