package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q cannot be the id of a northbound interface.":        "{1} 不能作为北向接口的标识。",
		"Give each northbound interface its own id.":            "请为每个北向接口设置各自的标识。",
		"There is another northbound interface with the id %q.": "已有标识为 {1} 的北向接口。",
		"Name the kind: modbus, …":                              "请填写类型：modbus 等。",
		"The northbound interface has no kind.":                 "北向接口没有类型。",
		"Name a tag.":                                           "请填写变量。",
		"The entry exposes nothing.":                            "该条目未指定变量。",
		"Keep the tag or the area.":                             "请只保留变量或区域。",
		"An entry exposes a tag or an area, not both.":          "一个条目只能指定变量或区域之一。",
		"The map is not an object.":                             "映射不是对象。",
	})
}
