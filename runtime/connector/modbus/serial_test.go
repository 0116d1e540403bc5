package modbus

import (
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lineside/lineside/runtime/connector"
	"github.com/lineside/lineside/runtime/connector/peer"
	"github.com/lineside/lineside/runtime/tag"
)

// connected makes a connector of settings and connects it.
func connected(t *testing.T, settings string) *Connector {
	t.Helper()
	c := fromSettings(t, settings)
	peer.Await(t, "a connection", func() bool {
		err := c.Connect(t.Context())
		if err != nil && !errors.Is(err, connector.ErrNotConnected) {
			t.Fatal(err)
		}
		return err == nil
	})
	return c
}

// A real serial server, on a line of two pseudo-terminals.
func TestSerialPymodbus(t *testing.T) {
	for _, framer := range []string{"rtu", "ascii"} {
		t.Run(framer, func(t *testing.T) {
			line := peer.StartSerialLine(t)
			server := peer.StartPymodbusSerial(t, line.B, "--framer", framer)
			c := connected(t, fmt.Sprintf(`{"transport":%q,"serialPort":%q}`, framer, line.A))
			p := at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`)
			if got := read(t, c, p); got[1].Value != tag.OfInt(-5) {
				t.Errorf("read %v", got)
			}
			if err := c.Write(t.Context(), p, tag.OfInt(-77)); err != nil {
				t.Fatal(err)
			}
			if got := server.Get(t, "holding", 110, 1); int16(got[0]) != -77 {
				t.Errorf("register is %d", int16(got[0]))
			}
			line.Kill() // somebody pulls the adapter out
			if _, err := c.Plan([]connector.Point{p})[0].Read(t.Context(), nil); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("read without a line: %v", err)
			}
			if err := c.Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
				t.Errorf("connect without a line: %v", err)
			}
			line.Restart(t)
			peer.StartPymodbusSerial(t, line.B, "--framer", framer)
			peer.Await(t, "the line to work again", func() bool { return c.Connect(t.Context()) == nil })
			if got := read(t, c, p); got[1].Value != tag.OfInt(-5) {
				t.Errorf("read %v after the adapter is back", got)
			}
		})
	}
}

// Devices on one line share it, whatever each of them does.
func TestSharedLine(t *testing.T) {
	line := peer.StartSerialLine(t)
	peer.StartPymodbusSerial(t, line.B, "--framer", "rtu", "--units", "1,2,3")
	settings := func(unit int) string {
		return fmt.Sprintf(`{"transport":"rtu","serialPort":%q,"unit":%d,"timeout":"250ms"}`, line.A, unit)
	}
	var devices []*Connector
	for unit := 1; unit <= 3; unit++ {
		devices = append(devices, connected(t, settings(unit)))
	}
	dead := fromSettings(t, settings(9))
	if err := dead.Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
		t.Errorf("connect to nobody: %v", err)
	}
	other := fromSettings(t, strings.Replace(settings(2), `"timeout"`, `"baud":9600,"timeout"`, 1))
	if err := other.Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "19200 8E1") {
		t.Errorf("connect with other settings: %v", err)
	}
	// Each writes and reads back its own register while a fourth asks a unit that is not there.
	stop := make(chan struct{})
	var asking, working sync.WaitGroup
	asking.Go(func() {
		for {
			select {
			case <-stop:
				return
			case <-time.After(300 * time.Millisecond): // less than the engine's back-off
				_ = dead.Connect(t.Context()) // it fails; what counts is what it takes from the others
			}
		}
	})
	for i, c := range devices {
		working.Go(func() {
			p := at(t, 1, tag.Int, `{"table":"holding","address":300,"type":"uint16"}`)
			r := c.Plan([]connector.Point{p})[0]
			for n := range int64(30) {
				v := tag.OfInt(1000*int64(i) + n)
				if err := c.Write(t.Context(), p, v); err != nil {
					t.Errorf("device %d: write: %v", i, err)
					return
				}
				if got, err := r.Read(t.Context(), nil); err != nil || got[0].Sample.Value != v {
					t.Errorf("device %d: read %v, %v; want %v", i, got, err, v)
					return
				}
			}
		})
	}
	working.Wait()
	close(stop)
	asking.Wait()
	// One is stopped while it waits for an answer, and the others do not notice.
	done := make(chan error, 1)
	go func() {
		_, err := dead.Plan([]connector.Point{at(t, 1, tag.Int, `{"table":"holding","address":0,"type":"int16","unit":44}`)})[0].Read(t.Context(), nil)
		done <- err
	}()
	begin := time.Now()
	if err := dead.Close(); err != nil {
		t.Error(err)
	}
	<-done
	if took := time.Since(begin); took > time.Second {
		t.Errorf("stopping took %v", took)
	}
	if got := read(t, devices[1], at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`)); got[1].Value != tag.OfInt(-5) {
		t.Errorf("read %v", got)
	}
	for _, c := range devices {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
	if b := buses.named[line.A]; b.users != 0 || b.port != nil {
		t.Errorf("the line is open at the end, with %d users", b.users)
	}
}

// A unit that does not answer is asked seldom, so that one device with several units behind it
// reads the others at their pace.
func TestAbsentUnit(t *testing.T) {
	line := peer.StartSerialLine(t)
	peer.StartPymodbusSerial(t, line.B, "--framer", "rtu")
	c := connected(t, fmt.Sprintf(`{"transport":"rtu","serialPort":%q,"timeout":"600ms"}`, line.A))
	alive := at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`)
	gone := at(t, 2, tag.Int, `{"table":"holding","address":110,"type":"int16","unit":9}`)
	requests := c.Plan([]connector.Point{alive, gone})
	begin := time.Now()
	const scans = 40
	for range scans {
		for i, r := range requests {
			got, err := r.Read(t.Context(), nil)
			if i == 0 && (err != nil || got[0].Sample.Value != tag.OfInt(-5)) {
				t.Fatalf("the living unit: %v %v", got, err)
			}
			if i == 1 && statusOf(t, err) != tag.BadTimeout {
				t.Fatalf("the dead unit: %v", err)
			}
		}
	}
	if took := time.Since(begin); took > scans*600*time.Millisecond/2 {
		t.Errorf("%d scans took %v", scans, took)
	}
	// Somebody writes to it: that is tried, and its outcome is not known or it was not sent.
	if err := c.Write(t.Context(), gone, tag.OfInt(1)); err == nil {
		t.Error("a write to nobody was said to be done")
	}
}

// libmodbus's server misbehaves on a serial line as it does over TCP.
func TestSurvivesLibmodbusSerial(t *testing.T) {
	line := peer.StartSerialLine(t)
	peer.StartLibmodbusSerial(t, line.B)
	c := connected(t, fmt.Sprintf(`{"transport":"rtu","serialPort":%q,"baud":115200,"parity":"none","unit":17,"timeout":"300ms"}`, line.A))
	read := func(address int, kind string) (tag.Sample, error) {
		updates, err := c.Plan([]connector.Point{at(t, 1, tag.Int, fmt.Sprintf(`{"table":"holding","address":%d,"type":%q}`, address, kind))})[0].Read(t.Context(), nil)
		if err != nil {
			return tag.Sample{}, err
		}
		return updates[0].Sample, nil
	}
	for i, v := range []int64{0x022B, 1, 0x64} {
		p := at(t, 1, tag.Int, fmt.Sprintf(`{"table":"holding","address":%d,"type":"uint16"}`, 0x160+i))
		peer.Await(t, "a write", func() bool { return c.Write(t.Context(), p, tag.OfInt(v)) == nil })
	}
	for what, address := range map[string]int{"busy": 0x170, "half a second late": 0x172, "byte by byte": 0x173, "no such address": 0x100} {
		t.Run(what, func(t *testing.T) {
			_, err := read(address, "uint16")
			t.Logf("%v", err)
			if errors.Is(err, connector.ErrNotConnected) {
				_ = c.Connect(t.Context())
			}
			peer.Await(t, "the next request to have its answer", func() bool {
				s, err := read(0x162, "uint16")
				if errors.Is(err, connector.ErrNotConnected) {
					_ = c.Connect(t.Context())
				}
				if err == nil && s.Value != tag.OfInt(0x64) {
					t.Fatalf("the next request got %v", s)
				}
				return err == nil
			})
		})
	}
}

func TestSecureModbus(t *testing.T) {
	server, certificates := peer.StartPymodbusTLS(t)
	pem := func(s string) string { return strings.ReplaceAll(s, "\n", `\n`) }
	settings := func(ca, more string) string {
		return fmt.Sprintf(`{"transport":"tls","host":"127.0.0.1","port":%d,"ca":"%s"%s}`, server.Port, pem(ca), more)
	}
	mine := fmt.Sprintf(`,"certificate":"%s","key":"%s"`, pem(certificates.Client), pem(certificates.ClientKey))
	c := connected(t, settings(certificates.CA, mine))
	p := at(t, 1, tag.Int, `{"table":"holding","address":110,"type":"int16"}`)
	if got := read(t, c, p); got[1].Value != tag.OfInt(-5) {
		t.Errorf("read %v", got)
	}
	c.link.mu.Lock()
	if v := c.link.conn.(*tls.Conn).ConnectionState().Version; v < tls.VersionTLS12 {
		t.Errorf("TLS version %x", v)
	}
	c.link.mu.Unlock()
	for what, wrong := range map[string]string{
		"no certificate of the client": settings(certificates.CA, ""), "no CA": settings("", mine),
	} {
		if err := fromSettings(t, wrong).Connect(t.Context()); !errors.Is(err, connector.ErrNotConnected) {
			t.Errorf("%s: %v", what, err)
		}
	}
	kind, _ := connector.Lookup("modbus")
	if err := kind.Check([]byte(`{"transport":"tls","host":"x","ca":"nonsense"}`)); err == nil {
		t.Error("a CA that is none was accepted")
	}
}
