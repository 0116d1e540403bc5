package frame

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

// The check values of the catalogue of CRC parameters, of "123456789".
func TestChecksums(t *testing.T) {
	for name, want := range map[string]uint32{"sum8": 0xDD, "lrc": 0x23, "xor": 0x31, "crc16-modbus": 0x4B37, "crc16-ccitt": 0x29B1, "crc16-xmodem": 0x31C3, "crc32": 0xCBF43926} {
		if got := sums[name].of([]byte("123456789")); got != want {
			t.Errorf("%s is %X, want %X", name, got, want)
		}
	}
}

// ways are splitters with a stream and the frames in it.
var ways = []struct {
	name, settings, stream string
	frames                 []string
	errors                 uint64
}{
	{"lines", `"framing":"delimiter"`, `one\r\ntwo\r\n\r\nthree\r\nfo`, []string{"one", "two", "three"}, 0},
	{"lines with a start", `"framing":"delimiter","start":"$"`, `noise$one\r\n$tw$two\r\n`, []string{"one", "two"}, 2},
	{"one line end", `"framing":"delimiter","end":"<CR>"`, `a\rb\r`, []string{"a", "b"}, 0},
	{"brackets", `"framing":"bracket","start":"<STX>","end":"<ETX>"`, `x\x02one\x03y\x02tw\x02two\x03`, []string{"one", "two"}, 2},
	{"brackets with a checksum behind", `"framing":"bracket","start":"<STX>","end":"<ETX>","trailer":1,"checksum":"xor","checksumFrom":1`, `\x02A\x03B\x02A\x03C\x02\x03\x03`, []string{"A", ""}, 1},
	{"DLE stuffing", `"framing":"bracket","start":"<DLE><STX>","end":"<DLE><ETX>","escape":"<DLE>"`, `\x10\x02a\x10\x10\x03\x02b\x10\x03\x10\x02c\x10\x03`, []string{"a\x10\x03\x02b", "c"}, 0},
	{"an escape before the end marker", `"framing":"bracket","start":"<STX>","end":"<ETX>","escape":"<ESC>"`, `\x02a\x1b\x03b\x1b\x1b\x03`, []string{"a\x03b\x1b"}, 0},
	{"as HDLC", `"framing":"bracket","start":"\\x7E","end":"\\x7E","escape":"\\x7D","escapeXor":32`, `\x7Eone\x7E\x7E\x7Et\x7D\x5Ewo\x7Ethree\x7E`, []string{"one", "t~wo", "three"}, 0},
	{"fixed", `"framing":"fixed","size":3`, `onetwo`, []string{"one", "two"}, 0},
	{"fixed with a start", `"framing":"fixed","size":4,"start":"hex: AA 55"`, `hex: 00 AA AA 55 01 02 03 AA 55 04 05`, []string{"\xAA\x55\x01\x02", "\xAA\x55\x04\x05"}, 2},
	{"fixed with a checksum, out of step", `"framing":"fixed","size":3,"checksum":"sum8"`, `hex: 09 01 02 03 04 05 09`, []string{"\x01\x02\x03", "\x04\x05\x09"}, 1},
	{"length", `"framing":"length","lengthAt":1,"lengthSize":1,"lengthAdd":2`, `hex: 01 02 41 42 02 00 03 01 43`, []string{"\x01\x02AB", "\x02\x00", "\x03\x01C"}, 0},
	{"little length", `"framing":"length","lengthAt":0,"lengthSize":2,"lengthAs":"little"`, `hex: 04 00 41 42 03 00 43`, []string{"\x04\x00AB", "\x03\x00C"}, 0},
	{"length in digits", `"framing":"length","lengthAt":1,"lengthSize":3,"lengthAs":"decimal","lengthAdd":4,"start":"#"`, `#003abc#xx1a#001d`, []string{"#003abc", "#001d"}, 1},
	{"a length that cannot be", `"framing":"length","lengthAt":0,"lengthSize":2,"maxFrame":16`, `hex: FF FF 00 03 41`, []string{"\x00\x03A"}, 1},
	{"longer than the longest", `"framing":"delimiter","maxFrame":8`, `0123456789abcdef\r\nok\r\n`, []string{"9abcdef", "ok"}, 1},
}

