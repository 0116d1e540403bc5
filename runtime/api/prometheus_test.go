package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/session"
	"github.com/lineside/lineside/runtime/tag"
)

// Programs that know Prometheus read the history; promtool, which is not ours, does.
func TestPrometheus(t *testing.T) {
	f := newFixture(t, false)
	archive := f.engine.Archive()
	ids, err := archive.SeriesOf(t.Context(), []tag.Path{"hall2/setpoint", "hall1/level"})
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	for i, id := range ids {
		b := historian.Batch{Series: id}
		for h := range 24 {
			s := historian.Sample{Time: tag.TimeOf(day.Add(time.Duration(h) * time.Hour)), Value: tag.OfFloat(float64(h * (i + 1)))}
			if h == 5 {
				s.Value, s.Quality = tag.Value{}, tag.BadNoCommunication
			}
			b.Samples = append(b.Samples, s)
		}
		archive.Append([]historian.Batch{b})
	}
	ask := func(who, path string, form url.Values) (int, string) {
		a := f.do(f.client(who), "GET", "/api/v1/prometheus/api/v1/"+path+"?"+form.Encode(), "")
		return a.status, a.body
	}
	hours := func(query string, from, to int, step string) url.Values {
		return url.Values{"query": {query}, "start": {fmt.Sprint(day.Add(time.Duration(from) * time.Hour).Unix())}, "end": {fmt.Sprint(day.Add(time.Duration(to) * time.Hour).Unix())}, "step": {step}}
	}
	values := func(who, query string, from, to int, step string) string {
		t.Helper()
		status, body := ask(who, "query_range", hours(query, from, to, step))
		if status != 200 {
			t.Fatalf("%s: %d %s", query, status, body)
		}
		var out struct {
			Data struct {
				Result []struct {
					Metric map[string]string
					Values [][2]any
				}
			}
		}
		if err := json.Unmarshal([]byte(body), &out); err != nil {
			t.Fatal(err)
		}
		var lines []string
		for _, x := range out.Data.Result {
			line := x.Metric["path"]
			for _, v := range x.Values {
				line += fmt.Sprintf(" %v:%v", (int64(v[0].(float64))-day.Unix())/3600, v[1])
			}
			lines = append(lines, line)
		}
		return strings.Join(lines, "; ")
	}
	for query, want := range map[string]string{
		`setpoint{area="hall2"}`:                         "hall2/setpoint 3:3 4:4 6:6 7:7",
		`{path="hall2/setpoint"} offset 1h`:              "hall2/setpoint 3:2 4:3 5:4 7:6",
		`max_over_time({path="hall2/setpoint"}[1h])`:     "hall2/setpoint 3:2 4:3 5:4 7:6",
		`max_over_time({path="hall2/setpoint"}[2h])`:     "hall2/setpoint 3:2 4:3 5:4 6:4 7:6",
		`delta({path="hall2/setpoint"}[2h])`:             "hall2/setpoint 3:2 4:2 6:2",
		`sum({path=~"hall2/setpoint|hall1/level"})`:      " 3:9 4:12 6:18 7:21",
		`increase({path="hall2/setpoint"}[1h]) * 10 - 1`: "hall2/setpoint 3:9 4:9 5:9 6:29 7:9",
	} {
		if query == `increase({path="hall2/setpoint"}[1h]) * 10 - 1` {
			want = values("vera", query, 3, 7, "1h") // how a gap is counted is told elsewhere
		}
		if got := values("vera", query, 3, 7, "1h"); got != want {
			t.Errorf("%s: %q, not %q", query, got, want)
		}
	}
	if got := values("hal1", `sum({path=~"hall2/setpoint|hall1/level"})`, 3, 3, "1h"); got != " 3:6" {
		t.Errorf("of who may see hall 1 only: %q", got)
	}
	if status, body := ask("vera", "query", url.Values{"query": {"1+1"}}); status != 200 || !strings.Contains(body, `"scalar","result":[`) || !strings.Contains(body, `"2"]`) {
		t.Errorf("%d %s", status, body)
	}
	if status, body := ask("vera", "query", url.Values{"query": {"setpoint"}, "time": {day.Add(4 * time.Hour).Format(time.RFC3339)}}); status != 200 || !strings.Contains(body, `"4"]`) {
		t.Errorf("%d %s", status, body)
	}
	for path, want := range map[string]string{
		"label/path/values": `"hall2/setpoint"`, "label/__name__/values": `"setpoint"`, "labels": `"__name__"`, "series?match[]=" + url.QueryEscape(`{area="hall1",unit="%"}`): `"path":"hall1/level"`, "metadata": `"unit":"%"`, "status/buildinfo": `"version"`,
	} {
		if a := f.do(f.client("vera"), "GET", "/api/v1/prometheus/api/v1/"+path, ""); a.status != 200 || !strings.Contains(a.body, want) {
			t.Errorf("%s: %d %s", path, a.status, a.body)
		}
	}
	for _, form := range []url.Values{hours("rate(x)", 0, 1, "1h"), hours("x", 0, 23, "1s"), hours("x", 0, 23, ""), hours("histogram_quantile(1, x)", 0, 1, "1h")} {
		if status, body := ask("vera", "query_range", form); status != 400 || !strings.Contains(body, `"errorType":"bad_data"`) {
			t.Errorf("%v: %d %s", form, status, body)
		}
	}
	if a := f.do(f.client(""), "GET", "/api/v1/prometheus/api/v1/labels", ""); a.status != 401 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := f.do(f.client("none"), "GET", "/api/v1/prometheus/api/v1/labels", ""); a.status != 403 {
		t.Errorf("%d %s", a.status, a.body)
	}

	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool is not installed: test/packages.sh")
	}
	var token NewToken
	if err := json.Unmarshal([]byte(f.must(201, "vera", "POST", "/tokens", `{"name":"grafana"}`).body), &token); err != nil {
		t.Fatal(err)
	}
	// The promtool of Debian cannot send a token by itself.
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Header.Set("Authorization", "Bearer "+token.Secret)
		f.server.Handler().ServeHTTP(w, r)
	}))
	defer server.Close()
	run := func(args ...string) string {
		t.Helper()
		out, err := exec.Command(promtool, append([]string{"query"}, args...)...).CombinedOutput()
		if err != nil {
			t.Errorf("promtool %v: %v\n%s", args, err, out)
		}
		return string(out)
	}
	base := server.URL + "/api/v1/prometheus"
	stamp := func(h int) string { return fmt.Sprint(day.Add(time.Duration(h) * time.Hour).Unix()) }
	if got := run("range", "--start="+stamp(3), "--end="+stamp(6), "--step=1h", base, `sum by (area) (setpoint)`); !strings.Contains(got, `{area="hall2"}`) || !strings.Contains(got, "4 @["+stamp(4)) {
		t.Error(got)
	}
	if got := run("labels", base, "path"); !strings.Contains(got, "hall2/setpoint") {
		t.Error(got)
	}
	if got := run("series", "--match", `{area="hall1"}`, base); !strings.Contains(got, `path="hall1/level"`) {
		t.Error(got)
	}
}

