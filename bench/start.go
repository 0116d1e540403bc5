package main

import (
	"context"
	"fmt"
	"os"
	"time"
)

func init() {
	register(row{
		order: 70, name: "start",
		work: "start · idle · file", must: "ready in 1 s · 60 MiB RSS · 60 MB", better: "0.3 CPU-s · 40 MiB · 40 MB",
		peers:   "Node-RED 134 MiB, 247 MB; FUXA 102 MiB, 257 MB",
		measure: measureStart,
	})
}

func measureStart(ctx context.Context, b *bench) (string, error) {
	s, err := startServer(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	used, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	select {
	case <-time.After(b.seconds):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	memory, err := memoryOf(s.pid())
	if err != nil {
		return "", err
	}
	idle, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	file, err := os.Stat(b.binary)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("ready in **%.2f** s with %.2f CPU-s · **%d** MiB, %.4f core · **%.1f** MB", s.ready.Seconds(), used.Seconds(),
		memory>>20, (idle-used).Seconds()/b.seconds.Seconds(), float64(file.Size())/1e6), nil
}
