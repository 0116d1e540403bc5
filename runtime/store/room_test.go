package store

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
)

// TestRoom: the database keeps room for a full disk within itself, keeps it when history gives room back to the disk, and
// leaves nothing else behind.
func TestRoom(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	dir := t.TempDir()
	s := open(t, "", dir)
	ended := make(chan struct{})
	go func() { s.KeepRoom(ctx, slog.New(slog.DiscardHandler)); close(ended) }()
	has := func() bool {
		space, err := s.History().Space(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		log, err := os.Stat(filepath.Join(dir, FileName+"-wal"))
		return space.Reusable >= roomSize && err == nil && log.Size() >= roomSize
	}
	for deadline := time.Now().Add(30 * time.Second); !has(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("there is no room")
		}
	}
	cancel()
	<-ended
	file := func() int64 {
		info, err := os.Stat(filepath.Join(dir, FileName))
		if err != nil {
			t.Fatal(err)
		}
		return info.Size()
	}
	ctx = context.Background()
	before := file()
	if before < roomSize {
		t.Errorf("the file has %d bytes", before)
	}
	for {
		more, err := s.History().Shrink(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	// The log was cut off, so the room is made anew, of the same pages.
	if err := s.makeRoom(ctx); err != nil {
		t.Fatal(err)
	}
	if !has() || file() > before+roomSize/10 {
		t.Errorf("after history has given room back: %d bytes, before %d", file(), before)
	}
	if err := s.History().Put(ctx, []historian.Row{{Series: 1, Data: make([]byte, 100)}}, nil); err != nil {
		t.Error(err)
	}
	var left int64
	if err := s.db.Model(&sessionRow{}).Where("token = ?", roomRow).Count(&left).Error; err != nil || left != 0 {
		t.Error(left, err)
	}
}
