package engine

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// modbusPlant is a plant on pymodbus.
func modbusPlant(port int, tags string) string {
	return fmt.Sprintf(`{"format":1,"devices":[{"id":"plc","connector":"modbus","settings":{"host":"127.0.0.1","port":%d},"scans":[{"id":"fast","interval":"100ms"},{"id":"slow","interval":"1s"}]}],"tags":[%s]}`, port, tags)
}

const modbusTags = `
	{"path":"m/temp","type":"float","device":"plc","address":{"table":"holding","address":100,"type":"float32","order":"CDAB"}},
	{"path":"m/count","type":"int","device":"plc","address":{"table":"input","address":0,"type":"uint16"},"scan":"slow"},
	{"path":"m/sp","type":"float","device":"plc","address":{"table":"holding","address":120,"type":"int16"},"scan":"slow","scale":{"rawLow":0,"rawHigh":1000,"low":0,"high":100},"write":{"low":0,"high":100}},
	{"path":"m/run","type":"bool","device":"plc","address":{"table":"coil","address":5},"write":{}},
	{"path":"m/bit","type":"bool","device":"plc","address":{"table":"holding","address":120,"type":"uint16"},"bit":3},
	{"path":"m/double","type":"float","expr":"tag(\"m/temp\") * 2"}`

// processOf finds the process of a peer that this test started, by its port.
func processOf(t *testing.T, port int) int {
	t.Helper()
	files, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		if s := string(b); strings.Contains(s, "modbus_server.py") && strings.Contains(s, "\x00"+strconv.Itoa(port)+"\x00") {
			pid, _ := strconv.Atoi(strings.Split(f, "/")[2])
			return pid
		}
	}
	t.Fatal("the process of the peer was not found")
	return 0
}

// TestModbus: a server that is not ours is read, written, killed, stopped and comes back.
func TestModbus(t *testing.T) {
	top := t
	p := peer.StartPymodbus(t)
	r := start(t, Options{})
	r.set(modbusPlant(p.Port, modbusTags))
	if s := r.untilGood("m/temp"); s.Value.Float() != 21.5 {
		t.Errorf("temp %v", s.Value)
	}
	if s := r.untilGood("m/double"); s.Value.Float() != 43 {
		t.Errorf("double %v", s.Value)
	}
	if s := r.untilGood("m/sp"); s.Value.Float() != 4 {
		t.Errorf("sp %v", s.Value)
	}
	if s := r.untilGood("m/bit"); !s.Value.Bool() { // 40 = 0b101000
		t.Errorf("bit %v", s.Value)
	}

	t.Run("write", func(t *testing.T) {
		if res := r.write("m/sp", "55.55", operator); res.Outcome != OutcomeGood || res.Old.Float() != 4 {
			t.Fatalf("%+v %v", res, res.Problem)
		}
		if got := p.Get(t, "holding", 120, 1)[0]; got != 556 && got != 555 {
			t.Errorf("the register holds %d", got)
		}
		if res := r.write("m/run", "false", operator); res.Outcome != OutcomeGood || res.New.Bool() {
			t.Fatalf("%+v %v", res, res.Problem)
		}
		if got := p.Get(t, "coil", 5, 1)[0]; got != 0 {
			t.Errorf("the coil is %d", got)
		}
	})
	bad := func(t *testing.T, when time.Time) {
		t.Helper()
		until(t, "bad tags", func() bool {
			for _, tag := range []tag.Path{"m/temp", "m/count", "m/sp", "m/run", "m/bit", "m/double"} {
				if !r.sample(tag).Quality.IsBad() {
					return false
				}
			}
			return true
		})
		if took := time.Since(when); took > 3*time.Second {
			t.Errorf("the tags were bad only after %v", took)
		}
		s := r.sample("m/temp")
		if s.Quality != tag.BadNoCommunication || s.Value.Float() != 21.5 {
			t.Errorf("temp: %v %v", s.Value, s.Quality)
		}
		if r.sample("m/double").Quality != tag.BadNoCommunication || r.sample("system/device/plc/connected").Value.Bool() {
			t.Error("double or the connection state is not bad")
		}
		if res := r.write("m/sp", "1", operator); res.Outcome == OutcomeGood {
			t.Errorf("a write to a dead device: %+v", res)
		}
	}
	t.Run("stopped and continued", func(t *testing.T) {
		pid := processOf(t, p.Port)
		if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		defer func() { _ = syscall.Kill(pid, syscall.SIGCONT) }()
		bad(t, began)
		if err := syscall.Kill(pid, syscall.SIGCONT); err != nil {
			t.Fatal(err)
		}
		r.untilGood("m/double")
		r.untilGood("m/count")
	})
	t.Run("killed and restarted", func(t *testing.T) {
		p.Kill()
		bad(t, time.Now())
		p.Restart(top) // it goes on after this part
		r.untilGood("m/double")
		r.untilGood("m/count")
		if s := r.sample("system/device/plc/connected"); !s.Value.Bool() {
			t.Error("not connected")
		}
	})
	t.Run("read-back differs", func(t *testing.T) {
		// Two tags at one register: the second sees what the first wrote, scaled otherwise.
		doc := modbusPlant(p.Port, modbusTags+`,{"path":"m/low","type":"float","device":"plc","address":{"table":"holding","address":120,"type":"int16"},"scale":{"rawLow":0,"rawHigh":1000,"low":0,"high":100,"clamp":true},"write":{"readBack":"700ms"}}`)
		r.set(doc)
		r.untilGood("m/low")
		res := r.write("m/low", "150", operator) // the device takes it; the clamp shows 100
		if res.Outcome != OutcomeFailed || code(res.Problem) != "read_back_differs" || res.New.Float() != 100 {
			t.Errorf("%+v %v", res, res.Problem)
		}
	})
}

