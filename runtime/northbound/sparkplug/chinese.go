package sparkplug

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"give a name without + # /":                                 "请填写不含 +、#、/ 的名称",
		"give another name":                                         "请换一个名称",
		"%q is a metric of every edge node":                         "{1} 是每个边缘节点固有的指标",
		"there is another metric %q of the same device":             "同一设备已有指标 {1}",
		"give each metric its own name; leave it empty for an area": "请为每个指标使用不同的名称；区域条目请留空",
		"the primary host is not online: changes are kept":          "主用主机不在线：变化已缓存",
	})
}
