package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"sync/atomic"
	"time"
)

func init() {
	register(row{
		order: 62, name: "mqtt-in",
		work: "MQTT, 10,000 topics, 20,000 messages/s through the embedded broker into tags",
		must: "one core, nothing dropped unsaid", better: "", peers: "",
		measure: measureMQTTIn,
	})
	register(row{
		order: 63, name: "mqtt-out",
		work: "unified namespace: 10,000 tags, 10,000 changes/s to five MQTT clients that have all of them",
		must: "", better: "", peers: "bare mochi-mqtt 0.36 core, NATS 0.48",
		measure: measureMQTTOut,
	})
}

// rawMQTT is a client of version 3.1.1 that costs next to nothing.
type rawMQTT struct {
	net.Conn
	out      *bufio.Writer
	messages atomic.Int64
	retained atomic.Int64
}

func mqttString(dst []byte, s string) []byte {
	return append(binary.BigEndian.AppendUint16(dst, uint16(len(s))), s...)
}

func (c *rawMQTT) packet(first byte, body []byte) {
	_ = c.out.WriteByte(first)
	n := len(body)
	for ; n >= 0x80; n >>= 7 {
		_ = c.out.WriteByte(byte(n) | 0x80)
	}
	_ = c.out.WriteByte(byte(n))
	_, _ = c.out.Write(body)
}

func (c *rawMQTT) publish(topic, payload string) {
	c.packet(0x30, append(mqttString(nil, topic), payload...))
}

// dialMQTT logs in to the broker of the server.
func dialMQTT(address, id, filter string) (*rawMQTT, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	c := &rawMQTT{Conn: conn, out: bufio.NewWriterSize(conn, 64<<10)}
	body := append(mqttString(nil, "MQTT"), 4, 0xC2, 0, 0)
	for _, s := range []string{id, benchUser, benchPassword} {
		body = mqttString(body, s)
	}
	c.packet(0x10, body)
	if filter != "" {
		c.packet(0x82, append(mqttString([]byte{0, 1}, filter), 0))
	}
	if err := c.out.Flush(); err != nil {
		return nil, err
	}
	in := bufio.NewReaderSize(conn, 256<<10)
	ack := make([]byte, 4)
	if _, err := io.ReadFull(in, ack); err != nil || ack[3] != 0 {
		return nil, fmt.Errorf("mqtt login: %x %w", ack, err)
	}
	go func() {
		for {
			first, err := in.ReadByte()
			if err != nil {
				return
			}
			size, shift := 0, 0
			for more := true; more; shift += 7 {
				b, err := in.ReadByte()
				if err != nil {
					return
				}
				size |= int(b&0x7F) << shift
				more = b >= 0x80
			}
			if _, err := in.Discard(size); err != nil {
				return
			}
			switch {
			case first&0xF1 == 0x31:
				c.retained.Add(1)
			case first&0xF0 == 0x30:
				c.messages.Add(1)
			}
		}
	}()
	return c, nil
}

// startMQTT is start with a broker; it gives the address of that.
func startMQTT(ctx context.Context, b *bench) (*server, string, error) {
	port, err := freePort()
	if err != nil {
		return nil, "", err
	}
	address := fmt.Sprintf("127.0.0.1:%d", port)
	s, err := start(ctx, b, "--mqtt", address)
	return s, address, err
}

// brokerPlant is n tags that follow topics of the embedded broker.
func brokerPlant(address string, n int) map[string]any {
	list := make([]any, n)
	for i := range list {
		list[i] = map[string]any{"path": fmt.Sprintf("bench/line%d/t%d", i%100, i), "type": "float", "device": "broker", "address": map[string]any{"topic": deviceTopic(i), "format": "number"}}
	}
	return map[string]any{"format": 1, "tags": list, "devices": []any{map[string]any{"id": "broker", "connector": "mqtt",
		"settings": map[string]any{"url": "mqtt://" + address, "username": benchUser, "password": benchPassword}}}}
}

func deviceTopic(i int) string { return fmt.Sprintf("devices/line%d/%d", i%100, i) }

