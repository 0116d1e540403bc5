//go:build !linux

package mqtt

import "syscall"

// notifyAt does something on Linux only.
func notifyAt(syscall.RawConn, int) {}
