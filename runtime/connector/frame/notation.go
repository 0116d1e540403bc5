package frame

import (
	"encoding/hex"
	"fmt"
	"strings"
)

// hexPrefix begins a text whose bytes are written in hexadecimal.
const hexPrefix = "hex:"

// controls are the characters 0 to 31 by the names of ASCII (ISO 646).
var controls = [...]string{
	"NUL", "SOH", "STX", "ETX", "EOT", "ENQ", "ACK", "BEL", "BS", "HT", "LF", "VT", "FF", "CR", "SO", "SI",
	"DLE", "DC1", "DC2", "DC3", "DC4", "NAK", "SYN", "ETB", "CAN", "EM", "SUB", "ESC", "FS", "GS", "RS", "US",
}

var controlCodes = func() map[string]byte {
	m := map[string]byte{"DEL": 0x7F, "TAB": 9}
	for i, name := range controls {
		m[name] = byte(i)
	}
	return m
}()

// parseBytes reads bytes as a person writes them: "hex: 02 41 0D", or text with the escapes
// \r \n \t \0 \\ \< \xHH and the names of control characters such as <STX>.
func parseBytes(s string) ([]byte, error) {
	if text, ok := strings.CutPrefix(s, hexPrefix); ok {
		b, err := hex.DecodeString(strings.Join(strings.Fields(text), ""))
		if err != nil {
			return nil, fmt.Errorf("%q: write two hexadecimal digits a byte", s)
		}
		return b, nil
	}
	var out []byte
	for i := 0; i < len(s); {
		n, b, err := parseByte(s[i:])
		if err != nil {
			return nil, err
		}
		out = append(out, b)
		i += n
	}
	return out, nil
}

// parseByte reads one byte of a text and returns how many bytes of the text it took.
func parseByte(s string) (int, byte, error) {
	switch s[0] {
	case '\\':
		if len(s) < 2 {
			return 0, 0, fmt.Errorf(`a single \ ends the text; write \\`)
		}
		switch s[1] {
		case 'r':
			return 2, '\r', nil
		case 'n':
			return 2, '\n', nil
		case 't':
			return 2, '\t', nil
		case '0':
			return 2, 0, nil
		case '\\', '<', '{', '}':
			return 2, s[1], nil
		case 'x':
			if len(s) >= 4 {
				if b, err := hex.DecodeString(s[2:4]); err == nil {
					return 4, b[0], nil
				}
			}
			return 0, 0, fmt.Errorf(`%.4q: write \x and two hexadecimal digits`, s)
		}
		return 0, 0, fmt.Errorf(`%.2q is not known; write \\ for a backslash`, s)
	case '<':
		if name, _, ok := strings.Cut(s[1:], ">"); ok {
			if c, known := controlCodes[name]; known {
				return len(name) + 2, c, nil
			}
		}
	}
	return 1, s[0], nil
}

// show writes bytes in the notation of parseBytes: text where it is text, else hexadecimal.
func show(b []byte) string {
	const most = 200
	cut := ""
	if len(b) > most {
		b, cut = b[:most], "…"
	}
	var out strings.Builder
	for _, c := range b {
		switch {
		case c == '\r':
			out.WriteString(`\r`)
		case c == '\n':
			out.WriteString(`\n`)
		case c == '\\' || c == '<':
			out.WriteByte('\\')
			out.WriteByte(c)
		case c == 0x7F:
			out.WriteString("<DEL>")
		case c < ' ' && (c == 2 || c == 3 || c == 9 || c == 6 || c == 0x15):
			out.WriteString("<" + controls[c] + ">")
		case c < ' ' || c > 0x7F:
			return hexPrefix + " " + spaced(b) + cut
		default:
			out.WriteByte(c)
		}
	}
	return out.String() + cut
}

func spaced(b []byte) string {
	var out strings.Builder
	for i, c := range b {
		if i > 0 {
			out.WriteByte(' ')
		}
		fmt.Fprintf(&out, "%02X", c)
	}
	return out.String()
}
