package plant

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/sheet"
	"github.com/lineside/lineside/runtime/spec"
)

// tagColumns are the columns of tags; see columns.
var tagColumns = columns{
	"path", "type", "format", "of", "fields", "title", "title.*", "description", "unit", "low", "high", "decimals", "normal.low", "normal.high",
	"device", "scan", "address.*", "address?", "bit", "expr", "every", "initial",
	"scale.rawLow", "scale.rawHigh", "scale.low", "scale.high", "scale.clamp", "scale.read", "scale.write", "scale.date",
	"deadband.absolute", "deadband.percent", "deadband.interval",
	"write", "write.low", "write.high", "write.interlock", "write.confirm", "write.readBack", "write.release", "write.release.by", "write.release.within",
	"history", "history.interval", "history.deadband", "history.heartbeat", "history.when",
	"alarms", "restore", "labels", attributePrefix + "*",
}

// flatten makes the cells of a tag; an absent cell is empty.
func flatten(t *Tag) map[string]string {
	r := map[string]string{}
	put := func(name, v string) {
		if v != "" {
			r[name] = v
		}
	}
	float := func(name string, v float64) { r[name] = sheet.Number(v) }
	put("path", string(t.Path))
	put("type", t.Type)
	put("format", t.Format)
	put("of", t.Of)
	if len(t.Fields) > 0 {
		if raw, err := spec.Canonical(t.Fields); err == nil {
			put("fields", compact(raw))
		}
	}
	flattenMarks(r, &t.Marks)
	for lang, s := range t.Title {
		if lang == "en" {
			put("title", s)
		} else {
			put("title."+lang, s)
		}
	}
	put("description", t.Description)
	put("unit", t.Unit)
	if t.Range != nil {
		float("low", t.Range.Low)
		float("high", t.Range.High)
	}
	if t.Normal != nil {
		float("normal.low", t.Normal.Low)
		float("normal.high", t.Normal.High)
	}
	if t.Decimals != nil {
		r["decimals"] = strconv.Itoa(*t.Decimals)
	}
	put("device", t.Device)
	put("scan", t.Scan)
	flattenObject(r, "address", t.Address)
	if t.Bit != nil {
		r["bit"] = strconv.Itoa(*t.Bit)
	}
	put("expr", t.Expr)
	put("every", t.Every)
	if len(t.Initial) > 0 {
		r["initial"] = cellOf(t.Initial)
	}
	if s := t.Scale; s != nil {
		if s.RawLow != 0 || s.RawHigh != 0 || s.Low != 0 || s.High != 0 || s.Read == "" && s.Write == "" {
			float("scale.rawLow", s.RawLow)
			float("scale.rawHigh", s.RawHigh)
			float("scale.low", s.Low)
			float("scale.high", s.High)
		}
		if s.Clamp {
			r["scale.clamp"] = "true"
		}
		put("scale.read", s.Read)
		put("scale.write", s.Write)
		put("scale.date", s.Date)
	}
	if d := t.Deadband; d != nil {
		if d.Absolute != 0 || d.Percent == 0 && d.Interval == "" {
			float("deadband.absolute", d.Absolute)
		}
		if d.Percent != 0 {
			float("deadband.percent", d.Percent)
		}
		put("deadband.interval", d.Interval)
	}
	if w := t.Write; w != nil {
		r["write"] = "true"
		if w.Low != nil {
			float("write.low", *w.Low)
		}
		if w.High != nil {
			float("write.high", *w.High)
		}
		put("write.interlock", w.Interlock)
		put("write.confirm", w.Confirm)
		put("write.readBack", w.ReadBack)
		if w.Release != nil {
			r["write.release"] = "true"
			put("write.release.by", w.Release.By)
			put("write.release.within", w.Release.Within)
		}
	}
	if len(t.Alarms) > 0 {
		if raw, err := spec.Canonical(t.Alarms); err == nil {
			put("alarms", compact(raw))
		}
	}
	put("restore", t.Restore)
	if h := t.History; h != nil {
		put("history", h.Keep)
		put("history.interval", h.Interval)
		if h.Deadband != 0 {
			float("history.deadband", h.Deadband)
		}
		put("history.heartbeat", h.Heartbeat)
		put("history.when", h.When)
	}
	return r
}

// cellOf writes a JSON value: a text as it is unless it would be read as JSON, the rest as JSON.
func cellOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil && s != "" && string(raw) != "null" && !json.Valid([]byte(s)) {
		return s
	}
	return compact(raw)
}

func rawOf(cell string) json.RawMessage {
	if json.Valid([]byte(cell)) {
		return json.RawMessage(compact(json.RawMessage(cell)))
	}
	b, _ := json.Marshal(cell) // never fails for a string
	return b
}

func compact(raw json.RawMessage) string {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return string(raw)
	}
	return b.String()
}

// tagColumn is the column that a place in a tag stands in: "/range/high" in high.
func tagColumn(at string) string {
	name := strings.ReplaceAll(strings.TrimPrefix(at, "/"), "/", ".")
	switch {
	case name == "title.en":
		return "title"
	case name == "range":
		return "low"
	case strings.HasPrefix(name, "range."):
		return name[len("range."):]
	case strings.HasPrefix(name, "alarms."):
		return "alarms"
	case strings.HasPrefix(name, "attributes."):
		return attributePrefix + name[len("attributes."):]
	case strings.HasPrefix(name, "labels."), strings.HasPrefix(name, "fields."):
		return name[:len("labels")]
	}
	return name
}
