package s7

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func TestAddressForms(t *testing.T) {
	for _, row := range []struct {
		text string
		want place
	}{
		{"DB1.DBX0.3", place{area: areaDB, db: 1, start: 0, bit: 3, kind: kindBool}},
		{"%DB1.DBX0.3:Bool", place{area: areaDB, db: 1, start: 0, bit: 3, kind: kindBool}},
		{"db12.dbb7", place{area: areaDB, db: 12, start: 7, bit: -1, kind: kindByte}},
		{" DB1 . DBW 4 : INT ", place{area: areaDB, db: 1, start: 4, bit: -1, kind: kindInt}},
		{"DB1.DBD4:REAL", place{area: areaDB, db: 1, start: 4, bit: -1, kind: kindReal}},
		{"DB1.DBD4:LREAL", place{area: areaDB, db: 1, start: 4, bit: -1, kind: kindLReal}},
		{"DB1.DBX10.0:STRING[20]", place{area: areaDB, db: 1, start: 10, bit: -1, kind: kindString, length: 20}},
		{"DB1.DBB10:STRING", place{area: areaDB, db: 1, start: 10, bit: -1, kind: kindString, length: 254}},
		{"DB1.DBB10:WSTRING[300][2]", place{area: areaDB, db: 1, start: 10, bit: -1, kind: kindWString, length: 300, array: 2}},
		{"DB1.DBB10:DATE_AND_TIME", place{area: areaDB, db: 1, start: 10, bit: -1, kind: kindDT}},
		{"DB1.DBD8:REAL[10]", place{area: areaDB, db: 1, start: 8, bit: -1, kind: kindReal, array: 10}},
		{"DB1,X0.3", place{area: areaDB, db: 1, start: 0, bit: 3, kind: kindBool}},
		{"DB1,REAL4", place{area: areaDB, db: 1, start: 4, bit: -1, kind: kindReal}},
		{"DB1,INT4.3", place{area: areaDB, db: 1, start: 4, bit: -1, kind: kindInt, array: 3}},
		{"DB1,S10.20", place{area: areaDB, db: 1, start: 10, bit: -1, kind: kindString, length: 20}},
		{"DB1,S5TIME4", place{area: areaDB, db: 1, start: 4, bit: -1, kind: kindS5Time}},
		{"M10.2", place{area: areaMemory, start: 10, bit: 2, kind: kindBool}},
		{"%MX10.2", place{area: areaMemory, start: 10, bit: 2, kind: kindBool}},
		{"MW10", place{area: areaMemory, start: 10, bit: -1, kind: kindWord}},
		{"E0.7", place{area: areaInput, start: 0, bit: 7, kind: kindBool}},
		{"IW4", place{area: areaInput, start: 4, bit: -1, kind: kindWord}},
		{"A1.0", place{area: areaOutput, start: 1, bit: 0, kind: kindBool}},
		{"QD12:REAL", place{area: areaOutput, start: 12, bit: -1, kind: kindReal}},
		{"VD100:DINT", place{area: areaDB, db: 1, start: 100, bit: -1, kind: kindDInt}},
		{"T5", place{area: areaTimer, start: 5, bit: -1, kind: kindTimer}},
		{"Z7", place{area: areaCounter, start: 7, bit: -1, kind: kindCounter}},
		{"C7", place{area: areaCounter, start: 7, bit: -1, kind: kindCounter}},
	} {
		t.Run(row.text, func(t *testing.T) {
			got, err := parsePlace(row.text, kindNone)
			if err != nil || got != row.want {
				t.Errorf("%+v, %v; want %+v", got, err, row.want)
			}
		})
	}
	if p, err := parsePlace("DB1.DBD4", kindReal); err != nil || p.kind != kindReal {
		t.Errorf("with the type apart: %v %v", p, err)
	}
}

