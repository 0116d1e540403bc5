package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// AppSummary is an installation in the launcher.
type AppSummary struct {
	// ID of the installation; it stands in addresses.
	ID          string    `json:"id"`
	Name        spec.Text `json:"name"`
	Icon        string    `json:"icon,omitempty"`
	Description spec.Text `json:"description,omitempty"`
	Version     string    `json:"version"`
	// AppID is the id of the app document.
	AppID string `json:"appId"`
	// Revision is the published one, 0 when none was published.
	Revision    int        `json:"revision"`
	PublishedAt *time.Time `json:"publishedAt,omitempty"`
	// DraftChanged says that the draft differs from what is published.
	DraftChanged bool      `json:"draftChanged"`
	UpdatedAt    time.Time `json:"updatedAt"`
	// UpdatedBy is who saved the draft last.
	UpdatedBy string      `json:"updatedBy,omitempty"`
	Start     string      `json:"start"`
	Screens   []AppScreen `json:"screens" nullable:"false"`
	// Inputs are what the app needs from the plant.
	Inputs []app.Input `json:"inputs" nullable:"false"`
	// Problems of the published revision in the plant as it is now.
	Problems []*spec.Problem `json:"problems,omitempty"`
}

// AppScreen is a screen of an app.
type AppScreen struct {
	ID   string    `json:"id"`
	Name spec.Text `json:"name"`
}

// NewApp makes an installation: an empty app with a name, or a document.
type NewApp struct {
	// ID of the installation; made from the document when left out.
	ID       string          `json:"id,omitempty"`
	Name     spec.Text       `json:"name,omitempty"`
	Document json.RawMessage `json:"document,omitempty"`
}

// AppPath is the id of an installation.
type AppPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *Server) appsResource() {
	add(s, route{method: "GET", path: "/apps", id: "listApps", tag: "apps", summary: "List the installed apps", access: anywhere(auth.View)}, s.listApps)
	add(s, route{method: "POST", path: "/apps", id: "addApp", tag: "apps", summary: "Make an empty app, or install a document", access: whole(auth.Design), status: 201, maxBody: app.MaxBytes + maxBody}, s.addApp)
	add(s, route{method: "DELETE", path: "/apps/{id}", id: "removeApp", tag: "apps", summary: "Remove an app with its draft and revisions", access: whole(auth.Install), status: 204}, s.removeApp)
}

func (s *Server) listApps(ctx context.Context, _ *nothing) (*body[[]AppSummary], error) {
	installed, err := s.store.Installations(ctx)
	if err != nil {
		return nil, err
	}
	designer := actorOf(ctx).Rights.Anywhere(auth.Design)
	out := []AppSummary{}
	running := map[string]spec.Problems{}
	for _, a := range s.engine.Apps() {
		running[a.ID] = a.Problems
	}
	for _, inst := range installed {
		if inst.Revision == 0 && !designer {
			continue
		}
		sum, err := s.summary(ctx, inst)
		if errors.Is(err, store.ErrNotFound) {
			continue // removed in the meantime
		}
		if err != nil {
			return nil, err
		}
		if designer {
			sum.Problems = told(ctx, running[inst.ID])
		}
		out = append(out, sum)
	}
	return answerWith(out)
}

// appHead is what the launcher shows of a document.
type appHead struct {
	ID          string      `json:"id"`
	Version     string      `json:"version"`
	Name        spec.Text   `json:"name"`
	Description spec.Text   `json:"description"`
	Icon        string      `json:"icon"`
	Start       string      `json:"start"`
	Screens     []AppScreen `json:"screens"`
	Inputs      []app.Input `json:"inputs"`
}

// maxHeads bounds how many heads are remembered.
const maxHeads = 1000

// head reads the head of a document. It is remembered by the ETag, which is a hash of the
// content: launchers ask every few seconds, and documents are large.
func (s *Server) head(etag string, content func() ([]byte, error)) (appHead, error) {
	s.headMu.Lock()
	h, ok := s.heads[etag]
	s.headMu.Unlock()
	if ok {
		return h, nil
	}
	raw, err := content()
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(raw, &h); err != nil {
		return h, err
	}
	if h.Start == "" && len(h.Screens) > 0 {
		h.Start = h.Screens[0].ID
	}
	s.headMu.Lock()
	defer s.headMu.Unlock()
	if len(s.heads) >= maxHeads {
		clear(s.heads)
	}
	s.heads[store.ETagOf(raw)] = h // not etag: it may have been saved again in between
	return h, nil
}

