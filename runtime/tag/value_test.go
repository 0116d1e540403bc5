package tag

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"
	"unsafe"

	"pgregory.net/rapid"
)

func TestParseValue(t *testing.T) {
	for name, row := range map[string]struct {
		text string
		typ  Type
		want Value
		ok   bool
	}{
		"int":                   {"5", None, OfInt(5), true},
		"float":                 {"5.0", None, OfFloat(5), true},
		"exponent":              {"1e3", None, OfFloat(1000), true},
		"big int":               {"9223372036854775807", Int, OfInt(math.MaxInt64), true},
		"int as text":           {`"9223372036854775807"`, Int, OfInt(math.MaxInt64), true},
		"too big int":           {"9223372036854775808", Int, Value{}, false},
		"too big number":        {"1e999", None, Value{}, false},
		"int as float":          {"5", Float, OfFloat(5), true},
		"whole float as int":    {"5.0", Int, OfInt(5), true},
		"fraction as int":       {"5.5", Int, Value{}, false},
		"bool":                  {"true", Bool, OfBool(true), true},
		"bool as int":           {"true", Int, OfInt(1), true},
		"text":                  {`"a"`, None, OfString("a"), true},
		"text as number":        {`"a"`, Float, Value{}, false},
		"not a number":          {`"NaN"`, Float, OfFloat(math.NaN()), true},
		"infinite":              {`"-Infinity"`, Float, OfFloat(math.Inf(-1)), true},
		"not a number as int":   {`"NaN"`, Int, Value{}, false},
		"null":                  {"null", Float, Value{}, true},
		"null as JSON":          {"null", JSON, OfJSON("null"), true},
		"object":                {`{"b": 1, "a": [2]}`, JSON, OfJSON(`{"a":[2],"b":1}`), true},
		"object as number":      {`{}`, Float, Value{}, false},
		"bytes":                 {`"AAE="`, Bytes, OfBytes([]byte{0, 1}), true},
		"bytes not base64":      {`"?"`, Bytes, Value{}, false},
		"two values":            {"1 2", None, Value{}, false},
		"nothing":               {"", None, Value{}, false},
		"cut off":               {`{"a":`, JSON, Value{}, false},
		"bare word":             {"NaN", Float, Value{}, false},
		"deep":                  {strings.Repeat("[", 20000), JSON, Value{}, false},
		"number in hexadecimal": {"0x10", Int, Value{}, false},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := Parse([]byte(row.text), row.typ)
			if (err == nil) != row.ok || !v.Equal(row.want) {
				t.Fatalf("%v (%s), %v; want %v", v, v.Type(), err, row.want)
			}
		})
	}
}

func TestConvert(t *testing.T) {
	for _, row := range []struct {
		from Value
		to   Type
		want Value
	}{
		{OfFloat(2.0), Int, OfInt(2)},
		{OfFloat(math.MaxInt64), Int, Value{}},
		{OfFloat(math.MinInt64), Int, OfInt(math.MinInt64)},
		{OfFloat(math.NaN()), Bool, Value{}},
		{OfFloat(0.1), Bool, OfBool(true)},
		{OfInt(-3), Float, OfFloat(-3)},
		{OfString(" 1"), Int, Value{}},
		{OfString("1.5"), Float, OfFloat(1.5)},
		{OfBool(true), String, OfString("true")},
		{OfInt(1<<53 + 1), String, OfString("9007199254740993")},
		{OfFloat(math.Inf(-1)), String, OfString("-Infinity")},
		{OfBytes([]byte{0xff}), String, Value{}},
		{OfBytes([]byte("ok")), String, OfString("ok")},
		{OfString("a"), JSON, OfJSON(`"a"`)},
		{OfJSON(`{"a":1}`), Float, Value{}},
		{Value{}, Float, Value{}},
	} {
		v, err := row.from.Convert(row.to)
		if (err != nil) != (row.want.IsNone()) || err == nil && !v.Equal(row.want) {
			t.Errorf("%v (%s) to %s: %v, %v", row.from, row.from.Type(), row.to, v, err)
		}
	}
}

func TestValueIsSmall(t *testing.T) {
	if size := unsafe.Sizeof(Value{}); size > 32 {
		t.Fatal(size)
	}
}

func TestTime(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 123456789, time.UTC)
	if got := TimeOf(at); got.Std() != at || got.Milli() != at.UnixMilli() {
		t.Fatal(got)
	}
	if TimeOf(time.Time{}) != 0 || !Time(0).Std().IsZero() || TimeOf(time.Date(2500, 1, 1, 0, 0, 0, 0, time.UTC)) != 0 {
		t.Fatal("times that cannot be held are not unknown")
	}
}

// What is written as JSON reads back as the same value.
func TestJSONRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		v := rapid.OneOf(
			rapid.Map(rapid.Bool(), OfBool),
			rapid.Map(rapid.Int64(), OfInt),
			rapid.Map(rapid.Float64(), OfFloat),
			rapid.Map(rapid.SampledFrom([]float64{math.NaN(), math.Inf(1), math.Inf(-1), 0, math.Copysign(0, -1), math.SmallestNonzeroFloat64}), OfFloat),
			rapid.Map(rapid.String(), OfString),
			rapid.Map(rapid.SliceOf(rapid.Byte()), OfBytes),
		).Draw(t, "v")
		text := v.AppendJSON(nil)
		if !json.Valid(text) {
			t.Fatalf("%s is not JSON", text)
		}
		back, err := Parse(text, v.Type())
		if err != nil || !same(back, v) {
			t.Fatalf("%s: %v, %v", text, back, err)
		}
	})
}

// same forgives that 0 has lost its sign.
func same(a, b Value) bool {
	return a.Equal(b) || a.Type() == Float && b.Type() == Float && a.Float() == b.Float()
}

func TestWorst(t *testing.T) {
	for _, row := range [][3]Quality{
		{Good, GoodClamped, Good}, {GoodClamped, Good, GoodClamped}, {Good, Uncertain, Uncertain}, {BadTimeout, Uncertain, BadTimeout},
		{Uncertain, BadTimeout, BadTimeout}, {BadTimeout, BadNoData, BadTimeout}, {UncertainSubNormal, Uncertain, UncertainSubNormal},
	} {
		if got := Worst(row[0], row[1]); got != row[2] {
			t.Errorf("%s and %s: %s", row[0], row[1], got)
		}
	}
}

func FuzzParseValue(f *testing.F) {
	for _, s := range []string{"1", "-0.0", "1e400", `"NaN"`, `{"a":[1,null]}`, "nul", `"\ud800"`, "1 2", "\xff"} {
		for typ := None; typ <= JSON; typ++ {
			f.Add([]byte(s), uint8(typ))
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, typ uint8) {
		want := Type(typ % 7)
		v, err := Parse(text, want)
		if err != nil {
			return
		}
		if want != None && !v.IsNone() && v.Type() != want {
			t.Fatalf("%q is %s, not %s", text, v.Type(), want)
		}
		out := v.AppendJSON(nil)
		if !json.Valid(out) {
			t.Fatalf("%q becomes %q", text, out)
		}
		again, err := Parse(out, v.Type())
		if err != nil || v.Type() != None && !same(again, v) {
			t.Fatalf("%q becomes %q becomes %v (%v)", text, out, again, err)
		}
	})
}
