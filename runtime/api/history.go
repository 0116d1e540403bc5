package api

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
)

// maxHistoryPoints is how many points one answer holds.
const maxHistoryPoints = 1_000_000

// HistoryAnswer is the history of some tags over the same time.
type HistoryAnswer struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Zone is the time zone of the plant by its IANA name, in which days and longer steps begin; "" when it is not known by one.
	Zone string `json:"zone,omitempty"`
	// Series are in the order in which they were asked for.
	Series []HistorySeries `json:"series" nullable:"false"`
}

// HistorySeries is the history of one tag.
type HistorySeries struct {
	Path  string `json:"path"`
	Type  string `json:"type" enum:"none,bool,int,float,string,bytes,json"`
	Unit  string `json:"unit,omitempty"`
	Title string `json:"title,omitempty"`
	// Points are [time, value] or [time, value, quality]: milliseconds since 1970, a value or null, an OPC UA
	// StatusCode when it is not good. Of buckets the time is their beginning.
	Points json.RawMessage `json:"points"`
	// Corrected are the changes that people made to samples of this time, the newest first.
	Corrected []HistoryCorrection `json:"corrected,omitempty"`
	// Cut says that there was more than fits into one answer: ask for less time, or for buckets.
	Cut bool `json:"cut,omitempty"`
}

// historyQuery is what is asked of the history.
type historyQuery struct {
	Tag []string `query:"tag,explode" minItems:"1" maxItems:"100" required:"true" doc:"paths of tags"`
	HistoryAsk
}

// HistoryAsk is what is asked of the history of each tag.
type HistoryAsk struct {
	From string `query:"from" json:"from,omitempty" default:"now-1h" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, now-8h, or in the time zone of the plant today, this hour, this week, this month, yesterday, last hour, last week, last month"`
	To   string `query:"to" json:"to,omitempty" default:"now" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, or now; of a time with a name its end"`
	// Step and Function ask for buckets.
	Step     string `query:"step" json:"step,omitempty" maxLength:"16" doc:"length of a bucket: 30s, 15m, 1h, 1d, 1w, 1mo, 1y; days and longer in the time zone of the plant"`
	Function string `query:"fn" json:"fn,omitempty" default:"avg" maxLength:"16" doc:"how the samples of a bucket become one value: avg, mean, min, max, range, sum, count, first, last, at, linear, delta, rate, integral, duration, percentGood, stddev"`
	State    string `query:"state" json:"state,omitempty" maxLength:"200" doc:"JSON: the state whose duration is asked for; left out: anything but 0, false and an empty text"`
	Pixels   int    `query:"pixels" json:"pixels,omitempty" minimum:"0" maximum:"10000" doc:"no more samples than a line of so many pixels needs; 0 gives all"`
	Shift    string `query:"shift" json:"shift,omitempty" maxLength:"16" doc:"gives what was so much earlier, as if it were now: 8h, 1d, 1w, 1mo, 1y; days and longer in the time zone of the plant"`
	Original bool   `query:"original" json:"original,omitempty" doc:"samples as they were before people corrected them; not with step"`
}

// HistoryQuestion asks for the history of many tags at once.
type HistoryQuestion struct {
	Tags []string `json:"tags" minItems:"1" maxItems:"1000" doc:"paths of tags"`
	HistoryAsk
}

func (s *Server) historyResource() {
	add(s, route{method: "GET", path: "/history", id: "readHistory", tag: "history", summary: "The history of tags: samples, what a line needs, or buckets", access: anywhere(auth.View)}, func(ctx context.Context, in *historyQuery) (*body[HistoryAnswer], error) {
		return s.readHistory(ctx, in.Tag, &in.HistoryAsk)
	})
	add(s, route{method: "POST", path: "/history/query", id: "queryHistory", tag: "history", summary: "The history of up to 1000 tags: samples, what a line needs, or buckets", access: anywhere(auth.View)}, func(ctx context.Context, in *body[HistoryQuestion]) (*body[HistoryAnswer], error) {
		return s.readHistory(ctx, in.Body.Tags, &in.Body.HistoryAsk)
	})
	if s.live != nil {
		s.live.AnswerHistory(s.liveHistory)
	}
	s.historySummaryResource()
	s.historyCorrectResource()
	s.penSetsResource()
	s.historyNotesResource()
	s.historyExportResource()
	add(s, route{method: "GET", path: "/history/state", id: "readHistoryState", tag: "history", summary: "How much history there is and how it fares", access: whole(auth.Administer)}, s.readHistoryState)
}

// askedHistory is a question that was found good.
type askedHistory struct {
	paths      []tag.Path
	from, to   tag.Time
	boundaries []tag.Time
	function   historian.Function
	state      tag.Value
	pixels     int
	original   bool
	// moved is how much later than they were the answer says that things were.
	moved tag.Time
}

