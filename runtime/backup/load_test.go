package backup

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/tag"
)

// TestWhileTenThousandValuesComeEverySecond: what was acknowledged before a backup began is in it, to the last sample,
// whatever comes meanwhile.
func TestWhileTenThousandValuesComeEverySecond(t *testing.T) {
	const tags, rate = 1000, 10
	p := open(t, "", t.TempDir())
	defer p.close(t)
	paths := make([]tag.Path, tags)
	for i := range paths {
		paths[i] = tag.Path(fmt.Sprintf("line/t%d", i))
	}
	ids, err := p.archive.SeriesOf(context.Background(), paths)
	if err != nil {
		t.Fatal(err)
	}
	began := tag.TimeOf(time.Now()) - 5*tag.Time(time.Minute)
	var mu sync.Mutex
	acknowledged := 0 // samples of each tag
	stop := make(chan struct{})
	var running sync.WaitGroup
	running.Go(func() {
		tick := time.NewTicker(time.Second / rate)
		defer tick.Stop()
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			case <-tick.C:
			}
			batches := make([]historian.Batch, tags)
			for i := range batches {
				batches[i] = historian.Batch{Series: ids[i], Samples: []historian.Sample{{Time: began + tag.Time(n)*tag.Time(time.Second/rate), Value: tag.OfFloat(float64(n*tags + i))}}}
			}
			p.archive.Append(batches)
			if err := p.archive.Sync(false); err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			acknowledged = n + 1
			mu.Unlock()
		}
	})
	defer running.Wait()
	defer close(stop)
	for round := range 2 {
		time.Sleep(700 * time.Millisecond) // so that there is something new
		mu.Lock()
		want := acknowledged
		mu.Unlock()
		name, _ := write(t, p.source())
		dir := t.TempDir()
		if _, err := Restore(context.Background(), name, RestoreOptions{Dir: dir}, nil); err != nil {
			t.Fatal(err)
		}
		q := open(t, "", dir)
		for i, path := range paths {
			n := 0
			err := q.archive.Raw(context.Background(), path, 0, 1<<62, func(part []historian.Sample) bool {
				for _, s := range part {
					if s.Value.Float() != float64(n*tags+i) {
						t.Fatalf("round %d: %s has %v at %d", round, path, s.Value, n)
					}
					n++
				}
				return true
			})
			if err != nil || n < want {
				t.Fatalf("round %d: %s has %d samples, %d were acknowledged: %v", round, path, n, want, err)
			}
		}
		q.close(t)
		if err := errors.Join(os.Remove(name), os.RemoveAll(filepath.Join(dir, "x"))); err != nil {
			t.Error(err)
		}
	}
}