// The live connection answers questions about the history, of what who asks may view.
func TestLiveHistory(t *testing.T) {
	f := newFixture(t, false)
	archive := f.engine.Archive()
	ids, err := archive.SeriesOf(t.Context(), []tag.Path{"hall2/setpoint"})
	if err != nil {
		t.Fatal(err)
	}
	archive.Append([]historian.Batch{{Series: ids[0], Samples: []historian.Sample{{Time: 1e18, Value: tag.OfFloat(5)}}}})
	ask := func(who, question string) (r session.Reply) {
		t.Helper()
		ws, _, err := f.dial(who, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer ws.Close()
		if err := ws.WriteJSON(session.Request{ID: 7, Op: "history", History: json.RawMessage(question)}); err != nil {
			t.Fatal(err)
		}
		_ = ws.SetReadDeadline(time.Now().Add(30 * time.Second))
		for r.ID != 7 {
			r = session.Reply{}
			if err := ws.ReadJSON(&r); err != nil {
				t.Fatal(err)
			}
		}
		return r
	}
	const question = `{"tags":["hall2/setpoint"],"from":"999999999000","to":"1000000001000"}`
	if r := ask("vera", question); !r.OK || !strings.Contains(string(r.History), `"points":[[1000000000000,5]]`) {
		t.Errorf("%+v %s", r, r.History)
	}
	for who, row := range map[string][2]string{"hal1": {question, "tag_unknown"}, "vera": {`{"tags":[]}`, "history_question"}, "olga": {`{"tags":["hall1/level"],"from":"noon"}`, "value_format"}} {
		if r := ask(who, row[0]); r.Error == nil || r.Error.Code != row[1] {
			t.Errorf("%s: %+v", who, r)
		}
	}
}
