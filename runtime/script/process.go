package script

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"time"

	"github.com/lineside/lineside/runtime/script/wire"
	"github.com/lineside/lineside/runtime/script/worker"
)

// patience is how much longer than its budget of CPU time a worker may take on a machine that is busy with something else.
const patience = 20

// fate is how a process ended.
type fate int

const (
	slow fate = iota // it did not answer
	died             // it ended by itself
)

var errSlow = errors.New("the process of the scripts does not answer")

// process is a worker.
type process struct {
	cmd    *exec.Cmd
	in     *os.File
	out    *os.File
	frames chan []byte
	ended  chan error // of reading, once
	timer  *time.Timer
	marker *worker.Marker
	fresh  bool // nothing was loaded into it
}

// start starts a worker.
func start(command []string) (*process, error) {
	if len(command) == 0 {
		self, err := os.Executable()
		if err != nil {
			return nil, err
		}
		command = []string{self, worker.Argument}
	}
	in, toWorker, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	fromWorker, out, err := os.Pipe()
	if err != nil {
		toWorker.Close()
		return nil, err
	}
	defer out.Close()
	p := &process{in: toWorker, out: fromWorker, frames: make(chan []byte), ended: make(chan error, 1), fresh: true}
	p.cmd = exec.Command(command[0], command[1:]...)
	p.cmd.Stdin, p.cmd.Stdout = in, out
	// Nothing of the environment is a script's business.
	p.cmd.Env = []string{"GOMAXPROCS=1", "GOMEMLIMIT=" + strconv.Itoa(worker.Memory*3/4), "GOTRACEBACK=none", "TZ=" + os.Getenv("TZ"), "ZONEINFO=" + os.Getenv("ZONEINFO")}
	if marker, file, err := worker.NewMarker(); err == nil {
		p.marker = marker
		if file != nil {
			p.cmd.ExtraFiles = []*os.File{file}
			defer file.Close()
		}
	}
	if err := p.cmd.Start(); err != nil {
		toWorker.Close()
		fromWorker.Close()
		p.marker.Close()
		return nil, fmt.Errorf("worker: %w", err)
	}
	p.timer = time.NewTimer(time.Hour)
	go p.read()
	return p, nil
}

// read hands frames over, each of which is whole until the next is taken, until the process is gone.
func (p *process) read() {
	r := bufio.NewReaderSize(p.out, 64<<10)
	var buffers [2][]byte
	for i := 0; ; i = 1 - i {
		var err error
		if buffers[i], err = wire.ReadFrame(r, buffers[i]); err != nil {
			p.ended <- err
			close(p.frames)
			return
		}
		p.frames <- buffers[i]
	}
}

// say writes a frame. A worker reads before it works, so that one that does not is as slow as one that does not answer.
func (p *process) say(body []byte) error {
	_ = p.in.SetWriteDeadline(time.Now().Add(5 * time.Second))
	return wire.WriteFrame(p.in, body)
}

// hear waits for a frame, as long as the process has not used so much CPU time since.
func (p *process) hear(budget time.Duration) (*wire.Reader, error) {
	began, used := time.Now(), spent(p.cmd.Process.Pid)
	wait := budget
	for {
		p.timer.Reset(wait)
		select {
		case body, ok := <-p.frames:
			if !ok {
				return nil, <-p.ended
			}
			return wire.NewReader(body), nil
		case <-p.timer.C:
			now := spent(p.cmd.Process.Pid)
			if now-used >= budget || time.Since(began) > patience*budget {
				return nil, errSlow
			}
			wait = max(budget-(now-used), 10*time.Millisecond)
		}
	}
}

// fate tells what an error of hear means.
func (p *process) fate(err error) fate {
	if err == nil || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, os.ErrClosed) {
		return died
	}
	return slow
}

// kill ends the process and waits until it is gone.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	p.in.Close()
	for range p.frames { // the reader may wait to hand something over
	}
	_ = p.cmd.Wait()
	p.out.Close()
	p.marker.Close()
	p.timer.Stop()
}
