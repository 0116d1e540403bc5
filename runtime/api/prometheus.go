package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lineside/lineside/runtime/auth"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/promql"
	"github.com/lineside/lineside/runtime/tag"
)

// prometheusPath is where the reading part of the API of Prometheus is served, for Grafana and other programs that know
// it (https://prometheus.io/docs/prometheus/latest/querying/api/). What is not there answers 404.
const prometheusPath = prefix + "/prometheus/api/v1"

func (s *Server) prometheusResource(mux *http.ServeMux) {
	for path, handle := range map[string]func(*http.Request) (any, error){
		"/query": s.promQuery, "/query_range": s.promQueryRange, "/series": s.promSeries, "/labels": s.promLabels, "/label/{name}/values": s.promLabelValues, "/metadata": s.promMetadata,
		"/status/buildinfo": s.promBuildInfo,
	} {
		serve := s.promHandler(handle)
		mux.HandleFunc("GET "+prometheusPath+path, serve)
		mux.HandleFunc("POST "+prometheusPath+path, serve)
	}
}

// promHandler answers as Prometheus does.
func (s *Server) promHandler(handle func(*http.Request) (any, error)) http.HandlerFunc {
	type answer struct {
		Status    string `json:"status"`
		Data      any    `json:"data,omitempty"`
		ErrorType string `json:"errorType,omitempty"`
		Error     string `json:"error,omitempty"`
	}
	return func(w http.ResponseWriter, r *http.Request) {
		if err := anywhere(auth.View).check(actorOf(r.Context())); err != nil {
			s.writeError(w, r, err)
			return
		}
		if s.engine.Archive() == nil {
			s.writeError(w, r, errHistoryNone.with())
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), historyTime)
		defer cancel()
		r = r.WithContext(ctx)
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		data, err := handle(r)
		status, out := http.StatusOK, answer{Status: "success", Data: data}
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			status, out = http.StatusServiceUnavailable, answer{Status: "error", ErrorType: "timeout", Error: "There is too much history to answer this in time: ask for less time, or for fewer tags."}
		case err != nil:
			status, out = http.StatusBadRequest, answer{Status: "error", ErrorType: "bad_data", Error: err.Error()}
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(out) // the client may be gone
	}
}

// promSource gives the tags that somebody may view as series.
type promSource struct {
	s   *Server
	ctx context.Context
}

// Select implements promql.Source.
func (p promSource) Select(matchers []promql.Matcher) (out []promql.Labels) {
	rights := actorOf(p.ctx).Rights
	table := p.s.engine.Table()
	pattern := tag.Pattern("**")
	for _, m := range matchers {
		if m.Label == "path" && m.Op == "=" {
			pattern = tag.Pattern(m.Value) // one tag is found at once
			if !pattern.IsPath() {
				return nil
			}
		}
	}
next:
	for _, slot := range table.Match(pattern) {
		path := table.Path(slot)
		if path == "" || !rights.Allows(auth.View, path) {
			continue
		}
		m, ok := p.s.engine.Meta(path, rights, "")
		if !ok || m.Type != tag.Bool && m.Type != tag.Int && m.Type != tag.Float || !p.s.engine.Archive().Has(path) {
			continue
		}
		area, name := "", string(path)
		if i := strings.LastIndexByte(name, '/'); i >= 0 {
			area, name = name[:i], name[i+1:]
		}
		l := promql.Labels{promql.Name: metricName(name), "path": string(path)}
		for label, v := range map[string]string{"area": area, "unit": m.Unit, "title": m.Title} {
			if v != "" {
				l[label] = v
			}
		}
		if o := m.Origin; o != nil {
			l["model"], l["asset"], l["property"] = o.Model, string(o.Asset), o.Property
		}
		for i := range matchers {
			if !matchers[i].Matches(l[matchers[i].Label]) {
				continue next
			}
		}
		if out = append(out, l); len(out) > promql.MaxSeries {
			break
		}
	}
	return out
}

