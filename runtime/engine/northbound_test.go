package engine

import (
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/northbound"
	_ "github.com/lineside/lineside/runtime/northbound/modbus"
	"github.com/lineside/lineside/runtime/tag"
)

const northboundPlant = `{"format":1,
	"tags":[{"path":"line1/speed","type":"int","initial":5,"write":{}},{"path":"line1/state","type":"int","expr":"tag(\"line1/speed\") + 1"}%s],
	"models":[{"id":"pump","properties":[{"id":"flow","type":"float","initial":1.5},{"id":"count","type":"int"}]}],
	"assets":[{"path":"line1/pump1","model":"pump"%s}],
	"northbound":[{"id":"plc","kind":"modbus"%s,"settings":{"port":%d},"tags":[
		{"tag":"line1/speed","write":true,"map":{"table":"holding","address":0,"type":"int16"}},
		{"tag":"line1/state","map":{"table":"input","address":0,"type":"int16"}},
		{"tag":"line1/pump1/flow","map":{"table":"input","address":2,"type":"float32"}}%s]}]}`

// exchange asks a Modbus server on an open connection.
func exchange(t *testing.T, c net.Conn, pdu ...byte) string {
	t.Helper()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := c.Write(append([]byte{0, 1, 0, 0, 0, byte(len(pdu) + 1), 1}, pdu...)); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 300)
	n, err := c.Read(b)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%x", b[7:n])
}

func (r *running) awaitNorthbound(state string) {
	r.t.Helper()
	peer.Await(r.t, "the interface to be "+state, func() bool {
		list := r.Northbound()
		return len(list) == 1 && list[0].State == state
	})
}

func TestNorthboundGoesOnOverSwaps(t *testing.T) {
	r := start(t, Options{})
	port := peer.FreePort(t)
	set := func(tags, asset, head, entries string) {
		r.set(fmt.Sprintf(northboundPlant, tags, asset, head, port, entries))
	}
	set("", "", "", "")
	r.awaitNorthbound(StateRunning)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	ask := func(want string, pdu ...byte) {
		t.Helper()
		if got := exchange(t, c, pdu...); got != want {
			t.Errorf("%x gives %s, want %s", pdu, got, want)
		}
	}
	ask("04020006", 4, 0, 0, 0, 1)
	set(`,{"path":"line2/new","type":"int"}`, "", `,"name":"To the press"`, "")
	ask("04020006", 4, 0, 0, 0, 1) // another tag, another name: the connection is still there
	// The tag is made anew, as a number that is not computed: so is its slot.
	r.set(strings.Replace(fmt.Sprintf(northboundPlant, "", "", "", port, ""), `"expr":"tag(\"line1/speed\") + 1"`, `"initial":77`, 1))
	ask("0402004d", 4, 0, 0, 0, 1)
	// An asset that is disabled keeps its registers; they are bad.
	set("", `,"disabled":true`, "", "")
	ask("8404", 4, 0, 2, 0, 2)
	set("", "", "", "")
	ask("04043fc00000", 4, 0, 2, 0, 2)
	ask("0600000009", 6, 0, 0, 0, 9)
	if e := r.trail.last(); e.Actor != "northbound:plc" || e.Outcome != OutcomeGood || e.Target != "line1/speed" {
		t.Errorf("audit %+v", e)
	}
	// An exposed tag cannot be taken away, nor become what does not fit its register.
	for _, c := range []struct{ from, to, want string }{
		{`"path":"line1/state","type":"int","expr":"tag(\"line1/speed\") + 1"`, `"path":"line1/other","type":"int"`, "tag_unknown /northbound/0/tags/1/tag"},
		{`"path":"line1/state","type":"int","expr":"tag(\"line1/speed\") + 1"`, `"path":"line1/state","type":"string"`, "type_mismatch /northbound/0/tags/1/map/type"},
	} {
		err := r.SetPlant(readPlant(t, strings.Replace(fmt.Sprintf(northboundPlant, "", "", "", port, ""), c.from, c.to, 1)))
		if ps := problemsOf(err, ""); len(ps) != 1 || ps[0].Code+" "+ps[0].At != c.want {
			t.Errorf("%s: %v", c.to, err)
		}
	}
	// Another entry: the interface starts anew.
	set("", "", "", `,{"tag":"line1/pump1/count","map":{"table":"input","address":9,"type":"int16"}}`)
	if _, err := c.Read(make([]byte, 1)); err == nil {
		t.Error("the connection outlived the change")
	}
	r.awaitNorthbound(StateRunning)
	set("", "", `,"disabled":true`, "")
	r.awaitNorthbound(StateDisabled)
	if _, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
		t.Error("a disabled interface listens")
	}
	r.set(`{"format":1}`)
	if len(r.Northbound()) != 0 {
		t.Error("it is still there")
	}
}

func TestNorthboundWaitsForItsPort(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	r := start(t, Options{})
	r.set(fmt.Sprintf(northboundPlant, "", "", "", taken.Addr().(*net.TCPAddr).Port, ""))
	r.awaitNorthbound(StateFailed)
	if s := r.Northbound()[0]; !strings.Contains(s.Error, "in use by another program") {
		t.Errorf("error %q", s.Error)
	}
	if r.sample("line1/state").Value != tag.OfInt(6) {
		t.Error("the rest of the plant does not run")
	}
	taken.Close()
	r.awaitNorthbound(StateRunning)
	if s := r.Northbound()[0]; s.Error != "" || s.Place == "" {
		t.Errorf("status %+v", s)
	}
}

