package worker

import (
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// limitMemory has the kernel refuse memory beyond so many bytes; the Go runtime ends the process then.
func limitMemory(bytes uint64) {
	_ = unix.Setrlimit(unix.RLIMIT_DATA, &unix.Rlimit{Cur: bytes, Max: bytes})
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	_ = unix.Setrlimit(unix.RLIMIT_FSIZE, &unix.Rlimit{})
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, 0, 5)
}

// spent is the CPU time of this process. A script is not to blame for a machine that is busy with something else.
func spent() time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t) != nil {
		return time.Since(began)
	}
	return time.Duration(t.Nano())
}
