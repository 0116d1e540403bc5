package target

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"%q cannot be an id.":                                                "{1} 不能作为标识。",
		`Write 1 to 64 letters, digits, "_" and "-".`:                        "请使用 1 到 64 个字母、数字、“_”和“-”。",
		"The folder is missing.":                                             "缺少目录。",
		"Give the absolute path of a folder of the server.":                  "请填写服务器上目录的绝对路径。",
		"%q is no absolute path.":                                            "{1} 不是绝对路径。",
		"%q is not the address of an S3 server.":                             "{1} 不是 S3 服务器的地址。",
		`Write it like "https://s3.example.com" or "http://192.0.2.7:9000".`: "例如 “https://s3.example.com” 或 “http://192.0.2.7:9000”。",
		"%q cannot be the name of a bucket.":                                 "{1} 不能作为存储桶的名称。",
		"Write 3 to 63 small letters, digits, dots and hyphens.":             "请使用 3 到 63 个小写字母、数字、点和连字符。",
		"%q cannot begin the names of files.":                                "{1} 不能作为文件名的开头。",
		`Write it like "plant1/backup", without a slash at its ends.`:        "例如 “plant1/backup”，首尾不含斜杠。",
		"The access key is missing.":                                         "缺少访问密钥。",
		"Give the access key of the S3 server.":                              "请填写 S3 服务器的访问密钥。",
		"There is no kind of target %q.":                                     "没有类型为 {1} 的存储位置。",
	})
}
