// Package plant is the document of what is really there: devices, tags, models, assets,
// areas. A runtime has one. All apps share it.
package plant

import (
	"encoding/json"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/runtime/unit"
)

// Format is the version of the plant document that this runtime writes.
const Format = 1

// Plant is the document.
type Plant struct {
	// Format is the version of the document format.
	Format int `json:"format"`
	// Name is shown in the header.
	Name string `json:"name,omitempty"`
	// Timezone is an IANA name; "" is the server's.
	Timezone string `json:"timezone,omitempty"`
	// History is what is kept of values that do not say so themselves.
	History *History `json:"history,omitempty"`
	// Units are those in which values are shown to who has chosen none.
	Units *unit.Preference `json:"units,omitempty"`
	// AlarmClasses are what alarms have in common.
	AlarmClasses []alarm.Classification `json:"alarmClasses,omitempty"`
	// Shifts are the times of work that come again.
	Shifts []Shift `json:"shifts,omitempty"`
	// Areas names levels of the ISA-95 hierarchy. A path that is not listed is allowed.
	Areas []Area `json:"areas,omitempty"`
	// Devices are the configured connections.
	Devices []Device `json:"devices,omitempty"`
	// Tags are what the plant measures, computes and controls.
	Tags []Tag `json:"tags,omitempty"`
	// Models are the kinds of machine there are.
	Models []Model `json:"models,omitempty"`
	// Assets are the machines; each property of the model is a tag.
	Assets []Asset `json:"assets,omitempty"`
	// Northbound are the interfaces by which other systems read tags and write them.
	Northbound []Northbound `json:"northbound,omitempty"`
}

// Area is a level of the hierarchy (IEC 62264-1).
type Area struct {
	Path  tag.Path  `json:"path"`
	Level string    `json:"level,omitempty" enum:"enterprise,site,area,line,cell,unit"`
	Title spec.Text `json:"title,omitempty"`
}

// Device is one configured connection.
type Device struct {
	// ID is unique among devices: letters, digits, "_" and "-", at most 64.
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	// Connector is the id of the connector: modbus, mqtt, simulator, …
	Connector string `json:"connector"`
	// Disabled keeps the device in the document but does not connect it.
	Disabled bool `json:"disabled,omitempty"`
	// Settings are the connector's; see its reference. Secrets are stored apart as "secret:…".
	Settings json.RawMessage `json:"settings,omitempty"`
	// Scans are the scan classes; a device without one has "default" at one second.
	Scans []Scan `json:"scans,omitempty"`
	// Timeout bounds one request; default 3s.
	Timeout string `json:"timeout,omitempty"`
	// Clock says whose clock gives the source time of values: device (default), as far as it can be
	// believed, or server, for a device whose clock is wrong.
	Clock string `json:"clock,omitempty" enum:"device,server"`
	// Alarms says whether a lost connection and failed writes raise alarms: on (default) or off.
	Alarms string `json:"alarms,omitempty" enum:"on,off"`
	Marks
}

// Scan is a scan class: tags that are polled together.
type Scan struct {
	ID string `json:"id"`
	// Interval is the time from the beginning of one poll to the next, 10ms to 24h.
	Interval string `json:"interval"`
}

// Tag is one tag at a place of the plant.
type Tag struct {
	Path tag.Path `json:"path"`
	Definition
}

