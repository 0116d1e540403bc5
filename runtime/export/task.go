package export

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/backup/target"
	"github.com/lineside/lineside/runtime/notify"
)

// Start makes a file for somebody, who fetches it within an hour. It returns at once.
func (s *Service) Start(ctx context.Context, by string, r *Request) (Run, error) {
	t, err := s.start(ctx, &task{request: r, run: Run{By: by, Name: "history-" + time.Now().In(s.o.Zone()).Format("20060102-150405") + "." + string(r.Format)}})
	if err != nil {
		return Run{}, err
	}
	return s.Task(t.run.ID, by)
}

// StartJob makes the file of a job now.
func (s *Service) StartJob(ctx context.Context, id, by string) error {
	_, err := s.startJob(ctx, id, by, time.Now())
	return err
}

func (s *Service) startJob(ctx context.Context, id, by string, due time.Time) (*task, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.jobs, func(j Job) bool { return j.ID == id })
	var job Job
	if i >= 0 {
		job = s.jobs[i]
	}
	s.mu.Unlock()
	if i < 0 {
		return nil, ErrUnknown
	}
	zone := s.o.Zone()
	t := &task{job: &job, run: Run{Job: id, By: by, Name: id + "-" + due.In(zone).Format("20060102-150405") + "." + string(job.Query.Format)}}
	columns, err := s.o.Columns(ctx, &job.Query)
	if err == nil {
		t.request, err = job.Query.Resolve(columns, due, zone)
	}
	if err != nil { // the tags may be gone
		t.run.ID, t.run.Started, t.run.Ended, t.run.State, t.run.Error = rand.Text(), time.Now().UTC(), time.Now().UTC(), Failed, err.Error()
		s.ended(ctx, t)
		return nil, err
	}
	return s.start(ctx, t)
}

// start hands a task over.
func (s *Service) start(ctx context.Context, t *task) (*task, error) {
	t.run.ID, t.run.Started, t.run.State = strings.ToLower(rand.Text()), time.Now().UTC(), Running
	t.ctx, t.cancel = context.WithCancel(context.WithoutCancel(ctx)) // it outlives the request
	t.done = make(chan struct{})
	s.mu.Lock()
	running, waiting := 0, 0
	for _, o := range s.tasks {
		switch {
		case o.job != nil:
		case o.run.State == Running:
			running++
		default:
			waiting++
		}
	}
	if t.job == nil && (running >= maxAtOnce || waiting >= maxFetched) {
		s.mu.Unlock()
		t.cancel()
		return nil, ErrBusy
	}
	s.tasks[t.run.ID] = t
	if t.job != nil {
		s.runs = append([]Run{t.run}, s.runs[:min(len(s.runs), maxRuns-1)]...)
	}
	s.mu.Unlock()
	timer := time.NewTimer(5 * time.Second)
	defer timer.Stop()
	select {
	case s.begin <- t:
		return t, nil
	case <-timer.C:
	case <-ctx.Done():
	}
	t.cancel()
	s.mu.Lock()
	delete(s.tasks, t.run.ID)
	s.mu.Unlock()
	return nil, errors.New("the server is being stopped")
}

// do makes the file of a task and delivers it.
func (s *Service) do(t *task) {
	defer close(t.done)
	defer t.cancel()
	err := s.make(t)
	if err == nil && t.job != nil {
		err = s.deliver(t)
	}
	run := s.change(t, func(r *Run) {
		r.Ended = time.Now().UTC()
		switch {
		case err == nil:
			r.State, r.Part = Done, 1
		case errors.Is(t.ctx.Err(), context.Canceled):
			r.State = Cancelled
		default:
			r.State, r.Error = Failed, err.Error()
		}
	})
	switch {
	case run.State == Failed:
		s.o.Log.Error("export failed", "export", run.Job, "file", run.Name, "error", err)
	case t.job != nil:
		s.o.Log.Info("export made", "export", run.Job, "file", run.Name, "rows", run.Rows, "bytes", run.Size)
	}
	if t.job != nil || run.State != Done {
		if err := os.Remove(s.file(run.ID)); err != nil && !errors.Is(err, os.ErrNotExist) {
			s.o.Log.Warn("file of an export cannot be removed", "file", s.file(run.ID), "error", err)
		}
	}
	if t.job != nil {
		s.ended(context.WithoutCancel(t.ctx), t)
	}
}

