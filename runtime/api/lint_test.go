package api

import (
	"strings"
	"testing"
)

// TestLint: what the lint finds is told when a draft is saved, in the language of who saves
// it, and does not keep it from being published.
func TestLint(t *testing.T) {
	f := newFixture(t, false)
	draft := f.must(200, "erik", "GET", "/apps/line/draft", "")
	small := strings.Replace(draft.body, `"widgets": []`, `"widgets": [{"id":"w1","type":"button","x":0,"y":0,"w":96,"h":24,"props":{"label":"Go"}}]`, 1)
	if small == draft.body {
		t.Fatalf("the draft has no empty list of widgets: %s", draft.body)
	}
	saved := f.must(200, "erik", "PUT", "/apps/line/draft", small, "If-Match", draft.etag())
	for _, want := range []string{`"code":"target_small"`, `"severity":"warning"`, `"at":"/screens/0/widgets/0/h"`, `too small to touch`} {
		if !strings.Contains(saved.body, want) {
			t.Errorf("saving does not tell %s: %s", want, saved.body)
		}
	}
	f.must(200, "erik", "PATCH", "/me", `{"language":"zh"}`)
	if a := f.must(200, "erik", "POST", "/apps/line/check", small); !strings.Contains(a.body, "难以触摸") {
		t.Errorf("not in Chinese: %s", a.body)
	}
	f.must(200, "erik", "POST", "/apps/line/publish", `{"comment":""}`)
}
