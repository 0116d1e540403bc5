// Package designer embeds the built pages. They are built by "make build"; without them
// the runtime serves its API and says how to build them.
package designer

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"github.com/andybalholm/brotli"
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

// maxFont bounds the font when it is unpacked.
const maxFont = 64 << 20

// ErrNoFont says that the pages, and the font of reports with them, were not built.
var ErrNoFont = errors.New(`the font of reports is not in this binary: build it with "make build"`)

// HasReportFont reports whether the font of reports was built in.
func HasReportFont() bool {
	_, err := fs.Stat(dist, "dist/fonts/report.ttf.br")
	return err == nil
}

// ReportFont is the TrueType font of reports.
func ReportFont() ([]byte, error) {
	f, err := dist.Open("dist/fonts/report.ttf.br")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNoFont
	}
	if err != nil {
		return nil, fmt.Errorf("font of reports: %w", err)
	}
	defer f.Close()
	font, err := io.ReadAll(io.LimitReader(brotli.NewReader(f), maxFont))
	if err != nil {
		return nil, fmt.Errorf("font of reports: %w", err)
	}
	return font, nil
}
