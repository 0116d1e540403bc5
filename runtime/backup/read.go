package backup

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/lineside/lineside/runtime/store"
)

// File is a backup that can be read.
type File struct {
	Manifest Manifest
	zip      *zip.ReadCloser
	parts    map[string]*zip.File
}

// Open opens a backup and reads its manifest. The error is a *DamagedError or a *NewerError.
func Open(name string) (*File, error) {
	z, err := zip.OpenReader(name)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, zip.ErrAlgorithm) {
		return nil, &DamagedError{"", err}
	}
	if err != nil {
		return nil, err
	}
	f := &File{zip: z, parts: map[string]*zip.File{}}
	if err := f.read(); err != nil {
		return nil, errors.Join(err, z.Close())
	}
	return f, nil
}

// Close closes the file.
func (f *File) Close() error { return f.zip.Close() }

func (f *File) read() error {
	if len(f.zip.File) > maxParts+2 {
		return &DamagedError{"", fmt.Errorf("it has more than %d parts", maxParts)}
	}
	for _, z := range f.zip.File {
		if f.parts[z.Name] != nil {
			return &DamagedError{z.Name, errors.New("it is there twice")}
		}
		f.parts[z.Name] = z
	}
	z := f.parts[manifestName]
	if z == nil {
		return &DamagedError{"", errors.New("it has no manifest")}
	}
	r, err := z.Open()
	if err != nil {
		return &DamagedError{manifestName, err}
	}
	text, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err = errors.Join(err, r.Close()); err != nil {
		return &DamagedError{manifestName, err}
	}
	if len(text) > maxManifest {
		return &DamagedError{manifestName, errors.New("it is too large")}
	}
	m := &f.Manifest
	if err := json.Unmarshal(text, m); err != nil {
		return &DamagedError{manifestName, err}
	}
	switch {
	case m.Format > Format || m.Schema > store.Schema():
		return &NewerError{m.Format, m.Schema, m.Version}
	case m.Format < 1 || m.Schema < 1:
		return &DamagedError{manifestName, errors.New("it does not say of which format it is")}
	}
	names := map[string]bool{}
	for i := range m.Parts {
		p := &m.Parts[i]
		if f.parts[p.Name] == nil || names[p.Name] {
			return &DamagedError{p.Name, errors.New("it is missing")}
		}
		names[p.Name] = true
		if rel, ok := strings.CutPrefix(p.Name, filePrefix); ok && !isKept(rel) {
			return &DamagedError{p.Name, errors.New("a backup has no such file")}
		}
		if len(p.Columns) > 1000 {
			return &DamagedError{p.Name, errors.New("it has too many columns")}
		}
	}
	return nil
}

// isKept reports whether a path with slashes is one of those that backups keep.
func isKept(rel string) bool {
	first, _, _ := strings.Cut(rel, "/")
	return slices.Contains(kept, first) && filepath.IsLocal(filepath.FromSlash(rel)) && !strings.Contains(rel, `\`)
}

// table is the name of the table in a part.
func (p *Part) table() (string, bool) {
	name, ok := strings.CutPrefix(p.Name, tablePrefix)
	if !ok {
		return "", false
	}
	return strings.TrimSuffix(name, ".rows"), true
}

// checked is a part that is compared with the manifest while it is read: what does not fit is an error at its end.
type checked struct {
	r    io.ReadCloser
	part *Part
	hash hash.Hash
	size int64
}

func (f *File) open(p *Part) (*checked, error) {
	r, err := f.parts[p.Name].Open()
	if err != nil {
		return nil, &DamagedError{p.Name, err}
	}
	return &checked{r: r, part: p, hash: sha256.New()}, nil
}

// Read implements io.Reader.
func (c *checked) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	_, _ = c.hash.Write(b[:n])
	c.size += int64(n)
	switch {
	case err == nil && c.size <= c.part.Size:
		return n, nil
	case c.size > c.part.Size:
		err = fmt.Errorf("it has more than its %d bytes", c.part.Size)
	case errors.Is(err, io.EOF) && c.size < c.part.Size:
		err = fmt.Errorf("it has %d of %d bytes", c.size, c.part.Size)
	case errors.Is(err, io.EOF) && hex.EncodeToString(c.hash.Sum(nil)) != c.part.SHA256:
		err = errors.New("its SHA-256 is another one")
	case errors.Is(err, io.EOF):
		return n, io.EOF
	}
	return n, &DamagedError{c.part.Name, err}
}

// Close implements io.Closer.
func (c *checked) Close() error { return c.r.Close() }

// rows reads the rows of a table to their end, and checks them.
func (f *File) rows(p *Part, use func(*rowReader) error) error {
	c, err := f.open(p)
	if err != nil {
		return err
	}
	defer c.Close()
	r := newRowReader(c, p.Columns)
	if err := use(r); err != nil {
		if damaged := new(DamagedError); !errors.As(err, &damaged) && (errors.Is(err, errRow) || errors.Is(err, io.ErrUnexpectedEOF)) {
			return &DamagedError{p.Name, err}
		}
		return err
	}
	if r.rows != p.Rows || r.content.String() != p.Content {
		return &DamagedError{p.Name, fmt.Errorf("it has %d rows that are not the %d of the manifest", r.rows, p.Rows)}
	}
	return nil
}

// Check reads all of a backup and compares it with its manifest. The error names the damaged part.
func (f *File) Check(ctx context.Context, report func(Progress)) error {
	done, total := int64(0), int64(0)
	for i := range f.Manifest.Parts {
		total += f.Manifest.Parts[i].Size
	}
	for i := range f.Manifest.Parts {
		p := &f.Manifest.Parts[i]
		var err error
		if _, ok := p.table(); ok {
			err = f.rows(p, func(r *rowReader) error {
				for {
					if row, err := r.next(); err != nil || row == nil {
						return err
					}
					if ctx.Err() != nil {
						return ctx.Err()
					}
				}
			})
		} else {
			err = f.copy(p, io.Discard)
		}
		if err != nil {
			return err
		}
		if done += p.Size; report != nil {
			report(Progress{"check", done, total})
		}
	}
	return ctx.Err()
}

func (f *File) copy(p *Part, to io.Writer) error {
	c, err := f.open(p)
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = io.Copy(to, c)
	return err
}

// load fills a database with the tables.
func (f *File) load(ctx context.Context, url, dir, mark string, report func(Progress)) error {
	done, total := int64(0), f.Manifest.Counts.Rows
	return store.LoadDump(ctx, url, dir, f.Manifest.Schema, mark, func(l *store.Load) error {
		for i := range f.Manifest.Parts {
			p := &f.Manifest.Parts[i]
			table, ok := p.table()
			if !ok {
				continue
			}
			err := f.rows(p, func(r *rowReader) error {
				return l.Table(ctx, table, p.Columns, func() ([]any, error) {
					row, err := r.next()
					if done++; done%1024 == 0 && report != nil {
						report(Progress{"verify", min(done, total), total})
					}
					l.Held(len(r.packed))
					return row, err
				})
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}
