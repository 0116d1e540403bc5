package main

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/northbound"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/runtime/unit"
	"github.com/lineside/lineside/widgets"
)

// sections are the types that the pages use; what they are made of comes along.
var sections = []struct {
	title string
	types []reflect.Type
}{
	{"The app document.", []reflect.Type{reflect.TypeFor[app.App](), reflect.TypeFor[app.Binding](), reflect.TypeFor[app.Installation]()}},
	{"The plant document.", []reflect.Type{reflect.TypeFor[plant.Plant]()}},
	{"What components say of themselves.", []reflect.Type{reflect.TypeFor[widgets.Manifest](), reflect.TypeFor[connector.Type](), reflect.TypeFor[northbound.Type](), reflect.TypeFor[connector.Node](), reflect.TypeFor[spec.Problem](), reflect.TypeFor[action.Type]()}},
	{"The live protocol at /api/v1/live.", []reflect.Type{reflect.TypeFor[session.Request](), reflect.TypeFor[session.Reply](), reflect.TypeFor[session.Values](), reflect.TypeFor[session.Slots](), reflect.TypeFor[session.Notice](), reflect.TypeFor[session.Writes](), reflect.TypeFor[session.Alarms]()}},
	{"Messages about alarms.", []reflect.Type{reflect.TypeFor[notify.Config](), reflect.TypeFor[notify.Person](), reflect.TypeFor[notify.Kind](), reflect.TypeFor[notify.Outgoing](), reflect.TypeFor[notify.Doing](), reflect.TypeFor[notify.Gap]()}},
	{"Reports.", []reflect.Type{reflect.TypeFor[report.Report](), reflect.TypeFor[report.Template](), reflect.TypeFor[report.Layout](), reflect.TypeFor[api.ReportList](), reflect.TypeFor[api.ReportRuns](), reflect.TypeFor[api.ReportPreview](), reflect.TypeFor[api.ReportNew](), reflect.TypeFor[api.ReportMake]()}},
	{"Expressions.", []reflect.Type{reflect.TypeFor[expression.Function]()}},
	{"Devices, imports and changes.", []reflect.Type{reflect.TypeFor[engine.DeviceStatus](), reflect.TypeFor[engine.NorthboundStatus](), reflect.TypeFor[plant.Import](), reflect.TypeFor[app.Change]()}},
	{"Units.", []reflect.Type{reflect.TypeFor[unit.CommonUnit](), reflect.TypeFor[unit.Quantity](), reflect.TypeFor[unit.Shown](), reflect.TypeFor[unit.Preference]()}},
	{"Who may do what.", []reflect.Type{reflect.TypeFor[auth.Grant]()}},
}

// tsNames are the names that differ from the Go name, which says less outside its package.
var tsNames = map[string]string{
	"unit.Shown": "ShownUnit", "unit.Preference": "UnitPreference",
	"notify.Config": "Messages", "notify.Channel": "MessageChannel", "notify.Template": "MessageTemplate", "notify.Shift": "RosterShift", "notify.Hours": "MessageHours", "notify.Route": "MessageRoute", "notify.Step": "MessageStep", "notify.Person": "MessagePerson", "notify.Outgoing": "Message", "notify.Kind": "ChannelKind", "notify.Preset": "ChannelPreset", "notify.Doing": "ChannelState", "notify.Gap": "RosterGap", "notify.Reach": "ChannelReach", "notify.State": "MessageState",
	"app.Tag": "AppTag", "app.Alarm": "AppAlarm", "app.Input": "AppInput",
	"plant.Tag": "PlantTag", "plant.Definition": "TagDefinition", "plant.Write": "TagWrite", "plant.Scan": "ScanClass",
	"plant.Model": "ThingModel", "plant.Parameter": "ModelParameter", "plant.Property": "ModelProperty", "plant.Command": "ModelCommand", "plant.Event": "ModelEvent", "plant.Input": "CommandInput",
	"action.Type": "ActionType", "widgets.Size": "WidgetSize", "widgets.Event": "WidgetEvent",
	"expression.Function": "ExpressionFunction", "expression.Example": "ExpressionExample", "plant.Import": "SheetImport",
	"connector.Type": "ConnectorType", "northbound.Type": "NorthboundType", "northbound.Stats": "NorthboundStats", "northbound.Peer": "NorthboundPeer", "connector.Node": "BrowseNode",
	"session.Request": "LiveRequest", "session.Reply": "LiveReply", "session.Error": "LiveError",
	"session.Values": "ValuesFrame", "session.Slots": "SlotsFrame", "session.Notice": "NoticeFrame", "session.Writes": "WritesFrame", "session.Alarms": "AlarmsFrame", "alarm.Band": "AlarmBand", "alarm.Alarm": "TagAlarm", "alarm.Classification": "AlarmClass", "alarm.Period": "AlarmPeriod", "alarm.Reaction": "AlarmWrite", "alarm.Tune": "AlarmTune", "alarm.Tuned": "AlarmTuned", "alarm.Deed": "AlarmDeed", "alarm.Shelf": "AlarmShelf", "session.Meta": "Meta",
}

