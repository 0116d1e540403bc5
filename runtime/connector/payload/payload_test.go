package payload

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/lineside/lineside/runtime/tag"
)

func find(t *testing.T, document, path string) string {
	t.Helper()
	p, err := ParsePath(path)
	if err != nil {
		t.Fatalf("path %q: %v", path, err)
	}
	var s Selector
	slot := s.Add(p)
	found := make([][]byte, s.Count())
	if err := s.Find([]byte(document), found); err != nil {
		t.Fatalf("path %q: %v", path, err)
	}
	return string(found[slot])
}

func TestPaths(t *testing.T) {
	document := `{"a":{"b":[10,{"c":"x"}],"d.e":1,"q\"":2,"":3,"é":4},"b":null,"l":[[1,2],[3]],"dup":{"x":1},"dup":{"y":2},"\u0041b":5,"0":6,"m~n":7,"o/p":8,"01":9}`
	for _, row := range []struct{ path, want string }{
		{"", document}, {"$", document}, {"a.b[0]", "10"}, {"$.a.b[1].c", `"x"`}, {`$["a"]["d.e"]`, "1"}, {`a['q"']`, "2"}, {`$.a[""]`, "3"}, {"a.é", "4"},
		{"b", "null"}, {"l[0][1]", "2"}, {"$.l[1][0]", "3"}, {"dup.y", "2"}, {"dup.x", ""}, {"Ab", "5"}, {"a.x", ""}, {"a.b[9]", ""}, {"a[0]", ""}, {"l.x", ""}, {"a.b[0].c", ""},
		{"l[-1]", "[3]"}, {"l[-1][-1]", "3"}, {"a.b[-1].c", `"x"`}, {"l[-1][1]", ""},
		{"/a/b/0", "10"}, {"/a/b/1/c", `"x"`}, {"/a/d.e", "1"}, {"/a/", "3"}, {"/0", "6"}, {"/01", "9"}, {"/m~0n", "7"}, {"/o~1p", "8"}, {"/l/1/0", "3"}, {"/l/01", ""}, {"/l/-", ""}, {"/l/-1", ""}, {"/", ""},
	} {
		if got := find(t, document, row.path); got != row.want {
			t.Errorf("path %q found %s, want %s", row.path, got, row.want)
		}
	}
	for _, bad := range []string{"a..b", "a.", ".", "$x.", "a[", "a[]", "a[-2]", "a[1.5]", "a[x]", `a["x]`, `a["x"`, "a b", "*", "a[*]", "$..a", "a[?(@.x)]", "a]", strings.Repeat("a.", 40) + "a", strings.Repeat("x", 600), "a[99999999999]", "/a~", "/a~2", "/x~0~", strings.Repeat("/a", 40)} {
		if _, err := ParsePath(bad); err == nil {
			t.Errorf("path %q was accepted", bad)
		}
	}
}

// TestLastOfSeveral: what the last element lacks is not taken from the one before.
func TestLastOfSeveral(t *testing.T) {
	var s Selector
	var slots []int
	for _, p := range []string{"[-1].v", "[0].v", "/0/v", "[-1].t", "[1].v"} {
		path, err := ParsePath(p)
		if err != nil {
			t.Fatal(err)
		}
		slots = append(slots, s.Add(path))
	}
	found := make([][]byte, s.Count())
	for _, row := range []struct{ document, want string }{
		{`[{"v":1,"t":5},{"v":2}]`, "2 1 1  2"}, {`[{"v":1,"t":5}]`, "1 1 1 5 "}, {`[]`, "    "}, {`{}`, "    "}, {`[{"v":1},{"v":2},{}]`, " 1 1  2"},
	} {
		if err := s.Find([]byte(row.document), found); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, slot := range slots {
			got = append(got, string(found[slot]))
		}
		if strings.Join(got, " ") != row.want {
			t.Errorf("%s: %q, want %q", row.document, strings.Join(got, " "), row.want)
		}
	}
}

