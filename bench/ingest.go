package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime/debug"
	"runtime/pprof"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/lineside/lineside/runtime/api"
	"github.com/lineside/lineside/runtime/engine"
	"github.com/lineside/lineside/runtime/historian"
	"github.com/lineside/lineside/runtime/store"
	"github.com/lineside/lineside/runtime/tag"
	"github.com/lineside/lineside/widgets"
)

func init() {
	register(row{
		order: 120, name: "ingest-sqlite",
		work: "history: 10,000 tags × 1 Hz for an hour, from the live table to SQLite", must: "0.25 CPU-s a million · 2.5 bytes a sample · 150 MiB · ready 1 s after a kill", better: "0.18",
		peers:   "rows in SQLite 15–19 CPU-s, 26 bytes",
		measure: func(ctx context.Context, b *bench) (string, error) { return measureIngest(ctx, b, "") },
	})
	register(row{
		order: 121, name: "ingest-postgres",
		work: "the same to PostgreSQL, its own processor time included", must: "0.45 CPU-s a million · 2 bytes a sample", better: "0.32",
		peers:   "rows by COPY 1.3, 52 bytes",
		measure: measureIngestPostgres,
	})
	children["ingest"] = ingest
}

// ingested is what the child has found.
type ingested struct {
	Offered, Samples      int64
	CPU, Generating, Made float64 // seconds
	Peak                  int64   // bytes of memory
	Bytes, Database       int64
}

// The mix: every value is offered every second; what does not change makes no sample.
const (
	ingestTags     = 10_000
	ingestFloats   = 6000 // walks with two decimals
	ingestCounters = 2500
	ingestBools    = 700 // change about once a minute
	ingestTexts    = 300 // states, that change about every half minute
	// the rest are setpoints, that change about once in twenty minutes
)

func measureIngest(ctx context.Context, b *bench, url string) (string, error) {
	dir, err := os.MkdirTemp("", "lineside-bench-")
	if err != nil {
		return "", err
	}
	if os.Getenv("BENCH_KEEP") == "" {
		defer os.RemoveAll(dir)
	} else {
		b.logf("data in %s", dir)
	}
	self, err := os.Executable()
	if err != nil {
		return "", err
	}
	// An hour of values takes longer than other rows may.
	limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limit, self, "ingest", dir, url, os.Getenv("BENCH_PROFILE"))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return "", err
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	var r ingested
	lines := bufio.NewScanner(out)
	if !lines.Scan() {
		return "", errors.New("the child ended without a figure")
	}
	if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
		return "", err
	}
	b.logf("%+v", r)
	million := float64(r.Samples) / 1e6
	offered := float64(r.Offered) / 1e6
	result := fmt.Sprintf("%.1f million values of which %.1f million differ from the one before and are kept: **%.2f** CPU-s a million kept (%.2f a million values; the whole process without making up the values), of which %.2f for making all summaries at the end · **%.2f** bytes a sample kept (%.2f: all that the database takes up, summaries too) · **%d** MiB resident at most",
		offered, million, (r.CPU-r.Generating)/million, (r.CPU-r.Generating)/offered, r.Made/million, float64(r.Bytes)/float64(r.Samples), float64(r.Database)/float64(r.Samples), r.Peak>>20)
	if url != "" || !lines.Scan() {
		return result, nil
	}
	// Killed in the midst of a window, ten minutes in the journal.
	if err := cmd.Process.Kill(); err != nil {
		return "", err
	}
	_ = cmd.Wait()
	port, err := freePort()
	if err != nil {
		return "", err
	}
	s := &server{dir: dir, url: fmt.Sprintf("http://127.0.0.1:%d", port), http: newClient(), output: &output{}}
	s.args = []string{"serve", "--listen", fmt.Sprintf("127.0.0.1:%d", port), "--data", dir}
	defer s.end()
	if err := s.run(limit, b); err != nil {
		return "", err
	}
	used, err := cpuOf(s.pid())
	if err != nil {
		return "", err
	}
	return result + fmt.Sprintf(" · ready **%.2f** s after a kill with ten minutes in the journal, from its start to its first answer, with %.2f CPU-s", s.ready.Seconds(), used.Seconds()), nil
}

