package payload

import "fmt"

// Encode is the way back of Decode, without a byte order mark. The error says that the
// encoding lacks a character.
func (c *Charset) Encode(text string) ([]byte, error) {
	if c == nil {
		return []byte(text), nil
	}
	out, err := c.encoding.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the encoding lacks a character of %.40q", text)
	}
	return out, nil
}
