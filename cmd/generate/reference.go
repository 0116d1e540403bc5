package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/connector"
	_ "github.com/lineside/lineside/runtime/connector/file"
	_ "github.com/lineside/lineside/runtime/connector/frame"
	_ "github.com/lineside/lineside/runtime/connector/http"
	_ "github.com/lineside/lineside/runtime/connector/modbus" // the page of connectors lists them
	_ "github.com/lineside/lineside/runtime/connector/mqtt"
	_ "github.com/lineside/lineside/runtime/connector/push"
	_ "github.com/lineside/lineside/runtime/connector/replay"
	_ "github.com/lineside/lineside/runtime/connector/s7"
	_ "github.com/lineside/lineside/runtime/connector/simulator"
	_ "github.com/lineside/lineside/runtime/connector/snmp"
	_ "github.com/lineside/lineside/runtime/connector/sparkplug"
	_ "github.com/lineside/lineside/runtime/connector/sql"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/northbound"
	_ "github.com/lineside/lineside/runtime/northbound/modbus"
	_ "github.com/lineside/lineside/runtime/northbound/mqtt"
	_ "github.com/lineside/lineside/runtime/northbound/sparkplug"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/widgets"
)

// connectorsPage makes docs/reference/connectors.md.
func connectorsPage(*source) ([]byte, error) {
	p := newPage("Connectors", `
A device of the plant document names its connector by id and gives its settings; a tag of the
device gives an address. Durations are written as "200ms", "5s" or "1h30m". Secrets are stored
encrypted, apart from the document.`)
	for _, t := range connector.Types() {
		p.heading(2, "%s (`%s`)", both(t.Title), t.ID)
		p.paragraph(t.Summary["en"])
		p.paragraph(t.Summary["zh"])
		var can []string
		if t.Push {
			can = append(can, "Values come by themselves; scan classes do not apply.")
		}
		if t.CanBrowse {
			can = append(can, "Devices can be browsed.")
		}
		p.paragraph(strings.Join(can, " "))
		p.heading(3, "Settings")
		p.fields(t.Settings)
		p.heading(3, "Address of a tag")
		p.fields(t.AddressFields)
	}
	return p.Bytes(), nil
}

// northboundPage makes docs/reference/northbound.md.
func northboundPage(*source) ([]byte, error) {
	p := newPage("Northbound interfaces", `
A northbound interface of the plant document names its kind by id and gives its settings; each entry
of its list of tags says by "map" how the tag is exposed. Secrets are stored encrypted, apart from
the document.`)
	for _, t := range northbound.Types() {
		p.heading(2, "%s (`%s`)", both(t.Title), t.ID)
		p.paragraph(t.Summary["en"])
		p.paragraph(t.Summary["zh"])
		if t.Areas {
			p.paragraph("An entry may stand for all tags of an area or asset.")
		}
		p.heading(3, "Settings")
		p.fields(t.Settings)
		p.heading(3, "Map of a tag")
		p.fields(t.MapFields)
	}
	return p.Bytes(), nil
}

// widgetsPage makes docs/reference/widgets.md.
func widgetsPage(*source) ([]byte, error) {
	catalogue, err := widgets.Load()
	if err != nil {
		return nil, err
	}
	p := newPage("Widgets", `
A widget of a screen names its type by id and gives properties. A property that can be bound takes
a constant, {"tag": path} or {"expr": text}.`)
	for _, m := range catalogue.List() {
		p.heading(2, "%s (`%s`)", both(m.Title), m.ID)
		p.paragraph(m.Summary["en"])
		p.paragraph(m.Summary["zh"])
		facts := []string{fmt.Sprintf("Version %d, %s, %g × %g pixels when dropped.", m.Version, m.View, m.Size.Width, m.Size.Height)}
		if m.Drop != "" {
			facts = append(facts, fmt.Sprintf("A dropped tag (%s) is bound to `%s`.", strings.Join(m.Fits, ", "), m.Drop))
		}
		if m.Writes != "" {
			facts = append(facts, fmt.Sprintf("It writes the tag that `%s` is bound to.", m.Writes))
		}
		if m.Group {
			facts = append(facts, "It holds other widgets.")
		}
		p.paragraph(strings.Join(facts, " "))
		p.fields(m.Settings)
		if len(m.Events) > 0 {
			names := make([]string, len(m.Events))
			for i, e := range m.Events {
				names[i] = fmt.Sprintf("`%s` (%s)", e.Name, both(e.Title))
			}
			p.paragraph("Events: " + strings.Join(names, ", ") + ".")
		}
		p.presets(m)
	}
	return p.Bytes(), nil
}

// actionsPage makes docs/reference/actions.md.
func actionsPage(*source) ([]byte, error) {
	p := newPage("Actions", `
At an event of a widget or screen actions run in order, on the server, with the rights of the person
who is logged in. One that fails ends them. Every action can have a condition, "if": an expression; when
it is not true the action is left out. Expressions of actions may name the variables of the screen, the inputs and
computed tags of the app, and "value": what came with the event, such as the number that was entered.`)
	for _, t := range action.Types() {
		p.heading(2, "%s (`%s`)", both(t.Title), t.ID)
		p.paragraph(t.Summary["en"])
		p.paragraph(t.Summary["zh"])
		if t.Again {
			p.paragraph("At the event `load` it is done once more when the screen opens itself anew, after a lost connection or a new revision.")
		}
		p.fields(t.Settings)
	}
	p.heading(2, "Events")
	p.paragraph("A key of a screen is `key:` and a chord: modifiers in the order Ctrl, Alt, Shift, Meta, then one key, such as `key:F2` or `key:Ctrl+Shift+S`.")
	var rows [][]string
	for _, g := range []struct {
		of     string
		events []spec.Option
	}{{"every widget", action.WidgetEvents}, {"widgets that the operator sets", action.InputEvents}, {"screens", action.ScreenEvents}} {
		for _, e := range g.events {
			rows = append(rows, []string{code(e.Value), both(e.Title), g.of})
		}
	}
	p.table([]string{"Event", "When", "Of"}, rows)
	return p.Bytes(), nil
}

// expressionsPage makes docs/reference/expressions.md.
func expressionsPage(src *source) ([]byte, error) {
	docs, err := src.of(module + "runtime/expression")
	if err != nil {
		return nil, err
	}
	p := newPage("Expressions", goDoc(docs.doc, 2))
	functions := expression.Functions()
	p.heading(2, "Functions")
	var index []string
	for _, f := range functions {
		index = append(index, code(f.Name))
	}
	p.paragraph(strings.Join(index, " · "))
	for _, f := range functions {
		p.heading(3, "%s", f.Name)
		p.paragraph(code(f.Signature))
		p.paragraph(f.Summary["en"])
		p.paragraph(f.Summary["zh"])
		var rows [][]string
		for _, e := range f.Examples {
			var tags []string
			for _, path := range slices.Sorted(maps.Keys(e.Tags)) {
				tags = append(tags, code(path+" = "+e.Tags[path]))
			}
			rows = append(rows, []string{code(e.Text), strings.Join(tags, ", "), code(e.Result)})
		}
		p.table([]string{"Example", "with", "gives"}, rows)
	}
	return p.Bytes(), nil
}
