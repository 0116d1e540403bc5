package api

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/lineside/lineside/runtime/store"
)

func TestUnendedWrites(t *testing.T) {
	e := func(actor, action, target, outcome string) store.Entry {
		return store.Entry{Actor: actor, Action: action, Target: target, Outcome: outcome}
	}
	for _, row := range []struct {
		name string
		list []store.Entry // oldest first
		want []string
	}{
		{"all ended", []store.Entry{e("a", "write", "x", "pending"), e("a", "write", "x", "good"), e("a", "write", "x", "failed")}, nil},
		{"one under way", []store.Entry{e("a", "write", "x", "pending"), e("a", "write", "x", "good"), e("a", "write", "x", "pending")}, []string{"a write x unknown"}},
		{"a pulse", []store.Entry{e("a", "write.pulse", "x", "pending"), e("b", "write", "y", "pending"), e("b", "write", "y", "good")}, []string{"a write.pulse x unknown"}},
		{"asked for", []store.Entry{e("a", "write.ask", "x", "pending")}, []string{"a write.ask x failed"}},
		{"asked for and released", []store.Entry{e("a", "write.ask", "x", "pending"), e("b", "write.release", "x", "good"), e("a", "write", "x", "pending")}, []string{"a write x unknown"}},
		{"nothing of writes", []store.Entry{e("a", "writes.block", "", "good"), e("a", "plant.save", "", "good")}, nil},
	} {
		newest := slices.Clone(row.list)
		slices.Reverse(newest)
		var got []string
		for _, e := range unended(newest) {
			got = append(got, fmt.Sprintf("%s %s %s %s", e.Actor, e.Action, e.Target, e.Outcome))
			newest = append([]store.Entry{e}, newest...)
		}
		if !slices.Equal(got, row.want) {
			t.Errorf("%s: %q", row.name, got)
		}
		if again := unended(newest); len(again) != 0 {
			t.Errorf("%s: ended twice: %+v", row.name, again)
		}
	}
}

// TestBlockIsKept: the master switch is as it was left when the server starts again.
func TestBlockIsKept(t *testing.T) {
	dir := t.TempDir()
	t.Run("before", func(t *testing.T) {
		f := newFixtureIn(t, dir, false)
		f.must(423, "olga", "PUT", "/tags/hall1/setpoint", f.blocked())
		f.must(422, "anna", "PUT", "/writes", `{"blocked":false,"reason":""}`)
		if err := f.store.Audit(context.Background(), store.Entry{Actor: "olga", Action: "write.pulse", Target: "hall1/setpoint", Outcome: "pending"}); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("after", func(t *testing.T) {
		f := newFixtureIn(t, dir, true)
		r := f.must(200, "olga", "GET", "/writes", "")
		if want := `"blocked":{"by":"anna"`; !strings.Contains(r.body, want) || !strings.Contains(r.body, `"reason":"pit"`) {
			t.Errorf("%s", r.body)
		}
		f.must(423, "olga", "PUT", "/tags/hall1/setpoint", `{"value":41}`)
		f.must(200, "anna", "PUT", "/writes", `{"blocked":false,"reason":"done"}`)
		if r := f.must(200, "anna", "GET", "/audit?q=write.pulse", ""); !strings.Contains(r.body, `"outcome":"unknown"`) {
			t.Errorf("%s", r.body)
		}
	})
}

// blocked blocks all writes and gives a body to try with.
func (f *fixture) blocked() string {
	f.must(200, "anna", "PUT", "/writes", `{"blocked":true,"reason":"pit"}`)
	return `{"value":41}`
}
