package app

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// Change is one difference between two versions of an app, in words for a person.
type Change struct {
	Kind string `json:"kind" enum:"added,removed,changed"`
	// At is the JSON Pointer of the thing in the new document, of what was removed in the old.
	At string `json:"at"`
	// What is the kind of thing.
	What string    `json:"what" enum:"app,input,tag,alarm,type,screen,widget,property,action"`
	Text spec.Text `json:"text"`
}

// Changes tells what is different in the new version. Without an old one everything is
// added: the screens are listed with how much is on them, not what the app says of itself.
// Things are told apart by their ids; the properties of what was added are not listed.
func Changes(old, new *App) []Change {
	c := &comparer{}
	first := old == nil
	if first {
		old = &App{}
	} else {
		c.head(old, new)
	}
	compare(c, "/inputs", "input", old.Inputs, new.Inputs, func(in *Input) (string, string) { return in.ID, in.ID }, c.fields)
	compare(c, "/tags", "tag", old.Tags, new.Tags, func(t *Tag) (string, string) { return t.ID, t.ID }, c.fields)
	compare(c, "/alarms", "alarm", old.Alarms, new.Alarms, func(a *Alarm) (string, string) { return a.ID, a.ID }, c.fields)
	compare(c, "/widgets", "type", old.Widgets, new.Widgets, func(w *ScriptedWidget) (string, string) { return w.ID, ownName(w) }, c.own)
	if first {
		c.firstScreens(new.Screens)
		return c.changes
	}
	compare(c, "/screens", "screen", old.Screens, new.Screens,
		func(s *Screen) (string, string) { return s.ID, screenName(s) },
		func(at, _ string, a, b any) { c.screen(at, a.(*Screen), b.(*Screen)) })
	return c.changes
}

// firstScreens lists the screens of an app that was never published.
func (c *comparer) firstScreens(screens []Screen) {
	for i := range screens {
		s := &screens[i]
		zh := s.Name.In("zh")
		if zh == "" {
			zh = s.ID
		}
		en, count := "no widgets", "没有控件"
		switch n := len(s.Widgets); n {
		case 0:
		case 1:
			en, count = "1 widget", "1 个控件"
		default:
			en, count = fmt.Sprintf("%d widgets", n), fmt.Sprintf("%d 个控件", n)
		}
		c.add("added", fmt.Sprintf("/screens/%d", i), "screen", fmt.Sprintf("Screen %q with %s", screenName(s), en), fmt.Sprintf("画面“%s”：%s", zh, count))
	}
}

// manifests gives the titles of properties; without it their names stand in.
var manifests = sync.OnceValue(func() widgets.Catalogue {
	catalogue, err := widgets.Load()
	if err != nil {
		return widgets.Catalogue{}
	}
	return catalogue
})

type comparer struct {
	changes []Change
	where   spec.Text // "on screen …" of the present screen
}

func (c *comparer) add(kind, at, what, en, zh string) {
	c.changes = append(c.changes, Change{Kind: kind, At: at, What: what, Text: spec.Text{"en": en + c.where["en"], "zh": c.where["zh"] + zh}})
}

// nouns of things, in both languages.
var nouns = map[string][2]string{
	"type": {"Own widget", "自定义控件"}, "input": {"Input", "输入"}, "tag": {"Computed tag", "计算变量"}, "screen": {"Screen", "画面"}, "widget": {"Widget", "控件"},
}

// compare goes over two lists of things with ids.
func compare[T any](c *comparer, at, what string, old, new []T, id func(*T) (key, name string), both func(at, name string, a, b any)) {
	before := make(map[string]*T, len(old))
	for i := range old {
		key, _ := id(&old[i])
		before[key] = &old[i]
	}
	after := make(map[string]bool, len(new))
	noun := nouns[what]
	for i := range new {
		key, name := id(&new[i])
		after[key] = true
		place := fmt.Sprintf("%s/%d", at, i)
		if o := before[key]; o != nil {
			both(place, name, o, &new[i])
		} else {
			c.add("added", place, what, fmt.Sprintf("%s %q added", noun[0], name), fmt.Sprintf("添加了%s“%s”", noun[1], name))
		}
	}
	for i := range old {
		if key, name := id(&old[i]); !after[key] {
			c.add("removed", fmt.Sprintf("%s/%d", at, i), what, fmt.Sprintf("%s %q removed", noun[0], name), fmt.Sprintf("删除了%s“%s”", noun[1], name))
		}
	}
	if what == "screen" || what == "widget" {
		c.order(at, what, keys(old, id, after), keys(new, id, before))
	}
}

// keys lists the ids that are in other too, in order.
func keys[T any, V any](list []T, id func(*T) (string, string), other map[string]V) []string {
	var out []string
	for i := range list {
		if key, _ := id(&list[i]); has(other, key) {
			out = append(out, key)
		}
	}
	return out
}

