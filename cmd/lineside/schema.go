package main

import (
	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/widgets"
)

type schemaCmd struct {
	Document string `arg:"" help:"${enum}." enum:"app,plant,catalog"`
}

// Run prints the JSON Schema (2020-12) of a document; that of catalog is of a widget's manifest.
func (c *schemaCmd) Run(con *console) error {
	text := map[string][]byte{"app": app.Schema, "plant": plant.Schema, "catalog": widgets.Schema}[c.Document]
	_, err := con.out.Write(text)
	return err
}
