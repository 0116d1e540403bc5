package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"encoding/binary"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/lastvalue"
	"github.com/lineside/lineside/runtime/tag"
)

// bigApp is an app of n widgets: two thirds bound to tags, a third by expression.
func bigApp(n int) (plantDoc, appDoc string) {
	var tags, widgets strings.Builder
	for i := range n {
		if i > 0 {
			tags.WriteByte(',')
			widgets.WriteByte(',')
		}
		fmt.Fprintf(&tags, `{"path":"area/line%d/t%d","type":"float","initial":%d,"unit":"bar","range":{"low":0,"high":100}}`, i%20, i, i)
		bound := fmt.Sprintf(`{"tag":"area/line%d/t%d"}`, i%20, i)
		if i%3 == 0 {
			bound = fmt.Sprintf(`{"expr":"tag(\"area/line%d/t%d\") > %d ? 1 : 0"}`, i%20, i, i%100)
		}
		fmt.Fprintf(&widgets, `{"id":"w%d","type":"analog","x":%d,"y":%d,"w":96,"h":224,"props":{"value":%s,"label":"Pressure","decimals":1}}`, i, i%50*20, i/50*20, bound)
	}
	return `{"format":1,"tags":[` + tags.String() + `]}`,
		`{"format":2,"id":"com.example.big","version":"1.0.0","name":{"en":"Big"},"screens":[{"id":"s","name":{"en":"S"},"width":1600,"height":900,"widgets":[` + widgets.String() + `]}]}`
}

// BenchmarkCheckApp2000 reads, validates and compiles an app of 2,000 widgets (goal: 50 ms).
func BenchmarkCheckApp2000(b *testing.B) {
	p, a := bigApp(2000)
	r := start(b, Options{})
	r.set(p)
	for b.Loop() {
		doc, err := app.Read([]byte(a))
		if err != nil {
			b.Fatal(err)
		}
		if ps := r.CheckApp(app.Installation{ID: "big"}, doc); ps.Errors() {
			b.Fatal(ps)
		}
	}
}

// BenchmarkOpenScreen2000 opens and releases its screen, which nobody else has open.
func BenchmarkOpenScreen2000(b *testing.B) {
	p, a := bigApp(2000)
	r := start(b, Options{})
	r.set(p)
	if err := r.SetApp(app.Installation{ID: "big"}, readApp(b, a), 1); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		s, err := r.OpenScreen("big", "s", nil, false)
		if err != nil {
			b.Fatal(err)
		}
		s.Release()
	}
}

// BenchmarkComputed10000 is the work of 10,000 computed tags with hysteresis when all
// their inputs change; one operation is 10,000 updates and 10,000 evaluations.
func BenchmarkComputed10000(b *testing.B) {
	const n = 10000
	var doc strings.Builder
	doc.WriteString(`{"format":1,"tags":[{"path":"hi","type":"float","initial":50},{"path":"on","type":"bool","initial":false}`)
	for i := range n {
		fmt.Fprintf(&doc, `,{"path":"v%d","type":"float","initial":0},{"path":"c%d","type":"bool","expr":"tag(\"on\") ? tag(\"v%d\") > tag(\"hi\") - 2 : tag(\"v%d\") > tag(\"hi\")"}`, i, i, i, i)
	}
	doc.WriteString("]}")
	r := start(b, Options{})
	began := time.Now()
	r.set(doc.String())
	b.Logf("plant of %d computed tags: %v", n, time.Since(began))
	updates := make([]tag.Update, n)
	for i := range updates {
		slot, _ := r.Table().Lookup(tag.Path(fmt.Sprintf("v%d", i)))
		updates[i] = tag.Update{Slot: slot}
	}
	evaluations := r.Metrics().Evaluations
	rounds := 0
	for b.Loop() {
		rounds++
		for i := range updates {
			updates[i].Sample = tag.Sample{Value: tag.OfFloat(float64((rounds*37 + i) % 100)), Source: tag.Time(rounds)}
		}
		r.Table().Apply(updates)
	}
	if got := r.Metrics().Evaluations - evaluations; got < uint64(rounds*n*9/10) {
		b.Fatalf("%d evaluations in %d rounds", got, rounds)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rounds*n), "ns/evaluation")
}

// registers is a Modbus server on the wire for load only: it answers every read of holding
// registers with values that change each second. Correctness is tested against servers that
// are not ours.
func registers(b *testing.B) int {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer c.Close()
				head := make([]byte, 12)
				var out []byte
				for {
					if _, err := io.ReadFull(c, head); err != nil {
						return
					}
					start, count := binary.BigEndian.Uint16(head[8:]), int(binary.BigEndian.Uint16(head[10:]))
					out = append(out[:0], head[0], head[1], 0, 0, 0, 0, head[6], head[7], byte(2*count))
					binary.BigEndian.PutUint16(out[4:], uint16(3+2*count))
					second := uint16(time.Now().Unix())
					for i := range count {
						out = binary.BigEndian.AppendUint16(out, start+uint16(i)+second)
					}
					if _, err := c.Write(out); err != nil {
						return
					}
				}
			}()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

