package folder

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/app"
)

// Limits of what is read: a document of app.MaxBytes takes more room when it is laid out.
const (
	maxFiles = 2*app.MaxScreens + 3*app.MaxOwnWidgets + 16
	maxTotal = 4 * app.MaxBytes
)

// ReadDir reads the files of an app from a folder. What does not belong to the app is not
// looked at, and no link leads out of the folder.
func ReadDir(dir string) (Files, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = root.Close() }()
	files, total := Files{}, int64(0)
	for _, name := range append([]string{"."}, kinds...) {
		list, err := fs.ReadDir(root.FS(), name)
		if errors.Is(err, fs.ErrNotExist) && name != "." {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("folder: %w", err)
		}
		for _, e := range list {
			file := path.Join(name, e.Name())
			if !Ours(file) || e.IsDir() {
				continue
			}
			f, err := root.Open(file)
			if err != nil {
				return nil, fmt.Errorf("folder: %w", err)
			}
			content, err := io.ReadAll(io.LimitReader(f, maxTotal-total+1))
			_ = f.Close()
			if err != nil {
				return nil, fmt.Errorf("folder: %w", err)
			}
			if total += int64(len(content)); total > maxTotal || len(files) >= maxFiles {
				return nil, errTooLarge
			}
			files[file] = content
		}
	}
	return files, nil
}

var errTooLarge = fmt.Errorf("the folder has more than %d files or %d MiB", maxFiles, maxTotal>>20)

// WriteDir puts the files into a folder, which is made when it is not there. Files that are the
// same are not touched; those of screens and drawings that are gone are removed. A folder that
// has such files but no app.json is not of an app, and is refused.
func WriteDir(dir string, files Files) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	old, err := ReadDir(dir)
	if err != nil {
		return err
	}
	if len(old) > 0 && old[headFile] == nil {
		return fmt.Errorf("%s has files that are not of an app: choose an empty folder", dir)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer func() { _ = root.Close() }()
	for name := range old {
		// A file system that does not know case has one file for two names.
		if files[name] == nil && !slices.ContainsFunc(sortedNames(files), func(n string) bool { return strings.EqualFold(n, name) }) {
			if err := root.Remove(filepath.FromSlash(name)); err != nil {
				return err
			}
		}
	}
	for _, name := range sortedNames(files) {
		if bytes.Equal(old[name], files[name]) {
			continue
		}
		if err := root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o755); err != nil {
			return err
		}
		if err := root.WriteFile(filepath.FromSlash(name), files[name], 0o644); err != nil {
			return err
		}
	}
	return nil
}

func sortedNames(files Files) []string {
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
