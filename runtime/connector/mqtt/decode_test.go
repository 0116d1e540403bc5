package mqtt

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

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

// The rule of texts and numbers is that of the payload package, for JSON and for plain text.
func TestTextsThatSayNumbers(t *testing.T) {
	for _, row := range []struct {
		address string
		typ     tag.Type
		message string
		want    tag.Value
		q       tag.Quality
	}{
		{`{"topic":"a","path":"v"}`, tag.Float, `{"v":"21.5"}`, tag.OfFloat(21.5), tag.Good},
		{`{"topic":"a","path":"v"}`, tag.Float, `{"v":"NaN"}`, tag.Value{}, tag.BadNoData},
		{`{"topic":"a","path":"v"}`, tag.Float, `{"v":"warm"}`, tag.Value{}, tag.BadTypeMismatch},
		{`{"topic":"a","path":"v[-1]"}`, tag.Int, `{"v":[1,"7"]}`, tag.OfInt(7), tag.Good},
		{`{"topic":"a","path":"/v/0"}`, tag.Bool, `{"v":["on"]}`, tag.OfBool(true), tag.Good},
		{`{"topic":"a"}`, tag.Float, ` 21.5 `, tag.OfFloat(21.5), tag.Good},
		{`{"topic":"a","format":"number"}`, tag.Bool, "2", tag.OfBool(true), tag.Good},
		{`{"topic":"a","format":"number"}`, tag.None, " 2 ", tag.OfFloat(2), tag.Good},
		{`{"topic":"a","format":"number"}`, tag.Int, "two", tag.Value{}, tag.BadTypeMismatch},
		{`{"topic":"a","format":"raw"}`, tag.Float, "-inf", tag.Value{}, tag.BadNoData},
		{`{"topic":"a","format":"raw"}`, tag.Bool, "OFF", tag.OfBool(false), tag.Good},
	} {
		got := route1(t, map[string]tag.Type{row.address: row.typ}).decode(nil, []byte(row.message), 1)[0].Sample
		if got.Value != row.want || got.Quality != row.q {
			t.Errorf("%s of %s: %v %v, want %v %v", row.address, row.message, got.Value, got.Quality, row.want, row.q)
		}
	}
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
