package store

import (
	"context"
	"errors"
	"testing"
)

// All documents are kept with their entries, or none.
func TestSaveMany(t *testing.T) {
	ctx := context.Background()
	s, err := Open(ctx, "", t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	one, err := s.Save(ctx, Draft, "one", []byte("1"), NoETag, "anna")
	if err != nil {
		t.Fatal(err)
	}
	etags, err := s.SaveMany(ctx, []Change{{Kind: Draft, ID: "one", Content: []byte("2"), Want: one}, {Kind: Mapping, ID: "one", Content: []byte("{}"), Want: NoETag}}, "erik", Entry{Action: "rename"})
	if err != nil || len(etags) != 2 || etags[0] != ETagOf([]byte("2")) {
		t.Fatal(etags, err)
	}
	var conflict *ErrConflict
	if _, err := s.SaveMany(ctx, []Change{{Kind: Mapping, ID: "one", Content: []byte(`{"a":1}`), Want: etags[1]}, {Kind: Draft, ID: "one", Content: []byte("3"), Want: one}}, "erik"); !errors.As(err, &conflict) {
		t.Fatal(err)
	}
	if doc, err := s.Document(ctx, Mapping, "one"); err != nil || string(doc.Content) != "{}" || doc.Author != "erik" {
		t.Errorf("%s %v", doc.Content, err)
	}
}
