package payload

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"path has %d characters, more than %d":                                       "路径有 {1} 个字符，超过 {2} 个",
		"path has more than %d levels":                                               "路径超过 {1} 级",
		"%q is not a member name; write [\"…\"] for unusual names, and no wildcards": "{1} 不是成员名；特殊名称请写成 [\"…\"]，不支持通配符",
		"%q is not .name or [index]":                                                 "{1} 不是 .名称 或 [索引]",
		"%q does not end with %s":                                                    "{1} 没有以 {2} 结尾",
		"%q is not an index from 0, or -1 for the last":                              "{1} 不是从 0 开始的索引，也不是表示最后一个的 -1",
		"~ in %q stands for itself only as ~0":                                       "{1} 中的 ~ 须写成 ~0",
		"there is no time zone %q":                                                   "没有时区 {1}",
		"there is no encoding %q":                                                    "没有字符编码 {1}",
		"${%s is not closed by }":                                                    "${{1} 没有以 } 结束",
		"${%s is not known":                                                          "未知的占位符 ${{1}",
		"the template looks like JSON but gives %s":                                  "模板看似 JSON，但结果为 {1}",
		"write UTC, local or a name such as Asia/Shanghai":                           "请填写 UTC、local 或 Asia/Shanghai 等名称",
		"write utf-8, gbk, utf-16 or latin1":                                         "请填写 utf-8、gbk、utf-16 或 latin1",
		"paste the text from BEGIN to END, key included":                             "请粘贴从 BEGIN 到 END 的全部文本，包括密钥",
		"the CA holds no certificate in PEM form":                                    "CA 中没有 PEM 格式的证书",
		"client certificate and key: %s":                                             "客户端证书和密钥：{1}",
		"use ${value}, ${text}, ${url}, ${time_ms}, ${time_s} and ${time}":           "可用 ${value}、${text}、${url}、${time_ms}、${time_s} 和 ${time}",
	})
}
