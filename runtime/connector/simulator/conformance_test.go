package simulator

import (
	"testing"

	"github.com/lineside/lineside/runtime/connector/conformance"
	"github.com/lineside/lineside/runtime/tag"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(*testing.T) *conformance.Device {
		return &conformance.Device{
			Connector: "simulator", Settings: func(int) string { return `{}` },
			Live: conformance.Tag{Address: `{"kind":"counter"}`, Type: tag.Int},
			Values: []conformance.Tag{
				{Address: `{"kind":"setpoint","name":"f"}`, Type: tag.Float, Value: tag.OfFloat(-1.5)},
				{Address: `{"kind":"setpoint","name":"i","initial":3}`, Type: tag.Int, Value: tag.OfInt(1 << 60)},
				{Address: `{"kind":"setpoint","name":"b"}`, Type: tag.Bool, Value: tag.OfBool(true)},
				{Address: `{"kind":"setpoint","name":"s"}`, Type: tag.String, Value: tag.OfString("配方 7")},
			},
			Invalid: []string{`{"kind":"noise"}`, `{"kind":"sine","low":1,"high":0}`, `{"kind":"counter","interval":"0s"}`, `{"kind":"setpoint","initial":"x"}`},
			Refused: []conformance.Bad{
				{Tag: conformance.Tag{Address: `{"kind":"sine"}`, Type: tag.Float, Value: tag.OfFloat(1)}, Quality: tag.BadNotWritable},
				{Tag: conformance.Tag{Address: `{"kind":"setpoint","name":"f"}`, Type: tag.Float, Value: tag.OfString("x")}, Quality: tag.BadTypeMismatch},
			},
		}
	})
}
