// Package folder is the one folder of the server whose files connectors may open. Who sets up
// devices need not be who may read the server's disk: names lead nowhere else, by ".." or by a
// symbolic link.
package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
)

// ErrNone says that the server was started without a folder for files.
var ErrNone = errors.New("the server has no folder for files")

var allowed atomic.Pointer[string]

// Allow names the folder, once at start; "" is none.
func Allow(dir string) { allowed.Store(&dir) }

// Dir is the folder, "" if there is none.
func Dir() string {
	if dir := allowed.Load(); dir != nil {
		return *dir
	}
	return ""
}

// Check tells whether a name can be one of the folder: relative, with / between its parts.
func Check(name string) error {
	if name == "" || !filepath.IsLocal(filepath.FromSlash(name)) {
		return fmt.Errorf("%q does not lie in the folder for files", name)
	}
	return nil
}

func root() (*os.Root, error) {
	dir := Dir()
	if dir == "" {
		return nil, ErrNone
	}
	return os.OpenRoot(dir)
}

// Open opens a regular file for reading.
func Open(name string) (*os.File, error) {
	if err := Check(name); err != nil {
		return nil, err
	}
	r, err := root()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	f, err := r.OpenFile(filepath.FromSlash(name), os.O_RDONLY|nonblock, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%q is not a file", name)
	}
	if err != nil {
		_ = f.Close()
		return nil, err
	}
	return f, nil
}

// Path is the full name of a regular file of the folder, for libraries that open files
// themselves. No part of it is a symbolic link.
func Path(name string) (string, error) {
	f, err := Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	dir, err := filepath.EvalSymlinks(Dir())
	if err != nil {
		return "", err
	}
	want := filepath.Join(dir, filepath.FromSlash(name))
	if real, err := filepath.EvalSymlinks(want); err != nil || real != want {
		return "", fmt.Errorf("%q is a symbolic link", name)
	}
	return want, nil
}

// List lists what lies in a subfolder, "" being the folder itself, sorted by name.
func List(name string) ([]fs.DirEntry, error) {
	if name == "" {
		name = "."
	} else if err := Check(name); err != nil {
		return nil, err
	}
	r, err := root()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return fs.ReadDir(r.FS(), filepath.ToSlash(filepath.Clean(name)))
}
