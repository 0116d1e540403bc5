package report

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/schedule"
	"github.com/lineside/lineside/runtime/tag"
)

// Attachment is a file that goes with a mail.
type Attachment struct {
	Name, Type string
	Data       []byte
}

// Options are what the service is made of.
type Options struct {
	Store Store
	// Source is the plant for who may view what may says; nil may view all.
	Source func(may func(tag.Path) bool) Source
	// Font reads the font, which is done when it is needed first; nil when there is none.
	Font func() ([]byte, error)
	// Mail sends a mail to one address; nil when there is no mail.
	Mail func(ctx context.Context, to, subject, text string, files []Attachment) error
	// Put writes a file to a target; nil when there are none.
	Put func(ctx context.Context, target, name string, r io.Reader) error
	// Runner does what is due by the schedules; whoever made it runs it.
	Runner *schedule.Runner
	// Failing is told of the reports whose newest run has failed, each time that changes.
	Failing func(ids []string)
	Log     *slog.Logger
}

// Limits of the service.
const (
	// MaxQueue is how many runs wait at most.
	MaxQueue = 200
	// maxMakeUp is how many runs of a schedule are made up for after a stop.
	maxMakeUp = 7
	// maxOwn is how many of them one person has asked for.
	maxOwn = 10
	// maxTime is how long one run may take.
	maxTime = 10 * time.Minute
)

// again is how long after the first, second, … failure something is tried again.
var again = []time.Duration{time.Minute, 5 * time.Minute, 15 * time.Minute, time.Hour}

// ErrBusy says that too many runs wait.
var ErrBusy = errors.New("too many reports are waiting to be made")

// Service makes reports, one after the other: when somebody asks, and by their schedules.
type Service struct {
	o    Options
	font func() *Font
	wake chan struct{}

	mu    sync.Mutex
	queue []job
	// busy is the run that is being made, with how much of it is done.
	busy     int64
	progress float64
	cancel   context.CancelFunc
	jobs     map[string]string // name → rule
	failing  []string
}

// job is a run that waits.
type job struct {
	id  int64
	by  string
	may func(tag.Path) bool
}

// NewService makes a service. It starts nothing.
func NewService(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Service{o: o, wake: make(chan struct{}, 1), jobs: map[string]string{}}
	s.font = sync.OnceValue(func() *Font {
		if o.Font == nil {
			return nil
		}
		data, err := o.Font()
		if err == nil {
			var f *Font
			if f, err = NewFont(data); err == nil {
				return f
			}
		}
		s.o.Log.Error("font of reports not read", "error", err)
		return nil
	})
	return s
}

// Font is the font of the service, nil when there is none.
func (s *Service) Font() *Font { return s.font() }

// HasFont reports whether there is a font, without reading it.
func (s *Service) HasFont() bool { return s.o.Font != nil }

// Run makes what is asked for until ctx ends.
func (s *Service) Run(ctx context.Context) {
	s.resume(ctx)
	s.Arrange(ctx)
	s.tellFailing(ctx)
	tick := time.NewTicker(20 * time.Second)
	defer tick.Stop()
	for {
		for {
			j, ok := s.next()
			if !ok || ctx.Err() != nil {
				break
			}
			s.make(ctx, j)
		}
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-tick.C:
			s.Arrange(ctx) // the shifts of the plant may have changed
			s.retry(ctx, time.Now())
		}
	}
}

func (s *Service) poke() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

func (s *Service) next() (job, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.queue) == 0 {
		return job{}, false
	}
	j := s.queue[0]
	s.queue = s.queue[1:]
	s.busy, s.progress = j.id, 0
	return j, true
}

// Progress is how much of a run is done, 0 to 1; false when it is not being made now.
func (s *Service) Progress(id int64) (float64, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.progress, s.busy == id && id != 0
}

// Ask puts a run into the queue; may says which tags who asks may view.
func (s *Service) Ask(ctx context.Context, r Run, may func(tag.Path) bool) (Run, error) {
	s.mu.Lock()
	own := 0
	for _, j := range s.queue {
		if r.By != "" && j.by == r.By {
			own++
		}
	}
	full := len(s.queue) >= MaxQueue || own >= maxOwn
	s.mu.Unlock()
	if full {
		return r, ErrBusy
	}
	r.State, r.Created = Queued, time.Now()
	id, err := s.o.Store.AddRun(ctx, r)
	if err != nil {
		return r, err
	}
	r.ID = id
	s.mu.Lock()
	s.queue = append(s.queue, job{id, r.By, may})
	s.mu.Unlock()
	s.poke()
	return r, nil
}

