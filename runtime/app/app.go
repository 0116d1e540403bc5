// Package app is the document of what somebody built: screens, computed tags, texts.
// It holds no address of a device, so that it can travel.
package app

import (
	"encoding/json"

	"github.com/lineside/lineside/runtime/action"
	"github.com/lineside/lineside/runtime/drawing"
	"github.com/lineside/lineside/runtime/spec"
)

// Format is the version of the app document that this runtime writes.
const Format = 2

// App is the document.
type App struct {
	// Format is the version of the document format.
	Format int `json:"format"`
	// ID is a reverse-DNS name: "com.example.boiler".
	ID string `json:"id"`
	// Version is a semantic version (semver.org 2.0).
	Version     string    `json:"version"`
	Name        spec.Text `json:"name"`
	Description spec.Text `json:"description,omitempty"`
	// Icon is the name of a symbol of the icon set.
	Icon      string `json:"icon,omitempty"`
	Publisher string `json:"publisher,omitempty"`
	License   string `json:"license,omitempty"`
	// Uses is the version of every widget type at save time: type → version.
	Uses map[string]int `json:"uses,omitempty"`
	// Inputs are what the app needs from the plant; an expression names them by id.
	Inputs []Input `json:"inputs,omitempty"`
	// Tags are computed tags, published below apps/<installation>/.
	Tags []Tag `json:"tags,omitempty"`
	// Alarms are those of the app itself, watched for as long as it is installed.
	Alarms []Alarm `json:"alarms,omitempty"`
	// Languages are those that the texts by key are kept in, English first; empty is English and Chinese.
	Languages []string `json:"languages,omitempty"`
	// Texts are the texts by key. A property of a text kind names one by {"text": key}.
	Texts map[string]spec.Text `json:"texts,omitempty"`
	// Theme is how the app looks as a whole; nil is the look of the site.
	Theme *Theme `json:"theme,omitempty"`
	// Navigation is how one gets from screen to screen; nil is a tab for every screen.
	Navigation *Navigation `json:"navigation,omitempty"`
	// Drawings are pictures of named vector parts, shown by the widget "drawing".
	Drawings []Drawing `json:"drawings,omitempty"`
	// Widgets are widget types of the app's own; "own:" and the id is their type on a screen.
	Widgets []ScriptedWidget `json:"widgets,omitempty"`
	// Start is the id of the screen shown first; "" is the first.
	Start   string   `json:"start,omitempty"`
	Screens []Screen `json:"screens"`
}

// Theme is how an app looks as a whole.
type Theme struct {
	// Scheme is light or dark for everybody; "" leaves it to the operator.
	Scheme string `json:"scheme,omitempty" enum:"light,dark"`
	// Logo is an image as a data: URL.
	Logo string `json:"logo,omitempty"`
}

// Navigation is how one gets from screen to screen.
type Navigation struct {
	// Style is where the entries stand: header (tabs; the default), menu (a column at the left
	// that folds) or none (only by actions).
	Style string `json:"style,omitempty" enum:"header,menu,none"`
	// Breadcrumbs shows the way from the start screen.
	Breadcrumbs bool `json:"breadcrumbs,omitempty"`
	// Items are the entries; empty is one for every screen.
	Items []NavigationItem `json:"items,omitempty"`
	// Starts is the screen shown first by role (auth.Roles), before App.Start.
	Starts map[string]string `json:"starts,omitempty"`
}

// NavigationItem is an entry: a screen, or a heading with entries below it.
type NavigationItem struct {
	// Title is what it says; empty is the name of the screen.
	Title spec.Text `json:"title,omitempty"`
	// Icon is the name of a symbol of the icon set.
	Icon string `json:"icon,omitempty"`
	// Screen is the id of the screen; "" for a heading.
	Screen string `json:"screen,omitempty"`
	// Roles are those who see it (auth.Roles); empty is everybody.
	Roles []string         `json:"roles,omitempty"`
	Items []NavigationItem `json:"items,omitempty"`
}

