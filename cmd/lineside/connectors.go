package main

// The protocols that this binary speaks; each registers itself.
import (
	_ "github.com/lineside/lineside/runtime/connector/file"
	_ "github.com/lineside/lineside/runtime/connector/frame"
	_ "github.com/lineside/lineside/runtime/connector/http"
	_ "github.com/lineside/lineside/runtime/connector/modbus"
	_ "github.com/lineside/lineside/runtime/connector/mqtt"
	_ "github.com/lineside/lineside/runtime/connector/opcua"
	_ "github.com/lineside/lineside/runtime/connector/push"
	_ "github.com/lineside/lineside/runtime/connector/replay"
	_ "github.com/lineside/lineside/runtime/connector/s7"
	_ "github.com/lineside/lineside/runtime/connector/simulator"
	_ "github.com/lineside/lineside/runtime/connector/snmp"
	_ "github.com/lineside/lineside/runtime/connector/sparkplug"
	_ "github.com/lineside/lineside/runtime/connector/sql"
)
