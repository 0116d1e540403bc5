package engine

import (
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/spec"
)

// Block is the master switch in its off position: every write of the site is refused.
type Block struct {
	// By has blocked the writes, Since when, for what Reason.
	By     string    `json:"by"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"`
}

// SetBlock blocks all writes, or allows them again with nil. Before it returns, pulses have been
// written back and ramps have stopped; who waits for a release is refused.
func (e *Engine) SetBlock(b *Block) {
	e.block.Store(b)
	if b != nil {
		e.releases.refuseAll(func(*asked) *spec.Problem { return b.problem() })
		e.settle(swapGrace, "All writes were blocked.", nil)
	}
	e.writesChanged()
}

// problem is why a write is refused.
func (b *Block) problem() *spec.Problem {
	return &spec.Problem{Code: "writes_blocked", Message: fmt.Sprintf("All writes are blocked by %s: %s", b.By, b.Reason), Hint: "An administrator can allow them again."}
}
