package engine

import (
	"fmt"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// maxOffers is how many unknown paths of an app are looked for.
const maxOffers = 10

// offerTags puts the tag that was probably meant to the problems of unknown tags: the one whose
// name is nearest in the same folder, or the only one of that name in another.
func (e *Engine) offerTags(a *app.App, ps spec.Problems) {
	unknown := map[string]*spec.Problem{}
	for _, p := range ps {
		if p.Code == "tag_unknown" {
			unknown[p.At] = p
		}
	}
	if len(unknown) == 0 {
		return
	}
	offers := map[string]string{}
	var all []tag.Path
	a.TagPaths(func(at, path string) {
		p := unknown[at]
		if p == nil {
			return
		}
		meant, sought := offers[path]
		if !sought && len(offers) < maxOffers {
			if all == nil {
				everything, err := tag.ParsePattern("**")
				if err != nil {
					return
				}
				for _, slot := range e.table.Match(everything) {
					all = append(all, e.table.Path(slot))
				}
			}
			meant = nearestTag(path, all)
			offers[path] = meant
		}
		if meant != "" {
			p.Fix = &spec.Fix{
				Title: spec.Text{"en": fmt.Sprintf("Take the tag %s", meant), "zh": fmt.Sprintf("使用变量 %s", meant)},
				Patch: []spec.PatchOp{spec.Replace(at, meant)},
			}
		}
	})
}

// nearestTag is the path that was probably meant; "" when there is none.
func nearestTag(path string, all []tag.Path) string {
	cut := strings.LastIndexByte(path, '/') + 1
	var beside []string
	same, several := "", false
	for _, p := range all {
		s := string(p)
		if system(s) {
			continue
		}
		at := strings.LastIndexByte(s, '/') + 1
		if s[:at] == path[:cut] {
			beside = append(beside, s[at:])
		}
		if strings.EqualFold(s[at:], path[cut:]) {
			several = several || same != ""
			same = s
		}
	}
	if near := spec.Nearest(path[cut:], beside); near != "" {
		return path[:cut] + near
	}
	if several {
		return ""
	}
	return same
}

// system reports whether a tag tells of the runtime and not of the plant.
func system(path string) bool { return strings.HasPrefix(path, "system/") }
