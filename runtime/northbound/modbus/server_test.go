package modbus

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

func TestRequests(t *testing.T) {
	s := begin(t, 0, "", all())
	l := s.dial()
	for _, c := range []struct{ name, ask, want string }{
		{"coils", "01 0000 0002", "01 01 02"},
		{"coils over a gap", "01 0000 0004", "01 01 0a"},
		{"discrete input", "02 000a 0001", "02 01 01"},
		{"one register", "03 0000 0001", "03 02 fffe"},
		{"words swapped", "03 0002 0002", "03 04 ee90 fffe"},
		{"half of a value", "03 0003 0001", "03 02 fffe"},
		{"float", "03 0004 0002", "03 04 3fc00000"},
		{"double", "03 0006 0004", "03 08 400a000000000000"},
		{"text", "03 000e 0003", "03 06 616263000000"},
		{"factor", "03 0011 0001", "03 02 00eb"},
		{"bits of a register", "03 0012 0001", "03 02 0011"},
		{"over a gap", "03 0012 0003", "03 06 001100000007"},
		{"input, bytes swapped", "04 0064 0002", "04 04 000080bf"},
		{"many", "03 0000 0002", "03 04 fffeffff"},

		{"before the first input", "04 0063 0001", "84 02"},
		{"behind the last", "03 0014 0002", "83 02"},
		{"table without a tag at the place", "02 0000 0001", "82 02"},
		{"no coils", "01 0000 0000", "81 03"},
		{"too many coils", "01 0000 07d1", "81 03"},
		{"no registers", "03 0000 0000", "83 03"},
		{"too many registers", "03 0000 007e", "83 03"},
		{"beyond 65536", "03 ffff 0002", "83 02"},
		{"a byte missing", "03 0000 00", "83 03"},
		{"a byte too many", "03 0000 0001 00", "83 03"},
		{"function only", "03", "83 03"},
		{"unknown function", "42", "c2 01"},
		{"function 0", "00", "80 01"},
		{"reserved function", "80 0000", "80 01"},
		{"of serial lines", "11", "91 01"},

		{"write a coil", "05 0000 ff00", "05 0000 ff00"},
		{"written", "01 0000 0001", "01 01 01"},
		{"neither on nor off", "05 0000 0001", "85 03"},
		{"coil that is not there", "05 0009 ff00", "85 02"},
		{"coil that may only be read", "05 0003 0000", "85 02"},
		{"write coils", "0f 0000 0002 01 00", "0f 0000 0002"},
		{"written", "01 0000 0002", "01 01 00"},
		{"coils over a gap", "0f 0000 0003 01 00", "8f 02"},
		{"coils: bytes do not fit", "0f 0000 0002 02 0000", "8f 03"},
		{"coils: none", "0f 0000 0000 00", "8f 03"},
		{"coils: short", "0f 0000", "8f 03"},

		{"write a register", "06 0000 8000", "06 0000 8000"},
		{"written", "03 0000 0001", "03 02 8000"},
		{"half of a value", "06 0004 3f80", "86 02"},
		{"the other half", "06 0005 0000", "86 02"},
		{"gap", "06 0013 0000", "86 02"},
		{"may only be read", "06 0014 0001", "86 02"},
		{"write a float", "10 0004 0002 04 c0200000", "10 0004 0002"},
		{"written", "03 0004 0002", "03 04 c0200000"},
		{"a value and half of the next", "10 0004 0003 06 3f8000000000", "90 02"},
		{"nothing of it was written", "03 0004 0002", "03 04 c0200000"},
		{"above the limit", "10 0004 0002 04 47f12000", "90 03"},
		{"not a number", "10 0004 0002 04 7fc00000", "90 03"},
		{"none of two when one is refused", "10 0000 0006 0c 0001 0002 0003 0004 47f12000", "90 03"},
		{"nothing of it was written", "03 0000 0001", "03 02 8000"},
		{"several", "10 0000 0006 0c 0001 0002 0003 0004 40000000", "10 0000 0006"},
		{"written", "03 0000 0006", "03 0c 000100020003000440000000"},
		{"write a text", "10 000e 0003 06 78797a2100ff", "10 000e 0003"},
		{"written, as long as it may be", "03 000e 0003", "03 06 78797a210000"},
		{"text that is none", "10 000e 0003 06 ff00ff00ff00", "90 03"},
		{"scaled", "06 0011 fff6", "06 0011 fff6"},
		{"registers: bytes do not fit", "10 0000 0002 02 0000", "90 03"},
		{"registers: none", "10 0000 0000 00", "90 03"},
		{"registers: too many", "10 0000 007c f8" + strings.Repeat("00", 244), "90 03"},

		{"bits", "06 0012 8010", "06 0012 8010"},
		{"written", "03 0012 0001", "03 02 8010"},
		{"a bit that may only be read", "06 0012 8000", "86 02"},
		{"bits that nobody has", "06 0012 ffff", "06 0012 ffff"},
		{"are not kept", "03 0012 0001", "03 02 8011"},

		{"mask", "16 0001 00f2 0025", "16 0001 00f2 0025"}, // 2 AND f2 OR (25 AND NOT f2)
		{"masked", "03 0001 0001", "03 02 0007"},
		{"mask one bit", "16 0012 fffe 0000", "16 0012 fffe 0000"},
		{"masked", "03 0012 0001", "03 02 8010"},
		{"mask half of a value", "16 0004 0000 0000", "96 02"},
		{"mask: short", "16 0004 0000", "96 03"},

		{"write and read", "17 0000 0002 0000 0001 02 1234", "17 04 1234 0007"},
		{"write and read: nothing to read", "17 0063 0001 0000 0001 02 0001", "97 02"},
		{"nothing of it was written", "03 0000 0001", "03 02 1234"},
		{"write and read: too many to write", "17 0000 0001 0000 007a f4" + strings.Repeat("00", 243), "97 03"},
		{"write and read: short", "17 0000 0001 0000", "97 03"},

		{"identity", "2b 0e 04 00", "2b 0e 04 82 00 00 01 00 08 4c696e6573696465"},
		{"identity: no such object", "2b 0e 04 99", "ab 02"},
		{"identity: no such way", "2b 0e 09 00", "ab 03"},
		{"other encapsulated", "2b 0d 00 00", "ab 01"},
	} {
		if got, want := l.ask(1, c.ask), strings.ReplaceAll(c.want, " ", ""); got != want {
			t.Errorf("%s: %s gives %s, want %s", c.name, c.ask, got, want)
		}
	}
	if got := s.value("a/scaled"); got != "-1" {
		t.Errorf("scaled is %s", got)
	}
	if got := l.ask(1, "2b 0e 01 00"); !strings.HasPrefix(got, "2b0e0182000003") {
		t.Errorf("basic identity %s", got)
	}
	if got := l.ask(1, "2b 0e 02 00"); !strings.HasPrefix(got, "2b0e0282000005") {
		t.Errorf("regular identity %s", got)
	}
}

