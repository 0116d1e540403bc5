package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

func init() {
	register(row{
		order: 72, name: "alarm-page",
		work: "page Alarms in Chromium during a flood of 1,000 alarms/s over MQTT, 20,000 declared, each raised and returned 10 s after; watched for 10 s, scrolled down for 10 s and up for 10 s",
		must: "frame p95 50 ms, nothing lost", peers: "Chromium without GPU, full HD", measure: measureAlarmPage,
	})
}

// measureAlarmPage raises 1,000 alarms a second while somebody looks at the list.
func measureAlarmPage(ctx context.Context, b *bench) (string, error) {
	const rate, stay, watch = 1000, 10, 30 * time.Second
	mq, err := startBroker(ctx)
	if err != nil {
		return "", err
	}
	defer mq.stop()
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	tags := make([]any, alarmDefinitions)
	for i := range tags {
		t := floatTag(i)
		t["path"] = fmt.Sprintf("site/hall%d/t%d", i%20, i)
		t["unit"] = "bar"
		t["title"] = map[string]any{"en": fmt.Sprintf("Pressure %d", i), "zh": fmt.Sprintf("压力%d", i)}
		t["alarms"] = map[string]any{"high": map[string]any{
			"kind": "high", "priority": []string{"urgent", "high", "medium", "low"}[i%4], "limit": 80,
			"cause": map[string]any{"en": "The valve is shut."}, "action": map[string]any{"en": "Open the valve, then look at the pump."},
		}}
		tags[i] = t
	}
	if err := s.putPlant(map[string]any{"format": 1, "devices": []any{mq.device()}, "tags": tags}); err != nil {
		return "", err
	}
	// The broker has all topics when a value of the last one comes.
	err = wait(ctx, "a value", func() (bool, error) {
		mq.send(alarmDefinitions-1, "50")
		var v struct{ Value *float64 }
		err := s.ask("GET", fmt.Sprintf("/tags/site/hall%d/t%d", (alarmDefinitions-1)%20, alarmDefinitions-1), nil, &v)
		return err == nil && v.Value != nil, fmt.Errorf("none so far: %v", err)
	})
	if err != nil {
		return "", err
	}
	cookies, err := s.cookies()
	if err != nil {
		return "", err
	}
	ask, err := json.Marshal(map[string]any{"url": s.url, "cookies": cookies, "path": "/alarms", "watch": watch.Milliseconds()})
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "node", filepath.Join(b.root, "bench/alarmspage.js"), string(ask))
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	if !lines.Scan() || lines.Text() != "ready" {
		return "", fmt.Errorf("alarmspage.js: %w: %.500s", cmd.Wait(), said.String())
	}
	// The flood goes on until the page is measured.
	stop, stopped := make(chan struct{}), make(chan struct{})
	raised := 0
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	began := time.Now()
	go func() {
		defer close(stopped)
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		returned := 0
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
			}
			passed := time.Since(began).Seconds()
			for ; raised < int(passed*rate); raised++ {
				mq.send(raised%alarmDefinitions, "90")
			}
			for ; returned < int((passed-stay)*rate); returned++ {
				mq.send(returned%alarmDefinitions, "50")
			}
		}
	}()
	measured := lines.Scan()
	text := lines.Text()
	close(stop)
	<-stopped
	took := time.Since(began)
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	if err := cmd.Wait(); err != nil || !measured {
		return "", fmt.Errorf("alarmspage.js: %w: %.500s", err, said.String())
	}
	var p struct {
		Frames      []float64
		Worst, CPU  float64
		Total, Rows int
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return "", fmt.Errorf("alarmspage.js: %w: %.300s", err, text)
	}
	// The figures are counted from the journal.
	var figures struct{ Alarms int }
	err = wait(ctx, "the journal", func() (bool, error) {
		time.Sleep(200 * time.Millisecond)
		err := s.ask("GET", "/alarms/figures?from="+url.QueryEscape(began.Add(-time.Minute).UTC().Format(time.RFC3339)), nil, &figures)
		return figures.Alarms >= raised, fmt.Errorf("%d of %d are in it: %v", figures.Alarms, raised, err)
	})
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("frame p50 %.1f ms, p95 **%.1f ms**, p99 %.1f ms of %d; at most %.0f ms without an answer; %.0f ms main thread a second; %d alarms in the list, %d rows drawn; server %.2f core; **%d** raised, %d in the journal",
		at(p.Frames, 0.5), at(p.Frames, 0.95), at(p.Frames, 0.99), len(p.Frames), p.Worst, p.CPU, p.Total, p.Rows, (after-before).Seconds()/took.Seconds(), raised, figures.Alarms), nil
}
