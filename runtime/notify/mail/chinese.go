package mail

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		`Write a name such as "smtp.example.com", without a port.`: `请填写名称，例如 "smtp.example.com"，不含端口。`,
		"The mail server is not a name or an address.":             "邮件服务器既不是名称也不是地址。",
		`Write an address such as "alarms@example.com".`:           `请填写地址，例如 "alarms@example.com"。`,
		"The sender is not an e-mail address.":                     "发件人不是电子邮件地址。",
		"Paste the certificate in PEM form.":                       "请粘贴 PEM 格式的证书。",
		"%s.":                                                      "{1}。",
	})
}
