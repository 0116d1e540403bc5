package connector

import (
	"context"
	"time"
)

// margin is how long before its context a request ends by Within.
const margin = 50 * time.Millisecond

// Within ends a context after d, and a little before ctx itself ends: so that it is one request
// that goes unanswered, and not the device that is lost.
func Within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	if end, ok := ctx.Deadline(); ok {
		d = min(d, max(time.Until(end)-margin, margin))
	}
	return context.WithTimeout(ctx, d)
}
