package session

import (
	"bytes"

	"github.com/lineside/lineside/runtime/auth"
)

// WritesOf tells an actor what is blocked, asked for and under way, in a language.
func WritesOf(e Engine, actor auth.Actor, lang string) WritesNow {
	w := e.Writes(actor)
	var out WritesNow
	if b := w.Block; b != nil {
		out.Blocked = &Blocked{By: b.By, Since: b.Since.UnixMilli(), Reason: b.Reason}
	}
	for _, a := range w.Asked {
		one := AskedWrite{ID: a.ID, Tag: string(a.Path), Title: a.Title.In(lang), Value: a.Value, Mode: a.Mode, Reason: a.Reason, By: a.By, Asked: a.Asked.UnixMilli(), Until: a.Until.UnixMilli(), Mine: a.Mine}
		if m, ok := e.Meta(a.Path, actor.Rights, lang); ok {
			one.Unit = m.Unit
		}
		out.Asked = append(out.Asked, one)
	}
	for _, r := range w.Ramps {
		out.Ramps = append(out.Ramps, Ramp{Tag: string(r.Path), Target: r.Target, Began: r.Began.UnixMilli(), Until: r.Until.UnixMilli(), By: r.By})
	}
	return out
}

// nothingToTell is the frame of a runtime in which nobody waits.
var nothingToTell = encodeJSON(Writes{Op: "writes"})

// tellWrites sends what has changed of the writes since the client was told last.
func (c *conn) tellWrites() {
	frame := encodeJSON(Writes{Op: "writes", WritesNow: WritesOf(c.hub.engine, c.actor, c.language())})
	c.mu.Lock()
	same := bytes.Equal(frame, c.told) || c.told == nil && bytes.Equal(frame, nothingToTell)
	c.told = frame
	c.mu.Unlock()
	if !same {
		c.send(frame)
	}
}
