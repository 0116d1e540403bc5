package store

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

func audit(t *testing.T, s *Store) {
	ctx := context.Background()
	if err := s.Verify(ctx); err != nil {
		t.Fatalf("empty: %v", err)
	}
	for i := range 25 {
		e := Entry{Actor: fmt.Sprintf("actor%d", i%3), Origin: "here", Action: "write", Target: fmt.Sprintf("hall/%d", i), Old: []byte("1"), New: []byte(`{"a":[1,2]}`), Reason: "100% _sure_ \x00\xff"}
		if err := s.Audit(ctx, e); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	page, err := s.AuditPage(ctx, 20, 5, "")
	if err != nil || len(page) != 5 || page[0].ID != 19 || string(page[0].New) != `{"a":[1,2]}` || page[0].Outcome != OutcomeGood {
		t.Errorf("%+v %v", page, err)
	}
	for q, want := range map[string]int{"HALL/1": 11, "actor2": 8, "%": 25, "_sure_": 25, "x%y": 0, `\`: 0, "'": 0} {
		if page, err := s.AuditPage(ctx, 0, 100, q); err != nil || len(page) != want {
			t.Errorf("%q: %d entries, want %d: %v", q, len(page), want, err)
		}
	}
	kept, err := s.AuditPage(ctx, 10, 1, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, row := range map[string]struct {
		tamper, mend string
		at           int64
	}{
		"changed": {"UPDATE audit SET actor = 'nobody' WHERE id = 9", "UPDATE audit SET actor = '" + kept[0].Actor + "' WHERE id = 9", 9},
		"hash":    {"UPDATE audit SET hash = 'x' WHERE id = 9", "UPDATE audit SET hash = '" + kept[0].Hash + "' WHERE id = 9", 9},
		"moved":   {"UPDATE audit SET id = 900 WHERE id = 9", "UPDATE audit SET id = 9 WHERE id = 900", 9},
		"cut":     {"UPDATE audit SET id = 900 WHERE id = 25", "UPDATE audit SET id = 25 WHERE id = 900", 25},
	} {
		if err := s.db.Exec(row.tamper).Error; err != nil {
			t.Fatal(err)
		}
		var broken *ErrAudit
		if err := s.Verify(ctx); !errors.As(err, &broken) || broken.ID != row.at {
			t.Errorf("%s: %v, want entry %d", name, err, row.at)
		}
		if err := s.db.Exec(row.mend).Error; err != nil {
			t.Fatal(err)
		}
		if err := s.Verify(ctx); err != nil {
			t.Fatalf("%s, mended: %v", name, err)
		}
	}
	// A verification that goes on from the last one sees what has come since.
	if err := s.VerifiedWithin(ctx, time.Hour); err != nil {
		t.Fatal(err)
	}
	if err := s.Audit(ctx, Entry{Actor: "late", Action: "write"}); err != nil {
		t.Fatal(err)
	}
	if err := s.VerifiedWithin(ctx, time.Hour); err != nil {
		t.Errorf("one more entry: %v", err)
	}
	if err := s.db.Exec("UPDATE audit SET reason = 'other' WHERE id = 26").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.VerifiedWithin(ctx, 0); err == nil {
		t.Error("changed, and not noticed")
	}
	if err := s.db.Exec("DELETE FROM audit WHERE id > 20").Error; err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(ctx); err == nil {
		t.Error("cut off at the end, and not noticed")
	}
}