// change changes the run of a task.
func (s *Service) change(t *task, f func(*Run)) Run {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&t.run)
	return t.run
}

// ended keeps what has become of the run of a job.
func (s *Service) ended(ctx context.Context, t *task) {
	s.mu.Lock()
	delete(s.tasks, t.run.ID)
	if i := slices.IndexFunc(s.runs, func(r Run) bool { return r.ID == t.run.ID }); i >= 0 {
		s.runs[i] = t.run
	} else {
		s.runs = append([]Run{t.run}, s.runs[:min(len(s.runs), maxRuns-1)]...)
	}
	runs := slices.Clone(s.runs)
	s.mu.Unlock()
	if err := s.save(ctx, settingRuns, runs); err != nil {
		s.o.Log.Warn("the list of exports cannot be kept", "error", err)
	}
}

func (s *Service) make(t *task) error {
	if err := os.MkdirAll(s.o.Dir, 0o700); err != nil {
		return err
	}
	f, err := os.OpenFile(s.file(t.run.ID), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = Write(t.ctx, f, s.o.History, t.request, func(p Progress) {
		s.change(t, func(r *Run) { r.Part, r.Rows = min(p.Part, 0.99), p.Rows })
	})
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	info, err := os.Stat(f.Name())
	if err != nil {
		return err
	}
	s.change(t, func(r *Run) { r.Size = info.Size() })
	return nil
}

// deliver brings the file to the target of the job and to those who get it by mail. What fails is tried again after a while.
func (s *Service) deliver(t *task) error {
	again := func(do func() error) error {
		for attempt := 0; ; attempt++ {
			err := do()
			if err == nil || t.ctx.Err() != nil || attempt == len(s.o.Waits) || errors.Is(err, notify.ErrNoMail) || errors.Is(err, errMailLarge) || errors.Is(err, target.ErrFull) {
				return err
			}
			s.o.Log.Warn("export cannot be delivered, trying again", "export", t.run.Job, "attempt", attempt+1, "error", err)
			timer := time.NewTimer(s.o.Waits[attempt])
			select {
			case <-timer.C:
			case <-t.ctx.Done():
				timer.Stop()
				return t.ctx.Err()
			}
		}
	}
	var err error
	if t.job.Target != "" {
		err = again(func() error { return s.put(t) })
	}
	if len(t.job.MailTo) > 0 {
		err = errors.Join(err, again(func() error { return s.mail(t) }))
	}
	return err
}

func (s *Service) put(t *task) error {
	to, err := s.o.Targets.Open(t.ctx, t.job.Target, localUse)
	if err != nil {
		return err
	}
	f, err := os.Open(s.file(t.run.ID))
	if err != nil {
		return err
	}
	defer f.Close()
	if err := to.Put(t.ctx, t.run.Name, f); err != nil {
		return err
	}
	if t.job.Keep == 0 {
		return nil
	}
	list, err := to.List(t.ctx)
	if err != nil {
		return nil // what is too old goes the next time
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name)
	}
	for _, name := range tooOld(names, t.job) {
		if err := to.Delete(t.ctx, name); err != nil {
			s.o.Log.Warn("an older export cannot be removed", "file", name, "error", err)
		}
	}
	return nil
}

// tooOld are the files of a job that are more than it keeps.
func tooOld(names []string, j *Job) []string {
	mine := regexp.MustCompile(`^` + regexp.QuoteMeta(j.ID) + `-\d{8}-\d{6}\.(csv|xlsx|parquet)$`)
	names = slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !mine.MatchString(n) })
	slices.Sort(names)
	return names[:max(0, len(names)-j.Keep)]
}

