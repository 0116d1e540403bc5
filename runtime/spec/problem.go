package spec

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with what somebody gave us, in the form every edge of
// Lineside reports it: documents, settings, HTTP, the live protocol.
type Problem struct {
	// Code is stable and machine-readable, lower case with underscores: "tag_unknown".
	Code string `json:"code"`
	// Message is one sentence for a person.
	Message string `json:"message"`
	// Hint says what to do.
	Hint string `json:"hint,omitempty"`
	// At is the JSON Pointer (RFC 6901) of the place in the document, "" for the whole.
	At string `json:"at,omitempty"`
	// Severity is "error" (the default, left out) or "warning".
	Severity string `json:"severity,omitempty"`
	// Line, Column and Offset place the problem inside an expression or script text,
	// from 1; 0 when there is no such place. Offset counts characters from 0.
	Line   int `json:"line,omitempty"`
	Column int `json:"column,omitempty"`
	Offset int `json:"offset,omitempty"`
	// Fix mends it; nil when a person must think about it.
	Fix *Fix `json:"fix,omitempty"`
}

// Error implements error: "message (at /place)".
func (p *Problem) Error() string {
	if p.At != "" {
		return fmt.Sprintf("%s (at %s)", p.Message, p.At)
	}
	return p.Message
}

// Warning is the Severity of a problem that does not prevent use.
const Warning = "warning"

// Problems is a list of problems that is itself an error.
type Problems []*Problem

// Error joins the messages, one a line.
func (ps Problems) Error() string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte('\n')
		}
		b.WriteString(p.Error())
	}
	return b.String()
}

// Add appends a problem with a formatted message.
func (ps *Problems) Add(code, at, hint, format string, args ...any) {
	*ps = append(*ps, &Problem{Code: code, At: at, Hint: hint, Message: fmt.Sprintf(format, args...)})
}

// Under puts prefix before the place of every problem, for a part of a larger document.
func (ps Problems) Under(prefix string) Problems {
	for _, p := range ps {
		p.At = prefix + p.At
	}
	return ps
}

// Errors reports whether any of the problems is an error and not a warning.
func (ps Problems) Errors() bool {
	for _, p := range ps {
		if p.Severity != Warning {
			return true
		}
	}
	return false
}

// Err is the list as an error, nil when it holds no error.
func (ps Problems) Err() error {
	if ps.Errors() {
		return ps
	}
	return nil
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1")

// Escape makes one reference token of a JSON Pointer.
func Escape(token string) string { return pointerEscape.Replace(token) }
