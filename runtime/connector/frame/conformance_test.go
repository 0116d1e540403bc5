package frame

import (
	"fmt"
	"testing"

	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// values of each type that the device keeps, with what writes them.
var values = []struct {
	name, more, form string
	typ              tag.Type
	value            tag.Value
}{
	{"int", `"kind":"number"`, "{value}", tag.Int, tag.OfInt(-123)},
	{"large", `"kind":"number"`, "{value}", tag.Int, tag.OfInt(1<<62 + 1)},
	{"float", `"kind":"number"`, "{value}", tag.Float, tag.OfFloat(-1.5e-7)},
	{"fixed", `"kind":"number"`, "{value:+0000.00}", tag.Float, tag.OfFloat(12.25)},
	{"scaled", `"kind":"number","factor":0.1`, "{value}", tag.Float, tag.OfFloat(0.3)},
	{"hex", `"kind":"number","base":16`, "{value:hex4}", tag.Int, tag.OfInt(0xBEEF)},
	{"switch", `"kind":"is","equals":"ON"`, "{value:ON|OFF}", tag.Bool, tag.OfBool(true)},
	{"text", `"kind":"text"`, "{value}", tag.String, tag.OfString("阀门 A-1")},
	{"long", `"kind":"text"`, "{value}", tag.String, tag.OfString("0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz")},
}

const sum = `"checksum":"sum8","checksumAs":"hex","checksumGap":1,"checksumTail":2`

func TestConformance(t *testing.T) {
	for name, way := range map[string]struct {
		transport, port string
		udp             bool
	}{
		"tcp": {"tcp", "--tcp", false}, "udp": {"udp", "--udp", true}, "serial": {"serial", "--tcp", false},
	} {
		for _, mode := range []string{"poll", "listen"} {
			if name == "udp" && mode == "listen" {
				continue // the device learns by a request where to send
			}
			t.Run(name+" "+mode, func(t *testing.T) {
				conformance.Run(t, func(t *testing.T) *conformance.Device {
					port := peer.FreePort(t)
					push := []string{way.port, fmt.Sprint(port)}
					if mode == "listen" {
						push = append(push, "--push", "30")
					}
					device := peer.StartFrameDevice(t, push...)
					fill := func(t *testing.T) {
						for _, v := range values {
							device.Tell(t, "set %s 0", v.name)
						}
						device.Tell(t, "set fields 1,2")
					}
					fill(t)
					at := func(name, more, form string) string {
						request := ""
						if mode == "poll" {
							request = fmt.Sprintf(`"request":%q,`, name)
						}
						return fmt.Sprintf(`{%s"match":"%s=","by":"regexp","regexp":"=(.*)\\*","write":"W %s %s*{checksum}\\r\\n","confirm":"begins","reply":"OK %s=","refusal":"ERR",%s}`, request, name, name, form, name, more)
					}
					field := func(name string, index int) string {
						request := ""
						if mode == "poll" {
							request = fmt.Sprintf(`"request":%q,`, name)
						}
						return fmt.Sprintf(`{%s"match":"%s=","kind":"number","by":"separator","separator":",","index":%d}`, request, name, index)
					}
					d := &conformance.Device{
						Connector: "frame", Port: port, UDP: way.udp, Connectionless: way.udp,
						Settings: func(port int) string {
							requests := ""
							for _, n := range append([]string{"live", "fields", "gone"}, names()...) {
								requests += fmt.Sprintf(`,{"name":%q,"send":"R %s*{checksum}\\r\\n","reply":"%s="}`, n, n, n)
							}
							place := fmt.Sprintf(`"host":"127.0.0.1","port":%d`, port)
							if name == "serial" {
								place = fmt.Sprintf(`"serialPort":%q`, peer.StartSerialBridge(t, port))
							}
							more := `,"silence":"1s"`
							if mode == "poll" {
								more = `,"requests":[` + requests[1:] + "]"
							}
							return fmt.Sprintf(`{"transport":%q,%s,"mode":%q,"timeout":"700ms",%s%s}`, way.transport, place, mode, sum, more)
						},
						Kill:    func(*testing.T) { device.Kill() },
						Restart: func(t *testing.T) { device.Restart(t); fill(t) },
						Live:    conformance.Tag{Address: at("live", `"kind":"number"`, "{value}"), Type: tag.Int},
						Change:  func(t *testing.T, n int) { device.Tell(t, "set live %d", n) },
						Missing: []conformance.Bad{{Tag: conformance.Tag{Address: field("fields", 9), Type: tag.Float}, Quality: tag.BadNoData}},
						Invalid: []string{
							`{"kind":"nonsense"}`, `{"kind":"float","size":3}`, `{"kind":"number","by":"regexp","regexp":"("}`, `{"kind":"number","by":"separator"}`, `{"kind":"bit","size":1,"bit":8}`,
							`{"kind":"none"}`, `{"kind":"number","write":"{other}"}`, `{"kind":"number","match":"\\q"}`, `{"kind":"text"}`, `{"kind":"int","size":9}`, `{"kind":"text","encoding":"klingon"}`,
						},
						Refused: []conformance.Bad{
							{Tag: conformance.Tag{Address: at("int", `"kind":"number"`, "{value:u16}"), Type: tag.Int, Value: tag.OfInt(65536)}, Quality: tag.BadOutOfRange},
							{Tag: conformance.Tag{Address: at("int", `"kind":"number"`, "{value:u16}"), Type: tag.Float, Value: tag.OfFloat(1.5)}, Quality: tag.BadTypeMismatch},
							{Tag: conformance.Tag{Address: at("int", `"kind":"number"`, "{value:000.0}"), Type: tag.Float, Value: tag.OfFloat(1000)}, Quality: tag.BadOutOfRange},
							{Tag: conformance.Tag{Address: at("int", `"kind":"number"`, "{value}"), Type: tag.Float, Value: tag.OfString("x")}, Quality: tag.BadTypeMismatch},
							{Tag: conformance.Tag{Address: at("int", `"kind":"number"`, "!{value}"), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadOutOfRange},
							{Tag: conformance.Tag{Address: field("fields", 1), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNotWritable},
						},
					}
					for _, v := range values {
						d.Values = append(d.Values, conformance.Tag{Address: at(v.name, v.more, v.form), Type: v.typ, Value: v.value})
					}
					if name == "serial" {
						d.Ready = func(t *testing.T) { waitForDevice(t, device) }
					}
					return d
				})
			})
		}
	}
}

func names() (out []string) {
	for _, v := range values {
		out = append(out, v.name)
	}
	return out
}

// waitForDevice waits until the far end of the serial line is connected, for some time.
func waitForDevice(t *testing.T, device *peer.FrameDevice) {
	t.Helper()
	steady := 0
	peer.Await(t, "the line to be there", func() bool {
		steady++
		if device.Tell(t, "peers") != "1" {
			steady = 0
		}
		return steady > 20
	})
}
