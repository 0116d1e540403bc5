package api

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/app/folder"
)

// TestFolder: the draft comes as an archive, which reads back as the same document; what is
// wrong in it is told with file and line.
func TestFolder(t *testing.T) {
	f := newFixture(t, false)
	draft := f.must(200, "erik", "GET", "/apps/line/draft", "")
	packed := f.must(200, "erik", "GET", "/apps/line/folder", "")
	if got := packed.header.Get("Content-Disposition"); got != `attachment; filename="line-folder.zip"` || packed.header.Get("Content-Type") != "application/zip" {
		t.Errorf("%s, %s", got, packed.header.Get("Content-Type"))
	}
	read := f.must(200, "erik", "POST", "/apps/line/folder", packed.body, "Content-Type", "application/zip")
	got := decode[CheckResult](t, read.body)
	if len(got.Problems) > 0 || !sameJSON(t, got.Document, []byte(draft.body)) {
		t.Errorf("came back as %s", read.body)
	}
	files, err := folder.Unzip([]byte(packed.body))
	if err != nil {
		t.Fatal(err)
	}
	files["screens/left.json"] = []byte("{")
	broken, err := folder.Zip(files, "line")
	if err != nil {
		t.Fatal(err)
	}
	f.must(200, "erik", "PATCH", "/me", `{"language":"zh"}`)
	told := f.must(200, "erik", "POST", "/apps/line/folder", string(broken), "Content-Type", "application/zip")
	if !strings.Contains(told.body, "screens/left.json:1: 不是有效的 JSON") || strings.Contains(told.body, `"document"`) {
		t.Errorf("told %s", told.body)
	}
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var one, two bytes.Buffer
	if json.Compact(&one, a) != nil || json.Compact(&two, b) != nil {
		t.Fatalf("no JSON: %s, %s", a, b)
	}
	return bytes.Equal(one.Bytes(), two.Bytes())
}
