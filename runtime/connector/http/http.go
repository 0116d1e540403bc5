// Package http polls web pages and web services (RFC 9110) and takes values out of their
// answers: JSON by a path, cells of CSV, what a regular expression finds, or the whole text.
// One request a scan serves all tags of one address. A write is a request of its own.
//
// Unless told otherwise every request has a connection to itself: HTTP/1.1 cannot tell an
// answer that comes late or twice from the answer to the next request.
package http

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	nethttp "net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"golang.org/x/net/http/httpguts"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func init() {
	connector.Register(connector.Define(connector.Type{
		Component: spec.Component{
			ID: "http", Version: 1, Icon: "panel-top", Category: "data",
			Title:    spec.Text{"en": "HTTP / REST", "zh": "HTTP / REST"},
			Summary:  spec.Text{"en": "Polls web pages and web services, and writes by requests: JSON, CSV, text.", "zh": "轮询网页和 Web 服务并通过请求写入：JSON、CSV、文本。"},
			Settings: spec.Fields(Settings{}),
		},
		AddressFields: spec.Fields(Address{}),
		CanBrowse:     true,
	}, decodeSettings, newConnector, ParseAddress))
}

// maxBody is the most that is read of one answer, in bytes, after decompression.
const maxBody = 4 << 20

// Settings are those of one device.
type Settings struct {
	URL  string `json:"url" title:"Address" zh:"地址" help:"http://host or https://host, with a port and the beginning of a path if need be." helpZh:"http://主机 或 https://主机，可带端口和路径前缀。" group:"connection" required:"true" min:"1" max:"2048"`
	Auth string `json:"auth" title:"Log in by" zh:"认证方式" group:"connection" enum:"none=Nothing|无,basic=User name and password|用户名和密码,bearer=Bearer token|Bearer 令牌,header=Key in a header|请求头密钥" default:"none"`

	Username string `json:"username,omitempty" title:"User name" zh:"用户名" group:"connection" max:"1024" when:"auth=basic" required:"true"`
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" max:"4096" when:"auth=basic"`
	Token    string `json:"token,omitempty" secret:"true" title:"Token or key" zh:"令牌或密钥" group:"connection" max:"16384" when:"auth=bearer,header" required:"true"`
	Header   string `json:"header" title:"Header of the key" zh:"密钥的请求头" group:"connection" max:"256" when:"auth=header" default:"X-API-Key"`

	// Check is asked when connecting, and must be answered with success. Without it the address
	// itself is asked, and any answer will do.
	Check   string        `json:"check,omitempty" title:"Path asked when connecting" zh:"连接时访问的路径" help:"Must answer with success, so that a wrong password is told at once. If empty, the address itself is asked and any answer will do." helpZh:"必须成功应答，可立即发现密码错误；留空则访问设备地址，任何应答均可。" group:"connection" max:"2048"`
	Timeout spec.Duration `json:"timeout" title:"Time-out of an answer" zh:"应答超时" help:"Never longer than the time-out of the device." helpZh:"不会长于设备的超时。" group:"advanced" default:"5s" min:"50ms" max:"5m" advanced:"true"`
	Headers []Header      `json:"headers,omitempty" title:"Further headers" zh:"其他请求头" group:"advanced" max:"32" advanced:"true"`
	// Redirects says where a reading may be sent on to. A write is never sent on.
	Redirects string `json:"redirects" title:"Follow redirects" zh:"跟随重定向" group:"advanced" enum:"same-host=To the same host|仅同一主机,never=Never|从不,anywhere=Anywhere|任意主机" default:"same-host" advanced:"true"`
	KeepAlive bool   `json:"keepAlive" title:"Keep connections open" zh:"保持连接" help:"Saves time, with TLS above all. A device that answers late or twice can then mix up its answers." helpZh:"节省时间，尤其是使用 TLS 时；但若设备迟发或重复应答，可能造成应答错位。" group:"advanced" default:"false" advanced:"true"`
	Charset   string `json:"charset,omitempty" title:"Encoding" zh:"字符编码" help:"Such as gbk; what the answer says, or UTF-8, if empty." helpZh:"例如 gbk；留空以应答声明为准，否则为 UTF-8。" group:"advanced" max:"40" advanced:"true"`
	Zone      string `json:"zone" title:"Time zone" zh:"时区" help:"Of times that name none: UTC, local, or a name such as Asia/Shanghai." helpZh:"用于未注明时区的时间：UTC、local 或 Asia/Shanghai 等名称。" group:"advanced" default:"UTC" max:"64" advanced:"true"`

	trust.Settings

	base    *url.URL
	zone    *time.Location
	charset *payload.Charset
}

