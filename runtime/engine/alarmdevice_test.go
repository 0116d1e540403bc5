package engine

import (
	"slices"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/alarm"
	"github.com/lineside/lineside/runtime/plant"
	"github.com/lineside/lineside/runtime/tag"
)

// TestDeviceAlarms: a connection that is lost, or comes and goes, is one alarm; each failed write raises one; what is not known
// yet changes nothing.
func TestDeviceAlarms(t *testing.T) {
	list := builtAlarms(&plant.Device{ID: "d"})
	if len(list) != 2 || len(builtAlarms(&plant.Device{ID: "d", Alarms: "off"})) != 0 || len(builtAlarms(&plant.Device{ID: "d", Disabled: true})) != 0 {
		t.Fatal(list)
	}
	lost, failed := list[0], list[1]
	state := func(s string, flapping bool) []tag.Sample {
		return []tag.Sample{{Value: tag.OfString(s)}, {Value: tag.OfBool(flapping)}}
	}
	var m alarm.Memory
	var got []alarm.Verdict
	for _, s := range [][]tag.Sample{
		state(StateConnecting, false), state(StateConnected, false), state(StateLost, false), state(StateConnecting, false), state(StateConnected, true), state(StateLost, true), state(StateConnected, false),
	} {
		got = append(got, lost.built(&m, s))
	}
	if want := []alarm.Verdict{alarm.Same, alarm.Same, alarm.Rise, alarm.Same, alarm.Same, alarm.Same, alarm.Fall}; !slices.Equal(got, want) {
		t.Error(got)
	}
	got = nil
	for _, n := range []int64{3, 3, 4, 6, 0, 1} { // a device made anew counts from 0
		got = append(got, failed.built(&m, []tag.Sample{{Value: tag.OfInt(n)}}))
	}
	if want := []alarm.Verdict{alarm.Same, alarm.Same, alarm.Blip, alarm.Blip, alarm.Same, alarm.Blip}; !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestDeviceAlarmIsRaised(t *testing.T) {
	defer func(d time.Duration) { lostDelay = d }(lostDelay)
	lostDelay = 50 * time.Millisecond
	r := start(t, Options{})
	doc := `{"format":1,"devices":[{"id":"plc","name":"Press","connector":"modbus","settings":{"host":"127.0.0.1","port":1}}],"tags":[{"path":"m/a","type":"int","device":"plc","address":{"table":"holding","address":1,"type":"int16"}}]}`
	r.set(doc)
	until(t, "the alarm", func() bool {
		list, _ := r.Alarms()
		return len(list) == 1 && list[0].ID == "lost" && list[0].Title["en"] == "Press" && list[0].State == alarm.Unacknowledged && r.sample("system/alarms/high").Value.Int() == 1
	})
	r.set(doc[:len(doc)-1] + `,"name":"x"}`)
	if list, _ := r.Alarms(); len(list) != 1 {
		t.Error("another name of the plant:", len(list))
	}
}
