package snmp

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q is not an object identifier: %v.":                                              "{1} 不是对象标识符：{=2}。",
		"Write numbers with dots between them, such as 1.3.6.1.2.1.1.3.0, or sysUpTime.0.": "请填写以点分隔的数字（如 1.3.6.1.2.1.1.3.0）或 sysUpTime.0。",
		"no standard object is named %q":                                                   "没有名为 {1} 的标准对象",
		"an object identifier has 2 to %d numbers":                                         "对象标识符含 2 至 {1} 个数字",
		"%q is not a number of an object identifier":                                       "{1} 不是对象标识符中的数字",
		"An SNMP object holds one value.":                                                  "SNMP 对象只含一个值。",
		"Choose bool, int, float, string or bytes for the tag.":                            "请为变量选择 bool、int、float、string 或 bytes。",
		"Dates are not written.":                                                           "日期不可写。",
		"Make the tag read-only, or choose hexadecimal.":                                   "请将变量设为只读，或选择十六进制。",
		"A password of SNMP 3 has at least 8 characters.":                                  "SNMP 3 的密码至少 8 个字符。",
		"Give the one that the device has, or choose a lower level of security.":           "请填写设备上的密码，或选择较低的安全级别。",
	})
}
