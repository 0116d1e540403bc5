package snmp

import (
	"encoding/json"
	"errors"
	"io"
	"log"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestOID(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"1.3.6.1.2.1.1.3.0", "1.3.6.1.2.1.1.3.0"}, {".1.3.6", "1.3.6"}, {" 2.999 ", "2.999"}, {"1.3.4294967295", "1.3.4294967295"},
		{"sysUpTime.0", "1.3.6.1.2.1.1.3.0"}, {"SNMPv2-MIB::sysUpTime.0", "1.3.6.1.2.1.1.3.0"}, {"ifHCInOctets.12", "1.3.6.1.2.1.31.1.1.1.6.12"},
		{"hrProcessorLoad.196608", "1.3.6.1.2.1.25.3.3.1.2.196608"}, {"laLoad.1", "1.3.6.1.4.1.2021.10.1.3.1"}, {"upsBatteryVoltage.0", "1.3.6.1.2.1.33.1.2.5.0"}, {"prtMarkerSuppliesLevel.1.1", "1.3.6.1.2.1.43.11.1.1.9.1.1"},
		{"1", ""}, {"", ""}, {"1.3.x", ""}, {"3.1", ""}, {"0.40", ""}, {"1.3.-1", ""}, {"1.3.+1", ""}, {"sysNothing.0", ""}, {"1." + strings.Repeat("1.", 200) + "1", ""},
	} {
		if got, err := parseOID(row.text); got != row.want || (err == nil) != (row.want != "") {
			t.Errorf("%q is %q, %v", row.text, got, err)
		}
	}
	sorted := []string{"1.3", "1.3.6", "1.3.6.1", "1.3.6.2", "1.3.6.10", "1.3.10.1", "2.1"}
	for i := range sorted {
		for j := range sorted {
			if got := compareOID(sorted[i], sorted[j]); got < 0 != (i < j) || got > 0 != (i > j) {
				t.Errorf("%s and %s: %d", sorted[i], sorted[j], got)
			}
		}
	}
}

func TestSettings(t *testing.T) {
	for raw, says := range map[string]string{
		`{"host":"x","version":"3","user":"u","authPassword":"short","privPassword":"long enough"}`: "A password of SNMP 3 has at least 8 characters.",
		`{"host":"x","version":"3","user":"u","authPassword":"long enough"}`:                        "A password of SNMP 3 has at least 8 characters.",
		`{"host":"x","version":"3"}`:    "",
		`{"host":"x","version":"4"}`:    "",
		`{"host":"x","comunity":"c"}`:   "",
		`{"version":"2c"}`:              "",
		`{"host":"x","maxObjects":101}`: "",
	} {
		_, err := decodeSettings(json.RawMessage(raw))
		var ps spec.Problems
		if !errors.As(err, &ps) || says != "" && ps[0].Message != says {
			t.Errorf("%s: %v", raw, err)
		}
		if says != "" && !han(spec.Translate(ps[0].Message, "zh")) {
			t.Errorf("%q has no Chinese", says)
		}
	}
	for _, raw := range []string{
		`{"host":"x"}`, `{"host":"x","version":"3","user":"u","security":"none"}`, `{"host":"x","version":"3","user":"u","security":"auth","authPassword":"secret:a/b"}`,
	} {
		if _, err := decodeSettings(json.RawMessage(raw)); err != nil {
			t.Errorf("%s: %v", raw, err)
		}
	}
}

