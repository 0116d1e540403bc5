package modbus

import (
	"fmt"
	"math"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	type way struct{ settings, framer string }
	ways := map[string]way{"rtu": {`"transport":"rtu"`, "rtu"}, "ascii": {`"transport":"ascii"`, "ascii"}}
	for name, f := range framings {
		ways[name] = f
	}
	for name, f := range ways {
		t.Run(name, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Device {
				server := peer.StartPymodbus(t, "--framer", f.framer)
				place := func(port int) string { return fmt.Sprintf(`"host":"127.0.0.1","port":%d`, port) }
				ready := func(*testing.T) {}
				if name == "rtu" || name == "ascii" { // the proxy is where a serial device server is
					lines := map[int]string{}
					place = func(port int) string {
						if lines[port] == "" {
							lines[port] = fmt.Sprintf(`"serialPort":%q`, peer.StartSerialBridge(t, port))
						}
						ready = func(t *testing.T) {
							c := fromSettings(t, fmt.Sprintf(`{%s,%s,"timeout":"150ms"}`, lines[port], f.settings))
							peer.Await(t, "the line to be there", func() bool { return c.Connect(t.Context()) == nil })
							if err := c.Close(); err != nil {
								t.Fatal(err)
							}
						}
						return lines[port]
					}
				}
				holding := func(address int, kind, more string) string {
					return fmt.Sprintf(`{"table":"holding","address":%d,"type":%q%s}`, address, kind, more)
				}
				server.Tell(t, "hole holding 301 1")
				server.Tell(t, "hole holding 310 5")
				return &conformance.Device{
					Connector: "modbus", Port: server.Port,
					Settings: func(port int) string {
						return fmt.Sprintf(`{%s,"timeout":"700ms",%s}`, place(port), f.settings)
					},
					Ready:   func(t *testing.T) { ready(t) },
					Kill:    func(*testing.T) { server.Kill() },
					Restart: func(t *testing.T) { server.Restart(t) },
					Live:    conformance.Tag{Address: holding(300, "uint16", ""), Type: tag.Int},
					Change:  func(t *testing.T, n int) { server.Set(t, "holding", 300, uint16(n)) },
					Values: []conformance.Tag{
						{Address: holding(400, "int16", ""), Type: tag.Int, Value: tag.OfInt(-123)},
						{Address: holding(401, "uint16", ""), Type: tag.Int, Value: tag.OfInt(65535)},
						{Address: holding(402, "int32", `,"order":"CDAB"`), Type: tag.Int, Value: tag.OfInt(-70000)},
						{Address: holding(404, "uint32", ""), Type: tag.Int, Value: tag.OfInt(math.MaxUint32)},
						{Address: holding(406, "float32", `,"order":"BADC"`), Type: tag.Float, Value: tag.OfFloat(-1.5)},
						{Address: holding(408, "float64", `,"order":"DCBA"`), Type: tag.Float, Value: tag.OfFloat(math.Pi)},
						{Address: holding(412, "int64", ""), Type: tag.Int, Value: tag.OfInt(math.MinInt64)},
						{Address: holding(416, "uint64", ""), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)},
						{Address: holding(420, "bcd16", ""), Type: tag.Int, Value: tag.OfInt(9999)},
						{Address: holding(421, "bcd32", ""), Type: tag.Float, Value: tag.OfFloat(12345678)},
						{Address: holding(423, "string", `,"length":11`), Type: tag.String, Value: tag.OfString("阀门 A-1")},
						{Address: holding(430, "uint16", `,"bit":15`), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: holding(431, "uint32", `,"bit":20,"order":"DCBA"`), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: holding(433, "bool", ""), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: `{"table":"coil","address":50}`, Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: `{"table":"coil","address":67,"type":"bool"}`, Type: tag.Bool, Value: tag.OfBool(true)},
					},
					Missing: []conformance.Bad{
						{Tag: conformance.Tag{Address: holding(301, "uint16", ""), Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: holding(313, "float32", ""), Type: tag.Float}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: `{"table":"input","address":20000,"type":"int16"}`, Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
					},
					Invalid: []string{
						`{"table":"coil","address":1,"type":"int16"}`, `{"table":"holding","address":1}`, `{"table":"holding","address":-1,"type":"int16"}`,
						`{"table":"holding","address":65535,"type":"float64"}`, `{"table":"holding","address":1,"type":"string"}`, `{"table":"holding","address":1,"type":"float32","bit":3}`,
						`{"table":"holding","address":1,"type":"int16","bit":16}`, `{"table":"memory","address":1,"type":"int16"}`, `{"table":"holding","address":1,"type":"int16","unit":256}`,
						`{"table":"holding","address":1,"type":"int16","order":"ACBD"}`, `{"table":"holding","address":1,"type":"string","length":4}`,
					},
					Refused: []conformance.Bad{
						{Tag: conformance.Tag{Address: holding(400, "int16", ""), Type: tag.Int, Value: tag.OfInt(32768)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "uint16", ""), Type: tag.Int, Value: tag.OfInt(-1)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "uint64", ""), Type: tag.Float, Value: tag.OfFloat(-1)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "int64", ""), Type: tag.Float, Value: tag.OfFloat(1e30)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "int16", ""), Type: tag.Float, Value: tag.OfFloat(1.5)}, Quality: tag.BadTypeMismatch},
						{Tag: conformance.Tag{Address: holding(400, "bcd16", ""), Type: tag.Int, Value: tag.OfInt(10000)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "float32", ""), Type: tag.Float, Value: tag.OfFloat(1e39)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "float32", ""), Type: tag.Float, Value: tag.OfFloat(math.NaN())}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: holding(400, "float32", ""), Type: tag.Float, Value: tag.OfString("x")}, Quality: tag.BadTypeMismatch},
						{Tag: conformance.Tag{Address: holding(400, "string", `,"length":4`), Type: tag.String, Value: tag.OfString("12345")}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: `{"table":"input","address":1,"type":"int16"}`, Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNotWritable},
						{Tag: conformance.Tag{Address: holding(301, "int16", ""), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNodeIDUnknown},
					},
				}
			})
		})
	}
}
