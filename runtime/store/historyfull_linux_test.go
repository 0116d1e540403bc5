package store

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// TestHistoryDiskFull fills a small disk with history, and then with something else to the last byte: it is told before, the
// oldest makes way, nobody who appends waits, what is lost is counted, and all goes on when there is room again.
func TestHistoryDiskFull(t *testing.T) {
	disk := t.TempDir()
	if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=96m"); err != nil {
		t.Skipf("a small disk is made with mount, which is not permitted here: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) })
	ctx := context.Background()
	s := open(t, "", filepath.Join(disk, "data"))
	a, err := historian.Open(ctx, s.History(), historian.Options{Dir: filepath.Join(disk, "data", "history"), Retention: historian.Retention{MinFreePercent: 30}, CheckEvery: 100 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	ids := seriesOf(t, a, "a", "b", "c", "d")
	running, stop := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() { a.Run(running, 20*time.Millisecond); close(ended) }()
	defer func() {
		stop()
		<-ended
		if err := a.Close(); err != nil {
			t.Error(err)
		}
	}()
	r := rand.New(rand.NewPCG(1, 1))
	clock := tag.TimeOf(time.Now().AddDate(0, 0, -40))
	clock -= clock % tag.Time(time.Hour)
	slowest := time.Duration(0)
	// An hour of history of texts that do not pack: about 115 kB.
	const step, each = 30e9, 120
	text := make([]byte, 240)
	hour := func() error {
		for _, id := range ids {
			b := historian.Batch{Series: id}
			for i := range each {
				for j := range text {
					text[j] = byte(r.Uint32())
				}
				b.Samples = append(b.Samples, historian.Sample{Time: clock + tag.Time(i)*step, Value: tag.OfString(string(text))})
			}
			began := time.Now()
			a.Append([]historian.Batch{b})
			slowest = max(slowest, time.Since(began))
		}
		clock += tag.Time(time.Hour)
		return a.Move(ctx, clock)
	}
	until := func(what string, right func() bool) {
		t.Helper()
		for deadline := time.Now().Add(40 * time.Second); !right(); time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("waited in vain until %s: %+v %+v", what, a.State(), a.Storage().Space)
			}
		}
	}
	// More than there is room for: with less than 30 % free it goes round.
	for n := 0; ; n++ {
		if n > 3000 {
			t.Fatalf("the disk does not fill: %+v", a.Storage().Space)
		}
		if err := hour(); err != nil {
			t.Fatalf("hour %d: %v", n, err)
		}
		if n%10 == 9 {
			time.Sleep(20 * time.Millisecond)
		}
		if a.State().Crowded > 15_000 {
			break
		}
	}
	space := a.Storage().Space
	if share := float64(space.Free) / float64(space.Disk); share < 0.02 { // room is made beside; how soon is the machine's
		t.Errorf("only %.0f %% of the disk was left free", 100*share)
	}
	if st := a.State(); st.Dropped > 0 || st.Failure != nil {
		t.Errorf("%+v", st)
	}
	if !a.Storage().Low {
		t.Error("nobody was told before")
	}
	oldest := readAll(t, a, "a")[0].Time
	if oldest <= tag.TimeOf(time.Now().AddDate(0, 0, -40)) {
		t.Error("the oldest is still there")
	}
	// Somebody else takes the rest.
	filler := filepath.Join(disk, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	block := make([]byte, 64<<10)
	for err == nil {
		_, err = f.Write(block)
	}
	if !strings.Contains(err.Error(), "no space") {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	fails := 0
	for range 30 {
		if hour() != nil {
			fails++
		}
	}
	// What was appended can be read, whether it could be written or not.
	if got := readAll(t, a, "b"); got[len(got)-1].Time != clock-step {
		t.Errorf("the last sample is of %s", got[len(got)-1].Time.Std())
	}
	if slowest > 10*time.Second {
		t.Errorf("who appends waited %s", slowest)
	}
	t.Logf("%d of 30 moves failed while the disk was full; %d samples made way, %d wait, %d were lost", fails, a.State().Crowded, a.State().Pending, a.State().Dropped)
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	until("it heals", func() bool { return hour() == nil && a.State().Failure == nil && a.State().Pending < 4*each })
	until("the page says so", func() bool { return !a.Storage().Full })
	kinds := ""
	for _, e := range a.Events() {
		kinds += " " + e.Kind
	}
	if !strings.Contains(kinds, "crowded") {
		t.Errorf("told of%s", kinds)
	}
	// After a restart all that was not deleted is there, each sample once.
	stop()
	<-ended
	if err := a.Sync(true); err != nil {
		t.Fatal(err)
	}
	again, err := historian.Open(ctx, s.History(), historian.Options{Dir: filepath.Join(disk, "data", "history")})
	if err != nil {
		t.Fatal(err)
	}
	list := readAll(t, again, "c")
	for i := 1; i < len(list); i++ {
		if list[i].Time != list[i-1].Time+step {
			t.Fatalf("from %s to %s there is nothing", list[i-1].Time.Std(), list[i].Time.Std())
		}
	}
	if err := again.Close(); err != nil {
		t.Error(err)
	}
}
