package snmp

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gosnmp/gosnmp"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// kind is a type in which an object is written.
type kind uint8

const (
	kindAuto kind = iota
	kindInteger
	kindGauge
	kindCounter
	kindCounter64
	kindTimeTicks
	kindOctets
	kindIPAddress
	kindOID
)

var kindNames = map[string]kind{
	"auto": kindAuto, "integer": kindInteger, "gauge": kindGauge, "counter": kindCounter, "counter64": kindCounter64, "timeticks": kindTimeTicks,
	"octets": kindOctets, "ipaddress": kindIPAddress, "oid": kindOID,
}

// berOf and kindOf are the types as they stand in messages (RFC 2578, 7.1).
var berOf = map[kind]gosnmp.Asn1BER{
	kindInteger: gosnmp.Integer, kindGauge: gosnmp.Gauge32, kindCounter: gosnmp.Counter32, kindCounter64: gosnmp.Counter64, kindTimeTicks: gosnmp.TimeTicks,
	kindOctets: gosnmp.OctetString, kindIPAddress: gosnmp.IPAddress, kindOID: gosnmp.ObjectIdentifier,
}

var kindOf = map[gosnmp.Asn1BER]kind{
	gosnmp.Integer: kindInteger, gosnmp.Gauge32: kindGauge, gosnmp.Uinteger32: kindGauge, gosnmp.Counter32: kindCounter, gosnmp.Counter64: kindCounter64,
	gosnmp.TimeTicks: kindTimeTicks, gosnmp.OctetString: kindOctets, gosnmp.IPAddress: kindIPAddress, gosnmp.ObjectIdentifier: kindOID,
}

// decode makes the value of a point of an object.
func (p *point) decode(v gosnmp.SnmpPDU) (tag.Value, tag.Quality) {
	switch v.Type {
	case gosnmp.NoSuchObject, gosnmp.NoSuchInstance, gosnmp.EndOfMibView:
		return tag.Value{}, tag.BadNodeIDUnknown
	case gosnmp.Null:
		return tag.Value{}, tag.BadNoData
	}
	switch x := v.Value.(type) {
	case int:
		return p.whole(int64(x))
	case uint32:
		return p.whole(int64(x))
	case uint:
		return p.whole(int64(x))
	case uint64:
		return p.counter(x)
	case float32:
		return convert(tag.OfFloat(number(float64(x))), p.typ)
	case float64:
		return convert(tag.OfFloat(number(x)), p.typ)
	case []byte:
		return p.octets(x)
	case string: // an address or an object identifier
		if p.typ == tag.Bytes {
			return tag.Value{}, tag.BadTypeMismatch
		}
		return convert(tag.OfString(strings.TrimPrefix(x, ".")), p.typ)
	}
	return tag.Value{}, tag.BadDecodingError
}

// whole delivers a number. A TruthValue (RFC 2579) is 1 for true and 2 for false.
func (p *point) whole(n int64) (tag.Value, tag.Quality) {
	if p.format == "truth" {
		if n != 1 && n != 2 {
			return tag.Value{}, tag.BadDecodingError
		}
		return convert(tag.OfBool(n == 1), p.typ)
	}
	return convert(tag.OfInt(n), p.typ)
}

// counter delivers 64 bits; beyond the signed ones they are a float or digits.
func (p *point) counter(u uint64) (tag.Value, tag.Quality) {
	switch {
	case u <= math.MaxInt64:
		return p.whole(int64(u))
	case p.typ == tag.Float:
		return tag.OfFloat(float64(u)), tag.Good
	case p.typ == tag.Int:
		return tag.Value{}, tag.BadOutOfRange
	case p.typ == tag.Bool:
		return tag.OfBool(true), tag.Good
	}
	return convert(tag.OfString(strconv.FormatUint(u, 10)), p.typ)
}

