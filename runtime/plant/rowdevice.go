package plant

import (
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// deviceColumns are the columns of devices. The scan classes stand in one cell: "default=1s; fast=200ms".
var deviceColumns = columns{"id", "name", "connector", "disabled", "timeout", "clock", "alarms", "scans", "settings.*", "settings?", "labels", attributePrefix + "*"}

func flattenDevice(d *Device) map[string]string {
	r := map[string]string{"id": d.ID}
	for name, v := range map[string]string{"name": d.Name, "connector": d.Connector, "timeout": d.Timeout, "clock": d.Clock, "alarms": d.Alarms} {
		if v != "" {
			r[name] = v
		}
	}
	if d.Disabled {
		r["disabled"] = "true"
	}
	if len(d.Scans) > 0 {
		scans := make([]string, len(d.Scans))
		for i, s := range d.Scans {
			scans[i] = s.ID + "=" + s.Interval
		}
		r["scans"] = strings.Join(scans, "; ")
	}
	flattenObject(r, "settings", d.Settings)
	flattenMarks(r, &d.Marks)
	return r
}

// unflattenDevice is the inverse of flattenDevice.
func unflattenDevice(row map[string]string) (Device, spec.Problems) {
	c := &cells{row: row}
	d := Device{ID: row["id"], Name: row["name"], Connector: row["connector"], Timeout: row["timeout"], Clock: row["clock"], Alarms: row["alarms"], Marks: unflattenMarks(row), Disabled: c.yes("disabled"), Settings: c.object("settings")}
	for _, text := range strings.FieldsFunc(row["scans"], func(r rune) bool { return r == ';' || r == ',' || r == '\n' }) {
		id, interval, ok := strings.Cut(text, "=")
		if !ok {
			c.faults.Add("value_format", "scans", `Write "default=1s; fast=200ms"`, "%q is not a scan class.", clip(text))
			continue
		}
		d.Scans = append(d.Scans, Scan{ID: strings.TrimSpace(id), Interval: strings.TrimSpace(interval)})
	}
	return d, c.faults
}

// deviceColumn is the column that a place in a device stands in.
func deviceColumn(at string) string {
	parts := strings.SplitN(at, "/", 4)
	switch {
	case len(parts) > 2 && parts[1] == "settings":
		return "settings." + parts[2]
	case len(parts) > 2 && parts[1] == "attributes":
		return attributePrefix + parts[2]
	case len(parts) > 1:
		return parts[1]
	}
	return ""
}
