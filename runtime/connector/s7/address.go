package s7

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Address says where a value lies in a controller, as it is written in STEP 7 and TIA Portal.
type Address struct {
	Address string `json:"address" title:"Address" zh:"地址" help:"As in TIA Portal: DB1.DBX0.3, DB1.DBD4:REAL, DB2.DBB10:STRING[20], M10.2, IW4, QB0, T5, C3. In brackets: the length of a text or of an array, REAL[10]." helpZh:"与 TIA 博途写法相同：DB1.DBX0.3、DB1.DBD4:REAL、DB2.DBB10:STRING[20]、M10.2、IW4、QB0、T5、C3。方括号内为文本或数组长度，如 REAL[10]。" required:"true" min:"2" max:"64"`
	// Type is the data type, if the address names none.
	Type string `json:"type,omitempty" title:"Data type" zh:"数据类型" help:"Only if the address does not say it. A bit is BOOL, B is BYTE, W is WORD and D is DWORD." helpZh:"地址中未注明时填写。位为 BOOL，B 为 BYTE，W 为 WORD，D 为 DWORD。" enum:"BOOL,BYTE,WORD,DWORD,LWORD,CHAR,WCHAR,SINT,INT,DINT,LINT,USINT,UINT,UDINT,ULINT,REAL,LREAL,STRING,WSTRING,DATE,TIME,S5TIME,TOD,DT,DTL"`

	place place
}

// place is an address, understood.
type place struct {
	area   area
	db     int
	start  int // byte; number of a timer or counter
	bit    int
	kind   kind
	length int // characters of a text
	array  int // elements, 0 when there is one value only
}

// Limits of addresses. Bits are counted in 24 bits on the wire.
const (
	maxStart     = 1<<21 - 1
	maxDB        = 65535
	maxString    = 254
	maxWString   = 16382
	maxArray     = 10_000
	maxValueSize = 65536 // bytes of one value
)

var (
	// DB1.DBX0.3, DB1.DBD4, DB1.X0.3, and the form of Node-RED's S7 nodes: DB1,REAL4, DB1,X0.3, DB1,S10.20.
	blockForm = regexp.MustCompile(`^DB([0-9]{1,6})[.,](?:DB)?([A-Z_0-9]*?[A-Z])([0-9]{1,8})(?:\.([0-9]{1,5}))?$`)
	// M10.2, MX10.2, IW4, QB0; in German E, A; V is the data block 1 of LOGO! and S7-200.
	areaForm = regexp.MustCompile(`^([IEQAMV])([XBWD]?)([0-9]{1,8})(?:\.([0-9]{1,2}))?$`)
	// T5, C3 or Z3.
	countForm = regexp.MustCompile(`^([TCZ])([0-9]{1,6})$`)
	// REAL, REAL[10], STRING[20], STRING[20][5].
	typeForm = regexp.MustCompile(`^([A-Z_0-9]+)(?:\[([0-9]{1,6})\])?(?:\[([0-9]{1,6})\])?$`)
)

var areas = map[string]area{"I": areaInput, "E": areaInput, "Q": areaOutput, "A": areaOutput, "M": areaMemory, "V": areaDB}

var widths = map[string]kind{"X": kindBool, "": kindBool, "B": kindByte, "W": kindWord, "D": kindDWord}

