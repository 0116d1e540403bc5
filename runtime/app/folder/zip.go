package folder

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// Zip packs the files, always into the same bytes. dir is the folder that they unpack to.
func Zip(files Files, dir string) ([]byte, error) {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range sortedNames(files) {
		f, err := w.CreateHeader(&zip.FileHeader{Name: path.Join(dir, name), Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return nil, fmt.Errorf("zip: %w", err)
		}
		if _, err := f.Write(files[name]); err != nil {
			return nil, fmt.Errorf("zip: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("zip: %w", err)
	}
	return b.Bytes(), nil
}

// ErrZip is the error of a file that is no archive, or one that is not of an app.
var ErrZip = errors.New("this is no archive of an app")

// Unzip reads the files of an app from an archive; they may be in one folder of it. What does
// not belong to the app is not unpacked. Names that lead elsewhere, too many files and more than
// maxTotal bytes are refused, whatever the archive says of its sizes.
func Unzip(archive []byte) (Files, error) {
	r, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrZip, err)
	}
	if len(r.File) > 4*maxFiles {
		return nil, fmt.Errorf("%w: it has %d files", ErrZip, len(r.File))
	}
	// app.json that is nearest to the top says which folder it is.
	top, found := "", false
	for _, f := range r.File {
		dir, base := path.Split(f.Name)
		if base == headFile && (!found || len(dir) < len(top)) {
			top, found = dir, true
		}
	}
	if !found {
		return nil, fmt.Errorf("%w: there is no app.json in it", ErrZip)
	}
	files, total := Files{}, int64(0)
	for _, f := range r.File {
		name, ours := strings.CutPrefix(f.Name, top)
		if !ours || !Ours(name) || f.Mode()&^0o7777 != 0 { // a folder, a link
			continue
		}
		if _, double := files[name]; double || len(files) >= maxFiles {
			return nil, fmt.Errorf("%w: %s stands twice, or there are too many", ErrZip, name)
		}
		content, err := unpack(f, maxTotal-total)
		if err != nil {
			return nil, fmt.Errorf("%w: %s: %w", ErrZip, name, err)
		}
		total += int64(len(content))
		files[name] = content
	}
	return files, nil
}

func unpack(f *zip.File, room int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	content, err := io.ReadAll(io.LimitReader(r, room+1))
	if err == nil && int64(len(content)) > room {
		err = errTooLarge
	}
	return content, err
}