// historyPaths are the paths of tags that whoever asks may view, and that have a history or may have one.
func (s *Server) historyPaths(ctx context.Context, tags []string) ([]tag.Path, error) {
	if s.engine.Archive() == nil {
		return nil, errHistoryNone.with()
	}
	rights := actorOf(ctx).Rights
	out := make([]tag.Path, 0, len(tags))
	for _, text := range tags {
		path, err := tag.ParsePath(text)
		if err != nil || !rights.Allows(auth.View, path) {
			return nil, errTagUnknown.with(text) // the same for one that may not be viewed
		}
		if !s.engine.Archive().Has(path) { // which is sooner found out than what the plant knows of it
			if _, there := s.engine.Meta(path, rights, ""); !there {
				return nil, errTagUnknown.with(text)
			}
		}
		out = append(out, path)
	}
	return out, nil
}

func (s *Server) askHistory(ctx context.Context, tags []string, q *HistoryAsk) (*askedHistory, error) {
	paths, err := s.historyPaths(ctx, tags)
	if err != nil {
		return nil, err
	}
	out := &askedHistory{paths: paths, pixels: q.Pixels, original: q.Original}
	now := time.Now()
	var ps spec.Problems
	moment := func(at, text string) tag.Time {
		t, err := parseMoment(text, now)
		if err != nil {
			ps.Add("value_format", at, `Write a time such as 2026-11-21T08:00:00Z, milliseconds since 1970, or now-8h.`, "%q is not a time.", text)
		}
		return t
	}
	if from, to, named := engine.CalendarSpan(q.From, now.In(s.zone())); named {
		out.from, out.to = tag.TimeOf(from), tag.TimeOf(to)
		if until := cmp.Or(q.To, "now"); until != "now" {
			out.to = moment("/to", until)
		}
	} else {
		out.from, out.to = moment("/from", cmp.Or(q.From, "now-1h")), moment("/to", cmp.Or(q.To, "now"))
	}
	if q.Shift != "" && len(ps) == 0 {
		step, err := historian.ParseStep(q.Shift)
		if err != nil {
			ps.Add("value_format", "/shift", `Write a time such as "8h", or "1d", "1w", "1mo", "1y".`, "%q is not a step.", q.Shift)
		} else {
			from := step.Earlier(out.from, s.zone())
			out.moved = out.from - from
			out.from, out.to = from, out.to-out.moved
		}
	}
	if len(ps) == 0 && out.to <= out.from {
		ps.Add("value_range", "/to", "Give an end that is after the beginning.", "The time ends before it begins.")
	}
	if q.Original && q.Step != "" {
		ps.Add("value_choice", "/original", "Leave out the step: what was before corrections is given by samples.", "Buckets are made of what was corrected.")
	}
	if q.Step != "" && len(ps) == 0 {
		step, err := historian.ParseStep(q.Step)
		if err != nil {
			ps.Add("value_format", "/step", `Write a time such as "15m", or "1d", "1w", "1mo", "1y".`, "%q is not a step.", q.Step)
		} else if out.boundaries, err = step.Buckets(out.from, out.to, s.zone()); err != nil {
			ps.Add("too_many", "/step", "Make the steps longer, or the time shorter.", "There are more than %d steps.", historian.MaxBuckets)
		}
		out.function = historian.Function(cmp.Or(q.Function, string(historian.Average)))
		known := historian.Functions()
		names := make([]string, len(known))
		found := false
		for i, f := range known {
			names[i], found = string(f), found || f == out.function
		}
		if !found {
			ps = append(ps, spec.OneOf("value_choice", "/fn", fmt.Sprintf("There is no function %q over history.", q.Function), q.Function, names))
		}
		if q.State != "" {
			if out.state, err = tag.Parse([]byte(q.State), tag.None); err != nil {
				ps.Add("value_type", "/state", `Write JSON: 3, true or "run".`, "The state is not a value.")
			}
		}
	}
	if len(ps) > 0 {
		return nil, ps
	}
	return out, nil
}

// zone is the time zone of the plant.
func (s *Server) zone() *time.Location {
	if p := s.engine.Plant(); p != nil && p.Timezone != "" {
		if zone, err := time.LoadLocation(p.Timezone); err == nil {
			return zone
		}
	}
	return time.Local
}

// zoneName is the IANA name of a time zone; "" for the zone of the machine, which need not have one.
func zoneName(zone *time.Location) string {
	if name := zone.String(); name != "Local" {
		return name
	}
	return ""
}