// Header is a header of every request.
type Header struct {
	Name  string `json:"name" title:"Name" zh:"名称" required:"true" min:"1" max:"256"`
	Value string `json:"value" title:"Value" zh:"值" required:"true" max:"8192"`
}

func decodeSettings(raw json.RawMessage) (*Settings, error) {
	s := &Settings{}
	if err := spec.Decode(raw, s); err != nil {
		return nil, err
	}
	var ps spec.Problems
	var err error
	if s.base, err = parseBase(s.URL); err != nil {
		ps.Add("http_url", "/url", "write http://host or https://host/path", "%v", err)
	} else if s.Check != "" {
		if _, err := resolve(s.base, s.Check); err != nil {
			ps.Add("http_url", "/check", "write a path such as /status", "%v", err)
		}
	}
	if s.zone, err = payload.LoadZone(s.Zone); err != nil {
		ps.Add("time_zone", "/zone", "write UTC, local or a name such as Asia/Shanghai", "%v", err)
	}
	if s.charset, err = payload.LoadCharset(s.Charset); err != nil {
		ps.Add("encoding", "/charset", "write utf-8, gbk, utf-16 or latin1", "%v", err)
	}
	if err := s.CheckTLS(); err != nil {
		ps.Add("tls", "/certificate", "paste the text from BEGIN to END, key included", "%v", err)
	}
	for i, h := range append([]Header{{Name: s.Header}}, s.Headers...) {
		at := "/header"
		if i > 0 {
			at = fmt.Sprintf("/headers/%d", i-1)
		}
		if !httpguts.ValidHeaderFieldName(h.Name) || !httpguts.ValidHeaderFieldValue(h.Value) || reserved[nethttp.CanonicalHeaderKey(h.Name)] {
			ps.Add("http_header", at, "give another name; line breaks cannot be in a value", "%q cannot be sent as a header", h.Name)
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return s, nil
}

// reserved are the headers that are not for settings.
var reserved = map[string]bool{"Host": true, "Content-Length": true, "Transfer-Encoding": true, "Connection": true, "Upgrade": true, "Te": true, "Trailer": true, "Accept-Encoding": true}

func parseBase(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	switch {
	case err != nil:
		return nil, errors.New("it is not an address")
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, fmt.Errorf("%q is neither http nor https", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("it names no host")
	case u.User != nil:
		return nil, errors.New("user name and password have fields of their own")
	case u.Fragment != "":
		return nil, errors.New("what follows # is never sent")
	}
	return u, nil
}

// resolve makes an address of a path on the device: from the root with "/", else below the
// address of the device.
func resolve(base *url.URL, path string) (*url.URL, error) {
	ref, err := url.Parse(path)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%q is not a path", path)
	case ref.Scheme != "" || ref.Host != "" || ref.Opaque != "" || strings.HasPrefix(path, "//"):
		return nil, errors.New("another host needs a device of its own")
	case ref.Fragment != "":
		return nil, errors.New("what follows # is never sent")
	}
	u := *base
	switch {
	case strings.HasPrefix(path, "/"):
		u.Path, u.RawPath, u.RawQuery = ref.Path, ref.RawPath, ref.RawQuery
	case ref.Path != "":
		u = *u.JoinPath(ref.EscapedPath())
		u.RawQuery = ref.RawQuery
	case ref.RawQuery != "":
		u.RawQuery = ref.RawQuery
	}
	return &u, nil
}

// Connector is one device.
type Connector struct {
	settings *Settings

	mu     sync.Mutex
	client *nethttp.Client    // nil: not connected
	cancel context.CancelFunc // of what is under way
	pages  []target           // what the tags ask for, for browsing

	// silent are the requests that were not answered since the last answer to any.
	silent map[string]bool
}

func newConnector(s *Settings) *Connector {
	return &Connector{settings: s, silent: map[string]bool{}}
}

// UseTrust implements trust.User.
func (c *Connector) UseTrust(k trust.Keeper) { c.settings.UseTrust(k) }

// Connect implements connector.Connector.
func (c *Connector) Connect(ctx context.Context) error {
	if err := c.Close(); err != nil {
		return err
	}
	client, err := newClient(c.settings)
	if err != nil {
		return err
	}
	ctx, end := c.begin(ctx)
	defer end()
	clear(c.silent)
	if err := c.ask(ctx, client); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if ctx.Err() != nil { // closed meanwhile
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, ctx.Err())
	}
	c.client = client
	return nil
}

// ask has the device answer something.
func (c *Connector) ask(ctx context.Context, client *nethttp.Client) error {
	u, err := resolve(c.settings.base, c.settings.Check)
	if err != nil {
		return err
	}
	a, err := exchange(ctx, client, c.settings, target{method: "GET", url: u.String()}, nil)
	if c.settings.Check == "" && (a.status != 0 || errors.Is(err, errRedirect)) {
		return nil
	}
	if err == nil {
		if refused := refusal(a.status); refused != nil {
			err = fmt.Errorf("%s answers %s", u.Redacted(), refused.Message)
		}
	}
	if err != nil {
		return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
	}
	return nil
}

// begin makes a context that Close ends.
func (c *Connector) begin(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cancel = cancel
	return ctx, cancel
}

// open is the client of the connection, and a context that Close ends.
func (c *Connector) open(ctx context.Context) (*nethttp.Client, context.Context, func(), error) {
	ctx, cancel := context.WithCancel(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil {
		cancel()
		return nil, nil, nil, connector.ErrNotConnected
	}
	c.cancel = cancel
	return c.client, ctx, cancel, nil
}

// Close implements connector.Connector.
func (c *Connector) Close() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cancel != nil {
		c.cancel()
	}
	if c.client != nil {
		c.client.CloseIdleConnections()
		c.client = nil
	}
	return nil
}

func (c *Connector) closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.client == nil
}

