package historian

import (
	"errors"
	"sort"
	"sync"
	"time"

	"github.com/lineside/lineside/runtime/tag"
)

// State is how the history fares.
type State struct {
	Counts
	// Pending samples wait in memory and journal, Text is how many bytes of texts are among them.
	Pending, Text int
	Series        int
	// Damaged is how many rows were found that cannot be read.
	Damaged int
	// Failure is why the last write failed, nil when it did not.
	Failure error
}

// State tells how the history fares.
func (a *Archive) State() State {
	a.mu.RLock()
	defer a.mu.RUnlock()
	out := State{Counts: a.counts, Pending: a.count, Text: a.text, Series: len(a.ids), Failure: errors.Join(a.failure, a.journalFailure)}
	a.damaged.Range(func(any, any) bool { out.Damaged++; return true })
	return out
}

// Damage is a row that cannot be read any more.
type Damage struct {
	// Tag is the path of its tag; the row begins at Start and reaches ten minutes.
	Tag   tag.Path
	Start tag.Time
}

// maxDamages is how many damages are listed.
const maxDamages = 1000

// Damages lists rows that were found to be damaged since the start, by tag and time.
func (a *Archive) Damages() []Damage {
	a.mu.RLock()
	defer a.mu.RUnlock()
	var out []Damage
	a.damaged.Range(func(key, _ any) bool {
		k := key.([2]int64)
		out = append(out, Damage{a.paths[k[0]], tag.Time(k[1])})
		return len(out) < maxDamages
	})
	sort.Slice(out, func(i, j int) bool {
		return out[i].Tag < out[j].Tag || out[i].Tag == out[j].Tag && out[i].Start < out[j].Start
	})
	return out
}

// complaints keep a failure that lasts from filling the log.
type complaints struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// complainEvery is how often the same failure is told.
const complainEvery = time.Minute

// complain logs a failure, seldom when it goes on.
func (a *Archive) complain(what string, err error) {
	a.told.mu.Lock()
	defer a.told.mu.Unlock()
	if last, ok := a.told.last[what]; ok && time.Since(last) < complainEvery {
		return
	}
	if a.told.last == nil {
		a.told.last = map[string]time.Time{}
	}
	a.told.last[what] = time.Now()
	a.log.Error(what, "error", err)
}
