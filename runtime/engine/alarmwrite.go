package engine

import (
	"context"
	"slices"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/auth"
)

// maxAlarmWrites is how many writes of alarms may wait; what is more is left out and said so.
const maxAlarmWrites = 1000

// alarmWriteTime is how long one may take.
const alarmWriteTime = 30 * time.Second

// alarmOrder is a write that an alarm asks for.
type alarmOrder struct {
	key   alarm.Key
	write alarmWrite
}

// order has the writes of an alarm carried out at what has become of it. One that is put away tells nobody, and writes nothing
// when it is raised; what was written then is taken back when it returns.
func (v *alarms) order(p *alarmPoint, event alarm.Event) {
	b := p.build.Load()
	if len(b.writes) == 0 {
		return
	}
	put := []alarm.State{alarm.Shelved, alarm.Suppressed, alarm.OutOfService}
	if event == alarm.Raise && slices.Contains(put, p.record.Shown()) {
		return
	}
	for _, w := range b.writes {
		if w.on != event {
			continue
		}
		select {
		case v.writes <- alarmOrder{b.key, w}:
		default:
			v.leftOut.Add(1)
		}
	}
}

// carryOut carries out the writes of alarms, one after another, until ctx ends. They go through the gate like any other, in the
// name of the system, and stand in the audit trail.
func (e *Engine) carryOut(ctx context.Context) {
	v := &e.alarms
	for {
		select {
		case <-ctx.Done():
			return
		case o := <-v.writes:
			if n := v.leftOut.Swap(0); n > 0 {
				e.log.Error("writes of alarms were left out, too many at once", "number", n)
			}
			actor := auth.Actor{Name: "system", Origin: "alarm " + string(o.key), Rights: auth.RightsOf([]auth.Grant{{Role: "admin"}}, auth.AllActions)}
			within, cancel := context.WithTimeout(ctx, alarmWriteTime)
			res := e.Write(within, WriteRequest{Path: o.write.path, Value: o.write.value, Reason: "alarm " + string(o.write.on), Actor: actor})
			cancel()
			if res.Problem != nil {
				e.log.Warn("the write of an alarm failed", "alarm", o.key, "tag", o.write.path, "problem", res.Problem.Message)
			}
		}
	}
}
