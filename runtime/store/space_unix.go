//go:build unix

package store

import "syscall"

// diskSpace is the size of the disk that a folder is on, and what is free of it for this user; 0 when it cannot be told.
func diskSpace(dir string) (size, free int64) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, 0
	}
	return int64(s.Blocks) * int64(s.Bsize), int64(s.Bavail) * int64(s.Bsize) //nolint:unconvert // the types differ between systems
}
