// Package line opens serial lines for the connectors that speak over one. A line has one
// owner in this program; whoever wants to share it shares what he makes of it.
//
// Ports are set up by go.bug.st/serial. Its own reading is used only where the operating
// system offers nothing better: it cannot be ended without a race, and panics in a program
// that has more than 1,024 files open.
package line

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"go.bug.st/serial"
)

// Mode is how a line is set up.
type Mode struct {
	// Device is the name of the port: /dev/ttyUSB0, /dev/serial/by-id/…, COM3.
	Device string
	// Baud is the number of bits a second, DataBits 5 to 8.
	Baud, DataBits int
	// Parity is none, even or odd.
	Parity string
	// StopBits is 1 or 2.
	StopBits int
}

// String is the mode as it is commonly written: "/dev/ttyUSB0 19200 8E1".
func (m Mode) String() string {
	parity := "N"
	if m.Parity != "none" && m.Parity != "" {
		parity = strings.ToUpper(m.Parity[:1])
	}
	return fmt.Sprintf("%s %d %d%s%d", m.Device, m.Baud, m.DataBits, parity, m.StopBits)
}

// Air is how long n characters take on the line, each with its start, parity and stop bits.
func (m Mode) Air(n int) time.Duration {
	bits := 1 + m.DataBits + m.StopBits
	if m.Parity != "none" && m.Parity != "" {
		bits++
	}
	return time.Duration(n*bits) * time.Second / time.Duration(m.Baud)
}

// Port is an open line. Read, Write and Close may be called at the same time; Close ends
// what is under way. An error of Read or Write other than os.ErrDeadlineExceeded means that
// the line is gone.
type Port interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	// SetDeadline and SetReadDeadline are those of net.Conn.
	SetDeadline(t time.Time) error
	SetReadDeadline(t time.Time) error
	Close() error
}

// lines are those that this program has open, by Canonical.
var (
	mu    sync.Mutex
	lines = map[string]Mode{}
)

// Canonical is the name under which a port is known, whichever of its names was given.
func Canonical(device string) string {
	if real, err := filepath.EvalSymlinks(device); err == nil {
		device = real
	}
	return canonicalCase(device)
}

// Open opens a line. The error says what is wrong with it, and which ports there are.
func Open(m Mode) (Port, error) {
	name := Canonical(m.Device)
	mu.Lock()
	defer mu.Unlock()
	if other, taken := lines[name]; taken {
		return nil, fmt.Errorf("open %s: another device has it open as %s", m, other)
	}
	mode := &serial.Mode{BaudRate: m.Baud, DataBits: m.DataBits}
	switch m.Parity {
	case "even":
		mode.Parity = serial.EvenParity
	case "odd":
		mode.Parity = serial.OddParity
	}
	if m.StopBits == 2 {
		mode.StopBits = serial.TwoStopBits
	}
	p, err := open(m.Device, mode)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", m, explain(err))
	}
	lines[name] = m
	return &owned{Port: p, name: name}, nil
}

// owned gives the line back when it is closed.
type owned struct {
	Port
	name string
	once sync.Once
}

func (p *owned) Close() error {
	err := error(nil)
	p.once.Do(func() {
		err = p.Port.Close()
		mu.Lock()
		defer mu.Unlock()
		delete(lines, p.name)
	})
	return err
}

// explain adds to an error what a person can do about it.
func explain(err error) error {
	var e *serial.PortError
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.As(err, &e) && e.Code() == serial.PortNotFound:
		if ports := Ports(); len(ports) > 0 {
			return fmt.Errorf("%w; this computer has %s", err, strings.Join(ports, ", "))
		}
		return fmt.Errorf("%w; this computer has no serial port", err)
	case errors.Is(err, fs.ErrPermission), errors.As(err, &e) && e.Code() == serial.PermissionDenied:
		return fmt.Errorf("%w; add the user of Lineside to the group that owns the port, commonly dialout", err)
	case errors.As(err, &e) && e.Code() == serial.InvalidSpeed:
		return fmt.Errorf("%w; the port does not know this baud rate", err)
	}
	return err
}

// Ports lists the serial ports of this computer, at most twelve.
func Ports() []string {
	ports, err := serial.GetPortsList()
	if err != nil {
		return nil
	}
	return ports[:min(len(ports), 12)]
}
