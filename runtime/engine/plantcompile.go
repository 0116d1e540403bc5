package engine

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// defaultScan is the scan interval of a device without scan classes.
const defaultScan = time.Second

// plantBuild is a plant that was checked and compiled and is not yet running.
type plantBuild struct {
	doc   *plant.Plant // with the tags of the assets among its own
	from  *plant.Expansion
	types map[tag.Path]tag.Type // of system tags
	tags  []*tagBuild
	// computed lists the computed tags so that each comes after those it depends on.
	computed []*tagBuild
	devices  map[string]*deviceBuild
	events   []eventBuild
	outlets  []*outletBuild // in the order of the document
	flawed   bool           // there are warnings about tags
	zone     *time.Location // of the plant
	// past answers questions about history.
	past func(expression.Past) *spec.Problem
}

// tagBuild is one compiled tag.
type tagBuild struct {
	doc     *plant.Tag
	index   int
	kind    Kind
	typ     tag.Type
	program *expression.Program // computed
	source  *source             // device
	gate    *gate
	alarms  []*alarmBuild
	// roams says that its expressions ask for more than the types of tags.
	roams bool
	// when is the condition under which its history is kept, nil for always.
	when *expression.Program
	// was is the running form, when it is the same.
	was *entry
}

// deviceBuild is one checked device.
type deviceBuild struct {
	doc     *plant.Device
	typ     *connector.Type
	scans   []time.Duration
	timeout time.Duration
	silence time.Duration
	sources []*source
	classes []int // scan class of each source
	changed bool  // there are sources that did not run before
}

// compilePlant checks and compiles beside a running plant. The build is usable only when there are no errors.
func compilePlant(p *plant.Plant, beside *present) (*plantBuild, spec.Problems) {
	var old *plant.Expansion
	if !beside.flawed {
		old = beside.expansion
	}
	from, unchanged, ps := plant.ExamineBeside(p, old)
	if ps.Errors() {
		return nil, ps
	}
	p = from.Effective()
	b := &plantBuild{doc: p, from: from, types: make(map[tag.Path]tag.Type, 4*len(p.Devices)), devices: map[string]*deviceBuild{}, zone: zoneOf(p), past: beside.past}
	var found spec.Problems
	for i := range p.Devices {
		b.compileDevice(i, &found)
	}
	systemTypes(p.Devices, b.types)
	for _, t := range writeTagList {
		b.types[t.path] = t.def.Type
	}
	for _, t := range alarmTagList {
		b.types[t.path] = t.def.Type
	}
	b.tags = make([]*tagBuild, len(p.Tags))
	room := make([]tagBuild, len(p.Tags))
	for i := range p.Tags {
		t := &room[i]
		t.doc, t.index = &p.Tags[i], i
		t.typ, _ = tag.ParseType(t.doc.Type)
		b.tags[i] = t
	}
	known := beside.knownIn(b, unchanged)
	for _, t := range b.tags {
		if was := known.entry(b, t); was != nil {
			t.take(b, was)
		} else {
			b.compileTag(t, &found)
		}
	}
	b.flawed = len(ps) > 0 || len(found) > 0
	b.compileEvents(&found)
	b.tryModels(&found)
	b.compileOutlets(&found)
	if !found.Errors() {
		b.sort(&found)
	}
	return b, append(ps, from.Locate(found)...)
}

// zoneOf is the time zone of a plant.
func zoneOf(p *plant.Plant) *time.Location {
	if p.Timezone != "" {
		if zone, err := time.LoadLocation(p.Timezone); err == nil {
			return zone
		}
	}
	return time.Local
}

func (b *plantBuild) compileDevice(i int, ps *spec.Problems) {
	doc := &b.doc.Devices[i]
	at := fmt.Sprintf("/devices/%d", i)
	d := &deviceBuild{doc: doc, timeout: defaultTimeout, silence: silence}
	b.devices[doc.ID] = d
	var ok bool
	if d.typ, ok = connector.Lookup(doc.Connector); !ok {
		ps.Add("connector_unknown", at+"/connector", "Choose one of: "+connectorIDs(), "There is no connector %q.", doc.Connector)
		return
	}
	settings := doc.Settings
	if len(settings) == 0 {
		settings = json.RawMessage("{}")
	}
	if err := d.typ.Check(settings); err != nil {
		*ps = append(*ps, problemsOf(err, "settings_invalid").Under(at+"/settings")...)
	}
	if doc.Timeout != "" {
		if t, err := time.ParseDuration(doc.Timeout); err == nil && t > 0 {
			d.timeout, d.silence = t, t
		}
	}
	for _, s := range doc.Scans {
		interval, _ := time.ParseDuration(s.Interval)
		d.scans = append(d.scans, interval)
	}
	if len(d.scans) == 0 {
		d.scans = []time.Duration{defaultScan}
	}
}

