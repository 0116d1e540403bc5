package main

import (
	"encoding/json"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/examples"
)

// alarmNow is an alarm of the list.
type alarmNow struct{ Key, State string }

// alarms is the list as it is now.
func (p *process) alarms() (out []alarmNow) {
	p.t.Helper()
	var page struct{ Alarms []alarmNow }
	p.ask("GET", "/alarms", nil, &page)
	return page.Alarms
}

// alarmIn reports whether an alarm is in one of some states.
func (p *process) alarmIn(key string, states ...string) bool {
	p.t.Helper()
	return slices.ContainsFunc(p.alarms(), func(a alarmNow) bool { return a.Key == key && slices.Contains(states, a.State) })
}

// events are those of the journal of one alarm, the oldest first.
func (p *process) events(path, id string) (out []string) {
	p.t.Helper()
	var page struct{ Entries []struct{ Key, Event string } }
	p.ask("GET", "/alarms/journal?limit=500&area="+path, nil, &page)
	for _, e := range slices.Backward(page.Entries) {
		if e.Key == path+"#"+id {
			out = append(out, e.Event)
		}
	}
	return out
}

// TestServeDiskFull fills the disk of a running plant to the last byte, and keeps it full: live values, alarms and pages go
// on, somebody is told, and when there is room again nothing has to be done.
func TestServeDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=128m"); err != nil {
		t.Skipf("a small disk is made with mount, which is not permitted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	p := start(t, filepath.Join(disk, "data"), "--demo")
	p.setUp()
	// A value that comes and goes by itself, whatever becomes of writes.
	p.ask("PATCH", "/plant", json.RawMessage(`{"put":{
		"devices":[{"id":"swing","connector":"simulator","scans":[{"id":"fast","interval":"200ms"}]}],
		"tags":[{"path":"swing/level","type":"float","device":"swing","address":{"kind":"square","period":"4s","low":0,"high":100},"alarms":{
			"high":{"kind":"high","priority":"high","limit":80},
			"held":{"kind":"low","priority":"low","limit":20,"latch":true}}},
			{"path":"swing/wave","type":"float","device":"swing","address":{"kind":"sine","period":"4s","low":0,"high":100}}]}}`), nil)
	view := p.watch("swing/**", "north/**")
	view.goesOn(t, "swing/level", 2)
	eventually(t, "the reserve is there", func() bool {
		_, err := os.Stat(filepath.Join(disk, "data", "history", "reserve"))
		log, e := os.Stat(filepath.Join(disk, "data", "lineside.db-wal"))
		return err == nil && e == nil && log.Size() > 5<<20
	})
	eventually(t, "the alarm is raised", func() bool { return p.alarmIn("swing/level#high", "unacknowledged", "returned") })
	p.ask("POST", "/alarms/ack", map[string]any{"alarms": []string{"swing/level#high"}}, nil)

	// Somebody else takes all the room, and what becomes free too.
	stop := fillDisk(t, disk)
	eventually(t, "the reserve is gone", func() bool {
		_, err := os.Stat(filepath.Join(disk, "data", "history", "reserve"))
		return os.IsNotExist(err)
	})
	for range 5 {
		view.goesOn(t, "swing/wave", 5)
		view.goesOn(t, "north/well/waves", 2)
		for _, path := range []string{"/", "/alarms", "/run/" + examples.Demo + "/station"} {
			res, err := p.client.Get(p.url + path)
			if err != nil {
				t.Fatal(path, err)
			}
			text, err := io.ReadAll(res.Body)
			res.Body.Close()
			if res.StatusCode != http.StatusOK || len(text) < 200 || err != nil {
				t.Errorf("%s: %d, %d bytes, %v", path, res.StatusCode, len(text), err)
			}
		}
		p.ask("GET", "/tags/north/well/level", nil, nil)
		p.ask("GET", "/history?tag=swing/wave&from=now-1m", nil, nil)
	}
	for range 3 { // each is a new one, which somebody sees and acknowledges
		eventually(t, "the alarm is raised", func() bool { return p.alarmIn("swing/level#high", "unacknowledged", "returned") })
		status, _, text := p.try("POST", "/alarms/ack", map[string]any{"alarms": []string{"swing/level#high"}})
		t.Logf("acknowledge: %d %s", status, text)
		if status != http.StatusOK {
			t.Errorf("acknowledge: %d %s", status, text)
		}
	}
	eventually(t, "somebody is told", func() bool {
		return p.alarmIn("system/history/low#low", "unacknowledged") || p.alarmIn("system/history/failing#failing", "unacknowledged")
	})
	status, _, text := p.try("POST", "/apps", map[string]any{"id": "full", "name": map[string]string{"en": "Full"}})
	t.Logf("a save: %d %s", status, text)

	stop()
	began := time.Now().Add(-time.Second)
	eventually(t, "saving works again", func() bool {
		status, _, _ := p.try("POST", "/apps", map[string]any{"id": "after", "name": map[string]string{"en": "After"}})
		return status < 300
	})
	eventually(t, "acknowledging works again", func() bool {
		status, _, _ := p.try("POST", "/alarms/ack", map[string]any{"alarms": []string{"swing/level#high"}})
		return status == http.StatusOK && len(p.events("swing/level", "high")) > 6
	})
	t.Logf("healed after %s", time.Since(began))
	eventually(t, "the alarms have returned", func() bool {
		return !p.alarmIn("system/history/failing#failing", "unacknowledged") && !p.alarmIn("system/history/low#low", "unacknowledged")
	})
	// What was raised and acknowledged while the disk was full is in the journal, in order.
	list := p.events("swing/level", "high")
	for i := range list {
		if i > 0 && list[i] == list[i-1] {
			t.Errorf("the journal has %s twice: %v", list[i], list)
		}
	}
	if n := len(list); n < 9 {
		t.Errorf("the journal has %v", list)
	}
	// A kill now loses nothing either.
	eventually(t, "samples are in order", func() bool { return ordered(t, p, "swing/wave") > 20 })
	if _, err := p.ends(syscall.SIGKILL); err == nil {
		t.Fatal("it was not killed")
	}
	again := start(t, filepath.Join(disk, "data"))
	again.client.Jar = p.client.Jar
	if after := again.events("swing/level", "high"); len(after) < len(list) {
		t.Errorf("after a restart the journal has %v, before %v", after, list)
	}
	if n := ordered(t, again, "swing/wave"); n < 20 {
		t.Errorf("%d samples are left", n)
	}
}

