package app

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
)

func ownName(w *ScriptedWidget) string {
	if n := w.Title.In("en"); n != "" {
		return n
	}
	return w.ID
}

// own tells what is different in a widget of the app's own. Of its picture and its script it tells how many lines.
func (c *comparer) own(at, name string, a, b any) {
	old, new := reflect.ValueOf(a).Elem(), reflect.ValueOf(b).Elem()
	for i := range old.NumField() {
		key := jsonName(old.Type().Field(i))
		en, zh := fmt.Sprintf("Own widget %q: %s", name, key), fmt.Sprintf("自定义控件“%s”的%s", name, key)
		x, y := old.Field(i).Interface(), new.Field(i).Interface()
		switch key {
		case "id":
		case "svg", "script":
			c.lines(at+"/"+key, en, zh, x.(string), y.(string))
		case "parts", "settings", "events":
			p, _ := json.Marshal(x)
			q, _ := json.Marshal(y)
			if string(p) != string(q) {
				c.add("changed", at+"/"+key, "type", en+" changed", zh+"已更改")
			}
		default:
			c.value(at+"/"+key, "type", en, zh, x, y)
		}
	}
}

// lines tells of a text of many lines how many are other ones.
func (c *comparer) lines(at, en, zh, old, new string) {
	if old == new {
		return
	}
	count := map[string]int{}
	for _, l := range strings.Split(old, "\n") {
		count[l]++
	}
	added := 0
	for _, l := range strings.Split(new, "\n") {
		if count[l] > 0 {
			count[l]--
		} else {
			added++
		}
	}
	removed := 0
	for _, n := range count {
		removed += n
	}
	c.add("changed", at, "type", fmt.Sprintf("%s changed: %d lines added, %d removed", en, added, removed), fmt.Sprintf("%s已更改：增加 %d 行，删除 %d 行", zh, added, removed))
}
