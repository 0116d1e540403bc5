package tag

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestParsePath(t *testing.T) {
	segment := strings.Repeat("x", MaxSegmentBytes)
	for name, row := range map[string]struct {
		path string
		ok   bool
	}{
		"one level":            {"speed", true},
		"five levels":          {"site/area/line/cell/speed", true},
		"digits first":         {"1/2", true},
		"signs":                {"a_b-c.d:e@f", true},
		"inner space":          {"Line 1/Motor speed", true},
		"units":                {"T1 °C/a (%)/m²·s", true},
		"Chinese":              {"一号车间/线边/速度", true},
		"Arabic":               {"خط/سرعة", true},
		"Devanagari marks":     {"हिन्दी", true},
		"combining accent":     {"e\u0301", true},
		"Thai":                 {"ความเร็ว", true},
		"full-width digits":    {"１２", true},
		"longest segment":      {segment, true},
		"most levels":          {strings.Repeat("a/", MaxPathSegments-1) + "a", true},
		"longest path":         {strings.Repeat(segment+"/", 3) + segment[:MaxPathBytes-3*(MaxSegmentBytes+1)], true},
		"dots inside":          {"a..b/...", true},
		"empty":                {"", false},
		"only slash":           {"/", false},
		"leading slash":        {"/a", false},
		"trailing slash":       {"a/", false},
		"double slash":         {"a//b", false},
		"dot":                  {"a/./b", false},
		"dot dot":              {"a/../b", false},
		"only dot dot":         {"..", false},
		"leading space":        {"a/ b", false},
		"trailing space":       {"a /b", false},
		"only space":           {"a/ /b", false},
		"segment too long":     {segment + "x", false},
		"too many levels":      {strings.Repeat("a/", MaxPathSegments) + "a", false},
		"too long":             {strings.Repeat(segment+"/", 4) + "a", false},
		"null":                 {"a\x00b", false},
		"newline":              {"a\nb", false},
		"tab":                  {"a\tb", false},
		"escape":               {"a\x1b[31mb", false},
		"delete":               {"a\x7f", false},
		"C1 control":           {"a\u0085b", false},
		"not UTF-8":            {"a\xff", false},
		"half a surrogate":     {"a\xed\xa0\x80", false},
		"overlong slash":       {"a\xc0\xafb", false},
		"replacement sign":     {"a\ufffd", false},
		"no-break space":       {"a\u00a0b", false},
		"ideographic space":    {"a\u3000b", false},
		"zero-width space":     {"a\u200bb", false},
		"zero-width joiner":    {"a\u200db", false},
		"byte order mark":      {"\ufeffa", false},
		"right-to-left force":  {"a\u202eb", false},
		"isolate":              {"a\u2066b", false},
		"line separator":       {"a\u2028b", false},
		"emoji":                {"pump😀", false},
		"flag":                 {"🇨🇳", false},
		"private use":          {"a\ue000", false},
		"unassigned":           {"a\U000e0fff", false},
		"tag characters":       {"a\U000e0041", false},
		"star":                 {"a/*/b", false},
		"plus":                 {"a/+/b", false},
		"hash":                 {"a/#", false},
		"dollar":               {"$SYS/a", false},
		"backslash":            {`a\b`, false},
		"double quote":         {`a"b`, false},
		"single quote":         {"a'b", false},
		"backquote":            {"a`b", false},
		"braces":               {"a{b}", false},
		"angle brackets":       {"<script>", false},
		"ampersand":            {"a&b", false},
		"semicolon":            {"a;b", false},
		"comma":                {"a,b", false},
		"pipe":                 {"a|b", false},
		"question mark":        {"a?b", false},
		"equals":               {"=1+1", false},
		"exclamation":          {"a!b", false},
		"tilde":                {"~/a", false},
		"caret":                {"a^b", false},
		"per cent sign inside": {"%2e%2e/a", true}, // is not decoded by anybody
		"fraction slash":       {"a⁄b", false},
		"full-width full stop": {"．．/a", false},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ParsePath(row.path)
			if (err == nil) != row.ok || err == nil && string(p) != row.path || err != nil && p != "" {
				t.Fatalf("%q: %q, %v", row.path, p, err)
			}
			if err != nil && (!utf8.ValidString(err.Error()) || len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\n\x1b\u202e")) {
				t.Fatalf("error is unfit to be shown: %q", err)
			}
		})
	}
}

func TestPathParts(t *testing.T) {
	p := Path("site/area/speed")
	if p.Parent() != "site/area" || p.Name() != "speed" || Path("speed").Parent() != "" || Path("speed").Name() != "speed" {
		t.Fatal(p.Parent(), p.Name())
	}
	for prefix, want := range map[Path]bool{"": true, "site": true, "site/area": true, "site/area/speed": true, "sit": false, "site/ar": false, "site/area/speed/x": false, "area": false} {
		if p.Under(prefix) != want {
			t.Errorf("under %q: %v", prefix, !want)
		}
	}
}