func cpuTime() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkModbus10000 reads 10,000 registers of one device at 1 Hz, decoded, scaled and
// compared by 100 computed tags, and reports the share of a core that it takes, the server on
// the other end of the wire included. Run it with -benchtime=1x.
func BenchmarkModbus10000(b *testing.B) {
	const n = 10000
	var doc strings.Builder
	fmt.Fprintf(&doc, `{"format":1,"devices":[{"id":"plc","connector":"modbus","settings":{"host":"127.0.0.1","port":%d}}],"tags":[`, registers(b))
	for i := range n {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"path":"r%d","type":"float","device":"plc","address":{"table":"holding","address":%d,"type":"uint16"},"scale":{"rawLow":0,"rawHigh":65535,"low":0,"high":100}}`, i, i)
		if i%100 == 0 {
			fmt.Fprintf(&doc, `,{"path":"c%d","type":"bool","expr":"tag(\"r%d\") > 50"}`, i, i)
		}
	}
	doc.WriteString("]}")
	r := start(b, Options{})
	r.set(doc.String())
	r.untilGood(tag.Path(fmt.Sprintf("r%d", n-1)))
	var rounds atomic.Int64
	for b.Loop() {
		const seconds = 10
		cpu, updates := cpuTime(), r.Metrics().Updates
		time.Sleep(seconds * time.Second)
		took := cpuTime() - cpu
		rounds.Add(1)
		b.ReportMetric(took.Seconds()/seconds, "cores")
		b.ReportMetric(float64(r.Metrics().Updates-updates)/seconds, "updates/s")
		if o := r.Devices()[0].Overruns; o > 0 {
			b.Logf("%d overruns", o)
		}
	}
}

// BenchmarkIngest is the way of one value from the connector into the table.
func BenchmarkIngest(b *testing.B) {
	w := &wire{values: map[string]tag.Value{}}
	wires.Store("bench", w)
	defer wires.Delete("bench")
	r := start(b, Options{})
	r.set(wirePlant("test-push", "bench", 1000, ""))
	until(b, "the subscription", func() bool { w.mu.Lock(); defer w.mu.Unlock(); return w.emit != nil })
	updates := benchUpdates(1000)
	k := 0.0
	for b.Loop() {
		k++
		for i := range updates {
			updates[i].Sample.Value = tag.OfFloat(k)
		}
		w.emit(updates)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/value")
}

// BenchmarkWrite is a write of a memory tag through the gate.
func BenchmarkWrite(b *testing.B) {
	r := start(b, Options{Audit: func(context.Context, AuditEntry) error { return nil }})
	r.set(`{"format":1,"tags":[{"path":"m","type":"float","initial":1,"write":{"low":0,"interlock":"value < 1000"}}]}`)
	for b.Loop() {
		if res := r.Write(context.Background(), WriteRequest{Path: "m", Value: json.RawMessage("5"), Actor: operator}); res.Outcome != OutcomeGood {
			b.Fatal(res.Problem)
		}
	}
}

// BenchmarkKeepLast is one second of keeping the last values of 10,000 tags that have all changed.
func BenchmarkKeepLast(b *testing.B) {
	file, err := lastvalue.Open(filepath.Join(b.TempDir(), "last"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	e := New(Options{Last: file})
	var doc strings.Builder
	doc.WriteString(`{"format":1,"devices":[{"id":"d","connector":"simulator","disabled":true}],"tags":[`)
	for i := range 10000 {
		if i > 0 {
			doc.WriteByte(',')
		}
		fmt.Fprintf(&doc, `{"path":"site/area/line/machine%d/value","type":"float","device":"d","address":{"kind":"sine"}}`, i)
	}
	doc.WriteString("]}")
	if err := e.SetPlant(readPlant(b, doc.String())); err != nil {
		b.Fatal(err)
	}
	updates := make([]tag.Update, 10000)
	for i, s := range e.table.Match("site/**") {
		updates[i].Slot = s
	}
	k := &keeper{engine: e}
	defer k.close()
	k.keep()
	n := 0.0
	for b.Loop() {
		b.StopTimer()
		n++
		for i := range updates {
			updates[i].Sample = tag.Sample{Value: tag.OfFloat(n), Source: tag.Now()}
		}
		e.table.Apply(updates)
		b.StartTimer()
		k.keep()
	}
	if k.broken {
		b.Fatal("not kept")
	}
}
