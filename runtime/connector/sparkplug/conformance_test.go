package sparkplug

import (
	"fmt"
	"math"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	for _, version := range []string{"3.1.1", "5"} {
		t.Run(version, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Device {
				m := peer.StartMosquitto(t, peer.MosquittoOptions{})
				n := peer.StartSparkplugNode(t, m.Port, "plant", "line1")
				press := func(metric, more string) string {
					return fmt.Sprintf(`{"group":"plant","node":"line1","device":"press","metric":%q%s}`, metric, more)
				}
				own := func(metric string) string {
					return fmt.Sprintf(`{"group":"plant","node":"line1","metric":%q}`, metric)
				}
				value := func(typ string, t tag.Type, v tag.Value) conformance.Tag {
					return conformance.Tag{Address: press("types/"+typ, ""), Type: t, Value: v}
				}
				more := func(typ string, t tag.Type, v tag.Value) conformance.Tag {
					return conformance.Tag{Address: press("more/"+typ, ""), Type: t, Value: v}
				}
				return &conformance.Device{
					Connector: "sparkplug", Port: m.Port,
					Settings: func(port int) string {
						return fmt.Sprintf(`{"url":"mqtt://127.0.0.1:%d","version":%q,"keepAlive":"3s","hostId":"main"}`, port, version)
					},
					Kill:    func(*testing.T) { m.Kill() },
					Restart: func(t *testing.T) { m.Restart(t) },
					Live:    conformance.Tag{Address: own("live"), Type: tag.Int},
					Change:  func(t *testing.T, v int) { n.Tell(t, "set - live %d", v) },
					Values: []conformance.Tag{
						value("Int8", tag.Int, tag.OfInt(-128)),
						value("Int16", tag.Int, tag.OfInt(-300)),
						value("Int32", tag.Int, tag.OfInt(math.MinInt32)),
						value("Int64", tag.Int, tag.OfInt(math.MinInt64)),
						value("UInt8", tag.Int, tag.OfInt(255)),
						value("UInt16", tag.Int, tag.OfInt(65535)),
						value("UInt32", tag.Int, tag.OfInt(math.MaxInt32)),
						value("UInt64", tag.Int, tag.OfInt(1<<53+1)),
						more("UInt64", tag.String, tag.OfString("18446744073709551615")),
						value("Float", tag.Float, tag.OfFloat(0.5)),
						value("Double", tag.Float, tag.OfFloat(-1e300)),
						more("Double", tag.Float, tag.OfFloat(math.NaN())),
						value("Boolean", tag.Bool, tag.OfBool(true)),
						value("String", tag.String, tag.OfString("线 \"1\"\n")),
						value("DateTime", tag.String, tag.OfString("2026-03-01T12:00:00.5Z")),
						more("DateTime", tag.Int, tag.OfInt(1_750_000_000_000)),
						value("Text", tag.String, tag.OfString("text")),
						value("UUID", tag.String, tag.OfString("00000000-0000-0000-0000-000000000001")),
						value("Bytes", tag.Bytes, tag.OfBytes([]byte{0, 255, 10})),
						value("File", tag.Bytes, tag.OfBytes([]byte("%PDF"))),
						{Address: press("温度/入口", ""), Type: tag.Float, Value: tag.OfFloat(22.5)},
						{Address: press("motor", `,"part":"speed"`), Type: tag.Float, Value: tag.OfFloat(990)},
						{Address: press("motor", `,"part":"drive/on"`), Type: tag.Bool, Value: tag.OfBool(false)},
						{Address: press("more/motor", ""), Type: tag.JSON, Value: tag.OfJSON(`{"speed":1,"drive/on":true,"名称":"二号"}`)},
					},
					Missing: []conformance.Bad{
						{Tag: conformance.Tag{Address: own("missing"), Type: tag.Float}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: press("motor", `,"part":"x"`), Type: tag.Float}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: `{"group":"plant","node":"line1","device":"none","metric":"a"}`, Type: tag.Float}, Quality: tag.BadNoCommunication},
						{Tag: conformance.Tag{Address: `{"group":"plant","node":"line2","metric":"a"}`, Type: tag.Float}, Quality: tag.BadNoCommunication},
						{Tag: conformance.Tag{Address: press("empty", ""), Type: tag.Float}, Quality: tag.BadNoData},
						{Tag: conformance.Tag{Address: press("doubtful", ""), Type: tag.Int}, Quality: tag.Bad},
						{Tag: conformance.Tag{Address: press("types/String", ""), Type: tag.Float}, Quality: tag.BadTypeMismatch},
					},
					Invalid: []string{`{"group":"a/b","node":"n","metric":"m"}`, `{"group":"a","node":"+","metric":"m"}`, `{"group":"a","node":"n"}`, `{"group":"a","node":"n","metric":"m","device":"#"}`},
					Refused: []conformance.Bad{
						{Tag: conformance.Tag{Address: press("types/Int8", ""), Type: tag.Int, Value: tag.OfInt(128)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: press("types/Float", ""), Type: tag.Float, Value: tag.OfFloat(1e300)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: press("types/UInt64", ""), Type: tag.Int, Value: tag.OfInt(-1)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: press("types/Double", ""), Type: tag.String, Value: tag.OfString("warm")}, Quality: tag.BadTypeMismatch},
						{Tag: conformance.Tag{Address: own("missing"), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: press("motor", `,"part":"x"`), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNodeIDUnknown},
					},
				}
			})
		})
	}
}
