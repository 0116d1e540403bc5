package http

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// TestOneRequest: many tags of one answer cost one request a scan.
func TestOneRequest(t *testing.T) {
	d := start(t, "", func(w nethttp.ResponseWriter, r *nethttp.Request) {
		_, _ = fmt.Fprintf(w, `{"path":%q,"line":{"temp":21.5,"name":"线 1","big":18446744073709551615,"m":[[1,2],[3,4]],"when":"2023-11-14T22:13:20Z"},"list":[{"v":1},{"v":2}]}`, r.URL.RequestURI())
	})
	requests := d.Plan(points(t, tag.JSON, `{"url":"/a","path":"line.temp"}`, `{"url":"/a","path":"/line/name"}`, `{"url":"/a","path":"$.line.big","time":"line.when"}`, `{"url":"a","path":"line.m"}`,
		`{"url":"/a","path":"list[-1].v"}`, `{"url":"/b?x=1","path":"path"}`, `{"url":"/a","path":"nothing"}`, `{"url":"/a"}`))
	if len(requests) != 2 {
		t.Fatalf("%d requests", len(requests))
	}
	got := map[int]tag.Sample{}
	for _, r := range requests {
		updates, err := r.Read(t.Context(), nil)
		if err != nil || len(updates) != len(r.Points()) {
			t.Fatal(updates, err)
		}
		for _, u := range updates {
			got[u.Point] = u.Sample
		}
	}
	for i, want := range []string{"21.5", `"线 1"`, "18446744073709551615", "[[1,2],[3,4]]", "2", `"/b?x=1"`} {
		if got[i].Value != tag.OfJSON(want) || got[i].Quality != tag.Good || got[i].Source == 0 {
			t.Errorf("point %d is %v, want %s", i, got[i], want)
		}
	}
	if got[2].Source.Milli() != 1700000000000 || got[6].Quality != tag.BadNoData || d.hits.Load() != 2 {
		t.Errorf("%v %v, %d requests", got[2], got[6], d.hits.Load())
	}
}

// TestFormats takes values out of what is not JSON.
func TestFormats(t *testing.T) {
	pages := map[string]nethttp.HandlerFunc{
		"/csv":  text("text/csv; charset=utf-8", "name;time;value\nflow;2023-11-15 06:13:20;1,5\nlevel;2023-11-15 06:13:21;2,5\nflow;2023-11-15 06:13:19;9,9\n"),
		"/bare": text("text/csv", "1,2\n3,4\n"),
		"/page": text("text/html; charset=gbk", "<td>\xce\xc2\xb6\xc8: 21.5 \xa1\xe6</td><i>1700000000</i>"),
		"/text": text("text/plain", " 42 \n"), "/bytes": text("application/octet-stream", "\x00\xff"), "/broken": text("text/plain", "\xff"),
	}
	d := start(t, `,"zone":"Asia/Shanghai"`, func(w nethttp.ResponseWriter, r *nethttp.Request) { pages[r.URL.Path](w, r) })
	for _, row := range []struct {
		address string
		typ     tag.Type
		want    tag.Value
		q       tag.Quality
		at      int64
	}{
		{`{"url":"/csv","format":"csv","column":"value","decimal":"comma","time":"time"}`, tag.Float, tag.OfFloat(2.5), tag.Good, 1700000001000},
		{`{"url":"/csv","format":"csv","column":"value","decimal":"comma"}`, tag.Float, tag.OfFloat(9.9), tag.Good, 0},
		{`{"url":"/csv","format":"csv","column":"3","decimal":"comma","row":"first"}`, tag.Float, tag.OfFloat(1.5), tag.Good, 0},
		{`{"url":"/csv","format":"csv","column":"value","keyColumn":"name","key":"flow","time":"time","decimal":"comma"}`, tag.Float, tag.OfFloat(1.5), tag.Good, 1700000000000},
		{`{"url":"/csv","format":"csv","column":"value","keyColumn":"name","key":"speed"}`, tag.Float, tag.Value{}, tag.BadNoData, 0},
		{`{"url":"/csv","format":"csv","column":"nothing"}`, tag.Float, tag.Value{}, tag.BadNodeIDUnknown, 0},
		{`{"url":"/csv","format":"csv","column":"name","time":"value","decimal":"comma"}`, tag.String, tag.OfString("flow"), tag.Uncertain, 0},
		{`{"url":"/bare","format":"csv","column":"2","headless":true}`, tag.Int, tag.OfInt(4), tag.Good, 0},
		{`{"url":"/page","format":"regex","pattern":"温度: ([0-9.]+) ℃.*<i>(?P<t>\\d+)","time":"t"}`, tag.Float, tag.OfFloat(21.5), tag.Good, 1700000000000},
		{`{"url":"/page","format":"regex","pattern":"(?P<name>\\pL+): ([0-9.]+)","group":"2"}`, tag.Float, tag.OfFloat(21.5), tag.Good, 0},
		{`{"url":"/page","format":"regex","pattern":"压力"}`, tag.Float, tag.Value{}, tag.BadNoData, 0},
		{`{"url":"/page","format":"regex","pattern":"温度"}`, tag.Float, tag.Value{}, tag.BadTypeMismatch, 0},
		{`{"url":"/page"}`, tag.Float, tag.Value{}, tag.BadDecodingError, 0},
		{`{"url":"/text","format":"text"}`, tag.Int, tag.OfInt(42), tag.Good, 0},
		{`{"url":"/text"}`, tag.Int, tag.OfInt(42), tag.Good, 0},
		{`{"url":"/bytes","format":"text"}`, tag.Bytes, tag.OfBytes([]byte{0, 255}), tag.Good, 0},
		{`{"url":"/broken","format":"text"}`, tag.String, tag.Value{}, tag.BadDecodingError, 0},
	} {
		s, err := d.sample(row.typ, row.address)
		if err != nil || s.Value != row.want || s.Quality != row.q || row.at != 0 && s.Source.Milli() != row.at || s.Source == 0 {
			t.Errorf("%s: %v %v at %d, %v", row.address, s.Value, s.Quality, s.Source.Milli(), err)
		}
	}
}

