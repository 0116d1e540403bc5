package mqtt

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	paho3 "github.com/eclipse/paho.mqtt.golang"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// session is one connection to a broker, whichever version it speaks.
type session interface {
	// subscribe asks for topics and returns the filters that the broker refused.
	subscribe(ctx context.Context, filters []filter) (refused []string, err error)
	unsubscribe(ctx context.Context, topics []string) error
	// publish returns when the broker has confirmed, with QoS 0 when it is sent. sent says
	// that the message may have left.
	publish(ctx context.Context, topic string, payload []byte, qos byte, retain bool) (sent bool, err error)
	// lost is closed when the connection has ended; why says then how.
	lost() <-chan struct{}
	why() error
	// close says good-bye, so that the broker does not publish the will, and ends everything.
	close()
}

type filter struct {
	topic string
	qos   byte
}

// receive is called for every message, by one goroutine at a time. It must not keep payload.
type receive func(topic string, payload []byte)

// goodbye bounds the time that closing takes.
const goodbye = 500 * time.Millisecond

// filtersPerSubscribe keeps packets small: some brokers refuse long ones.
const filtersPerSubscribe = 100

// lostError is the error of a connection that has ended.
func lostError(cause error) error {
	if cause == nil {
		return fmt.Errorf("%w: connection closed", connector.ErrNotConnected)
	}
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, cause)
}

// refusedConnect is the broker's answer to a connect.
func refusedConnect(code byte, version5 bool, reason string) error {
	text := map[byte]string{1: "it does not speak this version of MQTT", 2: "it refuses the client id", 3: "it is not available", 4: "user name or password are wrong", 5: "this user may not connect"}[code]
	if version5 {
		text = map[byte]string{0x84: "it does not speak this version of MQTT", 0x85: "it refuses the client id", 0x86: "user name or password are wrong", 0x87: "this user may not connect", 0x88: "it is not available", 0x89: "it is busy", 0x8A: "this client is banned", 0x90: "it refuses the topic of the will"}[code]
	}
	if reason != "" {
		text = strings.TrimPrefix(text+": "+reason, ": ")
	}
	return fmt.Errorf("%w: the broker refuses the connection (code %d): %s", connector.ErrNotConnected, code, text)
}

// dial opens the network connection that the settings describe.
func (s *Settings) dial(ctx context.Context) (net.Conn, error) {
	conn, err := s.dialPlain(ctx)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w: %w", s.parsed.Redacted(), connector.ErrNotConnected, err)
	}
	return newPacketConn(conn), nil
}

func (s *Settings) dialPlain(ctx context.Context) (net.Conn, error) {
	u := s.parsed
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), map[string]string{"mqtt": "1883", "tcp": "1883", "mqtts": "8883", "ssl": "8883", "tls": "8883", "ws": "80", "wss": "443"}[u.Scheme])
	}
	d := net.Dialer{Timeout: 10 * time.Second, KeepAlive: 15 * time.Second}
	switch u.Scheme {
	case "mqtt", "tcp":
		return d.DialContext(ctx, "tcp", host)
	case "mqtts", "ssl", "tls":
		config := s.tls.Clone()
		if config.ServerName == "" {
			config.ServerName = u.Hostname()
		}
		return (&tls.Dialer{NetDialer: &d, Config: config}).DialContext(ctx, "tcp", host)
	}
	timeout := 10 * time.Second
	if at, ok := ctx.Deadline(); ok {
		timeout = min(timeout, time.Until(at))
	}
	if timeout <= 0 {
		return nil, context.DeadlineExceeded
	}
	return paho3.NewWebsocket(u.String(), s.tls.Clone(), timeout, http.Header{}, nil)
}

// tlsConfig makes the TLS side of the settings.
func (s *Settings) tlsConfig() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: s.Insecure}
	if s.CA != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(s.CA)) {
			return nil, errors.New("the CA holds no certificate in PEM form")
		}
	}
	if s.Certificate != "" {
		pair, err := tls.X509KeyPair([]byte(s.Certificate), []byte(s.Key))
		if err != nil {
			return nil, fmt.Errorf("client certificate and key: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	return config, nil
}

// schemes of a broker's address.
func checkURL(raw string) (*url.URL, error) {
	u, err := url.Parse(raw)
	if err != nil {
		return nil, errors.New("it is not an address")
	}
	switch u.Scheme {
	case "mqtt", "tcp", "mqtts", "ssl", "tls", "ws", "wss":
	default:
		return nil, fmt.Errorf("%q is not one of mqtt, mqtts, ws, wss", u.Scheme)
	}
	if u.Hostname() == "" {
		return nil, errors.New("it names no host")
	}
	if u.User != nil {
		return nil, errors.New("user name and password have fields of their own")
	}
	return u, nil
}

// packetConn buffers what comes in and cuts publications down that are larger than
// anybody looks at, so that a payload of any size costs little memory. It can be locked, as
// paho.golang does around each packet that it writes in parts.
type packetConn struct {
	net.Conn
	sync.Mutex
	in   *bufio.Reader
	head []byte // of a packet, still to be handed on
	body int    // bytes of the packet still to be handed on
	skip int    // bytes after them that are thrown away
}

// largest is the most of a publication that is handed on: payload, topic and properties.
const largest = maxPayload + 128<<10

func newPacketConn(c net.Conn) *packetConn {
	return &packetConn{Conn: c, in: bufio.NewReaderSize(c, 16<<10)}
}

// Read implements io.Reader.
func (c *packetConn) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(c.head) == 0 && c.body == 0 {
		if err := c.next(); err != nil {
			return 0, err
		}
	}
	if len(c.head) > 0 {
		n := copy(p, c.head)
		c.head = c.head[n:]
		return n, nil
	}
	n, err := c.in.Read(p[:min(len(p), c.body)])
	c.body -= n
	return n, err
}

// next reads the fixed header of the next packet (MQTT 5.0, clause 2.1).
func (c *packetConn) next() error {
	if c.skip > 0 {
		n, err := c.in.Discard(c.skip)
		c.skip -= n
		if err != nil {
			return err
		}
	}
	first, err := c.in.ReadByte()
	if err != nil {
		return err
	}
	length, shift := 0, 0
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			return err
		}
		length |= int(b&0x7F) << shift
		if b < 0x80 {
			break
		}
		if shift += 7; shift > 21 {
			return errors.New("the broker sent a packet of unknown length")
		}
	}
	if length > largest {
		if first>>4 != 3 { // only publications may be that large
			return fmt.Errorf("the broker sent a packet of %d bytes", length)
		}
		c.skip, length = length-largest, largest
	}
	c.body = length
	c.head = append(c.head[:0], first)
	for n := length; ; n >>= 7 {
		if n < 0x80 {
			c.head = append(c.head, byte(n))
			return nil
		}
		c.head = append(c.head, byte(n)|0x80)
	}
}

// refusal is the quality of points whose subscription the broker refused.
const refusal = tag.BadUserAccessDenied
