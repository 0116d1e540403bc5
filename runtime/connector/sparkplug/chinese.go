package sparkplug

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"take the name from the tree of the device": "请从设备的浏览树中选取名称",
		"write names of groups by comma":            "请填写组名，用逗号分隔",
		"give a name without + # /":                 "请填写不含 +、#、/ 的名称",
	})
}
