// Package lastvalue keeps the last value of every tag of a device in one file, so that a runtime
// that was killed begins with what it showed last. Values are written in place: what a value costs
// is its own bytes once a second at most, however often it changes, and the kernel gathers the rest.
package lastvalue

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"sync"

	"github.com/lineside/lineside/runtime/tag"
)

// The file: magic, then for every tag a head (length of the path, type, room for data), the path and a
// cell (CRC-32C over the rest of the cell, quality, source time, length of the data, data). Numbers are
// little-endian.
const (
	magic    = "LSLAST1\n"
	headSize = 2 + 1 + 4
	cellSize = 4 + 4 + 8 + 4
	// numberRoom is the room of a bool or number, textRoom the first room of the rest, which grows by doubling.
	numberRoom = 8
	textRoom   = 64
)

// Limits: longer values are not kept, and a larger file is not read.
const (
	MaxValue = 16 << 10
	MaxFile  = 1 << 30
)

// gap is how many bytes that did not change are written along between two that did, to save calls.
const gap = 4 << 10

var table = crc32.MakeTable(crc32.Castagnoli)

// Name is a tag that has a place in the file.
type Name struct {
	Path tag.Path
	Type tag.Type
}

// cell is the place of one tag in the buffer.
type cell struct {
	name  Name
	at    int // of the cell
	room  int // for data
	taken bool
}

// File is the file and, in memory, what it holds. Its methods may be called from any goroutine.
type File struct {
	name string

	mu     sync.Mutex
	file   *os.File
	buffer []byte
	cells  []cell
	index  map[tag.Path]int
	dirty  []span
	// anew: the layout has changed, and the whole file is to be written.
	anew bool
}

type span struct{ from, to int }

// Open reads the file, or begins without values when there is none. What is damaged is left out.
func Open(name string) (*File, error) {
	f := &File{name: name, index: map[tag.Path]int{}}
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return f, nil
	case err != nil:
		return nil, fmt.Errorf("last values: %w", err)
	case info.Size() > MaxFile:
		return f, nil
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("last values: %w", err)
	}
	f.buffer, f.cells = parse(data)
	for i := range f.cells {
		f.index[f.cells[i].name.Path] = i
	}
	return f, nil
}

// parse finds the cells of a file, as far as it can be followed.
func parse(data []byte) (buffer []byte, cells []cell) {
	if !bytes.HasPrefix(data, []byte(magic)) {
		return nil, nil
	}
	at := len(magic)
	for at+headSize <= len(data) {
		path := int(binary.LittleEndian.Uint16(data[at:]))
		typ := tag.Type(data[at+2])
		room := binary.LittleEndian.Uint32(data[at+3:])
		begin := at + headSize + path
		if room > MaxValue || begin+cellSize+int(room) > len(data) {
			break
		}
		p, err := tag.ParsePath(string(data[at+headSize : begin]))
		if err != nil {
			break
		}
		cells = append(cells, cell{name: Name{p, typ}, at: begin, room: int(room)})
		at = begin + cellSize + int(room)
	}
	return data[:at], cells
}

// Take gives the value that a tag had when the file was opened, once. The quality is that of then.
func (f *File) Take(path tag.Path) (tag.Sample, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	i, ok := f.index[path]
	if !ok || f.cells[i].taken {
		return tag.Sample{}, false
	}
	f.cells[i].taken = true
	return f.read(&f.cells[i])
}

// read decodes a cell; false when it holds nothing or was torn.
func (f *File) read(c *cell) (s tag.Sample, ok bool) {
	b := f.buffer[c.at : c.at+cellSize+c.room]
	n := int(binary.LittleEndian.Uint32(b[16:]))
	if n > c.room || n == 0 && c.name.Type.IsNumber() {
		return s, false
	}
	if crc32.Checksum(b[4:cellSize+n], table) != binary.LittleEndian.Uint32(b) {
		return s, false
	}
	data := b[cellSize : cellSize+n]
	switch c.name.Type {
	case tag.Bool, tag.Int, tag.Float:
		if n != numberRoom {
			return s, false
		}
		bits := binary.LittleEndian.Uint64(data)
		switch c.name.Type {
		case tag.Bool:
			s.Value = tag.OfBool(bits != 0)
		case tag.Int:
			s.Value = tag.OfInt(int64(bits))
		default:
			s.Value = tag.OfFloat(math.Float64frombits(bits))
		}
	case tag.String:
		s.Value = tag.OfString(string(data))
	case tag.Bytes:
		s.Value = tag.OfBytes(data)
	case tag.JSON:
		s.Value = tag.OfJSON(string(data))
	default:
		return s, false
	}
	s.Quality = tag.Quality(binary.LittleEndian.Uint32(b[4:]))
	s.Source = tag.Time(binary.LittleEndian.Uint64(b[8:]))
	return s, true
}

// Arrange gives places to tags, in their order; Put goes by these. Tags that had one keep their
// values, unless their type has changed.
func (f *File) Arrange(names []Name) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.same(names) {
		return
	}
	rooms := make([]int, len(names))
	for i, n := range names {
		rooms[i] = textRoom
		if n.Type.IsNumber() || n.Type == tag.Bool {
			rooms[i] = numberRoom
		}
	}
	f.lay(names, rooms)
}

func (f *File) same(names []Name) bool {
	if len(names) != len(f.cells) {
		return false
	}
	for i := range names {
		if names[i] != f.cells[i].name {
			return false
		}
	}
	return true
}