// metric reads one number of /metrics.
func (s *server) metric(name string) (float64, error) {
	res, err := s.http.Get(s.url + "/metrics")
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err
	}
	m := regexp.MustCompile(`(?m)^` + name + ` (\S+)$`).FindSubmatch(text)
	if m == nil || res.StatusCode != http.StatusOK {
		return 0, fmt.Errorf("/metrics (status %d) has no %s", res.StatusCode, name)
	}
	return strconv.ParseFloat(string(m[1]), 64)
}

const (
	metricUpdates = "lineside_tag_updates_total"
	metricDropped = "lineside_mqtt_dropped_total"
)

func measureMQTTIn(ctx context.Context, b *bench) (string, error) {
	const tags, rate, pause = 10_000, 20_000, 20 * time.Millisecond
	s, address, err := startMQTT(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	if err := s.putPlant(brokerPlant(address, tags)); err != nil {
		return "", err
	}
	c, err := dialMQTT(address, "publisher", "")
	if err != nil {
		return "", err
	}
	defer c.Close()
	sent := 0
	send := func(n int) {
		for range n {
			c.publish(deviceTopic(sent%tags), strconv.Itoa(sent))
			sent++
		}
		_ = c.out.Flush()
	}
	err = wait(ctx, "values", func() (bool, error) {
		send(1)
		time.Sleep(50 * time.Millisecond)
		n, err := s.metric(metricUpdates)
		return n > 0, err
	})
	if err != nil {
		return "", err
	}
	time.Sleep(500 * time.Millisecond)
	from, err := s.metric(metricUpdates)
	if err != nil {
		return "", err
	}
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	began, first := time.Now(), sent
	every(ctx, b.seconds, pause, func() { send(rate * int(pause) / int(time.Second)) })
	took := time.Since(began).Seconds()
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	time.Sleep(500 * time.Millisecond)
	to, err := s.metric(metricUpdates)
	if err != nil {
		return "", err
	}
	dropped, err := s.metric(metricDropped)
	if err != nil {
		return "", err
	}
	lost := float64(sent-first) - (to - from)
	if lost != dropped {
		return "", fmt.Errorf("of %d messages %.0f did not arrive, and %.0f were said to be dropped", sent-first, lost, dropped)
	}
	return fmt.Sprintf("**%.2f** core at %.0f messages/s, %.0f of %d dropped", (after-before).Seconds()/took, float64(sent-first)/took, dropped, sent-first), nil
}

func measureMQTTOut(ctx context.Context, b *bench) (string, error) {
	const tags, clients, pause = 10_000, 5, 50 * time.Millisecond
	s, address, err := startMQTT(ctx, b)
	if err != nil {
		return "", err
	}
	defer s.stop()
	if err := s.putPlant(brokerPlant(address, tags)); err != nil {
		return "", err
	}
	in, err := dialMQTT(address, "publisher", "")
	if err != nil {
		return "", err
	}
	defer in.Close()
	var subs []*rawMQTT
	for i := range clients {
		c, err := dialMQTT(address, fmt.Sprint("subscriber", i), "bench/#")
		if err != nil {
			return "", err
		}
		defer c.Close()
		subs = append(subs, c)
	}
	err = wait(ctx, "what is retained", func() (bool, error) {
		for _, c := range subs {
			if n := c.retained.Load() + c.messages.Load(); n < tags {
				return false, fmt.Errorf("%d of %d", n, tags)
			}
		}
		return true, nil
	})
	if err != nil {
		return "", err
	}
	sent := 0
	send := func(n int) {
		for range n {
			in.publish(deviceTopic(sent%tags), strconv.Itoa(sent))
			sent++
		}
		_ = in.out.Flush()
	}
	err = wait(ctx, "values", func() (bool, error) {
		send(1)
		time.Sleep(100 * time.Millisecond)
		return subs[0].messages.Load() > 0, nil
	})
	if err != nil {
		return "", err
	}
	time.Sleep(time.Second)
	delivered := func() (n int64) {
		for _, c := range subs {
			n += c.messages.Load()
		}
		return n
	}
	from := delivered()
	before, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	began := time.Now()
	every(ctx, b.seconds, pause, func() { send(10_000 * int(pause) / int(time.Second)) })
	took := time.Since(began).Seconds()
	after, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	time.Sleep(time.Second)
	memory, err := memoryOf(s.pid())
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("**%.2f** core with the way in, %.0f messages/s delivered, %d MiB", (after-before).Seconds()/took, float64(delivered()-from)/took, memory>>20), nil
}
