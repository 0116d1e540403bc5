package broker

import (
	"fmt"
	"net"
	"testing"

	_ "github.com/lineside/lineside/runtime/connector/mqtt"
)

// TestConnector: a device publishes below devices/, the mqtt connector of the same server makes
// it a tag, a client of the namespace sees and sets it, and the device gets what was set.
func TestConnector(t *testing.T) {
	for _, version := range []string{"3.1.1", "5"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		r := begin(t, fmt.Sprintf(`{"format":1,"devices":[{"id":"own","connector":"mqtt","settings":{"url":"mqtt://%s","version":%q,"username":"devices","password":"secret-devices"}}],"tags":[
			{"path":"plant/oven/temp","type":"float","device":"own","address":{"topic":"devices/oven/state","path":"$.temp"}},
			{"path":"plant/oven/sp","type":"float","device":"own","address":{"topic":"devices/oven/sp","writeTopic":"devices/oven/cmd"},"write":{"high":300,"readBack":"0s"}}]}`, l.Addr(), version), l)
		device := r.listen(t, "line1", "-t", "#")
		r.mu.Lock()
		r.grants["line1"] = users["devices"]
		r.mu.Unlock()
		r.AccessChanged("line1")
		until(t, "the connector", func() bool { return r.eng.Devices()[0].State == "connected" })
		r.say(t, "devices", "-r", "-t", "devices/oven/state", "-m", `{"temp":180.5}`)
		viewer := r.listen(t, "admin", "-t", "plant/#")
		viewer.next("the temperature", func(m message) bool { return m.topic == "plant/oven/temp" && m.value() == "180.5" })
		r.say(t, "admin", "-t", "plant/oven/sp/set", "-m", "200")
		if m := device.on("devices/oven/cmd"); m.payload != "200" {
			t.Errorf("%v", m)
		}
		r.stop()
	}
}
