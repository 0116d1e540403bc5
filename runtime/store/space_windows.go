package store

import "golang.org/x/sys/windows"

// diskSpace is the size of the disk that a folder is on, and what is free of it for this user; 0 when it cannot be told.
func diskSpace(dir string) (size, free int64) {
	name, err := windows.UTF16PtrFromString(dir)
	if err != nil {
		return 0, 0
	}
	var available, total, all uint64
	if err := windows.GetDiskFreeSpaceEx(name, &available, &total, &all); err != nil {
		return 0, 0
	}
	return int64(total), int64(available)
}
