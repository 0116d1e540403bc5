package mqtt

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestPaths(t *testing.T) {
	document := `{"a":{"b":[10,{"c":"x"}],"d.e":1,"q\"":2,"":3,"é":4},"b":null,"l":[[1,2],[3]],"dup":1,"dup":2,"\u0041b":5}`
	for _, row := range []struct{ path, want string }{
		{"", document}, {"$", document}, {"a.b[0]", "10"}, {"$.a.b[1].c", `"x"`}, {`$["a"]["d.e"]`, "1"}, {`a['q"']`, "2"}, {`$.a[""]`, "3"}, {"a.é", "4"},
		{"b", "null"}, {"l[0][1]", "2"}, {"$.l[1][0]", "3"}, {"dup", "2"}, {"Ab", "5"}, {"a.x", ""}, {"a.b[9]", ""}, {"a[0]", ""}, {"l.x", ""}, {"a.b[0].c", ""},
	} {
		path, err := parsePath(row.path)
		if err != nil {
			t.Errorf("path %q: %v", row.path, err)
			continue
		}
		var s selector
		slot := s.add(path)
		found := make([][]byte, s.count)
		if err := s.find([]byte(document), found); err != nil {
			t.Fatalf("path %q: %v", row.path, err)
		}
		if string(found[slot]) != row.want {
			t.Errorf("path %q found %s, want %s", row.path, found[slot], row.want)
		}
	}
	for _, bad := range []string{"a..b", "a.", ".", "$x.", "a[", "a[]", "a[-1]", "a[1.5]", "a[x]", `a["x]`, `a["x"`, "a b", "*", "a[*]", "$..a", "a[?(@.x)]", "a]", strings.Repeat("a.", 40) + "a", strings.Repeat("x", 600), "a[99999999999]"} {
		if _, err := parsePath(bad); err == nil {
			t.Errorf("path %q was accepted", bad)
		}
	}
}

func TestFilters(t *testing.T) {
	for _, row := range []struct {
		filter, topic string
		want          bool
	}{
		{"a/b", "a/b", true}, {"a/+", "a/b", true}, {"a/+", "a/b/c", false}, {"+/b", "a/b", true}, {"#", "a/b", true}, {"a/#", "a", true}, {"a/#", "a/b/c", true},
		{"a/#", "ab", false}, {"+", "a/b", false}, {"+/+", "/b", true}, {"/+", "/b", true}, {"+", "/b", false}, {"#", "$SYS/x", false}, {"+/x", "$SYS/x", false},
		{"$SYS/#", "$SYS/x", true}, {"a/b", "a", false}, {"a", "a/b", false}, {"a/+/c", "a//c", true},
	} {
		if got := matches(row.filter, row.topic); got != row.want {
			t.Errorf("%q selects %q: %v", row.filter, row.topic, got)
		}
	}
}

func TestTimes(t *testing.T) {
	for text, want := range map[string]int64{ // ms
		"1700000000": 1700000000000, "1700000000.5": 1700000000500, "1700000000123": 1700000000123, "1700000000123456": 1700000000123, "1700000000123456789": 1700000000123,
		`"2023-11-14T22:13:20Z"`: 1700000000000, `"2023-11-14T23:13:20.25+01:00"`: 1700000000250, `"2023-11-14T22:13:20"`: 1700000000000, `"2023-11-14 22:13:20"`: 1700000000000,
	} {
		if got, ok := jsonTime([]byte(text)); !ok || got.Milli() != want {
			t.Errorf("%s is %d %v, want %d", text, got.Milli(), ok, want)
		}
	}
	for _, bad := range []string{"", "null", "true", `"yesterday"`, "{}", "1e300", "0", `"0001-01-01T00:00:00Z"`, "99999999999999999999"} {
		if got, ok := jsonTime([]byte(bad)); ok {
			t.Errorf("%s is %d", bad, got.Milli())
		}
	}
}