// What is wrong with an address is said at its place, in English and Chinese.
func TestAddressProblems(t *testing.T) {
	for _, row := range []struct {
		raw      string
		typ      tag.Type
		writable bool
		says     string
	}{
		{`"DB1"`, tag.Int, false, `"DB1" is not an S7 address.`},
		{`"DB0.DBW1"`, tag.Int, false, "There is no data block 0."},
		{`"DB1.DBX0.9"`, tag.Bool, false, "A byte has no bit 9."},
		{`"DB1.DBX0"`, tag.Bool, false, "The number of the bit is missing, as in DBX0.3 or M10.2."},
		{`"DB1.DBW0:REAL"`, tag.Float, false, "A REAL has 4 bytes, which W does not fit."},
		{`"DB1.DBB0:BOOL"`, tag.Bool, false, "A BOOL needs a bit, as in DBX0.3 or M10.2."},
		{`"DB1.DBX0.1:INT"`, tag.Int, false, "A INT does not begin at bit 1."},
		{`"DB1.DBB0:FLOAT"`, tag.Float, false, `"FLOAT" is not a data type.`},
		{`"DB1.DBB0:STRING[999]"`, tag.String, false, "A STRING of 999 characters is not possible."},
		{`"DB1.DBB0:INT[20000]"`, tag.JSON, false, "An array of 20000 values is not possible."},
		{`"DB1.DBB0:DTL[9000]"`, tag.JSON, false, "A value of 108000 bytes is too long."},
		{`"DB1.DBB2097152"`, tag.Int, false, "Byte 2097152 cannot be addressed."},
		{`"DB1.DBD0:REAL"`, tag.String, false, "REAL cannot be delivered as string."},
		{`"DB1.DBD0:REAL[2]"`, tag.Float, false, "An array of REAL cannot be delivered as float."},
		{`"T1"`, tag.Int, true, "Timers and counters are not written."},
		{`"T1:INT"`, tag.Int, false, "A timer or counter has a type of its own."},
		{`"DB1.DBX0.1:BOOL[8]"`, tag.JSON, true, "Other bits of the same bytes would be written along."},
	} {
		t.Run(row.says, func(t *testing.T) {
			_, err := ParseAddress(json.RawMessage(`{"address":`+row.raw+`}`), row.typ, row.writable)
			var ps spec.Problems
			if !errors.As(err, &ps) || len(ps) != 1 || ps[0].Message != row.says || ps[0].At != "/address" || ps[0].Hint == "" {
				t.Fatalf("%s: %v", row.raw, err)
			}
			for _, text := range []string{ps[0].Message, ps[0].Hint} {
				if zh := spec.Translate(text, "zh"); !strings.ContainsFunc(zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
					t.Errorf("%q has no Chinese", text)
				}
			}
		})
	}
}

func TestSettings(t *testing.T) {
	for _, row := range []struct {
		raw           string
		local, remote string
	}{
		{`{"host":"x"}`, "\x01\x00", "\x02\x01"},
		{`{"host":"x","rack":1,"slot":3,"resource":"pg"}`, "\x01\x00", "\x01\x23"},
		{`{"host":"x","addressing":"tsap","localTsap":"03.00","remoteTsap":"0200"}`, "\x03\x00", "\x02\x00"},
	} {
		s, err := decodeSettings(json.RawMessage(row.raw))
		if err != nil {
			t.Fatal(err)
		}
		if local, remote, err := s.tsaps(); err != nil || string(local) != row.local || string(remote) != row.remote {
			t.Errorf("%s: % x to % x, %v", row.raw, local, remote, err)
		}
	}
	for _, raw := range []string{`{}`, `{"host":"x","slot":32}`, `{"host":"x","addressing":"tsap","remoteTsap":"xy.00"}`, `{"host":"x","pdu":100}`, `{"host":"x","slots":1}`} {
		var ps spec.Problems
		if _, err := decodeSettings(json.RawMessage(raw)); !errors.As(err, &ps) {
			t.Errorf("%s is accepted", raw)
		}
	}
}