// ingest is the child: it makes an hour of values, faster than time goes, and then ten minutes more to be killed in.
func ingest(args []string) error {
	dir, url := args[0], args[1]
	ctx := context.Background()
	debug.SetGCPercent(30) // as the server does with so much in use, see tendHeap
	db, err := store.Open(ctx, url, dir)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	archive, err := historian.Open(ctx, db.History(), historian.Options{Dir: filepath.Join(dir, "history"), Log: log, Retention: historian.DefaultRetention()})
	if err != nil {
		return err
	}
	catalogue, err := widgets.Load()
	if err != nil {
		return err
	}
	eng := engine.New(engine.Options{Archive: archive, Catalogue: catalogue, Log: log})
	srv := api.New(api.Options{Store: db, Engine: eng, Catalogue: catalogue, Log: log})
	if err := srv.Load(ctx); err != nil {
		return err
	}
	if err := srv.ApplyPlant(ctx, "bench", ingestPlant()); err != nil {
		return err
	}
	go func() { _ = eng.Run(ctx) }()
	go archive.Run(ctx, time.Second)
	m := newMaker(eng.Table())
	time.Sleep(2 * time.Second)

	// An hour to come, or as many seconds as BENCH_INGEST says, so that nothing is done by the clock of this machine. It ends
	// where four hours do, so that summaries of it are made too.
	length := 3600 // seconds
	if n, err := strconv.Atoi(os.Getenv("BENCH_INGEST")); err == nil && n >= 600 && n%600 == 0 {
		length = min(length, n)
	}
	end := tag.TimeOf(time.Now().UTC().Truncate(4*time.Hour)) + tag.Time(8*time.Hour)
	begin := end - tag.Time(length)*tag.Time(time.Second)
	if len(args) > 2 && args[2] != "" {
		f, err := os.Create(args[2])
		if err != nil {
			return err
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
	}
	var r ingested
	start := spent()
	const together = 5 // seconds of values at one look of the scribe
	for at := 0; at < length; at += together {
		round := time.Now()
		for i := range together {
			before := spent()
			updates := m.values(begin + tag.Time(at+i)*tag.Time(time.Second))
			r.Generating += spent() - before
			eng.Table().Apply(updates)
			r.Offered += int64(len(updates))
		}
		time.Sleep(max(200*time.Millisecond-time.Since(round), 0))
		if (at+together)%600 == 0 {
			time.Sleep(500 * time.Millisecond)
			if err := archive.Flush(ctx, begin+tag.Time(at+together)*tag.Time(time.Second), false); err != nil {
				return err
			}
		}
	}
	before := spent()
	if err := archive.MakeTiers(ctx, end+tag.Time(time.Hour)); err != nil {
		return err
	}
	r.Made = spent() - before
	r.CPU = spent() - start
	pprof.StopCPUProfile()
	e, err := db.History().Extent(ctx)
	if err != nil {
		return err
	}
	space, err := db.History().Space(ctx)
	if err != nil {
		return err
	}
	if st := archive.State(); st.Dropped+st.Refused > 0 {
		return fmt.Errorf("samples were lost: %+v", st)
	}
	r.Samples, r.Bytes, r.Database, r.Peak = e.Samples, e.Bytes, space.Used-space.Reusable, peak()
	if err := json.NewEncoder(os.Stdout).Encode(r); err != nil {
		return err
	}
	for at := length; at < length+590; at += together {
		for i := range together {
			eng.Table().Apply(m.values(begin + tag.Time(at+i)*tag.Time(time.Second)))
		}
		time.Sleep(250 * time.Millisecond)
	}
	time.Sleep(time.Second)
	if err := archive.Sync(true); err != nil {
		return err
	}
	fmt.Println("kill me")
	_, err = io.Copy(io.Discard, os.Stdin)
	time.Sleep(time.Hour)
	return err
}

// ingestPlant is a plant of memory tags, whose values the child sets.
func ingestPlant() []byte {
	tags := make([]map[string]any, ingestTags)
	for i := range tags {
		typ := "float"
		switch {
		case i >= ingestFloats && i < ingestFloats+ingestCounters:
			typ = "int"
		case i >= ingestFloats+ingestCounters && i < ingestFloats+ingestCounters+ingestBools:
			typ = "bool"
		case i >= ingestFloats+ingestCounters+ingestBools && i < ingestFloats+ingestCounters+ingestBools+ingestTexts:
			typ = "string"
		}
		tags[i] = map[string]any{"path": ingestPath(i), "type": typ}
	}
	content, err := json.Marshal(map[string]any{"format": 1, "tags": tags})
	if err != nil {
		panic(err)
	}
	return content
}

func ingestPath(i int) string { return fmt.Sprintf("hall%d/line%d/value%04d", i%4, i%50, i) }

// maker makes values.
type maker struct {
	r       *rand.Rand
	updates []tag.Update
	floats  []float64
	ints    []int64
}

func newMaker(table *tag.Table) *maker {
	m := &maker{r: rand.New(rand.NewPCG(1, 2)), floats: make([]float64, ingestTags), ints: make([]int64, ingestTags)}
	for i := range ingestTags {
		slot, _ := table.Lookup(tag.Path(ingestPath(i)))
		m.updates = append(m.updates, tag.Update{Slot: slot})
		m.floats[i] = 50
	}
	return m
}

var ingestStates = []string{"idle", "running", "waiting for material", "fault"}

func (m *maker) values(at tag.Time) []tag.Update {
	for i := range m.updates {
		var v tag.Value
		switch {
		case i < ingestFloats:
			m.floats[i] += (m.r.Float64() - 0.5) / 5
			v = tag.OfFloat(math.Round(m.floats[i]*100) / 100)
		case i < ingestFloats+ingestCounters:
			m.ints[i] += int64(1 + i%7)
			if i%7 == 3 && m.r.IntN(2) == 0 {
				m.ints[i]++
			}
			v = tag.OfInt(m.ints[i])
		case i < ingestFloats+ingestCounters+ingestBools:
			if m.r.IntN(60) == 0 {
				m.ints[i] ^= 1
			}
			v = tag.OfBool(m.ints[i] != 0)
		case i < ingestFloats+ingestCounters+ingestBools+ingestTexts:
			if m.r.IntN(30) == 0 {
				m.ints[i] = int64(m.r.IntN(len(ingestStates)))
			}
			v = tag.OfString(ingestStates[m.ints[i]])
		default:
			if m.r.IntN(1200) == 0 {
				m.floats[i] = float64(m.r.IntN(200))
			}
			v = tag.OfFloat(m.floats[i])
		}
		source := at + tag.Time(i%5)*1e6 // devices are not all read at once
		m.updates[i].Sample = tag.Sample{Value: v, Source: source, Server: source}
	}
	return m.updates
}

// spent is the processor time of this process, in seconds.
func spent() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// peak is the most memory this process has had, in bytes.
func peak() int64 {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if rest, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kb, _ := strconv.ParseInt(strings.Fields(rest)[0], 10, 64)
			return kb << 10
		}
	}
	return 0
}