// Drawing is a picture of vector parts in a closed vocabulary; nothing in it is active.
type Drawing = drawing.Drawing

// Part is one vector part of a drawing.
type Part = drawing.Part

// Input is something the app needs and an installation maps; who opens a screen may give it another
// value there, so that one faceplate serves many machines.
type Input struct {
	ID string `json:"id"`
	// Kind is a tag, a parameter (a value), or an asset: then tag("{id}/speed") is the tag speed below it,
	// and {"tag": "{id}/speed"} binds to it.
	Kind string `json:"kind" enum:"tag,parameter,asset"`
	// Type is that of a tag or parameter.
	Type string `json:"type,omitempty" enum:"bool,int,float,string"`
	// Model is the id of the model that an asset must be of, or of one that it builds on.
	Model string    `json:"model,omitempty"`
	Unit  string    `json:"unit,omitempty"`
	Title spec.Text `json:"title,omitempty"`
	// Default is the value of a parameter that is not mapped, or the path of a tag or asset.
	Default json.RawMessage `json:"default,omitempty"`
}

// Tag is a computed tag of the app.
type Tag struct {
	ID    string    `json:"id"`
	Expr  string    `json:"expr"`
	Unit  string    `json:"unit,omitempty"`
	Title spec.Text `json:"title,omitempty"`
}

// Screen is one drawn page. Its widgets are in drawing order, the last on top.
type Screen struct {
	ID   string    `json:"id"`
	Name spec.Text `json:"name"`
	// Width and Height are the size of the drawing in pixels, 100 to 10,000.
	Width  int `json:"width"`
	Height int `json:"height"`
	// Level is the ISA-101 display level, 1 overview to 4 support; 0 is not said.
	Level int `json:"level,omitempty"`
	// Ground is the background: a theme token or colour; "" is the token "ground".
	Ground string `json:"ground,omitempty"`
	// Fit says how a browser shows it: fit (default, whole screen visible), width, fixed.
	Fit string `json:"fit,omitempty" enum:"fit,width,fixed"`
	// Layout is canvas (default: every widget where it was put) or page: 12 columns, and widgets
	// lie where their Cells say for the width of the browser.
	Layout string `json:"layout,omitempty" enum:"canvas,page"`
	// Variables belong to one person looking at the screen; expressions name them by id.
	Variables []Variable `json:"variables,omitempty"`
	// On are the actions by event of the screen: load, unload, or "key:" and a chord such as "key:F2" or "key:Ctrl+S".
	On      map[string][]Action `json:"on,omitempty"`
	Widgets []Widget            `json:"widgets"`
}

// Variable is a value of a screen that lasts as long as the screen is open, for each who looks at it.
type Variable struct {
	ID      string          `json:"id"`
	Type    string          `json:"type" enum:"bool,int,float,string"`
	Title   spec.Text       `json:"title,omitempty"`
	Default json.RawMessage `json:"default,omitempty"`
}

// Widget is one element of a screen.
type Widget struct {
	// ID is unique in the screen: letters, digits, "_" and "-".
	ID string `json:"id"`
	// Type is the id of a widget of the catalogue.
	Type string `json:"type"`
	// Name is what the engineer calls it.
	Name string `json:"name,omitempty"`
	// Parent is the id of the group it is in; X and Y are then relative to that group.
	Parent string  `json:"parent,omitempty"`
	X      float64 `json:"x"`
	Y      float64 `json:"y"`
	Width  float64 `json:"w"`
	Height float64 `json:"h"`
	// Pane is which pane of its parent it is in, from 0: of tabs and split.
	Pane int `json:"pane,omitempty"`
	// Cells is its place on a page by width of the browser: large, medium, small.
	Cells map[string]Cell `json:"cells,omitempty"`
	// Rotate is in degrees clockwise about the middle of its box, 0 to below 360. What is in a group
	// turns with it, about the middle of the group.
	Rotate float64 `json:"rotate,omitempty"`
	// Flip mirrors it before it is turned: x (left and right), y or xy. Texts stay readable. What is in
	// a group is mirrored with it.
	Flip   string `json:"flip,omitempty" enum:"x,y,xy"`
	Locked bool   `json:"locked,omitempty"`
	Hidden bool   `json:"hidden,omitempty"`
	// From and To are what the ends of a pipe or line stick to.
	From *Joint `json:"from,omitempty"`
	To   *Joint `json:"to,omitempty"`
	// Version is the version of the type that the properties are of, when they could not be brought to that of
	// App.Uses; 0 for all others.
	Version int `json:"version,omitempty"`
	// Props are the properties by name: a constant (null, bool, number, string, array) or
	// a binding, which is an object: {"tag": path} or {"expr": text}.
	Props map[string]json.RawMessage `json:"props,omitempty"`
	// Animate changes how it looks by values; a later one wins over an earlier.
	Animate []Animation `json:"animate,omitempty"`
	// On are the actions by event.
	On map[string][]Action `json:"on,omitempty"`
}

