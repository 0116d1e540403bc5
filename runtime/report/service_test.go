package report

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/tag"
)

// shelf is a Store in memory.
type shelf struct {
	mu      sync.Mutex
	reports map[string]Kept
	runs    []Run
	files   map[string][]byte
	broken  int // so many of the next reads of reports fail
}

var errShelf = errors.New("the database is away")

func newShelf(t testing.TB, documents map[string]string) *shelf {
	s := &shelf{reports: map[string]Kept{}, files: map[string][]byte{}}
	for id, text := range documents {
		r, ps := Check([]byte(text))
		if ps.Errors() {
			t.Fatal(ps)
		}
		s.reports[id] = Kept{ID: id, ETag: "1", Report: r}
	}
	return s
}

func (s *shelf) Reports(context.Context) (out []Kept, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, k := range s.reports {
		out = append(out, k)
	}
	return out, nil
}

func (s *shelf) Report(_ context.Context, id string) (Kept, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken > 0 {
		s.broken--
		return Kept{}, errShelf
	}
	k, ok := s.reports[id]
	if !ok {
		return k, errors.New("not found")
	}
	return k, nil
}

func (s *shelf) AddRun(_ context.Context, r Run) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.ID = int64(len(s.runs) + 1)
	s.runs = append(s.runs, r)
	return r.ID, nil
}

func (s *shelf) SetRun(_ context.Context, r Run, files map[string][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Deliveries = slices.Clone(r.Deliveries)
	s.runs[r.ID-1] = r
	for name, data := range files {
		s.files[fmt.Sprint(r.ID, name)] = data
	}
	return nil
}

func (s *shelf) Run(_ context.Context, id int64) (Run, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.runs[id-1]
	r.Deliveries = slices.Clone(r.Deliveries)
	return r, nil
}

func (s *shelf) File(_ context.Context, id int64, name string) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.files[fmt.Sprint(id, name)], nil
}

func (s *shelf) Unfinished(context.Context) (out []Run, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		open := r.State == Queued || r.State == Running || !r.Next.IsZero()
		for _, d := range r.Deliveries {
			open = open || d.State == Waiting || !d.Next.IsZero()
		}
		if open {
			r.Deliveries = slices.Clone(r.Deliveries)
			out = append(out, r)
		}
	}
	return out, nil
}

func (s *shelf) LastDue(_ context.Context, job string) (last time.Time, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.runs {
		if r.Job == job && r.Due.After(last) {
			last = r.Due
		}
	}
	return last, nil
}

func (s *shelf) FailedReports(context.Context) (out []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	newest := map[string]Run{}
	for _, r := range s.runs {
		newest[r.Report] = r
	}
	for id, r := range newest {
		if r.State == Failed || slices.ContainsFunc(r.Deliveries, func(d Delivery) bool { return d.State == Failed }) {
			out = append(out, id)
		}
	}
	slices.Sort(out)
	return out, nil
}

// sent is what a service gave out.
type sent struct {
	mu      sync.Mutex
	mails   []string
	names   []string
	refuse  int
	failing []string
}

func (x *sent) mail(_ context.Context, to, subject, text string, files []Attachment) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.refuse > 0 {
		x.refuse--
		return errors.New("the mail server says no")
	}
	names := ""
	for _, f := range files {
		names += " " + f.Name
	}
	x.mails = append(x.mails, to+" | "+subject+" |"+names)
	return nil
}

func serviceOf(t *testing.T, p *testPlant, s *shelf, x *sent) *Service {
	t.Helper()
	fontOf(t)
	return NewService(Options{
		Store: s, Runner: schedule.NewRunner(func() *time.Location { return p.zone }),
		Source: func(may func(tag.Path) bool) Source {
			if may == nil {
				return p
			}
			other := *p
			for path := range p.metas {
				if !may(path) {
					other.hidden = append(other.hidden, path)
				}
			}
			return &other
		},
		Font: func() ([]byte, error) { return nil, errors.New("see below") },
		Mail: x.mail,
		Put: func(_ context.Context, target, name string, r io.Reader) error {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.names = append(x.names, target+"/"+name)
			return nil
		},
		Failing: func(ids []string) {
			x.mu.Lock()
			defer x.mu.Unlock()
			x.failing = ids
		},
	})
}