// ordered reads the samples of a tag, looks whether they are in order, and gives their number.
func ordered(t *testing.T, p *process, path string) int {
	t.Helper()
	var h struct{ Series []struct{ Points [][]any } }
	p.ask("GET", "/history?from=now-1h&tag="+path, nil, &h)
	if len(h.Series) != 1 {
		t.Fatalf("%d series", len(h.Series))
	}
	last := 0.0
	for _, s := range h.Series[0].Points {
		at, _ := s[0].(float64)
		if at <= last {
			t.Fatalf("a sample of %v comes behind one of %v", at, last)
		}
		last = at
	}
	return len(h.Series[0].Points)
}

// fillDisk writes a file until the disk is full and goes on, so that what becomes free is taken, too, until it is told to stop,
// which gives the room free.
func fillDisk(t *testing.T, disk string) (stop func()) {
	t.Helper()
	name := filepath.Join(disk, "filler")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	ended, ending := make(chan struct{}), make(chan struct{})
	block := make([]byte, 16<<10)
	full := func() {
		for {
			if _, err := f.Write(block); err != nil {
				return
			}
		}
	}
	full()
	go func() {
		defer close(ended)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-ending:
				return
			case <-tick.C:
				full()
			}
		}
	}()
	stop = sync.OnceFunc(func() {
		close(ending)
		<-ended
		_ = f.Close()
		if err := os.Remove(name); err != nil {
			t.Error(err)
		}
	})
	t.Cleanup(stop)
	return stop
}
