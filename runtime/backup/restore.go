package backup

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/store"
)

// RestoreOptions say where a backup is put.
type RestoreOptions struct {
	// Dir is the data folder, URL the PostgreSQL database or "" for the file in the folder.
	Dir, URL string
	// Force lets what is there make way.
	Force bool
	// Passphrase opens the key in the backup; Key is the content of a secret.key of the machine that it was taken from.
	Passphrase string
	Key        []byte
}

// Restored says what has become of a restore.
type Restored struct {
	Manifest Manifest `json:"manifest"`
	// Before is the folder in which what was there has been put, "" when there was nothing.
	Before string `json:"before,omitempty"`
	// KeyMissing says that there is no key for the secrets in the backup: passwords of devices must be entered again.
	KeyMissing bool `json:"keyMissing,omitempty"`
}

// Errors that callers act on.
var (
	// ErrInUse says that a server runs in the data folder.
	ErrInUse = errors.New("a server runs in the data folder: stop it first")
	// ErrNotEmpty says that there is data already.
	ErrNotEmpty = errors.New("there is data already")
)

// The folders of a restore inside the data folder: the first is being filled, the second is whole and takes the place of what
// is there, also when the process ends in the middle (see Finish).
const (
	partFolder  = "restore.part"
	readyFolder = "restore.ready"
	planName    = "plan.json"
)

// plan says how a whole restore takes its place.
type plan struct {
	// Move are names in the folder that take the place of those in the data folder, Remove those that have none to follow.
	Move   []string `json:"move"`
	Remove []string `json:"remove"`
	// Before is the folder for what was there.
	Before string `json:"before"`
	// Mark is that of the database in PostgreSQL: without it there, nothing was restored.
	Mark string `json:"mark,omitempty"`
}

// Restore puts a backup back: all of it, or, whatever happens, nothing. It refuses a folder in which a server runs or, without
// Force, that holds data. The error wraps ErrInUse, ErrNotEmpty or ErrPassphrase, or is a *DamagedError or *NewerError.
func Restore(ctx context.Context, name string, o RestoreOptions, report func(Progress)) (*Restored, error) {
	f, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	unlock, err := store.LockFolder(o.Dir)
	if errors.Is(err, store.ErrLocked) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := Finish(ctx, o.Dir, o.URL); err != nil {
		return nil, err
	}
	holds, err := store.Holds(ctx, o.URL, o.Dir)
	if err != nil {
		return nil, err
	}
	if holds && !o.Force {
		return nil, ErrNotEmpty
	}
	out := &Restored{Manifest: f.Manifest}
	key, err := f.chooseKey(o)
	if err != nil {
		return nil, err
	}
	out.KeyMissing = key == nil && f.Manifest.KeyCheck != ""

	part, ready := filepath.Join(o.Dir, partFolder), filepath.Join(o.Dir, readyFolder)
	if err := os.RemoveAll(part); err != nil {
		return nil, err
	}
	if err := os.Mkdir(part, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	defer os.RemoveAll(part)
	p := plan{Remove: []string{"lineside.db-wal", "lineside.db-shm", "history", "last.values", "provisioning"}, Before: "before-restore-" + time.Now().UTC().Format("20060102-150405.000")}
	if o.URL == "" {
		if err := f.load(ctx, "", part, "", report); err != nil {
			return nil, err
		}
		p.Move = append(p.Move, store.FileName)
	}
	if err := f.unpack(part); err != nil {
		return nil, err
	}
	if key != nil {
		if err := os.WriteFile(filepath.Join(part, store.KeyFile), []byte(base64.StdEncoding.EncodeToString(key)+"\n"), 0o600); err != nil {
			return nil, err
		}
	}
	for _, n := range append(slices.Clone(kept), store.KeyFile) {
		if _, err := os.Stat(filepath.Join(part, n)); err == nil {
			p.Move = append(p.Move, n)
			p.Remove = slices.DeleteFunc(p.Remove, func(r string) bool { return r == n })
		}
	}
	if o.URL != "" {
		p.Mark = p.Before
	}
	text, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(filepath.Join(part, planName), text, 0o600)
	}
	if err == nil {
		err = syncAll(part)
	}
	if err == nil {
		err = os.Rename(part, ready)
	}
	if err == nil {
		err = target.SyncFolder(o.Dir)
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the data folder: %w", err)
	}
	if o.URL != "" {
		if err := f.load(ctx, o.URL, "", p.Mark, report); err != nil {
			return nil, errors.Join(err, discard(o.Dir))
		}
	}
	if err := Finish(context.WithoutCancel(ctx), o.Dir, o.URL); err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(o.Dir, p.Before)); err == nil {
		out.Before = filepath.Join(o.Dir, p.Before)
	}
	return out, nil
}

