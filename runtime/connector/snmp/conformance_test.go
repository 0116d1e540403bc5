package snmp

import (
	"fmt"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// versions are the settings of each version against the agent of package peer.
var versions = map[string]string{
	"1":                 `"version":"1","writeCommunity":"private"`,
	"2c":                `"community":"public","writeCommunity":"private"`,
	"3 SHA AES":         `"version":"3","user":"operator","authPassword":"` + peer.SnmpPassword + `","privPassword":"` + peer.SnmpPassword + `"`,
	"3 SHA-256 AES-128": `"version":"3","user":"operator256","authProtocol":"sha256","authPassword":"` + peer.SnmpPassword + `","privPassword":"` + peer.SnmpPassword + `"`,
}

// valueAt is the address of an object of test/peer/snmp_values.py.
func valueAt(n int, more string) string {
	return fmt.Sprintf(`{"oid":"%s.%d.0"%s}`, peer.SnmpValues, n, more)
}

func TestConformance(t *testing.T) {
	for version, settings := range versions {
		t.Run(version, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Device {
				agent := peer.StartSnmpd(t)
				value := func(n int, more string, v tag.Value) conformance.Tag {
					return conformance.Tag{Address: valueAt(n, more), Type: v.Type(), Value: v}
				}
				bad := func(n int, more string, v tag.Value, q tag.Quality) conformance.Bad {
					return conformance.Bad{Tag: value(n, more, v), Quality: q}
				}
				values := []conformance.Tag{
					value(2, `,"type":"integer"`, tag.OfInt(-2147483648)), value(3, "", tag.OfInt(4294967295)), value(6, `,"type":"timeticks"`, tag.OfInt(123456)),
					value(7, "", tag.OfString("阀门 \"A\" 1")), value(8, "", tag.OfString("192.168.0.255")), value(10, `,"format":"truth"`, tag.OfBool(true)),
					value(11, `,"format":"hex"`, tag.OfString("00:ff:10")), value(13, "", tag.OfFloat(-21.25)), value(14, "", tag.OfInt(77)), value(17, "", tag.OfBytes([]byte{0, 1, 254, 255})),
				}
				missing := []conformance.Bad{
					bad(77, "", tag.OfInt(0), tag.BadNodeIDUnknown),
					{Tag: conformance.Tag{Address: `{"oid":"1.3.6.1.4.1.99998.5"}`, Type: tag.Float}, Quality: tag.BadNodeIDUnknown},
				}
				readOnly, missed := tag.BadNotWritable, tag.BadNotWritable
				if version == "1" { // it knows neither 64 bits nor a refusal of its own for what is read only
					readOnly, missed = tag.BadNodeIDUnknown, tag.BadNodeIDUnknown
					missing = append(missing, bad(5, "", tag.OfInt(0), tag.BadNodeIDUnknown))
				}
				return &conformance.Device{
					Connector: "snmp", Port: agent.Port, UDP: true, Connectionless: true,
					Settings: func(port int) string {
						return fmt.Sprintf(`{"host":"127.0.0.1","port":%d,"timeout":"700ms",%s}`, port, settings)
					},
					Kill:    func(*testing.T) { agent.Kill() },
					Restart: func(t *testing.T) { agent.Restart(t) },
					Live:    conformance.Tag{Address: valueAt(1, ""), Type: tag.Int},
					Change:  func(t *testing.T, n int) { agent.Set(t, peer.SnmpValues+".1.0", "i", fmt.Sprint(n)) },
					Values:  values,
					Missing: missing,
					Invalid: []string{
						`{"oid":""}`, `{"oid":"1"}`, `{"oid":"1.3.x"}`, `{"oid":"3.1"}`, `{"oid":"1.40"}`, `{"oid":"1.3.4294967296"}`, `{"oid":"1.3..1"}`, `{"oid":"1.3.01"}`, `{"oid":"sysFoo.0"}`,
						`{"oid":"1.3.6","format":"octal"}`, `{"oid":"1.3.6","type":"int"}`,
					},
					Refused: []conformance.Bad{
						bad(2, "", tag.OfInt(1<<31), tag.BadOutOfRange), bad(2, "", tag.OfFloat(1.5), tag.BadTypeMismatch), bad(3, "", tag.OfInt(-1), tag.BadOutOfRange),
						bad(2, "", tag.OfString("x"), tag.BadTypeMismatch), bad(8, "", tag.OfString("300.1.1.1"), tag.BadTypeMismatch), bad(11, `,"format":"hex"`, tag.OfString("0x"), tag.BadTypeMismatch),
						bad(18, "", tag.OfInt(1), readOnly), bad(77, "", tag.OfInt(1), missed),
					},
				}
			})
		})
	}
}
