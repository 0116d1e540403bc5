package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// shell tells what is different in languages, texts by key, look and navigation.
func (c *comparer) shell(old, new *App) {
	c.value("/languages", "app", "Languages", "语言", strings.Join(old.Languages, ", "), strings.Join(new.Languages, ", "))
	keys := map[string]bool{}
	for key := range old.Texts {
		keys[key] = true
	}
	for key := range new.Texts {
		keys[key] = true
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		c.value("/texts/"+spec.Escape(key), "app", fmt.Sprintf("Text %q", key), fmt.Sprintf("文本“%s”", key), old.Texts[key], new.Texts[key])
	}
	before, after := Theme{}, Theme{}
	if old.Theme != nil {
		before = *old.Theme
	}
	if new.Theme != nil {
		after = *new.Theme
	}
	c.value("/theme/scheme", "app", "Light or dark for everybody", "统一的浅色或深色", before.Scheme, after.Scheme)
	switch {
	case before.Logo == after.Logo:
	case before.Logo == "":
		c.add("added", "/theme/logo", "app", "Logo added", "添加了标志")
	case after.Logo == "":
		c.add("removed", "/theme/logo", "app", "Logo removed", "删除了标志")
	default:
		c.add("changed", "/theme/logo", "app", "Logo changed", "标志已更改")
	}
	was, is := Navigation{}, Navigation{}
	if old.Navigation != nil {
		was = *old.Navigation
	}
	if new.Navigation != nil {
		is = *new.Navigation
	}
	c.value("/navigation/style", "app", "Place of the navigation", "导航的位置", was.Style, is.Style)
	c.value("/navigation/breadcrumbs", "app", "Breadcrumbs", "面包屑", was.Breadcrumbs, is.Breadcrumbs)
	for _, role := range Roles {
		c.value("/navigation/starts/"+role, "app", fmt.Sprintf("Start screen of the role %q", role), fmt.Sprintf("角色“%s”的起始画面", role), was.Starts[role], is.Starts[role])
	}
	a, _ := json.Marshal(was.Items)
	b, _ := json.Marshal(is.Items)
	if string(a) != string(b) {
		c.add("changed", "/navigation/items", "app", "Entries of the navigation changed", "导航项已更改")
	}
}
