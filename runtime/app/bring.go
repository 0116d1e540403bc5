package app

import (
	"fmt"
	"sync"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// catalogued is the catalogue of this program, whose migrations documents are brought up by.
var catalogued = sync.OnceValue(func() widgets.Catalogue {
	c, err := widgets.Load()
	if err != nil {
		panic(fmt.Sprintf("app: %v", err)) // it is embedded
	}
	return c
})

// bring brings the settings of widgets that were saved with older versions of their types up to those of the
// catalogue. Those of a widget that cannot be brought over stay as they are, with the version that they are of, so
// that nothing is lost and it is tried again with every reading.
func (a *App) bring(c widgets.Catalogue) {
	for i := range a.Screens {
		for j := range a.Screens[i].Widgets {
			w := &a.Screens[i].Widgets[j]
			m := c[w.Type]
			if m == nil {
				continue
			}
			from := w.Version
			if from == 0 {
				from = a.Uses[w.Type]
			}
			if from == 0 || from >= m.Version {
				w.Version = 0
				continue
			}
			props, err := m.Migrate(from, w.Props)
			if err != nil {
				w.Version = from
				continue
			}
			w.Version = 0
			if len(props) > 0 || w.Props != nil {
				w.Props = props
			}
		}
	}
	for typ, version := range a.Uses {
		if m := c[typ]; m != nil && version < m.Version {
			a.Uses[typ] = m.Version
		}
	}
}

// outdated tells why the settings of a widget are still those of an older version. It is a warning: the others of
// its screen work, and it says so in its place.
func (v *validator) outdated(at string, w *Widget, m *widgets.Manifest) {
	why := fmt.Errorf("version %d is not known", w.Version)
	if _, err := m.Migrate(w.Version, w.Props); err != nil {
		why = err
	}
	v.add(&spec.Problem{
		Severity: spec.Warning, Code: "widget_migration", At: at + "/props", Hint: "Set it by hand, or make the widget again.",
		Message: fmt.Sprintf("The settings of this widget are of version %d of %q and could not be brought to version %d: %v.", w.Version, w.Type, m.Version, why),
	})
}