// tsTypes are types that are written by hand below, because JSON says more than Go does.
var tsTypes = map[string]string{
	"spec.Text": "Text", "tag.Path": "string", "tag.Pattern": "string", "json.RawMessage": "unknown", "time.Time": "string",
	"spec.Kind": "FieldKind", "session.WatchSlot": "WatchSlot", "spec.Duration": "string",
}

// tsFields are fields whose JSON is narrower than their Go type.
var tsFields = map[string]string{
	"app.Widget.Props": "Record<string, Prop>",
	"action.Action.Do": actionIDs(`"%s"`, " | "), "action.Action.Value": "Scalar | Binding", "action.Action.Params": "Record<string, Scalar | Binding>",
	"action.Effect.Params": "Record<string, unknown>",
	"app.Variable.Default": "Scalar",
	"app.Input.Default":    "Scalar", "app.Installation.Mapping": "Record<string, Scalar>",
	"session.Reply.Values": "Row[]", "session.Values.Values": "Row[]", "session.Reply.Screen": "Screen",
	"session.Values.Op": `"values"`, "session.Notice.Op": `"notice"`, "session.Writes.Op": `"writes"`, "session.Alarms.Op": `"alarms"`, "session.Slots.Op": `"slots"`,
	"plant.Device.Settings": "Record<string, unknown>", "plant.Northbound.Settings": "Record<string, unknown>", "plant.Exposed.Map": "Record<string, unknown>", "plant.Definition.Address": "Record<string, unknown>",
	"plant.Asset.Params":    "Record<string, string | number | boolean>",
	"plant.Asset.Overrides": "Record<string, Record<string, unknown>>", "plant.Parameter.Default": "string | number | boolean",
	"connector.Node.Address": "Record<string, unknown>",
	"session.Meta.Type":      "TagType", "session.Meta.Confirm": `"none" | "ask" | "reason"`,
	"spec.Problem.Severity": `"error" | "warning"`, "widgets.Manifest.Fits": "TagType[]",
}

// actionIDs are the ids of all actions.
func actionIDs(each, between string) string {
	var out []string
	for _, t := range action.Types() {
		out = append(out, fmt.Sprintf(each, t.ID))
	}
	return strings.Join(out, between)
}

const tsHead = `// ` + mark + `

/** A text by language ("en", "zh"); English is always there. */
export type Text = Record<string, string>;

/** A constant that can be written to a tag. */
export type Scalar = boolean | number | string | null;

/** A constant of a property. */
export type Constant = Scalar | unknown[];

/** A text by key in place of a constant text: one of App.texts. */
export interface TextKey {
  text: string;
}

/** The value of a property in a document: a constant, a text by key or a binding. */
export type Prop = Constant | TextKey | Binding;

/** A row of live values: [slot, value] when good at the time of the frame; then quality, then source time in ms. */
export type Row = [slot: number, value: unknown, quality?: number, time?: number];

/** Which slot of a watch shows which tag. */
export type WatchSlot = [slot: number, path: string];

/** A frame from the server that is no reply. */
export type LiveFrame = ValuesFrame | SlotsFrame | NoticeFrame | WritesFrame | AlarmsFrame;
`

