package certificate

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"The file has %d bytes, more than %d.":                                                                    "文件有 {1} 字节，超过 {2} 字节。",
		"Give a file with one authority.":                                                                         "请提供只含一个机构的文件。",
		"The file holds no certificate.":                                                                          "文件中没有证书。",
		"Give a certificate in PEM or DER form: .pem, .crt, .cer or .der.":                                        "请提供 PEM 或 DER 格式的证书：.pem、.crt、.cer 或 .der。",
		"A certificate of the file cannot be read: %v.":                                                           "无法读取文件中的证书：{1}。",
		"Have it written anew by who made it.":                                                                    "请让证书的制作者重新导出。",
		"The file holds %d certificates, more than %d.":                                                           "文件中有 {1} 个证书，超过 {2} 个。",
		"Give a file with the authorities of the plant only.":                                                     "请提供只含工厂机构的文件。",
		"%q is not the certificate of an authority.":                                                              "{1} 不是机构的证书。",
		"Give the certificate of who signed it. That of a single device is trusted when the device has shown it.": "请提供签发者的证书。单个设备的证书在设备出示后再信任。",
		"The certificate of %q ended on %s.":                                                                      "{1} 的证书已于 {2} 到期。",
		"Give the present certificate of the authority.":                                                          "请提供该机构当前的证书。",
	})
}