// start runs a service with the font of the tests until the test ends.
func start(t *testing.T, s *Service) {
	font := fontOf(t)
	s.font = func() *Font { return font }
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { s.Run(ctx) })
	all.Go(func() { s.o.Runner.Run(ctx) })
	t.Cleanup(func() {
		cancel()
		all.Wait()
	})
}

func (s *shelf) wait(t *testing.T, what string, good func([]Run) bool) []Run {
	t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		s.mu.Lock()
		runs := slices.Clone(s.runs)
		s.mu.Unlock()
		if good(runs) {
			return runs
		}
		if time.Now().After(end) {
			t.Fatalf("waited for %s: %+v", what, runs)
		}
	}
}

func scheduled(when string) string {
	return strings.TrimSuffix(strings.Replace(dayReport, `"period":{"kind":"day"}`, `"period":{"kind":"day"},"schedule":{"when":"`+when+`","files":["pdf","csv"],"target":"nas","receivers":[{"address":"anna@example.com"},{"address":"li@example.com","language":"zh"}]}`, 1), "")
}

func TestServiceMakesAndSends(t *testing.T) {
	p := dayPlant(t)
	s, x := newShelf(t, map[string]string{"daily": scheduled("0 6 * * *")}), &sent{refuse: 1}
	service := serviceOf(t, p, s, x)
	start(t, service)
	span := p.Calendar().Resolve("day", p.time(t, "2026-11-21 06:00"), true)
	kept := s.reports["daily"]
	r, err := service.Ask(context.Background(), Run{Report: "daily", Kind: "day", From: span.From, To: span.To, Language: "en", Reason: "request", By: "anna", Deliveries: Deliveries(kept.Report)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	runs := s.wait(t, "the run", func(runs []Run) bool {
		return runs[0].State == Done && runs[0].Deliveries[0].State == Failed && runs[0].Deliveries[2].State == Sent
	})
	if runs[0].Pages < 2 || runs[0].Size == 0 || len(runs[0].Paths) == 0 || runs[0].Deliveries[0].Next.IsZero() {
		t.Errorf("%+v", runs[0])
	}
	// What was refused is tried again when it is due.
	service.retry(context.Background(), time.Now().Add(2*time.Minute))
	s.wait(t, "the mail", func(runs []Run) bool { return runs[0].Deliveries[0].State == Sent })
	x.mu.Lock()
	defer x.mu.Unlock()
	slices.Sort(x.mails)
	want := []string{
		"anna@example.com | Daily report – 2026-11-20, Friday | Daily report 2026-11-20.pdf Daily report 2026-11-20.csv",
		"li@example.com | 生产日报表 – 2026-11-20, 星期五 | 生产日报表 2026-11-20.pdf 生产日报表 2026-11-20.csv",
	}
	if !slices.Equal(x.mails, want) || len(x.names) != 2 || x.names[0] != "nas/Daily report 2026-11-20.pdf" {
		t.Errorf("%q, %q", x.mails, x.names)
	}
	if data, _ := s.File(context.Background(), r.ID, FilePDF); !strings.HasPrefix(string(data), "%PDF-") {
		t.Error("no PDF in the archive")
	}
}

func TestServiceTriesAgain(t *testing.T) {
	p := dayPlant(t)
	s, x := newShelf(t, map[string]string{"daily": scheduled("0 6 * * *")}), &sent{}
	service := serviceOf(t, p, s, x)
	start(t, service)
	span := p.Calendar().Resolve("day", p.time(t, "2026-11-21 06:00"), true)
	s.mu.Lock()
	s.broken = 1
	s.mu.Unlock()
	if _, err := service.Ask(context.Background(), Run{Report: "daily", Kind: "day", From: span.From, To: span.To, Language: "en", Reason: "schedule"}, nil); err != nil {
		t.Fatal(err)
	}
	runs := s.wait(t, "the failure", func(runs []Run) bool { return runs[0].State == Failed })
	if runs[0].Next.IsZero() || !strings.Contains(runs[0].Failure, "the database is away") {
		t.Errorf("%+v", runs[0])
	}
	s.wait(t, "that it is told", func([]Run) bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return slices.Equal(x.failing, []string{"daily"})
	})
	service.retry(context.Background(), time.Now().Add(2*time.Minute))
	if runs = s.wait(t, "another try", func(runs []Run) bool { return runs[0].State == Done }); runs[0].Attempts != 2 {
		t.Errorf("%+v", runs[0])
	}
	s.wait(t, "that all is well", func([]Run) bool {
		x.mu.Lock()
		defer x.mu.Unlock()
		return len(x.failing) == 0
	})
}

func TestServiceMakesUpForMissedRuns(t *testing.T) {
	p := dayPlant(t)
	s, x := newShelf(t, map[string]string{"daily": strings.Replace(scheduled("0 6 * * *"), `,"target":"nas"`, "", 1)}), &sent{}
	k := s.reports["daily"]
	k.Updated = time.Now().AddDate(0, -2, 0)
	s.reports["daily"] = k
	// It ran thirty days ago, and was then in the midst of one more.
	old := time.Now().AddDate(0, 0, -30)
	s.runs = []Run{{ID: 1, Report: "daily", Kind: "day", From: old.AddDate(0, 0, -1), To: old, Language: "en", Reason: "schedule", Job: "report/daily", Due: old, State: Running},
		{ID: 2, Report: "daily", Kind: "day", From: old.AddDate(0, 0, -1), To: old, Language: "en", Reason: "request", By: "anna", State: Queued}}
	service := serviceOf(t, p, s, x)
	start(t, service)
	runs := s.wait(t, "what was missed", func(runs []Run) bool {
		return len(runs) >= 2+maxMakeUp && !slices.ContainsFunc(runs, func(r Run) bool { return r.State == Queued || r.State == Running })
	})
	if len(runs) != 2+maxMakeUp {
		t.Errorf("%d runs", len(runs))
	}
	if runs[0].State != Done || runs[1].State != Failed {
		t.Errorf("what was under way: %s, %s", runs[0].State, runs[1].State)
	}
	for i, r := range runs[2:] {
		if r.State != Done || r.Due.Hour() != 6 || r.To.Sub(r.From) < 23*time.Hour || i > 0 && !r.From.Equal(runs[i+1].To) {
			t.Errorf("%+v", r)
		}
	}
	if next := service.NextDue("daily"); next.Before(time.Now()) || next.In(p.zone).Hour() != 6 {
		t.Errorf("next at %s", next)
	}
}

func TestServiceBoundsTheQueue(t *testing.T) {
	p := dayPlant(t)
	s := newShelf(t, map[string]string{"daily": dayReport})
	service := serviceOf(t, p, s, &sent{})
	var err error
	n := 0
	for ; err == nil && n < 2*maxOwn; n++ {
		_, err = service.Ask(context.Background(), Run{Report: "daily", By: "anna"}, nil)
	}
	if !errors.Is(err, ErrBusy) || n != maxOwn+1 {
		t.Errorf("%d runs of one person, %v", n, err)
	}
	if _, err := service.Ask(context.Background(), Run{Report: "daily", By: "olga"}, nil); err != nil {
		t.Error(err)
	}
}

func TestServiceShowsWhatSomebodyMaySee(t *testing.T) {
	p := dayPlant(t)
	s := newShelf(t, map[string]string{"daily": dayReport})
	service := serviceOf(t, p, s, &sent{})
	start(t, service)
	span := p.Calendar().Resolve("day", p.time(t, "2026-11-21 06:00"), true)
	r, err := service.Ask(context.Background(), Run{Report: "daily", Kind: "day", From: span.From, To: span.To, Language: "en", Reason: "request", By: "hal1"}, func(path tag.Path) bool { return path != "hall/oven/temperature" })
	if err != nil {
		t.Fatal(err)
	}
	runs := s.wait(t, "the run", func(runs []Run) bool { return runs[0].State == Done })
	if slices.Contains(runs[0].Paths, "hall/oven/temperature") {
		t.Error("a hidden tag is in the report")
	}
	packed, _ := s.File(context.Background(), r.ID, FileContent)
	c, err := Unpack(packed)
	if err != nil || strings.Contains(partOf(t, c, "g").Grid.Rows[0][1].Text, "1") {
		t.Errorf("%v: %+v", err, partOf(t, c, "g").Grid.Rows)
	}
}
