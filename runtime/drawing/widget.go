package drawing

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/spec"
)

// Limits of what an SVG declares.
const (
	MaxVars     = 64
	MaxBindings = 500
	maxVarText  = 8 << 10
	maxExpr     = 4 << 10
)

// What can be changed of a part.
const (
	Text     = "text"     // what a text says
	Fill     = "fill"     // a colour or theme token
	Stroke   = "stroke"   // a colour or theme token
	Opacity  = "opacity"  // 0 to 1
	Visible  = "visible"  // true or false
	Blink    = "blink"    // true or false
	Rotate   = "rotate"   // degrees clockwise about the pivot
	Scale    = "scale"    // a factor about the pivot
	MoveX    = "x"        // to the right, in units of the drawing
	MoveY    = "y"        // down, in units of the drawing
	Progress = "progress" // how much of the line is drawn, 0 to 1
	Click    = "click"    // an event when the part is clicked
)

// Whats are all that can be changed of a part, and Click.
var Whats = []string{Text, Fill, Stroke, Opacity, Visible, Blink, Rotate, Scale, MoveX, MoveY, Progress, Click}

// PartBinding is what changes one thing of one part of the picture: exactly one of Expr, Set and Event.
type PartBinding struct {
	// Part is the id of a part of the drawing.
	Part string `json:"part"`
	// What is changed: text, fill, stroke, opacity (0 to 1), visible, blink, rotate (degrees about the pivot), scale (a factor about
	// the pivot), x and y (units of the drawing), progress (0 to 1: how much of the line is drawn); or click, which tells Event.
	What string `json:"what" enum:"text,fill,stroke,opacity,visible,blink,rotate,scale,x,y,progress,click"`
	// Expr is an expression over the settings.
	Expr string `json:"expr,omitempty"`
	// Set is the name under which the script sets it: me.set(name, value). Several may share one.
	Set string `json:"set,omitempty"`
	// Event is what a click on the part tells: the script, and the actions on it.
	Event string `json:"event,omitempty"`
}

// Var is a variable that an SVG declares: data-ls-var="speed:float:rpm=0; running:bool".
type Var struct {
	Name string
	// Type is bool, int, float, string, color or any.
	Type    string
	Unit    string
	Default json.RawMessage
}

// Declared is what an SVG says of itself by data-ls- attributes.
type Declared struct {
	Vars     []Var
	Bindings []PartBinding
}

// attribute begins the name of an attribute that declares something.
const attribute = "data-ls-"

// CompileWidget is Compile for the picture of a widget. Beside it reads what the SVG declares:
//
//	data-ls-var="speed:float:rpm=0; running:bool"  variables, on the root
//	data-ls-fill="running ? 'ok' : 'off'"          an expression, on an element; so each of Whats but click
//	data-ls-set-rotate="angle"                     the script sets it: me.set("angle", 90)
//	data-ls-click="pressed"                        the event of a click
//	data-ls-pivot="50 50"                          the point about which it turns and grows
//
// An element that declares something is a part with a name, whatever it was called. What is not understood is reported.
func CompileWidget(svg []byte) (*Drawing, Declared, spec.Problems) {
	c := &compiler{declare: true}
	d, ps := c.compile(svg)
	if d == nil {
		return nil, Declared{}, ps
	}
	return d, c.declared, append(c.wrong, ps...)
}

// problemIn adds what is wrong with a declaration.
func (c *compiler) problemIn(code, hint, format string, args ...any) {
	if len(c.wrong) < 50 {
		c.wrong = append(c.wrong, problem(code, fmt.Sprintf(format, args...), hint))
	}
}

