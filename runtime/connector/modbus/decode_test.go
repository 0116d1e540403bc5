package modbus

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// The frame of MODBUS over Serial Line V1.02, appendix B: unit 2, function 7.
func TestCRC(t *testing.T) {
	if got := crc16([]byte{2, 7}); got != 0x1241 {
		t.Errorf("checksum %04x, want 1241", got)
	}
	if got := (rtuFraming{}).pack(nil, 9, 1, readPDU(fcReadHolding, 0, 10)); !bytes.Equal(got, []byte{1, 3, 0, 0, 0, 10, 0xC5, 0xCD}) {
		t.Errorf("frame % x", got)
	}
}

func FuzzReply(f *testing.F) {
	f.Add([]byte{3, 0, 0, 0, 2}, []byte{3, 4, 1, 2, 3, 4})
	f.Add([]byte{1, 0, 0, 0, 9}, []byte{0x81, 2})
	f.Add([]byte{22, 0, 0, 0, 9, 1, 1}, []byte{22, 0, 0, 0, 9, 1, 1})
	f.Fuzz(func(t *testing.T, request, reply []byte) {
		if len(request) < 5 {
			return
		}
		data, err := checkReply(request, reply)
		var e exception
		var status *connector.StatusError
		if err != nil && !errors.As(err, &e) && !errors.As(err, &status) {
			t.Fatalf("error %v of another kind", err)
		}
		if err == nil && request[0] >= 1 && request[0] <= 4 && len(data) != dataBytes(request) {
			t.Fatalf("%d bytes of data instead of %d", len(data), dataBytes(request))
		}
	})
}

func fuzzFraming(f *testing.F, fr framing) {
	request := readPDU(fcReadHolding, 0, 2)
	good := fr.pack(nil, 5, 1, []byte{3, 4, 1, 2, 3, 4})
	f.Add(good)
	f.Add(append(fr.pack(nil, 4, 1, []byte{3, 4, 9, 9, 9, 9}), good...))
	f.Add(fr.pack(nil, 5, 1, []byte{0x83, 2}))
	f.Add(good[:5])
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(stream), 1024)
		for {
			unit, pdu, err := fr.next(r, 5, 1, request)
			if err != nil {
				if !errors.Is(err, errGarbage) && !errors.Is(err, io.EOF) {
					t.Fatalf("error %v of another kind", err)
				}
				return
			}
			if len(pdu) == 0 || len(pdu) > maxPDU+3 {
				t.Fatalf("unit %d: a reply of %d bytes", unit, len(pdu))
			}
		}
	})
}

func FuzzTCP(f *testing.F)   { fuzzFraming(f, tcpFraming{}) }
func FuzzRTU(f *testing.F)   { fuzzFraming(f, rtuFraming{}) }
func FuzzASCII(f *testing.F) { fuzzFraming(f, &asciiFraming{}) }

// A device of 10,000 registers, as decoded once a scan.
func BenchmarkDecode10000(b *testing.B) {
	for _, kind := range []string{"uint16", "float32"} {
		b.Run(kind, func(b *testing.B) {
			step := wire.Formats[kind].Words(0)
			c := New(&Settings{MaxRegisters: 125, MaxCoils: 2000})
			var points []connector.Point
			for i := range 10_000 / step {
				points = append(points, at(b, i, tag.Float, fmt.Sprintf(`{"table":"holding","address":%d,"type":%q,"order":"CDAB"}`, i*step, kind)))
			}
			data := bytes.Repeat([]byte{0x41, 0x42, 0x43, 0x44}, 64)
			var dst []connector.Update
			requests := c.Plan(points)
			b.ReportAllocs()
			for b.Loop() {
				dst = dst[:0]
				for _, r := range requests {
					dst = c.decodeBlock(dst, r.(*request).points, data)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/10_000, "ns/register")
		})
	}
}

// The same over a socket, from a server that is not ours.
func BenchmarkRead1000(b *testing.B) {
	server := peer.StartPymodbus(b)
	c := device(b, server.Port, "")
	var points []connector.Point
	for i := range 1000 {
		points = append(points, at(b, i, tag.Float, fmt.Sprintf(`{"table":"holding","address":%d,"type":"uint16"}`, i)))
	}
	requests := c.Plan(points)
	var dst []connector.Update
	b.ReportAllocs()
	for b.Loop() {
		dst = dst[:0]
		for _, r := range requests {
			var err error
			if dst, err = r.Read(context.Background(), dst); err != nil {
				b.Fatal(err)
			}
		}
	}
}
