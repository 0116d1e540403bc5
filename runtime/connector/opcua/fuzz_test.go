package opcua

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// scalarSeeds are values in their encodings, good ones and bad ones.
func scalarSeeds() [][]byte {
	var out [][]byte
	for typ, v := range map[byte]tag.Value{
		typeBoolean: tag.OfBool(true), typeSByte: tag.OfInt(-1), typeUInt64: tag.OfString("18446744073709551615"), typeDouble: tag.OfFloat(math.NaN()),
		typeString: tag.OfString("水泵"), typeDateTime: tag.OfString("2026-03-01T12:00:00Z"), typeByteString: tag.OfBytes([]byte{1, 2}),
		typeGUID: tag.OfString("72962B91-FA75-4AE6-8D28-B404DC7DAF63"), typeNodeID: tag.OfString("ns=3;s=x"), typeLocalized: tag.OfString("y"),
	} {
		w := &writer{}
		if w.variant(shape{typ: typ}, v) == nil {
			out = append(out, w.b)
		}
	}
	w := &writer{}
	if w.variant(shape{typ: typeDouble, rank: 2}, tag.OfJSON("[[1,2],[3,4]]")) == nil {
		out = append(out, w.b)
	}
	return append(out,
		[]byte{0x86, 0xFE, 0xFF, 0xFF, 0xFF},                                                        // an array of -2
		[]byte{0xC6, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0},                                            // 0 rows
		[]byte(strings.Repeat("\x18", 1000)),                                                        // variants in variants
		[]byte(strings.Repeat("\x17\x01", 1000)),                                                    // data values in variants
		[]byte(strings.Repeat("\x19\x40", 1000)),                                                    // diagnostics in diagnostics
		[]byte{0x16, 0x01, 0x00, 0x76, 0x03, 1, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, // a Range, nearly
		[]byte{0x0D, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F},                                // the end of time
		[]byte{0x98, 0xFF, 0xFF, 0xFF, 0x7F, 0, 0, 0, 0},                                            // two thousand million variants
	)
}

// What a server sends never does harm, whatever it is, and what comes of it is valid.
func FuzzVariant(f *testing.F) {
	for _, b := range scalarSeeds() {
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := &reader{b: b}
		v := r.variant()
		if r.err != nil {
			return
		}
		if text := v.appendJSON(nil); !json.Valid(text) {
			t.Fatalf("%x gives %s", b, text)
		}
		d := dataValue{value: v}
		for want := tag.None; want <= tag.JSON; want++ {
			s := d.deliver(want, want == tag.Float)
			if want != tag.None && s.Quality == tag.Good && s.Value.Type() != want {
				t.Fatalf("%x as %v gives %v", b, want, s)
			}
		}
	})
}

func FuzzResponses(f *testing.F) {
	for _, b := range scalarSeeds() {
		f.Add(b)
		f.Add(append([]byte{1, 0, 0, 0, 1}, b...))
	}
	f.Add([]byte{1, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 1, 0, 0, 0})
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, read := range []func(r *reader){
			func(r *reader) { r.dataValue() }, func(r *reader) { r.endpoints() }, func(r *reader) { r.links(namespaces{"", "urn:x"}) },
			func(r *reader) { r.diagnosticsList() }, func(r *reader) { r.structure() }, func(r *reader) { r.statuses(); r.strings() },
			func(r *reader) { r.unit(); r.argument() }, func(r *reader) { _, _ = response(r.b, 1) },
		} {
			read(&reader{b: b})
		}
	})
}