func TestTemplates(t *testing.T) {
	now := time.UnixMilli(1700000000123)
	for _, row := range []struct {
		template string
		value    tag.Value
		want     string
	}{
		{"", tag.OfFloat(1.5), "1.5"}, {"", tag.OfString(`a"b`), `a"b`}, {"${value}", tag.OfString(`a"b`), `"a\"b"`}, {"", tag.OfBool(true), "true"},
		{`{"value":${value},"ts":${time_ms}}`, tag.OfInt(1 << 60), `{"value":1152921504606846976,"ts":1700000000123}`},
		{`${text};${time_s};${time}`, tag.OfInt(3), "3;1700000000;2023-11-14T22:13:20.123Z"}, {"$ {x} $", tag.OfInt(3), "$ {x} $"},
	} {
		got, err := fill(row.template, row.value, now)
		if err != nil || string(got) != row.want {
			t.Errorf("%q of %v is %s %v, want %s", row.template, row.value, got, err, row.want)
		}
	}
}

func route1(t testing.TB, addresses map[string]tag.Type) *route {
	var points []*point
	for raw, typ := range addresses {
		a, err := ParseAddress(json.RawMessage(raw), typ, false)
		if err != nil {
			t.Fatal(err)
		}
		points = append(points, &point{id: len(points), typ: typ, address: a})
	}
	return newRoute(points)
}

// What the scanner finds is what encoding/json finds.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":true}],"c":"x"}`, `{"a":{"b":1e5}}`, `[1,2`, `{"\u0061":[null]}`, "-0.5e+3", `{"a":1,"a":[0,{"b":7}]}`, " \t\r\n1 ", `"\ud800"`, "{\"a\xff\":1}"} {
		f.Add([]byte(s), "a[1].b")
	}
	f.Fuzz(func(t *testing.T, text []byte, p string) {
		path, err := parsePath(p)
		if err != nil {
			return
		}
		var s selector
		whole, slot := s.add(nil), s.add(path)
		found := make([][]byte, s.count)
		err = s.find(text, found)
		if valid := json.Valid(text); valid != (err == nil) && !deep(text) {
			t.Fatalf("json.Valid says %v, the scanner %v", valid, err)
		}
		if err != nil {
			return
		}
		if !json.Valid(found[whole]) || found[slot] != nil && !json.Valid(found[slot]) {
			t.Fatalf("found %q and %q", found[whole], found[slot])
		}
		for _, typ := range []tag.Type{tag.None, tag.Bool, tag.Int, tag.Float, tag.String, tag.Bytes, tag.JSON} {
			v, q := jsonValue(found[slot], typ)
			if q == tag.Good && typ != tag.None && v.Type() != typ {
				t.Fatalf("%q as %v is %v", found[slot], typ, v.Type())
			}
			if q != tag.Good && !v.IsNone() {
				t.Fatalf("%q as %v is %v with %v", found[slot], typ, v, q)
			}
		}
		jsonTime(found[slot])
		if len(path) == 0 || strings.Count(string(text), `"`)%2 != 0 || strings.Contains(string(text), `\`) || !isASCII(text) {
			return
		}
		var tree any
		if json.Unmarshal(text, &tree) != nil {
			return
		}
		want, there := walk(tree, path)
		var got any
		if found[slot] != nil && json.Unmarshal(found[slot], &got) != nil {
			t.Fatal("found what cannot be read")
		}
		// encoding/json merges what is doubled; only texts without doubled keys compare.
		if strings.Count(string(text), ":") == keys(tree) && (there != (found[slot] != nil) || !reflect.DeepEqual(want, got)) {
			t.Fatalf("path %q: found %q, encoding/json %v", p, found[slot], want)
		}
	})
}

func deep(text []byte) bool {
	return strings.Count(string(text), "[")+strings.Count(string(text), "{") > maxDepth
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

func keys(v any) (n int) {
	switch x := v.(type) {
	case map[string]any:
		n = len(x)
		for _, e := range x {
			n += keys(e)
		}
	case []any:
		for _, e := range x {
			n += keys(e)
		}
	}
	return n
}

func walk(v any, path []step) (any, bool) {
	for _, s := range path {
		switch x := v.(type) {
		case map[string]any:
			e, ok := x[s.name]
			if !ok || s.index >= 0 {
				return nil, false
			}
			v = e
		case []any:
			if s.index < 0 || s.index >= len(x) {
				return nil, false
			}
			v = x[s.index]
		default:
			return nil, false
		}
	}
	return v, true
}

func FuzzPayload(f *testing.F) {
	f.Add([]byte("21.5"))
	f.Add([]byte(`{"a":"x"}`))
	f.Add([]byte("NaN"))
	f.Fuzz(func(t *testing.T, payload []byte) {
		r := route1(t, map[string]tag.Type{
			`{"topic":"a"}`: tag.Float, `{"topic":"a","path":"a"}`: tag.String, `{"topic":"a","path":"b[0]","timePath":"a"}`: tag.Bool,
			`{"topic":"a","format":"number"}`: tag.Int, `{"topic":"a","format":"raw"}`: tag.Bytes, `{"topic":"a","format":"raw","qos":1}`: tag.Bool,
		})
		updates := r.decode(nil, payload, 1)
		if len(updates) != len(r.readers) {
			t.Fatalf("%d updates for %d points", len(updates), len(r.readers))
		}
		for i, u := range updates {
			if u.Sample.Quality.IsGood() && u.Sample.Value.Type() != r.readers[i].typ {
				t.Fatalf("%v delivered as %v", u.Sample.Value.Type(), r.readers[i].typ)
			}
		}
		browse(map[string][]byte{"a/b": payload}, "/a/b")
	})
}

func FuzzPath(f *testing.F) {
	f.Add("$.a[0]['b c']")
	f.Fuzz(func(t *testing.T, p string) {
		steps, err := parsePath(p)
		if err != nil {
			return
		}
		again := "$"
		for _, s := range steps {
			switch {
			case s.index >= 0:
				again += fmt.Sprintf("[%d]", s.index)
			case strings.Contains(s.name, `"`):
				again += "['" + s.name + "']"
			default:
				again += `["` + s.name + `"]`
			}
		}
		if len(again) > maxPath {
			return
		}
		if back, err := parsePath(again); err != nil || !reflect.DeepEqual(back, steps) {
			t.Fatalf("%q written as %q is %v %v", p, again, back, err)
		}
	})
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
		got, err := io.ReadAll(newPacketConn(stream{Reader: wrap(strings.NewReader(string(in)))}, nil, nil, false))
		if err != nil || string(got) != string(want) {
			t.Errorf("%s: %d bytes, %v; want %d", name, len(got), err, len(want))
		}
	}
	for name, bad := range map[string][]byte{"another packet of 10 MB": packet(0x20, 10<<20), "endless length": {0x30, 0xFF, 0xFF, 0xFF, 0xFF, 1}} {
		if _, err := io.ReadAll(newPacketConn(stream{Reader: strings.NewReader(string(bad))}, nil, nil, false)); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
}