// chooseKey finds the key of the secrets in the backup; nil when there is none.
func (f *File) chooseKey(o RestoreOptions) ([]byte, error) {
	if f.Manifest.KeyCheck == "" {
		return nil, nil
	}
	if f.Manifest.HasKey && o.Passphrase != "" {
		for i := range f.Manifest.Parts {
			p := &f.Manifest.Parts[i]
			if p.Name != keyName {
				continue
			}
			if p.Size > 1000 {
				return nil, &DamagedError{keyName, errors.New("it is too large")}
			}
			var sealed strings.Builder
			if err := f.copy(p, &sealed); err != nil {
				return nil, err
			}
			return openKey([]byte(sealed.String()), o.Passphrase)
		}
	}
	if len(o.Key) > 0 {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(o.Key)))
		if err != nil || keyCheck(key) != f.Manifest.KeyCheck {
			return nil, errors.New("the key file is not that of the machine from which the backup was taken")
		}
		return key, nil
	}
	key, err := store.Key(o.Dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && keyCheck(key) != f.Manifest.KeyCheck {
		return nil, nil
	}
	return key, err
}

// unpack writes the files of the data folder.
func (f *File) unpack(dir string) error {
	for i := range f.Manifest.Parts {
		p := &f.Manifest.Parts[i]
		rel, ok := strings.CutPrefix(p.Name, filePrefix)
		if _, table := p.table(); table {
			continue
		}
		if !ok {
			if err := f.copy(p, io.Discard); err != nil {
				return err
			}
			continue
		}
		name := filepath.Join(dir, filepath.FromSlash(rel))
		if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
			return err
		}
		w, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return err
		}
		if err := errors.Join(f.copy(p, w), w.Close()); err != nil {
			return err
		}
	}
	return nil
}

// syncAll waits until a folder with all that is in it is on the disk.
func syncAll(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			return target.SyncFolder(name)
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

// discard takes a restore back that did not come to its end.
func discard(dir string) error {
	part, ready := filepath.Join(dir, partFolder), filepath.Join(dir, readyFolder)
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	if err := os.Rename(ready, part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.RemoveAll(part)
}

// Finish brings a restore to its end whose process was ended in the middle, and takes away what is left of one that had not
// come to the point. It does nothing otherwise. The data folder must be locked, and nothing in it open.
func Finish(ctx context.Context, dir, url string) error {
	ready := filepath.Join(dir, readyFolder)
	text, err := os.ReadFile(filepath.Join(ready, planName))
	if errors.Is(err, fs.ErrNotExist) {
		return os.RemoveAll(filepath.Join(dir, partFolder))
	}
	if err != nil {
		return fmt.Errorf("finish the restore: %w", err)
	}
	var p plan
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("finish the restore: %s: %w", filepath.Join(ready, planName), err)
	}
	if p.Mark != "" {
		mark, err := store.Loaded(ctx, url)
		if err != nil {
			return fmt.Errorf("finish the restore: %w", err)
		}
		if mark != p.Mark {
			return discard(dir)
		}
	}
	before := filepath.Join(dir, p.Before)
	for _, name := range append(slices.Clone(p.Move), p.Remove...) {
		from, to := filepath.Join(ready, name), filepath.Join(dir, name)
		_, err := os.Lstat(from)
		moves := err == nil
		if !moves && slices.Contains(p.Move, name) {
			continue // it is there already
		}
		if _, err := os.Lstat(to); err == nil {
			if err := os.MkdirAll(before, 0o700); err != nil {
				return fmt.Errorf("finish the restore: %w", err)
			}
			if err := os.Rename(to, filepath.Join(before, name)); err != nil {
				return fmt.Errorf("finish the restore: %w", err)
			}
		}
		if moves {
			if err := os.Rename(from, to); err != nil {
				return fmt.Errorf("finish the restore: %w", err)
			}
		}
	}
	if err := target.SyncFolder(dir); err != nil {
		return fmt.Errorf("finish the restore: %w", err)
	}
	return discard(dir)
}