var errMailLarge = fmt.Errorf("the file is larger than the %d MiB that a mail may carry: choose a target instead", notify.MaxMailBytes>>20)

func (s *Service) mail(t *task) error {
	if s.o.Mailer == nil {
		return notify.ErrNoMail
	}
	if t.run.Size > notify.MaxMailBytes {
		return errMailLarge
	}
	data, err := os.ReadFile(s.file(t.run.ID))
	if err != nil {
		return err
	}
	title := t.job.Title
	if title == "" {
		title = t.job.ID
	}
	r := t.request
	text := fmt.Sprintf("%s\n%s – %s (%s)\n%d × %s", title, r.From.Std().In(r.Zone).Format("2006-01-02 15:04:05"), r.To.Std().In(r.Zone).Format("2006-01-02 15:04:05"), r.Zone, t.run.Rows, t.run.Name)
	return s.o.Mailer.Mail(t.ctx, notify.Mail{To: t.job.MailTo, Subject: title, Text: text, Attachments: []notify.Attachment{{Name: t.run.Name, Type: t.job.Query.Format.Type(), Data: data}}})
}

// Task is how an export fares that somebody has asked for; ErrUnknown when there is none of that person.
func (s *Service) Task(id, by string) (Run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tasks[id]
	if t == nil || t.job != nil || t.run.By != by {
		return Run{}, ErrUnknown
	}
	return t.run, nil
}

// Cancel ends an export that somebody has asked for, and forgets what was made.
func (s *Service) Cancel(id, by string) error {
	if _, err := s.Task(id, by); err != nil {
		return err
	}
	s.mu.Lock()
	t := s.tasks[id]
	s.mu.Unlock()
	t.cancel()
	<-t.done
	s.mu.Lock()
	delete(s.tasks, id)
	s.mu.Unlock()
	if err := os.Remove(s.file(id)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// forget removes what nobody has fetched.
func (s *Service) forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, t := range s.tasks {
		if t.job == nil && t.run.State != Running && time.Since(t.run.Ended) > fetchWithin {
			delete(s.tasks, id)
			_ = os.Remove(s.file(id)) // the next start removes it
		}
	}
}

// Files are the files of a job at its target, the newest first.
func (s *Service) Files(ctx context.Context, id string) ([]target.Entry, error) {
	to, job, err := s.target(ctx, id)
	if err != nil || to == nil {
		return []target.Entry{}, err
	}
	list, err := to.List(ctx)
	if err != nil {
		return nil, err
	}
	mine := &Job{ID: job.ID}
	var names []string
	for _, e := range list {
		names = append(names, e.Name)
	}
	names = tooOld(names, mine) // it keeps none, so all of its files
	out := []target.Entry{}
	for _, e := range slices.Backward(list) {
		if slices.Contains(names, e.Name) {
			out = append(out, e)
		}
	}
	return out, nil
}

// Open reads a file of a job; the error wraps target.ErrNotFound when there is none.
func (s *Service) Open(ctx context.Context, id, name string) (io.ReadCloser, error) {
	to, job, err := s.target(ctx, id)
	if err != nil {
		return nil, err
	}
	if to == nil || len(tooOld([]string{name}, &Job{ID: job.ID})) == 0 || filepath.Base(name) != name {
		return nil, target.ErrNotFound
	}
	return to.Get(ctx, name)
}

// target is that of a job, nil when it has none.
func (s *Service) target(ctx context.Context, id string) (target.Target, Job, error) {
	s.mu.Lock()
	i := slices.IndexFunc(s.jobs, func(j Job) bool { return j.ID == id })
	var job Job
	if i >= 0 {
		job = s.jobs[i]
	}
	s.mu.Unlock()
	if i < 0 {
		return nil, job, ErrUnknown
	}
	if job.Target == "" {
		return nil, job, nil
	}
	to, err := s.o.Targets.Open(ctx, job.Target, localUse)
	return to, job, err
}
