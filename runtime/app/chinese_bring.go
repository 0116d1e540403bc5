package app

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The settings of this widget are of version %d of %q and could not be brought to version %d: %v.": "该控件的设置属于 {2} 的版本 {1}，无法转换为版本 {3}：{4}。",
		"Set it by hand, or make the widget again.":                                                       "请手动设置，或重新创建该控件。",
	})
}
