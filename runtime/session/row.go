package session

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/lineside/lineside/runtime/tag"
)

// appendRow appends one row of a Values frame of time t (ms), as wire.go describes it.
func appendRow(dst []byte, slot int, s *tag.Sample, t int64) []byte {
	quality := s.Quality
	broken := s.Value.Type() == tag.JSON && !json.Valid([]byte(s.Value.String()))
	if broken && !quality.IsBad() {
		// One text that is not JSON must not break the frame of everybody.
		quality = tag.BadDecodingError
	}
	dst = append(dst, '[')
	dst = strconv.AppendInt(dst, int64(slot), 10)
	dst = append(dst, ',')
	if quality.IsBad() {
		dst = append(dst, "null"...)
	} else {
		dst = s.Value.AppendJSON(dst)
	}
	source := s.Source
	if source == 0 {
		source = s.Server
	}
	ms := source.Milli()
	late := source != 0 && (ms-t > TimeTolerance || t-ms > TimeTolerance)
	if quality != tag.Good || late {
		dst = append(dst, ',')
		dst = strconv.AppendUint(dst, uint64(quality), 10)
	}
	if late {
		dst = append(dst, ',')
		dst = strconv.AppendInt(dst, ms, 10)
	}
	return append(dst, ']')
}

// appendHead begins a Values frame up to its first row; appendTail ends it.
func appendHead(dst []byte, view int, t int64) []byte {
	dst = append(dst, `{"op":"values","view":`...)
	dst = strconv.AppendInt(dst, int64(view), 10)
	dst = append(dst, `,"t":`...)
	dst = strconv.AppendInt(dst, t, 10)
	return append(dst, `,"v":[`...)
}

func appendTail(dst []byte) []byte { return append(dst, "]}"...) }

// MarshalJSON writes [slot, path].
func (w WatchSlot) MarshalJSON() ([]byte, error) {
	path, err := json.Marshal(w.Path)
	if err != nil {
		return nil, err
	}
	dst := append(make([]byte, 0, len(path)+8), '[')
	dst = strconv.AppendInt(dst, int64(w.Slot), 10)
	dst = append(dst, ',')
	dst = append(dst, path...)
	return append(dst, ']'), nil
}

// UnmarshalJSON reads [slot, path].
func (w *WatchSlot) UnmarshalJSON(data []byte) error {
	var pair []json.RawMessage
	if err := json.Unmarshal(data, &pair); err != nil {
		return err
	}
	if len(pair) != 2 {
		return fmt.Errorf("slot with %d parts, want [slot, path]", len(pair))
	}
	if err := json.Unmarshal(pair[0], &w.Slot); err != nil {
		return err
	}
	return json.Unmarshal(pair[1], &w.Path)
}
