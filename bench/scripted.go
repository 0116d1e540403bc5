package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lineside/lineside/runtime/app"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/script"
	"github.com/lineside/lineside/runtime/script/worker"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

func init() {
	register(row{
		order: 112, name: "scripted",
		work: "1,000 scripted widgets on a screen, each told a new value once a second and setting two parts", must: "10 % of a core",
		measure: measureScripted,
	})
	register(row{
		order: 113, name: "script worker",
		work: "the process of scripts: from nothing to a script loaded, private memory when idle, a call of an empty function in batches of 1,000", must: "5 ms, 2 MiB, 1 µs",
		measure: measureWorker,
	})
	register(row{
		order: 114, name: "script hostile",
		work: "scripts that loop, recurse and grow without end, one after the other; another installation's scripted widget meanwhile", must: "regained in 350 ms, neighbour's p99 50 ms",
		measure: measureHostile,
	})
}

const benchDial = `function init(me) { me.n = 0 }
function data(me, name, value, good) { me.n++; me.set("label", good ? value.toFixed(1) : "?"); me.set("color", value > 50 ? "bad" : "ok") }`

// scriptedApp is an app of so many widgets with a script, each bound to a tag of its own.
func scriptedApp(source string, n int) ([]byte, error) {
	list := make([]any, n)
	for i := range list {
		list[i] = map[string]any{"id": fmt.Sprintf("w%d", i), "type": "own:dial", "x": i % 50 * 38, "y": i / 50 * 26, "w": 36, "h": 24, "props": map[string]any{"value": map[string]any{"tag": fmt.Sprintf("bench/t%d", i)}}}
	}
	doc := appOf(list)
	doc["widgets"] = []any{map[string]any{
		"id": "dial", "version": 1, "title": map[string]any{"en": "Dial"}, "size": map[string]any{"width": 100, "height": 100}, "script": source,
		"svg": `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" data-ls-var="value:float"><circle id="lamp" cx="50" cy="30" r="20" data-ls-set-fill="color"/><text x="50" y="90" data-ls-set-text="label">0</text></svg>`,
	}}
	return json.Marshal(doc)
}

// scripts is an engine with apps of scripted widgets, in this process.
type scripts struct {
	*engine.Engine
	slots []tag.Slot
	end   func()
}

func startScripts(ctx context.Context, b *bench, n int) (*scripts, error) {
	catalogue, err := widgets.Load()
	if err != nil {
		return nil, err
	}
	s := &scripts{Engine: engine.New(engine.Options{Catalogue: catalogue, Worker: []string{b.binary, worker.Argument}})}
	p := &plant.Plant{Format: plant.Format}
	for i := range n {
		p.Tags = append(p.Tags, plant.Tag{Path: tag.Path(fmt.Sprintf("bench/t%d", i)), Definition: plant.Definition{Type: "float", Initial: json.RawMessage("1")}})
	}
	if err := s.SetPlant(p); err != nil {
		return nil, err
	}
	for i := range n {
		slot, _ := s.Table().Lookup(tag.Path(fmt.Sprintf("bench/t%d", i)))
		s.slots = append(s.slots, slot)
	}
	run, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Run(run)
	}()
	s.end = func() { cancel(); <-done }
	return s, nil
}

// open installs an app and opens its screen.
func (s *scripts) open(id, source string, n int) (*engine.Screen, error) {
	data, err := scriptedApp(source, n)
	if err != nil {
		return nil, err
	}
	doc, err := app.Read(data)
	if err != nil {
		return nil, err
	}
	if err := s.SetApp(app.Installation{ID: id}, doc, 1); err != nil {
		return nil, err
	}
	return s.OpenScreen(id, "", nil, false)
}

func (s *scripts) set(i int, v float64) {
	now := tag.Now()
	s.Table().Apply([]tag.Update{{Slot: s.slots[i], Sample: tag.Sample{Value: tag.OfFloat(v), Source: now, Server: now}}})
}

// shownBy is the slot of what the script of a widget sets.
func shownBy(screen *engine.Screen, widget, prop string) tag.Slot {
	for _, b := range screen.Bindings {
		if b.Widget == widget && b.Prop == prop {
			return b.Slot
		}
	}
	return 0
}