func TestValues(t *testing.T) {
	big := tag.OfInt(math.MaxInt64)
	for _, row := range []struct {
		text string
		typ  tag.Type
		want tag.Value
		q    tag.Quality
	}{
		{"1", tag.Int, tag.OfInt(1), tag.Good}, {"1", tag.Float, tag.OfFloat(1), tag.Good}, {"1.5", tag.Int, tag.Value{}, tag.BadTypeMismatch}, {"1.0", tag.Int, tag.OfInt(1), tag.Good},
		{"9223372036854775807", tag.Int, big, tag.Good}, {"18446744073709551615", tag.Int, tag.Value{}, tag.BadOutOfRange}, {"18446744073709551615", tag.Float, tag.OfFloat(18446744073709551615), tag.Good},
		{"18446744073709551615", tag.String, tag.OfString("18446744073709551615"), tag.Good}, {"18446744073709551615", tag.JSON, tag.OfJSON("18446744073709551615"), tag.Good},
		{"1e999", tag.Float, tag.Value{}, tag.BadOutOfRange}, {"null", tag.Float, tag.Value{}, tag.BadNoData}, {"", tag.Float, tag.Value{}, tag.BadNoData},
		{`"21.5"`, tag.Float, tag.OfFloat(21.5), tag.Good}, {`" 7 "`, tag.Int, tag.OfInt(7), tag.Good}, {`"NaN"`, tag.Int, tag.Value{}, tag.BadNoData}, {`"x"`, tag.Float, tag.Value{}, tag.BadTypeMismatch}, {`""`, tag.Float, tag.Value{}, tag.BadNoData},
		{`""`, tag.String, tag.OfString(""), tag.Good}, {`"阀"`, tag.String, tag.OfString("阀"), tag.Good}, {`"\ud83d\ude00"`, tag.String, tag.OfString("😀"), tag.Good}, {`"AP8K"`, tag.Bytes, tag.OfBytes([]byte{0, 255, 10}), tag.Good}, {`"-"`, tag.Bytes, tag.Value{}, tag.BadTypeMismatch},
		{"true", tag.Bool, tag.OfBool(true), tag.Good}, {"true", tag.Int, tag.OfInt(1), tag.Good}, {`"on"`, tag.Bool, tag.OfBool(true), tag.Good}, {"0", tag.Bool, tag.OfBool(false), tag.Good}, {"2", tag.Bool, tag.OfBool(true), tag.Good},
		{"[[1,2],[3]]", tag.JSON, tag.OfJSON("[[1,2],[3]]"), tag.Good}, {"[1]", tag.String, tag.OfString("[1]"), tag.Good}, {"[1]", tag.Float, tag.Value{}, tag.BadTypeMismatch}, {"\"\xff\"", tag.String, tag.Value{}, tag.BadDecodingError},
		{"{}", tag.None, tag.OfJSON("{}"), tag.Good}, {"1.5", tag.None, tag.OfFloat(1.5), tag.Good}, {`"x"`, tag.None, tag.OfString("x"), tag.Good},
	} {
		if v, q := JSON([]byte(row.text), row.typ); v != row.want || q != row.q {
			t.Errorf("%s as %s is %v %v, want %v %v", row.text, row.typ, v, q, row.want, row.q)
		}
	}
	for _, row := range []struct {
		text    string
		typ     tag.Type
		decimal byte
		want    tag.Value
		q       tag.Quality
	}{
		{" 1.5 ", tag.Float, '.', tag.OfFloat(1.5), tag.Good}, {"1,5", tag.Float, ',', tag.OfFloat(1.5), tag.Good}, {"1.234,5", tag.Float, ',', tag.OfFloat(1234.5), tag.Good}, {"1,5", tag.Float, '.', tag.Value{}, tag.BadTypeMismatch},
		{"+3", tag.Int, '.', tag.OfInt(3), tag.Good}, {"", tag.Int, '.', tag.Value{}, tag.BadNoData}, {"inf", tag.Float, '.', tag.OfFloat(math.Inf(1)), tag.Good}, {"NaN", tag.Float, '.', tag.OfFloat(math.NaN()), tag.Good},
		{"yes", tag.Bool, '.', tag.OfBool(true), tag.Good}, {"OFF", tag.Bool, '.', tag.OfBool(false), tag.Good}, {"maybe", tag.Bool, '.', tag.Value{}, tag.BadTypeMismatch}, {"1", tag.Bool, '.', tag.OfBool(true), tag.Good}, {"", tag.Bool, '.', tag.Value{}, tag.BadNoData},
		{"", tag.String, '.', tag.OfString(""), tag.Good}, {" a ", tag.String, '.', tag.OfString(" a "), tag.Good}, {"\xff", tag.String, '.', tag.Value{}, tag.BadDecodingError}, {"\xff", tag.Bytes, '.', tag.OfBytes([]byte{255}), tag.Good},
		{" [1] ", tag.JSON, '.', tag.OfJSON("[1]"), tag.Good}, {"x", tag.JSON, '.', tag.Value{}, tag.BadDecodingError}, {strings.Repeat("1", 65), tag.Float, '.', tag.Value{}, tag.BadTypeMismatch}, {"1e400", tag.Float, '.', tag.Value{}, tag.BadOutOfRange},
	} {
		if v, q := Text([]byte(row.text), row.typ, row.decimal); v != row.want || q != row.q {
			t.Errorf("%q as %s is %v %v, want %v %v", row.text, row.typ, v, q, row.want, row.q)
		}
	}
	for text, want := range map[string]tag.Value{"": {}, " ": {}, "1": tag.OfInt(1), "1.5": tag.OfFloat(1.5), "true": tag.OfBool(true), "x": tag.OfString("x"), "NaN": tag.OfString("NaN")} {
		if got := Guess(text, '.'); got != want {
			t.Errorf("%q is taken for %v, want %v", text, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	shanghai, err := LoadZone("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]int64{ // ms
		"1700000000": 1700000000000, "1700000000.5": 1700000000500, "1700000000123": 1700000000123, "1700000000123456": 1700000000123, "1700000000123456789": 1700000000123,
		"2023-11-14T22:13:20Z": 1700000000000, "2023-11-14T23:13:20.25+01:00": 1700000000250, "2023-11-15T06:13:20": 1700000000000, "2023-11-15 06:13:20": 1700000000000, "2023/11/15 06:13:20.5": 1700000000500,
		"15.11.2023 06:13:20": 1700000000000, "20231115061320": 1700000000000, "2023-11-14 22:13:20+00": 1700000000000, "2023-11-14 22:13:20 +0000": 1700000000000, "Tue, 14 Nov 2023 22:13:20 GMT": 1700000000000,
		"2023-11-15 06:13": 1699999980000, "2023-11-15": 1699977600000, " 1700000000 ": 1700000000000,
	} {
		if got, ok := Time(text, shanghai); !ok || got.Milli() != want {
			t.Errorf("%s is %d %v, want %d", text, got.Milli(), ok, want)
		}
	}
	for _, bad := range []string{"", "null", "yesterday", "{}", "1e300", "0", "0001-01-01T00:00:00Z", "99999999999999999999", "2023-02-30 00:00:00", "nan", "inf", "0x10"} {
		if got, ok := Time(bad, time.UTC); ok {
			t.Errorf("%s is %d", bad, got.Milli())
		}
	}
	if got, ok := JSONTime([]byte(`"2023-11-14T22:13:20Z"`), time.UTC); !ok || got.Milli() != 1700000000000 {
		t.Errorf("%d %v", got, ok)
	}
	for _, bad := range []string{"", "null", "true", "{}", `"x"`} {
		if _, ok := JSONTime([]byte(bad), time.UTC); ok {
			t.Errorf("%s is a time", bad)
		}
	}
	for _, name := range []string{"", "UTC", "local"} {
		if _, err := LoadZone(name); err != nil {
			t.Error(err)
		}
	}
	if _, err := LoadZone("Nowhere/X"); err == nil {
		t.Error("a zone that is not there")
	}
}

func TestTemplates(t *testing.T) {
	now := time.UnixMilli(1700000000123)
	for _, row := range []struct {
		template string
		v        tag.Value
		want     string
	}{
		{`{"v":${value},"t":${time_ms}}`, tag.OfFloat(1.5), `{"v":1.5,"t":1700000000123}`}, {"${value}", tag.OfInt(math.MaxInt64), "9223372036854775807"}, {"${value}", tag.OfString(`a"b`), `"a\"b"`},
		{"${text}", tag.OfString(`a"b`), `a"b`}, {"${time} ${time_s}", tag.Value{}, "2023-11-14T22:13:20.123Z 1700000000"}, {"v=${url}", tag.OfString("a b&c=阀"), "v=a+b%26c%3D%E9%98%80"}, {"plain $x {y}", tag.Value{}, "plain $x {y}"},
		{"${text}", tag.OfBytes([]byte{1, 255}), "\x01\xff"},
	} {
		if got, err := Fill(row.template, row.v, now, nil); err != nil || got != row.want {
			t.Errorf("%s: %q %v, want %q", row.template, got, err, row.want)
		}
	}
	for _, bad := range []string{"${value", "${nothing}", `{"v":${text}x}`, `[${value}`} {
		if CheckTemplate(bad) == nil {
			t.Errorf("%s was accepted", bad)
		}
	}
}

func TestCharsets(t *testing.T) {
	utf16le := func(s string) []byte {
		var out []byte
		for _, r := range s {
			out = append(out, byte(r), byte(r>>8))
		}
		return out
	}
	for _, row := range []struct {
		name string
		in   []byte
		want string
	}{
		{"", []byte("温度"), "温度"}, {"", []byte("\xef\xbb\xbf温"), "温"}, {"utf-8", append([]byte{0xFF, 0xFE}, utf16le("温a")...), "温a"}, {"", []byte{0xFE, 0xFF, 0x6E, 0x29}, "温"},
		{"utf-16", utf16le("温度"), "温度"}, {"utf-16be", []byte{0x6E, 0x29}, "温"}, {"utf-16", []byte{0x3D, 0xD8, 0x00, 0xDE}, "😀"}, {"gbk", []byte{0xCE, 0xC2, 0xB6, 0xC8}, "温度"}, {"gb2312", []byte{0xCE, 0xC2}, "温"}, {"latin1", []byte{0xB0, 'C'}, "°C"}, {"shift_jis", []byte{0x89, 0xB7}, "温"},
	} {
		c, err := LoadCharset(row.name)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := c.Decode(row.in); err != nil || string(got) != row.want {
			t.Errorf("%s % x: %q %v", row.name, row.in, got, err)
		}
	}
	for name, in := range map[string][]byte{"": {0xC0}, "utf-16": {1}, "utf-16be": {0xD8, 0, 0, 1}, "gbk": {0xFF, 0xFF}} {
		c, _ := LoadCharset(name)
		if got, err := c.Decode(in); err == nil {
			t.Errorf("%s % x: %q", name, in, got)
		}
	}
	if _, err := LoadCharset("klingon"); err == nil {
		t.Error("an encoding that is not there")
	}
	le, _ := LoadCharset("utf-16")
	if gbk, _ := LoadCharset("gbk"); !le.Wide() || gbk.Wide() || (*Charset)(nil).Wide() {
		t.Error("which encodings are wide is wrong")
	}
}

func TestTable(t *testing.T) {
	picks := []Pick{{}, {First: true}, {Key: "id", Value: "b"}, {Time: "t"}, {Key: "id", Value: "a", Time: "t", First: true}, {Key: "nothing", Value: "x"}, {Key: "id", Value: "zz"}}
	row := func(tb *Table, i int) string {
		cells, at := tb.Row(i)
		return fmt.Sprint(strings.Join(cells, "|"), " ", at.Milli())
	}
	text := "\r\nid;t;v\r\na;2023-11-14 22:13:20;1\r\nb;2023-11-14 22:13:22;\"x;\n\"\"y\"\"\"\r\n\r\na;2023-11-14 22:13:21;3\r\n"
	tb := NewTable(CSV{Header: true}, picks)
	if n, err := tb.Feed([]byte(text), true); err != nil || n != len(text) || tb.Count() != 3 {
		t.Fatal(n, err, tb.Count())
	}
	for i, want := range []string{
		"a|2023-11-14 22:13:21|3 0", "a|2023-11-14 22:13:20|1 0", "b|2023-11-14 22:13:22|x;\n\"y\" 0", "b|2023-11-14 22:13:22|x;\n\"y\" 1700000002000", "a|2023-11-14 22:13:20|1 1700000000000", " 0", " 0",
	} {
		if got := row(tb, i); got != want {
			t.Errorf("pick %d is %q, want %q", i, got, want)
		}
	}
	if v, ok := tb.Cell(0, "v"); !ok || v != "3" {
		t.Error(v, ok)
	}
	if v, ok := tb.Cell(0, "3"); !ok || v != "3" {
		t.Error(v, ok)
	}
	if _, ok := tb.Cell(0, "w"); ok {
		t.Error("a column that is not there")
	}
	bare := NewTable(CSV{}, []Pick{{}})
	_, _ = bare.Feed([]byte("1\t2\n3\t4"), true)
	if got := row(bare, 0); got != "3|4 0" {
		t.Error(got)
	}
}

// TestTableGrows: however a text comes in pieces, the same rows are read; a half-written record waits.
func TestTableGrows(t *testing.T) {
	text := "t,v\n1,\"a\nb\"\n2,5\" pipe\n3,\"q\"\"\"\n4,x\n"
	for size := 1; size < len(text); size++ {
		tb := NewTable(CSV{Header: true}, []Pick{{}, {First: true}})
		var rest []byte
		for at := 0; at < len(text); at += size {
			rest = append(rest, text[at:min(at+size, len(text))]...)
			n, err := tb.Feed(rest, false)
			if err != nil {
				t.Fatal(err)
			}
			rest = rest[n:]
		}
		v, _ := tb.Cell(0, "v")
		first, _ := tb.Cell(1, "v")
		if tb.Count() != 4 || v != "x" || first != "a\nb" || len(rest) != 0 {
			t.Fatalf("in pieces of %d: %d rows, %q %q, %q left", size, tb.Count(), first, v, rest)
		}
	}
	tb := NewTable(CSV{Header: true}, []Pick{{}})
	if n, _ := tb.Feed([]byte("t,v\n1,2\n3,"), false); n != 8 || tb.Count() != 1 {
		t.Error(n, tb.Count())
	}
	long := []byte("t,v\n1,\"" + strings.Repeat("x", maxRecord+1) + "\n2,3\n")
	tb = NewTable(CSV{Header: true}, []Pick{{}})
	n, err := tb.Feed(long, false)
	if err == nil {
		t.Fatal("a record without end")
	}
	if _, err := tb.Feed(long[n:], false); err != nil || tb.Count() != 1 {
		t.Error(err, tb.Count())
	}
}

func TestChildren(t *testing.T) {
	got, err := Children([]byte(` {"a": [1, 2] , "b\n":{}, "c":"x"} `), 10)
	if err != nil || fmt.Sprintf("%q", got) != `[{"a" "[1, 2]"} {"b\n" "{}"} {"c" "\"x\""}]` {
		t.Errorf("%q %v", got, err)
	}
	if got, err := Children([]byte(`[5,[],{}]`), 2); err != nil || fmt.Sprintf("%q", got) != `[{"0" "5"} {"1" "[]"}]` {
		t.Errorf("%q %v", got, err)
	}
	for _, none := range []string{"1", "{}", "[ ]", `"x"`} {
		if got, err := Children([]byte(none), 9); err != nil || len(got) != 0 {
			t.Errorf("%s: %q %v", none, got, err)
		}
	}
	if _, err := Children([]byte("{"), 9); err == nil {
		t.Error("no JSON")
	}
}

// FuzzJSON holds the scanner against encoding/json.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,{"b":null}]}`, `[[1,2],[3]]`, `"\ud800"`, `-0.1e+5`, `{"a":1,"a":{"b":2}}`, " [ ] ", `{"":""}`, "[", `"\x"`, "01", "1 2", `{"a"}`, `[1,]`, `{"a":1,}`} {
		f.Add([]byte(s), "a[-1].b")
	}
	f.Fuzz(func(t *testing.T, text []byte, path string) {
		var s Selector
		for _, p := range []string{"", path, "/a/0", "[-1]", "a.b", "[0][-1]"} {
			if parsed, err := ParsePath(p); err == nil {
				s.Add(parsed)
			}
		}
		found := make([][]byte, s.Count())
		err := s.Find(text, found)
		if nested := bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{")); nested < maxDepth && (err == nil) != json.Valid(text) {
			t.Fatalf("%q: %v, encoding/json says %v", text, err, json.Valid(text))
		}
		if parsed, wrong := ParsePath(path); err == nil && wrong == nil && !parsed.loose {
			compare(t, text, parsed)
		}
		for _, x := range found {
			if x != nil && !json.Valid(x) {
				t.Fatalf("%q: found %q", text, x)
			}
			for _, typ := range []tag.Type{tag.None, tag.Bool, tag.Int, tag.Float, tag.String, tag.Bytes, tag.JSON} {
				v, q := JSON(x, typ)
				if q == tag.Good && typ != tag.None && v.Type() != typ || q != tag.Good && !v.IsNone() || v.Type() == tag.String && !utf8.ValidString(v.Text()) {
					t.Fatalf("%q as %s is %v %v", x, typ, v, q)
				}
			}
			JSONTime(x, time.UTC)
		}
		if err == nil {
			if _, err := Children(text, 100); err != nil && utf8.Valid(text) {
				t.Fatalf("%q: %v", text, err)
			}
		}
	})
}

// compare holds what a path found against what encoding/json makes of the text. It merges what
// is doubled and mends what is not UTF-8; such texts do not compare.
func compare(t *testing.T, text []byte, p Path) {
	var tree any
	if bytes.Contains(text, []byte(`\`)) || !utf8.Valid(text) || json.Unmarshal(text, &tree) != nil || bytes.Count(text, []byte(":")) != members(tree) {
		return
	}
	var s Selector
	slot := s.Add(p)
	found := make([][]byte, s.Count())
	if err := s.Find(text, found); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	want, there := descend(tree, p)
	var got any
	if found[slot] != nil && json.Unmarshal(found[slot], &got) != nil {
		t.Fatalf("%q: found %q", text, found[slot])
	}
	if there != (found[slot] != nil) || !reflect.DeepEqual(want, got) {
		t.Fatalf("%q: found %q, encoding/json %v", text, found[slot], want)
	}
}

func members(v any) (n int) {
	switch x := v.(type) {
	case map[string]any:
		n = len(x)
		for _, e := range x {
			n += members(e)
		}
	case []any:
		for _, e := range x {
			n += members(e)
		}
	}
	return n
}

func descend(v any, p Path) (any, bool) {
	for _, s := range p.steps {
		object, _ := v.(map[string]any)
		list, _ := v.([]any)
		i := s.index
		if i == last {
			i = len(list) - 1
		}
		there := s.indexed && i >= 0 && i < len(list)
		if there {
			v = list[i]
		} else if !s.indexed {
			v, there = object[s.name]
		}
		if !there {
			return nil, false
		}
	}
	return v, true
}

// FuzzTable: a text that comes in two pieces gives what it gives in one.
func FuzzTable(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n3,\"x\ny\"\n"), 5)
	f.Add([]byte("a;b\r\n\"1;2\"\";\r\n"), 8)
	f.Add([]byte("\"\n\"\"a\"b\n"), 3)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		format := CSV{Header: true, Delimiter: ','}
		picks := []Pick{{}, {Key: "1", Value: "1"}, {Time: "2"}}
		one := NewTable(format, picks)
		used, err := one.Feed(text, false)
		if used < 0 || used > len(text) {
			t.Fatalf("%q: %d of %d", text, used, len(text))
		}
		if err != nil || cut < 0 || cut > len(text) {
			return
		}
		two := NewTable(format, picks)
		first, err := two.Feed(text[:cut], false)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := two.Feed(text[first:], false); err != nil || one.Count() != two.Count() {
			t.Fatalf("%q cut at %d: %d rows, %d in one piece (%v)", text, cut, two.Count(), one.Count(), err)
		}
	})
}

// FuzzText: whatever a text says, there is a value of the type or none.
func FuzzText(f *testing.F) {
	f.Add([]byte("1.234,5"), "gbk")
	f.Add([]byte("2023-11-14 22:13:20"), "utf-16")
	f.Fuzz(func(t *testing.T, text []byte, charset string) {
		c, err := LoadCharset(charset)
		if err != nil {
			return
		}
		if out, err := c.Decode(text); err == nil && !utf8.Valid(out) {
			t.Fatalf("%q in %s is %q", text, charset, out)
		}
		for _, typ := range []tag.Type{tag.Bool, tag.Int, tag.Float, tag.String, tag.Bytes, tag.JSON} {
			for _, decimal := range []byte{'.', ','} {
				if v, q := Text(text, typ, decimal); q == tag.Good && v.Type() != typ || q != tag.Good && !v.IsNone() {
					t.Fatalf("%q as %s is %v %v", text, typ, v, q)
				}
			}
		}
		Time(string(text), time.UTC)
		Guess(string(text), '.')
		_, _ = Fill(string(text), tag.OfInt(1), time.UnixMilli(0), nil)
	})
}
