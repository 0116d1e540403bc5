// Command bench measures bin/lineside from outside, on the work of docs/guide/benchmarks.md, and
// prints the table with the figures of this machine. Every row is a file; nothing here is a test:
// a figure depends on the machine and on what else it does.
//
//	go run ./bench                  all rows
//	go run ./bench -run 'push|screen'
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"time"
)

// row is one line of the table.
type row struct {
	// order is the place in the table.
	order int
	// name is what -run selects; work, must, better and peers are the columns of the table.
	name, work, must, better, peers string
	// measure does the work and returns the figures in words.
	measure func(ctx context.Context, b *bench) (string, error)
}

var rows []row

func register(r row) { rows = append(rows, r) }

// bench is what the rows share.
type bench struct {
	binary  string
	root    string
	seconds time.Duration
	verbose bool
}

func (b *bench) logf(format string, args ...any) {
	if b.verbose {
		fmt.Fprintf(os.Stderr, format+"\n", args...)
	}
}

func main() {
	if len(os.Args) > 2 && children[os.Args[1]] != nil {
		if err := children[os.Args[1]](os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx)
	stop()
	os.Exit(code)
}

func run(ctx context.Context) int {
	b := &bench{}
	pattern := flag.String("run", "", "measure only the rows whose name matches this regular expression")
	flag.StringVar(&b.binary, "binary", "bin/lineside", "the program to measure")
	flag.StringVar(&b.root, "root", ".", "the folder of the repository")
	flag.DurationVar(&b.seconds, "time", 10*time.Second, "how long to measure each row")
	flag.BoolVar(&b.verbose, "v", false, "say what is going on")
	flag.Parse()
	chosen, err := regexp.Compile(*pattern)
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench: -run:", err)
		return 2
	}
	slices.SortFunc(rows, func(a, b row) int { return a.order - b.order })

	fmt.Printf("%s\n\n", machine())
	fmt.Println("| work | must | better | peers · bare limit | measured |")
	fmt.Println("|---|---|---|---|---|")
	failed := 0
	for _, r := range rows {
		if !chosen.MatchString(r.name) {
			continue
		}
		if ctx.Err() != nil {
			return 1
		}
		b.logf("— %s", r.name)
		limit, cancel := context.WithTimeout(ctx, b.seconds+3*time.Minute)
		result, err := r.measure(limit, b)
		cancel()
		if err != nil {
			failed++
			result = "failed: " + strings.ReplaceAll(err.Error(), "\n", " ")
		}
		fmt.Printf("| %s | %s | %s | %s | %s |\n", r.work, r.must, r.better, r.peers, result)
	}
	fmt.Printf("\nLoad at the end: %s\n", load())
	if failed > 0 {
		return 1
	}
	return 0
}

// machine says where the figures come from.
func machine() string {
	model := "unknown processor"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if m := regexp.MustCompile(`(?m)^model name\s*: (.*)$`).FindSubmatch(info); m != nil {
			model = string(m[1])
		}
	}
	return fmt.Sprintf("%s, %d cores, %s/%s, %s, %s. Load at the start: %s", model, runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version(), time.Now().UTC().Format("2006-01-02"), load())
}

func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	fields := strings.Fields(string(text))
	return strings.Join(fields[:min(3, len(fields))], " ")
}
