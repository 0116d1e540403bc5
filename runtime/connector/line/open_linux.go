package line

import (
	"fmt"
	"os"
	"sync"
	"time"

	"go.bug.st/serial"
	"golang.org/x/sys/unix"
)

func canonicalCase(device string) string { return device }

// open has the port set up by the library and reads it by the runtime's poller: with
// deadlines, and ended by Close at once. The settings stay as long as the port is open.
func open(device string, mode *serial.Mode) (Port, error) {
	f, err := os.OpenFile(device, os.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	setup, err := serial.Open(device, mode)
	if err == nil {
		err = setup.Close()
	}
	if err == nil {
		err = f.SetDeadline(time.Time{}) // fails when it cannot be polled
	}
	if err == nil {
		err = flush(f)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &file{File: f}, nil
}

// flush takes the line for this program alone and forgets what came in before.
func flush(f *os.File) error {
	raw, err := f.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if failed = unix.IoctlSetInt(int(fd), unix.TIOCEXCL, 0); failed == nil {
			failed = unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCIOFLUSH)
		}
	})
	if err == nil {
		err = failed
	}
	if err != nil {
		return fmt.Errorf("take the line: %w", err)
	}
	return nil
}

// file is a port as a file. Writing is done with once the operating system has the bytes.
type file struct {
	*os.File
	closing sync.Once
}

// Close also throws away what is not sent yet: a line that takes nothing would else hold up
// closing for half a minute.
func (f *file) Close() error {
	err := error(nil)
	f.closing.Do(func() {
		if raw, e := f.SyscallConn(); e == nil {
			_ = raw.Control(func(fd uintptr) {
				_ = unix.IoctlSetInt(int(fd), unix.TCFLSH, unix.TCOFLUSH) // it may be gone already
				_ = unix.IoctlSetInt(int(fd), unix.TIOCNXCL, 0)
			})
		}
		err = f.File.Close()
	})
	return err
}
