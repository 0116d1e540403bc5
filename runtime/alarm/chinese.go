package alarm

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"An alarm of kind %s is for numbers.":                               "类型为 {1} 的报警只用于数值。",
		"Choose another kind, or make the tag a number.":                    "请选择其他类型，或将变量改为数值。",
		"An alarm of kind %s is for a bool.":                                "类型为 {1} 的报警只用于布尔量。",
		"Choose another kind, or make the tag a bool.":                      "请选择其他类型，或将变量改为布尔量。",
		"The alarm has no limit.":                                           "报警没有限值。",
		"Give the limit.":                                                   "请填写限值。",
		"Write a number; for a deviation not below 0.":                      "请填写数值；偏差不得小于 0。",
		"The alarm does not say which value it waits for.":                  "报警没有指定要等待的值。",
		"Give the value.":                                                   "请填写该值。",
		"The value is not of type %s.":                                      "该值的类型不是 {1}。",
		"The alarm does not say for how long the value must stay the same.": "报警没有指定数值必须保持多久不变。",
		`Say for how long: "10m"`:                                           `请填写时间，例如 "10m"`,
		"The alarm has no condition.":                                       "报警没有条件。",
		`Write a condition: value > 80 && tag("./running")`:                 `请填写条件，例如 value > 80 && tag("./running")`,
		"The alarm has no setpoint.":                                        "报警没有设定值。",
		`Write what it is measured from: tag("./setpoint")`:                 `请填写偏差的基准，例如 tag("./setpoint")`,
		"A deadband is for alarms with a limit.":                            "只有带限值的报警才有死区。",
		"Give the tag a range, or use absolute.":                            "请给变量设置量程，或使用绝对值。",
		"A change has no duration that could be waited for.":                "变化没有可等待的持续时间。",
		"Remove the delays.":                                                "请删除延时。",
		"0s to %s.":                                                         "0s 至 {1}。",
		"%q cannot be the id of an alarm class.":                            "“{1}”不能作为报警类别的标识。",
		"Name an alarm class of the plant.":                                 "请填写工厂中已有的报警类别。",
		"There are %d routes, more than %d.":                                "共有 {1} 条路由，超过 {2} 条。",
		"Name fewer.":                                                       "请减少数量。",
		"%q cannot be the id of a route.":                                   "“{1}”不能作为路由的标识。",
		"Write the id of a route.":                                          "请填写路由的标识。",
		"There is no alarm class %q.":                                       "没有报警类别“{1}”。",
		"The alarm class has no priority, and neither has the alarm.":       "报警类别没有优先级，报警本身也没有。",
		"Give the alarm a priority, or its class.":                          "请为报警或其类别设置优先级。",
		"There is another alarm class %q.":                                  "已有另一个报警类别“{1}”。",
		"Give each alarm class its own id.":                                 "请为每个报警类别设置不同的标识。",
	})
}
