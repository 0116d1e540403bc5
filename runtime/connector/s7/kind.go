package s7

// kind is a data type of STEP 7 (IEC 61131-3 and Siemens' own).
type kind uint8

const (
	kindNone kind = iota
	kindBool
	kindByte
	kindWord
	kindDWord
	kindLWord
	kindChar
	kindWChar
	kindSInt
	kindInt
	kindDInt
	kindLInt
	kindUSInt
	kindUInt
	kindUDInt
	kindULInt
	kindReal
	kindLReal
	kindString
	kindWString
	kindDate
	kindTime
	kindS5Time
	kindTOD
	kindDT
	kindDTL
	kindTimer   // of the area T
	kindCounter // of the area C
)

// class groups the types by how their values are delivered.
type class uint8

const (
	classBool class = iota
	classNumber
	classText
	classTime // a length of time, in milliseconds
	classDate // a point in time
)

// kinds are the types that can be named in an address: bytes, class.
var kinds = [...]struct {
	name  string
	bytes int // without the characters of texts
	class class
}{
	kindBool: {"BOOL", 1, classBool}, kindByte: {"BYTE", 1, classNumber}, kindWord: {"WORD", 2, classNumber}, kindDWord: {"DWORD", 4, classNumber},
	kindLWord: {"LWORD", 8, classNumber}, kindChar: {"CHAR", 1, classText}, kindWChar: {"WCHAR", 2, classText}, kindSInt: {"SINT", 1, classNumber},
	kindInt: {"INT", 2, classNumber}, kindDInt: {"DINT", 4, classNumber}, kindLInt: {"LINT", 8, classNumber}, kindUSInt: {"USINT", 1, classNumber},
	kindUInt: {"UINT", 2, classNumber}, kindUDInt: {"UDINT", 4, classNumber}, kindULInt: {"ULINT", 8, classNumber}, kindReal: {"REAL", 4, classNumber},
	kindLReal: {"LREAL", 8, classNumber}, kindString: {"STRING", 2, classText}, kindWString: {"WSTRING", 4, classText}, kindDate: {"DATE", 2, classDate},
	kindTime: {"TIME", 4, classTime}, kindS5Time: {"S5TIME", 2, classTime}, kindTOD: {"TOD", 4, classDate}, kindDT: {"DT", 8, classDate}, kindDTL: {"DTL", 12, classDate},
	kindTimer: {"", 2, classTime}, kindCounter: {"", 2, classNumber},
}

// kindNames finds a type by its name, the long names of some included.
var kindNames = map[string]kind{"TIME_OF_DAY": kindTOD, "DATE_AND_TIME": kindDT, "S7TIME": kindTime}

func init() {
	for k, d := range kinds {
		if d.name != "" {
			kindNames[d.name] = kind(k)
		}
	}
}

func (k kind) String() string { return kinds[k].name }

// lengthened reports whether the type is a text that begins with its length.
func (k kind) lengthened() bool { return k == kindString || k == kindWString }

// size is the number of bytes of one value; length is that of a text, in characters.
func (k kind) size(length int) int {
	n := kinds[k].bytes
	switch k {
	case kindString:
		n += length
	case kindWString:
		n += 2 * length
	}
	return n
}

// stride is how far elements of an array are apart: what is longer than a byte begins at
// an even one.
func (k kind) stride(length int) int {
	n := k.size(length)
	if n > 1 {
		n += n & 1
	}
	return n
}
