package tag

import "fmt"

// Quality is an OPC UA StatusCode (OPC 10000-4, 7.39): the two top bits are the
// severity (00 good, 01 uncertain, 10 and 11 bad), the rest says why.
type Quality uint32

// The codes Lineside itself raises. Connectors may pass on any other code that a
// device reports.
const (
	Good              Quality = 0x00000000
	GoodLocalOverride Quality = 0x00960000
	GoodClamped       Quality = 0x00300000

	Uncertain                Quality = 0x40000000
	UncertainInitialValue    Quality = 0x40920000
	UncertainLastUsableValue Quality = 0x40900000
	UncertainSubNormal       Quality = 0x40950000

	Bad                      Quality = 0x80000000
	BadCommunicationError    Quality = 0x80050000
	BadTimeout               Quality = 0x800A0000
	BadUserAccessDenied      Quality = 0x801F0000
	BadWaitingForInitialData Quality = 0x80320000
	BadNodeIDUnknown         Quality = 0x80340000
	BadOutOfRange            Quality = 0x803C0000
	BadNotWritable           Quality = 0x803B0000
	BadNotSupported          Quality = 0x803D0000
	BadTypeMismatch          Quality = 0x80740000
	BadConfigurationError    Quality = 0x80890000
	BadNotConnected          Quality = 0x808A0000
	BadDeviceFailure         Quality = 0x808B0000
	BadSensorFailure         Quality = 0x808C0000
	BadOutOfService          Quality = 0x808D0000
	BadNoCommunication       Quality = 0x80310000
	BadDecodingError         Quality = 0x80070000
	BadNoData                Quality = 0x809B0000
	BadDataLost              Quality = 0x809D0000
	BadInternalError         Quality = 0x80020000
	BadResourceUnavailable   Quality = 0x80040000
	BadRequestTooLarge       Quality = 0x80B80000
	BadInvalidState          Quality = 0x80AF0000
	BadDependentValueChanged Quality = 0x80E30000
)

const severity = 0xC0000000

// IsGood reports whether the severity is good.
func (q Quality) IsGood() bool { return q&severity == 0 }

// IsUncertain reports whether the severity is uncertain.
func (q Quality) IsUncertain() bool { return q&severity == 0x40000000 }

// IsBad reports whether the severity is bad: the value must not be used.
func (q Quality) IsBad() bool { return q&0x80000000 != 0 }

// Worst returns the worse of two qualities by severity; of two equally severe ones, the first.
func Worst(a, b Quality) Quality {
	if b&severity > a&severity {
		return b
	}
	return a
}

var qualityNames = map[Quality]string{
	Good: "Good", GoodLocalOverride: "GoodLocalOverride", GoodClamped: "GoodClamped",
	Uncertain: "Uncertain", UncertainInitialValue: "UncertainInitialValue", UncertainLastUsableValue: "UncertainLastUsableValue", UncertainSubNormal: "UncertainSubNormal",
	Bad: "Bad", BadCommunicationError: "BadCommunicationError", BadTimeout: "BadTimeout", BadUserAccessDenied: "BadUserAccessDenied",
	BadWaitingForInitialData: "BadWaitingForInitialData", BadNodeIDUnknown: "BadNodeIdUnknown", BadOutOfRange: "BadOutOfRange", BadNotWritable: "BadNotWritable",
	BadNotSupported: "BadNotSupported", BadTypeMismatch: "BadTypeMismatch", BadConfigurationError: "BadConfigurationError", BadNotConnected: "BadNotConnected",
	BadDeviceFailure: "BadDeviceFailure", BadSensorFailure: "BadSensorFailure", BadOutOfService: "BadOutOfService", BadNoCommunication: "BadNoCommunication",
	BadDecodingError: "BadDecodingError", BadNoData: "BadNoData", BadDataLost: "BadDataLost", BadInternalError: "BadInternalError", BadResourceUnavailable: "BadResourceUnavailable",
	BadRequestTooLarge: "BadRequestTooLarge", BadInvalidState: "BadInvalidState", BadDependentValueChanged: "BadDependentValueChanged",
}

// String is the symbolic name of the code, or "Bad (0x80xxxxxx)" for one without a name here.
func (q Quality) String() string {
	if n, ok := qualityNames[q]; ok {
		return n
	}
	if n, ok := qualityNames[q&0xFFFF0000]; ok {
		return n
	}
	class := "Good"
	switch {
	case q.IsBad():
		class = "Bad"
	case q.IsUncertain():
		class = "Uncertain"
	}
	return fmt.Sprintf("%s (0x%08X)", class, uint32(q))
}

// QualityNames lists the codes that have a name, for generated documentation and types.
func QualityNames() map[Quality]string {
	out := make(map[Quality]string, len(qualityNames))
	for k, v := range qualityNames {
		out[k] = v
	}
	return out
}