// octets delivers an OCTET STRING. Some devices give numbers as text.
func (p *point) octets(b []byte) (tag.Value, tag.Quality) {
	if p.typ == tag.Bytes {
		return tag.OfBytes(b), tag.Good
	}
	format := p.format
	if format == "" || format == "auto" || format == "truth" {
		format = "text"
		if !readable(b) {
			format = "hex"
		}
	}
	text := ""
	switch format {
	case "hex":
		text = hexadecimal(b)
	case "date":
		t, ok := dateAndTime(b)
		if !ok {
			return tag.Value{}, tag.BadDecodingError
		}
		if p.typ == tag.Int || p.typ == tag.Float {
			return convert(tag.OfInt(t.UnixMilli()), p.typ)
		}
		text = t.Format("2006-01-02T15:04:05.9Z07:00")
	default:
		text = strings.TrimRight(string(b), "\x00")
		if !utf8.ValidString(text) {
			return tag.Value{}, tag.BadDecodingError
		}
	}
	if p.typ != tag.String && p.typ != tag.None {
		text = strings.TrimSpace(text)
		// What is a whole number is so as a float too.
		if v, err := tag.OfString(text).Convert(tag.Float); err == nil && p.typ == tag.Int {
			return convert(v, tag.Int)
		}
	}
	return convert(tag.OfString(text), p.typ)
}

// readable reports whether bytes are text that a person can read.
func readable(b []byte) bool {
	b = []byte(strings.TrimRight(string(b), "\x00"))
	if !utf8.Valid(b) {
		return false
	}
	for _, r := range string(b) {
		if !unicode.IsPrint(r) && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
	}
	return true
}

// hexadecimal is bytes as MIBs show physical addresses: 00:1b:21:3a.
func hexadecimal(b []byte) string {
	out := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			out = append(out, ':')
		}
		out = hex.AppendEncode(out, []byte{c})
	}
	return string(out)
}

// dateAndTime reads a DateAndTime (RFC 2579): 8 octets, or 11 with the zone.
func dateAndTime(b []byte) (time.Time, bool) {
	if len(b) != 8 && len(b) != 11 {
		return time.Time{}, false
	}
	year, month, day := int(binary.BigEndian.Uint16(b)), time.Month(b[2]), int(b[3])
	zone := time.UTC
	if len(b) == 11 {
		if b[8] != '+' && b[8] != '-' || b[9] > 14 || b[10] > 59 {
			return time.Time{}, false
		}
		offset := int(b[9])*3600 + int(b[10])*60
		if b[8] == '-' {
			offset = -offset
		}
		if offset != 0 {
			zone = time.FixedZone("", offset)
		}
	}
	if year > 9999 || b[4] > 23 || b[5] > 59 || b[6] > 60 || b[7] > 9 {
		return time.Time{}, false
	}
	t := time.Date(year, month, day, int(b[4]), int(b[5]), min(int(b[6]), 59), int(b[7])*1e8, zone)
	return t, t.Month() == month && t.Day() == day && t.Year() == year
}

// number makes all not-a-numbers one, so that they are equal.
func number(f float64) float64 {
	if f != f {
		return math.NaN()
	}
	return f
}

func convert(v tag.Value, t tag.Type) (tag.Value, tag.Quality) {
	if t == tag.None || v.Type() == t {
		return v, tag.Good
	}
	w, err := v.Convert(t)
	if err != nil {
		return tag.Value{}, tag.BadTypeMismatch
	}
	return w, tag.Good
}

// Write implements connector.Connector.
func (c *Connector) Write(ctx context.Context, cp connector.Point, v tag.Value) error {
	p, err := resolve(cp)
	if err != nil {
		return err
	}
	if p.kind == kindAuto {
		if p.kind, err = c.kindAt(ctx, &p, v); err != nil {
			return plain(err)
		}
	}
	value, err := p.encode(v)
	if err != nil {
		return err
	}
	answer, err := c.session.set(ctx, gosnmp.SnmpPDU{Name: p.oid, Type: berOf[p.kind], Value: value})
	switch {
	case err != nil && isUnsent(err):
		return plain(err)
	case err != nil && isRefusal(err):
		return err
	case err != nil:
		return fmt.Errorf("%w: %w", connector.ErrUncertain, err)
	case answer.Error != gosnmp.NoError:
		delete(c.kinds, p.oid) // the device may have changed
		return statusOf(answer.Error)
	}
	return nil
}

