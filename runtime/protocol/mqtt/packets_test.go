package mqtt

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/eclipse/paho.golang/packets"
)

const largest = 1 << 20

// taker notes what is taken from the library.
type taker struct{ topics, payloads []string }

func (n *taker) Burst(topic, payload []byte) {
	n.topics, n.payloads = append(n.topics, string(topic)), append(n.payloads, string(payload))
}
func (n *taker) Settle() bool              { return true }
func (n *taker) Single(_, _ []byte)        {}
func (n *taker) String() string            { return fmt.Sprintf("%q %q", n.topics, n.payloads) }
func publish(flags byte, p ...byte) []byte { return append([]byte{0x30 | flags, byte(len(p))}, p...) }

// What is taken and what is left to the library together are what the broker sent, and what
// is taken means the same as to the library.
func FuzzPackets(f *testing.F) {
	f.Add(true, publish(0, 0, 1, 'a', 0, '7'))
	f.Add(false, publish(1, 0, 1, 'a', '7'))
	f.Add(true, slices.Concat(publish(0, 0, 1, 'a', 7, 0x26, 0, 1, 'k', 0, 1, 'v', 'x'), publish(2, 0, 1, 'a', 0, 1, 0, 'x'), []byte{0xD0, 0}))
	f.Add(true, publish(0, 0, 1, 'a', 3, 0x23, 0, 1, 'x'))                          // alias
	f.Add(true, publish(0, 0, 1, 'a', 10, 2, 0, 0, 0, 9, 1, 1, 0x0B, 0x81, 1, 'x')) // expiry, format, identifier
	f.Add(true, publish(0, 0, 1, 'a', 9, 3, 0, 1, 't', 8, 0, 2, 'r', 's', 'x'))
	f.Add(true, publish(0, 0, 1, 'a', 5, 9, 0, 9, 'x'))
	f.Add(false, publish(0, 0, 9, 'a'))
	f.Add(false, publish(0, 0, 0, 'a'))
	f.Fuzz(func(t *testing.T, version5 bool, in []byte) {
		plain, _ := io.ReadAll(newPacketConn(stream{Reader: bytes.NewReader(in)}, nil, nil, largest, version5))
		for _, wrap := range []func(io.Reader) io.Reader{func(r io.Reader) io.Reader { return r }, iotest.OneByteReader} {
			got, want := &taker{}, &taker{}
			left, _ := io.ReadAll(newPacketConn(stream{Reader: wrap(bytes.NewReader(in))}, nil, got, largest, version5))
			var rest []byte
			for p := plain; len(p) > 0; {
				n, body, ok := varint(p[1:])
				if !ok || n > len(body) {
					rest = append(rest, p...)
					break
				}
				whole := p[:len(p)-len(body)+n]
				p = body[n:]
				topic, payload, ok := publication(body[:n], version5)
				if whole[0]&0xF6 != 0x30 || !ok || n > sourceBuffer {
					rest = append(rest, whole...)
					continue
				}
				want.Burst(topic, payload)
				if !version5 {
					continue
				}
				packet, err := packets.ReadPacket(bytes.NewReader(whole))
				if err != nil {
					t.Fatalf("%x was taken, and the library says %v", whole, err)
				}
				if m := packet.Content.(*packets.Publish); m.Topic != string(topic) || !bytes.Equal(m.Payload, payload) {
					t.Fatalf("%x is %q %q, to the library %q %q", whole, topic, payload, m.Topic, m.Payload)
				}
			}
			if got.String() != want.String() || !bytes.Equal(left, rest) {
				t.Fatalf("of %x were taken %v and left %x, want %v and %x", in, got, left, want, rest)
			}
		}
	})
}

