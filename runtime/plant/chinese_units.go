package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q is no unit that is known, so values in it cannot be shown in another.": "{1} 不是已知的单位，因此其数值无法换算为其他单位显示。",
		"Keep it if it is meant so, or choose a unit from the list.":               "如确实如此可保留，否则请从列表中选择单位。",
		"Did you mean %q (%s)?": "是否指 {1}（{2}）？",
	})
}
