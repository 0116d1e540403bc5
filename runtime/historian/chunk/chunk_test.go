package chunk_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/historian/chunk"
	"github.com/lineside/lineside/runtime/tag"
)

func same(a, b []chunk.Sample) error {
	if len(a) != len(b) {
		return fmt.Errorf("%d samples became %d", len(a), len(b))
	}
	for i := range a {
		if a[i].Time != b[i].Time || a[i].Quality != b[i].Quality || !a[i].Value.Equal(b[i].Value) {
			return fmt.Errorf("sample %d: %v became %v", i, a[i], b[i])
		}
	}
	return nil
}

// Whatever goes in comes out, bit for bit.
func TestRoundTrip(t *testing.T) {
	floats := rapid.OneOf(
		rapid.Float64(),
		rapid.SampledFrom([]float64{0, math.Copysign(0, -1), math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1, 1e15, 9007199254740993}),
		rapid.Custom(func(t *rapid.T) float64 { return float64(rapid.IntRange(-1e6, 1e6).Draw(t, "n")) / 100 }),
	)
	value := func(t *rapid.T, typ tag.Type) tag.Value {
		switch typ {
		case tag.Bool:
			return tag.OfBool(rapid.Bool().Draw(t, "bool"))
		case tag.Int:
			return tag.OfInt(rapid.Int64().Draw(t, "int"))
		case tag.Float:
			return tag.OfFloat(floats.Draw(t, "float"))
		case tag.String:
			return tag.OfString(rapid.SampledFrom([]string{"", "run", "停止", "a longer text"}).Draw(t, "string"))
		case tag.Bytes:
			return tag.OfBytes(rapid.SliceOfN(rapid.Byte(), 0, 9).Draw(t, "bytes"))
		}
		return tag.OfJSON(rapid.SampledFrom([]string{"{}", "[1,2]", `"x"`}).Draw(t, "json"))
	}
	rapid.Check(t, func(t *rapid.T) {
		typ := tag.Type(rapid.IntRange(int(tag.Bool), int(tag.JSON)).Draw(t, "type"))
		unit := rapid.SampledFrom([]int64{1, 1e3, 1e6, 1e9}).Draw(t, "unit")
		at := rapid.Int64Range(-1e9, 2e9).Draw(t, "start") * unit
		in := make([]chunk.Sample, rapid.IntRange(1, 60).Draw(t, "count"))
		for i := range in {
			at += rapid.OneOf(rapid.Just(int64(1)), rapid.Int64Range(0, 5000)).Draw(t, "step") * unit
			in[i] = chunk.Sample{Time: tag.Time(at), Quality: rapid.SampledFrom([]tag.Quality{tag.Good, tag.Good, tag.BadNoCommunication, tag.Uncertain}).Draw(t, "quality")}
			if rapid.IntRange(0, 9).Draw(t, "some") > 0 {
				in[i].Value = value(t, typ)
			}
		}
		packed, err := chunk.Encode(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		out, err := chunk.Decode(packed, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(in, out); err != nil {
			t.Fatal(err)
		}
	})
}

func TestRefuses(t *testing.T) {
	ok := chunk.Sample{Time: 10, Value: tag.OfInt(1)}
	for _, row := range []struct {
		name string
		in   []chunk.Sample
	}{
		{"nothing", nil},
		{"too many", make([]chunk.Sample, chunk.MaxSamples+1)},
		{"not sorted", []chunk.Sample{ok, {Time: 9, Value: tag.OfInt(1)}}},
		{"two types", []chunk.Sample{ok, {Time: 11, Value: tag.OfFloat(1)}}},
	} {
		if _, err := chunk.Encode(nil, row.in); err == nil {
			t.Errorf("%s: was packed", row.name)
		}
	}
	packed, err := chunk.Encode(nil, []chunk.Sample{ok, {Time: 20, Value: tag.OfInt(5)}})
	if err != nil {
		t.Fatal(err)
	}
	for cut := range packed {
		if _, err := chunk.Decode(packed[:cut], nil); err == nil {
			t.Errorf("the first %d bytes of %d were read", cut, len(packed))
		}
	}
}

// Sizes are told, not judged: see the table of docs/guide/benchmarks.md.
func TestSizes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	walk := 50.0
	for _, row := range []struct {
		name string
		at   func(i int) (jitter int64, v tag.Value)
	}{
		{"walk with 2 decimals", func(int) (int64, tag.Value) {
			walk += r.NormFloat64() / 10
			return int64(r.IntN(5)), tag.OfFloat(math.Round(walk*100) / 100)
		}},
		{"sine, all digits", func(i int) (int64, tag.Value) { return int64(r.IntN(5)), tag.OfFloat(math.Sin(float64(i) / 100)) }},
		{"counter", func(i int) (int64, tag.Value) { return 0, tag.OfInt(int64(i) * 3) }},
		{"switch", func(i int) (int64, tag.Value) { return 0, tag.OfBool(i/100%2 == 0) }},
	} {
		in := make([]chunk.Sample, 600)
		for i := range in {
			jitter, v := row.at(i)
			in[i] = chunk.Sample{Time: tag.Time((1.7e12 + int64(i)*1000 + jitter) * 1e6), Value: v}
		}
		packed, err := chunk.Encode(nil, in)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %.2f bytes a sample", row.name, float64(len(packed))/float64(len(in)))
	}
}

func FuzzDecode(f *testing.F) {
	for _, v := range []tag.Value{tag.OfBool(true), tag.OfInt(7), tag.OfFloat(1.25), tag.OfFloat(math.Pi), tag.OfString("x"), tag.OfJSON("{}")} {
		packed, err := chunk.Encode(nil, []chunk.Sample{{Time: 1e9, Value: v}, {Time: 2e9}, {Time: 3e9, Value: v, Quality: tag.Uncertain}})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(packed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		samples, err := chunk.Decode(data, nil)
		if err != nil {
			return
		}
		packed, err := chunk.Encode(nil, samples)
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, err := chunk.Decode(packed, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := same(samples, again); err != nil {
			t.Fatal(err)
		}
	})
}
