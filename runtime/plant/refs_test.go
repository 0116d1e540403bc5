package plant

import (
	"errors"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

func renameText(text string, area bool, from, to string) (string, int, error) {
	old, next := `tag("`+from, `tag("`+to
	if !area {
		old, next = old+`")`, next+`")`
	}
	return strings.ReplaceAll(text, old, next), strings.Count(text, old), nil
}

func smallPlant() *Plant {
	return &Plant{Format: Format,
		Areas: []Area{{Path: "line1"}, {Path: "line1/cell"}, {Path: "line3"}},
		Tags: []Tag{
			{Path: "line1/a", Definition: Definition{Type: "float"}},
			{Path: "line1/b", Definition: Definition{Type: "float", Expr: `tag("line1/a") * 2`}},
			{Path: "line12/a", Definition: Definition{Type: "float", Write: &Write{Interlock: `tag("line1/b") > 1`}}},
			{Path: "line3/a", Definition: Definition{Type: "float"}},
		}}
}

func TestRenameTag(t *testing.T) {
	p := smallPlant()
	next, moved, refs, err := Rename(p, "line1/b", "line1/c", false, renameText)
	if err != nil || len(moved) != 1 || len(refs) != 1 {
		t.Fatalf("%v %v %v", moved, refs, err)
	}
	if next.Tags[1].Path != "line1/c" || next.Tags[2].Write.Interlock != `tag("line1/c") > 1` {
		t.Errorf("%+v", next.Tags)
	}
	if p.Tags[1].Path != "line1/b" || p.Tags[2].Write.Interlock != `tag("line1/b") > 1` {
		t.Error("the plant that was given was changed")
	}
	if refs[0].Tag != "line12/a" || refs[0].At != "/tags/2/write/interlock" {
		t.Errorf("%+v", refs)
	}
}

func TestRenameArea(t *testing.T) {
	next, moved, refs, err := Rename(smallPlant(), "line1", "hall/line2", true, renameText)
	if err != nil || len(moved) != 2 || len(refs) != 2 {
		t.Fatalf("%v %v %v", moved, refs, err)
	}
	var paths []string
	for _, t := range next.Tags {
		paths = append(paths, string(t.Path))
	}
	for _, a := range next.Areas {
		paths = append(paths, string(a.Path))
	}
	if got := strings.Join(paths, " "); got != "hall/line2/a hall/line2/b line12/a line3/a hall/line2 hall/line2/cell line3" {
		t.Error(got)
	}
	if next.Tags[1].Expr != `tag("hall/line2/a") * 2` {
		t.Error(next.Tags[1].Expr)
	}
}

func TestRenameRefuses(t *testing.T) {
	for name, row := range map[string]struct {
		from, to tag.Path
		area     bool
		code     string
	}{
		"taken":        {"line1/a", "line3/a", false, "name_taken"},
		"area taken":   {"line1", "line3", true, "name_taken"},
		"no such tag":  {"line9/a", "x", false, "name_missing"},
		"no tag, area": {"line1", "x", false, "name_missing"},
		"no path":      {"line1/a", "a//b", false, "tag_path"},
		"too long":     {"line1", tag.Path(strings.Repeat("abcdefg/", 63) + "abcdefg"), true, "tag_path"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, _, err := Rename(smallPlant(), row.from, row.to, row.area, renameText)
			var ps spec.Problems
			if !errors.As(err, &ps) || ps[0].Code != row.code {
				t.Errorf("%v, want %s", err, row.code)
			}
		})
	}
}
