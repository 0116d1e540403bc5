package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/expression"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// FaultProp is the name under which what is wrong with the script of a widget is sent: "" when nothing is.
const FaultProp = "own:fault"

// ownUse is what one view has of one widget of the app's own: the slots of what its parts show.
type ownUse struct {
	widget   string
	outputs  []ownOutput
	instance *instance
	// mine are the slots of this view alone.
	mine []tag.Slot
}

// ownOutput is what one part shows.
type ownOutput struct {
	slot tag.Slot
	prop string
	// by are the bound settings that it is made of.
	by []boundProp
}

// bindOwn makes the outputs of a widget of the app's own that is bound in props: what its expressions give, and what its
// script sets. private tells apart instances of one opening; "" is shared. The swap lock is held.
func (e *Engine) bindOwn(v *view, w *app.Widget, props []boundProp, private string) *ownUse {
	o := v.app.Own(w.Type)
	if o == nil {
		return nil
	}
	use := &ownUse{widget: w.ID}
	constants := v.app.ConstantsOf(o, w)
	vars := map[string]tag.Type{}
	s := &scope{names: map[string]*name{}, vars: vars}
	by := map[string]boundProp{}
	var inputs []input
	for i := range o.Manifest.Settings {
		f := &o.Manifest.Settings[i]
		n := &name{typ: app.TypeOf(f), sample: tag.Sample{Quality: tag.BadNoData}}
		if raw, ok := constants[f.Name]; ok {
			if value, err := tag.Parse(raw, n.typ); err == nil && !value.IsNone() {
				n.sample = tag.Sample{Value: value}
				if n.typ == tag.None {
					n.typ = value.Type()
				}
			}
		}
		s.name(f.Name, n)
	}
	for _, p := range props {
		n := s.names[p.prop]
		if n == nil {
			continue
		}
		slot := p.slot
		if p.shared != nil {
			slot = p.shared.slot
		}
		by[p.prop] = p
		inputs = append(inputs, input{p.prop, slot})
		s.name(p.prop, &name{typ: n.typ, slot: slot, placed: true})
	}
	if o.Script != "" {
		use.instance = e.instanceFor(v, w, o, constants, inputs, private)
		use.outputs = append(use.outputs, ownOutput{slot: use.instance.fault, prop: FaultProp, by: props})
	}
	for i := range o.Parts {
		b := &o.Parts[i]
		out := ownOutput{prop: "part:" + b.Part + ":" + b.What}
		switch {
		case b.Expr != "":
			var reads []string
			out.slot, reads = e.ownExpression(b.Expr, s)
			use.mine = append(use.mine, out.slot)
			for _, id := range reads {
				if p, bound := by[id]; bound {
					out.by = append(out.by, p)
				}
			}
		case b.Set != "" && use.instance != nil:
			out.slot, out.by = use.instance.outputs[b.Set], props
		default:
			continue
		}
		use.outputs = append(use.outputs, out)
	}
	return use
}

// bindOwnShared binds a widget for all who have the view open, unless it depends on variables: then every opening does it. first
// and later are how many props and own props there were before those of the widget.
func (e *Engine) bindOwnShared(v *view, w *app.Widget, first, later int) {
	if !strings.HasPrefix(w.Type, app.OwnPrefix) {
		return
	}
	for _, o := range v.own[later:] {
		if _, animates := strings.CutPrefix(o.prop, "animate/"); !animates {
			v.ownLater = append(v.ownLater, w)
			return
		}
	}
	if use := e.bindOwn(v, w, slices.Clone(v.props[first:]), ""); use != nil {
		v.owned = append(v.owned, use)
	}
}

// bindOwnPrivate binds the widgets that depend on variables for one opening of a view.
func (e *Engine) bindOwnPrivate(v *view, p *private) {
	for _, w := range v.ownLater {
		var props []boundProp
		for _, list := range [][]boundProp{v.props, p.props} {
			for i := range list {
				if list[i].widget == w.ID {
					props = append(props, list[i])
				}
			}
		}
		if use := e.bindOwn(v, w, props, fmt.Sprint(e.opened)); use != nil {
			p.owned = append(p.owned, use)
		}
	}
}

// ownExpression makes the slot of an expression over settings, and says which it names.
func (e *Engine) ownExpression(text string, s *scope) (tag.Slot, []string) {
	program, err := compileOwn(text, s.vars)
	var l linked
	var typ tag.Type
	var reads []string
	if err != nil {
		_, q := problemOf(err)
		l.eval = unlinked(q)
	} else {
		l, typ, reads = e.link(program, s), program.Type(), program.Vars()
	}
	slot, err := e.table.AddComputed("", tag.Definition{Type: typ}, l.deps, l.eval)
	if err != nil {
		// An anonymous slot has no name to collide and nothing depends on it.
		e.log.Error("part not bound", "text", text, "error", err)
	}
	return slot, reads
}