func TestUnits(t *testing.T) {
	s := begin(t, 0, "", all())
	l := s.dial()
	for unit, want := range map[byte]string{9: "03020005", 1: "0302fffe", 0: "0302fffe", 255: "0302fffe", 77: "0302fffe"} {
		if got := l.ask(unit, "03 0000 0001"); got != want {
			t.Errorf("unit %d answers %s, want %s", unit, got, want)
		}
	}
	strict := begin(t, 0, `"anyUnit":false`, all()).dial()
	for unit, want := range map[byte]string{9: "03020005", 1: "0302fffe", 0: "830b", 77: "830b"} {
		if got := strict.ask(unit, "03 0000 0001"); got != want {
			t.Errorf("strict: unit %d answers %s, want %s", unit, got, want)
		}
	}
}

func TestGapsRefused(t *testing.T) {
	l := begin(t, 0, `"gaps":"refuse"`, all()).dial()
	for ask, want := range map[string]string{"03 0012 0003": "8302", "03 0012 0001": "03020011", "01 0000 0004": "8102", "03 0000 0013": ""} {
		if got := l.ask(1, ask); want != "" && got != want || want == "" && !strings.HasPrefix(got, "0326") {
			t.Errorf("%s gives %s, want %s", ask, got, want)
		}
	}
}