// TestMisbehaviour: what a server does wrong is the quality of its tags, and no other page's.
func TestMisbehaviour(t *testing.T) {
	hijack := func(w nethttp.ResponseWriter, raw string) {
		conn, _, err := w.(nethttp.Hijacker).Hijack()
		if err == nil {
			_, _ = io.WriteString(conn, raw)
			_ = conn.Close()
		}
	}
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 64<<20))
	_ = z.Close()
	other := httptest.NewServer(text("application/json", "666"))
	defer other.Close()
	pages := map[string]nethttp.HandlerFunc{
		"/good": text("application/json", "1"), "/html": text("text/html", "<html>log in</html>"), "/empty": text("application/json", ""),
		"/slow": func(_ nethttp.ResponseWriter, r *nethttp.Request) { hold(r) },
		"/trickle": func(w nethttp.ResponseWriter, r *nethttp.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, " ")
				w.(nethttp.Flusher).Flush()
				time.Sleep(20 * time.Millisecond)
			}
		},
		"/half": func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345")
		},
		"/chunk": func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			hijack(w, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n123")
		},
		"/noise":   func(w nethttp.ResponseWriter, _ *nethttp.Request) { hijack(w, "\xe5\x00\xff garbage\r\n\r\n") },
		"/nothing": func(w nethttp.ResponseWriter, _ *nethttp.Request) { hijack(w, "") },
		"/huge": func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			_, _ = w.Write(bytes.Repeat([]byte(" "), maxBody))
			_, _ = w.Write([]byte("1"))
		},
		"/bomb": func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
		},
		"/headers": func(w nethttp.ResponseWriter, _ *nethttp.Request) {
			w.Header().Set("X", strings.Repeat("x", 100<<10))
		},
		"/loop":  func(w nethttp.ResponseWriter, r *nethttp.Request) { nethttp.Redirect(w, r, "/loop", 302) },
		"/away":  func(w nethttp.ResponseWriter, r *nethttp.Request) { nethttp.Redirect(w, r, other.URL, 302) },
		"/moved": func(w nethttp.ResponseWriter, r *nethttp.Request) { nethttp.Redirect(w, r, "/good", 301) },
	}
	for status := range map[int]bool{204: true, 400: true, 401: true, 403: true, 404: true, 429: true, 500: true, 503: true, 504: true} {
		pages[fmt.Sprintf("/%d", status)] = func(w nethttp.ResponseWriter, _ *nethttp.Request) { w.WriteHeader(status) }
	}
	d := start(t, "", func(w nethttp.ResponseWriter, r *nethttp.Request) { pages[r.URL.Path](w, r) })
	for path, want := range map[string]tag.Quality{
		"html": tag.BadDecodingError, "empty": tag.BadNoData, "slow": tag.BadTimeout, "trickle": tag.BadTimeout, "half": tag.BadCommunicationError, "chunk": tag.BadCommunicationError,
		"noise": tag.BadCommunicationError, "nothing": tag.BadCommunicationError, "huge": tag.BadRequestTooLarge, "bomb": tag.BadRequestTooLarge, "headers": tag.BadCommunicationError, "loop": tag.BadConfigurationError, "away": tag.BadConfigurationError,
		"204": tag.BadNoData, "400": tag.BadConfigurationError, "401": tag.BadUserAccessDenied, "403": tag.BadUserAccessDenied, "404": tag.BadNodeIDUnknown, "429": tag.BadResourceUnavailable,
		"500": tag.BadDeviceFailure, "503": tag.BadResourceUnavailable, "504": tag.BadCommunicationError, "moved": tag.Good,
	} {
		for range 2 {
			s, err := d.sample(tag.Int, fmt.Sprintf(`{"url":"/%s"}`, path))
			if errors.Is(err, connector.ErrNotConnected) || max(s.Quality, quality(err)) != want {
				t.Errorf("%s: %v %v, want %v", path, s.Quality, err, want)
			}
			if s, err := d.sample(tag.Int, `{"url":"/good"}`); err != nil || s.Value != tag.OfInt(1) {
				t.Errorf("after %s a good page gives %v %v", path, s, err)
			}
		}
	}
	// A page that nothing else answers beside is the device.
	if _, err := d.sample(tag.Int, `{"url":"/slow"}`); quality(err) != tag.BadTimeout {
		t.Error(err)
	}
	if _, err := d.sample(tag.Int, `{"url":"/slow"}`); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("a device that is silent twice: %v", err)
	}
}