// TestSwapKeepsConnection: what did not change goes on; what did connects anew.
func TestSwapKeepsConnection(t *testing.T) {
	p := peer.StartPymodbus(t)
	r := start(t, Options{})
	r.set(modbusPlant(p.Port, modbusTags))
	r.untilGood("m/temp")
	connects := func() uint64 { return r.Devices()[0].Connects }
	slot, _ := r.Table().Lookup("m/temp")
	before := r.sample("m/temp")

	more := modbusTags + `,{"path":"m/more","type":"int","device":"plc","address":{"table":"holding","address":110,"type":"int16"}}`
	r.set(modbusPlant(p.Port, more))
	if s := r.untilGood("m/more"); s.Value.Int() != -5 {
		t.Errorf("more: %v", s.Value)
	}
	if now, _ := r.Table().Lookup("m/temp"); now != slot {
		t.Error("an unchanged tag has another slot")
	}
	if s := r.sample("m/temp"); !s.Quality.IsGood() || s.Value != before.Value {
		t.Errorf("an unchanged tag was disturbed: %v", s)
	}
	r.set(modbusPlant(p.Port, modbusTags))
	if s := r.sample("m/more"); s.Quality != tag.BadNodeIDUnknown {
		t.Errorf("a removed tag: %v", s.Quality)
	}
	r.set(strings.Replace(modbusPlant(p.Port, modbusTags), `"100ms"`, `"50ms"`, 1))
	if connects() != 1 {
		t.Errorf("%d connections after changes of tags and scans", connects())
	}
	// A tag that now reads elsewhere gets the new value.
	r.set(modbusPlant(p.Port, strings.Replace(modbusTags, `"address":100,"type":"float32","order":"CDAB"`, `"address":110,"type":"int16"`, 1)))
	until(t, "the new address", func() bool { return r.sample("m/temp").Value.Float() == -5 })
	if connects() != 1 {
		t.Errorf("%d connections after a change of address", connects())
	}
	r.set(strings.Replace(modbusPlant(p.Port, modbusTags), `"port":`, `"maxGap":2,"port":`, 1))
	until(t, "the values of the new settings", func() bool { return r.sample("m/temp").Value.Float() == 21.5 && r.sample("m/temp").Quality.IsGood() })
	if n := connects(); n != 1 { // of the new device
		t.Errorf("%d connections after a change of settings", n)
	}

	// Disabled, enabled, removed.
	r.set(strings.Replace(modbusPlant(p.Port, modbusTags), `"id":"plc",`, `"id":"plc","disabled":true,`, 1))
	if s := r.sample("m/temp"); s.Quality != tag.BadOutOfService || s.Value.Float() != 21.5 {
		t.Errorf("disabled: %v", s)
	}
	r.set(modbusPlant(p.Port, modbusTags))
	r.untilGood("m/temp")
	r.set(`{"format":1}`)
	if len(r.Devices()) != 0 || r.plantTags() != 0 {
		t.Errorf("left over: %v %d", r.Devices(), len(r.Table().Match("**")))
	}
}