// Definition is what a tag and a property of a model say alike. With Device the value is read from there;
// with Expr it is computed; with neither it is memory that keeps what was written.
type Definition struct {
	Type string `json:"type" enum:"bool,int,float,string,bytes,json"`
	// Format says what a value of the type means: a datetime is an ISO 8601 text or an int of milliseconds
	// since 1970; an image the address of one, http(s), data: or from "/" on; a reference the path of an asset; a
	// location the json {"lat", "lon", "alt"?} in degrees and metres (WGS 84), a vec2 {"x", "y"}, a vec3 {"x", "y", "z"}; a
	// struct a json object of Fields. "" means nothing further.
	Format string `json:"format,omitempty" enum:"datetime,image,reference,location,vec2,vec3,struct"`
	// Of is the model of which an asset must be that a reference names, "" for any.
	Of string `json:"of,omitempty"`
	// Fields are those of a struct.
	Fields      []StructField `json:"fields,omitempty"`
	Title       spec.Text     `json:"title,omitempty"`
	Description string        `json:"description,omitempty"`
	// Unit is the engineering unit, UCUM where it has one.
	Unit string `json:"unit,omitempty"`
	// Range is the engineering range of an analog value: gauges begin and end there.
	Range *Range `json:"range,omitempty"`
	// Decimals is the number of decimals shown, 0 to 10.
	Decimals *int `json:"decimals,omitempty"`

	Device  string          `json:"device,omitempty"`
	Address json.RawMessage `json:"address,omitempty"`
	// Scan is a scan class of the device, "" for its first.
	Scan string `json:"scan,omitempty"`

	// Expr computes the value from other tags.
	Expr string `json:"expr,omitempty"`
	// Every computes it at this interval ("10s", on the full interval by the clock) instead of at every change of
	// what it reads; until it first has a value, at every change even so.
	Every string `json:"every,omitempty"`
	// Initial is the first value of memory.
	Initial json.RawMessage `json:"initial,omitempty"`

	Scale    *Scale    `json:"scale,omitempty"`
	Deadband *Deadband `json:"deadband,omitempty"`
	// Bit takes one bit (0 = least significant) of an integer the device delivers; the tag is then a bool.
	// A write reads the word, changes the bit and writes the word.
	Bit *int `json:"bit,omitempty"`
	// Restore says what a tag of a device shows after a restart of the runtime until the device answers:
	// last (default), its last value with the quality UncertainLastUsableValue, or none.
	Restore string `json:"restore,omitempty" enum:"last,none"`
	// Normal is the normal band of an analog value, drawn behind it.
	Normal *Range `json:"normal,omitempty"`

	// Alarms are by id what is to be told of the value.
	Alarms map[string]alarm.Alarm `json:"alarms,omitempty"`

	// Write says how the value may be written; without it, it is read-only.
	Write *Write `json:"write,omitempty"`
	// History says what is kept of the value over time.
	History *History `json:"history,omitempty"`
	Marks
}

// Range is an interval of engineering values, low < high.
type Range struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Scale turns the raw value of the device into engineering units; writing goes the other way.
type Scale struct {
	// RawLow..RawHigh maps linearly to Low..High.
	RawLow  float64 `json:"rawLow,omitempty"`
	RawHigh float64 `json:"rawHigh,omitempty"`
	Low     float64 `json:"low,omitempty"`
	High    float64 `json:"high,omitempty"`
	// Clamp keeps the result within Low..High and marks it GoodClamped.
	Clamp bool `json:"clamp,omitempty"`
	// Read is an expression over "raw", instead of the linear form; Write one over "value" for the way back.
	Read  string `json:"read,omitempty"`
	Write string `json:"write,omitempty"`
	// Date takes the raw value for a date and time, instead of the other forms: epoch (seconds since 1970), epoch-ms,
	// iso (ISO 8601 text), bcd (YY MM DD hh mm ss, six bytes or one integer), s7-date-and-time (8 bytes), s7-dtl (12 bytes) or
	// ole (days since 1899-12-30). The tag is then a string (ISO 8601, UTC), an int (milliseconds since 1970) or
	// a float (seconds since 1970). Forms without a zone are in the time zone of the plant.
	Date string `json:"date,omitempty" enum:"epoch,epoch-ms,iso,bcd,s7-date-and-time,s7-dtl,ole"`
}

// Deadband keeps small changes from being passed on. A change of quality always is.
type Deadband struct {
	// Absolute is in engineering units.
	Absolute float64 `json:"absolute,omitempty"`
	// Percent is of the span of Range, 0 to 100.
	Percent float64 `json:"percent,omitempty"`
	// Interval passes on the value at least this often even so, for example "60s".
	Interval string `json:"interval,omitempty"`
}

// Write is the gate of a writable tag.
type Write struct {
	Low  *float64 `json:"low,omitempty"`
	High *float64 `json:"high,omitempty"`
	// Interlock is an expression that must be true for a write to be allowed.
	Interlock string `json:"interlock,omitempty"`
	// Confirm asks the operator before writing: none, ask (default), reason.
	Confirm string `json:"confirm,omitempty" enum:"none,ask,reason"`
	// ReadBack is how long the device's value may take to follow, default 5s; "0s" does not wait.
	ReadBack string `json:"readBack,omitempty"`
	// Release has every write released by a second person.
	Release *Release `json:"release,omitempty"`
}

// Release is the two-person rule: who asks for a write cannot be the one who lets it through.
type Release struct {
	// By is what the second person must be allowed to do there: operate (default), tune or administer.
	By string `json:"by,omitempty" enum:"operate,tune,administer"`
	// Within is the time the second person has, 5s to 10m; default 60s. Then the write is refused.
	Within string `json:"within,omitempty"`
}
