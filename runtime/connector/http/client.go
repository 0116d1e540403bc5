package http

import (
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"mime"
	"net"
	nethttp "net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/payload"
	"github.com/lineside/lineside/runtime/tag"
)

// maxRedirects is how often a request is sent on.
const maxRedirects = 5

// errRedirect says that a request was not sent on.
var errRedirect = errors.New("the answer leads elsewhere")

// target is what a request asks for. Equal targets are one request.
type target struct {
	method, url, body, kind string
}

// place is the address without what may be secret.
func (t *target) place() string {
	u, err := url.Parse(t.url)
	if err != nil {
		return "?"
	}
	return u.Redacted()
}

// validators are those of the last answer (RFC 9110, clause 8.8).
type validators struct{ etag, modified string }

// validatorsOf are those of an answer, none if it changed within the last two seconds: what is
// made of the second of the change may not tell the next change (RFC 9110, clause 8.8.2.2).
func validatorsOf(h nethttp.Header) validators {
	v := validators{h.Get("ETag"), h.Get("Last-Modified")}
	if v.modified != "" {
		changed, err := nethttp.ParseTime(v.modified)
		now, errNow := nethttp.ParseTime(h.Get("Date"))
		if err != nil || errNow != nil || now.Sub(changed) < 2*time.Second {
			return validators{}
		}
	}
	return v
}

// answer is what came back.
type answer struct {
	status   int
	body     []byte
	kind     string // Content-Type
	location string
	valid    validators
	sent     bool // the request may have reached the device
}

// text reports whether the body is for a person to read.
func (a *answer) text() bool {
	kind, _, _ := mime.ParseMediaType(a.kind)
	return kind == "text/plain" || kind == "application/json" || kind == "application/problem+json"
}

// newClient makes a client. It does not connect.
func newClient(s *Settings) (*nethttp.Client, error) {
	if err := s.CheckTLS(); err != nil {
		return nil, err
	}
	sessions := tls.NewLRUClientSessionCache(16)
	dialer := &net.Dialer{Timeout: s.Timeout.Std()}
	transport := &nethttp.Transport{
		DialContext: dialer.DialContext,
		DialTLSContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			config, err := s.ClientTLS(address)
			if err != nil {
				return nil, err
			}
			config.ClientSessionCache = sessions
			ctx, cancel := context.WithTimeout(ctx, s.Timeout.Std())
			defer cancel()
			return (&tls.Dialer{NetDialer: dialer, Config: config}).DialContext(ctx, network, address)
		},
		DisableKeepAlives: !s.KeepAlive, DisableCompression: true, // decompressed here, within bounds
		MaxIdleConnsPerHost: 1, IdleConnTimeout: time.Minute, MaxResponseHeaderBytes: 64 << 10,
	}
	return &nethttp.Client{Transport: transport, CheckRedirect: s.redirect}, nil
}

// redirect decides whether a request is sent on.
func (s *Settings) redirect(next *nethttp.Request, via []*nethttp.Request) error {
	switch {
	case via[0].Method != "GET":
		return nethttp.ErrUseLastResponse
	case s.Redirects == "never":
		return fmt.Errorf("%w: to %s", errRedirect, next.URL.Redacted())
	case len(via) > maxRedirects:
		return fmt.Errorf("%w: more than %d times", errRedirect, maxRedirects)
	case next.URL.Scheme != "https" && via[len(via)-1].URL.Scheme == "https":
		return fmt.Errorf("%w: to %s, without TLS", errRedirect, next.URL.Redacted())
	case next.URL.Host == s.base.Host, next.URL.Scheme == "https" && next.URL.Host == s.base.Hostname():
		return nil
	case s.Redirects == "same-host":
		return fmt.Errorf("%w: to %s, another host", errRedirect, next.URL.Redacted())
	}
	// Nobody else is shown the key.
	for _, h := range append([]Header{{Name: s.Header}, {Name: "Authorization"}}, s.Headers...) {
		next.Header.Del(h.Name)
	}
	return nil
}