// become waits until a slot shows something.
func (s *scripts) become(ctx context.Context, slot tag.Slot, want func(tag.Sample) bool) error {
	wake := make(chan struct{}, 1)
	w := s.Table().Watch([]tag.Slot{slot}, func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	})
	defer w.Close()
	late := time.After(30 * time.Second)
	for !want(s.Table().Get(slot)) {
		w.Drain(nil)
		if want(s.Table().Get(slot)) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late:
			return fmt.Errorf("a script does not answer: %v %+v", s.Table().Get(slot), s.ScriptLog("", "", 0, 5))
		case <-wake:
		}
	}
	return nil
}

func says(text string) func(tag.Sample) bool {
	return func(s tag.Sample) bool { return s.Value.Text() == text }
}

func measureScripted(ctx context.Context, b *bench) (string, error) {
	const n, portions = 1000, 20
	s, err := startScripts(ctx, b, n)
	if err != nil {
		return "", err
	}
	defer s.end()
	screen, err := s.open("bench", benchDial, n)
	if err != nil {
		return "", err
	}
	defer screen.Release()
	if err := s.become(ctx, shownBy(screen, "w999", "part:text:text"), says("1.0")); err != nil {
		return "", err
	}
	child, err := childOf(os.Getpid())
	if err != nil {
		return "", err
	}
	// Values come spread over the second, as they do from devices.
	var before, after syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	worked, err := cpuOf(child)
	if err != nil {
		return "", err
	}
	begin := time.Now()
	tick := time.NewTicker(time.Second / portions)
	defer tick.Stop()
	for round := 1; time.Since(begin) < b.seconds && ctx.Err() == nil; round++ {
		<-tick.C
		now := tag.Now()
		updates := make([]tag.Update, 0, n/portions)
		for i := round % portions; i < n; i += portions {
			updates = append(updates, tag.Update{Slot: s.slots[i], Sample: tag.Sample{Value: tag.OfFloat(float64(round%100) + 0.5), Source: now, Server: now}})
		}
		s.Table().Apply(updates)
	}
	took := time.Since(begin)
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	last, err := cpuOf(child)
	if err != nil {
		return "", err
	}
	own := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	share := func(d time.Duration) float64 { return 100 * float64(d) / float64(took) }
	return fmt.Sprintf("**%.1f** %% of a core: %.1f the worker, %.1f the engine", share(own+last-worked), share(last-worked), share(own)), nil
}

// childOf is a worker that a process has started.
func childOf(pid int) (int, error) {
	dirs, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, name := range dirs {
		text, err := os.ReadFile(name)
		if err != nil {
			continue
		}
		rest := string(text[strings.LastIndexByte(string(text), ')')+1:])
		if fields := strings.Fields(rest); len(fields) > 1 && fields[1] == strconv.Itoa(pid) && fields[0] != "Z" {
			return strconv.Atoi(strings.Split(name, "/")[2])
		}
	}
	return 0, fmt.Errorf("process %d has no child", pid)
}

var privateLine = regexp.MustCompile(`(?m)^Private_Dirty:\s*(\d+) kB`)

func measureWorker(ctx context.Context, b *bench) (string, error) {
	var starts []time.Duration
	command := []string{b.binary, worker.Argument}
	for range 20 {
		begin := time.Now()
		h := script.New(script.Options{Command: command})
		p := h.Load("a", benchDial)
		starts = append(starts, time.Since(begin))
		h.Close()
		if p != nil {
			return "", p
		}
	}
	slices.Sort(starts)
	h := script.New(script.Options{Command: command})
	defer h.Close()
	if _, p := h.Ready(); p != nil {
		return "", p
	}
	time.Sleep(200 * time.Millisecond)
	child, err := childOf(os.Getpid())
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", child))
	if err != nil {
		return "", err
	}
	private := 0
	for _, m := range privateLine.FindAllStringSubmatch(string(text), -1) {
		n, _ := strconv.Atoi(m[1])
		private += n
	}
	if p := h.Load("empty", `function data(me, name, value, good) {}`); p != nil {
		return "", p
	}
	batch := make([]script.Call, 1000)
	for i := range batch {
		batch[i] = script.Call{Script: "empty", Instance: uint32(i), Function: script.Data, Args: []tag.Value{tag.OfString("value"), tag.OfFloat(1), tag.OfBool(true)}}
	}
	var calls []time.Duration
	for range 200 {
		begin := time.Now()
		h.Call(ctx, batch)
		calls = append(calls, time.Since(begin)/time.Duration(len(batch)))
	}
	slices.Sort(calls)
	return fmt.Sprintf("**%.1f** ms, **%.1f** MiB, **%.2f** µs (medians)", float64(starts[len(starts)/2])/1e6, float64(private)/1024, float64(calls[len(calls)/2])/1e3), nil
}