// Whatever pieces a stream comes in, the same frames are in it.
func TestSplitting(t *testing.T) {
	for _, w := range ways {
		t.Run(w.name, func(t *testing.T) {
			s := settings(t, w.settings)
			stream, err := parseBytes(w.stream)
			if err != nil {
				t.Fatal(err)
			}
			for _, size := range []int{1, 2, 3, 7, len(stream)} {
				p := s.splitter()
				var got []string
				for chunk := range slices.Chunk(stream, size) {
					p.feed(chunk, func(f []byte) { got = append(got, string(f)) })
				}
				if w.name == "longer than the longest" { // where it is cut depends on the pieces
					if len(got) == 0 || got[len(got)-1] != "ok" || p.errors == 0 {
						t.Errorf("in pieces of %d: %q, %d errors", size, got, p.errors)
					}
					continue
				}
				if !slices.Equal(got, w.frames) {
					t.Errorf("in pieces of %d: %q, want %q", size, got, w.frames)
				}
				if size == len(stream) && p.errors != w.errors {
					t.Errorf("%d errors, want %d", p.errors, w.errors)
				}
				if (p.errors > 0) != (w.errors > 0) || p.frames != uint64(len(got)) {
					t.Errorf("in pieces of %d: %d frames, %d errors", size, p.frames, p.errors)
				}
			}
		})
	}
}

