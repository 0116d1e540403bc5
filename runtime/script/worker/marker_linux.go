package worker

import (
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// markerFile is the file that a worker shares with its host, after the standard three.
const markerFile = 3

// Marker is a number in memory that a worker shares with its host: which call it is at, from 1. It is still there when the
// worker is not. A nil Marker holds nothing.
type Marker struct {
	memory []byte
	number *atomic.Uint32
}

// NewMarker makes a marker, and the file by which a worker finds it.
func NewMarker() (*Marker, *os.File, error) {
	fd, err := unix.MemfdCreate("marker", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, nil, err
	}
	f := os.NewFile(uintptr(fd), "marker")
	if err := f.Truncate(int64(os.Getpagesize())); err != nil {
		f.Close()
		return nil, nil, err
	}
	m, err := mapMarker(fd)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return m, f, nil
}

func mapMarker(fd int) (*Marker, error) {
	memory, err := unix.Mmap(fd, 0, os.Getpagesize(), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, err
	}
	return &Marker{memory, (*atomic.Uint32)(unsafe.Pointer(&memory[0]))}, nil
}

// openMarker finds the marker of the host; nil when there is none.
func openMarker() *Marker {
	m, err := mapMarker(markerFile)
	if err != nil {
		return nil
	}
	return m
}

// Set marks a call.
func (m *Marker) Set(n uint32) {
	if m != nil {
		m.number.Store(n)
	}
}

// Get is the call that was marked last.
func (m *Marker) Get() uint32 {
	if m == nil {
		return 0
	}
	return m.number.Load()
}

// Close gives the memory back.
func (m *Marker) Close() {
	if m != nil {
		_ = unix.Munmap(m.memory)
		m.number = new(atomic.Uint32)
	}
}
