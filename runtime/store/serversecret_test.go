package store

import (
	"context"
	"errors"
	"testing"
)

// TestSecretsOfTheServer stay when a plant is saved that names none.
func TestSecretsOfTheServer(t *testing.T) {
	ctx := context.Background()
	s := open(t, "", t.TempDir())
	for _, text := range []string{"first", "second"} {
		if err := s.KeepSecret(ctx, "target.nas", text); err != nil {
			t.Fatal(err)
		}
	}
	for _, keep := range [][]string{nil, {"other"}} {
		if _, err := s.SavePlant(ctx, Change{Kind: Plant, Content: []byte("{}"), Want: AnyETag}, "anna", nil, keep); err != nil {
			t.Fatal(err)
		}
		if text, err := s.KeptSecret(ctx, "target.nas"); err != nil || text != "second" {
			t.Errorf("%q %v", text, err)
		}
	}
	if err := s.KeepSecret(ctx, "target.nas", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.KeptSecret(ctx, "target.nas"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed: %v", err)
	}
}
