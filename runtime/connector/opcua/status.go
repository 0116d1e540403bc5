package opcua

import (
	"errors"
	"fmt"
	"strings"

	"github.com/gopcua/opcua/ua"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// status is a StatusCode (OPC 10000-4, 7.39).
type status uint32

func (s status) bad() bool { return s&0x80000000 != 0 }

// quality is the status without its information bits, which say how, not what.
func (s status) quality() tag.Quality { return tag.Quality(s & 0xFFFF0000) }

// Error implements error: the name and the sentence of the standard.
func (s status) Error() string {
	if d, ok := ua.StatusCodes[ua.StatusCode(s&0xFFFF0000)]; ok {
		name := strings.TrimPrefix(d.Name, "Status")
		if d.Text == "" {
			return name
		}
		return fmt.Sprintf("%s (%s)", strings.TrimSuffix(d.Text, "."), name)
	}
	return fmt.Sprintf("status 0x%08X", uint32(s))
}

// is reports whether err is or holds one of the statuses.
func is(err error, codes ...ua.StatusCode) bool {
	var s status
	if !errors.As(err, &s) {
		return false
	}
	for _, c := range codes {
		if ua.StatusCode(s&0xFFFF0000) == c {
			return true
		}
	}
	return false
}

// refused is a status as the engine takes a device's refusal.
func refused(s status, what string) *connector.StatusError {
	return &connector.StatusError{Quality: s.quality(), Message: what + ": " + s.Error()}
}

// lost says that the connection is gone, and why.
func lost(format string, args ...any) error {
	return fmt.Errorf("%w: %w", connector.ErrNotConnected, fmt.Errorf(format, args...))
}
