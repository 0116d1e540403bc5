package trust

import "github.com/lineside/lineside/runtime/spec"

func init() {
	spec.Chinese(map[string]string{
		"the CA holds no certificate in PEM form":                              "CA 中没有 PEM 格式的证书",
		"client certificate and key: %s":                                       "客户端证书和密钥：{1}",
		"the certificate is not in PEM form":                                   "证书不是 PEM 格式",
		"the certificate: %w":                                                  "证书：{1}",
		"the key is not in PEM form":                                           "密钥不是 PEM 格式",
		"the key: %w":                                                          "密钥：{1}",
		"the key is not an RSA key":                                            "密钥不是 RSA 密钥",
		"the key does not belong to the certificate":                           "密钥与证书不匹配",
		"the server shows no certificate":                                      "服务器没有出示证书",
		"%q, valid until %s, SHA-256 fingerprint %s":                           "{1}，有效期至 {2}，SHA-256 指纹 {3}",
		"The certificate of %s was rejected by an administrator: %s":           "{1} 的证书已被管理员拒绝：{=2}",
		"If it shall be used after all, trust it on the page of certificates.": "如仍需使用，请在“证书”页面中信任该证书。",
		"Compare the fingerprint with the one that the device itself shows; if it is the same, an administrator can trust the certificate.": "请与设备自身显示的指纹核对；若相同，管理员可信任该证书。",
		"The certificate of %s is not trusted, it signed itself: %s":                                                                        "{1} 的证书不受信任，为自签名证书：{=2}",
		"The certificate of %s is not trusted, nobody knows who signed it (%s): %s":                                                         "{1} 的证书不受信任，签发者未知（{2}）：{=3}",
		"The certificate of %s is not one for servers: %s":                                                                                  "{1} 的证书不是服务器证书：{=2}",
		"The certificate of %s is valid from %s to %s only: %s":                                                                             "{1} 的证书仅在 {2} 至 {3} 期间有效：{=4}",
		"The certificate of %s is for %s: %s":                                                                                               "{1} 的证书属于 {2}：{=3}",
		"The certificate of %s is for another application (%s): %s":                                                                         "{1} 的证书属于另一个应用程序（{2}）：{=3}",
		"Give the device a new certificate and check the clocks, or have an administrator trust this one although it is out of date.":       "请为设备更换证书并检查时钟，或由管理员信任此证书（即使不在有效期内）。",
		"Connect by a name that the certificate has, or have an administrator trust it although the name differs.":                          "请使用证书中的名称连接，或由管理员信任此证书（即使名称不符）。",
		"Look whether the address leads to the right device, or have an administrator trust the certificate although the name differs.":     "请检查地址是否指向正确的设备，或由管理员信任此证书（即使名称不符）。",
	})
}
