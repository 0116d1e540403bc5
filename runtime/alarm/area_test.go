package alarm

import (
	"slices"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

func TestAreas(t *testing.T) {
	type one struct {
		path, priority string
		state          State
	}
	all := []one{
		{"site/hall1/line1/speed", "low", Unacknowledged},
		{"site/hall1/level", "urgent", Acknowledged},
		{"site/hall2/level", "high", Returned},
		{"site/hall2/level", "low", LatchedAcknowledged},
		{"site/hall22/level", "medium", Shelved},
	}
	of := func(list []one) func(func(tag.Path, string, State)) {
		return func(yield func(tag.Path, string, State)) {
			for _, a := range list {
				yield(tag.Path(a.path), a.priority, a.state)
			}
		}
	}
	for _, c := range []struct {
		name  string
		list  []one
		under tag.Path
		from  tag.Path
		want  []Area
	}{
		{"what all share is left out", all, "", "site", []Area{
			{Path: "site/hall1", Worst: "urgent", Waiting: "low", Unacknowledged: 1, Active: 2, Deep: true},
			{Path: "site/hall2", Worst: "high", Waiting: "high", Unacknowledged: 1},
		}},
		{"below an area", all, "site/hall1", "site/hall1", []Area{
			{Path: "site/hall1", Worst: "urgent", Active: 1},
			{Path: "site/hall1/line1", Worst: "low", Waiting: "low", Unacknowledged: 1, Active: 1},
		}},
		{"one alarm", all[:1], "", "site/hall1/line1", []Area{{Path: "site/hall1/line1", Worst: "low", Waiting: "low", Unacknowledged: 1, Active: 1}}},
		{"at the root", []one{{"level", "low", Acknowledged}, {"a/b", "low", Acknowledged}}, "", "", []Area{
			{Path: "", Worst: "low", Active: 1}, {Path: "a", Worst: "low", Active: 1},
		}},
		{"none", nil, "x", "x", nil},
	} {
		from, got := Areas(c.under, of(c.list))
		if from != c.from || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q %+v", c.name, from, got)
		}
	}
	many := []Area{{Path: "a", Worst: "low"}, {Path: "b", Worst: "urgent"}, {Path: "c", Worst: "low", Waiting: "low"}}
	if got := WorstAreas(many, 2); len(got) != 2 || got[0].Path != "b" || got[1].Path != "c" {
		t.Errorf("%+v", got)
	}
}
