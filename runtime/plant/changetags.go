package plant

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// TagChange is what becomes of many tags at once.
type TagChange struct {
	// Set is a JSON Merge Patch (RFC 7396) of the definition of each: {"unit": "bar", "deadband": null}.
	Set json.RawMessage `json:"set,omitempty"`
	// AddLabels and RemoveLabels change the labels of each.
	AddLabels    []string `json:"addLabels,omitempty"`
	RemoveLabels []string `json:"removeLabels,omitempty"`
	// Remove takes them away, instead.
	Remove bool `json:"remove,omitempty"`
}

// Change changes tags of the plant, those at the given paths. It returns the plant as it becomes, and the tags that have
// changed as they were; p is not changed. The error is a spec.Problems.
func (p *Plant) Change(paths map[tag.Path]bool, c TagChange) (next *Plant, were []Tag, err error) {
	if c.Remove && (len(c.Set) > 0 || len(c.AddLabels) > 0 || len(c.RemoveLabels) > 0) {
		return nil, nil, spec.Problems{{Code: "value_type", At: "/remove", Message: "What is removed cannot be changed, too.", Hint: "Say one or the other."}}
	}
	var keys map[string]json.RawMessage
	if len(c.Set) > 0 && (json.Unmarshal(c.Set, &keys) != nil || keys == nil) {
		return nil, nil, spec.Problems{{Code: "value_type", At: "/set", Message: "What is set is an object with what differs.", Hint: "Write an object."}}
	}
	if _, given := keys["path"]; given {
		return nil, nil, spec.Problems{{Code: "change_path", At: "/set/path", Message: "Many tags cannot have one path.", Hint: "Rename an area, or one tag."}}
	}
	own := *p
	own.Tags = make([]Tag, 0, len(p.Tags))
	for i := range p.Tags {
		t := &p.Tags[i]
		if !paths[t.Path] {
			own.Tags = append(own.Tags, *t)
			continue
		}
		if c.Remove {
			were = append(were, *t)
			continue
		}
		after, ps := c.apply(t)
		if len(ps) > 0 {
			return nil, nil, ps.Under("/set")
		}
		if !Same(t, after) {
			were = append(were, *t)
		}
		own.Tags = append(own.Tags, *after)
	}
	if len(own.Tags) == 0 {
		own.Tags = nil // as a document without the list has it
	}
	return &own, were, nil
}

func (c *TagChange) apply(t *Tag) (*Tag, spec.Problems) {
	after := *t
	if len(c.Set) > 0 {
		raw, err := json.Marshal(&t.Definition)
		if err != nil {
			return nil, spec.Problems{{Code: "value_type", Message: fmt.Sprint(err), Hint: "Correct the value."}}
		}
		after.Definition = Definition{}
		if ps := spec.Typed(merge(raw, c.Set), &after.Definition); len(ps) > 0 {
			return nil, ps
		}
	}
	if len(c.AddLabels) > 0 || len(c.RemoveLabels) > 0 {
		labels := slices.DeleteFunc(slices.Clone(after.Labels), func(s string) bool { return slices.Contains(c.RemoveLabels, s) })
		for _, s := range c.AddLabels {
			if !slices.Contains(labels, s) {
				labels = append(labels, s)
			}
		}
		if after.Labels = labels; len(labels) == 0 {
			after.Labels = nil
		}
	}
	return &after, nil
}