// stopped is why what a person has asked for was given up.
const stopped = "The runtime was stopped before it was made. Ask again."

// resume takes up what was not finished when the runtime stopped. What a person had asked for is given up, because what
// they may view is not known any more.
func (s *Service) resume(ctx context.Context) {
	list, err := s.o.Store.Unfinished(ctx)
	if err != nil {
		s.o.Log.Error("reports not resumed", "error", err)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range list {
		switch {
		case r.State != Queued && r.State != Running:
		case slices.ContainsFunc(s.queue, func(j job) bool { return j.id == r.ID }): // asked for just now
		case r.Reason != "schedule":
			r.State, r.Ended, r.Failure = Failed, time.Now(), stopped
			if err := s.o.Store.SetRun(ctx, r, nil); err != nil {
				s.o.Log.Error("report not given up", "run", r.ID, "error", err)
			}
		default:
			s.queue = append(s.queue, job{id: r.ID})
		}
	}
}

// retry tries again what has failed and is due for it.
func (s *Service) retry(ctx context.Context, now time.Time) {
	list, err := s.o.Store.Unfinished(ctx)
	if err != nil {
		s.o.Log.Error("reports not retried", "error", err)
		return
	}
	for _, r := range list {
		switch {
		case r.State == Failed && !r.Next.IsZero() && !r.Next.After(now):
			s.mu.Lock()
			if !slices.ContainsFunc(s.queue, func(j job) bool { return j.id == r.ID }) && len(s.queue) < MaxQueue {
				s.queue = append(s.queue, job{id: r.ID})
			}
			s.mu.Unlock()
			s.poke()
		case r.State == Done && slices.ContainsFunc(r.Deliveries, func(d Delivery) bool { return d.due(now) }):
			s.deliver(ctx, r, now)
		}
	}
}

// due reports whether a delivery is to be tried.
func (d *Delivery) due(now time.Time) bool {
	return d.State == Waiting || d.State == Failed && !d.Next.IsZero() && !d.Next.After(now)
}

// make makes one run.
func (s *Service) make(ctx context.Context, j job) {
	defer func() {
		s.mu.Lock()
		s.busy = 0
		s.mu.Unlock()
		s.tellFailing(ctx)
	}()
	r, err := s.o.Store.Run(ctx, j.id)
	if err != nil {
		s.o.Log.Error("report not found", "run", j.id, "error", err)
		return
	}
	r.State, r.Failure, r.Next = Running, "", time.Time{}
	r.Attempts++
	if err := s.o.Store.SetRun(ctx, r, nil); err != nil {
		s.o.Log.Error("report not begun", "run", j.id, "error", err)
		return
	}
	files, err := s.produce(ctx, &r, j.may)
	if ctx.Err() != nil {
		return // taken up again when the runtime starts
	}
	now := time.Now()
	r.Ended = now
	if err != nil {
		r.State, r.Failure = Failed, err.Error()
		if r.Reason == "schedule" && r.Attempts <= len(again) && !errors.Is(err, ErrNoFont) {
			r.Next = now.Add(again[r.Attempts-1])
		}
		s.o.Log.Error("report failed", "report", r.Report, "run", r.ID, "attempt", r.Attempts, "error", err)
	} else {
		r.State = Done
	}
	if err := s.o.Store.SetRun(ctx, r, files); err != nil {
		s.o.Log.Error("report not kept", "report", r.Report, "run", r.ID, "error", err)
		return
	}
	if r.State == Done && len(r.Deliveries) > 0 {
		s.deliver(ctx, r, now)
	}
}

// produce fills and draws a report.
func (s *Service) produce(ctx context.Context, r *Run, may func(tag.Path) bool) (map[string][]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, maxTime)
	defer cancel()
	kept, err := s.o.Store.Report(ctx, r.Report)
	if err != nil {
		return nil, fmt.Errorf("the report is not there any more: %w", err)
	}
	r.Title = kept.Report.Title
	content, err := s.fill(ctx, kept.Report, r, may)
	if err != nil {
		return nil, err
	}
	r.Period, r.Paths, r.Notes = content.Period, content.Paths, told(content.Notes)
	pdf, pages, err := drawPDF(content, s.Font())
	if err != nil {
		return nil, err
	}
	r.Size, r.Pages = int64(len(pdf)), pages
	packed, err := Pack(content)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{FileContent: packed, FilePDF: pdf}, nil
}

