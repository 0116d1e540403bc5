package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The setpoint gives %s, not a number.":  "设定值的结果是 {1}，不是数值。",
		`Name a number: tag("./setpoint").`:     `请指定一个数值，例如 tag("./setpoint")。`,
		"An alarm can be shelved for up to %s.": "报警最多可搁置 {1}。",
		"Choose a shorter time.":                "请选择更短的时间。",
	})
}
