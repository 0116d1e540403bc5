package s7

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// encoding is how characters of CHAR and STRING, which STEP 7 takes for bytes, are meant.
type encoding string

const (
	encodingWestern encoding = "windows-1252"
	encodingUTF8    encoding = "utf-8"
	encodingChinese encoding = "gb18030"
)

// western are the characters 80 to 9F of Windows-1252; what it leaves free is the control
// character of that number.
var western = [32]rune{
	'€', 0x81, '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', 0x8D, 'Ž', 0x8F,
	0x90, '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', 0x9D, 'ž', 'Ÿ',
}

// decode makes text of bytes; false when they are none of the encoding.
func (e encoding) decode(b []byte) (string, bool) {
	switch e {
	case encodingUTF8:
		return string(b), utf8.Valid(b)
	case encodingChinese:
		s, err := simplifiedchinese.GB18030.NewDecoder().Bytes(b)
		return string(s), err == nil && !strings.ContainsRune(string(s), utf8.RuneError)
	}
	var s strings.Builder
	for _, c := range b {
		r := rune(c)
		if c >= 0x80 && c < 0xA0 {
			r = western[c-0x80]
		}
		s.WriteRune(r)
	}
	return s.String(), true
}

// encode makes bytes of text; false when the encoding lacks one of its characters.
func (e encoding) encode(s string) ([]byte, bool) {
	if !utf8.ValidString(s) {
		return nil, false
	}
	switch e {
	case encodingUTF8:
		return []byte(s), true
	case encodingChinese:
		b, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(s))
		return b, err == nil
	}
	b := make([]byte, 0, len(s))
next:
	for _, r := range s {
		if r < 0x80 || r >= 0xA0 && r < 0x100 {
			b = append(b, byte(r))
			continue
		}
		for i, w := range western {
			if r == w {
				b = append(b, byte(0x80+i))
				continue next
			}
		}
		return nil, false
	}
	return b, true
}

// decodeWide makes text of UTF-16, most significant byte first.
func decodeWide(b []byte) (string, bool) {
	units := make([]uint16, len(b)/2)
	for i := range units {
		units[i] = uint16(b[2*i])<<8 | uint16(b[2*i+1])
	}
	for i := 0; i < len(units); i++ {
		switch u := units[i]; {
		case u < 0xD800 || u > 0xDFFF:
		case u < 0xDC00 && i+1 < len(units) && units[i+1] >= 0xDC00 && units[i+1] <= 0xDFFF:
			i++
		default: // half a character
			return "", false
		}
	}
	return string(utf16.Decode(units)), true
}

func encodeWide(s string) ([]byte, bool) {
	if !utf8.ValidString(s) {
		return nil, false
	}
	units := utf16.Encode([]rune(s))
	b := make([]byte, 0, 2*len(units))
	for _, u := range units {
		b = append(b, byte(u>>8), byte(u))
	}
	return b, true
}