func TestFirstAddressAndOrder(t *testing.T) {
	l := begin(t, 0, `"firstAddress":1,"order":"CDAB"`, []exposed{{"x", `"type":"float","initial":1.5`, `"table":"input","address":1,"type":"float32"`}}).dial()
	if got := l.ask(1, "04 0000 0002"); got != "040400003fc0" {
		t.Error(got)
	}
}

func TestBadQuality(t *testing.T) {
	tags := []exposed{
		{"x", `"type":"int","initial":5,"write":{}`, `"table":"holding","address":0,"type":"int16"`},
		{"y", `"type":"int","initial":6`, `"table":"holding","address":1,"type":"int16"`},
		{"z", `"type":"float"`, `"table":"input","address":0,"type":"float32"`},
		{"b", `"type":"bool","initial":true`, `"table":"coil","address":0`},
	}
	for mode, want := range map[string][4]string{
		"failure": {"8304", "8404", "8104", "8304"}, "silent": {"830b", "840b", "810b", "830b"}, "last": {"030400050006", "040400000000", "010101", "030400050006"},
	} {
		s := begin(t, 0, fmt.Sprintf(`"bad":%q`, mode), tags)
		l := s.dial()
		if got := l.ask(1, "03 0000 0002"); got != "030400050006" {
			t.Errorf("%s: good at first: %s", mode, got)
		}
		s.set("x", tag.OfInt(5), tag.BadNoCommunication)
		s.set("b", tag.OfBool(true), tag.BadNoCommunication)
		if got := l.ask(1, "03 0000 0002"); got != want[0] {
			t.Errorf("%s: bad value: %s", mode, got)
		}
		if got := l.ask(1, "04 0000 0002"); got != want[1] {
			t.Errorf("%s: value that never was: %s", mode, got)
		}
		if got := l.ask(1, "01 0000 0001"); got != want[2] {
			t.Errorf("%s: bad coil: %s", mode, got)
		}
		if got := l.ask(1, "03 0001 0001"); got != "03020006" {
			t.Errorf("%s: the other one: %s", mode, got)
		}
		s.set("x", tag.OfInt(5), tag.Good)
		s.set("x", tag.OfInt(70000), tag.Good) // does not fit
		if got := l.ask(1, "03 0000 0002"); got != want[3] {
			t.Errorf("%s: value that does not fit: %s", mode, got)
		}
		s.set("x", tag.OfInt(1), tag.Uncertain)
		if got := l.ask(1, "03 0000 0001"); got != "03020001" {
			t.Errorf("%s: uncertain value: %s", mode, got)
		}
	}
}

func TestWrites(t *testing.T) {
	s := begin(t, 0, "", all())
	l := s.dial()
	l.ask(1, "06 0000 0007")
	l.ask(1, "06 0000 0007") // as it is already
	l.ask(1, "10 0000 0002 04 0007 0008")
	l.ask(1, "10 0004 0002 04 47f12000") // above the limit
	l.ask(1, "06 0014 0001")             // may only be read
	want := []string{"a/float 123456 failed", "a/short 7 good", "a/word 8 good"}
	if got := s.writes(); !slices.Equal(got, want) {
		t.Errorf("the audit trail says %q, want %q", got, want)
	}
	e := s.trail[0]
	if e.Actor != "northbound:plc" || e.Origin != l.LocalAddr().String()+" modbus" || e.Action != "write" || string(e.Old) != "-2" {
		t.Errorf("entry %+v", e)
	}
	st := s.Northbound()[0].Stats
	if st.Requests != 5 || st.Refused != 2 || st.Writes != 3 || st.Connected != 1 || len(st.Peers) != 1 || st.Peers[0].Requests != 5 || st.Peers[0].Last == nil {
		t.Errorf("stats %+v", st)
	}

	every := begin(t, 0, `"changes":false`, all())
	k := every.dial()
	k.ask(1, "06 0000 fffe")
	k.ask(1, "06 0000 fffe")
	if got := every.writes(); len(got) != 2 {
		t.Errorf("every write: %q", got)
	}
}

