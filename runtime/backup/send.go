package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/store"
)

// write makes the file, on the disk, and says what its SHA-256 is.
func (s *Service) write(ctx context.Context, name string, source Source, run *Run) (sum string, err error) {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	m, err := Write(ctx, io.MultiWriter(f, hash), source, s.report)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	run.Size, run.Counts, run.HasKey = info.Size(), m.Counts, m.HasKey
	s.mu.Lock()
	s.running.Size, s.running.Counts = run.Size, run.Counts
	s.mu.Unlock()
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// send puts a file at its target and reads it back. What fails is tried again after a while.
func (s *Service) send(ctx context.Context, to target.Target, run *Run, name, sum string) error {
	for attempt := 0; ; attempt++ {
		err := s.sendOnce(ctx, to, run, name, sum)
		if err == nil || ctx.Err() != nil || errors.Is(err, target.ErrFull) || attempt == len(s.o.Waits) {
			return err
		}
		s.o.Log.Warn("backup cannot be sent, trying again", "file", run.Name, "target", run.Target, "attempt", attempt+1, "error", err)
		timer := time.NewTimer(s.o.Waits[attempt])
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		}
	}
}

func (s *Service) sendOnce(ctx context.Context, to target.Target, run *Run, name, sum string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	s.report(Progress{Stage: "send", Total: run.Size})
	if err := to.Put(ctx, run.Name, &reporting{ReadSeeker: f, stage: "send", total: run.Size, report: s.report}); err != nil {
		return err
	}
	s.report(Progress{Stage: "check", Total: run.Size})
	back, err := to.Get(ctx, run.Name)
	if err != nil {
		return fmt.Errorf("read the backup back: %w", err)
	}
	hash := sha256.New()
	_, err = io.Copy(hash, &reporting{Reader: back, stage: "check", total: run.Size, report: s.report})
	if err = errors.Join(err, back.Close()); err != nil {
		return fmt.Errorf("read the backup back: %w", err)
	}
	if hex.EncodeToString(hash.Sum(nil)) != sum {
		return errors.Join(errors.New("the target gives back something else than it was given"), to.Delete(ctx, run.Name))
	}
	return nil
}

// reporting tells how much was read.
type reporting struct {
	io.Reader
	io.ReadSeeker
	stage       string
	done, total int64
	report      func(Progress)
}

// Read implements io.Reader.
func (r *reporting) Read(b []byte) (n int, err error) {
	if r.ReadSeeker != nil {
		n, err = r.ReadSeeker.Read(b)
	} else {
		n, err = r.Reader.Read(b)
	}
	r.done += int64(n)
	r.report(Progress{r.stage, r.done, r.total})
	return n, err
}

// Seek implements io.Seeker.
func (r *reporting) Seek(offset int64, whence int) (int64, error) {
	if r.ReadSeeker == nil {
		return 0, errors.ErrUnsupported
	}
	at, err := r.ReadSeeker.Seek(offset, whence)
	r.done = 0
	return at, err
}

// prune removes backups that are too many or too old, never the newest.
func (s *Service) prune(ctx context.Context, to target.Target, run *Run) error {
	s.mu.Lock()
	set := s.settings
	s.mu.Unlock()
	if run.Target != set.Target {
		return nil // what was asked for by hand elsewhere
	}
	list, err := to.List(ctx)
	if err != nil {
		return err
	}
	var names []string
	for _, e := range list {
		if _, ok := IsName(e.Name); ok {
			names = append(names, e.Name)
		}
	}
	for _, name := range tooOld(names, set, run.Started) {
		err = errors.Join(err, to.Delete(ctx, name))
	}
	return err
}

// tooOld picks the names that settings do not keep.
func tooOld(names []string, set Settings, now time.Time) (out []string) {
	slices.SortFunc(names, func(a, b string) int {
		x, _ := IsName(a)
		y, _ := IsName(b)
		return y.Compare(x)
	})
	for i, name := range names {
		at, _ := IsName(name)
		if i > 0 && (set.Keep > 0 && i >= set.Keep || set.KeepDays > 0 && now.Sub(at) > time.Duration(set.KeepDays)*24*time.Hour) {
			out = append(out, name)
		}
	}
	return out
}

// Get reads a backup at a target; the error wraps target.ErrNotFound when there is none.
func (s *Service) Get(ctx context.Context, to, name string) (io.ReadCloser, int64, error) {
	t, err := s.target(ctx, to)
	if err != nil {
		return nil, 0, err
	}
	if _, ok := IsName(name); !ok {
		return nil, 0, target.ErrNotFound
	}
	list, err := t.List(ctx)
	if err != nil {
		return nil, 0, err
	}
	i := slices.IndexFunc(list, func(e target.Entry) bool { return e.Name == name })
	if i < 0 {
		return nil, 0, target.ErrNotFound
	}
	r, err := t.Get(ctx, name)
	return r, list[i].Size, err
}

// Delete removes a backup.
func (s *Service) Delete(ctx context.Context, to, name string, entries ...store.Entry) error {
	t, err := s.target(ctx, to)
	if err != nil {
		return err
	}
	if _, ok := IsName(name); !ok {
		return target.ErrNotFound
	}
	if err := t.Delete(ctx, name); err != nil {
		return err
	}
	return s.o.Source.Store.Audit(ctx, entries...)
}
