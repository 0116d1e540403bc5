package script

import (
	"time"

	"golang.org/x/sys/unix"
)

// spent is the CPU time that a process has used (clock_getcpuclockid(3): the number of its clock).
func spent(pid int) time.Duration {
	var t unix.Timespec
	if unix.ClockGettime(int32(^pid<<3|2), &t) != nil {
		return 0
	}
	return time.Duration(t.Nano())
}
