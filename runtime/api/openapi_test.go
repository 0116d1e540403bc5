package api

import (
	"encoding/json"
	"testing"
)

// TestOpenAPI asks for the description without a database, as cmd/generate does.
func TestOpenAPI(t *testing.T) {
	raw, err := OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI    string                               `json:"openapi"`
		Paths      map[string]map[string]map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.OpenAPI != "3.1.0" || len(doc.Paths) < 25 {
		t.Errorf("openapi %q with %d paths", doc.OpenAPI, len(doc.Paths))
	}
	for _, name := range []string{"App", "Plant", "PlantTag", "AppTag", "Error", "Problem", "Me", "User", "Token", "AuditEntry", "AppSummary", "DeviceStatus", "Catalogue", "ExpressionCheck", "Change"} {
		if doc.Components.Schemas[name] == nil {
			t.Errorf("no schema %s", name)
		}
	}
	for path, methods := range doc.Paths {
		for method, op := range methods {
			if op["operationId"] == "" || op["summary"] == "" || op["summary"] == nil {
				t.Errorf("%s %s says too little of itself", method, path)
			}
		}
	}
}
