package export

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/notify"
	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
)

// Job is an export that is made by schedule.
type Job struct {
	// ID names it, and begins the names of its files: 1 to 40 letters, digits, "_" and "-".
	ID    string `json:"id" maxLength:"40"`
	Title string `json:"title,omitempty" maxLength:"100"`
	Query Query  `json:"query"`
	// Schedule: minute, hour, day, month, day of the week; "" is by hand only.
	Schedule string `json:"schedule" maxLength:"120"`
	// Target is the id of one, "local" for the folder export in the data folder, "" for none; MailTo are addresses that get it.
	Target string   `json:"target,omitempty" maxLength:"64"`
	MailTo []string `json:"mailTo,omitempty" maxItems:"50"`
	// Keep is how many files are kept at the target, 0 for all.
	Keep int `json:"keep,omitempty" minimum:"0" maximum:"10000"`
	// Since is when it was saved.
	Since time.Time `json:"since,omitzero"`
}

// State of a run.
type State string

// The states.
const (
	Running   State = "running"
	Done      State = "done"
	Failed    State = "failed"
	Cancelled State = "cancelled"
)

// Run is one time that a file was made.
type Run struct {
	// ID of the run; Job is that of the job, "" for one that somebody has asked for.
	ID  string `json:"id"`
	Job string `json:"job,omitempty"`
	// By is who asked for it, "" for the schedule.
	By      string    `json:"by,omitempty"`
	Name    string    `json:"name"`
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended,omitzero"`
	State   State     `json:"state" enum:"running,done,failed,cancelled"`
	// Part of 1 is done; Rows are lines, Size bytes.
	Part  float64 `json:"part"`
	Rows  int64   `json:"rows"`
	Size  int64   `json:"size"`
	Error string  `json:"error,omitempty"`
}

// Opener opens targets by their id.
type Opener interface {
	Open(ctx context.Context, id, use string) (target.Target, error)
}

// Options of a service.
type Options struct {
	Store *store.Store
	// Dir is the folder of files that are being made or wait to be fetched.
	Dir     string
	Targets Opener
	// Mailer sends mail; nil for none.
	Mailer  notify.Mailer
	Runner  *schedule.Runner
	Zone    func() *time.Location
	History History
	// Columns finds the tags of a query that may be seen by everybody.
	Columns func(ctx context.Context, q *Query) ([]Column, error)
	Log     *slog.Logger
	// Waits are the times between attempts to deliver; nil is 10 s, 1 min, 5 min.
	Waits []time.Duration
}

// Limits of the service.
const (
	MaxJobs     = 200
	maxRuns     = 200
	maxAtOnce   = 2
	maxFetched  = 30
	fetchWithin = time.Hour
	localUse    = "export"
	settingJobs = "export.jobs"
	settingRuns = "export.runs"
)

// Errors that callers act on.
var (
	// ErrBusy says that as many exports are under way as may be.
	ErrBusy = errors.New("as many exports are under way as may be")
	// ErrUnknown says that there is no such job or run.
	ErrUnknown = errors.New("there is no such export")
)

// Service makes exports: those that people ask for, and those of jobs.
type Service struct {
	o     Options
	begin chan *task

	mu    sync.Mutex
	jobs  []Job
	runs  []Run // of jobs, the newest first
	tasks map[string]*task
}

// task is an export that is under way, or waits to be fetched.
type task struct {
	run     Run
	request *Request
	job     *Job
	cancel  context.CancelFunc
	ctx     context.Context // of the task
	done    chan struct{}
}

// New makes a service of what the store keeps. Run makes it work.
func New(ctx context.Context, o Options) (*Service, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Waits == nil {
		o.Waits = []time.Duration{10 * time.Second, time.Minute, 5 * time.Minute}
	}
	s := &Service{o: o, begin: make(chan *task), tasks: map[string]*task{}}
	for name, into := range map[string]any{settingJobs: &s.jobs, settingRuns: &s.runs} {
		text, err := o.Store.Setting(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err == nil {
			err = json.Unmarshal([]byte(text), into)
		}
		if err != nil {
			return nil, fmt.Errorf("exports: %w", err)
		}
	}
	return s, nil
}

// Run makes exports until ctx ends.
func (s *Service) Run(ctx context.Context) {
	if err := os.RemoveAll(s.o.Dir); err != nil { // of a process that was killed
		s.o.Log.Warn("remains of exports cannot be removed", "folder", s.o.Dir, "error", err)
	}
	s.plan()
	var running sync.WaitGroup
	defer running.Wait()
	tick := time.NewTicker(time.Minute)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			s.mu.Lock()
			for _, t := range s.tasks {
				t.cancel()
			}
			s.mu.Unlock()
			return
		case t := <-s.begin:
			running.Go(func() { s.do(t) })
		case <-tick.C:
			s.forget()
		}
	}
}

func jobName(id string) string { return "export/" + id }

// plan gives the schedules to the runner.
func (s *Service) plan() {
	s.mu.Lock()
	jobs := slices.Clone(s.jobs)
	s.mu.Unlock()
	for i := range jobs {
		s.planOne(&jobs[i])
	}
}

