package sparkplug

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"math"
	"reflect"
	"runtime"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"pgregory.net/rapid"

	"github.com/lineside/lineside/runtime/tag"
)

// The examples of clause 6.4.17, byte by byte.
func TestLists(t *testing.T) {
	for _, row := range []struct {
		typ  DataType
		raw  string
		json string
	}{
		{Int8Array, "\xEF\x7B", `[-17,123]`},
		{Int16Array, "\xD0\x8A\x30\x75", `[-30000,30000]`},
		{Int32Array, "\xFF\xFF\xFF\xFF\xFA\xAF\xCB\x12", `[-1,315338746]`},
		{Int64Array, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x7F", `["9223372036854775807"]`},
		{UInt8Array, "\x17\xFA", `[23,250]`},
		{UInt16Array, "\x1E\x00\x88\xD5", `[30,54664]`},
		{UInt32Array, "\x34\x00\x00\x00\xDD\x30\x07\xBC", `[52,3154587869]`},
		{UInt64Array, "\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF", `["18446744073709551615"]`},
		{FloatArray, "\x00\x00\x80\x3F\x00\x00\xC0\x7F", `[1,"NaN"]`},
		{DoubleArray, "\x00\x00\x00\x00\x00\x00\xF0\x3F", `[1]`},
		{BooleanArray, "\x0C\x00\x00\x00\x34\xD0", `[false,false,true,true,false,true,false,false,true,true,false,true]`},
		{BooleanArray, "\x00\x00\x00\x00", `[]`},
		{StringArray, "ABC\x00hello\x00", `["ABC","hello"]`},
		{StringArray, "线\x00\x00", `["线",""]`},
		{DateTimeArray, "\xC7\xD0\x90\x75\x24\x01\x00\x00", `["2009-10-21T05:27:55.335Z"]`},
	} {
		v := Value{field: bytesField, text: row.raw}
		if got := v.Plain(row.typ); got != tag.OfJSON(row.json) {
			t.Errorf("%s %x is %s, want %s", row.typ, row.raw, got, row.json)
		}
		back, err := Encode(row.typ, tag.OfJSON(row.json), Value{})
		if err != nil || back.text != row.raw && !strings.Contains(row.json, "NaN") {
			t.Errorf("%s %s is %x %v, want %x", row.typ, row.json, back.text, err, row.raw)
		}
	}
	for typ, raw := range map[DataType]string{Int32Array: "abc", BooleanArray: "\xFF\xFF\xFF\xFF\x01", StringArray: "abc", DoubleArray: "1234567"} {
		if v, q := (Value{field: bytesField, text: raw}).Tag(typ, tag.JSON); q != tag.BadDecodingError || !v.IsNone() {
			t.Errorf("%s %q is %s %s", typ, raw, v, q)
		}
	}
}

// Numbers stand in the fields of the standard, without their sign, and in those that others use.
func TestScalars(t *testing.T) {
	for _, row := range []struct {
		v    Value
		typ  DataType
		want tag.Value
	}{
		{Value{field: intField, bits: 0xFFFFFFFF}, Int8, tag.OfInt(-1)},
		{Value{field: intField, bits: 0xFF}, Int8, tag.OfInt(-1)},
		{Value{field: intField, bits: 0x8000}, Int16, tag.OfInt(math.MinInt16)},
		{Value{field: longField, bits: 0xFFFFFFFF}, Int32, tag.OfInt(-1)},
		{Value{field: longField, bits: 0xFFFFFFFF}, UInt32, tag.OfInt(math.MaxUint32)},
		{Value{field: intField, bits: 0xFFFFFFFF}, UInt32, tag.OfInt(math.MaxUint32)},
		{Value{field: longField, bits: math.MaxUint64}, Int64, tag.OfInt(-1)},
		{Value{field: longField, bits: math.MaxUint64}, UInt64, tag.OfString("18446744073709551615")},
		{Value{field: longField, bits: 1<<53 + 1}, UInt64, tag.OfInt(1<<53 + 1)},
		{Value{field: floatField, bits: uint64(math.Float32bits(0.5))}, Double, tag.OfFloat(0.5)},
		{Value{field: floatField, bits: 0x7FC00001}, Float, tag.OfFloat(math.NaN())},
		{Value{field: doubleField, bits: math.Float64bits(math.Inf(-1))}, Double, tag.OfFloat(math.Inf(-1))},
		{Value{field: intField, bits: 1}, Boolean, tag.OfBool(true)},
		{Value{field: longField, bits: 0}, DateTime, tag.OfString("1970-01-01T00:00:00Z")},
		{Value{field: longField, bits: math.MaxUint64}, DateTime, tag.Value{}},
		{OfText("x"), Int32, tag.Value{}},
		{Value{}, Int32, tag.Value{}},
		{OfText("x"), Unknown, tag.OfString("x")},
	} {
		if got := row.v.Plain(row.typ); got != row.want {
			t.Errorf("%v as %s is %v, want %v", row.v, row.typ, got, row.want)
		}
	}
}

var anyType = rapid.SampledFrom([]DataType{Int8, Int16, Int32, Int64, UInt8, UInt16, UInt32, UInt64, Float, Double, Boolean, String, DateTime, Text, UUID, Bytes, File})

// value draws a value of a type as a tag has it.
func value(t *rapid.T, typ DataType) tag.Value {
	if limit, ok := wholeLimits[typ]; ok {
		return tag.OfInt(rapid.Int64Range(limit[0], limit[1]).Draw(t, "whole"))
	}
	switch typ {
	case UInt64:
		return OfUint(rapid.Uint64().Draw(t, "uint64")).Plain(UInt64)
	case Float:
		return tag.OfFloat(float64(rapid.Float32().Draw(t, "float")))
	case Double:
		return tag.OfFloat(rapid.Float64().Draw(t, "double"))
	case Boolean:
		return tag.OfBool(rapid.Bool().Draw(t, "bool"))
	case DateTime:
		return OfUint(rapid.Uint64Range(0, 253402300799999).Draw(t, "time")).Plain(DateTime)
	case Bytes, File:
		return tag.OfBytes(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
	}
	return tag.OfString(rapid.String().Draw(t, "text"))
}

func metricOf(t *rapid.T, depth int) Metric {
	m := Metric{
		Name: rapid.StringN(0, 20, -1).Draw(t, "name"), HasAlias: rapid.Bool().Draw(t, "aliased"), Timestamp: timeOf(rapid.Uint64Range(0, math.MaxInt64/1_000_000).Draw(t, "time")),
		Historical: rapid.Bool().Draw(t, "historical"), Transient: rapid.Bool().Draw(t, "transient"), Null: rapid.Bool().Draw(t, "null"), Description: rapid.StringN(0, 9, -1).Draw(t, "description"),
	}
	if m.HasAlias {
		m.Alias = rapid.Uint64().Draw(t, "alias")
	}
	for range rapid.IntRange(0, 3).Draw(t, "properties") {
		typ := anyType.Filter(func(d DataType) bool { return d != Bytes && d != File }).Draw(t, "type")
		v, _ := Encode(typ, value(t, typ), Value{})
		m.Properties = append(m.Properties, Property{Key: rapid.String().Draw(t, "key"), Type: typ, Value: v})
	}
	switch kind := rapid.IntRange(0, 3).Draw(t, "kind"); {
	case kind == 0 && depth > 0:
		m.Type = TemplateType
		tp := &Template{Version: rapid.String().Draw(t, "version"), Ref: rapid.String().Draw(t, "ref"), Definition: rapid.Bool().Draw(t, "definition")}
		for range rapid.IntRange(0, 3).Draw(t, "members") {
			tp.Members = append(tp.Members, metricOf(t, depth-1))
		}
		m.Value = OfTemplate(tp)
	case kind == 1:
		m.Type = DataSetType
		d := &DataSet{}
		for range rapid.IntRange(1, 3).Draw(t, "columns") {
			d.Columns, d.Types = append(d.Columns, rapid.String().Draw(t, "column")), append(d.Types, anyType.Filter(func(d DataType) bool { return d != Bytes && d != File }).Draw(t, "type"))
		}
		for range rapid.IntRange(0, 3).Draw(t, "rows") {
			var row []Value
			for _, typ := range d.Types {
				v, _ := Encode(typ, value(t, typ), Value{})
				row = append(row, v)
			}
			d.Rows = append(d.Rows, row)
		}
		m.Value = OfDataSet(d)
	default:
		m.Type = anyType.Draw(t, "type")
		m.Value, _ = Encode(m.Type, value(t, m.Type), Value{})
	}
	if m.Null {
		m.Value = Value{}
	}
	return m
}

// What is encoded decodes to the same, and values come back as they were.
func TestRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := &Payload{Timestamp: timeOf(rapid.Uint64Range(0, 1<<43).Draw(t, "time")), Seq: rapid.IntRange(-1, 255).Draw(t, "seq"), UUID: rapid.StringN(0, 5, -1).Draw(t, "uuid")}
		for range rapid.IntRange(0, 4).Draw(t, "metrics") {
			p.Metrics = append(p.Metrics, metricOf(t, 2))
		}
		raw := p.Append(nil)
		got, err := Decode(raw)
		if err != nil {
			t.Fatalf("%x: %v", raw, err)
		}
		if !reflect.DeepEqual(got, p) {
			t.Fatalf("%+v became %+v", p, got)
		}
		typ := anyType.Draw(t, "type")
		v := value(t, typ)
		e, err := Encode(typ, v, Value{})
		if back := e.Plain(typ); err != nil || back != v && (back.Type() != tag.Float || !math.IsNaN(v.Float())) {
			t.Fatalf("%s %v became %v, %v", typ, v, back, err)
		}
	})
}