// lay makes the buffer anew and takes the cells over that were there.
func (f *File) lay(names []Name, rooms []int) {
	size := len(magic)
	for i, n := range names {
		if old, ok := f.index[n.Path]; ok && f.cells[old].name.Type == n.Type {
			rooms[i] = max(rooms[i], f.cells[old].room)
		}
		size += headSize + len(n.Path) + cellSize + rooms[i]
	}
	buffer := make([]byte, size)
	cells := make([]cell, len(names))
	index := make(map[tag.Path]int, len(names))
	at := copy(buffer, magic)
	for i, n := range names {
		binary.LittleEndian.PutUint16(buffer[at:], uint16(len(n.Path)))
		buffer[at+2] = byte(n.Type)
		binary.LittleEndian.PutUint32(buffer[at+3:], uint32(rooms[i]))
		at += headSize
		at += copy(buffer[at:], n.Path)
		cells[i] = cell{name: n, at: at, room: rooms[i]}
		if old, ok := f.index[n.Path]; ok && f.cells[old].name.Type == n.Type {
			was := &f.cells[old]
			copy(buffer[at:], f.buffer[was.at:was.at+cellSize+was.room])
			cells[i].taken = was.taken
		}
		index[n.Path] = i
		at += cellSize + rooms[i]
	}
	f.buffer, f.cells, f.index, f.dirty, f.anew = buffer, cells, index, f.dirty[:0], true
}

// Put keeps the sample of the tag at a place of Arrange. It reaches the file with Flush.
func (f *File) Put(place int, s tag.Sample) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if place < 0 || place >= len(f.cells) || f.cells[place].name.Type != s.Value.Type() {
		return
	}
	n := numberRoom
	switch s.Value.Type() {
	case tag.String, tag.Bytes, tag.JSON:
		if n = len(s.Value.Text()); n > MaxValue {
			return
		}
	}
	if n > f.cells[place].room {
		f.grow(place, n)
	}
	c := &f.cells[place]
	c.taken = true
	b := f.buffer[c.at : c.at+cellSize+c.room]
	binary.LittleEndian.PutUint32(b[4:], uint32(s.Quality))
	binary.LittleEndian.PutUint64(b[8:], uint64(s.Source))
	binary.LittleEndian.PutUint32(b[16:], uint32(n))
	switch s.Value.Type() {
	case tag.Bool:
		bits := uint64(0)
		if s.Value.Bool() {
			bits = 1
		}
		binary.LittleEndian.PutUint64(b[cellSize:], bits)
	case tag.Int:
		binary.LittleEndian.PutUint64(b[cellSize:], uint64(s.Value.Int()))
	case tag.Float:
		binary.LittleEndian.PutUint64(b[cellSize:], math.Float64bits(s.Value.Float()))
	default:
		copy(b[cellSize:], s.Value.Text())
	}
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:cellSize+n], table))
	f.touch(span{c.at, c.at + cellSize + n})
}

// grow gives a tag more room.
func (f *File) grow(place, n int) {
	names, rooms := make([]Name, len(f.cells)), make([]int, len(f.cells))
	for i := range f.cells {
		names[i], rooms[i] = f.cells[i].name, f.cells[i].room
	}
	for rooms[place] < n {
		rooms[place] *= 2
	}
	rooms[place] = min(rooms[place], MaxValue)
	f.lay(names, rooms)
}

// touch notes what has changed; what lies close together is one.
func (f *File) touch(s span) {
	if f.anew {
		return
	}
	if n := len(f.dirty); n > 0 {
		if last := &f.dirty[n-1]; s.from <= last.to+gap && s.to >= last.from-gap {
			last.from, last.to = min(last.from, s.from), max(last.to, s.to)
			return
		}
	}
	f.dirty = append(f.dirty, s)
}

// Flush brings what has changed to the file. After an error the next Flush writes everything.
func (f *File) Flush() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.anew {
		return f.rewrite()
	}
	if len(f.dirty) == 0 {
		return nil
	}
	if f.file == nil {
		file, err := os.OpenFile(f.name, os.O_WRONLY, 0o600)
		if err != nil {
			return f.rewrite() // it is gone: make it again
		}
		f.file = file
	}
	for _, s := range f.dirty {
		if _, err := f.file.WriteAt(f.buffer[s.from:s.to], int64(s.from)); err != nil {
			f.anew = true
			return fmt.Errorf("last values: %w", err)
		}
	}
	f.dirty = f.dirty[:0]
	return nil
}

// rewrite puts a new file in the place of the old one, whole or not at all.
func (f *File) rewrite() error {
	f.closeFile()
	f.anew = true
	temporary, err := os.CreateTemp(filepath.Dir(f.name), filepath.Base(f.name)+".*.tmp")
	if err != nil {
		return fmt.Errorf("last values: %w", err)
	}
	_, err = temporary.Write(f.buffer)
	if err == nil {
		err = temporary.Sync()
	}
	if e := temporary.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(temporary.Name(), f.name)
	}
	if err != nil {
		_ = os.Remove(temporary.Name())
		return fmt.Errorf("last values: %w", err)
	}
	f.anew, f.dirty = false, f.dirty[:0]
	return nil
}

func (f *File) closeFile() {
	if f.file != nil {
		_ = f.file.Close()
		f.file = nil
	}
}

// Close flushes and lets the file go.
func (f *File) Close() error {
	err := f.Flush()
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closeFile()
	return err
}