func TestWritesThroughTheGate(t *testing.T) {
	s := begin(t, 0, "", []exposed{
		{"free", `"type":"bool","initial":false`, `"table":"coil","address":0`},
		{"x", `"type":"int","initial":0,"write":{"interlock":"tag(\"free\")"}`, `"table":"holding","address":0,"type":"int16"`},
		{"y", `"type":"int","initial":0,"write":{}`, `"table":"holding","address":1,"type":"int16"`},
		{"z", `"type":"int","initial":0,"write":{"confirm":"reason"}`, `"table":"holding","address":2,"type":"int16"`},
	})
	l := s.dial()
	if got := l.ask(1, "10 0000 0002 04 0001 0002"); got != "9004" {
		t.Errorf("interlock: %s", got)
	}
	if s.value("y") != "0" {
		t.Error("the other value was written")
	}
	s.set("free", tag.OfBool(true), tag.Good)
	if got := l.ask(1, "10 0000 0002 04 0001 0002"); got != "1000000002" {
		t.Errorf("released: %s", got)
	}
	if got := l.ask(1, "06 0002 0001"); got != "8604" {
		t.Errorf("without a reason: %s", got)
	}
}

func TestWhatIsNotModbus(t *testing.T) {
	s := begin(t, 0, "", all())
	for name, text := range map[string]string{
		"http": "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "other protocol": "\x00\x01\x00\x01\x00\x06\x01\x03\x00\x00\x00\x01", "too short": "\x00\x01\x00\x00\x00\x01\x01", "too long": "\x00\x01\x00\x00\x00\xff\x01\x03",
	} {
		l := s.dial()
		if _, err := l.Write([]byte(text)); err != nil {
			t.Fatal(name, err)
		}
		l.closed()
	}
	s.await("the connections to be gone", func() bool { return s.Northbound()[0].Stats.Connected == 0 })
	if got := s.dial().ask(1, "03 0000 0001"); got != "0302fffe" {
		t.Error(got)
	}
}