// metricName makes a name of the letters that Prometheus allows: the others become "_".
func metricName(name string) string {
	out := []byte(strings.Map(func(r rune) rune {
		if r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, name))
	if len(out) == 0 || out[0] >= '0' && out[0] <= '9' {
		out = append([]byte{'_'}, out...)
	}
	return string(out)
}

// promFunctions are the functions of the query language by those of the historian.
var promFunctions = map[string]historian.Function{
	"avg_over_time": historian.Average, "min_over_time": historian.Minimum, "max_over_time": historian.Maximum, "sum_over_time": historian.Sum, "count_over_time": historian.Count,
	"stddev_over_time": historian.StdDev, "rate": historian.Rate, "increase": historian.Delta,
}

// Values implements promql.Source.
func (p promSource) Values(ctx context.Context, l promql.Labels, function string, over time.Duration, times []time.Time) ([]float64, error) {
	archive, path := p.s.engine.Archive(), tag.Path(l["path"])
	out := make([]float64, len(times))
	at := func(t time.Time) tag.Time { return tag.Time(t.UnixNano()) }
	number := func(v tag.Value, q tag.Quality) float64 {
		if q.IsBad() || !v.Type().IsNumber() && v.Type() != tag.Bool {
			return math.NaN()
		}
		return v.Float()
	}
	// held are the values that hold at times.
	held := func(times []time.Time, ago time.Duration) ([]float64, error) {
		boundaries := make([]tag.Time, 0, len(times)+1)
		for _, t := range times {
			boundaries = append(boundaries, at(t.Add(-ago)))
		}
		boundaries = append(boundaries, boundaries[len(boundaries)-1]+1)
		points, err := archive.Aggregate(ctx, path, boundaries, historian.At, tag.Value{})
		if err != nil {
			return nil, err
		}
		values := make([]float64, len(times))
		for i := range values {
			values[i] = number(points[i].Value, points[i].Quality)
		}
		return values, nil
	}
	switch function {
	case "", "last_over_time":
		return held(times, 0)
	case "delta":
		now, err := held(times, 0)
		if err != nil {
			return nil, err
		}
		then, err := held(times, over)
		for i := range then {
			out[i] = now[i] - then[i]
		}
		return out, err
	}
	f := promFunctions[function]
	take := func(i int, point historian.Point) {
		out[i] = number(point.Value, point.Quality)
		if f == historian.Count && out[i] == 0 {
			out[i] = math.NaN()
		}
	}
	if len(times) > 1 && times[1].Sub(times[0]) >= over {
		// Ranges that do not overlap are gone through once, with what lies between them.
		var boundaries []tag.Time
		places := make([]int, len(times))
		for i, t := range times {
			if begin := at(t.Add(-over)); len(boundaries) == 0 || boundaries[len(boundaries)-1] < begin {
				boundaries = append(boundaries, begin)
			}
			places[i] = len(boundaries) - 1
			boundaries = append(boundaries, at(t))
		}
		points, err := archive.Aggregate(ctx, path, boundaries, f, tag.Value{})
		if err != nil {
			return nil, err
		}
		for i, place := range places {
			take(i, points[place])
		}
		return out, nil
	}
	for i, t := range times {
		points, err := archive.Aggregate(ctx, path, []tag.Time{at(t.Add(-over)), at(t)}, f, tag.Value{})
		if err != nil {
			return nil, err
		}
		take(i, points[0])
	}
	return out, nil
}

// promTime reads seconds since 1970 or RFC 3339.
func promTime(text string, otherwise time.Time) (time.Time, error) {
	if text == "" {
		return otherwise, nil
	}
	if f, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(f) < 9e9 {
		return time.UnixMilli(int64(math.Round(f * 1000))), nil
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil || t.Year() < 1700 || t.Year() > 2200 {
		return t, fmt.Errorf("%q is not a time: write seconds since 1970 or RFC 3339", text)
	}
	return t, nil
}

type (
	promSample [2]any
	promRow    struct {
		Metric promql.Labels `json:"metric"`
		Value  *promSample   `json:"value,omitempty"`
		Values []promSample  `json:"values,omitempty"`
	}
	promData struct {
		ResultType string `json:"resultType"`
		Result     any    `json:"result"`
	}
)

func sampleAt(t time.Time, f float64) promSample {
	return promSample{float64(t.UnixMilli()) / 1000, strconv.FormatFloat(f, 'g', -1, 64)}
}

func (s *Server) promQuery(r *http.Request) (any, error) {
	at, err := promTime(r.FormValue("time"), time.Now())
	if err != nil {
		return nil, err
	}
	e, err := promql.Parse(r.FormValue("query"))
	if err != nil {
		return nil, err
	}
	result, err := promql.Eval(r.Context(), e, promSource{s, r.Context()}, []time.Time{at})
	if err != nil {
		return nil, err
	}
	if result.Scalar {
		return promData{"scalar", sampleAt(at, result.Series[0].Values[0])}, nil
	}
	rows := []promRow{}
	for _, x := range result.Series {
		if v := x.Values[0]; v == v {
			sample := sampleAt(at, v)
			rows = append(rows, promRow{Metric: x.Labels, Value: &sample})
		}
	}
	return promData{"vector", rows}, nil
}

func (s *Server) promQueryRange(r *http.Request) (any, error) {
	now := time.Now()
	from, err := promTime(r.FormValue("start"), now.Add(-time.Hour))
	if err != nil {
		return nil, err
	}
	to, err := promTime(r.FormValue("end"), now)
	if err != nil {
		return nil, err
	}
	step, err := promql.ParseDuration(r.FormValue("step"))
	if err != nil {
		return nil, fmt.Errorf("the step is missing or no time: write 15s or 5m")
	}
	if to.Before(from) || to.Sub(from)/step >= promql.MaxPoints {
		return nil, fmt.Errorf("the end lies before the beginning, or there are more than %d points: make the step longer, or the time shorter", promql.MaxPoints)
	}
	e, err := promql.Parse(r.FormValue("query"))
	if err != nil {
		return nil, err
	}
	var times []time.Time
	for t := from; !t.After(to); t = t.Add(step) {
		times = append(times, t)
	}
	result, err := promql.Eval(r.Context(), e, promSource{s, r.Context()}, times)
	if err != nil {
		return nil, err
	}
	rows := []promRow{}
	for _, x := range result.Series {
		row := promRow{Metric: x.Labels}
		for i, v := range x.Values {
			if v == v && !times[i].After(now) {
				row.Values = append(row.Values, sampleAt(times[i], v))
			}
		}
		if len(row.Values) > 0 {
			rows = append(rows, row)
		}
	}
	return promData{"matrix", rows}, nil
}

// promSelected are the series that one of the matches of a request wants; all of them when it has none.
func (s *Server) promSelected(r *http.Request) ([]promql.Labels, error) {
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	source := promSource{s, r.Context()}
	matches := r.Form["match[]"]
	if len(matches) == 0 {
		return source.Select(nil), nil
	}
	var out []promql.Labels
	seen := map[string]bool{}
	for _, text := range matches[:min(len(matches), 100)] {
		e, err := promql.Parse(text)
		if err != nil {
			return nil, err
		}
		selector, ok := e.(*promql.Selector)
		if !ok {
			return nil, fmt.Errorf("%q chooses no series", text)
		}
		for _, l := range source.Select(selector.Matchers) {
			if !seen[l["path"]] {
				seen[l["path"]] = true
				out = append(out, l)
			}
		}
	}
	return out, nil
}

func (s *Server) promSeries(r *http.Request) (any, error) {
	list, err := s.promSelected(r)
	return orEmpty(list), err
}

func (s *Server) promLabels(r *http.Request) (any, error) {
	list, err := s.promSelected(r)
	names := map[string]bool{}
	for _, l := range list {
		for name := range l {
			names[name] = true
		}
	}
	return sortedKeys(names), err
}

func (s *Server) promLabelValues(r *http.Request) (any, error) {
	list, err := s.promSelected(r)
	values := map[string]bool{}
	for _, l := range list {
		if v := l[r.PathValue("name")]; v != "" {
			values[v] = true
		}
	}
	return sortedKeys(values), err
}

func sortedKeys(set map[string]bool) []string {
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (s *Server) promMetadata(r *http.Request) (any, error) {
	type about struct {
		Type string `json:"type"`
		Help string `json:"help"`
		Unit string `json:"unit"`
	}
	out := map[string][]about{}
	for _, l := range (promSource{s, r.Context()}).Select(nil) {
		name := l[promql.Name]
		if want := r.FormValue("metric"); want != "" && want != name || len(out[name]) > 0 {
			continue
		}
		out[name] = []about{{"gauge", l["title"], l["unit"]}}
	}
	return out, nil
}

func (s *Server) promBuildInfo(*http.Request) (any, error) {
	return map[string]string{"version": "2.40.0", "application": "Lineside " + s.version, "revision": "", "branch": "", "buildUser": "", "buildDate": "", "goVersion": ""}, nil
}