func connectorIDs() string {
	var ids []string
	for _, t := range connector.Types() {
		ids = append(ids, t.ID)
	}
	return strings.Join(ids, ", ")
}

// problemsOf makes problems of any error.
func problemsOf(err error, code string) spec.Problems {
	var ps spec.Problems
	if errors.As(err, &ps) {
		return ps
	}
	var p *spec.Problem
	if errors.As(err, &p) {
		return spec.Problems{p}
	}
	return spec.Problems{{Code: code, Message: err.Error()}}
}

func definition(doc *plant.Tag, typ tag.Type) tag.Definition {
	d := tag.Definition{Type: typ, Unit: doc.Unit, Title: doc.Title.In("en"), Description: doc.Description, Decimals: doc.Decimals}
	if doc.Range != nil {
		d.Low, d.High = &doc.Range.Low, &doc.Range.High
	}
	if doc.Normal != nil {
		d.NormalLow, d.NormalHigh = &doc.Normal.Low, &doc.Normal.High
	}
	d.Writable = doc.Write != nil && doc.Expr == ""
	return d
}

func (b *plantBuild) compileTag(t *tagBuild, ps *spec.Problems) {
	at := fmt.Sprintf("/tags/%d", t.index)
	switch {
	case t.doc.Device != "":
		t.kind = KindDevice
		b.compileSource(t, at, ps)
	case t.doc.Expr != "":
		t.kind = KindComputed
		b.compileExpr(t, at, ps)
	default:
		t.kind = KindMemory
		if len(t.doc.Initial) > 0 {
			if _, err := tag.Parse(t.doc.Initial, t.typ); err != nil {
				ps.Add("value_invalid", at+"/initial", "Give a value of the tag's type.", "The initial value does not fit: %v.", err)
			}
		}
	}
	if t.doc.Write != nil {
		b.compileGate(t, at, ps)
	}
	if t.doc.History != nil && t.doc.History.When != "" {
		b.compileHistory(t, at+"/history/when", ps)
	}
	b.compileAlarms(t, at, ps)
}

func (b *plantBuild) compileExpr(t *tagBuild, at string, ps *spec.Problems) {
	program, err := expression.Compile(t.doc.Expr, b.env(t, nil))
	if err != nil {
		*ps = append(*ps, problemsOf(err, "expression_invalid").Under(at+"/expr")...)
		return
	}
	if !gives(program.Type(), t.typ) {
		ps.Add("expression_type", at+"/expr", "Change the tag's type, or convert in the expression: round(…), string(…).", "The expression gives %s, the tag is %s.", program.Type(), t.typ)
		return
	}
	t.program = program
}

// gives reports whether a result of type have may stand for a tag of type want.
func gives(have, want tag.Type) bool {
	return have == want || have == tag.None || want == tag.JSON || have == tag.JSON || want == tag.Float && have == tag.Int || want == tag.String && have != tag.Bytes
}

func (b *plantBuild) compileSource(t *tagBuild, at string, ps *spec.Problems) {
	d := b.devices[t.doc.Device]
	if d.typ == nil {
		return // the connector is unknown, which was said
	}
	s := &source{path: t.doc.Path, typ: t.typ, raw: t.typ, bit: -1, write: t.doc.Write != nil, last: tag.Sample{Quality: tag.BadWaitingForInitialData}}
	if bit := t.doc.Bit; bit != nil {
		s.bit, s.raw = *bit, tag.Int
		if t.doc.Scale != nil {
			ps.Add("bit_scale", at+"/scale", "Remove the scale or the bit.", "One bit of a word cannot be scaled.")
		}
		if t.doc.Write != nil && d.typ.Push {
			ps.Add("bit_write", at+"/write", "Write the whole word.", "One bit of a word can be written only where the word can be read just before, and this device only tells of changes.")
		}
	} else if t.doc.Scale != nil && t.doc.Scale.Date != "" {
		b.compileDate(t, s, d)
	} else if t.doc.Scale != nil {
		b.compileScale(t, s, at+"/scale", ps)
	}
	if db := t.doc.Deadband; db != nil {
		s.band = db.Absolute
		if db.Percent > 0 {
			s.band = max(s.band, db.Percent/100*(t.doc.Range.High-t.doc.Range.Low))
		}
		if db.Interval != "" {
			s.repeat, _ = time.ParseDuration(db.Interval)
		}
	}
	parsed, err := d.typ.Address(addressOf(t.doc.Address), s.raw, s.write)
	if err != nil {
		*ps = append(*ps, problemsOf(err, "address_invalid").Under(at+"/address")...)
		return
	}
	s.address = parsed
	d.add(t, s)
	d.changed = true
}