func TestCompressedPayloads(t *testing.T) {
	inner := (&Payload{Seq: 3, Metrics: []Metric{{Name: "a", Type: Int32, Value: OfInt(-5)}}}).Append(nil)
	var deflated, zipped bytes.Buffer
	z := zlib.NewWriter(&deflated)
	g := gzip.NewWriter(&zipped)
	for _, w := range []interface {
		Write([]byte) (int, error)
		Close() error
	}{z, g} {
		if _, err := w.Write(inner); err != nil || w.Close() != nil {
			t.Fatal(err)
		}
	}
	for algorithm, body := range map[string][]byte{"": deflated.Bytes(), "DEFLATE": deflated.Bytes(), "GZIP": zipped.Bytes()} {
		p := &Payload{Seq: -1, UUID: "SPBV1.0_COMPRESSED", Body: body}
		if algorithm != "" {
			p.Metrics = []Metric{{Name: "algorithm", Type: String, Value: OfText(algorithm)}}
		}
		got, err := Decode(p.Append(nil))
		if err != nil || got.Seq != 3 || len(got.Metrics) != 1 {
			t.Errorf("%s: %+v %v", algorithm, got, err)
		}
	}
	// A small message that would become a large one.
	deflated.Reset()
	z = zlib.NewWriter(&deflated)
	zeros := make([]byte, 1<<20)
	for range MaxPayload>>20 + 8 {
		if _, err := z.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	z.Close()
	if _, err := Decode((&Payload{Seq: -1, UUID: "SPBV1.0_COMPRESSED", Body: deflated.Bytes()}).Append(nil)); err == nil {
		t.Error("a bomb was taken")
	}
}

// Messages that lie about lengths and numbers cost little memory.
func TestLiesAreCheap(t *testing.T) {
	field := func(num protowire.Number, body []byte) []byte {
		return protowire.AppendBytes(protowire.AppendTag(nil, num, protowire.BytesType), body)
	}
	deep := []byte{}
	for range 40 { // a template in a template …
		deep = field(2, field(18, deep))
	}
	row := bytes.Repeat(field(1, nil), 1_000_000)
	for name, raw := range map[string][]byte{
		"a length of 2^63":  {0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F},
		"8 million metrics": bytes.Repeat([]byte{0x12, 0x00}, MaxPayload/2),
		"a million cells":   field(2, field(17, slicesConcat(field(2, []byte("a")), []byte{0x18, 1}, field(4, row)))),
		"a million columns": field(2, field(17, bytes.Repeat(field(2, []byte("a")), 1_000_000))),
		"a million types":   field(2, field(17, field(3, bytes.Repeat([]byte{1}, 1_000_000)))),
		"a million keys":    field(2, field(9, bytes.Repeat(field(1, nil), 1_000_000))),
		"40 levels":         deep,
		"too large":         make([]byte, MaxPayload+1),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := Decode(raw)
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s is taken", name)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 300<<20 {
			t.Errorf("%s costs %d MiB", name, cost>>20)
		}
	}
}

