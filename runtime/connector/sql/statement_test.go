package sql

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

func TestStatements(t *testing.T) {
	for _, row := range []struct{ kind, in, want, params string }{
		{"postgres", "UPDATE t SET a = :value, b = :time, c = :value WHERE d = :tag;", "UPDATE t SET a = $1, b = $2, c = $1 WHERE d = $3", ":value :time :tag"},
		{"mysql", "UPDATE t SET a = :value, b = :time, c = :value", "UPDATE t SET a = ?, b = ?, c = ?", ":value :time :value"},
		{"sqlserver", "EXEC p @x = :value, @y = :value", "EXEC p @x = @p1, @y = @p1", ":value"},
		{"sqlite", "SELECT :value, :value", "SELECT ?1, ?1", ":value"},
		{"postgres", "SELECT ':value', \":value\", x::text, $$ :value $$, $a$ :value $a$, E'\\':value', a[1:2] -- :value\n /* :value */ , :value", "SELECT ':value', \":value\", x::text, $$ :value $$, $a$ :value $a$, E'\\':value', a[1:2] -- :value\n /* :value */ , $1", ":value"},
		{"mysql", "SELECT 'a\\':value', `:value`, \"it''s :value\" # :value\n, :value", "SELECT 'a\\':value', `:value`, \"it''s :value\" # :value\n, ?", ":value"},
		{"sqlserver", "SELECT [:value], [a]]:value], ':value''', :value", "SELECT [:value], [a]]:value], ':value''', @p1", ":value"},
		{"postgres", "SELECT 'it''s' || :value", "SELECT 'it''s' || $1", ":value"},
	} {
		st, err := parseStatement(row.in, dialects[row.kind].lexis(), writeParams...)
		if err != nil || st.text != row.want || strings.Join(st.params, " ") != row.params {
			t.Errorf("%s: %s\n got %s %v %v\nwant %s %s", row.kind, row.in, st.text, st.params, err, row.want, row.params)
		}
	}
	if st, err := parseStatement("SELECT * FROM t WHERE id > {last} AND '{last}' <> ''", dialects["postgres"].lexis(), "{last}"); err != nil || st.text != "SELECT * FROM t WHERE id > $1 AND '{last}' <> ''" {
		t.Error(st, err)
	}
	for _, bad := range []string{"", " ; ", "SELECT 'x", "SELECT /* x", "SELECT :valeu", `SELECT "x`, "SELECT $$ x", "SELECT :values"} {
		if st, err := parseStatement(bad, dialects["postgres"].lexis(), writeParams...); err == nil {
			t.Errorf("%q gives %q", bad, st.text)
		}
	}
}

func TestArrays(t *testing.T) {
	for in, want := range map[string]string{
		"{}": "[]", "{1,2.5,-3}": "[1,2.5,-3]", "{{1,2},{3,4}}": "[[1,2],[3,4]]", `{a,"b c",NULL,"NULL","x\"y\\z",""}`: `["a","b c",null,"NULL","x\"y\\z",""]`, "{t,f}": "[true,false]", "[0:1]={5,6}": "[5,6]", "{温,NaN}": `["温","NaN"]`,
	} {
		if got, ok := arrayJSON(in); !ok || got != want {
			t.Errorf("%s is %s %v, want %s", in, got, ok, want)
		}
	}
	for _, bad := range []string{"", "{", "{1", "{1,", "1", "{1}x", `{"a`, strings.Repeat("{", 20) + strings.Repeat("}", 20), `{"a"b}`} {
		if got, ok := arrayJSON(bad); ok {
			t.Errorf("%q is %s", bad, got)
		}
	}
}

// FuzzStatement: what stands in texts and comments is left alone, and every placeholder has its parameter.
func FuzzStatement(f *testing.F) {
	for _, s := range []string{"UPDATE t SET a = :value WHERE 'x:time' = :tag", "SELECT $a$ :value $a$", "-- :value", "E'\\''", "`:time`", "[:tag]", "a::b", "{last}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for kind, d := range dialects {
			l := d.lexis()
			l.mark = func(n int) string { return fmt.Sprintf("\x00%d\x00", n) }
			st, err := parseStatement(text, l, writeParams...)
			if err != nil || strings.Contains(text, "\x00") {
				continue
			}
			if n := strings.Count(st.text, "\x00") / 2; n < len(st.params) && !strings.HasSuffix(text, ";") {
				t.Fatalf("%s: %q: %d places for %q", kind, text, n, st.params)
			}
			// Put back, it is the statement.
			back := st.text
			for i, p := range st.params {
				back = strings.ReplaceAll(back, l.mark(i+1), p)
			}
			if !strings.HasPrefix(strings.TrimSpace(text), back) {
				t.Fatalf("%s: %q became %q", kind, text, back)
			}
		}
	})
}

// FuzzArray: what is made of an array is JSON.
func FuzzArray(f *testing.F) {
	f.Add(`{1,{2,"a\"b"},NULL}`)
	f.Add("[1:2]={a,b}")
	f.Fuzz(func(t *testing.T, text string) {
		if out, ok := arrayJSON(text); ok && !json.Valid([]byte(out)) {
			t.Fatalf("%q became %q", text, out)
		}
	})
}
