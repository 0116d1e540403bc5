package modbus

import (
	"fmt"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/tag"
)

// absences are the units that do not answer. Such a unit is asked seldom, so that its
// time-outs do not take up the time of the others behind the same gateway or on the same line.
type absences map[byte]*absence

type absence struct {
	missed int
	pause  time.Duration
	until  time.Time
}

// A unit is left alone after maxFailures questions in a row without an answer.
const (
	firstPause = time.Second
	mostPause  = 20 * time.Second
)

// missed notes that a unit did not answer.
func (a absences) missed(unit byte) {
	u := a[unit]
	if u == nil {
		u = &absence{}
		a[unit] = u
	}
	if u.missed++; u.missed < maxFailures {
		return
	}
	u.pause = min(max(2*u.pause, firstPause), mostPause)
	u.until = time.Now().Add(u.pause)
}

// here notes that a unit answered.
func (a absences) here(unit byte) {
	if len(a) > 0 {
		delete(a, unit)
	}
}

// refuse is the error of a read of a unit that is left alone; nil when it may be asked. A
// write is always tried: somebody waits for it.
func (a absences) refuse(unit byte, request []byte) error {
	u := a[unit]
	if u == nil || request[0] > fcReadInput || !time.Now().Before(u.until) {
		return nil
	}
	return &connector.StatusError{Quality: tag.BadTimeout, Message: fmt.Sprintf("unit %d does not answer; it is asked again in %s", unit, time.Until(u.until).Round(time.Second))}
}
