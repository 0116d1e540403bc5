package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSlowWrite: a write may take longer than the body of a request may take to arrive.
func TestSlowWrite(t *testing.T) {
	old := bodyTimeout
	bodyTimeout = 200 * time.Millisecond
	defer func() { bodyTimeout = old }()
	f := newFixture(t, false)
	// What is read back is never what was written, so the whole time is waited.
	f.must(200, "erik", "PATCH", "/plant", `{"put":{"tags":[{"path":"slow/x","type":"float","device":"sim","address":{"kind":"setpoint","initial":1},
		"scale":{"read":"raw * 0","write":"value"},"write":{"readBack":"1500ms"}}]}}`)
	began := time.Now()
	a := f.as("erik", "PUT", "/tags/slow/x", `{"value":5}`)
	if took := time.Since(began); took < time.Second || !strings.Contains(a.body, "read_back_differs") {
		t.Errorf("given up after %v: %d %s", took, a.status, a.body)
	}
}

// TestBodyOfNobody: who may not is told so before the body was sent, and a body that never
// comes holds no connection for ever.
func TestBodyOfNobody(t *testing.T) {
	old := bodyTimeout
	bodyTimeout = 500 * time.Millisecond
	defer func() { bodyTimeout = old }()
	f := newFixture(t, false)
	for _, row := range []struct {
		line   string
		header string
		status int
	}{
		{"PUT /api/v1/plant", "", 401},
		{"POST /api/v1/plant/import", "", 401},
		{"PUT /api/v1/apps/line/draft", "", 401},
		{"POST /api/v1/login", "Origin: https://evil.example\r\n", 403},
		{"POST /", "", 405},
		{"GET /api/v1/live", "", 400},
	} {
		t.Run(row.line, func(t *testing.T) {
			conn, err := net.Dial("tcp", strings.TrimPrefix(f.url, "http://"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
			if _, err := fmt.Fprintf(conn, "%s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n%sContent-Length: 200000\r\n\r\n{", row.line, row.header); err != nil {
				t.Fatal(err)
			}
			r := bufio.NewReader(conn)
			res, err := http.ReadResponse(r, nil)
			if err != nil || res.StatusCode != row.status {
				t.Fatalf("%v %+v", err, res)
			}
			if _, err := io.Copy(io.Discard, r); err != nil {
				t.Errorf("the connection stays: %v", err)
			}
		})
	}
}