func TestHalfFrames(t *testing.T) {
	s := begin(t, 0, `"idle":"1s"`, all())
	half := s.dial()
	if _, err := half.Write(frame(1, 1, unhex(t, "03 0000 0001"))[:9]); err != nil {
		t.Fatal(err)
	}
	slow := s.dial()
	slow.number = 7
	for _, b := range frame(7, 1, unhex(t, "03 0000 0001")) {
		if _, err := slow.Write([]byte{b}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(150 * time.Millisecond) // longer than idle, all in all
	}
	if got := slow.reply(1); got != "0302fffe" {
		t.Error(got)
	}
	// Several at once are answered one after the other.
	fast := s.dial()
	if _, err := fast.Write(append(frame(1, 1, unhex(t, "03 0000 0001")), frame(2, 1, unhex(t, "03 0001 0001"))...)); err != nil {
		t.Fatal(err)
	}
	fast.number = 1
	if got := fast.reply(1); got != "0302fffe" {
		t.Error(got)
	}
	fast.number = 2
	if got := fast.reply(1); got != "0302ffff" {
		t.Error(got)
	}
	fast.closed() // idle
	half.closed() // its frame never came
}

func TestConnections(t *testing.T) {
	s := begin(t, 0, `"connections":3`, all())
	var links []*link
	for range 3 {
		l := s.dial()
		l.ask(1, "03 0000 0001")
		links = append(links, l)
	}
	s.dial().closed()
	_ = links[0].Close()
	s.await("room for another", func() bool { return s.Northbound()[0].Stats.Connected == 2 })
	if got := s.dial().ask(1, "03 0000 0001"); got != "0302fffe" {
		t.Error(got)
	}
}

func TestClients(t *testing.T) {
	for clients, ok := range map[string]bool{`"127.0.0.1"`: true, `"127.0.0.0/8","::1"`: true, `"192.0.2.7"`: false, `"192.0.2.0/24"`: false} {
		s := begin(t, 0, `"clients":[`+clients+`]`, all())
		if l := s.dial(); ok {
			l.ask(1, "03 0000 0001")
		} else {
			l.closed()
		}
	}
}

func TestManyClients(t *testing.T) {
	s := begin(t, 0, `"connections":64`, all())
	var running sync.WaitGroup
	for i := range 50 {
		l := s.dial()
		running.Go(func() {
			for j := range 100 {
				if got := l.ask(1, "03 0000 0015"); !strings.HasPrefix(got, "032a") {
					t.Errorf("client %d, request %d: %s", i, j, got)
					return
				}
			}
		})
	}
	running.Wait()
	if st := s.Northbound()[0].Stats; st.Requests != 5000 || st.Connected != 50 {
		t.Errorf("stats %+v", st)
	}
}

func TestStopsAtOnce(t *testing.T) {
	s := begin(t, 0, "", all())
	for range 10 {
		l := s.dial()
		l.ask(1, "03 0000 0001")
		_, _ = l.Write([]byte{0, 1, 0}) // half a frame
	}
	began := time.Now()
	s.stop()
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

func TestArrange(t *testing.T) {
	for _, c := range []struct {
		name, code, at string
		tags           []exposed
	}{
		{"overlap", "modbus_overlap", "/northbound/0/tags/1/map/address", []exposed{
			{"a", `"type":"float"`, `"table":"input","address":10,"type":"float32"`}, {"b", `"type":"float"`, `"table":"input","address":11,"type":"float32"`}}},
		{"bit in a value", "modbus_overlap", "/northbound/0/tags/1/map/address", []exposed{
			{"a", `"type":"int"`, `"table":"input","address":10,"type":"uint16"`}, {"b", `"type":"bool"`, `"table":"input","address":10,"type":"uint16","bit":1`}}},
		{"one bit twice", "modbus_overlap", "/northbound/0/tags/2/map/address", []exposed{
			{"a", `"type":"bool"`, `"table":"input","address":10,"type":"uint16","bit":0`}, {"b", `"type":"bool"`, `"table":"input","address":10,"type":"uint16","bit":1`}, {"c", `"type":"bool"`, `"table":"input","address":10,"type":"uint16","bit":1`}}},
		{"register 0 when the first is 1", "modbus_range", "/northbound/0/tags/0/map/address", []exposed{{"a", `"type":"int"`, `"table":"input","address":0,"type":"uint16"`}}},
		{"input that is written", "not_writable", "/northbound/0/tags/0/map/table", []exposed{{"a", `"type":"int","write":{}`, `"table":"input","address":1,"type":"uint16"`}}},
		{"text as a number", "type_mismatch", "/northbound/0/tags/0/map/type", []exposed{{"a", `"type":"string"`, `"table":"input","address":1,"type":"uint16"`}}},
		{"JSON", "type_mismatch", "/northbound/0/tags/0/map/type", []exposed{{"a", `"type":"json"`, `"table":"input","address":1,"type":"string","length":9`}}},
		{"bit of a number", "modbus_bit", "/northbound/0/tags/0/map/bit", []exposed{{"a", `"type":"int"`, `"table":"input","address":1,"type":"uint16","bit":1`}}},
		{"half a map", "value_missing", "/northbound/0/tags/0/map/address", []exposed{{"a", `"type":"int"`, `"table":"input","type":"int16"`}}},
	} {
		s := &site{t: t, port: 1502, Engine: engine.New(engine.Options{})}
		settings := ""
		if c.code == "modbus_range" {
			settings = `"firstAddress":1`
		}
		var got []string
		for _, p := range s.CheckPlant(s.plant(settings, c.tags)) {
			got = append(got, p.Code+" "+p.At)
		}
		if len(got) != 1 || got[0] != c.code+" "+c.at {
			t.Errorf("%s: %q", c.name, got)
		}
	}
	s := &site{t: t, port: 1502, Engine: engine.New(engine.Options{})}
	if ps := s.CheckPlant(s.plant(`"address":"here","clients":["x","192.0.2.1/33"]`, nil)); len(ps) != 3 || ps[0].At != "/northbound/0/settings/address" || ps[2].At != "/northbound/0/settings/clients/1" {
		t.Errorf("settings: %v", ps)
	}
}

func TestSuggest(t *testing.T) {
	s := begin(t, 0, "", all())
	doc := s.Plant().Northbound[0]
	for i := range doc.Tags {
		if doc.Tags[i].Tag != "a/only" {
			doc.Tags[i].Map = nil
		}
	}
	a := s.ArrangeNorthbound(doc, false)
	if len(a.Problems) > 0 {
		t.Fatal(a.Problems)
	}
	got := map[string]string{}
	for _, e := range a.Tags {
		got[string(e.Tag)] = compact(string(e.Map))
	}
	for path, want := range map[string]string{
		"a/on": `{"table":"coil","address":0}`, "a/off": `{"table":"coil","address":1}`, "a/bit3": `{"table":"discrete","address":0}`,
		"a/short": `{"table":"holding","address":21,"type":"int32"}`, "a/word": `{"table":"holding","address":23,"type":"int32"}`, "a/input": `{"table":"input","address":0,"type":"float32"}`,
		"a/text": `{"table":"holding","address":33,"type":"string","length":32}`,
	} {
		if got[path] != want {
			t.Errorf("%s at %s, want %s", path, got[path], want)
		}
	}
}

func TestSuggestKeepsWhatWasChosen(t *testing.T) {
	s := begin(t, 0, "", all())
	doc := s.Plant().Northbound[0]
	doc.Tags = append(doc.Tags[:0:0], plant.Exposed{Tag: "a/seen", Map: []byte(`{"table":"holding","type":"bool"}`)}, plant.Exposed{Tag: "a/float", Write: true, Map: []byte(`{"table":"input","address":70,"type":"float64","order":"DCBA"}`)},
		plant.Exposed{Tag: "a/double", Map: []byte(`{"table":"input","address":5,"type":"int16","factor":0.5}`)}, plant.Exposed{Tag: "a/low", Map: []byte(`{"table":7,"address":1}`)}, plant.Exposed{Tag: "none"})
	for anew, want := range map[bool]string{
		false: `{"table":"holding","address":0,"type":"bool"} {"table":"holding","address":1,"type":"float64","order":"DCBA"} {"table":"input","address":5,"type":"int16","factor":0.5} {"table":7,"address":1} `,
		true:  `{"table":"holding","address":0,"type":"bool"} {"table":"holding","address":1,"type":"float64","order":"DCBA"} {"table":"input","address":0,"type":"int16","factor":0.5} {"table":7,"address":1} `,
	} {
		a := s.ArrangeNorthbound(doc, anew)
		var got []string
		for _, e := range a.Tags {
			got = append(got, compact(string(e.Map)))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("anew %v: %s", anew, text)
		}
		if len(a.Problems) != 2 || a.Problems[0].At != "/tags/3/map/table" || a.Problems[1].At != "/tags/4/tag" {
			t.Errorf("anew %v: %v", anew, a.Problems)
		}
		if fmt.Sprint(a.Writable, a.Types) != "[false true true true false] [bool float float bool ]" {
			t.Errorf("%v %q", a.Writable, a.Types)
		}
	}
}
