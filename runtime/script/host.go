package script

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lineside/lineside/runtime/script/wire"
	"github.com/lineside/lineside/runtime/spec"
)

// Options are how a host runs scripts. The zero value is what the product uses.
type Options struct {
	// Command starts a worker; this binary with its argument when empty.
	Command []string
	// Hard is the CPU time after which a process that does not answer is ended (250 ms).
	Hard time.Duration
	// Strikes is after how many broken budgets a script rests (3), Pause for how long the first time (a minute); twice as
	// long each time, an hour at most.
	Strikes int
	Pause   time.Duration
	Log     *slog.Logger
	now     func() time.Time
}

// Host runs the scripts of one installation. It is safe for use by several goroutines; one batch is worked on at a time.
type Host struct {
	o  Options
	mu sync.Mutex
	// process is nil until it is needed, and after it was ended.
	process *process
	started uint64
	failed  int       // starts in a row
	retry   time.Time // of a start
	scripts map[string]*loaded
	numbers uint32
	buffer  []byte
	closed  bool

	closing atomic.Bool
	running atomic.Pointer[os.Process]

	statMu sync.Mutex
}

// loaded is a script that the host has taken.
type loaded struct {
	id      string
	number  uint32
	source  string
	in      *process // that has it
	problem *spec.Problem
	stat    Stat
	rests   int // how often it was paused
	clean   int // calls since the last strike
	times   [1000]uint32
	at      int
}

