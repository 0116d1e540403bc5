// Package worker is the process in which the scripts of one installation run: JavaScript in goja, one VM a script. It has no
// file, no network and no other process to talk to but the host at the other end of its pipe; what a script wants done it
// leaves as an effect, which the host carries out or refuses.
package worker

import (
	"bufio"
	"io"
	"os"
	"runtime/debug"
	"strconv"
	"sync"
	"time"

	"github.com/dlclark/regexp2/v2"

	"github.com/lineside/lineside/runtime/script/wire"
)

// Argument is the one argument of a process that is a worker.
const Argument = "worker"

// What a script may use.
const (
	// Soft is the CPU time of a call after which it is interrupted; built-in functions of the language do not notice.
	Soft = 100 * time.Millisecond
	// Hard is when a worker that could not be interrupted ends itself, if its host has not done so long since.
	Hard = 2 * time.Second
	// Memory is how much the process may have, in bytes.
	Memory = 128 << 20
	// flushEvery is how long results wait at most while a batch is worked on, and flushSize how many bytes of them.
	flushEvery = 40 * time.Millisecond
	flushSize  = 1 << 20
)

var began = time.Now()

// Run works for the host at the other end of a pipe until that is closed, and returns the exit code.
func Run(in io.Reader, out io.Writer) int {
	limitMemory(Memory)
	debug.SetMaxStack(16 << 20)
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(Memory * 3 / 4)
	}
	regexp2.DefaultMatchTimeout = Soft
	w := &worker{in: bufio.NewReaderSize(in, 64<<10), out: out, scripts: map[uint32]*script{}, marker: openMarker()}
	w.watch.init(w)
	var body []byte
	for {
		var err error
		if body, err = wire.ReadFrame(w.in, body); err != nil {
			return 0 // the host is gone
		}
		if err := w.handle(wire.NewReader(body)); err != nil {
			_, _ = os.Stderr.WriteString(err.Error() + "\n")
			return 1
		}
	}
}

type worker struct {
	in      *bufio.Reader
	scripts map[uint32]*script
	watch   watch
	marker  *Marker
	reply   []byte
	// writing guards out: the watch writes, too.
	writing sync.Mutex
	out     io.Writer
}

func (w *worker) send(body []byte) error {
	w.writing.Lock()
	defer w.writing.Unlock()
	return wire.WriteFrame(w.out, body)
}

func (w *worker) handle(r *wire.Reader) error {
	switch r.Byte() {
	case wire.Load:
		id, name, source := r.Uint32(), r.Text(), r.Text()
		if err := r.Err(); err != nil {
			return err
		}
		delete(w.scripts, id)
		w.watch.begin(0)
		s, failure := w.load(name, source)
		w.watch.end()
		reply := wire.Append[uint8](w.reply[:0], wire.Loaded)
		if failure != nil {
			reply = wire.AppendText(wire.Append(wire.Append(reply, failure.line), failure.column), failure.message)
		} else {
			w.scripts[id] = s
			reply = wire.AppendText(wire.Append(wire.Append(reply, uint32(0)), uint32(0)), "")
		}
		return w.send(reply)
	case wire.Remove:
		delete(w.scripts, r.Uint32())
	case wire.Free:
		id, instance := r.Uint32(), r.Uint32()
		if s := w.scripts[id]; s != nil {
			s.free(instance)
		}
	case wire.Batch:
		return w.batch(r)
	}
	if err := r.Err(); err != nil {
		return err
	}
	return w.send(wire.Append[uint8](w.reply[:0], wire.Done))
}

// batch makes calls one after the other. Results are sent when there are many of them, or some of them are old.
func (w *worker) batch(r *wire.Reader) error {
	n := r.Uint32()
	flushed, last := time.Now(), time.Now()
	count := uint32(0)
	const head = 6 // kind, last, count
	begin := func() { w.reply, count = append(w.reply[:0], wire.Results, 0, 0, 0, 0, 0), 0 }
	flush := func(done bool) error {
		if done {
			w.reply[1] = 1
		}
		for i := range 4 {
			w.reply[2+i] = byte(count >> (8 * i))
		}
		return w.send(w.reply)
	}
	begin()
	for i := range n {
		id, instance, function, args := r.Uint32(), r.Uint32(), r.Byte(), r.Byte()
		s := w.scripts[id]
		if s == nil || function >= wire.Functions {
			for range args {
				r.Value()
			}
			w.reply = appendFailure(w.reply, wire.Threw, 0, &failure{message: "The script is not there."})
		} else {
			values := s.arguments(r, int(args))
			w.watch.begin(i + 1)
			w.marker.Set(i + 1)
			w.reply = s.call(w.reply, instance, int(function), values, last)
		}
		count++
		if err := r.Err(); err != nil {
			return err
		}
		now := time.Now()
		last = now
		if i+1 < n && (now.Sub(flushed) > flushEvery || len(w.reply) > flushSize) {
			w.watch.pause()
			if err := flush(false); err != nil {
				return err
			}
			flushed = now
			begin()
		}
	}
	w.watch.end()
	w.marker.Set(0)
	return flush(true)
}

// watch interrupts a call that takes too long. One timer serves all calls of a batch: it looks when the first of them
// could have been too long.
type watch struct {
	worker *worker
	mu     sync.Mutex
	timer  *time.Timer
	// call is the one under way, from 1; 0 is none, or the load of a script.
	call  uint32
	since time.Duration // CPU time at which it was first seen under way
	seen  uint32
	armed bool
	stop  func() // interrupts it
	told  bool
}

func (g *watch) init(w *worker) {
	g.worker = w
	g.timer = time.AfterFunc(time.Hour, g.look)
	g.timer.Stop()
}

func (g *watch) begin(call uint32) {
	g.mu.Lock()
	g.call, g.told = call+1, false
	if !g.armed {
		g.armed, g.seen = true, 0
		g.timer.Reset(Soft / 4)
	}
	g.mu.Unlock()
}

// guard says how the call that has begun is interrupted.
func (g *watch) guard(stop func()) {
	g.mu.Lock()
	g.stop = stop
	g.mu.Unlock()
}

func (g *watch) pause() {
	g.mu.Lock()
	g.call, g.stop = 0, nil
	g.mu.Unlock()
}

func (g *watch) end() {
	g.mu.Lock()
	g.call, g.stop, g.armed = 0, nil, false
	g.timer.Stop()
	g.mu.Unlock()
}

func (g *watch) look() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.armed {
		return
	}
	now := spent()
	switch {
	case g.call == 0:
	case g.call != g.seen:
		g.seen, g.since = g.call, now
	case now-g.since > Hard:
		os.Exit(3)
	case now-g.since >= Soft-Soft/8 && !g.told:
		g.told = true
		if g.stop != nil {
			g.stop()
		}
		if g.call > 1 {
			// The host learns who it is, should it have to end the process.
			index := g.call - 2
			go func() { _ = g.worker.send(wire.Append(wire.Append[uint8](nil, wire.Stuck), index)) }()
		}
	}
	g.timer.Reset(Soft / 8)
}

type failure struct {
	line, column uint32
	message      string
}

// appendFailure adds the result of a call that failed.
func appendFailure(b []byte, how uint8, took time.Duration, f *failure) []byte {
	b = wire.Append(wire.Append(b, how), uint32(took.Microseconds()))
	b = wire.Append(wire.Append(b, f.line), f.column)
	b = wire.AppendText(b, f.message)
	return wire.Append(b, uint32(0)) // no effects
}

func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xC0 == 0x80 {
		n--
	}
	return s[:n] + "… (" + strconv.Itoa(len(s)) + " bytes)"
}
