package broker

import (
	"bytes"
	"net"
	"strings"
	"testing"

	mochi "github.com/mochi-mqtt/server/v2"
	"github.com/mochi-mqtt/server/v2/packets"
	"pgregory.net/rapid"
)

// TestFilter: the examples of MQTT 5, 4.7.
func TestFilter(t *testing.T) {
	for _, row := range []struct {
		filter, topic string
		want          bool
	}{
		{"sport/tennis/player1/#", "sport/tennis/player1", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/ranking", true},
		{"sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", true},
		{"sport/#", "sport", true},
		{"#", "a/b", true},
		{"#", "$SYS/x", false},
		{"+/monitor/Clients", "$SYS/monitor/Clients", false},
		{"sport/tennis/+", "sport/tennis/player1", true},
		{"sport/tennis/+", "sport/tennis/player1/ranking", false},
		{"sport/+", "sport", false},
		{"sport/+", "sport/", true},
		{"+/+", "/finance", true},
		{"/+", "/finance", true},
		{"+", "/finance", false},
		{"+", "finance", true},
		{"a/+/c", "a/b/d", false},
		{"a b/泵", "a b/泵", true},
	} {
		f, ok := parseFilter(row.filter)
		if !ok || f.match(row.topic) != row.want {
			t.Errorf("%s %s: %v", row.filter, row.topic, !row.want)
		}
	}
	for _, bad := range []string{"", "a#", "#/a", "a+", "a/+b/c", "$SYS/#", strings.Repeat("a/", 30), strings.Repeat("a", 600), "a\x00"} {
		if _, ok := parseFilter(bad); ok {
			t.Errorf("%q is taken", bad)
		}
	}
}

// TestFilterIsTheLibrarys: retained messages, which we choose, and messages that the library
// delivers go by the same rule.
func TestFilterIsTheLibrarys(t *testing.T) {
	level := rapid.SampledFrom([]string{"a", "b", "+", ""})
	rapid.Check(t, func(t *rapid.T) {
		text := strings.Join(rapid.SliceOfN(level, 1, 4).Draw(t, "filter"), "/")
		if rapid.Bool().Draw(t, "rest") {
			text += "/#"
		}
		topic := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", ""}), 1, 5).Draw(t, "topic"), "/")
		f, ok := parseFilter(text)
		if !ok || topic == "" {
			return
		}
		index := mochi.NewTopicsIndex()
		index.Subscribe("c", packets.Subscription{Filter: text})
		if want := len(index.Subscribers(topic).Subscriptions) > 0; f.match(topic) != want && !libraryErs(text) {
			t.Fatalf("%q %q: %v, the library says %v", text, topic, !want, want)
		}
	})
}

// libraryErs: it does not let "+/#" select the parent level, which the standard demands (4.7.1.2).
func libraryErs(filter string) bool { return strings.HasSuffix(filter, "+/#") }

// TestFrame: what is encoded here, the library reads.
func TestFrame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := frame{v5: rapid.Bool().Draw(t, "v5"), retain: rapid.Bool().Draw(t, "retain")}
		if f.v5 {
			f.identifiers = rapid.SliceOfN(rapid.IntRange(1, 268_435_455), 0, 3).Draw(t, "identifiers")
			f.hasCorrelation = rapid.Bool().Draw(t, "has")
			f.correlation = rapid.SliceOfN(rapid.Byte(), 1, 200).Draw(t, "correlation")
		}
		topic := rapid.StringMatching(`[a-z/泵 ]{1,80}`).Draw(t, "topic")
		payload := rapid.SliceOfN(rapid.Byte(), 0, 40_000).Draw(t, "payload")
		text := f.append(nil, topic, payload)
		r := bytes.NewReader(text[1:])
		size, n, err := packets.DecodeLength(r)
		if err != nil || size != r.Len() {
			t.Fatalf("length %d of %d: %v", size, r.Len(), err)
		}
		pk := packets.Packet{ProtocolVersion: 4}
		if f.v5 {
			pk.ProtocolVersion = 5
		}
		pk.FixedHeader.Remaining = size
		if err := pk.FixedHeader.Decode(text[0]); err != nil {
			t.Fatal(err)
		}
		if err := pk.PublishDecode(text[1+n:]); err != nil {
			t.Fatal(err)
		}
		if pk.TopicName != topic || !bytes.Equal(pk.Payload, payload) || pk.FixedHeader.Retain != f.retain || len(pk.Properties.SubscriptionIdentifier) != len(f.identifiers) || f.hasCorrelation && !bytes.Equal(pk.Properties.CorrelationData, f.correlation) {
			t.Fatalf("%+v became %+v", f, pk)
		}
	})
}

// FuzzConnection: whatever a client sends, before and after it has logged in, ends at most its
// own connection, and without a panic.
func FuzzConnection(f *testing.F) {
	connect := func(version byte) []byte {
		body := append([]byte("\x00\x04MQTT"), version, 0xC2, 0, 60)
		if version == 5 {
			body = append(body, 0)
		}
		body = append(body, "\x00\x01c\x00\x05admin\x00\x0csecret-admin"...)
		return append([]byte{0x10, byte(len(body))}, body...)
	}
	for _, version := range []byte{4, 5} {
		for _, s := range []string{
			"\x30\x09\x00\x07north/a5", "\x32\x0f\x00\x09devices/x\x00\x01hi", "\x82\x06\x00\x01\x00\x01#\x00", "\x82\x07\x00\x01\x00\x00\x01#\x00", "\xa2\x05\x00\x02\x00\x01#",
			"\x34\x0f\x00\x09devices/x\x00\x01hi\x62\x02\x00\x01", "\xc0\x00\xe0\x00", "\x82\x12\x00\x01\x00\x0d$share/g/dev/#\x01", "\x30\x10\x00\x0bnorth/a/set2.5",
			"\x40\x02\x00\x01\x50\x02\x00\x01\x70\x02\x00\x01", "\xf0\x00", "\x33\x10\x00\x09devices/x\x00\x01\x03\x23\x00\x01", "\x30\xff\xff\xff\x7f",
		} {
			f.Add(append(connect(version), s...))
		}
	}
	f.Add([]byte("\x10\x0c\x00\x04MQTT\x05\x02\x00\x3c\x00\x00\x00"))
	r := begin(f, twoAreas)
	f.Fuzz(func(t *testing.T, sent []byte) {
		ours, theirs := net.Pipe()
		ended := make(chan struct{})
		go func() { r.serve(ours); close(ended) }()
		go func() {
			var b [4096]byte
			for {
				if _, err := theirs.Read(b[:]); err != nil {
					return
				}
			}
		}()
		_, _ = theirs.Write(sent)
		_ = theirs.Close()
		<-ended
		if n := r.Stats().Panics; n > 0 {
			r.stats.panics.Store(0)
			t.Fatalf("panic")
		}
	})
}
