package session

import (
	"context"
	"testing"

	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/widgets"
)

// running is an engine with the widgets of the catalogue that runs until the test ends.
func running(t *testing.T) *engine.Engine {
	t.Helper()
	catalogue, err := widgets.Load()
	if err != nil {
		t.Fatal(err)
	}
	e := engine.New(engine.Options{Catalogue: catalogue})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- e.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-ended })
	return e
}
