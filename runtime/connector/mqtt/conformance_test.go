package mqtt

import (
	"fmt"
	"math"
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	for _, version := range versions {
		t.Run(version, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Device {
				m := peer.StartMosquitto(t, peer.MosquittoOptions{})
				topic := func(name, more string) string { return fmt.Sprintf(`{"topic":"c/%s"%s}`, name, more) }
				return &conformance.Device{
					Connector: "mqtt", Port: m.Port,
					Settings: func(port int) string {
						return fmt.Sprintf(`{"url":"mqtt://127.0.0.1:%d","version":%q,"keepAlive":"1s"}`, port, version)
					},
					Kill:    func(*testing.T) { m.Kill() },
					Restart: func(t *testing.T) { m.Restart(t) },
					Live:    conformance.Tag{Address: topic("live", ""), Type: tag.Int},
					// Retained, so that it is there whenever the subscription is.
					Change: func(t *testing.T, n int) { m.Publish(t, "c/live", fmt.Sprint(n), "-r") },
					Values: []conformance.Tag{
						{Address: topic("float", ""), Type: tag.Float, Value: tag.OfFloat(21.25)},
						{Address: topic("int", `,"format":"number"`), Type: tag.Int, Value: tag.OfInt(math.MaxInt64)},
						{Address: topic("bool", `,"path":"$.on","template":"{\"on\":${value}}"`), Type: tag.Bool, Value: tag.OfBool(true)},
						{Address: topic("string", `,"path":"s","template":"{\"s\":${value}}"`), Type: tag.String, Value: tag.OfString("线 \"1\"\n")},
						{Address: topic("raw", `,"format":"raw"`), Type: tag.String, Value: tag.OfString("plain")},
						{Address: topic("bytes", `,"format":"raw","qos":2,"writeQos":2`), Type: tag.Bytes, Value: tag.OfBytes([]byte{0, 255, 10})},
						{Address: topic("json", `,"template":"${value}"`), Type: tag.JSON, Value: tag.OfJSON(`{"a":[1,2]}`)},
					},
					Invalid: []string{topic("#/x", ""), topic("x", `,"path":"a..b"`), topic("x", `,"format":"xml"`)},
					Refused: []conformance.Bad{
						{Tag: conformance.Tag{Address: topic("+", ""), Type: tag.Float, Value: tag.OfFloat(1)}, Quality: tag.BadNotWritable},
						{Tag: conformance.Tag{Address: topic("float", ""), Type: tag.Float, Value: tag.OfFloat(math.NaN())}, Quality: tag.BadOutOfRange},
					},
				}
			})
		})
	}
}
