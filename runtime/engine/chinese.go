package engine

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The screen has no widget %q.":                                          "画面没有控件 {1}。",
		"Open the screen again.":                                                "请重新打开画面。",
		"The screen does nothing at %q.":                                        "画面在 {1} 时没有动作。",
		"The widget %q does nothing at %q.":                                     "控件 {1} 在 {2} 时没有动作。",
		"The widget %q has no tag to write to.":                                 "控件 {1} 没有可写入的变量。",
		"Bind its property %q to one tag.":                                      "请将其属性 {1} 绑定到一个变量。",
		"This write needs a reason.":                                            "此次写入需要填写原因。",
		"Say why.":                                                              "请说明原因。",
		"This write needs a reason, and nobody was asked for one.":              "此次写入需要原因，但未曾询问。",
		"Do it again.":                                                          "请再操作一次。",
		"You may not view %q.":                                                  "您无权查看 {1}。",
		"You may not write %q.":                                                 "您无权写入 {1}。",
		"Ask an administrator for the role of operator in this area.":           "请向管理员申请此区域的操作员角色。",
		"The runtime was started in safe mode: writes are stopped.":             "运行时以安全模式启动，已停止写入。",
		"Start it without --safe.":                                              "请不带 --safe 启动。",
		"The tag %q is read-only.":                                              "变量 {1} 为只读。",
		"The variable %q takes %s, not %s.":                                     "画面变量 {1} 需要 {2} 类型，而不是 {3}。",
		"The variable %q takes %s.":                                             "画面变量 {1} 需要 {2} 类型。",
		"Compute a value of that type.":                                         "请计算出该类型的值。",
		"The interlock does not allow this now.":                                "联锁条件当前不允许此操作。",
		"The interlock cannot be judged: %s.":                                   "无法判断联锁条件：{1}。",
		"Interlock: %s":                                                         "联锁：{1}",
		"The expression gives %s where %s is wanted.":                           "表达式结果为 {1}，此处需要 {2}。",
		"Compare something, or convert it.":                                     "请进行比较，或转换类型。",
		"The device %q is not connected.":                                       "设备 {1} 未连接。",
		"Check the device and its network.":                                     "请检查设备及其网络。",
		"The app has no screen %q.":                                             "应用没有画面 {1}。",
		"Open the app's start screen.":                                          "请打开应用的起始画面。",
		"That did not work: %s.":                                                "未成功：{=1}。",
		"There was no answer in time.":                                          "未在限定时间内收到应答。",
		"Check the settings and the network.":                                   "请检查设置和网络。",
		"Check address, port and firewall, and that the device is switched on.": "请检查地址、端口和防火墙，并确认设备已通电。",
		"Check the spelling of the host name, or give the IP address.":          "请检查主机名的拼写，或填写 IP 地址。",
		"Nothing listens at that port: check the port, and that the server of the device is switched on.":                       "该端口没有服务：请检查端口，并确认设备的服务已启用。",
		"No way leads to that address: check the address, the cable and the network of this server.":                            "无法到达该地址：请检查地址、网线和本服务器的网络。",
		"The device closed the connection: it may have as many connections as it allows, or speak something else at that port.": "设备关闭了连接：可能已达到其连接数上限，或该端口使用其他协议。",
	})
}
