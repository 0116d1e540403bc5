package modbus

import (
	"encoding/binary"
	"fmt"

	"github.com/lineside/lineside/runtime/connector"
	wire "github.com/lineside/lineside/runtime/protocol/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

// Function codes and limits, by the names used here.
const (
	fcReadCoils      = wire.ReadCoils
	fcReadDiscrete   = wire.ReadDiscrete
	fcReadHolding    = wire.ReadHolding
	fcReadInput      = wire.ReadInput
	fcWriteCoil      = wire.WriteCoil
	fcWriteRegister  = wire.WriteRegister
	fcDiagnostics    = wire.Diagnostics
	fcWriteCoils     = wire.WriteCoils
	fcWriteRegisters = wire.WriteRegisters
	fcMaskWrite      = wire.MaskWrite
	exceptionBit     = wire.ExceptionBit
	maxPDU           = wire.MaxPDU
)

// exception is an exception response (clause 7).
type exception byte

const (
	illegalFunction     exception = exception(wire.IllegalFunction)
	illegalAddress      exception = exception(wire.IllegalAddress)
	illegalValue        exception = exception(wire.IllegalValue)
	deviceFailure       exception = exception(wire.DeviceFailure)
	acknowledge         exception = exception(wire.Acknowledge)
	deviceBusy          exception = exception(wire.DeviceBusy)
	negativeAcknowledge exception = exception(wire.NegativeAcknowledge)
	memoryParity        exception = exception(wire.MemoryParity)
	gatewayPath         exception = exception(wire.GatewayPath)
	gatewayTargetSilent exception = exception(wire.GatewayTargetSilent)
)

// Error implements error.
func (e exception) Error() string {
	return fmt.Sprintf("device answered exception %d (%s)", byte(e), e.name())
}

func (e exception) name() string {
	switch e {
	case illegalFunction:
		return "illegal function"
	case illegalAddress:
		return "illegal data address"
	case illegalValue:
		return "illegal data value"
	case deviceFailure:
		return "device failure"
	case acknowledge:
		return "accepted, still in progress"
	case deviceBusy:
		return "device busy"
	case negativeAcknowledge:
		return "negative acknowledge"
	case memoryParity:
		return "memory parity error"
	case gatewayPath:
		return "gateway path unavailable"
	case gatewayTargetSilent:
		return "gateway target did not answer"
	}
	return "unknown"
}

// quality is what the exception means for the tags concerned.
func (e exception) quality() tag.Quality {
	switch e {
	case illegalFunction:
		return tag.BadNotSupported
	case illegalAddress:
		return tag.BadNodeIDUnknown
	case illegalValue:
		return tag.BadOutOfRange
	case deviceFailure, negativeAcknowledge, memoryParity:
		return tag.BadDeviceFailure
	case acknowledge, deviceBusy:
		return tag.BadResourceUnavailable
	case gatewayPath, gatewayTargetSilent:
		return tag.BadNoCommunication
	}
	return tag.BadCommunicationError
}

func readPDU(function byte, address, count int) []byte {
	p := make([]byte, 5)
	p[0] = function
	binary.BigEndian.PutUint16(p[1:], uint16(address))
	binary.BigEndian.PutUint16(p[3:], uint16(count))
	return p
}

func writeSinglePDU(function byte, address int, value uint16) []byte {
	return readPDU(function, address, int(value))
}

func writeRegistersPDU(address int, words []uint16) []byte {
	p := make([]byte, 6, 6+2*len(words))
	p[0] = fcWriteRegisters
	binary.BigEndian.PutUint16(p[1:], uint16(address))
	binary.BigEndian.PutUint16(p[3:], uint16(len(words)))
	p[5] = byte(2 * len(words))
	for _, w := range words {
		p = binary.BigEndian.AppendUint16(p, w)
	}
	return p
}

func writeCoilsPDU(address int, on bool) []byte {
	p := append(readPDU(fcWriteCoils, address, 1), 1, 0)
	if on {
		p[6] = 1
	}
	return p
}

// maskWritePDU sets the register to (present AND and) OR (or AND NOT and), clause 6.16.
func maskWritePDU(address int, and, or uint16) []byte {
	p := make([]byte, 7)
	p[0] = fcMaskWrite
	binary.BigEndian.PutUint16(p[1:], uint16(address))
	binary.BigEndian.PutUint16(p[3:], and)
	binary.BigEndian.PutUint16(p[5:], or)
	return p
}

// badReply is a reply that is framed well but is not one to the request.
func badReply(format string, args ...any) error {
	return &connector.StatusError{Quality: tag.BadCommunicationError, Message: fmt.Sprintf(format, args...)}
}

// checkReply checks the reply to request and returns the data of a read, nil for a
// write. The error is an exception or a *connector.StatusError of BadCommunicationError.
func checkReply(request, reply []byte) ([]byte, error) {
	if len(reply) < 2 {
		return nil, badReply("device answered %d bytes, too few for a reply", len(reply))
	}
	if reply[0] == request[0]|exceptionBit {
		if len(reply) != 2 {
			return nil, badReply("device answered an exception of %d bytes instead of 2", len(reply))
		}
		return nil, exception(reply[1])
	}
	if reply[0] != request[0] {
		return nil, badReply("device answered function %d to function %d", reply[0], request[0])
	}
	switch request[0] {
	case fcReadCoils, fcReadDiscrete, fcReadHolding, fcReadInput:
		want := dataBytes(request)
		if int(reply[1]) != want || len(reply) != 2+want {
			return nil, badReply("device answered %d bytes of data (said %d) instead of %d", len(reply)-2, reply[1], want)
		}
		return reply[2:], nil
	case fcWriteCoil, fcWriteRegister, fcMaskWrite:
		if string(reply) != string(request) {
			return nil, badReply("device confirmed another write than the one sent")
		}
	case fcWriteCoils, fcWriteRegisters:
		if string(reply) != string(request[:5]) {
			return nil, badReply("device confirmed another write than the one sent")
		}
	}
	return nil, nil
}

// dataBytes is the number of data bytes that the reply to a read holds.
func dataBytes(request []byte) int {
	n := int(binary.BigEndian.Uint16(request[3:]))
	if request[0] == fcReadCoils || request[0] == fcReadDiscrete {
		return (n + 7) / 8
	}
	return 2 * n
}
