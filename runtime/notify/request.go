package notify

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/connector/trust"
	"github.com/lineside/lineside/runtime/spec"
)

// Request is how a service is asked over HTTP: what kinds of channels for webhooks and SMS have in common. Its texts have
// placeholders, those of templates and {subject}, {text}, {to}, {lines}, {key}, {unix} and {state}.
type Request struct {
	// URL is a secret: for most services who knows it may send.
	URL    string `json:"url" secret:"true" title:"Address" zh:"地址" help:"Where messages are sent: https://… Placeholders such as {to} and {text} may stand in it." helpZh:"消息发送到的地址：https://…，其中可使用 {to}、{text} 等占位符。" group:"connection" required:"true" max:"2000"`
	Method string `json:"method" title:"Method" zh:"方法" group:"connection" enum:"POST,PUT,GET" default:"POST" advanced:"true"`
	Format string `json:"format" title:"Body" zh:"消息格式" group:"content" enum:"json=JSON,form=Form fields|表单,text=Plain text|纯文本,none=None|无" default:"json" advanced:"true"`
	// Body is a template. In JSON and forms values are escaped.
	Body    string   `json:"body,omitempty" kind:"text" title:"Template" zh:"模板" help:"What is sent, with placeholders: {subject}, {text}, {title}, {value}, {limit}, {unit}, {priority}, {area}, {time}, {message}, {action}, {link}, {to}, {key}. All of them as JSON if empty." helpZh:"发送的内容，可使用占位符：{subject}、{text}、{title}、{value}、{limit}、{unit}、{priority}、{area}、{time}、{message}、{action}、{link}、{to}、{key}。留空则以 JSON 发送全部内容。" group:"content" max:"16384" when:"format=json,form,text" advanced:"true"`
	Headers []Header `json:"headers,omitempty" title:"Headers" zh:"请求头" group:"connection" max:"20" advanced:"true"`
	User    string   `json:"user,omitempty" title:"User" zh:"用户名" help:"For HTTP authentication, if the service wants it." helpZh:"服务需要 HTTP 认证时填写。" group:"connection" max:"256" advanced:"true"`
	// Password goes with User.
	Password string `json:"password,omitempty" secret:"true" title:"Password" zh:"密码" group:"connection" max:"1024" advanced:"true"`
	// Expect says which answer is a good one, beside the status: "errcode=0" for a field of JSON, "=ok" for all
	// of it, or a text that it holds.
	Expect string `json:"expect,omitempty" title:"Good answer" zh:"成功应答" help:"errcode=0 for a field of a JSON answer, =ok for the whole answer, or a text that it holds. The HTTP status alone counts if empty." helpZh:"例如 JSON 字段 errcode=0，=ok 表示整个应答，或应答中包含的文本。留空则仅看 HTTP 状态。" group:"connection" max:"200" advanced:"true"`
	Most   int    `json:"most,omitempty" title:"Bytes of text at most" zh:"文本最大字节数" help:"Longer texts are cut, for services that refuse them." helpZh:"超出部分会被截断，适用于限制长度的服务。" group:"content" min:"100" max:"100000" advanced:"true"`
	trust.Settings
}

// Header is one header of a request.
type Header struct {
	Name  string `json:"name" title:"Name" zh:"名称" required:"true" min:"1" max:"100"`
	Value string `json:"value" secret:"true" title:"Value" zh:"值" max:"2000"`
}

// forbidden are headers that a request has by itself.
var forbidden = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Content-Type"}