// exchange carries out one request. The error says what went wrong before there was an answer;
// answer.sent is right in any case.
func exchange(ctx context.Context, client *nethttp.Client, s *Settings, to target, known *validators) (a answer, err error) {
	ctx, cancel := connector.Within(ctx, s.Timeout.Std())
	defer cancel()
	traced := httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { a.sent = true }})
	request, err := nethttp.NewRequestWithContext(traced, to.method, to.url, strings.NewReader(to.body))
	if err != nil {
		return a, err
	}
	if to.method != "GET" {
		// Without it the library would send it a second time over a connection that broke.
		request.GetBody = nil
	}
	request.Header.Set("User-Agent", "Lineside")
	request.Header.Set("Accept", "*/*")
	request.Header.Set("Accept-Encoding", "gzip")
	for _, h := range s.Headers {
		request.Header.Set(h.Name, h.Value)
	}
	if to.kind != "" {
		request.Header.Set("Content-Type", to.kind)
	}
	switch s.Auth {
	case "basic":
		request.SetBasicAuth(s.Username, s.Password)
	case "bearer":
		request.Header.Set("Authorization", "Bearer "+s.Token)
	case "header":
		request.Header.Set(s.Header, s.Token)
	}
	if known != nil && known.etag != "" {
		request.Header.Set("If-None-Match", known.etag)
	} else if known != nil && known.modified != "" {
		request.Header.Set("If-Modified-Since", known.modified)
	}
	response, err := client.Do(request)
	if err != nil {
		return a, plain(err)
	}
	defer response.Body.Close()
	a.status, a.kind, a.location = response.StatusCode, response.Header.Get("Content-Type"), response.Header.Get("Location")
	a.valid = validatorsOf(response.Header)
	var body io.Reader = response.Body
	if strings.EqualFold(response.Header.Get("Content-Encoding"), "gzip") {
		if body, err = gzip.NewReader(io.LimitReader(response.Body, maxBody)); err != nil {
			return a, fmt.Errorf("decompress: %w", err)
		}
	}
	a.body, err = payload.ReadLimited(body, maxBody)
	return a, err
}

// plain leaves out the address, which the library puts before every error.
func plain(err error) error {
	if e := (*url.Error)(nil); errors.As(err, &e) {
		return e.Err
	}
	return err
}

func statusText(status int) string {
	return strings.TrimSpace(fmt.Sprintf("%d %s", status, nethttp.StatusText(status)))
}

// refusal is what an answer other than success means, nil for success and for what is not new.
func refusal(status int) *connector.StatusError {
	q := tag.BadConfigurationError
	switch {
	case status >= 200 && status < 300, status == nethttp.StatusNotModified:
		return nil
	case status == nethttp.StatusUnauthorized, status == nethttp.StatusForbidden, status == nethttp.StatusProxyAuthRequired:
		q = tag.BadUserAccessDenied
	case status == nethttp.StatusNotFound, status == nethttp.StatusGone:
		q = tag.BadNodeIDUnknown
	case status == nethttp.StatusRequestTimeout, status == nethttp.StatusGatewayTimeout:
		q = tag.BadCommunicationError
	case status == nethttp.StatusTooManyRequests, status == nethttp.StatusServiceUnavailable:
		q = tag.BadResourceUnavailable
	case status >= 500:
		q = tag.BadDeviceFailure
	}
	return &connector.StatusError{Quality: q, Message: statusText(status)}
}

// decoded is the body as UTF-8: as the settings say, or the answer, or a byte order mark.
func (a *answer) decoded(s *Settings) ([]byte, error) {
	charset := s.charset
	if s.Charset == "" {
		if _, params, err := mime.ParseMediaType(a.kind); err == nil && params["charset"] != "" {
			if c, err := payload.LoadCharset(params["charset"]); err == nil {
				charset = c
			}
		}
	}
	return charset.Decode(a.body)
}