// parseMoment reads a time: RFC 3339, milliseconds since 1970, "now" or "now-8h".
func parseMoment(s string, now time.Time) (tag.Time, error) {
	if rest, ok := strings.CutPrefix(s, "now"); ok {
		if rest == "" {
			return tag.TimeOf(now), nil
		}
		d, err := time.ParseDuration(rest)
		if err != nil {
			return 0, err
		}
		return tag.TimeOf(now.Add(d)), nil
	}
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		if ms < -1<<43 || ms > 1<<43 {
			return 0, errors.New("out of range")
		}
		return tag.Time(ms * 1e6), nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, err
	}
	return tag.TimeOf(t), nil
}

// points gives the answer for one tag, one point after the other, until each returns false.
func (s *Server) points(ctx context.Context, q *askedHistory, path tag.Path, each func(t tag.Time, v tag.Value, quality tag.Quality) bool) error {
	archive := s.engine.Archive()
	switch {
	case q.original:
		return s.originals(ctx, q, path, each)
	case q.boundaries != nil:
		list, err := archive.Aggregate(ctx, path, q.boundaries, q.function, q.state)
		for i := range list {
			if !each(list[i].Time, list[i].Value, list[i].Quality) {
				break
			}
		}
		return err
	case q.pixels > 0:
		list, err := archive.Reduce(ctx, path, q.from, q.to, q.pixels)
		for i := range list {
			if !each(list[i].Time, list[i].Value, list[i].Quality) {
				break
			}
		}
		return err
	}
	held, ok, err := archive.Held(ctx, path, q.from)
	if err != nil {
		return err
	}
	if ok && held.Time < q.from && !each(q.from, held.Value, held.Quality) { // what held when the time began
		return nil
	}
	return archive.Samples(ctx, path, q.from, q.to, func(part []historian.Sample) bool {
		for i := range part {
			if !each(part[i].Time, part[i].Value, part[i].Quality) {
				return false
			}
		}
		return ctx.Err() == nil
	})
}

// originals gives the samples of a tag as they were before people corrected them.
func (s *Server) originals(ctx context.Context, q *askedHistory, path tag.Path, each func(t tag.Time, v tag.Value, quality tag.Quality) bool) error {
	var samples []historian.Sample
	if err := s.engine.Archive().Samples(ctx, path, q.from, q.to, func(part []historian.Sample) bool {
		samples = append(samples, part...)
		return len(samples) <= maxHistoryPoints
	}); err != nil {
		return err
	}
	list, _, err := s.store.Corrections(ctx, store.CorrectionFilter{Paths: []string{string(path)}, From: q.from, To: q.to, Limit: 1000, Whole: true})
	if err != nil {
		return err
	}
	for i := range list {
		samples = historian.Undone(samples, list[i].New, list[i].Old, q.from, q.to)
	}
	for i := range samples {
		if !each(samples[i].Time, samples[i].Value, samples[i].Quality) {
			break
		}
	}
	return nil
}

// historyTime is how long an answer may take to put together.
const historyTime = 30 * time.Second

func (s *Server) readHistory(ctx context.Context, tags []string, in *HistoryAsk) (*body[HistoryAnswer], error) {
	q, err := s.askHistory(ctx, tags, in)
	if err != nil {
		return nil, err
	}
	out := HistoryAnswer{From: (q.from + q.moved).Std(), To: (q.to + q.moved).Std(), Zone: zoneName(s.zone()), Series: make([]HistorySeries, len(q.paths))}
	var room atomic.Int64
	room.Store(maxHistoryPoints)
	err = s.eachTag(ctx, q.paths, func(ctx context.Context, i int) error {
		row := &out.Series[i]
		row.Path, row.Type = string(q.paths[i]), tag.None.String()
		if m, ok := s.engine.Meta(q.paths[i], actorOf(ctx).Rights, languageOf(ctx)); ok {
			row.Type, row.Unit, row.Title = m.Type.String(), m.Unit, m.Title
		}
		points := append(make([]byte, 0, 4096), '[')
		err := s.points(ctx, q, q.paths[i], func(t tag.Time, v tag.Value, quality tag.Quality) bool {
			if room.Add(-1) < 0 {
				row.Cut = true
				return false
			}
			if len(points) > 1 {
				points = append(points, ',')
			}
			points = appendPoint(points, t+q.moved, v, quality)
			return true
		})
		row.Points = append(points, ']')
		return err
	})
	if err != nil {
		return nil, err
	}
	names := make([]string, len(q.paths))
	for i, path := range q.paths {
		names[i] = string(path)
	}
	corrections, _, err := s.store.Corrections(ctx, store.CorrectionFilter{Paths: names, From: q.from, To: q.to, Limit: 500})
	if err != nil {
		return nil, err
	}
	for i := range corrections {
		c := CorrectionOf(&corrections[i])
		for k := range out.Series {
			if row := &out.Series[k]; row.Path == c.Tag {
				row.Corrected = append(row.Corrected, c)
			}
		}
	}
	return answerWith(out)
}