func TestNorthboundInSafeMode(t *testing.T) {
	r := start(t, Options{Safe: true})
	port := peer.FreePort(t)
	r.set(fmt.Sprintf(northboundPlant, "", "", "", port, ""))
	r.awaitNorthbound(StateRunning)
	c, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if got := exchange(t, c, 6, 0, 0, 0, 9); got != "8604" {
		t.Errorf("write in safe mode: %s", got)
	}
	if e := r.trail.last(); e.Outcome != OutcomeFailed || r.sample("line1/speed").Value != tag.OfInt(5) {
		t.Errorf("audit %+v", e)
	}
}

func TestNorthboundIsChecked(t *testing.T) {
	r := start(t, Options{})
	for entry, want := range map[string]string{
		`{"tag":"line1/sped","map":{"table":"input","address":9,"type":"int16"}}`:                 "tag_unknown /northbound/0/tags/3/tag",
		`{"tag":"line1/state","write":true,"map":{"table":"holding","address":9,"type":"int16"}}`: "not_writable /northbound/0/tags/3/write",
		`{"area":"line1"}`:                     "exposed_area /northbound/0/tags/3/area",
		`{"tag":"line1/state","area":"line1"}`: "exposed_form /northbound/0/tags/3/area",
		`{}`:                                   "value_missing /northbound/0/tags/3/tag",
		`{"tag":"a//b"}`:                       "tag_path /northbound/0/tags/3/tag",
		`{"tag":"line1/state","map":7}`:        "value_type /northbound/0/tags/3/map",
		`{"tag":"line1/state","map":{"table":"input","address":3,"type":"int16"}}`:           "modbus_overlap /northbound/0/tags/3/map/address",
		`{"tag":"line1/state","map":{"table":"input","address":9,"type":"int16","wrong":1}}`: "key_unknown /northbound/0/tags/3/map/wrong",
	} {
		var got []string
		for _, problem := range r.CheckPlant(readPlant(t, fmt.Sprintf(northboundPlant, "", "", "", 1502, ","+entry))) {
			got = append(got, problem.Code+" "+problem.At)
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", entry, got, want)
		}
	}
	p := readPlant(t, `{"format":1,"northbound":[{"id":"a","kind":"none"},{"id":"a","kind":"modbus"},{"id":"b c","kind":""}]}`)
	var got []string
	for _, problem := range r.CheckPlant(p) {
		got = append(got, problem.Code+" "+problem.At)
	}
	if want := "id_double /northbound/1/id, id_form /northbound/2/id, value_missing /northbound/2/kind"; strings.Join(got, ", ") != want {
		t.Errorf("%q", got)
	}
}

// What other interfaces may do: areas, and feeds that follow the plant.
func TestNorthboundAreasAndFeeds(t *testing.T) {
	faces := make(chan *recorder, 4)
	northbound.Register(recorderType(faces))
	r := start(t, Options{})
	plantOf := func(more string) string {
		return `{"format":1,"tags":[{"path":"line1/speed","type":"int","initial":5,"write":{}},{"path":"line1/a/x","type":"int","initial":1,"unit":"bar"},{"path":"line10/y","type":"int"}` + more + `],
			"northbound":[{"id":"all","kind":"recorder","tags":[{"area":"line1","write":true},{"area":"line1/a"},{"tag":"line10/y"}]}]}`
	}
	r.set(plantOf(""))
	face := <-faces
	var paths []string
	for _, x := range face.tags {
		paths = append(paths, fmt.Sprintf("%s %v %s", x.Path, x.Write, x.Area))
	}
	if got := strings.Join(paths, ", "); got != "line1/speed true line1, line1/a/x false line1/a, line10/y false " {
		t.Fatal(got)
	}
	host := <-face.hosts
	if i := host.Info(1); i.Unit != "bar" || i.Writable || !host.Info(0).Writable {
		t.Errorf("info %+v", i)
	}
	wake := make(chan struct{}, 1)
	feed := host.Watch(func() { poke(wake) })
	feed.Drain(nil)
	slot, _ := r.Table().Lookup("line10/y")
	r.Table().Apply([]tag.Update{{Slot: slot, Sample: tag.Sample{Value: tag.OfInt(3)}}})
	<-wake
	if got := fmt.Sprint(feed.Drain(nil)); got != "[2]" {
		t.Errorf("changed %s", got)
	}
	// A new unit is told; the interface goes on.
	before := host.Definitions()
	r.set(strings.Replace(plantOf(""), `"bar"`, `"mbar"`, 1))
	<-wake
	if host.Definitions() == before || host.Info(1).Unit != "mbar" {
		t.Error("the new unit was not told")
	}
	if got := fmt.Sprint(feed.Drain(nil)); got != "[0 1 2]" {
		t.Errorf("changed %s", got)
	}
	// A new tag in the area: it begins anew.
	r.set(plantOf(`,{"path":"line1/new","type":"int"}`))
	if face = <-faces; len(face.tags) != 4 {
		t.Errorf("%d tags", len(face.tags))
	}
}
