package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The setpoint gives %s, not a number.":                                           "设定值的结果是 {1}，不是数值。",
		`Name a number: tag("./setpoint").`:                                              `请指定一个数值，例如 tag("./setpoint")。`,
		"An alarm can be shelved for up to %s.":                                          "报警最多可搁置 {1}。",
		"Choose a shorter time.":                                                         "请选择更短的时间。",
		"%q does not name an alarm.":                                                     "“{1}”不是报警的名称。",
		`Write the path of the tag, "#" and the id: line/pressure#low`:                   `请填写变量路径、"#" 和报警标识，例如 line/pressure#low`,
		"The alarm cannot suppress itself.":                                              "报警不能抑制自身。",
		"There is no alarm %q.":                                                          "没有报警“{1}”。",
		"Choose another alarm.":                                                          "请选择其他报警。",
		"The alarms %q and %q suppress each other, so that nobody would hear of either.": "报警“{1}”与“{2}”相互抑制，这样两者都不会被告知。",
		"The limit may not be set below %g.":                                             "限值不得低于 {1}。",
		"Write a larger number.":                                                         "请填写更大的数值。",
		"The limit may not be set above %g.":                                             "限值不得高于 {1}。",
		"Write a smaller number.":                                                        "请填写更小的数值。",
		"The alarm has no lower limit.":                                                  "该报警没有下限。",
		"The limit of the alarm is fixed.":                                               "该报警的限值是固定的。",
		"Ask an engineer to let it be tuned.":                                            "请工程师允许调整该限值。",
	})
}
