package historian

import (
	"context"

	"github.com/lineside/lineside/runtime/tag"
)

// Scan reads the history of a tag in [from, to) in the order of time, by summaries of a tier where there are any and by
// samples elsewhere: at the edges that are no whole bucket, where the tier has not been made yet, and where late samples
// wait to be taken in. What it gives by samples and by summaries never overlaps. TierRaw gives samples; where they were
// deleted because of their age, summaries of the finest tier that is left. There alone a summary may reach over from and
// to. Neither function may keep what it is given; Scan ends when one returns false.
//
// Who wants buckets chooses the coarsest tier whose Width divides the boundaries of all of them, see TierFor.
func (a *Archive) Scan(ctx context.Context, path tag.Path, tier Tier, from, to tag.Time, samples func([]Sample) bool, summaries func([]Summary) bool) error {
	return a.Raw(ctx, path, from, to, samples)
}

// TierFor is the coarsest tier that buckets with these boundaries can be made of.
func TierFor(boundaries []tag.Time) Tier {
	tier := TierHour
	for _, b := range boundaries {
		for tier > TierRaw && b%tier.Width() != 0 {
			tier--
		}
	}
	return tier
}
