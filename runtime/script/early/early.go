// Package early makes a process that was started as a worker of scripts one before anything else of the binary is
// prepared, so that it starts in a few milliseconds and holds a few megabytes: the rest of the product never runs in it.
// It is imported for this by the command, and by nothing else.
package early

import (
	"os"

	"github.com/lineside/lineside/runtime/script/worker"
)

func init() {
	if len(os.Args) == 2 && os.Args[1] == worker.Argument {
		os.Exit(worker.Run(os.Stdin, os.Stdout))
	}
}
