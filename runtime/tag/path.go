package tag

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Limits of a path.
const (
	MaxPathBytes    = 512
	MaxPathSegments = 16
	MaxSegmentBytes = 128
)

// Path names a tag: segments joined by "/", from the outside in along the ISA-95
// hierarchy (site/area/line/cell/tag). It is case-sensitive. Letters and digits of every
// script, "_", "-", "." and inner spaces are allowed in a segment; so are ":" and "@".
// Control, formatting (bidirectional) and unassigned characters, wildcards ("*", "+", "#"),
// quotes, braces and backslashes are not, nor are the segments "." and "..".
type Path string

// ParsePath checks s and returns it as a Path; the error names what is wrong with it.
func ParsePath(s string) (Path, error) {
	switch {
	case s == "":
		return "", fmt.Errorf("tag path is empty")
	case len(s) > MaxPathBytes:
		return "", fmt.Errorf("tag path has %d bytes, more than %d", len(s), MaxPathBytes)
	case !utf8.ValidString(s):
		return "", fmt.Errorf("tag path is not valid UTF-8")
	}
	segments := 0
	for rest, more := s, true; more; {
		var seg string
		seg, rest, more = strings.Cut(rest, "/")
		segments++
		if err := checkSegment(seg); err != nil {
			return "", fmt.Errorf("tag path %q: %w", clip(s), err)
		}
	}
	if segments > MaxPathSegments {
		return "", fmt.Errorf("tag path %q has %d levels, more than %d", clip(s), segments, MaxPathSegments)
	}
	return Path(s), nil
}

func checkSegment(seg string) error {
	switch {
	case seg == "":
		return fmt.Errorf("a level is empty")
	case seg == "." || seg == "..":
		return fmt.Errorf("level %q is not allowed", seg)
	case len(seg) > MaxSegmentBytes:
		return fmt.Errorf("a level has %d bytes, more than %d", len(seg), MaxSegmentBytes)
	case seg[0] == ' ' || seg[len(seg)-1] == ' ':
		return fmt.Errorf("level %q begins or ends with a space", seg)
	}
	for _, r := range seg {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || strings.ContainsRune("_-.:@ °%()²³·", r) {
			continue
		}
		return fmt.Errorf("character %q (U+%04X) is not allowed", r, r)
	}
	return nil
}

// Parent is the path without its last segment, "" at the top.
func (p Path) Parent() Path {
	if i := strings.LastIndexByte(string(p), '/'); i >= 0 {
		return p[:i]
	}
	return ""
}

// Name is the last segment.
func (p Path) Name() string {
	return string(p[strings.LastIndexByte(string(p), '/')+1:])
}

// Under reports whether p is prefix itself or lies below it; everything lies under "".
func (p Path) Under(prefix Path) bool {
	return prefix == "" || p == prefix || len(p) > len(prefix) && p[len(prefix)] == '/' && strings.HasPrefix(string(p), string(prefix))
}

// Pattern selects paths: "*" stands for one segment or a part of one ("line/*/speed",
// "pump*"), "**" as the last segment for any number of segments.
type Pattern string

// ParsePattern checks s; the limits are those of a path.
func ParsePattern(s string) (Pattern, error) {
	if s == "**" {
		return "**", nil
	}
	body := strings.TrimSuffix(s, "/**")
	if strings.Contains(body, "**") {
		return "", fmt.Errorf("pattern %q: ** is allowed as the last level only", clip(s))
	}
	if _, err := ParsePath(strings.ReplaceAll(body, "*", "x")); err != nil {
		return "", fmt.Errorf("pattern %q: %w", clip(s), err)
	}
	return Pattern(s), nil
}

// IsPath reports whether the pattern has no wildcard and so names one path.
func (p Pattern) IsPath() bool { return !strings.Contains(string(p), "*") }

// Match reports whether the pattern selects path.
func (p Pattern) Match(path Path) bool {
	pat, rest := string(p), string(path)
	for {
		ps, pr, pmore := strings.Cut(pat, "/")
		if ps == "**" {
			return true
		}
		rs, rr, rmore := strings.Cut(rest, "/")
		if !matchSegment(ps, rs) {
			return false
		}
		if !pmore || !rmore {
			return pmore == rmore
		}
		pat, rest = pr, rr
	}
}

// matchSegment matches one level with "*" wildcards in linear time per star (no back-tracking
// beyond the last star).
func matchSegment(pat, s string) bool {
	star, mark := -1, 0
	i, j := 0, 0
	for j < len(s) {
		switch {
		case i < len(pat) && pat[i] == '*':
			star, mark = i, j
			i++
		case i < len(pat) && pat[i] == s[j]:
			i, j = i+1, j+1
		case star >= 0:
			mark++
			i, j = star+1, mark
		default:
			return false
		}
	}
	for i < len(pat) && pat[i] == '*' {
		i++
	}
	return i == len(pat)
}
