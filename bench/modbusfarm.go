package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

func init() {
	register(row{
		order: 61, name: "modbus-100",
		work: "100 Modbus TCP devices (libmodbus, another process) × 200 tags at 1 s, 100 of them float32; when each round begins is measured at the devices",
		must: "no scan late by more than 10 %, 0.15 core", peers: "FUXA cannot (its issue 1642)",
		measure: measureModbusFarm,
	})
}

// farm is many Modbus devices in a process of their own.
type farm struct {
	ports []int
	stop  func()

	mu    sync.Mutex
	begin map[int][]time.Duration // device → when its rounds began, by the clock of the farm
}

func startFarm(ctx context.Context, b *bench, devices, registers int) (*farm, error) {
	dir, err := os.MkdirTemp("", "lineside-bench-")
	if err != nil {
		return nil, err
	}
	program := filepath.Join(dir, "modbusfarm")
	flags, err := exec.CommandContext(ctx, "pkg-config", "--cflags", "--libs", "libmodbus").Output()
	if err == nil {
		args := append([]string{"-O2", "-o", program, filepath.Join(b.root, "bench", "peer", "modbusfarm.c")}, strings.Fields(string(flags))...)
		var out []byte
		if out, err = exec.CommandContext(ctx, "cc", args...).CombinedOutput(); err != nil {
			err = fmt.Errorf("%w: %.300s", err, out)
		}
	}
	if err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("build the devices (libmodbus-dev, cc): %w", err)
	}
	cmd := exec.Command(program, strconv.Itoa(devices), strconv.Itoa(registers))
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
		return nil, err
	}
	f := &farm{begin: map[int][]time.Duration{}}
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	var reading sync.WaitGroup
	f.stop = func() {
		in.Close()
		reading.Wait()
		_ = cmd.Wait() // it was told to end
		os.RemoveAll(dir)
	}
	if lines.Scan() {
		for _, port := range strings.Fields(strings.TrimPrefix(lines.Text(), "ready")) {
			n, _ := strconv.Atoi(port)
			f.ports = append(f.ports, n)
		}
	}
	reading.Go(func() {
		for lines.Scan() {
			var device int
			var us int64
			if n, _ := fmt.Sscan(lines.Text(), &device, &us); n == 2 {
				f.mu.Lock()
				f.begin[device] = append(f.begin[device], time.Duration(us)*time.Microsecond)
				f.mu.Unlock()
			}
		}
		_, _ = io.Copy(io.Discard, out)
	})
	if len(f.ports) != devices {
		f.stop()
		return nil, fmt.Errorf("the devices did not start")
	}
	return f, nil
}

// forget begins anew.
func (f *farm) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	clear(f.begin)
}

// late says of each round by how much it began later than it should have: rounds are an interval apart from the one of
// each device that began earliest. A round that was left out counts as late by a whole interval.
func (f *farm) late(interval time.Duration) (late []time.Duration, silent int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.ports {
		at := f.begin[i]
		if len(at) < 2 {
			silent++
			continue
		}
		// Which round each is, and how far the rounds are from where the first would have them.
		off := make([]time.Duration, len(at))
		round := 0
		for j := range at {
			if j > 0 {
				n := int((at[j] - at[j-1] + interval/2) / interval)
				for range n - 1 {
					late = append(late, interval)
				}
				round += n
			}
			off[j] = at[j] - at[0] - time.Duration(round)*interval
		}
		first := slices.Min(off)
		for _, d := range off {
			late = append(late, d-first)
		}
	}
	slices.Sort(late)
	return late, silent
}

func measureModbusFarm(ctx context.Context, b *bench) (string, error) {
	const devices, perDevice, interval = 100, 200, time.Second
	// 100 of uint16, then 100 of float32: 300 registers, three requests a round.
	f, err := startFarm(ctx, b, devices, 300)
	if err != nil {
		return "", err
	}
	defer f.stop()
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	var list, tags []any
	for d, port := range f.ports {
		id := fmt.Sprintf("plc%02d", d)
		list = append(list, map[string]any{
			"id": id, "connector": "modbus", "settings": map[string]any{"host": "127.0.0.1", "port": port},
			"scans": []any{map[string]any{"id": "default", "interval": interval.String()}},
		})
		for i := range perDevice {
			address := map[string]any{"table": "holding", "address": i, "type": "uint16"}
			if i >= perDevice/2 {
				address = map[string]any{"table": "holding", "address": perDevice/2 + 2*(i-perDevice/2), "type": "float32"}
			}
			tags = append(tags, map[string]any{"path": fmt.Sprintf("bench/%s/t%d", id, i), "type": "float", "device": id, "address": address})
		}
	}
	if err := s.putPlant(map[string]any{"format": 1, "devices": list, "tags": tags}); err != nil {
		return "", err
	}
	err = wait(ctx, "all devices", func() (bool, error) {
		f.mu.Lock()
		defer f.mu.Unlock()
		return len(f.begin) == devices, fmt.Errorf("%d are read", len(f.begin))
	})
	if err != nil {
		return "", err
	}
	time.Sleep(3 * time.Second)
	f.forget()
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	begin := time.Now()
	select {
	case <-time.After(b.seconds + interval):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	took := time.Since(begin)
	time.Sleep(1500 * time.Millisecond) // the farm speaks once a second
	late, silent := f.late(interval)
	if silent > 0 {
		return "", fmt.Errorf("%d devices are not read", silent)
	}
	at := func(q float64) float64 { return float64(late[int(q*float64(len(late)-1))]) / 1e6 }
	over := 0
	for _, d := range late {
		if d > interval/10 {
			over++
		}
	}
	memory, err := memoryOf(s.pid())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("**%.3f** core; late by p50 %.1f ms, p99 **%.1f** ms, %.1f ms at most, %d of %d rounds by more than 10 %%; %d MiB",
		(after-before).Seconds()/took.Seconds(), at(0.5), at(0.99), at(1), over, len(late), memory>>20), nil
}
