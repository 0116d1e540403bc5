package spec

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// secretPrefix begins a reference to a secret that is kept apart from the settings.
const secretPrefix = "secret:"

// WithSecrets puts secrets in the place of their references: any string "secret:<ref>" in settings. The result goes to the
// component and nowhere else.
func WithSecrets(settings json.RawMessage, secret func(ref string) (string, error)) (json.RawMessage, error) {
	if !bytes.Contains(settings, []byte(`"`+secretPrefix)) {
		return settings, nil
	}
	var doc any
	d := json.NewDecoder(bytes.NewReader(settings))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("settings: %w", err)
	}
	doc, err := withSecrets(doc, secret)
	if err != nil {
		return nil, err
	}
	return json.Marshal(doc)
}

func withSecrets(v any, secret func(string) (string, error)) (any, error) {
	var err error
	switch x := v.(type) {
	case string:
		ref, ok := strings.CutPrefix(x, secretPrefix)
		if !ok {
			return x, nil
		}
		if secret == nil {
			return nil, fmt.Errorf("secret %q cannot be read: no store of secrets", ref)
		}
		text, err := secret(ref)
		if err != nil {
			return nil, fmt.Errorf("secret %q: %w", ref, err)
		}
		return text, nil
	case map[string]any:
		for k := range x {
			if x[k], err = withSecrets(x[k], secret); err != nil {
				return nil, err
			}
		}
	case []any:
		for i := range x {
			if x[i], err = withSecrets(x[i], secret); err != nil {
				return nil, err
			}
		}
	}
	return v, nil
}
