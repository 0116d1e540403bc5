package session

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/lineside/lineside/runtime/tag"
)

// The benchmarks measure the processor time of the pushing side alone: the clients run in a
// second process, which is this test binary again.
const clientsEnv = "LINESIDE_BENCH_CLIENTS"

// TestBenchClients is the second process: its environment says what to watch, one client a line.
func TestBenchClients(t *testing.T) {
	spec := os.Getenv(clientsEnv)
	if spec == "" {
		t.Skip("only for the benchmarks")
	}
	address, lines, _ := strings.Cut(spec, "\n")
	ended := make(chan struct{})
	for line := range strings.Lines(lines) {
		ws, _, err := websocket.DefaultDialer.Dial(address, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := ws.WriteMessage(websocket.TextMessage, []byte(line)); err != nil {
			t.Fatal(err)
		}
		go func() {
			defer func() { ended <- struct{}{} }()
			for {
				if _, _, err := ws.NextReader(); err != nil {
					return
				}
			}
		}()
	}
	fmt.Println("ready")
	<-ended
}

func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// push measures delivered values: each of rounds changes, one Apply each, burst at a time.
func push(b *testing.B, tags, clients, each, burst int, pause time.Duration) {
	w := newWorld(b, Options{})
	slots := make([]tag.Slot, tags)
	for i := range slots {
		slots[i] = w.add(b, tag.Path(fmt.Sprintf("t/%d", i)), tag.Float)
	}
	spec := w.url + "?user=viewer"
	for c := range clients {
		list := make([]string, each)
		for i := range list {
			list[i] = strconv.Quote(fmt.Sprintf("t/%d", (c*each+i)%tags))
		}
		spec += fmt.Sprintf("\n{\"id\":1,\"op\":\"watch\",\"tags\":[%s]}", strings.Join(list, ","))
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestBenchClients$")
	cmd.Env = append(os.Environ(), clientsEnv+"="+spec)
	var out bytes.Buffer
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { w.stop(); _ = cmd.Wait() }()
	eventually(b, "clients are there", func() bool { return w.hub.Stats().Messages >= int64(clients) })

	before, from := w.hub.Stats(), cpu()
	next := 0
	b.ResetTimer()
	for range b.N {
		for range burst {
			s := slots[next%tags]
			if burst == 1 {
				s = slots[rand.IntN(tags)]
			}
			next++
			w.set(s, tag.OfFloat(float64(rand.IntN(10000))/100))
		}
		time.Sleep(pause)
	}
	b.StopTimer()
	after, used := w.hub.Stats(), cpu()-from
	if after.Lags > 0 {
		b.Logf("%d lags", after.Lags)
	}
	delivered := float64((after.Rows - before.Rows)) * float64(clients*each) / float64(tags)
	b.ReportMetric(used.Seconds()/delivered*1e5, "cpu-s/100k")
	b.ReportMetric(float64(after.Bytes-before.Bytes)/delivered, "bytes/value")
	b.ReportMetric(delivered/b.Elapsed().Seconds(), "values/s")
	b.ReportMetric(0, "ns/op")
}

func BenchmarkPushDense(b *testing.B)  { push(b, 200, 20, 200, 200, 50*time.Millisecond) }
func BenchmarkPushSparse(b *testing.B) { push(b, 2000, 100, 20, 1, time.Millisecond) }