// kindAt asks the device in what type it has an object. One that it does not have yet is
// written in the type that the value suggests.
func (c *Connector) kindAt(ctx context.Context, p *point, v tag.Value) (kind, error) {
	if k, ok := c.kinds[p.oid]; ok {
		return k, nil
	}
	answer, err := c.session.get(ctx, []string{p.oid})
	if err != nil {
		return kindAuto, err
	}
	if answer.Error == gosnmp.NoError {
		if k, ok := kindOf[answer.Variables[0].Type]; ok {
			c.kinds[p.oid] = k
			return k, nil
		}
	}
	if v.Type() == tag.String || v.Type() == tag.Bytes {
		return kindOctets, nil
	}
	return kindInteger, nil
}

// mostOctets is the longest OCTET STRING (RFC 2578, 7.1.2).
const mostOctets = 65535

func refused(q tag.Quality, format string, args ...any) error {
	return &connector.StatusError{Quality: q, Message: fmt.Sprintf(format, args...)}
}

// encode makes what gosnmp packs. The error is a *connector.StatusError.
func (p *point) encode(v tag.Value) (any, error) {
	switch p.kind {
	case kindOctets:
		return p.encodeOctets(v)
	case kindIPAddress:
		a, err := netip.ParseAddr(v.Text())
		if v.Type() != tag.String || err != nil || !a.Is4() {
			return nil, refused(tag.BadTypeMismatch, "%.60s is not an IP address", v)
		}
		return a.String(), nil
	case kindOID:
		oid, err := parseOID(v.Text())
		if v.Type() != tag.String || err != nil {
			return nil, refused(tag.BadTypeMismatch, "%.60s is not an object identifier", v)
		}
		return "." + oid, nil
	}
	if p.format == "truth" && (v.Type() == tag.Bool || v.Type() == tag.Int) {
		if v.Bool() {
			return 1, nil
		}
		return 2, nil
	}
	if v.Type() == tag.String && p.kind == kindCounter64 {
		if u, err := strconv.ParseUint(v.Text(), 10, 64); err == nil {
			return u, nil
		}
	}
	low, high := int64(0), int64(math.MaxUint32)
	switch p.kind {
	case kindInteger:
		low, high = math.MinInt32, math.MaxInt32
	case kindCounter64:
		high = math.MaxInt64
	}
	n, err := v.Convert(tag.Int)
	switch {
	case v.IsNone() || v.Type() == tag.Bytes || v.Type() == tag.JSON || err != nil && v.Type() != tag.Float:
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a number", v)
	case err != nil && v.Float() == math.Trunc(v.Float()):
		return nil, refused(tag.BadOutOfRange, "%s is outside %d to %d", v, low, high)
	case err != nil:
		return nil, refused(tag.BadTypeMismatch, "%s is not a whole number", v)
	case n.Int() < low || n.Int() > high:
		return nil, refused(tag.BadOutOfRange, "%d is outside %d to %d", n.Int(), low, high)
	}
	switch p.kind {
	case kindInteger:
		return int(n.Int()), nil
	case kindCounter64:
		return uint64(n.Int()), nil
	}
	return uint32(n.Int()), nil
}

func (p *point) encodeOctets(v tag.Value) (any, error) {
	text := v.Text()
	switch {
	case v.Type() == tag.String && p.format == "hex":
		b, err := hex.DecodeString(strings.NewReplacer(":", "", "-", "", " ", "").Replace(text))
		if err != nil {
			return nil, refused(tag.BadTypeMismatch, "%.60q is not hexadecimal", text)
		}
		return b, nil
	case v.Type() == tag.String || v.Type() == tag.Bytes:
	case v.Type().IsNumber() || v.Type() == tag.Bool: // a device that keeps numbers as text
		text = strings.Trim(v.String(), `"`) // which stand around what JSON lacks
	default:
		return nil, refused(tag.BadTypeMismatch, "%.60s is not a text", v)
	}
	if len(text) > mostOctets {
		return nil, refused(tag.BadOutOfRange, "a text of %d bytes is too long", len(text))
	}
	return []byte(text), nil
}