func han(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestAddressProblems(t *testing.T) {
	for _, row := range []struct {
		raw      string
		typ      tag.Type
		writable bool
		at       string
	}{
		{`{"oid":"1.x"}`, tag.Int, false, "/oid"}, {`{"oid":"sysNothing.0"}`, tag.Int, false, "/oid"}, {`{"oid":"7.1"}`, tag.Int, false, "/oid"},
		{`{"oid":"1.3.6"}`, tag.JSON, false, "/oid"}, {`{"oid":"1.3.6","format":"date"}`, tag.String, true, "/format"},
	} {
		_, err := ParseAddress(json.RawMessage(row.raw), row.typ, row.writable)
		var ps spec.Problems
		if !errors.As(err, &ps) || len(ps) != 1 || ps[0].At != row.at {
			t.Fatalf("%s: %v", row.raw, err)
		}
		for _, text := range []string{ps[0].Message, ps[0].Hint} {
			if !han(spec.Translate(text, "zh")) {
				t.Errorf("%q has no Chinese", text)
			}
		}
	}
}

func TestDecode(t *testing.T) {
	for _, row := range []struct {
		name   string
		ber    gosnmp.Asn1BER
		in     any
		format string
		typ    tag.Type
		want   tag.Value
		q      tag.Quality
	}{
		{"integer", gosnmp.Integer, -5, "", tag.Int, tag.OfInt(-5), tag.Good},
		{"gauge as float", gosnmp.Gauge32, uint(7), "", tag.Float, tag.OfFloat(7), tag.Good},
		{"large counter", gosnmp.Counter64, uint64(1<<53 + 1), "", tag.Int, tag.OfInt(1<<53 + 1), tag.Good},
		{"largest counter as int", gosnmp.Counter64, uint64(math.MaxUint64), "", tag.Int, tag.Value{}, tag.BadOutOfRange},
		{"largest counter as text", gosnmp.Counter64, uint64(math.MaxUint64), "", tag.String, tag.OfString("18446744073709551615"), tag.Good},
		{"largest counter as float", gosnmp.Counter64, uint64(math.MaxUint64), "", tag.Float, tag.OfFloat(math.MaxUint64), tag.Good},
		{"ticks", gosnmp.TimeTicks, uint32(123), "", tag.Int, tag.OfInt(123), tag.Good},
		{"true", gosnmp.Integer, 1, "truth", tag.Bool, tag.OfBool(true), tag.Good},
		{"false", gosnmp.Integer, 2, "truth", tag.Bool, tag.OfBool(false), tag.Good},
		{"no truth", gosnmp.Integer, 0, "truth", tag.Bool, tag.Value{}, tag.BadDecodingError},
		{"text", gosnmp.OctetString, []byte("阀门\x00"), "auto", tag.String, tag.OfString("阀门"), tag.Good},
		{"bytes in hexadecimal", gosnmp.OctetString, []byte{0, 27, 255}, "auto", tag.String, tag.OfString("00:1b:ff"), tag.Good},
		{"bytes that are no text", gosnmp.OctetString, []byte{0xFF}, "text", tag.String, tag.Value{}, tag.BadDecodingError},
		{"text in hexadecimal", gosnmp.OctetString, []byte("AB"), "hex", tag.String, tag.OfString("41:42"), tag.Good},
		{"no text", gosnmp.OctetString, []byte{}, "auto", tag.String, tag.OfString(""), tag.Good},
		{"bytes", gosnmp.OctetString, []byte{0, 255}, "auto", tag.Bytes, tag.OfBytes([]byte{0, 255}), tag.Good},
		{"a number as text", gosnmp.OctetString, []byte(" 21.5 "), "auto", tag.Float, tag.OfFloat(21.5), tag.Good},
		{"not a number", gosnmp.OctetString, []byte("NaN"), "auto", tag.Float, tag.OfFloat(math.NaN()), tag.Good},
		{"a whole number as text", gosnmp.OctetString, []byte("42.0"), "auto", tag.Int, tag.OfInt(42), tag.Good},
		{"a text as number", gosnmp.OctetString, []byte("on fire"), "auto", tag.Float, tag.Value{}, tag.BadTypeMismatch},
		{"date with zone", gosnmp.OctetString, []byte{7, 0xE8, 2, 29, 13, 14, 15, 6, '+', 8, 0}, "date", tag.String, tag.OfString("2024-02-29T13:14:15.6+08:00"), tag.Good},
		{"date without zone", gosnmp.OctetString, []byte{7, 0xE8, 2, 29, 13, 14, 15, 0}, "date", tag.Int, tag.OfInt(1709212455000), tag.Good},
		{"no date", gosnmp.OctetString, []byte{7, 0xE8, 2, 30, 13, 14, 15, 0}, "date", tag.Int, tag.Value{}, tag.BadDecodingError},
		{"address", gosnmp.IPAddress, "10.0.0.1", "", tag.String, tag.OfString("10.0.0.1"), tag.Good},
		{"address of a faulty device", gosnmp.IPAddress, nil, "", tag.String, tag.Value{}, tag.BadDecodingError},
		{"identifier", gosnmp.ObjectIdentifier, ".1.3.6", "", tag.String, tag.OfString("1.3.6"), tag.Good},
		{"float", gosnmp.OpaqueFloat, float32(1.5), "", tag.Float, tag.OfFloat(1.5), tag.Good},
		{"float that is not a number", gosnmp.OpaqueDouble, math.Float64frombits(0xFFF8000000000001), "", tag.Float, tag.OfFloat(math.NaN()), tag.Good},
		{"null", gosnmp.Null, nil, "", tag.Int, tag.Value{}, tag.BadNoData},
		{"nothing there", gosnmp.NoSuchInstance, nil, "", tag.Int, tag.Value{}, tag.BadNodeIDUnknown},
		{"unknown type", gosnmp.UnknownType, nil, "", tag.Int, tag.Value{}, tag.BadDecodingError},
	} {
		t.Run(row.name, func(t *testing.T) {
			p := point{format: row.format, typ: row.typ}
			if v, q := p.decode(gosnmp.SnmpPDU{Type: row.ber, Value: row.in}); v != row.want || q != row.q {
				t.Errorf("%v %v, want %v %v", v, q, row.want, row.q)
			}
		})
	}
}

// Whatever a device sends, gosnmp and what comes after it end with an error or with values
// of the types that the tags want.
func FuzzPacket(f *testing.F) {
	client := &gosnmp.GoSNMP{Version: gosnmp.Version2c, Community: "public", Logger: gosnmp.NewLogger(log.New(io.Discard, "", 0))}
	for _, pdus := range [][]gosnmp.SnmpPDU{
		{{Name: ".1.3.6.1", Type: gosnmp.Integer, Value: 5}, {Name: ".1.3.6.2", Type: gosnmp.OctetString, Value: []byte{7, 0xE8, 2, 29, 13, 14, 15, 6}}},
		{{Name: ".1.3.6.1", Type: gosnmp.Counter64, Value: uint64(math.MaxUint64)}, {Name: ".1.3.6.2", Type: gosnmp.IPAddress, Value: "1.2.3.4"}},
		{{Name: ".1.3.6.1", Type: gosnmp.OpaqueFloat, Value: float32(1)}, {Name: ".1.3.6.2", Type: gosnmp.ObjectIdentifier, Value: ".1.3.6"}},
	} {
		packet, err := client.SnmpEncodePacket(gosnmp.GetResponse, pdus, 0, 0)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packet, "auto")
	}
	f.Fuzz(func(t *testing.T, packet []byte, format string) {
		answer, err := client.SnmpDecodePacket(packet)
		if err != nil {
			return
		}
		for _, v := range answer.Variables {
			for _, typ := range []tag.Type{tag.None, tag.Bool, tag.Int, tag.Float, tag.String, tag.Bytes} {
				p := point{format: format, typ: typ}
				got, q := p.decode(v)
				if q.IsBad() != got.IsNone() || typ != tag.None && !got.IsNone() && got.Type() != typ {
					t.Fatalf("%v as %v is %v %v", v, typ, got, q)
				}
				if got.Type() == tag.String && !utf8.ValidString(got.Text()) {
					t.Fatalf("%q is not text", got.Text())
				}
			}
			_ = leaf(v, "1.3.6")
		}
	})
}

