package plant

import (
	"net/url"

	"github.com/lineside/lineside/runtime/tag"
)

// Faceplate is the screen that shows one asset of a model, and where it is operated.
type Faceplate struct {
	// App is the id of the installation, Screen the id of its screen; "" is its start screen.
	App    string `json:"app"`
	Screen string `json:"screen,omitempty"`
	// Input is the input of the app that takes the asset: of kind asset, and of this model or one that it builds on.
	Input string `json:"input"`
}

// faceplate checks the ids; whether there is such an app is not known here, as apps come and go.
func (v *validator) faceplate(at string, f *Faceplate) {
	if f == nil {
		return
	}
	for _, part := range []struct {
		key, id  string
		required bool
	}{{"app", f.App, true}, {"screen", f.Screen, false}, {"input", f.Input, true}} {
		switch {
		case part.id == "" && part.required:
			v.fail("value_missing", at+"/"+part.key, "Name it.", "The faceplate has no %s.", part.key)
		case part.id != "" && !ID(part.id):
			v.fail("id_form", at+"/"+part.key, `Use letters, digits, "_" and "-"`, "%q cannot be an id.", clip(part.id))
		}
	}
}

// Address is where a browser shows the faceplate for an asset.
func (f *Faceplate) Address(asset tag.Path) string {
	path := "/run/" + url.PathEscape(f.App)
	if f.Screen != "" {
		path += "/" + url.PathEscape(f.Screen)
	}
	return path + "?" + url.Values{f.Input: {string(asset)}}.Encode()
}
