package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"That did not work: %s.":                                                                                                "未成功：{=1}。",
		"There was no answer in time.":                                                                                          "未在限定时间内收到应答。",
		"Check the settings and the network.":                                                                                   "请检查设置和网络。",
		"Check address, port and firewall, and that the device is switched on.":                                                 "请检查地址、端口和防火墙，并确认设备已通电。",
		"Check the spelling of the host name, or give the IP address.":                                                          "请检查主机名的拼写，或填写 IP 地址。",
		"Nothing listens at that port: check the port, and that the server of the device is switched on.":                       "该端口没有服务：请检查端口，并确认设备的服务已启用。",
		"No way leads to that address: check the address, the cable and the network of this server.":                            "无法到达该地址：请检查地址、网线和本服务器的网络。",
		"The device closed the connection: it may have as many connections as it allows, or speak something else at that port.": "设备关闭了连接：可能已达到其连接数上限，或该端口使用其他协议。",
	})
}
