package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// TestWrites: what is sent, and what the answer means.
func TestWrites(t *testing.T) {
	var got atomic.Value
	d := start(t, "", func(w nethttp.ResponseWriter, r *nethttp.Request) {
		body, _ := io.ReadAll(r.Body)
		got.Store(fmt.Sprintf("%s %s %s %s", r.Method, r.URL.RequestURI(), r.Header.Get("Content-Type"), body))
		status := 200
		_, _ = fmt.Sscanf(r.URL.Path, "/%d", &status)
		switch status {
		case 1:
			hold(r)
			return
		case 302:
			nethttp.Redirect(w, r, "/200", status)
			return
		}
		w.Header().Set("Content-Type", "text/plain")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "too hot")
	})
	write := func(typ tag.Type, address string, v tag.Value) error {
		t.Helper()
		return d.Write(t.Context(), points(t, typ, address)[0], v)
	}
	for _, row := range []struct {
		address string
		v       tag.Value
		want    string
	}{
		{`{"url":"/200","writeMethod":"PUT"}`, tag.OfFloat(1.5), "PUT /200 application/json 1.5"},
		{`{"url":"/200","writeUrl":"/200/set","template":"{\"v\":${value}}"}`, tag.OfString(`a"阀`), `POST /200/set application/json {"v":"a\"阀"}`},
		{`{"url":"/200","writeUrl":"/200?v=${value}&x=1","writeMethod":"GET"}`, tag.OfString("a b&x=2/?"), "GET /200?v=a%20b%26x%3D2%2F%3F&x=1  "},
		{`{"url":"/200","template":"v=${url}","writeType":"application/x-www-form-urlencoded"}`, tag.OfString("a b&c"), "POST /200 application/x-www-form-urlencoded v=a+b%26c"},
		{`{"url":"/200","format":"text","template":"${text}"}`, tag.OfInt(1 << 60), "POST /200 text/plain; charset=utf-8 1152921504606846976"},
	} {
		if err := write(tag.None, row.address, row.v); err != nil || got.Load() != row.want {
			t.Errorf("%s: %v, sent %q, want %q", row.address, err, got.Load(), row.want)
		}
	}
	for status, want := range map[int]tag.Quality{
		201: tag.Good, 204: tag.Good, 303: tag.Good, 307: tag.BadConfigurationError, 400: tag.BadNotWritable, 401: tag.BadUserAccessDenied, 403: tag.BadUserAccessDenied, 404: tag.BadNotWritable, 405: tag.BadNotWritable,
		429: tag.BadResourceUnavailable, 500: tag.BadDeviceFailure,
	} {
		err := write(tag.Int, fmt.Sprintf(`{"url":"/%d","writeMethod":"PUT"}`, status), tag.OfInt(1))
		if quality(err) != want || errors.Is(err, connector.ErrUncertain) || (err == nil) != (want == tag.Good) {
			t.Errorf("%d: %v, want %v", status, err, want)
		}
		if status == 500 && !strings.Contains(err.Error(), "too hot") {
			t.Errorf("the device's own words are missing: %v", err)
		}
	}
	for _, status := range []int{1, 302, 408, 502, 504} {
		if err := write(tag.Int, fmt.Sprintf(`{"url":"/%d","writeMethod":"PUT"}`, status), tag.OfInt(1)); !errors.Is(err, connector.ErrUncertain) {
			t.Errorf("%d: %v", status, err)
		}
	}
	before := d.hits.Load()
	_ = write(tag.Int, `{"url":"/1","writeMethod":"PUT"}`, tag.OfInt(1))
	if n := d.hits.Load() - before; n != 1 {
		t.Errorf("an unanswered write was sent %d times", n)
	}
	d.server.CloseClientConnections()
	d.server.Close()
	if err := write(tag.Int, `{"url":"/200","writeMethod":"PUT"}`, tag.OfInt(1)); !errors.Is(err, connector.ErrNotConnected) || errors.Is(err, connector.ErrUncertain) {
		t.Errorf("a write to nobody: %v", err)
	}
}