// Write implements connector.Connector.
func (c *Connector) Write(ctx context.Context, p connector.Point, v tag.Value) error {
	a, ok := p.Address.(*Address)
	if !ok {
		return &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no HTTP address", p.Path)}
	}
	to, err := a.writing(c.settings.base, v, time.Now())
	if err != nil {
		return err
	}
	client, ctx, end, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer end()
	got, err := exchange(ctx, client, c.settings, to, nil)
	if err != nil {
		err = fmt.Errorf("%s %s: %w", to.method, to.place(), err)
		if !got.sent {
			return fmt.Errorf("%w: %w", connector.ErrNotConnected, err)
		}
		return fmt.Errorf("%w: %w", connector.ErrUncertain, err)
	}
	return written(got)
}

// written says what the answer to a write means.
func written(a answer) error {
	switch {
	case a.status >= 200 && a.status < 300, a.status == nethttp.StatusSeeOther: // done; the way on is for a reader
		return nil
	case a.status == nethttp.StatusBadGateway || a.status == nethttp.StatusGatewayTimeout || a.status == nethttp.StatusRequestTimeout:
		return fmt.Errorf("%w: the answer is %s", connector.ErrUncertain, statusText(a.status))
	case a.status == nethttp.StatusFound: // some pages answer so to a form they took
		return fmt.Errorf("%w: the answer is %s", connector.ErrUncertain, statusText(a.status))
	case a.status < 400:
		return &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s to %s: writes are not sent on", statusText(a.status), a.location)}
	}
	refused := refusal(a.status)
	if refused.Quality == tag.BadConfigurationError || refused.Quality == tag.BadNodeIDUnknown {
		refused.Quality = tag.BadNotWritable
	}
	if text := strings.TrimSpace(string(a.body[:min(len(a.body), 200)])); text != "" && a.text() {
		refused.Message += ": " + text
	}
	return refused
}
