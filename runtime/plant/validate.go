package plant

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of what a plant may hold.
const (
	MaxAreas     = 100000
	MaxDevices   = 10000
	MaxScans     = 64
	MaxTags      = 1000000
	MaxExprBytes = 4096
	MaxName      = 800 // bytes of a name or title
	MaxText      = 16000
)

const (
	minEvery               = 100 * time.Millisecond
	minScan, maxScan       = 10 * time.Millisecond, 24 * time.Hour
	minTimeout, maxTimeout = 10 * time.Millisecond, 5 * time.Minute
	maxReadBack            = 10 * time.Minute
	minRelease, maxRelease = 5 * time.Second, 10 * time.Minute
	maxProblems            = 500
)

// Validate tells everything that is wrong with a document by itself. What depends on the
// connectors (settings, addresses) and on the tags (expressions) is checked by the engine.
func Validate(p *Plant) spec.Problems {
	_, ps := Examine(p)
	return ps
}

type validator struct {
	plant    *Plant
	scans    map[string]map[string]bool // device → scan classes
	ids      []string                   // of devices
	classes  map[string]*alarm.Classification
	models   map[string]bool // nil when it does not matter which there are
	problems spec.Problems
	// unbounded keeps all problems, for a list that is shortened later.
	unbounded bool
}

func (v *validator) add(p *spec.Problem) {
	switch {
	case v.unbounded, len(v.problems) < maxProblems:
		v.problems = append(v.problems, p)
	case len(v.problems) == maxProblems:
		v.problems.Add("too_many_problems", "", "Correct these first.", "There are more than %d problems.", maxProblems)
	}
}

