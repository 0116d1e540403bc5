package main

import (
	"context"
	"log/slog"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
)

// finishCorrections carries out corrections of the history that the last run was ended in the midst of.
func finishCorrections(ctx context.Context, db *store.Store, archive *historian.Archive, log *slog.Logger) {
	if err := db.FinishCorrections(ctx, archive); err != nil {
		log.Error("corrections of the history not finished", "error", err)
	}
}
