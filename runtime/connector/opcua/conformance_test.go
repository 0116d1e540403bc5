package opcua

import (
	"fmt"
	"math"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	server := peer.StartOPCUA(t)
	trust := trustOf(t, settings(server.Port, ""))
	for name, more := range map[string]string{"None": plain, "SignAndEncrypt": trust} {
		t.Run(name, func(t *testing.T) {
			conformance.Run(t, func(*testing.T) *conformance.Device {
				element := func(name, indices string) string { return fmt.Sprintf(`{"node":%q,"range":%q}`, test+name, indices) }
				return &conformance.Device{
					Connector: "opcua", Port: server.Port,
					Settings: func(port int) string { return settings(port, more+`,"keepAlive":"500ms","timeout":"2s"`) },
					Kill:     func(*testing.T) { server.Kill() },
					Restart:  func(t *testing.T) { server.Restart(t) },
					Live:     conformance.Tag{Address: node("live"), Type: tag.Int},
					Change:   func(t *testing.T, n int) { server.Set(t, "live", n) },
					Values: []conformance.Tag{
						{Address: node("double"), Type: tag.Float, Value: tag.OfFloat(math.Pi)},
						{Address: node("float"), Type: tag.Float, Value: tag.OfFloat(-1.5)},
						{Address: node("bool"), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: node("sbyte"), Type: tag.Int, Value: tag.OfInt(-7)},
						{Address: node("byte"), Type: tag.Int, Value: tag.OfInt(200)},
						{Address: node("int16"), Type: tag.Int, Value: tag.OfInt(-123)},
						{Address: node("uint16"), Type: tag.Int, Value: tag.OfInt(65535)},
						{Address: node("int32"), Type: tag.Int, Value: tag.OfInt(-70000)},
						{Address: node("uint32"), Type: tag.Int, Value: tag.OfInt(math.MaxUint32)},
						{Address: node("int64"), Type: tag.Int, Value: tag.OfInt(math.MinInt64)},
						{Address: node("uint64"), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)},
						{Address: node("string"), Type: tag.String, Value: tag.OfString("阀门 A-1")},
						{Address: node("bytes"), Type: tag.Bytes, Value: tag.OfBytes([]byte{0, 255, 10})},
						{Address: node("datetime"), Type: tag.String, Value: tag.OfString("2026-03-01T12:00:00.25Z")},
						{Address: node("strings"), Type: tag.JSON, Value: tag.OfJSON(`["","水"]`)},
						{Address: node("matrix"), Type: tag.JSON, Value: tag.OfJSON(`[[1,2,3],[4,5.5,"NaN"]]`)},
						{Address: element("doubles", "2"), Type: tag.Float, Value: tag.OfFloat(8.5)},
					},
					Missing: []conformance.Bad{
						{Tag: conformance.Tag{Address: node("nothing"), Type: tag.Float}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: `{"node":"nsu=urn:no:where;i=1"}`, Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: node("string"), Type: tag.Float}, Quality: tag.BadTypeMismatch},
						{Tag: conformance.Tag{Address: node("huge"), Type: tag.Int}, Quality: tag.BadOutOfRange},
					},
					Invalid: []string{
						`{"node":""}`, `{"node":"Speed"}`, `{"node":"x=1"}`, `{"node":"i=-1"}`, `{"node":"ns=70000;i=1"}`, `{"node":"nsu=;i=1"}`, `{"node":"nsu=a"}`,
						`{"node":"g=1"}`, `{"node":"b=*"}`, `{"node":"s="}`, `{"node":"i=1","range":"2:1"}`, `{"node":"i=1","range":"x"}`, `{"node":"i=1","kind":"method"}`,
						`{"node":"i=1","kind":"event"}`, `{"node":"i=1","queue":0}`, `{"node":"i=1","deadband":200,"deadbandKind":"percent"}`,
					},
					Refused: []conformance.Bad{
						{Tag: conformance.Tag{Address: node("int16"), Type: tag.Int, Value: tag.OfInt(32768)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: node("uint64"), Type: tag.Int, Value: tag.OfInt(-1)}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: node("int32"), Type: tag.Float, Value: tag.OfFloat(1.5)}, Quality: tag.BadTypeMismatch},
						{Tag: conformance.Tag{Address: node("nothing"), Type: tag.Int, Value: tag.OfInt(1)}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: node("readonly"), Type: tag.Float, Value: tag.OfFloat(1)}, Quality: tag.BadNotWritable},
					},
				}
			})
		})
	}
}
