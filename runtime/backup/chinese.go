package backup

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q is the folder in the data folder.":                                            "{1} 是数据目录中的目录。",
		"Choose another id.":                                                              "请换一个标识。",
		"The folder lies in the data folder of the server.":                               "该目录位于服务器的数据目录中。",
		"Choose a folder outside of it, best on another disk.":                            "请选择数据目录之外的目录，最好在另一个磁盘上。",
		"The secret is missing.":                                                          "缺少私有密钥。",
		"Enter the secret of the access key again: the server or the key is another one.": "请重新输入访问密钥的私有密钥：服务器或密钥已更改。",
		"There are %d targets already.":                                                   "已有 {1} 个存储位置。",
		"Remove one that is not needed any more.":                                         "请移除不再需要的一个。",
		"There is no target %q.":                                                          "存储位置 {1} 不存在。",
		"Choose one of the list.":                                                         "请从列表中选择。",
		"A passphrase has at least %d characters.":                                        "口令至少有 {1} 个字符。",
		"Choose a longer one, such as four words.":                                        "请选择更长的口令，例如四个词。",
		"It was cancelled.":                                                               "已取消。",
		errInterruptedRun:                                                                 "其间服务器已停止。",
		"Older backups cannot be removed: %s":                                             "无法删除旧备份：{1}",
		"the target gives back something else than it was given":                          "存储位置返回的内容与写入的不同",
		"write the history down: %s":                                                      "写入历史数据失败：{1}",
		"try to restore: %s":                                                              "试恢复失败：{1}",
	})
}