var varName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,63}$`)

// varTypes are the types of variables.
var varTypes = []string{"bool", "int", "float", "string", "color", "any"}

// variables reads what the root declares.
func (c *compiler) variables(root *node) {
	text := root.attr(attribute + "var")
	if len(text) > maxVarText {
		c.problemIn("svg_var", "Declare them as settings of the widget.", "The variables have %d bytes, more than %d.", len(text), maxVarText)
		return
	}
	for _, one := range strings.Split(text, ";") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		if len(c.declared.Vars) == MaxVars {
			c.problemIn("svg_var", "Declare fewer.", "There are more than %d variables.", MaxVars)
			return
		}
		head, value, given := strings.Cut(one, "=")
		fields := strings.SplitN(head, ":", 3)
		v := Var{Name: strings.TrimSpace(fields[0]), Type: "any"}
		if len(fields) > 1 {
			v.Type = strings.TrimSpace(fields[1])
		}
		if len(fields) > 2 {
			v.Unit = strings.TrimSpace(fields[2])
		}
		switch {
		case !varName.MatchString(v.Name):
			c.problemIn("svg_var", `Write data-ls-var="speed:float:rpm=0; running:bool".`, "%q cannot be the name of a variable.", clip(v.Name))
			continue
		case !slices.Contains(varTypes, v.Type):
			c.problemIn("svg_var", "Use bool, int, float, string, color or any.", "%q is no type of a variable.", clip(v.Type))
			continue
		case len(v.Unit) > 32:
			c.problemIn("svg_var", "Write a unit such as rpm or m3/h.", "The unit of %q is too long.", v.Name)
			continue
		case slices.ContainsFunc(c.declared.Vars, func(o Var) bool { return o.Name == v.Name }):
			c.problemIn("svg_var", "Give each its own name.", "The variable %q is declared twice.", v.Name)
			continue
		}
		if given {
			var ok bool
			if v.Default, ok = constant(strings.TrimSpace(value), v.Type); !ok {
				c.problemIn("svg_var", "Write a value of its type.", "%q cannot be the value of the variable %q.", clip(value), v.Name)
				continue
			}
		}
		c.declared.Vars = append(c.declared.Vars, v)
	}
}

// constant reads a value of a type as JSON.
func constant(text, typ string) (json.RawMessage, bool) {
	switch typ {
	case "bool":
		return json.RawMessage(text), text == "true" || text == "false"
	case "int":
		n, err := strconv.ParseInt(text, 10, 64)
		return strconv.AppendInt(nil, n, 10), err == nil
	case "float":
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || f != f || f > 1e300 || f < -1e300 {
			return nil, false
		}
		return strconv.AppendFloat(nil, f, 'g', -1, 64), true
	case "color":
		if !spec.IsColor(text) {
			return nil, false
		}
	case "any":
		if raw := json.RawMessage(text); json.Valid(raw) && len(raw) > 0 && raw[0] != '{' && raw[0] != '[' {
			return raw, true
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(text) != nil {
		return nil, false
	}
	return bytes.TrimSpace(b.Bytes()), true
}

// declares reports whether an element declares something that needs a part with a name.
func (n *node) declares() bool {
	for key := range n.attrs {
		if strings.HasPrefix(key, attribute) && key != attribute+"var" {
			return true
		}
	}
	return false
}

// unread reports what declares something and was not drawn.
func (c *compiler) unread(n *node, root bool) {
	if n.declares() && !c.read[n] {
		c.problemIn("svg_binding", "Draw it as a shape, a group or a text of its own, or take its data-ls- attributes out.", "<%s> is not drawn by itself, so that nothing of it can be changed.", clip(n.name))
	}
	if !root && n.attr(attribute+"var") != "" {
		c.problemIn("svg_var", "Move it to <svg>.", "<%s> declares variables, which only <svg> can.", clip(n.name))
	}
	for _, k := range n.kids {
		c.unread(k, false)
	}
}

// bindings reads what an element declares of the part that it has become.
func (c *compiler) bindings(n *node, part *Part, m matrix) {
	if c.read == nil {
		c.read = map[*node]bool{}
	}
	c.read[n] = true
	keys := make([]string, 0, 4)
	for key := range n.attrs {
		if rest, ok := strings.CutPrefix(key, attribute); ok && rest != "var" {
			keys = append(keys, rest)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		text := n.attr(attribute + key)
		if len(c.declared.Bindings) == MaxBindings {
			c.problemIn("svg_binding", "Declare fewer.", "The SVG declares more than %d bindings.", MaxBindings)
			return
		}
		what, set := strings.CutPrefix(key, "set-")
		b := PartBinding{Part: part.ID, What: what}
		switch {
		case key == "pivot":
			p := numbers(text)
			if len(p) != 2 {
				c.problemIn("svg_binding", `Write two numbers: data-ls-pivot="50 50".`, "The pivot of the part %q is no point.", part.ID)
				continue
			}
			x, y := m.apply(p[0], p[1])
			part.Pivot = []float64{round(x), round(y)}
			continue
		case !slices.Contains(Whats, what) || set && what == Click:
			c.problemIn("svg_binding", "Use data-ls- with text, fill, stroke, opacity, visible, blink, rotate, scale, x, y, progress, click or pivot.", "%q is not known.", attribute+clip(key))
			continue
		case text == "":
			c.problemIn("svg_binding", "Write an expression, or take it out.", "%q of the part %q is empty.", attribute+key, part.ID)
			continue
		case len(text) > maxExpr:
			c.problemIn("svg_binding", "Make it shorter.", "%q of the part %q is too long.", attribute+key, part.ID)
			continue
		case what == Click && !varName.MatchString(text), set && !varName.MatchString(text):
			c.problemIn("svg_binding", `Begin with a letter; use letters, digits and "_"`, "%q cannot be a name.", clip(text))
			continue
		case what == Click:
			b.Event = text
		case set:
			b.Set = text
		default:
			b.Expr = text
		}
		c.declared.Bindings = append(c.declared.Bindings, b)
	}
}