// Limits of a question over the live connection.
const (
	maxLiveHistory   = 20
	liveHistoryWidth = 1000
)

// liveHistory answers a question over the live connection.
func (s *Server) liveHistory(ctx context.Context, actor auth.Actor, language string, question json.RawMessage) (json.RawMessage, error) {
	ctx = context.WithValue(context.WithValue(ctx, actorKey, actor), languageKey, language)
	fail := func(err error) error {
		e := errorOf(s.answer(ctx, err))
		out := &session.Error{Code: e.Code, Message: e.Message, Hint: e.Hint, At: e.At}
		return out
	}
	var q HistoryQuestion
	dec := json.NewDecoder(bytes.NewReader(question))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&q); err != nil || len(q.Tags) == 0 || len(q.Tags) > maxLiveHistory || q.Pixels < 0 || q.Pixels > 4*liveHistoryWidth {
		return nil, fail(errLiveHistory.with(maxLiveHistory, 4*liveHistoryWidth))
	}
	if q.Step == "" && q.Pixels == 0 {
		q.Pixels = liveHistoryWidth
	}
	q.Original = false
	answer, err := s.readHistory(ctx, q.Tags, &q.HistoryAsk)
	if err != nil {
		return nil, fail(err)
	}
	return json.Marshal(answer.Body)
}

var errLiveHistory = define("history_question", 422, "The question about the history is not as it should be.", "历史查询不正确。", "Give 1 to %d tags, from, to, and step with fn or up to %d pixels, as for POST /history/query.", "请给出 1 到 %d 个变量、from、to，以及 step 与 fn 或不超过 %d 的 pixels，与 POST /history/query 相同。")

// appendPoint writes [time, value] or [time, value, quality].
func appendPoint(dst []byte, t tag.Time, v tag.Value, quality tag.Quality) []byte {
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, t.Milli(), 10)
	dst = append(dst, ',')
	dst = v.AppendJSON(dst)
	if quality != tag.Good {
		dst = append(dst, ',')
		dst = strconv.AppendUint(dst, uint64(quality), 10)
	}
	return append(dst, ']')
}

// eachTag does something for every tag, as many at once as there are processors, for no longer than an answer may take.
func (s *Server) eachTag(ctx context.Context, paths []tag.Path, do func(ctx context.Context, i int) error) error {
	whole := ctx
	ctx, cancel := context.WithTimeoutCause(ctx, historyTime, errHistorySlow.with())
	defer cancel()
	errs := make([]error, len(paths))
	var next atomic.Int64
	var running sync.WaitGroup
	for range min(len(paths), runtime.GOMAXPROCS(0)) {
		running.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(paths); i = int(next.Add(1)) - 1 {
				if errs[i] = do(ctx, i); errs[i] != nil {
					return
				}
			}
		})
	}
	running.Wait()
	if ctx.Err() != nil && whole.Err() == nil {
		return context.Cause(ctx)
	}
	return errors.Join(errs...)
}

// HistoryState is how the history fares.
type HistoryState struct {
	// Tags have a history; Samples are in the database in Bytes, since Oldest.
	Tags    int       `json:"tags"`
	Samples int64     `json:"samples"`
	Bytes   int64     `json:"bytes"`
	Oldest  time.Time `json:"oldest,omitzero"`
	// Pending samples wait to get there; Dropped ones were lost because too many waited; Late ones came for a time that was over.
	Pending int    `json:"pending"`
	Dropped uint64 `json:"dropped"`
	Late    uint64 `json:"late"`
	// Trimmed samples were deleted since the start, because of their age or because the disk was full.
	Trimmed int64 `json:"trimmed"`
	// Failure is why the last write failed, "" when it went well.
	Failure string `json:"failure,omitempty"`
}

func (s *Server) readHistoryState(ctx context.Context, _ *nothing) (*body[HistoryState], error) {
	archive := s.engine.Archive()
	if archive == nil {
		return nil, errHistoryNone.with()
	}
	e, err := s.store.History().Extent(ctx)
	if err != nil {
		return nil, err
	}
	st := archive.State()
	out := HistoryState{Tags: st.Series, Samples: e.Samples, Bytes: e.Bytes, Pending: st.Pending, Dropped: st.Dropped, Late: st.Late, Trimmed: st.Trimmed}
	if e.Rows > 0 {
		out.Oldest = e.Oldest.Std()
	}
	if st.Failure != nil {
		out.Failure = st.Failure.Error()
	}
	return answerWith(out)
}