// TestLogIn: user and password, certificates of both sides, by a server that is not ours.
func TestLogIn(t *testing.T) {
	n := peer.StartNginx(t, peer.NginxOptions{Username: "anna", Password: "geheim"})
	n.Put(t, "x.json", "5")
	settings := func(password, more string) string {
		return fmt.Sprintf(`{"url":"http://127.0.0.1:%d","auth":"basic","username":"anna","password":%q%s}`, n.Port, password, more)
	}
	read := func(c *Connector) (tag.Sample, error) {
		got, err := c.Plan(points(t, tag.Int, `{"url":"x.json"}`))[0].Read(t.Context(), nil)
		if err != nil {
			return tag.Sample{}, err
		}
		return got[0].Sample, nil
	}
	if s, err := read(connect(t, settings("geheim", `,"check":"/x.json"`))); err != nil || s.Value != tag.OfInt(5) {
		t.Error(s, err)
	}
	if _, err := read(connect(t, settings("wrong", ""))); quality(err) != tag.BadUserAccessDenied {
		t.Error(err)
	}
	s, err := decodeSettings(json.RawMessage(settings("wrong", `,"check":"/x.json"`)))
	if err != nil {
		t.Fatal(err)
	}
	if err := newConnector(s).Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "wrong") {
		t.Error(err)
	}

	tls := peer.StartNginx(t, peer.NginxOptions{TLS: true})
	tls.Put(t, "x.json", "6")
	foreign := peer.NewCertificates(t)
	for name, row := range map[string]struct {
		ca, cert, key string
		insecure      bool
		want          tag.Quality
		connects      bool
	}{
		"all right": {tls.CA, tls.Client, tls.ClientKey, false, tag.Good, true}, "unknown CA": {foreign.CA, tls.Client, tls.ClientKey, false, 0, false}, "system's list": {"", tls.Client, tls.ClientKey, false, 0, false},
		"no certificate": {tls.CA, "", "", false, tag.BadConfigurationError, true}, "stranger": {tls.CA, foreign.Client, foreign.ClientKey, false, tag.BadConfigurationError, true}, "anybody": {"", tls.Client, tls.ClientKey, true, tag.Good, true},
	} {
		raw, _ := json.Marshal(map[string]any{"url": fmt.Sprintf("https://127.0.0.1:%d", tls.Port), "ca": row.ca, "certificate": row.cert, "key": row.key, "insecure": row.insecure, "keepAlive": name == "anybody"})
		s, err := decodeSettings(raw)
		if err != nil {
			t.Fatal(name, err)
		}
		c := newConnector(s)
		if err := c.Connect(t.Context()); (err == nil) != row.connects || err != nil && !errors.Is(err, connector.ErrNotConnected) {
			t.Errorf("%s: connect: %v", name, err)
		} else if err == nil {
			for range 2 {
				if s, err := read(c); max(s.Quality, quality(err)) != row.want {
					t.Errorf("%s: %v %v", name, s, err)
				}
			}
		}
		_ = c.Close()
	}
}

// TestPostedQueries reads by POST, with headers of one's own.
func TestPostedQueries(t *testing.T) {
	d := start(t, `,"auth":"bearer","token":"t","headers":[{"name":"X-Line","value":"1"}]`, func(w nethttp.ResponseWriter, r *nethttp.Request) {
		body, _ := io.ReadAll(r.Body)
		_, _ = fmt.Fprintf(w, "%q", fmt.Sprint(r.Method, r.Header.Get("Authorization"), r.Header.Get("X-Line"), r.Header.Get("Content-Type"), string(body)))
	})
	s, err := d.sample(tag.String, `{"url":"/q","method":"POST","body":"{\"q\":1}"}`)
	if err != nil || s.Value != tag.OfString(`POSTBearer t1application/json{"q":1}`) {
		t.Error(s, err)
	}
}
