package s7

import (
	"encoding/binary"
	"fmt"
	"math"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func address(text string) string { return fmt.Sprintf(`{"address":%q}`, text) }

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Device {
		plc := peer.StartSnap7(t)
		value := func(where string, v tag.Value) conformance.Tag {
			return conformance.Tag{Address: address(where), Type: v.Type(), Value: v}
		}
		bad := func(where string, v tag.Value, q tag.Quality) conformance.Bad {
			return conformance.Bad{Tag: value(where, v), Quality: q}
		}
		return &conformance.Device{
			Connector: "s7", Port: plc.Port,
			Settings: func(port int) string {
				return fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"timeout":"700ms"}`, port)
			},
			Kill:    func(*testing.T) { plc.Kill() },
			Restart: func(t *testing.T) { plc.Restart(t) },
			Live:    conformance.Tag{Address: address("DB1.DBW0:INT"), Type: tag.Int},
			Change: func(t *testing.T, n int) {
				plc.Set(t, "db1", 0, binary.BigEndian.AppendUint16(nil, uint16(n))...)
			},
			Values: []conformance.Tag{
				value("DB1.DBW2:INT", tag.OfInt(math.MinInt16)),
				value("DB1.DBX4.0", tag.OfBool(true)), value("DB1.DBX4.7", tag.OfBool(true)), value("M10.2", tag.OfBool(true)),
				value("Q1.0", tag.OfBool(true)), value("I3.5", tag.OfBool(true)), value("DB1.DBX5.1:BOOL", tag.OfBool(false)),
				value("DB1.DBB6", tag.OfInt(255)), value("DB1.DBW8", tag.OfInt(65535)), value("DB1.DBD10", tag.OfInt(math.MaxUint32)),
				value("DB1.DBB14:LWORD", tag.OfInt(math.MaxInt64)), value("DB1.DBB22:SINT", tag.OfInt(-128)), value("DB1.DBB23:USINT", tag.OfInt(200)),
				value("DB1.DBW24:UINT", tag.OfInt(40000)), value("DB1.DBD26:DINT", tag.OfInt(math.MinInt32)), value("DB1.DBD30:UDINT", tag.OfInt(3e9)),
				value("DB1.DBB34:LINT", tag.OfInt(math.MinInt64)), value("DB1.DBB42:ULINT", tag.OfInt(1<<53+1)), value("DB1.DBX50.0:ULINT", tag.OfString("18446744073709551615")),
				value("DB1.DBB480:ULINT", tag.OfString("9007199254740993")), value("DB1.DBB488:ULINT", tag.OfFloat(1<<63)),
				value("DB1.DBD58:REAL", tag.OfFloat(-1.5)), value("DB1.DBD62:REAL", tag.OfFloat(math.NaN())), value("DB1.DBD66:REAL", tag.OfFloat(math.Inf(-1))),
				value("DB1.DBD70:LREAL", tag.OfFloat(math.Pi)), value("DB1.DBB78:CHAR", tag.OfString("ß")), value("DB1.DBW80:WCHAR", tag.OfString("阀")),
				value("DB1.DBB82:STRING[20]", tag.OfString("Pump «1» für 5 €")), value("DB1.DBB104:STRING[4]", tag.OfString("")),
				value("DB1.DBB110:WSTRING[10]", tag.OfString("阀门 A-1 😀")), value("DB1.DBW134:DATE", tag.OfString("2168-12-31")),
				value("DB1.DBD136:TIME", tag.OfInt(-24*3600*1000)), value("DB1.DBW140:S5TIME", tag.OfInt(9990)), value("DB1.DBD142:TOD", tag.OfString("23:59:59.999")),
				value("DB1.DBB146:DT", tag.OfString("1999-12-31T23:59:59.987")), value("DB1.DBB154:DTL", tag.OfString("2024-02-29T12:00:00.123456789")),
				value("DB1.DBB166:DTL", tag.OfInt(4102444800123)), value("DB1.DBB178:DT", tag.OfInt(946684800000)),
				value("DB1.DBW186:INT[4]", tag.OfJSON(`[-1,0,1,32767]`)), value("DB1.DBD194:REAL[3]", tag.OfJSON(`[0.5,"NaN",-1000]`)),
				value("DB1.DBX206.0:BOOL[16]", tag.OfJSON(`[true,false,true,true,false,false,false,false,false,false,false,false,false,false,false,true]`)),
				value("DB1.DBB208:BYTE[5]", tag.OfBytes([]byte{0, 1, 127, 128, 255})), value("DB1.DBB214:CHAR[6]", tag.OfString("abc")),
				value("DB1.DBB220:STRING[3][3]", tag.OfJSON(`["a","","xyz"]`)), value("DB1.DBB240:STRING", tag.OfString("long")),
				value("DB1.DBB500:BYTE[1500]", tag.OfBytes(make([]byte, 1500))), value("DB2.DBW65532:WORD", tag.OfInt(7)), value("DB2,INT65530", tag.OfInt(-7)),
				value("MW20", tag.OfInt(20)), value("QB7", tag.OfInt(7)), value("ED8:REAL", tag.OfFloat(0.25)), value("VW400", tag.OfInt(400)),
			},
			Missing: []conformance.Bad{
				bad("DB7.DBW10", tag.OfInt(0), tag.BadNodeIDUnknown), bad("DB7.DBB9:REAL", tag.OfFloat(0), tag.BadNodeIDUnknown),
				bad("DB99.DBX0.0", tag.OfBool(false), tag.BadNodeIDUnknown), bad("MB256", tag.OfInt(0), tag.BadNodeIDUnknown), bad("T200", tag.OfInt(0), tag.BadNodeIDUnknown),
			},
			Invalid: []string{
				address("DB1"), address("DB0.DBW1"), address("DB70000.DBW1"), address("DB1.DBX0.8"), address("DB1.DBX0"), address("DB1.DBW0:REAL"), address("DB1.DBW0.3"),
				address("DB1.DBW0:FLOAT"), address("DB1.DBB0:STRING[255]"), address("DB1.DBB0:INT[0]"), address("DB1.DBB0:INT[2][2]"), address("XW1"), address("M1"), address("T1:INT"),
				address("DB1.DBX0.3:INT"), address("DB1.DBB0:BOOL"), address("DB1.DBD9999999"), address("DB1.DBB0:REAL[9999999]"), `{"address":"DB1.DBD0:INT","type":"REAL"}`, `{"address":"DB1.DBD0","type":"real"}`,
			},
			Refused: []conformance.Bad{
				bad("DB1.DBW2:INT", tag.OfInt(32768), tag.BadOutOfRange), bad("DB1.DBW2:UINT", tag.OfInt(-1), tag.BadOutOfRange), bad("DB1.DBB2:ULINT", tag.OfInt(-1), tag.BadOutOfRange),
				bad("DB1.DBW2:INT", tag.OfFloat(1.5), tag.BadTypeMismatch), bad("DB1.DBW2:INT", tag.OfFloat(math.NaN()), tag.BadTypeMismatch), bad("DB1.DBB2:LINT", tag.OfFloat(1e30), tag.BadOutOfRange),
				bad("DB1.DBD2:REAL", tag.OfFloat(1e39), tag.BadOutOfRange), bad("DB1.DBB2:STRING[3]", tag.OfString("four"), tag.BadOutOfRange), bad("DB1.DBB2:STRING[9]", tag.OfString("阀"), tag.BadOutOfRange),
				bad("DB1.DBB2:CHAR", tag.OfString(""), tag.BadOutOfRange), bad("DB1.DBW2:DATE", tag.OfString("1989-12-31"), tag.BadOutOfRange), bad("DB1.DBW2:DATE", tag.OfString("tomorrow"), tag.BadTypeMismatch),
				bad("DB1.DBB2:DT", tag.OfString("2090-01-01T00:00:00"), tag.BadOutOfRange), bad("DB1.DBD2:TOD", tag.OfInt(86_400_000), tag.BadOutOfRange), bad("DB1.DBW2:S5TIME", tag.OfInt(10_001), tag.BadOutOfRange),
				bad("DB1.DBW2:INT[2]", tag.OfJSON(`[1]`), tag.BadOutOfRange), bad("DB1.DBW2:INT[2]", tag.OfJSON(`[1,"x"]`), tag.BadTypeMismatch), bad("DB1.DBW2:INT[2]", tag.OfJSON(`[1,70000]`), tag.BadOutOfRange),
				bad("DB7.DBW10", tag.OfInt(1), tag.BadNodeIDUnknown), bad("DB99.DBX0.0", tag.OfBool(true), tag.BadNodeIDUnknown), bad("T1", tag.OfInt(1), tag.BadNotWritable),
			},
		}
	})
}
