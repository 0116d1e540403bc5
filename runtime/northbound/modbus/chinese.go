package modbus

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"Write an IP address: 127.0.0.1, 0.0.0.0, or that of a network card.": "请填写 IP 地址：127.0.0.1、0.0.0.0 或网卡地址。",
		"%q is not an IP address.":                                            "{1} 不是 IP 地址。",
		"Write an address or a network: 192.0.2.7, 192.0.2.0/24.":             "请填写地址或网段：192.0.2.7、192.0.2.0/24。",
		"%q is neither an address nor a network.":                             "{1} 既不是地址也不是网段。",
		"Leave the bit out, or expose a tag of type bool.":                    "请去掉位，或选择 bool 类型的变量。",
		"A tag of type %s is more than one bit.":                              "{1} 类型的变量不止一位。",
		`Choose "uint16".`:                                                    "请选择 uint16。",
		"A bit lies in one register, not in %s.":                              "位只能位于一个寄存器中，而不是 {1}。",
		"Choose an address from the first to the last.":                       "请选择有效范围内的地址。",
		"There is no register %d when the first is %d.":                       "首地址为 {2} 时没有寄存器 {1}。",
		"Choose a free address.":                                              "请选择空闲地址。",
		"%s lies in the registers of %q, which has %d to %d.":                 "{1} 与 {2} 的寄存器 {3} 至 {4} 重叠。",
		"It cannot listen on %s: %v.":                                         "无法监听 {1}：{2}。",
		"Check address and port.":                                             "请检查地址和端口。",
		"The address %s is in use by another program.":                        "地址 {1} 已被其他程序占用。",
		"Stop that program, or choose another port.":                          "请停止该程序，或更换端口。",
		"This runtime may not listen on %s.":                                  "运行时无权监听 {1}。",
		"Ports below 1024 need special rights: choose another, such as 1502.": "1024 以下的端口需要特殊权限：请更换，例如 1502。",
		"This computer does not have the address %s.":                         "本机没有地址 {1}。",
		"Choose the address of a network card of this computer, or 0.0.0.0.":  "请选择本机网卡的地址，或 0.0.0.0。",
	})
}
