package recording

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// all reads a recording as "seconds tag=value quality", bad rows as their errors.
func all(t *testing.T, text, column string, typ tag.Type) []string {
	t.Helper()
	r, err := NewReader(strings.NewReader(text), column, time.UTC)
	if err != nil {
		return []string{"error " + err.Error()}
	}
	var out []string
	for {
		row, err := r.Next()
		var bad *BadRow
		if errors.As(err, &bad) {
			out = append(out, fmt.Sprint("row ", bad.Row))
			continue
		}
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		for i := range row.Entries {
			e := &row.Entries[i]
			v, q := e.Value(typ)
			out = append(out, fmt.Sprintf("%g %s=%s %s", float64(row.At)/1e9, e.Tag, v, q))
		}
	}
}

func TestShapes(t *testing.T) {
	for _, row := range []struct {
		text, column string
		typ          tag.Type
		want         string
	}{
		{"time,tag,value,quality\n1,a/b,1.5,Good\n2,a/b,,BadTimeout\n2.5,c,7,0\n3,c,8,0x40000000\n", "", tag.Float, "[1 a/b=1.5 Good 2 a/b=null BadTimeout 2.5 c=7 Good 3 c=8 Uncertain]"},
		{"\ufeffTag;Time;Value\na;2023-11-14 22:13:20;阀门\n", "", tag.String, "[1.7e+09 a=阀门 Good]"},
		{"t\ta\tb\n0\t1\t\n1\t\"x\ny\"\t2\n\n", "", tag.String, "[0 a=1 Good 0 b=null BadNoData 1 a=x\ny Good 1 b=2 Good]"},
		{"a,when,b\n1,5,2\n", "when", tag.Int, "[5 a=1 Good 5 b=2 Good]"},
		{`{"time":1,"tag":"a","value":[[1,2],[3]],"quality":"Uncertain"}` + "\n\n" + `{"time":"2023-11-14T22:13:20Z","tag":"温","value":null}` + "\n", "", tag.JSON, "[1 a=[[1,2],[3]] Uncertain 1.7e+09 温=null BadNoData]"},
		{"\n" + `{"ts":1700000000000,"a":18446744073709551615,"b":null,"c/d":{"x":1}}`, "ts", tag.JSON, "[1.7e+09 a=18446744073709551615 Good 1.7e+09 b=null BadNoData 1.7e+09 c/d={\"x\":1} Good]"},
		{"time,tag,value\nx,a,1\n1,a\n2,a,\"q\n3,a,5\n", "", tag.Int, "[row 2 row 3 row 4]"},
		{"time,a\n1,9223372036854775807\n1e300,1\n2,NaN\n", "", tag.Int, "[1 a=\"9223372036854775807\" Good row 3 2 a=null BadNoData]"},
		{`{"time":1,"tag":"a","value":1}` + "\nnonsense\n{\"tag\":\"a\",\"value\":1}\n" + `{"time":2,"tag":"a","value":2,"quality":"soso"}` + "\n" + `{"time":3,"tag":"a","value":3}`, "", tag.Int, "[1 a=1 Good row 2 row 3 row 4 3 a=3 Good]"},
		{"time,a\n1," + strings.Repeat("x", maxRow) + "\n2,5\n", "", tag.Int, "[row 2 2 a=5 Good]"},
		{"time,a\n1,\"" + strings.Repeat("\n", maxRow) + "\n2,5\n", "", tag.Int, "[row 2 2 a=5 Good]"},
		{"", "", tag.Int, "[error there are no rows]"}, {"time\n1", "", tag.Int, "[error there is no column beside the time]"}, {"a,b\n", "c", tag.Int, "[error there is no time column \"c\"]"}, {"a,b,b\n", "", tag.Int, "[error column 3 has no name of its own: \"b\"]"},
	} {
		if got := fmt.Sprint(all(t, row.text, row.column, row.typ)); got != row.want {
			t.Errorf("%.80q:\n got %.300s\nwant %s", row.text, got, row.want)
		}
	}
}

func TestValues(t *testing.T) {
	for _, row := range []struct {
		e    Entry
		typ  tag.Type
		want tag.Value
	}{
		{Entry{text: "AP8K"}, tag.Bytes, tag.OfBytes([]byte{0, 255, 10})}, {Entry{text: "x y"}, tag.Bytes, tag.OfBytes([]byte("x y"))}, {Entry{text: "NaN"}, tag.Float, tag.OfFloat(math.NaN())}, {Entry{text: `"NaN"`, json: true}, tag.Float, tag.OfFloat(math.NaN())},
		{Entry{text: "true"}, tag.None, tag.OfBool(true)}, {Entry{text: "1.5"}, tag.None, tag.OfFloat(1.5)}, {Entry{text: ""}, tag.String, tag.OfString("")}, {Entry{text: "[1]"}, tag.JSON, tag.OfJSON("[1]")},
	} {
		if v, q := row.e.Value(row.typ); v != row.want || q != tag.Good {
			t.Errorf("%+v as %s is %v %v", row.e, row.typ, v, q)
		}
	}
}

func FuzzReader(f *testing.F) {
	f.Add("time,tag,value,quality\n1,a,2,Good\n", "")
	f.Add("t;a;b\n1;\"x\n\";\n", "t")
	f.Add("{\"time\":1,\"tag\":\"a\",\"value\":2}\n{\"time\":2,\"b\":null}", "time")
	f.Fuzz(func(t *testing.T, text, column string) {
		r, err := NewReader(strings.NewReader(text), column, time.UTC)
		if err != nil {
			return
		}
		for n := 0; ; n++ {
			row, err := r.Next()
			if errors.Is(err, io.EOF) {
				return
			}
			if n > len(text)+1 {
				t.Fatalf("%q does not end", text)
			}
			for i := range row.Entries {
				for _, typ := range []tag.Type{tag.None, tag.Bool, tag.Int, tag.Float, tag.String, tag.Bytes, tag.JSON} {
					if v, q := row.Entries[i].Value(typ); q.IsBad() != v.IsNone() || !q.IsBad() && typ != tag.None && v.Type() != typ {
						t.Fatalf("%q as %s is %v %v", row.Entries[i].text, typ, v, q)
					}
				}
			}
		}
	})
}
