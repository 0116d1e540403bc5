package engine

import (
	"context"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
)

// eventBatch is how many lines of the journal are handed over at once.
const eventBatch = 500

// AlarmEvents hands over what becomes of alarms, one line of the journal each, in the order in which it was written down and
// only once it was: first all that came after the line with the ID after (from now on when after is below 0), then what
// comes, until ctx ends or take fails. Who remembers the ID of the last line that it has dealt with, and gives it as after, goes
// on after a restart where it was, with nothing left out and nothing told twice.
//
// take gets at most 500 lines at a time, which it must not keep. While it works nothing waits for it but itself.
func (e *Engine) AlarmEvents(ctx context.Context, after int64, take func(context.Context, []alarm.Entry) error) error {
	v := &e.alarms
	if v.keeper == nil {
		<-ctx.Done()
		return ctx.Err()
	}
	for after < 0 {
		last, err := v.keeper.LastAlarm(ctx)
		if err == nil {
			after = last
			break
		}
		e.log.Error("the alarm journal cannot be read", "error", err)
		if !pauseFor(ctx, alarmRetry) {
			return ctx.Err()
		}
	}
	for {
		told := v.told.wait()
		list, err := v.keeper.AlarmsAfter(ctx, after, eventBatch)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			e.log.Error("the alarm journal cannot be read", "error", err)
			if !pauseFor(ctx, alarmRetry) {
				return ctx.Err()
			}
		case len(list) > 0:
			if err := take(ctx, list); err != nil {
				return err
			}
			after = list[len(list)-1].ID
		default:
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-told:
			}
		}
	}
}

// AlarmNow is an alarm as it stands now, also one that is normal; false when the plant does not have it any more.
func (e *Engine) AlarmNow(key alarm.Key) (Alarm, bool) {
	v := &e.alarms
	v.mu.RLock()
	defer v.mu.RUnlock()
	p := v.points[key]
	if p == nil {
		return Alarm{}, false
	}
	return *p.now(), true
}

// AlarmClassUse counts the alarms that are watched for, by the id of their class.
func (e *Engine) AlarmClassUse() map[string]int {
	v := &e.alarms
	v.mu.RLock()
	defer v.mu.RUnlock()
	out := map[string]int{}
	for _, p := range v.points {
		if class := p.build.Load().def.Class; class != "" {
			out[class]++
		}
	}
	return out
}

// pauseFor waits; false when ctx has ended.
func pauseFor(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
