package expression

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"Choose two units of the same quantity.":                 "请选择同一种量的两个单位。",
		"%s measures %s, %s measures %s.":                        "{1} 的量纲为 {2}，而 {3} 的量纲为 {4}。",
		"A unit must be a constant text.":                        "单位必须是常量文本。",
		`Write it as a text: convert(x, "bar", "[psi]").`:        `请写成文本：convert(x, "bar", "[psi]")。`,
		"There is no unit %q.":                                   "没有单位 {1}。",
		"Write a unit of UCUM, such as bar, Cel, m3/h or [psi].": "请填写 UCUM 单位，例如 bar、Cel、m3/h 或 [psi]。",
	})
}