// summary describes an installation by what is published, or by its draft.
func (s *Server) summary(ctx context.Context, inst store.Installation) (AppSummary, error) {
	draft, err := s.store.DocumentHead(ctx, store.Draft, inst.ID)
	if err != nil {
		return AppSummary{}, err
	}
	sum := AppSummary{ID: inst.ID, Revision: inst.Revision, DraftChanged: true, UpdatedAt: draft.Updated, UpdatedBy: draft.Author}
	etag, content := draft.ETag, func() ([]byte, error) {
		d, err := s.store.Document(ctx, store.Draft, inst.ID)
		return d.Content, err
	}
	if inst.Revision > 0 {
		r, err := s.store.RevisionHead(ctx, inst.ID, inst.Revision)
		if err != nil {
			return AppSummary{}, err
		}
		sum.PublishedAt, sum.DraftChanged = given(r.Created), r.ETag != draft.ETag
		etag, content = r.ETag, func() ([]byte, error) {
			r, err := s.store.Revision(ctx, inst.ID, inst.Revision)
			return r.Content, err
		}
	}
	h, err := s.head(etag, content)
	if err != nil {
		return AppSummary{}, fmt.Errorf("app %s: %w", inst.ID, err)
	}
	sum.AppID, sum.Version, sum.Name, sum.Description, sum.Icon, sum.Start = h.ID, h.Version, h.Name, h.Description, h.Icon, h.Start
	sum.Screens, sum.Inputs = orEmpty(h.Screens), orEmpty(h.Inputs)
	return sum, nil
}

func (s *Server) addApp(ctx context.Context, in *body[NewApp]) (*body[AppSummary], error) {
	id, b := in.Body.ID, in.Body
	var a *app.App
	if len(b.Document) > 0 && string(b.Document) != "null" {
		var err error
		if a, err = app.Read(b.Document); err != nil {
			return nil, under(err, "/document")
		}
		if id == "" {
			if id, err = s.freeID(ctx, a.ID); err != nil {
				return nil, err
			}
		}
	} else {
		a = emptyApp(id, b.Name)
	}
	if !app.ID(id) {
		return nil, errID.with(id).at("/id")
	}
	if err := s.install(ctx, app.Installation{ID: id}, a); err != nil {
		return nil, err
	}
	inst, err := s.store.Installation(ctx, id)
	if err != nil {
		return nil, err
	}
	sum, err := s.summary(ctx, inst)
	if err != nil {
		return nil, err
	}
	return answerWith(sum)
}

// under puts a prefix before the places of problems.
func under(err error, prefix string) error {
	var ps spec.Problems
	if errors.As(err, &ps) {
		return ps.Under(prefix)
	}
	return err
}

// emptyApp is an app with one empty screen.
func emptyApp(id string, name spec.Text) *app.App {
	if name["en"] == "" {
		name = spec.Text{"en": id}
	}
	dns := strings.Trim(strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(id)), "-")
	if dns == "" {
		dns = "app"
	}
	return &app.App{
		Format: app.Format, ID: "local." + dns, Version: "0.1.0", Name: name, Start: "main",
		Screens: []app.Screen{{ID: "main", Name: spec.Text{"en": "Main", "zh": "主画面"}, Width: 1280, Height: 720, Widgets: []app.Widget{}}},
	}
}

// freeID makes an id of an installation from the last part of the id of an app.
func (s *Server) freeID(ctx context.Context, appID string) (string, error) {
	base := appID[strings.LastIndexByte(appID, '.')+1:]
	if !app.ID(base) {
		base = "app"
	}
	base = base[:min(len(base), 56)]
	id := base
	for n := 2; ; n++ {
		if _, err := s.store.Installation(ctx, id); errors.Is(err, store.ErrNotFound) {
			return id, nil
		} else if err != nil {
			return "", err
		}
		id = fmt.Sprintf("%s-%d", base, n)
	}
}

// install keeps a new installation with a as its draft.
func (s *Server) install(ctx context.Context, inst app.Installation, a *app.App) error {
	content, err := app.Canonical(a)
	if err != nil {
		return err
	}
	mapping, err := spec.Canonical(orNone(inst.Mapping))
	if err != nil {
		return err
	}
	e := entry(ctx, "app.add", inst.ID)
	e.Message = a.ID + " " + a.Version
	s.appMu.Lock()
	defer s.appMu.Unlock()
	if err := s.store.Install(ctx, inst.ID, content, mapping, actorOf(ctx).Name, e); err != nil {
		return unless(err, "app", inst.ID)
	}
	s.engine.SetDraft(inst, a)
	return nil
}

func orNone(m map[string]json.RawMessage) map[string]json.RawMessage {
	if m == nil {
		return map[string]json.RawMessage{}
	}
	return m
}

func (s *Server) removeApp(ctx context.Context, in *AppPath) (*done, error) {
	s.appMu.Lock()
	defer s.appMu.Unlock()
	if err := s.store.Uninstall(ctx, in.ID, entry(ctx, "app.remove", in.ID)); err != nil {
		return nil, unless(err, "app", in.ID)
	}
	s.engine.RemoveApp(in.ID)
	delete(s.saved, in.ID)
	return nil, nil
}
