package promql

import (
	"context"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
)

// pumps has the current of pumps: the number of the pump plus the hour.
type pumps int

func (n pumps) Select(matchers []Matcher) (out []Labels) {
next:
	for i := range n {
		l := Labels{Name: "current", "path": fmt.Sprintf("hall%d/p%d/current", i%2, i), "area": fmt.Sprintf("hall%d", i%2)}
		for _, m := range matchers {
			if !m.Matches(l[m.Label]) {
				continue next
			}
		}
		out = append(out, l)
	}
	return out
}

func (pumps) Values(_ context.Context, l Labels, function string, over time.Duration, times []time.Time) ([]float64, error) {
	out := make([]float64, len(times))
	for i, t := range times {
		out[i] = float64(l["path"][7]-'0') + float64(t.Hour())
		if function == "increase" {
			out[i] = over.Seconds()
		}
		if t.Hour() == 3 {
			out[i] = math.NaN()
		}
	}
	return out, nil
}

func TestEval(t *testing.T) {
	day := time.Date(2026, 11, 1, 1, 0, 0, 0, time.UTC)
	times := []time.Time{day, day.Add(time.Hour), day.Add(2 * time.Hour)}
	for query, want := range map[string]string{
		`1+1`:                              "{} 2 2 2",
		`2 + 3 * 4 - -1`:                   "{} 15 15 15",
		`(2 + 3) / 4 # half`:               "{} 1.25 1.25 1.25",
		`current{area="hall1"}`:            "{current hall1 hall1/p1/current} 2 3 NaN",
		`{path=~"hall0/.*", area!~"x|y",}`: "{current hall0 hall0/p0/current} 1 2 NaN; {current hall0 hall0/p2/current} 3 4 NaN",
		`sum by (area) (current)`:          "{hall0} 4 6 NaN; {hall1} 2 3 NaN",
		`avg(current offset -1h)`:          "{} 3 NaN 5",
		`max(current) by (area) * 2`:       "{hall0} 6 8 NaN; {hall1} 4 6 NaN",
		`10 - count(current)`:              "{} 7 7 NaN",
		`increase(current{path="hall1/p1/current"}[1h30m])`: "{hall1 hall1/p1/current} 5400 5400 NaN",
		`current{area='none'}`:                              "",
	} {
		e, err := Parse(query)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		r, err := Eval(t.Context(), e, pumps(3), times)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		var text []string
		for _, s := range r.Series {
			labels := strings.Join(strings.Fields(fmt.Sprint(s.Labels[Name], " ", s.Labels["area"], " ", s.Labels["path"])), " ")
			text = append(text, fmt.Sprintf("{%s} %v", labels, strings.Trim(fmt.Sprint(s.Values), "[]")))
		}
		if got := strings.Join(text, "; "); got != want {
			t.Errorf("%s: %s, not %s", query, got, want)
		}
	}
	for query, want := range map[string]string{
		``: "ends too soon", `current[5m]`: "is for a function", `rate(current)`: "is over a range", `histogram_quantile(0.9, x)`: "not known here", `{}`: "name the metric",
		`current{a>"1"}`: "here should be =", `current{a="1`: "does not end", `current{a=~"("}`: "no regular expression", `sum without (a) (x)`: "without is not known", `a b`: "does not end there",
		`current[5x]`: "a ] is missing", `avg_over_time(current[1h:5m])`: "subquery", strings.Repeat("(", 100): "nested", `current offset`: "here should be a time", `sum(current[5m])`: "not over a range",
	} {
		if _, err := Parse(query); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "avg_over_time") {
			t.Errorf("%s: %v, not %s", query, err, want)
		}
	}
	e, _ := Parse("current + current")
	if _, err := Eval(t.Context(), e, pumps(1), times); err == nil {
		t.Error("arithmetic between series")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{`sum by (a) (rate(x{a=~"b|c",d!="e"}[5m] offset 1d)) * 2`, `1+1`, `{__name__="x"}`, "x{a=`b`} # c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		e, err := Parse(s)
		if err == nil {
			_, _ = Eval(context.Background(), e, pumps(2), []time.Time{time.Unix(0, 0)})
		}
	})
}
