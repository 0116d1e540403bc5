package modbus

import (
	"runtime/debug"

	wire "github.com/lineside/lineside/runtime/protocol/modbus"
)

// readDeviceIdentification is the only type of encapsulated request that is known (clause 6.21).
const readDeviceIdentification = 0x0E

// Objects of the device identification: those up to revision are basic, all are regular.
const (
	objectVendor = iota
	objectProduct
	objectRevision
	objectURL
	objectName
)

// objects are what the server says of itself.
var objects = func() []string {
	version := "1"
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		version = info.Main.Version
	}
	return []string{objectVendor: "Lineside", objectProduct: "lineside", objectRevision: version, objectURL: "https://github.com/lineside/lineside", objectName: "Lineside northbound"}
}()

// conformity says that regular objects are there, as a stream and one by one.
const conformity = 0x82

// identify answers function 43/14.
func identify(body, reply []byte) ([]byte, exception) {
	if len(body) != 3 {
		return reply, exception(wire.IllegalValue)
	}
	if body[0] != readDeviceIdentification {
		return reply, exception(wire.IllegalFunction)
	}
	code, first := body[1], int(body[2])
	var list []int
	switch code {
	case 1, 2, 3: // an extended stream of a device that has none is the regular one
		last := objectRevision
		if code > 1 {
			last = objectName
		}
		if first > last {
			first = 0 // begins again, says the clause
		}
		for i := first; i <= last; i++ {
			list = append(list, i)
		}
	case 4:
		if first >= len(objects) {
			return reply, exception(wire.IllegalAddress)
		}
		list = []int{first}
	default:
		return reply, exception(wire.IllegalValue)
	}
	// All objects together are far below the size of a PDU.
	reply = append(reply, readDeviceIdentification, code, conformity, 0, 0, byte(len(list)))
	for _, i := range list {
		text := objects[i][:min(len(objects[i]), 40)]
		reply = append(append(reply, byte(i), byte(len(text))), text...)
	}
	return reply, 0
}
