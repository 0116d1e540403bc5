package payload

import (
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// MaxPayload is the largest text that is written, in bytes.
const MaxPayload = 1 << 20

// Fill puts a value into a template: ${value} is the value as JSON, ${text} as plain text,
// ${url} as text escaped for an address or a form, ${time_ms} and ${time_s} the time since
// 1970, ${time} the time as ISO 8601. escape, if not nil, is applied to all that is put in, and
// ${value} is plain text then.
func Fill(template string, v tag.Value, now time.Time, escape func(string) string) (string, error) {
	var out strings.Builder
	for rest := template; ; {
		before, inside, found := strings.Cut(rest, "${")
		out.WriteString(before)
		if !found {
			return out.String(), nil
		}
		name, after, closed := strings.Cut(inside, "}")
		if !closed {
			return "", fmt.Errorf("${%.20s is not closed by }", name)
		}
		var part string
		switch name {
		case "value":
			if part = Plain(v); escape == nil && v.Type() != tag.Int { // AppendJSON quotes large ones for the sake of browsers
				part = string(v.AppendJSON(nil))
			}
		case "text":
			part = Plain(v)
		case "url":
			part = url.QueryEscape(Plain(v))
		case "time_ms":
			part = strconv.FormatInt(now.UnixMilli(), 10)
		case "time_s":
			part = strconv.FormatInt(now.Unix(), 10)
		case "time":
			part = now.UTC().Format("2006-01-02T15:04:05.000Z07:00")
		default:
			return "", fmt.Errorf("${%.40s} is not known", name)
		}
		if escape != nil && name != "url" {
			part = escape(part)
		}
		out.WriteString(part)
		rest = after
	}
}

// CheckTemplate tries a template on a number.
func CheckTemplate(template string) error {
	text, err := Fill(template, tag.OfInt(1), time.UnixMilli(0), nil)
	if err != nil {
		return err
	}
	if t := strings.TrimSpace(template); (strings.HasPrefix(t, "{") || strings.HasPrefix(t, "[")) && !json.Valid([]byte(text)) {
		return fmt.Errorf("the template looks like JSON but gives %.80s", text)
	}
	return nil
}

// Plain is a value as plain text: bytes as they are.
func Plain(v tag.Value) string {
	switch v.Type() {
	case tag.Bytes:
		return v.Text()
	case tag.Int:
		return strconv.FormatInt(v.Int(), 10)
	}
	return v.String()
}

// Finite refuses NaN and the infinities, which the texts of the protocols lack. The error is a
// *connector.StatusError.
func Finite(v tag.Value) error {
	if v.Type() == tag.Float && (math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0)) {
		return &connector.StatusError{Quality: tag.BadOutOfRange, Message: fmt.Sprintf("%s cannot be written", v)}
	}
	return nil
}