func (v *validator) fail(code, at, hint, format string, args ...any) {
	v.add(&spec.Problem{Code: code, At: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

func (v *validator) count(at string, n, limit int, what string) {
	if n > limit {
		v.fail("too_many", at, "Split the plant over several runtimes.", "There are %d %s, more than %d.", n, what, limit)
	}
}

func (v *validator) head() {
	p := v.plant
	if p.Format != Format {
		v.fail("format_unknown", "/format", fmt.Sprintf(`Write "format": %d.`, Format), "The format is %d, not %d.", p.Format, Format)
	}
	if len(p.Name) > MaxName {
		v.fail("text_too_long", "/name", "Make it shorter.", "The name has %d bytes, more than %d.", len(p.Name), MaxName)
	}
	v.alarmClasses()
	v.shifts()
	v.history(func() string { return "" }, p.History, true)
	if p.Timezone != "" {
		if _, err := time.LoadLocation(p.Timezone); err != nil || p.Timezone == "Local" {
			v.fail("timezone_unknown", "/timezone", `Write an IANA name: "Europe/Berlin", "Asia/Shanghai"`, "There is no time zone %q.", clip(p.Timezone))
		}
	}
	for _, problem := range p.Units.Check().Under("/units") {
		v.add(problem)
	}
}

func (v *validator) text(at string, t spec.Text, limit int) {
	if len(t) > 0 && t["en"] == "" {
		v.fail("value_missing", at+"/en", "Give an English text; it stands in for missing languages.", "The English text is missing.")
	}
	for lang, s := range t {
		if len(s) > limit {
			v.fail("text_too_long", at+"/"+spec.Escape(lang), "Make it shorter.", "The text has %d bytes, more than %d.", len(s), limit)
		}
	}
}

func (v *validator) path(at string, p tag.Path) bool {
	if _, err := tag.ParsePath(string(p)); err != nil {
		v.fail("tag_path", at, "Write levels joined by /, such as area/line/speed.", "The %v.", err)
		return false
	}
	return true
}

func (v *validator) choice(at, s string, known ...string) {
	if !slices.Contains(known, s) {
		v.add(spec.OneOf("value_choice", at, fmt.Sprintf("%q is not one of the choices.", clip(s)), s, known))
	}
}

// duration checks a duration that may be left out.
func (v *validator) duration(at, s string, low, high time.Duration) {
	if s == "" {
		return
	}
	switch d, err := time.ParseDuration(s); {
	case err != nil:
		v.fail("value_format", at, `Write a number with a unit: "200ms", "5s", "1h30m"`, "%q is not a duration.", clip(s))
	case d < low || d > high:
		v.fail("value_range", at, fmt.Sprintf("%s to %s.", low, high), "%s is out of range.", d)
	}
}

func (v *validator) areas() {
	v.count("/areas", len(v.plant.Areas), MaxAreas, "areas")
	seen := map[tag.Path]bool{}
	for i := range v.plant.Areas {
		a := &v.plant.Areas[i]
		at := fmt.Sprintf("/areas/%d", i)
		v.path(at+"/path", a.Path)
		if seen[a.Path] {
			v.fail("id_double", at+"/path", "Remove one of them.", "There is another area %q.", a.Path)
		}
		seen[a.Path] = true
		if a.Level != "" {
			v.choice(at+"/level", a.Level, "enterprise", "site", "area", "line", "cell", "unit")
		}
		v.text(at+"/title", a.Title, MaxName)
	}
}

// ID reports whether s may be the id of a device or scan class: 1 to 64 letters, digits,
// "_" and "-" of ASCII.
func ID(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-') {
			return false
		}
	}
	return true
}

func (v *validator) devices() {
	v.count("/devices", len(v.plant.Devices), MaxDevices, "devices")
	v.scans = make(map[string]map[string]bool, len(v.plant.Devices))
	for i := range v.plant.Devices {
		d := &v.plant.Devices[i]
		at := fmt.Sprintf("/devices/%d", i)
		if !ID(d.ID) {
			v.fail("id_form", at+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a device.", clip(d.ID))
		}
		if v.scans[d.ID] != nil {
			v.fail("id_double", at+"/id", "Give each device its own id.", "There is another device with the id %q.", clip(d.ID))
		}
		if d.Connector == "" {
			v.fail("value_missing", at+"/connector", "Name the connector: modbus, mqtt, simulator, …", "The device has no connector.")
		}
		if len(d.Name) > MaxName {
			v.fail("text_too_long", at+"/name", "Make it shorter.", "The name has %d bytes, more than %d.", len(d.Name), MaxName)
		}
		if s := strings.TrimSpace(string(d.Settings)); s != "" && s[0] != '{' {
			v.fail("value_type", at+"/settings", "Write an object.", "The settings are not an object.")
		}
		v.duration(at+"/timeout", d.Timeout, minTimeout, maxTimeout)
		if d.Clock != "" {
			v.choice(at+"/clock", d.Clock, "device", "server")
		}
		if d.Alarms != "" {
			v.choice(at+"/alarms", d.Alarms, "on", "off")
		}
		v.count(at+"/scans", len(d.Scans), MaxScans, "scan classes")
		scans := map[string]bool{}
		for j := range d.Scans {
			s := &d.Scans[j]
			place := fmt.Sprintf("%s/scans/%d", at, j)
			if !ID(s.ID) {
				v.fail("id_form", place+"/id", `Write 1 to 64 letters, digits, "_" and "-"`, "%q cannot be the id of a scan class.", clip(s.ID))
			}
			if scans[s.ID] {
				v.fail("id_double", place+"/id", "Give each scan class its own id.", "There is another scan class %q.", clip(s.ID))
			}
			scans[s.ID] = true
			if s.Interval == "" {
				v.fail("value_missing", place+"/interval", `Write an interval such as "1s"`, "The scan class has no interval.")
			}
			v.duration(place+"/interval", s.Interval, minScan, maxScan)
		}
		if len(scans) == 0 {
			scans["default"] = true
		}
		v.marks(func() string { return at }, &d.Marks)
		v.scans[d.ID] = scans
		v.ids = append(v.ids, d.ID)
	}
}

func (v *validator) tag(at func() string, t *Tag) {
	if v.path(at()+"/path", t.Path) && (t.Path.Under("system") || t.Path.Under("apps")) {
		v.fail("tag_reserved", at()+"/path", "Begin the path with another level.", "%q is kept for the runtime's own tags.", t.Path)
	}
	typ, ok := tag.ParseType(t.Type)
	if !ok {
		v.choice(at()+"/type", t.Type, "bool", "int", "float", "string", "bytes", "json")
	}
	v.text(at()+"/title", t.Title, MaxName)
	if len(t.Description) > MaxText {
		v.fail("text_too_long", at()+"/description", "Make it shorter.", "The description has %d bytes, more than %d.", len(t.Description), MaxText)
	}
	if len(t.Unit) > 64 {
		v.fail("text_too_long", at()+"/unit", "Make it shorter.", "The unit has %d bytes, more than 64.", len(t.Unit))
	}
	v.interval(at, "range", t.Range)
	v.interval(at, "normal", t.Normal)
	if t.Decimals != nil && (*t.Decimals < 0 || *t.Decimals > 10) {
		v.fail("value_range", at()+"/decimals", "0 to 10.", "%d is out of range.", *t.Decimals)
	}
	v.format(at, &t.Definition, typ)
	v.marks(at, &t.Marks)
	v.origin(at, t, typ)
	v.processing(at, t, typ)
	v.alarms(at, &t.Definition, typ)
	v.history(at, t.History, typ == tag.None || typ.IsNumber())
	if t.Write != nil {
		v.write(at()+"/write", t, typ)
	}
}

// interval checks low < high.
func (v *validator) interval(at func() string, key string, r *Range) {
	if r != nil && !(r.Low < r.High) {
		v.fail("value_range", at()+"/"+key, "Make low less than high.", "The range %g to %g is empty.", r.Low, r.High)
	}
}

// origin checks where the value comes from: device, expression or memory.
func (v *validator) origin(at func() string, t *Tag, typ tag.Type) {
	if t.Device != "" && t.Expr != "" {
		v.fail("tag_origin", at()+"/expr", "Remove device or expr.", "A tag is read from a device or computed, not both.")
	}
	if t.Expr != "" {
		v.expr(at()+"/expr", t.Expr)
	}
	if t.Every != "" {
		if t.Expr == "" {
			v.fail("tag_origin", at()+"/every", "Write an expression, or remove it.", "Only a computed tag has an interval.")
		}
		v.duration(at()+"/every", t.Every, minEvery, maxScan)
	}
	if len(t.Initial) > 0 {
		if t.Device != "" || t.Expr != "" {
			v.fail("tag_origin", at()+"/initial", "Remove it.", "Only a memory tag, without device and expr, has a first value.")
		} else if first, err := tag.Parse(t.Initial, typ); err != nil && typ != tag.None {
			v.fail("value_type", at()+"/initial", "Write a value of the type of the tag.", "The first value is not of type %s.", t.Type)
		} else if p := t.CheckValue(first, nil); p != nil && err == nil && !first.IsNone() {
			v.fail(p.Code, at()+"/initial", p.Hint, "%s", p.Message)
		}
	}
	if t.Restore != "" {
		v.choice(at()+"/restore", t.Restore, "last", "none")
	}
	if t.Device == "" {
		for _, f := range [...]struct {
			key   string
			given bool
		}{{"address", len(t.Address) > 0}, {"scan", t.Scan != ""}, {"bit", t.Bit != nil}, {"scale", t.Scale != nil}, {"restore", t.Restore != ""}} {
			if f.given {
				v.fail("tag_origin", at()+"/"+f.key, "Name the device, or remove it.", "%s is for tags of a device.", f.key)
			}
		}
		return
	}
	scans, ok := v.scans[t.Device]
	if !ok {
		v.add(spec.OneOf("device_unknown", at()+"/device", fmt.Sprintf("There is no device %q.", clip(t.Device)), t.Device, v.ids))
		return
	}
	if t.Scan != "" && !scans[t.Scan] {
		known := make([]string, 0, len(scans))
		for id := range scans {
			known = append(known, id)
		}
		slices.Sort(known)
		v.add(spec.OneOf("scan_unknown", at()+"/scan", fmt.Sprintf("Device %q has no scan class %q.", t.Device, clip(t.Scan)), t.Scan, known))
	}
	if s := strings.TrimSpace(string(t.Address)); s != "" && s[0] != '{' {
		v.fail("value_type", at()+"/address", "Write an object.", "The address is not an object.")
	}
}

func (v *validator) expr(at, text string) {
	switch {
	case strings.TrimSpace(text) == "":
		v.fail("value_missing", at, "Write an expression.", "The expression is empty.")
	case len(text) > MaxExprBytes:
		v.fail("expression_too_long", at, "Split it into computed tags.", "The expression has %d bytes, more than %d.", len(text), MaxExprBytes)
	}
}

// processing checks bit, scale and deadband.
func (v *validator) processing(at func() string, t *Tag, typ tag.Type) {
	if t.Bit != nil {
		if *t.Bit < 0 || *t.Bit > 63 {
			v.fail("value_range", at()+"/bit", "0 to 63.", "%d is out of range.", *t.Bit)
		}
		if typ != tag.Bool {
			v.fail("value_type", at()+"/type", `Write "bool"`, "A tag that takes one bit is a bool, not %s.", t.Type)
		}
	}
	if s := t.Scale; s != nil {
		place := at() + "/scale"
		linear := s.RawLow != 0 || s.RawHigh != 0 || s.Low != 0 || s.High != 0
		if s.Date != "" {
			v.choice(place+"/date", s.Date, Dates...)
			if linear || s.Read != "" || s.Write != "" || s.Clamp {
				v.fail("scale_form", place, "Keep date alone.", "A scale is a date, linear or an expression, not several.")
			}
			if typ != tag.None && typ != tag.String && typ != tag.Int && typ != tag.Float {
				v.fail("value_type", place+"/date", "Use the type string, int or float.", "A tag of type %s cannot hold a date.", t.Type)
			}
		}
		if typ != tag.None && !typ.IsNumber() && s.Read == "" && s.Date == "" {
			v.fail("value_type", place, "Use the type int or float, or remove the scale.", "A tag of type %s cannot be scaled.", t.Type)
		}
		switch {
		case s.Date != "":
		case s.Read != "" && linear:
			v.fail("scale_form", place, "Keep the four limits or the expression.", "A scale is linear or an expression, not both.")
		case s.Read != "":
			v.expr(place+"/read", s.Read)
		case s.Write != "":
			v.fail("scale_form", place+"/write", "Add read, the expression for the other way.", "Write is for a scale by expression.")
		case !linear:
			v.fail("scale_form", place, "Give rawLow, rawHigh, low and high, or read.", "The scale is empty.")
		default:
			if s.RawLow == s.RawHigh {
				v.fail("value_range", place+"/rawHigh", "Make rawLow and rawHigh different.", "The raw range %g to %g is empty.", s.RawLow, s.RawHigh)
			}
			if s.Low == s.High {
				v.fail("value_range", place+"/high", "Make low and high different.", "The range %g to %g is empty.", s.Low, s.High)
			}
		}
		if s.Read != "" && s.Clamp && t.Range == nil {
			v.fail("scale_form", place+"/clamp", "Give the tag a range.", "There is nothing to clamp to.")
		}
		if s.Write != "" {
			v.expr(place+"/write", s.Write)
		}
	}
	if d := t.Deadband; d != nil {
		place := at() + "/deadband"
		if typ != tag.None && !typ.IsNumber() && (d.Absolute != 0 || d.Percent != 0) {
			v.fail("value_type", place, "Remove it.", "A deadband is for numbers; the tag is of type %s.", t.Type)
		}
		if d.Absolute < 0 {
			v.fail("value_range", place+"/absolute", "0 or more.", "%g is out of range.", d.Absolute)
		}
		if d.Percent < 0 || d.Percent > 100 {
			v.fail("value_range", place+"/percent", "0 to 100.", "%g is out of range.", d.Percent)
		}
		if d.Percent > 0 && t.Range == nil {
			v.fail("value_missing", at()+"/range", "Give the tag a range, or use absolute.", "A deadband in per cent needs a range.")
		}
		v.duration(place+"/interval", d.Interval, minScan, maxScan)
	}
}

func (v *validator) write(at string, t *Tag, typ tag.Type) {
	w := t.Write
	if t.Expr != "" {
		v.fail("tag_origin", at, "Remove it.", "A computed tag cannot be written.")
	}
	if s := t.Scale; s != nil && s.Read != "" && s.Write == "" && s.Date == "" {
		v.fail("scale_form", at, "Add scale.write, the expression for the way back.", "A tag that is scaled by an expression needs one for writing too.")
	}
	for _, l := range [...]struct {
		key string
		v   *float64
	}{{"low", w.Low}, {"high", w.High}} {
		if l.v == nil {
			continue
		}
		if typ != tag.None && !typ.IsNumber() {
			v.fail("value_type", at+"/"+l.key, "Remove it.", "Limits are for numbers; the tag is of type %s.", t.Type)
		}
		if math.IsNaN(*l.v) {
			v.fail("value_range", at+"/"+l.key, "Write a number.", "The limit is not a number.")
		}
	}
	if w.Low != nil && w.High != nil && *w.Low >= *w.High {
		v.fail("value_range", at, "Make low less than high.", "The limits %g to %g leave nothing to write.", *w.Low, *w.High)
	}
	if w.Interlock != "" {
		v.expr(at+"/interlock", w.Interlock)
	}
	if w.Confirm != "" {
		v.choice(at+"/confirm", w.Confirm, "none", "ask", "reason")
	}
	v.duration(at+"/readBack", w.ReadBack, 0, maxReadBack)
	if r := w.Release; r != nil {
		if r.By != "" {
			v.choice(at+"/release/by", r.By, "operate", "tune", "administer")
		}
		v.duration(at+"/release/within", r.Within, minRelease, maxRelease)
	}
}

// Dates are the forms of a scale that takes a raw value for a date and time.
var Dates = []string{"epoch", "epoch-ms", "iso", "bcd", "s7-date-and-time", "s7-dtl", "ole"}

// Use says what an expression of the plant is for, and so what it may name.
type Use string

// The uses of expressions. Read names "raw", Write and Interlock "value"; Compute and Interlock name tags.
const (
	UseCompute   Use = "compute"
	UseRead      Use = "read"
	UseWrite     Use = "write"
	UseInterlock Use = "interlock"
)

// Expressions calls f for every expression of the document, with its JSON Pointer.
func (p *Plant) Expressions(f func(at string, t *Tag, use Use, text string)) {
	for i := range p.Tags {
		t := &p.Tags[i]
		at := fmt.Sprintf("/tags/%d", i)
		if t.Expr != "" {
			f(at+"/expr", t, UseCompute, t.Expr)
		}
		if s := t.Scale; s != nil {
			if s.Read != "" {
				f(at+"/scale/read", t, UseRead, s.Read)
			}
			if s.Write != "" {
				f(at+"/scale/write", t, UseWrite, s.Write)
			}
		}
		if t.Write != nil && t.Write.Interlock != "" {
			f(at+"/write/interlock", t, UseInterlock, t.Write.Interlock)
		}
		if t.History != nil && t.History.When != "" {
			f(at+"/history/when", t, UseInterlock, t.History.When)
		}
	}
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:57]) + "..."
	}
	return s
}
