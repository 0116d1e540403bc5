package tag

import (
	"fmt"
	"strings"
)

// Indirect reports whether s names a tag below an asset that is known only later: "{pump}/speed" is
// the tag speed of the asset that stands for "pump". No path of a tag begins so.
func Indirect(s string) bool { return strings.HasPrefix(s, "{") }

// ParseIndirect takes such a name apart: what stands for the asset, and the path below it.
func ParseIndirect(s string) (asset string, below Path, err error) {
	asset, rest, found := strings.Cut(strings.TrimPrefix(s, "{"), "}/")
	if !Indirect(s) || !found || asset == "" || strings.ContainsAny(asset, "{}/") {
		return "", "", fmt.Errorf(`tag path %q does not read "{input}/property"`, clip(s))
	}
	below, err = ParsePath(rest)
	return asset, below, err
}

// CheckName checks what names a tag: a path, or an indirect one.
func CheckName(s string) error {
	var err error
	if Indirect(s) {
		_, _, err = ParseIndirect(s)
	} else {
		_, err = ParsePath(s)
	}
	return err
}
