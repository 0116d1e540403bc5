package s7

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"Write it as in DB1.DBX0.3, DB1.DBD4:REAL, M10.2, IW4 or T5.": "请按 DB1.DBX0.3、DB1.DBD4:REAL、M10.2、IW4 或 T5 的形式填写。",
		"%q is not an S7 address.":                                    "{1} 不是 S7 地址。",
		"Leave the type out.":                                         "请去掉类型。",
		"A timer or counter has a type of its own.":                   "定时器和计数器有各自的类型。",
		"There is no timer or counter %d.":                            "没有编号为 {1} 的定时器或计数器。",
		"Give a smaller number.":                                      "请填写较小的编号。",
		"There is no data block %d.":                                  "没有数据块 {1}。",
		"Give a number from 1 to 65535.":                              "请填写 1 至 65535 的编号。",
		"A byte has no bit %d.":                                       "字节没有第 {1} 位。",
		"Give a bit from 0 to 7.":                                     "请填写 0 至 7 的位号。",
		"%q is not a data type.":                                      "{1} 不是数据类型。",
		"Choose one of BOOL, BYTE, WORD, DWORD, CHAR, INT, DINT, REAL, LREAL, STRING[20], DTL …": "可选 BOOL、BYTE、WORD、DWORD、CHAR、INT、DINT、REAL、LREAL、STRING[20]、DTL 等。",
		"The type stands twice in %q.":                                         "{1} 中类型重复。",
		"The address says %s, the type %s.":                                    "地址中为 {1}，类型却是 {2}。",
		"A BOOL needs a bit, as in DBX0.3 or M10.2.":                           "BOOL 需要位，例如 DBX0.3 或 M10.2。",
		"The number of the bit is missing, as in DBX0.3 or M10.2.":             "缺少位号，例如 DBX0.3 或 M10.2。",
		"A %s does not begin at bit %d.":                                       "{1} 不能从第 {2} 位开始。",
		"A %s has %d bytes, which %s does not fit.":                            "{1} 占 {2} 字节，与 {3} 不符。",
		"Name its first byte, as in DBB4:DTL, or choose another type.":         "请写首字节（如 DBB4:DTL），或选择其他类型。",
		"A %s of %d characters is not possible.":                               "不支持长度为 {2} 个字符的 {1}。",
		"Give a length from 1 to %d.":                                          "请填写 1 至 {1} 的长度。",
		"A %s has no second length.":                                           "{1} 没有第二个长度。",
		"Leave the second length out.":                                         "请去掉第二个长度。",
		"An array of %d values is not possible.":                               "不支持 {1} 个元素的数组。",
		"Byte %d cannot be addressed.":                                         "无法寻址第 {1} 字节。",
		"Give a smaller address.":                                              "请填写较小的地址。",
		"A value of %d bytes is too long.":                                     "{1} 字节的数值过长。",
		"Take fewer of them at once.":                                          "请减少一次读取的数量。",
		"%s cannot be delivered as %s.":                                        "{1} 不能作为 {2} 提供。",
		"Choose another type of the address or of the tag.":                    "请更改地址类型或变量类型。",
		"Timers and counters are not written.":                                 "定时器和计数器不可写。",
		"Make the tag read-only.":                                              "请将变量设为只读。",
		"Other bits of the same bytes would be written along.":                 "会同时改写同一字节中的其他位。",
		"Begin at bit 0 with a multiple of 8 bits, or make the tag read-only.": "请从第 0 位开始并取 8 的倍数位，或将变量设为只读。",
		"%q is not a TSAP.":                                                    "{1} 不是 TSAP。",
		"Write two bytes in hexadecimal, such as 10.00.":                       "请填写两个十六进制字节，例如 10.00。",
	})
}