func (s *Service) planOne(j *Job) {
	rule, wrong := schedule.Parse(j.Schedule)
	if wrong != nil || j.Schedule == "" {
		s.o.Runner.Remove(jobName(j.ID))
		return
	}
	id, last := j.ID, j.Since
	s.mu.Lock()
	for _, r := range s.runs {
		if r.Job == id && r.By == "" && r.Started.After(last) {
			last = r.Started
		}
	}
	s.mu.Unlock()
	s.o.Runner.Set(jobName(id), schedule.Job{Schedule: rule, Last: last, Do: func(ctx context.Context, due time.Time) {
		t, err := s.startJob(ctx, id, "", due)
		if err != nil {
			s.o.Log.Warn("export was not made", "export", id, "error", err)
			return
		}
		select {
		case <-t.done:
		case <-ctx.Done():
		}
	}})
}

var (
	idForm   = regexp.MustCompile(`^[A-Za-z0-9_-]{1,40}$`)
	mailForm = regexp.MustCompile(`^[^\s@<>,;"]+@[^\s@<>,;"]+$`)
)

// SetJob keeps a job, in place of the one with its id.
func (s *Service) SetJob(ctx context.Context, j Job, entries ...store.Entry) error {
	var ps spec.Problems
	if !idForm.MatchString(j.ID) {
		ps.Add("id_form", "/id", `Write 1 to 40 letters, digits, "_" and "-".`, "%q cannot be an id.", j.ID)
	}
	if _, wrong := schedule.Parse(j.Schedule); wrong != nil {
		wrong.At = "/schedule"
		ps = append(ps, wrong)
	}
	if j.Target == "" && len(j.MailTo) == 0 {
		ps.Add("value_missing", "/target", "Choose a target, or give an address.", "Nobody gets the file.")
	}
	if j.Target != "" {
		if _, err := s.o.Targets.Open(ctx, j.Target, localUse); errors.Is(err, store.ErrNotFound) {
			ps.Add("target_unknown", "/target", "Choose one of the list.", "There is no target %q.", j.Target)
		} else if err != nil {
			return err
		}
	}
	for i, to := range j.MailTo {
		if len(to) > 254 || !mailForm.MatchString(to) {
			ps.Add("value_format", fmt.Sprintf("/mailTo/%d", i), `Write it like "anna@example.com".`, "%q is not an e-mail address.", to)
		}
	}
	columns, err := s.o.Columns(ctx, &j.Query)
	var wrong spec.Problems
	if err == nil {
		_, err = j.Query.Resolve(columns, time.Now(), s.o.Zone())
	}
	switch {
	case errors.As(err, &wrong):
		for _, p := range wrong {
			p.At = "/query" + p.At
			ps = append(ps, p)
		}
	case err != nil:
		return err
	}
	if len(ps) > 0 {
		return ps
	}
	j.Since = time.Now().UTC()
	if err := s.keepJob(ctx, j, entries); err != nil {
		return err
	}
	s.planOne(&j)
	return nil
}

func (s *Service) keepJob(ctx context.Context, j Job, entries []store.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.jobs, func(o Job) bool { return o.ID == j.ID })
	if i < 0 && len(s.jobs) >= MaxJobs {
		return spec.Problems{{Code: "too_many", At: "/id", Message: fmt.Sprintf("There are %d exports already.", MaxJobs), Hint: "Remove one that is not needed any more."}}
	}
	next := slices.Clone(s.jobs)
	if i >= 0 {
		next[i] = j
	} else {
		next = append(next, j)
	}
	if err := s.save(ctx, settingJobs, next, entries...); err != nil {
		return err
	}
	s.jobs = next
	return nil
}

// RemoveJob takes a job away; what it has made stays. ErrUnknown when there is none.
func (s *Service) RemoveJob(ctx context.Context, id string, entries ...store.Entry) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.jobs, func(o Job) bool { return o.ID == id })
	if i < 0 {
		return ErrUnknown
	}
	next := slices.Delete(slices.Clone(s.jobs), i, i+1)
	if err := s.save(ctx, settingJobs, next, entries...); err != nil {
		return err
	}
	s.jobs = next
	s.o.Runner.Remove(jobName(id))
	return nil
}

// Known is a job with when it is due next and its last run.
type Known struct {
	Job
	Next time.Time `json:"next,omitzero"`
	Last *Run      `json:"last,omitempty"`
}

// Jobs are all jobs.
func (s *Service) Jobs() []Known {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Known, len(s.jobs))
	for i, j := range s.jobs {
		out[i] = Known{Job: j, Next: s.o.Runner.Next(jobName(j.ID))}
		if k := slices.IndexFunc(s.runs, func(r Run) bool { return r.Job == j.ID }); k >= 0 {
			run := s.runs[k]
			if t := s.tasks[run.ID]; t != nil {
				run = t.run
			}
			out[i].Last = &run
		}
	}
	return out
}

// Runs of jobs, the newest first.
func (s *Service) Runs() []Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := slices.Clone(s.runs)
	for i := range out {
		if t := s.tasks[out[i].ID]; t != nil {
			out[i] = t.run
		}
	}
	return out
}

// Uses reports whether a job writes to a target.
func (s *Service) Uses(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.ContainsFunc(s.jobs, func(j Job) bool { return j.Target == id })
}

func (s *Service) save(ctx context.Context, name string, v any, entries ...store.Entry) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return s.o.Store.SetSetting(ctx, name, string(text), entries...)
}

// file is where one lies that was made.
func (s *Service) file(id string) string { return filepath.Join(s.o.Dir, id) }

// Fetch reads a file that somebody has asked for.
func (s *Service) Fetch(id, by string) (io.ReadCloser, Run, error) {
	run, err := s.Task(id, by)
	if err != nil || run.State != Done {
		return nil, run, errors.Join(err, ErrUnknown)
	}
	r, err := os.Open(s.file(id))
	return r, run, err
}
