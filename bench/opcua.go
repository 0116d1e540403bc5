package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func init() {
	register(row{
		order: 65, name: "opcua",
		work: "one OPC UA server (node-opcua), 10,000 monitored items that all change every second; browse of its 10,000 variables with type, value and unit",
		must: "0.25 core, 5 s", better: "0.1, 2 s", peers: "gopcua browse 13.7 s",
		measure: measureOPCUA,
	})
}

// startOPCUA starts test/peer/opcua_server.mjs with n variables that change every second.
func startOPCUA(ctx context.Context, b *bench, port, n int) (stop func(), err error) {
	dir, err := os.MkdirTemp("", "lineside-bench-")
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("node", filepath.Join(b.root, "test", "peer", "opcua_server.mjs"), "--port", strconv.Itoa(port), "--pki", dir, "--many", strconv.Itoa(n), "--change", "1000")
	in, err := cmd.StdinPipe() // it ends with it
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start node-opcua: %w", err)
	}
	stop = func() {
		in.Close()
		_ = cmd.Process.Kill() // it keeps nothing
		_ = cmd.Wait()
		os.RemoveAll(dir)
	}
	ready := make(chan bool, 1)
	go func() {
		s := bufio.NewScanner(out)
		for s.Scan() && !strings.HasPrefix(s.Text(), "ready ") {
			continue
		}
		ready <- s.Err() == nil && strings.HasPrefix(s.Text(), "ready ")
		for s.Scan() {
			continue
		}
	}()
	select {
	case ok := <-ready:
		if ok {
			return stop, nil
		}
		err = fmt.Errorf("node-opcua ended (make test/peer/node/node_modules/.package-lock.json installs it)")
	case <-ctx.Done():
		err = ctx.Err()
	}
	stop()
	return nil, err
}

func measureOPCUA(ctx context.Context, b *bench) (string, error) {
	const n = 10000
	port, err := freePort()
	if err != nil {
		return "", err
	}
	stop, err := startOPCUA(ctx, b, port, n)
	if err != nil {
		return "", err
	}
	defer stop()
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	address := func(i int) string { return fmt.Sprintf("nsu=urn:lineside:test;s=v%d", i) }
	tags := make([]any, n)
	for i := range tags {
		tags[i] = map[string]any{"path": fmt.Sprintf("bench/v%d", i), "type": "float", "device": "server", "address": map[string]any{"node": address(i)}}
	}
	err = s.putPlant(map[string]any{
		"format": 1, "tags": tags,
		"devices": []any{map[string]any{
			"id": "server", "connector": "opcua",
			"settings": map[string]any{"url": fmt.Sprintf("opc.tcp://127.0.0.1:%d/UA/test", port), "security": "None", "interval": "1s", "timeout": "30s"},
		}},
	})
	if err != nil {
		return "", err
	}
	w := &watchers{}
	defer w.close()
	if err := w.add(s, watchRequest([]string{"bench/v0", "bench/v9998", "bench/v9999"})); err != nil {
		return "", err
	}
	if err := flow(ctx, w, func() {}); err != nil {
		return "", err
	}
	begin := time.Now()
	var found struct{ Nodes []struct{ Value any } }
	if err := s.ask("POST", "/devices/browse", map[string]any{"device": "server", "node": "nsu=urn:lineside:test;s=Many"}, &found); err != nil {
		return "", err
	}
	browse := time.Since(begin)
	if len(found.Nodes) != n || found.Nodes[n-1].Value == nil {
		return "", fmt.Errorf("the browse found %d variables", len(found.Nodes))
	}
	time.Sleep(2 * time.Second)
	values, err := s.updates()
	if err != nil {
		return "", err
	}
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	begin = time.Now()
	select {
	case <-time.After(b.seconds):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	seconds := time.Since(begin).Seconds()
	now, err := s.updates()
	if err != nil {
		return "", err
	}
	rate := (now - values) / seconds
	if rate < n/2 {
		return "", fmt.Errorf("only %.0f values came a second", rate)
	}
	return fmt.Sprintf("**%.3f** core, %.0f values/s; browse **%.2f** s", (after-before).Seconds()/seconds, rate, browse.Seconds()), nil
}

var updatesLine = regexp.MustCompile(`(?m)^lineside_tag_updates_total(?:\{[^}]*\})? (\S+)$`)

// updates is the number of samples that devices have brought.
func (s *server) updates() (float64, error) {
	res, err := s.http.Get(s.url + "/metrics")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	m := updatesLine.FindSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("/metrics (status %d) has no number of updates", res.StatusCode)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}
