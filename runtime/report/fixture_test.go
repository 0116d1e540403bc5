package report

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/designer"
	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// testFont is the font that reports have, of the built pages or of the package it comes from.
var testFont = sync.OnceValues(func() (*Font, error) {
	data, err := designer.ReportFont()
	if errors.Is(err, designer.ErrNoFont) {
		data, err = os.ReadFile("../../node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf")
	}
	if err != nil {
		return nil, err
	}
	return NewFont(data)
})

func fontOf(t testing.TB) *Font {
	t.Helper()
	f, err := testFont()
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip(`the font of reports was not built: run "make build"`)
	}
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// nowhere is a database that has nothing: what is tested here waits in memory.
type nowhere struct{ historian.Rows }

func (nowhere) Series(context.Context) ([]historian.Series, error) { return nil, nil }
func (nowhere) Marks(context.Context) (historian.Marks, error)     { return historian.Marks{}, nil }
func (nowhere) AddSeries(_ context.Context, paths []tag.Path) ([]int64, error) {
	series.Lock()
	defer series.Unlock()
	out := make([]int64, len(paths))
	for i := range out {
		series.n++
		out[i] = series.n
	}
	return out, nil
}
func (nowhere) Read(context.Context, int64, tag.Time, tag.Time, bool) ([]historian.Row, error) {
	return nil, nil
}
func (nowhere) Next(context.Context, int64, tag.Time) (tag.Time, bool, error) { return 0, false, nil }
func (nowhere) Before(context.Context, int64, tag.Time) (historian.Row, bool, error) {
	return historian.Row{}, false, nil
}

var series struct {
	sync.Mutex
	n int64
}

// testPlant is a plant with a history that was written for a test.
type testPlant struct {
	archive  *historian.Archive
	zone     *time.Location
	shifts   []plant.Shift
	metas    map[tag.Path]Meta
	hidden   []tag.Path
	journal  []alarm.Entry
	calls    int
	noRecord bool
}

func plantOf(t testing.TB) *testPlant {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	a, err := historian.Open(context.Background(), nowhere{}, historian.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return &testPlant{archive: a, zone: zone, metas: map[tag.Path]Meta{}, shifts: []plant.Shift{
		{ID: "early", Title: spec.Text{"en": "Early", "zh": "早班"}, Begin: "06:00", End: "14:00"},
		{ID: "late", Title: spec.Text{"en": "Late", "zh": "中班"}, Begin: "14:00", End: "22:00"},
		{ID: "night", Title: spec.Text{"en": "Night", "zh": "夜班"}, Begin: "22:00", End: "06:00"},
	}}
}

// keep gives a tag a history.
func (p *testPlant) keep(t testing.TB, path tag.Path, m Meta, samples ...historian.Sample) {
	t.Helper()
	p.metas[path] = m
	ids, err := p.archive.SeriesOf(context.Background(), []tag.Path{path})
	if err != nil {
		t.Fatal(err)
	}
	p.archive.Append([]historian.Batch{{Series: ids[0], Samples: samples}})
}

func (p *testPlant) Site() string { return "North works" }
func (p *testPlant) Calendar() Calendar {
	return Calendar{Zone: p.zone, Shifts: p.shifts}
}
func (p *testPlant) History() History {
	if p.noRecord {
		return nil
	}
	return p.archive
}
func (p *testPlant) Meta(path tag.Path, language string) (Meta, bool) {
	m, ok := p.metas[path]
	return m, ok
}
func (p *testPlant) May(path tag.Path) bool { return !slices.Contains(p.hidden, path) }
func (p *testPlant) Match(pattern tag.Pattern, limit int) (out []tag.Path) {
	for path := range p.metas {
		if pattern.Match(path) && len(out) < limit {
			out = append(out, path)
		}
	}
	slices.Sort(out)
	return out
}
func (p *testPlant) OfModel(model, property string, limit int) []tag.Path { return nil }
func (p *testPlant) Journal(ctx context.Context, f JournalFilter, each func(alarm.Entry) bool) error {
	for i := len(p.journal) - 1; i >= 0; i-- {
		e := p.journal[i]
		if e.Time.Before(f.From) || !e.Time.Before(f.Until) || !e.Path.Under(f.Area) || len(f.Priorities) > 0 && !slices.Contains(f.Priorities, e.Priority) {
			continue
		}
		if !each(e) {
			return nil
		}
	}
	return nil
}

func (p *testPlant) time(t testing.TB, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, p.zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func sampleAt(at time.Time, v tag.Value) historian.Sample {
	return historian.Sample{Time: tag.TimeOf(at), Value: v}
}

// fill checks a report, fills it for the day and fails the test when that does not go.
func (p *testPlant) fill(t testing.TB, document string, req Request) *Content {
	t.Helper()
	r, ps := Check([]byte(document))
	if len(ps) > 0 {
		t.Fatal(ps)
	}
	c, err := Fill(context.Background(), r, p, req)
	if err != nil {
		t.Fatal(err)
	}
	return c
}
