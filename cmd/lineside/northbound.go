package main

// The northbound interfaces that this binary has; each registers itself.
import (
	_ "github.com/lineside/lineside/runtime/northbound/modbus"
	_ "github.com/lineside/lineside/runtime/northbound/mqtt"
	_ "github.com/lineside/lineside/runtime/northbound/sparkplug"
)
