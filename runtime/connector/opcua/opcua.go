// Package opcua is an OPC UA client over TCP in binary (OPC 10000-4 and -6). Values come by
// subscription, or by reading where a server has none. The cryptography of the security
// policies is gopcua's; channel and decoding are our own: see docs/decisions/opcua.md.
//
// A connection counts as lost when the server does not answer, when a subscription falls
// silent, when notifications are missing, and when a chunk is not the next in order. It is
// then built anew from nothing, so that after a restart of the server values really come.
package opcua

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "opcua", Version: 1, Icon: "boxes", Category: "plc",
			Title:    spec.Text{"en": "OPC UA", "zh": "OPC UA"},
			Summary:  spec.Text{"en": "Subscribes to the variables of an OPC UA server, writes them and calls methods.", "zh": "订阅 OPC UA 服务器的变量，可写入变量并调用方法。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		Push:          true,
		CanBrowse:     true,
	}, decodeSettings, func(s *Settings) *Connector { return &Connector{settings: s} }, ParseAddress))
}

// Settings are those of one connection.
type Settings struct {
	// URL is opc.tcp://host:4840/path.
	URL string `json:"url" title:"Server" zh:"服务器地址" help:"opc.tcp://host:4840, with a path if the server has one." helpZh:"opc.tcp://主机:4840，如有路径请一并填写。" group:"connection" required:"true" min:"1" max:"2048"`

	// Security is the security policy; "best" is the strongest that the server offers, never None.
	Security string `json:"security" title:"Security" zh:"安全策略" help:"None lets anybody on the network read along and write." helpZh:"选择“无”时，网络中任何人都可窃听和写入。" group:"security" enum:"best=The best of the server|服务器支持的最强策略,Aes256_Sha256_RsaPss=Aes256_Sha256_RsaPss,Aes128_Sha256_RsaOaep=Aes128_Sha256_RsaOaep,Basic256Sha256=Basic256Sha256,None=None|无" default:"best"`
	Mode     string `json:"mode" title:"Messages are" zh:"消息模式" group:"security" enum:"SignAndEncrypt=signed and encrypted|签名并加密,Sign=signed|仅签名" default:"SignAndEncrypt" when:"security=best,Aes256_Sha256_RsaPss,Aes128_Sha256_RsaOaep,Basic256Sha256"`
	// Trust holds SHA-256 fingerprints of certificates that the server may have, beside those in the
	// trust store of the plant.
	Trust []string `json:"trust,omitempty" title:"Trusted certificates" zh:"受信任的证书" help:"SHA-256 fingerprints of certificates that the server may have. Not needed where the certificate is trusted when a test shows it, or on the page of certificates." helpZh:"服务器可使用的证书的 SHA-256 指纹。若在测试时或“证书”页面中已信任该证书，则无需填写。" group:"security" max:"20" advanced:"true"`

	User     string `json:"user" title:"Log in" zh:"登录方式" group:"connection" enum:"anonymous=without a name|匿名,password=with name and password|用户名和密码,certificate=with a certificate|证书" default:"anonymous"`
	Username string `json:"username,omitempty" title:"User name" zh:"用户名" group:"connection" required:"true" max:"1024" when:"user=password"`
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" max:"1024" when:"user=password"`
	// PlainPassword allows a password to be sent unencrypted.
	PlainPassword   bool   `json:"plainPassword" title:"Send the password unencrypted" zh:"明文发送密码" help:"For servers that have no certificate; anybody on the network can read it." helpZh:"用于没有证书的服务器；网络中任何人都可读取密码。" group:"connection" default:"false" when:"user=password" advanced:"true"`
	UserCertificate string `json:"userCertificate,omitempty" kind:"text" title:"Certificate of the user (PEM)" zh:"用户证书 (PEM)" group:"connection" required:"true" when:"user=certificate"`
	UserKey         string `json:"userKey,omitempty" secret:"true" title:"Key of the user's certificate (PEM)" zh:"用户证书密钥 (PEM)" group:"connection" required:"true" when:"user=certificate"`

	AcceptExpired   bool   `json:"acceptExpired" title:"Accept an expired certificate" zh:"接受过期证书" help:"Of a certificate that is trusted." helpZh:"仅限受信任的证书。" group:"security" default:"false" advanced:"true"`
	AcceptOtherHost bool   `json:"acceptOtherHost" title:"Accept a certificate for another host" zh:"接受其他主机的证书" help:"Of a certificate that is trusted." helpZh:"仅限受信任的证书。" group:"security" default:"false" advanced:"true"`
	Certificate     string `json:"certificate,omitempty" kind:"text" title:"Certificate of this application (PEM)" zh:"本应用证书 (PEM)" help:"Lineside makes and keeps one of its own if empty." helpZh:"留空则由 Lineside 自动生成并保存。" group:"security" advanced:"true"`
	Key             string `json:"key,omitempty" secret:"true" title:"Key of this application's certificate (PEM)" zh:"本应用证书密钥 (PEM)" group:"security" advanced:"true"`

	// Acquire is how values are had.
	Acquire  string        `json:"acquire" title:"Get values by" zh:"取值方式" help:"Reading is for small servers that know no subscriptions." helpZh:"读取用于不支持订阅的小型服务器。" group:"connection" enum:"subscribe=Subscription|订阅,read=Reading|读取" default:"subscribe" advanced:"true"`
	Interval spec.Duration `json:"interval" title:"Publishing interval" zh:"发布间隔" help:"How often the server sends what has changed; how often everything is read." helpZh:"服务器发送变化的间隔；读取方式下为读取间隔。" group:"connection" default:"500ms" min:"10ms" max:"1h"`
	// Sampling is the sampling interval of points that have none of their own.
	Sampling spec.Duration `json:"sampling" title:"Sampling interval" zh:"采样间隔" help:"How often the server looks at a variable; 0s is as often as it publishes." helpZh:"服务器检查变量的间隔；0s 表示与发布间隔相同。" group:"advanced" default:"0s" min:"0s" max:"1h" advanced:"true"`
	// KeepAlive is how long the server may be silent when nothing changes.
	KeepAlive spec.Duration `json:"keepAlive" title:"Keep-alive" zh:"保活间隔" help:"A server that is silent for twice as long is lost." helpZh:"服务器静默超过该时间的两倍即视为断开。" group:"advanced" default:"5s" min:"500ms" max:"10m" advanced:"true"`
	Timeout   spec.Duration `json:"timeout" title:"Reply time-out" zh:"应答超时" group:"advanced" default:"5s" min:"100ms" max:"1m" advanced:"true"`
	MaxItems  int           `json:"maxItems" title:"Nodes a request" zh:"每次请求的节点数" help:"Less if the server says that it takes less." helpZh:"若服务器声明的上限更小，则以其为准。" group:"advanced" default:"1000" min:"1" max:"10000" advanced:"true"`

	address string
	host    string
	trusted map[string]bool
	own     *identity // nil: that of the application
	user    *identity
	keeper  trust.Keeper
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	if err := s.parseURL(); err != nil {
		ps.Add("opcua_url", "/url", "write opc.tcp://host:4840", "address of the server: %v", err)
	}
	s.trusted = map[string]bool{}
	for i, t := range s.Trust {
		f, err := parseFingerprint(t)
		if err != nil {
			ps.Add("opcua_fingerprint", fmt.Sprintf("/trust/%d", i), "paste the fingerprint that the connection test names", "%v", err)
		}
		s.trusted[f] = true
	}
	pair := func(certificate, key, at string) *identity {
		if certificate == "" && key == "" || strings.HasPrefix(key, "secret:") {
			return nil // in a document a secret is a reference, and only the whole can be checked
		}
		i, err := parseIdentity(certificate, key)
		if err != nil {
			ps.Add("opcua_certificate", at, "paste the text from BEGIN to END, key included", "%v", err)
		}
		return i
	}
	s.own = pair(s.Certificate, s.Key, "/certificate")
	if s.own != nil && s.own.uri == "" {
		ps.Add("opcua_certificate", "/certificate", "make one whose subject alternative name has a URI", "the certificate names no application URI")
	}
	if s.User == "certificate" {
		s.user = pair(s.UserCertificate, s.UserKey, "/userCertificate")
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *Settings) parseURL() error {
	u, err := url.Parse(s.URL)
	switch {
	case err != nil:
		return errors.New("it is not an address")
	case u.Scheme != "opc.tcp":
		return fmt.Errorf("%q is not opc.tcp", u.Scheme)
	case u.Hostname() == "":
		return errors.New("it names no host")
	case u.User != nil:
		return errors.New("user name and password have fields of their own")
	}
	port := u.Port()
	if port == "" {
		port = "4840"
	}
	s.host, s.address = u.Hostname(), net.JoinHostPort(u.Hostname(), port)
	return nil
}

// identity is our certificate for this connection.
func (s *Settings) identity() (*identity, error) {
	if s.own != nil {
		return s.own, nil
	}
	return ownIdentity(s.keeper)
}

// Connector is one connection.
type Connector struct {
	settings *Settings

	mu      sync.Mutex
	session *session
	cancel  context.CancelFunc // of a Connect under way
	done    chan struct{}      // closed when that Connect has ended
	results results
}

// UseTrust implements trust.User.
func (c *Connector) UseTrust(k trust.Keeper) { c.settings.keeper = k }

// Connect implements connector.Connector.
func (c *Connector) Connect(ctx context.Context) error {
	if err := c.Close(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan struct{})
	defer close(done)
	c.mu.Lock()
	c.cancel, c.done = cancel, done
	c.mu.Unlock()
	s, err := openSession(ctx, c.settings)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel, c.done = nil, nil
	if err != nil {
		if ctx.Err() != nil && !errors.Is(err, connector.ErrNotConnected) {
			err = lost("%w", err)
		}
		return err
	}
	if ctx.Err() != nil { // closed meanwhile
		s.channel.drop(lost("%w", errGone))
		s.close()
		return lost("%w", ctx.Err())
	}
	c.session = s
	return nil
}

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	s, done := c.session, c.done
	c.session = nil
	if c.cancel != nil {
		c.cancel()
	}
	c.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-time.After(goodbye): // Connect ends on its own
		}
	}
	if s != nil {
		s.close()
	}
	return nil
}

func (c *Connector) current() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// Plan implements connector.Connector: everything is pushed.
func (c *Connector) Plan([]connector.Point) []connector.Request { return nil }
