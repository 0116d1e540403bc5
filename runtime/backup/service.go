package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// Settings say when backups are taken, where they go, and which are kept.
type Settings struct {
	// Schedule: minute, hour, day, month, day of the week; "" is by hand only.
	Schedule string `json:"schedule" maxLength:"120"`
	// Target is the id of one, or "local" for the folder backup in the data folder.
	Target string `json:"target" maxLength:"64"`
	// Keep is how many are kept, 0 for all; KeepDays for how many days, 0 for ever. The newest is always kept.
	Keep     int `json:"keep" minimum:"0" maximum:"1000"`
	KeepDays int `json:"keepDays" minimum:"0" maximum:"36500"`
	// Since is when the settings were saved.
	Since time.Time `json:"since,omitzero"`
}

// State of a run.
type RunState string

// The states.
const (
	Running   RunState = "running"
	Done      RunState = "done"
	Failed    RunState = "failed"
	Cancelled RunState = "cancelled"
)

// Run is one time that a backup was taken, or tried to be.
type Run struct {
	// Name is that of the file.
	Name    string    `json:"name"`
	Target  string    `json:"target"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	// By is who wanted it, "" for the schedule.
	By    string   `json:"by,omitempty"`
	State RunState `json:"state" enum:"running,done,failed,cancelled"`
	Size  int64    `json:"size,omitempty"`
	// Verified says that it was restored for a trial and compared, and that the target has given back what it was given.
	Verified bool   `json:"verified,omitempty"`
	HasKey   bool   `json:"hasKey,omitempty"`
	Counts   Counts `json:"counts"`
	// Error says why it failed, or what went wrong afterwards.
	Error string `json:"error,omitempty"`
}

// Status is how backups fare.
type Status struct {
	Settings      Settings `json:"settings"`
	HasPassphrase bool     `json:"hasPassphrase"`
	// Folder is where local backups are.
	Folder string `json:"folder"`
	// Running is the run that is under way, with how far it is.
	Running  *Run      `json:"running,omitempty"`
	Progress *Progress `json:"progress,omitempty"`
	// Last is the last run that has ended, Good when the last that was verified began.
	Last *Run      `json:"last,omitempty"`
	Good time.Time `json:"good,omitzero"`
	// Overdue says that one was due by the schedule and there is no verified one since.
	Overdue bool      `json:"overdue"`
	Next    time.Time `json:"next,omitzero"`
}

// Options of a service.
type Options struct {
	// Source is what is kept; its passphrase is that of the settings.
	Source Source
	Places *Places
	Runner *schedule.Runner
	Zone   func() *time.Location
	Log    *slog.Logger
	// Check looks at a store that was restored for a trial; nil for nothing more.
	Check func(ctx context.Context, s *store.Store) error
	// Tell is called when something has changed.
	Tell func(Status)
	// Waits are the times between attempts to send a file; nil is 10 s, 1 min, 5 min.
	Waits []time.Duration
}

// Service takes backups, by hand and by schedule, one at a time.
type Service struct {
	o       Options
	started chan wanted

	mu       sync.Mutex
	settings Settings
	runs     []Run // the newest first
	running  *Run
	progress Progress
	cancel   context.CancelFunc
}

type wanted struct {
	by, target string
	done       chan struct{} // closed at the end
}

const (
	settingBackup     = "backup"
	settingRuns       = "backup.runs"
	secretPassphrase  = "backup.passphrase"
	jobName           = "backup"
	maxRuns           = 100
	localUse          = "backup"
	workPrefix        = ".work-"
	overdueAfter      = time.Hour
	tellEvery         = time.Minute
	maxPassphrase     = 200
	errInterruptedRun = "The server was stopped meanwhile."
)

// Errors that callers act on.
var (
	// ErrRunning says that a backup is under way.
	ErrRunning = errors.New("a backup is under way")
	// ErrStopped says that the service does not run.
	ErrStopped = errors.New("the server is being stopped")
)

// New makes a service of what the store keeps of its settings. Run makes it work.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Waits == nil {
		o.Waits = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute}
	}
	s := &Service{o: o, started: make(chan wanted), settings: Settings{Target: Local, Keep: 7}}
	for name, into := range map[string]any{settingBackup: &s.settings, settingRuns: &s.runs} {
		text, err := o.Source.Store.Setting(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err == nil {
			err = json.Unmarshal([]byte(text), into)
		}
		if err != nil {
			return nil, fmt.Errorf("settings of backups: %w", err)
		}
	}
	for i := range s.runs {
		if s.runs[i].State == Running { // a kill has ended it
			s.runs[i].State, s.runs[i].Error, s.runs[i].Ended = Failed, errInterruptedRun, s.runs[i].Started
		}
	}
	return s, nil
}

// Run takes backups until ctx ends.
func (s *Service) Run(ctx context.Context) {
	s.clean()
	s.plan()
	s.tell(ctx)
	tick := time.NewTicker(tellEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case w := <-s.started:
			s.take(ctx, w)
			close(w.done)
		case <-tick.C:
		}
		s.tell(ctx)
	}
}

// clean removes what a process has left that was killed.
func (s *Service) clean() {
	left, _ := filepath.Glob(filepath.Join(s.o.Places.LocalDir(localUse), workPrefix+"*"))
	for _, dir := range left {
		if err := os.RemoveAll(dir); err != nil {
			s.o.Log.Warn("remains of a backup cannot be removed", "folder", dir, "error", err)
		}
	}
}

// plan gives the schedule to the runner.
func (s *Service) plan() {
	s.mu.Lock()
	set := s.settings
	s.mu.Unlock()
	rule, wrong := schedule.Parse(set.Schedule)
	if wrong != nil || set.Schedule == "" {
		s.o.Runner.Remove(jobName)
		return
	}
	s.o.Runner.Set(jobName, schedule.Job{Schedule: rule, Last: s.lastPlanned(), Do: func(ctx context.Context, _ time.Time) {
		if done, err := s.start(ctx, "", ""); err == nil {
			select {
			case <-done:
			case <-ctx.Done():
			}
		}
	}})
}

// lastPlanned is the last time that a backup was taken by the schedule, or that it was set.
func (s *Service) lastPlanned() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	last := s.settings.Since
	for _, r := range s.runs {
		if r.By == "" && r.Started.After(last) {
			last = r.Started
		}
	}
	return last
}

// Set keeps settings. A passphrase of nil stays as it is, "" is none from now on.
func (s *Service) Set(ctx context.Context, set Settings, passphrase *string, entries ...store.Entry) error {
	var ps spec.Problems
	if _, wrong := schedule.Parse(set.Schedule); wrong != nil {
		wrong.At = "/schedule"
		ps = append(ps, wrong)
	}
	if _, err := s.o.Places.Open(ctx, set.Target, localUse); errors.Is(err, store.ErrNotFound) {
		ps.Add("target_unknown", "/target", "Choose one of the list.", "There is no target %q.", set.Target)
	} else if err != nil {
		return err
	}
	if passphrase != nil && *passphrase != "" && (len([]rune(*passphrase)) < MinPassphrase || len(*passphrase) > maxPassphrase) {
		ps.Add("value_range", "/passphrase", "Choose a longer one, such as four words.", "A passphrase has at least %d characters.", MinPassphrase)
	}
	if len(ps) > 0 {
		return ps
	}
	if set.Target == "" {
		set.Target = Local
	}
	if set.Since = time.Now().UTC(); passphrase != nil {
		if err := s.o.Source.Store.KeepSecret(ctx, secretPassphrase, *passphrase); err != nil {
			return err
		}
	}
	if err := s.save(ctx, settingBackup, set, entries...); err != nil {
		return err
	}
	s.mu.Lock()
	s.settings = set
	s.mu.Unlock()
	s.plan()
	s.tell(ctx)
	return nil
}

func (s *Service) save(ctx context.Context, name string, v any, entries ...store.Entry) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.o.Source.Store.SetSetting(ctx, name, string(text), entries...)
}

// Start begins a backup in the name of somebody, into a target or, with "", that of the settings. It returns at once; done is
// closed when it has ended.
func (s *Service) Start(ctx context.Context, by, to string) (done <-chan struct{}, err error) {
	if to != "" {
		if _, err := s.o.Places.Open(ctx, to, localUse); err != nil {
			return nil, err
		}
	}
	return s.start(ctx, by, to)
}

func (s *Service) start(ctx context.Context, by, to string) (<-chan struct{}, error) {
	s.mu.Lock()
	if s.running != nil {
		s.mu.Unlock()
		return nil, ErrRunning
	}
	if to == "" {
		to = s.settings.Target
	}
	now := time.Now().UTC()
	name := Name(now)
	if slices.ContainsFunc(s.runs, func(r Run) bool { return r.Name == name }) { // the second one in a second
		name = name[:len(name)-len(Suffix)] + fmt.Sprintf("-%03d", now.Nanosecond()/1e6) + Suffix
	}
	s.running = &Run{Name: name, Target: to, Started: now, By: by, State: Running}
	s.progress = Progress{Stage: "write"}
	s.mu.Unlock()
	w := wanted{by: by, target: to, done: make(chan struct{})}
	timer := time.NewTimer(5 * time.Second)
	defer timer.Stop()
	select {
	case s.started <- w:
		return w.done, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.running = nil
	s.mu.Unlock()
	return nil, ErrStopped
}

// Cancel ends the backup that is under way.
func (s *Service) Cancel() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel != nil {
		s.cancel()
	}
}

// take takes a backup and keeps what has become of it.
func (s *Service) take(ctx context.Context, w wanted) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.mu.Lock()
	s.cancel = cancel
	run := *s.running
	s.runs = append([]Run{run}, s.runs[:min(len(s.runs), maxRuns-1)]...)
	s.mu.Unlock()
	s.keepRuns(ctx) // so that it is seen if the process is killed
	err := s.make(ctx, &run)
	run.Ended = time.Now().UTC()
	switch {
	case err == nil:
		run.State = Done
		s.o.Log.Info("backup taken", "file", run.Name, "target", run.Target, "bytes", run.Size, "rows", run.Counts.Rows, "took", run.Ended.Sub(run.Started).Round(time.Millisecond))
	case errors.Is(ctx.Err(), context.Canceled):
		run.State, run.Error = Cancelled, "It was cancelled."
	default:
		run.State, run.Error = Failed, err.Error()
		s.o.Log.Error("backup failed", "file", run.Name, "target", run.Target, "error", err)
	}
	s.mu.Lock()
	s.runs[0], s.running, s.cancel = run, nil, nil
	s.mu.Unlock()
	s.keepRuns(context.WithoutCancel(ctx))
}

func (s *Service) keepRuns(ctx context.Context) {
	s.mu.Lock()
	runs := slices.Clone(s.runs)
	s.mu.Unlock()
	if err := s.save(ctx, settingRuns, runs); err != nil {
		s.o.Log.Warn("the list of backups cannot be kept", "error", err)
	}
}

func (s *Service) report(p Progress) {
	s.mu.Lock()
	s.progress = p
	s.mu.Unlock()
}

// make writes a backup on this machine, tries it, sends it to its target, reads it back, and removes what is too old.
func (s *Service) make(ctx context.Context, run *Run) (err error) {
	local := s.o.Places.LocalDir(localUse)
	if err := os.MkdirAll(local, 0o700); err != nil {
		return err
	}
	work, err := os.MkdirTemp(local, workPrefix)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	source := s.o.Source
	if source.Passphrase, err = source.Store.KeptSecret(ctx, secretPassphrase); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	name := filepath.Join(work, run.Name)
	sum, err := s.write(ctx, name, source, run)
	if err != nil {
		return err
	}
	s.report(Progress{Stage: "verify", Total: run.Counts.Rows})
	if _, err := Verify(ctx, name, work, s.o.Check, s.report); err != nil {
		return err
	}
	to, err := s.o.Places.Open(ctx, run.Target, localUse)
	if err != nil {
		return err
	}
	if err := s.send(ctx, to, run, name, sum); err != nil {
		return err
	}
	run.Verified = true
	if err := s.prune(ctx, to, run); err != nil {
		s.o.Log.Warn("older backups cannot be removed", "target", run.Target, "error", err)
		run.Error = "Older backups cannot be removed: " + err.Error()
	}
	return nil
}

// Status is how backups fare.
func (s *Service) Status(ctx context.Context) Status {
	_, err := s.o.Source.Store.KeptSecret(ctx, secretPassphrase)
	folder := s.o.Places.LocalDir(localUse)
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Status{Settings: s.settings, HasPassphrase: err == nil, Folder: folder, Next: s.o.Runner.Next(jobName)}
	if s.running != nil {
		run, progress := *s.running, s.progress
		out.Running, out.Progress = &run, &progress
	}
	for i := range s.runs {
		r := s.runs[i]
		if r.State == Running {
			continue
		}
		if out.Last == nil {
			out.Last = &r
		}
		if r.Verified && out.Good.IsZero() {
			out.Good = r.Started
		}
	}
	if rule, wrong := schedule.Parse(s.settings.Schedule); wrong == nil && s.settings.Schedule != "" {
		now := time.Now()
		for _, days := range []int{2, 40} { // the last time that it was due
			due := rule.Between(now.AddDate(0, 0, -days), now.Add(-overdueAfter), s.o.Zone(), 1)
			if len(due) > 0 {
				out.Overdue = due[0].After(s.settings.Since) && out.Good.Before(due[0])
				break
			}
		}
	}
	return out
}

func (s *Service) tell(ctx context.Context) {
	if s.o.Tell != nil {
		s.o.Tell(s.Status(ctx))
	}
}

// Listed is a backup at a target.
type Listed struct {
	target.Entry
	// Created is when it was taken, by its name; Run what is known of it here, if it was taken here.
	Created time.Time `json:"created"`
	Run     *Run      `json:"run,omitempty"`
}

// List gives the backups at a target, the newest first; "" is that of the settings.
func (s *Service) List(ctx context.Context, to string) ([]Listed, error) {
	t, err := s.target(ctx, to)
	if err != nil {
		return nil, err
	}
	entries, err := t.List(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out := []Listed{}
	for _, e := range entries {
		created, ok := IsName(e.Name)
		if !ok {
			continue
		}
		l := Listed{Entry: e, Created: created}
		if i := slices.IndexFunc(s.runs, func(r Run) bool { return r.Name == e.Name && r.State == Done }); i >= 0 {
			run := s.runs[i]
			l.Run = &run
		}
		out = append(out, l)
	}
	slices.SortFunc(out, func(a, b Listed) int { return b.Created.Compare(a.Created) })
	return out, nil
}

// Runs are the newest first.
func (s *Service) Runs() []Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.runs)
}

func (s *Service) target(ctx context.Context, to string) (target.Target, error) {
	if to == "" {
		s.mu.Lock()
		to = s.settings.Target
		s.mu.Unlock()
	}
	return s.o.Places.Open(ctx, to, localUse)
}
