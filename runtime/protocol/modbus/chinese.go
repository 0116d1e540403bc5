package modbus

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"leave the type out or choose bool":                           "请去掉类型或选择 bool",
		"a %s is a single bit and has no type %s":                     "{1} 为单个位，没有类型 {2}",
		"leave the bit out":                                           "请去掉位",
		"a %s is a single bit already":                                "{1} 本身就是单个位",
		"give a smaller address":                                      "请填写更小的地址",
		"%s at %d reaches beyond the last register":                   "地址 {2} 处的 {1} 超出了最后一个寄存器",
		"choose a bit from 0 to %d":                                   "请选择 0 至 {1} 之间的位",
		"%s has no bit %d":                                            "{1} 没有第 {2} 位",
		"choose an integer type":                                      "请选择整数类型",
		"a bit of %s has no meaning":                                  "{1} 的位没有意义",
		"leave the factor out":                                        "请去掉系数",
		"only a number has a factor":                                  "只有数值才有系数",
		"choose the table coil or holding, or make the tag read-only": "请选择线圈或保持寄存器，或将变量设为只读",
		"inputs cannot be written":                                    "输入不可写入",
		"choose another type of the address or of the tag":            "请更换地址或变量的类型",
		"%s cannot be delivered as %s":                                "{1} 不能作为 {2} 提供",
	})
}