// TestRedirects: the key goes to nobody else, and TLS is not given up.
func TestRedirects(t *testing.T) {
	var seen atomic.Value
	other := httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		seen.Store(r.Header.Get("X-API-Key") + r.Header.Get("Authorization") + r.Header.Get("X-More"))
		_, _ = io.WriteString(w, "7")
	}))
	defer other.Close()
	for _, row := range []struct {
		settings string
		want     tag.Quality
	}{
		{`,"redirects":"same-host"`, tag.BadConfigurationError}, {`,"redirects":"never"`, tag.BadConfigurationError}, {`,"redirects":"anywhere"`, tag.Good},
		{`,"redirects":"anywhere","auth":"basic","username":"u","password":"p"`, tag.Good}, {`,"redirects":"anywhere","auth":"bearer","token":"geheim"`, tag.Good},
	} {
		if !strings.Contains(row.settings, "auth") {
			row.settings += `,"auth":"header","token":"geheim","headers":[{"name":"X-More","value":"mehr"}]`
		}
		d := start(t, row.settings, func(w nethttp.ResponseWriter, r *nethttp.Request) {
			if r.Header.Get("X-API-Key")+r.Header.Get("Authorization") == "" {
				t.Error("the device gets no key")
			}
			nethttp.Redirect(w, r, other.URL, 307)
		})
		seen.Store("")
		s, err := d.sample(tag.Int, `{"url":"/x"}`)
		if max(s.Quality, quality(err)) != row.want || seen.Load() != "" {
			t.Errorf("%s: %v %v, shown %q", row.settings, s, err, seen.Load())
		}
	}
	s, _ := decodeSettings(json.RawMessage(`{"url":"https://a","redirects":"anywhere"}`))
	from, _ := nethttp.NewRequest("GET", "https://a/x", nil)
	to, _ := nethttp.NewRequest("GET", "http://a/x", nil)
	if err := s.redirect(to, []*nethttp.Request{from}); !errors.Is(err, errRedirect) {
		t.Errorf("from https to http: %v", err)
	}
}