func benchmark(b *testing.B, topics int, payload string, more string) {
	var points []connector.Point
	for i := range topics {
		points = append(points, at(b, i, tag.Float, fmt.Sprintf(`{"topic":"site/line%d/temp"%s}`, i, more)))
	}
	in, _, _ := newInbox(points, nil)
	names := make([]string, topics)
	for i := range names {
		names[i] = fmt.Sprintf("site/line%d/temp", i)
	}
	text := []byte(payload)
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		in.put([]byte(names[rand.IntN(topics)]), text)
		if n++; n%1000 == 0 {
			in.take()
		}
	}
}

// Messages through a broker that is not ours: what one costs, sending included.
func BenchmarkBroker(b *testing.B) {
	for _, version := range versions {
		b.Run(version, func(b *testing.B) {
			m := peer.StartMosquitto(b, peer.MosquittoOptions{})
			r := run(b, build(b, broker(m, version)), at(b, 1, tag.Int, `{"topic":"a"}`))
			sender := build(b, broker(m, version))
			if err := sender.Connect(b.Context()); err != nil {
				b.Fatal(err)
			}
			p := at(b, 2, tag.Int, `{"topic":"a","writeQos":0}`)
			peer.Await(b, "the subscription", func() bool {
				_, there := r.sample(1)
				return there || sender.Write(b.Context(), p, tag.OfInt(-1)) != nil
			})
			for i := range b.N {
				if err := sender.Write(b.Context(), p, tag.OfInt(int64(i))); err != nil {
					b.Fatal(err)
				}
			}
			r.await(b, 1, tag.OfInt(int64(b.N-1)), tag.Good)
		})
	}
}

func BenchmarkNumber(b *testing.B) { benchmark(b, 1000, "21.53", "") }

func BenchmarkJSON(b *testing.B) {
	benchmark(b, 1000, `{"ts":1700000000123,"name":"oven","data":[{"temp":1},{"temp":42.5}],"ok":true}`, `,"path":"$.data[1].temp","timePath":"ts"`)
}