func slicesConcat(parts ...[]byte) (out []byte) {
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

func TestParts(t *testing.T) {
	inner := OfTemplate(&Template{Ref: "Drive", Members: []Metric{{Name: "rpm", Type: Double, Value: OfDouble(10)}}})
	table := OfDataSet(&DataSet{Columns: []string{"n", "x y"}, Types: []DataType{Int32, Double}, Rows: [][]Value{{OfInt(-1), OfDouble(0.5)}, {OfInt(2), {}}}})
	list, _ := Encode(Int32Array, tag.OfJSON(`[1,2,3]`), Value{})
	v := OfTemplate(&Template{Ref: "M", Version: "1", Members: []Metric{{Name: "a/b", Type: Int32, Value: OfInt(7)}, {Name: "drive", Type: TemplateType, Value: inner}, {Name: "t", Type: DataSetType, Value: table}, {Name: "l", Type: Int32Array, Value: list}, {Name: "none", Type: Int32, Null: true}}})
	for path, want := range map[string]string{"a/b": "7", "drive/rpm": "10", "drive": `{"rpm":10}`, "t/0/n": "-1", "t/0/x y": "0.5", "t/0/1": "0.5", "l/2": "3", "t": `{"columns":["n","x y"],"types":["Int32","Double"],"rows":[[-1,0.5],[2,null]]}`,
		"": `{"a/b":7,"drive":{"rpm":10},"t":{"columns":["n","x y"],"types":["Int32","Double"],"rows":[[-1,0.5],[2,null]]},"l":[1,2,3],"none":null}`} {
		part, typ, null, ok := v.Select(TemplateType, path)
		if got := string(part.Plain(typ).AppendJSON(nil)); !ok || null || got != want {
			t.Errorf("%q is %s (%v %v), want %s", path, got, ok, null, want)
		}
	}
	for _, path := range []string{"a", "b", "a/b/c", "drive/", "t/2/n", "t/-1/n", "t/0/z", "t/0", "l/3", "l/x", "/"} {
		if part, typ, _, ok := v.Select(TemplateType, path); ok {
			t.Errorf("%q is %v", path, part.Plain(typ))
		}
	}
	for path, w := range map[string]tag.Value{"a/b": tag.OfInt(8), "drive/rpm": tag.OfFloat(20), "t/0/x y": tag.OfFloat(9), "l/1": tag.OfInt(-2), "drive": tag.OfJSON(`{"rpm":21}`), "none": tag.OfInt(1)} {
		sent, err := v.With(TemplateType, path, w)
		if err != nil {
			t.Fatalf("%q: %v", path, err)
		}
		if n := len(sent.Template().Members); n != 1 {
			t.Errorf("%q sends %d members", path, n)
		}
		merged := OfTemplate(v.Template().Merge(sent.Template()))
		part, typ, _, _ := merged.Select(TemplateType, path)
		if got := part.Plain(typ); got != w {
			t.Errorf("%q became %v, want %v", path, got, w)
		}
		if other, typ, _, _ := merged.Select(TemplateType, "l/0"); other.Plain(typ) != tag.OfInt(1) {
			t.Errorf("%q changed what it should not", path)
		}
	}
	for path, w := range map[string]tag.Value{"x": tag.OfInt(1), "drive/x": tag.OfInt(1), "a/b": tag.OfString("x"), "": tag.OfJSON(`{"zzz":1}`), "t": tag.OfJSON(`{"rows":[[1]]}`)} {
		if _, err := v.With(TemplateType, path, w); err == nil {
			t.Errorf("%q takes %v", path, w)
		}
	}
	if _, ok := v.Template().Members[0].Property("x"); ok {
		t.Error("a property that is not there")
	}
}

func TestTopics(t *testing.T) {
	for text, want := range map[string]Topic{
		"spBv1.0/g/NBIRTH/n":    {NodeID{"g", "n"}, NBirth, ""},
		"spBv1.0/组/DDATA/节点/设备": {NodeID{"组", "节点"}, DData, "设备"},
	} {
		got, ok := ParseTopic(text)
		if !ok || got != want || got.String() != text {
			t.Errorf("%s is %+v", text, got)
		}
	}
	for _, text := range []string{"", "spBv1.0", "spBv1.0/STATE/h", "spBv1.0/g/NBIRTH/n/d", "spBv1.0/g/DBIRTH/n", "spBv1.0/g/XDATA/n", "spAv1.0/g/NBIRTH/n", "spBv1.0//NBIRTH/n", "spBv1.0/g/DDATA/n/", "spBv1.0/g/DDATA/n/d/e"} {
		if got, ok := ParseTopic(text); ok {
			t.Errorf("%q is %+v", text, got)
		}
	}
	if s, err := DecodeState(StateOf(true, 5_000_000).Encode()); err != nil || !s.Online || s.Timestamp != 5 {
		t.Errorf("%+v %v", s, err)
	}
	for _, bad := range []string{"ONLINE", "{}", `{"online":true}`, ""} {
		if _, err := DecodeState([]byte(bad)); err == nil {
			t.Errorf("%q is a state", bad)
		}
	}
}

// Whatever comes, decoding ends without a panic, and what was decoded can be shown, taken apart and
// encoded again.
func FuzzDecode(f *testing.F) {
	f.Add((&Payload{Timestamp: 1_700_000_000_000_000_000, Seq: 1, Metrics: []Metric{{Name: "温度", Alias: 1, HasAlias: true, Type: Double, Value: OfDouble(1.5), Properties: []Property{{Key: "engUnit", Type: String, Value: OfText("°C")}}}}}).Append(nil))
	f.Add((&Payload{Seq: -1, Metrics: []Metric{{Name: "t", Type: DataSetType, Value: OfDataSet(&DataSet{Columns: []string{"a"}, Types: []DataType{Int32}, Rows: [][]Value{{OfInt(1)}}})}}}).Append(nil))
	f.Add((&Payload{Seq: 255, Metrics: []Metric{{Name: "m", Type: TemplateType, Value: OfTemplate(&Template{Ref: "x", Members: []Metric{{Name: "a", Type: BooleanArray, Value: Value{field: bytesField, text: "\x09\x00\x00\x00\xFF\x80"}}}})}}}).Append(nil))
	f.Add([]byte{0x12, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F})
	f.Fuzz(func(t *testing.T, raw []byte) {
		p, err := Decode(raw)
		if err != nil {
			return
		}
		for i := range p.Metrics {
			m := &p.Metrics[i]
			for _, typ := range []DataType{m.Type, Unknown, Int32Array, StringArray, BooleanArray} {
				plain := m.Value.Plain(typ)
				if plain.Type() == tag.JSON {
					if _, err := tag.Parse([]byte(plain.Text()), tag.JSON); err != nil {
						t.Fatalf("%s: %q: %v", typ, plain.Text(), err)
					}
				}
				for _, path := range []string{"", "a", "0", "0/a", "a/b/c"} {
					if part, inner, _, ok := m.Value.Select(typ, path); ok {
						part.Tag(inner, tag.Float)
						_, _ = m.Value.With(typ, path, tag.OfInt(1))
					}
				}
			}
			if a := m.Value.Template(); a != nil {
				a.Merge(a)
			}
		}
		again := p.Append(nil)
		q, err := Decode(again)
		if err != nil {
			t.Fatalf("%x was decoded and encoded to %x: %v", raw, again, err)
		}
		if third := q.Append(nil); !bytes.Equal(again, third) {
			t.Fatalf("%x encodes to %x, then to %x", raw, again, third)
		}
	})
}
