// Package peer starts servers that are not ours, for tests: pymodbus, libmodbus's
// misbehaving test server, npm modbus-serial, Mosquitto. All listen on free ports of
// 127.0.0.1 and end with the test. A peer that is not installed fails the test with
// one line that names the Debian package.
package peer

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"
)

// Wait is how long a peer may take to start, and to answer a command.
const Wait = 30 * time.Second

// Root is the folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("peer: the place of the source is not known")
	}
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// FreePort is a TCP port that nobody listened on a moment ago. It lies below the ports that
// Linux gives to outgoing connections (from 32768 on), so that none of those takes it
// before the peer does, and is drawn at random, so that two tests hardly ever draw the same.
func FreePort(t testing.TB) int {
	t.Helper()
	return freePort(t, func(address string) (io.Closer, error) { return net.Listen("tcp", address) })
}

// freeUDPPort is the same for UDP.
func freeUDPPort(t testing.TB) int {
	t.Helper()
	return freePort(t, func(address string) (io.Closer, error) { return net.ListenPacket("udp", address) })
}

func freePort(t testing.TB, listen func(address string) (io.Closer, error)) int {
	t.Helper()
	const first, last = 12000, 32000
	var err error
	for range 100 {
		port := first + rand.IntN(last-first)
		var l io.Closer
		if l, err = listen(fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatalf("peer: no free port: %v", err)
	return 0
}

// Await polls until done says true and fails the test after Wait.
func Await(t testing.TB, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(Wait); !done(); time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited %v for %s", Wait, what)
		}
	}
}

// need finds a program or fails with the package that has it.
func need(t testing.TB, program, debian string) string {
	t.Helper()
	for _, dir := range []string{"", "/usr/sbin/", "/usr/bin/"} {
		if path, err := exec.LookPath(dir + program); err == nil {
			return path
		}
	}
	t.Fatalf("%s is missing: install the Debian package %s", program, debian)
	return ""
}

// Process is a program that the test started. Its output goes to the test's log when the
// test fails.
type Process struct {
	t     testing.TB
	cmd   *exec.Cmd
	stdin io.WriteCloser
	lines chan string // of standard output
	ended chan struct{}

	mu  sync.Mutex
	log []string
}

// start runs a program until the test ends or Kill.
func start(t testing.TB, cmd *exec.Cmd) *Process {
	t.Helper()
	p := &Process{t: t, cmd: cmd, lines: make(chan string, 1000), ended: make(chan struct{})}
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.stdin = stdin
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	var reading sync.WaitGroup
	read := func(r io.Reader, to chan<- string) {
		for s := bufio.NewScanner(r); s.Scan(); {
			p.note(s.Text())
			if to != nil {
				select {
				case to <- s.Text():
				default: // nobody asks for that much
				}
			}
		}
	}
	reading.Go(func() { read(stdout, p.lines) })
	reading.Go(func() { read(stderr, nil) })
	go func() {
		reading.Wait()
		_ = cmd.Wait() // how it ended is in the log
		close(p.ended)
	}()
	t.Cleanup(func() {
		p.Kill()
		if t.Failed() {
			p.mu.Lock()
			defer p.mu.Unlock()
			t.Logf("%s:\n%s", filepath.Base(cmd.Path), strings.Join(p.log, "\n"))
		}
	})
	return p
}

func (p *Process) note(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.log) < 200 {
		p.log = append(p.log, line)
	}
}

// said reports whether the program has printed text.
func (p *Process) said(text string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.log {
		if strings.Contains(l, text) {
			return true
		}
	}
	return false
}

// Kill ends the program as a power cut would and waits until it is gone.
func (p *Process) Kill() {
	_ = p.cmd.Process.Kill() // it may have ended already
	<-p.ended
}

// ask sends one line and returns the next line of standard output.
func (p *Process) ask(line string) string {
	p.t.Helper()
	if _, err := fmt.Fprintln(p.stdin, line); err != nil {
		p.t.Fatalf("ask %q: %v", line, err)
	}
	return p.next(line)
}

// next is the next line of standard output; asked is for the message when there is none.
func (p *Process) next(asked string) string {
	p.t.Helper()
	line := asked
	select {
	case answer := <-p.lines:
		return answer
	case <-p.ended:
		p.t.Fatalf("ask %q: the program has ended", line)
	case <-time.After(Wait):
		p.t.Fatalf("ask %q: no answer", line)
	}
	return ""
}

// listening waits until somebody accepts connections on the port.
func (p *Process) listening(port int) {
	p.t.Helper()
	Await(p.t, fmt.Sprintf("%s to listen", filepath.Base(p.cmd.Path)), func() bool {
		select {
		case <-p.ended:
			p.t.Fatalf("%s ended while starting: %s", filepath.Base(p.cmd.Path), strings.Join(p.log, " · "))
		default:
		}
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", port), time.Second)
		if err != nil {
			return false
		}
		conn.Close()
		return true
	})
}

// writeFile writes a file of the test's temporary folder and returns its path.
func writeFile(t testing.TB, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}