func settings(t testing.TB, more string) *Settings {
	t.Helper()
	s, err := decodeSettings(json.RawMessage(fmt.Sprintf(`{"host":"127.0.0.1","port":1,%s}`, more)))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSettingsRefusals(t *testing.T) {
	for _, bad := range []string{
		`{}`, `{"host":"x"}`, `{"host":"x","port":1,"framing":"bracket"}`, `{"host":"x","port":1,"framing":"fixed"}`, `{"host":"x","port":1,"framing":"packet"}`, `{"host":"x","port":1,"end":"\\q"}`,
		`{"host":"x","port":1,"mode":"poll"}`, `{"host":"x","port":1,"mode":"poll","requests":[{"name":"a","send":"x{value}"}]}`, `{"host":"x","port":1,"mode":"poll","requests":[{"name":"a","send":"x{checksum}"}]}`,
		`{"host":"x","port":1,"mode":"poll","requests":[{"name":"a","send":"x"},{"name":"a","send":"y"}]}`, `{"transport":"serial"}`, `{"transport":"tcp-server","listenPort":1,"from":"x"}`,
		`{"host":"x","port":1,"framing":"bracket","start":"a","escape":"ab"}`, `{"host":"x","port":1,"framing":"length","lengthSize":8}`, `{"host":"x","port":1,"framing":"length","lengthAt":9,"maxFrame":4}`,
		`{"host":"x","port":1,"checksum":"crc32","maxFrame":3}`, `{"transport":"udp","host":"x","port":1,"framing":"idle"}`, `{"host":"x","port":1,"hello":"{nothing}"}`,
	} {
		if _, err := decodeSettings(json.RawMessage(bad)); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestNotation(t *testing.T) {
	for text, want := range map[string]string{
		`a\r\n`: "a\r\n", `<STX>A<ETX>`: "\x02A\x03", `\x7F\\\<CR>`: "\x7f\\<CR>", `hex: 02 4142 0d`: "\x02AB\r", `a<b>`: "a<b>", `重`: "重", `hex:`: "", `\0<TAB><DEL>`: "\x00\t\x7f",
	} {
		if got, err := parseBytes(text); err != nil || string(got) != want {
			t.Errorf("%s is %q, %v; want %q", text, got, err, want)
		}
	}
	for _, bad := range []string{`\`, `\q`, `\x1`, `hex: 1`, `hex: zz`} {
		if got, err := parseBytes(bad); err == nil {
			t.Errorf("%s is %q", bad, got)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]string{
		"12": "12", "+  12.34": "12.34", "  -0.5 ": "-0.5", "12.5-": "-12.5", "00012": "12", "1e3": "1000", "-": "BadDecodingError", "": "BadDecodingError", "12kg": "BadDecodingError", "1.2.3": "BadDecodingError",
		"------": "BadDecodingError", "NaN": "BadDecodingError", "Inf": "BadDecodingError", "1e999": "BadOutOfRange", "9223372036854775807": "9.223372036854776e+18", "0x10": "BadDecodingError", "1,5": "BadDecodingError",
	} {
		a, err := ParseAddress(json.RawMessage(`{"kind":"number"}`), tag.Float, false)
		if err != nil {
			t.Fatal(err)
		}
		v, q := a.decode([]byte("x" + text)[1:], tag.Float)
		got := q.String()
		if q == tag.Good {
			got = strings.Trim(string(v.AppendJSON(nil)), `"`)
		}
		if got != want && text != "" {
			t.Errorf("%q is %s, want %s", text, got, want)
		}
	}
}

func TestTemplates(t *testing.T) {
	for _, row := range []struct {
		template string
		value    tag.Value
		want     string // or the name of the quality
	}{
		{"SP{value}", tag.OfInt(-5), "SP-5"}, {"{value:0.00}", tag.OfFloat(1.005), "1.00"}, {"{value:+000.0}", tag.OfFloat(2.25), "+002.2"}, {"{value:000}", tag.OfInt(1000), "BadOutOfRange"}, {"{value:0}", tag.OfInt(1000), "1000"},
		{"{value:###0.0}", tag.OfFloat(-2), "  -2.0"}, {"{value:on|off}", tag.OfBool(false), "off"}, {"{value:s4}|", tag.OfString("ab"), "ab  |"}, {"{value:s2}", tag.OfString("abc"), "BadOutOfRange"},
		{"{value:hex4}", tag.OfInt(255), "00FF"}, {"{value:hex2}", tag.OfInt(256), "BadOutOfRange"}, {"{value:hex2}", tag.OfInt(-1), "BadOutOfRange"}, {"{value:bcd2}", tag.OfInt(1234), "\x12\x34"}, {"{value:bcd1}", tag.OfInt(100), "BadOutOfRange"},
		{"hex: 02 {value:u16} 03", tag.OfInt(258), "\x02\x01\x02\x03"}, {"{value:u16le}", tag.OfInt(258), "\x02\x01"}, {"{value:i8}", tag.OfInt(-1), "\xff"}, {"{value:i8}", tag.OfInt(128), "BadOutOfRange"},
		{"{value:u64}", tag.OfFloat(1 << 63), "\x80\x00\x00\x00\x00\x00\x00\x00"}, {"{value:i64}", tag.OfInt(-1 << 63), "\x80\x00\x00\x00\x00\x00\x00\x00"}, {"{value:f32}", tag.OfFloat(1e39), "BadOutOfRange"}, {"{value:f32}", tag.OfFloat(12.5), "\x41\x48\x00\x00"},
		{"{value:u16}", tag.OfFloat(1.5), "BadTypeMismatch"}, {"{value:u16}", tag.OfString("1"), "BadTypeMismatch"}, {"{{{value}}}", tag.OfInt(1), "{1}"}, {"{value}", tag.OfString("阀"), "阀"}, {"{value:0}", tag.OfFloat(-0.2), "0"},
	} {
		tp, err := parseTemplate(row.template)
		if err != nil {
			t.Errorf("%s: %v", row.template, err)
			continue
		}
		got, err := tp.fill(row.value, 0, nil, plainText)
		text := string(got)
		if err != nil {
			text = qualityOf(t, err).String()
		}
		if text != row.want {
			t.Errorf("%s of %v is %q, want %q", row.template, row.value, text, row.want)
		}
	}
	for _, bad := range []string{"", "{value", "{value:x}", "{other}", "{value:f16}", "{value:s0}", "hex: {value:u16} 1"} {
		if _, err := parseTemplate(bad); err == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func FuzzSplit(f *testing.F) {
	for i, w := range ways {
		stream, _ := parseBytes(w.stream)
		f.Add(uint8(i), stream, uint8(3))
	}
	f.Fuzz(func(t *testing.T, which uint8, stream []byte, size uint8) {
		s := settings(t, ways[int(which)%len(ways)].settings)
		var all, parts []string
		p := s.splitter()
		p.feed(stream, func(b []byte) { all = append(all, string(b)) })
		q := s.splitter()
		for chunk := range slices.Chunk(stream, int(size)+1) {
			q.feed(chunk, func(b []byte) {
				if len(b) > s.MaxFrame {
					t.Fatalf("a frame of %d bytes", len(b))
				}
				parts = append(parts, string(b))
			})
			if len(q.buf) > s.MaxFrame {
				t.Fatalf("%d bytes are kept", len(q.buf))
			}
		}
		if len(stream) < s.MaxFrame && !slices.Equal(all, parts) {
			t.Fatalf("at once %q, in pieces of %d %q", all, size, parts)
		}
		q.pause(func([]byte) {})
		if len(q.buf) != 0 {
			t.Fatal("bytes are left after a pause")
		}
	})
}

func FuzzField(f *testing.F) {
	f.Add([]byte("ST,GS,+  12.34kg"), `{"kind":"number","by":"regexp","regexp":"([-+] *[0-9.]+)"}`, uint8(tag.Float))
	f.Add([]byte("a;b;c"), `{"kind":"text","by":"separator","separator":";","index":2}`, uint8(tag.String))
	f.Add([]byte{1, 2, 3, 4, 5, 6, 7, 8}, `{"kind":"float","offset":2,"size":4,"order":"word-swapped"}`, uint8(tag.Float))
	f.Add([]byte{0x12, 0x34, 0x5f}, `{"kind":"bcd","size":3,"factor":0.1}`, uint8(tag.Float))
	f.Add([]byte{1, 2, 3}, `{"kind":"int","offset":0,"size":3,"order":"little"}`, uint8(tag.Int))
	f.Add([]byte{1, 2, 3}, `{"kind":"uint","offset":0,"size":8}`, uint8(tag.Int))
	f.Fuzz(func(t *testing.T, frame []byte, address string, typ uint8) {
		want := tag.Type(typ % 6)
		a, err := ParseAddress(json.RawMessage(address), want, false)
		if err != nil || a.Kind == "frames" || a.Kind == "errors" || a.Kind == "none" {
			return
		}
		before := bytes.Clone(frame)
		v, q := a.decode(frame, want)
		if q == tag.Good && want != tag.None && v.Type() != want {
			t.Fatalf("%v delivered as %v", v.Type(), want)
		}
		if q != tag.Good && !v.IsNone() {
			t.Fatalf("value %v of quality %v", v, q)
		}
		if !bytes.Equal(before, frame) {
			t.Fatal("the frame was changed")
		}
	})
}

func FuzzTemplate(f *testing.F) {
	f.Add("SP{value:0.0}\\r\\n{checksum}", 1.5)
	f.Add("hex: 02 {value:u16le} {{", 7.0)
	f.Fuzz(func(t *testing.T, text string, n float64) {
		tp, err := parseTemplate(text)
		if err != nil {
			return
		}
		for _, v := range []tag.Value{tag.OfFloat(n), tag.OfInt(int64(len(text))), tag.OfBool(true), tag.OfString(text)} {
			if _, err := tp.fill(v, 0.1, nil, plainText); err != nil {
				qualityOf(t, err)
			}
		}
	})
}
