package plant

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestCompare(t *testing.T) {
	sorted := []string{"a", "a/b", "a/b/c", "a/b1", "a/b2", "a/b02", "a/b10", "a/b10/c", "a/b10a", "a/c", "a-b", "a1", "b", "b/1", "b/x"}
	// a slash stands before everything else, so that what is below a place follows it
	got := slices.SortedFunc(slices.Values(append(sorted[7:], sorted[:7]...)), Compare)
	want := []string{"a", "a/b", "a/b/c", "a/b1", "a/b02", "a/b2", "a/b10", "a/b10/c", "a/b10a", "a/c", "a-b", "a1", "b", "b/1", "b/x"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.StringMatching(`[ab/0-9]{0,6}`)
		a, b, c := path.Draw(t, "a"), path.Draw(t, "b"), path.Draw(t, "c")
		ab, bc, ac := Compare(a, b), Compare(b, c), Compare(a, c)
		switch {
		case (ab == 0) != (a == b), sign(ab) != -sign(Compare(b, a)):
			t.Fatalf("%q against %q: %d and %d", a, b, ab, Compare(b, a))
		case ab <= 0 && bc <= 0 && ac > 0:
			t.Fatalf("%q ≤ %q ≤ %q, but not %q ≤ %q", a, b, c, a, c)
		}
	})
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}
