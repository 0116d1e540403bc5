//go:build !linux

package worker

import "time"

// limitMemory has nobody to ask here: the memory limit of the Go runtime and the look of the watch remain.
func limitMemory(uint64) {}

// spent is the time that has passed, where the CPU time is not known.
func spent() time.Duration { return time.Since(began) }
