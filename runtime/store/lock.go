package store

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ErrLocked says that another process serves from the data folder.
var ErrLocked = errors.New("another process is using it")

// LockFolder takes the data folder for this process until unlock is called or the process
// ends, however it ends. The error wraps ErrLocked when another process has it.
func LockFolder(dir string) (unlock func(), err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lineside.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := lockFile(f); err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("data folder %s: %w", dir, err)
	}
	return func() { _ = f.Close() }, nil
}