// compileOwn compiles an expression of a widget of an app's own, which knows the settings and nothing else.
func compileOwn(text string, vars map[string]tag.Type) (*expression.Program, error) {
	program, err := expression.Compile(text, expression.Env{Vars: vars})
	if err == nil && len(program.Tags()) > 0 {
		return nil, &spec.Problem{Code: "expression_invalid", Message: "A widget knows its settings and no tags.", Hint: "Make a setting, and bind it to the tag where the widget is used."}
	}
	return program, err
}

// instanceFor finds or makes the instance of a widget, and counts one user more.
func (e *Engine) instanceFor(v *view, w *app.Widget, o *app.Own, constants map[string]json.RawMessage, inputs []input, private string) *instance {
	h := e.scripts.hostOf(v.installation)
	text, _ := json.Marshal(constants)
	sum := sha256.Sum256([]byte(o.Script))
	id := strings.TrimPrefix(w.Type, app.OwnPrefix)
	key := id + "@" + hex.EncodeToString(sum[:6])
	parts, _ := json.Marshal(o.Parts)
	on, _ := json.Marshal(w.On)
	mark := sha256.Sum256(slices.Concat(text, parts, on))
	draft := v.revision == 0
	identity := strings.Join([]string{fmt.Sprint(draft), v.screen.ID, v.scope.key, w.ID, key, o.Every.String(), private, hex.EncodeToString(mark[:])}, "\x00")
	if draft { // the key of the scope of a draft has its edition, and what was not changed goes on
		identity = strings.Join([]string{"draft", v.screen.ID, strings.SplitN(v.scope.key, "\x00draft ", 2)[0], w.ID, key, o.Every.String(), private, hex.EncodeToString(mark[:])}, "\x00")
	}
	h.mu.Lock()
	x := h.instances[identity]
	h.mu.Unlock()
	if x == nil {
		x = &instance{
			host: h, identity: identity, own: o, key: key, widget: id, screen: v.screen.ID, element: w.ID, draft: draft, title: o.Manifest.Title,
			outputs: map[string]tag.Slot{}, settings: constants, actions: map[string]bool{},
		}
		for event, actions := range w.On {
			x.actions[event] = len(actions) > 0
		}
		x.fault = e.addOutput()
		for i := range o.Parts {
			if set := o.Parts[i].Set; set != "" {
				if _, known := x.outputs[set]; !known {
					x.outputs[set] = e.addOutput()
				}
			}
		}
		if !e.ScriptsRun() {
			p := &spec.Problem{Code: "script_off", Message: "Scripts are not run here.", Hint: "Look whether the server was started in safe mode."}
			e.table.Apply([]tag.Update{{Slot: x.fault, Sample: faultOf(p)}})
		}
		e.scripts.mu.Lock()
		e.scripts.number++
		x.number = e.scripts.number
		e.scripts.mu.Unlock()
	}
	x.refs++
	x.mu.Lock()
	x.inputs = inputs
	x.mu.Unlock()
	h.mu.Lock()
	h.instances[identity], h.changed = x, true
	h.mu.Unlock()
	if e.ScriptsRun() {
		poke(h.wake)
	}
	return x
}

func (e *Engine) addOutput() tag.Slot {
	slot, err := e.table.Add("", tag.Definition{})
	if err != nil { // an anonymous slot has no name to collide
		e.log.Error("part not added", "error", err)
	}
	return slot
}

// releaseOwn gives the outputs of widgets back; the slots that nobody has any more are added to gone. The swap lock is held.
func (e *Engine) releaseOwn(uses []*ownUse, gone []tag.Slot) []tag.Slot {
	for _, u := range uses {
		gone = append(gone, u.mine...)
		x := u.instance
		if x == nil {
			continue
		}
		if x.refs--; x.refs > 0 {
			continue
		}
		gone = append(gone, x.fault)
		for _, slot := range x.outputs {
			gone = append(gone, slot)
		}
		x.host.mu.Lock()
		delete(x.host.instances, x.identity)
		x.host.gone, x.host.changed = append(x.host.gone, x), true
		x.host.mu.Unlock()
		poke(x.host.wake)
	}
	return gone
}

// ownBindings are the outputs of widgets as bindings of a screen.
func (e *Engine) ownBindings(uses []*ownUse) []ScreenBinding {
	var out []ScreenBinding
	for _, u := range uses {
		for i := range u.outputs {
			o := &u.outputs[i]
			b := ScreenBinding{Slot: o.slot, Widget: u.widget, Prop: o.prop}
			for _, p := range o.by {
				if p.shared != nil {
					b.Reads = append(b.Reads, p.shared.reads...)
				} else {
					b.Reads = append(b.Reads, p.path)
				}
			}
			if len(b.Reads) > 0 {
				b.Reads = e.expand(b.Reads)
			}
			out = append(out, b)
		}
	}
	return out
}

// instanceOf is what the script of a widget has of it on an open screen, nil when there is none.
func (s *Screen) instanceOf(widget string) *instance {
	if s.view == nil {
		return nil
	}
	uses := s.view.owned
	if s.private != nil {
		uses = slices.Concat(uses, s.private.owned)
	}
	for _, u := range uses {
		if u.widget == widget {
			return u.instance
		}
	}
	return nil
}
