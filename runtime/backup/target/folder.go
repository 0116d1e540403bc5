package target

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
)

// partSuffix ends the name of a file that is being written.
const partSuffix = ".part"

// FolderTarget is a folder of this machine.
type FolderTarget struct{ dir string }

// NewFolder is the target of a folder, which is made when something is put there.
func NewFolder(dir string) *FolderTarget { return &FolderTarget{dir} }

// Path is where a file is.
func (f *FolderTarget) Path(name string) string { return filepath.Join(f.dir, name) }

// Put implements Target: beside its place first, on the disk, and then by one renaming.
func (f *FolderTarget) Put(ctx context.Context, name string, r io.Reader) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("folder %s: %w", f.dir, unless(err))
	}
	part, err := os.CreateTemp(f.dir, "."+name+".*"+partSuffix) // mode 0600
	if err != nil {
		return fmt.Errorf("folder %s: %w", f.dir, unless(err))
	}
	defer os.Remove(part.Name()) // fails when all went well
	_, err = io.Copy(part, contextReader{ctx, r})
	if err == nil {
		err = part.Sync()
	}
	if err = errors.Join(err, part.Close()); err != nil {
		return fmt.Errorf("write %s: %w", f.Path(name), unless(err))
	}
	return f.take(part.Name(), name)
}

// PutFile moves a whole file of this machine there, which may be in another file system.
func (f *FolderTarget) PutFile(ctx context.Context, name, file string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("folder %s: %w", f.dir, unless(err))
	}
	if f.take(file, name) == nil {
		return nil
	}
	r, err := os.Open(file)
	if err != nil {
		return err
	}
	defer r.Close()
	if err := f.Put(ctx, name, r); err != nil {
		return err
	}
	return os.Remove(file)
}

func (f *FolderTarget) take(file, name string) error {
	if err := os.Rename(file, f.Path(name)); err != nil {
		return fmt.Errorf("write %s: %w", f.Path(name), unless(err))
	}
	return SyncFolder(f.dir)
}

// SyncFolder waits until the names in a folder are on the disk.
func SyncFolder(dir string) error {
	if runtime.GOOS == "windows" {
		return nil // NTFS keeps a journal of names
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, syscall.ENOTSUP) {
		err = nil // some shares cannot
	}
	return errors.Join(err, d.Close())
}

// List implements Target.
func (f *FolderTarget) List(ctx context.Context) ([]Entry, error) {
	list, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", f.dir, err)
	}
	var out []Entry
	for _, d := range list {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if !d.Type().IsRegular() || CheckName(d.Name()) != nil {
			continue
		}
		info, err := d.Info()
		if err != nil {
			continue // deleted meanwhile
		}
		if out = append(out, Entry{d.Name(), info.Size(), info.ModTime().UTC()}); len(out) == MaxEntries {
			break
		}
	}
	slices.SortFunc(out, func(a, b Entry) int { return strings.Compare(a.Name, b.Name) })
	return out, nil
}

// Get implements Target.
func (f *FolderTarget) Get(_ context.Context, name string) (io.ReadCloser, error) {
	if err := CheckName(name); err != nil {
		return nil, err
	}
	info, err := os.Lstat(f.Path(name))
	if err == nil && !info.Mode().IsRegular() {
		err = fs.ErrNotExist
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Path(name), unless(err))
	}
	r, err := os.Open(f.Path(name))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", f.Path(name), unless(err))
	}
	return r, nil
}

// Delete implements Target.
func (f *FolderTarget) Delete(_ context.Context, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	if err := os.Remove(f.Path(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete %s: %w", f.Path(name), err)
	}
	return nil
}

// unless turns errors of the disk into those of this package.
func unless(err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: %w", ErrNotFound, err)
	case errors.Is(err, syscall.ENOSPC):
		return fmt.Errorf("%w: %w", ErrFull, err)
	}
	return err
}

// contextReader ends with its context.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (c contextReader) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
