package line

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.bug.st/serial"
	"go.uber.org/goleak"

	"github.com/lineside/lineside/runtime/connector/peer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mode(device string) Mode {
	return Mode{Device: device, Baud: 19200, DataBits: 8, Parity: "even", StopBits: 1}
}

// pumped opens a port as systems without a poller for it do.
func pumped(m Mode) (Port, error) {
	p, err := serial.Open(m.Device, &serial.Mode{BaudRate: m.Baud, DataBits: m.DataBits})
	if err != nil {
		return nil, err
	}
	return newPump(p)
}

func TestLine(t *testing.T) {
	for name, open := range map[string]func(Mode) (Port, error){"polled": Open, "pumped": pumped} {
		t.Run(name, func(t *testing.T) {
			line := peer.StartSerialLine(t)
			a, err := open(mode(line.A))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			b, err := open(mode(line.B))
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			all := make([]byte, 256)
			for i := range all {
				all[i] = byte(i) // of which a terminal that is not raw would take out or change some
			}
			if _, err := a.Write(all); err != nil {
				t.Fatal(err)
			}
			got := make([]byte, len(all))
			_ = b.SetDeadline(time.Now().Add(peer.Wait))
			if _, err := io.ReadFull(b, got); err != nil || !bytes.Equal(got, all) {
				t.Errorf("read % x, %v", got, err)
			}
			_ = b.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
			if n, err := b.Read(got); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("read of nothing: %d, %v", n, err)
			}
			_ = b.SetDeadline(time.Time{})
			done := make(chan error, 1)
			go func() {
				_, err := b.Read(got)
				done <- err
			}()
			if err := b.Close(); err != nil {
				t.Error(err)
			}
			if err := <-done; err == nil {
				t.Error("a read goes on after Close")
			}
			if name == "pumped" { // it has no deadline for writing: without flow control a port takes all at its rate
				a.Close()
				return
			}
			// Nobody reads at the other end: what cannot be sent must not hold up closing.
			go func() {
				_ = a.SetDeadline(time.Now().Add(peer.Wait))
				for err := error(nil); err == nil; {
					_, err = a.Write(all)
				}
				done <- nil
			}()
			time.Sleep(50 * time.Millisecond) // so that it fills up; without it the test passes all the same
			begin := time.Now()
			a.Close()
			<-done
			if took := time.Since(begin); took > time.Second {
				t.Errorf("closing took %v", took)
			}
		})
	}
}

func TestGone(t *testing.T) {
	line := peer.StartSerialLine(t)
	p, err := Open(mode(line.A))
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	line.Kill()
	_ = p.SetDeadline(time.Now().Add(peer.Wait))
	if _, err := p.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("read of a line that is gone: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	if _, err := Open(mode("/dev/no-such-port")); err == nil || !strings.Contains(err.Error(), "this computer has") {
		t.Errorf("a port that does not exist: %v", err)
	}
	if _, err := Open(mode("/dev/null")); err == nil {
		t.Error("/dev/null was taken for a serial port")
	}
	line := peer.StartSerialLine(t)
	p, err := Open(mode(line.A))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Open(mode(Canonical(line.A))); err == nil || !strings.Contains(err.Error(), "another device") {
		t.Errorf("a port opened twice: %v", err)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	p, err = Open(mode(line.A))
	if err != nil {
		t.Fatalf("a port that was closed: %v", err)
	}
	p.Close()
}

func TestAir(t *testing.T) {
	m := mode("x")
	if m.String() != "x 19200 8E1" || m.Air(1920) != 1100*time.Millisecond {
		t.Errorf("%s takes %v", m, m.Air(1920))
	}
}
