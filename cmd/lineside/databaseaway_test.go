//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
)

// TestServeDatabaseAway takes PostgreSQL away from a running plant for longer than any of its retries waits: live values,
// alarms and pages go on, somebody is told, and when it is back every sample and every line of the journal is there, in order.
func TestServeDatabaseAway(t *testing.T) {
	db, broker := peer.StartPostgres(t), peer.StartMosquitto(t, peer.MosquittoOptions{})
	address := url.URL{Scheme: "postgres", User: url.UserPassword("lineside", db.Password), Host: fmt.Sprintf("127.0.0.1:%d", db.Port), Path: "/plant", RawQuery: "sslmode=disable"}
	data := t.TempDir()
	p := start(t, data, "--db", address.String())
	p.setUp()
	point := func(path, typ, at, more string) string {
		return fmt.Sprintf(`{"path":%q,"type":%q,"device":"line","address":{"topic":"line","path":%q,"timePath":"$.at"}%s}`, path, typ, at, more)
	}
	p.ask("PATCH", "/plant", json.RawMessage(`{"put":{"devices":[{"id":"line","connector":"mqtt","settings":{"url":"mqtt://127.0.0.1:`+fmt.Sprint(broker.Port)+`"}}],"tags":[`+
		strings.Join([]string{
			point("away/count", "int", "$.count", ""), point("away/level", "float", "$.level", `,"alarms":{"high":{"kind":"high","priority":"high","limit":80}}`),
			point("away/recipe1", "string", "$.text", ""), point("away/recipe2", "string", "$.text", ""), point("away/recipe3", "string", "$.text", ""),
		}, ",")+`]}}`), nil)
	view := p.watch("away/count", "away/level", "system/history/**")

	// Every message counts one up; each thirty the level goes up or down. When the database goes away come texts so long
	// that history has to be written before its ten minutes are over.
	pub := exec.Command("mosquitto_pub", "-h", "127.0.0.1", "-p", fmt.Sprint(broker.Port), "-t", "line", "-q", "1", "-l")
	lines, err := pub.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := pub.Start(); err != nil {
		t.Fatal(err)
	}
	base := time.Now().UnixMilli()
	var mu sync.Mutex
	sent, raised, long := 0, 0, 0 // long is how many texts are to come
	ended, ending := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ending:
				return
			case <-tick.C:
			}
			mu.Lock()
			sent++
			n, level, text := sent, 0, ""
			if n/30%2 == 1 {
				level = 100
			}
			if n%60 == 30 {
				raised++
			}
			if long > 0 {
				long--
				text = strings.Repeat(fmt.Sprintf("%08d", n), 50_000)
			}
			mu.Unlock()
			if _, err := fmt.Fprintf(lines, `{"at":%d,"count":%d,"level":%d,"text":"%s"}`+"\n", base+50*int64(n), n, level, text); err != nil {
				return
			}
		}
	}()
	finish := sync.OnceFunc(func() {
		close(ending)
		<-ended
		_ = lines.Close()
		_ = pub.Wait()
	})
	t.Cleanup(finish)
	view.goesOn(t, "away/count", 40)
	eventually(t, "the alarm is raised", func() bool { return p.alarmIn("away/level#high", "unacknowledged", "returned") })

	db.Kill()
	mu.Lock()
	long = 60
	first := sent
	mu.Unlock()
	began := time.Now()
	_, told := view.now("away/count")
	for time.Since(began) < 20*time.Second {
		view.goesOn(t, "away/count", 20)
	}
	if _, now := view.now("away/count"); now < told+4 {
		t.Errorf("%d frames about alarms came while the database was away", now-told)
	}
	for _, path := range []string{"/", "/run/line/main"} {
		res, err := p.client.Get(p.url + path)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if res.StatusCode != http.StatusOK || err != nil {
			t.Errorf("%s: %d %v %s", path, res.StatusCode, err, text)
		}
	}
	if status, _, text := p.try("GET", "/alarms", nil); status != http.StatusServiceUnavailable || !strings.Contains(string(text), "database_away") {
		t.Errorf("/alarms: %d %s", status, text)
	}
	eventually(t, "history says that it cannot be written", func() bool {
		failing, _ := view.now("system/history/failing")
		return failing == true
	})
	waiting, _ := view.now("system/history/waiting")
	mu.Lock()
	last := sent
	mu.Unlock()
	t.Logf("away for %s: %d samples of a tag came, %v wait", time.Since(began), last-first, waiting)

	db.Restart(t)
	view.goesOn(t, "away/count", 40)
	eventually(t, "history is written again", func() bool {
		failing, _ := view.now("system/history/failing")
		return failing == false
	})
	finish()
	mu.Lock()
	all, rises := sent, raised
	mu.Unlock()
	eventually(t, "the last value is there", func() bool {
		count, _ := view.now("away/count")
		return count == float64(all)
	})
	check := func(p *process) {
		t.Helper()
		eventually(t, "the journal is whole", func() bool {
			status, _, _ := p.try("GET", "/alarms", nil)
			return status == http.StatusOK && len(p.events("away/level", "high")) >= 2*rises-1
		})
		list := p.events("away/level", "high")
		for i, event := range list {
			if want := [...]string{"raise", "return"}[i%2]; event != want {
				t.Fatalf("event %d of the journal is %s: %v", i, event, list)
			}
		}
		if n := (len(list) + 1) / 2; n != rises {
			t.Errorf("the journal has %d raises of %d", n, rises)
		}
		counts := func() (out []float64) {
			var h struct{ Series []struct{ Points [][]any } }
			p.ask("GET", "/history?from=now-1h&tag=away/count", nil, &h)
			for _, point := range h.Series[0].Points {
				if n, ok := point[1].(float64); ok { // else not connected, or not running
					out = append(out, n)
				}
			}
			return out
		}
		eventually(t, "all samples are there", func() bool { return len(counts()) >= all })
		for i, n := range counts() {
			if n != float64(i+1) {
				t.Fatalf("after %d comes %v", i, n)
			}
		}
	}
	check(p)
	if lost, _ := view.now("system/history/lost"); lost != 0.0 {
		t.Errorf("%v samples are lost", lost)
	}
	if _, err := p.ends(syscall.SIGTERM); err != nil {
		t.Error(err)
	}
	again := start(t, data, "--db", address.String())
	again.client.Jar = p.client.Jar
	check(again)
}