func has[V any](m map[string]V, key string) bool { _, ok := m[key]; return ok }

func (c *comparer) order(at, what string, old, new []string) {
	if slices.Equal(old, new) {
		return
	}
	if what == "screen" {
		c.add("changed", at, "app", "Order of the screens changed", "画面顺序已更改")
	} else {
		c.add("changed", at, "screen", "Drawing order changed", "绘制顺序已更改")
	}
}

func (c *comparer) head(old, new *App) {
	for _, f := range [...]struct {
		at, en, zh string
		a, b       any
	}{
		{"/id", "App id", "应用标识", old.ID, new.ID}, {"/version", "Version", "版本", old.Version, new.Version},
		{"/name", "Name", "名称", old.Name, new.Name}, {"/description", "Description", "说明", old.Description, new.Description},
		{"/icon", "Icon", "图标", old.Icon, new.Icon}, {"/publisher", "Publisher", "发布者", old.Publisher, new.Publisher},
		{"/license", "License", "许可证", old.License, new.License}, {"/start", "Start screen", "起始画面", old.Start, new.Start},
	} {
		c.value(f.at, "app", f.en, f.zh, f.a, f.b)
	}
	c.shell(old, new)
}

// value tells of one thing that has a value.
func (c *comparer) value(at, what, en, zh string, a, b any) {
	c.told(at, what, en, zh, show(a), show(b))
}

// told tells of one thing that is written old and new; "" is none.
func (c *comparer) told(at, what, en, zh, old, new string) {
	switch {
	case old == new:
	case old == "":
		c.add("added", at, what, fmt.Sprintf("%s set to %s", en, clip(new)), fmt.Sprintf("%s设为%s", zh, clip(new)))
	case new == "":
		c.add("removed", at, what, fmt.Sprintf("%s removed, was %s", en, clip(old)), fmt.Sprintf("%s已移除，原为%s", zh, clip(old)))
	default:
		c.add("changed", at, what, fmt.Sprintf("%s changed from %s to %s", en, clip(old), clip(new)), fmt.Sprintf("%s由%s改为%s", zh, clip(old), clip(new)))
	}
}

// show writes a value as it is compared and shown; "" is none.
func show(v any) string {
	if raw, ok := v.(json.RawMessage); ok {
		if len(raw) == 0 {
			return ""
		}
		if key, ok := ParseText(raw); ok {
			return "{" + key + "}"
		}
		if b, ok := ParseBinding(raw); ok {
			if b.Expr != "" {
				return "= " + b.Expr
			}
			return "→ " + b.Tag
		}
		var s string
		if json.Unmarshal(raw, &s) != nil || string(raw) == "null" {
			var compact bytes.Buffer
			if json.Compact(&compact, raw) == nil {
				return compact.String()
			}
			return string(raw)
		}
		return fmt.Sprintf("%q", s)
	}
	if r := reflect.ValueOf(v); !r.IsValid() || r.IsZero() || (r.Kind() == reflect.Map || r.Kind() == reflect.Slice) && r.Len() == 0 {
		return ""
	}
	if t, ok := v.(spec.Text); ok && len(t) == 1 && t["en"] != "" {
		return fmt.Sprintf("%q", t["en"])
	}
	b, err := spec.Canonical(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, b); err != nil {
		return fmt.Sprint(v)
	}
	return compact.String()
}

// fields compares inputs and computed tags field by field.
func (c *comparer) fields(at, name string, a, b any) {
	old, new := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	what := "input"
	if old.Type() == reflect.TypeFor[Tag]() {
		what = "tag"
	}
	for i := range old.NumField() {
		key := jsonName(old.Type().Field(i))
		if key != "id" {
			c.value(at+"/"+key, what, fmt.Sprintf("%s %q: %s", nouns[what][0], name, key), fmt.Sprintf("%s“%s”的%s", nouns[what][1], name, key), old.Field(i).Interface(), new.Field(i).Interface())
		}
	}
}

func jsonName(f reflect.StructField) string {
	name, _, _ := bytes.Cut([]byte(f.Tag.Get("json")), []byte{','})
	return string(name)
}

func screenName(s *Screen) string {
	if n := s.Name.In("en"); n != "" {
		return n
	}
	return s.ID
}