func TestEncodings(t *testing.T) {
	for _, row := range []struct {
		e    encoding
		text string
		want string // bytes; "" when it cannot be written
	}{
		{encodingWestern, "Größe 5 €", "Gr\xf6\xdfe 5 \x80"},
		{encodingWestern, "阀", ""},
		{encodingChinese, "阀门 A", "\xb7\xa7\xc3\xc5 A"},
		{encodingUTF8, "阀", "\xe9\x98\x80"},
	} {
		b, ok := row.e.encode(row.text)
		if string(b) != row.want || ok != (row.want != "") {
			t.Errorf("%s: %q is % x, %v", row.e, row.text, b, ok)
		}
		if s, ok := row.e.decode(b); row.want != "" && (s != row.text || !ok) {
			t.Errorf("%s: % x is %q, %v", row.e, b, s, ok)
		}
	}
	for c := range 256 { // nothing of a STRING is lost on the way
		if s, ok := encodingWestern.decode([]byte{byte(c)}); !ok {
			t.Errorf("%02x is nothing", c)
		} else if b, ok := encodingWestern.encode(s); !ok || len(b) != 1 || b[0] != byte(c) {
			t.Errorf("%02x comes back as % x", c, b)
		}
	}
	if _, ok := encodingUTF8.decode([]byte{0xC3}); ok {
		t.Error("half a character is text")
	}
	if _, ok := encodingChinese.decode([]byte{0xB7}); ok {
		t.Error("half a Chinese character is text")
	}
}

func FuzzMessage(f *testing.F) {
	good := appendData(nil, []byte("message"))
	f.Add(good)
	f.Add(append([]byte{3, 0, 0, 8, 2, cotpData, 0, 'm'}, good...))
	f.Add(connectFrame([]byte{1, 0}, []byte{2, 1}))
	f.Add([]byte{3, 0, 0, 7, 2, cotpData, 0, 3, 0, 0, 7, 2, cotpData, 0})
	f.Add(good[:9])
	f.Fuzz(func(t *testing.T, stream []byte) {
		r := bufio.NewReaderSize(bytes.NewReader(stream), maxFrame+16)
		for {
			m, err := nextMessage(r, nil)
			if err != nil {
				if !errors.Is(err, errGarbage) && !errors.Is(err, io.EOF) && !errors.Is(err, errDisconnected) {
					t.Fatalf("error %v of another kind", err)
				}
				return
			}
			if len(m) > maxMessage {
				t.Fatalf("a message of %d bytes", len(m))
			}
		}
	})
}

func FuzzReply(f *testing.F) {
	spans := []span{{area: areaDB, db: 1, count: 3}, {area: areaMemory, start: 9, count: 2}}
	f.Add(append(appendJob(nil, rosctrAckData, 1, 2, 13), 0, 0, functionRead, 2, 0xFF, dataBytes, 0, 24, 1, 2, 3, 0, 0x0A, 0, 0, 0, 0))
	f.Add(append(appendJob(nil, rosctrAckData, 1, 2, 14), 0, 0, functionRead, 2, 0xFF, dataBytes, 0, 24, 1, 2, 3, 0, 0xFF, dataOctets, 0, 2, 8, 9))
	f.Add(append(appendJob(nil, rosctrAckData, 1, 2, 1), 0, 0, functionWrite, 1, 0xFF))
	f.Add(append(appendJob(nil, rosctrAckData, 1, 8, 0), 0, 0, functionNegotiate, 0, 0, 1, 0, 1, 0, 240))
	f.Add(append(appendJob(nil, rosctrUserdata, 1, 12, 16), 0, 1, 0x12, 8, 0x12, 0x84, 1, 0, 0, 0, 0, 0, 0xFF, 9, 0, 12, 0, 0x1C, 0, 0, 0, 4, 0, 1, 0, 1, 'A', 'B'))
	f.Fuzz(func(t *testing.T, m []byte) {
		known := func(err error) {
			var status *connector.StatusError
			if err != nil && !errors.Is(err, errGarbage) && !errors.As(err, &status) {
				t.Fatalf("error %v of another kind", err)
			}
		}
		r, err := parseReply(m)
		known(err)
		if err != nil {
			return
		}
		seen := 0
		err = r.eachItem(spans, func(i int, code itemCode, data []byte) {
			if i != seen || code == itemOK && len(data) != spans[i].count {
				t.Fatalf("item %d has %d bytes", i, len(data))
			}
			seen++
		})
		known(err)
		if err == nil && seen != len(spans) || err != nil && seen != 0 {
			t.Fatalf("%d items, %v", seen, err)
		}
		_, err = r.checkWrite()
		known(err)
		if pdu, err := r.negotiated(960); err == nil && (pdu < 64 || pdu > 960) {
			t.Fatalf("messages of %d bytes", pdu)
		}
		if part, _, _, err := r.listPart(); err == nil {
			for _, b := range records(part) {
				_ = printable(b, 24)
			}
		}
	})
}

