// Package modbus is what a Modbus client and a Modbus server have in common: function codes,
// exceptions, tables, addresses, and how values lie in registers (MODBUS Application Protocol
// V1.1b3).
package modbus

// Function codes (clause 6).
const (
	ReadCoils          byte = 0x01
	ReadDiscrete       byte = 0x02
	ReadHolding        byte = 0x03
	ReadInput          byte = 0x04
	WriteCoil          byte = 0x05
	WriteRegister      byte = 0x06
	Diagnostics        byte = 0x08
	WriteCoils         byte = 0x0F
	WriteRegisters     byte = 0x10
	MaskWrite          byte = 0x16
	ReadWriteRegisters byte = 0x17
	Encapsulated       byte = 0x2B

	// ExceptionBit marks the function code of an exception response.
	ExceptionBit byte = 0x80
)

// Limits of one exchange (clauses 4.1 and 6).
const (
	MaxPDU                = 253
	MaxReadRegisters      = 125
	MaxWriteRegisters     = 123
	MaxReadWriteRegisters = 121 // written by function 23
	MaxReadCoils          = 2000
	MaxWriteCoils         = 1968
)

// Exception codes (clause 7).
const (
	IllegalFunction     byte = 1
	IllegalAddress      byte = 2
	IllegalValue        byte = 3
	DeviceFailure       byte = 4
	Acknowledge         byte = 5
	DeviceBusy          byte = 6
	NegativeAcknowledge byte = 7
	MemoryParity        byte = 8
	GatewayPath         byte = 10
	GatewayTargetSilent byte = 11
)

// Table is one of the four tables of a unit (clause 4.3).
type Table uint8

// The tables.
const (
	Coil Table = iota
	Discrete
	Input
	Holding
)

// Tables are the tables by their names in addresses.
var Tables = map[string]Table{"coil": Coil, "discrete": Discrete, "input": Input, "holding": Holding}

// Bits reports whether a table holds bits and not registers.
func (t Table) Bits() bool { return t == Coil || t == Discrete }

// ReadFunction is the function that reads a table.
func (t Table) ReadFunction() byte {
	return [...]byte{Coil: ReadCoils, Discrete: ReadDiscrete, Input: ReadInput, Holding: ReadHolding}[t]
}
