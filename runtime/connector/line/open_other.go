//go:build !linux

package line

import (
	"runtime"
	"strings"

	"go.bug.st/serial"
)

// canonicalCase minds that Windows takes com3 for COM3.
func canonicalCase(device string) string {
	if runtime.GOOS == "windows" {
		return strings.ToUpper(strings.TrimPrefix(device, `\\.\`))
	}
	return device
}

func open(device string, mode *serial.Mode) (Port, error) {
	p, err := serial.Open(device, mode)
	if err != nil {
		return nil, err
	}
	return newPump(p)
}
