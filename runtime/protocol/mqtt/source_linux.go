package mqtt

import "syscall"

// notifyAt has the kernel announce what came in only from so many bytes on (SO_RCVLOWAT,
// socket(7)); the end of a connection it announces anyway. A read that does not wait is not
// concerned.
func notifyAt(c syscall.RawConn, bytes int) {
	_ = c.Control(func(fd uintptr) { // without it, it only costs more
		_ = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, bytes)
	})
}
