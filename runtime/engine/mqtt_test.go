package engine

import (
	"fmt"
	"strings"
	"testing"
	"time"

	_ "github.com/lineside/lineside/runtime/connector/mqtt"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// TestMQTT: values over Mosquitto, written back by publishing, over a broker that goes and comes.
func TestMQTT(t *testing.T) {
	m := peer.StartMosquitto(t, peer.MosquittoOptions{})
	r := start(t, Options{})
	r.set(fmt.Sprintf(`{"format":1,"devices":[{"id":"b","connector":"mqtt","settings":{"url":"mqtt://127.0.0.1:%d"}}],"tags":[
		{"path":"q/temp","type":"float","device":"b","address":{"topic":"plant/oven","path":"$.temp"},"scale":{"rawLow":0,"rawHigh":100,"low":32,"high":212}},
		{"path":"q/sp","type":"float","device":"b","address":{"topic":"plant/sp"},"write":{"low":0,"high":10}},
		{"path":"q/mute","type":"float","device":"b","address":{"topic":"plant/state","writeTopic":"plant/cmd"},"write":{"readBack":"300ms"}},
		{"path":"q/hot","type":"bool","expr":"tag(\"q/temp\") > 100"}]}`, m.Port))
	until(t, "the broker", func() bool { return r.Devices()[0].State == StateConnected })
	publish := func(payload string) { m.Publish(t, "plant/oven", payload, "-r") }
	publish(`{"temp": 50}`)
	if s := r.untilGood("q/hot"); !s.Value.Bool() || r.sample("q/temp").Value.Float() != 122 {
		t.Errorf("temp %v, hot %v", r.sample("q/temp"), s)
	}
	for _, payload := range []string{"{broken", `{"temp":"warm"}`, `{"temp":null}`, `{"other":1}`} {
		publish(payload)
		until(t, "the tag to be bad after "+payload, func() bool { return r.sample("q/temp").Quality.IsBad() && r.sample("q/hot").Quality.IsBad() })
		if v := r.sample("q/temp").Value.Float(); v != 122 {
			t.Errorf("after %s the last value is %v", payload, v)
		}
		publish(`{"temp": 50}`)
		r.untilGood("q/hot")
	}
	if res := r.write("q/sp", "7.5", operator); res.Outcome != OutcomeGood || res.New.Float() != 7.5 {
		t.Errorf("write: %+v %v", res, res.Problem)
	}
	if res := r.write("q/mute", "1", operator); res.Outcome != OutcomeUnknown || code(res.Problem) != "not_read_back" {
		t.Errorf("a write that nobody reads back: %+v %v", res, res.Problem)
	}
	m.Kill()
	began := time.Now()
	until(t, "bad tags", func() bool { return r.sample("q/hot").Quality.IsBad() && r.sample("q/sp").Quality.IsBad() })
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("the tags were bad only after %v", took)
	}
	if s := r.sample("q/temp"); s.Quality != tag.BadNoCommunication || s.Value.Float() != 122 {
		t.Errorf("temp: %v", s)
	}
	if res := r.write("q/sp", "1", operator); res.Outcome != OutcomeFailed || !strings.Contains(res.Problem.Message, "not connected") {
		t.Errorf("write: %+v", res)
	}
	m.Restart(t)
	until(t, "the broker again", func() bool { return r.Devices()[0].State == StateConnected })
	publish(`{"temp": 0}`)
	until(t, "the value", func() bool { s := r.sample("q/temp"); return s.Quality.IsGood() && s.Value.Float() == 32 })
}
