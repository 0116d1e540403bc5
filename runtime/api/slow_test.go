package api

import (
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
