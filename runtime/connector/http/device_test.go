package http

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	nethttp "net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// device is a server that answers as a test says, and a connector to it.
type device struct {
	*testing.T
	*Connector
	server *httptest.Server
	hits   atomic.Int32
}

func start(t *testing.T, settings string, serve nethttp.HandlerFunc) *device {
	t.Helper()
	d := &device{T: t}
	d.server = httptest.NewServer(nethttp.HandlerFunc(func(w nethttp.ResponseWriter, r *nethttp.Request) {
		if r.URL.Path == "/" {
			return // the question when connecting
		}
		d.hits.Add(1)
		serve(w, r)
	}))
	t.Cleanup(func() {
		d.server.CloseClientConnections()
		d.server.Close()
	})
	d.Connector = connect(t, fmt.Sprintf(`{"url":%q,"timeout":"300ms"%s}`, d.server.URL, settings))
	return d
}

func connect(t *testing.T, settings string) *Connector {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(settings))
	if err != nil {
		t.Fatal(err)
	}
	c := newConnector(s)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// text serves a text.
func text(kind, body string) nethttp.HandlerFunc {
	return func(w nethttp.ResponseWriter, _ *nethttp.Request) {
		w.Header().Set("Content-Type", kind)
		_, _ = io.WriteString(w, body)
	}
}

func points(t *testing.T, typ tag.Type, addresses ...string) []connector.Point {
	t.Helper()
	var out []connector.Point
	for i, raw := range addresses {
		a, err := ParseAddress(json.RawMessage(raw), typ, strings.Contains(raw, "write") || strings.Contains(raw, "template"))
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		out = append(out, connector.Point{ID: i, Address: a, Type: typ})
	}
	return out
}

// sample reads one address.
func (d *device) sample(typ tag.Type, address string) (tag.Sample, error) {
	d.Helper()
	got, err := d.Plan(points(d.T, typ, address))[0].Read(d.Context(), nil)
	if err != nil {
		return tag.Sample{}, err
	}
	return got[0].Sample, nil
}

func quality(err error) tag.Quality {
	var refused *connector.StatusError
	if errors.As(err, &refused) {
		return refused.Quality
	}
	return tag.Good
}

// hold keeps an answer back until the client gives up.
func hold(r *nethttp.Request) { <-r.Context().Done() }
