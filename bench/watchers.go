package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"github.com/gorilla/websocket"
)

// watchers are live connections that count what they get.
type watchers struct {
	values, bytes, frames atomic.Int64
	// each, if set, is called with every frame.
	each  func(frame []byte)
	socks []*websocket.Conn
	done  sync.WaitGroup
}

// add connects one, sends its request, waits for the reply and counts from then on.
func (w *watchers) add(s *server, request any) error {
	ws, err := s.live()
	if err != nil {
		return err
	}
	w.socks = append(w.socks, ws)
	if err := ws.WriteJSON(request); err != nil {
		return err
	}
	_, data, err := ws.ReadMessage()
	if err != nil {
		return err
	}
	var reply struct {
		OK    bool
		Error json.RawMessage
	}
	if err := json.Unmarshal(data, &reply); err != nil || !reply.OK {
		return fmt.Errorf("reply %.300s: %v", data, err)
	}
	w.done.Go(func() {
		var buf bytes.Buffer
		for {
			_, r, err := ws.NextReader()
			if err != nil {
				return
			}
			buf.Reset()
			if _, err := io.Copy(&buf, r); err != nil {
				return
			}
			frame := buf.Bytes()
			if !bytes.HasPrefix(frame, []byte(`{"op":"values"`)) {
				continue
			}
			w.frames.Add(1)
			w.bytes.Add(int64(len(frame)))
			w.values.Add(int64(bytes.Count(frame, []byte("],[")) + 1))
			if w.each != nil {
				w.each(frame)
			}
		}
	})
	return nil
}

func (w *watchers) close() {
	for _, ws := range w.socks {
		ws.Close()
	}
	w.done.Wait()
}

func watchRequest(tags []string) map[string]any {
	return map[string]any{"id": 1, "op": "watch", "tags": tags}
}
