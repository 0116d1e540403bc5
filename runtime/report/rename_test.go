package report

import (
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

func TestRename(t *testing.T) {
	r, ps := Check([]byte(blocks(`
		{"id":"a","kind":"text","text":{"text":{"en":"{{\"old/a\"}} \"old/a\" {= avg(\"old/a\") + max('old/a') ; 1}"}}},
		{"id":"b","kind":"tiles","tiles":{"items":[{"tag":"old/a","fn":"avg"},{"formula":"delta(\"old/b\")"}]}},
		{"id":"c","kind":"alarms","alarms":{"show":"list","area":"old"}}`)))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	next, places, err := r.Rename(func(p tag.Path) (tag.Path, bool) {
		if !p.Under("old") {
			return p, false
		}
		return tag.Path("new/place" + strings.TrimPrefix(string(p), "old")), true
	})
	if err != nil || places != 5 {
		t.Fatalf("%d places, %v", places, err)
	}
	if ps := Validate(next); len(ps) > 0 {
		t.Fatal(ps)
	}
	if got := next.Blocks[0].Text.Text["en"]; got != `{{"old/a"}} "old/a" {= avg("new/place/a") + max('new/place/a') ; 1}` {
		t.Error(got)
	}
	if next.Blocks[1].Tiles.Items[0].Tag != "new/place/a" || next.Blocks[1].Tiles.Items[1].Formula != `delta("new/place/b")` || next.Blocks[2].Alarms.Area != "new/place" {
		t.Errorf("%+v", next.Blocks)
	}
	if r.Blocks[1].Tiles.Items[0].Tag != "old/a" {
		t.Error("the report itself was changed")
	}
}
