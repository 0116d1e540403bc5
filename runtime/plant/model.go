package plant

import (
	"encoding/json"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Model is a thing model: what all machines of one kind have in common. An Asset is one such
// machine; each property of its model is a tag below the path of the asset.
type Model struct {
	// ID is unique among models: letters, digits, "_" and "-", at most 64.
	ID          string    `json:"id"`
	Name        spec.Text `json:"name,omitempty"`
	Description string    `json:"description,omitempty"`
	// Icon is the id of an icon or of a symbol.
	Icon string `json:"icon,omitempty"`
	// Extends is the model that this one is a special kind of: it has all that the other has.
	Extends string `json:"extends,omitempty"`
	// Mixins are further models whose parameters, properties, commands and events this one has, too.
	// What stands here again replaces what came from there.
	Mixins []string `json:"mixins,omitempty"`
	// Parameters are what differs from one asset to the next. {id} stands for the value in the device, the
	// address, the scan class, the title, the description, the unit and the expressions of a property;
	// {id+4}, {id*10+1} compute with whole numbers, {id:02} writes 7 as 07. {path} and {name} are the path
	// of the asset and its last level, {title} its title.
	Parameters []Parameter `json:"parameters,omitempty"`
	Properties []Property  `json:"properties,omitempty"`
	Commands   []Command   `json:"commands,omitempty"`
	Events     []Event     `json:"events,omitempty"`
	// Faceplate is the screen that shows one of its assets; nil is that of the nearest model it builds on.
	Faceplate *Faceplate `json:"faceplate,omitempty"`
	// Device is the device that an asset brings along when it is stamped; nil is that of the nearest model it builds on.
	Device *DeviceTemplate `json:"device,omitempty"`
	// Marks of a model hold for its assets, too, and for models that build on it.
	Marks
}

// Parameter is what an asset must or may say of itself.
type Parameter struct {
	// ID is a letter, then letters, digits and "_"; path, name and title are taken.
	ID    string    `json:"id"`
	Type  string    `json:"type" enum:"string,int,float,bool,device"`
	Title spec.Text `json:"title,omitempty"`
	// Default is the value where an asset gives none.
	Default json.RawMessage `json:"default,omitempty"`
	// Required refuses an asset that gives no value.
	Required bool `json:"required,omitempty"`
}

// Property is a tag that every asset of the model has, at <path of the asset>/<id>.
// In an expression tag("./speed") is the property speed of the same asset, tag("../flow") the tag
// flow one level up; sumOf("pump", "power") is the sum over all pumps below the asset.
type Property struct {
	// ID is the end of the path of the tag: one level or several, "speed" or "motor/speed".
	ID string `json:"id"`
	Definition
}

// Asset is one machine of a model, at a place of the ISA-95 hierarchy.
type Asset struct {
	// Path is where it is; its tags lie below. It is also what rights are given for.
	Path  tag.Path  `json:"path"`
	Model string    `json:"model"`
	Title spec.Text `json:"title,omitempty"`
	// Params are the values of the parameters of the model.
	Params map[string]json.RawMessage `json:"params,omitempty"`
	// Overrides are by property what differs from the model here, as a JSON Merge Patch (RFC 7396) of the
	// property: {"speed": {"range": {"low": 0, "high": 3000}, "unit": null}}. To reset, take it away.
	Overrides map[string]json.RawMessage `json:"overrides,omitempty"`
	// Relations are what it has to do with other assets.
	Relations []Relation `json:"relations,omitempty"`
	// Disabled keeps the asset in the document, without tags.
	Disabled bool `json:"disabled,omitempty"`
	Marks
}
