package engine

import (
	"context"
	"errors"
	"fmt"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// mergeBit reads the word of a bit that is to be written, and makes of the order one for the whole
// word. No other write of this runtime comes in between; what the device itself changes between the
// read and the write is lost, which no protocol without a bit write can prevent.
func (s *service) mergeBit(ctx context.Context, o *order) error {
	var got []connector.Update
	err := s.device.call(ctx, s.conn, s.plan.timeout, func(ctx context.Context) error {
		for _, r := range s.conn.Plan([]connector.Point{o.point}) {
			var err error
			if got, err = r.Read(ctx, got); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, u := range got {
		if u.Point != o.point.ID {
			continue
		}
		v := u.Sample.Value
		if v.Type() != tag.Int && !v.IsNone() {
			if v, err = v.Convert(tag.Int); err != nil {
				return &connector.StatusError{Quality: tag.BadTypeMismatch, Message: "the word is not a whole number"}
			}
		}
		if u.Sample.Quality.IsBad() || v.IsNone() {
			return &connector.StatusError{Quality: u.Sample.Quality, Message: "the word cannot be read: " + u.Sample.Quality.String()}
		}
		o.value, o.whole = withBit(v.Int(), o.source.bit, o.value.Bool())
		return nil
	}
	return &connector.StatusError{Quality: tag.BadNoData, Message: "the word was not read"}
}

// withBit sets one bit of a word. The highest bit of a signed word is its sign, and what is known of
// the word is its value only: the second is the word to write when the device says that the first
// does not fit.
func withBit(word int64, bit int, on bool) (value, signed tag.Value) {
	next := word &^ (1 << bit)
	if on {
		next = word | 1<<bit
	}
	if next == word || bit == 63 {
		return tag.OfInt(next), tag.Value{}
	}
	if on {
		return tag.OfInt(next), tag.OfInt(next - 1<<(bit+1))
	}
	return tag.OfInt(next), tag.OfInt(next + 1<<(bit+1))
}

// notSent ends an order that failed before anything was sent.
func (s *service) notSent(o *order, err error) error {
	d := s.device
	d.errors.Add(1)
	d.counters.errors.Add(1)
	var panicked *panicError
	lost := errors.Is(err, connector.ErrNotConnected) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, &panicked)
	var refused *connector.StatusError
	if errors.As(err, &refused) {
		o.done <- err
	} else {
		// Whatever the read was, the write has no unknown end.
		o.done <- fmt.Errorf("the word could not be read first: %s", err)
	}
	if lost {
		return err
	}
	d.note(err)
	return nil
}
