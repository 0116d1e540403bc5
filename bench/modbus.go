package main

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/simonvetter/modbus"
)

func init() {
	register(row{
		order: 60, name: "modbus",
		work: "one Modbus device, 10,000 registers at 1 Hz, decoded, scaled, compared (a third change every second)",
		must: "0.025 core", better: "0.012", peers: "Node-RED 0.077, FUXA cannot · 0.005",
		measure: measureModbus,
	})
}

// registers answers every read with registers of which a third are new every second.
type registers struct {
	begin time.Time
	read  atomic.Int64
}

func (r *registers) HandleCoils(*modbus.CoilsRequest) ([]bool, error) {
	return nil, modbus.ErrIllegalFunction
}

func (r *registers) HandleDiscreteInputs(*modbus.DiscreteInputsRequest) ([]bool, error) {
	return nil, modbus.ErrIllegalFunction
}

func (r *registers) HandleInputRegisters(*modbus.InputRegistersRequest) ([]uint16, error) {
	return nil, modbus.ErrIllegalFunction
}

func (r *registers) HandleHoldingRegisters(q *modbus.HoldingRegistersRequest) ([]uint16, error) {
	if q.IsWrite {
		return nil, modbus.ErrIllegalFunction
	}
	r.read.Add(int64(q.Quantity))
	out := make([]uint16, q.Quantity)
	second := uint16(time.Since(r.begin) / time.Second)
	for i := range out {
		a := q.Addr + uint16(i)
		out[i] = a
		if a%3 == 0 {
			out[i] += second
		}
	}
	return out, nil
}

func measureModbus(ctx context.Context, b *bench) (string, error) {
	const n = 10000
	port, err := freePort()
	if err != nil {
		return "", err
	}
	served := &registers{begin: time.Now()}
	device, err := modbus.NewServer(&modbus.ServerConfiguration{URL: fmt.Sprintf("tcp://127.0.0.1:%d", port), MaxClients: 4}, served)
	if err != nil {
		return "", err
	}
	if err := device.Start(); err != nil {
		return "", err
	}
	defer device.Stop()
	s, err := start(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	tags := make([]any, n)
	for i := range tags {
		tags[i] = map[string]any{
			"path": fmt.Sprintf("bench/r%d", i), "type": "float", "device": "plc",
			"address":  map[string]any{"table": "holding", "address": i, "type": "uint16"},
			"scale":    map[string]any{"rawLow": 0, "rawHigh": 65535, "low": 0, "high": 1000},
			"deadband": map[string]any{"absolute": 0.001},
		}
	}
	err = s.putPlant(map[string]any{
		"format": 1, "tags": tags,
		"devices": []any{map[string]any{
			"id": "plc", "connector": "modbus", "scans": []any{map[string]any{"id": "default", "interval": "1s"}},
			"settings": map[string]any{"host": "127.0.0.1", "port": port},
		}},
	})
	if err != nil {
		return "", err
	}
	w := &watchers{}
	defer w.close()
	if err := w.add(s, watchRequest([]string{"bench/r9999", "bench/r9998", "bench/r9997"})); err != nil {
		return "", err
	}
	if err := flow(ctx, w, func() {}); err != nil {
		return "", err
	}
	time.Sleep(2 * time.Second)
	values, read := w.values.Load(), served.read.Load()
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	begin := time.Now()
	select {
	case <-time.After(b.seconds):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	if w.values.Load() == values {
		return "", fmt.Errorf("the registers did not change")
	}
	seconds := time.Since(begin).Seconds()
	return fmt.Sprintf("**%.4f** core, %.0f registers/s", (after-before).Seconds()/seconds, float64(served.read.Load()-read)/seconds), nil
}