func (c *comparer) screen(at string, old, new *Screen) {
	zh := new.Name.In("zh")
	if zh == "" {
		zh = new.ID
	}
	c.where = spec.Text{"en": fmt.Sprintf(" on screen %q", screenName(new)), "zh": fmt.Sprintf("画面“%s”：", zh)}
	defer func() { c.where = nil }()
	c.value(at+"/name", "screen", "Name", "名称", old.Name, new.Name)
	if old.Width != new.Width || old.Height != new.Height {
		c.add("changed", at+"/width", "screen", fmt.Sprintf("Size changed from %d × %d to %d × %d", old.Width, old.Height, new.Width, new.Height),
			fmt.Sprintf("尺寸由%d × %d改为%d × %d", old.Width, old.Height, new.Width, new.Height))
	}
	c.value(at+"/level", "screen", "Display level", "显示层级", old.Level, new.Level)
	c.value(at+"/ground", "screen", "Background", "背景", old.Ground, new.Ground)
	c.value(at+"/fit", "screen", "Fit", "适应方式", old.Fit, new.Fit)
	c.value(at+"/layout", "screen", "Layout", "布局", old.Layout, new.Layout)
	compare(c, at+"/widgets", "widget", old.Widgets, new.Widgets,
		func(w *Widget) (string, string) { return w.ID, widgetName(w) },
		func(at, _ string, a, b any) { c.widget(at, a.(*Widget), b.(*Widget)) })
}

func widgetName(w *Widget) string {
	if w.Name != "" {
		return w.Name
	}
	return w.ID
}

func (c *comparer) widget(at string, old, new *Widget) {
	name := widgetName(new)
	say := func(kind, place, what, en, zh string) {
		c.add(kind, at+place, what, fmt.Sprintf("%q %s", name, en), fmt.Sprintf("“%s”%s", name, zh))
	}
	if old.Type != new.Type {
		say("changed", "/type", "widget", fmt.Sprintf("is now a %q, was %q", new.Type, old.Type), fmt.Sprintf("由“%s”改为“%s”", old.Type, new.Type))
	}
	// On a page the box goes with the place on a large page, and is told with it.
	flows := old.Cells["large"] != new.Cells["large"]
	if !flows && (old.X != new.X || old.Y != new.Y) {
		say("changed", "/x", "widget", fmt.Sprintf("moved from %g, %g to %g, %g", old.X, old.Y, new.X, new.Y), fmt.Sprintf("由%g, %g移到%g, %g", old.X, old.Y, new.X, new.Y))
	}
	if !flows && (old.Width != new.Width || old.Height != new.Height) {
		say("changed", "/w", "widget", fmt.Sprintf("resized from %g × %g to %g × %g", old.Width, old.Height, new.Width, new.Height),
			fmt.Sprintf("尺寸由%g × %g改为%g × %g", old.Width, old.Height, new.Width, new.Height))
	}
	if old.Rotate != new.Rotate {
		say("changed", "/rotate", "widget", fmt.Sprintf("turned from %g° to %g°", old.Rotate, new.Rotate), fmt.Sprintf("由%g°转到%g°", old.Rotate, new.Rotate))
	}
	if old.Flip != new.Flip {
		say("changed", "/flip", "widget", "mirrored", "已镜像")
	}
	if old.Parent != new.Parent {
		say("changed", "/parent", "widget", "moved to another group", "移到了另一组")
	}
	if old.Parent == new.Parent && old.Pane != new.Pane {
		say("changed", "/pane", "widget", fmt.Sprintf("moved from pane %d to pane %d", old.Pane+1, new.Pane+1), fmt.Sprintf("由第%d页移到第%d页", old.Pane+1, new.Pane+1))
	}
	c.cells(at, name, old.Cells, new.Cells)
	for _, f := range [...]struct {
		at, en, zh string
		a, b       any
	}{{"/name", "name", "名称", old.Name, new.Name}, {"/locked", "lock", "锁定", old.Locked, new.Locked}, {"/hidden", "hidden", "隐藏", old.Hidden, new.Hidden}} {
		c.value(at+f.at, "widget", fmt.Sprintf("%q: %s", name, f.en), fmt.Sprintf("“%s”的%s", name, f.zh), f.a, f.b)
	}
	titles := map[string]spec.Text{}
	if m := manifests()[new.Type]; m != nil {
		for i := range m.Settings {
			titles[m.Settings[i].Name] = m.Settings[i].Title
		}
	}
	for _, prop := range both(old.Props, new.Props) {
		title := titles[prop]
		if title == nil {
			title = spec.Text{"en": prop}
		}
		c.value(at+"/props/"+spec.Escape(prop), "property", fmt.Sprintf("%q: %s", name, title.In("en")), fmt.Sprintf("“%s”的%s", name, title.In("zh")), old.Props[prop], new.Props[prop])
	}
	c.animations(at, name, old.Animate, new.Animate, titles)
	for _, event := range both(old.On, new.On) {
		c.value(at+"/on/"+spec.Escape(event), "action", fmt.Sprintf("%q: actions on %s", name, event), fmt.Sprintf("“%s”在%s时的动作", name, event), old.On[event], new.On[event])
	}
}

// both lists the keys of two maps, sorted.
func both[V any](a, b map[string]V) []string {
	all := maps.Clone(a)
	if all == nil {
		all = map[string]V{}
	}
	maps.Copy(all, b)
	return slices.Sorted(maps.Keys(all))
}