// Check tells what is wrong. Secrets may be references yet.
func (r *Request) Check() spec.Problems {
	var ps spec.Problems
	if r.URL != "" && !strings.HasPrefix(r.URL, "secret:") {
		if _, err := checkURL(r.URL); err != nil {
			ps.Add("url_invalid", "/url", `Write an address such as "https://hooks.example.com/abc".`, "The address is not one of a web service.")
		}
	}
	if r.Format == "json" && r.Body != "" {
		if err := spec.Strict([]byte(r.Body)); err != nil {
			ps.Add("template_invalid", "/body", `Write JSON, with placeholders inside of texts: {"text":"{subject}"}.`, "The template is not JSON: %s", err)
		}
	}
	for _, m := range hole.FindAllStringSubmatch(r.Body, -1) {
		if !slices.Contains(Placeholders, m[1]) && !slices.Contains(more, m[1]) {
			ps.Add("placeholder_unknown", "/body", "Known are "+knownPlaceholders()+", {subject}, {text}, {to}, {lines}, {key}, {unix} and {state}.", "There is no placeholder {%s}.", clip(m[1], 40))
		}
	}
	for i, h := range r.Headers {
		at := fmt.Sprintf("/headers/%d/name", i)
		if h.Name == "" || strings.ContainsFunc(h.Name, func(c rune) bool { return c > 126 || c < 33 || strings.ContainsRune(`()<>@,;:\"/[]?={}`, c) }) {
			ps.Add("header_invalid", at, "Write the name of a header: Authorization.", "%q is not the name of a header.", clip(h.Name, 80))
		} else if slices.ContainsFunc(forbidden, func(f string) bool { return strings.EqualFold(f, h.Name) }) {
			ps.Add("header_invalid", at, "Remove it.", "The header %s is set by itself.", h.Name)
		}
		if strings.ContainsFunc(h.Value, unicode.IsControl) {
			ps.Add("header_invalid", fmt.Sprintf("/headers/%d/value", i), "Write it in one line.", "The value of a header has no line breaks.")
		}
	}
	if err := r.CheckTLS(); err != nil {
		ps.Add("certificate_invalid", "/ca", "Paste the certificate in PEM form.", "%s.", err)
	}
	return ps
}

