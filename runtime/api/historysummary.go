package api

import (
	"context"
	"encoding/json"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// HistorySummary is what one time was like for some tags.
type HistorySummary struct {
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
	// Series are in the order in which they were asked for.
	Series []TagSummary `json:"series" nullable:"false"`
}

// TagSummary is what a time was like for one tag. Numbers that there is nothing to make of are left out.
type TagSummary struct {
	Path  string `json:"path"`
	Type  string `json:"type" enum:"none,bool,int,float,string,bytes,json"`
	Unit  string `json:"unit,omitempty"`
	Title string `json:"title,omitempty"`
	// Min, Max and Avg are with the value that held when the time began, Avg weighted by time.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
	Avg *float64 `json:"avg,omitempty"`
	// StdDev is the standard deviation of the samples, Sum their sum.
	StdDev *float64 `json:"stddev,omitempty"`
	Sum    *float64 `json:"sum,omitempty"`
	// Delta is how much a counter has grown, Integral the area below the value in its unit times seconds.
	Delta    *float64 `json:"delta,omitempty"`
	Integral *float64 `json:"integral,omitempty"`
	// Count is how many good samples there are, Good in which share of the time the value was good, 0 to 100.
	Count int64   `json:"count"`
	Good  float64 `json:"good"`
	// States are how long it had which value, the longest first, when they are asked for; Other seconds are of
	// further values, Bad seconds without a good one.
	States []StateShare `json:"states,omitempty"`
	Other  float64      `json:"other,omitempty"`
	Bad    float64      `json:"bad,omitempty"`
}

// StateShare is how long a tag had a value.
type StateShare struct {
	Value   json.RawMessage `json:"value"`
	Seconds float64         `json:"seconds"`
	// Times is how often it began, or held when the time began.
	Times int `json:"times"`
}

// summaryFunctions are what a summary is made of, in the order in which it is read below.
var summaryFunctions = []historian.Function{historian.Minimum, historian.Maximum, historian.Average, historian.StdDev, historian.Sum, historian.Delta, historian.Integral, historian.Count, historian.PercentGood}

// maxStates is how many states a summary lists.
const maxStates = 100

// LastValues asks for what many tags had at a time.
type LastValues struct {
	Tags []string `json:"tags" minItems:"1" maxItems:"10000" doc:"paths of tags"`
	At   string   `json:"at,omitempty" default:"now" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, or now-8h"`
}

// LastAnswer are the last samples at or before a time.
type LastAnswer struct {
	// Values are in the order of the tags: [time, value] or [time, value, quality] as in other answers, null for one without a sample.
	Values json.RawMessage `json:"values"`
}

func (s *Server) historySummaryResource() {
	add(s, route{method: "GET", path: "/history/summary", id: "summarizeHistory", tag: "history", summary: "What a time was like for tags: lowest, highest, average, and how long each state lasted", access: anywhere(auth.View)}, s.summarizeHistory)
	add(s, route{method: "POST", path: "/history/last", id: "lastHistory", tag: "history", summary: "The last samples of up to 10,000 tags at or before a time", access: anywhere(auth.View)}, s.lastHistory)
}

func (s *Server) summarizeHistory(ctx context.Context, in *struct {
	Tag    []string `query:"tag,explode" minItems:"1" maxItems:"100" required:"true" doc:"paths of tags"`
	From   string   `query:"from" default:"now-1h" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, now-8h, or today, yesterday, … as for samples"`
	To     string   `query:"to" default:"now" maxLength:"40" doc:"RFC 3339, milliseconds since 1970, or now"`
	Shift  string   `query:"shift" maxLength:"16" doc:"of the time so much earlier: 8h, 1d, 1w, 1mo, 1y"`
	States bool     `query:"states" doc:"also how long each state lasted"`
}) (*body[HistorySummary], error) {
	q, err := s.askHistory(ctx, in.Tag, &HistoryAsk{From: in.From, To: in.To, Shift: in.Shift})
	if err != nil {
		return nil, err
	}
	archive := s.engine.Archive()
	out := HistorySummary{From: q.from.Std(), To: q.to.Std(), Series: make([]TagSummary, len(q.paths))}
	err = s.eachTag(ctx, q.paths, func(ctx context.Context, i int) error {
		row := &out.Series[i]
		row.Path, row.Type = string(q.paths[i]), tag.None.String()
		if m, ok := s.engine.Meta(q.paths[i], actorOf(ctx).Rights, languageOf(ctx)); ok {
			row.Type, row.Unit, row.Title = m.Type.String(), m.Unit, m.Title
		}
		all, err := archive.AggregateAll(ctx, q.paths[i], []tag.Time{q.from, q.to}, summaryFunctions, tag.Value{})
		if err != nil {
			return err
		}
		for k, to := range []**float64{&row.Min, &row.Max, &row.Avg, &row.StdDev, &row.Sum, &row.Delta, &row.Integral} {
			if v := all[k][0].Value; !v.IsNone() {
				f := v.Float()
				*to = &f
			}
		}
		row.Count, row.Good = all[7][0].Value.Int(), all[8][0].Value.Float()
		if !in.States {
			return nil
		}
		states, rest, bad, err := archive.States(ctx, q.paths[i], q.from, q.to, maxStates)
		for _, st := range states {
			row.States = append(row.States, StateShare{Value: st.Value.AppendJSON(nil), Seconds: float64(st.Time) / 1e9, Times: st.Times})
		}
		row.Other, row.Bad = float64(rest)/1e9, float64(bad)/1e9
		return err
	})
	if err != nil {
		return nil, err
	}
	return answerWith(out)
}

func (s *Server) lastHistory(ctx context.Context, in *body[LastValues]) (*body[LastAnswer], error) {
	paths, err := s.historyPaths(ctx, in.Body.Tags)
	if err != nil {
		return nil, err
	}
	at := in.Body.At
	if at == "" {
		at = "now"
	}
	t, err := parseMoment(at, time.Now())
	if err != nil {
		return nil, errMoment.with(at).at("/at")
	}
	ctx, cancel := context.WithTimeoutCause(ctx, historyTime, errHistorySlow.with())
	defer cancel()
	samples, err := s.engine.Archive().LastAt(ctx, paths, t)
	if err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	points := append(make([]byte, 0, 40*len(samples)), '[')
	for i := range samples {
		if i > 0 {
			points = append(points, ',')
		}
		if samples[i].Time == 0 {
			points = append(points, "null"...)
			continue
		}
		points = appendPoint(points, samples[i].Time, samples[i].Value, samples[i].Quality)
	}
	return answerWith(LastAnswer{Values: append(points, ']')})
}

var (
	errHistorySlow = define("history_slow", 503, "There is too much history to answer this in time.", "历史数据过多，无法及时完成查询。", "Ask for less time, for fewer tags, or for longer steps.", "请缩短时间范围、减少变量，或使用更长的时间段。")
	errMoment      = define("moment_invalid", 422, "%q is not a time.", "%q 不是时间。", "Write a time such as 2026-11-21T08:00:00Z, milliseconds since 1970, or now-8h.", "请写成 2026-11-21T08:00:00Z、1970 年以来的毫秒数或 now-8h。")
)