func TestPattern(t *testing.T) {
	for _, row := range []struct {
		pattern  string
		matches  []Path
		excludes []Path
	}{
		{"a/b", []Path{"a/b"}, []Path{"a", "a/b/c", "a/bb"}},
		{"*", []Path{"a", "abc"}, []Path{"a/b"}},
		{"a/*", []Path{"a/b"}, []Path{"a", "a/b/c", "b/b"}},
		{"*/speed", []Path{"a/speed"}, []Path{"speed", "a/b/speed"}},
		{"a/*/c", []Path{"a/b/c"}, []Path{"a/c", "a/b/b/c"}},
		{"pump*", []Path{"pump", "pump1"}, []Path{"pum", "pump/1"}},
		{"*1*2", []Path{"12", "a1b2", "1122"}, []Path{"21", "121"}},
		{"a/p*q*/c", []Path{"a/pq/c", "a/pxqy/c"}, []Path{"a/p/c"}},
		{"**", []Path{"a", "a/b/c"}, nil},
		{"a/**", []Path{"a/b", "a/b/c"}, []Path{"a", "ab/c", "b/a"}},
		{"线*/速度", []Path{"线边/速度"}, []Path{"线边/温度"}},
	} {
		t.Run(row.pattern, func(t *testing.T) {
			p, err := ParsePattern(row.pattern)
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range row.matches {
				if !p.Match(path) {
					t.Errorf("does not match %q", path)
				}
			}
			for _, path := range row.excludes {
				if p.Match(path) {
					t.Errorf("matches %q", path)
				}
			}
		})
	}
	for _, bad := range []string{"", "/", "a//b", "***", "a/**/b", "**/a", "a**", "a/***", "../*", "a/+", "a/#", "a\x00*", "*\u202e", strings.Repeat("*/", 20) + "*", strings.Repeat("*", 600)} {
		if p, err := ParsePattern(bad); err == nil {
			t.Errorf("%q is accepted as %q", bad, p)
		}
	}
}

// A selector selects what any of its patterns does, and the table finds just that.
func TestSelectorIsAnyPattern(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		level := rapid.SampledFrom([]string{"a", "b", "ab", "*", "a*", "*b", "a*b"})
		table := NewTable()
		for _, p := range rapid.SliceOfDistinct(rapid.StringMatching(`[ab]{1,3}(/[ab]{1,2}){0,3}`), rapid.ID).Draw(t, "paths") {
			if _, err := table.Add(Path(p), Definition{Type: Int}); err != nil {
				t.Fatal(err)
			}
		}
		var patterns []Pattern
		for range rapid.IntRange(1, 6).Draw(t, "patterns") {
			text := strings.Join(rapid.SliceOfN(level, 1, 4).Draw(t, "levels"), "/")
			if rapid.Bool().Draw(t, "rest") {
				text += "/**"
			}
			p, err := ParsePattern(text)
			if err != nil {
				t.Fatal(err)
			}
			patterns = append(patterns, p)
		}
		var want []Slot
		for _, s := range table.Match("**") {
			if slices.ContainsFunc(patterns, func(p Pattern) bool { return p.Match(table.Path(s)) }) {
				want = append(want, s)
			}
		}
		if got := table.Select(NewSelector(patterns)); !slices.Equal(got, want) {
			t.Fatalf("%q selects %v, not %v", patterns, got, want)
		}
	})
}

// A pattern made of a path by putting stars in it matches that path, and matching takes
// time in proportion.
func TestPatternOfPathMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		segments := rapid.SliceOfN(rapid.StringMatching(`[ab]{1,6}`), 1, 5).Draw(t, "segments")
		pattern := append([]string(nil), segments...)
		for i, s := range pattern {
			from := rapid.IntRange(0, len(s)).Draw(t, "from")
			to := rapid.IntRange(from, len(s)).Draw(t, "to")
			if rapid.Bool().Draw(t, "star") {
				pattern[i] = s[:from] + "*" + s[to:]
			}
		}
		text := strings.Join(pattern, "/")
		if n := rapid.IntRange(1, len(pattern)).Draw(t, "n"); rapid.Bool().Draw(t, "rest") {
			text = strings.Join(pattern[:n-1], "/") + "/**"
			text = strings.TrimPrefix(text, "/")
		}
		p, err := ParsePattern(text)
		if err != nil {
			t.Fatal(err)
		}
		if path := Path(strings.Join(segments, "/")); !p.Match(path) {
			t.Fatalf("%q does not match %q", p, path)
		}
	})
	if Pattern(strings.Repeat("*a", 60) + "b").Match(Path(strings.Repeat("a", 128))) {
		t.Fatal("matches")
	}
}

func FuzzParsePath(f *testing.F) {
	for _, s := range []string{"a/b", "", "/", "a/../b", "a\x00", "线边/速度", "a\u202eb", strings.Repeat("a/", 20)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		p, err := ParsePath(s)
		if err != nil {
			return
		}
		if string(p) != s || !utf8.ValidString(s) || len(s) > MaxPathBytes || strings.ContainsAny(s, "*+#\\\"'`{}\x00\n") {
			t.Fatalf("accepted %q", s)
		}
		if !p.Under(p.Parent()) || p.Parent() != "" && string(p.Parent())+"/"+p.Name() != s {
			t.Fatalf("parts of %q: %q, %q", s, p.Parent(), p.Name())
		}
		if !Pattern(s).Match(p) || !Pattern("**").Match(p) {
			t.Fatalf("%q is not matched by itself", s)
		}
	})
}

func FuzzParsePattern(f *testing.F) {
	for _, s := range []string{"a/*", "**", "a/**", "*a*b*", "***", "*/../*"} {
		f.Add(s, "a/b")
	}
	f.Fuzz(func(t *testing.T, s, path string) {
		p, err := ParsePattern(s)
		if err != nil {
			return
		}
		matched := p.Match(Path(path))
		if p.IsPath() && matched != (s == path) {
			t.Fatalf("%q and %q: %v", s, path, matched)
		}
	})
}
