package broker

import (
	"encoding/json"
	"testing"

	"github.com/lineside/lineside/runtime/tag"
)

// TestEvents: what happens at an asset goes to those who listen and may view it, once, and is not retained.
func TestEvents(t *testing.T) {
	r := begin(t, `{"format":1,
		"models":[{"id":"pump","properties":[{"id":"speed","type":"float","initial":0,"write":{}}],"events":[{"id":"fast","title":{"en":"Too fast"},"level":"error","when":"tag(\"./speed\") > 100","message":{"en":"{name} at {speed}"}}]}],
		"assets":[{"path":"north/p1","model":"pump"},{"path":"south/p1","model":"pump"}]}`)
	all, one, north := r.listen(t, "viewer", "-t", "#"), r.listen(t, "north", "-t", "north/p1/$event/fast"), r.listen(t, "north", "-t", "#")
	for _, l := range []*listener{all, north} {
		l.on("north/p1/speed")
	}
	until(t, "three clients that listen", func() bool { return r.Stats().Subscriptions == 3 })
	r.put(t, "north/p1/speed", tag.OfFloat(120))
	r.put(t, "south/p1/speed", tag.OfFloat(150))
	for _, l := range []*listener{all, one, north} {
		m := l.on("north/p1/$event/fast")
		var got eventMessage
		if err := json.Unmarshal([]byte(m.payload), &got); err != nil || m.retained || got.Message["en"] != "p1 at 120" || got.Level != "error" || got.Title["en"] != "Too fast" || string(got.Values["speed"]) != "120" || got.Asset != "north/p1" || got.Event != "fast" || got.Time == "" {
			t.Errorf("%v: %v", m, err)
		}
	}
	if m := all.on("south/p1/$event/fast"); m.retained {
		t.Error(m)
	}
	r.put(t, "north/p1/speed", tag.OfFloat(0))
	for { // nothing of the other area came before this
		m := north.next("the value", func(message) bool { return true })
		if m.topic == "north/p1/speed" && m.value() == "0" {
			break
		}
		if m.topic == "south/p1/$event/fast" {
			t.Error("an event of another area was told")
		}
	}
	late := r.listen(t, "viewer", "-t", "#")
	late.on("north/p1/speed")
	r.put(t, "south/p1/speed", tag.OfFloat(1))
	late.next("the value", func(m message) bool {
		if m.topic == "south/p1/$event/fast" || m.topic == "north/p1/$event/fast" {
			t.Errorf("an event was retained: %v", m)
		}
		return m.topic == "south/p1/speed" && m.value() == "1"
	})
}