// What the library need not see it does not see.
func TestPublications(t *testing.T) {
	for name, c := range map[string]struct {
		version5 bool
		body     string
		want     string
	}{
		"3.1.1":          {false, "\x00\x01a7", "a 7"},
		"3.1.1, empty":   {false, "\x00\x01a", "a "},
		"no properties":  {true, "\x00\x01a\x007", "a 7"},
		"user property":  {true, "\x00\x01a\x07\x26\x00\x01k\x00\x01v7", "a 7"},
		"expiry, id":     {true, "\x00\x01a\x08\x02\x00\x00\x00\x09\x0B\x81\x017", "a 7"},
		"texts":          {true, "\x00\x01a\x0D\x03\x00\x01t\x08\x00\x01r\x09\x00\x01c\x01\x017", ""},
		"texts, format":  {true, "\x00\x01a\x0E\x03\x00\x01t\x08\x00\x01r\x09\x00\x01c\x01\x017", "a 7"},
		"alias":          {true, "\x00\x01a\x03\x23\x00\x017", ""},
		"no topic":       {true, "\x00\x00\x007", ""},
		"short topic":    {false, "\x00\x09a", ""},
		"short property": {true, "\x00\x01a\x02\x02\x00", ""},
		"short list":     {true, "\x00\x01a\x09\x01", ""},
		"unknown":        {true, "\x00\x01a\x02\x7E\x007", ""},
		"endless length": {true, "\x00\x01a\xFF\xFF\xFF\xFF\x01", ""},
		"no list at all": {true, "\x00\x01a", ""},
		"nothing":        {false, "", ""},
	} {
		topic, payload, ok := publication([]byte(c.body), c.version5)
		if got := fmt.Sprintf("%s %s", topic, payload); ok != (c.want != "") || ok && got != c.want {
			t.Errorf("%s: %q %v, want %q", name, got, ok, c.want)
		}
	}
}

// Gathering loses nothing, however the broker's bytes come.
func TestGathering(t *testing.T) {
	const n = 20_000
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	sent := make(chan error, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			sent <- err
			return
		}
		defer c.Close()
		var all []byte
		for i := range n {
			all = append(all, publish(0, append([]byte{0, 1, 'a'}, fmt.Sprint(i)...)...)...)
		}
		for all = append(all, 0xD0, 0); len(all) > 0; {
			some := all[:min(len(all), 1+rand.IntN(4000))]
			all = all[len(some):]
			if _, err := c.Write(some); err != nil {
				sent <- err
				return
			}
			time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond)
		}
		sent <- nil
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, src := &taker{}, newSource(c)
	left, err := io.ReadAll(newPacketConn(src, src, got, largest, false))
	if err := <-sent; err != nil {
		t.Fatal(err)
	}
	if err != nil || !bytes.Equal(left, []byte{0xD0, 0}) || len(got.payloads) != n {
		t.Fatalf("%d messages, then %x %v", len(got.payloads), left, err)
	}
	for i, p := range got.payloads {
		if p != fmt.Sprint(i) {
			t.Fatalf("message %d is %q", i, p)
		}
	}
}

// stream is a connection that gives what it holds in pieces.
type stream struct {
	net.Conn
	io.Reader
}

func (s stream) Read(p []byte) (int, error) { return s.Reader.Read(p) }

// Packets of any size in pieces of any size come through whole, and only publications
// that are too large come cut down.
func TestLargePublicationsAreCutDown(t *testing.T) {
	packet := func(kind byte, n int) []byte {
		p := []byte{kind}
		for l := n; ; l >>= 7 {
			if l < 0x80 {
				p = append(p, byte(l))
				break
			}
			p = append(p, byte(l)|0x80)
		}
		for i := range n {
			p = append(p, byte(i))
		}
		return p
	}
	var in, want []byte
	for _, n := range []int{0, 1, 127, 128, 20_000, largest} {
		in, want = append(in, packet(0x30, n)...), append(want, packet(0x30, n)...)
	}
	in, want = append(in, packet(0x31, 10<<20)...), append(want, packet(0x31, largest)...)
	in, want = append(in, packet(0xD0, 0)...), append(want, packet(0xD0, 0)...)
	for name, wrap := range map[string]func(io.Reader) io.Reader{"whole": func(r io.Reader) io.Reader { return r }, "halves": iotest.HalfReader} {
		got, err := io.ReadAll(newPacketConn(stream{Reader: wrap(strings.NewReader(string(in)))}, nil, nil, largest, false))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(want))
		}
	}
	for name, bad := range map[string][]byte{"another packet of 10 MB": packet(0x20, 10<<20), "endless length": {0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1}} {
		if _, err := io.ReadAll(newPacketConn(stream{Reader: strings.NewReader(string(bad))}, nil, nil, largest, false)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}