// TestNotModified: what the server calls unchanged is not sent again and stays good.
func TestNotModified(t *testing.T) {
	value, etag := "1", `"a"`
	var modified string
	var mu sync.Mutex
	var asked []string
	d := start(t, "", func(w nethttp.ResponseWriter, r *nethttp.Request) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, r.Header.Get("If-None-Match")+r.Header.Get("If-Modified-Since"))
		if etag != "" {
			w.Header().Set("ETag", etag)
		}
		if modified != "" {
			w.Header().Set("Last-Modified", modified)
		}
		if known := asked[len(asked)-1]; known != "" && (known == etag || known == modified) {
			w.WriteHeader(304)
			return
		}
		_, _ = io.WriteString(w, value)
	})
	set := func(v, e, m string) {
		mu.Lock()
		defer mu.Unlock()
		value, etag, modified, asked = v, e, m, nil
	}
	r := d.Plan(points(t, tag.Int, `{"url":"/x"}`))[0]
	read := func() tag.Sample {
		t.Helper()
		got, err := r.Read(t.Context(), nil)
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0].Sample
	}
	first, second := read(), read()
	if first.Value != tag.OfInt(1) || second.Value != first.Value || second.Source <= first.Source || fmt.Sprint(asked) != `[ "a"]` {
		t.Errorf("%v, %v, asked with %q", first, second, asked)
	}
	set("2", `"b"`, "")
	if s := read(); s.Value != tag.OfInt(2) {
		t.Error(s)
	}
	old := time.Now().Add(-time.Hour).UTC().Format(nethttp.TimeFormat)
	set("3", "", old)
	if a, b := read(), read(); a.Value != tag.OfInt(3) || b.Value != a.Value || asked[1] != old {
		t.Error(a, b, asked)
	}
	// What changed just now may change again within the second.
	set("4", `"c"`, time.Now().UTC().Format(nethttp.TimeFormat))
	if a, b := read(), read(); a.Value != tag.OfInt(4) || b.Value != a.Value || asked[1] != "" {
		t.Error(a, b, asked)
	}
}

// TestBrowse walks through an answer; every leaf is an address that reads its value.
func TestBrowse(t *testing.T) {
	d := start(t, "", text("application/json", `{"line/1":{"temp":21.5,"on":true,"list":[1,{"x":"y"}]},"none":null}`))
	d.Plan(points(t, tag.Float, `{"url":"/api?x=1","path":"a"}`, `{"url":"/text","method":"POST"}`))
	var leaves []string
	var walk func(id string)
	walk = func(id string) {
		nodes, err := d.Browse(t.Context(), id)
		if err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		for _, n := range nodes {
			switch {
			case n.ID == "/":
			case n.HasChild:
				walk(n.ID)
			default:
				s, err := d.sample(tag.JSON, string(n.Address))
				if err != nil || s.Value.Text() != strings.Trim(string(n.Value), " ") && string(n.Value) != "null" {
					t.Errorf("%s reads %v %v, browse says %s", n.Address, s, err, n.Value)
				}
				leaves = append(leaves, n.Name+" "+n.Type+" "+string(n.Value))
			}
		}
	}
	walk("")
	if fmt.Sprint(leaves) != `[temp float 21.5 on bool true 0 int 1 x string "y" none float null]` {
		t.Error(leaves)
	}
	if _, err := d.Browse(t.Context(), "http://elsewhere#"); err == nil {
		t.Error("another host was browsed")
	}
}

