package modbus

import (
	"bufio"
	"bytes"
	"context"
	"log/slog"
	"testing"

	"github.com/lineside/lineside/runtime/northbound"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// memory is a host without an engine: for the fuzz test only, which wants to be quick.
type memory struct{ samples []tag.Sample }

func (m *memory) Read(tags []int, dst []tag.Sample) []tag.Sample {
	for _, i := range tags {
		dst = append(dst, m.samples[i])
	}
	return dst
}

func (m *memory) Write(_ context.Context, w northbound.Write) (northbound.Outcome, *spec.Problem) {
	m.samples[w.Tag] = tag.Sample{Value: w.Value}
	return northbound.Good, nil
}

func (m *memory) Info(int) northbound.Info             { return northbound.Info{} }
func (m *memory) Definitions() uint64                  { return 0 }
func (m *memory) Watch(func()) northbound.Feed         { return nil }
func (m *memory) Check(northbound.Write) *spec.Problem { return nil }
func (m *memory) Ready(string)                         {}
func (m *memory) Lost(error)                           {}
func (m *memory) Log() *slog.Logger                    { return slog.New(slog.DiscardHandler) }

// whatever makes a server with a tag of every kind, and values in all of them.
func whatever(t testing.TB, settings string) (*server, *memory) {
	t.Helper()
	s, err := decodeSettings([]byte(settings))
	if err != nil {
		t.Fatal(err)
	}
	var tags []northbound.Tag
	for _, e := range []struct {
		typ tag.Type
		raw string
	}{
		{tag.Bool, `{"table":"coil","address":0}`}, {tag.Bool, `{"table":"coil","address":9}`}, {tag.Bool, `{"table":"discrete","address":3}`}, {tag.Int, `{"table":"coil","address":1}`},
		{tag.Int, `{"table":"holding","address":0,"type":"int16"}`}, {tag.Float, `{"table":"holding","address":1,"type":"float32","order":"CDAB"}`}, {tag.Int, `{"table":"holding","address":3,"type":"int64","order":"DCBA"}`},
		{tag.String, `{"table":"holding","address":7,"type":"string","length":7}`}, {tag.Bytes, `{"table":"holding","address":11,"type":"string","length":2,"order":"BADC"}`},
		{tag.Bool, `{"table":"holding","address":12,"type":"uint16","bit":0}`}, {tag.Bool, `{"table":"holding","address":12,"type":"uint16","bit":15}`},
		{tag.Float, `{"table":"holding","address":13,"type":"bcd32","factor":0.5}`}, {tag.Float, `{"table":"holding","address":65532,"type":"float64"}`}, {tag.Int, `{"table":"input","address":5,"type":"uint64"}`},
	} {
		a, err := wire.ParseAddress([]byte(e.raw), e.typ, false)
		if err != nil {
			t.Fatal(e.raw, err)
		}
		tags = append(tags, northbound.Tag{Type: e.typ, Write: true, Map: a})
	}
	m := &memory{samples: make([]tag.Sample, len(tags))}
	for i := range tags {
		m.samples[i].Value, _ = tag.OfBool(true).Convert(tags[i].Type)
		if m.samples[i].Value.IsNone() {
			m.samples[i].Value = tag.OfString("text")
		}
	}
	return newServer(s, tags), m
}

// Whatever comes in gets an answer that is a frame, or ends the connection; what is answered well has
// the length that was asked for.
func FuzzRequest(f *testing.F) {
	for _, pdu := range []string{
		"010000000a", "0200030001", "030000000f", "03fffc0004", "0400050004", "050000ff00", "0600008000", "0f0000000200ff", "0f0000000201ff", "100000000306000100020003",
		"16000c00000000", "170000000f00010002040000ffff", "2b0e0100", "2b0e0404", "10000300", "100007000408686f6c61000000000000",
	} {
		f.Add(unhex(f, pdu), true)
	}
	strict, memoryOfStrict := whatever(f, `{"gaps":"refuse"}`)
	loose, memoryOfLoose := whatever(f, `{"bad":"last"}`)
	f.Fuzz(func(t *testing.T, pdu []byte, kind bool) {
		if len(pdu) == 0 || len(pdu) > wire.MaxPDU {
			return
		}
		s, m := strict, memoryOfStrict
		if kind {
			s, m = loose, memoryOfLoose
		}
		r := &request{server: s, host: m, unit: s.unit(1), from: "192.0.2.7:5000", wait: func(context.Context, int) error { return nil }}
		reply := r.serve(t.Context(), pdu, nil)
		switch {
		case len(reply) < 2 || len(reply) > wire.MaxPDU:
			t.Fatalf("reply of %d bytes", len(reply))
		case reply[0] == pdu[0]|wire.ExceptionBit:
			if len(reply) != 2 || reply[1] == 0 || reply[1] > wire.GatewayTargetSilent {
				t.Fatalf("exception % x", reply)
			}
		case reply[0] != pdu[0]:
			t.Fatalf("reply % x to % x", reply, pdu)
		case pdu[0] == wire.ReadHolding || pdu[0] == wire.ReadInput:
			if n := 2 * (int(pdu[3])<<8 | int(pdu[4])); int(reply[1]) != n || len(reply) != 2+n {
				t.Fatalf("% x gives % x", pdu, reply)
			}
		case pdu[0] == wire.WriteRegisters:
			// What was written reads back as it was, as far as registers hold values as they are.
			back := r.serve(t.Context(), append([]byte{wire.ReadHolding}, pdu[1:5]...), nil)
			if back[0] != wire.ReadHolding && kind {
				t.Fatalf("% x was written and reads % x", pdu, back)
			}
		}
	})
}

// FuzzFrame cuts streams into frames.
func FuzzFrame(f *testing.F) {
	f.Add(append(frame(1, 1, []byte{3, 0, 0, 0, 1}), frame(2, 1, []byte{3, 0, 0, 0, 1})...))
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"))
	f.Fuzz(func(t *testing.T, stream []byte) {
		r, buf, taken := bufio.NewReader(bytes.NewReader(stream)), make([]byte, header+wire.MaxPDU), 0
		for {
			b, err := readFrame(r, buf, func() {})
			if err != nil {
				return
			}
			if len(b) < header+1 || len(b) > header+wire.MaxPDU || !bytes.Equal(b, stream[taken:taken+len(b)]) {
				t.Fatalf("frame % x", b)
			}
			taken += len(b)
		}
	})
}
