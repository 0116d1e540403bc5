package migrate

import (
	"fmt"
	"strings"
)

// Format 1 wrote a binding as a text that begins with "=" and called the size of a widget
// "width" and "height".
func init() {
	register(Step{From: 1, Apply: func(doc map[string]any) error {
		for _, screen := range objects(doc["screens"]) {
			for _, widget := range objects(screen["widgets"]) {
				for old, name := range map[string]string{"width": "w", "height": "h"} {
					v, ok := widget[old]
					if !ok {
						continue
					}
					if _, both := widget[name]; both {
						return fmt.Errorf("widget %v has both %q and %q", widget["id"], old, name)
					}
					widget[name] = v
					delete(widget, old)
				}
				props, _ := widget["props"].(map[string]any)
				for name, v := range props {
					text, _ := v.(string)
					if expr, ok := strings.CutPrefix(text, "="); ok {
						props[name] = map[string]any{"expr": strings.TrimSpace(expr)}
					}
				}
			}
		}
		return nil
	}})
}
