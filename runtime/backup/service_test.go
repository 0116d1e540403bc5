package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/store"
)

// serve makes a service of a data folder that runs until the end of the test.
func serve(t *testing.T, p *plantIn, change func(*Options)) *Service {
	t.Helper()
	zone := func() *time.Location { return time.UTC }
	runner := schedule.NewRunner(zone)
	o := Options{Source: p.source(), Places: NewPlaces(p.store, p.dir), Runner: runner, Zone: zone, Waits: []time.Duration{10 * time.Millisecond, 10 * time.Millisecond}}
	if change != nil {
		change(&o)
	}
	s, err := New(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { runner.Run(ctx) })
	running.Go(func() { s.Run(ctx) })
	t.Cleanup(func() {
		stop()
		running.Wait()
	})
	return s
}

// once takes a backup and waits for its end.
func once(t *testing.T, s *Service, to string) Run {
	t.Helper()
	done, err := s.Start(context.Background(), "anna", to)
	if err != nil {
		t.Fatal(err)
	}
	select {
	case <-done:
	case <-time.After(90 * time.Second):
		t.Fatal("it does not end")
	}
	return s.Runs()[0]
}

// bucket is an S3 server behind one that can fail.
func bucket(t *testing.T) (target.Settings, *atomic.Pointer[http.HandlerFunc]) {
	t.Helper()
	backend := s3mem.New()
	if err := backend.CreateBucket("plant"); err != nil {
		t.Fatal(err)
	}
	inner := httptest.NewServer(gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server())
	t.Cleanup(inner.Close)
	to, err := url.Parse(inner.URL)
	if err != nil {
		t.Fatal(err)
	}
	proxy := httputil.NewSingleHostReverseProxy(to)
	var fail atomic.Pointer[http.HandlerFunc]
	outer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := fail.Load(); f != nil {
			(*f)(w, r)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(outer.Close)
	return target.Settings{ID: "nas", Kind: target.S3, Endpoint: outer.URL, Bucket: "plant", PathStyle: true, AccessKey: "key"}, &fail
}

func TestServiceIntoFolderAndBucket(t *testing.T) {
	p := open(t, "", t.TempDir())
	defer p.close(t)
	p.fill(t)
	settings, fail := bucket(t)
	s := serve(t, p, nil)
	ctx, secret := context.Background(), "secret"
	if err := s.o.Places.Set(ctx, settings, &secret); err != nil {
		t.Fatal(err)
	}
	if err := s.o.Places.Try(ctx, settings, nil); err != nil {
		t.Errorf("try: %v", err)
	}
	elsewhere := settings
	elsewhere.Endpoint = "http://192.0.2.1:9000"
	if err := s.o.Places.Set(ctx, elsewhere, nil); err == nil {
		t.Error("a secret would be sent to another server")
	}
	phrase := "correct horse battery"
	if err := s.Set(ctx, Settings{Target: "nas", Keep: 2}, &phrase); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]Settings{"target": {Target: "none"}, "schedule": {Target: Local, Schedule: "every day"}} {
		if err := s.Set(ctx, bad, nil); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	var runs []Run
	for _, to := range []string{"local", "nas", "", ""} {
		run := once(t, s, to)
		if run.State != Done || !run.Verified || run.Error != "" || run.Counts.Samples != 15000 || !run.HasKey || run.Size == 0 {
			t.Fatalf("%s: %+v", to, run)
		}
		runs = append(runs, run)
	}
	files, err := s.List(ctx, "nas")
	if err != nil || len(files) != 2 || files[0].Name != runs[3].Name || files[1].Name != runs[2].Name || files[0].Run == nil {
		t.Fatalf("kept: %+v %v", files, err)
	}
	if files, err := s.List(ctx, "local"); err != nil || len(files) != 1 {
		t.Errorf("local: %+v %v", files, err)
	}
	left, _ := filepath.Glob(filepath.Join(p.dir, "backup", ".*"))
	if len(left) > 0 {
		t.Errorf("left: %v", left)
	}

	// The server refuses, answers 500 and comes back, hangs.
	var asked atomic.Int64
	refuse := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { asked.Add(1); w.WriteHeader(http.StatusForbidden) })
	fail.Store(&refuse)
	if run := once(t, s, "nas"); run.State != Failed || run.Verified || !strings.Contains(run.Error, "http://127.0.0.1") || asked.Load() < 3 {
		t.Errorf("refused: %+v after %d attempts", run, asked.Load())
	}
	if st := s.Status(ctx); st.Last.State != Failed || !st.Good.Equal(runs[3].Started) {
		t.Errorf("%+v", st)
	}
	forAWhile := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		fail.Store(nil)
	})
	fail.Store(&forAWhile)
	if run := once(t, s, "nas"); run.State != Done || !run.Verified {
		t.Errorf("after an answer of 500: %+v", run)
	}
	hang := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	})
	fail.Store(&hang)
	done, err := s.Start(ctx, "anna", "nas")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Start(ctx, "anna", "nas"); !errors.Is(err, ErrRunning) {
		t.Errorf("two at once: %v", err)
	}
	for deadline := time.Now().Add(60 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		if st := s.Status(ctx); st.Progress != nil && st.Progress.Stage == "send" {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nothing is sent")
		}
	}
	s.Cancel()
	<-done
	if run := s.Runs()[0]; run.State != Cancelled {
		t.Errorf("cancelled: %+v", run)
	}
	fail.Store(nil)
	r, size, err := s.Get(ctx, "nas", runs[3].Name)
	if err != nil || size != runs[3].Size {
		t.Fatalf("%d %v", size, err)
	}
	_ = r.Close()
	if _, _, err := s.Get(ctx, "local", "../secret.key"); err == nil {
		t.Error("another file was read")
	}
	if err := s.Delete(ctx, "nas", runs[3].Name); err != nil {
		t.Error(err)
	}
}

