package tag

import (
	"fmt"
	"strings"
)

// Relative reports whether s names a tag as seen from another: "./speed" beside it, "../flow"
// one level up. No path of a tag begins so.
func Relative(s string) bool { return strings.HasPrefix(s, "./") || strings.HasPrefix(s, "../") }

// Resolve finds the path that a relative one means, seen from base.
func Resolve(base Path, s string) (Path, error) {
	rest, up := strings.TrimPrefix(s, "./"), base
	for strings.HasPrefix(rest, "../") {
		if up == "" {
			return "", fmt.Errorf("tag path %q leads out of the plant, seen from %q", clip(s), clip(string(base)))
		}
		rest, up = rest[len("../"):], up.Parent()
	}
	if up != "" {
		rest = string(up) + "/" + rest
	}
	return ParsePath(rest)
}
