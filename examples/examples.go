// Package examples embeds the documents of the apps that ship with Lineside.
package examples

import "embed"

//go:embed */plant.json */app.json
var files embed.FS

// Demo is the id of the installation that the demo starts with.
const Demo = "pump-station"

// Plant is the plant document of an example, nil when there is none of that name.
func Plant(name string) []byte { return read(name, "plant.json") }

// App is the app document of an example, nil when there is none of that name.
func App(name string) []byte { return read(name, "app.json") }

func read(name, file string) []byte {
	b, err := files.ReadFile(name + "/" + file)
	if err != nil {
		return nil
	}
	return b
}
