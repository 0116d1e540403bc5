package export

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// places is one folder, "out".
type places struct{ dir string }

func (p places) Open(_ context.Context, id, _ string) (target.Target, error) {
	if id != "out" {
		return nil, store.ErrNotFound
	}
	return target.NewFolder(p.dir), nil
}

// mailer keeps mails, after it has failed as often as is wanted.
type mailer struct {
	mu    sync.Mutex
	fails int
	mails []notify.Mail
}

func (m *mailer) Mail(_ context.Context, mail notify.Mail) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails--; m.fails >= 0 {
		return errors.New("the server is busy")
	}
	m.mails = append(m.mails, mail)
	return nil
}

type fixture struct {
	*Service
	out    string
	mailer *mailer
	store  *store.Store
}

func serve(t *testing.T, h History) *fixture {
	t.Helper()
	dir := t.TempDir()
	db, err := store.Open(context.Background(), "", dir)
	if err != nil {
		t.Fatal(err)
	}
	zone := func() *time.Location { return time.UTC }
	runner := schedule.NewRunner(zone)
	f := &fixture{out: filepath.Join(dir, "out"), mailer: &mailer{}, store: db}
	f.Service, err = New(context.Background(), Options{
		Store: db, Dir: filepath.Join(dir, "work"), Targets: places{f.out}, Mailer: f.mailer, Runner: runner, Zone: zone, History: h, Waits: []time.Duration{time.Millisecond},
		Columns: func(_ context.Context, q *Query) ([]Column, error) {
			paths, _, err := q.Paths()
			var out []Column
			for _, p := range paths {
				out = append(out, Column{Path: p, Type: tag.Float})
			}
			return out, err
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })
	running.Go(func() { f.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return f
}

// await waits until the newest run of a job has ended.
func (f *fixture) await(t *testing.T, n int) Run {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		if runs := f.Runs(); len(runs) >= n && runs[0].State != Running {
			return runs[0]
		}
		if time.Now().After(deadline) {
			t.Fatalf("it does not end: %+v", f.Runs())
		}
	}
}

func TestJobs(t *testing.T) {
	f := serve(t, history())
	ctx := context.Background()
	query := Query{Tags: []string{"line1/temperature"}, From: "2026-10-24T00:00:00Z", To: "2026-10-26T00:00:00Z", Format: CSV}
	for name, bad := range map[string]Job{
		"id": {ID: "a/b", Query: query, Target: "out"}, "nobody": {ID: "a", Query: query}, "target": {ID: "a", Query: query, Target: "none"}, "mail": {ID: "a", Query: query, MailTo: []string{"anna"}},
		"schedule": {ID: "a", Query: query, Target: "out", Schedule: "daily"}, "query": {ID: "a", Query: Query{Format: "doc", Tags: []string{"a"}}, Target: "out"}, "tags": {ID: "a", Query: Query{Format: CSV}, Target: "out"},
	} {
		if err := f.SetJob(ctx, bad); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	job := Job{ID: "day", Title: "Every day", Query: query, Target: "out", MailTo: []string{"anna@example.com"}, Keep: 1, Schedule: "15 0 * * *"}
	if err := f.SetJob(ctx, job); err != nil {
		t.Fatal(err)
	}
	f.mailer.fails = 1
	if err := f.StartJob(ctx, "day", "anna"); err != nil {
		t.Fatal(err)
	}
	run := f.await(t, 1)
	if run.State != Done || run.Rows != 5 || run.Size == 0 || run.By != "anna" {
		t.Fatalf("%+v", run)
	}
	if len(f.mailer.mails) != 1 || f.mailer.mails[0].Subject != "Every day" || !strings.Contains(string(f.mailer.mails[0].Attachments[0].Data), "line1/temperature") {
		t.Errorf("%+v", f.mailer.mails)
	}
	// An older file of it makes way, one of another job and one of a stranger do not.
	for _, name := range []string{"day-20200101-000000.csv", "day2-20200101-000000.csv", "notes.csv"} {
		if err := os.WriteFile(filepath.Join(f.out, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Second) // the name has the second
	if err := f.StartJob(ctx, "day", ""); err != nil {
		t.Fatal(err)
	}
	second := f.await(t, 2)
	left, _ := os.ReadDir(f.out)
	if len(left) != 3 || second.State != Done {
		t.Errorf("%v %+v", left, second)
	}
	files, err := f.Files(ctx, "day")
	if err != nil || len(files) != 1 || files[0].Name != second.Name {
		t.Errorf("%v %v", files, err)
	}
	r, err := f.Open(ctx, "day", second.Name)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || !strings.HasPrefix(string(text), "\ufefftime,path") {
		t.Errorf("%s %v", text, err)
	}
	for _, name := range []string{"notes.csv", "../x", "day2-20200101-000000.csv"} {
		if _, err := f.Open(ctx, "day", name); !errors.Is(err, target.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if jobs := f.Jobs(); len(jobs) != 1 || jobs[0].Next.IsZero() || jobs[0].Last == nil || jobs[0].Last.State != Done || !f.Uses("out") {
		t.Errorf("%+v", jobs)
	}
	// What fails is said.
	f.mailer.fails = 100
	if err := f.StartJob(ctx, "day", ""); err != nil {
		t.Fatal(err)
	}
	if run := f.await(t, 3); run.State != Failed || !strings.Contains(run.Error, "busy") {
		t.Errorf("%+v", run)
	}
	again, err := New(ctx, f.o)
	if err != nil || len(again.Jobs()) != 1 || len(again.Runs()) != 3 {
		t.Errorf("after a restart: %+v %v", again, err)
	}
	if err := errors.Join(f.RemoveJob(ctx, "day"), f.RemoveJob(ctx, "day")); !errors.Is(err, ErrUnknown) {
		t.Errorf("removed: %v", err)
	}
	if len(f.Jobs()) != 0 {
		t.Error("it is still there")
	}
}

func TestTasks(t *testing.T) {
	f := serve(t, endless{})
	ctx := context.Background()
	long := &Request{Columns: []Column{{Path: "a", Type: tag.Float}}, From: 0, To: 1 << 62, Layout: Long, Format: CSV, Zone: time.UTC}
	short := *long
	short.To = tag.Time(5 * time.Second)
	run, err := f.Start(ctx, "anna", &short)
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(30 * time.Second); run.State == Running; time.Sleep(5 * time.Millisecond) {
		if run, err = f.Task(run.ID, "anna"); err != nil || time.Now().After(deadline) {
			t.Fatalf("%+v %v", run, err)
		}
	}
	if run.State != Done || run.Rows != 5000 {
		t.Fatalf("%+v", run)
	}
	if _, _, err := f.Fetch(run.ID, "olga"); !errors.Is(err, ErrUnknown) {
		t.Errorf("somebody else's: %v", err)
	}
	r, _, err := f.Fetch(run.ID, "anna")
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err = errors.Join(err, r.Close()); err != nil || strings.Count(string(text), "\r\n") != 5001 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	// Two at once, and no more; they can be cancelled.
	var ids []string
	for range maxAtOnce {
		run, err := f.Start(ctx, "anna", long)
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, run.ID)
	}
	if _, err := f.Start(ctx, "anna", long); !errors.Is(err, ErrBusy) {
		t.Errorf("one more: %v", err)
	}
	for _, id := range append(ids, run.ID) {
		if err := f.Cancel(id, "olga"); !errors.Is(err, ErrUnknown) {
			t.Errorf("cancelled by somebody else: %v", err)
		}
		if err := f.Cancel(id, "anna"); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(f.o.Dir); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if _, err := f.Start(ctx, "anna", long); err != nil {
		t.Error(err) // ended with the service
	}
}
