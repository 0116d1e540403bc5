// Package designer embeds the built pages. They are built by "make build"; without them
// the runtime serves its API and says how to build them.
package designer

import (
	"embed"
	"io/fs"
)

//go:embed all:dist
var dist embed.FS

// Pages is the built site: index.html (designer and launcher), run.html (player), assets.
func Pages() fs.FS {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}
