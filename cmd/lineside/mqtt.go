package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"syscall"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/broker"
	"github.com/lineside/lineside/runtime/engine"
)

// mqttFlags say where the MQTT broker is reached. Without any of them there is none.
type mqttFlags struct {
	MQTT          string `name:"mqtt" help:"Serve the unified namespace by MQTT at this address, such as 127.0.0.1:1883 (off when not given; with --demo tried there)." env:"LINESIDE_MQTT" placeholder:"HOST:PORT"`
	MQTTWebSocket bool   `name:"mqtt-ws" help:"Serve MQTT over WebSocket too, at /mqtt of --listen." env:"LINESIDE_MQTT_WS"`
	MQTTTLS       string `name:"mqtt-tls" help:"Serve MQTT over TLS at this address, such as 0.0.0.0:8883." env:"LINESIDE_MQTT_TLS" placeholder:"HOST:PORT"`
	MQTTCert      string `name:"mqtt-cert" help:"Certificate for --mqtt-tls, PEM, with the intermediate ones." env:"LINESIDE_MQTT_CERT" type:"path" placeholder:"FILE"`
	MQTTKey       string `name:"mqtt-key" help:"Private key for --mqtt-tls, PEM." env:"LINESIDE_MQTT_KEY" type:"path" placeholder:"FILE"`
}

// demoMQTT is where the demo serves MQTT if nothing else does.
const demoMQTT = "127.0.0.1:1883"

// mqttBroker is the broker with what it listens on. A nil one does nothing.
type mqttBroker struct {
	broker    *broker.Broker
	listeners []net.Listener
	webSocket bool
	open      string // an address beyond this machine without TLS
	server    *api.Server
}

// listen opens the ports and makes the broker, nil when none is asked for.
func (f *mqttFlags) listen(demo bool) (*mqttBroker, error) {
	m := &mqttBroker{webSocket: f.MQTTWebSocket}
	switch {
	case f.MQTT != "":
		l, err := listenMQTT(f.MQTT, "--mqtt")
		if err != nil {
			return nil, err
		}
		if a, ok := l.Addr().(*net.TCPAddr); ok && !a.IP.IsLoopback() {
			m.open = a.String()
		}
		m.listeners = append(m.listeners, l)
	case demo:
		if l, err := net.Listen("tcp", demoMQTT); err == nil {
			m.listeners = append(m.listeners, l)
		}
	}
	if f.MQTTTLS != "" {
		if f.MQTTCert == "" || f.MQTTKey == "" {
			m.close()
			return nil, errors.New("--mqtt-tls needs --mqtt-cert and --mqtt-key")
		}
		config, err := broker.TLS(f.MQTTCert, f.MQTTKey)
		if err != nil {
			m.close()
			return nil, fmt.Errorf("--mqtt-tls: %w", err)
		}
		l, err := listenMQTT(f.MQTTTLS, "--mqtt-tls")
		if err != nil {
			m.close()
			return nil, err
		}
		m.listeners = append(m.listeners, tls.NewListener(l, config))
	}
	if len(m.listeners) == 0 && !m.webSocket {
		return nil, nil
	}
	return m, nil
}

func listenMQTT(address, flag string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("the address %s is in use, perhaps by another MQTT broker: stop it, or give another with %s", address, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: cannot listen on %s: %w", flag, address, err)
	}
	return l, nil
}

func (m *mqttBroker) close() {
	if m == nil {
		return
	}
	for _, l := range m.listeners {
		_ = l.Close()
	}
}

// make makes the broker. Logins are tested by the server, which is set before it runs.
func (m *mqttBroker) make(eng *engine.Engine, log *slog.Logger, origins []string) *broker.Broker {
	if m == nil {
		return nil
	}
	m.broker = broker.New(broker.Options{Engine: eng, Log: log, Origins: origins,
		Login: func(ctx context.Context, name, secret, address string) (broker.Session, error) {
			return m.server.LoginBroker(ctx, name, secret, address)
		}})
	return m.broker
}

// run serves until ctx ends.
func (m *mqttBroker) run(ctx context.Context, log *slog.Logger) {
	if m.open != "" {
		log.Warn("mqtt beyond this machine without TLS: passwords can be read on the way; use --mqtt-tls", "address", m.open)
	}
	for _, l := range m.listeners {
		log.Info("mqtt", "address", l.Addr().String())
	}
	if err := m.broker.Run(ctx, m.listeners...); err != nil {
		log.Error("mqtt broker ended", "error", err)
	}
}
