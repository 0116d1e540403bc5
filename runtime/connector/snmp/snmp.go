// Package snmp is an SNMP manager: versions 1 (RFC 1157), 2c (RFC 3416) and 3 with the
// user-based security model (RFC 3414), over UDP. Messages are packed and checked by
// gosnmp; what is asked for at once, what of an answer is believed, and what values mean
// is here. See docs/decisions/snmp.md.
package snmp

import (
	"context"
	"encoding/json"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "snmp", Version: 1, Icon: "router", Category: "it",
			Title: spec.Text{"en": "SNMP", "zh": "SNMP"},
			Summary: spec.Text{
				"en": "Reads and writes switches, power supplies, printers, servers and whatever else is managed by SNMP 1, 2c or 3.",
				"zh": "读写交换机、不间断电源、打印机、服务器等支持 SNMP 1、2c 或 3 的设备。",
			},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		CanBrowse:     true,
	}, decodeSettings, New, ParseAddress))
}

// Settings are those of one device.
type Settings struct {
	Host    string `json:"host" title:"Host" zh:"主机" help:"Name or IP address of the device." helpZh:"设备的名称或 IP 地址。" group:"connection" required:"true" min:"1" max:"253"`
	Port    int    `json:"port" title:"Port" zh:"端口" group:"connection" default:"161" min:"1" max:"65535"`
	Version string `json:"version" title:"Version" zh:"版本" help:"Version 3 is the only one that encrypts." helpZh:"只有版本 3 支持加密。" group:"connection" enum:"2c=SNMP 2c,3=SNMP 3,1=SNMP 1" default:"2c"`
	// Community is what reading asks for, WriteCommunity what writing does.
	Community      string `json:"community" title:"Community" zh:"团体名" help:"“public” if empty. It goes over the network in clear text." helpZh:"留空为 “public”。以明文在网络上传输。" group:"connection" secret:"true" when:"version=1,2c" max:"127"`
	WriteCommunity string `json:"writeCommunity" title:"Community for writing" zh:"写团体名" help:"That of reading if empty." helpZh:"留空则与读团体名相同。" group:"connection" secret:"true" when:"version=1,2c" max:"127"`
	// The rest of the group is the user-based security model (RFC 3414).
	User         string `json:"user" title:"User" zh:"用户名" group:"connection" required:"true" when:"version=3" max:"32"`
	Security     string `json:"security" title:"Security" zh:"安全级别" group:"connection" when:"version=3" enum:"authPriv=Password and encryption|认证并加密,auth=Password|认证,none=None|无" default:"authPriv"`
	AuthProtocol string `json:"authProtocol" title:"Authentication" zh:"认证算法" group:"connection" when:"version=3" enum:"sha=SHA-1,sha224=SHA-224,sha256=SHA-256,sha384=SHA-384,sha512=SHA-512,md5=MD5" default:"sha"`
	AuthPassword string `json:"authPassword" title:"Password" zh:"认证密码" help:"At least 8 characters." helpZh:"至少 8 个字符。" group:"connection" secret:"true" when:"version=3" max:"255"`
	PrivProtocol string `json:"privProtocol" title:"Encryption" zh:"加密算法" help:"AES-192 and AES-256 are no standard; with C is Cisco's way of making the key." helpZh:"AES-192 和 AES-256 非标准；带 C 为思科的密钥生成方式。" group:"connection" when:"version=3" enum:"aes=AES-128,aes192=AES-192,aes256=AES-256,aes192c=AES-192 C,aes256c=AES-256 C,des=DES" default:"aes"`
	PrivPassword string `json:"privPassword" title:"Password of the encryption" zh:"加密密码" help:"At least 8 characters." helpZh:"至少 8 个字符。" group:"connection" secret:"true" when:"version=3" max:"255"`
	Context      string `json:"context" title:"Context" zh:"上下文" help:"Of a device that holds several; else empty." helpZh:"设备含多个上下文时填写，否则留空。" group:"advanced" advanced:"true" when:"version=3" max:"32"`
	// Timeout bounds the wait for one answer.
	Timeout spec.Duration `json:"timeout" title:"Reply time-out" zh:"应答超时" group:"connection" default:"2s" min:"10ms" max:"1m"`

	MaxObjects     int `json:"maxObjects" title:"Objects a request" zh:"每次请求的对象数" help:"A device that finds the answer too big is asked for fewer." helpZh:"若设备认为应答过大，会自动减少。" group:"advanced" advanced:"true" default:"40" min:"1" max:"100"`
	MaxRepetitions int `json:"maxRepetitions" title:"Objects a step of browsing" zh:"浏览时每步的对象数" group:"advanced" advanced:"true" default:"30" min:"1" max:"100"`
}

// secretPrefix begins a setting that stands for a secret kept elsewhere.
const secretPrefix = "secret:"

func decodeSettings(raw json.RawMessage) (Settings, error) {
	var s Settings
	if err := spec.Decode(raw, &s); err != nil {
		return s, err
	}
	if s.Version != "3" {
		return s, nil
	}
	var ps spec.Problems
	password := func(at, text string) {
		if !strings.HasPrefix(text, secretPrefix) && len(text) < 8 {
			ps.Add("snmp_password", at, "Give the one that the device has, or choose a lower level of security.", "A password of SNMP 3 has at least 8 characters.")
		}
	}
	if s.Security != "none" {
		password("/authPassword", s.AuthPassword)
	}
	if s.Security == "authPriv" {
		password("/privPassword", s.PrivPassword)
	}
	return s, ps.Err()
}

// Connector is one device.
type Connector struct {
	settings *Settings
	session  session

	// What was found out since it was connected belongs to the engine's goroutine.
	most    int                // objects a request, as far as the device takes them
	refused map[string]refusal // by OID; version 1 only
	kinds   map[string]kind    // by OID: in what type to write
}

// New makes a connector of settings that Check accepted. It does not connect.
func New(s Settings) *Connector {
	c := &Connector{settings: &s}
	c.session.settings = c.settings
	c.forget()
	return c
}

func (c *Connector) forget() {
	c.most, c.refused, c.kinds = c.settings.MaxObjects, map[string]refusal{}, map[string]kind{}
}

// sysUpTime and its neighbours (RFC 3418) are what every agent has.
const (
	oidDescription = "1.3.6.1.2.1.1.1.0"
	oidUpTime      = "1.3.6.1.2.1.1.3.0"
	oidName        = "1.3.6.1.2.1.1.5.0"
)

// Connect implements connector.Connector. There is no connection to be made: a device
// that answers one question is there. In version 3 this begins by asking for its engine.
func (c *Connector) Connect(ctx context.Context) error {
	c.forget()
	return c.session.open(ctx)
}

// Close implements connector.Connector.
func (c *Connector) Close() error { return c.session.close() }

// Identify implements connector.Identifier: sysName and sysDescr (RFC 3418).
func (c *Connector) Identify(ctx context.Context) (string, error) {
	var facts []string
	for _, oid := range []string{oidName, oidDescription} {
		answer, err := c.session.get(ctx, []string{oid})
		if err != nil {
			return "", err
		}
		if len(answer.Variables) != 1 {
			continue
		}
		text := point{format: "text", typ: tag.String}
		if v, q := text.decode(answer.Variables[0]); q == tag.Good && v.Text() != "" {
			facts = append(facts, strings.Join(strings.Fields(v.Text()), " "))
		}
	}
	return strings.Join(facts, " · "), nil
}
