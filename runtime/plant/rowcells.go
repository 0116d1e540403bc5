package plant

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// cells reads the cells of a row; At of its problems is the name of the column.
type cells struct {
	row    map[string]string
	faults spec.Problems
}

// unflatten makes a tag of its cells. It is the inverse of flatten.
func unflatten(row map[string]string) (Tag, spec.Problems) {
	c := &cells{row: row}
	t := Tag{Path: tag.Path(row["path"]), Definition: Definition{Type: row["type"], Description: row["description"], Unit: row["unit"],
		Device: row["device"], Scan: row["scan"], Expr: row["expr"],
		Range: c.span("low", "high"), Normal: c.span("normal.low", "normal.high"),
		Decimals: c.integer("decimals"), Bit: c.integer("bit"), Restore: row["restore"],
		Address: c.object("address")}}
	if t.Type == "" {
		c.faults.Add("value_missing", "type", "Write bool, int, float, string, bytes or json.", "The type is missing.")
	}
	for name, cell := range row {
		lang, ok := strings.CutPrefix(name, "title.")
		if name == "title" {
			lang, ok = "en", true
		}
		if ok {
			if t.Title == nil {
				t.Title = spec.Text{}
			}
			t.Title[lang] = cell
		}
	}
	t.Format, t.Of, t.Every, t.Marks = row["format"], row["of"], row["every"], unflattenMarks(row)
	if cell := row["fields"]; cell != "" {
		if ps := spec.Typed(json.RawMessage(cell), &t.Fields); len(ps) > 0 {
			c.faults.Add("value_type", "fields", `Write [{"id": "speed", "type": "float"}].`, "The fields are not a JSON list of fields.")
		}
	}
	if cell := row["alarms"]; cell != "" {
		if ps := spec.Typed(json.RawMessage(cell), &t.Alarms); len(ps) > 0 {
			c.faults.Add("value_type", "alarms", `Write {"high": {"kind": "high", "priority": "high", "limit": 80}}.`, "The alarms are not a JSON object of alarms.")
		}
	}
	if cell := row["initial"]; cell != "" {
		t.Initial = rawOf(cell)
	}
	if c.any("scale.rawLow", "scale.rawHigh", "scale.low", "scale.high", "scale.clamp", "scale.read", "scale.write", "scale.date") {
		t.Scale = &Scale{
			RawLow: c.number("scale.rawLow"), RawHigh: c.number("scale.rawHigh"), Low: c.number("scale.low"), High: c.number("scale.high"),
			Clamp: c.yes("scale.clamp"), Read: row["scale.read"], Write: row["scale.write"], Date: row["scale.date"],
		}
	}
	if c.any("deadband.absolute", "deadband.percent", "deadband.interval") {
		t.Deadband = &Deadband{Absolute: c.number("deadband.absolute"), Percent: c.number("deadband.percent"), Interval: row["deadband.interval"]}
	}
	if c.any("history", "history.interval", "history.deadband", "history.heartbeat", "history.when") {
		t.History = &History{Keep: row["history"], Interval: row["history.interval"], Deadband: c.number("history.deadband"), Heartbeat: row["history.heartbeat"], When: row["history.when"]}
	}
	detailed := c.any("write.low", "write.high", "write.interlock", "write.confirm", "write.readBack", "write.release", "write.release.by", "write.release.within")
	if writable := c.yes("write"); writable || detailed && row["write"] == "" {
		t.Write = &Write{
			Low: c.optional("write.low"), High: c.optional("write.high"),
			Interlock: row["write.interlock"], Confirm: row["write.confirm"], ReadBack: row["write.readBack"],
		}
		if release := c.yes("write.release"); release || row["write.release"] == "" && c.any("write.release.by", "write.release.within") {
			t.Write.Release = &Release{By: row["write.release.by"], Within: row["write.release.within"]}
		}
	}
	return t, c.faults
}

func (c *cells) any(names ...string) bool {
	for _, name := range names {
		if c.row[name] != "" {
			return true
		}
	}
	return false
}

func (c *cells) number(name string) float64 {
	cell := strings.TrimSpace(c.row[name])
	if cell == "" {
		return 0
	}
	v, err := strconv.ParseFloat(cell, 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		hint := "Write a number with a decimal point."
		if strings.Contains(cell, ",") {
			hint = "Write a point, not a comma, and no thousands separator."
		}
		c.faults.Add("value_type", name, hint, "%q is not a number.", clip(cell))
		return 0
	}
	return v
}

func (c *cells) optional(name string) *float64 {
	if c.row[name] == "" {
		return nil
	}
	v := c.number(name)
	return &v
}

func (c *cells) integer(name string) *int {
	cell := strings.TrimSpace(c.row[name])
	if cell == "" {
		return nil
	}
	v, err := strconv.Atoi(cell)
	if err != nil {
		c.faults.Add("value_type", name, "Write a whole number.", "%q is not a whole number.", clip(cell))
		return nil
	}
	return &v
}

func (c *cells) yes(name string) bool {
	switch strings.ToLower(strings.TrimSpace(c.row[name])) {
	case "", "false", "no", "0":
		return false
	case "true", "yes", "1":
		return true
	}
	c.faults.Add("value_type", name, "Write true or false.", "%q is neither true nor false.", clip(c.row[name]))
	return false
}

func (c *cells) span(low, high string) *Range {
	switch {
	case c.row[low] == "" && c.row[high] == "":
		return nil
	case c.row[low] == "":
		c.faults.Add("value_missing", low, "Give both limits or none.", "The lower limit is missing.")
	case c.row[high] == "":
		c.faults.Add("value_missing", high, "Give both limits or none.", "The upper limit is missing.")
	}
	return &Range{Low: c.number(low), High: c.number(high)}
}

// object gathers <name>.<key>, or takes the whole from the column of the name.
func (c *cells) object(name string) json.RawMessage {
	parts := map[string]json.RawMessage{}
	for column, cell := range c.row {
		if key, ok := strings.CutPrefix(column, name+"."); ok && cell != "" {
			parts[key] = rawOf(cell)
		}
	}
	whole := c.row[name]
	switch {
	case whole != "" && len(parts) > 0:
		c.faults.Add("csv_address", name, "Empty one of them.", "Both %s and %s.… are given.", name, name)
		return nil
	case whole != "":
		return rawOf(whole)
	case len(parts) == 0:
		return nil
	}
	b, err := json.Marshal(parts)
	if err != nil {
		c.faults.Add("value_type", name, "Write JSON values.", "The %s cannot be read: %v.", name, err)
		return nil
	}
	return b
}

// flattenObject is the inverse of object.
func flattenObject(row map[string]string, name string, raw json.RawMessage) {
	keys := map[string]json.RawMessage{}
	if json.Unmarshal(raw, &keys) == nil && len(keys) > 0 {
		for key, v := range keys {
			row[name+"."+key] = cellOf(v)
		}
	} else if len(raw) > 0 {
		row[name] = compact(raw)
	}
}
