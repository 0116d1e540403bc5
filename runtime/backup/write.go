package backup

import (
	"archive/zip"
	"compress/flate"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/store"
)

// Source is what a backup is made of.
type Source struct {
	Store *store.Store
	// Dir is the data folder.
	Dir string
	// Flush brings what waits in memory and in the journal of the history into the database; nil for nothing.
	Flush func(ctx context.Context) error
	// Version of the program.
	Version string
	// Passphrase seals the key of the secrets; without one it is left out.
	Passphrase string
}

// Progress says how far it is.
type Progress struct {
	// Stage: write, verify, send or check.
	Stage string `json:"stage" enum:"write,verify,send,check"`
	// Done of Total rows or bytes of this stage; Total is 0 while it is not known.
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

// kept are the files and folders of the data folder that are part of a backup. The database, the journal of the history and
// the key are kept otherwise; what devices read (files), logs and older backups are not.
var kept = []string{"last.values", "provisioning"}

const readme = `This is a backup of Lineside: plant, apps, users, settings and history.

    lineside restore FILE --data DIR

puts it back into a data folder in which no server runs. What is what is told by manifest.json.
`

// Write makes a backup. It may be called while the server runs: what the database holds is that of one moment, and everything
// that was acknowledged before the call is in it.
func Write(ctx context.Context, w io.Writer, s Source, report func(Progress)) (*Manifest, error) {
	if s.Flush != nil {
		if err := s.Flush(ctx); err != nil {
			return nil, fmt.Errorf("write the history down: %w", err)
		}
	}
	out := &writer{zip: zip.NewWriter(w), manifest: Manifest{Format: Format, Version: s.Version, Created: time.Now().UTC()}, report: report}
	out.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestSpeed) })
	if err := out.raw(readmeName, strings.NewReader(readme)); err != nil {
		return nil, err
	}
	if err := s.Store.Dump(ctx, func(d *store.Dump) error { return out.tables(ctx, d) }); err != nil {
		return nil, err
	}
	if err := out.files(ctx, s.Dir); err != nil {
		return nil, err
	}
	if err := out.key(s); err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(&out.manifest, "", " ")
	if err != nil {
		return nil, err
	}
	part, err := out.create(manifestName)
	if err == nil {
		_, err = part.Write(text)
	}
	if err != nil {
		return nil, fmt.Errorf("write the backup: %w", err)
	}
	if err := out.zip.Close(); err != nil {
		return nil, fmt.Errorf("write the backup: %w", err)
	}
	return &out.manifest, nil
}

type writer struct {
	zip      *zip.Writer
	manifest Manifest
	report   func(Progress)
	total    int64
}

func (w *writer) create(name string) (io.Writer, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: w.manifest.Created}
	h.SetMode(0o600)
	return w.zip.CreateHeader(h)
}

// counted is a part that is being written.
type counted struct {
	w    io.Writer
	hash hash.Hash
	size int64
}

// Write implements io.Writer.
func (c *counted) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	_, _ = c.hash.Write(b[:n])
	c.size += int64(n)
	return n, err
}

// part writes one and puts it into the manifest.
func (w *writer) part(p Part, fill func(io.Writer, *Part) error) error {
	file, err := w.create(p.Name)
	if err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	c := &counted{w: file, hash: sha256.New()}
	if err := fill(c, &p); err != nil {
		return err
	}
	p.Size, p.SHA256 = c.size, hex.EncodeToString(c.hash.Sum(nil))
	if w.manifest.Parts = append(w.manifest.Parts, p); len(w.manifest.Parts) > maxParts {
		return fmt.Errorf("there are more than %d files to keep", maxParts)
	}
	return nil
}

func (w *writer) raw(name string, r io.Reader) error {
	return w.part(Part{Name: name}, func(to io.Writer, _ *Part) error {
		if _, err := io.Copy(to, r); err != nil {
			return fmt.Errorf("write %s: %w", name, err)
		}
		return nil
	})
}

func (w *writer) tables(ctx context.Context, d *store.Dump) error {
	w.manifest.Schema, w.manifest.Database = d.Schema, d.Database
	for i := range d.Tables {
		w.total += d.Tables[i].Rows
	}
	for i := range d.Tables {
		t := &d.Tables[i]
		err := w.part(Part{Name: tablePrefix + t.Name + ".rows", Columns: t.Columns}, func(to io.Writer, p *Part) error { return w.rows(ctx, d, t, to, p) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) rows(ctx context.Context, d *store.Dump, t *store.DumpTable, to io.Writer, p *Part) error {
	var packed, head []byte
	var sum content
	counts := &w.manifest.Counts
	samples := -1
	if t.Name == "history_chunks" {
		samples = slices.IndexFunc(t.Columns, func(c store.Column) bool { return c.Name == "count" })
	}
	err := d.Rows(ctx, t, func(row []any) (err error) {
		if packed, err = appendRow(packed[:0], row); err != nil {
			return fmt.Errorf("table %s: %w", t.Name, err)
		}
		sum.add(packed)
		head = binary.AppendUvarint(head[:0], uint64(len(packed)))
		if _, err = to.Write(head); err == nil {
			_, err = to.Write(packed)
		}
		if err != nil {
			return fmt.Errorf("write the backup: %w", err)
		}
		if samples >= 0 {
			n, _ := row[samples].(int64)
			counts.Samples += n
		}
		p.Rows++
		if counts.Rows++; counts.Rows%256 == 0 && w.report != nil {
			w.report(Progress{"write", counts.Rows, w.total})
		}
		return nil
	})
	if err != nil {
		return err
	}
	p.Content = sum.String()
	switch t.Name {
	case "documents":
		counts.Documents = p.Rows
	case "revisions":
		counts.Revisions = p.Rows
	case "users":
		counts.Users = p.Rows
	case "history_series":
		counts.Series = p.Rows
	}
	_, err = to.Write([]byte{0})
	return err
}

// files keeps those of the data folder. One that goes away meanwhile is not there.
func (w *writer) files(ctx context.Context, dir string) error {
	for _, name := range kept {
		err := filepath.WalkDir(filepath.Join(dir, name), func(file string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !d.Type().IsRegular() || strings.HasSuffix(file, ".part") {
				return ctx.Err()
			}
			r, err := os.Open(file)
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			defer r.Close()
			rel, err := filepath.Rel(dir, file)
			if err != nil {
				return err
			}
			w.manifest.Counts.Files++
			return w.raw(filePrefix+filepath.ToSlash(rel), r)
		})
		if err != nil {
			return fmt.Errorf("keep %s: %w", name, err)
		}
	}
	return nil
}

// key keeps that of the secrets, if there is a passphrase.
func (w *writer) key(s Source) error {
	key, err := store.Key(s.Dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	w.manifest.KeyCheck = keyCheck(key)
	if s.Passphrase == "" {
		return nil
	}
	sealed, err := sealKey(key, s.Passphrase)
	if err != nil {
		return fmt.Errorf("seal the key: %w", err)
	}
	w.manifest.HasKey = true
	return w.raw(keyName, strings.NewReader(string(sealed)))
}
