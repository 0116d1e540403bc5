// Package app is the document of what somebody built: screens, computed tags, texts.
// It holds no address of a device, so that it can travel.
package app

import (
	"encoding/json"

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
	// Start is the id of the screen shown first; "" is the first.
	Start   string   `json:"start,omitempty"`
	Screens []Screen `json:"screens"`
}

// Input is something the app needs and an installation maps.
type Input struct {
	ID    string    `json:"id"`
	Kind  string    `json:"kind" enum:"tag,parameter"`
	Type  string    `json:"type" enum:"bool,int,float,string"`
	Unit  string    `json:"unit,omitempty"`
	Title spec.Text `json:"title,omitempty"`
	// Default is the value of a parameter that is not mapped, or the tag path of a tag.
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
	Fit     string   `json:"fit,omitempty" enum:"fit,width,fixed"`
	Widgets []Widget `json:"widgets"`
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
	Locked bool    `json:"locked,omitempty"`
	Hidden bool    `json:"hidden,omitempty"`
	// Props are the properties by name: a constant (null, bool, number, string, array) or
	// a binding, which is an object: {"tag": path} or {"expr": text}.
	Props map[string]json.RawMessage `json:"props,omitempty"`
	// On are the actions by event.
	On map[string][]Action `json:"on,omitempty"`
}

// Binding is what stands in Props in place of a constant: exactly one of the two.
type Binding struct {
	// Tag is the path of a tag.
	Tag string `json:"tag,omitempty"`
	// Expr is an expression; it names tags by tag("path") and inputs by their id.
	Expr string `json:"expr,omitempty"`
}

// Action is done when an event of a widget comes.
type Action struct {
	// Do is what is done: write, toggle (tag), open (screen).
	Do  string `json:"do" enum:"write,toggle,open"`
	Tag string `json:"tag,omitempty"`
	// Value is written: a JSON scalar; or {"expr": text} evaluated when the action runs.
	Value json.RawMessage `json:"value,omitempty"`
	// Screen is opened.
	Screen string `json:"screen,omitempty"`
	// Confirm is asked first; "" asks what the tag's own policy says.
	Confirm string `json:"confirm,omitempty"`
}

// Installation is an app at work: a version with its mapping of inputs.
type Installation struct {
	// ID is unique in the runtime and stands in addresses: letters, digits, "_" and "-".
	ID string `json:"id"`
	// Mapping gives every input a value: a tag path for kind tag, a JSON scalar for a parameter.
	Mapping map[string]json.RawMessage `json:"mapping,omitempty"`
}
