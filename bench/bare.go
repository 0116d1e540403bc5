package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"
)

func init() {
	register(row{
		order: 5, name: "bare",
		work: "the machine itself: 1,000 messages/s from one TCP connection, each passed on to one of 100 by a bare Go loop",
		must: "compare with the sparse row", peers: "2.4 when the other figures of this column were taken",
		measure: measureBare,
	})
	children["bare"] = passOn
}

// children are what this program does instead when started with a name as its first argument.
var children = map[string]func(args []string) error{}

const bareClients = 100

// passOn is the loop that is measured, in a process of its own: it takes connections on the
// address and passes on what the last of them sends.
func passOn(args []string) error {
	l, err := net.Listen("tcp", args[0])
	if err != nil {
		return err
	}
	var conns []net.Conn
	for range bareClients + 1 {
		c, err := l.Accept()
		if err != nil {
			return err
		}
		conns = append(conns, c)
	}
	in, out := make([]byte, 4096), make([]byte, 56)
	for n := 0; ; n++ {
		if _, err := conns[bareClients].Read(in); err != nil {
			return nil // the measuring is over
		}
		if _, err := conns[n%bareClients].Write(out); err != nil {
			return err
		}
	}
}

func measureBare(ctx context.Context, b *bench) (string, error) {
	port, err := freePort()
	if err != nil {
		return "", err
	}
	address := "127.0.0.1:" + strconv.Itoa(port)
	cmd := exec.CommandContext(ctx, os.Args[0], "bare", address)
	if err := cmd.Start(); err != nil {
		return "", err
	}
	defer func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }()
	var conns []net.Conn
	defer func() {
		for _, c := range conns {
			c.Close()
		}
	}()
	for len(conns) <= bareClients {
		err := wait(ctx, "the bare loop", func() (bool, error) {
			c, err := net.Dial("tcp", address)
			if err == nil {
				conns = append(conns, c)
			}
			return err == nil, err
		})
		if err != nil {
			return "", err
		}
	}
	for _, c := range conns[:bareClients] {
		go func() {
			buf := make([]byte, 4096)
			for {
				if _, err := c.Read(buf); err != nil {
					return
				}
			}
		}()
	}
	sent := 0
	before, err := cpuOf(cmd.Process.Pid)
	if err != nil {
		return "", err
	}
	every(ctx, b.seconds, time.Millisecond, func() {
		if _, err := conns[bareClients].Write(make([]byte, 40)); err == nil {
			sent++
		}
	})
	after, err := cpuOf(cmd.Process.Pid)
	if err != nil {
		return "", err
	}
	if sent == 0 {
		return "", fmt.Errorf("nothing was sent")
	}
	return fmt.Sprintf("**%.2f** CPU-s per 100,000", (after-before).Seconds()/float64(sent)*1e5), nil
}
