package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"What is removed cannot be changed, too.":     "要删除的变量不能同时修改。",
		"Say one or the other.":                       "请只选其一。",
		"What is set is an object with what differs.": "要设置的内容应是只含改动的对象。",
		"Many tags cannot have one path.":             "多个变量不能共用一个路径。",
		"Rename an area, or one tag.":                 "请重命名区域，或逐个重命名变量。",
	})
}