// TestScheduled: a backup that was due while nothing ran is made up for, and one that fails is overdue.
func TestScheduled(t *testing.T) {
	p := open(t, "", t.TempDir())
	defer p.close(t)
	ctx := context.Background()
	since := time.Now().Add(-3 * time.Hour).UTC().Format(time.RFC3339)
	if err := p.store.SetSetting(ctx, settingBackup, fmt.Sprintf(`{"schedule":"0 * * * *","target":"gone","keep":1,"keepDays":0,"since":%q}`, since)); err != nil {
		t.Fatal(err)
	}
	told := make(chan Status, 100)
	s := serve(t, p, func(o *Options) { o.Tell = func(s Status) { told <- s } })
	for deadline := time.After(60 * time.Second); ; {
		select {
		case st := <-told:
			if st.Last == nil {
				continue
			}
			if st.Last.State != Failed || st.Last.By != "" || !st.Overdue || !st.Good.IsZero() || st.Next.IsZero() {
				t.Fatalf("%+v %+v", st, st.Last)
			}
		case <-deadline:
			t.Fatal("nothing was made up for")
		}
		break
	}
	if run := once(t, s, Local); run.State != Done {
		t.Fatalf("%+v", run)
	}
	if st := s.Status(ctx); st.Overdue {
		t.Errorf("%+v", st)
	}
}

func TestTooOld(t *testing.T) {
	now := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	names := func() []string {
		var out []string
		for d := 1; d < 10; d++ {
			out = append(out, Name(time.Date(2026, 3, d, 0, 0, 0, 0, time.UTC)))
		}
		return out
	}
	for _, row := range []struct {
		set  Settings
		want int
	}{{Settings{}, 0}, {Settings{Keep: 3}, 6}, {Settings{KeepDays: 5}, 4}, {Settings{Keep: 1, KeepDays: 1}, 8}, {Settings{Keep: 100}, 0}} {
		if got := tooOld(names(), row.set, now); len(got) != row.want {
			t.Errorf("%+v: %v", row.set, got)
		}
	}
	if got := tooOld(names()[:1], Settings{KeepDays: 1}, now); len(got) != 0 {
		t.Error("the newest one goes")
	}
	second := []string{"lineside-20260310-000000.lineside.zip", "lineside-20260310-000000-697.lineside.zip"}
	if got := tooOld(second, Settings{Keep: 1}, now); len(got) != 1 || got[0] != "lineside-20260310-000000.lineside.zip" {
		t.Errorf("of two in a second %v goes", got)
	}
}

// TestFullDisk: a small file system leaves no half file, and a backup works again when there is room.
func TestFullDisk(t *testing.T) {
	dir := smallDisk(t, "6m")
	p := open(t, "", t.TempDir())
	defer p.close(t)
	p.fill(t)
	s := serve(t, p, nil)
	ctx := context.Background()
	if err := s.o.Places.Set(ctx, target.Settings{ID: "small", Kind: target.Folder, Path: filepath.Join(dir, "backup")}, nil); err != nil {
		t.Fatal(err)
	}
	ballast := filepath.Join(dir, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 6<<20-8<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	run := once(t, s, "small")
	if run.State != Failed || !strings.Contains(run.Error, "full") {
		t.Errorf("%+v", run)
	}
	if left, _ := os.ReadDir(filepath.Join(dir, "backup")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if run := once(t, s, "small"); run.State != Done || !run.Verified {
		t.Errorf("%+v", run)
	}
	// A data folder that is full cannot be written to, which is said.
	small := smallDisk(t, "3m")
	raw, _ := write(t, p.source())
	if err := os.WriteFile(filepath.Join(small, "ballast"), make([]byte, 3<<20-256<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	data := filepath.Join(small, "data")
	if _, err := Restore(ctx, raw, RestoreOptions{Dir: data}, nil); err == nil {
		t.Error("restored onto a full disk")
	}
	if _, err := os.Stat(filepath.Join(data, store.FileName)); err == nil {
		t.Error("half a restore")
	}
}