// New makes a host. Nothing is started before the first script is loaded.
func New(o Options) *Host {
	if o.Hard == 0 {
		o.Hard = 250 * time.Millisecond
	}
	if o.Strikes == 0 {
		o.Strikes = 3
	}
	if o.Pause == 0 {
		o.Pause = time.Minute
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.now == nil {
		o.now = time.Now
	}
	return &Host{o: o, scripts: map[string]*loaded{}}
}

// Close ends the process, whatever it is at.
func (h *Host) Close() {
	h.closing.Store(true)
	if p := h.running.Load(); p != nil {
		_ = p.Kill()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	h.end()
}

func (h *Host) end() {
	if h.process != nil {
		h.running.Store(nil)
		h.process.kill()
		h.process = nil
	}
}

// Ready starts the process when there is none, and says how many there were: when that has grown, all instances are gone.
func (h *Host) Ready() (uint64, *spec.Problem) {
	h.mu.Lock()
	defer h.mu.Unlock()
	p := h.ready()
	return h.started, p
}

// Started counts the processes there were. When it has grown, all instances are gone: whoever has widgets begins them anew.
func (h *Host) Started() uint64 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.started
}

// Load takes a script, in the place of the one with this ID, whose instances, strikes and pause are forgotten. A problem has the
// line and column in the script.
func (h *Host) Load(id, source string) *spec.Problem {
	if p := Check(source); p != nil {
		return p
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if old := h.scripts[id]; old != nil {
		h.drop(old)
	}
	h.numbers++
	s := &loaded{id: id, number: h.numbers, source: source, stat: Stat{Script: id}}
	if p := h.bring(s); p != nil {
		return p
	}
	h.statMu.Lock()
	h.scripts[id] = s
	h.statMu.Unlock()
	return nil
}

// Remove forgets a script.
func (h *Host) Remove(id string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.scripts[id]; s != nil {
		h.drop(s)
		h.statMu.Lock()
		delete(h.scripts, id)
		h.statMu.Unlock()
	}
}

func (h *Host) drop(s *loaded) {
	if h.process != nil && s.in == h.process {
		h.plain(wire.Append(wire.Append[uint8](h.buffer[:0], wire.Remove), s.number))
	}
	s.in = nil
}

// Free forgets an instance of a script.
func (h *Host) Free(id string, instance uint32) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if s := h.scripts[id]; s != nil && h.process != nil && s.in == h.process {
		h.plain(wire.Append(wire.Append(wire.Append[uint8](h.buffer[:0], wire.Free), s.number), instance))
	}
}

// plain says something that is answered by Done.
func (h *Host) plain(body []byte) {
	h.buffer = body
	if err := h.process.say(body); err == nil {
		if r, err := h.process.hear(h.o.Hard); err == nil && r.Byte() == wire.Done {
			return
		}
	}
	h.end()
}

// ready starts the process when there is none.
func (h *Host) ready() *spec.Problem {
	if h.process != nil {
		return nil
	}
	if h.closed || h.closing.Load() {
		return problem("script_start", "See the log of the server; there may be too little memory.", 0, 0, "The process of the scripts cannot be started: %v", errors.New("closed"))
	}
	now := h.o.now()
	var err error
	if now.Before(h.retry) {
		err = errors.New("it ended at once")
	} else if h.process, err = start(h.o.Command); err == nil {
		h.started++
		h.failed = 0
		h.running.Store(h.process.cmd.Process)
		if h.closing.Load() { // it has not seen this process
			_ = h.process.cmd.Process.Kill()
		}
		return nil
	}
	h.failed++
	h.retry = now.Add(min(time.Minute, 100*time.Millisecond<<min(h.failed, 10)))
	h.o.Log.Error("the process of the scripts cannot be started", "error", err)
	return problem("script_start", "See the log of the server; there may be too little memory.", 0, 0, "The process of the scripts cannot be started: %v", err)
}

// bring loads a script into the process that there is now. When a process that others have used before ends with that, they
// may be to blame, and it is tried once more in a new one.
func (h *Host) bring(s *loaded) *spec.Problem {
	if p := h.ready(); p != nil {
		return p
	}
	if s.in == h.process {
		return s.problem
	}
	fresh := h.process.fresh
	p := h.try(s)
	if p != nil && h.process == nil && !fresh {
		if h.ready() == nil {
			p = h.try(s)
		}
	}
	return p
}

func (h *Host) try(s *loaded) *spec.Problem {
	h.process.fresh = false
	body := wire.Append(wire.Append[uint8](h.buffer[:0], wire.Load), s.number)
	h.buffer = wire.AppendText(wire.AppendText(body, s.id), s.source)
	err := h.process.say(h.buffer)
	var r *wire.Reader
	if err == nil {
		r, err = h.process.hear(h.o.Hard)
	}
	if err != nil || r.Byte() != wire.Loaded {
		return h.broke(s, h.process.fate(err))
	}
	line, column, message := int(r.Uint32()), int(r.Uint32()), r.Text()
	s.in, s.problem = h.process, nil
	if message != "" {
		s.problem = threw(line, column, message)
		if message == stopped {
			s.problem = problem("script_budget", budgetHint, line, column, stopped)
		}
	}
	return s.problem
}

// What is said of a call that has used its time up, as the worker says it.
const (
	stopped    = "It ran for more than 100 ms and was stopped."
	budgetHint = "Look for a loop without end, or for very large texts and lists."
)

// broke ends the process, and says why of the script that was at work.
func (h *Host) broke(s *loaded, why fate) *spec.Problem {
	h.end()
	p := problem("script_budget", budgetHint, 0, 0, "It could not be interrupted, and its process was ended.")
	if why == died {
		p = problem("script_crashed", "Look for lists and texts that grow without end.", 0, 0, "It needed too much memory, and its process was ended.")
	}
	h.strike(s, p)
	return p
}

// strike counts a broken budget.
func (h *Host) strike(s *loaded, p *spec.Problem) {
	h.statMu.Lock()
	defer h.statMu.Unlock()
	s.stat.Errors++
	s.stat.Strikes++
	s.stat.Last, s.clean = p, 0
	if s.stat.Strikes < h.o.Strikes {
		return
	}
	s.stat.Strikes = 0
	rest := min(h.o.Pause<<min(s.rests, 10), max(h.o.Pause, time.Hour))
	s.rests++
	s.stat.Paused = h.o.now().Add(rest)
	h.o.Log.Warn("a script rests, because it broke its budget again and again", "script", s.id, "for", rest, "problem", p.Message)
}

// Call makes calls in their order and gives a result for each. It ends early, with what there is, when ctx does.
func (h *Host) Call(ctx context.Context, calls []Call) []Result {
	h.mu.Lock()
	defer h.mu.Unlock()
	results := make([]Result, len(calls))
	rest, of := make([]int, 0, len(calls)), make([]*loaded, len(calls))
	now := h.o.now()
	for i := range calls {
		s := h.scripts[calls[i].Script]
		if of[i] = s; s == nil || len(calls[i].Args) > MaxArgs {
			results[i].Problem = problem("script_missing", "Load it first.", 0, 0, "The script is not there.")
			continue
		}
		if until := s.stat.Paused; now.Before(until) {
			results[i].Problem = paused(until)
			continue
		}
		rest = append(rest, i)
	}
	for len(rest) > 0 && ctx.Err() == nil {
		h.bringAll(rest, of, results)
		rest = slices.DeleteFunc(rest, func(i int) bool { return results[i].Problem != nil })
		if len(rest) == 0 {
			break
		}
		part := rest[:min(len(rest), MaxBatch)]
		rest = rest[h.batch(calls, part, of, results):]
		if h.process == nil {
			break // and with it what the other calls were for
		}
	}
	for _, i := range rest {
		results[i].Problem = restarted()
	}
	return results
}

// bringAll loads what the process does not have. A script with which it ends takes its calls out, and the others are
// loaded again.
func (h *Host) bringAll(rest []int, of []*loaded, results []Result) {
	for again := true; again; {
		again = false
		for _, i := range rest {
			s := of[i]
			if results[i].Problem != nil || h.process != nil && s.in == h.process && s.problem == nil {
				continue
			}
			results[i].Problem = h.bring(s)
			again = true
		}
	}
}

func restarted() *spec.Problem {
	return problem("script_restarted", "Nothing is to be done: it goes on with the next value.", 0, 0, "The process of the scripts was ended by another script.")
}

// batch makes calls of scripts that the process has, and returns how many have a result; the process is gone when those
// are not all.
func (h *Host) batch(calls []Call, part []int, of []*loaded, results []Result) int {
	b := wire.Append(wire.Append[uint8](h.buffer[:0], wire.Batch), uint32(len(part)))
	for _, i := range part {
		c := &calls[i]
		b = wire.Append(wire.Append(b, of[i].number), c.Instance)
		b = append(b, byte(c.Function), byte(len(c.Args)))
		for _, v := range c.Args {
			b = wire.AppendValue(b, v)
		}
	}
	h.buffer = b
	done, stuck := 0, 0 // from 1
	err := h.process.say(b)
	for err == nil {
		var r *wire.Reader
		if r, err = h.process.hear(h.o.Hard); err != nil {
			break
		}
		switch r.Byte() {
		case wire.Stuck:
			stuck = int(r.Uint32()) + 1
		case wire.Results:
			last := r.Byte() != 0
			for n := r.Uint32(); n > 0 && done < len(part) && r.Err() == nil; n-- {
				h.result(r, of[part[done]], &results[part[done]])
				done++
			}
			err = r.Err()
			if last && err == nil && done == len(part) {
				return done
			}
			if last && err == nil {
				err = io.ErrUnexpectedEOF
			}
		default:
			err = io.ErrUnexpectedEOF
		}
	}
	why := h.process.fate(err)
	culprit := max(done+1, stuck, int(h.process.marker.Get()))
	if culprit > len(part) {
		culprit = min(done+1, len(part))
	}
	// What came between the last results and the culprit was done, but nobody knows with what result.
	for _, i := range part[min(done, culprit-1) : culprit-1] {
		results[i].Problem = restarted()
	}
	results[part[culprit-1]] = Result{Problem: h.broke(of[part[culprit-1]], why)}
	return culprit
}

// result reads what came of one call.
func (h *Host) result(r *wire.Reader, s *loaded, out *Result) {
	how := r.Byte()
	took := r.Uint32()
	out.Took = time.Duration(took) * time.Microsecond
	if how != wire.OK {
		line, column, message := int(r.Uint32()), int(r.Uint32()), r.Text()
		out.Problem = threw(line, column, message)
		if how == wire.Budget {
			out.Problem = problem("script_budget", budgetHint, line, column, stopped)
		}
	} else {
		out.Value = r.Value()
	}
	if n := r.Uint32(); n > 0 && int(n) <= r.Rest() {
		out.Effects = make([]Effect, n)
		for i := range out.Effects {
			out.Effects[i] = Effect{Kind: Kind(r.Byte()), Instance: r.Uint32(), Name: r.Text(), Value: r.Value()}
		}
	}
	h.statMu.Lock()
	s.stat.Calls++
	s.times[s.at%len(s.times)] = took
	s.at++
	s.clean++
	switch {
	case how == wire.Threw:
		s.stat.Errors++
		s.stat.Last = out.Problem
	case s.clean >= 10000:
		s.clean, s.stat.Strikes, s.rests = 0, 0, 0
	}
	h.statMu.Unlock()
	if how == wire.Budget {
		h.strike(s, out.Problem)
	}
}

// Stats tells how the scripts have fared, by ID.
func (h *Host) Stats() []Stat {
	h.statMu.Lock()
	defer h.statMu.Unlock()
	out := make([]Stat, 0, len(h.scripts))
	for _, s := range h.scripts {
		x := s.stat
		times := slices.Clone(s.times[:min(s.at, len(s.times))])
		slices.Sort(times)
		if n := len(times); n > 0 {
			x.P95 = time.Duration(times[n*95/100]) * time.Microsecond
			x.Longest = time.Duration(times[n-1]) * time.Microsecond
		}
		if !h.o.now().Before(x.Paused) {
			x.Paused = time.Time{}
		}
		out = append(out, x)
	}
	slices.SortFunc(out, func(a, b Stat) int {
		if a.Script < b.Script {
			return -1
		}
		return 1
	})
	return out
}