// checkURL reads the address of a service. Placeholders stand in the path or the query.
func checkURL(s string) (*url.URL, error) {
	u, err := url.Parse(hole.ReplaceAllString(s, "x"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil || u.Fragment != "" {
		return nil, errors.New("not an address")
	}
	if rest, _ := strings.CutPrefix(s, u.Scheme+"://"); strings.ContainsAny(strings.SplitN(rest, "/", 2)[0], "{}") {
		return nil, errors.New("the host has a placeholder")
	}
	return u, nil
}

// Sign puts a signature into a request: into its address, its headers or its body, which it gives back.
type Sign func(u *url.URL, h http.Header, body []byte, now time.Time) ([]byte, error)

// Caller asks one service.
type Caller struct {
	request *Request
	client  *http.Client
	now     func() time.Time
	sign    Sign
}

// NewCaller makes a caller of a request whose secrets are in plain. sign may be nil.
func NewCaller(r *Request, h Host, sign Sign) (*Caller, error) {
	u, err := checkURL(r.URL)
	if err != nil {
		return nil, errors.New("the address is not one of a web service")
	}
	r.UseTrust(h.Trust)
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	config, err := r.ClientTLS(net.JoinHostPort(u.Hostname(), port))
	if err != nil {
		return nil, err
	}
	now := h.Now
	if now == nil {
		now = time.Now
	}
	return &Caller{request: r, client: OutboundClient(config, nil), now: now, sign: sign}, nil
}

// OutboundClient is a client for services outside: it goes no detours. allowed says to which addresses it may connect; nil is
// all but those of this link, where clouds answer with secrets of their own, and those of nobody.
func OutboundClient(config *tls.Config, allowed func(netip.Addr) bool) *http.Client {
	if allowed == nil {
		allowed = func(a netip.Addr) bool {
			return !a.IsLinkLocalUnicast() && !a.IsMulticast() && !a.IsUnspecified()
		}
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		a, err := netip.ParseAddrPort(address)
		if err != nil || !allowed(a.Addr().Unmap()) {
			return Permanent(fmt.Errorf("messages are not sent to %s", address))
		}
		return nil
	}}
	return &http.Client{
		Transport: &http.Transport{
			Proxy: http.ProxyFromEnvironment, DialContext: dialer.DialContext, TLSClientConfig: config, TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true,
			MaxIdleConns: 8, MaxConnsPerHost: 8, IdleConnTimeout: 30 * time.Second, ResponseHeaderTimeout: sendTimeout, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			first := via[0].URL
			if len(via) > 3 || r.URL.Host != first.Host || r.URL.Scheme != first.Scheme {
				return http.ErrUseLastResponse
			}
			return nil
		},
	}
}

// maxAnswer is the most that is read of an answer.
const maxAnswer = 64 << 10

// Call sends a message and judges the answer.
func (c *Caller) Call(ctx context.Context, m Message) (string, error) {
	r := c.request
	fields := make(map[string]string, len(m.Fields)+6)
	for k, v := range m.Fields {
		fields[k] = v
	}
	fields["subject"], fields["text"], fields["link"], fields["to"], fields["key"] = m.Subject, m.Text, m.Link, m.To, m.Key
	if r.Most > 0 {
		fields["text"] = cut(fields["text"], max(0, r.Most-len(m.Subject)-1))
	}
	fields["lines"] = strings.ReplaceAll(fields["text"], "\n", "\n\n") // how Markdown wants lines
	now := c.now()
	if fields["unix"] == "" {
		fields["unix"] = strconv.FormatInt(now.Unix(), 10)
	}
	target, err := url.Parse(putWith(r.URL, fields, url.QueryEscape))
	if err != nil {
		return "", Permanent(errors.New("the address is not one of a web service"))
	}
	body, kind, err := r.body(fields)
	if err != nil {
		return "", Permanent(err)
	}
	header := http.Header{"User-Agent": {"Lineside"}}
	if kind != "" {
		header.Set("Content-Type", kind)
	}
	if m.Key != "" {
		// A service that knows it tells people once (draft-ietf-httpapi-idempotency-key-header).
		header.Set("Idempotency-Key", `"`+shortKey(m.Key)[:32]+`"`)
	}
	for _, h := range r.Headers {
		header.Set(h.Name, oneLine(h.Value))
	}
	if c.sign != nil {
		if body, err = c.sign(target, header, body, now); err != nil {
			return "", Permanent(err)
		}
	}
	request, err := http.NewRequestWithContext(ctx, r.Method, target.String(), bytes.NewReader(body))
	if err != nil {
		return "", Permanent(withoutURL(err))
	}
	request.Header = header
	if r.User != "" {
		request.SetBasicAuth(r.User, r.Password)
	}
	answer, err := c.client.Do(request)
	if err != nil {
		return "", withoutURL(err)
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(io.LimitReader(answer.Body, maxAnswer)) // what came of it counts
	return Judge(answer, text, r.Expect)
}

// withoutURL takes the address out of an error: it is a secret.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// Judge says whether an answer is a good one: by its status, and by what is expected of it.
func Judge(answer *http.Response, text []byte, expect string) (string, error) {
	said := tidy(oneLine(answer.Status+" "+string(text)), 500)
	switch code := answer.StatusCode; {
	case code >= 200 && code < 300:
		if !expected(text, expect) {
			// A service that answers so is asked again: it may want less at a time, or be set up right soon.
			return "", errors.New(said)
		}
		return said, nil
	case code >= 300 && code < 400:
		return "", fmt.Errorf("%s: it leads elsewhere, which is not followed", answer.Status)
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		if after := retryAfter(answer.Header.Get("Retry-After"), time.Now()); after > 0 {
			return "", &Later{Err: errors.New(said), After: after}
		}
		return "", errors.New(said)
	case code == http.StatusBadRequest, code == http.StatusGone, code == http.StatusRequestEntityTooLarge, code == http.StatusUnprocessableEntity:
		return "", Permanent(errors.New(said))
	default:
		return "", errors.New(said)
	}
}

// retryAfter reads the header (RFC 9110, 10.2.3).
func retryAfter(s string, now time.Time) time.Duration {
	if n, err := strconv.Atoi(s); err == nil && n > 0 && n < 1<<20 {
		return time.Duration(n) * time.Second
	}
	if t, err := http.ParseTime(s); err == nil {
		return t.Sub(now)
	}
	return 0
}

// expected reports whether an answer holds what is expected.
func expected(text []byte, expect string) bool {
	if expect == "" {
		return true
	}
	name, want, field := strings.Cut(expect, "=")
	if field && name == "" {
		return strings.TrimSpace(string(text)) == want
	}
	var doc map[string]any
	if field && json.Unmarshal(text, &doc) == nil {
		var at any = doc
		for part := range strings.SplitSeq(name, ".") {
			m, _ := at.(map[string]any)
			at = m[part]
		}
		return at != nil && fmt.Sprint(at) == want
	}
	return bytes.Contains(text, []byte(expect))
}

// Render makes what is sent of the values of placeholders.
func (r *Request) Render(fields map[string]string) ([]byte, error) {
	body, _, err := r.body(fields)
	return body, err
}

// body makes what is sent, and its media type.
func (r *Request) body(fields map[string]string) ([]byte, string, error) {
	switch r.Format {
	case "none":
		return nil, "", nil
	case "text":
		text := r.Body
		if text == "" {
			text = "{subject}\n{text}"
		}
		return []byte(put(text, fields)), "text/plain; charset=utf-8", nil
	case "form":
		return []byte(putWith(strings.TrimSpace(r.Body), fields, url.QueryEscape)), "application/x-www-form-urlencoded", nil
	}
	if r.Body == "" {
		all := make(map[string]string, len(fields))
		for k, v := range fields {
			if k != "lang" && k != "lines" {
				all[k] = v
			}
		}
		body, err := json.Marshal(all)
		return body, "application/json", err
	}
	var doc any
	d := json.NewDecoder(strings.NewReader(r.Body))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, "", fmt.Errorf("the template is not JSON: %w", err)
	}
	doc, _ = fillJSON(doc, fields)
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return nil, "", err
	}
	return bytes.TrimSpace(b.Bytes()), "application/json", nil
}

