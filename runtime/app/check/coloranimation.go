package check

import (
	"fmt"

	"github.com/lineside/lineside/runtime/spec"
)

// animatedColors tells of colours outside the theme that an animation sets.
func (w *widget) animatedColors(index int, tell tell) {
	a := &w.Animate[index]
	if !w.isColor(a.What) {
		return
	}
	look := func(at, c string) {
		if !foreign(c) {
			return
		}
		found := tell(w, at, c)
		if token := nearestToken(c, plain); token != "" {
			found.Fix = &spec.Fix{Title: useColor(token), Patch: []spec.PatchOp{spec.Replace(w.at+at, token)}}
		}
	}
	at := fmt.Sprintf("/animate/%d", index)
	for i := range a.Steps {
		look(fmt.Sprintf("%s/steps/%d/set", at, i), text(a.Steps[i].Set))
	}
	look(at+"/else", text(a.Else))
}
