package push

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"the token has fewer than %d characters":               "令牌少于 {1} 个字符",
		"give a longer one that nobody guesses":                "请填写更长且不易猜测的令牌",
		"write a place such as $.data[0].temp or /data/0/temp": "请填写位置，例如 $.data[0].temp 或 /data/0/temp",
		"key and column of the key go together":                "键和键列必须同时填写",
		"give both or neither":                                 "请同时填写或都不填写",
		"a device that sends cannot be written":                "主动发送的设备不能写入",
		"make the tag read-only":                               "请将变量设为只读",
		"the message is not JSON: %s":                          "消息不是 JSON：{=1}",
		"there are more than %d messages":                      "消息超过 {1} 条",
		"there is no tag yet":                                  "还没有变量",
		"The device does not take messages now.":               "设备当前不接收消息。",
		"Send it again in a moment.":                           "请稍后重新发送。",
	})
}
