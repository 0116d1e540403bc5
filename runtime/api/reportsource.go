package api

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/backup"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/report"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/runtime/unit"
)

// reportSource is the plant as reports see it.
type reportSource struct {
	engine *engine.Engine
	store  *store.Store
	may    func(tag.Path) bool // nil may view all
}

func (s *reportSource) Site() string {
	if p := s.engine.Plant(); p != nil {
		return p.Name
	}
	return ""
}

func (s *reportSource) Calendar() report.Calendar {
	c := report.Calendar{Zone: time.Local}
	if p := s.engine.Plant(); p != nil {
		c.Shifts = p.Shifts
		if zone, err := time.LoadLocation(p.Timezone); p.Timezone != "" && err == nil {
			c.Zone = zone
		}
	}
	return c
}

func (s *reportSource) History() report.History {
	if a := s.engine.Archive(); a != nil {
		return a
	}
	return nil
}

func (s *reportSource) Meta(path tag.Path, language string) (report.Meta, bool) {
	m, ok := s.engine.Meta(path, auth.Rights{}, language)
	if !ok {
		return report.Meta{}, false
	}
	out := report.Meta{Type: m.Type, Title: m.Title, Unit: m.Unit, Decimals: m.Decimals}
	if m.Origin != nil {
		// The title of a property is the same for every machine: the machine goes before it.
		if x := s.engine.Expansion(); x != nil {
			if a, ok := x.At(path.Parent()); ok {
				name := a.Title.In(language)
				if name == "" {
					name = a.Path.Name()
				}
				if out.Title == "" {
					out.Title = path.Name()
				}
				out.Title = name + " " + out.Title
			}
		}
	}
	if u, _, ok := unit.Find(m.Unit); ok {
		out.Unit = unit.Symbol(u)
	}
	return out, true
}

func (s *reportSource) May(path tag.Path) bool { return s.may == nil || s.may(path) }

func (s *reportSource) Match(pattern tag.Pattern, limit int) []tag.Path {
	table := s.engine.Table()
	var out []tag.Path
	for _, slot := range table.Match(pattern) {
		if path := table.Path(slot); s.May(path) && len(out) < limit {
			out = append(out, path)
		}
	}
	return out
}

func (s *reportSource) OfModel(model, property string, limit int) []tag.Path {
	x := s.engine.Expansion()
	if x == nil {
		return nil
	}
	var out []tag.Path
	for _, asset := range x.Members(model, "") {
		path := asset + "/" + tag.Path(property)
		if _, there := x.Index(path); there && s.May(path) && len(out) < limit {
			out = append(out, path)
		}
	}
	return out
}

// Journal gives lines of the alarm journal, newest first.
func (s *reportSource) Journal(ctx context.Context, f report.JournalFilter, each func(alarm.Entry) bool) error {
	want := store.JournalFilter{Area: string(f.Area), Priorities: f.Priorities, From: f.From, Until: f.Until, Limit: 1000}
	if s.may != nil {
		want.Allowed = s.may
	}
	for {
		list, next, err := s.store.Journal(ctx, want)
		if err != nil {
			return err
		}
		for i := range list {
			if !each(list[i]) {
				return nil
			}
		}
		if want.Before = next; next == 0 {
			return nil
		}
	}
}

// NewReports makes the service of reports; font reads that of PDF files, nil for none.
func NewReports(db *store.Store, eng *engine.Engine, places *backup.Places, messages *notify.Service, runner *schedule.Runner, font func() ([]byte, error), log *slog.Logger) *report.Service {
	o := report.Options{
		Store: db, Runner: runner, Font: font, Log: log,
		Source: func(may func(tag.Path) bool) report.Source {
			return &reportSource{engine: eng, store: db, may: may}
		},
		Failing: eng.ShowFailedReports,
	}
	if messages != nil {
		o.Mail = func(ctx context.Context, to, subject, text string, files []report.Attachment) error {
			m := notify.Mail{To: []string{to}, Subject: subject, Text: text}
			for _, f := range files {
				m.Attachments = append(m.Attachments, notify.Attachment{Name: f.Name, Type: f.Type, Data: f.Data})
			}
			if err := messages.Mail(ctx, m); errors.Is(err, notify.ErrNoMail) {
				return report.ErrNoMail
			} else if err != nil {
				return err
			}
			return nil
		}
	}
	if places != nil {
		o.Put = func(ctx context.Context, id, name string, r io.Reader) error {
			t, err := places.Open(ctx, id, "reports")
			if errors.Is(err, store.ErrNotFound) {
				return report.ErrNoTarget
			}
			if err != nil {
				return err
			}
			content, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			if err := t.Put(ctx, name, bytes.NewReader(content)); err != nil {
				return fmt.Errorf("%s: %w", id, err)
			}
			return nil
		}
	}
	return report.NewService(o)
}

// mayAll reports whether somebody may view all of these tags and areas.
func mayAll(rights auth.Rights, paths []tag.Path) bool {
	return !slices.ContainsFunc(paths, func(p tag.Path) bool { return !rights.Allows(auth.View, p) })
}
