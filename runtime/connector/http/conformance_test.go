package http

import (
	"fmt"
	"math"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	for name, more := range map[string]string{"connection each": "", "connection kept": `,"keepAlive":true`} {
		t.Run(name, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Device {
				n := peer.StartNginx(t, peer.NginxOptions{})
				n.Put(t, "live.json", `{"n":0}`)
				at := func(path, more string) string { return fmt.Sprintf(`{"url":"/%s","writeMethod":"PUT"%s}`, path, more) }
				return &conformance.Device{
					Connector: "http", Port: n.Port, Connectionless: true,
					Settings: func(port int) string {
						return fmt.Sprintf(`{"url":"http://127.0.0.1:%d","timeout":"700ms"%s}`, port, more)
					},
					Kill:    func(*testing.T) { n.Kill() },
					Restart: func(t *testing.T) { n.Restart(t) },
					Live:    conformance.Tag{Address: at("live.json", `,"path":"n"`), Type: tag.Int},
					Change:  func(t *testing.T, i int) { n.Put(t, "live.json", fmt.Sprintf(`{"n":%d}`, i)) },
					Values: []conformance.Tag{
						{Address: at("float.json", ""), Type: tag.Float, Value: tag.OfFloat(21.25)},
						{Address: at("int.json", `,"path":"/v","template":"{\"v\":${value}}"`), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)},
						{Address: at("bool.json", `,"path":"$.on","template":"{\"on\":${value}}"`), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: at("string.json", `,"path":"s","template":"{\"s\":${value}}"`), Type: tag.String, Value: tag.OfString("线 \"1\"\n")},
						{Address: at("empty.json", ""), Type: tag.String, Value: tag.OfString("")},
						{Address: at("text.txt", `,"format":"text"`), Type: tag.String, Value: tag.OfString("plain 阀门")},
						{Address: at("bytes.bin", `,"format":"text"`), Type: tag.Bytes, Value: tag.OfBytes([]byte{0, 255, 10})},
						{Address: at("json.json", ""), Type: tag.JSON, Value: tag.OfJSON(`{"a":[[1,2],[3,4]]}`)},
						{Address: at("cell.csv", `,"format":"csv","column":"v","template":"t,v\n1,${text}\n"`), Type: tag.Float, Value: tag.OfFloat(-1e-9)},
						{Address: at("found.txt", `,"format":"regex","pattern":"temp = (\\S+)","template":"temp = ${text} C"`), Type: tag.Float, Value: tag.OfFloat(7)},
					},
					Missing: []conformance.Bad{
						{Tag: conformance.Tag{Address: at("live.json", `,"path":"x"`), Type: tag.Int}, Quality: tag.BadNoData},
						{Tag: conformance.Tag{Address: at("live.json", `,"format":"csv","column":"x"`), Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: at("nowhere", ""), Type: tag.Int}, Quality: tag.BadNodeIDUnknown},
						{Tag: conformance.Tag{Address: at("live.json", `,"path":""`), Type: tag.Float}, Quality: tag.BadTypeMismatch},
					},
					Invalid: []string{
						`{"url":"http://other/x"}`, `{"url":"//other/x"}`, `{"url":"/x#y"}`, at("x", `,"path":"a..b"`), at("x", `,"path":"/a~2"`), at("x", `,"format":"xml"`), at("x", `,"format":"csv"`),
						at("x", `,"format":"csv","column":"a","key":"b"`), at("x", `,"format":"regex","pattern":"("`), at("x", `,"format":"regex","pattern":"a","group":"1"`), at("x", `,"format":"text","time":"t"`),
					},
					Refused: []conformance.Bad{
						{Tag: conformance.Tag{Address: at("float.json", ""), Type: tag.Float, Value: tag.OfFloat(math.NaN())}, Quality: tag.BadOutOfRange},
						{Tag: conformance.Tag{Address: `{"url":"/live.json","writeMethod":"POST"}`, Type: tag.Float, Value: tag.OfFloat(1)}, Quality: tag.BadNotWritable},
					},
				}
			})
		})
	}
}
