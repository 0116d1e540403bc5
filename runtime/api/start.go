package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// asSystem makes the runtime itself the actor.
func asSystem(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, actorKey, auth.Actor{Name: "system", Origin: origin, Rights: auth.RightsOf([]auth.Grant{{Role: "admin"}}, auth.AllActions)})
}

// Load puts the plant and the installed apps that are kept to work. What cannot be used is
// logged and left out: the rest runs.
func (s *Server) Load(ctx context.Context) error {
	if err := s.loadBlock(ctx); err != nil {
		return err
	}
	if err := s.endWrites(ctx); err != nil {
		return err
	}
	if err := s.loadRetention(ctx); err != nil {
		return err
	}
	kept, err := s.keptPlant(ctx)
	if err != nil {
		return err
	}
	prepared, ps := s.engine.PreparePlant(kept.plant)
	if err = ps.Err(); err == nil {
		then := *kept
		then.plant = prepared.Plant()
		if kept.etag != "" {
			s.kept.Store(&then)
		}
		err = s.engine.TakePlant(prepared)
	}
	if err != nil {
		s.log.Error("the plant has errors and does not run", "error", err)
	}
	installed, err := s.store.Installations(ctx)
	if err != nil {
		return err
	}
	for _, i := range installed {
		if err := s.loadApp(ctx, i); err != nil {
			s.log.Error("app has errors", "installation", i.ID, "error", err)
		}
	}
	return nil
}

func (s *Server) loadApp(ctx context.Context, i store.Installation) error {
	inst, _, err := s.installation(ctx, i.ID)
	if err != nil {
		return err
	}
	var failed error
	running, r, err := s.published(ctx, i.ID)
	switch {
	case err != nil:
		failed = err
	case running != nil:
		failed = s.engine.RestoreApp(inst, running, r.Number)
	}
	if draft, _, err := s.draft(ctx, i.ID); err != nil {
		failed = errors.Join(failed, fmt.Errorf("draft: %w", err))
	} else {
		s.engine.SetDraft(inst, draft)
	}
	return failed
}

// IsEmpty reports whether nothing was ever kept: no plant and no app.
func (s *Server) IsEmpty(ctx context.Context) (bool, error) {
	if _, err := s.store.DocumentHead(ctx, store.Plant, ""); !errors.Is(err, store.ErrNotFound) {
		return false, err
	}
	installed, err := s.store.Installations(ctx)
	return len(installed) == 0, err
}

// ApplyPlant makes a document the plant.
func (s *Server) ApplyPlant(ctx context.Context, origin string, content []byte) error {
	p, err := plant.Read(content)
	if err != nil {
		return err
	}
	_, _, err = s.savePlant(asSystem(ctx, origin), store.AnyETag, func(*plant.Plant) (*plant.Plant, error) { return p, nil })
	return err
}

// ApplyApp makes a document the published revision of an installation, which is made when
// there is none.
func (s *Server) ApplyApp(ctx context.Context, origin, id string, content []byte) error {
	ctx = asSystem(ctx, origin)
	a, err := app.Read(content)
	if err != nil {
		return err
	}
	if !app.ID(id) {
		return errID.with(id)
	}
	canonical, err := app.Canonical(a)
	if err != nil {
		return err
	}
	if _, err := s.store.Installation(ctx, id); errors.Is(err, store.ErrNotFound) {
		if err := s.install(ctx, app.Installation{ID: id}, a); err != nil {
			return err
		}
	} else if err != nil {
		return err
	}
	s.appMu.Lock()
	defer s.appMu.Unlock()
	_, r, err := s.published(ctx, id)
	if err != nil {
		return err
	}
	if bytes.Equal(r.Content, canonical) {
		return nil
	}
	inst, _, err := s.installation(ctx, id)
	if err != nil {
		return err
	}
	etag, err := s.store.Save(ctx, store.Draft, id, canonical, store.AnyETag, actorOf(ctx).Name)
	if err != nil {
		return err
	}
	s.engine.SetDraft(inst, a)
	_, err = s.publish(ctx, inst, a, store.Document{Content: canonical, ETag: etag}, origin)
	return err
}

// Provision applies plant.json and apps/*.json of a folder, each once: a file counts again
// when its content has changed, so that what was edited since stays. The name of an app's
// file is the id of its installation. A folder that is not there is no error.
func (s *Server) Provision(ctx context.Context, dir string) error {
	files := []string{filepath.Join(dir, "plant.json")}
	apps, err := filepath.Glob(filepath.Join(escapeGlob(dir), "apps", "*.json"))
	if err != nil {
		return err
	}
	sort.Strings(apps)
	for _, file := range append(files, apps...) {
		content, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("provisioning: %w", err)
		}
		id := strings.TrimSuffix(filepath.Base(file), ".json")
		name := "provisioned." + store.ETagOf([]byte(file))
		if kept, err := s.store.Setting(ctx, name); err == nil && kept == store.ETagOf(content) {
			continue
		} else if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if file == files[0] {
			err = s.ApplyPlant(ctx, "provisioning", content)
		} else {
			err = s.ApplyApp(ctx, "provisioning", id, content)
		}
		if err != nil {
			return fmt.Errorf("provisioning: %s: %w", file, explained(err))
		}
		if err := s.store.SetSetting(ctx, name, store.ETagOf(content)); err != nil {
			return err
		}
		s.log.Info("provisioned", "file", file)
	}
	return nil
}

func escapeGlob(dir string) string {
	return strings.NewReplacer("*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// explained gives an error the text of its problems.
func explained(err error) error {
	if e := (&Error{}); errors.As(err, &e) && len(e.Problems) > 0 {
		return spec.Problems(e.Problems)
	}
	return err
}