// parsePlace understands an address. typed is a type named apart, or kindNone.
func parsePlace(text string, typed kind) (place, *spec.Problem) {
	text = strings.ToUpper(strings.TrimPrefix(strings.ReplaceAll(text, " ", ""), "%"))
	where, suffix, suffixed := strings.Cut(text, ":")
	p := place{bit: -1}
	number := func(s string) int {
		n, err := strconv.Atoi(s)
		if err != nil {
			return -1
		}
		return n
	}
	var letters, behind string
	switch {
	case countForm.MatchString(where):
		m := countForm.FindStringSubmatch(where)
		p.area, p.kind, p.start = areaCounter, kindCounter, number(m[2])
		if m[1] == "T" {
			p.area, p.kind = areaTimer, kindTimer
		}
		if suffixed || typed != kindNone {
			return place{}, refuse("siemens_address", "Leave the type out.", "A timer or counter has a type of its own.")
		}
		if p.start > 65535 {
			return place{}, refuse("siemens_address", "Give a smaller number.", "There is no timer or counter %d.", p.start)
		}
		return p, nil
	case blockForm.MatchString(where):
		m := blockForm.FindStringSubmatch(where)
		p.area, p.db, letters, p.start, behind = areaDB, number(m[1]), m[2], number(m[3]), m[4]
		if p.db < 1 || p.db > maxDB {
			return place{}, refuse("siemens_address", "Give a number from 1 to 65535.", "There is no data block %d.", p.db)
		}
	case areaForm.MatchString(where):
		m := areaForm.FindStringSubmatch(where)
		p.area, letters, p.start, behind = areas[m[1]], m[2], number(m[3]), m[4]
		if m[1] == "V" {
			p.db = 1
		}
	default:
		return place{}, refuse("siemens_address", forms, "%q is not an S7 address.", where)
	}
	width, isWidth := widths[letters]
	named := kindNone
	if !isWidth {
		if letters == "S" {
			letters = "STRING"
		}
		named = kindNames[letters]
		if named == kindNone || named == kindBool {
			return place{}, refuse("siemens_address", forms, "%q is not an S7 address.", where)
		}
	}
	bits, first, second := -1, -1, -1
	switch {
	case behind == "":
	case isWidth && width == kindBool:
		bits = number(behind)
		if bits > 7 {
			return place{}, refuse("siemens_address", "Give a bit from 0 to 7.", "A byte has no bit %d.", bits)
		}
	case !isWidth:
		first = number(behind)
	default:
		return place{}, refuse("siemens_address", forms, "%q is not an S7 address.", where)
	}
	if suffixed {
		m := typeForm.FindStringSubmatch(suffix)
		if m == nil || kindNames[m[1]] == kindNone {
			return place{}, refuse("siemens_address", "Choose one of BOOL, BYTE, WORD, DWORD, CHAR, INT, DINT, REAL, LREAL, STRING[20], DTL …", "%q is not a data type.", suffix)
		}
		if named != kindNone {
			return place{}, refuse("siemens_address", "Remove one of them.", "The type stands twice in %q.", text)
		}
		named = kindNames[m[1]]
		if m[2] != "" {
			first = number(m[2])
		}
		if m[3] != "" {
			second = number(m[3])
		}
	}
	if typed != kindNone {
		if named != kindNone && named != typed {
			return place{}, refuse("siemens_address", "Remove one of them.", "The address says %s, the type %s.", named, typed)
		}
		named = typed
	}
	p.kind = named
	if named == kindNone {
		p.kind = width
	}
	if isWidth {
		if wrong := p.checkWidth(letters, width, bits); wrong != nil {
			return place{}, wrong
		}
	}
	if p.kind == kindBool {
		p.bit = bits
	}
	return p, p.checkSize(first, second)
}

// checkWidth checks a type at an address of a width.
func (p *place) checkWidth(letters string, width kind, bits int) *spec.Problem {
	size := kinds[p.kind].bytes
	switch {
	case p.kind == kindBool && width != kindBool:
		return refuse("siemens_address", forms, "A BOOL needs a bit, as in DBX0.3 or M10.2.")
	case p.kind == kindBool && bits < 0:
		return refuse("siemens_address", forms, "The number of the bit is missing, as in DBX0.3 or M10.2.")
	case width == kindBool && p.kind != kindBool && bits > 0:
		return refuse("siemens_address", forms, "A %s does not begin at bit %d.", p.kind, bits)
	case width == kindBool, width == kindByte: // the byte at which it begins
	case width == kindWord && size != 2, width == kindDWord && size != 4 && size != 8:
		return refuse("siemens_address", "Name its first byte, as in DBB4:DTL, or choose another type.", "A %s has %d bytes, which %s does not fit.", p.kind, size, letters)
	}
	return nil
}

