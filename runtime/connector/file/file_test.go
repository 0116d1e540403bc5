package file

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/folder"
	"github.com/lineside/lineside/runtime/tag"
)

func open(t *testing.T, settings string) *Connector {
	t.Helper()
	s, err := decodeSettings(json.RawMessage("{" + settings + "}"))
	if err != nil {
		t.Fatal(err)
	}
	c := newConnector(s)
	if err := c.Connect(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// watch plans addresses of one type; all must be in one file.
func watch(t *testing.T, c *Connector, typ tag.Type, addresses ...string) connector.Request {
	t.Helper()
	var points []connector.Point
	for i, raw := range addresses {
		a, err := ParseAddress(json.RawMessage(raw), typ, false)
		if err != nil {
			t.Fatalf("%s: %v", raw, err)
		}
		points = append(points, connector.Point{ID: i, Address: a, Type: typ})
	}
	requests := c.Plan(points)
	if len(requests) != 1 {
		t.Fatalf("%d requests", len(requests))
	}
	return requests[0]
}

// says is what the points of a request are now, separated by blanks; bad ones by their quality.
func says(t *testing.T, r connector.Request) string {
	t.Helper()
	got, err := r.Read(t.Context(), nil)
	if err != nil {
		var refused *connector.StatusError
		if errors.As(err, &refused) {
			return refused.Quality.String()
		}
		t.Fatal(err)
	}
	var out []string
	for _, u := range got {
		if u.Sample.Quality == tag.Good {
			out = append(out, u.Sample.Value.String())
		} else {
			out = append(out, u.Sample.Quality.String())
		}
	}
	return strings.Join(out, " ")
}

func add(t *testing.T, dir, name, text string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(dir, name), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString(text); err != nil {
		t.Fatal(err)
	}
}

// age makes a file look unchanged for a while.
func age(t *testing.T, dir, name string, by time.Duration) {
	t.Helper()
	at := time.Now().Add(-by)
	if err := os.Chtimes(filepath.Join(dir, name), at, at); err != nil {
		t.Fatal(err)
	}
}

// TestGrowing: rows that are added are read, half-written ones wait, and what was rewritten or
// replaced is read anew.
func TestGrowing(t *testing.T) {
	dir := here(t)
	r := watch(t, open(t, `"file":"log.csv"`), tag.String, `{"column":"v"}`, `{"column":"v","keyColumn":"name","key":"a"}`, `{"column":"v","row":"first"}`)
	step := func(want string) {
		t.Helper()
		if got := says(t, r); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	step("BadNoData")
	add(t, dir, "log.csv", "name,v\n")
	step("BadNoData BadNoData BadNoData")
	add(t, dir, "log.csv", "a,1\nb,2\n")
	step("2 1 1")
	step("2 1 1")
	add(t, dir, "log.csv", "a,3\nb,\"4")
	step("3 3 1")
	add(t, dir, "log.csv", "\n4\"\nb,5")
	step("4\n4 3 1")
	add(t, dir, "log.csv", "5\n")
	step("55 3 1")
	add(t, dir, "log.csv", "b,6") // the last line has no line break, and nothing comes
	step("55 3 1")
	age(t, dir, "log.csv", 3*time.Second)
	step("6 3 1")
	add(t, dir, "log.csv", "66\n")
	step("666 3 1")
	put(t, dir, "log.csv", "v;name\n7;a\n") // replaced, with other columns
	step("7 7 7")
	if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte("v;name\n8;b\n"), 0o644); err != nil { // rewritten in place, as long as before
		t.Fatal(err)
	}
	age(t, dir, "log.csv", time.Hour)
	step("8 BadNoData 8")
	if err := os.WriteFile(filepath.Join(dir, "log.csv"), []byte("v;name\n9;b\n10;a\n11;a\n"), 0o644); err != nil { // rewritten, longer
		t.Fatal(err)
	}
	step("11 11 9")
	if err := os.Truncate(filepath.Join(dir, "log.csv"), 0); err != nil {
		t.Fatal(err)
	}
	step("BadNoData BadNoData BadNoData")
	if err := os.Remove(filepath.Join(dir, "log.csv")); err != nil {
		t.Fatal(err)
	}
	step("BadNoData")
	put(t, dir, "log.csv", "v,name\n12,a\n")
	step("12 12 12")
}

// TestJSON: a text that is being rewritten stays what it was.
func TestJSON(t *testing.T) {
	dir := here(t)
	r := watch(t, open(t, `"file":"state.json","format":"json"`), tag.JSON, `{"path":"a[-1].v","time":"a[-1].t"}`, `{"path":"/a/0/v"}`)
	put(t, dir, "state.json", "\xef\xbb\xbf"+`{"a":[{"v":1,"t":1700000000},{"v":[[2]],"t":1700000001}]}`)
	got, err := r.Read(t.Context(), nil)
	if err != nil || got[0].Sample.Value != tag.OfJSON("[[2]]") || got[0].Sample.Source.Milli() != 1700000001000 || got[1].Sample.Value != tag.OfJSON("1") || time.Since(got[1].Sample.Source.Std()) > time.Minute {
		t.Fatal(got, err)
	}
	name := filepath.Join(dir, "state.json")
	for _, half := range []string{"", `{"a":[{"v":5,`} {
		if err := os.WriteFile(name, []byte(half), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := says(t, r); got != "[[2]] 1" {
			t.Errorf("half-written: %s", got)
		}
	}
	age(t, dir, "state.json", 3*time.Second)
	if got := says(t, r); got != "BadDecodingError BadDecodingError" {
		t.Errorf("broken for good: %s", got)
	}
	put(t, dir, "state.json", `{"a":[{"v":7,"t":"never"}]}`)
	if got := says(t, r); got != "Uncertain 7" {
		t.Errorf("mended: %s", got)
	}
	put(t, dir, "state.json", `[`+strings.Repeat("1,", maxDocument/2)+`1]`)
	if got := says(t, r); got != "BadRequestTooLarge" {
		t.Errorf("too large: %s", got)
	}
}

// TestLines: newest lines, by key and by time.
func TestLines(t *testing.T) {
	dir := here(t)
	put(t, dir, "log.jsonl", `{"name":"a","v":1,"at":"2023-11-15T06:13:20"}
not JSON
{"name":"b","v":2,"at":"2023-11-15T06:13:22"}

{"name":"a","v":3,"at":"2023-11-15T06:13:21"}
{"name":"a","v":4,"at":"2023-11-15T06:13:19"}
`)
	r := watch(t, open(t, `"file":"log.jsonl","format":"jsonl","zone":"Asia/Shanghai"`), tag.Int, `{"path":"v"}`, `{"path":"/v","time":"/at"}`, `{"path":"v","keyColumn":"name","key":"a","time":"at"}`, `{"path":"v","row":"first"}`, `{"path":"v","keyColumn":"name","key":"c"}`, `{"path":"w"}`)
	if got := says(t, r); got != "4 2 3 1 BadNoData BadNoData" {
		t.Error(got)
	}
	got, _ := r.Read(t.Context(), nil)
	if got[1].Sample.Source.Milli() != 1700000002000 {
		t.Error(got[1].Sample.Source.Milli())
	}
	add(t, dir, "log.jsonl", `{"name":"c","v":5}`+"\r\n{\"name\":\"a\",")
	if got := says(t, r); got != "5 2 3 1 5 BadNoData" {
		t.Error(got)
	}
}

// TestEncodings: the same table in every encoding, growing in odd pieces.
func TestEncodings(t *testing.T) {
	text := "名称;数值;时间\r\n温度;1.234,5;2023-11-15 06:13:20\r\n压力;\"2,5\";2023-11-15 06:13:21\r\n"
	encode := func(name string) string {
		var out string
		var err error
		switch name {
		case "gbk":
			out, err = simplifiedchinese.GBK.NewEncoder().String(text)
		case "utf-16":
			out, err = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().String(text)
		case "big-endian":
			out, err = unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewEncoder().String(text)
		case "bare":
			out, err = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(text)
		case "marked":
			out = "\xef\xbb\xbf" + text
		default:
			out = text
		}
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	for name, charset := range map[string]string{"gbk": "gbk", "utf-16": "utf-8", "big-endian": "utf-16", "bare": "utf-16", "marked": "gbk", "utf-8": "utf-8"} {
		for _, piece := range []int{1000, 7, 1} {
			dir := here(t)
			r := watch(t, open(t, fmt.Sprintf(`"file":"a.csv","charset":%q,"decimal":"comma","zone":"Asia/Shanghai"`, charset)), tag.Float, `{"column":"数值"}`, `{"column":"数值","keyColumn":"名称","key":"温度","time":"时间"}`)
			raw := encode(name)
			for at := 0; at < len(raw); at += piece {
				add(t, dir, "a.csv", raw[at:min(len(raw), at+piece)])
				_ = says(t, r)
			}
			if got := says(t, r); got != "2.5 1234.5" {
				t.Errorf("%s in pieces of %d: %s", name, piece, got)
			}
		}
	}
	dir := here(t)
	put(t, dir, "a.csv", "v\n\xff\n")
	r := watch(t, open(t, `"file":"a.csv"`), tag.Float, `{"column":"v"}`)
	if got := says(t, r); got != "BadDecodingError" {
		t.Error(got)
	}
	add(t, dir, "a.csv", "5\n")
	if got := says(t, r); got == "BadDecodingError" {
		t.Error("one broken line spoils all that come")
	}
}

// TestPatterns: of several files the newest counts, and until it says something, the one before.
func TestPatterns(t *testing.T) {
	dir := here(t)
	if err := os.Mkdir(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	r := watch(t, open(t, `"file":"logs/*.csv"`), tag.Int, `{"column":"v"}`)
	if got := says(t, r); got != "BadNoData" {
		t.Error(got)
	}
	put(t, dir, "logs/b.csv", "v\n1\n")
	put(t, dir, "logs/a.csv", "v\n2\n")
	put(t, dir, "logs/c.txt", "v\n3\n")
	age(t, dir, "logs/b.csv", time.Hour)
	age(t, dir, "logs/a.csv", time.Minute)
	if got := says(t, r); got != "2" {
		t.Error(got)
	}
	put(t, dir, "logs/d.csv", "v\n")
	if got := says(t, r); got != "2" {
		t.Errorf("a new file with no row yet: %s", got)
	}
	add(t, dir, "logs/d.csv", "4\n")
	if got := says(t, r); got != "4" {
		t.Error(got)
	}
}

// TestLarge: of a gigabyte little is read, and little is kept.
func TestLarge(t *testing.T) {
	dir := here(t)
	name := filepath.Join(dir, "big.csv")
	put(t, dir, "big.csv", "name,v\nfirst,1\n")
	if err := os.Truncate(name, 1<<30); err != nil { // a hole, which takes no room
		t.Fatal(err)
	}
	add(t, dir, "big.csv", "\nkey,2\nlast,3\n")
	r := watch(t, open(t, `"file":"big.csv"`), tag.Int, `{"column":"v"}`, `{"column":"v","keyColumn":"name","key":"key"}`, `{"column":"v","row":"first"}`)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	began := time.Now()
	if got := says(t, r); got != "3 2 1" {
		t.Error(got)
	}
	took := time.Since(began)
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 200<<20 {
		t.Errorf("%d MB were allocated", grown>>20)
	}
	t.Logf("%v, %d MB allocated in all", took, (after.TotalAlloc-before.TotalAlloc)>>20)
	add(t, dir, "big.csv", "last,4\n")
	if got := says(t, r); got != "4 2 1" {
		t.Error(got)
	}
	// Much comes at once: the newest is seen.
	if err := os.Truncate(name, 1<<30+1<<29); err != nil {
		t.Fatal(err)
	}
	add(t, dir, "big.csv", "\nlast,5\n")
	if got := says(t, r); !strings.HasPrefix(got, "5 2") {
		t.Error(got)
	}
	lines := watch(t, open(t, `"file":"big.csv","format":"jsonl"`), tag.Int, `{"path":"v"}`)
	if got := says(t, lines); got != "BadNoData" {
		t.Error(got)
	}
}

// TestOutside: whatever a name says, nothing outside of the folder is read.
func TestOutside(t *testing.T) {
	dir := here(t)
	secret := filepath.Join(dir, "..", "secret.csv")
	if err := os.WriteFile(secret, []byte("v\n666\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, to := range map[string]string{"link.csv": "../secret.csv", "up": ".."} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"link.csv", "up/secret.csv", "up/*.csv", "l*.csv"} {
		r := watch(t, open(t, fmt.Sprintf(`"file":%q`, name)), tag.Int, `{"column":"v"}`)
		if got := says(t, r); strings.Contains(got, "666") || !strings.HasPrefix(got, "Bad") {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, name := range []string{"../secret.csv", secret, "x/../../secret.csv", "*/secret.csv", "..", "[", "a/"} {
		raw, _ := json.Marshal(map[string]string{"file": name})
		if _, err := decodeSettings(raw); err == nil && name != "a/" {
			t.Errorf("%s was accepted", name)
		}
	}
	c := open(t, "")
	for _, id := range []string{"../", "../secret.csv", "up/", "up/secret.csv", "link.csv", secret, "/etc/passwd", "/"} {
		if nodes, err := c.Browse(t.Context(), id); err == nil && len(nodes) > 0 {
			t.Errorf("%s: %v", id, nodes)
		}
	}
	folder.Allow("")
	if err := c.Connect(context.Background()); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("without a folder: %v", err)
	}
}

// TestBrowse walks through folders, columns and members; each leaf can be read.
func TestBrowse(t *testing.T) {
	dir := here(t)
	if err := os.Mkdir(filepath.Join(dir, "sub"), 0o755); err != nil {
		t.Fatal(err)
	}
	put(t, dir, "sub/a.csv", "temp;name;on\n1,5;x;true\n21,5;泵;false\n")
	put(t, dir, "b.json", `{"line":{"temp":21.5,"list":[1,{"x":"y"}]}}`)
	put(t, dir, "c.jsonl", "{\"v\":1}\n{\"v\":2,\"w\":{\"z\":true}}\n")
	for settings, want := range map[string]string{
		`"decimal":"comma"`: `[temp float 21.5 name string "泵" on bool false]`, `"format":"json"`: `[temp float 21.5 0 int 1 x string "y"]`, `"format":"jsonl"`: `[v int 2 z bool true]`,
	} {
		c := open(t, settings)
		file := map[byte]string{'d': "sub/a.csv", 'f': "b.json"}[settings[1]]
		if strings.Contains(settings, "jsonl") {
			file = "c.jsonl"
		}
		var leaves []string
		var walk func(id string)
		walk = func(id string) {
			nodes, err := c.Browse(t.Context(), id)
			if err != nil {
				t.Fatalf("%s: %v", id, err)
			}
			for _, n := range nodes {
				switch {
				case id == "" && n.ID != "sub/" && n.ID != file, id == "sub/" && n.ID != file: // another format
				case n.HasChild:
					if n.ID != "sub/" || file == "sub/a.csv" {
						walk(n.ID)
					}
				default:
					typ, _ := tag.ParseType(n.Type)
					got, err := watch(t, c, typ, string(n.Address)).Read(t.Context(), nil)
					if err != nil || string(got[0].Sample.Value.AppendJSON(nil)) != string(n.Value) {
						t.Errorf("%s reads %v %v, browse says %s", n.Address, got, err, n.Value)
					}
					leaves = append(leaves, n.Name+" "+n.Type+" "+string(n.Value))
				}
			}
		}
		walk("")
		if fmt.Sprint(leaves) != want {
			t.Errorf("%s: %v, want %s", settings, leaves, want)
		}
	}
}

// FuzzTail: a file that grows in two steps says what it says when it is read at once, and nothing
// that is in it does harm.
func FuzzTail(f *testing.F) {
	f.Add([]byte("a,b\n1,2\n3,4\n"), 5, uint8(0), uint8(0))
	f.Add([]byte("\xff\xfea\x00\n\x001\x00\n\x00"), 3, uint8(1), uint8(1))
	f.Add([]byte("{\"v\":1}\n{\"v\":2}\n"), 9, uint8(2), uint8(0))
	f.Add([]byte("a;b\n\"1\n2\";3"), 6, uint8(0), uint8(2))
	dir := filepath.Join(f.TempDir(), "files")
	if err := os.Mkdir(dir, 0o755); err != nil {
		f.Fatal(err)
	}
	folder.Allow(dir)
	f.Fuzz(func(t *testing.T, text []byte, cut int, format, charset uint8) {
		if cut < 0 || cut > len(text) {
			return
		}
		settings := fmt.Sprintf(`"file":"x","format":%q,"charset":%q`, []string{"csv", "json", "jsonl"}[format%3], []string{"utf-8", "utf-16", "gbk", "latin1"}[charset%4])
		addresses := []string{`{"path":"v"}`, `{"path":"[-1]"}`}
		if format%3 == 0 {
			settings += `,"delimiter":"comma"`
			addresses = []string{`{"column":"1"}`, `{"column":"b"}`}
		}
		write := func(b []byte) {
			if err := os.WriteFile(filepath.Join(dir, "x"), b, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		grown, at := watch(t, open(t, settings), tag.String, addresses...), watch(t, open(t, settings), tag.String, addresses...)
		write(text[:cut])
		_ = says(t, grown)
		add(t, dir, "x", string(text[cut:]))
		broken := func(s string) bool { return strings.Contains(s, "Bad") }
		if a, b := says(t, grown), says(t, at); a != b && !broken(a) && !broken(b) && format%3 != 1 {
			t.Fatalf("%q cut at %d: %q, at once %q", text, cut, a, b)
		}
	})
}