// addressOf is an address that may have been left out.
func addressOf(raw json.RawMessage) json.RawMessage {
	if len(raw) == 0 {
		return json.RawMessage("{}")
	}
	return raw
}

// compileScale decides what type the connector shall deliver. For a read expression it is
// the tag's own type, or else float, or else string: the first with which the expression
// can be compiled.
func (b *plantBuild) compileScale(t *tagBuild, s *source, at string, ps *spec.Problems) {
	doc := t.doc.Scale
	switch {
	case doc.Read != "":
		var first error
		for _, raw := range []tag.Type{t.typ, tag.Float, tag.String} {
			program, err := expression.Compile(doc.Read, expression.Env{Vars: map[string]tag.Type{"raw": raw}})
			if err == nil && !gives(program.Type(), t.typ) && !(program.Type().IsNumber() && t.typ.IsNumber()) {
				err = spec.Problems{{Code: "expression_type", Message: fmt.Sprintf("The expression gives %s, the tag is %s.", program.Type(), t.typ)}}
			}
			if err == nil {
				s.raw, s.scale, first = raw, &scale{read: program, readVars: make([]tag.Sample, len(program.Vars()))}, nil
				break
			}
			if first == nil {
				first = err
			}
		}
		if first != nil {
			*ps = append(*ps, problemsOf(first, "expression_invalid").Under(at+"/read")...)
			return
		}
	case !t.typ.IsNumber():
		ps.Add("scale_type", at, "Remove the scale, or make the tag a number.", "A %s cannot be scaled.", t.typ)
		return
	default:
		s.scale, s.raw = linearScale(doc), tag.Float
	}
	if doc.Clamp {
		low, high := doc.Low, doc.High
		if doc.Read != "" && t.doc.Range != nil {
			low, high = t.doc.Range.Low, t.doc.Range.High
		}
		s.scale.clamp, s.scale.low, s.scale.high = true, min(low, high), max(low, high)
	}
	if doc.Write != "" {
		program, err := expression.Compile(doc.Write, expression.Env{Vars: map[string]tag.Type{"value": t.typ}})
		if err != nil {
			*ps = append(*ps, problemsOf(err, "expression_invalid").Under(at+"/write")...)
			return
		}
		s.scale.back = program
	}
}

// sort puts the computed tags in the order of their dependencies, and refuses cycles.
func (b *plantBuild) sort(ps *spec.Problems) {
	const (
		unseen = iota
		open
		closed
	)
	state := make(map[*tagBuild]int, len(b.tags))
	var trail []*tagBuild
	type frame struct {
		t    *tagBuild
		deps []tag.Path
	}
	for _, root := range b.tags {
		if root.program == nil || state[root] != unseen {
			continue
		}
		stack := []frame{{root, root.program.Tags()}}
		state[root], trail = open, append(trail[:0], root)
		for len(stack) > 0 {
			top := &stack[len(stack)-1]
			if len(top.deps) == 0 {
				state[top.t] = closed
				b.computed = append(b.computed, top.t)
				stack, trail = stack[:len(stack)-1], trail[:len(trail)-1]
				continue
			}
			dep := b.tag(top.deps[0])
			top.deps = top.deps[1:]
			if dep == nil || dep.program == nil {
				continue
			}
			switch state[dep] {
			case unseen:
				state[dep] = open
				stack, trail = append(stack, frame{dep, dep.program.Tags()}), append(trail, dep)
			case open:
				ps.Add("tag_cycle", fmt.Sprintf("/tags/%d/expr", top.t.index), "Break the circle: one of them must not depend on the next.",
					"Computed tags depend on each other in a circle: %s.", cycleText(trail, dep))
				return
			}
		}
	}
}

func cycleText(trail []*tagBuild, end *tagBuild) string {
	var names []string
	for i, t := range trail {
		if t == end {
			for _, t := range trail[i:] {
				names = append(names, string(t.doc.Path))
			}
			break
		}
	}
	if len(names) > 12 {
		names = append(names[:6:6], append([]string{"…"}, names[len(names)-5:]...)...)
	}
	return strings.Join(append(names, string(end.doc.Path)), " → ")
}

// sameJSON compares two JSON texts by content; an empty text is {}.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	read := func(raw json.RawMessage) (v any) {
		if len(raw) == 0 {
			return map[string]any{}
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		if d.Decode(&v) != nil {
			return string(raw)
		}
		return v
	}
	return reflect.DeepEqual(read(a), read(b))
}
