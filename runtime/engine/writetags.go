package engine

import (
	"encoding/json"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/spec"
	"github.com/lineside/lineside/runtime/tag"
)

// writeTags are the tags of all writes, below system/writes, on which an alarm can hang.
type writeTags struct {
	mu    sync.Mutex
	slots []tag.Slot
	last  []tag.Value
	// failure is the last write that failed or whose outcome is unknown.
	failure tag.Value
}

// writeTag describes one of them.
type writeTag struct {
	path  tag.Path
	title spec.Text
	def   tag.Definition
	value func(e *Engine) tag.Value
}

var writeTagList = []writeTag{
	{"system/writes/blocked", spec.Text{"en": "Writes blocked", "zh": "写入已禁止"}, tag.Definition{Type: tag.Bool, Description: "Whether all writes of the site are blocked."}, func(e *Engine) tag.Value { return tag.OfBool(e.block.Load() != nil) }},
	{"system/writes/good", spec.Text{"en": "Good writes", "zh": "成功写入数"}, tag.Definition{Type: tag.Int, Description: "Writes that ended good since the start."}, func(e *Engine) tag.Value { return tag.OfInt(int64(e.counters.good.Load())) }},
	{"system/writes/failed", spec.Text{"en": "Failed writes", "zh": "失败写入数"}, tag.Definition{Type: tag.Int, Description: "Writes that were sent, or could not be, and failed since the start."}, func(e *Engine) tag.Value {
		// refused is counted first, so that it cannot be ahead.
		refused := e.counters.refused.Load()
		return tag.OfInt(max(0, int64(e.counters.failed.Load())-int64(refused)))
	}},
	{"system/writes/unknown", spec.Text{"en": "Unknown writes", "zh": "结果未知写入数"}, tag.Definition{Type: tag.Int, Description: "Writes that were sent but not confirmed since the start."}, func(e *Engine) tag.Value { return tag.OfInt(int64(e.counters.unknown.Load())) }},
	{"system/writes/refused", spec.Text{"en": "Refused writes", "zh": "被拒绝写入数"}, tag.Definition{Type: tag.Int, Description: "Writes that the gate has refused since the start."}, func(e *Engine) tag.Value { return tag.OfInt(int64(e.counters.refused.Load())) }},
	{"system/writes/lastFailure", spec.Text{"en": "Last failed write", "zh": "最近失败的写入"}, tag.Definition{Type: tag.JSON, Description: "The last write that failed or whose outcome is unknown: time, path, by, value, outcome, code, message; null when there was none."}, func(e *Engine) tag.Value { return e.writeTags.failure }},
	{"system/writes/waiting", spec.Text{"en": "Waiting for a second person", "zh": "等待第二人放行"}, tag.Definition{Type: tag.Int, Description: "Writes that wait for a second person."}, func(e *Engine) tag.Value { return tag.OfInt(int64(e.releases.count())) }},
	{"system/writes/ramps", spec.Text{"en": "Ramps", "zh": "斜坡数"}, tag.Definition{Type: tag.Int, Description: "Ramps on their way."}, func(e *Engine) tag.Value { return tag.OfInt(int64(e.operations.count(ModeRamp))) }},
}

// addWriteTags makes the tags; the table is new and has none of them.
func (e *Engine) addWriteTags() {
	e.writeTags.failure = tag.OfJSON("null")
	for _, t := range writeTagList {
		slot, err := e.table.Add(t.path, t.def)
		if err != nil {
			panic(err) // two of one path, a mistake in the list
		}
		e.writeTags.slots = append(e.writeTags.slots, slot)
		e.writeTags.last = append(e.writeTags.last, tag.Value{})
		e.entries[t.path] = &entry{slot: slot, kind: KindSystem, typ: t.def.Type, title: t.title}
	}
	e.publishWrites()
}

// publishWrites brings what has changed into the tags.
func (e *Engine) publishWrites() {
	w := &e.writeTags
	w.mu.Lock()
	defer w.mu.Unlock()
	now := tag.Now()
	var updates []tag.Update
	for i, t := range writeTagList {
		v := t.value(e)
		if v.Equal(w.last[i]) {
			continue
		}
		w.last[i] = v
		updates = append(updates, tag.Update{Slot: w.slots[i], Sample: tag.Sample{Value: v, Source: now, Server: now}})
	}
	if len(updates) > 0 {
		e.table.Apply(updates)
	}
}

// failure is what lastFailure and lastWriteFailure hold.
type failure struct {
	Time    time.Time       `json:"time"`
	Path    tag.Path        `json:"path"`
	By      string          `json:"by"`
	Value   json.RawMessage `json:"value"`
	Outcome string          `json:"outcome"`
	Code    string          `json:"code"`
	Message string          `json:"message"`
}

// count counts a write that was sent, and makes an event of one that did not end good.
func (e *Engine) count(j *journey, res WriteResult) {
	switch res.Outcome {
	case OutcomeGood:
		e.counters.good.Add(1)
	case OutcomeFailed:
		e.counters.failed.Add(1)
	default:
		e.counters.unknown.Add(1)
	}
	if res.Outcome != OutcomeGood {
		f := failure{Time: time.Now().UTC(), Path: j.request.Path, By: j.request.Actor.Name, Value: j.value.AppendJSON(nil), Outcome: res.Outcome}
		if res.Problem != nil {
			f.Code, f.Message = res.Problem.Code, res.Problem.Message
		}
		raw, err := json.Marshal(f)
		if err != nil {
			e.log.Error("failed write not told", "path", f.Path, "error", err)
			raw = []byte("null")
		}
		v := tag.OfJSON(string(raw))
		e.writeTags.mu.Lock()
		e.writeTags.failure = v
		e.writeTags.mu.Unlock()
		if j.entry != nil && j.entry.device != "" {
			e.mu.RLock()
			d := e.devices[j.entry.device]
			e.mu.RUnlock()
			if d != nil {
				d.writeFailed(v)
			}
		}
	}
	e.publishWrites()
}

func (s *releases) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.by)
}

func (s *operations) count(mode string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, o := range s.by {
		if o.mode == mode {
			n++
		}
	}
	return n
}

// settleChanged ends pulses and ramps of tags that a new plant takes away, moves to another device
// or address, or makes read-only, while their device can still be reached.
func (e *Engine) settleChanged(b *plantBuild) {
	e.settle(swapGrace, "The plant was changed.", func(o *operation) bool {
		was, ok := e.lookup(o.path)
		now := b.tag(o.path)
		if !ok || now == nil || now.gate == nil || now.kind != was.kind || now.typ != was.typ {
			return true
		}
		if was.kind != KindDevice {
			return false
		}
		d, next := e.devices[was.device], b.devices[now.doc.Device]
		return d == nil || next == nil || was.device != now.doc.Device || !sameConnection(d, next) || !sameSource(was, now, nil)
	})
}
