package sparkplug

import (
	"google.golang.org/protobuf/encoding/protowire"

	"github.com/lineside/lineside/runtime/tag"
)

// Append appends the message that the payload is.
func (p *Payload) Append(dst []byte) []byte {
	if p.Timestamp > 0 {
		dst = appendNumber(dst, 1, milli(p.Timestamp))
	}
	for i := range p.Metrics {
		dst = appendPart(dst, 2, p.Metrics[i].append)
	}
	if p.Seq >= 0 {
		dst = appendNumber(dst, 3, uint64(p.Seq))
	}
	if p.UUID != "" {
		dst = appendText(dst, 4, p.UUID)
	}
	if p.Body != nil {
		dst = appendText(dst, 5, string(p.Body))
	}
	return dst
}

// milli is a time as it stands in a message.
func milli(t tag.Time) uint64 { return uint64(max(0, t.Milli())) }

func appendNumber(dst []byte, num protowire.Number, n uint64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(dst, num, protowire.VarintType), n)
}

func appendBool(dst []byte, num protowire.Number, b bool) []byte {
	if !b {
		return dst
	}
	return appendNumber(dst, num, 1)
}

func appendText(dst []byte, num protowire.Number, s string) []byte {
	return protowire.AppendString(protowire.AppendTag(dst, num, protowire.BytesType), s)
}

// appendPart appends a message in a message: its length is known when it is there.
func appendPart(dst []byte, num protowire.Number, part func([]byte) []byte) []byte {
	dst = protowire.AppendTag(dst, num, protowire.BytesType)
	const most = 4 // bytes of a length below 256 MiB
	at := len(dst)
	dst = part(append(dst, make([]byte, most)...))
	n := uint64(len(dst) - at - most)
	length := protowire.AppendVarint(make([]byte, 0, 10), n)
	if len(length) > most { // longer than any message may be
		return append(append(dst[:at:at], length...), dst[at+most:]...)
	}
	copy(dst[at:], length)
	copy(dst[at+len(length):], dst[at+most:])
	return dst[:len(dst)-most+len(length)]
}

func (m *Metric) append(dst []byte) []byte {
	if m.Name != "" {
		dst = appendText(dst, 1, m.Name)
	}
	if m.HasAlias {
		dst = appendNumber(dst, 2, m.Alias)
	}
	if m.Timestamp > 0 {
		dst = appendNumber(dst, 3, milli(m.Timestamp))
	}
	if m.Type != Unknown {
		dst = appendNumber(dst, 4, uint64(m.Type))
	}
	dst = appendBool(dst, 5, m.Historical)
	dst = appendBool(dst, 6, m.Transient)
	dst = appendBool(dst, 7, m.Null)
	if m.Description != "" {
		dst = appendPart(dst, 8, func(dst []byte) []byte { return appendText(dst, 8, m.Description) })
	}
	if len(m.Properties) > 0 {
		dst = appendPart(dst, 9, func(dst []byte) []byte { return appendProperties(dst, m.Properties) })
	}
	if m.Null {
		return dst
	}
	switch m.Value.field {
	case bytesField:
		return appendText(dst, 16, m.Value.text)
	case dataSetField:
		return appendPart(dst, 17, m.Value.DataSet().append)
	case templateField:
		return appendPart(dst, 18, m.Value.Template().append)
	}
	return m.Value.append(dst, 10)
}

// append appends a value of the fields that all values have in common.
func (v Value) append(dst []byte, first protowire.Number) []byte {
	switch v.field {
	case intField:
		return appendNumber(dst, first, v.bits)
	case longField:
		return appendNumber(dst, first+1, v.bits)
	case floatField:
		return protowire.AppendFixed32(protowire.AppendTag(dst, first+2, protowire.Fixed32Type), uint32(v.bits))
	case doubleField:
		return protowire.AppendFixed64(protowire.AppendTag(dst, first+3, protowire.Fixed64Type), v.bits)
	case boolField:
		return appendNumber(dst, first+4, v.bits)
	case stringField:
		return appendText(dst, first+5, v.text)
	}
	return dst
}

func appendProperties(dst []byte, list []Property) []byte {
	for _, p := range list {
		dst = appendText(dst, 1, p.Key)
	}
	for i := range list {
		dst = appendPart(dst, 2, func(dst []byte) []byte { return list[i].append(dst) })
	}
	return dst
}

func (p *Property) append(dst []byte) []byte {
	dst = appendNumber(dst, 1, uint64(p.Type))
	if p.Null {
		return appendBool(dst, 2, true)
	}
	switch part := p.Value.part.(type) {
	case []Property:
		return appendPart(dst, 9, func(dst []byte) []byte { return appendProperties(dst, part) })
	case [][]Property:
		return appendPart(dst, 10, func(dst []byte) []byte {
			for _, set := range part {
				dst = appendPart(dst, 1, func(dst []byte) []byte { return appendProperties(dst, set) })
			}
			return dst
		})
	}
	return p.Value.append(dst, 3)
}

func (s *DataSet) append(dst []byte) []byte {
	dst = appendNumber(dst, 1, uint64(len(s.Columns)))
	for _, c := range s.Columns {
		dst = appendText(dst, 2, c)
	}
	for _, t := range s.Types {
		dst = appendNumber(dst, 3, uint64(t))
	}
	for _, row := range s.Rows {
		dst = appendPart(dst, 4, func(dst []byte) []byte {
			for _, v := range row {
				dst = appendPart(dst, 1, func(dst []byte) []byte { return v.append(dst, 1) })
			}
			return dst
		})
	}
	return dst
}

func (t *Template) append(dst []byte) []byte {
	if t.Version != "" {
		dst = appendText(dst, 1, t.Version)
	}
	for i := range t.Members {
		dst = appendPart(dst, 2, t.Members[i].append)
	}
	for i := range t.Parameters {
		p := &t.Parameters[i]
		dst = appendPart(dst, 3, func(dst []byte) []byte {
			dst = appendNumber(appendText(dst, 1, p.Key), 2, uint64(p.Type))
			return p.Value.append(dst, 3)
		})
	}
	if t.Ref != "" {
		dst = appendText(dst, 4, t.Ref)
	}
	return appendNumber(dst, 5, map[bool]uint64{true: 1}[t.Definition])
}