// measureIngestPostgres starts a PostgreSQL of its own, and adds the processor time of all of its processes.
func measureIngestPostgres(ctx context.Context, b *bench) (string, error) {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	if len(found) == 0 {
		return "", errors.New("PostgreSQL is missing: apt-get install postgresql-15")
	}
	bin := found[len(found)-1]
	dir, err := os.MkdirTemp("", "lineside-bench-postgres-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	attributes := &syscall.SysProcAttr{}
	if os.Getuid() == 0 { // it refuses to run as root
		u, err := user.Lookup("postgres")
		if err != nil {
			return "", err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		if err := os.Chown(dir, uid, gid); err != nil {
			return "", err
		}
		attributes.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	}
	run := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr, cmd.Env = dir, attributes, append(os.Environ(), "LC_ALL=C.UTF-8")
		return cmd
	}
	if out, err := run("initdb", "-D", filepath.Join(dir, "data"), "-U", "lineside", "-A", "trust", "-E", "UTF8").CombinedOutput(); err != nil {
		return "", fmt.Errorf("initdb: %w: %.300s", err, out)
	}
	port, err := freePort()
	if err != nil {
		return "", err
	}
	server := run("postgres", "-D", filepath.Join(dir, "data"), "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", dir)
	if err := server.Start(); err != nil {
		return "", err
	}
	ended := false
	end := func() {
		if !ended {
			ended = true
			_ = server.Process.Signal(syscall.SIGINT)
			_ = server.Wait()
		}
	}
	defer end()
	url := fmt.Sprintf("postgres://lineside@127.0.0.1:%d/postgres?sslmode=disable", port)
	if err := wait(ctx, "PostgreSQL", func() (bool, error) {
		s, err := store.Open(ctx, url, dir+"-key")
		if err == nil {
			_ = s.Close()
		}
		return err == nil, err
	}); err != nil {
		return "", err
	}
	defer os.RemoveAll(dir + "-key")
	result, err := measureIngest(ctx, b, url)
	if err != nil {
		return "", err
	}
	end()
	used := server.ProcessState.UserTime() + server.ProcessState.SystemTime() // with that of its children, which it has waited for
	return result + fmt.Sprintf(" · and **%.1f** CPU-s in all by PostgreSQL", used.Seconds()), nil
}