// FuzzChunk gives a channel chunks that a server of no good will sends.
func FuzzChunk(f *testing.F) {
	own, err := passing()
	if err != nil {
		f.Fatal(err)
	}
	secure, err := newSecurity("Basic256Sha256", modeSignAndEncrypt, identityOf(own), own.Certificate) // the server is ourselves
	if err != nil {
		f.Fatal(err)
	}
	nonce := make([]byte, 32)
	sealed, err := secure.token(7, nonce, nonce)
	if err != nil {
		f.Fatal(err)
	}
	good, err := sealed.seal("MSGF", 1, 1, 1, []byte("hello"))
	if err != nil {
		f.Fatal(err)
	}
	opening, err := secure.sealAsymmetric(1, 1, 1, []byte("hello"))
	if err != nil {
		f.Fatal(err)
	}
	if body, err := secure.openAsymmetric(append([]byte(nil), opening...)); err != nil || string(body[8:]) != "hello" {
		f.Fatalf("an opening of our own: %q %v", body, err)
	}
	if body, err := sealed.open(append([]byte(nil), good...)); err != nil || string(body[8:]) != "hello" {
		f.Fatalf("a chunk of our own: %q %v", body, err)
	}
	plain := &token{number: 7, mode: modeNone}
	simple, err := plain.seal("MSGF", 1, 1, 1, []byte("hello"))
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{good, simple, opening, simple[:10], good[:16], opening[:40], []byte("ERRF\x10\x00\x00\x00\x00\x00\x80\x80\x00\x00\x00\x00"), []byte("MSGC12345678901234567890"), []byte("OPNF\xff\xff\xff\xff")} {
		f.Add(b, true)
		f.Add(b, false)
	}
	none, err := newSecurity("None", modeNone, nil, nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(_ *testing.T, b []byte, encrypted bool) {
		if len(b) < 8 { // readChunk sees to it
			return
		}
		c := &channel{secure: none, pending: map[uint32]chan message{1: make(chan message, 1)}, renews: make(chan time.Duration, 1)}
		c.in[0] = plain
		if encrypted {
			c.secure, c.in[0] = secure, sealed
		}
		a := assembly{partial: map[uint32]*part{}}
		for range 3 {
			_ = c.chunk(&a, string(b[:4]), append([]byte(nil), b...))
		}
	})
}

// What parseReference takes is written the same, and is itself again.
func FuzzReference(f *testing.F) {
	for _, s := range []string{"i=2258", "ns=2;s=Line.Speed", "nsu=http://v/%3B%25;s=a;b=c", "g=72962B91-FA75-4AE6-8D28-B404DC7DAF63", "b=AQI=", "nsu=;i=1", "s=", "i=99999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r, err := parseReference(s)
		if err != nil {
			return
		}
		again, err := parseReference(r.String())
		if err != nil || again != r {
			t.Fatalf("%q is %+v, and %q is %+v: %v", s, r, r.String(), again, err)
		}
		w := &writer{}
		w.nodeID(r.id)
		read := &reader{b: w.b}
		if got := read.nodeID(); read.err != nil || got != r.id {
			t.Fatalf("%q is read back as %+v: %v", s, got, read.err)
		}
	})
}

// What is written is read back as it was.
func FuzzWrite(f *testing.F) {
	f.Add("[[1,2],[3,4]]", byte(typeDouble), 2)
	f.Add(`["NaN",1e300]`, byte(typeFloat), 1)
	f.Add("18446744073709551615", byte(typeUInt64), 0)
	f.Add(`["水",""]`, byte(typeString), 1)
	f.Fuzz(func(t *testing.T, text string, typ byte, rank int) {
		v, err := tag.Parse([]byte(text), tag.JSON)
		if err != nil {
			v = tag.OfString(text)
		}
		w := &writer{}
		if w.variant(shape{typ: typ % (typeDiagnostic + 1), rank: min(max(rank, 0), 5)}, v) != nil {
			return
		}
		r := &reader{b: w.b}
		got := r.variant()
		if r.err != nil || len(r.b) != 0 {
			t.Fatalf("%s as %d is written as %x: %v", text, typ, w.b, r.err)
		}
		if out := got.appendJSON(nil); !json.Valid(out) {
			t.Fatalf("%s as %d comes back as %s", text, typ, out)
		}
	})
}
