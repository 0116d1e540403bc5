package report

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// Meta is what a report takes from a tag.
type Meta struct {
	Type     tag.Type
	Title    string
	Unit     string
	Decimals *int
}

// History answers questions about the past; it is a *historian.Archive.
type History interface {
	Has(path tag.Path) bool
	AggregateAll(ctx context.Context, path tag.Path, boundaries []tag.Time, functions []historian.Function, state tag.Value) ([][]historian.Point, error)
	At(ctx context.Context, path tag.Path, t tag.Time) (historian.Sample, bool, error)
	Raw(ctx context.Context, path tag.Path, from, to tag.Time, each func([]historian.Sample) bool) error
	Reduce(ctx context.Context, path tag.Path, from, to tag.Time, pixels int) ([]historian.Sample, error)
}

// JournalFilter says which lines of the alarm journal are wanted.
type JournalFilter struct {
	Area        tag.Path
	Priorities  []string
	From, Until time.Time
	// Raised wants only those in which an alarm was raised.
	Raised bool
}

// Source is the plant as the report sees it.
type Source interface {
	// Site is the name of the plant.
	Site() string
	Calendar() Calendar
	// History is nil when none is kept.
	History() History
	// Meta describes a tag in a language; false when there is none. May reports whether its values may be in the report.
	Meta(path tag.Path, language string) (Meta, bool)
	May(path tag.Path) bool
	// Match finds the tags of a pattern, OfModel those that are a property of the assets of a model, by path, at most limit.
	Match(pattern tag.Pattern, limit int) []tag.Path
	OfModel(model, property string, limit int) []tag.Path
	// Journal gives lines of the alarm journal, the newest first, until each returns false.
	Journal(ctx context.Context, f JournalFilter, each func(alarm.Entry) bool) error
}

// Request says which run of a report is wanted.
type Request struct {
	// Period is resolved with Resolve.
	Span Span
	// Kind is that of the period.
	Kind     string
	Language string
	By       string
	Now      time.Time
	// Progress is told how much is done, 0 to 1; nil for nobody.
	Progress func(done float64)
}

// words are texts of reports by language.
func words(t spec.Text, language string) string { return t.In(language) }
