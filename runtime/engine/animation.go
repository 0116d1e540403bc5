package engine

import (
	"slices"

	"github.com/lineside/lineside/runtime/app"
)

// bindAnimations binds the values of the animations of a widget under app.AnimationProp, and gives
// the animations without where their values come from. The raw value goes out; what becomes
// of it the browser works out.
func (e *Engine) bindAnimations(v *view, w *app.Widget) []app.Animation {
	out := slices.Clone(w.Animate)
	for i := range out {
		if out[i].By == (app.Binding{}) {
			continue
		}
		e.bindProp(v, w.ID, app.AnimationProp(i), out[i].By)
		out[i].By = app.Binding{}
	}
	return out
}