func TestSettings(t *testing.T) {
	for _, bad := range []string{
		`{}`, `{"url":"ftp://x"}`, `{"url":"http://"}`, `{"url":"http://u:p@x"}`, `{"url":"http://x#y"}`, `{"url":"http://x","auth":"basic"}`, `{"url":"http://x","auth":"bearer"}`, `{"url":"http://x","zone":"Mars"}`, `{"url":"http://x","charset":"klingon"}`,
		`{"url":"http://x","ca":"no"}`, `{"url":"http://x","headers":[{"name":"A b","value":"x"}]}`, `{"url":"http://x","headers":[{"name":"Host","value":"x"}]}`, `{"url":"http://x","headers":[{"name":"A","value":"x\r\nB: y"}]}`, `{"url":"http://x","check":"http://y"}`,
	} {
		if _, err := decodeSettings(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
	for _, good := range []string{`{"url":"http://x"}`, `{"url":"https://[::1]:8443/a/b?c=d","key":"secret:abc","certificate":"later"}`} {
		if _, err := decodeSettings(json.RawMessage(good)); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, row := range [][3]string{{"http://x/api", "v?a=1", "http://x/api/v?a=1"}, {"http://x/api/?k=1", "", "http://x/api/?k=1"}, {"http://x/api", "/v", "http://x/v"}, {"http://x/api?k=1", "?a=2", "http://x/api?a=2"}, {"http://x", "a%2Fb", "http://x/a%2Fb"}} {
		base, err := parseBase(row[0])
		if err != nil {
			t.Fatal(err)
		}
		if u, err := resolve(base, row[1]); err != nil || u.String() != row[2] {
			t.Errorf("%s and %s make %v (%v), want %s", row[0], row[1], u, err, row[2])
		}
	}
}

// TestNeverAnothersAnswer: a server that sends every answer twice over a kept connection cannot
// make one page's value another's, as long as connections are not kept.
func TestNeverAnothersAnswer(t *testing.T) {
	n := peer.StartNginx(t, peer.NginxOptions{})
	proxy := peer.StartProxy(t, n.Port)
	proxy.Set(peer.Twice)
	var addresses []string
	for i := range 20 {
		n.Put(t, fmt.Sprint(i), fmt.Sprint(i))
		addresses = append(addresses, fmt.Sprintf(`{"url":"/%d"}`, i))
	}
	c := connect(t, fmt.Sprintf(`{"url":"http://127.0.0.1:%d"}`, proxy.Port))
	for range 5 {
		for _, r := range c.Plan(points(t, tag.Int, addresses...)) {
			got, err := r.Read(t.Context(), nil)
			if err != nil || got[0].Sample.Value != tag.OfInt(int64(r.Points()[0])) {
				t.Fatalf("page %d gives %v, %v", r.Points()[0], got, err)
			}
		}
	}
}

// TestCompressed: a server that is not ours compresses, and the file is replaced under it.
func TestCompressed(t *testing.T) {
	n := peer.StartNginx(t, peer.NginxOptions{})
	c := connect(t, fmt.Sprintf(`{"url":"http://127.0.0.1:%d"}`, n.Port))
	r := c.Plan(points(t, tag.Int, `{"url":"/x.json","path":"n"}`))[0]
	for i := range 3 {
		n.Put(t, "x.json", fmt.Sprintf(`{"fill":%q,"n":%d}`, strings.Repeat("x", 1000), i))
		got, err := r.Read(t.Context(), nil)
		if err != nil || got[0].Sample.Value != tag.OfInt(int64(i)) {
			t.Fatal(got, err)
		}
	}
	if err := os.Remove(filepath.Join(n.Root, "x.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Read(t.Context(), nil); quality(err) != tag.BadNodeIDUnknown {
		t.Error(err)
	}
}

// TestClose ends what is under way.
func TestClose(t *testing.T) {
	d := start(t, "", func(_ nethttp.ResponseWriter, r *nethttp.Request) { hold(r) })
	d.settings.Timeout *= 1000
	r := d.Plan(points(t, tag.Int, `{"url":"/x"}`))[0]
	done := make(chan error, 1)
	go func() {
		_, err := r.Read(context.Background(), nil)
		done <- err
	}()
	peer.Await(t, "the request", func() bool { return d.hits.Load() > 0 })
	_ = d.Close()
	if err := <-done; !errors.Is(err, connector.ErrNotConnected) {
		t.Error(err)
	}
}