// checkSize takes over the numbers in brackets.
func (p *place) checkSize(first, second int) *spec.Problem {
	p.array = max(first, 0)
	if p.kind.lengthened() {
		p.length, p.array = maxString, max(second, 0)
		if first >= 0 {
			p.length = first
		}
		if most := map[kind]int{kindString: maxString, kindWString: maxWString}[p.kind]; p.length < 1 || p.length > most {
			return refuse("siemens_length", fmt.Sprintf("Give a length from 1 to %d.", most), "A %s of %d characters is not possible.", p.kind, p.length)
		}
		first = second
	} else if second >= 0 {
		return refuse("siemens_length", "Leave the second length out.", "A %s has no second length.", p.kind)
	}
	switch {
	case first == 0 || first > maxArray:
		return refuse("siemens_length", fmt.Sprintf("Give a length from 1 to %d.", maxArray), "An array of %d values is not possible.", first)
	case p.start > maxStart || p.start+p.bytes() > maxStart+1:
		return refuse("siemens_range", "Give a smaller address.", "Byte %d cannot be addressed.", p.start)
	case p.bytes() > maxValueSize:
		return refuse("siemens_length", "Take fewer of them at once.", "A value of %d bytes is too long.", p.bytes())
	}
	return nil
}

const forms = "Write it as in DB1.DBX0.3, DB1.DBD4:REAL, M10.2, IW4 or T5."

func refuse(code, hint, format string, args ...any) *spec.Problem {
	return &spec.Problem{Code: code, At: "/address", Hint: hint, Message: fmt.Sprintf(format, args...)}
}

// bytes is how many bytes the value covers.
func (p *place) bytes() int {
	n := max(p.array, 1)
	if p.kind == kindBool {
		return (max(p.bit, 0) + n + 7) / 8
	}
	return (n-1)*p.kind.stride(p.length) + p.kind.size(p.length)
}

// ParseAddress decodes and checks an address of a tag of type t. Problems are spec.Problems.
func ParseAddress(raw json.RawMessage, t tag.Type, writable bool) (*Address, error) {
	a := &Address{}
	if err := spec.Decode(raw, a); err != nil {
		return nil, err
	}
	p, problem := parsePlace(a.Address, kindNames[a.Type])
	if problem != nil {
		return nil, spec.Problems{problem}
	}
	a.place = p
	var ps spec.Problems
	if !p.delivers(t) {
		ps.Add("type_mismatch", "/address", "Choose another type of the address or of the tag.", "%s cannot be delivered as %s.", p.describe(), t)
	}
	if writable {
		switch {
		case p.area.words():
			ps.Add("not_writable", "/address", "Make the tag read-only.", "Timers and counters are not written.")
		case p.kind == kindBool && p.array > 0 && (p.bit != 0 || p.array%8 != 0):
			ps.Add("not_writable", "/address", "Begin at bit 0 with a multiple of 8 bits, or make the tag read-only.", "Other bits of the same bytes would be written along.")
		}
	}
	if err := ps.Err(); err != nil {
		return nil, err
	}
	return a, nil
}

func (p *place) describe() string {
	name := p.kind.String()
	switch p.kind {
	case kindTimer:
		name = "A timer"
	case kindCounter:
		name = "A counter"
	}
	if p.array > 0 {
		name = "An array of " + name
	}
	return name
}

// delivers reports whether values of the place can be had as type t.
func (p *place) delivers(t tag.Type) bool {
	if t == tag.None {
		return true
	}
	if p.array > 0 {
		switch p.kind {
		case kindChar:
			return t == tag.JSON || t == tag.String || t == tag.Bytes
		case kindWChar:
			return t == tag.JSON || t == tag.String
		case kindByte, kindUSInt:
			return t == tag.JSON || t == tag.Bytes
		}
		return t == tag.JSON
	}
	switch kinds[p.kind].class {
	case classText:
		return t == tag.String
	case classDate:
		return t == tag.String || t == tag.Int || t == tag.Float
	case classTime:
		return t == tag.Int || t == tag.Float
	}
	return t == tag.Bool || t == tag.Int || t == tag.Float || t == tag.String && p.kind == kindULInt
}

// point is a tag with its place.
type point struct {
	place
	id  int
	typ tag.Type
}

func (p *point) span() span {
	s := span{area: p.area, db: p.db, start: p.start, count: p.bytes()}
	if p.area.words() {
		s.start *= 2
	}
	return s
}

// resolve takes the place out of a point. The error is a *connector.StatusError.
func resolve(cp connector.Point) (point, error) {
	a, ok := cp.Address.(*Address)
	if !ok {
		return point{}, &connector.StatusError{Quality: tag.BadConfigurationError, Message: fmt.Sprintf("%s has no S7 address", cp.Path)}
	}
	return point{place: a.place, id: cp.ID, typ: cp.Type}, nil
}