// fillJSON puts values into the texts of a document, so that no value can become anything else. An element of a list that
// would hold an empty link is left out: a button that leads nowhere.
func fillJSON(v any, fields map[string]string) (out any, empty bool) {
	switch x := v.(type) {
	case string:
		return put(x, fields), strings.Contains(x, "{link}") && fields["link"] == ""
	case map[string]any:
		for k := range x {
			var e bool
			x[k], e = fillJSON(x[k], fields)
			empty = empty || e
		}
		return x, empty
	case []any:
		kept := x[:0]
		for _, one := range x {
			if one, e := fillJSON(one, fields); !e {
				kept = append(kept, one)
			}
		}
		return kept, false
	}
	return v, false
}

// putWith puts values into a text, each through escape.
func putWith(text string, fields map[string]string, escape func(string) string) string {
	return hole.ReplaceAllStringFunc(text, func(h string) string {
		if v, known := fields[h[1:len(h)-1]]; known {
			return escape(v)
		}
		return h
	})
}

// cut cuts a text to a number of bytes, between characters.
func cut(s string, most int) string {
	if len(s) <= most {
		return s
	}
	most = max(0, most-len("…"))
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "…"
}

// HMAC is the base64 of HMAC-SHA256 (RFC 2104).
func HMAC(key, text string) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(m.Sum(nil))
}

// HexHMAC is the same in hexadecimal digits.
func HexHMAC(key string, text []byte) string {
	m := hmac.New(sha256.New, []byte(key))
	m.Write(text)
	return hex.EncodeToString(m.Sum(nil))
}
