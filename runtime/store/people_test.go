package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/auth"
)

func users(t *testing.T, s *Store) {
	ctx := context.Background()
	if has, err := s.HasUsers(ctx); err != nil || has {
		t.Fatalf("%v %v", has, err)
	}
	if err := s.SetSetup(ctx, "hash"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddFirstUser(ctx, "wrong", User{Name: "mallory"}); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a wrong set-up token: %v", err)
	}
	grants := []auth.Grant{{Role: "operator", Area: "hall1"}}
	if err := s.AddFirstUser(ctx, "hash", User{Name: "Anna", Hash: "h", Grants: grants}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddFirstUser(ctx, "hash", User{Name: "mallory"}); !errors.Is(err, ErrNotFound) {
		t.Fatalf("a used set-up token: %v", err)
	}
	if err := s.AddUser(ctx, User{Name: "ANNA"}); !errors.Is(err, ErrExists) {
		t.Fatalf("the same name in another case: %v", err)
	}
	u, err := s.User(ctx, "anna")
	if err != nil || u.Name != "Anna" || len(u.Grants) != 1 || u.Grants[0] != grants[0] || u.Created.IsZero() || !u.LastLogin.IsZero() {
		t.Fatalf("%+v %v", u, err)
	}
	refuse := errors.New("no")
	if err := s.ChangeUser(ctx, "anna", func(u *User, others []User) error { u.Disabled = true; return refuse }); !errors.Is(err, refuse) {
		t.Fatal(err)
	}
	if u, _ := s.User(ctx, "anna"); u.Disabled {
		t.Error("a refused change was kept")
	}
	if err := s.ChangeUser(ctx, "nobody", func(*User, []User) error { return nil }); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
	if err := s.AddToken(ctx, Token{Name: "t", Hash: "x", Owner: "Anna"}); err != nil {
		t.Fatal(err)
	}
	if err := s.RemoveUser(ctx, "anna", func(u User, others []User) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(ctx, "t"); !errors.Is(err, ErrNotFound) {
		t.Errorf("the token has outlived its owner: %v", err)
	}
}

func tokens(t *testing.T, s *Store) {
	ctx := context.Background()
	expires := time.Now().Add(time.Hour).Truncate(time.Microsecond)
	if err := s.AddToken(ctx, Token{Name: "panel", Hash: "h1", Owner: "Anna", Actions: []string{"view"}, Expires: expires}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddToken(ctx, Token{Name: "panel", Hash: "h2"}); !errors.Is(err, ErrExists) {
		t.Errorf("twice: %v", err)
	}
	got, err := s.TokenByHash(ctx, "h1")
	if err != nil || got.Name != "panel" || got.Owner != "anna" || !got.Expires.Equal(expires) || !got.LastUsed.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	if err := s.TokenUsed(ctx, "panel", expires); err != nil {
		t.Fatal(err)
	}
	if list, err := s.Tokens(ctx, "ANNA"); err != nil || len(list) != 1 || !list[0].LastUsed.Equal(expires) {
		t.Errorf("%+v %v", list, err)
	}
	if list, err := s.Tokens(ctx, "bert"); err != nil || len(list) != 0 {
		t.Errorf("%+v %v", list, err)
	}
	if err := s.RemoveToken(ctx, "panel"); err != nil {
		t.Error(err)
	}
	if err := s.RemoveToken(ctx, "panel"); !errors.Is(err, ErrNotFound) {
		t.Errorf("removed twice: %v", err)
	}
}

func sessions(t *testing.T, s *Store) {
	w := s.Sessions()
	if _, found, err := w.Find("x"); found || err != nil {
		t.Fatal(found, err)
	}
	for _, data := range []string{"one", "two"} {
		if err := w.Commit("x", []byte(data), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Commit("old", []byte("old"), time.Now().Add(-time.Second)); err != nil {
		t.Fatal(err)
	}
	if data, found, err := w.Find("x"); string(data) != "two" || !found || err != nil {
		t.Errorf("%s %v %v", data, found, err)
	}
	if _, found, _ := w.Find("old"); found {
		t.Error("an expired session is found")
	}
	if err := w.Delete("x"); err != nil {
		t.Fatal(err)
	}
	if _, found, _ := w.Find("x"); found {
		t.Error("a deleted session is found")
	}
}