// typeScript makes runtime/client/types.gen.ts.
func typeScript(src *source) ([]byte, error) {
	w := &tsWriter{src: src, names: map[string]reflect.Type{}, done: map[reflect.Type]bool{}}
	w.WriteString(tsHead)
	for _, s := range sections {
		if len(s.types) == 0 {
			continue
		}
		fmt.Fprintf(w, "\n// %s\n", s.title)
		w.queue = append(w.queue, s.types...)
		for len(w.queue) > 0 {
			t := w.queue[0]
			w.queue = w.queue[1:]
			if err := w.declare(t); err != nil {
				return nil, err
			}
		}
	}
	if err := w.apiTypes(); err != nil {
		return nil, err
	}
	if err := w.constants(); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

type tsWriter struct {
	bytes.Buffer
	src   *source
	names map[string]reflect.Type
	done  map[reflect.Type]bool
	queue []reflect.Type
}

func (w *tsWriter) name(t reflect.Type) string {
	if strings.HasPrefix(key(t), "report.") && t.Name() != "Report" {
		return "Report" + t.Name() // as in the API
	}
	if n, ok := tsNames[key(t)]; ok {
		return n
	}
	return t.Name()
}

func (w *tsWriter) declare(t reflect.Type) error {
	if w.done[t] {
		return nil
	}
	w.done[t] = true
	name := w.name(t)
	if other, ok := w.names[name]; ok {
		return fmt.Errorf("%s and %s are both %s: name one in tsNames", key(t), key(other), name)
	}
	w.names[name] = t
	w.WriteByte('\n')
	w.doc("", renamed(w.src.typeDoc(t), t.Name(), name))
	extends := ""
	for f := range t.Fields() {
		if f.Anonymous && f.Tag.Get("json") == "" {
			if extends == "" {
				extends = " extends "
			} else {
				extends += ", "
			}
			extends += w.ref(deref(f.Type))
		}
	}
	fmt.Fprintf(w, "export interface %s%s {\n", name, extends)
	for f := range t.Fields() {
		jsonName, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if jsonName == "" || jsonName == "-" || !f.IsExported() {
			continue
		}
		w.doc("  ", renamed(w.src.fieldDoc(t, f.Name), f.Name, jsonName))
		optional := ""
		if strings.Contains(opts, "omitempty") || strings.Contains(opts, "omitzero") {
			optional = "?"
		}
		typ := tsFields[key(t)+"."+f.Name]
		switch enum := f.Tag.Get("enum"); {
		case typ != "":
			w.mention(f.Type)
		case enum != "":
			typ = `"` + strings.ReplaceAll(enum, ",", `" | "`) + `"`
			if f.Type.Kind() == reflect.Slice {
				typ = "(" + typ + ")[]"
			}
		default:
			typ = w.typeOf(f.Type)
			if f.Type.Kind() == reflect.Pointer && optional == "" {
				typ += " | null"
			}
		}
		fmt.Fprintf(w, "  %s%s: %s;\n", quoteKey(jsonName), optional, typ)
	}
	w.WriteString("}\n")
	return nil
}

func deref(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t
}

// ref is the name of a struct, which is declared later on.
func (w *tsWriter) ref(t reflect.Type) string {
	w.queue = append(w.queue, t)
	return w.name(t)
}

// mention declares the structs in a type without writing it.
func (w *tsWriter) mention(t reflect.Type) { _ = w.typeOf(t) }

func (w *tsWriter) typeOf(t reflect.Type) string {
	if t.Name() != "" {
		if s, ok := tsTypes[key(t)]; ok {
			return s
		}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return w.typeOf(t.Elem())
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Interface:
		return "unknown"
	case reflect.Slice, reflect.Array:
		if t.Elem().Kind() == reflect.Uint8 {
			return "string"
		}
		e := w.typeOf(t.Elem())
		if strings.ContainsAny(e, " |") {
			e = "(" + e + ")"
		}
		return e + "[]"
	case reflect.Map:
		return "Record<string, " + w.typeOf(t.Elem()) + ">"
	case reflect.Struct:
		if t.Name() == "" {
			panic("generate: a struct without a name cannot be declared")
		}
		return w.ref(t)
	}
	return "number"
}

func quoteKey(s string) string {
	for _, c := range s {
		if !(c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
			return fmt.Sprintf("%q", s)
		}
	}
	return s
}

// renamed puts the outer name of a thing in its comment in place of its Go name.
func renamed(doc, goName, name string) string {
	if rest, ok := strings.CutPrefix(doc, goName+" "); ok {
		return name + " " + rest
	}
	return doc
}

func (w *tsWriter) doc(indent, text string) {
	text = strings.ReplaceAll(strings.TrimSpace(text), "*/", `*\/`)
	switch {
	case text == "":
	case !strings.Contains(text, "\n"):
		fmt.Fprintf(w, "%s/** %s */\n", indent, text)
	default:
		fmt.Fprintf(w, "%s/**\n", indent)
		for line := range strings.Lines(text) {
			fmt.Fprintln(w, strings.TrimRight(indent+" * "+strings.TrimRight(line, "\n"), " "))
		}
		fmt.Fprintf(w, "%s */\n", indent)
	}
}

// constants writes close codes, limits, qualities, kinds and roles.
func (w *tsWriter) constants() error {
	wire, err := w.src.of(module + "runtime/session")
	if err != nil {
		return err
	}
	closes, limits := group{}, group{}
	for _, g := range wire.groups {
		if g.file != "wire.go" {
			continue
		}
		for _, c := range g.consts {
			if rest, ok := strings.CutPrefix(c.name, "Close"); ok {
				closes = append(closes, entry{lowerFirst(rest), c.value, c.doc})
			} else {
				limits = append(limits, entry{lowerFirst(c.name), c.value, renamed(c.doc, c.name, lowerFirst(c.name))})
			}
		}
	}
	w.object("CloseCode", "Close codes of the live connection. After 4000–4499 the client comes back by itself, after 4500–4999 not.", closes)
	w.object("LiveLimit", "Limits of what a client may send, and the time tolerance of a row in ms.", limits)

	names := tag.QualityNames()
	var qualities group
	for _, q := range slices.Sorted(maps.Keys(names)) {
		qualities = append(qualities, entry{names[q], fmt.Sprintf("0x%08x", uint32(q)), ""})
	}
	w.object("Quality", "Qualities with a name (OPC 10000-4 StatusCode). Bit 31 is bad, bit 30 alone is uncertain.", qualities)

	specs, err := w.src.of(module + "runtime/spec")
	if err != nil {
		return err
	}
	w.union("FieldKind", "What a field holds, and so how it is edited.", specs.values("Kind"))
	var actions []string
	for _, a := range auth.ActionNames {
		actions = append(actions, a.Name)
	}
	w.union("Right", "Something a person may be allowed to do in an area.", actions)
	w.union("TagType", "The type of a tag.", []string{"bool", "int", "float", "string", "bytes", "json"})
	fmt.Fprintf(w, "\n/** The format of documents that this version writes. */\nexport const FORMAT = { app: %d, plant: %d } as const;\n", app.Format, plant.Format)
	return nil
}

type entry struct{ name, value, doc string }

type group []entry

func (w *tsWriter) object(name, doc string, g group) {
	w.WriteByte('\n')
	w.doc("", doc)
	fmt.Fprintf(w, "export const %s = {\n", name)
	for _, e := range g {
		w.doc("  ", e.doc)
		fmt.Fprintf(w, "  %s: %s,\n", e.name, e.value)
	}
	fmt.Fprintf(w, "} as const;\n")
}

func (w *tsWriter) union(name, doc string, values []string) {
	if len(values) == 0 {
		return
	}
	w.WriteByte('\n')
	w.doc("", doc)
	fmt.Fprintf(w, "export type %s = \"%s\";\n", name, strings.Join(values, `" | "`))
}

func lowerFirst(s string) string { return strings.ToLower(s[:1]) + s[1:] }
