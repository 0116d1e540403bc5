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
	etags, err := s.SaveMany(ctx, []Change{{Draft, "one", []byte("2"), one}, {Mapping, "one", []byte("{}"), NoETag}}, "erik", Entry{Action: "rename"})
	if err != nil || len(etags) != 2 || etags[0] != ETagOf([]byte("2")) {
		t.Fatal(etags, err)
	}
	var conflict *ErrConflict
	if _, err := s.SaveMany(ctx, []Change{{Mapping, "one", []byte(`{"a":1}`), etags[1]}, {Draft, "one", []byte("3"), one}}, "erik"); !errors.As(err, &conflict) {
		t.Fatal(err)
	}
	if doc, err := s.Document(ctx, Mapping, "one"); err != nil || string(doc.Content) != "{}" || doc.Author != "erik" {
		t.Errorf("%s %v", doc.Content, err)
	}
}
