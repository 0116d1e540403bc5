package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"Write the path of a tag, such as area/line/speed.": "请填写变量路径，例如 area/line/speed。",
		"Write a shorter path.":                             "请使用更短的路径。",
		"There is a tag %q already.":                        "已有变量 {1}。",
		"Choose another path, or rename that tag first.":    "请换一个路径，或先重命名该变量。",
		"There is no tag or area %q.":                       "没有变量或区域 {1}。",
		"Load the plant again.":                             "请重新加载工厂。",
	})
}
