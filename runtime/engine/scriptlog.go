package engine

import (
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// maxScriptLines is how many lines of all scripts are kept.
const maxScriptLines = 5000

// scriptLog keeps the newest lines.
type scriptLog struct {
	mu    sync.Mutex
	lines []ScriptLine // a ring; the oldest at first
	first int
	count uint64
	// lately bounds what one script writes: lines of this second by widget type.
	second int64
	lately map[string]int
}

// maxScriptRate is how many lines a widget type may write in a second; of the others it says that they were left out.
const maxScriptRate = 50

func (l *scriptLog) add(line ScriptLine) {
	l.mu.Lock()
	defer l.mu.Unlock()
	line.Time = time.Now()
	if now := line.Time.Unix(); now != l.second {
		l.second = now
		l.lately = map[string]int{}
	}
	key := line.Installation + "/" + line.Widget
	l.lately[key]++
	switch n := l.lately[key]; {
	case n > maxScriptRate:
		return
	case n == maxScriptRate:
		line.Kind, line.Problem = "refused", &spec.Problem{Code: "script_talks", Message: "The script writes too many lines; those of the rest of this second are left out.", Hint: "Write less often."}
		line.Text = line.Problem.Message
	}
	l.count++
	line.ID = l.count
	if len(l.lines) < maxScriptLines {
		l.lines = append(l.lines, line)
		return
	}
	l.lines[l.first] = line
	l.first = (l.first + 1) % len(l.lines)
}

// ScriptLog lists lines behind one, oldest first, at most limit of them: the newest when after is 0.
func (e *Engine) ScriptLog(installation, widget string, after uint64, limit int) []ScriptLine {
	l := &e.scripts.log
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []ScriptLine{}
	for i := range l.lines {
		line := l.lines[(l.first+i)%len(l.lines)]
		if line.ID > after && (installation == "" || line.Installation == installation) && (widget == "" || line.Widget == widget) {
			out = append(out, line)
			if after > 0 && len(out) == limit {
				return out
			}
		}
	}
	return out[max(0, len(out)-limit):]
}