func (s *Service) fill(ctx context.Context, doc *Report, r *Run, may func(tag.Path) bool) (*Content, error) {
	source := s.o.Source(may)
	zone := source.Calendar().Zone
	span := Span{From: r.From.In(zone), To: r.To.In(zone)}
	if r.Kind == "shift" {
		span.Name = source.Calendar().nameOf(span)
	}
	return Fill(ctx, doc, source, Request{Span: span, Kind: r.Kind, Language: r.Language, By: r.By, Now: time.Now(), Progress: func(done float64) {
		s.mu.Lock()
		s.progress = done
		s.mu.Unlock()
	}})
}

// told counts the notes, each text once.
func told(notes []Note) int {
	seen := map[string]bool{}
	for _, n := range notes {
		seen[n.Text] = true
	}
	return len(seen)
}

// nameOf is the name of the shift that is the span.
func (c Calendar) nameOf(span Span) map[string]string {
	for _, s := range c.shiftsOf(span.From, span.To) {
		if s.From.Equal(span.From) && s.To.Equal(span.To) {
			return s.Name
		}
	}
	return nil
}

// Pack makes a file of a content, Unpack reads it.
func Pack(c *Content) ([]byte, error) {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if err := json.NewEncoder(w).Encode(c); err != nil {
		return nil, fmt.Errorf("pack report: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("pack report: %w", err)
	}
	return b.Bytes(), nil
}

// maxUnpacked bounds a content that is unpacked.
const maxUnpacked = 256 << 20

// Unpack reads what Pack wrote.
func Unpack(data []byte) (*Content, error) {
	r, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, fmt.Errorf("unpack report: %w", err)
	}
	c := new(Content)
	if err := json.NewDecoder(io.LimitReader(r, maxUnpacked)).Decode(c); err != nil {
		return nil, fmt.Errorf("unpack report: %w", err)
	}
	// Times come back with an offset; the calendar is that of the zone.
	if zone, err := time.LoadLocation(c.Zone); err == nil {
		c.From, c.To, c.Made = c.From.In(zone), c.To.In(zone), c.Made.In(zone)
	}
	return c, nil
}

// Types are the media types of the files of a report.
var Types = map[string]string{"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "csv": "text/csv; charset=utf-8"}

// Render makes a file of a content: pdf, xlsx or csv.
func Render(c *Content, format string, font *Font) ([]byte, error) {
	switch format {
	case "pdf":
		return PDF(c, font)
	case "xlsx":
		return XLSX(c)
	case "csv":
		return CSV(c)
	}
	return nil, fmt.Errorf("there is no format %q of reports", format)
}

// FileName is the name of a file of a report: its title and the beginning of its period, as every system takes it.
func FileName(c *Content, format string) string {
	stamp := c.From.Format("2006-01-02")
	if c.To.Sub(c.From) < 23*time.Hour {
		stamp = c.From.Format("2006-01-02 1504")
	}
	name := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || strings.ContainsRune(`\/:*?"<>|`, r) {
			return '-'
		}
		return r
	}, strings.ToValidUTF8(c.Title, ""))
	for len(name) > 120 {
		r := []rune(name)
		name = string(r[:len(r)-1])
	}
	if name = strings.Trim(name, " ."); name == "" {
		name = "report"
	}
	return name + " " + stamp + "." + format
}

func (s *Service) tellFailing(ctx context.Context) {
	if s.o.Failing == nil {
		return
	}
	list, err := s.o.Store.FailedReports(ctx)
	if err != nil {
		return
	}
	s.mu.Lock()
	changed := !slices.Equal(list, s.failing)
	s.failing = list
	s.mu.Unlock()
	if changed {
		s.o.Failing(list)
	}
}

// Source is the plant for who may view what may says.
func (s *Service) Source(may func(tag.Path) bool) Source { return s.o.Source(may) }

// Calendar is that of the plant.
func (s *Service) Calendar() Calendar { return s.o.Source(nil).Calendar() }