func measureHostile(ctx context.Context, b *bench) (string, error) {
	s, err := startScripts(ctx, b, 2)
	if err != nil {
		return "", err
	}
	defer s.end()
	good, err := s.open("good", benchDial, 1)
	if err != nil {
		return "", err
	}
	defer good.Release()
	label := shownBy(good, "w0", "part:text:text")
	if err := s.become(ctx, label, says("1.0")); err != nil {
		return "", err
	}
	hostile := []string{
		`for (;;) {}`, `(function f() { return f() + 1 })()`, `let a = []; for (;;) a.push(new Array(1e6).fill("x"))`, `let s = "x"; for (;;) s += s`,
		`"x".repeat(2 ** 30)`, `/(a+)+\1$/.test("a".repeat(40) + "b")`, `new Array(2 ** 32 - 1).join("x")`, `[1, 2, 3].sort(() => { for (;;) {} })`, `JSON.stringify({ get a() { for (;;) {} } })`,
		`for (;;) { me.log("x".repeat(60000)) }`, `for (;;) { try { (function f() { f() })() } catch (e) {} }`, `new Proxy({}, { get() { for (;;) {} } }).x`,
	}
	var regained, latency []time.Duration
	for k, body := range hostile {
		id := fmt.Sprintf("bad%d", k)
		// The tag is the first, which the good one has, too: the bad one begins when it is opened.
		began := time.Now()
		screen, err := s.openUnchecked(id, "function init(me) { "+body+" }")
		if err != nil {
			return "", err
		}
		fault := shownBy(screen, "w0", engine.FaultProp)
		done := make(chan error, 1)
		go func() {
			done <- s.become(ctx, fault, func(x tag.Sample) bool { return strings.Contains(x.Value.Text(), "script_") })
		}()
		for waiting, i := true, 0; waiting; i++ {
			v := float64(k*1000+i%1000) + 0.5
			sent := time.Now()
			s.set(0, v)
			if err := s.become(ctx, label, says(strconv.FormatFloat(v, 'f', 1, 64))); err != nil {
				return "", err
			}
			latency = append(latency, time.Since(sent))
			select {
			case err := <-done:
				if err != nil {
					return "", fmt.Errorf("%s: %w", body, err)
				}
				regained, waiting = append(regained, time.Since(began)), false
			case <-time.After(5 * time.Millisecond):
			}
		}
		screen.Release()
		s.RemoveApp(id)
	}
	slices.Sort(regained)
	slices.Sort(latency)
	ms := func(d time.Duration) float64 { return float64(d) / 1e6 }
	return fmt.Sprintf("regained in **%.0f** ms at worst (from opening, process start included), %.0f ms in the middle; neighbour's p99 **%.0f** ms (of %d)", ms(regained[len(regained)-1]), ms(regained[len(regained)/2]), ms(latency[len(latency)*99/100]), len(latency)), nil
}

// openUnchecked opens a screen whose app nobody has checked, as a draft is.
func (s *scripts) openUnchecked(id, source string) (*engine.Screen, error) {
	data, err := scriptedApp(source, 1)
	if err != nil {
		return nil, err
	}
	doc, err := app.Read(data)
	if err != nil {
		return nil, err
	}
	s.SetDraft(app.Installation{ID: id}, doc)
	return s.OpenScreen(id, "", nil, true)
}
