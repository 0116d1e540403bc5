package plant

import (
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// Compact lets what stands in many tags (types, units, devices, titles) stand in memory once. Nothing that can be seen changes.
func (p *Plant) Compact() {
	words, titles := map[string]string{}, map[string]spec.Text{}
	word := func(s *string) {
		if *s == "" {
			return
		}
		if known, ok := words[*s]; ok {
			*s = known
		} else {
			words[*s] = *s
		}
	}
	title := func(t *spec.Text) {
		if len(*t) == 0 {
			return
		}
		var key strings.Builder
		for _, lang := range slices.Sorted(maps.Keys(*t)) {
			key.WriteString(lang + "\x00" + (*t)[lang] + "\x00")
		}
		if known, ok := titles[key.String()]; ok {
			*t = known
		} else {
			titles[key.String()] = *t
		}
	}
	for i := range p.Tags {
		t := &p.Tags[i]
		word(&t.Type)
		word(&t.Unit)
		word(&t.Device)
		word(&t.Scan)
		word(&t.Description)
		title(&t.Title)
	}
	for i := range p.Assets {
		word(&p.Assets[i].Model)
	}
}
