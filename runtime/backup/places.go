package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// Places are the targets that an administrator has set up. Their secrets are kept encrypted and never given out.
type Places struct {
	store *store.Store
	dir   string
	mu    sync.Mutex
}

// Local is the id of the place that is always there: a folder inside the data folder, named by its use.
const Local = "local"

const (
	settingTargets = "targets"
	secretTarget   = "target."
	maxTargets     = 50
)

// NewPlaces finds the targets of a data folder.
func NewPlaces(s *store.Store, dir string) *Places { return &Places{store: s, dir: dir} }

// List gives the targets, without Local.
func (p *Places) List(ctx context.Context) ([]target.Settings, error) {
	text, err := p.store.Setting(ctx, settingTargets)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var list []target.Settings
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("targets: %w", err)
	}
	return list, nil
}

// LocalDir is the folder of Local for a use ("backup", "export").
func (p *Places) LocalDir(use string) string { return filepath.Join(p.dir, use) }

// Open finds a target by its id. "" and Local are the folder of a use in the data folder. The error wraps
// store.ErrNotFound when there is no such target.
func (p *Places) Open(ctx context.Context, id, use string) (target.Target, error) {
	if id == "" || id == Local {
		return target.NewFolder(p.LocalDir(use)), nil
	}
	list, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(list, func(s target.Settings) bool { return s.ID == id })
	if i < 0 {
		return nil, fmt.Errorf("target %q: %w", id, store.ErrNotFound)
	}
	return p.open(ctx, list[i], nil)
}

func (p *Places) open(ctx context.Context, s target.Settings, secret *string) (target.Target, error) {
	text := ""
	if secret != nil {
		text = *secret
	} else {
		var err error
		if text, err = p.store.KeptSecret(ctx, secretTarget+s.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
	}
	return target.Open(s, text)
}

// Check finds what is wrong with the settings of a target.
func (p *Places) Check(s target.Settings) spec.Problems {
	ps := s.Check()
	if s.ID == Local {
		ps.Add("exists", "/id", "Choose another id.", "%q is the folder in the data folder.", s.ID)
	}
	if s.Kind == target.Folder && filepath.IsAbs(s.Path) {
		abs, err := filepath.Abs(p.dir)
		rel, e := filepath.Rel(abs, s.Path)
		if err == nil && e == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			ps.Add("value_choice", "/path", "Choose a folder outside of it, best on another disk.", "The folder lies in the data folder of the server.")
		}
	}
	return ps
}

// Set adds a target, or takes the place of the one with its id; secret nil leaves what is kept. An empty ID removes old.
func (p *Places) Set(ctx context.Context, s target.Settings, secret *string, entries ...store.Entry) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if ps := p.Check(s); len(ps) > 0 {
		return ps
	}
	list, err := p.List(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(o target.Settings) bool { return o.ID == s.ID })
	switch {
	case i >= 0:
		if old := list[i]; secret == nil && (old.Endpoint != s.Endpoint || old.AccessKey != s.AccessKey) && s.Kind == target.S3 {
			// A kept secret is not sent to another server.
			return spec.Problems{{Code: "value_missing", At: "/secret", Message: "The secret is missing.", Hint: "Enter the secret of the access key again: the server or the key is another one."}}
		}
		list[i] = s
	case len(list) >= maxTargets:
		return spec.Problems{{Code: "too_many", At: "/id", Message: fmt.Sprintf("There are %d targets already.", maxTargets), Hint: "Remove one that is not needed any more."}}
	default:
		list = append(list, s)
	}
	if secret != nil {
		if err := p.store.KeepSecret(ctx, secretTarget+s.ID, *secret); err != nil {
			return err
		}
	}
	return p.keep(ctx, list, entries)
}

// Remove takes a target away; store.ErrNotFound when there is none.
func (p *Places) Remove(ctx context.Context, id string, entries ...store.Entry) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, err := p.List(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(o target.Settings) bool { return o.ID == id })
	if i < 0 {
		return store.ErrNotFound
	}
	if err := p.keep(ctx, slices.Delete(list, i, i+1), entries); err != nil {
		return err
	}
	return p.store.KeepSecret(ctx, secretTarget+id, "")
}

func (p *Places) keep(ctx context.Context, list []target.Settings, entries []store.Entry) error {
	text, err := json.Marshal(list)
	if err != nil {
		return err
	}
	return p.store.SetSetting(ctx, settingTargets, string(text), entries...)
}

// Try writes, reads and deletes a small file at a target with these settings; secret nil takes what is kept for its id, if the
// server and the access key are the same.
func (p *Places) Try(ctx context.Context, s target.Settings, secret *string) error {
	if ps := p.Check(s); len(ps) > 0 {
		return ps
	}
	if secret == nil {
		list, err := p.List(ctx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(list, func(o target.Settings) bool {
			return o.ID == s.ID && o.Endpoint == s.Endpoint && o.AccessKey == s.AccessKey
		})
		if i < 0 {
			none := ""
			secret = &none
		}
	}
	t, err := p.open(ctx, s, secret)
	if err != nil {
		return err
	}
	return target.Try(ctx, t)
}

// HasSecret reports whether a secret is kept for a target.
func (p *Places) HasSecret(ctx context.Context, id string) bool {
	_, err := p.store.KeptSecret(ctx, secretTarget+id)
	return err == nil
}