func FuzzOID(f *testing.F) {
	for _, s := range []string{"1.3.6.1", ".1.3", "sysUpTime.0", "IF-MIB::ifInOctets.1", "::", "1..3", "ifTable"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		oid, err := parseOID(s)
		if err != nil {
			return
		}
		if again, err := parseOID(oid); err != nil || again != oid {
			t.Fatalf("%q is %q, which is %q, %v", s, oid, again, err)
		}
		if nameOf(oid, "1.3") == "" && oid != "1.3" {
			t.Fatalf("%q has no name", oid)
		}
	})
}

// What is written reads the same.
func FuzzEncode(f *testing.F) {
	f.Add(int64(5), 1.5, "text", uint8(kindInteger))
	f.Add(int64(math.MaxUint32), math.Inf(1), "00:ff", uint8(kindOctets))
	f.Add(int64(-1), math.NaN(), "1.2.3.4", uint8(kindIPAddress))
	f.Fuzz(func(t *testing.T, n int64, x float64, s string, k uint8) {
		for _, v := range []tag.Value{tag.OfInt(n), tag.OfFloat(x), tag.OfString(s), tag.OfBytes([]byte(s)), tag.OfBool(n > 0), tag.OfJSON("[]"), {}} {
			p := point{kind: kind(k%8) + 1, typ: v.Type(), format: "text"}
			out, err := p.encode(v)
			if err != nil {
				continue
			}
			client := &gosnmp.GoSNMP{Version: gosnmp.Version2c, Logger: gosnmp.NewLogger(log.New(io.Discard, "", 0))}
			packet, err := client.SnmpEncodePacket(gosnmp.GetResponse, []gosnmp.SnmpPDU{{Name: ".1.3.6", Type: berOf[p.kind], Value: out}}, 0, 0)
			if err != nil {
				t.Fatalf("%v as %d: %v", v, p.kind, err)
			}
			answer, err := client.SnmpDecodePacket(packet)
			if err != nil || len(answer.Variables) != 1 {
				t.Fatalf("%v as %d: % x: %v", v, p.kind, packet, err)
			}
			got, q := p.decode(answer.Variables[0])
			if v.Type() == tag.String && (strings.HasSuffix(s, "\x00") || !utf8.ValidString(s) || p.kind != kindOctets) {
				continue
			}
			if q != tag.Good || got != v && !(v.Type() == tag.Float && p.kind == kindOctets) && v.Type() != tag.Bool {
				t.Fatalf("%v as %d came back as %v %v", v, p.kind, got, q)
			}
		}
	})
}