func FuzzAddress(f *testing.F) {
	for _, s := range []string{"DB1.DBX0.3", "DB1.DBD4:REAL[10]", "DB1,S10.20", "M10.2", "T5", "%QW4", "DB1.DBB0:WSTRING[16382][9]", "DB1.DBX0.7:BOOL[10000]"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, problem := parsePlace(s, kindNone)
		if problem != nil {
			if problem.Message == "" || problem.Hint == "" {
				t.Fatalf("%q: %+v", s, problem)
			}
			return
		}
		if n := p.bytes(); n < 1 || n > maxValueSize || p.start+n > maxStart+1+2*65536 {
			t.Fatalf("%q has %d bytes", s, n)
		}
	})
}

// Whatever the bytes are, the value is of the type that the tag wants, or there is none;
// what can be read can be written back, and reads the same.
func FuzzValue(f *testing.F) {
	f.Add([]byte{20, 3, 'a', 'b', 'c', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, uint8(kindString), uint8(0), uint8(tag.String), uint8(0))
	f.Add([]byte{0x24, 2, 0x29, 1, 2, 3, 0x98, 0x75}, uint8(kindDT), uint8(0), uint8(tag.Int), uint8(1))
	f.Add(bytes.Repeat([]byte{0xFF}, 64), uint8(kindReal), uint8(3), uint8(tag.JSON), uint8(2))
	f.Add(bytes.Repeat([]byte{0xD8}, 64), uint8(kindWString), uint8(2), uint8(tag.JSON), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, k, array, typ, enc uint8) {
		p := point{typ: tag.Type(typ % 7), place: place{kind: kind(k%uint8(len(kinds)-1)) + 1, array: int(array % 4), bit: -1, length: 5}}
		if p.kind == kindBool {
			p.bit = int(enc % 8)
		}
		if len(b) < p.bytes() || !p.delivers(p.typ) {
			return
		}
		b = b[:p.bytes()]
		e := []encoding{encodingWestern, encodingUTF8, encodingChinese}[enc%3]
		v, q := p.decode(b, e)
		if q.IsBad() != v.IsNone() || p.typ != tag.None && !v.IsNone() && v.Type() != p.typ {
			t.Fatalf("%v of % x: %v %v as %v", p.kind, b, v.Type(), q, p.typ)
		}
		if v.Type() == tag.String && !utf8.ValidString(v.Text()) || v.Type() == tag.JSON && !json.Valid([]byte(v.Text())) {
			t.Fatalf("%v of % x: %q", p.kind, b, v.Text())
		}
		if v.IsNone() || p.area.words() || p.kind == kindTimer || p.kind == kindCounter || p.typ == tag.Bool && p.kind != kindBool {
			return
		}
		back, err := p.encode(v, e)
		if err != nil {
			var status *connector.StatusError
			if !errors.As(err, &status) {
				t.Fatalf("%v of % x: error %v of another kind", p.kind, b, err)
			}
			return // such as a float that stands for an integer beyond its digits
		}
		if p.kind == kindBool {
			return // the byte has other bits
		}
		if again, q := p.decode(back, e); q != tag.Good || again != v {
			if p.typ == tag.Float && math.Abs(v.Float()) > 1<<53 {
				return
			}
			t.Fatalf("%v of % x: %v is written as % x, which is %v %v", p.kind, b, v, back, again, q)
		}
	})
}
