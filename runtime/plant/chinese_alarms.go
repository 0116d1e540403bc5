package plant

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"alarms":                           "报警",
		"%q cannot be the id of an alarm.": "{1} 不能作为报警的标识。",
		"The alarms are not a JSON object of alarms.":                        "报警不是由报警组成的 JSON 对象。",
		`Write {"high": {"kind": "high", "priority": "high", "limit": 80}}.`: `请填写 {"high": {"kind": "high", "priority": "high", "limit": 80}}。`,
	})
}
