package payload

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

var errEncoding = errors.New("text is not in the encoding that was said")

// Charset is how a text is encoded. The nil Charset is UTF-8; a byte order mark, if there is
// one, goes before what was said.
type Charset struct{ encoding encoding.Encoding }

// LoadCharset finds an encoding: utf-8, utf-16 (little-endian without a mark), utf-16be, gbk,
// latin1, or any other name that browsers know.
func LoadCharset(name string) (*Charset, error) {
	switch strings.ToLower(name) {
	case "", "utf-8", "utf8", "us-ascii", "ascii":
		return nil, nil
	case "utf-16", "utf-16le", "utf16":
		return &Charset{unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}, nil
	case "utf-16be":
		return &Charset{unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}, nil
	case "gbk", "gb2312", "gb18030":
		return &Charset{simplifiedchinese.GB18030}, nil
	case "latin1", "iso-8859-1":
		return &Charset{charmap.Windows1252}, nil
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return nil, fmt.Errorf("there is no encoding %q", name)
	}
	return &Charset{e}, nil
}

// Wide reports whether a character takes two bytes at least, so that lines end in two.
func (c *Charset) Wide() bool {
	_, ok := c.wide()
	return ok
}

func (c *Charset) wide() (bigEndian, ok bool) {
	if c == nil {
		return false, false
	}
	switch c.encoding {
	case unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM):
		return false, true
	case unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM):
		return true, true
	}
	return false, false
}

var (
	bomUTF8    = []byte{0xEF, 0xBB, 0xBF}
	bomUTF16LE = []byte{0xFF, 0xFE}
	bomUTF16BE = []byte{0xFE, 0xFF}
)

// Marked is the charset that the byte order mark at the beginning of a text says, and the
// length of the mark; c and 0 when there is none.
func (c *Charset) Marked(text []byte) (*Charset, int) {
	switch {
	case bytes.HasPrefix(text, bomUTF8):
		return nil, len(bomUTF8)
	case bytes.HasPrefix(text, bomUTF16LE):
		le, _ := LoadCharset("utf-16le")
		return le, len(bomUTF16LE)
	case bytes.HasPrefix(text, bomUTF16BE):
		be, _ := LoadCharset("utf-16be")
		return be, len(bomUTF16BE)
	}
	return c, 0
}

// Decode makes UTF-8 of a text, without its byte order mark. The error says that it is not in
// the encoding.
func (c *Charset) Decode(text []byte) ([]byte, error) {
	c, mark := c.Marked(text)
	text = text[mark:]
	if c == nil {
		if !utf8.Valid(text) {
			return nil, errEncoding
		}
		return text, nil
	}
	if big, ok := c.wide(); ok {
		return decode16(text, big)
	}
	out, err := c.encoding.NewDecoder().Bytes(text)
	if err != nil || bytes.ContainsRune(out, utf8.RuneError) {
		return nil, errEncoding
	}
	return out, nil
}

func decode16(text []byte, bigEndian bool) ([]byte, error) {
	if len(text)%2 != 0 {
		return nil, errEncoding
	}
	units := make([]uint16, len(text)/2)
	for i := range units {
		a, b := uint16(text[2*i]), uint16(text[2*i+1])
		if bigEndian {
			a, b = b, a
		}
		units[i] = a | b<<8
	}
	out := make([]byte, 0, len(units)+len(units)/2)
	for i := 0; i < len(units); i++ {
		r := rune(units[i])
		if utf16.IsSurrogate(r) {
			if i+1 == len(units) {
				return nil, errEncoding
			}
			if r = utf16.DecodeRune(r, rune(units[i+1])); r == utf8.RuneError {
				return nil, errEncoding
			}
			i++
		}
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// ReadLimited reads all, up to limit bytes; more is an error of its own.
func ReadLimited(r io.Reader, limit int) ([]byte, error) {
	out, err := io.ReadAll(io.LimitReader(r, int64(limit)+1))
	if err == nil && len(out) > limit {
		return nil, ErrTooLarge
	}
	return out, err
}

// ErrTooLarge says that a text is longer than what is read of one.
var ErrTooLarge = errors.New("the text is too large")
