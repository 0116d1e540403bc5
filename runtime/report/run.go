package report

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Run is one making of a report, as the archive keeps it.
type Run struct {
	// ID counts up; it is set by the store.
	ID int64 `json:"id"`
	// Report is the id of the report, Title what it was called then.
	Report string    `json:"report"`
	Title  spec.Text `json:"title"`
	// Kind is that of the period, From and To the period, Period its name in the language of the run.
	Kind     string    `json:"kind"`
	From     time.Time `json:"from"`
	To       time.Time `json:"to"`
	Period   string    `json:"period,omitempty"`
	Language string    `json:"language"`
	// Reason is why it was made: schedule, request, or again.
	Reason string `json:"reason" enum:"schedule,request,again"`
	// By is who asked for it, "" for the schedule.
	By string `json:"by,omitempty"`
	// Job and Due are of a schedule: which one, and when it was due.
	Job string    `json:"-"`
	Due time.Time `json:"due,omitzero"`
	// Created is when it was asked for, Ended when it was made or given up.
	Created time.Time `json:"created"`
	Ended   time.Time `json:"ended,omitzero"`
	State   string    `json:"state" enum:"queued,running,done,failed"`
	// Attempts is how often it was tried, Next when it is tried again after a failure.
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"`
	Failure  string    `json:"failure,omitempty"`
	// Pages and Size are of the PDF, in bytes.
	Pages int   `json:"pages,omitempty"`
	Size  int64 `json:"size,omitempty"`
	// Notes is how many notes the report has.
	Notes int `json:"notes,omitempty"`
	// Deliveries are the ways it goes out.
	Deliveries []Delivery `json:"deliveries,omitempty"`
	// Paths are the tags and areas that are in it.
	Paths []tag.Path `json:"-"`
}

// The states of a run.
const (
	Queued  = "queued"
	Running = "running"
	Done    = "done"
	Failed  = "failed"
)

// Delivery is one way a report goes out.
type Delivery struct {
	// Kind is mail or target; To the address, or the id of the target.
	Kind     string `json:"kind" enum:"mail,target"`
	To       string `json:"to"`
	Language string `json:"language,omitempty"`
	// State is waiting, sent or failed; a failed one that is tried again has Next.
	State    string    `json:"state" enum:"waiting,sent,failed"`
	Attempts int       `json:"attempts,omitempty"`
	Next     time.Time `json:"next,omitzero"`
	Failure  string    `json:"failure,omitempty"`
	// Time is when it went out.
	Time time.Time `json:"time,omitzero"`
}

// The states of a delivery besides failed.
const (
	Waiting = "waiting"
	Sent    = "sent"
)

// Kept is a report as it is stored.
type Kept struct {
	ID      string
	ETag    string
	Updated time.Time
	Author  string
	Report  *Report
}

// The files of a run that are kept.
const (
	FileContent = "content" // JSON, packed with gzip
	FilePDF     = "pdf"
)

// RunFilter says which runs are wanted, the newest first.
type RunFilter struct {
	Report string
	State  string
	// Before wants those with a lower ID.
	Before int64
	Limit  int
	// Allowed says whether a run with these tags may be seen; nil allows all.
	Allowed func(paths []tag.Path) bool
}

// Store keeps reports and their runs.
type Store interface {
	Reports(ctx context.Context) ([]Kept, error)
	Report(ctx context.Context, id string) (Kept, error)
	// AddRun keeps a new run and gives its id; SetRun what has become of it, with its files.
	AddRun(ctx context.Context, r Run) (int64, error)
	SetRun(ctx context.Context, r Run, files map[string][]byte) error
	Run(ctx context.Context, id int64) (Run, error)
	File(ctx context.Context, id int64, name string) ([]byte, error)
	// Unfinished are the runs that are queued, running, or have something to be tried again.
	Unfinished(ctx context.Context) ([]Run, error)
	// LastDue is when a job of a schedule was due last, the zero time for never.
	LastDue(ctx context.Context, job string) (time.Time, error)
	// FailedReports are the ids of the reports whose newest run has failed.
	FailedReports(ctx context.Context) ([]string, error)
}
