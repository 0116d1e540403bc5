package api

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/broker"
	"github.com/lineside/lineside/runtime/store"
)

// TestLoginBroker: who is let in to the MQTT broker, with what, and how it ends.
func TestLoginBroker(t *testing.T) {
	f := newFixture(t, false)
	ctx := context.Background()
	secret := auth.NewToken()
	if err := f.store.AddToken(ctx, store.Token{Name: "gateway", Hash: auth.HashToken(secret), Owner: "olga", Grants: []auth.Grant{{Role: "admin", Area: "hall1"}}}); err != nil {
		t.Fatal(err)
	}
	old := auth.NewToken()
	if err := f.store.AddToken(ctx, store.Token{Name: "old", Hash: auth.HashToken(old), Owner: "olga", Grants: []auth.Grant{{Role: "viewer"}}, Expires: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		name, user, secret, actor string // actor "": refused
	}{
		{"password", "olga", testPassword, "olga"},
		{"other case of the name", "OLGA", testPassword, "olga"},
		{"wrong password", "vera", "x", ""},
		{"no password", "vera", "", ""},
		{"nobody", "", "", ""},
		{"unknown", "ghost", testPassword, ""},
		{"token as password", "anything", secret, "token:gateway"},
		{"token as name", secret, "", "token:gateway"},
		{"expired token", "x", old, ""},
		{"wrong token", "x", auth.NewToken(), ""},
	} {
		s, err := f.server.LoginBroker(ctx, row.user, row.secret, "192.0.2.1")
		if row.actor == "" {
			if !errors.Is(err, broker.ErrRefused) {
				t.Errorf("%s: %v %v", row.name, s, err)
			}
			continue
		}
		if err != nil || s.Actor.Name != row.actor || s.Actor.Origin != "192.0.2.1 mqtt" {
			t.Errorf("%s: %+v %v", row.name, s, err)
		}
	}
	// A token may no more than its owner, an operator.
	s, err := f.server.LoginBroker(ctx, "", secret, "192.0.2.1")
	if r := s.Actor.Rights; err != nil || !r.Allows(auth.Operate, "hall1/setpoint") || r.Allows(auth.View, "hall2/setpoint") || r.Allows(auth.Administer, "hall1") {
		t.Errorf("%v", err)
	}
	// Guessing is slowed down, but not for who was right a moment ago.
	for range 10 {
		_, err = f.server.LoginBroker(ctx, "olga", "guess", "192.0.2.1")
	}
	if !errors.Is(err, broker.ErrTooMany) {
		t.Errorf("%v", err)
	}
	if s, err = f.server.LoginBroker(ctx, "olga", testPassword, "192.0.2.1"); err != nil {
		t.Errorf("%v", err)
	}
	entries, err := f.store.AuditPage(ctx, 0, 100, "login")
	if err != nil {
		t.Fatal(err)
	}
	failed, good := 0, 0
	for _, e := range entries {
		if e.Actor == "olga" && e.Origin == "192.0.2.1 mqtt" {
			if e.Outcome == store.OutcomeFailed {
				failed++
			} else {
				good++
			}
		}
	}
	if failed == 0 || failed >= 10 || good != 1 {
		t.Errorf("audit: %d failed, %d good", failed, good)
	}
	// What changes while they are connected.
	change := func(do func(u *store.User)) {
		t.Helper()
		if err := f.store.ChangeUser(ctx, "olga", func(u *store.User, _ []store.User) error { do(u); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	change(func(u *store.User) { u.Grants = []auth.Grant{{Role: "viewer"}} })
	if a, err := s.Again(ctx); err != nil || a.Rights.Allows(auth.Operate, "hall1/setpoint") {
		t.Errorf("%v", err)
	}
	change(func(u *store.User) { u.Epoch++ })
	if _, err := s.Again(ctx); !errors.Is(err, broker.ErrRefused) {
		t.Errorf("%v", err)
	}
	change(func(u *store.User) { u.Disabled = true })
	if _, err := f.server.LoginBroker(ctx, "olga", testPassword, "192.0.2.9"); !errors.Is(err, broker.ErrRefused) {
		t.Errorf("%v", err)
	}
	if _, err := f.server.LoginBroker(ctx, "", secret, "192.0.2.1"); !errors.Is(err, broker.ErrRefused) {
		t.Errorf("%v", err)
	}
}

// TestLoginBrokerTogether: many clients of one user at the same time are let in by one hash,
// and are not taken for guessing.
func TestLoginBrokerTogether(t *testing.T) {
	f := newFixture(t, false)
	f.server.hasher = auth.NewHasher() // as dear as it is in a plant
	var wg sync.WaitGroup
	for range 500 {
		wg.Go(func() {
			if _, err := f.server.LoginBroker(context.Background(), "vera", testPassword, "192.0.2.1"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if len(f.server.verified.keys) != 1 || len(f.server.verified.busy) != 0 {
		t.Errorf("%d remembered, %d busy", len(f.server.verified.keys), len(f.server.verified.busy))
	}
}
