//go:build !unix

package peer

import "os/exec"

// group lets a program and what it starts be ended together, where that is possible.
func group(cmd *exec.Cmd) *exec.Cmd { return cmd }

func killGroup(cmd *exec.Cmd) { _ = cmd.Process.Kill() }
