package broker

import (
	"strings"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/tag"
)

// Limits of topics and filters: those of a tag path with "/set/result" behind it. The library
// looks for the levels of a filter in quadratic time, so they must be few.
const (
	maxTopicBytes  = tag.MaxPathBytes + 64
	maxTopicLevels = tag.MaxPathSegments + 4
)

// The topics beside the tags.
const (
	setSuffix    = "/set"
	resultSuffix = "/set/result"
	// replyPrefix begins topics on which only the broker speaks, to the client that asked.
	replyPrefix = "reply/"
	sharePrefix = "$share/"
)

// plainPrefixes begin topics that clients use among each other: messages of devices, and
// Sparkplug, whose first level its specification fixes (3.0, 4.1).
var plainPrefixes = []string{"devices/", "spBv1.0/"}

// isPlain reports whether clients may use a topic, or what a filter selects, among each other.
func isPlain(topic string) bool {
	for _, p := range plainPrefixes {
		if strings.HasPrefix(topic, p) {
			return true
		}
	}
	return false
}

func fits(topic string) bool {
	return topic != "" && len(topic) <= maxTopicBytes && strings.Count(topic, "/") < maxTopicLevels && !strings.ContainsRune(topic, 0)
}

// filter is a topic filter (MQTT 5, 4.7), level by level.
type filter struct {
	text   string
	levels []string
	exact  bool
}

// parseFilter refuses what the standard or the limits do.
func parseFilter(text string) (filter, bool) {
	f := filter{text: text, exact: !strings.ContainsAny(text, "+#")}
	if !fits(text) || text[0] == '$' {
		return f, false
	}
	f.levels = strings.Split(text, "/")
	for i, level := range f.levels {
		if strings.ContainsAny(level, "+#") && len(level) > 1 || level == "#" && i < len(f.levels)-1 {
			return f, false
		}
	}
	return f, true
}

// match reports whether the filter selects a topic.
func (f filter) match(topic string) bool {
	if f.exact {
		return f.text == topic
	}
	if topic[0] == '$' {
		return false
	}
	rest, more := topic, true
	for _, level := range f.levels {
		if level == "#" {
			return true // the parent level too: "a/#" selects "a" (4.7.1.2)
		}
		if !more {
			return false
		}
		var name string
		name, rest, more = strings.Cut(rest, "/")
		if level != "+" && level != name {
			return false
		}
	}
	return !more
}

// mayRead reports whether rights let a client subscribe to a filter, or have a message of a
// topic. A filter with wildcards is let through to whoever may view anything: each message it
// selects is asked about again.
func mayRead(rights auth.Rights, text string) bool {
	shared, isShared := strings.CutPrefix(text, sharePrefix)
	if isShared {
		_, text, _ = strings.Cut(shared, "/")
		if !isPlain(text) { // tags are not shared out: each member would see a part of them
			return false
		}
	}
	f, ok := parseFilter(text)
	if !ok {
		return false
	}
	if !f.exact {
		return rights.Anywhere(auth.View)
	}
	if strings.HasPrefix(text, replyPrefix) {
		return true
	}
	if path, ok := strings.CutSuffix(text, resultSuffix); ok && !isPlain(text) {
		return rights.Allows(auth.Operate, tag.Path(path)) || rights.Allows(auth.View, tag.Path(path))
	}
	return rights.Allows(auth.View, tag.Path(text))
}
