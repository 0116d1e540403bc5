package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	mqtt "github.com/eclipse/paho.mqtt.golang"
)

// broker is Mosquitto on a free port, with one client to publish by.
type broker struct {
	cmd    *exec.Cmd
	dir    string
	url    string
	client mqtt.Client
}

func startBroker(ctx context.Context) (*broker, error) {
	program, err := exec.LookPath("mosquitto")
	if err != nil {
		program = "/usr/sbin/mosquitto"
	}
	port, err := freePort()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "lineside-bench-")
	if err != nil {
		return nil, err
	}
	config := filepath.Join(dir, "mosquitto.conf")
	text := fmt.Sprintf("listener %d 127.0.0.1\nallow_anonymous true\nset_tcp_nodelay true\nmax_queued_messages 0\npersistence false\nlog_type error\n", port)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		return nil, err
	}
	b := &broker{cmd: exec.Command(program, "-c", config), dir: dir, url: fmt.Sprintf("127.0.0.1:%d", port)}
	if err := b.cmd.Start(); err != nil {
		os.RemoveAll(dir)
		return nil, fmt.Errorf("start mosquitto (apt install mosquitto): %w", err)
	}
	b.client = mqtt.NewClient(mqtt.NewClientOptions().AddBroker("tcp://" + b.url).SetClientID("bench").SetProtocolVersion(4))
	err = wait(ctx, "mosquitto", func() (bool, error) {
		t := b.client.Connect()
		t.WaitTimeout(time.Second)
		return t.Error() == nil && b.client.IsConnected(), t.Error()
	})
	if err != nil {
		b.stop()
		return nil, err
	}
	return b, nil
}

// device is the broker as a device of a plant.
func (b *broker) device() map[string]any {
	return map[string]any{"id": "broker", "connector": "mqtt", "settings": map[string]any{"url": "mqtt://" + b.url}}
}

// topic is the address of a tag.
func topic(i int) string { return fmt.Sprintf("bench/line/%d", i) }

// floatTag is a tag of the plant that follows topic(i).
func floatTag(i int) map[string]any {
	return map[string]any{"path": fmt.Sprintf("bench/t%d", i), "type": "float", "device": "broker", "address": map[string]any{"topic": topic(i), "format": "number"}}
}

// send publishes one value of a topic, quality of service 0.
func (b *broker) send(i int, value string) {
	b.client.Publish(topic(i), 0, false, value)
}

func (b *broker) stop() {
	b.client.Disconnect(50)
	_ = b.cmd.Process.Kill() // it keeps nothing
	_ = b.cmd.Wait()
	os.RemoveAll(b.dir)
}