// Cell is a place on a page of 12 columns.
type Cell struct {
	// Column is 0 to 11, Span 1 to 12 columns.
	Column int `json:"column"`
	Span   int `json:"span"`
	// Row and Rows are in steps of 8 px, from 0 and at least 1.
	Row    int  `json:"row"`
	Rows   int  `json:"rows"`
	Hidden bool `json:"hidden,omitempty"`
}

// Joint is a connection point of a widget.
type Joint struct {
	// Widget is its id on the same screen.
	Widget string `json:"widget"`
	// Point is the name of a point of its manifest, or n, e, s, w: the middle of a side.
	Point string `json:"point"`
}

// Animation changes one thing of a widget by a value.
type Animation struct {
	// What is changed: visible, opacity, rotate, scale, move or blink of the whole, or the name of a
	// property of the widget that may be bound ("fill", "level", "flow").
	What string `json:"what"`
	// Part is the part of a drawing that is changed; "" is the whole widget.
	Part string `json:"part,omitempty"`
	// By gives the value.
	By Binding `json:"by"`
	// In and Out map a number: In is [low, high] of the value, Out what they become, linear between
	// and held outside. rotate: degrees on top of its own; scale: factor; opacity: 0 to 1; move: the points
	// x0, y0, x1, y1, … of a way in pixels from the widget's own place; a property: its own numbers.
	In  []float64 `json:"in,omitempty"`
	Out []float64 `json:"out,omitempty"`
	// Steps are looked through in order, and the first that fits gives the value; before In and Out. Of a
	// move a step sets how far along the way, 0 to 1. Without Steps, In and Else the value itself is taken.
	Steps []Step `json:"steps,omitempty"`
	// Else is taken when no step fits and there is no In; absent leaves the widget as it is.
	Else json.RawMessage `json:"else,omitempty"`
}

// Step is one row of a range table. It fits when everything that it names does.
type Step struct {
	// From and Below bound a number: from <= value < below.
	From  *float64 `json:"from,omitempty"`
	Below *float64 `json:"below,omitempty"`
	// Mask fits when all its bits are set in a whole number.
	Mask uint32 `json:"mask,omitempty"`
	// Is fits an equal scalar: true, 3, "open".
	Is json.RawMessage `json:"is,omitempty"`
	// Set is what it becomes: a JSON scalar of the kind that What takes.
	Set json.RawMessage `json:"set"`
}

// Binding is what stands in Props in place of a constant: exactly one of the two.
type Binding struct {
	// Tag is the path of a tag.
	Tag string `json:"tag,omitempty"`
	// Expr is an expression; it names tags by tag("path") and inputs by their id.
	Expr string `json:"expr,omitempty"`
}

// Action is done when an event of a widget or screen comes; see package action.
type Action = action.Action

// Installation is an app at work: a version with its mapping of inputs.
type Installation struct {
	// ID is unique in the runtime and stands in addresses: letters, digits, "_" and "-".
	ID string `json:"id"`
	// Mapping gives every input a value: a tag path for kind tag, a JSON scalar for a parameter.
	Mapping map[string]json.RawMessage `json:"mapping,omitempty"`
}
